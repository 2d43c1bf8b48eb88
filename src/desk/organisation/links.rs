//! What leads people to an organisation: linking its provider's organisation, and verifying
//! domains. Looking up records is the caller's.
use crate::desk::history::{About, By};
use crate::desk::{Actor, Desk, history, letters, rights};
use crate::domain::changes::{self, Field};
use crate::domain::event::What;
use crate::domain::ids::{DomainId, OrganisationId};
use crate::domain::links::{self, CheckedDomain, Domain, DomainName, ProviderLink};
use crate::domain::member::Membership;
use crate::domain::notice::{Letter, Notice};
use crate::domain::organisation::Slug;
use crate::domain::policy;
use crate::domain::role::Permission;
use crate::domain::{Error, Result, Time, Why};
use crate::store::account::identities::Identity;
use crate::store::{self, Tx};
use std::collections::HashSet;
use std::sync::LazyLock;

/// Domains whose addresses anybody can have: from npm's free-email-domains 1.12.6 (MIT), see the
/// head of the file.
static FREE_MAIL: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let list = include_str!("../../../data/free-mail-domains.txt");
    list.lines().filter(|line| !line.starts_with('#')).collect()
});

/// The organisation in which Microsoft keeps all personal accounts (learn.microsoft.com,
/// "id-token-claims-reference", claim `tid`).
const MICROSOFT_PERSONAL: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// What an organisation has linked and could link.
pub struct Links {
    pub providers: Vec<ProviderLink>,
    pub domains: Vec<Domain>,
    /// The reader's own identities with an organisation that is linked to nothing here; fresh ones
    /// can be linked at once.
    pub own: Vec<Identity>,
}

#[tracing::instrument(name = "organisation::links::list", skip_all)]
pub async fn list(desk: &Desk, actor: &Actor, member: &Membership) -> Result<Links> {
    let permitted = policy::permitted(member, Permission::SettingsManage)?;
    let mut conn = desk.db.read().await?;
    let providers = store::organisation::links::list_links(&mut conn, permitted.organisation()).await?;
    let mut own = store::account::identities::list_of_account(&mut conn, actor.id()).await?;
    own.retain(|i| {
        let linked = |l: &ProviderLink| {
            l.provider == i.provider && Some(&l.provider_organisation) == i.organisation.as_ref()
        };
        i.organisation.is_some() && !providers.iter().any(linked)
    });
    let domains = store::organisation::links::list_domains(&mut conn, permitted.organisation()).await?;
    Ok(Links {
        providers,
        domains,
        own,
    })
}

/// Links the organisation that the actor has at this provider, as their own recent sign-in
/// there proves.
#[tracing::instrument(name = "organisation::links::link_provider", skip_all)]
pub async fn link_provider(desk: &Desk, actor: &Actor, member: &Membership, provider: &str) -> Result<()> {
    let permitted = policy::permitted(member, Permission::SettingsManage)?;
    let now = actor.now();
    let mut tx = rights::begin_for(desk, actor, member).await?;
    let own = store::account::identities::list_of_account(&mut tx, actor.id()).await?;
    let newest = own
        .into_iter()
        .filter(|i| i.provider == provider && i.organisation.is_some())
        .max_by_key(|i| i.seen_at);
    let newest = newest.ok_or(Error::Refused(Why::NoProviderOrganisation))?;
    links::fresh(newest.seen_at, now)?;
    let theirs = newest.organisation.unwrap_or_default();
    if theirs == MICROSOFT_PERSONAL || desk.plan.consumer_organisations.contains(&theirs) {
        return Err(Error::Refused(Why::ConsumerOrganisation));
    }
    let link = ProviderLink {
        provider: provider.to_owned(),
        provider_organisation: theirs.clone(),
        organisation: permitted.organisation().clone(),
        linked_by: permitted.account().clone(),
        linked_at: now,
    };
    store::organisation::links::link(&mut tx, &link).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::ProviderLinked,
        About::Organisation(permitted.organisation()),
        changes::made(link.facts()),
    )
    .await?;
    tx.commit().await
}

#[tracing::instrument(name = "organisation::links::unlink_provider", skip_all)]
pub async fn unlink_provider(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    provider: &str,
    theirs: &str,
) -> Result<()> {
    let permitted = policy::permitted(member, Permission::SettingsManage)?;
    let mut tx = rights::begin_for(desk, actor, member).await?;
    store::organisation::links::unlink(&mut tx, permitted.organisation(), provider, theirs).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::ProviderUnlinked,
        About::Organisation(permitted.organisation()),
        changes::gone(links::provider_facts(provider, theirs)),
    )
    .await?;
    tx.commit().await
}

/// Claims a domain, and gives the record that proves it. A domain whose addresses anybody can
/// have is refused.
#[tracing::instrument(name = "organisation::links::add_domain", skip_all)]
pub async fn add_domain(desk: &Desk, actor: &Actor, member: &Membership, name: &str) -> Result<()> {
    let permitted = policy::permitted(member, Permission::SettingsManage)?;
    // As people write it, or as the name system spells it.
    let ascii = if name.is_ascii() {
        None
    } else {
        url::Host::parse(name.trim()).ok().map(|host| host.to_string())
    };
    let name =
        DomainName::parse(ascii.as_deref().unwrap_or(name)).map_err(|why| Error::field("domain", why))?;
    if FREE_MAIL.contains(name.as_str()) {
        return Err(Error::field("domain", Why::FreeMailDomain));
    }
    let domain = Domain {
        id: desk.mint.id(actor.now()),
        organisation: permitted.organisation().clone(),
        name,
        challenge: desk.mint.salt(),
        added_at: actor.now(),
        verified_at: None,
        checked_at: None,
        missing_since: None,
        version: 1,
    };
    let mut tx = rights::begin_for(desk, actor, member).await?;
    store::organisation::links::add_domain(&mut tx, &domain).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::DomainAdded,
        About::Organisation(permitted.organisation()),
        changes::made([(Field::Domain, domain.name.to_string())]),
    )
    .await?;
    tx.commit().await
}

