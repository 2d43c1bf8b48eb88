//! Shows the effective settings and where each came from, for `check-config`. Secrets are shown as
//! `(set)`.
use super::settings::{self as s, Setting};
use super::{Config, Database, OrganisationCreation, Provider, SupportContact, ValueOrigin};
use std::fmt::Display;

impl Config {
    /// One line a setting: its key, its value, where it came from; then one line a provider.
    pub fn describe(&self) -> String {
        let mut rows: Vec<[String; 3]> = vec![["setting", "value", "from"].map(str::to_owned)];
        rows.extend(self.values().into_iter().map(|(setting, value)| {
            [
                setting.key.to_owned(),
                value,
                self.origin(setting.key).to_string(),
            ]
        }));
        rows.extend(self.providers.iter().map(|provider| self.provider_row(provider)));
        table(&rows)
    }

    /// Where the value of the setting with this TOML key came from.
    pub fn origin(&self, key: &str) -> &ValueOrigin {
        self.origins.get(key).unwrap_or(&ValueOrigin::Default)
    }

    fn values(&self) -> [(&'static Setting, String); 26] {
        [
            (&s::LISTEN, self.listen.to_string()),
            (&s::PUBLIC_URL, self.public_url.to_string()),
            (&s::INSECURE_PUBLIC_URL, self.insecure_public_url.to_string()),
            (&s::TRUSTED_PROXY_HOPS, self.trusted_proxy_hops.to_string()),
            (&s::PRIVATE_HOOKS, self.private_hooks.to_string()),
            (&s::DATA, self.data.display().to_string()),
            (&s::DATABASE, self.database_text()),
            (&s::SECRET_KEY, set(self.secret_key.is_some())),
            (&s::SMTP, set(self.smtp.is_some())),
            (&s::MAIL_FROM, self.mail.from.clone()),
            (&s::MAIL_FROM_NAME, self.mail.from_name.clone()),
            (&s::MAIL_REPLY_TO, or_none(self.mail.reply_to.as_deref())),
            (
                &s::SUPPORT_CONTACT,
                or_none(self.support_contact.as_ref().map(SupportContact::text)),
            ),
            (&s::ORGANISATION_CREATION, self.creation_text()),
            (
                &s::DNS_RESOLVER,
                self.dns_resolver
                    .map_or_else(|| "the system's".to_owned(), |a| a.to_string()),
            ),
            (&s::SLACK_URL, self.chat.slack.clone()),
            (&s::TEAMS_LOGIN_URL, self.chat.teams_login.clone()),
            (&s::TEAMS_KEYS_URL, self.chat.teams_keys.clone()),
            (&s::TEAMS_HOSTS, self.chat.teams_hosts.join(" ")),
            (&s::TEAMS_SERVICE_URL, self.chat.teams_service.clone()),
            (&s::TELEGRAM_URL, self.chat.telegram.clone()),
            (&s::WHATSAPP_URL, self.chat.whatsapp.clone()),
            (&s::SMS_URL, self.chat.sms.clone()),
            (
                &s::LOG_FORMAT,
                if self.json_logs { "json" } else { "text" }.to_owned(),
            ),
            (&s::METRICS_LISTEN, or_none(self.metrics.listen)),
            (&s::METRICS_TOKEN, set(self.metrics.token.is_some())),
        ]
    }

    fn database_text(&self) -> String {
        match &self.database {
            Database::Sqlite { path } => format!("sqlite:{}", path.display()),
            Database::Postgres { .. } => "postgres (set)".to_owned(),
        }
    }

    fn creation_text(&self) -> String {
        match self.organisation_creation {
            OrganisationCreation::Operator => "operator".to_owned(),
            OrganisationCreation::Everyone => "everyone".to_owned(),
        }
    }

    fn provider_row(&self, provider: &Provider) -> [String; 3] {
        let secret = if provider.client_secret.is_some() {
            "client secret (set)"
        } else {
            "no client secret"
        };
        let issuers = provider.allowed_issuers.join(" ");
        let value = format!("{}, {secret}, issuers {issuers}", provider.label);
        [
            format!("provider {}", provider.id),
            value,
            self.origin("provider").to_string(),
        ]
    }
}

fn set(is_set: bool) -> String {
    if is_set { "(set)" } else { "(none)" }.to_owned()
}

fn or_none(value: Option<impl Display>) -> String {
    value.map_or_else(|| set(false), |value| value.to_string())
}

/// Columns side by side; long values do not push the others away.
fn table(rows: &[[String; 3]]) -> String {
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count().min(44))
            .max()
            .unwrap_or(0)
    };
    let (first, second) = (width(0), width(1));
    let lines = rows
        .iter()
        .map(|[key, value, origin]| format!("{key:first$}  {value:second$}  {origin}"));
    lines.collect::<Vec<_>>().join("\n")
}
