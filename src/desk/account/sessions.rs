//! Sessions: beginning, finding and ending them.
use crate::desk::account::reentry::{self, Reentry};
use crate::desk::history::{About, By};
use crate::desk::mint::{self, Secret};
use crate::desk::{Actor, Caller, Desk, SessionHeld, history, rights};
use crate::domain::account::Account;
use crate::domain::event::What;
use crate::domain::ids::SessionId;
use crate::domain::{Error, Result, Time};
use crate::store::account::sessions::{How, Session};
use crate::store::{self, Tx};

/// A session that was begun: its token goes into the cookie and is nowhere else.
pub struct Begun {
    pub token: String,
    pub factor_due: bool,
}

/// Begins a session for the account, and ends the one that the browser held. With a second factor
/// switched on, it can do nothing until the code was given.
pub(crate) async fn begin(
    desk: &Desk,
    tx: &mut Tx,
    account: &Account,
    how: How,
    caller: &Caller,
) -> Result<Begun> {
    leave(desk, tx, caller).await?;
    let factor_due = account.factor.is_on() && how != How::Demo;
    let session = new(desk, account, how, caller);
    let secret = write(
        desk,
        tx,
        &Session {
            factor_due,
            ..session
        },
    )
    .await?;
    history::record(
        desk,
        tx,
        By::caller(caller).who(Some(&account.id)),
        What::SignedIn,
        About::Account(&account.id),
        vec![],
    )
    .await?;
    Ok(Begun {
        token: secret.text,
        factor_due,
    })
}

/// Ends the session that the browser holds, whoever's: its cookie is about to be replaced, or
/// thrown away.
pub(crate) async fn leave(desk: &Desk, tx: &mut Tx, caller: &Caller) -> Result<()> {
    let Some(SessionHeld { account, id }) = &caller.session else {
        return Ok(());
    };
    if !store::account::sessions::end(tx, account, id, caller.now).await? {
        return Ok(());
    }
    let by = By::caller(caller).who(Some(account));
    history::record(desk, tx, by, What::SignedOut, About::Account(account), vec![]).await
}

async fn write(desk: &Desk, tx: &mut Tx, session: &Session) -> Result<Secret> {
    let secret = desk.mint.secret();
    store::account::sessions::create(tx, session, &secret.hash).await?;
    Ok(secret)
}

fn new(desk: &Desk, account: &Account, how: How, caller: &Caller) -> Session {
    Session {
        id: desk.mint.id::<SessionId>(caller.now),
        account: account.id.clone(),
        how,
        factor_due: false,
        factor_passed: false,
        place: caller.place.clone(),
        agent: caller.agent.clone(),
        created_at: caller.now,
        proven_at: caller.now,
        seen_at: caller.now,
        stored: true,
    }
}

/// Ends this session and begins its successor, at every change of what it may do: a token seen
/// before is worth nothing after. The successor is as old as this one, so that changes do not
/// prolong it. `factor_passed`: a code was shown in this session; where that happens now, it is
/// what makes the proof whole.
pub(crate) async fn rotate(desk: &Desk, tx: &mut Tx, actor: &Actor, factor_passed: bool) -> Result<Begun> {
    if !store::account::sessions::end(tx, actor.id(), &actor.session.id, actor.now()).await? {
        return Err(Error::SignInRequired);
    }
    let created_at = actor.session.created_at;
    let proven_at = if factor_passed && !actor.session.factor_passed {
        actor.now()
    } else {
        actor.session.proven_at
    };
    let fresh = new(desk, &actor.account, actor.session.how, &actor.caller);
    let secret = write(
        desk,
        tx,
        &Session {
            factor_passed,
            created_at,
            proven_at,
            ..fresh
        },
    )
    .await?;
    Ok(Begun {
        token: secret.text,
        factor_due: false,
    })
}

/// Who holds this token; None for anything but a live session's.
#[tracing::instrument(name = "account::sessions::find_actor", skip_all)]
pub async fn find_actor(desk: &Desk, token: &str, caller: &Caller) -> Result<Option<Actor>> {
    let Some(hash) = mint::hash_of_claimed(token) else {
        return Ok(None);
    };
    let mut conn = desk.db.read().await?;
    let Some(session) = store::account::sessions::find_live(&mut conn, &hash, caller.now).await? else {
        return Ok(None);
    };
    let account = store::account::accounts::find(&mut conn, &session.account).await?;
    let caller = Caller {
        language: account.language,
        session: Some(SessionHeld {
            account: account.id.clone(),
            id: session.id.clone(),
        }),
        ..caller.clone()
    };
    Ok(Some(Actor {
        account,
        session,
        caller,
    }))
}

/// Whether the actor's session has not ended.
#[tracing::instrument(name = "account::sessions::is_live", skip_all)]
pub async fn is_live(desk: &Desk, actor: &Actor, now: Time) -> Result<bool> {
    store::account::sessions::lives(&mut *desk.db.read().await?, actor.id(), &actor.session.id, now).await
}

#[tracing::instrument(name = "account::sessions::list", skip_all)]
pub async fn list(desk: &Desk, actor: &Actor) -> Result<Vec<Session>> {
    store::account::sessions::list_live(&mut *desk.db.read().await?, actor.id(), actor.now()).await
}

/// Ends the actor's session.
#[tracing::instrument(name = "account::sessions::sign_out", skip_all)]
pub async fn sign_out(desk: &Desk, actor: &Actor) -> Result<()> {
    end_one(desk, actor, &actor.session.id).await
}

/// Ends one of the actor's own sessions; another one than theirs needs a recent proof.
#[tracing::instrument(name = "account::sessions::end", skip_all)]
pub async fn end<'a>(
    desk: &Desk,
    actor: &Actor,
    id: &SessionId,
    again: impl Into<Reentry<'a>>,
) -> Result<()> {
    if *id != actor.session.id {
        reentry::prove(desk, actor, again.into()).await?;
    }
    end_one(desk, actor, id).await
}

async fn end_one(desk: &Desk, actor: &Actor, id: &SessionId) -> Result<()> {
    let mut tx = rights::begin_own(desk, actor).await?;
    if !store::account::sessions::end(&mut tx, actor.id(), id, actor.now()).await? {
        return Err(Error::NotFound);
    }
    history::record(
        desk,
        &mut tx,
        actor,
        What::SignedOut,
        About::Account(actor.id()),
        vec![],
    )
    .await?;
    tx.commit().await
}

/// Ends all of the actor's sessions but this one; how many.
#[tracing::instrument(name = "account::sessions::end_others", skip_all)]
pub async fn end_others<'a>(desk: &Desk, actor: &Actor, again: impl Into<Reentry<'a>>) -> Result<u64> {
    reentry::prove(desk, actor, again.into()).await?;
    let mut tx = rights::begin_own(desk, actor).await?;
    let ended =
        store::account::sessions::end_others(&mut tx, actor.id(), Some(&actor.session.id), actor.now())
            .await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::SignedOut,
        About::Account(actor.id()),
        vec![],
    )
    .await?;
    tx.commit().await?;
    Ok(ended)
}

/// Writes down when sessions were last seen.
#[tracing::instrument(name = "account::sessions::seen", skip_all)]
pub async fn seen(desk: &Desk, seen: &[(SessionId, Time)]) -> Result<()> {
    let mut tx = desk.db.begin().await?;
    store::account::sessions::seen(&mut tx, seen).await?;
    tx.commit().await
}
