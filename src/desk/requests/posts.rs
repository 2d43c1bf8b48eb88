//! Posts of requests in channels of approvers: owed, edited, put together when they are sent.
use crate::desk::Desk;
use crate::desk::faults::broken;
use crate::domain::connector::ConnectorState;
use crate::domain::contact::ContactStanding;
use crate::domain::ids::{LetterId, RequestId};
use crate::domain::request::{Request, Status};
use crate::domain::verdict::Verdict;
use crate::domain::{Result, Time, Why};
use crate::store::chat::connectors::Kept;
use crate::store::deliveries::hold::Stands;
use crate::store::deliveries::messages::{Due, MessageKind, Owed};
use crate::store::queue::list::ListedRequest;
use crate::store::{self, Tx};
use serde::{Deserialize, Serialize};

/// What is stored of something to send whose words are put together when it is sent, in the
/// connector's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "snake_case")]
pub enum Say {
    /// The request, with its buttons.
    Post,
    /// The same without them; `post`: what was sent first.
    Edit { post: LetterId },
    /// `pressed`: it answers a press of a button, and not a message.
    Whisper {
        route: String,
        person: String,
        answer_to: String,
        pressed: bool,
        told: Told,
    },
}

/// What whoever pressed a button, or sent a code, is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "told", rename_all = "snake_case")]
pub enum Told {
    Linked {
        name: String,
        organisation: String,
    },
    CodeUnknown,
    NotLinked,
    MayNot,
    OwnRequest,
    Gone,
    Over,
    /// Nothing was decided, and why.
    Refused {
        why: Why,
    },
    /// Decided already: by whom, what, when.
    Already {
        by: String,
        verdict: Verdict,
        at: Time,
    },
    /// A denial needs a reason, or the decision would pass over approvers: a page asks for it.
    OnPage {
        slug: String,
        request: RequestId,
        /// Whoever pressed is asked by a step; else it is the queue.
        asked: bool,
    },
    Done {
        verdict: Verdict,
    },
    /// What they asked for by chat was canceled.
    Canceled {
        organisation: String,
    },
}

/// What a post shows.
pub struct Posted {
    pub slug: String,
    pub listed: ListedRequest,
    pub status: Status,
    /// Where it stands, for an edit; for a post, the channel where it is to stand.
    pub stands: Stands,
}

#[allow(clippy::too_many_arguments)]
pub(crate) async fn owe_say(
    _desk: &Desk,
    tx: &mut Tx,
    kept: &Kept,
    request: Option<&RequestId>,
    what: MessageKind,
    lane: String,
    id: LetterId,
    say: &Say,
    now: Time,
) -> Result<()> {
    let owed = Owed {
        id,
        organisation: &kept.organisation,
        connector: &kept.connector.id,
        contact: None,
        request,
        what,
        lane,
        send: serde_json::to_string(say).map_err(|_| broken())?,
    };
    store::deliveries::messages::owe(tx, &owed, now).await
}

/// Owes a post of a new request in each channel for approvers that the organisation has named.
pub(crate) async fn post_for_approvers(desk: &Desk, tx: &mut Tx, request: &Request, now: Time) -> Result<()> {
    for kept in store::chat::connectors::list_with_channel(tx, &request.organisation).await? {
        let lane = post_lane(&kept, &request.id);
        owe_say(
            desk,
            tx,
            &kept,
            Some(&request.id),
            MessageKind::Post,
            lane,
            desk.mint.id(now),
            &Say::Post,
            now,
        )
        .await?;
    }
    Ok(())
}

/// Owes whoever asked by chat the word that it was canceled, there; whoever is blocked hears nothing, nor
/// does anybody of a connector that is gone.
pub(crate) async fn tell_canceled(desk: &Desk, tx: &mut Tx, canceled: &Request, now: Time) -> Result<()> {
    let chatted = canceled.chatted().ok_or_else(broken)?;
    let org = &canceled.organisation;
    let kept = store::chat::connectors::find(tx, org, &chatted.connector).await?;
    let contact = store::chat::contacts::find(tx, org, &chatted.contact).await?;
    if kept.connector.state == ConnectorState::Deleted || contact.standing == ContactStanding::Blocked {
        return Ok(());
    }
    let organisation = store::organisation::organisations::find(tx, org).await?.name;
    let say = Say::Whisper {
        route: contact.route,
        person: contact.person,
        answer_to: String::new(),
        pressed: false,
        told: Told::Canceled { organisation },
    };
    owe_say(
        desk,
        tx,
        &kept,
        Some(&canceled.id),
        MessageKind::Whisper,
        format!("contact:{}", contact.id),
        desk.mint.id(now),
        &say,
        now,
    )
    .await
}

/// Owes the edit of every post whose request is decided or over; how many.
#[tracing::instrument(name = "requests::posts::close_posts", skip_all)]
pub async fn close_posts(desk: &Desk, now: Time) -> Result<usize> {
    let due = store::deliveries::posts::list_posts_to_close(&mut *desk.db.read().await?, now, 50).await?;
    for post in &due {
        let mut tx = desk.db.begin().await?;
        let done = async {
            store::deliveries::posts::close_post(&mut tx, &post.organisation, &post.id).await?;
            let kept = store::chat::connectors::find(&mut tx, &post.organisation, &post.connector).await?;
            let lane = post_lane(&kept, &post.request);
            let say = Say::Edit {
                post: post.id.clone(),
            };
            owe_say(
                desk,
                &mut tx,
                &kept,
                Some(&post.request),
                MessageKind::Edit,
                lane,
                desk.mint.id(now),
                &say,
                now,
            )
            .await?;
            tx.commit().await
        };
        crate::desk::unless_stale(done.await)?;
    }
    Ok(due.len())
}

/// What a post or its edit shows now; None: it is not to be sent any more.
#[tracing::instrument(name = "requests::posts::posted", skip_all)]
pub async fn posted(desk: &Desk, due: &Due, kept: &Kept, say: &Say, now: Time) -> Result<Option<Posted>> {
    let Some(request) = &due.request else {
        return Ok(None);
    };
    let mut conn = desk.db.read().await?;
    let organisation = store::organisation::organisations::find(&mut conn, &due.organisation).await?;
    let listed = store::queue::list::find(&mut conn, &due.organisation, request).await?;
    let status = listed.request.status_at(now);
    let stands = match say {
        Say::Edit { post } => store::deliveries::posts::find_post(&mut conn, &due.organisation, post).await?,
        // Decided before it was posted, or nowhere to post to any more: there is nothing to
        // press.
        _ if !status.is_open() || kept.connector.channel.is_empty() => return Ok(None),
        _ => Stands {
            message: String::new(),
            channel: kept.connector.channel.clone(),
        },
    };
    Ok(Some(Posted {
        slug: organisation.slug.to_string(),
        listed,
        status,
        stands,
    }))
}

/// One lane for each post: its edit comes after it.
pub(crate) fn post_lane(kept: &Kept, request: &RequestId) -> String {
    format!("post:{}:{request}", kept.connector.id)
}
