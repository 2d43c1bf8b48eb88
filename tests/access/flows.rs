//! Flows as time goes by: versions, what is gone, reminders and ends by the clock, and delegates.
use crate::access::portal::{Portal, SLUG, owed};
use crate::harness::{House, at, flow, step};
use anteroom::desk::access::flows::StepDraft;
use anteroom::desk::{Actor, access, people, queue, requests};
use anteroom::domain::request::{Problem, Status, StatusWord};
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why};
use anteroom::store;

both!(flows_change_and_go);
/// A request keeps to its version. Deleting the flow cancels what is open and takes nothing away.
async fn flows_change_and_go(house: &House) {
    let p = Portal::new(house, vec![step("manager")]).await;
    let (mira, tess, ana) = (
        p.user("Mira Okafor").await,
        p.user("Tess Varga").await,
        p.user("Ana Lind").await,
    );
    p.manager(&mira, tess.account.email.as_str()).await;
    p.manager(&ana, tess.account.email.as_str()).await;
    let (granted, open) = (p.asks(&mira).await, p.asks(&ana).await);
    access::flows::change(
        &house.desk,
        &p.ivo,
        &p.member,
        &p.flow,
        &flow(vec![step("administrators")]),
    )
    .await
    .unwrap();
    assert_eq!(
        p.waits_for(&open).await,
        ["Tess Varga"],
        "the version of the submission holds"
    );
    p.vote(&tess, &granted, &Verdict::Approve.into()).await.unwrap();
    assert_eq!(
        queue::repair::follow_newest(&house.desk, &p.ivo, &p.member, &open).await,
        Err(Error::Refused(Why::NotInError))
    );
    let (used, versions) = access::flows::find(&house.desk, &p.member, &p.flow)
        .await
        .unwrap();
    assert_eq!((used.open, used.resources, versions.len()), (1, 1, 2));
    access::flows::delete(&house.desk, &p.ivo, &p.member, &p.flow)
        .await
        .unwrap();
    assert_eq!(p.word(&open).await, StatusWord::Canceled);
    assert_eq!(p.has(&mira).await, ["Billing console"]);
    assert!(
        house
            .letters_to(ana.account.email.as_str())
            .await
            .iter()
            .any(|m| m.subject.contains("was canceled")
                && m.text
                    .contains(&format!("/northlight/catalog?ask={}", p.resource)))
    );
    let catalog = access::catalog::list(&house.desk, &ana, &house.membership(&ana, SLUG).await, "", None)
        .await
        .unwrap();
    assert!(
        catalog.offered.is_empty(),
        "nothing can be asked for without a flow"
    );
}

both!(what_is_gone_ends_in_error);
/// What a pinned version names is gone: Error, and three ways out. Approvals that still count are
/// kept.
async fn what_is_gone_ends_in_error(house: &House) {
    let (ivo, member) = house.founder(SLUG).await;
    let (mira, tess, ana) = (
        house.portal_user(&ivo, "Mira Okafor").await,
        house.portal_user(&ivo, "Tess Varga").await,
        house.portal_user(&ivo, "Ana Lind").await,
    );
    let lab = house.group(&ivo, "Lab", &[&ana]).await;
    let p = Portal::over(
        house,
        ivo,
        member,
        vec![step("manager"), step(&format!("group:{lab}"))],
    )
    .await;
    p.manager(&mira, tess.account.email.as_str()).await;
    let id = p.asks(&mira).await;
    p.vote(&tess, &id, &Verdict::Approve.into()).await.unwrap();
    // An empty group lacks data; a deleted one is an error.
    people::groups::remove(&house.desk, &p.ivo, &p.member, &lab, ana.id())
        .await
        .unwrap();
    assert_eq!(p.word(&id).await, StatusWord::MissingData);
    people::groups::add(&house.desk, &p.ivo, &p.member, &lab, ana.account.email.as_str())
        .await
        .unwrap();
    assert_eq!(p.word(&id).await, StatusWord::Pending);
    people::groups::delete(&house.desk, &p.ivo, &p.member, &lab)
        .await
        .unwrap();
    assert_eq!(
        p.stored(&id).await.status,
        Status::Error(Problem::GroupGone, None)
    );
    assert_eq!(
        queue::repair::retry(&house.desk, &p.ivo, &p.member, &id).await,
        Err(Error::Refused(Why::GroupStillGone))
    );
    let people = StepDraft {
        members: ana.account.email.to_string(),
        ..step("members")
    };
    access::flows::change(
        &house.desk,
        &p.ivo,
        &p.member,
        &p.flow,
        &flow(vec![people, step("manager")]),
    )
    .await
    .unwrap();
    queue::repair::follow_newest(&house.desk, &p.ivo, &p.member, &id)
        .await
        .unwrap();
    assert_eq!(p.waits_for(&id).await, ["Ana Lind"]);
    p.vote(&ana, &id, &Verdict::Approve.into()).await.unwrap();
    assert_eq!(
        p.word(&id).await,
        StatusWord::Approved,
        "the manager's approval of before counts"
    );
    // A disabled resource: in Error until it is enabled again and retried.
    let other = p.user("Bo Marsh").await;
    p.manager(&other, tess.account.email.as_str()).await;
    let second = p.asks(&other).await;
    access::resources::set_state(&house.desk, &p.ivo, &p.member, &p.resource, false)
        .await
        .unwrap();
    assert_eq!(
        p.stored(&second).await.status,
        Status::Error(Problem::ResourceGone, None)
    );
    assert_eq!(
        queue::decisions::decide_with(&house.desk, &p.ivo, &p.member, &second, &Verdict::Approve.into())
            .await,
        Err(Error::Refused(Why::ResourceGone))
    );
    access::resources::set_state(&house.desk, &p.ivo, &p.member, &p.resource, true)
        .await
        .unwrap();
    queue::repair::retry(&house.desk, &p.ivo, &p.member, &second)
        .await
        .unwrap();
    assert_eq!(p.word(&second).await, StatusWord::Pending);
    house.deliver().await;
}

