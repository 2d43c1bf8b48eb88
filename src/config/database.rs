//! Which database keeps everything: a SQLite file or a PostgreSQL server.
use secrecy::SecretString;
use std::path::PathBuf;
use url::Url;

/// The database as the operator chose it.
#[derive(Clone, Debug)]
pub enum Database {
    /// A file, relative to the working directory unless absolute; made if missing.
    Sqlite { path: PathBuf },
    /// A `postgres://` or `postgresql://` URL, with its password if it has one.
    Postgres { url: SecretString },
}

impl Database {
    /// Reads a URL; the error is a rule that people can act on.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text.split_once(':').unwrap_or_default();
        match scheme.to_ascii_lowercase().as_str() {
            "sqlite" => sqlite(rest),
            "postgres" | "postgresql" if rest.starts_with("//") => postgres(text),
            _ => Err("allowed is a URL: sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME".to_owned()),
        }
    }
}

fn sqlite(rest: &str) -> Result<Database, String> {
    let path = rest.strip_prefix("//").unwrap_or(rest);
    if path.contains(":memory:") {
        let why = "a database in memory is gone after the last connection, and each connection would have \
            its own; allowed is the path of a file, as sqlite:anteroom.db";
        return Err(why.to_owned());
    }
    if path.contains('?') {
        return Err("Anteroom sets SQLite's parameters itself; allowed is sqlite:PATH alone".to_owned());
    }
    if path.is_empty() || path.ends_with('/') {
        return Err("allowed is the path of a file, as sqlite:/var/lib/anteroom/anteroom.db".to_owned());
    }
    Ok(Database::Sqlite { path: path.into() })
}

fn postgres(text: &str) -> Result<Database, String> {
    // The parser's words name no part of the URL, so no password gets out.
    let url = Url::parse(text).map(|_| text.into());
    let url = url.map_err(|error| {
        format!(
            "{error}; allowed is postgres://USER:PASSWORD@HOST/NAME, with signs in the password as %40 for @"
        )
    })?;
    Ok(Database::Postgres { url })
}
