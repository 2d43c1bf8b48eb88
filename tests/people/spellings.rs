//! F7, H06, H08, H14: people are found by every spelling of their name, wherever they are looked for,
//! and stand in the order in which people look for them; also those whom an older version wrote down.
use crate::harness::House;
use anteroom::desk::people::people_file;
use anteroom::desk::{Actor, account, joining, organisation, people, queue};
use anteroom::domain::member::Membership;
use anteroom::domain::role::Permission;
use anteroom::domain::{Error, Why};
use anteroom::store::people::member_list::MemberQuery;
use anteroom::store::queue::query::QueueQuery;

/// A name, and what somebody types who looks for it.
const NAMES: [(&str, &[&str]); 6] = [
    (
        "José Pérez",
        &["jose\u{301}", "JOSÉ", "jose", "pe\u{301}rez", "ｊｏｓé"],
    ),
    ("김민수", &["\u{1100}\u{1175}\u{11b7}", "김민", "민수"]),
    (
        "Lena Holt",
        &["Holt, Lena", "holt lena", "(HOLT)", "Lena\u{a0}Holt"],
    ),
    ("Åsa O’Neil", &["åsa", "ÅSA", "A\u{30a}sa", "O'Neil", "asa o'n"]),
    ("山田太郎", &["太郎", "山田"]),
    (
        "Dr.Mira Okafor (EXT)",
        &["EXT", "mira", "dr. mira", "okafor (ext)"],
    ),
];

/// Who is listed by the names of a page of members, of invitations, and of the queue.
async fn found(house: &House, ivo: &Actor, member: &Membership, search: &str) -> [Vec<String>; 3] {
    let look = MemberQuery {
        search: search.into(),
        ..MemberQuery::default()
    };
    let page = people::members::list(&house.desk, member, &look).await.unwrap();
    let look = QueueQuery {
        search: search.into(),
        ..QueueQuery::default()
    };
    let queue = queue::list::page(&house.desk, ivo, member, &look, None)
        .await
        .unwrap();
    [
        page.users.into_iter().map(|u| u.listed.name).collect(),
        page.invited.into_iter().map(|i| i.name).collect(),
        queue.rows.into_iter().map(|r| r.request.name).collect(),
    ]
}

/// A member, somebody invited and somebody who asks, each of the name.
async fn three(house: &House, ivo: &Actor, member: &Membership, n: usize, name: &str) {
    let email = format!("m{n}@northlight.test");
    let who = house.member(ivo, name).at(&email).appointed();
    who.with(&[Permission::PortalUse]).await;
    let line = format!("i{n}@northlight.test\t{name}");
    let rows = people_file::read(&line).unwrap();
    joining::invitations::invite_all(&house.desk, ivo, member, &rows, &[])
        .await
        .unwrap();
    let stranger = house.person(&format!("r{n}@northlight.test"), name).await;
    house.asks(&stranger, "northlight").await;
}

async fn all_are_found(house: &House, ivo: &Actor, member: &Membership) {
    for (name, searches) in NAMES {
        for search in searches {
            let found = found(house, ivo, member, search).await;
            for list in &found {
                assert_eq!(list, &[name], "{search}: {found:?}");
            }
        }
    }
}

both!(f7_h06_h14_every_spelling_is_found);
async fn f7_h06_h14_every_spelling_is_found(house: &House) {
    house.expects_owed_letters();
    let (ivo, member) = house.founder("northlight").await;
    for (n, (name, _)) in NAMES.into_iter().enumerate() {
        three(house, &ivo, &member, n, name).await;
    }
    all_are_found(house, &ivo, &member).await;
    // What an older version wrote: its keys are made anew, and nothing is left to be made.
    for table in ["requests", "contacts", "invitations", "resources", "members"] {
        let sort = if table == "invitations" {
            ""
        } else {
            ", sorts_as = ''"
        };
        let found_by = if table == "members" { "" } else { ", found_by = ''" };
        house
            .execute(&format!("update {table} set edition = 0{sort}{found_by}"))
            .await;
    }
    for terms in ["request_terms", "member_terms"] {
        house.execute(&format!("delete from {terms}")).await;
    }
    let renewed = organisation::keys::renew(&house.desk).await.unwrap();
    assert!(renewed >= 3 * NAMES.len(), "{renewed}");
    assert_eq!(organisation::keys::renew(&house.desk).await, Ok(0));
    all_are_found(house, &ivo, &member).await;
}

