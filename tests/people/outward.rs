//! Mails to people whom an organisation names, where everybody may create organisations.
use crate::harness::House;
use anteroom::desk::organisation::organisations::NewOrganisation;
use anteroom::desk::people::people_file::Invitee;
use anteroom::desk::{Actor, Desk, account, joining, operator, organisation};
use anteroom::domain::member::Membership;
use anteroom::domain::organisation::{FOUNDER_A_DAY, Slug, young_a_day};
use anteroom::domain::time::Span;
use anteroom::domain::{Error, Why};

async fn founds(desk: &Desk, who: &Actor, slug: &str, name: &str) -> Result<Membership, Error> {
    let plan = NewOrganisation {
        slug: slug.into(),
        name: name.into(),
        customer_number: format!("40-{slug}"),
    };
    let slug = joining::signup::create_organisation(desk, who, &plan).await?;
    account::memberships::membership(desk, who, &slug).await
}

/// Invites so many addresses that nobody had before; how many invitations went out.
async fn invites(desk: &Desk, who: &Actor, member: &Membership, many: std::ops::Range<usize>) -> usize {
    let rows: Vec<Invitee> = many
        .map(|n| Invitee {
            line: n,
            email: format!("p{n}@{}.test", member.slug),
            ..Invitee::default()
        })
        .collect();
    let outcomes = joining::invitations::invite_all(desk, who, member, &rows, &[])
        .await
        .unwrap();
    let refused = outcomes.iter().filter_map(|o| o.result.as_ref().err());
    for refusal in refused {
        assert!(matches!(refusal, Error::DayIsFull { .. }), "{refusal:?}");
    }
    outcomes.iter().filter(|o| o.result.is_ok()).count()
}

both!(young_organisations_send_few_mails);
/// S08: an account that creates organisations sends few invitations from each, and few from all
/// together, until the operator vouches for one; above every organisation is the operator's own
/// ceiling.
async fn young_organisations_send_few_mails(house: &House) {
    house.organisation("northlight").await;
    let desk = house.with_plan(|plan| plan.everyone_may_create_organisations = true);
    let eve = house.person("eve@throwaway.test", "Eve").await;
    let young = usize::try_from(young_a_day(Span::days(0)).unwrap()).unwrap();
    let all = usize::try_from(FOUNDER_A_DAY).unwrap();
    let mut sent = 0;
    let mut last = None;
    for slug in ["one", "two", "three"] {
        let member = founds(&desk, &eve, slug, "Acme").await.unwrap();
        // What the organisation allows itself does not count.
        organisation::organisations::change_invitation_rules(&desk, &eve, &member, "24", "1000", "UTC")
            .await
            .unwrap();
        let went = invites(&desk, &eve, &member, 0..young + 5).await;
        assert!(went <= young);
        sent += went;
        last = Some(member);
    }
    assert_eq!(sent, all);
    let member = last.unwrap();
    assert_eq!(invites(&desk, &eve, &member, 100..105).await, 0);
    operator::vouch(&desk, &Slug::parse("three").unwrap(), house.now)
        .await
        .unwrap();
    assert_eq!(invites(&desk, &eve, &member, 100..130).await, 30);
    let small = house.with_plan(|plan| {
        plan.everyone_may_create_organisations = true;
        plan.mails_per_organisation = 35;
    });
    assert_eq!(
        invites(&small, &eve, &member, 200..230).await,
        5,
        "the operator's ceiling"
    );
    house.deliver().await;
}

both!(names_are_no_letters);
/// S08: what strangers call themselves and their organisations carries no message into a mailbox,
/// and feedback goes to proven addresses alone.
async fn names_are_no_letters(house: &House) {
    house.organisation("northlight").await;
    let desk = house.with_plan(|plan| plan.everyone_may_create_organisations = true);
    let eve = house.person("eve@throwaway.test", "Eve").await;
    for name in [
        "Win at evil.example",
        "https://evil.example",
        "You have won! Claim it now",
    ] {
        let founded = founds(&desk, &eve, "spam", name).await;
        assert_eq!(
            founded.err(),
            Some(Error::field("organisation", Why::NotAName)),
            "{name}"
        );
    }
    let member = founds(&desk, &eve, "shop", "Evil.example").await.unwrap();
    joining::invitations::invite(&desk, &eve, &member, "mira@else.test")
        .await
        .unwrap();
    let letters = house.letters_to("mira@else.test").await;
    let whole = format!("{}\n{}", letters[0].subject, letters[0].text);
    assert!(
        whole.contains("Evil.\u{2060}example") && !whole.contains("Evil.example"),
        "{whole}"
    );
    let elsewhere = organisation::organisations::change_feedback_address;
    assert_eq!(
        elsewhere(&desk, &eve, &member, "mira@else.test").await,
        Err(Error::field("feedback_address", Why::AddressOfNobody))
    );
    elsewhere(&desk, &eve, &member, "eve@throwaway.test")
        .await
        .unwrap();
    house.deliver().await;
}
