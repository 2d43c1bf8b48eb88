//! Join requests from the requester's side: asking, the status page, withdrawing; and the clock
//! that ends them.
use crate::desk::account::limits;
use crate::desk::{Actor, Caller, Desk, organisation_event};
use crate::domain::account::Email;
use crate::domain::event::{Detail, What};
use crate::domain::ids::{AccountId, OrganisationId, RequestId};
use crate::domain::invitation::Invitation;
use crate::domain::notice::{Letter, News};
use crate::domain::organisation::{Organisation, Slug};
use crate::domain::policy::{self, Matched};
use crate::domain::request::{self, Matter, Outcome, Request, Status};
use crate::domain::{Error, Result, Time, Why};
use crate::store::{self, Tx};

/// What the secret in a status page's address is made for.
const USAGE: &str = "status page";

/// A request as its requester sees it.
pub struct Own {
    pub request: Request,
    /// What it is at this instant.
    pub status: Status,
    pub organisation: Organisation,
    /// Once approved: the invitation.
    pub invitation: Option<Invitation>,
    /// Whether the invitation's newest letter could not be delivered.
    pub undelivered: bool,
}

impl Desk {
    /// Asks to join an organisation that answers to the actor's provider or address; any other is
    /// not found.
    pub async fn request_access(&self, actor: &Actor, slug: &Slug, message: &str) -> Result<RequestId> {
        let message = request::message(message).map_err(|why| Error::field("message", why))?;
        let mut tx = self.db.begin().await?;
        if let Some(refusal) = self
            .try_once(&mut tx, &limits::REQUESTS, actor.id().as_str(), actor.now())
            .await?
        {
            tx.commit().await?;
            return Err(refusal);
        }
        let organisation = store::organisation::organisations::find_by_slug(&mut tx, slug)
            .await?
            .ok_or(Error::NotFound)?;
        let links = store::organisation::links::list_matches(&mut tx, &actor.account).await?;
        let matched = policy::matched(actor.id(), &organisation.id, &links)?;
        let id = self
            .submit(&mut tx, actor, &organisation, &matched, message)
            .await?;
        tx.commit().await?;
        Ok(id)
    }

    async fn submit(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        organisation: &Organisation,
        matched: &Matched,
        message: String,
    ) -> Result<RequestId> {
        let now = actor.now();
        // Whoever invites this person at the same moment takes the same turn, so that one of the
        // two sees what the other did.
        store::people::members::take_turn(tx, matched.organisation()).await?;
        self.may_ask(tx, actor, organisation).await?;
        for open in store::requests::list_open_joins(
            tx,
            matched.organisation(),
            &actor.account.email,
            Some(actor.id()),
        )
        .await?
        {
            if open.status_at(now) == Status::Pending {
                return Err(Error::Refused(Why::AlreadyAsked));
            }
            self.expire(tx, open, now).await?;
        }
        let (origin, email) = (matched.origin().clone(), actor.account.email.clone());
        let request = Request {
            account: Some(matched.account().clone()),
            name: actor.account.name.clone(),
            message,
            language: actor.account.language,
            ..Request::new(self.mint.id(now), organisation, email, origin, now)
        };
        self.submit_in(tx, &request, organisation, &actor.caller).await?;
        Ok(request.id)
    }

    /// Writes a new request and tells the administrators.
    pub(crate) async fn submit_in(
        &self,
        tx: &mut Tx,
        request: &Request,
        organisation: &Organisation,
        caller: &Caller,
    ) -> Result<()> {
        let now = caller.now;
        store::requests::submit(tx, request, "").await?;
        let detail = Detail {
            after: Some(request.email.to_string()),
            place: Some(caller.place.clone()),
            ..Detail::default()
        };
        let event = organisation_event(
            What::RequestSubmitted,
            &organisation.id,
            request.account.as_ref(),
            request.id.as_str(),
            detail,
        );
        self.record(tx, now, &event).await?;
        let letter = Letter::RequestSubmitted {
            organisation: organisation.name.clone(),
            slug: organisation.slug.to_string(),
            request: request.id.clone(),
            name: request.name.clone(),
            email: request.email.to_string(),
            message: request.message.clone(),
        };
        let readers = self.hearers_of_each(tx, organisation).await?;
        self.post_for_approvers(tx, request, now).await?;
        self.tell_readers(tx, &organisation.id, readers, Some(&request.id), &letter, now)
            .await
    }

