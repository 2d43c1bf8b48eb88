//! Sign-up: proving an address, the organisations that one belongs to, asking them, the pause after
//! a rejection; linking and domains.
use crate::harness::{House, ORIGIN, PASSWORD};
use anteroom::desk::account::providers::Person;
use anteroom::desk::account::sessions::FRESH;
use anteroom::desk::joining::signup::Standing;
use anteroom::desk::organisation::organisations::Plan;
use anteroom::desk::{Actor, account, joining, organisation, people, queue};
use anteroom::domain::links::{Checked, Origin, PATIENCE, PROOF_LIFE, RECHECK};
use anteroom::domain::organisation::Slug;
use anteroom::domain::request::{PAUSE, StatusWord};
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why};
use anteroom::store::queue::list::Look;

fn northlight() -> Slug {
    Slug::parse("northlight").unwrap()
}

/// The administrator signs in with a provider whose organisation is `theirs`.
async fn prove(house: &House, email: &str, theirs: &str) -> anteroom::desk::Actor {
    let person = Person {
        provider: "idp".into(),
        issuer: "https://idp.test".into(),
        subject: format!("sub-{email}"),
        email: Some(email.into()),
        email_verified: true,
        name: None,
        organisation: Some(theirs.into()),
    };
    let begun = account::providers::sign_in_with_provider(&house.desk, &house.caller(), &person)
        .await
        .unwrap();
    house.actor(&begun.token).await
}

both!(by_mail_to_the_organisation);
/// A new person proves the address, chooses name and password, and meets the organisation whose
/// verified domain it is in.
async fn by_mail_to_the_organisation(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    organisation::links::add_domain(&house.desk, &ivo, &member, "Northlight.test")
        .await
        .unwrap();
    let domain = organisation::links::list(&house.desk, &ivo, &member)
        .await
        .unwrap()
        .domains[0]
        .clone();
    assert_eq!(domain.record(), "_anteroom.northlight.test");
    joining::signup::ask_sign_up(&house.desk, &house.caller(), "Mira@Northlight.test")
        .await
        .unwrap();
    let token = house.token_mailed("Mira@Northlight.test", "signup").await;
    assert_eq!(
        joining::signup::look_at_sign_up(&house.desk, &token, house.now)
            .await
            .unwrap()
            .as_str(),
        "Mira@Northlight.test"
    );
    let begun = joining::signup::sign_up(&house.desk, &house.caller(), &token, "Mira Okafor", PASSWORD)
        .await
        .unwrap();
    assert_eq!(
        joining::signup::sign_up(&house.desk, &house.caller(), &token, "Eve", PASSWORD)
            .await
            .err(),
        Some(Error::Refused(Why::LinkUsed))
    );
    let mira = house.actor(&begun.token).await;

    // An unverified claim leads nowhere; the record makes the difference.
    assert!(
        joining::signup::offer(&house.desk, &mira)
            .await
            .unwrap()
            .matches
            .is_empty()
    );
    assert_eq!(
        organisation::links::domain_checked(
            &house.desk,
            domain.clone(),
            &["something else".into()],
            house.now
        )
        .await
        .unwrap(),
        Checked::Missing
    );
    let domain = organisation::links::find_domain(&house.desk, &member, &domain.id)
        .await
        .unwrap();
    assert_eq!(
        organisation::links::domain_checked(&house.desk, domain.clone(), &[domain.proof()], house.now)
            .await
            .unwrap(),
        Checked::Verified
    );
    let offer = joining::signup::offer(&house.desk, &mira).await.unwrap();
    assert_eq!(
        (offer.matches.len(), &offer.matches[0].standing),
        (1, &Standing::MayAsk)
    );
    assert_eq!(offer.matches[0].origin, Origin::Domain("northlight.test".into()));
    assert_eq!(
        offer.matches[0].organisation.admin_contact,
        "admin@northlight.test"
    );
    let id = joining::requests::request_access(&house.desk, &mira, &northlight(), "Hello")
        .await
        .unwrap();
    assert_eq!(
        joining::signup::offer(&house.desk, &mira).await.unwrap().matches[0].standing,
        Standing::Asked(id.clone())
    );
    let listed = queue::list::page(&house.desk, &ivo, &member, &Look::default(), Some(&id))
        .await
        .unwrap();
    assert_eq!(
        listed.rows[0].request.origin,
        Origin::Domain("northlight.test".into())
    );
    house.deliver().await;
}

