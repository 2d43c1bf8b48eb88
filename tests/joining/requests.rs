//! Join requests: the thin path at the desk, one decision made once, and every other way a request
//! can go.
use crate::harness::{House, at};
use anteroom::desk::organisation::request_rules::TypedRules;
use anteroom::desk::{joining, organisation, people, queue, requests};
use anteroom::domain::organisation::REQUEST_LIFE;
use anteroom::domain::organisation::Slug;
use anteroom::domain::request::StatusWord;
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why};
use anteroom::store;
use anteroom::store::queue::query::QueueQuery;
use futures::future::join_all;

both!(the_thin_path);
/// Ask, tell the administrators, approve, invite, accept, stand in the restricted home.
async fn the_thin_path(house: &House) {
    let ivo = house.organisation("northlight").await;
    let mira = house.person("Mira.Okafor@northlight.test", "Mira Okafor").await;
    let id = house.asks(&mira, "northlight").await;
    let told = house.letters_to("admin@northlight.test").await;
    assert!(told.iter().any(|m| {
        m.subject == "Mira Okafor asks to join northlight Labs"
            && m.text
                .contains(&format!("/northlight/access_requests?request={id}"))
    }));

    let member = house.membership(&ivo, "northlight").await;
    house.decide(&ivo, &id, Verdict::Approve).await;
    let token = house
        .token_mailed("Mira.Okafor@northlight.test", "invitations")
        .await;
    let look = people::acceptance::look_at_invitation(&house.desk, &token)
        .await
        .unwrap();
    assert_eq!(
        (
            look.organisation.name.as_str(),
            look.inviter.as_str(),
            look.has_account
        ),
        ("northlight Labs", "Ivo Brandt", true)
    );
    let (begun, slug) = people::acceptance::accept_as(&house.desk, &mira, &token)
        .await
        .unwrap();
    assert_eq!(slug.as_str(), "northlight");

    let mira = house.actor(&begun.token).await;
    let joined = house.membership(&mira, "northlight").await;
    assert!(joined.is_restricted());
    assert!(
        house
            .letters_to("Mira.Okafor@northlight.test")
            .await
            .iter()
            .any(|m| m.subject == "Welcome to northlight Labs" && m.text.contains("restricted"))
    );
    assert!(
        house
            .letters_to("admin@northlight.test")
            .await
            .iter()
            .any(|m| m.subject.contains("waits for rights"))
    );
    let own = joining::requests::own_requests(&house.desk, &mira).await.unwrap();
    assert_eq!(
        (own.len(), own[0].request.status.word()),
        (1, StatusWord::Approved)
    );
    let anteroom::desk::queue::list::RequestDetails {
        history, deliveries, ..
    } = queue::list::request_details(&house.desk, &ivo, &member, &id)
        .await
        .unwrap();
    assert_eq!(
        history.iter().map(|e| e.what.as_str()).collect::<Vec<_>>(),
        [
            "request.submitted",
            "request.approved",
            "invitation.sent",
            "invitation.accepted"
        ]
    );
    assert!(
        deliveries.iter().all(|l| l.state.as_str() == "sent"),
        "{deliveries:?}"
    );
    // A link's secret is gone from the queue once its letter has left.
    assert_eq!(
        house
            .count("select count(*) from deliveries where kind = 'letter' and sealed is not null")
            .await,
        0
    );
}

