//! Deciding from chat: a press of a button, by a member who has proven who they are, decides by the
//! same guarded path as the queue.
use crate::chat::arrived::Press;
use crate::desk::account::{self};
use crate::desk::requests::decision_draft::DecisionDraft;
use crate::desk::requests::posts::{Say, Told};
use crate::desk::{Actor, Desk, access, chat, queue};
use crate::domain::contact::{Contact, ContactStanding};
use crate::domain::delivery::DeliveryOutcome;
use crate::domain::ids::RequestId;
use crate::domain::member::Membership;
use crate::domain::request::{Request, RequestKind};
use crate::domain::role::Permission;
use crate::domain::verdict::Verdict;
use crate::domain::{Error, Result, Time, Why, policy};
use crate::store::chat::connectors::Kept;
use crate::store::deliveries::arrivals::ClaimedArrival;
use crate::store::{self};

/// Works on a press of a button; what whoever pressed is told.
pub(crate) async fn pressed(desk: &Desk, kept: &Kept, press: &Press, now: Time) -> Result<Told> {
    // Another button of the same app, or one made by hand, is none of ours.
    let Some((verdict, id)) = press.value.split_once(':') else {
        return Ok(Told::Gone);
    };
    let Some(verdict) = Verdict::parse(verdict) else {
        return Ok(Told::Gone);
    };
    let Ok(id) = RequestId::try_from(id.to_owned()) else {
        return Ok(Told::Gone);
    };
    let Some((actor, member)) = presser(desk, kept, &press.person, now).await? else {
        return Ok(Told::NotLinked);
    };
    let request = match store::requests::find(&mut *desk.db.read().await?, &kept.organisation, &id).await {
        Err(Error::NotFound) => return Ok(Told::Gone),
        found => found?,
    };
    let said = DecisionDraft::from(verdict);
    let done = if request.kind() == RequestKind::Resource {
        let asked = is_waited_for(desk, &actor, &member, &request).await?;
        let needs_page = verdict == Verdict::Reject || (!asked && request.is_overridden_in_queue());
        match (needs_page, asked) {
            (true, _) => on_page(desk, &member, &request, asked, now)
                .await
                .map_or_else(Err, |told| Ok(Some(told))),
            (false, true) => access::votes::vote(desk, &actor, &member, &id, &said)
                .await
                .map(|()| None),
            (false, false) => queue::decisions::decide_with(desk, &actor, &member, &id, &said)
                .await
                .map(|()| None),
        }
    } else {
        queue::decisions::decide_with(desk, &actor, &member, &id, &said)
            .await
            .map(|()| None)
    };
    match done {
        Ok(told) => Ok(told.unwrap_or(Told::Done { verdict })),
        Err(Error::AlreadyDecided { by, verdict, at }) => Ok(Told::Already { by, verdict, at }),
        Err(Error::Forbidden | Error::SecondFactorDemanded) => Ok(Told::MayNot),
        Err(Error::Refused(Why::OwnRequest)) => Ok(Told::OwnRequest),
        Err(Error::Refused(why)) => Ok(Told::Refused { why }),
        Err(Error::NotFound) => Ok(Told::Gone),
        Err(e) => Err(e),
    }
}

/// Where whoever may decide this is asked for what a button cannot say.
async fn on_page(
    desk: &Desk,
    member: &Membership,
    request: &Request,
    asked: bool,
    now: Time,
) -> Result<Told> {
    if let Some(already) =
        crate::desk::requests::outcomes::already(&mut *desk.db.read().await?, request).await?
    {
        return Err(already);
    }
    if !request.is_open(now) {
        return Ok(Told::Over);
    }
    if !asked {
        policy::permitted(member, Permission::RequestsDecide)?;
    }
    Ok(Told::OnPage {
        slug: member.slug.to_string(),
        request: request.id.clone(),
        asked,
    })
}

/// Whether the flow of this request asks the member, also one who may not decide in the queue.
async fn is_waited_for(desk: &Desk, actor: &Actor, member: &Membership, request: &Request) -> Result<bool> {
    let found = store::access::steps::find_assignment(
        &mut *desk.db.read().await?,
        &member.organisation,
        &request.id,
        actor.id(),
    )
    .await?;
    Ok(found.is_some_and(|a| !a.over))
}

/// The member who has proven that they are this person; None: nobody has, or is no member any
/// more.
async fn presser(desk: &Desk, kept: &Kept, person: &str, now: Time) -> Result<Option<(Actor, Membership)>> {
    let mut conn = desk.db.read().await?;
    let contact =
        store::chat::contacts::find_by_person(&mut conn, &kept.organisation, &kept.connector.id, person)
            .await?;
    let contact = contact.filter(|c| c.standing != ContactStanding::Blocked);
    let Some(account) = contact.as_ref().and_then(Contact::proven_by).cloned() else {
        return Ok(None);
    };
    let found = account::memberships::on_behalf_of(
        desk,
        &mut conn,
        &kept.organisation,
        &account,
        kept.connector.platform.as_str(),
        now,
    )
    .await?;
    Ok(found.filter(|(_, member)| member.open(now).is_ok()))
}

/// Writes down that something that came was worked on, and answers whoever pressed.
pub(crate) async fn finish_press(
    desk: &Desk,
    claimed: &ClaimedArrival,
    kept: &Kept,
    press: &Press,
    told: Told,
    now: Time,
) -> Result<()> {
    let mut tx = desk.db.begin().await?;
    let (route, person, answer_to) = (press.route.clone(), press.person.clone(), press.answer_to.clone());
    chat::texts::whisper(
        desk,
        &mut tx,
        kept,
        Say::Whisper {
            route,
            person,
            answer_to,
            pressed: true,
            told,
        },
        now,
    )
    .await?;
    store::deliveries::outcomes::finish(&mut tx, &claimed.hold, &DeliveryOutcome::Sent, now).await?;
    tx.commit().await
}
