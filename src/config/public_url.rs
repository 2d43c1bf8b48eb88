//! Where people reach the server. Every absolute link is made here, never from a request's headers.
use super::check::{Shown, web_url};
use crate::config::address::is_loopback_host;
use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// The origin that people see in their browser, such as `https://access.example.org`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    host: String,
}

impl PublicUrl {
    /// Takes an origin: scheme, host and perhaps a port, and at most one slash behind.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let url = web_url(text)?;
        if url.path() != "/" || url.query().is_some() {
            let rule = "allowed is scheme, host and port alone, such as https://access.example.org, because \
                Anteroom stands at the root of its host";
            return Err(rule.to_owned());
        }
        let host = url.host_str().unwrap_or_default().to_owned();
        Ok(Self {
            origin: url.origin().ascii_serialization(),
            host,
        })
    }

    /// The default: the address that is listened on, by http.
    pub fn of_listener(address: SocketAddr) -> Self {
        let host = match address.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let port = if address.port() == 80 {
            String::new()
        } else {
            format!(":{}", address.port())
        };
        Self {
            origin: format!("http://{host}{port}"),
            host,
        }
    }

    /// The absolute address of a path that begins with `/`.
    pub fn link(&self, path: &str) -> String {
        let slash = if path.starts_with('/') { "" } else { "/" };
        format!("{}{slash}{path}", self.origin)
    }

    /// The origin without a slash at its end, as browsers write it in `Origin`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host without its port; an IPv6 address stands in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether it is https, so that cookies can and must be `Secure`.
    pub fn is_secure(&self) -> bool {
        self.origin.starts_with("https://")
    }

    /// Whether only this machine can reach it: 127.0.0.0/8, ::1 or localhost.
    pub fn is_loopback(&self) -> bool {
        is_loopback_host(&self.host)
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

impl Shown for PublicUrl {
    fn shown(&self) -> String {
        self.to_string()
    }
}
