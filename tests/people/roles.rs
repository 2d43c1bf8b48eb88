//! Roles: nobody gives what they do not hold, neither by an invitation nor by an edit; what becomes
//! of invitations that carry a role.
use crate::harness::{House, PASSWORD};
use anteroom::desk::people::people_file::Invitee;
use anteroom::desk::people::roles::OnInvitations;
use anteroom::desk::{Actor, joining, people};
use anteroom::domain::ids::RoleId;
use anteroom::domain::member::Membership;
use anteroom::domain::role::{Permission, Permissions};
use anteroom::domain::{Error, Why};
use anteroom::store;

fn of(permissions: &[Permission]) -> Permissions {
    permissions.iter().copied().collect()
}

async fn invite_with(
    house: &House,
    who: &Actor,
    member: &Membership,
    email: &str,
    roles: &[RoleId],
) -> Result<(), Error> {
    let row = Invitee {
        line: 1,
        email: email.into(),
        ..Invitee::default()
    };
    joining::invitations::invite_all(&house.desk, who, member, &[row], roles)
        .await?
        .remove(0)
        .result
        .map(|_| ())
}

async fn accept(house: &House, email: &str, name: &str) -> Actor {
    let token = house.token_mailed(email, "invitations").await;
    let (begun, _) = people::acceptance::accept_as_new(&house.desk, &house.caller(), &token, name, PASSWORD)
        .await
        .unwrap();
    house.actor(&begun.token).await
}

both!(row_17_the_inviter_was_demoted_before_acceptance);
/// Row 17: an invitation gives its roles at acceptance; what the inviter may no longer give is
/// withheld, and administrators hear of it.
async fn row_17_the_inviter_was_demoted_before_acceptance(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let mira = house.member(&ivo, "Mira Okafor").await;
    let readers = house.role(&ivo, "Readers", &[Permission::PortalUse]).await;
    let hosts = house
        .role(
            &ivo,
            "Hosts",
            &[Permission::InvitationsSend, Permission::PortalUse],
        )
        .await;
    let queue = house.role(&ivo, "Queue", &[Permission::RequestsView]).await;
    house.give(&ivo, &mira, &[hosts.clone(), queue.clone()]).await;
    let hers = house.membership(&mira, "northlight").await;
    invite_with(
        house,
        &mira,
        &hers,
        "ben@northlight.test",
        &[readers.clone(), queue.clone()],
    )
    .await
    .unwrap();
    let administrator = house.administrators(&ivo).await;
    let refused = invite_with(house, &mira, &hers, "zoe@northlight.test", &[administrator]).await;
    assert_eq!(refused, Err(Error::Refused(Why::MoreThanYouHold)));
    let token = house.token_mailed("ben@northlight.test", "invitations").await;
    house.give(&ivo, &mira, &[hosts]).await;
    let (begun, _) = people::acceptance::accept_as_new(&house.desk, &house.caller(), &token, "Ben", PASSWORD)
        .await
        .unwrap();
    let ben = house.actor(&begun.token).await;
    assert_eq!(
        house.membership(&ben, "northlight").await.permissions,
        of(&[Permission::PortalUse]),
        "the queue is withheld"
    );
    house.deliver().await;
    let told = house.letters_to("admin@northlight.test").await;
    assert!(told.iter().any(|m| m.subject.contains("without some roles")
        && m.text.contains("Queue")
        && !m.text.contains("Readers")));
    // The inviter is gone altogether: nothing is given, and nothing is taken from whoever has it.
    invite_with(
        house,
        &mira,
        &house.membership(&mira, "northlight").await,
        "zoe@northlight.test",
        std::slice::from_ref(&readers),
    )
    .await
    .unwrap();
    people::members::remove(&house.desk, &ivo, &member, mira.id())
        .await
        .unwrap();
    let zoe = accept(house, "zoe@northlight.test", "Zoe").await;
    assert!(house.membership(&zoe, "northlight").await.is_restricted());
    assert_eq!(
        house.membership(&ben, "northlight").await.permissions,
        of(&[Permission::PortalUse])
    );
    house.deliver().await;
}

both!(row_17_roles_are_edited_within_what_one_holds);
/// Row 17, by editing: nobody makes, widens or narrows a role beyond what they hold; the built-in
/// one stays as it is.
async fn row_17_roles_are_edited_within_what_one_holds(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let mira = house.member(&ivo, "Mira Okafor").await;
    let wide = house
        .role(&ivo, "Wide", &[Permission::SettingsManage, Permission::PortalUse])
        .await;
    let keepers = house
        .role(
            &ivo,
            "Keepers",
            &[Permission::RolesManage, Permission::MembersManage],
        )
        .await;
    house.give(&ivo, &mira, std::slice::from_ref(&keepers)).await;
    let hers = house.membership(&mira, "northlight").await;
    let more = Err(Error::Refused(Why::MoreThanYouHold));
    assert_eq!(
        people::roles::create(&house.desk, &mira, &hers, "Mine", Permissions::all())
            .await
            .map(|_| ()),
        more
    );
    assert_eq!(
        people::roles::change(
            &house.desk,
            &mira,
            &hers,
            &keepers,
            "Keepers",
            Permissions::all(),
            None
        )
        .await,
        more
    );
    assert_eq!(
        people::roles::change(
            &house.desk,
            &mira,
            &hers,
            &wide,
            "Wide",
            of(&[Permission::PortalUse]),
            None
        )
        .await,
        more
    );
    assert_eq!(
        people::roles::delete(&house.desk, &mira, &hers, &wide, None).await,
        more
    );
    assert_eq!(
        people::members::set_roles(&house.desk, &mira, &hers, ivo.id(), &[]).await,
        more,
        "nor take what one could not give"
    );
    assert_eq!(
        people::members::remove(&house.desk, &mira, &hers, ivo.id()).await,
        more
    );
    people::roles::change(
        &house.desk,
        &mira,
        &hers,
        &wide,
        "Wider",
        of(&[Permission::SettingsManage, Permission::PortalUse]),
        None,
    )
    .await
    .unwrap();
    let administrator = people::roles::list(&house.desk, &member).await.unwrap()[0]
        .role
        .id
        .clone();
    let built_in = Err(Error::Refused(Why::BuiltIn));
    assert_eq!(
        people::roles::change(
            &house.desk,
            &ivo,
            &member,
            &administrator,
            "Boss",
            Permissions::NONE,
            None
        )
        .await,
        built_in
    );
    assert_eq!(
        people::roles::delete(&house.desk, &ivo, &member, &administrator, None).await,
        built_in
    );
    for (name, why) in [
        ("", Why::Missing),
        ("ADMINISTRATOR", Why::NameTaken),
        ("Wider", Why::NameTaken),
        ("a\u{202e}b", Why::HasUnseenCharacters),
    ] {
        let refused = people::roles::create(&house.desk, &ivo, &member, name, Permissions::NONE)
            .await
            .map(|_| ());
        assert_eq!(refused, Err(Error::field("name", why)), "{name}");
    }
    house.deliver().await;
}

