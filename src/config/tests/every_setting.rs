//! Each setting is taken from each of its sources.
use super::*;

/// What the setting may be, by what stands for its value in the help.
fn sample(setting: &Setting) -> &'static str {
    match (setting.key, setting.value) {
        ("database", _) => "sqlite:a.db",
        ("smtp", _) => "smtp://localhost",
        ("secret_key", _) => KEY,
        (_, "ADDRESS:PORT") => "127.0.0.1:1",
        (_, "URL") => "https://a.example",
        (_, "E-MAIL" | "E-MAIL|URL") => "a@b.example",
        (_, "HOSTS") => "a.example .b.example",
        (_, "FOLDER" | "NAME" | "TOKEN") => "a",
        // The first of several words, or the first number.
        (_, choice) => choice.split(['|', '-']).next().unwrap(),
    }
}

/// What a setting makes no sense without, each with what it may be.
fn companions(key: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let all = [
        ("smtp", "smtp://localhost"),
        ("smtp_token_url", "https://a.example"),
        ("smtp_client_id", "a"),
        ("smtp_client_secret", "a"),
    ];
    let needed = key.starts_with("smtp_");
    all.into_iter().filter(move |(other, _)| needed && *other != key)
}

#[test]
fn every_setting_is_taken_from_every_source() {
    for setting in SETTINGS.iter().filter(|setting| setting.key != CONFIG.key) {
        let (key, sample) = (setting.key, sample(setting));
        let name = settings::environment(key);
        let others: Vec<_> = companions(key)
            .map(|(key, sample)| (settings::environment(key), sample))
            .collect();
        let mut given: Vec<_> = others
            .iter()
            .map(|(name, sample)| (name.as_str(), *sample))
            .collect();
        let others = given.clone();
        given.push((&name, sample));
        assert_eq!(
            config(&[], &given).origin(key),
            &ValueOrigin::Environment(name.clone())
        );
        let bare = matches!(setting.kind, SettingKind::Number | SettingKind::Switch);
        let line = if bare {
            format!("{key} = {sample}")
        } else {
            format!("{key} = '{sample}'")
        };
        let more = companions(key).map(|(key, sample)| format!("\n{key} = '{sample}'"));
        let line = line + &more.collect::<String>();
        assert!(matches!(from_file(&line).origin(key), ValueOrigin::File { key: k, .. } if k == key));
        if setting.kind != SettingKind::FileSecret {
            let flag = format!("--{}={sample}", settings::flag(key));
            assert_eq!(
                config(&[&flag], &others).origin(key),
                &ValueOrigin::Flag(settings::flag(key))
            );
        }
    }
}
