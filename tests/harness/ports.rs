//! Ports for servers that go away and come back. One that the system chooses may be given to any
//! connection of this machine while its server is away, or before it has begun.
use anteroom::clock;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

/// A free address of this machine whose port is given to nobody who does not ask for it.
pub fn steady() -> SocketAddr {
    let range = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap_or_default();
    let end = range.split_whitespace().next().and_then(|n| n.parse().ok());
    let ports = 11_000..end.unwrap_or(32_768).max(12_000);
    loop {
        let drawn = u16::from_le_bytes(clock::mint().bytes());
        let port = ports.start + drawn % (ports.end - ports.start);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}