both!(asking_to_sign_up_tells_nothing);
/// Known and unknown addresses: the same answer, one letter each; what the letter says differs, and
/// only the mailbox learns it.
async fn asking_to_sign_up_tells_nothing(house: &House) {
    house.organisation("northlight").await;
    for email in ["admin@northlight.test", "new@northlight.test"] {
        let body = format!("email={}&page=%2Fsignup", email.replace('@', "%40"));
        let answer = house.post("/actions/ask_sign_up", "", &body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.as_str()),
            (200, r#"{"to":"/signup?done=asked"}"#)
        );
    }
    let known = house.letters_to("admin@northlight.test").await;
    let letter = known
        .iter()
        .find(|l| l.subject == "You have an account already")
        .unwrap();
    assert!(letter.text.contains(&format!("{ORIGIN}/signin")) && !letter.text.contains("/signup/"));
    let new = house.letters_to("new@northlight.test").await;
    assert_eq!(
        (new.len(), new[0].subject.as_str()),
        (1, "Confirm your address to sign up")
    );
    assert_eq!(
        house
            .count("select count(*) from tokens where purpose = 'signup'")
            .await,
        1
    );
    // Row 31: nobody is flooded, and the answer stays the same.
    for _ in 0..6 {
        assert_eq!(
            joining::signup::ask_sign_up(&house.desk, &house.caller(), "new@northlight.test").await,
            Ok(())
        );
    }
    house.deliver().await;
    assert_eq!(house.letters_to("new@northlight.test").await.len(), 3);
}

both!(row_06_nothing_half_made_can_be_claimed);
/// Row 6: a row that an invitation or a request made cannot be claimed by signing up; only the
/// mailbox proves the address.
async fn row_06_nothing_half_made_can_be_claimed(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    joining::invitations::invite(&house.desk, &ivo, &member, "mira@northlight.test")
        .await
        .unwrap();
    assert_eq!(
        house
            .count("select count(*) from accounts where email_key = 'mira@northlight.test'")
            .await,
        0,
        "an invitation makes no account"
    );
    let invitation = house.token_mailed("mira@northlight.test", "invitations").await;
    // Row 9: a token of another purpose opens nothing here.
    assert_eq!(
        joining::signup::look_at_sign_up(&house.desk, &invitation, house.now)
            .await
            .err(),
        Some(Error::Refused(Why::LinkDead))
    );
    assert_eq!(
        joining::signup::sign_up(&house.desk, &house.caller(), &invitation, "Eve", PASSWORD)
            .await
            .err(),
        Some(Error::Refused(Why::LinkDead))
    );
    // Row 2: the form names no address, and naming one changes nothing.
    joining::signup::ask_sign_up(&house.desk, &house.caller(), "eve@elsewhere.test")
        .await
        .unwrap();
    let token = house.token_mailed("eve@elsewhere.test", "signup").await;
    let body = format!(
        "token={token}&name=Eve&password={}&email=mira%40northlight.test&email_verified=true",
        PASSWORD.replace(' ', "+")
    );
    assert_eq!(house.post("/actions/sign_up", "", &body).await.status, 200);
    assert_eq!(
        house
            .count("select count(*) from accounts where email_key = 'mira@northlight.test'")
            .await,
        0
    );
    assert_eq!(
        house
            .count("select count(*) from accounts where email_key = 'eve@elsewhere.test'")
            .await,
        1
    );
    house.deliver().await;
}

