//! How members prove by a code who they are in chat, or are noted without a proof.
use crate::desk::account::reentry::{self, Reentry};
use crate::desk::account::{self, limits};
use crate::desk::chat::texts::answer;
use crate::desk::history::{About, By};
use crate::desk::letters::tell_account;
use crate::desk::requests::posts::Told;
use crate::desk::{Actor, Desk, chat, history, rights};
use crate::domain::changes::{self, Field};
use crate::domain::contact::{Contact, ContactStanding};
use crate::domain::event::What;
use crate::domain::ids::{AccountId, ContactId};
use crate::domain::member::Membership;
use crate::domain::notice::Letter;
use crate::domain::role::Permission;
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time, policy};
use crate::store::chat::connectors::Kept;
use crate::store::chat::contacts::Linked;
use crate::store::{self, Tx};

/// How long a code works.
pub const CODE_LIFE: Span = Span::minutes(10);

/// The letters of a code: none that is easily taken for another.
pub(crate) const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// What is stored of a code: a tag, as a code is short enough to be looked for without the key.
fn keyed(desk: &Desk, code: &str) -> String {
    desk.keys.tag("chat code", code)
}

/// A new code that links the account's chat identity; the former one works no longer. Needs a
/// recent proof.
#[tracing::instrument(name = "chat::identities::make_chat_code", skip_all)]
pub async fn make_chat_code<'a>(desk: &Desk, actor: &Actor, again: impl Into<Reentry<'a>>) -> Result<String> {
    reentry::prove(desk, actor, again.into()).await?;
    let bytes = desk.mint.bytes::<10>();
    let mut code: String = bytes
        .iter()
        .map(|b| char::from(LETTERS[usize::from(b % 32)]))
        .collect();
    code.insert(5, '-');
    let mut tx = rights::begin_own(desk, actor).await?;
    store::chat::contacts::keep_code(&mut tx, actor.id(), &keyed(desk, &code), actor.now() + CODE_LIFE)
        .await?;
    tx.commit().await?;
    Ok(code)
}

/// The account's own identities in chat.
#[tracing::instrument(name = "chat::identities::chat_identities", skip_all)]
pub async fn chat_identities(desk: &Desk, actor: &Actor) -> Result<Vec<Linked>> {
    store::chat::contacts::list_proven(&mut *desk.db.read().await?, actor.id()).await
}

/// Gives up one of them. Needs a recent proof.
#[tracing::instrument(name = "chat::identities::unlink_chat", skip_all)]
pub async fn unlink_chat<'a>(
    desk: &Desk,
    actor: &Actor,
    id: &ContactId,
    again: impl Into<Reentry<'a>>,
) -> Result<()> {
    reentry::prove(desk, actor, again.into()).await?;
    let own = chat_identities(desk, actor)
        .await?
        .into_iter()
        .find(|l| l.contact.id == *id)
        .ok_or(Error::NotFound)?;
    let mut tx = rights::begin_own(desk, actor).await?;
    let held = store::chat::contacts::lock(&mut tx, &own.contact.organisation, id).await?;
    if held.proven_by() != Some(actor.id()) {
        return Err(Error::NotFound);
    }
    link(desk, &mut tx, held, None, None, Some(actor), actor.now()).await?;
    let way = format!("{} · {}", own.connector, own.organisation);
    tell(desk, &mut tx, actor.id(), way, false, actor.now()).await?;
    tx.commit().await
}

/// A contact is the member's no longer, as a telephone number is that may be another person's by
/// now.
pub(crate) async fn forget_member(
    desk: &Desk,
    tx: &mut Tx,
    kept: &Kept,
    known: Contact,
    now: Time,
) -> Result<Contact> {
    if let Some(member) = known.proven_by().cloned() {
        let organisation = store::organisation::organisations::find(tx, &kept.organisation).await?;
        let way = format!("{} · {}", kept.connector.name, organisation.name);
        tell(desk, tx, &member, way, false, now).await?;
    }
    link(desk, tx, known, None, None, None, now).await
}

/// Tells somebody that an identity in chat acts for them from now on, or no longer. `way`: where.
async fn tell(
    desk: &Desk,
    tx: &mut Tx,
    account: &AccountId,
    way: String,
    added: bool,
    now: Time,
) -> Result<()> {
    let account = store::account::accounts::find(tx, account).await?;
    tell_account(desk, tx, &account, Letter::WayInChanged { way, added }, now).await
}

