//! Where an organisation's people come from: its providers and its domains; and founding one.
use crate::harness::{House, at};
use crate::joining::signup::{northlight, prove};
use anteroom::desk::organisation::organisations::NewOrganisation;
use anteroom::desk::{joining, organisation};
use anteroom::domain::links::{CheckedDomain, Origin, PATIENCE, PROOF_LIFE, RECHECK};
use anteroom::domain::time::Span;
use anteroom::domain::{Error, Why};

both!(linking_needs_ones_own_sign_in);
/// The provider's organisation is linked by an administrator's own fresh sign-in there; one leads
/// to one, and everybody's to none.
async fn linking_needs_ones_own_sign_in(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    assert_eq!(
        organisation::links::link_provider(&house.desk, &ivo, &member, "idp").await,
        Err(Error::Refused(Why::NoProviderOrganisation))
    );
    let ivo = prove(house, "admin@northlight.test", "nl-7").await;
    assert_eq!(
        organisation::links::link_provider(&house.desk, &ivo, &member, "other").await,
        Err(Error::Refused(Why::NoProviderOrganisation))
    );
    let late = at(&ivo, house.now + PROOF_LIFE);
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
    let southmoor = house.membership(&olga, "southmoor").await;
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
    let (ivo, member) = house.founder("northlight").await;
    let (olga, southmoor) = house.founder("southmoor").await;
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
        CheckedDomain::Missing
    );
    let due = organisation::links::domains_due(&house.desk, later + RECHECK + Span(1))
        .await
        .unwrap();
    assert_eq!(
        organisation::links::domain_checked(&house.desk, due[0].clone(), &[], later + PATIENCE)
            .await
            .unwrap(),
        CheckedDomain::Lapsed
    );
    assert!(
        organisation::links::domains_due(&house.desk, later + RECHECK + RECHECK + PATIENCE)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        house
            .count(
                "select count(*) from deliveries where kind = 'letter' and job like '%\"domain_missing\"%'"
            )
            .await,
        2,
        "told when it went, and when it lapsed"
    );
    assert_eq!(
        organisation::links::domain_checked(&house.desk, hers.clone(), &[hers.proof()], later)
            .await
            .unwrap(),
        CheckedDomain::Verified
    );
    // Those are owed at an instant that has not come.
    house.expects_owed_letters();
}

both!(creating_an_organisation);
/// Everyone may create organisations only where the operator says so, and only with a proven
/// address; there they are administrators.
async fn creating_an_organisation(house: &House) {
    let mira = house.person("mira@northlight.test", "Mira").await;
    let plan = NewOrganisation {
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
    let bad = NewOrganisation {
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
    let member = house.membership(&mira, "northlight").await;
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
            &NewOrganisation {
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
            &NewOrganisation {
                slug: "more-9".into(),
                ..plan
            }
        )
        .await,
        Err(Error::TooManyTries { .. })
    ));
    house.deliver().await;
}
