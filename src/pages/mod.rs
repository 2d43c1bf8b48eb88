//! Pages, drawn on the server. Each asks the desk first, then draws: no rules here, no SQL.
pub mod access;
pub mod account;
pub mod chat;
pub mod deliveries;
pub mod history;
pub mod home;
pub mod joining;
pub mod mailbox;
pub mod organisation;
pub mod parts;
pub mod people;
pub mod queue;
pub mod shell;
pub mod trouble;

use crate::domain::member::Membership;
use leptos::prelude::*;

/// A page whose data is there: what remains is drawing.
pub struct Sheet {
    pub title: String,
    pub status: u16,
    pub frame: Frame,
    pub draw: Box<dyn FnOnce() -> AnyView + Send>,
    /// The page holds islands, so the browser needs the scripts.
    pub live: bool,
    /// The organisation whose rail stands beside a page that is no organisation's own.
    pub member: Option<Membership>,
    /// There is nothing to draw: the page is at this path.
    pub elsewhere: Option<String>,
    /// So many channels of deliveries are in trouble, of those that this reader looks after.
    pub troubled: usize,
}

/// What stands around the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A card in the middle: sign-in, invitations, errors.
    Card,
    /// The house with its rail; the word names the current entry.
    House(&'static str),
}

impl Sheet {
    pub fn new(title: String, frame: Frame, draw: impl FnOnce() -> AnyView + Send + 'static) -> Self {
        Self {
            title,
            status: 200,
            frame,
            draw: Box::new(draw),
            live: true,
            member: None,
            elsewhere: None,
            troubled: 0,
        }
    }

    /// Go there instead.
    pub fn elsewhere(to: String) -> Self {
        Self {
            elsewhere: Some(to),
            ..Self::new(String::new(), Frame::Card, || ().into_any())
        }
    }
}
