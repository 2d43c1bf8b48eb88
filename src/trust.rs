//! Whom we believe when we call others.
use rustls::ClientConfig;
use rustls_platform_verifier::ConfigVerifierExt as _;
use std::sync::OnceLock;

/// TLS by the system's root certificates, for HTTP/1.1. They are read once for all clients: some 300
/// files lie there, and each client alone would read them all.
///
/// # Errors
/// There are no root certificates. Needs the process-wide crypto provider.
pub fn https() -> Result<ClientConfig, rustls::Error> {
    static READ: OnceLock<ClientConfig> = OnceLock::new();
    if let Some(config) = READ.get() {
        return Ok(config.clone());
    }
    let mut config = ClientConfig::with_platform_verifier()?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(READ.get_or_init(|| config).clone())
}
