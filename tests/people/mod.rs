//! Members, roles, groups, invitations.
mod departure;
mod groups;
mod invitations;
mod invited_rows;
pub mod members;
mod outward;
mod roles;
mod spellings;
mod users;
