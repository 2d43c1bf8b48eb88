//! Shows the effective settings and where each came from, for `check-config`. Secrets are shown as
//! `(set)`.
use super::ValueOrigin;
use super::settings::{CONFIG, SETTINGS, Setting};
use super::{Config, Provider};

impl Config {
    /// One line a setting: its key, its value, where it came from; then one line a provider.
    pub fn describe(&self) -> String {
        let mut rows: Vec<[String; 3]> = vec![["setting", "value", "from"].map(str::to_owned)];
        let settings = SETTINGS.iter().filter(|setting| setting.key != CONFIG.key);
        rows.extend(settings.map(|setting| {
            let value = self.shown.get(setting.key).cloned().unwrap_or_default();
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

/// How a setting is shown that has no value.
pub(super) fn absent(setting: &Setting) -> String {
    if setting.kind.is_secret() || setting.default == "none" {
        "(none)".to_owned()
    } else {
        setting.default.to_owned()
    }
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
