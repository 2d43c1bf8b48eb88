//! People: inviting many within the day's limits, finding and paging members, their work, removing
//! them, groups, asking for a new link.
use crate::harness::{House, ORIGIN};
use anteroom::desk::joining::invitations::Sent;
use anteroom::desk::people::members::Work;
use anteroom::desk::people::people_file::Invitee;
use anteroom::desk::{Actor, account, joining, organisation, people, queue};
use anteroom::domain::ids::AccountId;
use anteroom::domain::links::Origin;
use anteroom::domain::member::Membership;
use anteroom::domain::request::{self};
use anteroom::domain::role::{Permission, Permissions};
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why, invitation};
use anteroom::store::people::member_list::Look;
use axum::body::Body;
use http::{Request, header};

fn rows(addresses: impl IntoIterator<Item = String>) -> Vec<Invitee> {
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

fn some(from: usize, to: usize) -> Vec<Invitee> {
    rows((from..to).map(|n| format!("p{n}@northlight.test")))
}

/// Somebody who joined by an invitation.
pub async fn joined(house: &House, ivo: &Actor, name: &str) -> Actor {
    let member = house.member(ivo, "northlight").await;
    let email = format!(
        "{}@northlight.test",
        name.split(' ').next().unwrap().to_lowercase()
    );
    joining::invitations::invite(&house.desk, ivo, &member, &email)
        .await
        .unwrap();
    let token = house.token_mailed(&email, "invitations").await;
    let (begun, _) = people::acceptance::accept_as_new(
        &house.desk,
        &house.caller(),
        &token,
        name,
        crate::harness::PASSWORD,
    )
    .await
    .unwrap();
    house.actor(&begun.token).await
}

fn work(manager: &str) -> Work {
    Work {
        manager: manager.into(),
        job_title: "Lead".into(),
        department: "Lab".into(),
    }
}

async fn set_work(
    house: &House,
    ivo: &Actor,
    member: &Membership,
    who: &AccountId,
    manager: &str,
) -> Result<(), Error> {
    people::members::set_employment(&house.desk, ivo, member, who, &work(manager)).await
}

both!(fifty_invitations_a_day_also_in_parallel);
/// Ten at once at the limit leave exactly fifty; the next day there are fifty more.
async fn fifty_invitations_a_day_also_in_parallel(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    let outcomes = joining::invitations::invite_all(&house.desk, &ivo, &member, &some(0, 45), &[])
        .await
        .unwrap();
    assert!(outcomes.iter().all(|o| o.result == Ok(Sent::Invited)));
    assert_eq!(
        joining::invitations::left(&house.desk, &ivo, &member).await,
        Ok(5)
    );
    let calls = (45..55).map(|n| {
        let (desk, ivo, member) = (house.desk.clone(), ivo.clone(), member.clone());
        tokio::spawn(async move {
            joining::invitations::invite(&desk, &ivo, &member, &format!("p{n}@northlight.test")).await
        })
    });
    let mut refused = 0;
    for call in calls.collect::<Vec<_>>() {
        match call.await.unwrap() {
            Ok(()) => {}
            Err(Error::DayIsFull { most: 50, at }) if at > ivo.now() => refused += 1,
            Err(e) => panic!("{e:?}"),
        }
    }
    assert_eq!(
        (refused, house.count("select count(*) from invitations").await),
        (5, 50)
    );
    assert_eq!(
        joining::invitations::left(&house.desk, &ivo, &member).await,
        Ok(0)
    );
    // Sending again counts too; another administrator has fifty of their own; tomorrow there are
    // new ones.
    let id = people::members::list(&house.desk, &member, &Look::default())
        .await
        .unwrap()
        .invited[0]
        .id
        .clone();
    assert!(matches!(
        people::invitations::resend(&house.desk, &ivo, &member, &id).await,
        Err(Error::DayIsFull { .. })
    ));
    let tomorrow = Actor {
        caller: house.caller_at(house.now + Span::days(1)),
        ..ivo.clone()
    };
    joining::invitations::invite(&house.desk, &tomorrow, &member, "p99@northlight.test")
        .await
        .unwrap();
    house.expects_owed_letters();
}

both!(bulk_names_what_it_refuses);
/// Bad rows and rows past the limit are named by their line, and stop no good one.
async fn bulk_names_what_it_refuses(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    let mira = joined(house, &ivo, "Mira Okafor").await;
    let ben = house.person("ben@northlight.test", "Ben").await;
    house.asks(&ben, "northlight").await;
    let readers = people::roles::create(
        &house.desk,
        &ivo,
        &member,
        "Readers",
        [Permission::PortalUse].into_iter().collect(),
    )
    .await
    .unwrap();
    let mut given = rows(
        [
            "MIRA@northlight.test",
            "nobody",
            "ben@northlight.test",
            "new@northlight.test",
            "NEW@northlight.test",
        ]
        .map(str::to_owned),
    );
    given[3].roles = vec!["readers".into()];
    given.push(Invitee {
        line: 9,
        email: "x@northlight.test".into(),
        roles: vec!["Nonsense".into()],
        ..Invitee::default()
    });
    given.push(Invitee {
        line: 10,
        email: "y@northlight.test".into(),
        name: "a\u{202e}b".into(),
        ..Invitee::default()
    });
    let outcomes = joining::invitations::invite_all(&house.desk, &ivo, &member, &given, &[])
        .await
        .unwrap();
    let results: Vec<_> = outcomes.iter().map(|o| (o.line, o.result.clone())).collect();
    assert_eq!(
        results,
        [
            (1, Err(Error::field("email", Why::IsMember))),
            (2, Err(Error::field("email", Why::NotAnEmail))),
            (3, Ok(Sent::Approved)),
            (4, Ok(Sent::Invited)),
            (5, Err(Error::field("email", Why::AlreadyInvited))),
            (9, Err(Error::field("roles", Why::UnknownRole))),
            (10, Err(Error::field("name", Why::HasControlCharacters))),
        ]
    );
    assert_eq!(house.count("select count(*) from invitation_roles").await, 1);
    organisation::organisations::change_invitation_rules(
        &house.desk,
        &ivo,
        &member,
        "2",
        "4",
        "Europe/Zurich",
    )
    .await
    .unwrap();
    let outcomes = joining::invitations::invite_all(&house.desk, &ivo, &member, &some(0, 3), &[readers])
        .await
        .unwrap();
    let sent: Vec<bool> = outcomes.iter().map(|o| o.result.is_ok()).collect();
    assert!(
        sent == [true, false, false] || sent == [true, true, true],
        "{outcomes:?}: three were sent today, unless midnight just passed in Zurich"
    );
    let newest = people::invitations::list(&house.desk, &ivo, &member, &Default::default())
        .await
        .unwrap();
    let (last, carried) = newest
        .listed
        .iter()
        .find(|(l, _)| l.invitation.email.as_str() == "p0@northlight.test")
        .unwrap();
    assert_eq!(
        (last.invitation.expires_at, carried.len()),
        (ivo.now() + Span::hours(2), 1)
    );
    assert_eq!(
        house.member(&mira, "northlight").await.permissions,
        Permissions::NONE
    );
    house.deliver().await;
}

both!(inviting_respects_the_queue_and_mailboxes);
/// Whoever lacks the right to decide is sent to the queue; invitations to one address end at three
/// a day.
async fn inviting_respects_the_queue_and_mailboxes(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    for _ in 0..3 {
        joining::invitations::invite(&house.desk, &ivo, &member, "mira@northlight.test")
            .await
            .unwrap();
        let id = people::members::list(&house.desk, &member, &Look::default())
            .await
            .unwrap()
            .invited[0]
            .id
            .clone();
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
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    let mira = joined(house, &ivo, "Mira Okafor").await;
    for n in 0..55 {
        let person = house
            .person(&format!("m{n}@northlight.test"), &format!("Member {n:02}"))
            .await;
        let sql = format!(
            "insert into members (org_id, account_id, state, joined_at, sorts_as) select id, '{}', 'active', \
             1, 'member {n:02}' from organisations where slug = 'northlight'",
            person.id()
        );
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&mut *house.raw().await)
            .await
            .unwrap();
    }
    let first = people::members::list(&house.desk, &member, &Look::default())
        .await
        .unwrap();
    assert_eq!(first.users.len(), 50);
    let second = people::members::list(
        &house.desk,
        &member,
        &Look {
            after: first.next,
            ..Look::default()
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
            &Look {
                search: search.into(),
                ..Look::default()
            },
        )
        .await
        .unwrap();
        assert_eq!(found.users.len(), n, "{search}");
    }
    assert_eq!(
        first.waiting, 1,
        "those who were written past the desk are not marked"
    );
    let waiting = people::members::list(
        &house.desk,
        &member,
        &Look {
            waiting: true,
            ..Look::default()
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
        &Look {
            role: Some(administrator),
            ..Look::default()
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
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    let (mira, ben) = (
        joined(house, &ivo, "Mira Okafor").await,
        joined(house, &ivo, "Ben Okafor").await,
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

both!(removing_ends_everything_of_a_member);
/// Whoever is removed is out at once; what hung on them is gone; inviting them again works.
async fn removing_ends_everything_of_a_member(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    let (mira, ben) = (
        joined(house, &ivo, "Mira Okafor").await,
        joined(house, &ivo, "Ben Almeida").await,
    );
    let lab = people::groups::create(&house.desk, &ivo, &member, "Lab")
        .await
        .unwrap();
    people::groups::add(&house.desk, &ivo, &member, &lab, "mira@northlight.test")
        .await
        .unwrap();
    people::groups::add(&house.desk, &ivo, &member, &lab, "mira")
        .await
        .unwrap();
    assert_eq!(
        house.count("select count(*) from group_members").await,
        1,
        "twice is once"
    );
    set_work(house, &ivo, &member, ben.id(), "mira").await.unwrap();
    let ties = people::members::find(&house.desk, &ivo, &member, mira.id())
        .await
        .unwrap()
        .ties;
    assert_eq!((ties.groups, ties.reports), (1, 1));
    assert_eq!(
        people::members::remove(&house.desk, &ivo, &member, ivo.id()).await,
        Err(Error::Refused(Why::OwnMembership))
    );
    let cookie = house.cookie(&mira).await;
    assert_eq!(house.get("/northlight", &cookie).await.status, 200);
    people::members::remove(&house.desk, &ivo, &member, mira.id())
        .await
        .unwrap();
    assert_eq!(house.get("/northlight", &cookie).await.status, 404);
    assert_eq!(
        people::members::remove(&house.desk, &ivo, &member, mira.id()).await,
        Err(Error::NotFound),
        "once"
    );
    assert_eq!(
        people::members::find(&house.desk, &ivo, &member, ben.id())
            .await
            .unwrap()
            .user
            .listed
            .manager,
        None
    );
    assert!(
        people::groups::find(&house.desk, &member, &lab)
            .await
            .unwrap()
            .1
            .is_empty()
    );
    house.deliver().await;
    assert!(
        house
            .letters_to("mira@northlight.test")
            .await
            .iter()
            .any(|m| m.subject.contains("has ended"))
    );
    joining::invitations::invite(&house.desk, &ivo, &member, "mira@northlight.test")
        .await
        .unwrap();
    let token = house.token_mailed("mira@northlight.test", "invitations").await;
    people::acceptance::accept_as(&house.desk, &mira, &token)
        .await
        .unwrap();
    assert_eq!(
        people::members::list(
            &house.desk,
            &member,
            &Look {
                search: "mira".into(),
                ..Look::default()
            }
        )
        .await
        .unwrap()
        .users
        .len(),
        1
    );
    house.deliver().await;
}

both!(a_member_cancels_their_own_access);
/// Cancelling access: confirmed by the number, at once on every device, told to the administrators;
/// the last administrator stays.
async fn a_member_cancels_their_own_access(house: &House) {
    let ivo = house.organisation("northlight").await;
    house.organisation("southmoor").await;
    let mira = joined(house, &ivo, "Mira Okafor").await;
    let member = house.member(&mira, "northlight").await;
    assert_eq!(
        people::departure::cancel_access(&house.desk, &mira, &member, "40-1").await,
        Err(Error::field("customer_number", Why::NotTheNumber))
    );
    let his = house.member(&ivo, "northlight").await;
    assert_eq!(
        people::departure::cancel_access(&house.desk, &ivo, &his, &his.customer_number).await,
        Err(Error::Refused(Why::LastAdministrator))
    );
    assert!(
        people::departure::look_at_leaving(&house.desk, &ivo, &his.slug)
            .await
            .unwrap()
            .last_administrator
    );
    assert!(
        !people::departure::look_at_leaving(&house.desk, &mira, &member.slug)
            .await
            .unwrap()
            .last_administrator
    );
    let cookie = house.cookie(&mira).await;
    assert_eq!(house.get("/northlight", &cookie).await.status, 200);
    people::departure::cancel_access(
        &house.desk,
        &mira,
        &member,
        &format!(" {} ", member.customer_number),
    )
    .await
    .unwrap();
    assert_eq!(house.get("/northlight", &cookie).await.status, 404);
    assert_eq!(house.get("/goodbye", &cookie).await.status, 200);
    assert_eq!(house.get("/customers", &cookie).await.location(), "/goodbye");
    assert_eq!(
        people::departure::cancel_access(&house.desk, &mira, &member, &member.customer_number).await,
        Err(Error::Stale),
        "once"
    );
    house.deliver().await;
    assert!(
        house
            .letters_to("admin@northlight.test")
            .await
            .iter()
            .any(|m| m.subject.contains("has left"))
    );
}

both!(the_last_choice_is_remembered);
/// Of several organisations the one chosen last comes first.
async fn the_last_choice_is_remembered(house: &House) {
    let ivo = house.organisation("northlight").await;
    let mira = joined(house, &ivo, "Mira Okafor").await;
    let olga = house.organisation("southmoor").await;
    let theirs = house.member(&olga, "southmoor").await;
    assert!(!house.member(&mira, "northlight").await.of_several);
    joining::invitations::invite(&house.desk, &olga, &theirs, "mira@northlight.test")
        .await
        .unwrap();
    let token = house.token_mailed("mira@northlight.test", "invitations").await;
    people::acceptance::accept_as(&house.desk, &mira, &token)
        .await
        .unwrap();
    let mira = house.again(&mira).await;
    assert!(house.member(&mira, "northlight").await.of_several);
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

both!(groups_have_one_name_each);
async fn groups_have_one_name_each(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    let lab = people::groups::create(&house.desk, &ivo, &member, " Lab ")
        .await
        .unwrap();
    let taken = Err(Error::field("name", Why::NameTaken));
    assert_eq!(
        people::groups::create(&house.desk, &ivo, &member, "Lab")
            .await
            .map(|_| ()),
        taken
    );
    let desk = people::groups::create(&house.desk, &ivo, &member, "Desk")
        .await
        .unwrap();
    assert_eq!(
        people::groups::rename(&house.desk, &ivo, &member, &desk, "Lab").await,
        taken
    );
    people::groups::rename(&house.desk, &ivo, &member, &desk, "Front desk")
        .await
        .unwrap();
    assert_eq!(
        people::groups::add(&house.desk, &ivo, &member, &lab, " ").await,
        Err(Error::field("person", Why::Missing))
    );
    assert_eq!(
        people::groups::remove(&house.desk, &ivo, &member, &lab, ivo.id()).await,
        Err(Error::NotFound)
    );
    people::groups::delete(&house.desk, &ivo, &member, &lab)
        .await
        .unwrap();
    assert_eq!(
        people::groups::delete(&house.desk, &ivo, &member, &lab).await,
        Err(Error::NotFound)
    );
    let names: Vec<_> = people::groups::list(&house.desk, &member)
        .await
        .unwrap()
        .into_iter()
        .map(|(g, n)| (g.name, n))
        .collect();
    assert_eq!(names, [("Front desk".to_owned(), 0)]);
    house.deliver().await;
}

both!(five_thousand_rows_of_which_thirty_are_bad);
/// A file of 5,000 rows as a spreadsheet saves it, posted as a browser does: good rows are invited,
/// 30 bad ones named by their lines.
async fn five_thousand_rows_of_which_thirty_are_bad(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    organisation::organisations::change_invitation_rules(&house.desk, &ivo, &member, "24", "5000", "UTC")
        .await
        .unwrap();
    people::roles::create(&house.desk, &ivo, &member, "Readers", Permissions::NONE)
        .await
        .unwrap();
    let mut file = String::from("\u{feff}Name;E-Mail;Rollen\r\n");
    for n in 0..5000 {
        file += &match n % 500 {
            7 => format!("Broken {n};nobody-{n};Readers\r\n"),
            8 => format!("Unknown {n};p{n}@northlight.test;No such role\r\n"),
            9 => ";p1@northlight.test;\r\n".to_owned(),
            _ => format!("\"Person, {n}\";p{n}@northlight.test;Readers\r\n"),
        };
    }
    let cookie = house.cookie(&ivo).await;
    let body = format!(
        "--b\r\ncontent-disposition: form-data; \
         name=\"org\"\r\n\r\nnorthlight\r\n--b\r\ncontent-disposition: form-data; name=\"file\"; \
         filename=\"people.csv\"\r\ncontent-type: text/csv\r\n\r\n{file}\r\n--b--\r\n"
    );
    let request = Request::post("/actions/invite")
        .header(header::COOKIE, &cookie)
        .header(header::ORIGIN, ORIGIN)
        .header(header::ACCEPT, "text/html");
    let answer = house
        .send(
            request
                .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
                .body(Body::from(body))
                .unwrap(),
        )
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.location()),
        (303, "/northlight/users?shown=1"),
        "{}",
        answer.body
    );
    let browser = answer.cookie("anteroom-form").unwrap();
    let page = house
        .get("/northlight/users?shown=1", &format!("{cookie}; {browser}"))
        .await
        .body;
    assert_eq!(
        (
            page.matches("state yes\">Invited").count(),
            page.matches("state no").count()
        ),
        (4970, 30)
    );
    assert!(
        page.contains("nobody-7") && page.contains("<td class=\"id\">9<"),
        "named by line"
    );
    assert_eq!(house.count("select count(*) from invitations").await, 4970);
    assert_eq!(house.count("select count(*) from invitation_roles").await, 4970);
    assert_eq!(
        joining::invitations::left(&house.desk, &ivo, &member).await,
        Ok(30),
        "bad rows use up nothing"
    );
    house.expects_owed_letters();
}

both!(a_link_that_ran_out_asks_for_a_new_one);
/// A link that ran out: asking for a new one lands in the queue, once, without an account;
/// approving sends it.
async fn a_link_that_ran_out_asks_for_a_new_one(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    joining::invitations::invite(&house.desk, &ivo, &member, "mira@northlight.test")
        .await
        .unwrap();
    let token = house.token_mailed("mira@northlight.test", "invitations").await;
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
    queue::decisions::decide(&house.desk, &then, &member, &request, Verdict::Approve)
        .await
        .unwrap();
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
    joining::invitations::invite(&house.desk, &ivo, &member, "rolf@northlight.test")
        .await
        .unwrap();
    let token = house.token_mailed("rolf@northlight.test", "invitations").await;
    let request = people::acceptance::ask_new_link(&house.desk, &later, &token)
        .await
        .unwrap();
    queue::decisions::decide(&house.desk, &then, &member, &request, Verdict::Reject)
        .await
        .unwrap();
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
    joining::invitations::invite(&house.desk, &ivo, &member, "zoe@northlight.test")
        .await
        .unwrap();
    let token = house.token_mailed("zoe@northlight.test", "invitations").await;
    sqlx::query("update invitations set expires_at = 1")
        .execute(&mut *house.raw().await)
        .await
        .unwrap();
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
