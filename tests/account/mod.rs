//! Accounts, signing in, and links in mails.
mod accounts;
mod erasure;
mod links;
mod managers;
mod providers;
mod reentry;
mod shown_once;
mod ways_in;
