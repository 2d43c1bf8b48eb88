//! The words of posts for approvers, and of answers to whoever pressed a button or sent a code, in
//! the connector's language.
use crate::chat::sent::{Button, Send};
use crate::desk::chat::texts::whispered;
use crate::desk::requests::posts::{Posted, Say, Told};
use crate::domain::connector::{Connector, Platform};
use crate::domain::request::{RequestKind, Status, StatusWord};
use crate::domain::verdict::Verdict;
use crate::store::deliveries::hold::Stands;
use crate::words::Words;

/// What a post or an edit becomes.
pub fn post(connector: &Connector, say: &Say, posted: &Posted, public_url: &str) -> Send {
    let w = Words(connector.language);
    let Stands { channel, message } = posted.stands.clone();
    let r = &posted.listed.request;
    let link = format!("{public_url}/{}/access_requests?request={}", posted.slug, r.id);
    let text = text(w, posted, &link);
    let open = Some(Button {
        label: w.say("chat-post-open"),
        value: link,
    });
    if let Say::Edit { .. } = say {
        return Send::Edit {
            channel,
            message,
            text: format!("{}\n\n{text}", outcome(w, posted)),
            open,
        };
    }
    let id = &posted.listed.request.id;
    let resource = posted.listed.request.kind() == RequestKind::Resource;
    let button = |verdict: Verdict| {
        let key = match (verdict, resource) {
            (Verdict::Approve, true) => "queue-grant",
            (Verdict::Reject, true) => "queue-deny",
            (Verdict::Approve, false) => "queue-approve",
            (Verdict::Reject, false) => "queue-reject",
        };
        Button {
            label: w.say(key),
            value: format!("{}:{id}", verdict.as_str()),
        }
    };
    Send::Post {
        channel,
        text,
        approve: button(Verdict::Approve),
        reject: button(Verdict::Reject),
        open,
    }
}

fn text(w: Words, posted: &Posted, link: &str) -> String {
    let r = &posted.listed.request;
    let who = match &posted.listed.chat {
        Some(chat) => chat.person.clone(),
        None => r.email.shown(),
    };
    let (resource, chat) = (&posted.listed.resource, &posted.listed.chat);
    let connector = chat.as_ref().map_or("", |chat| &chat.connector);
    let resource = resource.as_deref().unwrap_or_default();
    let head = w.tell(
        &format!("chat-post-{}", r.kind().as_str()),
        &[
            ("name", &r.name),
            ("who", &who),
            ("resource", &resource),
            ("connector", &connector),
        ],
    );
    // Somebody else's words: quoted line by line, and cut, so that what was decided always has its
    // place.
    let said: String = w.written(&r.message, r.content()).chars().take(1500).collect();
    let quoted: Vec<String> = said.lines().map(|l| format!("> {l}")).collect();
    [head, quoted.join("\n"), link.to_owned()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

/// What became of it: by whom and when.
fn outcome(w: Words, posted: &Posted) -> String {
    let kind = posted.listed.request.kind();
    let word = match &posted.status {
        Status::Provisioning(_) => StatusWord::Approved,
        other => other.word(),
    };
    let status = w.say(&kind.status_key(word));
    match (posted.status.decision(), &posted.listed.decided_by) {
        (Some(d), Some(by)) => w.tell(
            "chat-post-decided",
            &[("status", &status), ("by", by), ("when", &w.exact(d.at, "UTC"))],
        ),
        _ => status,
    }
}

/// What a whisper becomes; None: nothing is said.
pub fn whisper(connector: &Connector, say: &Say, public_url: &str) -> Option<Send> {
    let Say::Whisper { told, .. } = say else {
        return None;
    };
    let w = Words(connector.language);
    let text = match told {
        Told::Linked { name, organisation } => w.tell(
            "chat-told-linked",
            &[("name", name), ("organisation", organisation)],
        ),
        Told::CodeUnknown => w.say("chat-told-code-unknown"),
        Told::NotLinked => w.tell(
            "chat-told-not-linked",
            &[("url", &format!("{public_url}/settings"))],
        ),
        Told::MayNot => w.say("chat-told-may-not"),
        Told::OwnRequest => w.say("why-own-request"),
        Told::Gone => w.say("chat-told-gone"),
        Told::Over => w.say("why-not-pending"),
        Told::Refused { why } => w.reason(*why),
        Told::Already { by, verdict, at } => w.tell(
            &format!("error-already-{}", verdict.as_str()),
            &[("by", by), ("when", &w.exact(*at, "UTC"))],
        ),
        Told::OnPage { slug, request, asked } => {
            let page = if *asked { "approvals" } else { "access_requests" };
            w.tell(
                "chat-told-on-page",
                &[("url", &format!("{public_url}/{slug}/{page}?request={request}"))],
            )
        }
        Told::Canceled { organisation } => w.tell("chat-told-canceled", &[("organisation", organisation)]),
        // The post itself says it; on Telegram the button waits for an answer.
        Told::Done { .. } if connector.platform != Platform::Telegram => return None,
        Told::Done {
            verdict: Verdict::Approve,
        } => w.say("status-resource-approved"),
        Told::Done {
            verdict: Verdict::Reject,
        } => w.say("status-denied"),
    };
    whispered(say, text)
}