both!(open_invitations_are_asked_about);
/// Where open invitations carry a role, a change or deletion demands a choice, and does it.
async fn open_invitations_are_asked_about(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let readers = house.role(&ivo, "Readers", &[Permission::PortalUse]).await;
    let other = house.role(&ivo, "Other", &[Permission::InsightsView]).await;
    for email in ["ben@northlight.test", "zoe@northlight.test"] {
        invite_with(house, &ivo, &member, email, &[readers.clone(), other.clone()])
            .await
            .unwrap();
    }
    let used = people::roles::find(&house.desk, &member, &readers).await.unwrap();
    assert_eq!((used.holders, used.invitations.len()), (0, 2));
    let ask = Err(Error::field("invitations", Why::ChoiceNeeded));
    let wider = of(&[Permission::PortalUse, Permission::RequestsView]);
    assert_eq!(
        people::roles::change(&house.desk, &ivo, &member, &readers, "Readers", wider, None).await,
        ask
    );
    assert_eq!(
        people::roles::delete(&house.desk, &ivo, &member, &readers, Some(OnInvitations::Keep)).await,
        ask,
        "a role that is gone cannot be kept"
    );
    people::roles::change(
        &house.desk,
        &ivo,
        &member,
        &readers,
        "Readers",
        wider,
        Some(OnInvitations::Keep),
    )
    .await
    .unwrap();
    let ben = accept(house, "ben@northlight.test", "Ben").await;
    assert_eq!(
        house.membership(&ben, "northlight").await.permissions,
        wider.union(of(&[Permission::InsightsView]))
    );
    people::roles::delete(&house.desk, &ivo, &member, &readers, Some(OnInvitations::Drop))
        .await
        .unwrap();
    assert_eq!(
        house.membership(&ben, "northlight").await.permissions,
        of(&[Permission::InsightsView]),
        "members lose it"
    );
    assert_eq!(
        people::roles::find(&house.desk, &member, &other)
            .await
            .unwrap()
            .invitations
            .len(),
        1
    );
    let token = house.token_mailed("zoe@northlight.test", "invitations").await;
    people::roles::delete(&house.desk, &ivo, &member, &other, Some(OnInvitations::Delete))
        .await
        .unwrap();
    assert!(matches!(
        people::acceptance::look_at_invitation(&house.desk, &token)
            .await
            .unwrap()
            .open(house.now),
        Err(Error::Refused(Why::LinkDead))
    ));
    let waiting = people::members::list(&house.desk, &member, &Default::default())
        .await
        .unwrap()
        .waiting;
    assert_eq!(
        (
            house.membership(&ben, "northlight").await.is_restricted(),
            waiting
        ),
        (true, 1),
        "who lost the last role waits for rights"
    );
    house.deliver().await;
}

both!(the_administrator_is_all_permissions_also_later_ones);
/// An organisation that was founded before a permission came: its administrators have it all the
/// same, wherever permissions are read.
async fn the_administrator_is_all_permissions_also_later_ones(house: &House) {
    let ivo = house.organisation("northlight").await;
    let role = {
        let mut conn = house.desk.db.read().await.unwrap();
        let org = house.membership(&ivo, "northlight").await.organisation;
        house
            .execute("update roles set permissions = 'requests.view' where built_in = 1")
            .await;
        store::people::roles::find_administrator(&mut conn, &org)
            .await
            .unwrap()
    };
    let member = house.membership(&ivo, "northlight").await;
    assert_eq!(role.permissions, Permissions::all());
    assert_eq!(member.permissions, Permissions::all());
    let mut conn = house.desk.db.read().await.unwrap();
    for permission in Permission::ALL {
        let holders = store::people::members::list_holders(&mut conn, &member.organisation, permission).await;
        let holders: Vec<_> = holders.unwrap().into_iter().map(|h| h.account).collect();
        assert_eq!(holders, [ivo.id().clone()], "{}", permission.as_str());
    }
    let all = [ivo.id().clone()].into_iter().collect();
    let eligible = store::access::steps::list_eligible(&mut conn, &member.organisation, &all).await;
    assert_eq!(eligible.unwrap(), all);
    drop(conn);
    house.deliver().await;
}
