//! Being away: a member names a delegate, who is asked in their place from one day to another.
use crate::desk::history::{About, By};
use crate::desk::{Actor, Caller, Desk, access, history, rights};
use crate::domain::changes::{self, Field};
use crate::domain::event::What;
use crate::domain::member::Membership;
use crate::domain::step_state::chain;
use crate::domain::{Error, Result, Time, Why, policy};
use crate::store::access::delegations::Delegation;
use crate::store::access::steps::Concerned;
use crate::store::{self, Tx};

/// Whom the actor has named, if anybody.
#[tracing::instrument(name = "access::delegations::delegation", skip_all)]
pub async fn delegation(desk: &Desk, actor: &Actor, member: &Membership) -> Result<Option<Delegation>> {
    policy::voter(member)?;
    let found =
        store::access::delegations::find(&mut *desk.db.read().await?, &member.organisation, actor.id())
            .await?;
    Ok(found.filter(|d| d.until > actor.now()))
}

/// Names whoever was typed (name or address) as the actor's delegate. Items that are open
/// already move to them too.
#[tracing::instrument(name = "access::delegations::delegate", skip_all)]
pub async fn delegate(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    typed: &str,
    from: Time,
    until: Time,
) -> Result<()> {
    policy::voter(member)?;
    let (org, now) = (&member.organisation, actor.now());
    if until <= from || until <= now {
        return Err(Error::field("until", Why::EndsBeforeItBegins));
    }
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    let delegate = crate::desk::lookup::typed_member(&mut tx, org, "delegate", typed).await?;
    if delegate == *actor.id() {
        return Err(Error::field("delegate", Why::OwnDelegate));
    }
    let eligible = store::access::steps::list_eligible(&mut tx, org, &[delegate.clone()].into()).await?;
    if eligible.is_empty() {
        return Err(Error::field("delegate", Why::MayNotVote));
    }
    let named = store::account::accounts::find(&mut tx, &delegate).await?;
    let before = store::access::delegations::find(&mut tx, org, actor.id()).await?;
    let delegation = Delegation {
        organisation: org.clone(),
        account: actor.id().clone(),
        delegate,
        delegate_name: named.name,
        from,
        until,
    };
    store::access::delegations::set(&mut tx, &delegation, now).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::DelegationSet,
        About::Thing(org, actor.id().as_str()),
        changes::made([
            (Field::Delegate, delegation.delegate.to_string()),
            (Field::From, from.rfc3339()),
            (Field::Until, until.rfc3339()),
        ]),
    )
    .await?;
    hand_over(desk, &mut tx, before.as_ref(), &actor.caller).await?;
    hand_over(desk, &mut tx, Some(&delegation), &actor.caller).await?;
    tx.commit().await
}

/// Members to propose as delegates: the first twenty by name.
#[tracing::instrument(name = "access::delegations::proposed_delegates", skip_all)]
pub async fn proposed_delegates(desk: &Desk, member: &Membership) -> Result<Vec<String>> {
    policy::voter(member)?;
    let found = store::people::member_list::list(
        &mut *desk.db.read().await?,
        &member.organisation,
        &Default::default(),
        20,
    )
    .await?;
    let others = found.into_iter().filter(|l| l.account != member.account);
    Ok(others.map(|l| format!("{} <{}>", l.name, l.email)).collect())
}

/// Ends the actor's delegation: what is open comes back.
#[tracing::instrument(name = "access::delegations::come_back", skip_all)]
pub async fn come_back(desk: &Desk, actor: &Actor, member: &Membership) -> Result<()> {
    policy::voter(member)?;
    let org = &member.organisation;
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    let before = store::access::delegations::find(&mut tx, org, actor.id())
        .await?
        .ok_or(Error::NotFound)?;
    store::access::delegations::end(&mut tx, org, actor.id()).await?;
    came_back(desk, &mut tx, &before, Some(actor), &actor.caller).await?;
    tx.commit().await
}

async fn came_back(
    desk: &Desk,
    tx: &mut Tx,
    before: &Delegation,
    actor: Option<&Actor>,
    caller: &Caller,
) -> Result<()> {
    history::record(
        desk,
        tx,
        By::actor_or_clock(actor, caller.now),
        What::DelegationEnded,
        About::Thing(&before.organisation, before.account.as_str()),
        changes::gone([(Field::Delegate, before.delegate.to_string())]),
    )
    .await?;
    hand_over(desk, tx, Some(before), caller).await
}

/// Looks again at everything that waits for either of the two, or for whoever decides for the delegate.
async fn hand_over(desk: &Desk, tx: &mut Tx, delegation: Option<&Delegation>, caller: &Caller) -> Result<()> {
    let Some(d) = delegation else { return Ok(()) };
    let away = store::access::delegations::list_away(tx, &d.organisation, caller.now).await?;
    let mut concerned = vec![d.account.clone(), d.delegate.clone()];
    concerned.extend(chain(&away, &d.delegate));
    for account in &concerned {
        access::steps::reconsider(desk, tx, &d.organisation, Concerned::Assigned(account), caller).await?;
    }
    Ok(())
}

/// Moves what is open where a delegation begins, and back where it is over; how many it was.
#[tracing::instrument(name = "access::delegations::sweep", skip_all)]
pub async fn sweep(desk: &Desk, now: Time) -> Result<usize> {
    let due = store::access::delegations::list_due(&mut *desk.db.read().await?, now, 20).await?;
    let count = due.len();
    for delegation in due {
        let mut tx = desk.db.begin().await?;
        store::people::members::lock(&mut tx, &delegation.organisation).await?;
        let caller = Caller::clock(now);
        let done = if delegation.until <= now {
            store::access::delegations::lapse(&mut tx, &delegation).await
        } else {
            store::access::delegations::begun(&mut tx, &delegation).await
        };
        match done {
            Ok(()) if delegation.until <= now => came_back(desk, &mut tx, &delegation, None, &caller).await?,
            Ok(()) => hand_over(desk, &mut tx, Some(&delegation), &caller).await?,
            Err(Error::Stale) => continue,
            Err(e) => return Err(e),
        }
        tx.commit().await?;
    }
    Ok(count)
}
