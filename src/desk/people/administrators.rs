//! Every organisation keeps an administrator.
use crate::domain::member::Membership;
use crate::domain::{Error, Result, Why};
use crate::store::{self, Tx};

/// Refuses what would leave the organisation without an administrator.
pub(crate) async fn keep_an_administrator(tx: &mut Tx, member: &Membership) -> Result<()> {
    let role = store::people::roles::find_administrator(tx, &member.organisation).await?;
    let left = store::people::roles::count_holders(tx, &member.organisation, &role.id).await?;
    if left == 0 {
        Err(Error::Refused(Why::LastAdministrator))
    } else {
        Ok(())
    }
}
