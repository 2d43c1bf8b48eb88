//! Customer numbers from a member's side: changing between them, cancelling access to one; and all
//! that ends with a membership.
use crate::desk::history::About;
use crate::desk::{Actor, Desk, access, account, history, letters, requests, rights};
use crate::domain::decision::Cancellation;
use crate::domain::event::What;
use crate::domain::ids::{AccountId, OrganisationId};
use crate::domain::member::Membership;
use crate::domain::notice::Letter;
use crate::domain::organisation::Slug;
use crate::domain::policy::Departure;
use crate::domain::request::Status;
use crate::domain::role::Permission;
use crate::domain::{Result, Time, policy};
use crate::store::access::steps::Concerned;
use crate::store::people::member_list::Ties;
use crate::store::people::members::LeftOrganisation;
use crate::store::{self, Conn, Tx};

/// What cancelling ends.
pub struct Consequences {
    pub member: Membership,
    pub ties: Ties,
    pub reach: Reach,
    /// Whether this is the last administrator, who cannot leave.
    pub last_administrator: bool,
}

/// What a membership reaches in access to resources: all of it ends, or passes on, with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Names of what the member has, and of what they own.
    pub grants: Vec<String>,
    pub owned: Vec<String>,
    /// Names of the flows that ask this member by name.
    pub flows: Vec<String>,
    /// Their own open requests, and those of others that wait for them.
    pub requests: i64,
    pub approvals: i64,
}

/// What the actor has left, where they belong nowhere any more and ask for nothing: there is nothing for
/// them here but goodbye.
#[tracing::instrument(name = "people::departure::left", skip_all)]
pub async fn left(desk: &Desk, actor: &Actor) -> Result<Vec<LeftOrganisation>> {
    let mut conn = desk.db.read().await?;
    let left = store::people::members::list_left(&mut conn, actor.id()).await?;
    let own = store::requests::list_own(&mut conn, actor.id()).await?;
    drop(conn);
    if left.is_empty() || !account::memberships::memberships(desk, actor).await?.is_empty() {
        return Ok(Vec::new());
    }
    let asks = own.iter().any(|own| own.request.is_open(actor.now()));
    Ok(if asks { Vec::new() } else { left })
}

/// Ends a membership with all that hangs on it: open requests of and for this member, what they
/// have, own and stand in for. What waited for them is looked at again.
pub(crate) async fn end_member(desk: &Desk, tx: &mut Tx, actor: &Actor, departure: &Departure) -> Result<()> {
    let (org, account, now) = (departure.organisation(), departure.account(), actor.now());
    let mut concerned = store::access::steps::list_concerned(tx, org, &Concerned::Assigned(account)).await?;
    for id in store::access::steps::list_concerned(tx, org, &Concerned::Person(account)).await? {
        let request = store::requests::lock(tx, org, &id).await?;
        if matches!(request.status, Status::Provisioning(_)) {
            // Who leaves may have asked for somebody else, who still gets it.
            if request.expect_asked()?.holder == *account {
                let canceled = request.cancel_provisioning(departure, now)?;
                requests::outcomes::canceled(desk, tx, &canceled, Some(actor), now).await?;
            }
        } else if request.is_open(now) {
            let canceled = request.cancel(Cancellation::by(departure, now))?;
            requests::outcomes::canceled(desk, tx, &canceled, Some(actor), now).await?;
        } else {
            requests::outcomes::expire(desk, tx, request, now).await?;
        }
        concerned.retain(|other| *other != id);
    }
    access::grants::end_all_of(desk, tx, actor, org, account).await?;
    for owned in store::access::steps::list_concerned(tx, org, &Concerned::Owner(account)).await? {
        concerned.push(owned);
    }
    store::access::resources::disown(tx, org, account).await?;
    store::access::delegations::end_of_member(tx, org, account).await?;
    store::people::members::end(tx, org, account, now).await?;
    concerned.sort();
    concerned.dedup();
    access::steps::reconsider_all(desk, tx, org, &concerned, &actor.caller).await
}

