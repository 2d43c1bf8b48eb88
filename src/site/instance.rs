//! What the edge knows about this instance, made once at start.
use crate::config::provider::Provider;
use crate::delivery::chat::workers::Platforms;
use crate::delivery::dns::Dns;
use crate::desk::Desk;
use crate::domain::{Error, Result};
use crate::oidc::Oidc;
use crate::site::hub::Hub;
use crate::site::presses::Presses;
use crate::site::seen::Seen;
use crate::site::shares::SiteShares;
use crate::site::told::ToldRefusals;
use leptos::config::LeptosOptions;
use std::sync::Arc;

/// Shared by all requests.
pub struct Site {
    pub desk: Desk,
    /// `https://host`, without a slash at the end: the only origin that posts are taken from and
    /// links point to.
    pub public_url: String,
    pub secure: bool,
    /// What browsers are to remember of that (`Strict-Transport-Security`).
    pub https_only: Option<&'static str>,
    pub trusted_hops: usize,
    pub providers: Vec<Provider>,
    pub oidc: Oidc,
    pub dns: Dns,
    pub chat: Platforms,
    pub leptos: LeptosOptions,
    /// Set while `cargo leptos watch` runs: pages then reload themselves.
    pub watched: bool,
    pub seen: Seen,
    pub refusals: ToldRefusals,
    pub live: Hub,
    pub shares: SiteShares,
    /// What was pressed a moment ago.
    pub presses: Presses,
    /// Answers `/metrics` on the main address only with this token.
    pub metrics_token: Option<secrecy::SecretString>,
    pub metrics: metrics_exporter_prometheus::PrometheusHandle,
    /// Set when the server is to stop: `/readyz` then says so.
    pub stopping: tokio_util::sync::CancellationToken,
}

pub type Shared = Arc<Site>;

/// The options that Leptos needs, from the file in the source tree that is part of the binary;
/// `LEPTOS_*` variables win.
pub fn leptos_options() -> Result<LeptosOptions> {
    leptos::config::get_config_from_str(include_str!("../../Leptos.toml")).map_err(|e| {
        tracing::error!(cause = %e, "the Leptos options cannot be read");
        Error::Internal
    })
}
