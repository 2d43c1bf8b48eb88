//! One request as pages and actions see it: who calls, from where, with what language, cookies,
//! drafts, and what the page shows once.
use crate::desk::account::sessions::Begun;
use crate::desk::{Actor, Caller, Desk, account};
use crate::domain::account::Theme;
use crate::domain::draft::Draft;
use crate::domain::ids::SessionId;
use crate::domain::member::Membership;
use crate::domain::organisation::Slug;
use crate::domain::shown_once::ShownOnce;
use crate::domain::{Error, Result, Time};
use crate::site::cookies::Cookie;
use crate::site::instance::Shared;
use crate::words::Words;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use std::collections::HashMap;

/// Cheap to clone for what it holds; made by the gate, put into the request's extensions and into
/// Leptos' context.
#[derive(Clone)]
pub struct Call {
    pub site: Shared,
    pub caller: Caller,
    /// Signed in, with the second factor passed if there is one.
    pub actor: Option<Actor>,
    /// Signed in, but the second factor is still due.
    pub half: Option<Actor>,
    /// The membership in the organisation of the path, or that a form names, once the door has been
    /// passed.
    pub member: Option<Membership>,
    /// The path as it came, without the query.
    pub path: String,
    pub query: HashMap<String, String>,
    /// Segments of the path by their names in the route.
    pub params: HashMap<String, String>,
    /// What a form on this page failed with.
    pub draft: Option<Draft>,
    /// What an action made and this page shows at this look alone.
    pub once: ShownOnce,
    /// This browser's random name, if it has one.
    pub browser: Option<String>,
    /// Whom a provider vouched for in this browser, while a proof is owed; sealed.
    pub offer: Option<String>,
    pub nonce: String,
    /// What the buttons of the page at hand are told from those of any other page by, also of the
    /// same one drawn again.
    pub press: String,
    /// What the log calls this request.
    pub request_id: String,
}

/// The call at hand, inside an action.
pub fn call() -> Result<Call> {
    use_context::<Call>().ok_or_else(|| {
        tracing::error!("there is no call in context");
        Error::Internal
    })
}

/// Says in the request's span which organisation it is about.
pub fn note_organisation(member: &Membership) {
    tracing::Span::current().record("organisation", member.organisation.as_str());
}

impl Call {
    pub fn desk(&self) -> &Desk {
        &self.site.desk
    }
    pub fn now(&self) -> Time {
        self.caller.now
    }
    pub fn words(&self) -> Words {
        Words(self.caller.language)
    }
    /// An error in words for whoever calls; with it, where the fault is ours, what finds it in the
    /// log.
    pub fn explain(&self, error: &Error) -> String {
        let text = self.words().explain(error, self.now());
        match error {
            Error::Internal | Error::Unavailable => {
                let reference = self.words().tell("error-reference", &[("id", &self.request_id)]);
                format!("{text} {reference}")
            }
            _ => text,
        }
    }
    pub fn zone(&self) -> &str {
        self.actor.as_ref().map_or("UTC", |a| &a.account.time_zone)
    }
    pub fn theme(&self) -> Theme {
        self.actor
            .as_ref()
            .or(self.half.as_ref())
            .map_or(Theme::System, |a| a.account.theme)
    }

    /// Whoever is signed in, all the way.
    pub fn actor(&self) -> Result<&Actor> {
        match (&self.actor, &self.half) {
            (Some(actor), _) => Ok(actor),
            (None, Some(_)) => Err(Error::SecondFactorDue),
            (None, None) => Err(Error::SignInRequired),
        }
    }

    /// The session of whoever is signed in, be it half.
    pub fn session(&self) -> Option<&SessionId> {
        self.actor.as_ref().or(self.half.as_ref()).map(|a| &a.session.id)
    }

    /// The membership in the organisation of the path.
    pub fn member(&self) -> Result<&Membership> {
        self.member.as_ref().ok_or(Error::NotFound)
    }

    /// The actor and their membership in the organisation that a form names.
    pub async fn enter(&self, org: &str) -> Result<(Actor, Membership)> {
        let actor = self.actor()?.clone();
        let slug = Slug::parse(org).map_err(|_| Error::NotFound)?;
        // The door may have looked it up for this very call.
        if let Some(member) = self.member.as_ref().filter(|member| member.slug == slug) {
            return Ok((actor, member.clone()));
        }
        let member = account::memberships::membership(self.desk(), &actor, &slug).await?;
        note_organisation(&member);
        Ok((actor, member))
    }

    /// A segment of the path.
    pub fn param(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }
    pub fn asked(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    /// Puts the token of a session that was begun into the cookie of this action's answer.
    pub fn take_session(&self, begun: &Begun) {
        self.set_cookie(Cookie::Session, &begun.token);
    }

    /// Sets (or with an empty value removes) a cookie in this action's answer.
    pub fn set_cookie(&self, cookie: Cookie, value: &str) {
        if let (Some(options), Some(header)) = (
            use_context::<ResponseOptions>(),
            cookie.set(value, self.site.secure),
        ) {
            options.append_header(http::header::SET_COOKIE, header);
        }
    }
}
