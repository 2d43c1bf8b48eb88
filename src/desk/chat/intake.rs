//! Working on what came to a connector: a message becomes a request, is counted with an open one,
//! or is passed on; reports and new identities are noted.
use crate::chat::arrived::{Arrived, Keyword, Message, Report};
use crate::chat::sent::Send;
use crate::chat::{self};
use crate::desk::chat::arrivals::LABEL;
use crate::desk::chat::arrivals::known_as;
use crate::desk::chat::arrivals::put_off_arrival;
use crate::desk::faults::broken;
use crate::desk::history::{About, By};
use crate::desk::{self, Desk, history, letters, requests};
use crate::domain::changes::{self, Field};
use crate::domain::connector::{ConnectorState, Mode};
use crate::domain::contact::{Contact, ContactStanding};
use crate::domain::content_kind::ContentKind;
use crate::domain::delivery::DeliveryOutcome;
use crate::domain::event::What;
use crate::domain::links::Origin;
use crate::domain::notice::Letter;
use crate::domain::organisation::Organisation;
use crate::domain::request::{Chatted, Matter, Request, no_address};
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time, delivery_failure, text};
use crate::store::chat::connectors::Kept;
use crate::store::deliveries::arrivals::ClaimedArrival;
use crate::store::deliveries::messages::{MessageKind, Reported};
use crate::store::{self, Tx};

/// The longest message that is kept, in characters; what is longer is cut.
const LONGEST: usize = 4000;

/// How far back a message may say that it was written; no platform tries longer to deliver one.
const OLDEST: Span = Span::days(9);

/// Works on something that came. `name`: what the platform said when it was asked.
#[tracing::instrument(name = "chat::intake::work_on_arrival", skip_all)]
pub async fn work_on_arrival(
    desk: &Desk,
    claimed: &ClaimedArrival,
    name: Option<&str>,
    now: Time,
) -> Result<DeliveryOutcome> {
    let Ok(arrived) = serde_json::from_str::<Arrived>(&claimed.arrived) else {
        // Tried again it would be no better, and what comes behind it waits.
        return put_off_arrival(desk, claimed, &Error::Malformed.key(), None, now).await;
    };
    let mut tx = desk.db.begin().await?;
    let kept = match arrived {
        // Whoever deletes the connector ends the requests that are open by then: none is to
        // come after.
        Arrived::Message(_) => {
            store::chat::connectors::lock(&mut tx, &claimed.organisation, &claimed.connector).await?
        }
        _ => store::chat::connectors::find(&mut tx, &claimed.organisation, &claimed.connector).await?,
    };
    let outcome = match arrived {
        _ if kept.connector.state == ConnectorState::Deleted => DeliveryOutcome::Dropped,
        Arrived::Press(press) => {
            // It decides in a transaction of its own: after a crash in between, whoever pressed
            // hears that they have decided.
            drop(tx);
            let told = desk::chat::buttons::pressed(desk, &kept, &press, now).await?;
            desk::chat::buttons::finish_press(desk, claimed, &kept, &press, told, now).await?;
            return Ok(DeliveryOutcome::Sent);
        }
        Arrived::Message(mut message) => {
            if message.name.is_empty() {
                message.name = name.unwrap_or_default().to_owned();
            }
            hear(desk, &mut tx, &kept, *message, claimed.hold.created_at, now).await?;
            DeliveryOutcome::Sent
        }
        Arrived::Report(report) => reported(desk, &mut tx, claimed, &kept, &report, now).await?,
        Arrived::Reach { person, problem, .. } => {
            let (org, connector) = (&kept.organisation, &kept.connector.id);
            if let Some(contact) =
                store::chat::contacts::find_by_person(&mut tx, org, connector, &known_as(&person)).await?
            {
                store::chat::contacts::mark_unreachable(&mut tx, org, &contact.id, &problem).await?;
            }
            DeliveryOutcome::Sent
        }
        Arrived::Renamed { former, person, .. } => {
            adopt(desk, &mut tx, &kept, &known_as(&former), &known_as(&person), now).await?;
            DeliveryOutcome::Sent
        }
    };
    store::deliveries::outcomes::finish(&mut tx, &claimed.hold, &outcome, now).await?;
    tx.commit().await?;
    Ok(outcome)
}

