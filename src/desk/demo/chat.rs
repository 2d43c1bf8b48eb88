//! The demo's chat: two bots, people who wrote to them and wait, and one who was let in. Nobody is
//! called: see `Platforms::pretending`.
use crate::chat::arrived::Message;
use crate::desk::chat::connectors::ConnectorDraft;
use crate::desk::faults::broken;
use crate::desk::{Actor, Desk, chat, demo, queue};
use crate::domain::connector::Platform;
use crate::domain::content_kind::ContentKind;
use crate::domain::ids::RequestId;
use crate::domain::member::Membership;
use crate::domain::time::Span;
use crate::domain::verdict::Verdict;
use crate::domain::{Result, Time};
use crate::store;
use crate::store::chat::connectors::Kept;

/// Fills the demo's chat, as people would who write to the bots.
pub(crate) async fn fill_demo_chat(desk: &Desk, now: Time) -> Result<()> {
    let at = |hours: i64| now - Span::hours(hours);
    let ivo = demo::people::demo_actor(desk, crate::desk::demo::people::ADMINISTRATOR, at(200)).await?;
    let admin = demo::people::demo_member(desk, &ivo).await?;
    let visitors = demo_connector(
        desk,
        &ivo,
        &admin,
        Platform::Telegram,
        "Visitors",
        &[("bot_token", "1:demo")],
    )
    .await?;
    let sms = [
        ("account_sid", "demo"),
        ("auth_token", "demo"),
        ("sender", "+15550100"),
    ];
    let suppliers = demo_connector(desk, &ivo, &admin, Platform::Sms, "Suppliers", &sms).await?;
    let first = demo_message(
        desk,
        &visitors,
        "41001",
        "Lea Morwen",
        "Hello, I am here for the optics workshop.",
        at(30),
    )
    .await?;
    let request = first.ok_or_else(|| broken())?;
    let later = Actor {
        caller: crate::desk::Caller::clock(at(29)),
        ..ivo
    };
    queue::decisions::decide_with(desk, &later, &admin, &request, &Verdict::Approve.into()).await?;
    demo_message(
        desk,
        &visitors,
        "41001",
        "Lea Morwen",
        "Thank you! Which room is it?",
        at(28),
    )
    .await?;
    demo_message(
        desk,
        &visitors,
        "41002",
        "Timo Ash",
        "May I join the tour on Friday?",
        at(5),
    )
    .await?;
    demo_message(
        desk,
        &visitors,
        "41002",
        "Timo Ash",
        "There are three of us, by the way.",
        at(4),
    )
    .await?;
    demo_message(
        desk,
        &suppliers,
        "+15550123",
        "",
        "Delivery for the lab, whom do I call?",
        at(2),
    )
    .await
    .map(|_| ())
}

async fn demo_connector(
    desk: &Desk,
    ivo: &Actor,
    admin: &Membership,
    platform: Platform,
    name: &str,
    settings: &[(&str, &str)],
) -> Result<Kept> {
    let texts = [
        (
            "onboarding_text_en",
            "Hello {name}, thank you for writing. Somebody will look at it, and you will hear from us here.",
        ),
        ("approval_text_en", "Welcome, {name}. You can go on here."),
        (
            "rejection_text_en",
            "Hello {name}, your request was not approved.",
        ),
    ];
    let fields = [
        ("name", name),
        ("onboarding", "on"),
        ("mode", "once"),
        ("language", "en"),
    ];
    let fields = fields
        .into_iter()
        .chain(texts)
        .chain(settings.iter().copied())
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .collect();
    let (id, _) = chat::connectors::create(desk, ivo, admin, platform, &ConnectorDraft(&fields)).await?;
    chat::connectors::find(desk, admin, &id).await
}

/// Has somebody write; the request that is open then.
async fn demo_message(
    desk: &Desk,
    kept: &Kept,
    person: &str,
    name: &str,
    text: &str,
    at: Time,
) -> Result<Option<RequestId>> {
    let message = Message {
        event: String::new(),
        key: String::new(),
        person: person.into(),
        also: Vec::new(),
        name: name.into(),
        conversation: person.into(),
        route: person.into(),
        text: text.into(),
        language: None,
        written_at: None,
        content: ContentKind::Text,
        stops: false,
        keyword: None,
    };
    let mut tx = desk.db.begin().await?;
    store::chat::connectors::note_event(&mut tx, &kept.organisation, &kept.connector.id, at).await?;
    chat::intake::hear(desk, &mut tx, kept, message, at, at).await?;
    let contact =
        store::chat::contacts::find_by_person(&mut tx, &kept.organisation, &kept.connector.id, person)
            .await?;
    let contact = contact.ok_or_else(|| broken())?;
    let open = store::requests::find_open_of_contact(&mut tx, &kept.organisation, &contact.id).await?;
    tx.commit().await?;
    Ok(open.map(|r| r.id))
}
