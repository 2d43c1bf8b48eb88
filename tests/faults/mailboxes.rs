//! Recycled mailboxes (F1): whoever gets an address that was another person's gets nothing of
//! theirs, whichever way they come.
use crate::harness::{House, PASSWORD, at, vouched_for};
use anteroom::desk::account::providers::Person;
use anteroom::desk::{Actor, account, joining, organisation, people, queue};
use anteroom::domain::account::{Email, PROVIDER_WORD, ProvenBy};
use anteroom::domain::organisation::Slug;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why};
use anteroom::store;

const SHARED: &str = "shared@northlight.test";

fn person(sub: &str, email: &str) -> Person {
    Person {
        subject: sub.into(),
        ..vouched_for(email, "Somebody", true)
    }
}

async fn signs_in(house: &House, person: &Person) -> Actor {
    let begun = account::providers::sign_in_with_provider(&house.desk, &house.caller(), person)
        .await
        .unwrap();
    house.actor(&begun.token).await
}

async fn holder(house: &House, email: &str) -> Option<anteroom::domain::ids::AccountId> {
    let email = Email::parse(email).unwrap();
    let found = store::account::accounts::find_by_proven_email(&mut *house.raw().await, &email).await;
    found.unwrap().map(|a| a.id)
}

/// No link to set a password comes to this address.
async fn gets_no_reset(house: &House, email: &str) {
    account::accounts::ask_reset(&house.desk, &house.caller(), email)
        .await
        .unwrap();
    let letters = house.letters_to(email).await;
    assert!(letters.iter().all(|m| !m.text.contains("/reset/")), "{email}");
}

both!(by_the_provider_after_a_move);
/// The provider gave the person another address, and theirs to a newcomer.
async fn by_the_provider_after_a_move(house: &House) {
    let s5 = signs_in(house, &person("s5", SHARED)).await;
    let moved = signs_in(house, &person("s5", "moved@northlight.test")).await;
    assert_eq!(moved.id(), s5.id());
    assert_eq!(moved.account.email.as_str(), "moved@northlight.test");
    // The old mailbox is told, and links that wait for it die.
    let told = house.letters_to(SHARED).await;
    assert!(told.iter().any(|m| m.subject == "Your address was changed"));
    let s6 = signs_in(house, &person("s6", SHARED)).await;
    assert_ne!(s6.id(), s5.id());
    assert_eq!(holder(house, SHARED).await.as_ref(), Some(s6.id()));
    assert_eq!(
        signs_in(house, &person("s5", "moved@northlight.test")).await.id(),
        s5.id()
    );
    house.deliver().await;
}

both!(by_the_provider_before_any_move_was_seen);
/// The newcomer comes first: the issuer that vouched for the person's address says that it is
/// another one's, and so no longer theirs.
async fn by_the_provider_before_any_move_was_seen(house: &House) {
    let s5 = signs_in(house, &person("s5", SHARED)).await;
    let s6 = signs_in(house, &person("s6", SHARED)).await;
    assert_ne!(s6.id(), s5.id());
    assert_eq!(holder(house, SHARED).await.as_ref(), Some(s6.id()));
    let told = house.letters_to(SHARED).await;
    assert!(
        told.iter()
            .any(|m| m.subject.starts_with("This address is no longer"))
    );
    // Who had it signs in as ever, and is asked for another address.
    let still = signs_in(house, &person("s5", SHARED)).await;
    assert_eq!((still.id(), still.account.email_proven_at), (s5.id(), None));
    // Where another provider vouches for it, the first one alone takes nothing away.
    let two = signs_in(house, &person("n5", "nia@northlight.test")).await;
    let other = Person {
        issuer: "https://other.test".into(),
        provider: "other".into(),
        ..person("o5", "nia@northlight.test")
    };
    account::providers::prove_at_provider(&house.desk, &two, &other)
        .await
        .unwrap();
    assert_eq!(
        account::providers::sign_in_with_provider(
            &house.desk,
            &house.caller(),
            &person("n6", "nia@northlight.test")
        )
        .await
        .err(),
        Some(Error::Refused(Why::AddressHeld))
    );
    house.deliver().await;
}

