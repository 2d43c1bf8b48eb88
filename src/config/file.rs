//! The TOML file: reads it, hands out values of the right type, and names the keys that it does not
//! know.
use super::refusal::{SettingProblem, ValueOrigin};
use super::settings::{self, SettingKind};
use crate::config::given::Given;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// A configuration file that could be read and parsed.
pub(super) struct ConfigFile {
    path: PathBuf,
    table: Table,
}

impl ConfigFile {
    /// Reads the file that `--config` or `ANTEROOM_CONFIG` names.
    pub fn load(named: &Given) -> Result<Self, SettingProblem> {
        let path = PathBuf::from(&named.text);
        let text = std::fs::read_to_string(&path).map_err(|error| {
            let message = format!("cannot read {:?}: {error}; allowed is a TOML file", named.text);
            named.clone().problem(settings::CONFIG.key, message)
        })?;
        match text.parse::<Table>() {
            Ok(table) => Ok(Self { path, table }),
            Err(error) => Err(unreadable(path, &text, &error)),
        }
    }

    /// The keys outside of any table, with `provider` still among them.
    pub fn top(&self) -> Fields<'_> {
        Fields {
            path: &self.path,
            prefix: String::new(),
            table: &self.table,
        }
    }

    /// What is wrong with the names of the top keys.
    pub fn unknown_keys(&self) -> Vec<SettingProblem> {
        let mut known = settings::file_keys();
        known.push("provider".to_owned());
        self.top().unknown(&known)
    }
}

/// Says the line but never shows it, as toml's own message does: a password may stand in it.
fn unreadable(path: PathBuf, text: &str, error: &toml::de::Error) -> SettingProblem {
    let before = error
        .span()
        .and_then(|span| text.get(..span.start))
        .unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    SettingProblem {
        key: settings::CONFIG.key.to_owned(),
        origin: ValueOrigin::File {
            path,
            key: String::new(),
        },
        message: format!("line {line} is not TOML: {}", error.message()),
    }
}

/// One table of the file and the way to it.
pub(super) struct Fields<'a> {
    pub path: &'a Path,
    /// Stands before every key in messages, as `provider[webex].`.
    pub prefix: String,
    pub table: &'a Table,
}

impl<'a> Fields<'a> {
    pub fn origin(&self, key: &str) -> ValueOrigin {
        ValueOrigin::File {
            path: self.path.to_owned(),
            key: format!("{}{key}", self.prefix),
        }
    }

    pub fn problem(&self, key: &str, message: impl Into<String>) -> SettingProblem {
        let key = format!("{}{key}", self.prefix);
        let origin = ValueOrigin::File {
            path: self.path.to_owned(),
            key: key.clone(),
        };
        SettingProblem {
            key,
            origin,
            message: message.into(),
        }
    }

    /// A value that is no list and no table, as text.
    pub fn scalar(&self, key: &str, kind: SettingKind) -> Result<Option<Given>, SettingProblem> {
        let text = match (self.table.get(key), kind) {
            (None, _) => return Ok(None),
            (Some(Value::Integer(number)), SettingKind::Number) => number.to_string(),
            (Some(Value::Boolean(yes)), SettingKind::Switch) => yes.to_string(),
            (
                Some(Value::String(text)),
                SettingKind::Text | SettingKind::Secret | SettingKind::FileSecret,
            ) => text.clone(),
            (Some(other), _) => return Err(self.wrong_type(key, other, wanted(kind))),
        };
        Ok(Some(Given {
            text,
            origin: self.origin(key),
        }))
    }

    /// A list of strings.
    pub fn list(&self, key: &str) -> Result<Option<Vec<String>>, SettingProblem> {
        let wanted = "a list of strings, as [\"a\", \"b\"]";
        let Some(value) = self.table.get(key) else {
            return Ok(None);
        };
        let Value::Array(items) = value else {
            return Err(self.wrong_type(key, value, wanted));
        };
        let texts = items.iter().map(|item| match item {
            Value::String(text) => Ok(text.clone()),
            other => Err(self.wrong_type(key, other, wanted)),
        });
        texts.collect::<Result<_, _>>().map(Some)
    }

    /// A table inside this one.
    pub fn inner(&self, key: &str) -> Result<Option<Fields<'a>>, SettingProblem> {
        match self.table.get(key) {
            None => Ok(None),
            Some(Value::Table(table)) => {
                let prefix = format!("{}{key}.", self.prefix);
                Ok(Some(Fields {
                    path: self.path,
                    prefix,
                    table,
                }))
            }
            Some(other) => Err(self.wrong_type(key, other, "a table")),
        }
    }

    /// One problem for each key that is not `known`.
    pub fn unknown<S: AsRef<str>>(&self, known: &[S]) -> Vec<SettingProblem> {
        let is_known = |key: &str| known.iter().any(|other| other.as_ref() == key);
        let unknown = self.table.keys().filter(|key| !is_known(key));
        let names = known.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
        unknown
            .map(|key| self.problem(key, format!("unknown key{}; known are {names}", self.hint(key))))
            .collect()
    }

    /// TOML counts every key after a `[[provider]]` line to that provider, which surprises people.
    fn hint(&self, key: &str) -> &'static str {
        let misplaced = !self.prefix.is_empty() && settings::file_keys().iter().any(|k| k == key);
        if misplaced {
            " here (the server's own belong above the first [[provider]])"
        } else {
            ""
        }
    }

    pub fn wrong_type(&self, key: &str, value: &Value, wanted: &str) -> SettingProblem {
        let found = value.type_str();
        self.problem(
            key,
            format!("is of the wrong type ({found}); allowed is {wanted}"),
        )
    }
}

fn wanted(kind: SettingKind) -> &'static str {
    match kind {
        SettingKind::Number => "a whole number without quotes",
        SettingKind::Switch => "true or false without quotes",
        SettingKind::Text | SettingKind::Secret | SettingKind::FileSecret => "a text in quotes",
    }
}
