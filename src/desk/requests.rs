//! Join requests: asking, withdrawing, the queue, deciding.
use super::{Actor, Desk, organisation_event, tries};
use crate::domain::event::{Detail, What};
use crate::domain::ids::{InvitationId, OrganisationId, RequestId};
use crate::domain::invitation::{self, Invitation};
use crate::domain::member::Membership;
use crate::domain::notice::{Letter, Notice};
use crate::domain::organisation::{Organisation, Slug};
use crate::domain::request::{self, Kind, Request, Status, StatusWord, Verdict};
use crate::domain::role::Permission;
use crate::domain::{Error, Result, Time, Why, policy};
use crate::store::requests::{Listed, Own, Place};
use crate::store::{self, Tx};

/// One request as the queue shows it.
pub struct Row {
    pub request: Request,
    /// What it is at this instant.
    pub status: Status,
    /// Who decided, by name.
    pub decided_by: Option<String>,
    /// The buttons that this reader has.
    pub actions: Vec<Verdict>,
    /// Its invitation, while nobody has accepted or deleted it.
    pub open_invitation: Option<InvitationId>,
}

/// A page of the queue.
pub struct Page {
    pub rows: Vec<Row>,
    /// The place after which the next page begins, if there is one.
    pub next: Option<Place>,
    pub pending: i64,
}

const PAGE: usize = 25;

impl Desk {
    /// Asks to join the organisation with this slug. Whether it exists makes no difference to the answer.
    pub async fn ask_to_join(&self, actor: &Actor, slug: &Slug, message: &str) -> Result<RequestId> {
        let message = request::message(message).map_err(|why| Error::field("message", why))?;
        let mut tx = self.db.begin().await?;
        let counted = self.try_once(&mut tx, &tries::REQUESTS, actor.id().as_str(), actor.now()).await?;
        if let Some(refusal) = counted {
            tx.commit().await?;
            return Err(refusal);
        }
        let id = match store::organisations::find_by_slug(&mut tx, slug).await? {
            Some(organisation) => self.ask_heard(&mut tx, actor, &organisation, message).await?,
            None => self.ask_unheard(&mut tx, actor, slug, message).await?,
        };
        tx.commit().await?;
        Ok(id)
    }

    async fn ask_heard(&self, tx: &mut Tx, actor: &Actor, organisation: &Organisation, message: String) -> Result<RequestId> {
        let now = actor.now();
        if store::members::find_active(tx, &organisation.slug, actor.id()).await?.is_some() {
            return Err(Error::Refused(Why::AlreadyMember));
        }
        self.expire_if_due(tx, &organisation.id, &actor.account.email, now).await?;
        let request = Request {
            id: self.mint.id(now),
            organisation: organisation.id.clone(),
            kind: Kind::Join,
            account: actor.id().clone(),
            email: actor.account.email.clone(),
            name: actor.account.name.clone(),
            message,
            language: actor.account.language,
            submitted_at: now,
            expires_at: now + request::LIFE,
            status: Status::Pending,
            version: 1,
        };
        store::requests::submit(tx, &request).await?;
        let detail = Detail { after: Some(request.email.to_string()), place: Some(actor.caller.place.clone()), ..Detail::default() };
        let event = organisation_event(What::RequestSubmitted, &organisation.id, Some(actor.id()), request.id.as_str(), detail);
        self.record(tx, now, &event).await?;
        self.tell_administrators(tx, organisation, Some(&request.id), now, |_| Letter::RequestSubmitted {
            organisation: organisation.name.clone(),
            slug: organisation.slug.to_string(),
            request: request.id.clone(),
            name: request.name.clone(),
            email: request.email.to_string(),
            message: request.message.clone(),
        })
        .await?;
        Ok(request.id)
    }