both!(by_a_reset);
/// An address that its provider no longer vouches for gets no link, nor one for which it has not
/// done so for long.
async fn by_a_reset(house: &House) {
    let s5 = signs_in(house, &person("s5", SHARED)).await;
    account::accounts::ask_reset(&house.desk, &house.caller(), SHARED)
        .await
        .unwrap();
    let token = house.token_mailed(SHARED, "reset").await;
    // Not vouched for, another address that is taken, none at all: each gives the address up.
    signs_in(house, &person("t", "taken@northlight.test")).await;
    for now in [
        Person {
            email_verified: false,
            ..person("s5", SHARED)
        },
        person("s5", "taken@northlight.test"),
        Person {
            email: None,
            ..person("s5", SHARED)
        },
    ] {
        signs_in(house, &person("s5", SHARED)).await;
        assert_eq!(holder(house, SHARED).await.as_ref(), Some(s5.id()));
        let gone = signs_in(house, &now).await;
        assert_eq!(
            (gone.id(), gone.account.email_proven_at),
            (s5.id(), None),
            "{now:?}"
        );
        assert_eq!(holder(house, SHARED).await, None);
    }
    assert_eq!(
        account::accounts::reset_password(&house.desk, &house.caller(), &token, "velvet orchard signal")
            .await,
        Err(Error::Refused(Why::LinkDead)),
        "a link from before"
    );
    let before = house.letters_to(SHARED).await.len();
    account::accounts::ask_reset(&house.desk, &house.caller(), SHARED)
        .await
        .unwrap();
    assert_eq!(house.letters_to(SHARED).await.len(), before);
    // A word of long ago.
    house
        .execute(&format!(
            "update identities set seen_at = {}",
            (house.now - PROVIDER_WORD).0
        ))
        .await;
    gets_no_reset(house, "taken@northlight.test").await;
}

both!(by_an_invitation);
/// An invitation to the address goes to whoever reads the mailbox now, as somebody new.
async fn by_an_invitation(house: &House) {
    let ivo = house.organisation("northlight").await;
    let s5 = signs_in(house, &person("s5", SHARED)).await;
    let s5 = house.let_in(&ivo, &s5).await;
    // Accepting was a proof by the mailbox itself: the provider alone does not take it away.
    assert_eq!(house.again(&s5).await.account.email_proven_by, ProvenBy::Mailbox);
    let nia = signs_in(house, &person("n5", "nia@northlight.test")).await;
    let unvouched = Person {
        email_verified: false,
        ..person("n5", "nia@northlight.test")
    };
    signs_in(house, &unvouched).await;
    let token = house.invitation(&ivo, "nia@northlight.test").await;
    let (begun, _) = people::acceptance::accept_as_new(
        &house.desk,
        &house.caller(),
        &token,
        "Another Nia",
        "velvet orchard signal",
    )
    .await
    .unwrap();
    let new = house.actor(&begun.token).await;
    assert_ne!(new.id(), nia.id());
    let northlight = Slug::parse("northlight").unwrap();
    assert_eq!(
        account::memberships::membership(&house.desk, &nia, &northlight)
            .await
            .err(),
        Some(Error::NotFound)
    );
    house.deliver().await;
}

both!(by_a_request_that_was_approved);
/// What somebody asked under an address is answered to them, not to who reads the mailbox now.
async fn by_a_request_that_was_approved(house: &House) {
    // As the stand-in of the harness knows them.
    const S5: &str = "sub-shared@northlight.test";
    let (ivo, member) = house.founder("northlight").await;
    let approve =
        async |id| queue::decisions::decide(&house.desk, &ivo, &member, &id, Verdict::Approve).await;
    let s5 = signs_in(house, &person(S5, SHARED)).await;
    let s5_asked = house.asks(&s5, "northlight").await;
    let t5 = signs_in(house, &person("sub-tess@northlight.test", "tess@northlight.test")).await;
    let t5_asked = house.asks(&t5, "northlight").await;
    let n5 = signs_in(house, &person("sub-nia@northlight.test", "nia@northlight.test")).await;
    let n5_asked = house.asks(&n5, "northlight").await;
    // Moved, given up, and approved before either was seen.
    signs_in(house, &person(S5, "moved@northlight.test")).await;
    let s6 = signs_in(house, &person("s6", SHARED)).await;
    let unvouched = Person {
        email_verified: false,
        ..person("sub-tess@northlight.test", "tess@northlight.test")
    };
    signs_in(house, &unvouched).await;
    approve(s5_asked).await.unwrap();
    house.token_mailed("moved@northlight.test", "invitations").await;
    let invited = |m: &anteroom::store::demo::DemoMail| m.text.contains("/invitations/");
    assert!(!house.letters_to(SHARED).await.iter().any(invited));
    assert_eq!(
        approve(t5_asked).await,
        Err(Error::Refused(Why::RequesterUnproven))
    );
    approve(n5_asked).await.unwrap();
    let token = house.token_mailed("nia@northlight.test", "invitations").await;
    let n6 = signs_in(house, &person("n6", "nia@northlight.test")).await;
    assert_ne!(n6.id(), n5.id());
    assert_eq!(
        people::acceptance::accept_as(&house.desk, &n6, &token)
            .await
            .err(),
        Some(Error::Refused(Why::AskedByAnother))
    );
    let northlight = Slug::parse("northlight").unwrap();
    for stranger in [&s6, &n6] {
        assert!(
            account::memberships::membership(&house.desk, stranger, &northlight)
                .await
                .is_err()
        );
    }
    house.deliver().await;
}

