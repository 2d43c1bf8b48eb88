//! Every use case: load, ask policy, change purely, then one transaction with its history and
//! notices. Nothing here knows of HTTP or HTML.
pub mod access;
pub mod account;
pub mod chat;
mod common_passwords;
pub mod deliveries;
pub mod demo;
pub(crate) mod faults;
mod guessable;
pub mod history;
pub mod joining;
pub mod keys;
pub mod letters;
pub mod lookup;
pub mod mail_grant;
pub mod mint;
pub mod operator;
pub mod organisation;
pub mod passwords;
pub mod people;
pub mod queue;
pub mod requests;
pub(crate) mod rights;

use crate::domain::account::{Account, Language};
use crate::domain::ids::{AccountId, SessionId};
use crate::domain::posted::PostedForm;
use crate::domain::{Error, Result, Time};
use crate::store::Db;
use crate::store::account::sessions::Session;
use std::sync::Arc;

/// What the use cases work with. Cloning shares it.
#[derive(Clone)]
pub struct Desk {
    pub db: Db,
    pub keys: keys::Keys,
    pub mint: mint::Mint,
    pub passwords: passwords::Passwords,
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
    /// Sign-ins that fail in a quarter of an hour, and letters with a link of each purpose in an hour,
    /// from one address.
    pub failed_sign_ins_per_address: i64,
    pub link_mails_per_address: i64,
    /// The most invitations and feedback that one organisation sends in a day, whatever it has set
    /// itself.
    pub mails_per_organisation: i64,
    pub support_contact: Option<String>,
    pub demo: bool,
    /// What authenticator apps call this installation; without a colon.
    pub installation: String,
    /// The providers that people sign in with.
    pub providers: Vec<PlannedProvider>,
}

/// What the use cases must know of a provider.
#[derive(Clone, Debug)]
pub struct PlannedProvider {
    pub id: String,
    /// What people call it.
    pub label: String,
    /// Domains for whose addresses it is trusted: whom it vouches for there is signed in to the
    /// account that has the address, without another proof.
    pub trusted_domains: Vec<String>,
}

impl Plan {
    /// What people call this provider; its id where it is configured no longer.
    pub fn provider_label<'a>(&'a self, id: &'a str) -> &'a str {
        self.providers
            .iter()
            .find(|p| p.id == id)
            .map_or(id, |p| &p.label)
    }
    /// Whether this provider is trusted for addresses of this domain, in lower case.
    pub fn trusts(&self, provider: &str, domain: &str) -> bool {
        let found = self.providers.iter().find(|p| p.id == provider);
        found.is_some_and(|p| p.trusted_domains.iter().any(|d| d == domain))
    }
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
    /// The browser's time zone, if it told one that is known.
    pub zone: Option<String>,
    /// The session that the browser holds: whoever signs in there leaves it.
    pub session: Option<SessionHeld>,
    /// What the form said of itself that this call posts.
    pub posted: PostedForm,
}

/// A session by account and id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionHeld {
    pub account: AccountId,
    pub id: SessionId,
}

impl Caller {
    /// The clock, which calls from nowhere.
    pub(crate) fn clock(now: Time) -> Self {
        Self {
            now,
            place: String::new(),
            agent: String::new(),
            language: Language::default(),
            zone: None,
            session: None,
            posted: PostedForm::default(),
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

/// Cuts a list that was read one longer than `most`; the last one that stays, if more came after
/// it.
pub(crate) fn cut_to<T>(listed: &mut Vec<T>, most: usize) -> Option<&T> {
    let more = listed.len() > most;
    listed.truncate(most);
    if more { listed.last() } else { None }
}

/// What a piece of the clock's work came to; nothing where it is Stale: another instance was
/// quicker, or somebody changed it just now, and the next round looks again.
pub(crate) fn unless_stale<T: Default>(done: Result<T>) -> Result<T> {
    if let Err(Error::Stale) = done {
        Ok(T::default())
    } else {
        done
    }
}