#[tracing::instrument(name = "organisation::links::remove_domain", skip_all)]
pub async fn remove_domain(desk: &Desk, actor: &Actor, member: &Membership, id: &DomainId) -> Result<()> {
    let permitted = policy::permitted(member, Permission::SettingsManage)?;
    let mut tx = rights::begin_for(desk, actor, member).await?;
    let domain = store::organisation::links::find_domain(&mut tx, permitted.organisation(), id).await?;
    store::organisation::links::remove_domain(&mut tx, permitted.organisation(), id).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::DomainRemoved,
        About::Organisation(permitted.organisation()),
        changes::gone([(Field::Domain, domain.name.to_string())]),
    )
    .await?;
    tx.commit().await
}

/// The domain whose record is to be looked for.
#[tracing::instrument(name = "organisation::links::find_domain", skip_all)]
pub async fn find_domain(desk: &Desk, member: &Membership, id: &DomainId) -> Result<Domain> {
    let permitted = policy::permitted(member, Permission::SettingsManage)?;
    store::organisation::links::find_domain(&mut *desk.db.read().await?, permitted.organisation(), id).await
}

/// Writes down what looking for a domain's record came to. `texts`: what stands in the records
/// of its name.
#[tracing::instrument(name = "organisation::links::domain_checked", skip_all)]
pub async fn domain_checked(
    desk: &Desk,
    domain: Domain,
    texts: &[String],
    now: Time,
) -> Result<CheckedDomain> {
    let (checked, outcome) = domain.check(texts, now);
    let mut tx = desk.db.begin().await?;
    store::organisation::links::update_domain(&mut tx, &checked).await?;
    let what = match outcome {
        CheckedDomain::Verified => Some(What::DomainVerified),
        CheckedDomain::Lapsed => Some(What::DomainLapsed),
        CheckedDomain::Holds | CheckedDomain::Missing => None,
    };
    if let Some(what) = what {
        history::record(
            desk,
            &mut tx,
            By::clock(now),
            what,
            About::Thing(&checked.organisation, checked.id.as_str()),
            changes::made([(Field::Domain, checked.name.to_string())]),
        )
        .await?;
    }
    let missing_now = outcome == CheckedDomain::Missing && checked.missing_since == Some(now);
    if outcome == CheckedDomain::Lapsed || missing_now {
        tell_of_domain(desk, &mut tx, &checked, outcome == CheckedDomain::Lapsed, now).await?;
    }
    tx.commit().await?;
    Ok(outcome)
}

/// Whoever may change the settings hears that a verified domain's record is gone, and again
/// when the domain is verified no more.
async fn tell_of_domain(desk: &Desk, tx: &mut Tx, domain: &Domain, lapsed: bool, now: Time) -> Result<()> {
    let organisation = store::organisation::organisations::find(tx, &domain.organisation).await?;
    for reader in
        store::people::members::list_holders(tx, &organisation.id, Permission::SettingsManage).await?
    {
        let letter = Letter::DomainMissing {
            organisation: organisation.name.clone(),
            slug: organisation.slug.to_string(),
            domain: domain.name.to_string(),
            record: domain.record(),
            lapsed,
        };
        let notice = Notice {
            account: Some(reader.account),
            organisation: Some(organisation.id.clone()),
            ..Notice::new(reader.email, reader.language, letter)
        };
        letters::owe(desk, tx, &notice, now).await?;
    }
    Ok(())
}

/// Verified domains whose record is to be looked for again.
#[tracing::instrument(name = "organisation::links::domains_due", skip_all)]
pub async fn domains_due(desk: &Desk, now: Time) -> Result<Vec<Domain>> {
    store::organisation::links::list_due(&mut *desk.db.read().await?, now - links::RECHECK).await
}

/// For the operator: takes away all that leads people to this organisation; how many links and
/// domains it was.
#[tracing::instrument(name = "organisation::links::unlink_all", skip_all)]
pub async fn unlink_all(desk: &Desk, slug: &Slug, now: Time) -> Result<usize> {
    let mut tx = desk.db.begin().await?;
    let organisation = store::organisation::organisations::find_by_slug(&mut tx, slug)
        .await?
        .ok_or(Error::NotFound)?;
    let gone = unlink_in(desk, &mut tx, &organisation.id, "operator", now).await?;
    tx.commit().await?;
    Ok(gone)
}

/// Takes away all links and domains of an organisation, by nobody who is signed in; how many.
/// `place`: who else did it.
pub(crate) async fn unlink_in(
    desk: &Desk,
    tx: &mut Tx,
    org: &OrganisationId,
    place: &str,
    now: Time,
) -> Result<usize> {
    let (by, about) = (By::clock(now).placed(place), About::Organisation(org));
    let links = store::organisation::links::list_links(tx, org).await?;
    for l in &links {
        store::organisation::links::unlink(tx, org, &l.provider, &l.provider_organisation).await?;
        history::record(
            desk,
            tx,
            by,
            What::ProviderUnlinked,
            about,
            changes::gone(l.facts()),
        )
        .await?;
    }
    let domains = store::organisation::links::list_domains(tx, org).await?;
    for d in &domains {
        store::organisation::links::remove_domain(tx, org, &d.id).await?;
        let name = [(Field::Domain, d.name.to_string())];
        history::record(desk, tx, by, What::DomainRemoved, about, changes::gone(name)).await?;
    }
    Ok(links.len() + domains.len())
}
