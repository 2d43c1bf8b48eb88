//! The command line: which command, and the settings as options that every command takes.
use super::refusal::ConfigRefusal;
use super::settings::{self, SETTINGS, Setting, SettingKind};
use super::sources::Sources;
use super::{Config, Database, check};
use clap::error::ErrorKind;
use clap::{Arg, ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;

/// What the program is to do.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Serve the web app (what happens without any command)
    Serve {
        /// Try Anteroom out: sample data in a folder of its own; only this machine can connect
        #[arg(long)]
        demo: bool,
        /// Begin with an empty database where the one that a key was made for is missing
        #[arg(long)]
        new: bool,
    },
    /// Bring the database up to date, and stop
    Migrate,
    /// Show the effective settings and where each comes from, or what is wrong with them
    CheckConfig,
    /// Write a copy of everything to a file
    Backup {
        /// The file to write
        file: PathBuf,
    },
    /// Bring back what `backup` wrote
    Restore {
        /// The file that `backup` wrote
        file: PathBuf,
    },
    /// Check that nobody has changed the history, and name the first place where somebody has
    Verify {
        /// A log, or the text of letters, kept elsewhere: seals that stand in it must still be there
        #[arg(long)]
        witness: Vec<PathBuf>,
    },
    /// Show what waits to be delivered, what could not be, and which channels are in trouble
    Deliveries,
    /// Print how the log marks an address, to find in it what came from there
    Place {
        /// A network address; of version 6, its first half counts
        address: std::net::IpAddr,
    },
    /// Print a link with which somebody can set a new password
    ResetLink {
        /// Their e-mail address
        #[arg(value_parser = email)]
        email: String,
    },
    /// Take away what leads people to an organisation: its linked provider organisations and its
    /// domains
    Unlink {
        /// The organisation's id, as in its address
        #[arg(value_name = "ORG")]
        organisation: String,
    },
    /// Let an organisation that somebody created by themselves send as many mails as any other
    Vouch {
        /// The organisation's id, as in its address
        #[arg(value_name = "ORG")]
        organisation: String,
    },
    /// Show all organisations, with their members and open requests
    List,
    /// Create an organisation with its first administrator
    CreateOrganisation {
        /// Its id, as it will stand in its address: small letters, digits and hyphens
        #[arg(value_name = "ORG")]
        organisation: String,
        /// Its name
        name: String,
        /// Its customer number
        #[arg(value_name = "NUMBER")]
        customer_number: String,
        /// The administrator's e-mail address; who has no account gets a link to set a password
        #[arg(value_parser = email)]
        email: String,
    },
    /// Copy everything into another database that nobody has used yet, as from SQLite to PostgreSQL
    Copy {
        /// The database to read; without it the configured one
        #[arg(long, value_name = "URL", value_parser = database)]
        from: Option<String>,
        /// The database to fill
        #[arg(long, value_name = "URL", value_parser = database)]
        to: String,
    },
    /// Make somebody an administrator of an organisation, as when its last one is gone
    MakeAdmin {
        /// The organisation's id, as in its address
        #[arg(value_name = "ORG")]
        organisation: String,
        /// Their e-mail address
        #[arg(value_parser = email)]
        email: String,
    },
}

