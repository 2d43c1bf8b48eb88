//! What leads people to an organisation: its provider's organisation, its domains.
#[cfg(feature = "ssr")]
use crate::desk::organisation;
use crate::domain::answer::{Done, Refusal};
#[cfg(feature = "ssr")]
use crate::domain::links::CheckedDomain;
#[cfg(feature = "ssr")]
use crate::domain::{Error, Why};
#[cfg(feature = "ssr")]
use crate::site::call;
use leptos::prelude::*;

#[server(prefix = "/actions", endpoint = "link_provider")]
pub async fn link_provider(org: String, provider: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    organisation::links::link_provider(call.desk(), &actor, &member, &provider).await?;
    Ok(Done::to(&format!("/{org}/settings?done=saved#providers")))
}

#[server(prefix = "/actions", endpoint = "unlink_provider")]
pub async fn unlink_provider(org: String, provider: String, theirs: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    organisation::links::unlink_provider(call.desk(), &actor, &member, &provider, &theirs).await?;
    Ok(Done::to(&format!("/{org}/settings?done=saved#providers")))
}

#[server(prefix = "/actions", endpoint = "add_domain")]
pub async fn add_domain(org: String, domain: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    organisation::links::add_domain(call.desk(), &actor, &member, &domain).await?;
    Ok(Done::to(&format!("/{org}/settings#domains")))
}

/// `domain`: its id. Looks for the record now.
#[server(prefix = "/actions", endpoint = "check_domain")]
pub async fn check_domain(org: String, domain: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (_, member) = call.enter(&org).await?;
    let domain = organisation::links::find_domain(call.desk(), &member, &domain.try_into()?).await?;
    let texts = call.site.dns.texts(&domain.record()).await?;
    match organisation::links::domain_checked(call.desk(), domain, &texts, call.now()).await? {
        CheckedDomain::Verified | CheckedDomain::Holds => {
            Ok(Done::to(&format!("/{org}/settings?done=verified#domains")))
        }
        CheckedDomain::Missing | CheckedDomain::Lapsed => Err(Error::Refused(Why::RecordNotFound).into()),
    }
}

#[server(prefix = "/actions", endpoint = "remove_domain")]
pub async fn remove_domain(org: String, domain: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    organisation::links::remove_domain(call.desk(), &actor, &member, &domain.try_into()?).await?;
    Ok(Done::to(&format!("/{org}/settings#domains")))
}
