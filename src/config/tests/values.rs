//! What each setting takes, and how values get along with one another.
use super::*;

#[test]
fn public_url_matrix() {
    let origin = |url: &str| config(&["--public-url", url], &[]).public_url.origin().to_owned();
    assert_eq!(
        origin("https://Access.Example.org/"),
        "https://access.example.org"
    );
    assert_eq!(origin("https://a.example:443"), "https://a.example");
    assert_eq!(origin("https://a.example:8443"), "https://a.example:8443");
    for near in [
        "http://127.0.0.1:3000",
        "http://127.9.9.9",
        "http://[::1]:3000",
        "http://localhost:3000",
    ] {
        assert_eq!(origin(near), near);
    }
    for far in [
        "http://a.example",
        "http://10.0.0.1",
        "http://localhost.example",
        "http://0.0.0.0:1",
    ] {
        assert_has(
            &problem(&["--public-url", far], &[]),
            &["cookies must be Secure", "--insecure-public-url"],
        );
        let config = config(&["--public-url", far, "--insecure-public-url"], &[]);
        assert!(!config.public_url.is_secure() && config.insecure_public_url);
    }
    for wrong in [
        "a.example",
        "ftp://a.example",
        "https://a.example/x",
        "https://a.example/?",
        "https://a.example?x=1",
        "https://a.example/#",
        "https://u@a.example",
        "https://u:p@a.example",
        "https:a.example",
        "",
        "https://",
    ] {
        assert_has(
            &problem(&["--insecure-public-url", "--public-url", wrong], &[]),
            &["public_url (flag --public-url)", "allowed is"],
        );
    }
}

#[test]
fn the_default_public_url_follows_listen() {
    assert_eq!(
        config(&["--listen", "[::1]:80"], &[]).public_url.origin(),
        "http://[::1]"
    );
    let far = problem(&["--listen", "0.0.0.0:3000"], &[]);
    assert_has(
        &far,
        &["public_url (default): \"http://0.0.0.0:3000\" is refused"],
    );
    config(
        &["--listen", "0.0.0.0:3000", "--public-url", "https://a.example"],
        &[],
    );
}

#[test]
fn links_are_made_from_the_public_url() {
    let url = config(&["--public-url", "https://a.example:8443"], &[]).public_url;
    assert_eq!(url.link("/signin?x=1"), "https://a.example:8443/signin?x=1");
    assert_eq!((url.host(), url.is_secure()), ("a.example", true));
}

#[test]
fn the_demo_serves_this_machine_only() {
    let demo = config(&["serve", "--demo"], &[]);
    assert!(demo.demo);
    assert_eq!(demo.data, Path::new("./anteroom-demo"));
    assert_eq!(demo.organisation_creation, OrganisationCreation::Everyone);
    let args = [
        "serve",
        "--demo",
        "--listen",
        "0.0.0.0:3000",
        "--public-url",
        "https://a.example",
    ];
    assert_has(
        &problem(&args, &[]),
        &["listen (flag --listen)", "--demo", "loopback"],
    );
    let args = [
        "serve",
        "--demo",
        "--data",
        "x",
        "--organisation-creation",
        "operator",
    ];
    assert_eq!(
        config(&args, &[]).organisation_creation,
        OrganisationCreation::Operator
    );
}

#[test]
fn databases() {
    let path = |url: &str| match config(&["--database", url], &[]).database {
        Database::Sqlite { path } => path.display().to_string(),
        Database::Postgres { url } => url.expose_secret().to_owned(),
    };
    assert_eq!(path("sqlite:a/b.db"), "a/b.db");
    assert_eq!(path("sqlite://a.db"), "a.db");
    assert_eq!(path("sqlite:///abs/a.db"), "/abs/a.db");
    assert_eq!(
        path("postgres://u:p%40@h:5432/d?sslmode=require"),
        "postgres://u:p%40@h:5432/d?sslmode=require"
    );
    assert_eq!(
        path("postgresql:///d?host=/run/postgresql"),
        "postgresql:///d?host=/run/postgresql"
    );
    assert_has(
        &problem(&["--database", "sqlite::memory:"], &[]),
        &["in memory is gone"],
    );
    for wrong in [
        "mysql://u:hunter2@h/d",
        "a.db",
        "sqlite:",
        "sqlite:a.db?mode=ro",
        "postgres:d",
        "postgres://u:hunter2@h:x/d",
    ] {
        let problem = problem(&["--database", wrong], &[]);
        assert_has(
            &problem,
            &["database (flag --database): the value is refused", "allowed is"],
        );
        assert!(!problem.contains("hunter2"));
    }
}

