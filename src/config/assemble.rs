//! Puts the configuration together: reads every setting, fills in defaults, checks them beside one
//! another.
use super::ShownValues;
use super::reader::SettingReader;
use super::refusal::SettingProblem;
use super::settings as s;
use super::sources::Sources;
use super::{Config, ConnectionLimits, Database, LogFormat, MailIdentity, Metrics, OrganisationCreation};
use super::{MailGrant, Origins, PublicUrl, StatementLimits};
use super::{check, smtp};
use crate::chat::sent::Bases;
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::Url;

impl Config {
    /// What browsers are to remember for a year (`Strict-Transport-Security`); None: the public URL is
    /// no https.
    pub fn https_only(&self) -> Option<&'static str> {
        let told = if self.https_subdomains {
            "max-age=31536000; includeSubDomains"
        } else {
            "max-age=31536000"
        };
        self.public_url.is_secure().then_some(told)
    }

    /// Reads all sources; answers every problem at once.
    pub(super) fn assemble(sources: Sources<'_>, demo: bool) -> Result<Self, Vec<SettingProblem>> {
        let mut reader = SettingReader::new(sources);
        let mut config = read(&mut reader, demo);
        config.mail_grant = mail_grant(&mut reader, &config);
        check_listeners(&mut reader, &config);
        check_public_url(&mut reader, &config);
        (config.origins, config.shown) = reader.finish()?;
        Ok(config)
    }
}

/// The host, without what authenticator apps part by.
fn issuer(public_url: &PublicUrl) -> String {
    let host = public_url.host().trim_matches(['[', ']']);
    host.replace(':', ".")
}

/// Where a value is wrong its default stands in, so that the rest can still be checked.
fn read(reader: &mut SettingReader<'_>, demo: bool) -> Config {
    let listen = reader.read_or(&s::LISTEN, check::socket, DEFAULT_LISTEN);
    let data = reader.read_or(&s::DATA, check::folder, default_data(demo));
    let default_url = PublicUrl::of_listener(listen);
    let public_url = reader.read_or(&s::PUBLIC_URL, PublicUrl::parse, default_url);
    Config {
        listen,
        database: database(reader, &data),
        data,
        mail: mail(reader, &public_url),
        mail_grant: None,
        installation_name: reader.read_or(&s::INSTALLATION_NAME, check::issuer, issuer(&public_url)),
        public_url,
        https_subdomains: reader.read_or(&s::HTTPS_SUBDOMAINS, check::switch, false),
        private_hooks: reader.read_or(&s::PRIVATE_HOOKS, check::switch, false),
        hooks_by_proxy: reader.read_or(&s::HOOKS_BY_PROXY, check::switch, false),
        insecure_public_url: reader.read_or(&s::INSECURE_PUBLIC_URL, check::switch, false),
        smtp: reader.read(&s::SMTP, smtp::parse),
        support_contact: reader.read(&s::SUPPORT_CONTACT, check::support_contact),
        trusted_proxy_hops: reader.read_or(&s::TRUSTED_PROXY_HOPS, |text| check::number(text, 0, 10), 0),
        connections: connections(reader),
        streams_per_account: number::<1, 1000>(reader, &s::STREAMS_PER_ACCOUNT, 20),
        failed_sign_ins_per_address: number::<1, 1_000_000>(reader, &s::FAILED_SIGN_INS_PER_ADDRESS, 100),
        link_mails_per_address: number::<1, 1_000_000>(reader, &s::LINK_MAILS_PER_ADDRESS, 20),
        mails_per_organisation: number::<1, 1_000_000>(reader, &s::MAILS_PER_ORGANISATION, 10_000),
        statements: StatementLimits {
            run: seconds::<3600>(reader, &s::STATEMENT_SECONDS, 30),
            lock: seconds::<600>(reader, &s::LOCK_SECONDS, 10),
        },
        organisation_creation: organisation_creation(reader, demo),
        dns_resolver: reader.read(&s::DNS_RESOLVER, check::socket),
        chat: chat(reader),
        metrics: Metrics {
            listen: reader.read(&s::METRICS_LISTEN, check::socket),
            token: reader.read(&s::METRICS_TOKEN, check::token),
        },
        providers: reader.providers(),
        secret_key: reader.read(&s::SECRET_KEY, check::secret_key),
        demo,
        new: false,
        json_logs: reader.read_or(&s::LOG_FORMAT, check::log_format, LogFormat::Text) == LogFormat::Json,
        origins: Origins::new(),
        shown: ShownValues::new(),
    }
}

const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 3000);

fn default_data(demo: bool) -> PathBuf {
    PathBuf::from(if demo {
        "./anteroom-demo"
    } else {
        "./anteroom-data"
    })
}

fn database(reader: &mut SettingReader<'_>, data: &Path) -> Database {
    let path = data.join("anteroom.db");
    reader.read_or(&s::DATABASE, Database::parse, Database::Sqlite { path })
}

fn mail(reader: &mut SettingReader<'_>, public_url: &PublicUrl) -> MailIdentity {
    // An IP address is a valid mail domain only in a notation that few servers take.
    let host =
        Some(public_url.host()).filter(|host| host.contains(char::is_alphabetic) && !host.starts_with('['));
    let from = format!("anteroom@{}", host.unwrap_or("localhost"));
    MailIdentity {
        from: reader.read_or(&s::MAIL_FROM, check::email, from),
        from_name: reader.read_or(&s::MAIL_FROM_NAME, check::name, "Anteroom".to_owned()),
        reply_to: reader.read(&s::MAIL_REPLY_TO, check::email),
        hello: reader.read_or(&s::MAIL_HELLO, check::host_name, public_url.host().to_owned()),
    }
}