both!(sixty_four_deciders);
/// 64 administrators press at once: one effect, one event, one letter; the others hear who, what
/// and when.
async fn sixty_four_deciders(house: &House) {
    let ivo = house.organisation("northlight").await;
    let mira = house.person("mira@northlight.test", "Mira Okafor").await;
    let id = house.asks(&mira, "northlight").await;
    house.deliver().await;
    let member = house.membership(&ivo, "northlight").await;
    let tries = (0..64).map(|n| {
        let (desk, ivo, member, id) = (house.desk.clone(), ivo.clone(), member.clone(), id.clone());
        tokio::spawn(async move {
            queue::decisions::decide(
                &desk,
                &ivo,
                &member,
                &id,
                if n % 2 == 0 {
                    Verdict::Approve
                } else {
                    Verdict::Reject
                },
            )
            .await
        })
    });
    let answers: Vec<_> = join_all(tries).await.into_iter().map(|a| a.unwrap()).collect();
    assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 1);
    let winner = answers.iter().position(Result::is_ok).unwrap();
    let verdict = if winner % 2 == 0 {
        Verdict::Approve
    } else {
        Verdict::Reject
    };
    for loser in answers.iter().filter_map(|a| a.as_ref().err()) {
        assert_eq!(
            *loser,
            Error::AlreadyDecided {
                by: "Ivo Brandt".into(),
                verdict,
                at: house.now
            }
        );
    }
    let invited = i64::from(verdict == Verdict::Approve);
    let decided = "select count(*) from events where what in ('request.approved', 'request.denied')";
    assert_eq!(house.count(decided).await, 1);
    assert_eq!(house.count("select count(*) from invitations").await, invited);
    assert_eq!(
        house
            .count("select count(*) from deliveries where kind = 'letter' and invitation_id is not null")
            .await,
        invited
    );
    house.deliver().await;
}

both!(one_live_request_for_each_person_and_organisation);
async fn one_live_request_for_each_person_and_organisation(house: &House) {
    house.organisation("northlight").await;
    let mira = house.person("mira@northlight.test", "Mira Okafor").await;
    house.belongs(&mira, "northlight").await;
    let tries = (0..16).map(|_| {
        let (desk, mira) = (house.desk.clone(), mira.clone());
        tokio::spawn(async move {
            joining::requests::request_access(&desk, &mira, &Slug::parse("northlight").unwrap(), "").await
        })
    });
    let answers: Vec<_> = join_all(tries).await.into_iter().map(|a| a.unwrap()).collect();
    assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 1, "{answers:?}");
    assert!(
        answers
            .iter()
            .filter_map(|a| a.as_ref().err())
            .all(|e| *e == Error::Refused(Why::AlreadyAsked))
    );
    assert_eq!(house.count("select count(*) from requests").await, 1);
    house.deliver().await;
}

both!(strangers_find_no_organisation);
/// Whom no link matches finds nothing, be the organisation there or not; after that there
/// is nothing to withdraw either.
async fn strangers_find_no_organisation(house: &House) {
    let ivo = house.organisation("northlight").await;
    let mira = house.person("mira@elsewhere.test", "Mira Okafor").await;
    for slug in ["northlight", "nobody-there"] {
        assert_eq!(
            joining::requests::request_access(&house.desk, &mira, &Slug::parse(slug).unwrap(), "Hello").await,
            Err(Error::NotFound),
            "{slug}"
        );
    }
    assert!(
        joining::signup::offer(&house.desk, &mira)
            .await
            .unwrap()
            .matches
            .is_empty()
    );
    // Another organisation of the same provider is no match either.
    house.belongs(&ivo, "northlight").await;
    house.prove(&mira, "southmoor").await;
    assert!(
        joining::signup::offer(&house.desk, &mira)
            .await
            .unwrap()
            .matches
            .is_empty()
    );
    assert_eq!(house.count("select count(*) from requests").await, 0);
    house.deliver().await;
}

