//! `/dev/mailbox`: the letters that the demo would have sent, as text with their links.
use super::{Frame, Sheet, parts};
use crate::desk::demo;
use crate::domain::{Result, Time};
use crate::site::Call;
use crate::store::demo::DemoMail;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let mails = demo::organisation::demo_mailbox(call.desk()).await?;
    let title = words.say("mailbox-title");
    let heading = title.clone();
    let draw = move || {
        let letters = mails.iter().map(|m| letter(&call, m)).collect_view();
        let empty = mails
            .is_empty()
            .then(|| view! { <p class="empty">{words.say("mailbox-none")}</p> });
        view! {
            {parts::head(heading, words.say("mailbox-text"))}
            {empty}
            {letters}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::Card, draw))
}

fn letter(call: &Call, m: &DemoMail) -> AnyView {
    let lines = m.text.lines().map(|line| line_view(call, line)).collect_view();
    view! {
        <details class="tile">
            <summary>
                <strong>{m.subject.clone()}</strong>
                " "
                <span class="soft mail">{m.recipient.clone()}</span>
                " "
                {parts::time(call, Time(m.sent_at.0))}
            </summary>
            <div class="words">{lines}</div>
        </details>
    }
    .into_any()
}

/// A line of a letter; one that is a link of this site leads there.
fn line_view(call: &Call, line: &str) -> AnyView {
    let own = line
        .strip_prefix(&call.site.public_url)
        .filter(|rest| rest.starts_with('/'))
        .map(str::to_owned);
    match own {
        Some(path) => view! {
            <a href=path>{line.to_owned()}</a>
            <br />
        }
        .into_any(),
        None => view! {
            {line.to_owned()}
            <br />
        }
        .into_any(),
    }
}
