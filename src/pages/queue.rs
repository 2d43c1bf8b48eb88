//! `/{org}/access_requests`: the queue.
use super::{Frame, Sheet, parts};
use crate::desk::requests::Row as DeskRow;
use crate::domain::ids::RequestId;
use crate::domain::member::Membership;
use crate::domain::request::Verdict;
use crate::domain::role::Permission;
use crate::domain::{Error, Result, Time};
use crate::islands::queue::{Frame as Surround, Queue, Row, Rows, Words};
use crate::store::outbox::Delivery;
use crate::web::Call;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let rows = rows(&call, call.asked("after"), call.asked("request")).await?;
    let title = words.say("nav-requests");
    let heading = title.clone();
    let surround = surround(&call, &member, &rows);
    let draw = move || {
        let pending = words.tell("queue-pending", &[("n", &rows.pending)]);
        let as_page = as_page(&call, &rows, &surround);
        let next = (!rows.next.is_empty()).then(|| view! { <p><a class="button" href=rows.next.clone()>{words.say("queue-next")}</a></p> });
        let empty = rows.rows.is_empty().then(
            || view! { <div class="empty"><h2>{words.say("queue-empty")}</h2><p class="soft">{words.say("queue-empty-text")}</p></div> },
        );
        let table = (!rows.rows.is_empty()).then(|| view! { <Queue rows=rows.clone() words=table_words(&call) frame=surround/> });
        view! {
            <div class="head"><h1>{heading}</h1><p class="soft">{pending}</p></div>
            {notices(&call)}
            {as_page}
            {table}
            {empty}
            {next}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("requests"), draw))
}

/// A page of rows in words: what the page draws first, and what its island fetches later.
pub async fn rows(call: &Call, after: &str, request: &str) -> Result<Rows> {
    let (actor, member) = (call.actor()?, call.member()?);
    let picked = if request.is_empty() { None } else { Some(RequestId::try_from(request.to_owned())?) };
    let place = if after.is_empty() { None } else { Some(place(after)?) };
    let page = call.desk().queue(actor, member, place.as_ref(), picked.as_ref()).await?;
    let mut rows = Vec::with_capacity(page.rows.len());
    for r in page.rows {
        let is_picked = picked.as_ref() == Some(&r.request.id);
        let mut row = row(call, &r, is_picked);
        if is_picked {
            details(call, member, &r, &mut row).await?;
        }
        rows.push(row);
    }
    let next = page.next.map_or(String::new(), |(at, id)| format!("/{}/access_requests?after={}_{id}", member.slug, at.0));
    Ok(Rows { rows, next, pending: page.pending })
}

/// A place in the list from its address: the instant and the id.
fn place(after: &str) -> Result<(Time, RequestId)> {
    let (at, id) = after.split_once('_').ok_or(Error::Malformed)?;
    let at = at.parse().map_err(|_| Error::Malformed)?;
    Ok((Time(at), RequestId::try_from(id.to_owned()).map_err(|_| Error::Malformed)?))
}

fn row(call: &Call, r: &DeskRow, picked: bool) -> Row {
    let words = call.words();
    let (status, shape) = parts::status(words, r.status.word());
    let decided = match (r.status.decision(), &r.decided_by) {
        (Some(d), Some(by)) => words.tell("queue-decided", &[("by", by), ("when", &words.ago(d.at, call.now()))]),
        _ => String::new(),
    };
    let may_copy = !call.desk().plan.delivers_mail && call.member.as_ref().is_some_and(|m| m.may(Permission::InvitationsSend));
    Row {
        id: r.request.id.to_string(),
        version: r.request.version,
        short: r.request.id.short(),
        name: r.request.name.clone(),
        email: r.request.email.to_string(),
        message: r.request.message.clone(),
        submitted: parts::instant(call, r.request.submitted_at),
        shape: shape.into(),
        status,
        decided,
        open: r.actions.contains(&Verdict::Approve),
        picked,
        copyable: r.open_invitation.as_ref().filter(|_| may_copy).map(ToString::to_string).unwrap_or_default(),
        history: Vec::new(),
        mails: Vec::new(),
    }
}

async fn details(call: &Call, member: &Membership, r: &DeskRow, row: &mut Row) -> Result<()> {
    let words = call.words();
    let (history, mails) = call.desk().request_details(member, &r.request.id).await?;
    row.history = history
        .into_iter()
        .map(|e| {
            let what = words.say(&format!("event-{}", e.what.replace(['.', '_'], "-")));
            let by = e.actor.map(|a| words.tell("event-by", &[("actor", &a)])).unwrap_or_default();
            (format!("{what} {by}").trim().to_owned(), parts::instant(call, e.at))
        })
        .collect();
    row.mails = mails.iter().map(|d| delivery(call, d)).collect();
    Ok(())
}

