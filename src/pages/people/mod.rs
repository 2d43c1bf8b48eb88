//! Pages of people: users, invitations, roles, groups, and how one joins and leaves.
pub mod acceptance;
pub mod customers;
pub mod groups;
pub mod invitations;
pub mod invite_dialog;
pub mod pieces;
pub mod roles;
pub mod user;
pub mod users;