both!(h06_lists_stand_in_the_order_people_expect);
async fn h06_lists_stand_in_the_order_people_expect(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let order = ["adam 2", "Adam 10", "Émile", "Emilia", "Öner", "Zoe", "Ägir"];
    for (n, name) in order.into_iter().enumerate() {
        let email = format!("m{n}@northlight.test");
        let who = house.member(&ivo, name).at(&email).appointed();
        who.with(&[Permission::PortalUse]).await;
    }
    let all = MemberQuery::default();
    let page = people::members::list(&house.desk, &member, &all).await.unwrap();
    let names: Vec<String> = page.users.into_iter().map(|u| u.listed.name).collect();
    let expected = [
        "adam 2",
        "Adam 10",
        "Ägir",
        "Émile",
        "Emilia",
        "Ivo Brandt",
        "Öner",
        "Zoe",
    ];
    assert_eq!(names, expected);
    house.deliver().await;
}

both!(h08_one_domain_in_all_its_spellings);
/// `müller.example` is one domain, and one account, whichever way it is typed.
async fn h08_one_domain_in_all_its_spellings(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    house
        .member(&ivo, "Mira Okafor")
        .at("info@xn--mller-kva.example")
        .with(&[Permission::PortalUse])
        .await;
    let again = joining::invitations::invite(&house.desk, &ivo, &member, "Info@Müller.example").await;
    assert_eq!(again, Err(Error::field("email", Why::IsMember)));
    for spelling in [
        "info@müller.example",
        "INFO@MÜLLER.example",
        "info@mu\u{308}ller.example",
        "info@xn--mller-kva.example",
        "\u{200b}info@müller.example\u{feff}",
    ] {
        let begun =
            account::accounts::sign_in(&house.desk, &house.caller(), spelling, crate::harness::PASSWORD)
                .await;
        assert!(begun.is_ok(), "{spelling:?}");
        let found = found(
            house,
            &ivo,
            &member,
            spelling.trim_matches(['\u{200b}', '\u{feff}']),
        )
        .await;
        assert_eq!(found[0], ["Mira Okafor"], "{spelling:?}");
    }
    let page = house.get("/northlight/users", &house.cookie(&ivo).await).await;
    assert!(page.body.contains("info@müller.example"), "Unicode on the screen");
    assert!(!page.body.contains("xn--mller-kva"), "nowhere as it is kept");
    house.deliver().await;
}

both!(f7_what_mail_programs_copy_is_invited);
async fn f7_what_mail_programs_copy_is_invited(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let pasted = "Mira Okafor <mira@x.test>; \"Berg, Tom\" <tom@x.test>\nlena@x.test, ada@x.test,kim@x.test\n\
        • Zoe Fitch (zoe@x.test)\n";
    let rows = people_file::read(pasted).unwrap();
    let done = joining::invitations::invite_all(&house.desk, &ivo, &member, &rows, &[])
        .await
        .unwrap();
    assert!(done.iter().all(|one| one.result.is_ok()), "{done:?}");
    let page = people::members::list(&house.desk, &member, &MemberQuery::default())
        .await
        .unwrap();
    let mut invited: Vec<(String, String)> = page
        .invited
        .into_iter()
        .map(|i| (i.email.to_string(), i.name))
        .collect();
    invited.sort();
    let expected = [
        ("ada@x.test", ""),
        ("kim@x.test", ""),
        ("lena@x.test", ""),
        ("mira@x.test", "Mira Okafor"),
        ("tom@x.test", "Berg, Tom"),
        ("zoe@x.test", "Zoe Fitch"),
    ];
    let expected = expected.map(|(email, name)| (email.to_owned(), name.to_owned()));
    assert_eq!(invited, expected);
    house.deliver().await;
}

both!(h07_what_is_not_seen_is_told);
async fn h07_what_is_not_seen_is_told(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    house.invite(&ivo, "\u{200b}mira@x.test\u{feff}").await;
    let inside = joining::invitations::invite(&house.desk, &ivo, &member, "to\u{200b}m@x.test").await;
    assert_eq!(inside, Err(Error::field("email", Why::HasUnseenCharacters)));
    house.deliver().await;
}

both!(f7_typed_people_are_found);
/// A manager, a group's member: typed as a mail program writes them, by each spelling.
async fn f7_typed_people_are_found(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let tom = house.portal_user(&ivo, "Tom Berg").await;
    let jose = house
        .member(&ivo, "José Pérez")
        .at("jose@northlight.test")
        .appointed();
    jose.with(&[Permission::PortalUse]).await;
    for typed in [
        "jose@northlight.test",
        "José Pérez <jose@northlight.test>",
        "JOSE\u{301}",
        "pérez, josé",
        "\u{feff}jose@northlight.test ",
    ] {
        super::members::set_work(house, &ivo, &member, tom.id(), typed)
            .await
            .unwrap();
        let shown = people::members::find(&house.desk, &ivo, &member, tom.id())
            .await
            .unwrap();
        assert_eq!(
            shown.user.listed.manager.as_deref(),
            Some("José Pérez"),
            "{typed:?}"
        );
        super::members::set_work(house, &ivo, &member, tom.id(), "")
            .await
            .unwrap();
    }
    house.deliver().await;
}