/// What a platform reports of a message that it had taken. A report may be quicker than the
/// answer to what it is about: it waits a little.
async fn reported(
    desk: &Desk,
    tx: &mut Tx,
    claimed: &ClaimedArrival,
    kept: &Kept,
    report: &Report,
    now: Time,
) -> Result<DeliveryOutcome> {
    let message = chat::message_id(&report.message);
    let problem = &delivery_failure::said(&report.problem);
    let Some(sent) =
        store::deliveries::messages::find_sent(tx, &claimed.organisation, &claimed.connector, &message)
            .await?
    else {
        let waits = claimed.hold.attempts < 3;
        return Ok(if waits {
            DeliveryOutcome::Deferred(delivery_failure::NOT_KNOWN_YET.into(), now + Span::seconds(20))
        } else {
            DeliveryOutcome::Dropped
        });
    };
    if problem.is_empty() {
        return Ok(DeliveryOutcome::Sent);
    }
    if report.window_over && owe_template(tx, kept, &sent, now).await? {
        return Ok(DeliveryOutcome::Sent);
    }
    if !report.unreachable {
        store::chat::connectors::note_delivery(
            tx,
            &claimed.organisation,
            &claimed.connector,
            Some(problem),
            now,
        )
        .await?;
    }
    if !store::deliveries::messages::was_not_delivered(tx, &claimed.organisation, &sent.id, problem, now)
        .await?
    {
        return Ok(DeliveryOutcome::Sent);
    }
    if report.unreachable
        && let Some(contact) = sent.contact
    {
        store::chat::contacts::mark_unreachable(tx, &claimed.organisation, &contact, problem).await?;
    }
    if let Some(request) = sent.request {
        history::record(
            desk,
            tx,
            By::clock(now),
            What::ContactUndelivered,
            About::Thing(&claimed.organisation, request.as_str()),
            changes::made([(Field::Failure, problem.clone())]),
        )
        .await?;
    }
    Ok(DeliveryOutcome::Sent)
}

/// Owes the connector's template in place of a text that came too late for the platform; whether
/// there is one.
async fn owe_template(tx: &mut Tx, kept: &Kept, sent: &Reported, now: Time) -> Result<bool> {
    let (true, Ok(Send::Text { route, .. })) =
        (kept.connector.has_template(), serde_json::from_str(&sent.send))
    else {
        return Ok(false);
    };
    let template = serde_json::to_string(&Send::Template { route }).map_err(|_| broken())?;
    store::deliveries::messages::send_instead(tx, &kept.organisation, &sent.id, &template, now).await?;
    Ok(true)
}

/// `came`: when the message did, from which a platform counts how long it may be answered.
pub(crate) async fn hear(
    desk: &Desk,
    tx: &mut Tx,
    kept: &Kept,
    message: Message,
    came: Time,
    now: Time,
) -> Result<()> {
    let organisation = store::organisation::organisations::find(tx, &kept.organisation).await?;
    if organisation.open(now).is_err() {
        return Ok(());
    }
    let said = text::visible(&message.text, LONGEST);
    let written = message
        .written_at
        .filter(|at| *at <= came && *at >= came - OLDEST)
        .unwrap_or(came);
    let fresh = Contact {
        last_message_at: written,
        ..stranger(desk, kept, &message, now)
    };
    for former in &message.also {
        adopt(desk, tx, kept, &known_as(former), &fresh.person, now).await?;
    }
    let known = store::chat::contacts::meet(tx, &fresh).await?;
    let known = match known.may_have_passed_on(kept.connector.platform, fresh.last_message_at) {
        true => desk::chat::identities::forget_member(desk, tx, kept, known, now).await?,
        false => known,
    };
    let answered_there = is_for_platform(&message, &known);
    let contact = after_message(known, fresh, &message);
    if answered_there {
        return store::chat::contacts::save(tx, &contact).await;
    }
    if contact.standing != ContactStanding::Blocked
        && let Some(linked) = desk::chat::identities::try_code(desk, tx, kept, &contact, &said, now).await?
    {
        return store::chat::contacts::save(tx, &linked).await;
    }
    let contact = match contact.standing {
        ContactStanding::Active => {
            desk::chat::texts::pass_on(desk, tx, kept, contact, &message, came, now).await?
        }
        ContactStanding::Onboarding | ContactStanding::Rejected if kept.connector.onboarding => {
            ask_for_access(
                desk,
                tx,
                &organisation,
                kept,
                contact,
                (said, message.content),
                now,
            )
            .await?
        }
        _ => contact,
    };
    store::chat::contacts::save(tx, &contact).await
}

