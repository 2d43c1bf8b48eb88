//! Who may pass a door: asked of pages, actions and machines alike before anything is decoded or
//! looked up, so that whoever lacks the right gets the same answer for what there is and is not.
use crate::desk::account;
use crate::domain::organisation::Slug;
use crate::domain::{Error, Result, policy};
use crate::site::call::{Call, note_organisation};
use crate::web::doors::door::Needs;
use crate::web::refusals;

/// Lets the call through a door, with its membership if the door is an organisation's. `org`: that
/// organisation's slug as it came, or none.
pub async fn admit(call: &mut Call, needs: Needs, org: Option<&str>) -> Result<()> {
    match needs {
        Needs::Nobody => Ok(()),
        Needs::Demo if call.desk().plan.demo => Ok(()),
        Needs::Demo => Err(Error::NotFound),
        Needs::HalfSignedIn if call.half.is_some() => Ok(()),
        Needs::HalfSignedIn | Needs::Account => call.actor().map(|_| ()),
        Needs::Member | Needs::May(_) | Needs::MayEither(..) | Needs::Administrator => {
            enter(call, org).await?;
            may(call, needs)
        }
    }
}

async fn enter(call: &mut Call, org: Option<&str>) -> Result<()> {
    // The form of the slug is checked before the session, the organisation's existence after it: a
    // signed-out stranger learns nothing but what a slug looks like.
    let slug = org.map(Slug::parse).transpose().map_err(|_| Error::NotFound)?;
    let actor = call.actor()?;
    let slug = slug.ok_or(Error::Malformed)?;
    let member = match account::memberships::membership(call.desk(), actor, &slug).await {
        Err(Error::NotFound) => {
            refusals::note_foreign(call);
            return Err(Error::NotFound);
        }
        found => found?,
    };
    note_organisation(&member);
    call.member = Some(member);
    Ok(())
}

fn may(call: &Call, needs: Needs) -> Result<()> {
    let member = call.member()?;
    match needs {
        Needs::May(permission) => policy::permitted(member, permission).map(|_| ()),
        Needs::MayEither(one, other) => policy::permitted(member, one)
            .or_else(|_| policy::permitted(member, other))
            .map(|_| ()),
        Needs::Administrator => policy::administrator(member).map(|_| ()),
        _ => Ok(()),
    }
}
