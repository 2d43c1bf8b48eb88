//! The data folder: the database file, the instance key, and the lock that keeps a second server
//! out.
use crate::config::{Config, Database, decode_key};
use crate::desk::keys::Keys;
use crate::desk::mint::Mint;
use crate::desk::operator;
use crate::store::{self, Db};
use anyhow::{Context as _, Result, anyhow, bail};
use secrecy::ExposeSecret as _;
use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
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

/// Keeps a second server from the same SQLite file, by whatever path it calls it, for as long as the
/// returned files are open. The first is the database itself, which no link hides; SQLite's own
/// locks are of another kind. The second, beside it, is the one that older versions look at.
pub fn lock(config: &Config) -> Result<Vec<File>> {
    let Database::Sqlite { path } = &config.database else {
        return Ok(Vec::new());
    };
    store::db::make_private(path).with_context(|| format!("cannot make {}", path.display()))?;
    let database = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    if database.metadata().is_ok_and(|file| file.nlink() > 1) {
        tracing::warn!(
            file = %path.display(),
            "the database has several names (hard links): SQLite looks for its log beside the one it is \
             opened by, so always use the same"
        );
    }
    Ok(vec![held(database, path)?, lock_beside(path)?])
}

/// The lock beside the database, which need not be there yet.
pub fn lock_beside(path: &Path) -> Result<File> {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = PathBuf::from(format!("{}.lock", real.display()));
    let mut open = OpenOptions::new();
    open.create(true).truncate(false).write(true).mode(0o600);
    let file = open
        .open(&name)
        .with_context(|| format!("cannot open {}", name.display()))?;
    held(file, path)
}

fn held(file: File, path: &Path) -> Result<File> {
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => bail!("another Anteroom is serving {} already", path.display()),
        Err(fs::TryLockError::Error(e)) => Err(e).context("cannot lock the database"),
    }
}

/// Takes the rights of everybody else from what is in the data folder, where they were given.
pub fn narrow(config: &Config) {
    if let Database::Sqlite { path } = &config.database {
        for end in ["", "-wal", "-shm", ".lock"] {
            narrow_file(&PathBuf::from(format!("{}{end}", path.display())));
        }
    }
    narrow_file(&config.data.join(KEY_FILE));
    let others = fs::metadata(&config.data).map_or(0, |folder| folder.permissions().mode() & 0o077);
    if others != 0 {
        tracing::warn!(
            folder = %config.data.display(),
            "other users of this machine have rights in the data folder; chmod 700 takes them"
        );
    }
}

fn narrow_file(path: &Path) {
    let Ok(mode) = fs::metadata(path).map(|file| file.permissions().mode()) else {
        return;
    };
    if mode & 0o077 == 0 {
        return;
    }
    match fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o700)) {
        Ok(()) => tracing::warn!(
            file = %path.display(),
            "other users of this machine had rights to this file; they were taken"
        ),
        Err(e) => tracing::warn!(
            file = %path.display(),
            cause = %e,
            "other users of this machine have rights to this file"
        ),
    }
}

/// Copies a file to one that only this user may read; what was there before is replaced.
pub fn copy_private(from: &Path, to: &Path) -> std::io::Result<()> {
    let mut open = OpenOptions::new();
    open.create(true).truncate(true).write(true).mode(0o600);
    let mut file = open.open(to)?;
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    std::io::copy(&mut File::open(from)?, &mut file)?;
    file.sync_all()
}

/// Refuses to go on where the database is missing, or empty, that a key or a log of SQLite's says
/// there was: whoever begins anew there has lost it without a word.
pub fn refuse_lost(config: &Config) -> Result<()> {
    let Database::Sqlite { path } = &config.database else {
        return Ok(());
    };
    if config.new || !is_missing(path) {
        return Ok(());
    }
    let (key, log) = (
        config.data.join(KEY_FILE),
        PathBuf::from(format!("{}-wal", path.display())),
    );
    let left = [key, log].into_iter().find(|file| !is_missing(file));
    match left {
        Some(left) => bail!(
            "there is no database at {}, or it is empty, but {} says that there was one. Mount the right \
             folder, or bring a backup back with `anteroom restore FILE`; `anteroom serve --new` begins \
             with an empty database",
            path.display(),
            left.display()
        ),
        None => Ok(()),
    }
}

/// Refuses a SQLite file that is not there: for commands that work on what there is.
pub fn require_database(config: &Config) -> Result<()> {
    match &config.database {
        Database::Sqlite { path } if is_missing(path) => bail!("there is no database at {}", path.display()),
        _ => Ok(()),
    }
}

fn is_missing(path: &Path) -> bool {
    fs::metadata(path).map_or(true, |file| file.len() == 0)
}

/// Refuses a database whose key is gone, before another one is made in its place; and an unused
/// database where a key says that there was one.
pub async fn refuse_mismatch(config: &Config, db: &Db) -> Result<()> {
    if config.secret_key.is_some() {
        return Ok(());
    }
    let key = config.data.join(KEY_FILE);
    match key.exists() {
        false if operator::has_key(db).await? => bail!(
            "the instance key of this database is missing: bring {} back from a backup (FILE.key), or give \
             it as ANTEROOM_SECRET_KEY. Without it links in waiting letters, second factors and secrets of \
             connectors cannot be read",
            key.display()
        ),
        true if !config.new && operator::is_unused(db).await? => bail!(
            "the database was never used, but {} says that there was one that was. Name the right one \
             (--data, --database), or bring a backup back; `anteroom serve --new` begins with this one",
            key.display()
        ),
        _ => Ok(()),
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

/// As [`keys`], and none is made.
pub fn kept_keys(config: &Config, mint: Mint) -> Result<Keys> {
    let file = config.data.join(KEY_FILE);
    if config.secret_key.is_none() && !file.exists() {
        bail!("there is no instance key at {}", file.display());
    }
    keys(config, mint)
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

/// What a SQLite file begins with.
const SQLITE: &[u8] = b"SQLite format 3\0";

/// Refuses a file that is no database, before SQLite is asked about it again and again.
fn refuse_other_file(path: &Path) -> Result<()> {
    let mut begin = [0; SQLITE.len()];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut begin));
    match read {
        Ok(()) if begin != *SQLITE => bail!(
            "{} is no SQLite database. Name the right file (--data, --database), or bring a backup back",
            path.display()
        ),
        // One that is not there yet, or empty, is made.
        _ => Ok(()),
    }
}

/// Opens the database and brings it to this version.
pub async fn open(config: &Config) -> Result<Db> {
    let db = match &config.database {
        Database::Sqlite { path } => {
            refuse_other_file(path)?;
            Db::open_sqlite_with(path, config.statements).await
        }
        Database::Postgres { url } => {
            let url = url.expose_secret();
            store::reach::try_postgres(url).await.map_err(|why| {
                anyhow!(
                    "PostgreSQL cannot be used: {why}. Check --database: host, port, user, password and the \
                     name of the database"
                )
            })?;
            Db::open_postgres_with(url, config.statements).await
        }
    };
    let db = db.context("the database cannot be opened (the log says why)")?;
    store::migrations::run(&db)
        .await
        .context("the database cannot be brought to this version; nothing was changed")?;
    Ok(db)
}
