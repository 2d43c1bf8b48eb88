//! What a target was told last is how things stand, whatever it answered in between; and nobody
//! waits for another's hook.
use crate::access::portal::{Portal, SLUG};
use crate::access::provisioning::{Answer, Peer, calling, hooked};
use crate::harness::House;
use anteroom::delivery::hooks::provisioning::{Hooks, PATIENCE};
use anteroom::desk::access::resources::ResourceDraft;
use anteroom::desk::{Actor, access, people};
use anteroom::domain::delivery::JobKind;
use anteroom::domain::request::StatusWord;
use anteroom::domain::verdict::Verdict;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Ends what somebody has.
async fn end(house: &House, who: &Actor) {
    let member = house.membership(who, SLUG).await;
    let grant = access::grants::list_own(&house.desk, who, &member)
        .await
        .unwrap()
        .remove(0);
    access::grants::end(&house.desk, who, &member, &grant.grant.id)
        .await
        .unwrap();
}

/// Asks and is granted, as far as this house goes.
async fn granted(house: &House, p: &Portal<'_>, who: &Actor) -> anteroom::domain::ids::RequestId {
    let id = p.asks(who).await;
    house.decide(&p.ivo, &id, Verdict::Approve).await;
    id
}

/// The kinds of the calls that the peer took, in their order.
fn kinds(peer: &Peer) -> Vec<String> {
    let calls = peer.taken();
    let kind = |body: &str| {
        serde_json::from_str::<serde_json::Value>(body).unwrap()["type"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    calls.iter().map(|(_, body)| kind(body)).collect()
}

both!(f4_the_last_word_is_how_things_stand);
/// An end that could not be told is overtaken by the access that follows it, whatever the target did
/// to it: refuse for now, hang, or not be there.
async fn f4_the_last_word_is_how_things_stand(house: &House) {
    let peer = Peer::start().await;
    let (p, _, mira) = hooked(house, &peer).await;
    let calls = calling(house, Hooks::new(true, Duration::from_millis(300)).unwrap());
    let first = granted(house, &p, &mira).await;
    assert_eq!(calls.round(&[JobKind::HookCall]).await, Ok(1));
    assert_eq!(p.word(&first).await, StatusWord::Approved);
    for trouble in [Answer::Status(503), Answer::Hang, Answer::Status(429)] {
        peer.taken();
        peer.will(trouble);
        end(house, &mira).await;
        assert_eq!(calls.round(&[JobKind::HookCall]).await, Ok(1));
        assert_eq!(kinds(&peer), ["access.ended"]);
        let again = granted(house, &p, &mira).await;
        peer.will(Answer::Status(204));
        house.all_due().await;
        while calls.round(&[JobKind::HookCall]).await.unwrap() > 0 {}
        assert_eq!(kinds(&peer), ["access.granted"], "the end is not told any more");
        assert_eq!(p.word(&again).await, StatusWord::Approved);
        assert_eq!(p.has(&mira).await, ["Billing console"]);
    }
    let overtaken = "select count(*) from deliveries where kind = 'hook_call' and state = 'overtaken'";
    assert_eq!(house.count(overtaken).await, 3);
    house.deliver().await;
}

both!(f4_what_is_under_way_comes_first);
/// What is under way when a newer word is owed is not tried again, and the newer one waits for it.
async fn f4_what_is_under_way_comes_first(house: &House) {
    let peer = Peer::start().await;
    let (p, _, mira) = hooked(house, &peer).await;
    let calls = calling(house, Hooks::new(true, PATIENCE).unwrap());
    granted(house, &p, &mira).await;
    assert_eq!(calls.round(&[JobKind::HookCall]).await, Ok(1));
    peer.taken();
    peer.will(Answer::Hang);
    end(house, &mira).await;
    let (stop, under_way) = (CancellationToken::new(), calls.clone());
    let running = tokio::spawn(under_way.run(stop.clone()));
    while peer.calls() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    peer.will(Answer::Status(204));
    granted(house, &p, &mira).await;
    // The newer one waits as long as the older is under way.
    assert_eq!(calls.round(&[JobKind::HookCall]).await, Ok(0));
    assert_eq!(peer.calls(), 1);
    peer.let_go();
    while peer.calls() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    running.await.unwrap();
    assert_eq!(kinds(&peer), ["access.ended", "access.granted"]);
    let waits = "select count(*) from deliveries where kind = 'hook_call' and state = 'queued'";
    assert_eq!(house.count(waits).await, 0);
    house.deliver().await;
}

both!(f4_an_older_word_is_not_tried_again_by_hand);
/// Nobody has an older call tried again over a newer one.
async fn f4_an_older_word_is_not_tried_again_by_hand(house: &House) {
    let peer = Peer::start().await;
    let (p, _, mira) = hooked(house, &peer).await;
    let calls = calling(house, Hooks::new(true, PATIENCE).unwrap());
    granted(house, &p, &mira).await;
    assert_eq!(calls.round(&[JobKind::HookCall]).await, Ok(1));
    peer.will(Answer::Status(400));
    end(house, &mira).await;
    assert_eq!(calls.round(&[JobKind::HookCall]).await, Ok(1));
    peer.will(Answer::Status(204));
    granted(house, &p, &mira).await;
    assert_eq!(calls.round(&[JobKind::HookCall]).await, Ok(1));
    peer.taken();
    let rows = house
        .fetch("select id from deliveries where kind = 'hook_call' and state = 'failed'")
        .await;
    let id: String = sqlx::Row::get(&rows[0], 0);
    let again = people::undelivered::try_again(&house.desk, &p.ivo, &p.member, &id.try_into().unwrap()).await;
    assert_eq!(again, Err(anteroom::domain::Error::NotFound));
    let all = anteroom::domain::delivery::Channel::hook(&p.resource);
    anteroom::desk::deliveries::try_all_again(&house.desk, &p.ivo, &p.member, &all)
        .await
        .unwrap();
    assert_eq!(calls.round(&[JobKind::HookCall]).await, Ok(0));
    assert!(peer.taken().is_empty());
    house.deliver().await;
}

both!(s09_one_organisations_hooks_hold_up_nobody);
/// Forty hanging hooks of one organisation, and another's is called all the same.
async fn s09_one_organisations_hooks_hold_up_nobody(house: &House) {
    let (hanging, quick) = (Peer::start().await, Peer::start().await);
    let (p, _, mira) = hooked(house, &hanging).await;
    hanging.will(Answer::Hang);
    granted(house, &p, &mira).await;
    let (olga, _) = house.founder("southmoor").await;
    let draft = ResourceDraft {
        name: "Wiki".into(),
        hook: quick.url.clone(),
        ..ResourceDraft::default()
    };
    let resource = house.resource(&olga, draft).await;
    let columns = "id, kind, org_id, channel, lane, number, job, state, due_at, created_at, waits_since";
    house
        .execute(&format!(
            "insert into deliveries ({columns}) with recursive numbers (n) as (select 1 union all \
             select n + 1 from numbers where n < 40) select substr(d.id, 1, 33) || (100 + n), d.kind, \
             d.org_id, d.channel || n, d.lane || n, 1, d.job, 'queued', 0, 0, d.waits_since \
             from deliveries d cross join numbers where d.kind = 'hook_call'"
        ))
        .await;
    house
        .execute(&format!(
            "insert into deliveries ({columns}) select '{resource}', 'hook_call', r.org_id, \
             'hook:{resource}', 'other', 1, replace(replace(d.job, d.resource_id, '{resource}'), \
             'access.granted', 'access.ended'), 'queued', 1, 1, d.waits_since from deliveries d, resources r \
             where d.kind = 'hook_call' and d.due_at > 0 and r.id = '{resource}'"
        ))
        .await;
    let calls = calling(house, Hooks::new(true, PATIENCE).unwrap());
    let stop = CancellationToken::new();
    let running = tokio::spawn(calls.run(stop.clone()));
    // Neither of the two is bound to arrive before the other.
    while quick.calls() == 0 || hanging.calls() < 8 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    hanging.let_go();
    stop.cancel();
    running.await.unwrap();
    house.expects_owed_letters();
}