/// Notes whose channel a contact is, by name or address; None: nobody's. That alone gives no
/// right: only the member can prove it.
#[tracing::instrument(name = "chat::identities::note_member", skip_all)]
pub async fn note_member(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    id: &ContactId,
    typed: Option<&str>,
) -> Result<()> {
    let permitted = policy::permitted(member, Permission::ConnectorsManage)?;
    let org = permitted.organisation();
    let mut tx = rights::begin_for(desk, actor, member).await?;
    let account = match typed {
        None => None,
        Some(typed) => Some(crate::desk::lookup::typed_member(&mut tx, org, "person", typed).await?),
    };
    let held = store::chat::contacts::lock(&mut tx, org, id).await?;
    if held.member != account {
        link(desk, &mut tx, held, account, None, Some(actor), actor.now()).await?;
    }
    tx.commit().await
}

async fn link(
    desk: &Desk,
    tx: &mut Tx,
    before: Contact,
    member: Option<AccountId>,
    proven_at: Option<Time>,
    actor: Option<&Actor>,
    now: Time,
) -> Result<Contact> {
    let said = |c: &Contact| c.member.as_ref().map_or_else(String::new, ToString::to_string);
    let after = Contact {
        member,
        proven_at,
        ..before.clone()
    };
    store::chat::contacts::save(tx, &after).await?;
    let by = match actor {
        Some(actor) => actor.into(),
        None => By::clock(now).who(after.member.as_ref()),
    };
    history::record(
        desk,
        tx,
        by,
        What::ContactLinked,
        About::Thing(&after.organisation, after.id.as_str()),
        changes::turned(Field::Member, said(&before), said(&after)),
    )
    .await?;
    Ok(Contact {
        version: before.version + 1,
        ..after
    })
}

/// If a code is in the message, uses it up: the contact is the member's whose code it is. The
/// contact as it is then, if that was so, or if the message was meant to be a code, as far as
/// can be told, and did not work.
pub(crate) async fn try_code(
    desk: &Desk,
    tx: &mut Tx,
    kept: &Kept,
    contact: &Contact,
    said: &str,
    now: Time,
) -> Result<Option<Contact>> {
    let Some((code, is_all)) = code_in(said) else {
        return Ok(None);
    };
    // Guessing is hopeless, and is stopped all the same.
    let is_late = account::limits::try_once(desk, tx, &limits::CHAT_CODES, contact.id.as_str(), now)
        .await?
        .is_some();
    let account = store::chat::contacts::use_code(tx, &keyed(desk, &code), now).await?;
    let account = if is_late { None } else { account };
    let organisation = store::organisation::organisations::find(tx, &kept.organisation).await?;
    let belongs = match &account {
        Some(account) => store::people::members::find_active(tx, &organisation.slug, account)
            .await?
            .is_some(),
        None => false,
    };
    let (Some(account), true) = (account, belongs) else {
        // To whom messages are passed on, it may be anything: an order, a licence.
        if !is_all || contact.standing == ContactStanding::Active {
            return Ok(None);
        }
        if !is_late {
            chat::texts::whisper(desk, tx, kept, answer(contact, Told::CodeUnknown), now).await?;
        }
        return Ok(Some(contact.clone()));
    };
    let name = store::account::accounts::find(tx, &account).await?.name;
    let way = format!("{} · {}", kept.connector.name, organisation.name);
    let before = contact.proven_by().filter(|before| **before != account).cloned();
    if let Some(before) = before {
        tell(desk, tx, &before, way.clone(), false, now).await?;
    }
    tell(desk, tx, &account, way, true, now).await?;
    let linked = link(desk, tx, contact.clone(), Some(account), Some(now), None, now).await?;
    let told = Told::Linked {
        name,
        organisation: organisation.name,
    };
    chat::texts::whisper(desk, tx, kept, answer(contact, told), now).await?;
    Ok(Some(linked))
}

/// The first thing in a message that looks like a code (five letters, a dash, five letters), and
/// whether the message is nothing else.
pub(crate) fn code_in(said: &str) -> Option<(String, bool)> {
    let shaped = |code: &String| {
        code.len() == 11
            && code
                .bytes()
                .enumerate()
                .all(|(n, b)| if n == 5 { b == b'-' } else { LETTERS.contains(&b) })
    };
    let bare = |word: &str| {
        word.trim_matches(|c: char| !c.is_alphanumeric())
            .to_ascii_uppercase()
    };
    let code = said.split_whitespace().map(bare).find(shaped)?;
    Some((code, said.split_whitespace().count() == 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_from_messages() {
        for (said, is_all) in [
            (" abcde-fghjk ", true),
            ("ABCDE-FGHJK.", true),
            ("My code: ABCDE-FGHJK", false),
            ("\"abcde-fghjk\", thanks", false),
        ] {
            assert_eq!(code_in(said), Some(("ABCDE-FGHJK".into(), is_all)), "{said}");
        }
        for other in [
            "ABCDEFGHJK",
            "hello-world",
            "ABCDE-FGHJ0",
            "ABCDE-FGHJKL",
            "äBCDE-FGHJ",
        ] {
            assert_eq!(code_in(other), None, "{other}");
        }
    }
}
