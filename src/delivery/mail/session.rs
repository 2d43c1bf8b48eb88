//! One session with the mail server, step by step: what goes wrong before a recipient is named is
//! trouble of the server or of our account there, and says nothing of the letter.
use crate::domain::delivery_failure::{self as failure, with};
use futures_util::future::BoxFuture;
use lettre::address::{Address, Envelope};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use secrecy::{ExposeSecret as _, SecretString};
use std::future::Future;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use url::Url;

/// How long the server may take for one step; there are at most six, and the leave.
const STEP: Duration = Duration::from_secs(15);

/// Why a letter did not leave.
#[derive(Debug)]
pub enum MailTrouble {
    /// Of the server, of the way there, or of our account: every letter would meet it.
    Channel(String),
    /// Of this letter, worth another try.
    Passing(String),
    /// Of this letter, for good.
    Final(String),
}

/// Whether what is said is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encryption {
    /// From the first byte.
    Wrapped,
    /// Before anything else is said.
    Required,
    WhereOffered,
    Never,
}

/// Whoever gives access tokens for the mailbox.
pub trait MailTokens: Send + Sync {
    /// The one that is good now; `spent`: one that was refused, in whose place another is wanted. The
    /// error is for the operator.
    fn token(&self, spent: Option<SecretString>) -> BoxFuture<'_, Result<SecretString, String>>;
}

/// How we sign in.
enum MailLogin {
    Nobody,
    Password(Credentials),
    /// By XOAUTH2.
    Token {
        user: String,
        tokens: Arc<dyn MailTokens>,
    },
}

/// Where the mail server is, and how we are known there.
pub struct MailServer {
    host: String,
    port: u16,
    encryption: Encryption,
    login: MailLogin,
    hello: ClientId,
    /// The system's root certificates are read when they are first asked for.
    tls: OnceLock<TlsParameters>,
    /// How long it may take for one step.
    patience: Duration,
}

impl MailServer {
    /// The server of a URL as the configuration completes it; None: it is no such URL.
    pub fn parse(url: &str) -> Option<Self> {
        let url = Url::parse(url).ok()?;
        let tls = url
            .query_pairs()
            .find(|(name, _)| name == "tls")
            .map(|(_, value)| value.into_owned());
        let (encryption, port) = match (url.scheme(), tls.as_deref()) {
            ("smtps", _) => (Encryption::Wrapped, 465),
            ("smtp", Some("required")) => (Encryption::Required, 587),
            ("smtp", Some("opportunistic")) => (Encryption::WhereOffered, 587),
            ("smtp", None) => (Encryption::Never, 25),
            _ => return None,
        };
        let plain = |text: &str| {
            Some(
                percent_encoding::percent_decode_str(text)
                    .decode_utf8()
                    .ok()?
                    .into_owned(),
            )
        };
        let login = match url.password() {
            Some(password) => MailLogin::Password(Credentials::new(plain(url.username())?, plain(password)?)),
            None => MailLogin::Nobody,
        };
        Some(Self {
            host: url.host_str()?.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(port),
            encryption,
            login,
            hello: ClientId::default(),
            tls: OnceLock::new(),
            patience: STEP,
        })
    }

