//! Grants: made longer, ended with the membership, and made by a flow's condition.
use crate::access::portal::{Portal, SLUG};
use crate::harness::{House, at, flow, step};
use anteroom::desk::access::flows::FlowDraft;
use anteroom::desk::{access, joining, people};
use anteroom::domain::request::StatusWord;
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why};
use anteroom::store;

both!(grants_are_extended_and_end_with_the_membership);
/// Extending makes the same grant longer; whoever leaves loses what they have, and what they asked
/// for is canceled.
async fn grants_are_extended_and_end_with_the_membership(house: &House) {
    let p = Portal::new(house, vec![step("administrators")]).await;
    let mira = p.user("Mira Okafor").await;
    p.set(|r| r.most_days = "30".into()).await;
    let id = p.asks(&mira).await;
    house.decide(&p.ivo, &id, Verdict::Approve).await;
    let later = at(&mira, house.now + Span::days(20));
    let again = p.asks(&later).await;
    let ivo = at(&p.ivo, house.now + Span::days(20));
    house.decide(&ivo, &again, Verdict::Approve).await;
    let grants = access::grants::list_own(&house.desk, &later, &house.membership(&mira, SLUG).await)
        .await
        .unwrap();
    assert_eq!(
        (grants.len(), grants[0].grant.ends_at),
        (1, Some(house.now + Span::days(50)))
    );
    let third = p.asks(&later).await;
    people::members::remove(&house.desk, &ivo, &p.member, mira.id())
        .await
        .unwrap();
    assert_eq!(p.word(&third).await, StatusWord::Canceled);
    assert_eq!(
        house
            .count("select count(*) from grants where ended_at is null")
            .await,
        0
    );
    house.expects_owed_letters();
}

both!(automatic_and_asking_back);
/// A condition approves at once; a question is asked and answered; the requester reminds once a
/// day, rewords and withdraws.
async fn automatic_and_asking_back(house: &House) {
    let p = Portal::new(house, vec![step("administrators")]).await;
    let (mira, member) = {
        let mira = p.user("Mira Okafor").await;
        let member = house.membership(&mira, SLUG).await;
        (mira, member)
    };
    let id = p.asks(&mira).await;
    access::my_requests::question(&house.desk, &p.ivo, &p.member, &id, "For how long?")
        .await
        .unwrap();
    let question = store::access::questions::list(&mut *house.raw().await, &p.member.organisation, &id)
        .await
        .unwrap()
        .remove(0);
    assert_eq!(
        access::my_requests::answer(&house.desk, &p.ivo, &p.member, &question.id, "No").await,
        Err(Error::NotFound)
    );
    access::my_requests::answer(&house.desk, &mira, &member, &question.id, "Until June")
        .await
        .unwrap();
    assert_eq!(
        access::my_requests::answer(&house.desk, &mira, &member, &question.id, "Until July").await,
        Err(Error::Stale)
    );
    assert!(
        house
            .letters_to(p.ivo.account.email.as_str())
            .await
            .iter()
            .any(|m| m.text.contains("> Until June"))
    );
    access::my_requests::reword(&house.desk, &mira, &member, &id, "For the audit of June")
        .await
        .unwrap();
    access::my_requests::nudge(&house.desk, &mira, &member, &id)
        .await
        .unwrap();
    assert_eq!(
        access::my_requests::nudge(&house.desk, &mira, &member, &id).await,
        Err(Error::Refused(Why::RemindedToday))
    );
    joining::requests::withdraw(&house.desk, &mira, &id)
        .await
        .unwrap();
    assert_eq!(p.word(&id).await, StatusWord::Canceled);
    let automatic = FlowDraft {
        approval: "domain".into(),
        domain: "northlight.test".into(),
        ..flow(vec![step("administrators")])
    };
    access::flows::change(&house.desk, &p.ivo, &p.member, &p.flow, &automatic)
        .await
        .unwrap();
    let at_once = p.asks(&mira).await;
    assert_eq!(
        (p.word(&at_once).await, p.has(&mira).await.len()),
        (StatusWord::Approved, 1)
    );
    house.deliver().await;
}