    async fn ask_unheard(&self, tx: &mut Tx, actor: &Actor, slug: &Slug, message: String) -> Result<RequestId> {
        let now = actor.now();
        store::requests::clear_expired_unheard(tx, actor.id(), slug, now).await?;
        let own = Own {
            id: self.mint.id(now),
            slug: slug.clone(),
            message,
            submitted_at: now,
            expires_at: now + request::LIFE,
            word: StatusWord::Pending,
            ended_at: None,
        };
        store::requests::submit_unheard(tx, &own, actor.id()).await?;
        Ok(own.id)
    }

    /// Settles an open request whose life is over, so that a new one can be submitted before any sweep ran.
    async fn expire_if_due(&self, tx: &mut Tx, org: &OrganisationId, email: &crate::domain::account::Email, now: Time) -> Result<()> {
        match store::requests::find_open_join(tx, org, email).await? {
            Some(open) if matches!(open.status_at(now), Status::Expired { .. }) => self.expire(tx, open, now).await,
            _ => Ok(()),
        }
    }

    /// Writes down that a request's life ended.
    pub(crate) async fn expire(&self, tx: &mut Tx, request: Request, now: Time) -> Result<()> {
        let expired = request.expire()?;
        store::requests::settle(tx, &expired).await?;
        let event = organisation_event(What::RequestExpired, &expired.organisation, None, expired.id.as_str(), Detail::default());
        self.record(tx, now, &event).await
    }

    /// Owes every administrator of requests a letter.
    pub(crate) async fn tell_administrators(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        request: Option<&RequestId>,
        now: Time,
        letter: impl Fn(&store::members::Reader) -> Letter,
    ) -> Result<()> {
        for reader in store::members::list_holders(tx, &organisation.id, Permission::RequestsDecide).await? {
            let notice = Notice {
                account: Some(reader.account.clone()),
                organisation: Some(organisation.id.clone()),
                request: request.cloned(),
                ..Notice::new(reader.email.clone(), reader.language, letter(&reader))
            };
            self.owe(tx, &notice, now).await?;
        }
        Ok(())
    }

    /// The actor's own requests, newest first, with what they are at this instant.
    pub async fn own_requests(&self, actor: &Actor) -> Result<Vec<Own>> {
        let mut own = store::requests::list_own(&mut *self.db.read().await?, actor.id()).await?;
        for r in &mut own {
            if r.word == StatusWord::Pending && actor.now() >= r.expires_at {
                r.word = StatusWord::Expired;
                r.ended_at = Some(r.expires_at);
            }
        }
        Ok(own)
    }

    /// Takes back one's own open request.
    pub async fn withdraw(&self, actor: &Actor, id: &RequestId) -> Result<()> {
        let now = actor.now();
        let mut tx = self.db.begin().await?;
        match store::requests::find_own(&mut tx, actor.id(), id).await? {
            Some(request) => {
                let proof = policy::requester(actor.id(), &request)?;
                let withdrawn = request.withdraw(&proof, now)?;
                store::requests::settle(&mut tx, &withdrawn).await?;
                let event =
                    organisation_event(What::RequestCanceled, &withdrawn.organisation, Some(actor.id()), id.as_str(), Detail::default());
                self.record(&mut tx, now, &event).await?;
            }
            None => store::requests::withdraw_unheard(&mut tx, actor.id(), id, now).await?,
        }
        tx.commit().await
    }

    /// A page of the queue, newest first. `picked` stands first, whatever page it is on.
    pub async fn queue(&self, actor: &Actor, member: &Membership, after: Option<&Place>, picked: Option<&RequestId>) -> Result<Page> {
        let permitted = policy::permitted(member, Permission::RequestsView)?;
        let org = permitted.organisation();
        let mut conn = self.db.read().await?;
        let mut requests = store::requests::list_newest(&mut conn, org, after, PAGE as i64 + 1).await?;
        let more = requests.len() > PAGE;
        requests.truncate(PAGE);
        let next = requests.last().filter(|_| more).map(|r| (r.request.submitted_at, r.request.id.clone()));
        if let Some(id) = picked {
            let found = store::requests::find_listed(&mut conn, org, id).await?;
            requests.retain(|r| r.request.id != found.request.id);
            requests.insert(0, found);
        }
        let pending = store::requests::count_pending(&mut conn, org, actor.now()).await?;
        let rows = requests.into_iter().map(|listed| row(actor, member, listed)).collect();
        Ok(Page { rows, next, pending })
    }

