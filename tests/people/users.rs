//! Users: roles are given only by those who hold them, the last administrator stays, invitations go
//! again with a new link.
use crate::harness::{House, uuid};
use anteroom::desk::{Actor, joining, people};
use anteroom::domain::ids::RoleId;
use anteroom::domain::role::Permission;
use anteroom::domain::{Error, Why};
use anteroom::store::people::member_list::MemberQuery;

/// A further role of the organisation.
async fn role(house: &House, slug: &str, permissions: &[Permission]) -> RoleId {
    let id = uuid(house);
    let words = permissions
        .iter()
        .map(|p| p.as_str())
        .collect::<Vec<_>>()
        .join(" ");
    let sql = format!(
        "insert into roles (id, org_id, name, permissions) select '{id}', id, '{id}', '{words}' from \
         organisations where slug = '{slug}'"
    );
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .execute(&mut *house.raw().await)
        .await
        .unwrap();
    id.try_into().unwrap()
}

/// Somebody who joined by an invitation.
async fn joined(house: &House, ivo: &Actor, email: &str) -> Actor {
    let member = house.member(ivo, "northlight").await;
    joining::invitations::invite(&house.desk, ivo, &member, email)
        .await
        .unwrap();
    let token = house.token_mailed(email, "invitations").await;
    let (begun, _) = people::acceptance::accept_as_new(
        &house.desk,
        &house.caller(),
        &token,
        "Member",
        crate::harness::PASSWORD,
    )
    .await
    .unwrap();
    house.actor(&begun.token).await
}

both!(members_and_invited_are_listed);
async fn members_and_invited_are_listed(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    joined(house, &ivo, "mira@northlight.test").await;
    joining::invitations::invite(&house.desk, &ivo, &member, "ben_2@northlight.test")
        .await
        .unwrap();
    let all = people::members::list(&house.desk, &member, &Default::default())
        .await
        .unwrap();
    assert_eq!(
        (all.users.len(), all.invited.len(), all.next.is_none()),
        (2, 1, true)
    );
    for (search, users, invited) in [
        ("MIRA", 1, 0),
        ("ben", 0, 1),
        ("_2@", 0, 1),
        ("%", 0, 0),
        ("northlight.test", 2, 1),
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
        assert_eq!(
            (found.users.len(), found.invited.len()),
            (users, invited),
            "{search}"
        );
    }
    house.deliver().await;
}

both!(row_17_roles_are_given_by_those_who_hold_them);
/// Row 17: a role above one's own is not given; what is taken away counts at the next request.
async fn row_17_roles_are_given_by_those_who_hold_them(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    let mira = joined(house, &ivo, "mira@northlight.test").await;
    let managers = role(house, "northlight", &[Permission::MembersManage]).await;
    people::members::set_roles(
        &house.desk,
        &ivo,
        &member,
        mira.id(),
        std::slice::from_ref(&managers),
    )
    .await
    .unwrap();
    let hers = house.member(&mira, "northlight").await;
    assert!(hers.may(Permission::MembersManage));
    let administrator = people::members::list(&house.desk, &member, &Default::default())
        .await
        .unwrap()
        .roles
        .iter()
        .find(|r| r.built_in)
        .unwrap()
        .id
        .clone();
    let refused = people::members::set_roles(
        &house.desk,
        &mira,
        &hers,
        mira.id(),
        &[managers.clone(), administrator.clone()],
    )
    .await;
    assert_eq!(refused, Err(Error::Refused(Why::MoreThanYouHold)));
    assert_eq!(
        house.member(&mira, "northlight").await.permissions,
        hers.permissions,
        "nothing was half done"
    );
    // A role, or a member, of another organisation is not found.
    house.organisation("southmoor").await;
    let foreign = role(house, "southmoor", &[]).await;
    assert_eq!(
        people::members::set_roles(&house.desk, &ivo, &member, mira.id(), &[foreign]).await,
        Err(Error::NotFound)
    );
    let stranger = house.person("ben@northlight.test", "Ben").await;
    assert_eq!(
        people::members::set_roles(&house.desk, &ivo, &member, stranger.id(), &[managers]).await,
        Err(Error::NotFound)
    );
    people::members::set_roles(&house.desk, &ivo, &member, mira.id(), &[])
        .await
        .unwrap();
    assert!(house.member(&mira, "northlight").await.is_restricted());
    house.deliver().await;
}

both!(the_last_administrator_stays);
/// The last administrator stays one, also when two take the role from each other at the same
/// moment.
async fn the_last_administrator_stays(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    assert_eq!(
        people::members::set_roles(&house.desk, &ivo, &member, ivo.id(), &[]).await,
        Err(Error::Refused(Why::LastAdministrator))
    );
    let mira = joined(house, &ivo, "mira@northlight.test").await;
    let administrator = people::members::list(&house.desk, &member, &Default::default())
        .await
        .unwrap()
        .roles
        .iter()
        .find(|r| r.built_in)
        .unwrap()
        .id
        .clone();
    for _ in 0..4 {
        people::members::set_roles(
            &house.desk,
            &ivo,
            &member,
            mira.id(),
            std::slice::from_ref(&administrator),
        )
        .await
        .unwrap();
        let hers = house.member(&mira, "northlight").await;
        let (a, b) = (house.desk.clone(), house.desk.clone());
        let (one, other) = tokio::join!(
            people::members::set_roles(&a, &ivo, &member, mira.id(), &[]),
            people::members::set_roles(&b, &mira, &hers, ivo.id(), &[])
        );
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
        assert_eq!(house.count("select count(*) from member_roles").await, 1);
        if one.is_err() {
            // Whoever is left gives it back for the next round.
            people::members::set_roles(
                &house.desk,
                &mira,
                &house.member(&mira, "northlight").await,
                ivo.id(),
                std::slice::from_ref(&administrator),
            )
            .await
            .unwrap();
        }
    }
    house.deliver().await;
}

both!(row_08_resending_kills_the_link_before);
/// Row 8: resending makes a new link with a full new life; the link before is dead.
async fn row_08_resending_kills_the_link_before(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    joining::invitations::invite(&house.desk, &ivo, &member, "mira@northlight.test")
        .await
        .unwrap();
    let old = house.token_mailed("mira@northlight.test", "invitations").await;
    let id = people::members::list(&house.desk, &member, &Default::default())
        .await
        .unwrap()
        .invited[0]
        .id
        .clone();
    let later = Actor {
        caller: house.caller_at(house.now + anteroom::domain::invitation::LIFE),
        ..ivo.clone()
    };
    people::invitations::resend(&house.desk, &later, &member, &id)
        .await
        .unwrap();
    assert!(matches!(
        people::acceptance::look_at_invitation(&house.desk, &old).await,
        Err(Error::Refused(Why::LinkDead))
    ));
    let invited = people::members::list(&house.desk, &member, &Default::default())
        .await
        .unwrap()
        .invited;
    assert_eq!(
        invited[0].expires_at,
        later.now() + anteroom::domain::invitation::LIFE
    );
    house.organisation("southmoor").await;
    let olga = house.person("admin@southmoor.test", "Olga").await;
    let foreign = house.member(&olga, "southmoor").await;
    assert_eq!(
        people::invitations::resend(&house.desk, &olga, &foreign, &id).await,
        Err(Error::NotFound)
    );
    // The new letter is owed at an instant that has not come.
    house.expects_owed_letters();
}
