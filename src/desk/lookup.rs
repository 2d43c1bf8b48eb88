//! The member whom somebody typed, by name or address.
use crate::domain::account::Email;
use crate::domain::ids::{AccountId, OrganisationId};
use crate::domain::{Error, Result, Why};
use crate::store::people::member_list::MemberQuery;
use crate::store::{self, Tx};

/// The member whom somebody typed into `field`: by address, as `Name <address>`, or by a name that
/// only one member has.
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
    let address = typed
        .strip_suffix('>')
        .and_then(|t| t.rsplit_once('<'))
        .map_or(typed, |(_, address)| address);
    if let Ok(email) = Email::parse(address) {
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
