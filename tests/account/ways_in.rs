//! The ways in: each waits for approval, ends once, and is nobody else's.
use crate::account::links::{Links, UNKNOWN, links};
use crate::harness::{House, PASSWORD, token_in};
use anteroom::desk::{joining, organisation, people, queue, requests};
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why};
use anteroom::web::doors::{self, Needs};
use futures::future::join_all;
use sqlx::Row as _;

both!(row_13_every_way_in_waits_for_approval);
/// Row 13: no way in passes by the administrators: signing in with a provider, signing up, or
/// asking makes nobody a member.
async fn row_13_every_way_in_waits_for_approval(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let mira = house.person("mira@northlight.test", "Mira").await;
    house.asks(&mira, "northlight").await;
    joining::signup::ask_sign_up(&house.desk, &house.caller(), "nora@northlight.test")
        .await
        .unwrap();
    let token = house.token_mailed("nora@northlight.test", "signup").await;
    let nora = house
        .actor(
            &joining::signup::sign_up(&house.desk, &house.caller(), &token, "Nora", PASSWORD)
                .await
                .unwrap()
                .token,
        )
        .await;
    assert_eq!(house.count("select count(*) from members").await, 1);
    for actor in [&mira, &nora] {
        let cookie = house.cookie(actor).await;
        for path in [
            "/northlight",
            "/northlight/access_requests",
            "/northlight/users",
            "/northlight/live",
        ] {
            assert_eq!(house.get(path, &cookie).await.status, 404, "{path}");
        }
    }
    // Being rejected opens nothing either.
    let id = queue::list::page(&house.desk, &ivo, &member, &Default::default(), None)
        .await
        .unwrap()
        .rows[0]
        .request
        .id
        .clone();
    house.decide(&ivo, &id, Verdict::Reject).await;
    assert_eq!(house.count("select count(*) from invitations").await, 0);
    house.deliver().await;
}

both!(row_14_another_organisations_things_are_not_found);
/// Row 14, with real ids in every form that there is: an administrator of one organisation changes
/// nothing of another's.
async fn row_14_another_organisations_things_are_not_found(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let mira = house.person("mira@northlight.test", "Mira").await;
    let request = house.asks(&mira, "northlight").await;
    house.invite(&ivo, "ben@northlight.test").await;
    let invitation = house.open_invitation(&ivo).await;
    organisation::links::add_domain(&house.desk, &ivo, &member, "northlight.test")
        .await
        .unwrap();
    let domain = organisation::links::list(&house.desk, &ivo, &member)
        .await
        .unwrap()
        .domains[0]
        .id
        .clone();
    let role = house.role(&ivo, "Readers", &[]).await;
    let group = house.group(&ivo, "Lab", &[]).await;
    let olga = house.organisation("southmoor").await;
    let cookie = house.cookie(&olga).await;
    let letters = "select id from deliveries where kind = 'letter' and invitation_id is not null";
    let letter: String = house.fetch(letters).await[0].get(0);
    house.deliver().await;
    let before = house.count("select count(*) from events").await;
    let ids = [
        ("request", request.to_string()),
        ("invitation", invitation.to_string()),
        ("account", ivo.id().to_string()),
        ("session", ivo.session.id.to_string()),
        ("domain", domain.to_string()),
        ("role", role.to_string()),
        ("group", group.to_string()),
        ("letter", letter),
    ];
    let named = |sample: &str| {
        ids.iter()
            .any(|(field, _)| sample.contains(&format!("&{field}={{id}}")))
    };
    let mut tried = 0;
    for door in doors::all().filter(|d| matches!(d.needs, Needs::May(_)) && named(d.sample)) {
        for org in ["southmoor", "northlight"] {
            let sample = door.body(org);
            let body = ids.iter().fold(sample, |body, (field, id)| {
                body.replace(&format!("&{field}={UNKNOWN}"), &format!("&{field}={id}"))
            });
            let answer = house.post(door.path, &cookie, &body).await;
            // Copying links is refused before anything is looked up, as letters go out by mail
            // here.
            let expected = if door.path.ends_with("copy_link") && org == "southmoor" {
                409
            } else {
                404
            };
            assert_eq!(
                answer.status.as_u16(),
                expected,
                "{} in {org}: {}",
                door.path,
                answer.body
            );
            tried += 1;
        }
    }
    assert!(tried > 35, "{tried}");
    let unlinked = house
        .post(
            "/actions/unlink_provider",
            &cookie,
            "org=southmoor&provider=idp&theirs=northlight",
        )
        .await;
    assert_eq!(unlinked.status, 404);
    let listed = house
        .post(
            "/actions/look_again",
            &cookie,
            &format!("org=southmoor&ids={request}"),
        )
        .await;
    assert!(listed.body.contains("\"rows\":[]"), "{}", listed.body);
    assert_eq!(house.count("select count(*) from events").await, before);
    house.deliver().await;
}

