//! The history: writing an entry, and the changes that open pages hear of.
pub mod insights;
pub mod outdated;
pub mod seals;
use crate::desk::{Actor, Caller, Desk};
use crate::domain::event::{Detail, Event, What};
use crate::domain::ids::{AccountId, OrganisationId};
use crate::domain::posted::FormPress;
use crate::domain::{Result, Time};
use crate::store::history::OrganisationChange;
use crate::store::{self, Tx};

/// What happened in organisations after the event with this number.
#[tracing::instrument(name = "history::changes_after", skip_all)]
pub async fn changes_after(desk: &Desk, seq: i64) -> Result<Vec<OrganisationChange>> {
    store::history::list_changes(&mut *desk.db.read().await?, seq).await
}

/// The number of the newest event.
#[tracing::instrument(name = "history::newest_change", skip_all)]
pub async fn newest_change(desk: &Desk) -> Result<i64> {
    store::history::newest(&mut *desk.db.read().await?).await
}

/// Whether the press of this name has done what it does.
#[tracing::instrument(name = "history::was_pressed", skip_all)]
pub async fn was_pressed(desk: &Desk, press: &str) -> Result<bool> {
    store::history::was_pressed(&mut *desk.db.read().await?, press).await
}

/// Who did something, when and where from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct By<'a> {
    who: Option<&'a AccountId>,
    place: &'a str,
    at: Time,
    press: Option<&'a FormPress>,
}

impl<'a> By<'a> {
    /// The clock, and what follows from something else: nobody, from nowhere.
    pub(crate) fn clock(at: Time) -> Self {
        Self {
            who: None,
            place: "",
            at,
            press: None,
        }
    }
    /// The operator, at the machine itself.
    pub(crate) fn operator(at: Time) -> Self {
        Self::clock(at).placed("operator")
    }
    /// Whoever calls without being signed in.
    pub(crate) fn caller(caller: &'a Caller) -> Self {
        Self {
            press: caller.posted.press.as_deref(),
            ..Self::clock(caller.now).placed(&caller.place)
        }
    }
    /// The same, as it is known who it is.
    pub(crate) fn who(self, who: Option<&'a AccountId>) -> Self {
        Self { who, ..self }
    }
    /// The same, from another place.
    pub(crate) fn placed(self, place: &'a str) -> Self {
        Self { place, ..self }
    }
    /// An actor, or else the clock.
    pub(crate) fn actor_or_clock(actor: Option<&'a Actor>, now: Time) -> Self {
        actor.map_or_else(|| Self::clock(now), |a| a.into())
    }
}

impl<'a> From<&'a Actor> for By<'a> {
    fn from(actor: &'a Actor) -> Self {
        Self::caller(&actor.caller).who(Some(actor.id()))
    }
}

/// What it happened to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum About<'a> {
    /// An account: in the account's own chain, and in no organisation's.
    Account(&'a AccountId),
    /// An organisation itself.
    Organisation(&'a OrganisationId),
    /// A thing of an organisation, by its id.
    Thing(&'a OrganisationId, &'a str),
    /// No account that there is.
    Nobody,
}

/// Writes an entry of the history. `detail`: the changes, with notes where there are any. The first
/// one that a press makes names it; DoneAlready: another one has.
pub(crate) async fn record(
    desk: &Desk,
    tx: &mut Tx,
    by: impl Into<By<'_>>,
    what: What,
    about: About<'_>,
    detail: impl Into<Detail>,
) -> Result<()> {
    let by: By<'_> = by.into();
    let (organisation, account, object) = match about {
        About::Account(id) => (None, Some(id.clone()), id.as_str()),
        About::Organisation(id) => (Some(id.clone()), None, id.as_str()),
        About::Thing(organisation, object) => (Some(organisation.clone()), None, object),
        About::Nobody => (None, None, ""),
    };
    let event = Event {
        organisation,
        account,
        actor: by.who.cloned(),
        what,
        object: object.to_owned(),
        detail: Detail {
            place: Some(by.place.to_owned()),
            ..detail.into()
        },
    };
    // What failed was not done: the same press may do it yet.
    let press = by.press.filter(|_| what != What::SignInFailed);
    let press = press.and_then(FormPress::take);
    store::history::record(
        tx,
        &desk.mint.id(by.at),
        [&desk.mint.salt(), &desk.mint.salt()],
        by.at,
        press,
        &event,
    )
    .await
}
