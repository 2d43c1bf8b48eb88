//! What must not let anybody in: delegates of who may not decide, votes of who is asked no more,
//! hooks that answer too late, flows that name what is gone.
use crate::access::portal::{Portal, SLUG, said};
use crate::harness::{House, step};
use anteroom::desk::access::flows::StepDraft;
use anteroom::desk::access::provisioning::HookTarget;
use anteroom::desk::access::submission::Wish;
use anteroom::desk::{access, people, queue};
use anteroom::domain::delivery::DeliveryOutcome;
use anteroom::domain::delivery::JobKind;
use anteroom::domain::request::{Problem, Status, StatusWord};
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why};
use anteroom::store::deliveries::hook_calls::ClaimedCall;
use anteroom::store::deliveries::queue::Claimed;

/// A resource with a hook that nobody calls here, and a request that is being provisioned; the
/// call, held.
async fn provisioning(
    house: &House,
) -> (
    Portal<'_>,
    anteroom::desk::Actor,
    anteroom::domain::ids::RequestId,
    ClaimedCall,
) {
    let p = Portal::new(house, vec![step("administrators")]).await;
    p.set(|r| r.hook = "https://hook.test/".into()).await;
    let mira = p.user("Mira Okafor").await;
    let id = p.asks(&mira).await;
    house.decide(&p.ivo, &id, Verdict::Approve).await;
    let Some(Claimed::HookCall(claimed)) = house.claim(JobKind::HookCall, house.now, 8).await.pop() else {
        panic!("a call is owed");
    };
    (p, mira, id, *claimed)
}

/// Which calls are owed and wait.
async fn calls(house: &House, word: &str) -> i64 {
    house
        .count(&format!(
            "select count(*) from deliveries where kind = 'hook_call' and state = 'queued' \
             and job like '%\"{word}\"%'"
        ))
        .await
}

both!(who_may_not_decide_delegates_nothing);
/// Nobody has their own request decided by somebody whom they chose.
async fn who_may_not_decide_delegates_nothing(house: &House) {
    let p = Portal::new(house, vec![step("owner")]).await;
    let (ruth, tess) = (p.user("Ruth").await, p.user("Tess").await);
    p.set(|r| r.owner = ruth.account.email.to_string()).await;
    let until = house.now + Span::days(9);
    access::delegations::delegate(
        &house.desk,
        &ruth,
        &house.membership(&ruth, SLUG).await,
        tess.account.email.as_str(),
        house.now,
        until,
    )
    .await
    .unwrap();
    let own = p.asks(&ruth).await;
    assert_eq!(
        (p.word(&own).await, p.waits_for(&own).await.len()),
        (StatusWord::MissingData, 0)
    );
    assert_eq!(
        p.vote(&tess, &own, &Verdict::Approve.into()).await,
        Err(Error::NotFound)
    );
    // Of somebody else's request the delegate decides.
    let omar = p.user("Omar").await;
    let other = p.asks(&omar).await;
    assert_eq!(p.waits_for(&other).await, ["Tess"]);
    house.deliver().await;
}

both!(all_means_all_who_are_asked);
/// All means all who are asked now; a delegate's vote counts for whoever was away, also when they
/// are back.
async fn all_means_all_who_are_asked(house: &House) {
    let p = Portal::new(house, vec![step("administrators")]).await;
    let (ruth, tess, omar, ana) = (
        p.user("Ruth").await,
        p.user("Tess").await,
        p.user("Omar").await,
        p.user("Ana").await,
    );
    let group = p.group("Trio", &[&ruth, &tess, &omar]).await;
    let all = StepDraft {
        quorum: "all".into(),
        ..step(&format!("group:{group}"))
    };
    access::flows::change(
        &house.desk,
        &p.ivo,
        &p.member,
        &p.flow,
        &crate::harness::flow(vec![all]),
    )
    .await
    .unwrap();
    let nora = p.user("Nora").await;
    let id = p.asks(&nora).await;
    p.vote(&tess, &id, &Verdict::Approve.into()).await.unwrap();
    people::groups::remove(&house.desk, &p.ivo, &p.member, &group, tess.id())
        .await
        .unwrap();
    p.vote(&ruth, &id, &Verdict::Approve.into()).await.unwrap();
    assert_eq!(
        (p.word(&id).await, p.waits_for(&id).await),
        (StatusWord::Pending, vec!["Omar".to_owned()])
    );
    // Omar is away, Ana approves for him, he comes back: his voice has spoken.
    let member = house.membership(&omar, SLUG).await;
    people::groups::add(
        &house.desk,
        &p.ivo,
        &p.member,
        &group,
        tess.account.email.as_str(),
    )
    .await
    .unwrap();
    let lena = p.user("Lena").await;
    people::groups::add(
        &house.desk,
        &p.ivo,
        &p.member,
        &group,
        lena.account.email.as_str(),
    )
    .await
    .unwrap();
    access::delegations::delegate(
        &house.desk,
        &omar,
        &member,
        ana.account.email.as_str(),
        house.now,
        house.now + Span::days(9),
    )
    .await
    .unwrap();
    p.vote(&ana, &id, &Verdict::Approve.into()).await.unwrap();
    access::delegations::come_back(&house.desk, &omar, &member)
        .await
        .unwrap();
    assert_eq!(p.waits_for(&id).await, ["Lena"], "nobody is asked twice");
    p.vote(&lena, &id, &Verdict::Approve.into()).await.unwrap();
    assert_eq!(p.word(&id).await, StatusWord::Approved);
    house.deliver().await;
}

