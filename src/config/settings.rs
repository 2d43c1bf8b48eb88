//! The table of settings, one row each: flags, environment names, TOML keys and help are all made
//! from it.

/// One setting of the server.
#[derive(Debug)]
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
pub(super) static SETTINGS: [&Setting; 27] = [
    &CONFIG,
    &LISTEN,
    &PUBLIC_URL,
    &INSECURE_PUBLIC_URL,
    &TRUSTED_PROXY_HOPS,
    &PRIVATE_HOOKS,
    &DATA,
    &DATABASE,
    &SECRET_KEY,
    &SMTP,
    &MAIL_FROM,
    &MAIL_FROM_NAME,
    &MAIL_REPLY_TO,
    &SUPPORT_CONTACT,
    &ORGANISATION_CREATION,
    &DNS_RESOLVER,
    &SLACK_URL,
    &TEAMS_LOGIN_URL,
    &TEAMS_KEYS_URL,
    &TEAMS_HOSTS,
    &TEAMS_SERVICE_URL,
    &TELEGRAM_URL,
    &WHATSAPP_URL,
    &SMS_URL,
    &LOG_FORMAT,
    &METRICS_LISTEN,
    &METRICS_TOKEN,
];

pub(super) static CONFIG: Setting = Setting {
    key: "config",
    kind: SettingKind::Text,
    value: "FILE",
    group: "Start",
    default: "",
    help: "TOML file with settings and sign-in providers",
};

pub(super) static LISTEN: Setting = Setting {
    key: "listen",
    kind: SettingKind::Text,
    value: "ADDRESS:PORT",
    group: "Network",
    default: "127.0.0.1:3000",
    help: "Address and port to serve on; [::]:3000 is every address of the machine",
};

pub(super) static PUBLIC_URL: Setting = Setting {
    key: "public_url",
    kind: SettingKind::Text,
    value: "URL",
    group: "Network",
    default: "http:// and the listen address",
    help: "Where people reach the server, as it stands in links and mails; https, without a path",
};

pub(super) static INSECURE_PUBLIC_URL: Setting = Setting {
    key: "insecure_public_url",
    kind: SettingKind::Switch,
    value: "true|false",
    group: "Network",
    default: "false",
    help: "Allow a public URL without https beyond this machine;\nanyone on the way can then read passwords",
};

pub(super) static TRUSTED_PROXY_HOPS: Setting = Setting {
    key: "trusted_proxy_hops",
    kind: SettingKind::Number,
    value: "0-10",
    group: "Network",
    default: "0",
    help: "How many proxies of yours stand in front and each add one address to X-Forwarded-For",
};

pub(super) static PRIVATE_HOOKS: Setting = Setting {
    key: "private_hooks",
    kind: SettingKind::Switch,
    value: "true|false",
    group: "Network",
    default: "false",
    help: "Let provisioning hooks be at private addresses and on this machine",
};

pub(super) static DATA: Setting = Setting {
    key: "data",
    kind: SettingKind::Text,
    value: "FOLDER",
    group: "Storage",
    default: "./anteroom-data; with --demo ./anteroom-demo",
    help: "Folder for the database and the instance's key; is made if missing",
};

pub(super) static DATABASE: Setting = Setting {
    key: "database",
    kind: SettingKind::Secret,
    value: "URL",
    group: "Storage",
    default: "anteroom.db in the data folder",
    help: "sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME",
};

pub(super) static SECRET_KEY: Setting = Setting {
    key: "secret_key",
    kind: SettingKind::FileSecret,
    value: "KEY",
    group: "Storage",
    default: "instance.key in the data folder",
    help: "File with the key that encrypts stored secrets: 32 bytes, as 64 hex digits or base64;\nthe same \
        on every instance that shares a database",
};

pub(super) static SMTP: Setting = Setting {
    key: "smtp",
    kind: SettingKind::Secret,
    value: "URL",
    group: "Mail",
    default: "none: mails wait until it is given",
    help: "Mail server: smtps://USER:PASSWORD@HOST:PORT or \
        smtp://..?tls=required|opportunistic|none;\nsmtp:// without tls means required, or none if the \
        server is this machine",
};

pub(super) static MAIL_FROM: Setting = Setting {
    key: "mail_from",
    kind: SettingKind::Text,
    value: "E-MAIL",
    group: "Mail",
    default: "anteroom@ and the public URL's host",
    help: "Sender address of all mails",
};

