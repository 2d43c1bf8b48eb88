//! Letters with a link that anybody may ask for.
use crate::desk::account::{self, limits};
use crate::desk::{Caller, Desk, letters};
use crate::domain::Result;
use crate::domain::account::Email;
use crate::domain::notice::{Letter, Notice};

/// Owes a letter whose link the worker makes, so that whoever asks learns nothing about the
/// address from the answer or its time.
pub(crate) async fn owe_link(desk: &Desk, caller: &Caller, email: Email, letter: Letter) -> Result<()> {
    let mut tx = desk.db.begin().await?;
    let place =
        account::limits::try_once(desk, &mut tx, &limits::LETTERS_PLACE, &caller.place, caller.now).await?;
    let mine = account::limits::try_once(desk, &mut tx, &limits::LETTERS, &email.key(), caller.now).await?;
    if place.is_none() && mine.is_none() {
        letters::owe(
            desk,
            &mut tx,
            &Notice::new(email, caller.language, letter),
            caller.now,
        )
        .await?;
    }
    tx.commit().await?;
    // Past the address's own limit the answer stays the same: it tells nothing, and no further
    // letter goes.
    place.map_or(Ok(()), Err)
}
