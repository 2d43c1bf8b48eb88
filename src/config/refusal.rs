//! Why the program does not start: where each wrong value came from and what is allowed instead.
use std::fmt;
use std::path::PathBuf;

/// Where a setting's effective value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueOrigin {
    /// A command line option, without its leading dashes.
    Flag(String),
    /// A variable of the environment, by its whole name.
    Environment(String),
    /// A key of the TOML file; keys of the second provider read `provider[2].label`.
    File { path: PathBuf, key: String },
    /// Nobody gave it.
    Default,
}

impl fmt::Display for ValueOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(f, "flag --{name}"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::File { path, key } if key.is_empty() => write!(f, "file {}", path.display()),
            Self::File { path, key } => write!(f, "file {}, key {key}", path.display()),
            Self::Default => write!(f, "default"),
        }
    }
}

/// One thing that is wrong with the settings. Its message never repeats a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingProblem {
    /// The setting's key, as in the TOML file.
    pub key: String,
    pub origin: ValueOrigin,
    /// What is wrong, and what is allowed.
    pub message: String,
}

impl fmt::Display for SettingProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.key, self.origin, self.message)
    }
}

/// The program must end now: with help or the version, or because it was started wrongly.
#[derive(Debug)]
pub enum ConfigRefusal {
    /// clap's own answer: help, version, or a command line that cannot be read.
    CommandLine(clap::Error),
    /// Everything that is wrong with the settings; never empty.
    Settings(Vec<SettingProblem>),
}

impl ConfigRefusal {
    /// 0 after help and version, 2 for a command line that cannot be read, 78 (`EX_CONFIG`) for
    /// wrong settings.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::CommandLine(error) => u8::try_from(error.exit_code()).unwrap_or(2),
            Self::Settings(_) => 78,
        }
    }

    /// Writes help and version to standard output and all else to standard error.
    pub fn print(&self) {
        match self {
            // A closed pipe is no reason to fail twice.
            Self::CommandLine(error) => drop(error.print()),
            Self::Settings(_) => eprintln!("{self}"),
        }
    }
}

impl fmt::Display for ConfigRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommandLine(error) => write!(f, "{error}"),
            Self::Settings(problems) => {
                let are = if problems.len() == 1 {
                    "setting is"
                } else {
                    "settings are"
                };
                write!(
                    f,
                    "Anteroom does not start, because {} {are} wrong:",
                    problems.len()
                )?;
                problems
                    .iter()
                    .try_for_each(|problem| write!(f, "\n  - {problem}"))
            }
        }
    }
}

impl std::error::Error for ConfigRefusal {}

impl From<clap::Error> for ConfigRefusal {
    fn from(error: clap::Error) -> Self {
        Self::CommandLine(error)
    }
}
