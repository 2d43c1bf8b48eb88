//! Access to resources: flows, who is asked, votes, decisions, grants, and what changes of people
//! and things make of open requests.
use crate::access::portal::{Portal, SLUG, said, subjects};
use crate::harness::{House, flow, step};
use anteroom::desk::access::flows::StepDraft;
use anteroom::desk::access::submission::Wish;
use anteroom::desk::requests::decision_draft::DecisionDraft;
use anteroom::desk::{access, account, people, queue};
use anteroom::domain::request::{StatusWord, Tab};
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why};
use anteroom::store::queue::query::QueueQuery;
use futures::future::join_all;

both!(two_steps_lead_to_applications);
/// Manager, then any two of a group of three: from the catalogue to Applications, and everybody
/// hears what concerns them.
async fn two_steps_lead_to_applications(house: &House) {
    let (ivo, member) = house.founder(SLUG).await;
    let desk = &house.desk;
    let mut people = Vec::new();
    for name in ["Mira Okafor", "Tess Varga", "Ana Lind", "Bo Marsh", "Cleo Dahl"] {
        people.push(house.portal_user(&ivo, name).await);
    }
    let [mira, tess, ana, bo, cleo] = &people[..] else {
        panic!("five")
    };
    let group = house.group(&ivo, "Lab", &[ana, bo, cleo]).await;
    let two = StepDraft {
        quorum: "number".into(),
        number: "2".into(),
        ..step(&format!("group:{group}"))
    };
    let p = Portal::over(house, ivo.clone(), member, vec![step("manager"), two]).await;
    p.manager(mira, tess.account.email.as_str()).await;
    let catalog = access::catalog::list(desk, mira, &house.membership(mira, SLUG).await, "bill", None)
        .await
        .unwrap();
    assert_eq!(
        catalog
            .offered
            .iter()
            .map(|o| o.listed.resource.name.as_str())
            .collect::<Vec<_>>(),
        ["Billing console"]
    );

    let id = p.asks(mira).await;
    assert_eq!(
        (
            p.word(&id).await,
            p.stored(&id).await.tab(),
            p.waits_for(&id).await
        ),
        (StatusWord::Pending, Tab::Others, vec!["Tess Varga".to_owned()])
    );
    assert!(
        subjects(house, &ivo)
            .await
            .contains(&"Mira Okafor asks for Billing console".to_owned())
    );
    let waits = house.letters_to(tess.account.email.as_str()).await;
    assert!(waits.iter().any(
        |m| m.text.contains(&format!("/northlight/approvals?request={id}"))
            && m.text.contains("> For the audit")
    ));
    // Who was not asked finds nothing to vote on; a second request shows the first.
    assert_eq!(
        p.vote(ana, &id, &Verdict::Approve.into()).await,
        Err(Error::NotFound)
    );
    let again = access::submission::ask_for(
        desk,
        mira,
        &house.membership(mira, SLUG).await,
        &p.resource,
        &Wish::default(),
    )
    .await;
    assert_eq!(again, Err(Error::Refused(Why::AlreadyAsked)));

    p.vote(tess, &id, &Verdict::Approve.into()).await.unwrap();
    assert_eq!(p.waits_for(&id).await, ["Ana Lind", "Bo Marsh", "Cleo Dahl"]);
    assert_eq!(
        p.vote(tess, &id, &Verdict::Approve.into()).await,
        Err(Error::Refused(Why::NotAsked))
    );
    p.vote(cleo, &id, &Verdict::Approve.into()).await.unwrap();
    assert!(p.has(mira).await.is_empty());
    p.vote(ana, &id, &Verdict::Approve.into()).await.unwrap();
    assert_eq!(
        (p.word(&id).await, p.has(mira).await),
        (StatusWord::Approved, vec!["Billing console".to_owned()])
    );
    assert_eq!(
        p.vote(bo, &id, &Verdict::Approve.into()).await,
        Err(Error::AlreadyDecided {
            by: "Ana Lind".into(),
            verdict: Verdict::Approve,
            at: house.now
        })
    );
    assert!(
        subjects(house, mira)
            .await
            .contains(&"Mira Okafor has access to Billing console".to_owned())
    );
    let details = queue::list::request_details(desk, &ivo, &p.member, &id)
        .await
        .unwrap();
    let history: Vec<_> = details.history.iter().map(|e| e.what.as_str()).collect();
    assert_eq!(
        history,
        [
            "request.submitted",
            "request.voted",
            "request.voted",
            "request.voted",
            "request.approved"
        ]
    );
}

