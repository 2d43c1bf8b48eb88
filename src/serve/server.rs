//! `anteroom serve`: builds the site, listens, and stops without losing anything.
use super::connections::{self, Serving};
use super::{descriptors, files};
use crate::clock;
use crate::config::provider::Provider;
use crate::config::{Config, ConnectionLimits, OrganisationCreation};
use crate::delivery::chat::workers::Platforms;
use crate::delivery::dns::Dns;
use crate::delivery::hooks::provisioning::{self, Hooks};
use crate::delivery::mail::letters::Post;
use crate::delivery::mail::session::MailServer;
use crate::delivery::mail::transport::Transport;
use crate::delivery::queue::Deliverers;
use crate::desk::{Desk, Plan, PlannedProvider, demo, letters, operator};
use crate::oidc::Oidc;
use crate::oidc::access_tokens::AccessTokens;
use crate::serve::chores;
use crate::serve::mailbox::Mailbox;
use crate::site::instance::{Shared, Site, leptos_options};
use crate::site::presses::Presses;
use crate::site::shares::{Portion, SiteShares};
use crate::store::Db;
use crate::web::{doors, guard, health};
use anyhow::{Context as _, Result, bail};
use axum::extract::RawQuery;
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::get;
use futures_util::future::join_all;
use http::HeaderMap;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use secrecy::ExposeSecret as _;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long workers may still take once the last answer was given, and then the database to close.
const LAST_ROUND: Duration = Duration::from_secs(6);
const CLOSING: Duration = Duration::from_secs(3);

/// Connections at once where `/metrics` is served apart.
const METRICS_READERS: usize = 32;

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// The desk over an open database.
pub fn desk(config: &Config, db: Db) -> Result<Desk> {
    let mint = clock::mint();
    Ok(Desk {
        db,
        keys: files::keys(config, mint)?,
        mint,
        passwords: crate::desk::passwords::Passwords::new(mint, cores()),
        plan: Arc::new(Plan {
            delivers_mail: config.smtp.is_some() || config.demo,
            everyone_may_create_organisations: config.organisation_creation == OrganisationCreation::Everyone,
            consumer_organisations: config
                .providers
                .iter()
                .flat_map(|p| p.consumer_organisations.clone())
                .collect(),
            failed_sign_ins_per_address: i64::try_from(config.failed_sign_ins_per_address)
                .unwrap_or(i64::MAX),
            link_mails_per_address: i64::try_from(config.link_mails_per_address).unwrap_or(i64::MAX),
            mails_per_organisation: i64::try_from(config.mails_per_organisation).unwrap_or(i64::MAX),
            support_contact: config.support_contact.as_ref().map(|s| s.text().to_owned()),
            demo: config.demo,
            installation: config.installation_name.clone(),
            providers: config.providers.iter().map(planned).collect(),
        }),
    })
}

fn planned(provider: &Provider) -> PlannedProvider {
    PlannedProvider {
        id: provider.id.clone(),
        label: provider.label.clone(),
        trusted_domains: provider.trusted_domains.clone(),
    }
}

/// The site over a desk.
pub fn site(
    config: &Config,
    desk: Desk,
    metrics: PrometheusHandle,
    stopping: CancellationToken,
) -> Result<Shared> {
    let streams = Portion {
        most: usize::MAX,
        of_one: config.streams_per_account,
        wait_seconds: 60,
    };
    Ok(Arc::new(Site {
        desk,
        public_url: config.public_url.origin().to_owned(),
        secure: config.public_url.is_secure(),
        https_only: config.https_only(),
        trusted_hops: config.trusted_proxy_hops,
        providers: config.providers.clone(),
        oidc: Oidc::new(config.providers.clone(), config.public_url.origin())
            .context("the sign-in providers cannot be set up")?,
        dns: Dns::new(config.dns_resolver),
        chat: platforms(config)?,
        leptos: leptos_options().context("the Leptos options cannot be read")?,
        watched: std::env::var_os("LEPTOS_WATCH").is_some(),
        seen: Default::default(),
        refusals: Default::default(),
        live: Default::default(),
        shares: SiteShares::new(streams, cores()),
        presses: Presses::default(),
        metrics_token: if config.metrics.listen.is_some() {
            None
        } else {
            config.metrics.token.clone()
        },
        metrics,
        stopping,
    }))
}

