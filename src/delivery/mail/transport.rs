//! How letters leave: by SMTP, or into the demo's mailbox.
use crate::config::MailIdentity;
use crate::delivery::mail::letter::Rendered;
use crate::desk::faults::broken;
use crate::desk::{Desk, demo};
use crate::domain::account::Email;
use crate::domain::ids::LetterId;
use crate::domain::{Result, Time};
use crate::store::demo::DemoMail;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use std::time::Duration;

/// A way for letters.
pub enum Transport {
    Smtp(Box<Smtp>),
    /// The demo's: they are kept for `/dev/mailbox`.
    Mailbox,
}

/// A mail server, and whom letters come from.
pub struct Smtp {
    mailer: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    reply_to: Option<Mailbox>,
}

/// Why a letter did not leave.
pub enum MailTrouble {
    /// Worth another try: the server said 4xx, or nothing.
    Passing(String),
    /// The server said 5xx, or the letter cannot be written: another try would end the same.
    Final(String),
}

const PATIENCE: Duration = Duration::from_secs(30);

impl Transport {
    /// The SMTP server of this URL; wrong URLs and addresses were refused by the configuration.
    pub fn smtp(url: &str, identity: &MailIdentity) -> Result<Self> {
        let mailer = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| broken())?
            .timeout(Some(PATIENCE))
            .build();
        let from = Mailbox::new(
            Some(identity.from_name.clone()),
            identity.from.parse().map_err(|_| broken())?,
        );
        let reply_to = identity
            .reply_to
            .as_ref()
            .map(|r| r.parse().map(|a| Mailbox::new(None, a)))
            .transpose()
            .map_err(|_| broken())?;
        Ok(Transport::Smtp(Box::new(Smtp {
            mailer,
            from,
            reply_to,
        })))
    }

    /// Sends one letter. Its Message-ID comes from its id, so that a second copy of one try too
    /// many is known as the same letter.
    pub async fn send(
        &self,
        desk: &Desk,
        id: &LetterId,
        to: &Email,
        letter: &Rendered,
        now: Time,
    ) -> Result<(), MailTrouble> {
        match self {
            Transport::Smtp(smtp) => {
                let message = message(id, smtp, to, letter).map_err(|e| MailTrouble::Final(e.to_string()))?;
                smtp.mailer.send(message).await.map(|_| ()).map_err(sort)
            }
            Transport::Mailbox => {
                let mail = DemoMail {
                    id: id.to_string(),
                    recipient: to.to_string(),
                    subject: letter.subject.clone(),
                    text: letter.text.clone(),
                    html: letter.html.clone(),
                    sent_at: now,
                };
                demo::organisation::keep_demo_letter(desk, &mail)
                    .await
                    .map_err(|e| MailTrouble::Passing(e.to_string()))
            }
        }
    }
}

fn message(
    id: &LetterId,
    smtp: &Smtp,
    to: &Email,
    letter: &Rendered,
) -> Result<Message, lettre::error::Error> {
    let mut builder = Message::builder()
        .from(smtp.from.clone())
        .to(Mailbox::new(
            None,
            to.as_str().parse().map_err(|_| lettre::error::Error::MissingTo)?,
        ))
        .message_id(Some(format!("<{id}@{}>", smtp.from.email.domain())))
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".into(),
        ))
        .subject(letter.subject.clone());
    if let Some(reply_to) = &smtp.reply_to {
        builder = builder.reply_to(reply_to.clone());
    }
    builder.multipart(MultiPart::alternative_plain_html(
        letter.text.clone(),
        letter.html.clone(),
    ))
}

fn sort(e: lettre::transport::smtp::Error) -> MailTrouble {
    // The server's own words are kept for the administrator; they hold no secret of ours.
    let said = e
        .to_string()
        .chars()
        .filter(|c| !c.is_control())
        .take(300)
        .collect();
    if e.is_permanent() {
        MailTrouble::Final(said)
    } else {
        MailTrouble::Passing(said)
    }
}
