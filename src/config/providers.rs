//! The `[[provider]]` tables of the TOML file, checked.
use super::check;
use super::file::Fields;
use super::provider::{OrganisationSource, Provider};
use super::refusal::SettingProblem;
use super::settings::{self, SettingKind};
use super::sources::one_of;
use crate::config::checked::{Check, checked};
use crate::domain::links::DomainName;
use secrecy::SecretString;
use std::collections::HashSet;
use toml::{Table, Value};

const KEYS: [&str; 12] = [
    "id",
    "label",
    "discovery_url",
    "allowed_issuers",
    "client_id",
    "further_audiences",
    "client_secret",
    "client_secret_file",
    "scopes",
    "organisation",
    "consumer_organisations",
    "trusted_domains",
];

/// All providers in the order of the file; those with a problem are left out.
pub(super) fn read(top: &Fields, problems: &mut Vec<SettingProblem>) -> Vec<Provider> {
    let tables = match top.table.get("provider") {
        None => return Vec::new(),
        Some(Value::Array(tables)) => tables,
        Some(other) => {
            problems.push(top.wrong_type("provider", other, "a [[provider]] table for each"));
            return Vec::new();
        }
    };
    let mut ids = HashSet::new();
    let mut providers = Vec::new();
    for (index, value) in tables.iter().enumerate() {
        let Value::Table(table) = value else {
            problems.push(top.wrong_type("provider", value, "a [[provider]] table for each"));
            continue;
        };
        let mut draft = ProviderDraft {
            fields: fields(top, index, table),
            problems,
        };
        draft.refuse_second(&mut ids);
        providers.extend(draft.provider());
    }
    providers
}

/// Messages call a provider by its id, or by its number if it has none.
fn fields<'a>(top: &Fields<'a>, index: usize, table: &'a Table) -> Fields<'a> {
    let number = (index + 1).to_string();
    let name = table.get("id").and_then(Value::as_str).unwrap_or(&number);
    Fields {
        path: top.path,
        prefix: format!("provider[{name}]."),
        table,
    }
}

/// One table on its way to a provider.
struct ProviderDraft<'a, 'p> {
    fields: Fields<'a>,
    problems: &'p mut Vec<SettingProblem>,
}

impl ProviderDraft<'_, '_> {
    fn provider(mut self) -> Option<Provider> {
        self.problems.extend(self.fields.unknown(&KEYS));
        let id = self.required("id", check::provider_id);
        let label = self.required("label", check::name);
        let discovery_url = self.required("discovery_url", check::discovery_url);
        let allowed_issuers = self.issuers(discovery_url.as_deref());
        let client_id = self.required("client_id", check::name);
        let further_audiences = self.fields.list("further_audiences");
        let further_audiences = self.sound(further_audiences);
        let client_secret = self.secret("client_secret");
        let scopes = self.scopes();
        let organisation = self.organisation();
        let trusted_domains = self.trusted_domains();
        let consumers = self.fields.list("consumer_organisations");
        let consumers = self.sound(consumers);
        Some(Provider {
            id: id?,
            label: label?,
            discovery_url: discovery_url?,
            allowed_issuers: allowed_issuers?,
            client_id: client_id?,
            further_audiences: further_audiences?.unwrap_or_default(),
            client_secret,
            scopes: scopes?,
            organisation,
            trusted_domains: trusted_domains?,
            consumer_organisations: consumers?.unwrap_or_default(),
        })
    }

    fn refuse_second(&mut self, ids: &mut HashSet<String>) {
        let id = self.fields.table.get("id").and_then(Value::as_str);
        if id.is_some_and(|id| !ids.insert(id.to_owned())) {
            self.refuse("id", "stands twice; allowed is an id that no other provider has");
        }
    }