both!(one_account_for_each_address);
/// Two links to one address: the newer one works, and of two that use it at once one becomes the
/// account.
async fn one_account_for_each_address(house: &House) {
    joining::signup::ask_sign_up(&house.desk, &house.caller(), "mira@northlight.test")
        .await
        .unwrap();
    let old = house.token_mailed("mira@northlight.test", "signup").await;
    joining::signup::ask_sign_up(&house.desk, &house.caller(), "mira@northlight.test")
        .await
        .unwrap();
    let new = house.token_mailed("mira@northlight.test", "signup").await;
    assert_ne!(old, new);
    assert_eq!(
        joining::signup::look_at_sign_up(&house.desk, &old, house.now)
            .await
            .err(),
        Some(Error::Refused(Why::LinkDead))
    );
    let tries = (0..8).map(|_| {
        let (desk, caller, token) = (house.desk.clone(), house.caller(), new.clone());
        tokio::spawn(async move {
            joining::signup::sign_up(&desk, &caller, &token, "Mira", PASSWORD)
                .await
                .map(drop)
        })
    });
    let answers: Vec<_> = futures::future::join_all(tries)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 1, "{answers:?}");
    assert_eq!(house.count("select count(*) from accounts").await, 1);
    // Signing in with a provider in between is the account; the link then only says so.
    joining::signup::ask_sign_up(&house.desk, &house.caller(), "ben@northlight.test")
        .await
        .unwrap();
    let token = house.token_mailed("ben@northlight.test", "signup").await;
    house.person("ben@northlight.test", "Ben").await;
    assert_eq!(
        joining::signup::sign_up(&house.desk, &house.caller(), &token, "Ben", PASSWORD)
            .await
            .err(),
        Some(Error::Refused(Why::LinkUsed))
    );
}

both!(linking_needs_ones_own_sign_in);
/// The provider's organisation is linked by an administrator's own fresh sign-in there; one leads
/// to one, and everybody's to none.
async fn linking_needs_ones_own_sign_in(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    assert_eq!(
        organisation::links::link_provider(&house.desk, &ivo, &member, "idp").await,
        Err(Error::Refused(Why::NoProviderOrganisation))
    );
    let ivo = prove(house, "admin@northlight.test", "nl-7").await;
    assert_eq!(
        organisation::links::link_provider(&house.desk, &ivo, &member, "other").await,
        Err(Error::Refused(Why::NoProviderOrganisation))
    );
    let late = anteroom::desk::Actor {
        caller: house.caller_at(house.now + PROOF_LIFE),
        ..ivo.clone()
    };
    assert_eq!(
        organisation::links::link_provider(&house.desk, &late, &member, "idp").await,
        Err(Error::Refused(Why::ProofTooOld))
    );
    organisation::links::link_provider(&house.desk, &ivo, &member, "idp")
        .await
        .unwrap();
    assert_eq!(
        organisation::links::link_provider(&house.desk, &ivo, &member, "idp").await,
        Err(Error::Refused(Why::AlreadyLinked))
    );
    // Another organisation cannot have it too.
    house.organisation("southmoor").await;
    let olga = prove(house, "admin@southmoor.test", "nl-7").await;
    let southmoor = house.member(&olga, "southmoor").await;
    assert_eq!(
        organisation::links::link_provider(&house.desk, &olga, &southmoor, "idp").await,
        Err(Error::Refused(Why::AlreadyLinked))
    );
    assert_eq!(
        organisation::links::unlink_provider(&house.desk, &olga, &southmoor, "idp", "nl-7").await,
        Err(Error::NotFound)
    );
    let olga = prove(house, "admin@southmoor.test", "everybody").await;
    assert_eq!(
        organisation::links::link_provider(&house.desk, &olga, &southmoor, "idp").await,
        Err(Error::Refused(Why::ConsumerOrganisation))
    );

    let mira = prove(house, "mira@elsewhere.test", "nl-7").await;
    let offer = joining::signup::offer(&house.desk, &mira).await.unwrap();
    assert_eq!(
        (offer.matches.len(), &offer.matches[0].origin),
        (1, &Origin::Provider("idp".into()))
    );
    // What the provider says at the next sign-in counts.
    let mira = prove(house, "mira@elsewhere.test", "nl-8").await;
    assert!(
        joining::signup::offer(&house.desk, &mira)
            .await
            .unwrap()
            .matches
            .is_empty()
    );
    // The operator takes it all away.
    organisation::links::add_domain(&house.desk, &ivo, &member, "northlight.test")
        .await
        .unwrap();
    assert_eq!(
        organisation::links::unlink_all(&house.desk, &northlight(), house.now).await,
        Ok(2)
    );
    assert!(
        organisation::links::list(&house.desk, &ivo, &member)
            .await
            .unwrap()
            .providers
            .is_empty()
    );
    house.deliver().await;
}

