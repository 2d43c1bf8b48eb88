//! Reads settings one after another, remembering where each came from and everything that was
//! wrong.
use super::check::Shown;
use super::describe;
use super::file::ConfigFile;
use super::providers;
use super::refusal::{SettingProblem, ValueOrigin};
use super::settings::{CONFIG, Setting};
use super::sources::Sources;
use super::{Origins, ShownValues, provider::Provider};
use crate::config::checked::{Check, checked};

/// Collects values, origins and problems.
pub(super) struct SettingReader<'a> {
    sources: Sources<'a>,
    origins: Origins,
    shown: ShownValues,
    problems: Vec<SettingProblem>,
}

impl<'a> SettingReader<'a> {
    /// Opens the configuration file, if one is named. A broken file is one problem among others.
    pub fn new(sources: Sources<'a>) -> Self {
        let mut reader = Self {
            sources,
            origins: Origins::new(),
            shown: ShownValues::new(),
            problems: Vec::new(),
        };
        let named = reader.sources.find(&CONFIG);
        if let Some(named) = reader.sound(named).flatten() {
            let loaded = ConfigFile::load(&named);
            reader.sources.file = reader.sound(loaded);
            reader.origins.insert(CONFIG.key, named.origin);
        }
        let unknown = reader.sources.file.as_ref().map(ConfigFile::unknown_keys);
        reader.problems.extend(unknown.unwrap_or_default());
        reader
    }

    /// The checked value, or nothing if it is absent or wrong.
    pub fn read<T: Shown>(&mut self, setting: &'static Setting, check: Check<T>) -> Option<T> {
        let value = self.given(setting, check);
        let shown = value.as_ref().map_or_else(|| describe::absent(setting), T::shown);
        self.shown.insert(setting.key, shown);
        value
    }

    /// The checked value, or the default if it is absent or wrong.
    pub fn read_or<T: Shown>(&mut self, setting: &'static Setting, check: Check<T>, default: T) -> T {
        let value = self.given(setting, check).unwrap_or(default);
        self.shown.insert(setting.key, value.shown());
        value
    }

    fn given<T>(&mut self, setting: &'static Setting, check: Check<T>) -> Option<T> {
        let found = self.sources.find(setting);
        let given = self.sound(found)??;
        self.origins.insert(setting.key, given.origin.clone());
        let checked = checked(setting.key, setting.kind.is_secret(), given, check);
        self.sound(checked)
    }

    /// The `[[provider]]` tables.
    pub fn providers(&mut self) -> Vec<Provider> {
        match &self.sources.file {
            Some(file) => {
                self.origins.insert("provider", file.top().origin("provider"));
                providers::read(&file.top(), &mut self.problems)
            }
            None => Vec::new(),
        }
    }

    /// Adds a problem with a value that is right by itself, but not beside the others.
    pub fn refuse(&mut self, setting: &Setting, message: impl Into<String>) {
        let origin = self
            .origins
            .get(setting.key)
            .cloned()
            .unwrap_or(ValueOrigin::Default);
        self.problems.push(SettingProblem {
            key: setting.key.to_owned(),
            origin,
            message: message.into(),
        });
    }

    /// Whether any source has it, right or wrong.
    pub fn is_given(&self, setting: &Setting) -> bool {
        self.origins.contains_key(setting.key)
    }

    /// Whether nothing was found wrong with it so far.
    pub fn is_sound(&self, setting: &Setting) -> bool {
        !self.problems.iter().any(|problem| problem.key == setting.key)
    }

    /// Where everything came from and how it is shown, or all the problems.
    pub fn finish(self) -> Result<(Origins, ShownValues), Vec<SettingProblem>> {
        if self.problems.is_empty() {
            Ok((self.origins, self.shown))
        } else {
            Err(self.problems)
        }
    }

    fn sound<T>(&mut self, result: Result<T, SettingProblem>) -> Option<T> {
        result.map_err(|problem| self.problems.push(problem)).ok()
    }
}
