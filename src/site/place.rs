//! Where a request comes from: the network address, believed only as far as the operator's proxies
//! vouch for it.
use crate::desk::keys::Keys;
use axum::extract::ConnectInfo;
use http::HeaderMap;
use http::request::Parts;
use std::net::{IpAddr, SocketAddr};

/// As [`of`], of a request.
pub fn of_parts(parts: &Parts, hops: usize) -> String {
    let peer = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|c| c.0.ip());
    of(&parts.headers, peer, hops)
}

/// What stands in the log for a place: the same for the same one, and telling nothing to whoever
/// has not the instance key. `anteroom place ADDRESS` prints it.
pub fn mark(keys: &Keys, place: &str) -> String {
    let mut mark = keys.tag("place in the log", place);
    mark.truncate(16);
    mark
}

/// The place of an address, as [`of`] names it.
pub fn of_address(address: IpAddr) -> String {
    of(&HeaderMap::new(), Some(address), 0)
}

/// The client's address. Each trusted proxy appends the address that it saw, so with `hops` proxies
/// the client's is the `hops`-th from the right; what stands further left was written by the client
/// and is worth nothing. IPv6 is cut to its /64, which one person holds.
pub fn of(headers: &HeaderMap, peer: Option<IpAddr>, hops: usize) -> String {
    let forwarded = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(','))
        .map(str::trim);
    let chain: Vec<&str> = forwarded.collect();
    let claimed = hops
        .checked_sub(1)
        .and_then(|last| chain.len().checked_sub(last + 1))
        .and_then(|i| chain[i].parse().ok());
    match claimed.or(peer) {
        Some(IpAddr::V4(v4)) => v4.to_string(),
        Some(IpAddr::V6(v6)) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.to_string(),
            None => {
                let s = v6.segments();
                format!("{:x}:{:x}:{:x}:{:x}::/64", s[0], s[1], s[2], s[3])
            }
        },
        None => "unknown".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::of;
    use http::{HeaderMap, HeaderValue};

    fn headers(value: &'static str) -> HeaderMap {
        let mut h = HeaderMap::new();
        h.insert("x-forwarded-for", HeaderValue::from_static(value));
        h
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let peer = "127.0.0.1".parse().ok();
        assert_eq!(of(&headers("6.6.6.6"), peer, 0), "127.0.0.1");
        assert_eq!(of(&headers("6.6.6.6, 9.9.9.9"), peer, 1), "9.9.9.9");
        assert_eq!(of(&headers("6.6.6.6, 9.9.9.9, 10.0.0.1"), peer, 2), "9.9.9.9");
        assert_eq!(of(&headers("nonsense"), peer, 1), "127.0.0.1");
        assert_eq!(of(&headers("9.9.9.9"), peer, 3), "127.0.0.1");
        assert_eq!(
            of(&HeaderMap::new(), "2001:db8:1:2:3::9".parse().ok(), 0),
            "2001:db8:1:2::/64"
        );
        assert_eq!(of(&HeaderMap::new(), None, 0), "unknown");
    }
}