/// Whether a message is one that the platform answers by itself: no request, and nothing for the agent.
fn is_for_platform(message: &Message, known: &Contact) -> bool {
    message.stops
        || match message.keyword {
            Some(Keyword::Starts | Keyword::AsksForHelp) => true,
            // An answer, from whoever is in a conversation.
            Some(Keyword::SaysYes) => known.standing != ContactStanding::Active || known.has_opted_out(),
            None => false,
        }
}

/// A contact after a message. `fresh`: whoever wrote, as the message shows them.
fn after_message(known: Contact, fresh: Contact, message: &Message) -> Contact {
    Contact {
        name: if fresh.name == fresh.person {
            known.name.clone()
        } else {
            fresh.name
        },
        conversation: fresh.conversation,
        route: fresh.route,
        language: message.language.or(known.language),
        messages: known.messages + 1,
        last_message_at: fresh.last_message_at.max(known.last_message_at),
        unreachable: if message.stops {
            delivery_failure::OPTED_OUT.into()
        } else {
            String::new()
        },
        ..known
    }
}

/// Somebody is known under another identity from now on: the contact goes with them. Where both
/// are known already they stay two, and whoever is blocked as one is blocked as the other; what
/// they asked stays for the reviewer to deny.
async fn adopt(desk: &Desk, tx: &mut Tx, kept: &Kept, former: &str, person: &str, now: Time) -> Result<()> {
    let (org, connector) = (&kept.organisation, &kept.connector.id);
    let Some(known) = store::chat::contacts::find_by_person(tx, org, connector, former).await? else {
        return Ok(());
    };
    let (before, after) = match store::chat::contacts::find_by_person(tx, org, connector, person).await? {
        None => {
            store::chat::contacts::move_to(tx, org, &known.id, person).await?;
            let after = Contact {
                person: person.to_owned(),
                ..known.clone()
            };
            (known, after)
        }
        Some(other)
            if known.standing == ContactStanding::Blocked && other.standing != ContactStanding::Blocked =>
        {
            let other = store::chat::contacts::lock(tx, org, &other.id).await?;
            let after = Contact {
                standing: ContactStanding::Blocked,
                ..other.clone()
            };
            store::chat::contacts::save(tx, &after).await?;
            (other, after)
        }
        Some(_) => return Ok(()),
    };
    history::record(
        desk,
        tx,
        By::clock(now),
        What::ContactChanged,
        About::Thing(org, before.id.as_str()),
        changes::between(&before.facts(), &after.facts()),
    )
    .await
}

/// Whoever wrote, as somebody who was never heard of.
fn stranger(desk: &Desk, kept: &Kept, message: &Message, now: Time) -> Contact {
    let person = known_as(&message.person);
    let name = text::visible(&message.name, LABEL)
        .replace(['\n', '\t'], " ")
        .trim()
        .to_owned();
    Contact {
        id: desk.mint.id(now),
        organisation: kept.organisation.clone(),
        connector: kept.connector.id.clone(),
        name: if name.is_empty() { person.clone() } else { name },
        person,
        conversation: text::visible(&message.conversation, LABEL),
        route: message.route.replace('\0', ""),
        language: message.language,
        standing: ContactStanding::Onboarding,
        member: None,
        proven_at: None,
        messages: 0,
        last_message_at: now,
        onboarded_at: None,
        asked_at: None,
        passed_on: 0,
        unreachable: String::new(),
        created_at: now,
        version: 1,
    }
}