#[test]
fn mail_servers() {
    let smtp = |url: &str| {
        config(&["--smtp", url], &[])
            .smtp
            .unwrap()
            .expose_secret()
            .to_owned()
    };
    assert_eq!(
        smtp("smtp://mail.example.org"),
        "smtp://mail.example.org?tls=required"
    );
    assert_eq!(smtp("smtp://127.0.0.1:1025/"), "smtp://127.0.0.1:1025");
    assert_eq!(
        smtp("smtp://u:p%40@h:25?tls=opportunistic"),
        "smtp://u:p%40@h:25?tls=opportunistic"
    );
    assert_eq!(smtp("smtp://h?tls=none"), "smtp://h");
    assert_eq!(smtp("smtps://u:p@h?tls=required"), "smtps://u:p@h");
    for url in [
        "smtp://h",
        "smtp://h?tls=none",
        "smtp://h?tls=opportunistic",
        "smtps://u:p@h:465",
    ] {
        assert!(
            lettre::AsyncSmtpTransport::<lettre::Tokio1Executor>::from_url(&smtp(url)).is_ok(),
            "{url}"
        );
    }
    for wrong in [
        "h:25",
        "http://h",
        "smtp://",
        "smtp://h/x",
        "smtp://h?tls=maybe",
        "smtp://h?a=b",
        "smtp://u@h",
        "smtps://h?tls=none",
        "smtp://u:hunter2@h:port",
    ] {
        let problem = problem(&["--smtp", wrong], &[]);
        assert_has(&problem, &["smtp (flag --smtp): the value is refused"]);
        assert!(!problem.contains("hunter2"));
    }
}

#[test]
fn mail_identity_and_support() {
    let args = [
        "--public-url",
        "https://a.example",
        "--mail-reply-to",
        "help@a.example",
        "--support-contact",
        "it@a.example",
    ];
    let mail = config(&args, &[]);
    assert_eq!(mail.mail.from, "anteroom@a.example");
    assert_eq!(mail.mail.reply_to.as_deref(), Some("help@a.example"));
    assert_eq!(mail.support_contact.unwrap().href(), "mailto:it@a.example");
    let page = config(&["--support-contact", "https://a.example/help"], &[])
        .support_contact
        .unwrap();
    assert_eq!(page, SupportContact::Page("https://a.example/help".into()));
    for (flag, wrong) in [
        ("--mail-from", "A <a@b.example>"),
        ("--mail-from", "a"),
        ("--mail-from-name", "A\r\nBcc: x"),
        ("--mail-from-name", ""),
        ("--support-contact", "javascript:alert(1)"),
        ("--support-contact", "http://a.example"),
    ] {
        assert_has(&problem(&[flag, wrong], &[]), &[flag, "allowed"]);
    }
}

#[test]
fn secret_keys() {
    let bytes = decode_key(KEY).unwrap();
    assert_eq!((bytes[0], bytes[31]), (0x00, 0xff));
    assert_eq!(
        decode_key("ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8="),
        Some(bytes)
    );
    assert_eq!(
        decode_key("ABEiM0RVZneImaq7zN3u_wARIjNEVWZ3iJmqu8zd7v8"),
        Some(bytes)
    );
    for wrong in [
        "",
        "abc",
        &KEY[1..],
        &KEY.replace('0', "g"),
        "ABEiM0RVZneImaq7zN3u",
    ] {
        assert_eq!(decode_key(wrong), None);
    }
    let problem = problem(&[], &[("ANTEROOM_SECRET_KEY", "hunter2")]);
    assert_has(
        &problem,
        &[
            "secret_key (environment ANTEROOM_SECRET_KEY): the value is refused",
            "64 hex digits",
        ],
    );
    assert!(!problem.contains("hunter2"));
}

#[test]
fn small_values() {
    assert!(config(&["--log-format", "json"], &[]).json_logs);
    assert!(
        !config(
            &["--insecure-public-url=false"],
            &[("ANTEROOM_INSECURE_PUBLIC_URL", "true")]
        )
        .insecure_public_url
    );
    for (flag, wrong) in [
        ("--log-format", "xml"),
        ("--organisation-creation", "nobody"),
        ("--trusted-proxy-hops", "11"),
        ("--connections", "63"),
        ("--connections-per-address", "7"),
        ("--header-seconds", "0"),
        ("--body-seconds", "601"),
        ("--idle-seconds", "0"),
        ("--stall-seconds", "x"),
        ("--streams-per-account", "0"),
        ("--mails-per-organisation", "0"),
        ("--statement-seconds", "0"),
        ("--lock-seconds", "601"),
        ("--metrics-listen", "x"),
        ("--metrics-listen", "127.0.0.1:3000"),
        ("--data", ""),
    ] {
        assert_has(&problem(&[flag, wrong], &[]), &[flag, "allowed"]);
    }
    assert_has(
        &problem(&[], &[("ANTEROOM_INSECURE_PUBLIC_URL", "maybe")]),
        &["allowed are true and false"],
    );
    assert_has(
        &problem(&[], &[("ANTEROOM_METRICS_TOKEN", "a b")]),
        &["the value is refused"],
    );
}
