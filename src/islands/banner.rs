//! The banner that says that access is restricted. It goes by itself the moment rights are given,
//! and offers the welcome tour instead.
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Where the reader stands in an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberStanding {
    pub restricted: bool,
}

/// All texts are props, in the reader's language.
#[island]
pub fn RestrictedBanner(
    /// The organisation's slug.
    org: String,
    title: String,
    text: String,
    /// What is said once there are rights.
    given: String,
    /// The words of the way to the tour.
    tour: String,
) -> impl IntoView {
    super::hydrated();
    let restricted = RwSignal::new(true);
    let home = format!("/{org}");
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| listen(org.clone(), restricted));
    #[cfg(not(feature = "hydrate"))]
    super::unused(org);
    view! {
        <div class="banner info" role="status">
            <span aria-hidden="true">"●"</span>
            <p hidden=move || !restricted.get()>
                <strong>{title}</strong>
                " "
                {text}
            </p>
            <p hidden=move || restricted.get()>{given} " " <a href=home>{tour}</a></p>
        </div>
    }
}

#[cfg(feature = "hydrate")]
fn listen(org: String, restricted: RwSignal<bool>) {
    use super::{browser, live};
    live::listen(&org.clone(), move |_| {
        let org = org.clone();
        leptos::task::spawn_local(async move {
            let standing: Option<MemberStanding> = browser::read("/actions/standing", &[("org", &org)]).await;
            if let Some(standing) = standing {
                restricted.set(standing.restricted);
            }
        });
    });
}
