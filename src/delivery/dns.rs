//! Looking up TXT records, by hickory-resolver: the system's resolver, or the one that the operator
//! names.
use crate::domain::{Error, Result, Why};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RData;
use std::net::SocketAddr;
use std::time::Duration;

/// How long one try may take; there are two.
const PATIENCE: Duration = Duration::from_secs(3);

pub struct Dns {
    resolver: Option<TokioResolver>,
}

impl Dns {
    /// `server`: address and port of a resolver; None takes the system's. Without either, every
    /// lookup says that none answers.
    pub fn new(server: Option<SocketAddr>) -> Self {
        let builder = match server {
            Some(address) => {
                let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut c| {
                    c.port = address.port();
                    c
                });
                let server = NameServerConfig::new(address.ip(), true, connections.into());
                Ok(TokioResolver::builder_with_config(
                    ResolverConfig::from_parts(None, Vec::new(), vec![server]),
                    TokioRuntimeProvider::default(),
                ))
            }
            None => TokioResolver::builder_tokio(),
        };
        let built = builder.and_then(|mut builder| {
            let options = builder.options_mut();
            options.timeout = PATIENCE;
            options.attempts = 2;
            // Whoever has just set a record wants to be found at once.
            options.cache_size = 0;
            builder.build()
        });
        let resolver = built
            .map_err(|e| tracing::warn!(cause = %e, "no DNS resolver: domains cannot be verified"))
            .ok();
        Self { resolver }
    }

    /// The texts of the TXT records of this name; none if it has none. A resolver that does not
    /// answer is told apart from that.
    pub async fn texts(&self, name: &str) -> Result<Vec<String>> {
        let Some(resolver) = &self.resolver else {
            return Err(Error::Refused(Why::ResolverUnreachable));
        };
        // With a dot at its end: the name as it is, and never another below the machine's own
        // domain.
        let found = match resolver.txt_lookup(format!("{name}.")).await {
            Ok(found) => found,
            Err(e) if e.is_no_records_found() => return Ok(Vec::new()),
            Err(e) => {
                tracing::warn!(cause = %e, name, "a DNS record could not be looked up");
                return Err(Error::Refused(Why::ResolverUnreachable));
            }
        };
        let text = |data: &RData| match data {
            RData::TXT(txt) => Some(
                txt.txt_data
                    .iter()
                    .map(|part| String::from_utf8_lossy(part))
                    .collect::<String>(),
            ),
            _ => None,
        };
        Ok(found
            .answers()
            .iter()
            .filter_map(|record| text(&record.data))
            .collect())
    }
}