/// Goes to another of one's organisations; the choice is remembered.
#[tracing::instrument(name = "people::departure::choose_customer", skip_all)]
pub async fn choose_customer(desk: &Desk, actor: &Actor, slug: &Slug) -> Result<()> {
    let member = account::memberships::membership(desk, actor, slug).await?;
    let mut tx = rights::begin_own(desk, actor).await?;
    store::account::accounts::went_to(&mut tx, actor.id(), &member.organisation).await?;
    tx.commit().await
}

/// What would end if the actor cancelled access to the organisation.
#[tracing::instrument(name = "people::departure::look_at_leaving", skip_all)]
pub async fn look_at_leaving(desk: &Desk, actor: &Actor, slug: &Slug) -> Result<Consequences> {
    let member = account::memberships::membership(desk, actor, slug).await?;
    let mut conn = desk.db.read().await?;
    let ties = store::people::member_list::ties(&mut conn, &member.organisation, actor.id()).await?;
    let role = store::people::roles::find_administrator(&mut conn, &member.organisation).await?;
    let others = store::people::roles::count_holders(&mut conn, &member.organisation, &role.id).await?;
    let last_administrator = member.administrator && others == 1;
    let reach = reach(&mut conn, &member.organisation, actor.id(), actor.now()).await?;
    Ok(Consequences {
        member,
        ties,
        reach,
        last_administrator,
    })
}

/// Cancels the actor's access to the organisation, confirmed by its customer number:
/// membership, roles and open requests end in one transaction, and the administrators are told.
/// The last administrator stays.
#[tracing::instrument(name = "people::departure::cancel_access", skip_all)]
pub async fn cancel_access(desk: &Desk, actor: &Actor, member: &Membership, typed: &str) -> Result<()> {
    let departure = policy::leaving(member, typed)?;
    let (org, now) = (&member.organisation, actor.now());
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    end_member(desk, &mut tx, actor, &departure).await?;
    crate::desk::people::administrators::keep_an_administrator(&mut tx, member).await?;
    for open in store::requests::list_open_joins(&mut tx, org, &actor.account.email, Some(actor.id())).await?
    {
        if open.status_at(now) == Status::Pending {
            let proof = policy::requester(actor.id(), &open)?;
            let canceled = open.withdraw(&proof, now)?;
            store::requests::settle(&mut tx, &canceled).await?;
            history::record(
                desk,
                &mut tx,
                actor,
                What::RequestCanceled,
                About::Thing(org, canceled.id.as_str()),
                vec![],
            )
            .await?;
        }
    }
    history::record(
        desk,
        &mut tx,
        actor,
        What::MemberLeft,
        About::Thing(org, actor.id().as_str()),
        vec![],
    )
    .await?;
    let organisation = store::organisation::organisations::find(&mut tx, org).await?;
    let letter = Letter::MemberLeft {
        organisation: organisation.name,
        slug: organisation.slug.to_string(),
        customer_number: organisation.customer_number,
        name: actor.account.name.clone(),
        email: actor.account.email.to_string(),
    };
    letters::tell_holders(desk, &mut tx, org, Permission::MembersManage, None, &letter, now).await?;
    tx.commit().await
}

/// What this member's access reaches.
pub(crate) async fn reach(
    conn: &mut Conn,
    org: &OrganisationId,
    account: &AccountId,
    now: Time,
) -> Result<Reach> {
    let grants = store::access::grants::list_of_member(conn, org, account).await?;
    Ok(Reach {
        grants: grants
            .into_iter()
            .filter(|l| l.grant.holds(now))
            .map(|l| l.resource)
            .collect(),
        owned: store::access::resources::list_owned(conn, org, account).await?,
        flows: store::access::flows::list_naming(conn, org, "member", account.as_str()).await?,
        requests: store::requests::list_open_for(conn, org, account)
            .await?
            .iter()
            .filter(|r| r.is_open(now))
            .count() as i64,
        approvals: store::access::steps::count_waiting_for(conn, org, account, now).await?,
    })
}
