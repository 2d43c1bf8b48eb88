//! Pages, drawn on the server. Each asks the desk first, then draws: no rules here, no SQL.
pub mod applications;
pub mod approvals;
pub mod bulk;
pub mod catalog;
pub mod code;
pub mod connectors;
pub mod contacts;
pub mod customers;
pub mod email;
pub mod flows;
pub mod form;
pub mod groups;
pub mod home;
pub mod house;
pub mod insights;
pub mod invitation;
pub mod invitations;
mod inviting;
mod leave;
pub mod mailbox;
pub mod my_requests;
pub mod org_home;
mod org_house;
pub mod org_settings;
pub mod parts;
mod people;
mod progress;
mod prose;
pub mod queue;
mod queue_filter;
pub mod reset;
pub mod resources;
pub mod roles;
pub mod settings;
pub mod setup;
pub mod shell;
pub mod signin;
pub mod signup;
pub mod status;
mod tour;
pub mod trouble;
pub mod user;
pub mod users;
pub mod waiting;

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
