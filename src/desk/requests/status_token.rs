//! The address of a requester's status page.
use crate::desk::Desk;
use crate::domain::ids::RequestId;

/// What the secret in a status page's address is made for.
pub(crate) const USAGE: &str = "status page";

/// The end of the address of a request's status page: its id, and a secret that only this
/// instance can make.
pub fn make(desk: &Desk, id: &RequestId) -> String {
    format!("{id}.{}", desk.keys.tag(USAGE, id.as_str()))
}
