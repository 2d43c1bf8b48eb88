//! Accounts, signing in, and links in mails.
mod accounts;
mod links;