/// Makes a request of the message, or counts it with the one that is open.
async fn ask_for_access(
    desk: &Desk,
    tx: &mut Tx,
    organisation: &Organisation,
    kept: &Kept,
    contact: Contact,
    (said, content): (String, ContentKind),
    now: Time,
) -> Result<Contact> {
    if count_with_open(desk, tx, &contact, now).await? || !contact.may_ask(now) {
        return Ok(contact);
    }
    let chatted = Chatted {
        connector: kept.connector.id.clone(),
        contact: contact.id.clone(),
        further: 0,
        content,
    };
    let request = Request {
        matter: Matter::Chat(Box::new(chatted)),
        name: contact.name.clone(),
        message: said,
        language: contact.language.unwrap_or(kept.connector.language),
        ..Request::new(
            desk.mint.id(now),
            organisation,
            no_address(&contact.id)?,
            Origin::Unknown,
            now,
        )
    };
    store::requests::submit(tx, &request, &contact.person).await?;
    history::record(
        desk,
        tx,
        By::clock(now),
        What::RequestSubmitted,
        About::Thing(&organisation.id, request.id.as_str()),
        changes::made([(Field::Person, contact.person.clone())]),
    )
    .await?;
    tell_reviewers(desk, tx, organisation, kept, &contact, &request, now).await?;
    let contact = Contact {
        asked_at: Some(now),
        ..contact
    };
    greet(desk, tx, kept, contact, &request, now).await
}

/// Counts the message with the contact's open request; whether there is one. One that has run out
/// is closed instead.
async fn count_with_open(desk: &Desk, tx: &mut Tx, contact: &Contact, now: Time) -> Result<bool> {
    let open = store::requests::find_open_of_contact(tx, &contact.organisation, &contact.id).await?;
    let Some(open) = open else {
        return Ok(false);
    };
    let counts = open.is_open(now);
    if counts {
        store::requests::count_further(tx, &open).await?;
    } else {
        requests::outcomes::expire(desk, tx, open, now).await?;
    }
    Ok(counts)
}

/// Owes the letters about a request to whoever decides it, and the posts in chat.
async fn tell_reviewers(
    desk: &Desk,
    tx: &mut Tx,
    organisation: &Organisation,
    kept: &Kept,
    contact: &Contact,
    request: &Request,
    now: Time,
) -> Result<()> {
    let letter = Letter::ContactAsks {
        organisation: organisation.name.clone(),
        slug: organisation.slug.to_string(),
        request: request.id.clone(),
        name: request.name.clone(),
        identifier: contact.person.clone(),
        connector: kept.connector.name.clone(),
        message: request.message.clone(),
        content: request.content(),
    };
    let readers = requests::hearers::hearers_of_each(desk, tx, organisation).await?;
    letters::tell_readers(
        desk,
        tx,
        &organisation.id,
        readers,
        Some(&request.id),
        &letter,
        now,
    )
    .await?;
    requests::posts::post_for_approvers(desk, tx, request, now).await
}

/// Owes whoever asks for the first time the connector's words of welcome, where it has any.
async fn greet(
    desk: &Desk,
    tx: &mut Tx,
    kept: &Kept,
    contact: Contact,
    request: &Request,
    now: Time,
) -> Result<Contact> {
    let greets = kept.connector.mode == Mode::Once
        && !kept.connector.texts_for(contact.language).onboarding.is_empty();
    let greeted = if greets { contact.clone().greet(now) } else { None };
    match greeted {
        Some(greeted) => {
            desk::chat::texts::say(
                desk,
                tx,
                kept,
                &greeted,
                Some(&request.id),
                MessageKind::Onboarding,
                now,
            )
            .await?;
            Ok(greeted)
        }
        None => Ok(contact),
    }
}