both!(domains_are_verified_and_lapse);
/// Free mail is nobody's; a domain belongs to whoever verifies it first; it lapses when its record
/// stays away, and is told twice.
async fn domains_are_verified_and_lapse(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    let olga = house.organisation("southmoor").await;
    let southmoor = house.member(&olga, "southmoor").await;
    for (name, why) in [
        ("gmail.com", Why::FreeMailDomain),
        ("GMX.de", Why::FreeMailDomain),
        ("localhost", Why::NotADomain),
        ("a b.test", Why::NotADomain),
    ] {
        assert_eq!(
            organisation::links::add_domain(&house.desk, &ivo, &member, name).await,
            Err(Error::field("domain", why)),
            "{name}"
        );
    }
    organisation::links::add_domain(&house.desk, &ivo, &member, "shared.test")
        .await
        .unwrap();
    assert_eq!(
        organisation::links::add_domain(&house.desk, &ivo, &member, "Shared.test.").await,
        Err(Error::field("domain", Why::AlreadyLinked))
    );
    organisation::links::add_domain(&house.desk, &olga, &southmoor, "shared.test")
        .await
        .unwrap();
    let mine = organisation::links::list(&house.desk, &ivo, &member)
        .await
        .unwrap()
        .domains[0]
        .clone();
    let hers = organisation::links::list(&house.desk, &olga, &southmoor)
        .await
        .unwrap()
        .domains[0]
        .clone();
    assert_ne!(mine.challenge, hers.challenge);
    organisation::links::domain_checked(&house.desk, mine.clone(), &[mine.proof()], house.now)
        .await
        .unwrap();
    assert_eq!(
        organisation::links::domain_checked(&house.desk, hers.clone(), &[hers.proof()], house.now).await,
        Err(Error::Refused(Why::DomainTaken))
    );
    assert!(matches!(
        organisation::links::find_domain(&house.desk, &southmoor, &mine.id).await,
        Err(Error::NotFound)
    ));

    assert!(
        organisation::links::domains_due(&house.desk, house.now + RECHECK)
            .await
            .unwrap()
            .is_empty()
    );
    let later = house.now + RECHECK + Span(1);
    let due = organisation::links::domains_due(&house.desk, later)
        .await
        .unwrap();
    assert_eq!(due.len(), 1);
    assert_eq!(
        organisation::links::domain_checked(&house.desk, due[0].clone(), &[], later)
            .await
            .unwrap(),
        Checked::Missing
    );
    let due = organisation::links::domains_due(&house.desk, later + RECHECK + Span(1))
        .await
        .unwrap();
    assert_eq!(
        organisation::links::domain_checked(&house.desk, due[0].clone(), &[], later + PATIENCE)
            .await
            .unwrap(),
        Checked::Lapsed
    );
    assert!(
        organisation::links::domains_due(&house.desk, later + RECHECK + RECHECK + PATIENCE)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        house
            .count("select count(*) from outbox where letter like '%\"domain_missing\"%'")
            .await,
        2,
        "told when it went, and when it lapsed"
    );
    assert_eq!(
        organisation::links::domain_checked(&house.desk, hers.clone(), &[hers.proof()], later)
            .await
            .unwrap(),
        Checked::Verified
    );
    // Those are owed at an instant that has not come.
    house.expects_owed_letters();
}

