//! Who may do what. A check returns a proof with a private field; the desk's writes demand the
//! proof, so none can be forgotten.
pub mod proofs;

pub use proofs::{Approver, Blocker, Decider, Departure, Erasable, Matched, Permitted, Requester};

use crate::domain::account::{Account, Email};
use crate::domain::connector::{Platform, has_buttons};
use crate::domain::ids::{AccountId, OrganisationId};
use crate::domain::links::Origin;
use crate::domain::member::{Membership, RightsNow};
use crate::domain::request::Request;
use crate::domain::role::{Permission, Permissions};
use crate::domain::verdict::Verdict;
use crate::domain::{Error, Result, Time, Why};

/// The member holds the permission. Who has none of that kind learns only that; an administrator
/// without the demanded second factor learns what to do.
pub fn permitted(member: &Membership, permission: Permission) -> Result<Permitted> {
    if !member.permissions.has(permission) {
        return Err(Error::Forbidden);
    }
    if member.factor_missing {
        return Err(Error::SecondFactorDemanded);
    }
    Ok(Permitted {
        organisation: member.organisation.clone(),
        account: member.account.clone(),
    })
}

/// The member may set up connectors of this platform. Whoever does knows what proves its
/// deliveries: where approvers press buttons, they could press in anybody's name, so that takes the
/// right to decide as well.
pub fn sets_up_connectors(member: &Membership, platform: Platform) -> Result<Permitted> {
    if has_buttons(platform) {
        permitted(member, Permission::RequestsDecide)?;
    }
    permitted(member, Permission::ConnectorsManage)
}

/// What the member could do when it was read (`before`) they can do still; Stale: it is to be looked
/// at again.
pub fn still_holds(before: &Membership, now: &RightsNow) -> Result<()> {
    let lost = !now.permissions.covers(before.permissions)
        || before.administrator && !now.administrator
        || now.factor_missing && !before.factor_missing;
    if lost { Err(Error::Stale) } else { Ok(()) }
}

/// The member is an administrator of the organisation: for what concerns all of it.
pub fn administrator(member: &Membership) -> Result<Permitted> {
    if member.administrator {
        permitted(member, Permission::SettingsManage)
    } else {
        Err(Error::Forbidden)
    }
}

/// Nobody gives a permission that they do not hold, by a role, by a change of a role, or by
/// an invitation.
pub fn may_give(giver: &Membership, given: Permissions) -> Result<()> {
    if giver.permissions.covers(given) {
        Ok(())
    } else {
        Err(Error::Refused(Why::MoreThanYouHold))
    }
}

/// Nobody decides a request that they submitted or that is for them.
pub fn decider(member: &Membership, email: &Email, request: &Request) -> Result<Decider> {
    let permitted = permitted(member, Permission::RequestsDecide)?;
    if request.organisation != permitted.organisation {
        return Err(Error::NotFound);
    }
    let holder = request.asked().map(|a| &a.holder);
    if request.account.as_ref() == Some(&permitted.account)
        || holder == Some(&permitted.account)
        || request.email.key() == email.key()
    {
        return Err(Error::Refused(Why::OwnRequest));
    }
    Ok(Decider {
        account: permitted.account,
    })
}

/// May be asked at all: whoever may use the portal, or decides requests.
pub fn voter(member: &Membership) -> Result<Permitted> {
    permitted(member, Permission::PortalUse).or_else(|_| permitted(member, Permission::RequestsDecide))
}

/// Only who was asked votes on a request; to anybody else it does not exist. `assignment`: that the
/// request asks or asked this account, and for whom. Nobody votes on what they submitted or what is
/// for them.
pub fn approver(
    member: &Membership,
    email: &Email,
    request: &Request,
    assignment: Option<Option<AccountId>>,
) -> Result<Approver> {
    let permitted = voter(member)?;
    let instead_of = assignment.ok_or(Error::NotFound)?;
    let holder = request.asked().map(|a| &a.holder);
    if request.account.as_ref() == Some(&permitted.account)
        || holder == Some(&permitted.account)
        || request.email.key() == email.key()
    {
        return Err(Error::Refused(Why::OwnRequest));
    }
    Ok(Approver {
        account: permitted.account,
        instead_of,
    })
}

/// Only whom a link of the organisation matches learns of it and may ask; anybody else
/// finds nothing. `links`: the organisations that this account's identities and proven address lead
/// to, each with how.
pub fn matched(
    account: &AccountId,
    organisation: &OrganisationId,
    links: &[(OrganisationId, Origin)],
) -> Result<Matched> {
    let (organisation, origin) = links
        .iter()
        .find(|(id, _)| id == organisation)
        .ok_or(Error::NotFound)?;
    Ok(Matched {
        organisation: organisation.clone(),
        account: account.clone(),
        origin: origin.clone(),
    })
}

/// Only who submitted a request, or whom it is for, may withdraw it.
pub fn requester(account: &AccountId, request: &Request) -> Result<Requester> {
    let own =
        request.account.as_ref() == Some(account) || request.asked().is_some_and(|a| a.holder == *account);
    if own {
        Ok(Requester {
            account: account.clone(),
        })
    } else {
        Err(Error::NotFound)
    }
}

/// The member may block contacts.
pub fn blocker(member: &Membership) -> Result<Blocker> {
    let permitted = permitted(member, Permission::ConnectorsManage)?;
    Ok(Blocker {
        organisation: permitted.organisation,
        account: permitted.account,
    })
}

/// The member cancels their own access, and has typed the customer number to say so.
pub fn leaving(member: &Membership, typed: &str) -> Result<Departure> {
    if typed.trim() != member.customer_number {
        return Err(Error::field("customer_number", Why::NotTheNumber));
    }
    Ok(Departure {
        organisation: member.organisation.clone(),
        account: member.account.clone(),
        by: member.account.clone(),
    })
}

/// The member removes another: nobody who may more than they do. `held`: what that one may.
pub fn removal(member: &Membership, account: &AccountId, held: Permissions) -> Result<Departure> {
    let permitted = permitted(member, Permission::MembersManage)?;
    if *account == permitted.account {
        return Err(Error::Refused(Why::OwnMembership));
    }
    may_give(member, held)?;
    Ok(Departure {
        organisation: permitted.organisation,
        account: account.clone(),
        by: permitted.account,
    })
}

/// The account's owner wants it erased, the days to think it over have passed, and it belongs
/// nowhere any more; None otherwise. `memberships`: all of the account's.
pub fn erasable(account: &Account, memberships: &[Membership], now: Time) -> Option<Erasable> {
    let due = account.erases_at.is_some_and(|at| at <= now);
    let free = memberships.iter().all(|m| m.open(now).is_err());
    (due && free).then(|| Erasable {
        account: account.id.clone(),
    })
}

/// The verdicts that this member may give now: what the buttons show and the server checks, from
/// one place.
pub fn actions(member: &Membership, email: &Email, request: &Request, now: Time) -> Vec<Verdict> {
    if request.is_open(now) && decider(member, email, request).is_ok() {
        vec![Verdict::Approve, Verdict::Reject]
    } else {
        Vec::new()
    }
}
