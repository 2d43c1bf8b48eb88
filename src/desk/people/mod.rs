//! People of an organisation: members, roles, groups, invitations, and how somebody leaves.
pub mod acceptance;
pub mod administrators;
pub mod departure;
pub mod groups;
pub mod invitations;
pub mod members;
pub mod people_file;
pub(crate) mod role_letters;
pub mod roles;
pub mod undelivered;
