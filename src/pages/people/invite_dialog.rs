//! Inviting people: the dialog with its form, and what became of each address.
use crate::domain::Error;
use crate::domain::member::Membership;
use crate::domain::role::Role;
use crate::pages::parts;
use crate::pages::parts::form::Form;
use crate::pages::people::pieces::role_boxes;
use crate::site::Call;
use leptos::prelude::*;

/// The dialog that the address opens (`do=invite`), or the results of the invitations that were
/// just sent. `back`: the page below.
pub fn dialog(call: &Call, member: &Membership, roles: &[Role], left: i64, back: &str) -> Option<AnyView> {
    match call.once.of("/actions/invite") {
        [] => (call.asked("do") == "invite").then(|| form(call, member, roles, left, back)),
        sent => Some(results(call, member, sent, back)),
    }
}

fn form(call: &Call, member: &Membership, roles: &[Role], left: i64, back: &str) -> AnyView {
    let words = call.words();
    let start = |action| Form::new(call, action, "users-invite-button").hidden("org", member.slug.as_str());
    let typed = start("invite")
        .area("people", "invite-people")
        .ticks(words.say("users-roles"), role_boxes(call, member, roles, &[]))
        .cancel(back)
        .draw();
    let file = Form::new(call, "invite", "invite-file-button")
        .with_file()
        .hidden("org", member.slug.as_str())
        .with(
            view! {
                <div class="field-row">
                    <label for="invite-file">{words.say("invite-file")}</label>
                    <input
                        id="invite-file"
                        class="field"
                        type="file"
                        name="file"
                        accept=".csv,text/csv,text/plain"
                        required
                    />
                    <small class="soft">{words.say("invite-file-hint")}</small>
                </div>
            }
            .into_any(),
        )
        .button_class("button")
        .draw();
    // What is wrong with typed addresses stands beside their field.
    let error = call.draft.as_ref().and_then(|d| d.error.as_ref());
    let of_file = matches!(error, Some(Error::Invalid(faults)) if faults.iter().any(|f| f.field == "file"));
    let trouble = of_file.then(|| parts::trouble(call, &["invite"]));
    let inside = view! {
        <p class="soft">{words.tell("invite-left", &[("n", &left)])}</p>
        {typed}
        <details open=of_file>
            <summary>{words.say("invite-by-file")}</summary>
            {trouble}
            {file}
        </details>
    };
    parts::dialog(words.say("users-invite"), back, inside.into_any())
}

/// One row for each address: where it stood, and what became of it. Lines are `line`, `address`,
/// `word`, `reason`, parted by tabs.
fn results(call: &Call, member: &Membership, lines: &[String], back: &str) -> AnyView {
    let words = call.words();
    let mut rows: Vec<Vec<&str>> = lines.iter().map(|l| l.splitn(4, '\t').collect()).collect();
    // What wants another look stands first, however long the list is.
    rows.sort_by_key(|r| r.get(2) != Some(&"refused"));
    let part = |row: &[&str], n: usize| row.get(n).copied().unwrap_or_default().to_owned();
    let failed = rows.iter().filter(|r| part(r, 2) == "refused").count() as i64;
    let sent = rows.len() as i64 - failed;
    let rows = rows.iter().map(|row| {
        let (word, reason) = (part(row, 2), part(row, 3));
        let (class, text) = match word.as_str() {
            "refused" => ("state no", reason),
            word => ("state yes", words.say(&format!("invite-{word}"))),
        };
        view! {
            <tr>
                <td class="id">{part(row, 0)}</td>
                <td class="who mail">{part(row, 1)}</td>
                <td class="wide">
                    <span class=class>{text}</span>
                </td>
            </tr>
        }
    });
    let inside = view! {
        <p role="status">{words.tell("invite-sum", &[("sent", &sent), ("failed", &failed)])}</p>
        <section class="results" tabindex="0" aria-label=words.say("invite-results")>
            <table>
                <caption>{words.say("invite-results")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words.say("invite-line")}</th>
                        <th scope="col">{words.say("label-email")}</th>
                        <th scope="col">{words.say("invite-result")}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </section>
        <footer>
            <a class="button" href=back.to_owned()>
                {words.say("close")}
            </a>
            <a class="button" href=format!("/{}/invitations", member.slug)>
                {words.say("invite-to-list")}
            </a>
            <a class="button main" href=parts::with(back, "do", "invite")>
                {words.say("invite-another")}
            </a>
        </footer>
    };
    parts::dialog(words.say("invite-results"), back, inside.into_any())
}
