//! A text with a button that copies it.
use leptos::prelude::*;

#[island]
pub fn Copyable(
    text: String,
    /// The button's words, before and after.
    copy: String,
    copied: String,
) -> impl IntoView {
    super::hydrated();
    let done = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    let press = {
        let text = text.clone();
        move |_| {
            let text = text.clone();
            leptos::task::spawn_local(async move { done.set(super::browser::copy(&text).await) });
        }
    };
    #[cfg(not(feature = "hydrate"))]
    let press = move |_| super::unused(done);
    view! {
        <code class="link-once">{text}</code>
        " "
        <button type="button" class="button small scripted" on:click=press>
            {move || if done.get() { copied.clone() } else { copy.clone() }}
        </button>
    }
}