both!(the_pause_after_a_rejection);
/// After a rejection one waits a day, unless an administrator says otherwise; the rejected are told
/// only where that is switched on.
async fn the_pause_after_a_rejection(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    let mira = house.person("mira@northlight.test", "Mira").await;
    let first = house.asks(&mira, "northlight").await;
    queue::decisions::decide(&house.desk, &ivo, &member, &first, Verdict::Reject)
        .await
        .unwrap();
    let again = async |at| {
        joining::requests::request_access(
            &house.desk,
            &anteroom::desk::Actor {
                caller: house.caller_at(at),
                ..mira.clone()
            },
            &northlight(),
            "",
        )
        .await
    };
    let end = house.now + PAUSE;
    assert_eq!(again(end - Span(1)).await, Err(Error::AskAgainLater { at: end }));
    assert_eq!(
        joining::signup::offer(&house.desk, &mira).await.unwrap().matches[0].standing,
        Standing::Later(end)
    );
    assert_eq!(
        joining::decisions::allow_again(
            &house.desk,
            &mira,
            &anteroom::domain::member::Membership {
                account: mira.id().clone(),
                ..member.clone()
            },
            &first
        )
        .await,
        Err(Error::Refused(Why::OwnRequest))
    );
    joining::decisions::allow_again(&house.desk, &ivo, &member, &first)
        .await
        .unwrap();
    assert_eq!(
        joining::decisions::allow_again(&house.desk, &ivo, &member, &first).await,
        Err(Error::Refused(Why::NotRejected))
    );
    let second = again(house.now).await.unwrap();
    assert_eq!(
        joining::decisions::allow_again(&house.desk, &ivo, &member, &second).await,
        Err(Error::Refused(Why::NotRejected))
    );
    assert!(
        house.letters_to("mira@northlight.test").await.is_empty(),
        "seed 000: a rejected person gets no letter"
    );

    organisation::organisations::change_welcome(&house.desk, &ivo, &member, "Ivo, room 4", true)
        .await
        .unwrap();
    queue::decisions::decide(&house.desk, &ivo, &member, &second, Verdict::Reject)
        .await
        .unwrap();
    let letters = house.letters_to("mira@northlight.test").await;
    assert_eq!(letters.len(), 1);
    assert!(
        letters[0].text.contains("not to approve") && letters[0].text.contains("ask Ivo, room 4"),
        "{}",
        letters[0].text
    );
    // Without any word from an administrator, a day is enough.
    again(end + Span(1)).await.unwrap();
    house.expects_owed_letters();
}

both!(creating_an_organisation);
/// Everyone may create organisations only where the operator says so, and only with a proven
/// address; there they are administrators.
async fn creating_an_organisation(house: &House) {
    let mira = house.person("mira@northlight.test", "Mira").await;
    let plan = Plan {
        slug: "northlight".into(),
        name: "Northlight".into(),
        customer_number: "7".into(),
    };
    assert_eq!(
        joining::signup::create_organisation(&house.desk, &mira, &plan).await,
        Err(Error::Forbidden)
    );
    let open = house.with_plan(|p| p.everyone_may_create_organisations = true);
    let unproven = house.vouched("eve@northlight.test", "Eve", false).await;
    assert_eq!(
        joining::signup::create_organisation(&open, &unproven, &plan).await,
        Err(Error::Refused(Why::AddressUnproven))
    );
    let bad = Plan {
        slug: "signup".into(),
        name: " ".into(),
        customer_number: String::new(),
    };
    assert!(
        matches!(joining::signup::create_organisation(&open, &mira, &bad).await,
        Err(Error::Invalid(faults)) if faults.len() == 3)
    );
    assert_eq!(
        joining::signup::create_organisation(&open, &mira, &plan).await,
        Ok(northlight())
    );
    let member = house.member(&mira, "northlight").await;
    assert!(member.administrator);
    assert!(
        house
            .letters_to("mira@northlight.test")
            .await
            .iter()
            .any(|l| l.subject == "Welcome to Northlight")
    );
    assert_eq!(
        joining::signup::create_organisation(&open, &mira, &plan).await,
        Err(Error::field("slug", Why::SlugTaken))
    );
    // Row 14, and nobody creates them by the dozen.
    for n in 0..2 {
        let _ = joining::signup::create_organisation(
            &open,
            &mira,
            &Plan {
                slug: format!("more-{n}"),
                ..plan.clone()
            },
        )
        .await;
    }
    assert!(matches!(
        joining::signup::create_organisation(
            &open,
            &mira,
            &Plan {
                slug: "more-9".into(),
                ..plan
            }
        )
        .await,
        Err(Error::TooManyTries { .. })
    ));
    house.deliver().await;
}