    /// One request with its history and the delivery of its letters.
    pub async fn request_details(
        &self,
        member: &Membership,
        id: &RequestId,
    ) -> Result<(Vec<store::history::Entry>, Vec<store::outbox::Delivery>)> {
        let permitted = policy::permitted(member, Permission::RequestsView)?;
        let mut conn = self.db.read().await?;
        let request = store::requests::find(&mut conn, permitted.organisation(), id).await?;
        let invitation = match &request.status {
            Status::Approved { invitation, .. } => invitation.to_string(),
            _ => String::new(),
        };
        let history = store::history::list_of_object(&mut conn, permitted.organisation(), id.as_str()).await?;
        let letters = store::outbox::list_of_request(&mut conn, permitted.organisation(), id.as_str(), &invitation).await?;
        Ok((history, letters))
    }

    /// Decides a request, once. The slower of two deciders hears who decided, what and when.
    pub async fn decide(&self, actor: &Actor, member: &Membership, id: &RequestId, verdict: Verdict) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let request = store::requests::find(&mut tx, &member.organisation, id).await?;
        let decider = policy::decider(member, &actor.account.email, &request)?;
        if let Some(told) = already(&mut tx, &request).await? {
            return Err(told);
        }
        let settled = match verdict {
            Verdict::Approve => {
                let invitation: InvitationId = self.mint.id(actor.now());
                request.approve(&decider, invitation, actor.now())?
            }
            Verdict::Reject => request.deny(&decider, actor.now())?,
        };
        // The first write is the guard: on PostgreSQL two may have read the request as pending, and only one of them passes here.
        if let Err(e) = store::requests::settle(&mut tx, &settled).await {
            drop(tx);
            return Err(self.who_was_quicker(member, id, e).await);
        }
        let what = match verdict {
            Verdict::Approve => What::RequestApproved,
            Verdict::Reject => What::RequestDenied,
        };
        let detail = Detail { place: Some(actor.caller.place.clone()), ..Detail::default() };
        self.record(&mut tx, actor.now(), &organisation_event(what, &settled.organisation, Some(actor.id()), id.as_str(), detail)).await?;
        if let Status::Approved { invitation, .. } = settled.status.clone() {
            self.invite_for(&mut tx, actor, &settled, invitation).await?;
        }
        tx.commit().await
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

    /// The invitation that an approval owes: a new one, with its letter.
    async fn invite_for(&self, tx: &mut Tx, actor: &Actor, request: &Request, id: InvitationId) -> Result<()> {
        let now = actor.now();
        let organisation = store::organisations::find(tx, &request.organisation).await?;
        let invitation = Invitation {
            id,
            organisation: organisation.id.clone(),
            email: request.email.clone(),
            name: request.name.clone(),
            language: request.language,
            request: Some(request.id.clone()),
            invited_by: actor.id().clone(),
            created_at: now,
            expires_at: now + invitation::LIFE,
            status: invitation::Status::Pending,
            version: 1,
        };
        self.retire_open_invitation(tx, &invitation, now).await?;
        let secret = self.mint.secret();
        store::invitations::create(tx, &invitation, &secret.hash).await?;
        self.owe_invitation(tx, actor, &organisation, &invitation, secret.text).await?;
        let detail = Detail { after: Some(invitation.email.to_string()), ..Detail::default() };
        let event = organisation_event(What::InvitationSent, &organisation.id, Some(actor.id()), invitation.id.as_str(), detail);
        self.record(tx, now, &event).await
    }
}

fn row(actor: &Actor, member: &Membership, listed: Listed) -> Row {
    let Listed { request, decided_by, open_invitation } = listed;
    let status = request.status_at(actor.now());
    let actions = policy::actions(member, &actor.account.email, &request, actor.now());
    Row { request, status, decided_by, actions, open_invitation }
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
