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
        .and_then(|i| address(chain[i]));
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

/// An address as proxies write it: some add the port, brackets, quotes, or the zone of a link.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim_matches('"');
    if let Ok(with_port) = text.parse::<SocketAddr>() {
        return Some(with_port.ip());
    }
    let bare = match text.strip_prefix('[') {
        Some(rest) => {
            let (inside, after) = rest.split_once(']')?;
            let is_port = |port: &str| port.parse::<u16>().is_ok();
            let fits = after.is_empty() || after.strip_prefix(':').is_some_and(is_port);
            fits.then_some(inside)?
        }
        None => text,
    };
    let (bare, _zone) = bare.split_once('%').unwrap_or((bare, ""));
    bare.parse().ok()
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

    /// H02: two clients of one proxy are two, however it writes their addresses.
    #[test]
    fn h02_addresses_are_read_as_proxies_write_them() {
        let peer = "127.0.0.1".parse().ok();
        for (written, place) in [
            ("198.51.100.9:40000", "198.51.100.9"),
            ("[2001:db8:1:2::7]:443", "2001:db8:1:2::/64"),
            ("[2001:db8:1:2::7]", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
            ("fe80::1%eth0", "fe80:0:0:0::/64"),
            ("[fe80::1%eth0]:8080", "fe80:0:0:0::/64"),
            ("\"[2001:db8:1:2::7]:443\"", "2001:db8:1:2::/64"),
            ("::ffff:198.51.100.9", "198.51.100.9"),
            ("[::ffff:198.51.100.9]:1", "198.51.100.9"),
            // What is none counts as the proxy's own.
            ("[2001:db8:1:2::7", "127.0.0.1"),
            ("[2001:db8:1:2::7]:x", "127.0.0.1"),
            ("198.51.100.9:", "127.0.0.1"),
            ("unknown", "127.0.0.1"),
            ("", "127.0.0.1"),
        ] {
            assert_eq!(of(&headers(written), peer, 1), place, "{written}");
        }
    }
}
