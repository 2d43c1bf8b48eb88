//! Members: finding and paging them, their work, the organisation they chose last; how inviting
//! meets the queue, and asking for a new link.
use crate::harness::House;
use anteroom::desk::people::members::Work;
use anteroom::desk::people::people_file::Invitee;
use anteroom::desk::{Actor, account, joining, organisation, people, queue};
use anteroom::domain::ids::AccountId;
use anteroom::domain::links::Origin;
use anteroom::domain::member::Membership;
use anteroom::domain::role::Permission;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why, invitation, request};
use anteroom::store::people::member_list::MemberQuery;

pub(super) fn rows(addresses: impl IntoIterator<Item = String>) -> Vec<Invitee> {
    addresses
        .into_iter()
        .enumerate()
        .map(|(n, email)| Invitee {
            line: n + 1,
            email,
            ..Invitee::default()
        })
        .collect()
}

pub(super) fn some(from: usize, to: usize) -> Vec<Invitee> {
    rows((from..to).map(|n| format!("p{n}@northlight.test")))
}

fn work(manager: &str) -> Work {
    Work {
        manager: manager.into(),
        job_title: "Lead".into(),
        department: "Lab".into(),
    }
}

pub(super) async fn set_work(
    house: &House,
    ivo: &Actor,
    member: &Membership,
    who: &AccountId,
    manager: &str,
) -> Result<(), Error> {
    people::members::set_employment(&house.desk, ivo, member, who, &work(manager)).await
}

both!(inviting_respects_the_queue_and_mailboxes);
/// Whoever lacks the right to decide is sent to the queue; invitations to one address end at three
/// a day.
async fn inviting_respects_the_queue_and_mailboxes(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    for _ in 0..3 {
        house.invite(&ivo, "mira@northlight.test").await;
        let id = house.open_invitation(&ivo).await;
        people::invitations::delete(&house.desk, &ivo, &member, &id)
            .await
            .unwrap();
    }
    let fourth = joining::invitations::invite(&house.desk, &ivo, &member, "Mira@northlight.test").await;
    assert_eq!(fourth, Err(Error::field("email", Why::TooManyLetters)));
    for (given, wrong) in [
        (("0", "5", "UTC"), "invitation_hours"),
        (("721", "5", "UTC"), "invitation_hours"),
        (("1", "0", "UTC"), "invitations_a_day"),
        (("1", "x", "UTC"), "invitations_a_day"),
        (("1", "5", "Moon"), "time_zone"),
    ] {
        let refused = organisation::organisations::change_invitation_rules(
            &house.desk,
            &ivo,
            &member,
            given.0,
            given.1,
            given.2,
        )
        .await;
        assert!(
            matches!(&refused, Err(Error::Invalid(f)) if f.len() == 1 && f[0].field == wrong),
            "{refused:?}"
        );
    }
    house.deliver().await;
}

both!(members_are_found_filtered_and_paged);
async fn members_are_found_filtered_and_paged(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let mira = house.member(&ivo, "Mira Okafor").await;
    for n in 0..55 {
        let (name, email) = (format!("Member {n:02}"), format!("m{n}@northlight.test"));
        let portal = house.member(&ivo, &name).at(&email).appointed();
        portal.with(&[Permission::PortalUse]).await;
    }
    let first = people::members::list(&house.desk, &member, &MemberQuery::default())
        .await
        .unwrap();
    assert_eq!(first.users.len(), 50);
    let second = people::members::list(
        &house.desk,
        &member,
        &MemberQuery {
            after: first.next,
            ..MemberQuery::default()
        },
    )
    .await
    .unwrap();
    assert_eq!((second.users.len(), second.next.is_none()), (7, true));
    let mut names: Vec<_> = first
        .users
        .iter()
        .chain(&second.users)
        .map(|u| u.listed.sorts_as.clone())
        .collect();
    names.dedup();
    assert!(names.is_sorted() && names.len() == 57);
    // Who changes their name is found by the new one, and no longer by the old one.
    account::accounts::change_profile(&house.desk, &mira, &crate::harness::profile("Zelda Fitch"))
        .await
        .unwrap();
    for (search, n) in [
        ("okafor", 0),
        ("FITCH", 1),
        ("zel fit", 1),
        ("mira@north", 1),
        ("zelda member", 0),
    ] {
        let found = people::members::list(
            &house.desk,
            &member,
            &MemberQuery {
                search: search.into(),
                ..MemberQuery::default()
            },
        )
        .await
        .unwrap();
        assert_eq!(found.users.len(), n, "{search}");
    }
    assert_eq!(first.waiting, 1, "whoever has rights waits for none");
    let waiting = people::members::list(
        &house.desk,
        &member,
        &MemberQuery {
            waiting: true,
            ..MemberQuery::default()
        },
    )
    .await
    .unwrap();
    assert_eq!(
        waiting
            .users
            .iter()
            .map(|u| u.listed.account.clone())
            .collect::<Vec<_>>(),
        [mira.id().clone()]
    );
    let administrator = first.roles.iter().find(|r| r.built_in).unwrap().id.clone();
    let found = people::members::list(
        &house.desk,
        &member,
        &MemberQuery {
            role: Some(administrator),
            ..MemberQuery::default()
        },
    )
    .await
    .unwrap();
    assert_eq!(
        found
            .users
            .iter()
            .map(|u| u.listed.account.clone())
            .collect::<Vec<_>>(),
        [ivo.id().clone()]
    );
    house.deliver().await;
}