/// What access tokens are asked for with, if any are; what is given without the rest is refused.
fn mail_grant(reader: &mut SettingReader<'_>, config: &Config) -> Option<MailGrant> {
    let token_url = reader.read(&s::SMTP_TOKEN_URL, check::provider_url);
    let user = reader.read_or(&s::SMTP_USER, check::name, config.mail.from.clone());
    let client_id = reader.read(&s::SMTP_CLIENT_ID, check::name);
    let client_secret = reader.read(&s::SMTP_CLIENT_SECRET, check::secret);
    let refresh_token = reader.read(&s::SMTP_REFRESH_TOKEN, check::token);
    let scope = reader.read(&s::SMTP_SCOPE, check::name);
    if !reader.is_given(&s::SMTP_TOKEN_URL) {
        let parts = [&s::SMTP_CLIENT_ID, &s::SMTP_CLIENT_SECRET, &s::SMTP_REFRESH_TOKEN];
        for part in parts {
            if reader.is_given(part) {
                reader.refuse(part, "belongs to --smtp-token-url, which is not given");
            }
        }
        return None;
    }
    let has_password =
        |url: &SecretString| Url::parse(url.expose_secret()).is_ok_and(|u| u.password().is_some());
    if config.smtp.as_ref().is_some_and(has_password) {
        reader.refuse(
            &s::SMTP,
            "has a password, and --smtp-token-url is given too; allowed is one of both",
        );
    } else if !reader.is_given(&s::SMTP) {
        reader.refuse(&s::SMTP_TOKEN_URL, "belongs to --smtp, which is not given");
    }
    if !reader.is_given(&s::SMTP_CLIENT_ID) {
        reader.refuse(&s::SMTP_CLIENT_ID, "is missing; --smtp-token-url needs it");
    }
    if !reader.is_given(&s::SMTP_CLIENT_SECRET) && !reader.is_given(&s::SMTP_REFRESH_TOKEN) {
        reader.refuse(
            &s::SMTP_CLIENT_SECRET,
            "is missing; --smtp-token-url needs it, or --smtp-refresh-token-file, or both",
        );
    }
    Some(MailGrant {
        user,
        token_url: token_url?,
        client_id: client_id?,
        client_secret,
        refresh_token,
        scope,
    })
}

fn number<const LEAST: usize, const MOST: usize>(
    reader: &mut SettingReader<'_>,
    of: &'static s::Setting,
    default: usize,
) -> usize {
    reader.read_or(of, |text| check::number(text, LEAST, MOST), default)
}

fn seconds<const MOST: usize>(
    reader: &mut SettingReader<'_>,
    of: &'static s::Setting,
    default: usize,
) -> Duration {
    let seconds = number::<1, MOST>(reader, of, default);
    Duration::from_secs(u64::try_from(seconds).unwrap_or(u64::MAX))
}

fn connections(reader: &mut SettingReader<'_>) -> ConnectionLimits {
    ConnectionLimits {
        most: number::<64, 1_000_000>(reader, &s::CONNECTIONS, 8192),
        most_of_one: number::<8, 1_000_000>(reader, &s::CONNECTIONS_PER_ADDRESS, 512),
        head: seconds::<600>(reader, &s::HEADER_SECONDS, 10),
        body: seconds::<600>(reader, &s::BODY_SECONDS, 30),
        idle: seconds::<3600>(reader, &s::IDLE_SECONDS, 75),
        stall: seconds::<600>(reader, &s::STALL_SECONDS, 30),
    }
}

fn organisation_creation(reader: &mut SettingReader<'_>, demo: bool) -> OrganisationCreation {
    let default = if demo {
        OrganisationCreation::Everyone
    } else {
        OrganisationCreation::Operator
    };
    reader.read_or(&s::ORGANISATION_CREATION, check::organisation_creation, default)
}

fn chat(reader: &mut SettingReader<'_>) -> Bases {
    let mut given = BTreeMap::new();
    for setting in &s::PLATFORMS {
        let check = if setting.value == "HOSTS" {
            check::hosts
        } else {
            check::base
        };
        given.insert(
            setting.key,
            reader.read_or(setting, check, setting.default.to_owned()),
        );
    }
    Bases::given(|key| given.remove(key).unwrap_or_default())
}

fn check_listeners(reader: &mut SettingReader<'_>, config: &Config) {
    if config.demo && !config.listen.ip().is_loopback() {
        let why = "the demo's accounts and passwords are known to everyone, so with --demo only this machine \
            may connect; allowed is a loopback address such as 127.0.0.1:3000";
        reader.refuse(&s::LISTEN, format!("\"{}\" is refused: {why}", config.listen));
    }
    if config.metrics.listen == Some(config.listen) && config.listen.port() != 0 {
        reader.refuse(
            &s::METRICS_LISTEN,
            "is the public address too; allowed is another port, or none",
        );
    }
}

fn check_public_url(reader: &mut SettingReader<'_>, config: &Config) {
    let url = &config.public_url;
    let accepted = url.is_secure() || url.is_loopback() || config.insecure_public_url;
    // What stands in for a wrong value or follows from one must not be complained of again.
    if accepted || !reader.is_sound(&s::PUBLIC_URL) || !reader.is_sound(&s::LISTEN) {
        return;
    }
    let why = "sign-in cookies must be Secure, which browsers keep only \
        from https (or from this machine itself); give the https:// address that people use as --public-url, \
        or, if you accept that passwords can be read on the way, --insecure-public-url";
    reader.refuse(&s::PUBLIC_URL, format!("\"{url}\" is refused: {why}"));
}