pub(super) static MAIL_FROM_NAME: Setting = Setting {
    key: "mail_from_name",
    kind: SettingKind::Text,
    value: "NAME",
    group: "Mail",
    default: "Anteroom",
    help: "Sender name of all mails",
};

pub(super) static MAIL_REPLY_TO: Setting = Setting {
    key: "mail_reply_to",
    kind: SettingKind::Text,
    value: "E-MAIL",
    group: "Mail",
    default: "none",
    help: "Where answers to mails go",
};

pub(super) static SUPPORT_CONTACT: Setting = Setting {
    key: "support_contact",
    kind: SettingKind::Text,
    value: "E-MAIL|URL",
    group: "Mail",
    default: "none",
    help: "Whom people may ask for help: an e-mail address or an https:// page",
};

pub(super) static ORGANISATION_CREATION: Setting = Setting {
    key: "organisation_creation",
    kind: SettingKind::Text,
    value: "operator|everyone",
    group: "Organisations",
    default: "operator; with --demo everyone",
    help: "Who may create organisations: the operator on the command line, or everyone who signs up",
};

pub(super) static DNS_RESOLVER: Setting = Setting {
    key: "dns_resolver",
    kind: SettingKind::Text,
    value: "ADDRESS:PORT",
    group: "Organisations",
    default: "the system's",
    help: "DNS server that is asked for the records by which organisations verify their domains",
};

pub(super) static SLACK_URL: Setting = Setting {
    key: "slack_url",
    kind: SettingKind::Text,
    value: "URL",
    group: "Chat platforms",
    default: "https://slack.com/api",
    help: "Where the Slack Web API is",
};

pub(super) static TEAMS_LOGIN_URL: Setting = Setting {
    key: "teams_login_url",
    kind: SettingKind::Text,
    value: "URL",
    group: "Chat platforms",
    default: "https://login.microsoftonline.com",
    help: "Where Teams connectors get their access tokens",
};

pub(super) static TEAMS_KEYS_URL: Setting = Setting {
    key: "teams_keys_url",
    kind: SettingKind::Text,
    value: "URL",
    group: "Chat platforms",
    default: "https://login.botframework.com/v1/.well-known/keys",
    help: "Where the Bot Framework publishes its keys",
};

pub(super) static TEAMS_HOSTS: Setting = Setting {
    key: "teams_hosts",
    kind: SettingKind::Text,
    value: "HOSTS",
    group: "Chat platforms",
    default: "smba.trafficmanager.net .botframework.com",
    help: "Hosts that an activity of Teams may name as its service; a dot before one takes all below it",
};

pub(super) static TEAMS_SERVICE_URL: Setting = Setting {
    key: "teams_service_url",
    kind: SettingKind::Text,
    value: "URL",
    group: "Chat platforms",
    default: "https://smba.trafficmanager.net/teams",
    help: "Where Teams connectors post in channels of approvers",
};

pub(super) static TELEGRAM_URL: Setting = Setting {
    key: "telegram_url",
    kind: SettingKind::Text,
    value: "URL",
    group: "Chat platforms",
    default: "https://api.telegram.org",
    help: "Where the Telegram Bot API is",
};

pub(super) static WHATSAPP_URL: Setting = Setting {
    key: "whatsapp_url",
    kind: SettingKind::Text,
    value: "URL",
    group: "Chat platforms",
    default: "https://graph.facebook.com/v23.0",
    help: "Where the WhatsApp Cloud API is, with its version",
};

pub(super) static SMS_URL: Setting = Setting {
    key: "sms_url",
    kind: SettingKind::Text,
    value: "URL",
    group: "Chat platforms",
    default: "https://api.twilio.com/2010-04-01",
    help: "Where the Twilio API is, with its version",
};

pub(super) static LOG_FORMAT: Setting = Setting {
    key: "log_format",
    kind: SettingKind::Text,
    value: "text|json",
    group: "Observation",
    default: "text",
    help: "How log lines look",
};

pub(super) static METRICS_LISTEN: Setting = Setting {
    key: "metrics_listen",
    kind: SettingKind::Text,
    value: "ADDRESS:PORT",
    group: "Observation",
    default: "none",
    help: "Serve /metrics here, apart from the public address",
};

pub(super) static METRICS_TOKEN: Setting = Setting {
    key: "metrics_token",
    kind: SettingKind::FileSecret,
    value: "TOKEN",
    group: "Observation",
    default: "none",
    help: "File with the bearer token that /metrics demands;\nwithout --metrics-listen it also switches on \
        /metrics at the public address",
};
