//! The Bot Framework's public keys.
use openidconnect::core::CoreJsonWebKey;
use serde_json::Value;

/// The Bot Framework's public keys, and who it is: each national cloud has one of its own.
pub struct TeamsKeys {
    /// What the tokens say that it signs.
    pub(crate) issuer: String,
    /// Each with the channels that it may speak for.
    pub(crate) keys: Vec<(CoreJsonWebKey, Vec<String>)>,
}

impl TeamsKeys {
    /// Reads a key set; None if it is none. Keys of a kind that is not understood are left out.
    pub fn parse(body: &[u8], issuer: &str) -> Option<TeamsKeys> {
        let set: Value = serde_json::from_slice(body).ok()?;
        let read = |key: &Value| {
            let endorsements = key
                .get("endorsements")
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            let endorsements = endorsements
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect();
            Some((serde_json::from_value(key.clone()).ok()?, endorsements))
        };
        Some(TeamsKeys {
            issuer: issuer.to_owned(),
            keys: set.get("keys")?.as_array()?.iter().filter_map(read).collect(),
        })
    }
}