both!(row_05_an_unproven_address_asks_for_nothing);
/// Row 5: who holds an address that nobody has proven asks for nothing, so that no letter goes to
/// somebody who never asked, and the true owner finds the way free.
async fn row_05_an_unproven_address_asks_for_nothing(house: &House) {
    house.organisation("northlight").await;
    let eve = house.vouched("mira@northlight.test", "Eve", false).await;
    house.belongs(&eve, "northlight").await;
    assert_eq!(
        joining::signup::offer(&house.desk, &eve).await.unwrap().matches[0].standing,
        Standing::Unproven
    );
    assert_eq!(
        joining::requests::request_access(&house.desk, &eve, &northlight(), "").await,
        Err(Error::Refused(Why::AddressUnproven))
    );
    let mut person = Person {
        provider: "idp".into(),
        issuer: "https://idp.test".into(),
        subject: "mira".into(),
        email: Some("mira@northlight.test".into()),
        email_verified: true,
        name: Some("Mira".into()),
        organisation: Some("northlight".into()),
    };
    let begun = account::providers::sign_in_with_provider(&house.desk, &house.caller(), &person)
        .await
        .unwrap();
    let mira = house.actor(&begun.token).await;
    joining::requests::request_access(&house.desk, &mira, &northlight(), "")
        .await
        .unwrap();
    // Proving oneself at a provider links what is one's own there, and never signs anybody in as
    // somebody else.
    assert_eq!(
        account::providers::prove_at_provider(&house.desk, &eve, &person).await,
        Err(Error::Refused(Why::OtherPersonThere))
    );
    person.subject = "another".into();
    person.email = Some("mira@elsewhere.test".into());
    let later = Actor {
        caller: house.caller_at(house.now + FRESH),
        ..mira.clone()
    };
    assert_eq!(
        account::providers::prove_at_provider(&house.desk, &later, &person).await,
        Err(Error::Refused(Why::ConfirmAgain))
    );
    account::providers::prove_at_provider(&house.desk, &mira, &person)
        .await
        .unwrap();
    let again = account::providers::sign_in_with_provider(&house.desk, &house.caller(), &person)
        .await
        .unwrap();
    assert_eq!(house.actor(&again.token).await.id(), mira.id());
    house.deliver().await;
}

both!(a_new_address_evades_nothing);
/// One open request and one pause for a person, whatever address they go by; joining settles what
/// they asked under any.
async fn a_new_address_evades_nothing(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    let nina = house.person("nina@northlight.test", "Nina").await;
    let first = house.asks(&nina, "northlight").await;
    let moved = async |to: &str| {
        let sql = format!(
            "update accounts set email = '{to}', email_key = '{to}' where id = '{}'",
            nina.id()
        );
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&mut *house.raw().await)
            .await
            .unwrap();
        house.again(&nina).await
    };
    let nina = moved("nina2@northlight.test").await;
    assert_eq!(
        joining::requests::request_access(&house.desk, &nina, &northlight(), "").await,
        Err(Error::Refused(Why::AlreadyAsked))
    );
    joining::invitations::invite(&house.desk, &ivo, &member, "nina2@northlight.test")
        .await
        .unwrap();
    let token = house.token_mailed("nina2@northlight.test", "invitations").await;
    people::acceptance::accept_as(&house.desk, &nina, &token)
        .await
        .unwrap();
    assert_eq!(
        queue::list::request_details(&house.desk, &ivo, &member, &first)
            .await
            .unwrap()
            .row
            .status
            .word(),
        StatusWord::Approved
    );
    people::members::remove(&house.desk, &ivo, &member, nina.id())
        .await
        .unwrap();
    let second = joining::requests::request_access(&house.desk, &nina, &northlight(), "")
        .await
        .unwrap();
    queue::decisions::decide(&house.desk, &ivo, &member, &second, Verdict::Reject)
        .await
        .unwrap();
    let nina = moved("nina3@northlight.test").await;
    assert!(matches!(
        joining::requests::request_access(&house.desk, &nina, &northlight(), "").await,
        Err(Error::AskAgainLater { .. })
    ));
    house.deliver().await;
}

