//! What members are told about their roles.
use crate::desk::{Actor, Desk, letters};
use crate::domain::Result;
use crate::domain::Time;
use crate::domain::ids::{AccountId, OrganisationId};
use crate::domain::notice::{Letter, Notice};
use crate::domain::role::Role;
use crate::store::{self, Tx};

/// The names of a member's roles, parted by commas.
pub(crate) async fn named(tx: &mut Tx, org: &OrganisationId, account: &AccountId) -> Result<String> {
    let has = store::people::roles::list_of_member(tx, org, account).await?;
    let all = store::people::roles::list(tx, org).await?;
    let names = all.into_iter().filter(|r| has.contains(&r.id)).map(|r| r.name);
    Ok(names.collect::<Vec<_>>().join(", "))
}

/// Owes everybody who has a role that is about to end the letter that says so; but for whoever ends it.
pub(crate) async fn tell_of_end(
    desk: &Desk,
    tx: &mut Tx,
    actor: &Actor,
    org: &OrganisationId,
    role: &Role,
) -> Result<()> {
    let mut readers = store::people::members::list_role_readers(tx, org, &role.id).await?;
    readers.retain(|reader| reader.account != *actor.id());
    if readers.is_empty() {
        return Ok(());
    }
    let organisation = store::organisation::organisations::find(tx, org).await?;
    let letter = Letter::RolesChanged {
        organisation: organisation.name,
        slug: organisation.slug.to_string(),
        given: String::new(),
        taken: role.name.clone(),
    };
    letters::tell_readers(desk, tx, org, readers, None, &letter, actor.now()).await
}

/// Owes a member the letter about roles that somebody else gave them, or took.
pub(crate) async fn tell(
    desk: &Desk,
    tx: &mut Tx,
    org: &OrganisationId,
    account: &AccountId,
    [given, taken]: [&[String]; 2],
    now: Time,
) -> Result<()> {
    if given.is_empty() && taken.is_empty() {
        return Ok(());
    }
    let organisation = store::organisation::organisations::find(tx, org).await?;
    let member = store::account::accounts::find(tx, account).await?;
    let letter = Letter::RolesChanged {
        organisation: organisation.name,
        slug: organisation.slug.to_string(),
        given: given.join(", "),
        taken: taken.join(", "),
    };
    let notice = Notice {
        account: Some(member.id),
        organisation: Some(org.clone()),
        ..Notice::new(member.email, member.language, letter)
    };
    letters::owe(desk, tx, &notice, now).await
}
