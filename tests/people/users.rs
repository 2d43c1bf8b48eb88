//! Users: roles are given only by those who hold them, the last administrator stays, invitations go
//! again with a new link.
use crate::harness::{House, at};
use anteroom::desk::people;
use anteroom::domain::role::Permission;
use anteroom::domain::{Error, Why};
use anteroom::store::people::member_list::MemberQuery;

both!(members_and_invited_are_listed);
async fn members_and_invited_are_listed(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    house.member(&ivo, "Mira").await;
    house.invite(&ivo, "ben_2@northlight.test").await;
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
        ("ben_2@", 0, 1),
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
    let (ivo, member) = house.founder("northlight").await;
    let mira = house.member(&ivo, "Mira").await;
    let managers = house.role(&ivo, "Managers", &[Permission::MembersManage]).await;
    house.give(&ivo, &mira, std::slice::from_ref(&managers)).await;
    let hers = house.membership(&mira, "northlight").await;
    assert!(hers.may(Permission::MembersManage));
    let administrator = house.administrators(&ivo).await;
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
        house.membership(&mira, "northlight").await.permissions,
        hers.permissions,
        "nothing was half done"
    );
    // A role, or a member, of another organisation is not found.
    let olga = house.organisation("southmoor").await;
    let foreign = house.role(&olga, "Theirs", &[]).await;
    assert_eq!(
        people::members::set_roles(&house.desk, &ivo, &member, mira.id(), &[foreign]).await,
        Err(Error::NotFound)
    );
    let stranger = house.person("ben@northlight.test", "Ben").await;
    assert_eq!(
        people::members::set_roles(&house.desk, &ivo, &member, stranger.id(), &[managers]).await,
        Err(Error::NotFound)
    );
    house.give(&ivo, &mira, &[]).await;
    assert!(house.membership(&mira, "northlight").await.is_restricted());
    house.deliver().await;
}

both!(the_last_administrator_stays);
/// The last administrator stays one, also when two take the role from each other at the same
/// moment.
async fn the_last_administrator_stays(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    assert_eq!(
        people::members::set_roles(&house.desk, &ivo, &member, ivo.id(), &[]).await,
        Err(Error::Refused(Why::LastAdministrator))
    );
    let mira = house.member(&ivo, "Mira").await;
    let administrator = house.administrators(&ivo).await;
    for _ in 0..4 {
        house
            .give(&ivo, &mira, std::slice::from_ref(&administrator))
            .await;
        let hers = house.membership(&mira, "northlight").await;
        let (a, b) = (house.desk.clone(), house.desk.clone());
        let (one, other) = tokio::join!(
            people::members::set_roles(&a, &ivo, &member, mira.id(), &[]),
            people::members::set_roles(&b, &mira, &hers, ivo.id(), &[])
        );
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
        assert_eq!(house.count("select count(*) from member_roles").await, 1);
        if one.is_err() {
            // Whoever is left gives it back for the next round.
            house
                .give(&mira, &ivo, std::slice::from_ref(&administrator))
                .await;
        }
    }
    house.deliver().await;
}

both!(row_08_resending_kills_the_link_before);
/// Row 8: resending makes a new link with a full new life; the link before is dead.
async fn row_08_resending_kills_the_link_before(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let old = house.invitation(&ivo, "mira@northlight.test").await;
    let id = house.open_invitation(&ivo).await;
    let later = at(&ivo, house.now + anteroom::domain::invitation::LIFE);
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
    let foreign = house.membership(&olga, "southmoor").await;
    assert_eq!(
        people::invitations::resend(&house.desk, &olga, &foreign, &id).await,
        Err(Error::NotFound)
    );
    // The new letter is owed at an instant that has not come.
    house.expects_owed_letters();
}
