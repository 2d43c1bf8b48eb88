//! The table of settings, one row each: flags, environment names, TOML keys and help are all made
//! from it.
use crate::chat::sent::{ADDRESSES, Address};
use std::sync::LazyLock;

/// One setting of the server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    /// The TOML key; the other names follow from it.
    pub key: &'static str,
    pub kind: SettingKind,
    /// What stands for the value in the help.
    pub value: &'static str,
    /// The heading in the help.
    pub group: &'static str,
    /// The default in words; empty if there is none.
    pub default: &'static str,
    pub help: &'static str,
}

/// What shape a value has, and who may see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SettingKind {
    Text,
    Number,
    Switch,
    /// Never printed; may be read from a file named by the setting's `_file` twin.
    Secret,
    /// As `Secret`, and without a flag of its own, since other users of the machine can read
    /// command lines.
    FileSecret,
}

impl SettingKind {
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Secret | Self::FileSecret)
    }
}

/// `public_url` on the command line: `public-url`.
pub(super) fn flag(key: &str) -> String {
    key.replace('_', "-")
}

/// `public_url` in the environment: `ANTEROOM_PUBLIC_URL`.
pub(super) fn environment(key: &str) -> String {
    format!("ANTEROOM_{}", key.to_uppercase())
}

/// The setting that names a file with the secret `key` in it.
pub(super) fn file_key(key: &str) -> String {
    format!("{key}_file")
}

/// Every key that the top of the TOML file may have, providers apart.
pub(super) fn file_keys() -> Vec<String> {
    let keys = SETTINGS.iter().filter(|setting| setting.key != CONFIG.key);
    keys.flat_map(|setting| {
        let twin = setting.kind.is_secret().then(|| file_key(setting.key));
        [Some(setting.key.to_owned()), twin]
    })
    .flatten()
    .collect()
}

/// All settings in the order of the help.
pub(super) static SETTINGS: LazyLock<Vec<&'static Setting>> = LazyLock::new(|| {
    let place = NAMED.iter().position(|setting| setting.group == LOG_FORMAT.group);
    let (before, after) = NAMED.split_at(place.unwrap_or(NAMED.len()));
    let platforms = PLATFORMS.iter();
    before
        .iter()
        .copied()
        .chain(platforms)
        .chain(after.iter().copied())
        .collect()
});

/// Where the platforms are.
pub(super) static PLATFORMS: [Setting; ADDRESSES.len()] = {
    let mut settings = [of_platform(&ADDRESSES[0]); ADDRESSES.len()];
    let mut n = 1;
    while n < settings.len() {
        settings[n] = of_platform(&ADDRESSES[n]);
        n += 1;
    }
    settings
};

const fn of_platform(address: &Address) -> Setting {
    Setting {
        key: address.key,
        kind: SettingKind::Text,
        value: if address.hosts { "HOSTS" } else { "URL" },
        group: "Chat platforms",
        default: address.default,
        help: address.help,
    }
}

/// Each setting as a static of its name, and all of them in the order of the help, save those of
/// the platforms.
macro_rules! settings {
    ($($name:ident { $($field:ident: $value:expr),+ $(,)? })+) => {
        $(pub(super) static $name: Setting = Setting { $($field: $value),+ };)+
        static NAMED: [&Setting; [$(stringify!($name)),+].len()] = [$(&$name),+];
    };
}