both!(missing_data_resumes_by_itself);
/// Without a manager the request lacks data; it goes on by itself in the transaction that names
/// one, or an administrator decides.
async fn missing_data_resumes_by_itself(house: &House) {
    let p = Portal::new(house, vec![step("manager")]).await;
    let (mira, tess) = (p.user("Mira Okafor").await, p.user("Tess Varga").await);
    let id = p.asks(&mira).await;
    assert_eq!(p.word(&id).await, StatusWord::MissingData);
    let page = queue::list::page(
        &house.desk,
        &p.ivo,
        &p.member,
        &QueueQuery {
            tab: Tab::Others,
            ..QueueQuery::default()
        },
        None,
    )
    .await
    .unwrap();
    assert_eq!(
        (page.counts.missing, page.counts.others, page.rows.len()),
        (1, 1, 1)
    );
    p.manager(&mira, tess.account.email.as_str()).await;
    assert_eq!(
        (p.word(&id).await, p.waits_for(&id).await),
        (StatusWord::Pending, vec!["Tess Varga".to_owned()])
    );
    assert!(
        subjects(house, &tess)
            .await
            .iter()
            .any(|s| s.contains("waits for your decision"))
    );
    // The manager leaves: it lacks data again; what waited for them waits for nobody.
    people::members::remove(&house.desk, &p.ivo, &p.member, tess.id())
        .await
        .unwrap();
    assert_eq!(
        (p.word(&id).await, p.waits_for(&id).await),
        (StatusWord::MissingData, vec![])
    );
    queue::decisions::decide_with(&house.desk, &p.ivo, &p.member, &id, &Verdict::Approve.into())
        .await
        .unwrap();
    let decided = p.stored(&id).await;
    assert!(decided.status.decision().is_some_and(|d| d.overrides));
    assert_eq!(p.has(&mira).await, ["Billing console"]);
    house.deliver().await;
}

both!(a_quorum_is_met_once);
/// Three reviewers, two needed, at once: exactly one completion, one grant, one letter.
async fn a_quorum_is_met_once(house: &House) {
    let (ivo, member) = house.founder(SLUG).await;
    let mut people = Vec::new();
    for name in ["Mira Okafor", "Ana Lind", "Bo Marsh", "Cleo Dahl"] {
        people.push(house.portal_user(&ivo, name).await);
    }
    let members = people[1..]
        .iter()
        .map(|a| a.account.email.as_str())
        .collect::<Vec<_>>()
        .join("\n");
    let two = StepDraft {
        quorum: "number".into(),
        number: "2".into(),
        members,
        ..step("members")
    };
    let p = Portal::over(house, ivo, member, vec![two]).await;
    let id = p.asks(&people[0]).await;
    let votes = people[1..].iter().map(|one| {
        let (desk, one, id) = (house.desk.clone(), one.clone(), id.clone());
        async move {
            let member = account::memberships::membership(
                &desk,
                &one,
                &anteroom::domain::organisation::Slug::parse(SLUG).unwrap(),
            )
            .await
            .unwrap();
            access::votes::vote(&desk, &one, &member, &id, &Verdict::Approve.into()).await
        }
    });
    let answers = join_all(votes).await;
    assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 2, "{answers:?}");
    assert!(
        answers
            .iter()
            .filter_map(|a| a.as_ref().err())
            .all(|e| matches!(e, Error::AlreadyDecided { .. }))
    );
    assert_eq!(house.count("select count(*) from grants").await, 1);
    assert_eq!(
        house
            .count("select count(*) from events where what = 'request.approved'")
            .await,
        1
    );
    assert_eq!(
        subjects(house, &people[0])
            .await
            .iter()
            .filter(|s| s.contains("has access"))
            .count(),
        1
    );
}

both!(approver_and_administrator_race);
/// An approver and an administrator at once: one outcome, and the loser hears who and what.
async fn approver_and_administrator_race(house: &House) {
    let p = Portal::new(house, vec![step("manager")]).await;
    let (mira, tess) = (p.user("Mira Okafor").await, p.user("Tess Varga").await);
    p.manager(&mira, tess.account.email.as_str()).await;
    for _ in 0..4 {
        let id = p.asks(&mira).await;
        let no = said(Verdict::Reject, "Not now");
        let yes = Verdict::Approve.into();
        let (vote, decision) = futures::join!(
            p.vote(&tess, &id, &yes),
            queue::decisions::decide_with(&house.desk, &p.ivo, &p.member, &id, &no)
        );
        let status = p.word(&id).await;
        match (vote, decision) {
            (Ok(()), Err(e)) => assert_eq!(
                (e, status),
                (
                    Error::AlreadyDecided {
                        by: "Tess Varga".into(),
                        verdict: Verdict::Approve,
                        at: house.now
                    },
                    StatusWord::Approved
                )
            ),
            (Err(e), Ok(())) => assert_eq!(
                (e, status),
                (
                    Error::AlreadyDecided {
                        by: "Ivo Brandt".into(),
                        verdict: Verdict::Reject,
                        at: house.now
                    },
                    StatusWord::Denied
                )
            ),
            other => panic!("{other:?}"),
        }
        for grant in access::grants::list_own(&house.desk, &mira, &house.membership(&mira, SLUG).await)
            .await
            .unwrap()
        {
            access::grants::end(&house.desk, &p.ivo, &p.member, &grant.grant.id)
                .await
                .unwrap();
        }
    }
    house.deliver().await;
}