/// Serves until the process is told to stop.
pub async fn run(config: Config) -> Result<()> {
    let limits = ConnectionLimits {
        most: descriptors::connections(&config, descriptors::raise())?,
        ..config.connections.clone()
    };
    files::make_folders(&config)?;
    files::refuse_lost(&config)?;
    files::narrow(&config);
    let _lock = files::lock(&config)?;
    let db = files::open(&config).await?;
    files::refuse_mismatch(&config, &db).await?;
    let desk = desk(&config, db)?;
    if !operator::check_key(&desk).await? {
        bail!(
            "the instance key is not the one that this database was used with; restore {} or \
             ANTEROOM_SECRET_KEY",
            files::KEY_FILE
        );
    }
    prepare_demo(&config, &desk).await?;
    letters::release_leases(&desk).await?;
    let metrics = PrometheusBuilder::new()
        .install_recorder()
        .context("metrics cannot be gathered")?;
    let stop = CancellationToken::new();
    let site = site(&config, desk.clone(), metrics, stop.clone())?;
    let listener =
        connections::listen(config.listen).with_context(|| format!("cannot listen on {}", config.listen))?;
    tracing::info!(address = %listener.local_addr()?, public_url = config.public_url.origin(), "serving");
    say_how_to_begin(&config, &desk).await?;
    let work = start_work(&config, &site, &stop)?;
    serve_metrics(&config, &site, &stop)?;
    tokio::spawn(on_signal(stop.clone()));
    let serving = Serving {
        router: doors::router(&site),
        limits,
        hops: config.trusted_proxy_hops,
        https_only: site.https_only,
    };
    connections::serve(listener, serving, stop).await;
    if tokio::time::timeout(LAST_ROUND, join_all(work)).await.is_err() {
        tracing::warn!("some work took too long to end; it is taken up at the next start");
    }
    if tokio::time::timeout(CLOSING, desk.db.close()).await.is_err() {
        tracing::warn!("the database took too long to close");
    }
    tracing::info!("stopped");
    Ok(())
}

async fn prepare_demo(config: &Config, desk: &Desk) -> Result<()> {
    match (config.demo, operator::demo_state(desk).await?) {
        (true, (true, _)) | (false, (false, _)) => Ok(()),
        (true, (false, false)) => {
            operator::mark_demo(desk).await?;
            demo::organisation::fill_demo(desk, clock::now())
                .await
                .context("the demo cannot be filled")
        }
        (true, (false, true)) => {
            bail!("this database holds real data; a demo needs a folder of its own (--data)")
        }
        (false, (true, _)) => {
            bail!("this database is a demo's; serve it with --demo, or name another folder (--data)")
        }
    }
}

fn hooks(config: &Config) -> Result<Hooks> {
    let private_too = config.private_hooks || config.demo;
    let hooks = if config.hooks_by_proxy {
        Hooks::by_proxy(private_too, provisioning::PATIENCE)
    } else {
        Hooks::new(private_too, provisioning::PATIENCE)
    };
    Ok(hooks?)
}

fn platforms(config: &Config) -> Result<Platforms> {
    let platforms = Platforms::new(config.chat.clone(), hooks(config)?, config.public_url.origin())?;
    Ok(if config.demo {
        platforms.pretending()
    } else {
        platforms
    })
}