/// Anteroom decides who may join an organisation and what they may reach.
#[derive(Parser)]
#[command(name = "anteroom", version, after_help = AFTER_HELP)]
struct Cli {
    /// As `serve --demo`: try Anteroom out, with sample data in a folder of its own
    #[arg(long)]
    demo: bool,
    /// As `serve --new`: begin with an empty database where the one that a key was made for is missing
    #[arg(long)]
    new: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

impl Cli {
    /// `--demo` alone means `serve --demo`, as with `--new`; before any other command it would be
    /// forgotten silently, so it is refused.
    fn chosen(self) -> Result<Command, clap::Error> {
        match self.command {
            None => Ok(Command::Serve {
                demo: self.demo,
                new: self.new,
            }),
            Some(Command::Serve { demo, new }) => Ok(Command::Serve {
                demo: demo || self.demo,
                new: new || self.new,
            }),
            Some(_) if self.demo => {
                let message =
                    "--demo belongs to serve; other commands find the demo with --data ./anteroom-demo";
                Err(command_line().error(ErrorKind::ArgumentConflict, message))
            }
            Some(_) if self.new => {
                Err(command_line().error(ErrorKind::ArgumentConflict, "--new belongs to serve"))
            }
            Some(command) => Ok(command),
        }
    }
}

const AFTER_HELP: &str = "\
Precedence: an option beats the environment, the environment beats the file, the file beats the default.
Sign-in providers ([[provider]]) can only be given in the file. docs/configuration.md explains everything.

Examples:
  anteroom serve --demo
      Look around at http://127.0.0.1:3000 with sample data.
  anteroom --public-url https://access.example.org --smtp-file /run/secrets/smtp
      Serve behind a proxy that does the https.
  anteroom check-config --config /etc/anteroom.toml
      See what would be used, and from where.
  anteroom make-admin acme ana@example.org --config /etc/anteroom.toml
      Let Ana back in as an administrator.
  anteroom backup /var/backups/anteroom.backup --config /etc/anteroom.toml
      Keep a copy of everything.

Exit status: 0 done, 1 failed, 2 wrong command line, 78 wrong settings.";

/// Reads arguments (the program's name first) and environment into a command and a checked
/// configuration.
///
/// `env` answers the value of a variable. Files named by settings are read; nothing else is
/// touched.
pub fn parse<I>(args: I, env: &dyn Fn(&str) -> Option<String>) -> Result<(Command, Config), ConfigRefusal>
where
    I: IntoIterator,
    I::Item: Into<OsString> + Clone,
{
    let matches = command_line().try_get_matches_from(args)?;
    let cli = Cli::from_arg_matches(&matches)?;
    let command = cli.chosen()?;
    let demo = matches!(command, Command::Serve { demo: true, .. });
    let flags = |key: &str| flag(&matches, key);
    let sources = Sources {
        flags: &flags,
        environment: env,
        file: None,
    };
    let mut config = Config::assemble(sources, demo).map_err(ConfigRefusal::Settings)?;
    config.new = matches!(command, Command::Serve { new: true, .. });
    Ok((command, config))
}

/// Not every setting has a flag, so an unknown id is an answer, not a bug.
fn flag(matches: &ArgMatches, key: &str) -> Option<String> {
    matches.try_get_one::<String>(key).ok().flatten().cloned()
}

pub(super) fn command_line() -> clap::Command {
    Cli::command().args(SETTINGS.iter().copied().flat_map(options))
}

/// The setting's own option and that for a file with the secret in it, as far as it has them.
fn options(setting: &Setting) -> Vec<Arg> {
    let mut options = Vec::new();
    if setting.kind != SettingKind::FileSecret {
        let help = help(setting.help, setting.default, &settings::environment(setting.key));
        options.push(
            option(setting.key.to_owned(), setting)
                .value_name(setting.value)
                .help(help),
        );
    }
    if setting.kind.is_secret() {
        let key = settings::file_key(setting.key);
        let help = file_help(setting, &settings::environment(&key));
        options.push(option(key, setting).value_name("FILE").help(help));
    }
    options
}

fn file_help(setting: &Setting, variable: &str) -> String {
    if setting.kind == SettingKind::FileSecret {
        let variables = format!(
            "{variable}, or {} for the value itself",
            settings::environment(setting.key)
        );
        return help(setting.help, setting.default, &variables);
    }
    let flag = settings::flag(setting.key);
    help(
        &format!("File with the value of --{flag} in it, which hides it from others"),
        "",
        variable,
    )
}

fn option(key: String, setting: &Setting) -> Arg {
    let option = Arg::new(key.clone())
        .long(settings::flag(&key))
        .global(true)
        .next_line_help(true)
        .help_heading(setting.group);
    if setting.kind == SettingKind::Switch {
        // `--insecure-public-url=false` can undo what a file says.
        return option
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true");
    }
    option
}

fn help(words: &str, default: &str, variable: &str) -> String {
    let default = if default.is_empty() { "none" } else { default };
    format!("{words}\n[default: {default}] [env: {variable}]")
}

fn database(text: &str) -> Result<String, String> {
    Database::parse(text).map(|_| text.to_owned())
}

fn email(text: &str) -> Result<String, String> {
    check::email(text)
}
