//! Sessions: beginning, finding and ending them, and proving anew who one is.
use crate::desk::history::{About, By};
use crate::desk::mint::{self, Secret};
use crate::desk::{Actor, Caller, Desk, history};
use crate::domain::account::Account;
use crate::domain::event::What;
use crate::domain::ids::SessionId;
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time, Why};
use crate::store::account::sessions::{How, Session};
use crate::store::{self, Tx};

/// How fresh a proof of identity must be for changes to how one signs in.
pub const FRESH: Span = Span::minutes(10);

/// A session that was begun: its token goes into the cookie and is nowhere else.
pub struct Begun {
    pub token: String,
    pub factor_due: bool,
}

/// Begins a session for the account. With a second factor switched on, it can do nothing until
/// the code was given.
pub(crate) async fn begin(
    desk: &Desk,
    tx: &mut Tx,
    account: &Account,
    how: How,
    caller: &Caller,
) -> Result<Begun> {
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
    }
}

/// Ends this session and begins its successor, at every change of what it may do: a token seen
/// before is worth nothing after. The successor is as old as this one, so that changes do not
/// prolong it.
pub(crate) async fn rotate(desk: &Desk, tx: &mut Tx, actor: &Actor, factor_passed: bool) -> Result<Begun> {
    if !store::account::sessions::end(tx, actor.id(), &actor.session.id, actor.now()).await? {
        return Err(Error::SignInRequired);
    }
    let (created_at, proven_at) = (actor.session.created_at, actor.session.proven_at);
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
    let live = store::account::sessions::list_live(&mut *desk.db.read().await?, actor.id(), now).await?;
    Ok(live.iter().any(|s| s.id == actor.session.id))
}

#[tracing::instrument(name = "account::sessions::list", skip_all)]
pub async fn list(desk: &Desk, actor: &Actor) -> Result<Vec<Session>> {
    store::account::sessions::list_live(&mut *desk.db.read().await?, actor.id(), actor.now()).await
}

/// Ends one of the actor's own sessions.
#[tracing::instrument(name = "account::sessions::end", skip_all)]
pub async fn end(desk: &Desk, actor: &Actor, id: &SessionId) -> Result<()> {
    let mut tx = desk.db.begin().await?;
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
pub async fn end_others(desk: &Desk, actor: &Actor) -> Result<u64> {
    let mut tx = desk.db.begin().await?;
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

/// Demands that the person proved who they are within the last minutes, or does so now with
/// their password.
pub(crate) async fn prove_again(desk: &Desk, actor: &Actor, password: &str) -> Result<()> {
    let fresh = actor.now() < actor.session.proven_at + FRESH;
    if actor.account.password_hash.is_none() {
        return if fresh {
            Ok(())
        } else {
            Err(Error::Refused(Why::ConfirmAgain))
        };
    }
    if password.is_empty() && fresh {
        return Ok(());
    }
    crate::desk::account::codes::count(desk, actor).await?;
    if !desk
        .passwords
        .verify(actor.account.password_hash.as_deref(), password)
        .await?
    {
        return Err(Error::field("password", Why::WrongPassword));
    }
    let mut tx = desk.db.begin().await?;
    store::account::sessions::proven(&mut tx, &actor.session.id, actor.now()).await?;
    tx.commit().await
}
