//! Customer numbers: choosing one, and cancelling access to one.
use crate::domain::answer::{Done, Refusal};
#[cfg(feature = "ssr")]
use crate::{
    desk::{account, people},
    domain::Error,
    domain::organisation::Slug,
    site::call,
};
use leptos::prelude::*;

#[server(prefix = "/actions", endpoint = "choose_customer")]
pub async fn choose_customer(org: String) -> Result<Done, Refusal> {
    let call = call()?;
    let slug = Slug::parse(&org).map_err(|_| Error::NotFound)?;
    people::departure::choose_customer(call.desk(), call.actor()?, &slug).await?;
    Ok(Done::to(&format!("/{slug}")))
}

/// `customer_number`: typed as a confirmation. Leads to where the person belongs then.
#[server(prefix = "/actions", endpoint = "cancel_access")]
pub async fn cancel_access(org: String, customer_number: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    people::departure::cancel_access(call.desk(), &actor, &member, &customer_number).await?;
    let left = account::memberships::memberships(call.desk(), &actor).await?;
    Ok(match left.as_slice() {
        [] => Done::to("/goodbye"),
        [only] => Done::to(&format!("/{}?done=left", only.slug)),
        _ => Done::to("/customers?done=left"),
    })
}
