//! Accounts that are erased.
use crate::harness::{House, PASSWORD, at};
use crate::organisation::closure::{rows_with, sign_up};
use anteroom::desk::{account, history, joining, organisation, people, queue};
use anteroom::domain::account::Email;
use anteroom::domain::organisation::GRACE;
use anteroom::domain::role::Permission;
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why};
use anteroom::store::DatabaseKind;

both!(an_account_is_erased);
/// Deleting one's account: asked for with care, taken back, asked for again, done: nothing tells
/// who it was, and what was decided stands.
async fn an_account_is_erased(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let mira = house.person("Mira@northlight.test", "Mira Okafor").await;
    let request = house.asks(&mira, "northlight").await;
    house.decide(&ivo, &request, Verdict::Approve).await;
    let token = house.token_mailed("Mira@northlight.test", "invitations").await;
    let (begun, _) = people::acceptance::accept_as(&house.desk, &mira, &token)
        .await
        .unwrap();
    let mira = house.actor(&begun.token).await;
    let role = house
        .role(
            &ivo,
            "Deciders",
            &[Permission::RequestsView, Permission::RequestsDecide],
        )
        .await;
    house.give(&ivo, &mira, &[role]).await;
    let nora = house.person("nora@northlight.test", "Nora").await;
    let decided = house.asks(&nora, "northlight").await;
    queue::decisions::decide(
        &house.desk,
        &mira,
        &house.membership(&mira, "northlight").await,
        &decided,
        Verdict::Reject,
    )
    .await
    .unwrap();
    assert_eq!(
        account::erasure::delete_account(&house.desk, &mira, "", "mira@northlight.test").await,
        Err(Error::Refused(Why::StillAMember))
    );
    people::departure::cancel_access(
        &house.desk,
        &mira,
        &house.membership(&mira, "northlight").await,
        "40-1187",
    )
    .await
    .unwrap();
    house.deliver().await;
    assert_eq!(
        account::erasure::delete_account(&house.desk, &mira, "", "nora@northlight.test").await,
        Err(Error::field("email", Why::NotYourAddress))
    );
    let stale = at(&mira, house.now + Span::hours(2));
    assert_eq!(
        account::erasure::delete_account(&house.desk, &stale, "", "mira@northlight.test").await,
        Err(Error::Refused(Why::ConfirmAgain))
    );
    account::erasure::delete_account(&house.desk, &mira, "", "mira@northlight.test")
        .await
        .unwrap();
    assert!(
        house
            .letters_to("Mira@northlight.test")
            .await
            .last()
            .unwrap()
            .subject
            .contains("deleted in seven days")
    );
    let mira = house.again(&mira).await;
    assert_eq!(mira.account.erases_at, Some(house.now + GRACE));
    account::erasure::keep_account(&house.desk, &mira).await.unwrap();
    assert_eq!(
        account::erasure::sweep(&house.desk, house.now + GRACE).await,
        Ok(0)
    );
    let mira = house.again(&mira).await;
    account::erasure::delete_account(&house.desk, &mira, "", "MIRA@northlight.test")
        .await
        .unwrap();
    house.deliver().await;
    assert_eq!(
        account::erasure::sweep(&house.desk, house.now + GRACE - Span(1)).await,
        Ok(0)
    );
    while history::seals::sweep(&house.desk, house.now).await.unwrap() > 0 {}
    // She was invited under another address than she has now.
    house
        .execute(
            "update invitations set email = 'old.mira@else.test', email_key = 'old.mira@else.test' \
             where accepted_by is not null",
        )
        .await;
    organisation::organisations::change_welcome(
        &house.desk,
        &ivo,
        &member,
        ["mira@Northlight.test"; 2],
        false,
    )
    .await
    .unwrap();
    assert_eq!(
        account::erasure::sweep(&house.desk, house.now + GRACE).await,
        Ok(1)
    );
    assert_eq!(
        account::erasure::sweep(&house.desk, house.now + GRACE).await,
        Ok(0)
    );
    while history::seals::sweep(&house.desk, house.now).await.unwrap() > 0 {}
    assert_eq!(
        anteroom::store::history::seals::verify(&mut *house.raw().await)
            .await
            .unwrap()
            .1,
        None,
        "the seals hold"
    );
    assert!(
        account::sessions::find_actor(&house.desk, &begun.token, &house.caller())
            .await
            .unwrap()
            .is_none(),
        "no session is left"
    );
    for table in [
        "accounts",
        "identities",
        "sessions",
        "tokens",
        "requests",
        "request_terms",
        "members",
        "member_terms",
        "invitations",
        "deliveries",
        "organisations",
        "drafts",
    ] {
        let found = match house.desk.db.kind {
            DatabaseKind::Postgres => {
                house
                    .count(&format!(
                        "select count(*) from {table} t where lower(t::text) like '%mira%'"
                    ))
                    .await
            }
            DatabaseKind::Sqlite => rows_with(house, table, "mira").await,
        };
        assert_eq!(found, 0, "{table} tells who it was");
    }
    let places = house
        .count(
            "select count(*) from event_details d join events e on e.id = d.event_id \
             where e.what = 'request.denied' and d.place is null",
        )
        .await;
    assert_eq!(
        places, 1,
        "what she did in the organisation keeps its detail, without the place"
    );
    let told = house
        .count(
            "select count(*) from event_details d join events e on e.id = d.event_id \
             where lower(d.detail) like '%mira%' and e.what <> 'organisation.changed'",
        )
        .await;
    assert_eq!(told, 0, "no detail tells who it was");
    // What she decided stands, with somebody who did it.
    let details = queue::list::request_details(&house.desk, &ivo, &member, &decided)
        .await
        .unwrap();
    assert!(
        details
            .row
            .decided_by
            .as_deref()
            .is_some_and(|by| by.starts_with("P-")),
        "{:?}",
        details.row.decided_by
    );
    assert_eq!(details.row.request.status.word().as_str(), "denied");
    assert!(
        details
            .history
            .iter()
            .any(|e| e.what == "request.denied" && e.actor.as_deref().is_some_and(|a| a.starts_with("P-")))
    );
    // The address is free again, for a new and different person.
    let again = house.person("Mira@northlight.test", "Mira").await;
    assert_ne!(again.id(), mira.id());
    assert!(
        joining::requests::own_requests(&house.desk, &again)
            .await
            .unwrap()
            .is_empty()
    );
    house.deliver().await;
}