both!(the_clock);
/// Reminder, escalation, expiry, and the end of a grant with its letters, by the clock.
async fn the_clock(house: &House) {
    let (ivo, member) = house.founder(SLUG).await;
    let (mira, tess, ana) = (
        house.portal_user(&ivo, "Mira Okafor").await,
        house.portal_user(&ivo, "Tess Varga").await,
        house.portal_user(&ivo, "Ana Lind").await,
    );
    let members = StepDraft {
        members: tess.account.email.to_string(),
        remind_days: "2".into(),
        escalate_days: "4".into(),
        escalate_to: "owner".into(),
        ..step("members")
    };
    let p = Portal::over(house, ivo, member, vec![members]).await;
    p.set(|r| {
        r.owner = ana.account.email.to_string();
        r.most_days = "10".into();
    })
    .await;
    let id = p.asks(&mira).await;
    let day = |n: i64| house.now + Span::days(n);
    assert_eq!(access::steps::sweep(&house.desk, day(1)).await, Ok(0));
    assert_eq!(access::steps::sweep(&house.desk, day(2)).await, Ok(1));
    assert_eq!(owed(house, &tess, "reminder").await, 1);
    assert_eq!(p.waits_for(&id).await, ["Tess Varga"]);
    access::steps::sweep(&house.desk, day(4)).await.unwrap();
    assert_eq!(p.waits_for(&id).await, ["Ana Lind", "Tess Varga"]);
    assert_eq!(access::steps::sweep(&house.desk, day(5)).await, Ok(0));
    p.vote(&ana, &id, &Verdict::Approve.into()).await.unwrap();
    assert_eq!(p.has(&mira).await, ["Billing console"]);
    // Ten days from the approval: letters 7 days, 1 day and 1 hour before, each once.
    let end = day(10);
    for (at, letters) in [
        (day(2), 0),
        (day(3), 1),
        (day(4), 1),
        (day(9), 2),
        (end - Span::minutes(30), 3),
        (end - Span::minutes(10), 3),
    ] {
        access::grants::sweep(&house.desk, at).await.unwrap();
        assert_eq!(owed(house, &mira, "ends").await, letters, "{at:?}");
    }
    let late = at(&mira, end);
    assert!(p.has(&late).await.is_empty(), "over at its instant, swept or not");
    access::grants::sweep(&house.desk, end).await.unwrap();
    assert_eq!(owed(house, &mira, "ended").await, 1);
    // Nobody decides for thirty days.
    let second = p.asks(&late).await;
    requests::expiry::sweep(&house.desk, end + Span::days(29))
        .await
        .unwrap();
    assert_eq!(p.word(&second).await, StatusWord::Pending);
    requests::expiry::sweep(&house.desk, end + Span::days(30))
        .await
        .unwrap();
    assert_eq!(p.word(&second).await, StatusWord::Expired);
    assert_eq!(owed(house, &mira, "expired").await, 1);
    house.expects_owed_letters();
}

both!(nobody_is_reminded_of_who_has_gone);
/// Whoever is removed while their request waits at its second step: neither approver is reminded of
/// it; of who stays the second one is.
async fn nobody_is_reminded_of_who_has_gone(house: &House) {
    let (ivo, member) = house.founder(SLUG).await;
    let (mira, nora, tess, ana) = (
        house.portal_user(&ivo, "Mira Okafor").await,
        house.portal_user(&ivo, "Nora Blum").await,
        house.portal_user(&ivo, "Tess Varga").await,
        house.portal_user(&ivo, "Ana Lind").await,
    );
    let steps = [&tess, &ana].map(|approver| StepDraft {
        members: approver.account.email.to_string(),
        remind_days: "2".into(),
        ..step("members")
    });
    let p = Portal::over(house, ivo, member, steps.into()).await;
    let (goes, stays) = (p.asks(&mira).await, p.asks(&nora).await);
    for id in [&goes, &stays] {
        p.vote(&tess, id, &Verdict::Approve.into()).await.unwrap();
        assert_eq!(p.waits_for(id).await, ["Ana Lind"]);
    }
    people::members::remove(&house.desk, &p.ivo, &p.member, mira.id())
        .await
        .unwrap();
    assert_eq!(p.word(&goes).await, StatusWord::Canceled);
    let due = house.now + Span::days(2);
    assert_eq!(access::steps::sweep(&house.desk, due).await, Ok(1));
    assert_eq!(owed(house, &tess, "reminder").await, 0);
    assert_eq!(owed(house, &ana, "reminder").await, 1);
    let of_who_stays = format!(
        "select count(*) from deliveries where kind = 'letter' and request_id = '{stays}' \
         and job like '%\"news\":\"reminder\"%'"
    );
    assert_eq!(house.count(&of_who_stays).await, 1);
    house.expects_owed_letters();
}

