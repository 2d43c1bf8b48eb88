//! The form of every page: without scripts an ordinary post; with them it shows progress and errors
//! in place, then goes on.
use leptos::prelude::*;

/// A form that posts to a server function. Its fields are the children, drawn on the server.
#[island]
pub fn LiveForm(
    /// The server function's path.
    action: String,
    /// What the pressed button says while the post is under way.
    pending: String,
    /// What to say when the network does not answer.
    offline: String,
    /// An error from a post without scripts, already in words; empty if there is none.
    trouble: String,
    /// `form`, or another class of the stylesheet.
    class: String,
    /// Its id; empty for none.
    id: String,
    children: Children,
) -> impl IntoView {
    super::hydrated();
    let calm = trouble.is_empty();
    #[cfg(feature = "hydrate")]
    let submit = move |event: web_sys::SubmitEvent| submitted(event, pending.clone(), offline.clone());
    #[cfg(not(feature = "hydrate"))]
    let submit = move |_| super::unused((&pending, &offline));
    view! {
        <form method="post" action=action class=class id=(!id.is_empty()).then_some(id) on:submit=submit>
            <p role="alert" class="trouble" hidden=calm>
                {trouble}
            </p>
            {children()}
        </form>
    }
}

#[cfg(feature = "hydrate")]
fn submitted(event: web_sys::SubmitEvent, pending: String, offline: String) {
    use super::browser::{self, PostAnswer};
    let Some(form) = browser::form_of(&event) else {
        return;
    };
    browser::submit(event, pending, move |answer| match answer {
        PostAnswer::Done(done) => browser::go(done.to.as_deref().unwrap_or("/")),
        PostAnswer::Refused(refusal) => browser::show(&form, &refusal.message, &refusal.fields),
        PostAnswer::Offline => browser::show(&form, &offline, &[]),
    });
}
