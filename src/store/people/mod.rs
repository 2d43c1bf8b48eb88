//! Members, roles, groups and invitations.
pub mod groups;
pub mod invitations;
pub mod member_list;
pub mod members;
pub mod roles;
