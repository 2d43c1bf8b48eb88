//! Connectors' secrets: sealed, opened, rotated.
use crate::desk::Desk;
use crate::desk::faults::broken;
use crate::domain::{Result, Time};
use crate::store::chat::connectors::Kept;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What connectors' secrets are sealed for.
pub(crate) const USAGE: &str = "connector";

/// A secret that was replaced, as it is stored beside its name.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Former {
    pub(crate) value: String,
    /// It counts before this.
    pub(crate) until: Time,
}

/// The secrets that were replaced and still count.
pub(crate) fn former_secrets(desk: &Desk, kept: &Kept, now: Time) -> Result<BTreeMap<String, Former>> {
    let Some((sealed, _)) = kept.secrets.before.as_ref().filter(|(_, until)| now < *until) else {
        return Ok(BTreeMap::new());
    };
    let mut former = open_secrets::<Former>(desk, sealed)?;
    former.retain(|_, one| now < one.until);
    Ok(former)
}

/// The secrets that sign what the organisation's agent is told: the one in force and, while it
/// counts, the one before. Empty if there is no agent.
pub fn agent_secrets(desk: &Desk, kept: &Kept, now: Time) -> Result<Vec<String>> {
    let before = kept
        .secrets
        .agent_before
        .as_ref()
        .filter(|(_, until)| now < *until)
        .map(|(sealed, _)| sealed);
    kept.secrets
        .agent
        .iter()
        .chain(before)
        .map(|sealed| desk.keys.open(USAGE, sealed))
        .collect()
}

pub(crate) fn new_agent_secret(desk: &Desk, shown: &mut Vec<String>) -> Result<String> {
    let text = crate::desk::access::hook_calls::fresh_secret(desk.mint);
    shown.push(text.clone());
    desk.keys.seal(USAGE, &text)
}

pub(crate) fn seal_secrets<T: Serialize>(desk: &Desk, secrets: &BTreeMap<String, T>) -> Result<String> {
    desk.keys
        .seal(USAGE, &serde_json::to_string(secrets).map_err(|_| broken())?)
}

pub(crate) fn open_secrets<T: DeserializeOwned>(desk: &Desk, sealed: &str) -> Result<BTreeMap<String, T>> {
    serde_json::from_str(&desk.keys.open(USAGE, sealed)?).map_err(|_| broken())
}
