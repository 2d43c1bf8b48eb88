//! Inviting many at once, by hand and by file.
use crate::harness::{House, ORIGIN, at};
use crate::people::members::{rows, some};
use anteroom::desk::joining::invitations::Sent;
use anteroom::desk::people::people_file::Invitee;
use anteroom::desk::{joining, organisation, people};
use anteroom::domain::role::{Permission, Permissions};
use anteroom::domain::time::Span;
use anteroom::domain::{Error, Why};
use axum::body::Body;
use http::{Request, header};

both!(fifty_invitations_a_day_also_in_parallel);
/// Ten at once at the limit leave exactly fifty; the next day there are fifty more.
async fn fifty_invitations_a_day_also_in_parallel(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
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
    let id = house.open_invitation(&ivo).await;
    assert!(matches!(
        people::invitations::resend(&house.desk, &ivo, &member, &id).await,
        Err(Error::DayIsFull { .. })
    ));
    let tomorrow = at(&ivo, house.now + Span::days(1));
    house.invite(&tomorrow, "p99@northlight.test").await;
    house.expects_owed_letters();
}

both!(bulk_names_what_it_refuses);
/// Bad rows and rows past the limit are named by their line, and stop no good one.
async fn bulk_names_what_it_refuses(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let mira = house.member(&ivo, "Mira Okafor").await;
    let ben = house.person("ben@northlight.test", "Ben").await;
    house.asks(&ben, "northlight").await;
    let readers = house.role(&ivo, "Readers", &[Permission::PortalUse]).await;
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
            (10, Err(Error::field("name", Why::HasUnseenCharacters))),
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
        house.membership(&mira, "northlight").await.permissions,
        Permissions::NONE
    );
    house.deliver().await;
}

both!(five_thousand_rows_of_which_thirty_are_bad);
/// A file of 5,000 rows as a spreadsheet saves it, posted as a browser does: good rows are invited,
/// 30 bad ones named by their lines.
async fn five_thousand_rows_of_which_thirty_are_bad(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    organisation::organisations::change_invitation_rules(&house.desk, &ivo, &member, "24", "5000", "UTC")
        .await
        .unwrap();
    house.role(&ivo, "Readers", &[]).await;
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
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.body);
    assert!(answer.location().starts_with("/northlight/users?shown="));
    let page = house.get(answer.location(), &cookie).await.body;
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