    fn issuers(&mut self, discovery_url: Option<&str>) -> Option<Vec<String>> {
        let listed = self.fields.list("allowed_issuers");
        let Some(issuers) = self.sound(listed)? else {
            let issuer = discovery_url?
                .strip_suffix(check::DISCOVERY_PATH)
                .map(str::to_owned);
            if issuer.is_none() {
                self.refuse(
                    "allowed_issuers",
                    "is missing, and the discovery URL does not tell it",
                );
            }
            return issuer.map(|issuer| vec![issuer]);
        };
        if issuers.is_empty() {
            self.refuse("allowed_issuers", "is empty; allowed is at least one issuer");
        }
        for issuer in &issuers {
            if let Err(why) = check::provider_url(issuer) {
                self.refuse("allowed_issuers", format!("{issuer:?} is refused: {why}"));
            }
        }
        Some(issuers)
    }

    fn scopes(&mut self) -> Option<Vec<String>> {
        let listed = self.fields.list("scopes");
        let given = self.sound(listed)?;
        let given = given.unwrap_or_else(|| ["openid", "email", "profile"].map(str::to_owned).into());
        let mut scopes = vec!["openid".to_owned()];
        for scope in given {
            if !check::is_token(&scope) {
                self.refuse(
                    "scopes",
                    format!("{scope:?} is refused: allowed is one word a scope"),
                );
            } else if !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
        Some(scopes)
    }

    /// Whole domains, of which each address counts; a domain below one of them does not.
    fn trusted_domains(&mut self) -> Option<Vec<String>> {
        let listed = self.fields.list("trusted_domains");
        let mut domains = Vec::new();
        for given in self.sound(listed)?.unwrap_or_default() {
            match DomainName::parse(&given) {
                Ok(domain) if !given.trim().starts_with('@') => domains.push(domain.to_string()),
                _ => {
                    let allowed = "allowed is a whole domain, as example.org";
                    self.refuse("trusted_domains", format!("{given:?} is refused: {allowed}"));
                }
            }
        }
        Some(domains)
    }

    fn organisation(&mut self) -> Option<OrganisationSource> {
        let inner = self.fields.inner("organisation");
        let fields = self.sound(inner)??;
        let mut draft = ProviderDraft {
            fields,
            problems: self.problems,
        };
        draft
            .problems
            .extend(draft.fields.unknown(&["claim", "endpoint", "field"]));
        let claim = draft.optional("claim", check::name);
        let endpoint = draft.optional("endpoint", check::provider_url);
        let field = draft.optional("field", check::name);
        let has = |key| draft.fields.table.contains_key(key);
        match (has("claim"), has("endpoint"), has("field")) {
            (true, false, false) => claim.map(OrganisationSource::Claim),
            (false, true, true) => Some(OrganisationSource::Endpoint {
                url: endpoint?,
                field: field?,
            }),
            _ => {
                self.refuse(
                    "organisation",
                    "allowed is either claim, or endpoint and field together",
                );
                None
            }
        }
    }

    fn required<T>(&mut self, key: &str, check: Check<T>) -> Option<T> {
        if !self.fields.table.contains_key(key) {
            self.refuse(key, "is missing; every provider needs it");
        }
        self.optional(key, check)
    }

    fn optional<T>(&mut self, key: &str, check: Check<T>) -> Option<T> {
        let found = self.fields.scalar(key, SettingKind::Text);
        let given = self.sound(found)??;
        let name = format!("{}{key}", self.fields.prefix);
        self.sound(checked(&name, false, given, check))
    }

    fn secret(&mut self, key: &str) -> Option<SecretString> {
        let plain = self.fields.scalar(key, SettingKind::Secret);
        let plain = self.sound(plain)?;
        let path = self.fields.scalar(&settings::file_key(key), SettingKind::Text);
        let path = self.sound(path)?;
        let name = format!("{}{key}", self.fields.prefix);
        let given = self.sound(one_of(&name, plain, path))??;
        self.sound(checked(&name, true, given, check::secret))
    }

    fn refuse(&mut self, key: &str, message: impl Into<String>) {
        self.problems.push(self.fields.problem(key, message));
    }

    fn sound<T>(&mut self, result: Result<T, SettingProblem>) -> Option<T> {
        result.map_err(|problem| self.problems.push(problem)).ok()
    }
}
