//! Deciding requests: approve or reject, once; let a rejected person ask again.
use super::{Actor, Desk, organisation_event};
use crate::domain::event::{Detail, What};
use crate::domain::ids::{InvitationId, RequestId};
use crate::domain::invitation::Invitation;
use crate::domain::member::Membership;
use crate::domain::notice::{Letter, Notice};
use crate::domain::policy::{self, Decider};
use crate::domain::request::{Request, Status, Verdict};
use crate::domain::{Error, Result, Time, Why};
use crate::store::{self, Tx};

impl Desk {
    /// Decides a request, once. The slower of two deciders hears who decided, what and when.
    pub async fn decide(&self, actor: &Actor, member: &Membership, id: &RequestId, verdict: Verdict) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let request = store::requests::find(&mut tx, &member.organisation, id).await?;
        let decider = policy::decider(member, &actor.account.email, &request)?;
        if let Some(told) = already(&mut tx, &request).await? {
            return Err(told);
        }
        let settled = match verdict {
            Verdict::Approve => self.approve_in(&mut tx, actor, &decider, request).await.map(|_| ()),
            Verdict::Reject => self.deny_in(&mut tx, actor, &decider, request).await,
        };
        if let Err(e) = settled {
            drop(tx);
            return Err(self.who_was_quicker(member, id, e).await);
        }
        tx.commit().await
    }

    /// Approves: the invitation and its letter are owed with it. The first write is the guard: on PostgreSQL two may have read the
    /// request as pending, and only one of them passes there; the other one is Stale.
    pub(crate) async fn approve_in(&self, tx: &mut Tx, actor: &Actor, decider: &Decider, request: Request) -> Result<InvitationId> {
        let organisation = store::organisations::find(tx, &request.organisation).await?;
        organisation.open(actor.now())?;
        let id: InvitationId = self.mint.id(actor.now());
        let approved = request.approve(decider, id.clone(), actor.now())?;
        store::requests::settle(tx, &approved).await?;
        self.record_decision(tx, actor, What::RequestApproved, &approved).await?;
        let (email, by) = (approved.email.clone(), actor.id().clone());
        let invitation = Invitation {
            name: approved.name.clone(),
            request: Some(approved.id.clone()),
            ..Invitation::new(id, &organisation, email, approved.language, by, actor.now())
        };
        self.send_invitation(tx, actor, &organisation, &invitation).await?;
        Ok(invitation.id)
    }

    async fn deny_in(&self, tx: &mut Tx, actor: &Actor, decider: &Decider, request: Request) -> Result<()> {
        let denied = request.deny(decider, actor.now())?;
        store::requests::settle(tx, &denied).await?;
        self.record_decision(tx, actor, What::RequestDenied, &denied).await?;
        self.tell_rejected(tx, &denied, actor.now()).await
    }

    async fn record_decision(&self, tx: &mut Tx, actor: &Actor, what: What, request: &Request) -> Result<()> {
        let detail = Detail { place: Some(actor.caller.place.clone()), ..Detail::default() };
        let event = organisation_event(what, &request.organisation, Some(actor.id()), request.id.as_str(), detail);
        self.record(tx, actor.now(), &event).await
    }

    async fn who_was_quicker(&self, member: &Membership, id: &RequestId, e: Error) -> Error {
        if e != Error::Stale {
            return e;
        }
        let told = async {
            let mut conn = self.db.read().await?;
            let request = store::requests::find(&mut conn, &member.organisation, id).await?;
            already(&mut conn, &request).await
        };
        told.await.ok().flatten().unwrap_or(Error::Refused(Why::NotPending))
    }

    /// Seed 000 tells a rejected person nothing; an organisation may choose to send a short letter.
    async fn tell_rejected(&self, tx: &mut Tx, request: &Request, now: Time) -> Result<()> {
        let organisation = store::organisations::find(tx, &request.organisation).await?;
        if !organisation.tells_rejected {
            return Ok(());
        }
        let letter = Letter::RequestRejected { organisation: organisation.name, contact: organisation.admin_contact };
        let notice = Notice {
            account: request.account.clone(),
            organisation: Some(organisation.id),
            request: Some(request.id.clone()),
            ..Notice::new(request.email.clone(), request.language, letter)
        };
        self.owe(tx, &notice, now).await
    }

    /// Lets a rejected person ask again before the pause is over.
    pub async fn allow_again(&self, actor: &Actor, member: &Membership, id: &RequestId) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let request = store::requests::find(&mut tx, &member.organisation, id).await?;
        let decider = policy::decider(member, &actor.account.email, &request)?;
        let allowed = request.allow_again(&decider)?;
        store::requests::allow_again(&mut tx, &allowed).await?;
        self.record_decision(&mut tx, actor, What::RequestAllowedAgain, &allowed).await?;
        tx.commit().await
    }
}

/// The answer to whoever decides a request that is decided already.
async fn already(conn: &mut store::Conn, request: &Request) -> Result<Option<Error>> {
    let (decision, verdict) = match &request.status {
        Status::Approved { decision, .. } => (decision, Verdict::Approve),
        Status::Denied(decision) => (decision, Verdict::Reject),
        _ => return Ok(None),
    };
    let by = store::accounts::find(conn, &decision.by).await?.name;
    Ok(Some(Error::AlreadyDecided { by, verdict, at: decision.at }))
}
