//! What stands below a row of the queue that is opened.
use crate::desk::queue;
use crate::desk::queue::list::RequestDetails;
use crate::domain::Result;
use crate::domain::ids::RequestId;
use crate::domain::links::Origin;
use crate::domain::member::Membership;
use crate::domain::request::{ResourceRequest, Status};
use crate::domain::role::Permission;
use crate::islands::queue::RowDetails;
use crate::pages::access::progress;
use crate::pages::deliveries::fates;
use crate::pages::parts;
use crate::site::Call;
use crate::store::deliveries::fates::{Fate, Says};
use crate::store::queue::list::ChatSource;

/// What stands below a row once it is opened.
pub async fn details(call: &Call, member: &Membership, id: &RequestId) -> Result<RowDetails> {
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
    let at_administrators = d.row.request.asked().is_some_and(|a| a.at_administrators);
    let is_theirs_alone = at_administrators && d.progress.steps.len() == 1;
    Ok(RowDetails {
        id: id.to_string(),
        message: words.written(&d.row.request.message, d.row.request.content()),
        facts: facts(call, &d, origin),
        progress: progress::words(call, member, &d.row.request, &d.progress, true),
        // Where the administrators are all that the flow asks, their vote and their decision are one.
        vote: if d.is_asked && !is_theirs_alone {
            format!("/{}/approvals?request={id}", member.slug)
        } else {
            String::new()
        },
        may_retry: in_error,
        may_follow: in_error && d.progress.newest > d.progress.number && !d.progress.flow_deleted,
        history,
        mails: d
            .deliveries
            .iter()
            .filter(|fate| !matches!(fate.says, Says::HookCall(_)))
            .map(|fate| fates::line(call, fate, may_try))
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

/// The facts of a request, each with its label; those that are unknown are left out.
pub(crate) fn facts(call: &Call, d: &RequestDetails, origin: String) -> Vec<(String, String)> {
    let mut facts = vec![("queue-origin", origin)];
    if let Some(chat) = &d.row.chat {
        facts.extend(chat_facts(call, d, chat));
    }
    if let Some(asked) = d.row.request.asked() {
        facts.extend(asked_facts(call, d, asked));
        facts.extend(d.deliveries.iter().filter_map(|fate| hook_fact(call, fate)));
    }
    if let Some(decision) = d.row.status.decision() {
        let reason = if d.row.chat.is_some() {
            "queue-note"
        } else {
            "deny-reason"
        };
        facts.push((reason, decision.reason.clone()));
        facts.push(("mine-next-steps", decision.next_steps.clone()));
    }
    facts.retain(|(_, value)| !value.is_empty());
    let labelled = facts
        .into_iter()
        .map(|(label, value)| (call.words().say(label), value));
    labelled.collect()
}

/// Of a request by chat: where it came from.
fn chat_facts(call: &Call, d: &RequestDetails, chat: &ChatSource) -> [(&'static str, String); 6] {
    let r = &d.row.request;
    let further = match r.chatted().map_or(0, |c| c.further) {
        n if n > 0 => n.to_string(),
        _ => String::new(),
    };
    [
        ("queue-id", r.id.short()),
        (
            "queue-provider",
            crate::pages::chat::names::platform(call, chat.platform),
        ),
        ("queue-connector", chat.connector.clone()),
        ("queue-identifier", chat.person.clone()),
        ("queue-conversation", chat.conversation.clone()),
        ("queue-further", further),
    ]
}

/// Of a request for a resource: what is asked for, for how long, and for whom.
fn asked_facts(call: &Call, d: &RequestDetails, asked: &ResourceRequest) -> [(&'static str, String); 5] {
    let w = call.words();
    let duration = asked.days.map_or_else(
        || w.say("applications-for-ever"),
        |n| w.tell("approvals-days", &[("n", &n)]),
    );
    let approval = w.say(&format!("approval-type-{}", asked.approval.as_str()));
    [
        ("queue-what", d.row.resource.clone().unwrap_or_default()),
        ("queue-duration", duration),
        (
            "queue-manager",
            d.manager.clone().unwrap_or_else(|| w.say("nobody")),
        ),
        ("queue-submitter", d.submitter.clone().unwrap_or_default()),
        ("filter-approval", approval),
    ]
}

/// How a call of the resource's hook fares; None: it is something else.
fn hook_fact(call: &Call, fate: &Fate) -> Option<(&'static str, String)> {
    let w = call.words();
    let Says::HookCall(kind) = fate.says else {
        return None;
    };
    let problem = w.undelivered(fate.reason.as_deref().unwrap_or_default());
    let text = w.tell(
        &format!("hook-state-{}", fate.state.as_str()),
        &[("n", &fate.attempts), ("problem", &problem)],
    );
    Some((fates::hook_name(kind), text))
}
