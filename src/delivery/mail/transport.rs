//! How letters leave: by SMTP, or into the demo's mailbox.
use crate::config::MailIdentity;
use crate::delivery::mail::letter::Rendered;
use crate::delivery::mail::session::{MailServer, MailTrouble};
use crate::desk::faults::broken;
use crate::desk::{Desk, demo};
use crate::domain::account::Email;
use crate::domain::ids::LetterId;
use crate::domain::{Result, Time};
use crate::store::demo::DemoMail;
use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};

/// A way for letters.
pub enum Transport {
    Smtp(Box<Smtp>),
    /// The demo's: they are kept for `/dev/mailbox`.
    Mailbox,
}

/// A mail server, and whom letters come from.
pub struct Smtp {
    server: MailServer,
    from: Mailbox,
    reply_to: Option<Mailbox>,
}

impl Transport {
    /// The SMTP server of this URL; wrong URLs and addresses were refused by the configuration.
    pub fn smtp(url: &str, identity: &MailIdentity) -> Result<Self> {
        Self::by(MailServer::parse(url).ok_or_else(broken)?, identity)
    }

    /// This SMTP server, with which our names and addresses go along.
    pub fn by(server: MailServer, identity: &MailIdentity) -> Result<Self> {
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
            server: server.greeted_as(&identity.hello),
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
                smtp.server.send(message.envelope(), &message.formatted()).await
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
    // The address is the installation's, whoever writes by it; so its name stays beside the organisation's.
    let mut from = smtp.from.clone();
    if !letter.from.is_empty() {
        let own = from.name.unwrap_or_default();
        from.name = Some(format!("{} ({own})", letter.from));
    }
    let mut builder = Message::builder()
        .from(from)
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
