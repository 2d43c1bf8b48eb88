//! Organisations: creating one with its first administrator, and its settings.
use crate::desk::account::sessions::Begun;
use crate::desk::history::outdated::refuse_outdated;
use crate::desk::history::{About, By};
use crate::desk::organisation::outward;
use crate::desk::{Actor, Caller, Desk, account, history, letters, mint, rights};
use crate::domain::account::{Account, Email};
use crate::domain::changes::{self, Field};
use crate::domain::error::Faults;
use crate::domain::event::What;
use crate::domain::member::Membership;
use crate::domain::notice::{Letter, Notice};
use crate::domain::organisation::{Organisation, Slug};
use crate::domain::role::{ADMINISTRATOR, Permission, Permissions, Role};
use crate::domain::{self, Error, Result, Time, Why, policy};
use crate::store::account::sessions::How;
use crate::store::account::tokens::Purpose;
use crate::store::{self, Tx};

/// A new organisation as typed.
#[derive(Clone, Debug, Default)]
pub struct NewOrganisation {
    pub slug: String,
    pub name: String,
    pub customer_number: String,
}

/// Its first administrator as typed.
#[derive(Clone, Debug, Default)]
pub struct Founder {
    pub name: String,
    pub email: String,
    pub password: String,
}

/// Whether the one-time set-up link still works.
#[tracing::instrument(name = "organisation::organisations::look_at_setup", skip_all)]
pub async fn look_at_setup(desk: &Desk, token: &str, now: Time) -> Result<()> {
    let hash = mint::hash_of_claimed(token).ok_or(Error::Refused(Why::LinkDead))?;
    let found = store::account::tokens::find(&mut *desk.db.read().await?, Purpose::Setup, &hash).await?;
    found.ok_or(Error::Refused(Why::LinkDead))?.open(now)
}

/// Uses the set-up link: creates the first organisation, its administrator's account, and a
/// session for it.
#[tracing::instrument(name = "organisation::organisations::set_up", skip_all)]
pub async fn set_up(
    desk: &Desk,
    caller: &Caller,
    token: &str,
    plan: &NewOrganisation,
    founder: &Founder,
) -> Result<(Begun, Slug)> {
    let hash = mint::hash_of_claimed(token).ok_or(Error::Refused(Why::LinkDead))?;
    let token = store::account::tokens::find(&mut *desk.db.read().await?, Purpose::Setup, &hash).await?;
    let token = token.ok_or(Error::Refused(Why::LinkDead))?;
    token.open(caller.now)?;
    let mut faults = Faults::default();
    let name = faults.take("your_name", domain::account::name(&founder.name));
    let email = faults.take("email", Email::typed(&founder.email));
    let organisation = check(desk, plan, caller, &mut faults);
    let words = [
        founder.email.as_str(),
        &founder.name,
        &plan.name,
        &plan.slug,
        &plan.customer_number,
    ];
    faults.take(
        "password",
        crate::desk::passwords::acceptable(&founder.password, &words),
    );
    let (organisation, name, email) = faults.done((|| Some((organisation?, name?, email?)))())?;
    let organisation = Organisation {
        admin_contact: email.to_string(),
        ..organisation
    };
    // Whoever holds the console's link may name any address: the operator vouches for it.
    let mut account = account::accounts::new_account(desk, caller, email, name, Some(caller.now), None);
    account.password_hash = Some(desk.passwords.hash(&founder.password).await?);
    let mut tx = desk.db.begin().await?;
    store::account::tokens::spend(&mut tx, &token.id, caller.now).await?;
    // Of two links that were printed, one founds the first organisation.
    store::account::tokens::kill_setup(&mut tx).await?;
    store::account::accounts::create(&mut tx, &account).await?;
    history::record(
        desk,
        &mut tx,
        By::caller(caller).who(Some(&account.id)),
        What::AccountCreated,
        About::Account(&account.id),
        vec![],
    )
    .await?;
    found(desk, &mut tx, &organisation, &account, caller.now).await?;
    store::organisation::organisations::vouch(&mut tx, &organisation.id, caller.now).await?;
    let begun = account::sessions::begin(desk, &mut tx, &account, How::Setup, caller).await?;
    tx.commit().await?;
    Ok((begun, organisation.slug))
}

pub(crate) fn check(
    desk: &Desk,
    plan: &NewOrganisation,
    caller: &Caller,
    faults: &mut Faults,
) -> Option<Organisation> {
    let slug = faults.take("slug", Slug::parse(&plan.slug));
    let name = faults.take("organisation", domain::organisation::name(&plan.name));
    let number = faults.take(
        "customer_number",
        domain::organisation::customer_number(&plan.customer_number),
    );
    let id = desk.mint.id(caller.now);
    let organisation = Organisation::new(id, slug?, name?, number?, caller.now);
    Some(Organisation {
        time_zone: caller.zone.clone().unwrap_or(organisation.time_zone.clone()),
        ..organisation
    })
}

/// Writes an organisation with its built-in role and its first administrator, who is owed the
/// welcome letter.
pub(crate) async fn found(
    desk: &Desk,
    tx: &mut Tx,
    organisation: &Organisation,
    founder: &Account,
    now: Time,
) -> Result<()> {
    store::organisation::organisations::create(tx, organisation).await?;
    let role = Role {
        id: desk.mint.id(now),
        name: ADMINISTRATOR.into(),
        permissions: Permissions::all(),
        built_in: true,
        version: 1,
    };
    store::people::roles::create(tx, &organisation.id, &role).await?;
    store::people::members::join(tx, &organisation.id, founder, now).await?;
    store::people::roles::give(tx, &organisation.id, &founder.id, &role.id, now).await?;
    history::record(
        desk,
        tx,
        By::clock(now).who(Some(&founder.id)),
        What::OrganisationCreated,
        About::Organisation(&organisation.id),
        changes::made([(Field::Name, organisation.name.clone())]),
    )
    .await?;
    welcome(desk, tx, organisation, founder, (false, role.name), now).await
}