settings! {
    CONFIG {
        key: "config",
        kind: SettingKind::Text,
        value: "FILE",
        group: "Start",
        default: "",
        help: "TOML file with settings and sign-in providers",
    }

    LISTEN {
        key: "listen",
        kind: SettingKind::Text,
        value: "ADDRESS:PORT",
        group: "Network",
        default: "127.0.0.1:3000",
        help: "Address and port to serve on; [::]:3000 is every address of the machine",
    }

    PUBLIC_URL {
        key: "public_url",
        kind: SettingKind::Text,
        value: "URL",
        group: "Network",
        default: "http:// and the listen address",
        help: "Where people reach the server, as it stands in links and mails; https, without a path",
    }

    INSECURE_PUBLIC_URL {
        key: "insecure_public_url",
        kind: SettingKind::Switch,
        value: "true|false",
        group: "Network",
        default: "false",
        help: "Allow a public URL without https beyond this machine;\n\
            anyone on the way can then read passwords",
    }

    TRUSTED_PROXY_HOPS {
        key: "trusted_proxy_hops",
        kind: SettingKind::Number,
        value: "0-10",
        group: "Network",
        default: "0",
        help: "How many proxies of yours stand in front and each add one address to X-Forwarded-For",
    }

    HTTPS_SUBDOMAINS {
        key: "https_subdomains",
        kind: SettingKind::Switch,
        value: "true|false",
        group: "Network",
        default: "false",
        help: "Browsers are told to reach the subdomains of the public URL's host by https alone too",
    }

    PRIVATE_HOOKS {
        key: "private_hooks",
        kind: SettingKind::Switch,
        value: "true|false",
        group: "Network",
        default: "false",
        help: "Let provisioning hooks be at private addresses and on this machine",
    }

    HOOKS_BY_PROXY {
        key: "hooks_by_proxy",
        kind: SettingKind::Switch,
        value: "true|false",
        group: "Network",
        default: "false",
        help: "Let provisioning hooks go by the proxy that HTTPS_PROXY names, as all other calls do;\n\
            the proxy must then keep them from private addresses",
    }

    DATA {
        key: "data",
        kind: SettingKind::Text,
        value: "FOLDER",
        group: "Storage",
        default: "./anteroom-data; with --demo ./anteroom-demo",
        help: "Folder for the database and the instance's key; is made if missing",
    }

    DATABASE {
        key: "database",
        kind: SettingKind::Secret,
        value: "URL",
        group: "Storage",
        default: "anteroom.db in the data folder",
        help: "sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME",
    }

    SECRET_KEY {
        key: "secret_key",
        kind: SettingKind::FileSecret,
        value: "KEY",
        group: "Storage",
        default: "instance.key in the data folder",
        help: "File with the key that encrypts stored secrets: 32 bytes, as 64 hex digits or base64;\n\
            the same on every instance that shares a database",
    }

    SMTP {
        key: "smtp",
        kind: SettingKind::Secret,
        value: "URL",
        group: "Mail",
        default: "none: mails wait until it is given",
        help: "Mail server: smtps://USER:PASSWORD@HOST:PORT or \
            smtp://..?tls=required|opportunistic|none;\nsmtp:// without tls means required, or none if the \
            server is this machine",
    }

    SMTP_TOKEN_URL {
        key: "smtp_token_url",
        kind: SettingKind::Text,
        value: "URL",
        group: "Mail",
        default: "none: the mail server takes a password, or anybody",
        help: "Where access tokens for the mail server come from (OAuth 2), as for Exchange Online\n\
            and Google; docs/mail says how",
    }

    SMTP_USER {
        key: "smtp_user",
        kind: SettingKind::Text,
        value: "NAME",
        group: "Mail",
        default: "the sender address",
        help: "Whose mailbox it is that access tokens open",
    }

    SMTP_CLIENT_ID {
        key: "smtp_client_id",
        kind: SettingKind::Text,
        value: "ID",
        group: "Mail",
        default: "",
        help: "Who asks for access tokens, as registered there",
    }

    SMTP_CLIENT_SECRET {
        key: "smtp_client_secret",
        kind: SettingKind::FileSecret,
        value: "SECRET",
        group: "Mail",
        default: "none",
        help: "File with the secret of who asks",
    }

    SMTP_REFRESH_TOKEN {
        key: "smtp_refresh_token",
        kind: SettingKind::FileSecret,
        value: "TOKEN",
        group: "Mail",
        default: "none: the client's own credentials do",
        help: "File with the refresh token by which access tokens are asked for",
    }

    SMTP_SCOPE {
        key: "smtp_scope",
        kind: SettingKind::Text,
        value: "SCOPE",
        group: "Mail",
        default: "none",
        help: "What access tokens are asked for, as https://outlook.office365.com/.default",
    }

    MAIL_FROM {
        key: "mail_from",
        kind: SettingKind::Text,
        value: "E-MAIL",
        group: "Mail",
        default: "anteroom@ and the public URL's host",
        help: "Sender address of all mails",
    }

    MAIL_FROM_NAME {
        key: "mail_from_name",
        kind: SettingKind::Text,
        value: "NAME",
        group: "Mail",
        default: "Anteroom",
        help: "Sender name of all mails",
    }

    MAIL_REPLY_TO {
        key: "mail_reply_to",
        kind: SettingKind::Text,
        value: "E-MAIL",
        group: "Mail",
        default: "none",
        help: "Where answers to mails go",
    }

    MAIL_HELLO {
        key: "mail_hello",
        kind: SettingKind::Text,
        value: "HOST",
        group: "Mail",
        default: "the public URL's host",
        help: "Name by which the mail server is greeted (EHLO)",
    }

    INSTALLATION_NAME {
        key: "installation_name",
        kind: SettingKind::Text,
        value: "NAME",
        group: "Mail",
        default: "the public URL's host",
        help: "What authenticator apps call this installation",
    }

    SUPPORT_CONTACT {
        key: "support_contact",
        kind: SettingKind::Text,
        value: "E-MAIL|URL",
        group: "Mail",
        default: "none",
        help: "Whom people may ask for help: an e-mail address or an https:// page",
    }

    ORGANISATION_CREATION {
        key: "organisation_creation",
        kind: SettingKind::Text,
        value: "operator|everyone",
        group: "Organisations",
        default: "operator; with --demo everyone",
        help: "Who may create organisations: the operator on the command line, or everyone who signs up",
    }

    DNS_RESOLVER {
        key: "dns_resolver",
        kind: SettingKind::Text,
        value: "ADDRESS:PORT",
        group: "Organisations",
        default: "the system's",
        help: "DNS server that is asked for the records by which organisations verify their domains",
    }

    CONNECTIONS {
        key: "connections",
        kind: SettingKind::Number,
        value: "64-1000000",
        group: "Limits",
        default: "8192",
        help: "Connections at once; where the system allows fewer files, fewer",
    }

    CONNECTIONS_PER_ADDRESS {
        key: "connections_per_address",
        kind: SettingKind::Number,
        value: "8-1000000",
        group: "Limits",
        default: "512",
        help: "Connections at once from one address; behind proxies requests at once",
    }

    HEADER_SECONDS {
        key: "header_seconds",
        kind: SettingKind::Number,
        value: "1-600",
        group: "Limits",
        default: "10",
        help: "Seconds for the head of a request to come",
    }

    BODY_SECONDS {
        key: "body_seconds",
        kind: SettingKind::Number,
        value: "1-600",
        group: "Limits",
        default: "30",
        help: "Seconds for the body of a request to come, and one more for each 8 KiB of it",
    }

    IDLE_SECONDS {
        key: "idle_seconds",
        kind: SettingKind::Number,
        value: "1-3600",
        group: "Limits",
        default: "75",
        help: "Seconds that a connection may wait for its next request; more than your proxy's own",
    }

    STALL_SECONDS {
        key: "stall_seconds",
        kind: SettingKind::Number,
        value: "1-600",
        group: "Limits",
        default: "30",
        help: "Seconds that a reader may take nothing of an answer",
    }

    STREAMS_PER_ACCOUNT {
        key: "streams_per_account",
        kind: SettingKind::Number,
        value: "1-1000",
        group: "Limits",
        default: "20",
        help: "Open pages of one account that hear of changes at once",
    }

    FAILED_SIGN_INS_PER_ADDRESS {
        key: "failed_sign_ins_per_address",
        kind: SettingKind::Number,
        value: "1-1000000",
        group: "Limits",
        default: "100",
        help: "Sign-ins from one address that may fail in a quarter of an hour",
    }

    LINK_MAILS_PER_ADDRESS {
        key: "link_mails_per_address",
        kind: SettingKind::Number,
        value: "1-1000000",
        group: "Limits",
        default: "20",
        help: "Mails with a link, of each purpose, that one address may ask for in an hour",
    }

    MAILS_PER_ORGANISATION {
        key: "mails_per_organisation",
        kind: SettingKind::Number,
        value: "1-1000000",
        group: "Limits",
        default: "10000",
        help: "Mails in a day that one organisation may send to people whom it names: invitations, feedback",
    }

    STATEMENT_SECONDS {
        key: "statement_seconds",
        kind: SettingKind::Number,
        value: "1-3600",
        group: "Limits",
        default: "30",
        help: "Seconds that a statement may take on PostgreSQL",
    }

    LOCK_SECONDS {
        key: "lock_seconds",
        kind: SettingKind::Number,
        value: "1-600",
        group: "Limits",
        default: "10",
        help: "Seconds that a statement may wait for another's row or for the writer",
    }

    LOG_FORMAT {
        key: "log_format",
        kind: SettingKind::Text,
        value: "text|json",
        group: "Observation",
        default: "text",
        help: "How log lines look",
    }

    METRICS_LISTEN {
        key: "metrics_listen",
        kind: SettingKind::Text,
        value: "ADDRESS:PORT",
        group: "Observation",
        default: "none",
        help: "Serve /metrics here, apart from the public address",
    }

    METRICS_TOKEN {
        key: "metrics_token",
        kind: SettingKind::FileSecret,
        value: "TOKEN",
        group: "Observation",
        default: "none",
        help: "File with the bearer token that /metrics demands;\n\
            without --metrics-listen it also switches on /metrics at the public address",
    }
}
