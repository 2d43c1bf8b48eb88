//! `/{org}/access_requests/bulk/{job}`: how far deciding many requests has come, and what became of
//! each.
use crate::desk::queue;
use crate::domain::Result;
use crate::domain::ids::JobId;
use crate::domain::member::Membership;
use crate::domain::request::Tab;
use crate::domain::verdict::Verdict;
use crate::pages::parts::form::Form;
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use crate::store::queue::bulk::Item;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let id = JobId::try_from(call.param("job").to_owned())?;
    let shown = queue::bulk::bulk_job(call.desk(), &member, &id).await?;
    let title = words.say("bulk-title");
    let heading = title.clone();
    let draw = move || {
        let back = format!("/{}/access_requests", member.slug);
        let c = shown.counts;
        let head = words.tell(
            if shown.job.ended_at.is_some() {
                "bulk-done"
            } else {
                "bulk-running"
            },
            &[("done", &c.done), ("all", &c.all), ("refused", &c.refused)],
        );
        let again = shown.job.ended_at.is_none().then(|| {
            view! {
                <p>
                    <a class="button" href=call.path.clone()>
                        {words.say("bulk-look-again")}
                    </a>
                </p>
            }
        });
        let verdict = words.say(if shown.job.verdict == Verdict::Approve {
            "bulk-approve"
        } else {
            "bulk-reject"
        });
        view! {
            <p>
                <a href=back>{words.say("bulk-back")}</a>
            </p>
            <div class="head">
                <h1>{heading}</h1>
            </div>
            <p class="soft">
                {verdict} " · " {shown.by.clone()} " · " {parts::time(&call, shown.job.begun_at)}
            </p>
            <p role="status">
                <strong>{head}</strong>
            </p>
            <progress max=c.all value=c.done aria-label=words.say("bulk-title")></progress>
            {again}
            {(!shown.job.reason.is_empty())
                .then(|| view! { <blockquote class="words">{shown.job.reason.clone()}</blockquote> })}
            {table(&call, &member, &shown.items)}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("requests"), draw))
}

fn table(call: &Call, member: &Membership, items: &[Item]) -> AnyView {
    let words = call.words();
    let rows = items.iter().map(|i| row(call, member, i)).collect_view();
    view! {
        <div class="sheet">
            <table>
                <caption>{words.say("bulk-title")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words.say("queue-email")}</th>
                        <th scope="col">{words.say("queue-what")}</th>
                        <th scope="col">{words.say("bulk-result")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(call: &Call, member: &Membership, i: &Item) -> AnyView {
    let words = call.words();
    let (text, shape) = match &i.result {
        None => (words.say("bulk-waits"), "wait"),
        Some(Ok(())) => (words.say("bulk-ok"), "yes"),
        Some(Err(e)) => (words.explain_alone(e, call.now()), "no"),
    };
    let to = format!("/{}/access_requests?request={}", member.slug, i.request);
    view! {
        <tr>
            <td class="who">
                <a href=to>
                    <strong>{i.name.clone()}</strong>
                </a>
                <span class="soft mail">{crate::domain::text::shown(&i.email)}</span>
            </td>
            <td class="wide">{i.resource.clone().unwrap_or_else(|| words.say("kind-join"))}</td>
            <td class="wide">
                <span class=format!("state {shape}")>{text}</span>
            </td>
        </tr>
    }
    .into_any()
}

/// The form that decides what is ticked in the queue, or everything that it lists.
pub fn form(call: &Call, member: &Membership, tab: Tab) -> Option<AnyView> {
    if tab == Tab::Approved || !member.may(crate::domain::role::Permission::RequestsDecide) {
        return None;
    }
    let words = call.words();
    let query = parts::whole_path(call)
        .split_once('?')
        .map(|(_, q)| q.to_owned())
        .unwrap_or_default();
    let open = call
        .draft
        .as_ref()
        .is_some_and(|d| d.action == "/actions/decide_many");
    let verdicts = vec![
        ("approve".to_owned(), words.say("bulk-approve")),
        ("reject".to_owned(), words.say("bulk-reject")),
    ];
    let form = Form::new(call, "decide_many", "bulk-press")
        .named("queue-bulk")
        .hidden("org", member.slug.as_str())
        .hidden("query", &query)
        .tick("all", "bulk-all", false)
        .choice("verdict", "bulk-verdict", verdicts, "approve")
        .lines("reason", "bulk-reason", "", 2)
        .draw();
    Some(
        view! {
            <details class="filter" open=open>
                <summary class="button">{words.say("bulk-open")}</summary>
                <p class="soft">{words.say("bulk-text")} " " {words.say("bulk-override")}</p>
                {form}
            </details>
        }
        .into_any(),
    )
}
