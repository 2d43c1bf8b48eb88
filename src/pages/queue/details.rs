//! What stands below a row of the queue that is opened.
use crate::desk::queue;
use crate::desk::queue::list::Details as DeskDetails;
use crate::domain::Result;
use crate::domain::ids::RequestId;
use crate::domain::links::Origin;
use crate::domain::member::Membership;
use crate::domain::request::Status;
use crate::domain::resource::HookKind;
use crate::domain::role::Permission;
use crate::islands::queue::{Details, Mail};
use crate::pages::access::progress;
use crate::pages::chat::names::fares;
use crate::pages::parts;
use crate::site::Call;
use crate::store;
use crate::store::outbox::Delivery;

/// What stands below a row once it is opened.
pub async fn details(call: &Call, member: &Membership, id: &RequestId) -> Result<Details> {
    let words = call.words();
    let d = queue::list::request_details(call.desk(), call.actor()?, member, id).await?;
    let history = d.history.iter().map(|e| parts::entry(call, e)).collect();
    let origin = match &d.row.request.origin {
        Origin::Provider(id) => call
            .site
            .providers
            .iter()
            .find(|p| p.id == *id)
            .map_or_else(|| id.clone(), |p| p.label.clone()),
        Origin::Domain(name) => name.clone(),
        Origin::Invitation(_) => words.say("queue-origin-invitation"),
        Origin::Unknown => String::new(),
    };
    let may_copy = !call.desk().plan.delivers_mail && member.may(Permission::InvitationsSend);
    let copyable = match &d.row.open_invitation {
        Some(invitation) if may_copy => invitation.to_string(),
        _ => String::new(),
    };
    let invited = d.row.open_invitation.is_some() && member.may(Permission::MembersManage);
    let may_try = member.may(Permission::RequestsDecide);
    let in_error = matches!(d.row.status, Status::Error(..)) && !d.row.actions.is_empty();
    Ok(Details {
        id: id.to_string(),
        message: d.row.request.message.clone(),
        facts: facts(call, &d, origin),
        progress: progress::words(call, member, &d.row.request, &d.progress, true),
        vote: if d.is_asked {
            format!("/{}/approvals?request={id}", member.slug)
        } else {
            String::new()
        },
        may_retry: in_error,
        may_follow: in_error && d.progress.newest > d.progress.number && !d.progress.flow_deleted,
        history,
        mails: d
            .letters
            .iter()
            .map(|l| mail(call, l, may_try))
            .chain(d.sends.iter().map(|s| message(call, s, may_try)))
            .collect(),
        copyable,
        may_allow_again: d.row.may_allow_again,
        user: if invited {
            parts::with(
                &format!("/{}/users", member.slug),
                "q",
                d.row.request.email.as_str(),
            )
        } else {
            String::new()
        },
    })
}

/// The facts of a request, each with its label.
pub(crate) fn facts(call: &Call, d: &DeskDetails, origin: String) -> Vec<(String, String)> {
    let w = call.words();
    let r = &d.row.request;
    let mut facts = Vec::new();
    let mut fact = |label: &str, value: String| {
        if !value.is_empty() {
            facts.push((w.say(label), value));
        }
    };
    fact("queue-origin", origin);
    if let Some(chat) = &d.row.chat {
        fact("queue-id", r.id.short());
        fact(
            "queue-provider",
            crate::pages::chat::names::platform(call, chat.platform),
        );
        fact("queue-connector", chat.connector.clone());
        fact("queue-identifier", chat.person.clone());
        fact("queue-conversation", chat.conversation.clone());
        let further = r.chatted().map_or(0, |c| c.further);
        fact(
            "queue-further",
            if further > 0 {
                further.to_string()
            } else {
                String::new()
            },
        );
    }
    if let Some(asked) = r.asked() {
        fact("queue-what", d.row.resource.clone().unwrap_or_default());
        fact(
            "queue-duration",
            asked.days.map_or_else(
                || w.say("applications-for-ever"),
                |n| w.tell("approvals-days", &[("n", &n)]),
            ),
        );
        fact(
            "queue-manager",
            d.manager.clone().unwrap_or_else(|| w.say("nobody")),
        );
        fact("queue-submitter", d.submitter.clone().unwrap_or_default());
        fact(
            "filter-approval",
            w.say(&format!("approval-type-{}", asked.approval.as_str())),
        );
        for call in &d.calls {
            let label = if call.kind == HookKind::Grant {
                "queue-hook-grant"
            } else {
                "queue-hook-end"
            };
            let problem = w.undelivered(call.problem.as_deref().unwrap_or_default());
            fact(
                label,
                w.tell(
                    &format!("hook-state-{}", call.state),
                    &[("n", &call.attempts), ("problem", &problem)],
                ),
            );
        }
    }
    if let Some(decision) = d.row.status.decision() {
        fact(
            if d.row.chat.is_some() {
                "queue-note"
            } else {
                "deny-reason"
            },
            decision.reason.clone(),
        );
        fact("mine-next-steps", decision.next_steps.clone());
    }
    facts
}

/// How a letter fares, in a sentence.
pub fn mail(call: &Call, d: &Delivery, may_try: bool) -> Mail {
    let words = call.words();
    let letter = words.say(&format!("letter-{}-name", d.letter));
    let at = d.ended_at.unwrap_or(d.next_try_at);
    let deferred = d.state == "queued" && d.problem.is_some();
    let waits = d.state == "queued" && !call.desk().plan.delivers_mail;
    let state = if waits {
        "waits"
    } else if deferred {
        "deferred"
    } else {
        d.state.as_str()
    };
    let why = words.undelivered(d.problem.as_deref().unwrap_or_default());
    let args: &[(&'static str, &dyn crate::words::Said)] = &[
        ("letter", &letter),
        ("to", &d.recipient),
        ("when", &words.ago(at, call.now())),
        ("why", &why),
    ];
    let again = may_try && !waits && (deferred || d.state == "failed");
    Mail {
        text: words.tell(&format!("mail-{state}"), args),
        again: if again { d.id.to_string() } else { String::new() },
        chat: false,
    }
}

pub(crate) fn message(call: &Call, s: &store::chat::fates::Fate, may_try: bool) -> Mail {
    let again = may_try && (s.is_deferred() || s.state == "failed");
    Mail {
        text: fares(call, s),
        again: if again { s.id.to_string() } else { String::new() },
        chat: true,
    }
}