    /// Refuses who is in already, is invited already, was rejected just now, or asks an
    /// organisation that is closed.
    async fn may_ask(&self, tx: &mut Tx, actor: &Actor, organisation: &Organisation) -> Result<()> {
        let (email, now) = (&actor.account.email, actor.now());
        organisation.open(now)?;
        // The answer goes to this address: without proof somebody else may hold it, who never
        // asked.
        if actor.account.email_proven_at.is_none() {
            return Err(Error::Refused(Why::AddressUnproven));
        }
        if store::people::members::find_active(tx, &organisation.slug, actor.id())
            .await?
            .is_some()
        {
            return Err(Error::Refused(Why::AlreadyMember));
        }
        let invitation = store::people::invitations::find_open(tx, &organisation.id, email).await?;
        if invitation.is_some_and(|i| i.open(now).is_ok()) {
            return Err(Error::Refused(Why::InvitationWaits));
        }
        self.may_ask_again(tx, &organisation.id, email, Some(actor.id()), now)
            .await
    }

    /// Refuses who was rejected just now.
    pub(crate) async fn may_ask_again(
        &self,
        tx: &mut Tx,
        org: &OrganisationId,
        email: &Email,
        account: Option<&AccountId>,
        now: Time,
    ) -> Result<()> {
        let denied = store::requests::find_newest_denied(tx, org, email, account).await?;
        match denied.and_then(|d| d.pause(now)) {
            Some(at) => Err(Error::AskAgainLater { at }),
            None => Ok(()),
        }
    }

    /// Writes down that a request's life ended.
    pub(crate) async fn expire(&self, tx: &mut Tx, request: Request, now: Time) -> Result<()> {
        let expired = request.expire()?;
        store::requests::settle(tx, &expired).await?;
        let event = organisation_event(
            What::RequestExpired,
            &expired.organisation,
            None,
            expired.id.as_str(),
            Detail::default(),
        );
        self.record(tx, now, &event).await?;
        match expired.matter {
            Matter::Resource(_) => return self.tell_requester(tx, &expired, News::Expired, now).await,
            // A further message asks again; nothing is said in between.
            Matter::Chat(_) => return Ok(()),
            Matter::Join => {}
        }
        let organisation = store::organisation::organisations::find(tx, &expired.organisation).await?;
        let letter = Letter::RequestExpired {
            organisation: organisation.name,
            status: self.status_token(&expired.id),
        };
        self.tell_about(tx, &expired, letter, now).await
    }

    /// The actor's own requests, newest first, with what they are at this instant and the slug of
    /// the organisation.
    pub async fn own_requests(&self, actor: &Actor) -> Result<Vec<(Slug, Request)>> {
        let own = store::requests::list_own(&mut *self.db.read().await?, actor.id()).await?;
        Ok(own
            .into_iter()
            .map(|(slug, r)| {
                (
                    slug,
                    Request {
                        status: r.status_at(actor.now()),
                        ..r
                    },
                )
            })
            .collect())
    }

    /// The end of the address of a request's status page: its id, and a secret that only this
    /// instance can make.
    pub fn status_token(&self, id: &RequestId) -> String {
        format!("{id}.{}", self.keys.tag(USAGE, id.as_str()))
    }

    /// The request that a status page's address names. Whoever has the address may look; nothing
    /// can be done with it.
    pub async fn look_at_status(&self, token: &str, now: Time) -> Result<Own> {
        let (id, tag) = token.split_once('.').ok_or(Error::NotFound)?;
        let id = RequestId::try_from(id.to_owned())?;
        if !self.keys.has_tag(USAGE, id.as_str(), tag) {
            return Err(Error::NotFound);
        }
        let mut conn = self.db.read().await?;
        let request = store::requests::find_anywhere(&mut conn, &id).await?;
        let organisation = store::organisation::organisations::find(&mut conn, &request.organisation).await?;
        let invitation = match &request.status {
            Status::Approved {
                outcome: Outcome::Invitation(invitation),
                ..
            } => Some(store::people::invitations::find(&mut conn, &organisation.id, invitation).await?),
            _ => None,
        };
        let undelivered = match &invitation {
            Some(i) => store::people::invitations::is_undelivered(&mut conn, &organisation.id, &i.id).await?,
            None => false,
        };
        Ok(Own {
            status: request.status_at(now),
            request,
            organisation,
            invitation,
            undelivered,
        })
    }

    /// Takes back one's own open request.
    pub async fn withdraw(&self, actor: &Actor, id: &RequestId) -> Result<()> {
        let now = actor.now();
        let mut tx = self.db.begin().await?;
        let request = store::requests::find_own(&mut tx, actor.id(), id)
            .await?
            .ok_or(Error::NotFound)?;
        let proof = policy::requester(actor.id(), &request)?;
        let withdrawn = request.withdraw(&proof, now)?;
        store::requests::settle(&mut tx, &withdrawn).await?;
        let event = organisation_event(
            What::RequestCanceled,
            &withdrawn.organisation,
            Some(actor.id()),
            id.as_str(),
            Detail::default(),
        );
        self.record(&mut tx, now, &event).await?;
        tx.commit().await
    }
}
