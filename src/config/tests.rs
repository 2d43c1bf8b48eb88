//! Where values come from, what complaints say, secrets in files. What values may be is in `values`
//! and `providers`.
mod every_setting;
mod providers;
mod values;

use super::settings::{self, CONFIG, PLATFORMS, SETTINGS, Setting, SettingKind};
use super::*;
use secrecy::ExposeSecret;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A folder that is gone after the test.
struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!(
            "anteroom-config-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn run(args: &[&str], env: &[(&str, &str)]) -> Result<(Command, Config), ConfigRefusal> {
    let env = |name: &str| {
        env.iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| (*value).to_owned())
    };
    parse(std::iter::once("anteroom").chain(args.iter().copied()), &env)
}

fn config(args: &[&str], env: &[(&str, &str)]) -> Config {
    run(args, env).unwrap_or_else(|refusal| panic!("{refusal}")).1
}

fn problems(args: &[&str], env: &[(&str, &str)]) -> Vec<String> {
    match run(args, env) {
        Err(ConfigRefusal::Settings(problems)) => problems.iter().map(ToString::to_string).collect(),
        Err(other) => panic!("{other}"),
        Ok((_, config)) => panic!("accepted: {config:?}"),
    }
}

fn problem(args: &[&str], env: &[(&str, &str)]) -> String {
    let problems = problems(args, env);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    problems.concat()
}

/// Reads a TOML file and nothing else.
fn from_file(text: &str) -> Config {
    let folder = Folder::new();
    config(&["--config", &folder.file("a.toml", text)], &[])
}

/// What is wrong with a TOML file, with `FILE` for its path.
fn file_problems(text: &str) -> Vec<String> {
    let folder = Folder::new();
    let path = folder.file("a.toml", text);
    problems(&["--config", &path], &[])
        .iter()
        .map(|problem| problem.replace(&path, "FILE"))
        .collect()
}

#[track_caller]
fn assert_has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
}

/// H10: what else is at the host's subdomains is nobody's to decide but the operator's.
#[test]
fn h10_browsers_remember_https_for_this_host() {
    let told = |arguments: &[&str]| config(arguments, &[]).https_only();
    let public = ["--public-url", "https://access.example.org"];
    assert_eq!(told(&[]), None);
    assert_eq!(told(&public), Some("max-age=31536000"));
    assert_eq!(
        told(&[public[0], public[1], "--https-subdomains=true"]),
        Some("max-age=31536000; includeSubDomains")
    );
}

#[test]
fn defaults() {
    let config = config(&[], &[]);
    assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
    assert_eq!(config.data, Path::new("./anteroom-data"));
    let Database::Sqlite { path } = &config.database else {
        panic!()
    };
    assert_eq!(path, Path::new("./anteroom-data/anteroom.db"));
    assert_eq!(config.public_url.origin(), "http://127.0.0.1:3000");
    assert_eq!(
        (config.mail.from.as_str(), config.mail.from_name.as_str()),
        ("anteroom@localhost", "Anteroom")
    );
    assert_eq!(config.organisation_creation, OrganisationCreation::Operator);
    assert_eq!(config.trusted_proxy_hops, 0);
    assert!(config.smtp.is_none() && config.secret_key.is_none() && config.providers.is_empty());
    assert!(!config.demo && !config.json_logs && !config.insecure_public_url && !config.private_hooks);
}

#[test]
fn flag_over_environment_over_file_over_default() {
    let folder = Folder::new();
    let file = folder.file(
        "a.toml",
        "listen = '127.0.0.3:3'\ntrusted_proxy_hops = 3\nmail_from_name = 'File'",
    );
    let env = [
        ("ANTEROOM_CONFIG", file.as_str()),
        ("ANTEROOM_LISTEN", "127.0.0.2:2"),
        ("ANTEROOM_TRUSTED_PROXY_HOPS", "2"),
    ];
    let config = config(&["--listen", "127.0.0.1:1"], &env);
    assert_eq!(config.listen.to_string(), "127.0.0.1:1");
    assert_eq!(config.trusted_proxy_hops, 2);
    assert_eq!(config.mail.from_name, "File");
    assert_eq!(config.origin("listen"), &ValueOrigin::Flag("listen".into()));
    assert_eq!(
        config.origin("trusted_proxy_hops"),
        &ValueOrigin::Environment("ANTEROOM_TRUSTED_PROXY_HOPS".into())
    );
    assert_eq!(
        config.origin("mail_from_name"),
        &ValueOrigin::File {
            path: file.into(),
            key: "mail_from_name".into()
        }
    );
    assert_eq!(config.origin("data"), &ValueOrigin::Default);
}

#[test]
fn options_work_on_both_sides_of_the_command() {
    for args in [
        ["--listen", "127.0.0.1:1", "migrate"],
        ["migrate", "--listen", "127.0.0.1:1"],
    ] {
        let (command, config) = run(&args, &[]).unwrap();
        assert_eq!((command, config.listen.port()), (Command::Migrate, 1));
    }
}

fn serving(demo: bool, new: bool) -> Command {
    Command::Serve { demo, new }
}