/// Says on the console where to go first: the set-up link of an empty instance, or the demo.
async fn say_how_to_begin(config: &Config, desk: &Desk) -> Result<()> {
    if config.demo {
        println!("\n  Demo: {}\n", config.public_url.link("/"));
    } else if let Some(token) = operator::setup_token(desk, clock::now()).await? {
        println!(
            "\n  Create the first organisation here (this link works once):\n  {}\n",
            config.public_url.link(&format!("/setup/{token}"))
        );
    }
    Ok(())
}

fn start_work(
    config: &Config,
    site: &Shared,
    stop: &CancellationToken,
) -> Result<Vec<tokio::task::JoinHandle<()>>> {
    let (hub, desk, ends) = (site.live.clone(), site.desk.clone(), stop.clone());
    let live = async move { hub.watch(desk).await.run(ends).await };
    let (db, ends) = (site.desk.db.clone(), stop.clone());
    let mut work = vec![
        tokio::spawn(async move { db.watch(ends).await }),
        tokio::spawn(chores::run(site.clone(), stop.clone())),
        tokio::spawn(chores::make_exports(site.clone(), stop.clone())),
        tokio::spawn(chores::renew_keys(site.clone(), stop.clone())),
        tokio::spawn(live),
    ];
    let post = post(config, site)?;
    if post.is_none() {
        tracing::warn!(
            "no mail server is configured (--smtp): letters wait, and administrators copy invitation links \
             by hand"
        );
    }
    let deliverers = Deliverers::new(site.desk.clone(), post, hooks(config)?, site.chat.clone());
    work.push(tokio::spawn(deliverers.run(stop.clone())));
    Ok(work)
}

/// What hands letters over, if there is a mail server.
fn post(config: &Config, site: &Shared) -> Result<Option<Post>> {
    let transport = match (&config.smtp, config.demo) {
        (_, true) => Transport::Mailbox,
        (Some(url), false) => {
            let mut server =
                MailServer::parse(url.expose_secret()).context("the mail server cannot be set up")?;
            if let Some(grant) = &config.mail_grant {
                let tokens = AccessTokens::new(grant, site.desk.clone())?;
                server = server.by_token(&grant.user, Arc::new(Mailbox(tokens)));
            }
            Transport::by(server, &config.mail)?
        }
        (None, false) => return Ok(None),
    };
    Ok(Some(Post {
        transport: Arc::new(transport),
        public_url: site.public_url.as_str().into(),
    }))
}

/// Metrics, and how the server stands, at an address of their own.
fn serve_metrics(config: &Config, site: &Shared, stop: &CancellationToken) -> Result<()> {
    let Some(address) = config.metrics.listen else {
        return Ok(());
    };
    let listener =
        connections::listen(address).with_context(|| format!("cannot listen on {address} for metrics"))?;
    let (token, site, handle) = (config.metrics.token.clone(), site.clone(), site.metrics.clone());
    let same = token.clone();
    let app = axum::Router::new()
        .route(
            "/metrics",
            get(async move |headers: HeaderMap| health::guarded(&handle, same.as_ref(), &headers)),
        )
        .route(
            "/readyz",
            get(async move |headers: HeaderMap, RawQuery(query): RawQuery| {
                health::ready_apart(&site, token.as_ref(), &headers, query.as_deref()).await
            }),
        );
    let serving = Serving {
        router: app.layer(map_response(async |mut response: Response| {
            guard::dress(response.headers_mut(), None);
            response
        })),
        limits: ConnectionLimits {
            most: METRICS_READERS,
            ..config.connections.clone()
        },
        hops: 0,
        https_only: None,
    };
    tokio::spawn(connections::serve(listener, serving, stop.clone()));
    Ok(())
}

async fn on_signal(stop: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    let mut term = match signal(SignalKind::terminate()) {
        Ok(term) => term,
        Err(e) => {
            tracing::error!(cause = %e, "cannot listen for signals");
            return;
        }
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    // First of all, so that nothing that goes wrong with saying so can keep the server from it.
    stop.cancel();
    tracing::info!("stopping: no new requests, what is under way is finished");
}