/// How a letter fares, in a sentence.
fn delivery(call: &Call, d: &Delivery) -> String {
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
    let why = d.problem.clone().unwrap_or_default();
    words.tell(&format!("mail-{state}"), &[("letter", &letter), ("to", &d.recipient), ("when", &words.ago(at, call.now())), ("why", &why)])
}

fn surround(call: &Call, member: &Membership, rows: &Rows) -> Surround {
    let page = parts::whole_path(call);
    let mut surround = Surround {
        org: member.slug.to_string(),
        page,
        after: call.asked("after").to_owned(),
        request: call.asked("request").to_owned(),
        ..Surround::default()
    };
    if let Some(draft) = call.draft.as_ref().filter(|d| d.action == "/actions/decide")
        && let (Some(error), Some(request)) = (&draft.error, draft.typed("/actions/decide", "request"))
    {
        let verdict = draft.typed("/actions/decide", "verdict").unwrap_or("approve");
        surround.failed_why = call.explain(error);
        // Decided meanwhile, the row has no dialog any more; the sentence then stands above the table.
        if rows.rows.iter().any(|r| r.id == request && r.open) {
            surround.failed_row = format!("{verdict}-{request}");
        }
    }
    surround
}

/// What stands above the table: a link that is shown once, a decision that came too late, letters that wait for a mail server.
fn notices(call: &Call) -> AnyView {
    let words = call.words();
    let link = call.draft.as_ref().and_then(|d| d.shown.first().cloned()).map(|link| {
        view! { <div class="banner info" role="status"><p>{words.say("queue-link")}<br/><code class="link-once">{link}</code></p></div> }
    });
    let trouble =
        call.draft.as_ref().and_then(|d| d.error.as_ref()).map(|e| view! { <p class="trouble" role="alert">{call.explain(e)}</p> });
    let no_mail = (!call.desk().plan.delivers_mail)
        .then(|| view! { <div class="banner" role="status"><span aria-hidden="true">"▲"</span><p>{words.say("queue-no-mail")}</p></div> });
    view! { {link} {trouble} {no_mail} }.into_any()
}

/// `?do=approve&request=ID`: the dialog as a part of the page, for browsers without the `command` attribute.
fn as_page(call: &Call, rows: &Rows, surround: &Surround) -> AnyView {
    let words = call.words();
    let verdict = match call.asked("do") {
        "approve" => "approve",
        "reject" => "reject",
        _ => return ().into_any(),
    };
    let Some(row) = rows.rows.iter().find(|r| r.picked && r.open) else { return ().into_any() };
    let back = format!("/{}/access_requests?request={}", surround.org, row.id);
    let form = parts::Form::new(call, "decide", &format!("queue-{verdict}-press"))
        .hidden("org", &surround.org)
        .hidden("request", &row.id)
        .hidden("verdict", verdict)
        .draw();
    view! {
        <section class="panel">
            <h2>{words.say(&format!("queue-{verdict}-title"))}</h2>
            <div class="subject"><strong>{row.name.clone()}</strong><br/><span class="soft">{row.email.clone()}</span></div>
            <p>{text_of(call, verdict)}</p>
            {form}
            <p><a href=back>{words.say("cancel")}</a></p>
        </section>
    }
    .into_any()
}

fn text_of(call: &Call, verdict: &str) -> String {
    let organisation = call.member.as_ref().map(|m| m.organisation_name.clone()).unwrap_or_default();
    call.words().tell(&format!("queue-{verdict}-text"), &[("organisation", &organisation)])
}

fn table_words(call: &Call) -> Words {
    let w = call.words();
    Words {
        caption: w.say("nav-requests"),
        email: w.say("queue-email"),
        requested_at: w.say("queue-requested-at"),
        status: w.say("queue-status"),
        id: w.say("queue-id"),
        actions: w.say("queue-actions"),
        approve: w.say("queue-approve"),
        reject: w.say("queue-reject"),
        cancel: w.say("cancel"),
        approve_title: w.say("queue-approve-title"),
        approve_text: text_of(call, "approve"),
        send_invitation: w.say("queue-approve-press"),
        reject_title: w.say("queue-reject-title"),
        reject_text: text_of(call, "reject"),
        reject_request: w.say("queue-reject-press"),
        pending: w.say("form-pending"),
        offline: w.say("form-offline"),
        message: w.say("queue-message"),
        history: w.say("queue-history"),
        mails: w.say("queue-mails"),
        no_message: w.say("queue-no-message"),
        copy_link: w.say("queue-copy"),
        as_page: w.say("queue-as-page"),
    }
}
