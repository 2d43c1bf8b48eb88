//! The refresh token of the mailbox: some providers give a new one with each access token, and take the
//! old one no more. The newest is kept, sealed, beside which one was configured.
use super::Desk;
use crate::domain::Result;
use crate::store;

const FACT: &str = "mail_grant";
const USAGE: &str = "mail_grant";

/// The newest of those that came after `given`; None: none did.
#[tracing::instrument(name = "mail_grant::kept", skip_all)]
pub async fn kept(desk: &Desk, given: &str) -> Result<Option<String>> {
    let sealed = store::instance::find(&mut *desk.db.read().await?, FACT).await?;
    // After a change of the instance key the one that was configured is tried again.
    let opened = sealed.and_then(|s| desk.keys.try_open(USAGE, &s));
    Ok(opened.and_then(|o| {
        let (of, newest) = o.split_once('\n')?;
        (of == desk.keys.tag(USAGE, given)).then(|| newest.to_owned())
    }))
}

/// Keeps the one that came last after `given`.
#[tracing::instrument(name = "mail_grant::keep", skip_all)]
pub async fn keep(desk: &Desk, given: &str, newest: &str) -> Result<()> {
    let text = format!("{}\n{newest}", desk.keys.tag(USAGE, given));
    let sealed = desk.keys.seal(USAGE, &text)?;
    let mut tx = desk.db.begin().await?;
    store::instance::keep(&mut tx, FACT, &sealed).await?;
    tx.commit().await
}
