//! Sign-up: proving an address, one account for each, meeting the organisation one belongs to, and
//! what asking under another address does not evade.
use crate::harness::{House, ORIGIN, PASSWORD, at, vouched_for};
use anteroom::desk::Actor;
use anteroom::desk::account::providers::Person;
use anteroom::desk::account::reentry::FRESH;
use anteroom::desk::joining::signup::SignUpStanding;
use anteroom::desk::{PlannedProvider, account, joining, organisation, people, queue};
use anteroom::domain::links::{CheckedDomain, Origin};
use anteroom::domain::organisation::Slug;
use anteroom::domain::request::StatusWord;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why};
use anteroom::store::queue::query::QueueQuery;

pub fn northlight() -> Slug {
    Slug::parse("northlight").unwrap()
}

fn person_domain(email: &str) -> String {
    email.rsplit('@').next().unwrap_or_default().to_owned()
}

/// The administrator signs in with a provider whose organisation is `theirs`.
pub async fn prove(house: &House, email: &str, theirs: &str) -> anteroom::desk::Actor {
    let person = Person {
        name: None,
        organisation: Some(theirs.into()),
        ..vouched_for(email, "", true)
    };
    // Trusted, so that the founder is signed in, who proved the address otherwise.
    let trusting = house.with_plan(|plan| {
        plan.providers = vec![PlannedProvider {
            id: "idp".into(),
            label: "Idp".into(),
            trusted_domains: vec![person_domain(email)],
        }];
    });
    let begun = account::providers::sign_in_with_provider(&trusting, &house.caller(), &person)
        .await
        .unwrap();
    house.deliver().await;
    house.actor(&begun.token).await
}

both!(by_mail_to_the_organisation);
/// A new person proves the address, chooses name and password, and meets the organisation whose
/// verified domain it is in.
async fn by_mail_to_the_organisation(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
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
        CheckedDomain::Missing
    );
    let domain = organisation::links::find_domain(&house.desk, &member, &domain.id)
        .await
        .unwrap();
    assert_eq!(
        organisation::links::domain_checked(&house.desk, domain.clone(), &[domain.proof()], house.now)
            .await
            .unwrap(),
        CheckedDomain::Verified
    );
    let offer = joining::signup::offer(&house.desk, &mira).await.unwrap();
    assert_eq!(
        (offer.matches.len(), &offer.matches[0].standing),
        (1, &SignUpStanding::MayAsk)
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
        SignUpStanding::Asked(id.clone())
    );
    let listed = queue::list::page(&house.desk, &ivo, &member, &QueueQuery::default(), Some(&id))
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
    house.invite(&ivo, "mira@northlight.test").await;
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
/// Two letters to one address bring the same link, and of two that use it at once one becomes the
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
    assert_eq!(old, new, "a link that is good for a while yet is sent again");
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

both!(row_05_an_unproven_address_asks_for_nothing);
/// Row 5: who holds an address that nobody has proven asks for nothing, so that no letter goes to
/// somebody who never asked, and the true owner finds the way free.
async fn row_05_an_unproven_address_asks_for_nothing(house: &House) {
    let ivo = house.organisation("northlight").await;
    house.belongs(&ivo, "northlight").await;
    let eve = house.vouched("mira@northlight.test", "Eve", false).await;
    let theirs = Person {
        organisation: Some("northlight".into()),
        ..vouched_for("mira@northlight.test", "Eve", false)
    };
    account::providers::prove_at_provider(&house.desk, &eve, &theirs)
        .await
        .unwrap();
    assert_eq!(
        joining::signup::offer(&house.desk, &eve).await.unwrap().matches[0].standing,
        SignUpStanding::Unproven
    );
    assert_eq!(
        joining::requests::request_access(&house.desk, &eve, &northlight(), "").await,
        Err(Error::Refused(Why::AddressUnproven))
    );
    let mut person = Person {
        zone: None,
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
    let later = at(&mira, house.now + FRESH);
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
    let (ivo, member) = house.founder("northlight").await;
    let nina = house.person("nina@northlight.test", "Nina").await;
    let first = house.asks(&nina, "northlight").await;
    let moved = async |nina: &Actor, to: &str| {
        let nina = house.again(nina).await;
        account::addresses::ask_email_change(&house.desk, &nina, to, "")
            .await
            .unwrap();
        let token = house.token_mailed(to, "email").await;
        account::addresses::prove_email(&house.desk, &nina, &token)
            .await
            .unwrap();
        house.again(&nina).await
    };
    let nina = moved(&nina, "nina2@northlight.test").await;
    assert_eq!(
        joining::requests::request_access(&house.desk, &nina, &northlight(), "").await,
        Err(Error::Refused(Why::AlreadyAsked))
    );
    let nina = house.let_in(&ivo, &nina).await;
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
    house.decide(&ivo, &second, Verdict::Reject).await;
    let nina = moved(&nina, "nina3@northlight.test").await;
    assert!(matches!(
        joining::requests::request_access(&house.desk, &nina, &northlight(), "").await,
        Err(Error::AskAgainLater { .. })
    ));
    house.deliver().await;
}
