//! Accounts, signing in, and links in mails.
mod accounts;
mod erasure;
mod links;
mod ways_in;