both!(whoever_joins_again_stays);
/// Whoever is let in again during the seven days stays; an open request of somebody erased is
/// withdrawn.
async fn whoever_joins_again_stays(house: &House) {
    let ivo = house.organisation("northlight").await;
    let mira = house.person("mira@northlight.test", "Mira").await;
    account::erasure::delete_account(&house.desk, &mira, "", "mira@northlight.test")
        .await
        .unwrap();
    house.let_in(&ivo, &house.again(&mira).await).await;
    assert_eq!(house.again(&mira).await.account.erases_at, None);
    let nora = house.person("nora@northlight.test", "Nora").await;
    house.asks(&nora, "northlight").await;
    account::erasure::delete_account(&house.desk, &nora, "", "nora@northlight.test")
        .await
        .unwrap();
    assert_eq!(
        account::erasure::delete_account(&house.desk, &house.again(&nora).await, "", "nora@northlight.test")
            .await,
        Err(Error::Refused(Why::LeavesAlready))
    );
    assert_eq!(
        account::erasure::keep_account(&house.desk, &ivo).await,
        Err(Error::Refused(Why::DoesNotLeave))
    );
    // Asked for from a link, before there was an account.
    house.execute("update requests set account_id = null").await;
    assert_eq!(
        account::erasure::sweep(&house.desk, house.now + GRACE).await,
        Ok(1)
    );
    assert_eq!(
        house
            .count("select count(*) from requests where status = 'canceled' and email like '%erased.invalid'")
            .await,
        1
    );
    assert!(
        anteroom::store::account::accounts::find_by_proven_email(
            &mut *house.raw().await,
            &Email::parse("nora@northlight.test").unwrap()
        )
        .await
        .unwrap()
        .is_none()
    );
    // A password is asked for where there is one.
    let begun = sign_up(house, "ben@northlight.test").await;
    let ben = at(&begun, house.now + Span::hours(2));
    assert_eq!(
        account::erasure::delete_account(&house.desk, &ben, "wrong", "ben@northlight.test").await,
        Err(Error::field("password", Why::WrongPassword))
    );
    account::erasure::delete_account(&house.desk, &ben, PASSWORD, "ben@northlight.test")
        .await
        .unwrap();
    house.deliver().await;
    house.expects_owed_letters();
}
