//! Every use case: load, ask policy, change purely, then one transaction with its history and
//! notices. Nothing here knows of HTTP or HTML.
pub mod access;
pub mod account;
pub mod chat;
pub mod demo;
pub mod history;
pub mod joining;
pub mod keys;
pub mod letters;
pub mod mint;
pub mod operator;
pub mod organisation;
pub mod people;
pub mod queue;

use crate::domain::account::{Account, Language};
use crate::domain::event::{Detail, Event, What};
use crate::domain::ids::{AccountId, OrganisationId};
use crate::domain::member::Membership;
use crate::domain::organisation::Slug;
use crate::domain::{Error, Result, Time};
use crate::store::account::sessions::{How, Session};
use crate::store::history::Change;
use crate::store::{self, Conn, Db, Tx};
use std::sync::Arc;

/// What the use cases work with. Cloning shares it.
#[derive(Clone)]
pub struct Desk {
    pub db: Db,
    pub keys: keys::Keys,
    pub mint: mint::Mint,
    pub passwords: account::passwords::Passwords,
    pub plan: Arc<Plan>,
}

/// What the operator configured and the use cases must know.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Whether a mail server is configured (or the demo's mailbox takes the letters).
    pub delivers_mail: bool,
    pub everyone_may_create_organisations: bool,
    /// Organisations of providers that hold everybody who has none: they cannot be linked.
    pub consumer_organisations: Vec<String>,
    pub support_contact: Option<String>,
    pub demo: bool,
}

/// Whoever calls, signed in or not.
#[derive(Clone, Debug)]
pub struct Caller {
    pub now: Time,
    /// Network address as far as it is known.
    pub place: String,
    /// The browser's description of itself, cut short.
    pub agent: String,
    pub language: Language,
}

impl Caller {
    /// The clock, which calls from nowhere.
    pub(crate) fn clock(now: Time) -> Self {
        Self {
            now,
            place: String::new(),
            agent: String::new(),
            language: Language::default(),
        }
    }
}

/// Somebody signed in, read anew for each request.
#[derive(Clone, Debug)]
pub struct Actor {
    pub account: Account,
    pub session: Session,
    pub caller: Caller,
}

impl Actor {
    pub fn now(&self) -> Time {
        self.caller.now
    }
    pub fn id(&self) -> &AccountId {
        &self.account.id
    }
}

impl Desk {
    /// The actor's active membership; an organisation that one does not belong to is not found.
    pub async fn membership(&self, actor: &Actor, slug: &Slug) -> Result<Membership> {
        let found =
            store::people::members::find_active(&mut *self.db.read().await?, slug, actor.id()).await?;
        let member = found.ok_or(Error::NotFound)?;
        member.open(actor.now()).map(|()| member)
    }

    /// All memberships of the actor in organisations that are not closed.
    pub async fn memberships(&self, actor: &Actor) -> Result<Vec<Membership>> {
        let all = store::people::members::list_of_account(&mut *self.db.read().await?, actor.id()).await?;
        Ok(all.into_iter().filter(|m| m.open(actor.now()).is_ok()).collect())
    }

    /// Somebody who asked for something earlier, or by another way, with what they may do now;
    /// `place`: from where. None: they are no member of the organisation any more.
    pub(crate) async fn on_behalf_of(
        &self,
        conn: &mut Conn,
        org: &OrganisationId,
        account: &AccountId,
        place: &str,
        now: Time,
    ) -> Result<Option<(Actor, Membership)>> {
        let account = store::account::accounts::find(conn, account).await?;
        let organisation = store::organisation::organisations::find(conn, org).await?;
        let Some(member) = store::people::members::find_active(conn, &organisation.slug, &account.id).await?
        else {
            return Ok(None);
        };
        let caller = Caller {
            place: place.to_owned(),
            ..Caller::clock(now)
        };
        let session = Session::of_nobody(self.mint.id(now), &account, How::Password, now);
        Ok(Some((
            Actor {
                account,
                session,
                caller,
            },
            member,
        )))
    }

    /// What happened in organisations after the event with this number.
    pub async fn changes_after(&self, seq: i64) -> Result<Vec<Change>> {
        store::history::list_changes(&mut *self.db.read().await?, seq).await
    }

    /// The number of the newest event.
    pub async fn newest_change(&self) -> Result<i64> {
        store::history::newest(&mut *self.db.read().await?).await
    }

    /// Writes an entry of the history.
    pub(crate) async fn record(&self, tx: &mut Tx, now: Time, event: &Event) -> Result<()> {
        store::history::record(
            tx,
            &self.mint.id(now),
            [&self.mint.salt(), &self.mint.salt()],
            now,
            event,
        )
        .await
    }
}

/// An entry about an account: in the account's own chain, and in no organisation's.
pub(crate) fn account_event(
    what: What,
    account: &AccountId,
    actor: Option<&AccountId>,
    place: &str,
) -> Event {
    Event {
        organisation: None,
        account: Some(account.clone()),
        actor: actor.cloned(),
        what,
        object: account.to_string(),
        detail: Detail {
            place: Some(place.to_owned()),
            ..Detail::default()
        },
    }
}

/// An entry about a thing of an organisation.
pub(crate) fn organisation_event(
    what: What,
    organisation: &OrganisationId,
    actor: Option<&AccountId>,
    object: &str,
    detail: Detail,
) -> Event {
    Event {
        organisation: Some(organisation.clone()),
        account: None,
        actor: actor.cloned(),
        what,
        object: object.to_owned(),
        detail,
    }
}
