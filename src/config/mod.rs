//! How the operator set the server up: command line, environment and file, merged into one checked
//! [`Config`]. Nothing wrong gets past the start, and every complaint says where the value came
//! from and what is allowed.
mod address;
mod assemble;
mod check;
mod checked;
mod cli;
mod database;
mod describe;
mod file;
mod given;
pub mod provider;
mod providers;
mod public_url;
mod reader;
mod refusal;
mod settings;
mod smtp;
mod sources;
#[cfg(test)]
mod tests;

pub use check::decode_key;
pub use cli::{Command, parse};
pub use database::Database;
pub use provider::{OrganisationSource, Provider};
pub use public_url::PublicUrl;
pub use refusal::{ConfigRefusal, SettingProblem, ValueOrigin};

use secrecy::SecretString;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// From a setting's key to where its value came from; defaults are absent.
pub(crate) type Origins = BTreeMap<&'static str, ValueOrigin>;

/// From a setting's key to its value as `check-config` shows it.
pub(crate) type ShownValues = BTreeMap<&'static str, String>;

/// Every setting of the server, checked. Made by [`parse`] only.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the server accepts connections; port 0 lets the system choose.
    pub listen: SocketAddr,
    /// The folder for the database file and `instance.key`; may not exist yet.
    pub data: PathBuf,
    pub database: Database,
    /// The origin of every absolute link.
    pub public_url: PublicUrl,
    /// The operator accepts passwords and cookies in the clear (a public URL without https).
    pub insecure_public_url: bool,
    /// The subdomains of the public URL's host are reached by https alone too.
    pub https_subdomains: bool,
    /// Provisioning hooks may be at private addresses.
    pub private_hooks: bool,
    /// Provisioning hooks go by the proxy of the environment, which resolves their names.
    pub hooks_by_proxy: bool,
    /// A URL that lettre's `from_url` takes as it is; no `tls` in an `smtp://` one means no TLS.
    /// None: mails wait.
    pub smtp: Option<SecretString>,
    pub mail: MailIdentity,
    /// Where access tokens for the mail server come from. None: it takes a password, or anybody.
    pub mail_grant: Option<MailGrant>,
    pub support_contact: Option<SupportContact>,
    /// What authenticator apps call this installation; without a colon.
    pub installation_name: String,
    /// How many entries at the end of `X-Forwarded-For` were written by the operator's proxies; 0
    /// ignores the header.
    pub trusted_proxy_hops: usize,
    pub connections: ConnectionLimits,
    /// How many open pages of one account may hear of changes at once, on each server.
    pub streams_per_account: usize,
    /// Sign-ins that fail in a quarter of an hour from one address.
    pub failed_sign_ins_per_address: usize,
    /// Mails with a link, of each purpose, that one address asks for in an hour.
    pub link_mails_per_address: usize,
    /// Invitations and feedback in a day of one organisation.
    pub mails_per_organisation: usize,
    pub statements: StatementLimits,
    pub organisation_creation: OrganisationCreation,
    /// Who is asked for the records of domains. None: the system's resolver.
    pub dns_resolver: Option<SocketAddr>,
    /// Where chat platforms are.
    pub chat: crate::chat::sent::Bases,
    pub metrics: Metrics,
    /// Sign-in providers in the order of the file, which is the order of the buttons.
    pub providers: Vec<Provider>,
    /// 64 lower-case hex digits (see [`decode_key`]). None: the key is in `instance.key` in the
    /// data folder.
    pub secret_key: Option<SecretString>,
    /// `serve --demo`: sample data, and only this machine can connect.
    pub demo: bool,
    /// `serve --new`: an empty database may take the place of one that is missing.
    pub new: bool,
    /// Log lines are JSON objects, not text.
    pub json_logs: bool,
    origins: Origins,
    shown: ShownValues,
}

/// What connections may hold, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Connections at once.
    pub most: usize,
    /// Those from one address; behind proxies requests at once from one.
    pub most_of_one: usize,
    /// For the head of a request to come.
    pub head: Duration,
    /// For its body, which has longer the more of it came.
    pub body: Duration,
    /// Without a request.
    pub idle: Duration,
    /// Without the reader taking anything of an answer.
    pub stall: Duration,
}

/// How long statements may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatementLimits {
    /// Each of them, on PostgreSQL.
    pub run: Duration,
    /// For what another transaction holds: rows on PostgreSQL, the writer on SQLite.
    pub lock: Duration,
}

impl Default for StatementLimits {
    fn default() -> Self {
        Self {
            run: Duration::from_secs(30),
            lock: Duration::from_secs(10),
        }
    }
}

/// Whom mails come from. Addresses are bare and were parsed by lettre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailIdentity {
    pub from: String,
    pub from_name: String,
    pub reply_to: Option<String>,
    /// By what name the mail server is greeted: a host name, or an address, an IPv6 one in brackets.
    pub hello: String,
}

/// Whoever gives access tokens for our mailbox (OAuth 2), and who we are there.
#[derive(Clone, Debug)]
pub struct MailGrant {
    /// The mailbox, as the mail server calls it.
    pub user: String,
    /// The token endpoint; https.
    pub token_url: String,
    pub client_id: String,
    pub client_secret: Option<SecretString>,
    /// None: our client's own credentials do.
    pub refresh_token: Option<SecretString>,
    /// Words, parted by spaces.
    pub scope: Option<String>,
}

/// Whom people may ask for help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SupportContact {
    /// An e-mail address.
    Mail(String),
    /// An https URL.
    Page(String),
}

impl SupportContact {
    /// What a link to it has as `href`.
    pub fn href(&self) -> String {
        match self {
            Self::Mail(address) => format!("mailto:{address}"),
            Self::Page(url) => url.clone(),
        }
    }

    /// What people read.
    pub fn text(&self) -> &str {
        match self {
            Self::Mail(text) | Self::Page(text) => text,
        }
    }
}

/// Who may create organisations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganisationCreation {
    /// The operator, on the command line.
    Operator,
    /// Everyone who signs up.
    Everyone,
}

/// Where `/metrics` is served: at `listen` if given; else at the public address, but only with a
/// token; else nowhere.
#[derive(Clone, Debug)]
pub struct Metrics {
    /// An address apart from the public one.
    pub listen: Option<SocketAddr>,
    /// The bearer token that is demanded wherever `/metrics` is served.
    pub token: Option<SecretString>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LogFormat {
    Text,
    Json,
}
