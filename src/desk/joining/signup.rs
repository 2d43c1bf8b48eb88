//! Signing up: proving an address, becoming an account, and finding the organisation one belongs
//! to, or creating one.
use crate::desk::account::links::LinkPurpose;
use crate::desk::account::sessions::Begun;
use crate::desk::account::{self, limits};
use crate::desk::faults::broken;
use crate::desk::history::{About, By};
use crate::desk::organisation::organisations::NewOrganisation;
use crate::desk::{Actor, Caller, Desk, history, mint, organisation, rights};
use crate::domain::account::Email;
use crate::domain::error::Faults;
use crate::domain::event::What;
use crate::domain::ids::RequestId;
use crate::domain::links::Origin;
use crate::domain::notice::Letter;
use crate::domain::organisation::{Organisation, Slug};
use crate::domain::request::Status;
use crate::domain::{self, Error, Result, Time, Why};
use crate::store;
use crate::store::account::sessions::How;
use crate::store::account::tokens::{Purpose, Token};

/// What sign-up has for somebody who is signed in.
pub struct Offer {
    /// The organisations that answer to their provider or address.
    pub matches: Vec<Match>,
    /// Whether they may create an organisation of their own.
    pub may_create: bool,
    /// Where they are a member already, the first by name.
    pub home: Option<Slug>,
}