both!(h13_a_delegate_of_a_delegate_is_asked);
/// Whoever decides for somebody who is away may be away too; when one comes back it is theirs again.
async fn h13_a_delegate_of_a_delegate_is_asked(house: &House) {
    let p = Portal::new(house, vec![step("manager")]).await;
    let (mira, tess, ana, nia) = (
        p.user("Mira Okafor").await,
        p.user("Tess Varga").await,
        p.user("Ana Lind").await,
        p.user("Nia Verne").await,
    );
    p.manager(&mira, tess.account.email.as_str()).await;
    let id = p.asks(&mira).await;
    let away = async |who: &Actor, delegate: &Actor| {
        let member = house.membership(who, SLUG).await;
        let (from, until) = (house.now, house.now + Span::days(7));
        let to = delegate.account.email.as_str();
        access::delegations::delegate(&house.desk, who, &member, to, from, until)
            .await
            .unwrap();
    };
    let back = async |who: &Actor| {
        let member = house.membership(who, SLUG).await;
        access::delegations::come_back(&house.desk, who, &member)
            .await
            .unwrap();
    };
    away(&ana, &nia).await;
    away(&tess, &ana).await;
    assert_eq!(p.waits_for(&id).await, ["Nia Verne"]);
    back(&ana).await;
    assert_eq!(p.waits_for(&id).await, ["Ana Lind"]);
    away(&ana, &nia).await;
    assert_eq!(p.waits_for(&id).await, ["Nia Verne"]);
    back(&tess).await;
    assert_eq!(p.waits_for(&id).await, ["Tess Varga"], "past both");
    // A ring: somebody is asked.
    away(&nia, &tess).await;
    away(&tess, &ana).await;
    assert_eq!(p.waits_for(&id).await, ["Nia Verne"]);
    p.vote(&nia, &id, &Verdict::Approve.into()).await.unwrap();
    assert_eq!(p.word(&id).await, StatusWord::Approved);
    house.deliver().await;
}

both!(a_delegate_stands_in);
/// A delegate is asked in place of who is away, also for what is open already; the history says for
/// whom.
async fn a_delegate_stands_in(house: &House) {
    let p = Portal::new(house, vec![step("manager")]).await;
    let (mira, tess, ana) = (
        p.user("Mira Okafor").await,
        p.user("Tess Varga").await,
        p.user("Ana Lind").await,
    );
    p.manager(&mira, tess.account.email.as_str()).await;
    let id = p.asks(&mira).await;
    let tess_member = house.membership(&tess, SLUG).await;
    let (from, until) = (house.now, house.now + Span::days(7));
    assert_eq!(
        access::delegations::delegate(
            &house.desk,
            &tess,
            &tess_member,
            tess.account.email.as_str(),
            from,
            until
        )
        .await,
        Err(Error::field("delegate", Why::OwnDelegate))
    );
    access::delegations::delegate(
        &house.desk,
        &tess,
        &tess_member,
        ana.account.email.as_str(),
        from,
        until,
    )
    .await
    .unwrap();
    assert_eq!(p.waits_for(&id).await, ["Ana Lind"]);
    access::delegations::come_back(&house.desk, &tess, &tess_member)
        .await
        .unwrap();
    assert_eq!(p.waits_for(&id).await, ["Tess Varga"]);
    // For days that lie ahead the clock moves it, and back.
    access::delegations::delegate(
        &house.desk,
        &tess,
        &tess_member,
        ana.account.email.as_str(),
        from + Span::days(1),
        until,
    )
    .await
    .unwrap();
    assert_eq!(p.waits_for(&id).await, ["Tess Varga"]);
    access::delegations::sweep(&house.desk, from + Span::days(1))
        .await
        .unwrap();
    assert_eq!(p.waits_for(&id).await, ["Ana Lind"]);
    access::delegations::sweep(&house.desk, until).await.unwrap();
    assert_eq!(p.waits_for(&id).await, ["Tess Varga"]);
    access::delegations::delegate(
        &house.desk,
        &tess,
        &tess_member,
        ana.account.email.as_str(),
        from,
        until,
    )
    .await
    .unwrap();
    p.vote(&ana, &id, &Verdict::Approve.into()).await.unwrap();
    let reviews = store::access::steps::list_reviews(&mut *house.raw().await, &p.member.organisation, &id)
        .await
        .unwrap();
    assert_eq!(
        (reviews[0].name.as_str(), reviews[0].instead_of.as_deref()),
        ("Ana Lind", Some("Tess Varga"))
    );
    house.expects_owed_letters();
}