both!(row_28_one_outcome_whoever_comes_first);
/// Row 28, over the whole life of a request: approve, reject, withdraw and the clock at once: one
/// outcome, its history and its letters.
async fn row_28_one_outcome_whoever_comes_first(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    for round in 0..12 {
        let mira = house.person(&format!("p{round}@northlight.test"), "Mira").await;
        let id = house.asks(&mira, "northlight").await;
        let over = house.now + anteroom::domain::organisation::REQUEST_LIFE;
        let tries: Vec<_> = (0..16)
            .map(|n| {
                let (desk, ivo, member, mira, id) = (
                    house.desk.clone(),
                    ivo.clone(),
                    member.clone(),
                    mira.clone(),
                    id.clone(),
                );
                tokio::spawn(async move {
                    match (n + round) % 4 {
                        0 => queue::decisions::decide(&desk, &ivo, &member, &id, Verdict::Approve)
                            .await
                            .map(|()| 1),
                        1 => queue::decisions::decide(&desk, &ivo, &member, &id, Verdict::Reject)
                            .await
                            .map(|()| 1),
                        2 => joining::requests::withdraw(&desk, &mira, &id).await.map(|()| 1),
                        _ => requests::expiry::sweep(&desk, over).await,
                    }
                })
            })
            .collect();
        let won: usize = join_all(tries)
            .await
            .into_iter()
            .filter_map(|t| t.unwrap().ok())
            .sum();
        // The sweep takes what is due of other rounds as well: none is left of those.
        assert_eq!(won, 1, "round {round}");
        let ends = format!(
            "select count(*) from events where object = '{id}' \
             and what in ('request.approved', 'request.denied', 'request.canceled', 'request.expired')"
        );
        assert_eq!(house.count(&ends).await, 1, "round {round}");
    }
    assert_eq!(
        house
            .count("select count(*) from requests where status = 'pending'")
            .await,
        0
    );
    let invited = house
        .count("select count(*) from requests where status = 'approved'")
        .await;
    assert_eq!(house.count("select count(*) from invitations").await, invited);
    assert_eq!(
        house
            .count("select count(*) from deliveries where kind = 'letter' and invitation_id is not null")
            .await,
        invited
    );
    // Those that expired did so at an instant that has not come, and so their letters.
    house.expects_owed_letters();
}

both!(row_29_no_answer_holds_a_token);
/// Row 29: what the site answers to those who may read everything names no token, and no hash of
/// one.
async fn row_29_no_answer_holds_a_token(house: &House) {
    let Links { ivo, all } = links(house).await;
    let cookie = house.cookie(&ivo).await;
    let ben = house.person("ben@northlight.test", "Ben").await;
    let request = house.asks(&ben, "northlight").await;
    let mut answers = Vec::new();
    for path in [
        "/northlight",
        "/northlight/access_requests",
        "/northlight/users",
        "/northlight/settings",
        "/settings",
        "/waiting",
        "/northlight/access_requests?tab=others",
    ] {
        answers.push(house.get(path, &cookie).await.body);
    }
    for (path, body) in [
        ("look_again", format!("org=northlight&ids={request}")),
        ("request_details", format!("org=northlight&request={request}")),
    ] {
        answers.push(house.post(&format!("/actions/{path}"), &cookie, &body).await.body);
    }
    for body in &answers {
        for (stem, token) in &all {
            assert!(
                !body.contains(token.as_str()) && !body.contains(&anteroom::desk::mint::hash(token)),
                "{stem}"
            );
        }
        assert!(!body.contains("token_hash") && !body.contains("password_hash"));
    }
    house.deliver().await;
}

both!(a_closed_organisation_takes_nobody);
/// A closed organisation takes nobody in, says so on the link's page, and is not asked.
async fn a_closed_organisation_takes_nobody(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let mira = house.person("mira@northlight.test", "Mira").await;
    house.invite(&ivo, "mira@northlight.test").await;
    let letters = house.letters_to("mira@northlight.test").await;
    let token = token_in(&letters[0].text, "invitations");
    let nora = house.person("nora@northlight.test", "Nora").await;
    let request = house.asks(&nora, "northlight").await;
    house.execute("update organisations set closed_at = 5").await;
    assert_eq!(
        people::acceptance::accept_as(&house.desk, &mira, &token)
            .await
            .err(),
        Some(Error::Refused(Why::OrganisationClosed))
    );
    let page = house.get(&format!("/invitations/{token}"), "").await;
    assert_eq!(page.status, 409);
    assert!(page.body.contains("The organisation is closed"), "{}", page.body);
    let ben = house.person("ben@northlight.test", "Ben").await;
    house.belongs(&ben, "northlight").await;
    let asked = joining::requests::request_access(
        &house.desk,
        &ben,
        &anteroom::domain::organisation::Slug::parse("northlight").unwrap(),
        "",
    )
    .await;
    assert_eq!(asked, Err(Error::Refused(Why::OrganisationClosed)));
    assert!(
        joining::signup::offer(&house.desk, &ben)
            .await
            .unwrap()
            .matches
            .is_empty(),
        "sign-up does not offer it"
    );
    let closed = Err(Error::Refused(Why::OrganisationClosed));
    assert_eq!(
        joining::invitations::invite(&house.desk, &ivo, &member, "zoe@northlight.test").await,
        closed
    );
    let invitation = people::members::list(&house.desk, &member, &Default::default())
        .await
        .unwrap()
        .invited[0]
        .id
        .clone();
    assert_eq!(
        people::invitations::resend(&house.desk, &ivo, &member, &invitation).await,
        closed
    );
    assert_eq!(
        queue::decisions::decide(&house.desk, &ivo, &member, &request, Verdict::Approve).await,
        closed
    );
    house.deliver().await;
}
