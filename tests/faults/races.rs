//! Two at once, about requests for resources: one outcome each, whoever is first.
use crate::access::portal::{Portal, SLUG, owed, said};
use crate::harness::{House, at, step};
use anteroom::desk::people::members::Work;
use anteroom::desk::{access, people, queue, requests};
use anteroom::domain::organisation::REQUEST_LIFE;
use anteroom::domain::request::StatusWord;
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why};
use futures::future::join_all;

both!(data_is_filled_in_while_an_administrator_denies);
/// The missing manager is named while an administrator denies: it ends denied, and nobody is asked
/// any more.
async fn data_is_filled_in_while_an_administrator_denies(house: &House) {
    let p = Portal::new(house, vec![step("manager")]).await;
    let (mira, tess) = (p.user("Mira Okafor").await, p.user("Tess Varga").await);
    for _ in 0..5 {
        let id = p.asks(&mira).await;
        let work = Work {
            manager: tess.account.email.to_string(),
            ..Work::default()
        };
        let no = said(Verdict::Reject, "Not now");
        let (named, denied) = futures::join!(
            people::members::set_employment(&house.desk, &p.ivo, &p.member, mira.id(), &work),
            queue::decisions::decide_with(&house.desk, &p.ivo, &p.member, &id, &no)
        );
        assert_eq!((named, denied), (Ok(()), Ok(())));
        assert_eq!(
            (p.word(&id).await, p.waits_for(&id).await),
            (StatusWord::Denied, vec![])
        );
        p.manager(&mira, "").await;
    }
    assert_eq!(owed(house, &mira, "denied").await, 5);
    house.deliver().await;
}

both!(two_sweepers_and_an_approval_at_the_deadline);
/// Two sweepers expire what somebody approves in its last instant: approved or expired, once, and
/// the requester hears one of both.
async fn two_sweepers_and_an_approval_at_the_deadline(house: &House) {
    let p = Portal::new(house, vec![step("manager")]).await;
    let (mira, tess) = (p.user("Mira Okafor").await, p.user("Tess Varga").await);
    p.manager(&mira, tess.account.email.as_str()).await;
    let mut now = house.now;
    for n in 1..=6 {
        let asker = at(&mira, now);
        let id = p.asks(&asker).await;
        let end = now + REQUEST_LIFE;
        let last = at(&tess, end - Span(1));
        let yes = Verdict::Approve.into();
        let (vote, one, other) = futures::join!(
            p.vote(&last, &id, &yes),
            requests::expiry::sweep(&house.desk, end),
            requests::expiry::sweep(&house.desk, end)
        );
        let swept = one.unwrap() + other.unwrap();
        match vote {
            Ok(()) => assert_eq!((p.word(&id).await, swept), (StatusWord::Approved, 0)),
            Err(e) => {
                assert!(
                    matches!(e, Error::Refused(Why::NotPending | Why::NotAsked)),
                    "{e:?}"
                );
                assert_eq!((p.word(&id).await, swept), (StatusWord::Expired, 1));
            }
        }
        assert_eq!(
            owed(house, &mira, "granted").await + owed(house, &mira, "expired").await,
            n
        );
        now = end + Span::minutes(1);
        let late = at(&mira, now);
        for grant in access::grants::list_own(&house.desk, &late, &house.membership(&mira, SLUG).await)
            .await
            .unwrap()
        {
            access::grants::end(
                &house.desk,
                &late,
                &house.membership(&mira, SLUG).await,
                &grant.grant.id,
            )
            .await
            .unwrap();
        }
    }
    house.expects_owed_letters();
}

both!(one_wish_is_one_request);
/// Twenty posts of one wish: one request, one letter.
async fn one_wish_is_one_request(house: &House) {
    let p = Portal::new(house, vec![step("administrators")]).await;
    let mira = p.user("Mira Okafor").await;
    let member = house.membership(&mira, SLUG).await;
    let tries = (0..20).map(|_| {
        let (desk, mira, member, id) = (
            house.desk.clone(),
            mira.clone(),
            member.clone(),
            p.resource.clone(),
        );
        tokio::spawn(async move {
            access::submission::ask_for(&desk, &mira, &member, &id, &Default::default()).await
        })
    });
    let answers: Vec<_> = join_all(tries).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 1, "{answers:?}");
    assert!(
        answers
            .iter()
            .filter_map(|a| a.as_ref().err())
            .all(|e| *e == Error::Refused(Why::AlreadyAsked))
    );
    assert_eq!(
        (
            house.count("select count(*) from requests").await,
            owed(house, &p.ivo, "requested").await
        ),
        (1, 1)
    );
    house.deliver().await;
}
