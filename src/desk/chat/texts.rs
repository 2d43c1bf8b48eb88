//! What is owed by chat: a connector's texts and answers to people, and to the organisation's agent
//! what people wrote.
use crate::chat::arrived::Message;
use crate::chat::sent::Send;
use crate::desk::faults::broken;
use crate::desk::requests::posts::{Say, Told};
use crate::desk::{Desk, requests};
use crate::domain::connector::{ConnectorState, Platform, filled};
use crate::domain::contact::Contact;
use crate::domain::content_kind::ContentKind;
use crate::domain::ids::{LetterId, RequestId};
use crate::domain::{Result, Time};
use crate::store::chat::connectors::Kept;
use crate::store::deliveries::messages::{MessageKind, Owed};
use crate::store::{self, Tx};
use serde::{Deserialize, Serialize};

/// The longest message that an agent is given, in characters: as long as any platform lets one be.
const LONGEST_FOR_AGENT: usize = 40_000;

/// What an organisation's agent is told of a message, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedOn {
    #[serde(rename = "type")]
    pub kind: String,
    pub connector: String,
    pub platform: Platform,
    pub contact: String,
    pub person: String,
    pub name: String,
    pub conversation: String,
    /// As it was written, up to 40,000 characters: what pages make visible or cut stays as it is.
    pub text: String,
    /// What came with the words, or in their place.
    pub content: ContentKind,
    /// When it came; milliseconds since 1970, UTC.
    pub at: Time,
    /// Counts the messages of one contact from 1.
    pub number: i64,
}

/// Owes a word to one person.
pub(crate) async fn whisper(desk: &Desk, tx: &mut Tx, kept: &Kept, say: Say, now: Time) -> Result<()> {
    let id: LetterId = desk.mint.id(now);
    requests::posts::owe_say(
        desk,
        tx,
        kept,
        None,
        MessageKind::Whisper,
        format!("whisper:{id}"),
        id,
        &say,
        now,
    )
    .await
}

/// Owes somebody one of the connector's texts; where that is empty, nothing.
pub(crate) async fn say(
    desk: &Desk,
    tx: &mut Tx,
    kept: &Kept,
    contact: &Contact,
    request: Option<&RequestId>,
    what: MessageKind,
    now: Time,
) -> Result<()> {
    let texts = kept.connector.texts_for(contact.language);
    let text = match what {
        MessageKind::Onboarding => texts.onboarding,
        MessageKind::Approval => texts.approval,
        _ => texts.rejection,
    };
    if text.is_empty() || kept.connector.state == ConnectorState::Deleted {
        return Ok(());
    }
    let send = Send::Text {
        route: contact.route.clone(),
        text: filled(
            &text,
            Some(contact.name.as_str()).filter(|name| *name != contact.person),
        ),
    };
    let owed = Owed {
        id: desk.mint.id(now),
        organisation: &kept.organisation,
        connector: &kept.connector.id,
        contact: Some(&contact.id),
        request,
        what,
        lane: format!("contact:{}", contact.id),
        send: serde_json::to_string(&send).map_err(|_| broken())?,
    };
    store::deliveries::messages::owe(tx, &owed, now).await
}

/// Owes the organisation's agent a message of somebody who is approved, behind all that they
/// wrote before.
pub(crate) async fn pass_on(
    desk: &Desk,
    tx: &mut Tx,
    kept: &Kept,
    contact: Contact,
    message: &Message,
    came: Time,
    now: Time,
) -> Result<Contact> {
    if kept.connector.agent.is_empty() {
        return Ok(contact);
    }
    let contact = Contact {
        passed_on: contact.passed_on + 1,
        ..contact
    };
    let call = PassedOn {
        kind: "message.received".into(),
        connector: kept.connector.id.to_string(),
        platform: kept.connector.platform,
        contact: contact.id.to_string(),
        person: contact.person.clone(),
        name: contact.name.clone(),
        conversation: contact.conversation.clone(),
        text: message.text.chars().take(LONGEST_FOR_AGENT).collect(),
        content: message.content,
        at: came,
        number: contact.passed_on,
    };
    let owed = Owed {
        id: desk.mint.id(now),
        organisation: &kept.organisation,
        connector: &kept.connector.id,
        contact: Some(&contact.id),
        request: None,
        what: MessageKind::Agent,
        lane: format!("agent:{}", contact.id),
        send: serde_json::to_string(&call).map_err(|_| broken())?,
    };
    store::deliveries::messages::owe(tx, &owed, now).await?;
    Ok(contact)
}

/// What a whisper is to a platform, once it has words.
pub fn whispered(say: &Say, text: String) -> Option<Send> {
    let Say::Whisper {
        route,
        person,
        answer_to,
        pressed,
        ..
    } = say
    else {
        return None;
    };
    if !pressed {
        return Some(Send::Text {
            route: route.clone(),
            text,
        });
    }
    Some(Send::Whisper {
        route: route.clone(),
        person: person.clone(),
        answer_to: answer_to.clone(),
        text,
    })
}

/// An answer to somebody's own message.
pub(crate) fn answer(contact: &Contact, told: Told) -> Say {
    Say::Whisper {
        route: contact.route.clone(),
        person: contact.person.clone(),
        answer_to: String::new(),
        pressed: false,
        told,
    }
}