both!(nobody_manages_themselves);
async fn nobody_manages_themselves(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let (mira, ben) = (
        house.member(&ivo, "Mira Okafor").await,
        house.member(&ivo, "Ben Okafor").await,
    );
    set_work(
        house,
        &ivo,
        &member,
        mira.id(),
        "Ben Okafor <BEN@northlight.test>",
    )
    .await
    .unwrap();
    set_work(house, &ivo, &member, ben.id(), "admin@northlight.test")
        .await
        .unwrap();
    let details = people::members::find(&house.desk, &ivo, &member, mira.id())
        .await
        .unwrap();
    assert_eq!(details.user.listed.manager.as_deref(), Some("Ben Okafor"));
    assert_eq!(
        (
            details.user.listed.employment.job_title.as_str(),
            details.ties.reports
        ),
        ("Lead", 0)
    );
    for (who, manager, why) in [
        (mira.id(), "mira", Why::OwnManager),
        (ben.id(), "Mira Okafor", Why::ManagerCircle),
        (ivo.id(), "mira@northlight.test", Why::ManagerCircle),
        (mira.id(), "okafor", Why::SeveralPeople),
        (mira.id(), "nobody", Why::UnknownPerson),
        (mira.id(), "nobody@northlight.test", Why::UnknownPerson),
    ] {
        assert_eq!(
            set_work(house, &ivo, &member, who, manager).await,
            Err(Error::field("manager", why)),
            "{manager}"
        );
    }
    // Two at once would make a circle: one of them is refused.
    set_work(house, &ivo, &member, mira.id(), "").await.unwrap();
    set_work(house, &ivo, &member, ben.id(), "").await.unwrap();
    let (one, other) = tokio::join!(
        set_work(house, &ivo, &member, mira.id(), "ben"),
        set_work(house, &ivo, &member, ben.id(), "mira")
    );
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    let stranger = house.organisation("southmoor").await;
    assert_eq!(
        set_work(house, &ivo, &member, stranger.id(), "").await,
        Err(Error::NotFound)
    );
    house.deliver().await;
}

both!(the_last_choice_is_remembered);
/// Of several organisations the one chosen last comes first.
async fn the_last_choice_is_remembered(house: &House) {
    let ivo = house.organisation("northlight").await;
    let mira = house.member(&ivo, "Mira Okafor").await;
    let olga = house.organisation("southmoor").await;
    assert!(!house.membership(&mira, "northlight").await.of_several);
    let mira = house.let_in(&olga, &mira).await;
    assert!(house.membership(&mira, "northlight").await.of_several);
    for slug in ["southmoor", "northlight", "southmoor"] {
        let slug = anteroom::domain::organisation::Slug::parse(slug).unwrap();
        people::departure::choose_customer(&house.desk, &mira, &slug)
            .await
            .unwrap();
        assert_eq!(
            account::memberships::memberships(&house.desk, &mira)
                .await
                .unwrap()[0]
                .slug,
            slug
        );
    }
    let nowhere = anteroom::domain::organisation::Slug::parse("nowhere").unwrap();
    assert_eq!(
        people::departure::choose_customer(&house.desk, &mira, &nowhere).await,
        Err(Error::NotFound)
    );
    house.deliver().await;
}

both!(a_link_that_ran_out_asks_for_a_new_one);
/// A link that ran out: asking for a new one lands in the queue, once, without an account;
/// approving sends it.
async fn a_link_that_ran_out_asks_for_a_new_one(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let token = house.invitation(&ivo, "mira@northlight.test").await;
    assert_eq!(
        people::acceptance::ask_new_link(&house.desk, &house.caller(), &token).await,
        Err(Error::Refused(Why::LinkStillWorks))
    );
    let later = house.caller_at(house.now + invitation::LIFE);
    let request = people::acceptance::ask_new_link(&house.desk, &later, &token)
        .await
        .unwrap();
    assert_eq!(
        people::acceptance::ask_new_link(&house.desk, &later, &token).await,
        Ok(request.clone()),
        "twice is the same request"
    );
    let then = Actor {
        caller: later.clone(),
        ..ivo.clone()
    };
    let row = queue::list::request_details(&house.desk, &then, &member, &request)
        .await
        .unwrap()
        .row;
    assert!(row.request.account.is_none() && matches!(row.request.origin, Origin::Invitation(_)));
    house.decide(&then, &request, Verdict::Approve).await;
    assert_eq!(
        people::acceptance::ask_new_link(&house.desk, &later, &token).await,
        Err(Error::Refused(Why::LinkDead)),
        "it was replaced"
    );
    assert_eq!(
        people::acceptance::ask_new_link(&house.desk, &later, "nonsense").await,
        Err(Error::Refused(Why::LinkDead))
    );
    // Who was rejected waits a day, as everybody does.
    let token = house.invitation(&ivo, "rolf@northlight.test").await;
    let request = people::acceptance::ask_new_link(&house.desk, &later, &token)
        .await
        .unwrap();
    house.decide(&then, &request, Verdict::Reject).await;
    let at = later.now + request::PAUSE;
    assert_eq!(
        people::acceptance::ask_new_link(&house.desk, &later, &token).await,
        Err(Error::AskAgainLater { at })
    );
    assert!(
        people::acceptance::ask_new_link(&house.desk, &house.caller_at(at), &token)
            .await
            .is_ok()
    );
    // The page says so and has the button.
    let token = house.invitation(&ivo, "zoe@northlight.test").await;
    house.execute("update invitations set expires_at = 1").await;
    let page = house.get(&format!("/invitations/{token}"), "").await;
    assert!(
        page.status == 409 && page.body.contains("Ask for a new link"),
        "{}",
        page.body
    );
    let asked = house
        .post("/actions/ask_new_link", "", &format!("token={token}"))
        .await;
    assert!(
        asked.status == 200 && asked.body.contains("/requests/"),
        "{}",
        asked.body
    );
    house.expects_owed_letters();
}
