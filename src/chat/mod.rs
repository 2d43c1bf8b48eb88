//! What chat platforms send and what they want to be sent: signatures, bodies, answers. Pure: no IO
//! and no clock; texts from outside are taken as they are, and tamed by whoever shows or stores
//! them.
#[cfg(test)]
mod any;
pub mod arrived;
pub mod inbound;
pub mod outbound;
mod reading;
pub mod sent;
mod signature;
mod slack;
mod sms;
pub mod teams;
pub mod teams_keys;
mod telegram;
mod whatsapp;

pub use inbound::receive;
pub use outbound::{check, judge, message_id, wanted};
pub use slack::{name_of, who};