    /// The same, with another patience for each step.
    pub fn patient(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The same, where we sign in as `user` by an access token.
    pub fn by_token(self, user: &str, tokens: Arc<dyn MailTokens>) -> Self {
        let user = user.to_owned();
        Self {
            login: MailLogin::Token { user, tokens },
            ..self
        }
    }

    /// The same, which hears this host name or address from us: many servers take nobody who names
    /// none, or one of a network of their own.
    pub fn greeted_as(self, host: &str) -> Self {
        let hello = match host.trim_matches(['[', ']']).parse() {
            Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
            Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
            Err(_) => ClientId::Domain(host.to_owned()),
        };
        Self { hello, ..self }
    }

    /// A step before the recipient is named.
    async fn step<T>(&self, doing: impl Future<Output = T>) -> Result<T, MailTrouble> {
        tokio::time::timeout(self.patience, doing)
            .await
            .map_err(|_| MailTrouble::Channel(failure::MAIL_SILENT.into()))
    }

    /// A step about this recipient and this letter.
    async fn of_letter(
        &self,
        doing: impl Future<Output = Result<Response, Error>>,
    ) -> Result<(), MailTrouble> {
        match tokio::time::timeout(self.patience, doing).await {
            Err(_) => Err(MailTrouble::Passing(failure::MAIL_SILENT.into())),
            Ok(Ok(_)) => Ok(()),
            Ok(Err(e)) => Err(sort(&e)),
        }
    }

    /// Hands one letter over.
    pub async fn send(&self, envelope: &Envelope, letter: &[u8]) -> Result<(), MailTrouble> {
        let mut session = self.open().await?;
        let sent = self.hand_over(&mut session, envelope, letter).await;
        // It is taken, or is not, whatever comes of taking leave.
        let _ = tokio::time::timeout(Duration::from_secs(2), session.command(Quit)).await;
        sent
    }

    fn tls(&self) -> Result<TlsParameters, MailTrouble> {
        if let Some(tls) = self.tls.get() {
            return Ok(tls.clone());
        }
        let tls = TlsParameters::new(self.host.clone()).map_err(|e| channel(failure::MAIL_TLS, &e))?;
        Ok(self.tls.get_or_init(|| tls).clone())
    }

    /// Connects and signs in.
    async fn open(&self) -> Result<AsyncSmtpConnection, MailTrouble> {
        match &self.login {
            MailLogin::Nobody => self.connect().await,
            MailLogin::Password(credentials) => {
                let mut session = self.connect().await?;
                self.step(session.auth(DEFAULT_MECHANISMS, credentials))
                    .await?
                    .map_err(|e| channel(failure::MAIL_ACCOUNT, &e))?;
                Ok(session)
            }
            MailLogin::Token { user, tokens } => self.open_by_token(user, tokens.as_ref()).await,
        }
    }

    /// A token that is refused is renewed once: it may have been taken back before its end.
    async fn open_by_token(
        &self,
        user: &str,
        tokens: &dyn MailTokens,
    ) -> Result<AsyncSmtpConnection, MailTrouble> {
        let mut spent = None;
        loop {
            let token = tokens.token(spent.clone()).await;
            let token =
                token.map_err(|why| MailTrouble::Channel(with(failure::MAIL_TOKEN, failure::said(&why))))?;
            let credentials = Credentials::new(user.to_owned(), token.expose_secret().to_owned());
            let mut session = self.connect().await?;
            let offered = session.server_info().supports_auth_mechanism(Mechanism::Xoauth2);
            match self
                .step(session.auth(&[Mechanism::Xoauth2], &credentials))
                .await?
            {
                Ok(_) => return Ok(session),
                Err(_) if offered && spent.is_none() => spent = Some(token),
                // Why is told once the challenge was answered, in which lettre finds no sense.
                Err(e) if offered && e.is_client() => {
                    let told = self.step(session.command("\r\n")).await?;
                    return Err(channel(failure::MAIL_ACCOUNT, &told.err().unwrap_or(e)));
                }
                Err(e) => return Err(channel(failure::MAIL_ACCOUNT, &e)),
            }
        }
    }

    /// Connects, greets and encrypts.
    async fn connect(&self) -> Result<AsyncSmtpConnection, MailTrouble> {
        let wrapped = match self.encryption {
            Encryption::Wrapped => Some(self.tls()?),
            _ => None,
        };
        let address = (self.host.as_str(), self.port);
        let connecting =
            AsyncSmtpConnection::connect_tokio1(address, Some(self.patience), &self.hello, wrapped, None);
        let mut session = self.step(connecting).await?.map_err(|e| {
            let why = if e.is_tls() {
                failure::MAIL_TLS
            } else if said(&e) {
                failure::MAIL_GREETING
            } else {
                failure::MAIL_UNREACHABLE
            };
            channel(why, &e)
        })?;
        let encrypts = match self.encryption {
            Encryption::Required => true,
            Encryption::WhereOffered => session.can_starttls(),
            Encryption::Wrapped | Encryption::Never => false,
        };
        if encrypts {
            let encrypting = session.starttls(self.tls()?, &self.hello);
            self.step(encrypting)
                .await?
                .map_err(|e| channel(failure::MAIL_TLS, &e))?;
        }
        Ok(session)
    }

    /// From the sender to the end of the letter.
    async fn hand_over(
        &self,
        session: &mut AsyncSmtpConnection,
        envelope: &Envelope,
        letter: &[u8],
    ) -> Result<(), MailTrouble> {
        let mut options = Vec::new();
        if !letter.is_ascii() && session.server_info().supports_feature(Extension::EightBitMime) {
            options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let is_ascii = |a: &Address| AsRef::<str>::as_ref(a).is_ascii();
        if !envelope.to().iter().chain(envelope.from()).all(is_ascii) {
            if !session.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(MailTrouble::Final(failure::ADDRESS.into()));
            }
            options.push(MailParameter::SmtpUtfEight);
        }
        self.step(session.command(Mail::new(envelope.from().cloned(), options)))
            .await?
            .map_err(|e| channel(failure::MAIL_SENDER, &e))?;
        for to in envelope.to() {
            self.of_letter(session.command(Rcpt::new(to.clone(), vec![])))
                .await?;
        }
        self.of_letter(session.command(Data)).await?;
        self.of_letter(session.message(letter)).await
    }
}

/// What is said once the recipient is named is of the letter, but for what names our account, the
/// server's state or its end.
fn sort(e: &Error) -> MailTrouble {
    let code = e.status().map_or(0, u16::from);
    let text = words(e);
    // RFC 3463: x.1.7 and x.1.8 are about the sender, x.3.0 to x.3.2 about the system, x.4.5 that it
    // has too much to do, x.7.0, x.7.8 and x.7.9 about who we are there.
    let of_us = ["1.7", "1.8", "3.1", "3.2", "4.5", "7.8", "7.9"];
    let names = |end: &str| text.contains(&format!("5.{end} ")) || text.contains(&format!("4.{end} "));
    match code {
        530 | 534 | 535 | 538 => MailTrouble::Channel(with(failure::MAIL_ACCOUNT, text)),
        421 | 454 => MailTrouble::Channel(with(failure::MAIL_GREETING, text)),
        400.. if of_us.iter().any(|end| names(end)) => MailTrouble::Channel(with(failure::MAIL_SENDER, text)),
        500.. => MailTrouble::Final(text),
        _ if e.is_client() => MailTrouble::Final(text),
        _ => MailTrouble::Passing(text),
    }
}

fn channel(why: &str, e: &Error) -> MailTrouble {
    MailTrouble::Channel(with(why, words(e)))
}

/// Whether the other side said something, rather than nothing.
fn said(e: &Error) -> bool {
    e.is_response() || e.is_permanent() || e.is_transient()
}

/// The server's own words, for the administrator; they hold no secret of ours.
fn words(e: &Error) -> String {
    let mut text = e.to_string();
    let mut cause = std::error::Error::source(e);
    while let Some(inner) = cause {
        let more = inner.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = inner.source();
    }
    failure::said(&text)
}