#[test]
fn commands() {
    let command = |args: &[&str]| run(args, &[]).unwrap().0;
    assert_eq!(command(&[]), serving(false, false));
    assert_eq!(command(&["serve", "--demo"]), serving(true, false));
    assert_eq!(command(&["check-config"]), Command::CheckConfig);
    assert_eq!(command(&["backup", "f"]), Command::Backup { file: "f".into() });
    assert_eq!(command(&["restore", "f"]), Command::Restore { file: "f".into() });
    assert_eq!(
        command(&["reset-link", "a@b.example"]),
        Command::ResetLink {
            email: "a@b.example".into()
        }
    );
    assert_eq!(
        command(&["unlink", "acme"]),
        Command::Unlink {
            organisation: "acme".into()
        }
    );
    assert_eq!(
        command(&["vouch", "acme"]),
        Command::Vouch {
            organisation: "acme".into()
        }
    );
    let made = Command::MakeAdmin {
        organisation: "acme".into(),
        email: "a@b.example".into(),
    };
    assert_eq!(command(&["make-admin", "acme", "a@b.example"]), made);
    assert_eq!(command(&["--demo"]), serving(true, false));
    assert_eq!(command(&["--demo", "serve"]), serving(true, false));
    assert_eq!(command(&["--new"]), serving(false, true));
    assert!(run(&["serve", "--new"], &[]).unwrap().1.new);
    for flag in ["--demo", "--new"] {
        assert_eq!(run(&[flag, "migrate"], &[]).unwrap_err().exit_code(), 2);
    }
    super::cli::command_line().debug_assert();
}

#[test]
fn help_names_every_flag_default_and_variable() {
    let Err(refusal) = run(&["--help"], &[]) else {
        panic!()
    };
    assert_eq!(refusal.exit_code(), 0);
    let help = refusal.to_string();
    for setting in SETTINGS.iter() {
        assert_has(&help, &[&settings::environment(setting.key), setting.default]);
        if setting.kind.is_secret() {
            assert_has(
                &help,
                &[&format!("[env: {}_FILE", settings::environment(setting.key))],
            );
        }
    }
    assert_has(
        &help,
        &[
            "Network:",
            "Storage:",
            "Mail:",
            "Examples:",
            "[default: 127.0.0.1:3000]",
            "serve --demo",
        ],
    );
    assert_eq!(run(&["--version"], &[]).unwrap_err().exit_code(), 0);
    assert_eq!(run(&["--nonsense"], &[]).unwrap_err().exit_code(), 2);
    assert_eq!(run(&["--listen", "x"], &[]).unwrap_err().exit_code(), 78);
}

