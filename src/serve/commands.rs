//! The operator's commands besides `serve`. Each works on the configured database and ends.
use super::{files, server};
use crate::clock;
use crate::config::{Config, Database};
use crate::desk::{Desk, operator, organisation};
use crate::domain::account::Email;
use crate::domain::organisation::Slug;
use crate::store::{self, Db};
use anyhow::{Context as _, Result, anyhow, bail};
use std::fs;
use std::path::{Path, PathBuf};

async fn open(config: &Config) -> Result<Desk> {
    files::make_folders(config)?;
    let desk = server::desk(config, files::open(config).await?)?;
    if !operator::check_key(&desk).await? {
        bail!("the instance key is not the one that this database was used with");
    }
    Ok(desk)
}

/// `migrate`: brings the database to this version.
pub async fn migrate(config: &Config) -> Result<()> {
    files::make_folders(config)?;
    let db = files::open(config).await?;
    db.close().await;
    println!("the database is at version {}", store::migrations::newest());
    Ok(())
}

/// `backup FILE`: a consistent copy while others go on serving, with the instance key beside it.
pub async fn backup(config: &Config, file: &Path) -> Result<()> {
    let Database::Sqlite { path } = &config.database else {
        bail!("backup copies SQLite; for PostgreSQL use pg_dump and keep the instance key with it")
    };
    if !path.exists() {
        bail!("there is no database at {}", path.display());
    }
    if file.exists() {
        bail!("{} exists already; a backup is never overwritten", file.display());
    }
    let unfinished = beside(file, "unfinished");
    let _ = fs::remove_file(&unfinished);
    let db = Db::open_sqlite(path)
        .await
        .context("the database cannot be opened")?;
    store::instance::copy_to(&db, &unfinished.to_string_lossy())
        .await
        .context("the copy failed; is there room?")?;
    db.close().await;
    let key = config.data.join(files::KEY_FILE);
    if config.secret_key.is_none() && key.exists() {
        fs::copy(&key, beside(file, "key")).context("the instance key cannot be copied")?;
    }
    fs::File::open(&unfinished)?.sync_all()?;
    fs::rename(&unfinished, file)?;
    println!("copied to {}", file.display());
    Ok(())
}

/// `restore FILE`: puts a backup in the place of a database that does not exist (any more), after
/// checking it.
pub async fn restore(config: &Config, file: &Path) -> Result<()> {
    let Database::Sqlite { path } = &config.database else {
        bail!("restore is for SQLite; for PostgreSQL use pg_restore")
    };
    if !file.exists() {
        bail!("there is no file {}", file.display());
    }
    if path.exists() {
        bail!(
            "{} exists; move it away first (with its -wal and -shm files), nothing is overwritten",
            path.display()
        );
    }
    files::make_folders(config)?;
    let _lock = files::lock(config)?;
    let unfinished = beside(path, "unfinished");
    fs::copy(file, &unfinished).with_context(|| format!("cannot copy {}", file.display()))?;
    let db = Db::open_sqlite(&unfinished)
        .await
        .context("the backup cannot be opened")?;
    let sound = { store::instance::is_sound(&mut *db.read().await?).await };
    db.close().await;
    if !matches!(sound, Ok(true)) {
        let _ = fs::remove_file(&unfinished);
        bail!(
            "{} is damaged or not a database; nothing was restored",
            file.display()
        );
    }
    let (key, kept) = (beside(file, "key"), config.data.join(files::KEY_FILE));
    if key.exists() && config.secret_key.is_none() && !kept.exists() {
        fs::copy(&key, &kept).context("the instance key cannot be copied")?;
    }
    for end in ["-wal", "-shm"] {
        let _ = fs::remove_file(PathBuf::from(format!("{}{end}", unfinished.display())));
    }
    fs::File::open(&unfinished)?.sync_all()?;
    fs::rename(&unfinished, path)?;
    println!("restored to {}", path.display());
    Ok(())
}

fn beside(file: &Path, end: &str) -> PathBuf {
    PathBuf::from(format!("{}.{end}", file.display()))
}

/// `verify`: checks the seals of the history.
pub async fn verify(config: &Config) -> Result<()> {
    let desk = open(config).await?;
    let (extent, broken) = store::history::seals::verify(&mut *desk.db.read().await?)
        .await
        .context("the history cannot be read")?;
    desk.db.close().await;
    match broken {
        Some(broken) => bail!("the history was changed: {broken}"),
        None => {
            println!(
                "the history is whole: {} events in {} seals of {} chains",
                extent.events, extent.seals, extent.chains
            );
            Ok(())
        }
    }
}

/// `reset-link EMAIL`: prints a link to set a new password.
pub async fn reset_link(config: &Config, email: &str) -> Result<()> {
    let email = Email::parse(email).map_err(|_| anyhow!("{email} is not an e-mail address"))?;
    let desk = open(config).await?;
    let token = operator::operator_reset_token(&desk, &email, clock::now())
        .await
        .map_err(|_| anyhow!("no account has proven the address {email}"))?;
    println!(
        "This link works once, for a day:\n{}",
        config.public_url.link(&format!("/reset/{token}"))
    );
    desk.db.close().await;
    Ok(())
}

/// `unlink ORG`: takes away what leads people to an organisation at sign-up.
pub async fn unlink(config: &Config, org: &str) -> Result<()> {
    let slug = Slug::parse(org).map_err(|_| anyhow!("{org} is not an organisation's address"))?;
    let desk = open(config).await?;
    let gone = organisation::links::unlink_all(&desk, &slug, clock::now())
        .await
        .map_err(|_| anyhow!("there is no organisation {slug}"))?;
    println!("{slug}: {gone} links and domains taken away");
    desk.db.close().await;
    Ok(())
}

/// `vouch ORG`: lets an organisation send as many mails as one that is not young.
pub async fn vouch(config: &Config, org: &str) -> Result<()> {
    let slug = Slug::parse(org).map_err(|_| anyhow!("{org} is not an organisation's address"))?;
    let desk = open(config).await?;
    operator::vouch(&desk, &slug, clock::now())
        .await
        .map_err(|_| anyhow!("there is no organisation {slug}"))?;
    println!("{slug} may send as many mails as any other organisation");
    desk.db.close().await;
    Ok(())
}

/// `make-admin ORG EMAIL`: makes an account an administrator of an organisation.
pub async fn make_admin(config: &Config, org: &str, email: &str) -> Result<()> {
    let slug = Slug::parse(org).map_err(|_| anyhow!("{org} is not an organisation's address"))?;
    let email = Email::parse(email).map_err(|_| anyhow!("{email} is not an e-mail address"))?;
    let desk = open(config).await?;
    operator::make_admin(&desk, &slug, &email, clock::now())
        .await
        .map_err(|_| {
            anyhow!("there is no organisation {slug}, or no account has proven the address {email}")
        })?;
    println!("{email} is an administrator of {slug}");
    desk.db.close().await;
    Ok(())
}