both!(the_status_page_is_true_and_inert);
/// The status page's address is a secret that only this instance makes; it is always true, and
/// nothing can be done with it alone.
async fn the_status_page_is_true_and_inert(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    let mira = house.person("mira@northlight.test", "Mira").await;
    let id = house.asks(&mira, "northlight").await;
    let token = anteroom::desk::requests::status_token::make(&house.desk, &id);
    let path = format!("/requests/{token}");
    for _ in 0..3 {
        assert!(house.get(&path, "").await.body.contains("have been told by mail"));
    }
    assert!(
        !house.get(&path, "").await.body.contains("/actions/withdraw"),
        "only the requester has a button"
    );
    assert!(
        house
            .get(&path, &house.cookie(&mira).await)
            .await
            .body
            .contains("/actions/withdraw")
    );
    let other = house.person("ben@northlight.test", "Ben").await;
    assert!(
        !house
            .get(&path, &house.cookie(&other).await)
            .await
            .body
            .contains("/actions/withdraw")
    );
    // Row 11: any other address is nobody's.
    let another = house.asks(&other, "northlight").await;
    for forged in [
        id.to_string(),
        format!("{id}."),
        format!("{another}.{}", token.split_once('.').unwrap().1),
        format!("{token}x"),
        token[1..].to_owned(),
    ] {
        assert_eq!(
            house.get(&format!("/requests/{forged}"), "").await.status,
            404,
            "{forged}"
        );
    }
    queue::decisions::decide(&house.desk, &ivo, &member, &id, Verdict::Approve)
        .await
        .unwrap();
    assert!(house.get(&path, "").await.body.contains("You are invited"));
    let link = house.token_mailed("mira@northlight.test", "invitations").await;
    assert!(!house.get(&path, "").await.body.contains(&link));
    people::acceptance::accept_as(&house.desk, &mira, &link)
        .await
        .unwrap();
    assert!(
        house
            .get(&path, "")
            .await
            .body
            .contains("You are a member of northlight Labs")
    );
    house.deliver().await;
}

both!(asking_and_inviting_meet);
/// Rule 2: who is invited already does not ask; who is being invited while asking ends settled; who
/// joins leaves nothing open.
async fn asking_and_inviting_meet(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    for n in 0..6 {
        let email = format!("p{n}@northlight.test");
        let person = house.person(&email, "Person").await;
        house.belongs(&person, "northlight").await;
        let (a, b) = (house.desk.clone(), house.desk.clone());
        let (ivo, member, who) = (ivo.clone(), member.clone(), person.clone());
        let (asked, invited) = tokio::join!(
            tokio::spawn(async move { joining::requests::request_access(&a, &who, &northlight(), "").await }),
            tokio::spawn(async move { joining::invitations::invite(&b, &ivo, &member, &email).await })
        );
        assert!(matches!(
            asked.unwrap(),
            Ok(_) | Err(Error::Refused(Why::InvitationWaits))
        ));
        invited.unwrap().unwrap();
    }
    assert_eq!(
        house
            .count("select count(*) from requests where status = 'pending'")
            .await,
        0
    );
    assert_eq!(
        house
            .count("select count(*) from invitations where status = 'pending'")
            .await,
        6
    );
    // Without the right to decide, inviting somebody who asks points to the queue.
    let zoe = house.person("zoe@northlight.test", "Zoe").await;
    house.asks(&zoe, "northlight").await;
    let inviter = anteroom::domain::member::Membership {
        permissions: [anteroom::domain::role::Permission::InvitationsSend]
            .into_iter()
            .collect(),
        ..member.clone()
    };
    assert_eq!(
        joining::invitations::invite(&house.desk, &ivo, &inviter, "ZOE@northlight.test").await,
        Err(Error::field("email", Why::RequestIsOpen))
    );
    assert_eq!(
        joining::invitations::invite(&house.desk, &ivo, &member, "admin@northlight.test").await,
        Err(Error::field("email", Why::IsMember))
    );
    assert_eq!(
        joining::invitations::invite(&house.desk, &ivo, &member, "p1@northlight.test").await,
        Err(Error::field("email", Why::AlreadyInvited))
    );
    joining::invitations::invite(&house.desk, &ivo, &member, "zoe@northlight.test")
        .await
        .unwrap();
    assert_eq!(
        house
            .count(
                "select count(*) from requests where status = 'approved' and email_key = \
        'zoe@northlight.test'"
            )
            .await,
        1
    );
    house.deliver().await;
}