both!(nobody_decides_their_own_request);
async fn nobody_decides_their_own_request(house: &House) {
    let ivo = house.organisation("northlight").await;
    let mira = house.person("mira@northlight.test", "Mira Okafor").await;
    let id = house.asks(&mira, "northlight").await;
    let member = house.membership(&ivo, "northlight").await;
    // By whatever way the requester came to hold the administrator's rights.
    assert_eq!(
        queue::decisions::decide(
            &house.desk,
            &mira,
            &anteroom::domain::member::Membership {
                account: mira.id().clone(),
                ..member.clone()
            },
            &id,
            Verdict::Approve
        )
        .await,
        Err(Error::Refused(Why::OwnRequest))
    );
    let twin = anteroom::desk::Actor {
        account: anteroom::domain::account::Account {
            email: mira.account.email.clone(),
            ..ivo.account.clone()
        },
        ..ivo.clone()
    };
    assert_eq!(
        queue::decisions::decide(&house.desk, &twin, &member, &id, Verdict::Approve).await,
        Err(Error::Refused(Why::OwnRequest))
    );
    assert_eq!(house.count("select count(*) from invitations").await, 0);
    house.deliver().await;
}

both!(a_request_of_another_organisation_is_not_found);
async fn a_request_of_another_organisation_is_not_found(house: &House) {
    house.organisation("northlight").await;
    let olga = house.organisation("southmoor").await;
    let mira = house.person("mira@northlight.test", "Mira Okafor").await;
    let id = house.asks(&mira, "northlight").await;
    let foreign = house.membership(&olga, "southmoor").await;
    assert_eq!(
        queue::decisions::decide(&house.desk, &olga, &foreign, &id, Verdict::Approve).await,
        Err(Error::NotFound)
    );
    assert!(matches!(
        queue::list::request_details(&house.desk, &olga, &foreign, &id).await,
        Err(Error::NotFound)
    ));
    assert!(matches!(
        queue::list::page(&house.desk, &olga, &foreign, &QueueQuery::default(), Some(&id)).await,
        Err(Error::NotFound)
    ));
    assert_eq!(
        joining::requests::withdraw(&house.desk, &olga, &id).await,
        Err(Error::NotFound)
    );
    house.deliver().await;
}

both!(requests_follow_the_organisations_rules);
/// The organisation sets how long a request lives and whether new ones are told by mail; open ones
/// keep the life that they began with.
async fn requests_follow_the_organisations_rules(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let ana = house.person("ana@northlight.test", "Ana").await;
    let before = house.asks(&ana, "northlight").await;
    let rules = |mails, life: &str| TypedRules {
        mails,
        life: life.into(),
        ..TypedRules::default()
    };
    for wrong in ["0", "366", "x", ""] {
        let rules = rules(true, wrong);
        let changed = organisation::request_rules::change_request_rules(&house.desk, &ivo, &member, &rules);
        assert!(
            matches!(changed.await,
            Err(Error::Invalid(f)) if f[0].field == "request_days"),
            "{wrong}"
        );
    }
    let told = house.letters_to("admin@northlight.test").await.len();
    organisation::request_rules::change_request_rules(&house.desk, &ivo, &member, &rules(false, " 2 "))
        .await
        .unwrap();
    let mira = house.person("mira@northlight.test", "Mira").await;
    let after = house.asks(&mira, "northlight").await;
    assert_eq!(
        house.letters_to("admin@northlight.test").await.len(),
        told,
        "no letter"
    );
    let expires = async |id| {
        queue::list::request_details(&house.desk, &ivo, &member, id)
            .await
            .unwrap()
            .row
            .request
            .expires_at
    };
    assert_eq!(
        (expires(&before).await, expires(&after).await),
        (house.now + Span::days(30), house.now + Span::days(2))
    );
    house.deliver().await;
}

