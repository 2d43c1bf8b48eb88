//! The log: what may stand in it whatever `RUST_LOG` asks for.
use crate::clock;
use crate::domain::Error;
use crate::domain::account::Language;
use crate::words::Words;
use std::io::IsTerminal as _;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

/// Whether a line may be told at all. Below these levels libraries log what they were given: paths
/// with the secrets of links and webhooks, addresses, names. SQLx logs statements, without values.
pub fn may_be_told(about: &Metadata<'_>) -> bool {
    let is_of = |name: &str| {
        let rest = about.target().strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    let most = if is_of("anteroom") {
        Level::TRACE
    } else if is_of("sqlx") {
        Level::DEBUG
    } else {
        Level::INFO
    };
    *about.level() <= most
}

/// What went wrong with a command, in words: errors of ours are keys of `locales/` by themselves.
pub fn told(error: &anyhow::Error) -> String {
    let words = Words(Language::En);
    let one = |cause: &(dyn std::error::Error + 'static)| {
        cause
            .downcast_ref::<Error>()
            .map_or_else(|| cause.to_string(), |ours| words.explain(ours, clock::now()))
    };
    error.chain().map(one).collect::<Vec<_>>().join(": ")
}

/// Logs go to the error stream, so that what a command prints can be piped. `RUST_LOG` chooses;
/// statements are only logged on request.
pub fn begin(json: bool) {
    let wanted = EnvFilter::try_from_default_env().unwrap_or_else(|_| "info,sqlx=warn".into());
    // Colours are for people at a terminal, not for files and journals.
    let colours =
        std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty());
    let lines = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(colours)
        .log_internal_errors(false);
    let lines = if json { lines.json().boxed() } else { lines.boxed() };
    tracing_subscriber::registry()
        .with(wanted)
        .with(lines.with_filter(filter_fn(may_be_told)))
        .init();
}
