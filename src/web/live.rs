//! Live pages: one server-sent stream for each open page. It says what changed and nothing more;
//! the page fetches what it may see.
use crate::clock;
use crate::desk::{Actor, Desk, account};
use crate::domain::ids::OrganisationId;
use crate::domain::organisation::Slug;
use crate::domain::role::Permission;
use crate::domain::{Result, policy};
use crate::site::call::Call;
use crate::site::shares::AccountShare;
use crate::store::history::OrganisationChange;
use crate::web::forms::drawn_for;
use crate::web::render;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::Stream;
use futures_util::stream::unfold;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio_util::sync::CancellationToken;

/// How often a quiet stream says that it is there, and its session is looked at.
const PULSE: Duration = Duration::from_secs(20);

/// What a member hears.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LiveReader {
    /// Everything that happens.
    OfRequests,
    /// Only that rights may have changed, not whose.
    OfRights,
}

struct Listener {
    #[expect(dead_code, reason = "it is counted for as long as this lives")]
    open: AccountShare,
    changes: Receiver<OrganisationChange>,
    desk: Desk,
    actor: Actor,
    slug: Slug,
    organisation: OrganisationId,
    stopping: CancellationToken,
}

/// Answers with the stream of one page, or says why there is none.
pub async fn answer(call: Call) -> Response {
    match stream(&call) {
        Ok(stream) => stream.into_response(),
        Err(e) => render::refusal(&call, &e).await,
    }
}

/// The stream of one page. It ends when the server stops, and when the reader may no longer read.
fn stream(call: &Call) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>> + use<>>> {
    let (actor, member) = (call.actor()?.clone(), call.member()?.clone());
    drawn_for(call, call.asked("as"))?;
    let listener = Listener {
        open: call.site.shares.streams.take(actor.id())?,
        changes: call.site.live.listen(),
        desk: call.desk().clone(),
        actor,
        slug: member.slug,
        organisation: member.organisation,
        stopping: call.site.stopping.clone(),
    };
    Ok(Sse::new(unfold(listener, next)))
}

async fn next(mut l: Listener) -> Option<(Result<Event, Infallible>, Listener)> {
    loop {
        let heard = tokio::select! {
            () = l.stopping.cancelled() => return None,
            heard = tokio::time::timeout(PULSE, l.changes.recv()) => match heard {
                Err(_) => None,
                Ok(Ok(change)) if change.organisation != l.organisation => continue,
                Ok(Ok(change)) => Some((change.what, change.object)),
                // Too far behind to say what: everything may have changed.
                Ok(Err(RecvError::Lagged(_))) => Some(Default::default()),
                Ok(Err(RecvError::Closed)) => return None,
            },
        };
        // What was ended or taken away since the stream began counts at once.
        let reader = l.reader().await?;
        let event = match heard {
            None => Event::default().comment("here"),
            Some((what, object)) if reader == LiveReader::OfRequests => told(&what, &object),
            Some((what, _)) if what.is_empty() || what.starts_with("role.") => told("", ""),
            Some(_) => continue,
        };
        return Some((Ok(event), l));
    }
}

fn told(what: &str, object: &str) -> Event {
    Event::default().data(serde_json::json!({ "what": what, "object": object }).to_string())
}

impl Listener {
    /// What the reader may hear now; None: nothing any more.
    async fn reader(&self) -> Option<LiveReader> {
        let now = clock::now();
        if !account::sessions::is_live(&self.desk, &self.actor, now)
            .await
            .ok()?
        {
            return None;
        }
        let member = account::memberships::membership(&self.desk, &self.actor, &self.slug)
            .await
            .ok()
            .filter(|m| m.open(now).is_ok())?;
        Some(if policy::permitted(&member, Permission::RequestsView).is_ok() {
            LiveReader::OfRequests
        } else {
            LiveReader::OfRights
        })
    }
}
