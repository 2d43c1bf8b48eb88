//! What is owed and how it leaves.
mod letters;
mod mail_tokens;
mod mail_trouble;
mod notices;
mod standing;
