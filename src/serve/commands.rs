//! The operator's commands besides `serve`. Each works on the configured database and ends.
use super::{files, server};
use crate::clock;
use crate::config::{Config, Database};
use crate::desk::organisation::organisations::NewOrganisation;
use crate::desk::{self, Desk, operator, organisation};
use crate::domain::Error;
use crate::domain::account::{Email, Language};
use crate::domain::organisation::Slug;
use crate::domain::seal::{HeadReader, SealHead};
use crate::site::place;
use crate::store::{self, Db};
use crate::words::Words;
use anyhow::{Context as _, Result, anyhow, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

async fn open(config: &Config) -> Result<Desk> {
    files::require_database(config)?;
    files::narrow(config);
    let db = files::open(config).await?;
    files::refuse_mismatch(config, &db).await?;
    let desk = server::desk(config, db)?;
    if !operator::check_key(&desk).await? {
        bail!("the instance key is not the one that this database was used with");
    }
    Ok(desk)
}

/// `migrate`: brings the database to this version.
pub async fn migrate(config: &Config) -> Result<()> {
    files::make_folders(config)?;
    files::refuse_lost(config)?;
    files::narrow(config);
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
    let (key, kept) = (config.data.join(files::KEY_FILE), beside(file, "key"));
    if kept.exists() && fs::read(&kept).ok() != fs::read(&key).ok() {
        bail!("{} exists already, and is another key", kept.display());
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
    if config.secret_key.is_none() && key.exists() {
        files::copy_private(&key, &kept).context("the instance key cannot be copied")?;
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
    for end in ["", "-wal", "-shm"] {
        let there = PathBuf::from(format!("{}{end}", path.display()));
        if there.exists() {
            bail!(
                "{} exists; move it away first (with its -wal and -shm files), nothing is overwritten",
                there.display()
            );
        }
    }
    let (key, kept) = (beside(file, "key"), config.data.join(files::KEY_FILE));
    if config.secret_key.is_none() && key.exists() && kept.exists() && fs::read(&key)? != fs::read(&kept)? {
        bail!(
            "{} is another key than that of the backup, {}; move it away first",
            kept.display(),
            key.display()
        );
    }
    files::make_folders(config)?;
    let _lock = files::lock_beside(path)?;
    let unfinished = beside(path, "unfinished");
    files::copy_private(file, &unfinished).with_context(|| format!("cannot copy {}", file.display()))?;
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
    if key.exists() && config.secret_key.is_none() && !kept.exists() {
        files::copy_private(&key, &kept).context("the instance key cannot be copied")?;
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

/// `verify`: checks the seals of the history, and that those are there that witnesses saw.
pub async fn verify(config: &Config, witnesses: &[PathBuf]) -> Result<()> {
    let heads = heads_in(witnesses)?;
    let desk = open(config).await?;
    let (extent, broken) = store::history::seals::verify(&mut *desk.db.read().await?)
        .await
        .context("the history cannot be read")?;
    let heads: Vec<_> = heads.into_iter().collect();
    let contradicted = store::history::seals::verify_heads(&mut *desk.db.read().await?, &heads)
        .await
        .context("the seals cannot be read")?;
    desk.db.close().await;
    if let Some(broken) = broken.or(contradicted) {
        bail!("the history was changed: {broken}");
    }
    println!(
        "the history is whole: {} events in {} seals of {} chains",
        extent.events, extent.seals, extent.chains
    );
    if let Some(since) = extent.unsealed_since {
        println!(
            "{} more are not sealed yet, the oldest of {} (UTC); a running server seals them within seconds",
            extent.unsealed,
            since.utc().format("%Y-%m-%d %H:%M:%S")
        );
    }
    if extent.unchained > 0 {
        println!(
            "{} are about nobody who is known (failed sign-ins), and no seal holds them",
            extent.unchained
        );
    }
    if !heads.is_empty() {
        println!("{} seals that witnesses saw are there", heads.len());
    }
    Ok(())
}

/// The heads of seals that stand in these files, each once. A file without any is a mistake.
fn heads_in(witnesses: &[PathBuf]) -> Result<BTreeSet<SealHead>> {
    let mut heads = BTreeSet::new();
    for witness in witnesses {
        let file = fs::File::open(witness).with_context(|| format!("cannot read {}", witness.display()))?;
        let (mut reader, mut lines, mut line) = (HeadReader::default(), BufReader::new(file), Vec::new());
        let before = heads.len();
        while lines.read_until(b'\n', &mut line)? > 0 {
            let text = String::from_utf8_lossy(&line);
            // Letters may come as base64, quoted or not.
            let packed = text.trim_start_matches(['>', ' ']).trim_end();
            if let Ok(unpacked) = STANDARD.decode(packed) {
                heads.extend(reader.read_packed(&unpacked));
            }
            heads.extend(reader.read(&text));
            line.clear();
        }
        if heads.len() == before && witnesses.len() == 1 {
            bail!("{} holds no seal (lines with `seal o:…`)", witness.display());
        }
    }
    Ok(heads)
}

/// `place ADDRESS`: prints what stands in the log for an address.
pub fn place(config: &Config, address: IpAddr) -> Result<()> {
    let keys = files::kept_keys(config, clock::mint())?;
    println!("{}", place::mark(&keys, &place::of_address(address)));
    Ok(())
}

/// `deliveries`: what waits and what was given up, by channel and organisation.
pub async fn deliveries(config: &Config) -> Result<()> {
    let desk = open(config).await?;
    let standing = desk::deliveries::standing(&desk)
        .await
        .context("the deliveries cannot be read")?;
    println!("{standing}");
    desk.db.close().await;
    Ok(())
}

/// `reset-link EMAIL`: prints a link to set a new password.
pub async fn reset_link(config: &Config, email: &str) -> Result<()> {
    let email = Email::typed(email).map_err(|_| anyhow!("{email} is not an e-mail address"))?;
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

/// `list`: all organisations.
pub async fn list(config: &Config) -> Result<()> {
    let desk = open(config).await?;
    let all = operator::list_organisations(&desk)
        .await
        .context("the organisations cannot be read")?;
    desk.db.close().await;
    println!(
        "{:<32} {:>8} {:>8}  {:<10}  {:<16} name",
        "organisation", "members", "waiting", "since", "number"
    );
    for o in all {
        let name = if o.closing {
            format!("{} (closed, or about to)", o.name)
        } else {
            o.name
        };
        let since = o.created_at.utc().format("%Y-%m-%d");
        println!(
            "{:<32} {:>8} {:>8}  {since}  {:<16} {name}",
            o.slug, o.members, o.waiting, o.customer_number
        );
    }
    Ok(())
}

/// `create-organisation ORG NAME NUMBER EMAIL`: another organisation, with its first administrator.
pub async fn create_organisation(
    config: &Config,
    slug: String,
    name: String,
    customer_number: String,
    email: &str,
) -> Result<()> {
    let email = Email::typed(email).map_err(|_| anyhow!("{email} is not an e-mail address"))?;
    let desk = open(config).await?;
    let plan = NewOrganisation {
        slug,
        name,
        customer_number,
    };
    let created = operator::create_organisation(&desk, &plan, &email, clock::now()).await;
    desk.db.close().await;
    let (slug, token) = created.map_err(|e| refused(&e))?;
    println!("{}", config.public_url.link(&format!("/{slug}")));
    match token {
        None => println!("{email} is its administrator, and signs in as before"),
        Some(token) => println!(
            "{email} is its administrator. This link sets their password; it works once, for a day:\n{}",
            config.public_url.link(&format!("/reset/{token}"))
        ),
    }
    Ok(())
}

/// Why something typed was refused, by the argument that it is about.
fn refused(e: &Error) -> anyhow::Error {
    let words = Words(Language::En);
    let Error::Invalid(faults) = e else {
        return anyhow!("{}", words.explain(e, clock::now()));
    };
    let of = |field: &str| match field {
        "slug" => "ORG",
        "organisation" => "NAME",
        "customer_number" => "NUMBER",
        _ => "EMAIL",
    };
    let lines = faults
        .iter()
        .map(|fault| format!("{}: {}", of(&fault.field), words.reason(fault.why)));
    anyhow!("{}", lines.collect::<Vec<_>>().join("\n"))
}

/// `make-admin ORG EMAIL`: makes an account an administrator of an organisation.
pub async fn make_admin(config: &Config, org: &str, email: &str) -> Result<()> {
    let slug = Slug::parse(org).map_err(|_| anyhow!("{org} is not an organisation's address"))?;
    let email = Email::typed(email).map_err(|_| anyhow!("{email} is not an e-mail address"))?;
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
