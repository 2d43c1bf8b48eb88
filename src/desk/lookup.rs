//! The member whom somebody typed, by name or address.
use crate::domain::account::Email;
use crate::domain::ids::{AccountId, OrganisationId};
use crate::domain::{Error, Result, Why, text};
use crate::store::people::member_list::MemberQuery;
use crate::store::{self, Tx};

/// The member whom somebody typed into `field`: by address, as mail programs write it, or by a
/// name that only one member has.
pub(crate) async fn typed_member(
    tx: &mut Tx,
    org: &OrganisationId,
    field: &str,
    typed: &str,
) -> Result<AccountId> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(Error::field(field, Why::Missing));
    }
    let people = text::people(typed);
    if let [one] = people.as_slice()
        && let Ok(email) = Email::typed(&one.email)
    {
        return store::people::member_list::find_by_email(tx, org, &email)
            .await?
            .ok_or(Error::field(field, Why::UnknownPerson));
    }
    let look = MemberQuery {
        search: typed.to_owned(),
        ..MemberQuery::default()
    };
    let found = store::people::member_list::list(tx, org, &look, 2).await?;
    match found.as_slice() {
        [] => Err(Error::field(field, Why::UnknownPerson)),
        [only] => Ok(only.account.clone()),
        _ => Err(Error::field(field, Why::SeveralPeople)),
    }
}
