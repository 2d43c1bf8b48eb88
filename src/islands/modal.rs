//! A dialog that a page has open: with scripts it holds the focus and is left by Escape; without,
//! it stands on the page, above the rest.
use leptos::html;
use leptos::prelude::*;

/// What stands in the dialog are the children, drawn on the server.
#[island]
pub fn Modal(
    /// The id of its heading.
    label: String,
    /// Where leaving it leads.
    back: String,
    children: Children,
) -> impl IntoView {
    super::hydrated();
    let node = NodeRef::<html::Dialog>::new();
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| node.get().inspect(super::browser::show_modal));
    #[cfg(feature = "hydrate")]
    let leave = move |_| super::browser::go(&back);
    #[cfg(not(feature = "hydrate"))]
    let leave = move |_| super::unused(&back);
    view! {
        <dialog node_ref=node open aria-labelledby=label on:close=leave>
            <div class="dialog">{children()}</div>
        </dialog>
    }
}