/// An organisation that the person belongs to, and where they stand with it.
pub struct Match {
    pub organisation: Organisation,
    pub origin: Origin,
    pub standing: SignUpStanding,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignUpStanding {
    Member,
    /// Asked already; the request is open.
    Asked(RequestId),
    /// Rejected; may ask again from then on.
    Later(Time),
    /// There is an invitation whose link works: it is in their mailbox.
    Invited,
    /// Nobody has proven the account's address, so no letter about a request could be trusted to
    /// reach them.
    Unproven,
    MayAsk,
}

/// Asks for a link that proves an address. The same is done for every address; the worker finds
/// out whether it has an account.
#[tracing::instrument(name = "joining::signup::ask_sign_up", skip_all)]
pub async fn ask_sign_up(desk: &Desk, caller: &Caller, email: &str) -> Result<()> {
    let email = Email::typed(email).map_err(|why| Error::field("email", why))?;
    account::links::owe_link(desk, caller, email, LinkPurpose::SignUp, Letter::SignUp).await
}

async fn sign_up_proof(desk: &Desk, token: &str, now: Time) -> Result<(Token, Email)> {
    let hash = mint::hash_of_claimed(token).ok_or(Error::Refused(Why::LinkDead))?;
    let found = store::account::tokens::find(&mut *desk.db.read().await?, Purpose::SignUp, &hash).await?;
    let found = found.ok_or(Error::Refused(Why::LinkDead))?;
    found.open(now)?;
    let email = found.email.clone().ok_or_else(|| broken())?;
    Ok((found, email))
}

/// The address that a mailed link proves.
#[tracing::instrument(name = "joining::signup::look_at_sign_up", skip_all)]
pub async fn look_at_sign_up(desk: &Desk, token: &str, now: Time) -> Result<Email> {
    Ok(sign_up_proof(desk, token, now).await?.1)
}

/// Creates the account whose address the link proves. No address is taken from the form.
#[tracing::instrument(name = "joining::signup::sign_up", skip_all)]
pub async fn sign_up(desk: &Desk, caller: &Caller, token: &str, name: &str, password: &str) -> Result<Begun> {
    let (found, email) = sign_up_proof(desk, token, caller.now).await?;
    let mut faults = Faults::default();
    let typed = name;
    let name = faults.take("name", domain::account::name(name));
    faults.take(
        "password",
        crate::desk::passwords::acceptable(password, &[email.as_str(), typed]),
    );
    let name = faults.done(name)?;
    let mut account = account::accounts::new_account(desk, caller, email, name, Some(caller.now), None);
    account.password_hash = Some(desk.passwords.hash(password).await?);
    let mut tx = desk.db.begin().await?;
    store::account::tokens::spend(&mut tx, &found.id, caller.now).await?;
    store::account::tokens::kill_of_address(&mut tx, &account.email, Purpose::SignUp).await?;
    account::addresses::holder(desk, &mut tx, caller, &account.email).await?;
    store::account::accounts::create(&mut tx, &account)
        .await
        .map_err(crate::desk::people::acceptance::lost_race)?;
    history::record(
        desk,
        &mut tx,
        By::caller(caller).who(Some(&account.id)),
        What::AccountCreated,
        About::Account(&account.id),
        vec![],
    )
    .await?;
    let begun = account::sessions::begin(desk, &mut tx, &account, How::SignUp, caller).await?;
    tx.commit().await?;
    Ok(begun)
}

/// What there is for the actor: organisations to ask, an organisation of their own to create,
/// or where they are a member.
#[tracing::instrument(name = "joining::signup::offer", skip_all)]
pub async fn offer(desk: &Desk, actor: &Actor) -> Result<Offer> {
    // Before a connection is held: whoever holds one and waits for another can wait for ever.
    let memberships = account::memberships::memberships(desk, actor).await?;
    let mut conn = desk.db.read().await?;
    let mut matches: Vec<Match> = Vec::new();
    for (id, origin) in store::organisation::links::list_matches(&mut conn, &actor.account).await? {
        if matches.iter().any(|m| m.organisation.id == id) {
            continue;
        }
        let organisation = store::organisation::organisations::find(&mut conn, &id).await?;
        if organisation.open(actor.now()).is_err() {
            continue;
        }
        let standing = if memberships.iter().any(|m| m.organisation == id) {
            SignUpStanding::Member
        } else {
            standing(desk, &mut conn, actor, &organisation).await?
        };
        matches.push(Match {
            organisation,
            origin,
            standing,
        });
    }
    Ok(Offer {
        matches,
        may_create: desk.plan.everyone_may_create_organisations,
        home: memberships.first().map(|m| m.slug.clone()),
    })
}

async fn standing(
    _desk: &Desk,
    conn: &mut store::Conn,
    actor: &Actor,
    organisation: &Organisation,
) -> Result<SignUpStanding> {
    let (email, now) = (&actor.account.email, actor.now());
    if actor.account.email_proven_at.is_none() {
        return Ok(SignUpStanding::Unproven);
    }
    let open = store::requests::list_open_joins(conn, &organisation.id, email, Some(actor.id())).await?;
    if let Some(open) = open.into_iter().find(|r| r.status_at(now) == Status::Pending) {
        return Ok(SignUpStanding::Asked(open.id));
    }
    let invitation = store::people::invitations::find_open(conn, &organisation.id, email).await?;
    if invitation.is_some_and(|i| i.open(now).is_ok()) {
        return Ok(SignUpStanding::Invited);
    }
    let denied = store::requests::find_newest_denied(conn, &organisation.id, email, Some(actor.id())).await?;
    Ok(denied
        .and_then(|d| d.pause(now))
        .map_or(SignUpStanding::MayAsk, SignUpStanding::Later))
}

/// Creates an organisation with the actor as its first administrator, where this instance lets
/// everyone do so.
#[tracing::instrument(name = "joining::signup::create_organisation", skip_all)]
pub async fn create_organisation(desk: &Desk, actor: &Actor, plan: &NewOrganisation) -> Result<Slug> {
    if !desk.plan.everyone_may_create_organisations {
        return Err(Error::Forbidden);
    }
    if actor.account.email_proven_at.is_none() {
        return Err(Error::Refused(Why::AddressUnproven));
    }
    let now = actor.now();
    let mut faults = Faults::default();
    let organisation = organisation::organisations::check(desk, plan, &actor.caller, &mut faults);
    let organisation = faults.done(organisation)?;
    let organisation = Organisation {
        admin_contact: actor.account.email.to_string(),
        ..organisation
    };
    let mut tx = rights::begin_own(desk, actor).await?;
    if let Some(refusal) =
        account::limits::try_once(desk, &mut tx, &limits::ORGANISATIONS, actor.id().as_str(), now).await?
    {
        tx.commit().await?;
        return Err(refusal);
    }
    organisation::organisations::found(desk, &mut tx, &organisation, &actor.account, now).await?;
    store::organisation::organisations::founded_by(&mut tx, &organisation.id, actor.id()).await?;
    tx.commit().await?;
    Ok(organisation.slug)
}