#[test]
fn the_manual_names_every_setting() {
    let manual = include_str!("../../docs/configuration.md");
    let connectors = include_str!("../../docs/connectors/README.md");
    for setting in SETTINGS.iter() {
        let manual = if setting.group == PLATFORMS[0].group {
            connectors
        } else {
            manual
        };
        assert_has(
            manual,
            &[&settings::environment(setting.key), &format!("`{}`", setting.key)],
        );
    }
    let example = manual
        .split("```toml\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let folder = Folder::new();
    let secret = folder.file("secret", "smtp://user:pass@mail.example.org\n");
    let example = example
        .replace("/run/secrets/anteroom-smtp", &secret)
        .replace("/run/secrets/webex", &secret);
    assert_eq!(from_file(&example).providers.len(), 2);
}

#[test]
fn complaints_name_the_origin_and_what_is_allowed() {
    let allowed = "\"x\" is refused: allowed is an IP address with a port";
    assert_has(
        &problem(&["--listen", "x"], &[]),
        &["listen (flag --listen): ", allowed],
    );
    assert_has(
        &problem(&[], &[("ANTEROOM_LISTEN", "x")]),
        &["listen (environment ANTEROOM_LISTEN): ", allowed],
    );
    assert_has(
        &file_problems("listen = 'x'").concat(),
        &["listen (file FILE, key listen): ", allowed],
    );
    assert_has(
        &file_problems("listen = 3000").concat(),
        &["wrong type (integer); allowed is a text in quotes"],
    );
    assert_has(
        &file_problems("trusted_proxy_hops = '1'").concat(),
        &["whole number without quotes"],
    );
}

#[test]
fn unknown_keys_are_refused_by_name() {
    let problems = file_problems("listne = '127.0.0.1:1'\nconfig = 'b.toml'");
    assert_eq!(problems.len(), 2);
    assert_has(
        &problems[0],
        &["config (file FILE, key config): unknown key; known are listen, "],
    );
    assert_has(
        &problems[1],
        &[
            "listne (file FILE, key listne): unknown key",
            "smtp_file",
            "provider",
        ],
    );
}

#[test]
fn all_problems_are_told_at_once() {
    let folder = Folder::new();
    let file = folder.file(
        "a.toml",
        "mail_from = 'nobody'\nwrong = 1\n[[provider]]\nid = 'A'",
    );
    let env = [
        ("ANTEROOM_CONFIG", file.as_str()),
        ("ANTEROOM_TRUSTED_PROXY_HOPS", "11"),
    ];
    let all = problems(&["--listen", "x", "--public-url", "ftp://a"], &env).join("\n");
    assert_has(
        &all,
        &[
            "listen (",
            "public_url (",
            "trusted_proxy_hops (",
            "mail_from (",
            "wrong (",
            "provider[A].id (",
        ],
    );
    assert_has(
        &all,
        &[
            "provider[A].label (",
            "provider[A].client_id (",
            "provider[A].discovery_url (",
        ],
    );
    let refusal = run(&["--listen", "x", "--data", ""], &[])
        .unwrap_err()
        .to_string();
    assert_has(
        &refusal,
        &[
            "because 2 settings are wrong:\n  - listen (flag --listen)",
            "\n  - data (flag --data)",
        ],
    );
}

#[test]
fn broken_files_are_refused_without_showing_their_content() {
    let broken = file_problems("listen = '127.0.0.1:1'\nsmtp = 'smtp://u:hunter2@x\n").concat();
    assert_has(&broken, &["config (file FILE): line 2 is not TOML"]);
    assert!(!broken.contains("hunter2"));
    let missing = problem(&["--config", "/nowhere/a.toml"], &[]);
    assert_has(
        &missing,
        &["config (flag --config): cannot read \"/nowhere/a.toml\""],
    );
}

const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";

#[test]
fn secrets_may_stand_in_files() {
    let folder = Folder::new();
    let path = folder.file("key", &format!("{KEY}\r\n"));
    let by_env = config(&[], &[("ANTEROOM_SECRET_KEY_FILE", &path)]);
    assert_eq!(
        by_env.secret_key.as_ref().unwrap().expose_secret(),
        KEY.to_lowercase()
    );
    let by_flag = config(&["--secret-key-file", &path], &[]);
    assert_eq!(by_flag.origin("secret_key").to_string(), "flag --secret-key-file");
    let by_file = from_file(&format!("secret_key_file = '{path}'"));
    assert_has(
        &by_file.origin("secret_key").to_string(),
        &["key secret_key_file"],
    );
    let smtp = folder.file("smtp", "smtps://user:pass@mail.example.org\n");
    let by_env = config(&[], &[("ANTEROOM_SMTP_FILE", &smtp)]);
    assert_eq!(
        by_env.smtp.unwrap().expose_secret(),
        "smtps://user:pass@mail.example.org"
    );
    let database = folder.file("db", "postgres://u:p@h/d\n");
    assert!(matches!(
        config(&["--database-file", &database], &[]).database,
        Database::Postgres { .. }
    ));
}

#[test]
fn a_secret_and_its_file_together_are_refused() {
    let env = [
        ("ANTEROOM_METRICS_TOKEN", "a"),
        ("ANTEROOM_METRICS_TOKEN_FILE", "/b"),
    ];
    let expected = "given twice, by environment ANTEROOM_METRICS_TOKEN_FILE too";
    assert_has(
        &problem(&[], &env),
        &["metrics_token (environment ANTEROOM_METRICS_TOKEN): ", expected],
    );
    // Across sources precedence decides, as for every other setting.
    let env = [("ANTEROOM_SMTP_FILE", "/nowhere")];
    assert!(config(&["--smtp", "smtp://localhost"], &env).smtp.is_some());
    assert_has(
        &problem(&[], &env),
        &["smtp_file (environment ANTEROOM_SMTP_FILE): cannot read \"/nowhere\""],
    );
}

#[test]
fn empty_variables_count_as_absent() {
    assert_eq!(
        config(&[], &[("ANTEROOM_LISTEN", ""), ("ANTEROOM_SMTP", "")])
            .listen
            .port(),
        3000
    );
}

#[test]
fn describe_tells_origins_and_hides_secrets() {
    let env = [
        ("ANTEROOM_DATABASE", "postgres://u:hunter2@h/d"),
        ("ANTEROOM_METRICS_TOKEN", "hunter2"),
    ];
    let config = config(&["--smtp", "smtp://u:hunter2@h"], &env);
    let text = config.describe();
    let lines: Vec<String> = text
        .lines()
        .map(|l| l.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    for line in [
        "listen 127.0.0.1:3000 default",
        "database postgres (set) environment ANTEROOM_DATABASE",
        "smtp (set) flag --smtp",
        "metrics_token (set) environment ANTEROOM_METRICS_TOKEN",
        "secret_key (none) default",
    ] {
        assert!(
            lines.iter().any(|other| other == line),
            "{line:?} is missing in:\n{text}"
        );
    }
    assert_eq!(lines.len(), SETTINGS.len());
    assert!(!text.contains("hunter2") && !format!("{config:?}").contains("hunter2"));
}

#[test]
fn hosts_with_letters_of_their_owners_are_kept_in_ascii() {
    assert_eq!(
        check::email("access@müller.example").as_deref(),
        Ok("access@xn--mller-kva.example")
    );
    assert!(check::email("müller@x.example").is_err());
    let page = check::support_contact("https://hilfe.müller.example/x").map(|contact| contact.href());
    assert_eq!(page.as_deref(), Ok("https://hilfe.xn--mller-kva.example/x"));
    assert!(check::name("Ana \u{202e}moc").is_err());
}
