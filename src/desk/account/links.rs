//! Letters with a link that anybody may ask for. What they may use up is parted by purpose and by
//! asker, so that no stranger keeps the one whom they are for from a link that works.
use crate::desk::account::{self, limits};
use crate::desk::{Caller, Desk, letters};
use crate::domain::account::Email;
use crate::domain::notice::{Letter, Notice};
use crate::domain::{Error, Result, Time};
use crate::store::Tx;

/// What such a letter is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkPurpose {
    Reset,
    SignUp,
    Email,
}

impl LinkPurpose {
    /// Its word in the names of counters.
    fn word(self) -> &'static str {
        match self {
            LinkPurpose::Reset => "reset",
            LinkPurpose::SignUp => "signup",
            LinkPurpose::Email => "email",
        }
    }
}

/// Owes a letter whose link the worker makes, so that whoever asks learns nothing about the
/// address from the answer or its time.
pub(crate) async fn owe_link(
    desk: &Desk,
    caller: &Caller,
    email: Email,
    purpose: LinkPurpose,
    letter: Letter,
) -> Result<()> {
    let here = format!("{}|{}", purpose.word(), caller.place);
    account::limits::refuse_met(desk, &limits::letters_of_place(desk), &here, caller.now).await?;
    let mut tx = desk.db.begin().await?;
    let place =
        account::limits::try_once(desk, &mut tx, &limits::letters_of_place(desk), &here, caller.now).await?;
    if place.is_none()
        && pause(desk, &mut tx, &email, purpose, &caller.place, caller.now)
            .await?
            .is_none()
    {
        letters::owe(
            desk,
            &mut tx,
            &Notice::new(email, caller.language, letter),
            caller.now,
        )
        .await?;
    }
    tx.commit().await?;
    // Within the address's pause the answer stays the same: it tells nothing, and the letter
    // before it holds a link that works.
    place.map_or(Ok(()), Err)
}

/// Counts a letter to this address; the refusal, if it has to wait. `asker`: whose own part of what
/// may be asked for it takes.
pub(crate) async fn pause(
    desk: &Desk,
    tx: &mut Tx,
    email: &Email,
    purpose: LinkPurpose,
    asker: &str,
    now: Time,
) -> Result<Option<Error>> {
    let to = format!("{}|{}", purpose.word(), email.key());
    let theirs = format!("{to}|{asker}");
    let pair = account::limits::try_once(desk, tx, &limits::LETTERS_PAIR, &theirs, now).await?;
    if pair.is_some() {
        return Ok(pair);
    }
    let pause = account::limits::try_once(desk, tx, &limits::LETTERS_PAUSE, &to, now).await?;
    let day = account::limits::try_once(desk, tx, &limits::LETTERS, &to, now).await?;
    Ok(day.and(pause))
}
