//! Which addresses are this very machine.
use std::net::IpAddr;

/// Whether a URL's host (IPv6 in brackets) is this machine itself.
pub(super) fn is_loopback_host(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    address || host.eq_ignore_ascii_case("localhost")
}