both!(notes_stay_inside);
/// A denial needs a reason; the internal note is in Insights and nowhere else.
async fn notes_stay_inside(house: &House) {
    let p = Portal::new(house, vec![step("administrators")]).await;
    let mira = p.user("Mira Okafor").await;
    let id = p.asks(&mira).await;
    assert_eq!(p.stored(&id).await.tab(), Tab::Pending);
    assert_eq!(
        queue::decisions::decide(&house.desk, &p.ivo, &p.member, &id, Verdict::Reject).await,
        Err(Error::field("reason", Why::Missing))
    );
    let no = DecisionDraft {
        next_steps: "Ask Tess first".into(),
        notes: "WATCHOUT internal".into(),
        ..said(Verdict::Reject, "Not in this quarter")
    };
    queue::decisions::decide_with(&house.desk, &p.ivo, &p.member, &id, &no)
        .await
        .unwrap();
    let letters = house.letters_to(mira.account.email.as_str()).await;
    let denied = letters.iter().find(|m| m.subject.contains("was denied")).unwrap();
    assert!(
        denied.text.contains("> Not in this quarter") && denied.text.contains("Next steps: Ask Tess first")
    );
    assert!(
        letters
            .iter()
            .all(|m| !m.text.contains("WATCHOUT") && !m.html.contains("WATCHOUT"))
    );
    assert_eq!(
        house
            .count("select count(*) from event_details where detail like '%WATCHOUT%'")
            .await,
        1
    );
    assert_eq!(
        house
            .count(
                "select count(*) from requests where reason like '%WATCHOUT%' \
                 or next_steps like '%WATCHOUT%' or message like '%WATCHOUT%'"
            )
            .await,
        0
    );
    // The person may ask again at once.
    p.asks(&mira).await;
    house.deliver().await;
}

both!(who_may_ask_and_decide);
/// Who may ask and decide: nobody decides their own, only managers ask for others, and only those
/// who may see a resource.
async fn who_may_ask_and_decide(house: &House) {
    let p = Portal::new(house, vec![step("administrators")]).await;
    let (mira, tess) = (p.user("Mira Okafor").await, p.user("Tess Varga").await);
    let own = p.asks(&p.ivo).await;
    assert_eq!(
        p.word(&own).await,
        StatusWord::MissingData,
        "its only administrator is its requester"
    );
    assert_eq!(
        queue::decisions::decide(&house.desk, &p.ivo, &p.member, &own, Verdict::Approve).await,
        Err(Error::Refused(Why::OwnRequest))
    );
    let tess_member = house.membership(&tess, SLUG).await;
    let wish = Wish {
        holder: mira.id().to_string(),
        ..Wish::default()
    };
    assert_eq!(
        access::submission::ask_for(&house.desk, &tess, &tess_member, &p.resource, &wish).await,
        Err(Error::field("holder", Why::NotTheirManager))
    );
    p.manager(&mira, tess.account.email.as_str()).await;
    let id = access::submission::ask_for(&house.desk, &tess, &tess_member, &p.resource, &wish)
        .await
        .unwrap();
    house.decide(&p.ivo, &id, Verdict::Approve).await;
    assert_eq!((p.has(&mira).await.len(), p.has(&tess).await.len()), (1, 0));
    let lab = p.group("Lab", &[&mira]).await;
    p.set(|r| {
        r.some = true;
        r.groups = vec![lab];
    })
    .await;
    assert_eq!(
        access::submission::ask_for(&house.desk, &tess, &tess_member, &p.resource, &Wish::default()).await,
        Err(Error::NotFound)
    );
    // Another organisation's administrator finds none of it.
    let (olga, foreign) = house.founder("southmoor").await;
    let told = [
        access::flows::change(
            &house.desk,
            &olga,
            &foreign,
            &p.flow,
            &flow(vec![step("administrators")]),
        )
        .await,
        access::flows::delete(&house.desk, &olga, &foreign, &p.flow).await,
        access::resources::delete(&house.desk, &olga, &foreign, &p.resource).await,
        access::votes::vote(&house.desk, &olga, &foreign, &own, &Verdict::Approve.into()).await,
        queue::repair::retry(&house.desk, &olga, &foreign, &own).await,
        queue::decisions::cancel_request(&house.desk, &olga, &foreign, &own, "No").await,
        access::my_requests::question(&house.desk, &olga, &foreign, &own, "Why?").await,
    ];
    assert!(told.iter().all(|t| *t == Err(Error::NotFound)), "{told:?}");
    house.deliver().await;
}
