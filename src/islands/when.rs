//! An instant, as islands and pages show it.
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// An instant as people read it: relative, exact on hover, and for machines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct When {
    pub ago: String,
    pub exact: String,
    pub iso: String,
}

/// An instant, relative, exact on hover.
pub fn when(w: &When) -> AnyView {
    view! {
        <time class="soft" datetime=w.iso.clone() title=w.exact.clone()>
            {w.ago.clone()}
        </time>
    }
    .into_any()
}
