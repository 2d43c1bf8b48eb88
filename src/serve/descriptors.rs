//! The files that the system lets this process have open: as many as it may, and enough for the
//! connections that are promised.
use crate::config::{Config, Database, ValueOrigin};
use anyhow::{Result, bail};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What the database holds open: SQLite three files for each of its connections.
const SQLITE: usize = 24;
const POSTGRES: usize = 24;

/// For letters, hooks, providers, name servers, files on their way, and logs.
const RESERVE: usize = 200;

/// With fewer connections than these nobody is served well.
const LEAST: usize = 64;

/// Raises the limit as far as the system allows; the limit then. None: there is none.
pub fn raise() -> Option<usize> {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    let now = if setrlimit(Resource::Nofile, raised).is_ok() {
        limit.maximum
    } else {
        limit.current
    };
    now.map(|now| usize::try_from(now).unwrap_or(usize::MAX))
}

/// How many connections there may be where `files` may be open. As many as the settings say; fewer
/// where only the default asks for more than the system gives.
pub fn connections(config: &Config, files: Option<usize>) -> Result<usize> {
    let wanted = config.connections.most;
    let database = match config.database {
        Database::Sqlite { .. } => SQLITE,
        Database::Postgres { .. } => POSTGRES,
    };
    let Some(files) = files else {
        return Ok(wanted);
    };
    let fit = files.saturating_sub(database + RESERVE);
    if fit >= wanted {
        return Ok(wanted);
    }
    let asked_for = config.origin("connections") != &ValueOrigin::Default;
    if asked_for || fit < LEAST {
        bail!(
            "the system lets this process have {files} files open: {fit} connections beside the database \
             ({database}) and a reserve ({RESERVE}), and {wanted} are wanted; raise the limit (ulimit -n, \
             LimitNOFILE= of systemd) or lower --connections"
        );
    }
    tracing::warn!(
        files,
        connections = fit,
        "the system lets this process have few files open: it takes fewer connections than it would \
         (ulimit -n, LimitNOFILE= of systemd)"
    );
    Ok(fit)
}
