//! The data folder: the database file, the instance key, and the lock that keeps a second server
//! out.
use crate::config::{Config, Database, decode_key};
use crate::desk::keys::Keys;
use crate::desk::mint::Mint;
use crate::store::{self, Db};
use anyhow::{Context as _, Result, bail};
use secrecy::ExposeSecret as _;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

pub const KEY_FILE: &str = "instance.key";

/// Makes the data folder and, for SQLite, the database's, readable for this user alone.
pub fn make_folders(config: &Config) -> Result<()> {
    make_folder(&config.data)?;
    if let Database::Sqlite { path } = &config.database
        && let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty())
    {
        make_folder(parent)?;
    }
    Ok(())
}

fn make_folder(path: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("cannot make the folder {}", path.display()))
}

/// Keeps a second server from the same SQLite file for as long as the returned file is open.
pub fn lock(config: &Config) -> Result<Option<File>> {
    let Database::Sqlite { path } = &config.database else {
        return Ok(None);
    };
    let name = PathBuf::from(format!("{}.lock", path.display()));
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&name)
        .with_context(|| format!("cannot open {}", name.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(fs::TryLockError::WouldBlock) => bail!("another Anteroom is serving {} already", path.display()),
        Err(fs::TryLockError::Error(e)) => Err(e).context("cannot lock the database"),
    }
}

/// The instance key: configured, or from its file, which is made at first use.
pub fn keys(config: &Config, mint: Mint) -> Result<Keys> {
    let text = match &config.secret_key {
        Some(key) => key.expose_secret().to_owned(),
        None => key_file(&config.data.join(KEY_FILE), mint)?,
    };
    let key = decode_key(text.trim()).context("the instance key is not 32 bytes in hex or base64")?;
    Ok(Keys::new(key, mint))
}

fn key_file(path: &Path, mint: Mint) -> Result<String> {
    match OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(path)
    {
        Ok(mut file) => {
            let text: String = mint.bytes::<32>().iter().map(|b| format!("{b:02x}")).collect();
            writeln!(file, "{text}")
                .and_then(|()| file.sync_all())
                .with_context(|| format!("cannot write {}", path.display()))?;
            Ok(text)
        }
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
        }
        Err(e) => Err(e).with_context(|| format!("cannot make {}", path.display())),
    }
}

/// Opens the database and brings it to this version.
pub async fn open(config: &Config) -> Result<Db> {
    let db = match &config.database {
        Database::Sqlite { path } => Db::open_sqlite_with(path, config.statements).await,
        Database::Postgres { url } => Db::open_postgres_with(url.expose_secret(), config.statements).await,
    };
    let db = db.context("the database cannot be opened (the log says why)")?;
    store::migrations::run(&db)
        .await
        .context("the database cannot be brought to this version; nothing was changed")?;
    Ok(db)
}
