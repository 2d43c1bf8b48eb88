//! `copy --from URL --to URL`: everything into another database, counted, and its seals checked.
use super::files;
use crate::config::{Config, Database};
use crate::desk::operator;
use crate::store::history::seals;
use crate::store::{self, Db};
use anyhow::{Context as _, Result, anyhow, bail};

/// Copies into a database that nobody has used yet. Nothing is left there of a copy that fails. The instance
/// key stays what it is: whoever serves the copy needs the same one.
pub async fn copy(config: &Config, from: Option<&str>, to: &str) -> Result<()> {
    let at = |url: &str| -> Result<Config> {
        let mut there = config.clone();
        there.database = Database::parse(url).map_err(|why| anyhow!("{why}"))?;
        Ok(there)
    };
    let (from, to) = (from.map_or_else(|| Ok(config.clone()), at)?, at(to)?);
    files::require_database(&from)?;
    files::make_folders(&to)?;
    // Whoever writes meanwhile would be forgotten. On PostgreSQL nothing tells whether somebody serves.
    let _reading = files::lock(&from)?;
    let _writing = files::lock(&to)?;
    let (source, target) = (files::open(&from).await?, files::open(&to).await?);
    let copied = fill(&source, &target).await;
    source.close().await;
    target.close().await;
    let (copied, extent) = copied?;
    for table in copied.iter().filter(|table| table.rows > 0) {
        println!("{:>10} {}", table.rows, table.name);
    }
    let rows: i64 = copied.iter().map(|table| table.rows).sum();
    println!(
        "copied {rows} rows of {} tables, counted on both sides",
        copied.len()
    );
    println!(
        "the history is whole there: {} events in {} seals of {} chains",
        extent.events, extent.seals, extent.chains
    );
    println!("serve it with the same instance key, and keep the old database until it does");
    Ok(())
}

async fn fill(source: &Db, target: &Db) -> Result<(Vec<store::copy::CopiedTable>, seals::Extent)> {
    if operator::is_unused(source).await? {
        bail!("nobody has used the database that is to be copied");
    }
    if !operator::is_unused(target).await? {
        bail!("the other database is in use already; nothing is ever overwritten");
    }
    let copied = store::copy::copy(source, target)
        .await
        .context("nothing was copied (the log says why)")?;
    let (extent, broken) = seals::verify(&mut *target.read().await?)
        .await
        .context("the copy's history cannot be read")?;
    if let Some(broken) = broken {
        bail!("the history that was copied is not whole: {broken}");
    }
    Ok((copied, extent))
}
