//! Finds the value of a setting: flag over environment over file. Secrets may stand in files of
//! their own.
use super::file::ConfigFile;
use super::refusal::{SettingProblem, ValueOrigin};
use super::settings::{self, Setting, SettingKind};
use crate::config::given::Given;

/// Asks for a text by name: a flag by its key, or a variable of the environment.
pub(super) type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Where values are looked for.
pub(super) struct Sources<'a> {
    pub flags: Lookup<'a>,
    pub environment: Lookup<'a>,
    pub file: Option<ConfigFile>,
}

#[derive(Clone, Copy)]
enum SourcePlace {
    Flags,
    Environment,
    File,
}

impl Sources<'_> {
    /// The value from the first place that has one.
    pub fn find(&self, setting: &Setting) -> Result<Option<Given>, SettingProblem> {
        for place in [SourcePlace::Flags, SourcePlace::Environment, SourcePlace::File] {
            let plain = self.at(place, setting.key, setting.kind)?;
            let given = if setting.kind.is_secret() {
                let path = self.at(place, &settings::file_key(setting.key), SettingKind::Text)?;
                one_of(setting.key, plain, path)?
            } else {
                plain
            };
            if given.is_some() {
                return Ok(given);
            }
        }
        Ok(None)
    }

    fn at(&self, place: SourcePlace, key: &str, kind: SettingKind) -> Result<Option<Given>, SettingProblem> {
        match place {
            SourcePlace::Flags => Ok((self.flags)(key).map(|text| Given {
                text,
                origin: ValueOrigin::Flag(settings::flag(key)),
            })),
            SourcePlace::Environment => Ok(self.variable(settings::environment(key))),
            SourcePlace::File => self
                .file
                .as_ref()
                .map_or(Ok(None), |file| file.top().scalar(key, kind)),
        }
    }

    /// An empty variable counts as absent: compose files and unit files pass unset ones on as
    /// empty.
    fn variable(&self, name: String) -> Option<Given> {
        let text = (self.environment)(&name).filter(|text| !text.is_empty())?;
        Some(Given {
            text,
            origin: ValueOrigin::Environment(name),
        })
    }
}

/// The secret itself or the content of the file that was named instead; both at once are refused.
pub(super) fn one_of(
    key: &str,
    plain: Option<Given>,
    path: Option<Given>,
) -> Result<Option<Given>, SettingProblem> {
    match (plain, path) {
        (Some(plain), Some(path)) => {
            let message = format!("given twice, by {} too; allowed is one of both", path.origin);
            Err(plain.problem(key, message))
        }
        (plain, None) => Ok(plain),
        (None, Some(path)) => secret_in(key, path).map(Some),
    }
}

fn secret_in(key: &str, path: Given) -> Result<Given, SettingProblem> {
    match std::fs::read_to_string(&path.text) {
        // Editors and `echo` end files with a newline that is no part of the secret.
        Ok(text) => Ok(Given {
            text: text.trim_end_matches(['\r', '\n']).to_owned(),
            ..path
        }),
        Err(error) => {
            let message = format!("cannot read {:?}: {error}; allowed is a text file", path.text);
            Err(path.problem(&settings::file_key(key), message))
        }
    }
}
