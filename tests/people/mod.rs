//! Members, roles, groups, invitations.
mod invitations;
pub mod members;
mod roles;
mod users;