/// Owes a new member the welcome letter. `roles`: the names of theirs, parted by commas.
pub(crate) async fn welcome(
    desk: &Desk,
    tx: &mut Tx,
    organisation: &Organisation,
    member: &Account,
    (restricted, roles): (bool, String),
    now: Time,
) -> Result<()> {
    let letter = Letter::Welcome {
        organisation: organisation.name.clone(),
        slug: organisation.slug.to_string(),
        customer_number: organisation.customer_number.clone(),
        restricted,
        roles,
    };
    let notice = Notice {
        account: Some(member.id.clone()),
        organisation: Some(organisation.id.clone()),
        ..Notice::new(member.email.clone(), member.language, letter)
    };
    letters::owe(desk, tx, &notice, now).await
}

/// The organisation's settings, for who may change them.
#[tracing::instrument(name = "organisation::organisations::settings", skip_all)]
pub async fn settings(desk: &Desk, member: &Membership) -> Result<Organisation> {
    policy::permitted(member, Permission::SettingsManage)?;
    store::organisation::organisations::find(&mut *desk.db.read().await?, &member.organisation).await
}

/// Changes what newcomers meet: whom they may ask, and whether a rejection is told by mail.
#[tracing::instrument(name = "organisation::organisations::change_welcome", skip_all)]
pub async fn change_welcome(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    [admin_contact, support_contact]: [&str; 2],
    tells_rejected: bool,
) -> Result<()> {
    let mut faults = Faults::default();
    let admin_contact = faults.take("admin_contact", domain::organisation::contact(admin_contact));
    let support_contact = faults.take("support_contact", domain::organisation::contact(support_contact));
    let (admin_contact, support_contact) = faults.done(admin_contact.zip(support_contact))?;
    change(desk, actor, member, |o| Organisation {
        admin_contact,
        support_contact,
        tells_rejected,
        ..o
    })
    .await
}

/// Changes where feedback goes; empty: to whoever may change the settings.
#[tracing::instrument(name = "organisation::organisations::change_feedback_address", skip_all)]
pub async fn change_feedback_address(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    address: &str,
) -> Result<()> {
    let permitted = policy::permitted(member, Permission::SettingsManage)?;
    let typed = address.trim();
    let address = if typed.is_empty() {
        Ok(None)
    } else {
        Email::typed(typed).map(Some)
    };
    let feedback_address = address.map_err(|why| Error::field("feedback_address", why))?;
    if let Some(to) = &feedback_address {
        let mut tx = rights::begin_for(desk, actor, member).await?;
        if !outward::is_proven(&mut tx, permitted.organisation(), to).await? {
            return Err(Error::field("feedback_address", Why::AddressOfNobody));
        }
    }
    change(desk, actor, member, |o| Organisation {
        feedback_address,
        ..o
    })
    .await
}

/// Changes how long invitations' links work, how many each administrator may send in a day, and
/// where that day begins.
#[tracing::instrument(name = "organisation::organisations::change_invitation_rules", skip_all)]
pub async fn change_invitation_rules(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    hours: &str,
    a_day: &str,
    zone: &str,
) -> Result<()> {
    let mut faults = Faults::default();
    let life = faults.take("invitation_hours", domain::organisation::invitation_life(hours));
    let a_day = faults.take(
        "invitations_a_day",
        domain::organisation::invitations_a_day(a_day),
    );
    let zone = faults.take(
        "time_zone",
        zone.parse::<chrono_tz::Tz>().map_err(|_| Why::UnknownTimeZone),
    );
    let (invitation_life, invitations_a_day, zone) = faults.done((|| Some((life?, a_day?, zone?)))())?;
    let time_zone = zone.name().to_owned();
    change(desk, actor, member, |o| Organisation {
        invitation_life,
        invitations_a_day,
        time_zone,
        ..o
    })
    .await
}

/// Demands a second factor of administrators, or no longer. Who demands it must have it, or
/// would lock themselves out.
#[tracing::instrument(name = "organisation::organisations::demand_factor", skip_all)]
pub async fn demand_factor(desk: &Desk, actor: &Actor, member: &Membership, demand: bool) -> Result<()> {
    policy::permitted(member, Permission::SettingsManage)?;
    if demand && !actor.account.factor.is_on() {
        return Err(Error::SecondFactorDemanded);
    }
    change(desk, actor, member, |o| Organisation {
        demands_factor: demand,
        ..o
    })
    .await
}

pub(crate) async fn change(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    change: impl FnOnce(Organisation) -> Organisation,
) -> Result<()> {
    let permitted = policy::permitted(member, Permission::SettingsManage)?;
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    let before = store::organisation::organisations::find(&mut tx, permitted.organisation()).await?;
    let about = About::Organisation(permitted.organisation());
    refuse_outdated(&mut tx, actor, about, &before.facts()).await?;
    let after = change(before.clone());
    store::organisation::organisations::update(&mut tx, &after).await?;
    let id = permitted.organisation();
    history::record(
        desk,
        &mut tx,
        actor,
        What::OrganisationChanged,
        About::Organisation(id),
        changes::between(&before.facts(), &after.facts()),
    )
    .await?;
    tx.commit().await
}