both!(by_signing_up);
/// Whoever proves the mailbox at sign-up is somebody new; so it is when the provider's word is old.
async fn by_signing_up(house: &House) {
    let s5 = signs_in(house, &person("s5", SHARED)).await;
    house
        .execute(&format!(
            "update identities set seen_at = {}",
            (house.now - PROVIDER_WORD).0
        ))
        .await;
    joining::signup::ask_sign_up(&house.desk, &house.caller(), SHARED)
        .await
        .unwrap();
    let token = house.token_mailed(SHARED, "signup").await;
    let begun = joining::signup::sign_up(&house.desk, &house.caller(), &token, "Nia", PASSWORD)
        .await
        .unwrap();
    let nia = house.actor(&begun.token).await;
    assert_ne!(nia.id(), s5.id());
    assert_eq!(holder(house, SHARED).await.as_ref(), Some(nia.id()));
    // The one before comes again, and does not take it back.
    let back = signs_in(house, &person("s5", SHARED)).await;
    assert_eq!((back.id(), back.account.email_proven_at), (s5.id(), None));
    house.deliver().await;
}

both!(by_the_domain);
/// Who has an address of an organisation's domain no longer belongs there by it, nor is told
/// anything at that mailbox.
async fn by_the_domain(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    organisation::links::add_domain(&house.desk, &ivo, &member, "northlight.test")
        .await
        .unwrap();
    let links = organisation::links::list(&house.desk, &ivo, &member)
        .await
        .unwrap();
    let domain = links.domains[0].clone();
    organisation::links::domain_checked(&house.desk, domain.clone(), &[domain.proof()], house.now)
        .await
        .unwrap();
    let s5 = signs_in(house, &person("s5", SHARED)).await;
    let offered = joining::signup::offer(&house.desk, &s5).await.unwrap();
    assert_eq!(offered.matches.len(), 1);
    let left = signs_in(
        house,
        &Person {
            email_verified: false,
            ..person("s5", SHARED)
        },
    )
    .await;
    let offered = joining::signup::offer(&house.desk, &left).await.unwrap();
    assert!(offered.matches.is_empty());
    let before = house.letters_to(SHARED).await.len();
    account::erasure::delete_account(&house.desk, &at(&left, house.now), "", SHARED)
        .await
        .unwrap();
    assert_eq!(
        house.letters_to(SHARED).await.len(),
        before,
        "it may be another's mailbox"
    );
}

both!(an_address_is_offered_where_the_mailbox_was_proven);
/// What its own mailbox has proven is not replaced by a provider's word; the address that the
/// provider has is offered, and taken with a recent proof alone.
async fn an_address_is_offered_where_the_mailbox_was_proven(house: &House) {
    let ivo = house.organisation("northlight").await;
    let linked = person("ivo", "admin@northlight.test");
    account::providers::prove_at_provider(&house.desk, &ivo, &linked)
        .await
        .unwrap();
    let moved = signs_in(house, &person("ivo", "ivo@northlight.test")).await;
    assert_eq!(moved.account.email.as_str(), "admin@northlight.test");
    let offered = account::providers::linked_providers(&house.desk, &moved.account)
        .await
        .unwrap();
    assert_eq!(
        offered[0].other_address.as_ref().map(Email::as_str),
        Some("ivo@northlight.test")
    );
    let late = at(&moved, house.now + account::reentry::FRESH);
    assert!(
        account::providers::take_address(&house.desk, &late, "idp", "")
            .await
            .is_err()
    );
    account::providers::take_address(&house.desk, &moved, "idp", "")
        .await
        .unwrap();
    let now = house.again(&moved).await.account;
    assert_eq!(now.email.as_str(), "ivo@northlight.test");
    let told = house.letters_to("admin@northlight.test").await;
    assert!(told.iter().any(|m| m.subject == "Your address was changed"));
}

both!(the_last_way_in_stays);
/// A provider is taken away where another way in is left, and what rested on its word with it.
async fn the_last_way_in_stays(house: &House) {
    let s5 = signs_in(house, &person("s5", SHARED)).await;
    assert_eq!(
        account::providers::unlink(&house.desk, &s5, "idp", "").await,
        Err(Error::Refused(Why::LastWayIn))
    );
    let other = Person {
        issuer: "https://other.test".into(),
        provider: "other".into(),
        ..person("o5", "elsewhere@other.test")
    };
    account::providers::prove_at_provider(&house.desk, &s5, &other)
        .await
        .unwrap();
    account::providers::unlink(&house.desk, &s5, "idp", "")
        .await
        .unwrap();
    assert_eq!(
        holder(house, SHARED).await,
        None,
        "nobody vouches for it any more"
    );
    let back = signs_in(house, &other).await;
    assert_eq!(back.id(), s5.id());
    assert_eq!(
        account::providers::unlink(&house.desk, &s5, "idp", "").await,
        Err(Error::NotFound)
    );
    house.deliver().await;
}