both!(expiry_is_true_at_its_instant);
/// A request expires at its instant whether or not a sweep ran; then one may ask again at once.
async fn expiry_is_true_at_its_instant(house: &House) {
    let ivo = house.organisation("northlight").await;
    let mira = house.person("mira@northlight.test", "Mira Okafor").await;
    let id = house.asks(&mira, "northlight").await;
    let member = house.membership(&ivo, "northlight").await;
    let over = house.now + REQUEST_LIFE;
    let own = joining::requests::own_requests(&house.desk, &at(&mira, over - Span(1)))
        .await
        .unwrap();
    assert_eq!(own[0].request.status.word(), StatusWord::Pending);
    let own = joining::requests::own_requests(&house.desk, &at(&mira, over))
        .await
        .unwrap();
    assert_eq!(own[0].request.status.word(), StatusWord::Expired);
    assert_eq!(
        queue::decisions::decide(&house.desk, &at(&ivo, over), &member, &id, Verdict::Approve).await,
        Err(Error::Refused(Why::NotPending))
    );
    let again = joining::requests::request_access(
        &house.desk,
        &at(&mira, over),
        &Slug::parse("northlight").unwrap(),
        "",
    )
    .await;
    assert!(again.is_ok());
    assert_eq!(
        house
            .count("select count(*) from requests where status = 'expired'")
            .await,
        1
    );
    // Two sweepers at once settle what is due exactly once.
    let late = over + REQUEST_LIFE;
    let (a, b) = tokio::join!(
        requests::expiry::sweep(&house.desk, late),
        requests::expiry::sweep(&house.desk, late)
    );
    assert_eq!(a.unwrap() + b.unwrap(), 1);
    assert_eq!(
        house
            .count("select count(*) from events where what = 'request.expired'")
            .await,
        2
    );
    // Those of the second request are owed at an instant that has not come.
    house.expects_owed_letters();
}

both!(pages_of_the_queue_go_by_key);
async fn pages_of_the_queue_go_by_key(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    for n in 0..30 {
        let person = house
            .person(&format!("p{n}@northlight.test"), &format!("Person {n}"))
            .await;
        // Several at one instant: the id then says the order.
        let then = house.caller_at(house.now - Span::seconds(n / 4));
        house
            .asks(
                &anteroom::desk::Actor {
                    caller: then,
                    ..person
                },
                "northlight",
            )
            .await;
    }
    let first = queue::list::page(&house.desk, &ivo, &member, &QueueQuery::default(), None)
        .await
        .unwrap();
    let second = queue::list::page(
        &house.desk,
        &ivo,
        &member,
        &QueueQuery {
            after: first.next.clone(),
            ..QueueQuery::default()
        },
        None,
    )
    .await
    .unwrap();
    assert_eq!(
        (first.rows.len(), second.rows.len(), first.counts.pending),
        (25, 5, 30)
    );
    assert!(second.next.is_none());
    let mut ids: Vec<_> = first
        .rows
        .iter()
        .chain(&second.rows)
        .map(|r| (r.request.submitted_at, r.request.id.clone()))
        .collect();
    assert!(ids.is_sorted_by(|a, b| a > b));
    ids.dedup();
    assert_eq!(ids.len(), 30);
    // The picked one stands first, wherever it is in the list, and only once.
    let last = second.rows[4].request.id.clone();
    let picked = queue::list::page(&house.desk, &ivo, &member, &QueueQuery::default(), Some(&last))
        .await
        .unwrap();
    assert_eq!(picked.rows[0].request.id, last);
    assert!(picked.rows[0].actions.contains(&Verdict::Approve));
    house.deliver().await;
}

both!(a_stale_write_is_refused);
/// A guarded write that finds the row changed writes nothing, and says so.
async fn a_stale_write_is_refused(house: &House) {
    let ivo = house.organisation("northlight").await;
    let mira = house.person("mira@northlight.test", "Mira Okafor").await;
    let id = house.asks(&mira, "northlight").await;
    let member = house.membership(&ivo, "northlight").await;
    let request = store::requests::find(
        &mut house.desk.db.read().await.unwrap(),
        &member.organisation,
        &id,
    )
    .await
    .unwrap();
    house.decide(&ivo, &id, Verdict::Reject).await;
    let end = request.expires_at;
    let late = request.expire(end).unwrap();
    let mut tx = house.desk.db.begin().await.unwrap();
    assert_eq!(store::requests::settle(&mut tx, &late).await, Err(Error::Stale));
    drop(tx);
    house.deliver().await;
}