both!(a_late_hook_lets_nobody_in_who_has_gone);
/// A hook that answers after its holder has gone gives nothing, and is told that access has ended.
async fn a_late_hook_lets_nobody_in_who_has_gone(house: &House) {
    let (p, mira, id, claimed) = provisioning(house).await;
    people::members::remove(&house.desk, &p.ivo, &p.member, mira.id())
        .await
        .unwrap();
    assert_eq!(p.word(&id).await, StatusWord::Canceled);
    let target = access::provisioning::hook_target(&house.desk, &claimed).await;
    assert!(
        matches!(target, Ok(HookTarget::NotSo)),
        "it is not called any more"
    );
    access::provisioning::hook_answered(&house.desk, &claimed, &DeliveryOutcome::Sent, house.now)
        .await
        .unwrap();
    assert_eq!(
        (
            house.count("select count(*) from grants").await,
            calls(house, "access.ended").await
        ),
        (0, 1)
    );
    house.deliver().await;
}

both!(a_late_hook_gives_nothing_that_is_gone);
/// As that, when the resource is disabled meanwhile: an error that an administrator can retry once
/// it is there again.
async fn a_late_hook_gives_nothing_that_is_gone(house: &House) {
    let (p, mira, id, claimed) = provisioning(house).await;
    access::resources::set_state(&house.desk, &p.ivo, &p.member, &p.resource, false)
        .await
        .unwrap();
    assert!(matches!(
        p.stored(&id).await.status,
        Status::Error(Problem::ResourceGone, Some(_))
    ));
    access::provisioning::hook_answered(&house.desk, &claimed, &DeliveryOutcome::Sent, house.now)
        .await
        .unwrap();
    assert_eq!(
        (p.has(&mira).await.len(), calls(house, "access.ended").await),
        (0, 1)
    );
    assert_eq!(
        queue::repair::retry(&house.desk, &p.ivo, &p.member, &id).await,
        Err(Error::Refused(Why::ResourceGone))
    );
    access::resources::set_state(&house.desk, &p.ivo, &p.member, &p.resource, true)
        .await
        .unwrap();
    queue::repair::retry(&house.desk, &p.ivo, &p.member, &id)
        .await
        .unwrap();
    assert_eq!(
        (calls(house, "access.granted").await, p.has(&mira).await.len()),
        (1, 0)
    );
    house.deliver().await;
}

both!(what_names_something_gone_is_in_error);
/// A flow that names what was deleted puts a request into Error when it is submitted and when it is
/// voted on; saving it is refused where that stands.
async fn what_names_something_gone_is_in_error(house: &House) {
    let p = Portal::new(house, vec![step("owner")]).await;
    let ruth = p.user("Ruth").await;
    p.set(|r| r.owner = ruth.account.email.to_string()).await;
    let group = p.group("Zap", &[&ruth]).await;
    let steps = vec![step("owner"), step(&format!("group:{group}"))];
    access::flows::change(
        &house.desk,
        &p.ivo,
        &p.member,
        &p.flow,
        &crate::harness::flow(steps.clone()),
    )
    .await
    .unwrap();
    let (nora, omar) = (p.user("Nora").await, p.user("Omar").await);
    let before = p.asks(&nora).await;
    people::groups::delete(&house.desk, &p.ivo, &p.member, &group)
        .await
        .unwrap();
    assert_eq!(p.word(&before).await, StatusWord::Error);
    assert_eq!(
        p.vote(&ruth, &before, &Verdict::Approve.into()).await,
        Err(Error::Refused(Why::NotAsked))
    );
    let after = p.asks(&omar).await;
    assert!(matches!(
        p.stored(&after).await.status,
        Status::Error(Problem::GroupGone, None)
    ));
    let refused = access::flows::change(
        &house.desk,
        &p.ivo,
        &p.member,
        &p.flow,
        &crate::harness::flow(steps),
    )
    .await;
    assert_eq!(
        refused.err(),
        Some(Error::field("step2_approvers", Why::UnknownChoice))
    );
    // An administrator can always act.
    queue::decisions::decide_with(
        &house.desk,
        &p.ivo,
        &p.member,
        &after,
        &said(Verdict::Approve, ""),
    )
    .await
    .unwrap();
    assert_eq!(p.has(&omar).await.len(), 1);
    house.deliver().await;
}

both!(one_asks_again_as_before);
/// Another request begins as the earlier one was; somebody else's request is none.
async fn one_asks_again_as_before(house: &House) {
    let p = Portal::new(house, vec![step("administrators")]).await;
    let (mira, nora) = (p.user("Mira Okafor").await, p.user("Nora").await);
    let member = house.membership(&mira, SLUG).await;
    let wish = Wish {
        reason: "MYREASON".into(),
        days: "12".into(),
        ..Wish::default()
    };
    let id = access::submission::ask_for(&house.desk, &mira, &member, &p.resource, &wish)
        .await
        .unwrap();
    house.decide(&p.ivo, &id, Verdict::Approve).await;
    let path = format!("/northlight/catalog?ask={}&like={id}", p.resource);
    let page = house.get(&path, &house.cookie(&mira).await).await.body;
    assert!(page.contains("MYREASON") && page.contains("value=\"12\""));
    assert!(
        house
            .get("/northlight/applications", &house.cookie(&mira).await)
            .await
            .body
            .contains(&format!("like={id}"))
    );
    assert!(
        !house
            .get(&path, &house.cookie(&nora).await)
            .await
            .body
            .contains("MYREASON")
    );
    house.deliver().await;
}
