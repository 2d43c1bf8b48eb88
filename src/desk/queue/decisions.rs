//! Deciding requests in the queue: approve, reject, cancel, try again; once. The slower of two
//! hears who decided, what and when.
use crate::desk::{Actor, Desk, organisation_event};
use crate::domain::contact::Contact;
use crate::domain::error::Faults;
use crate::domain::event::{Detail, What};
use crate::domain::ids::{InvitationId, RequestId};
use crate::domain::invitation::Invitation;
use crate::domain::member::Membership;
use crate::domain::notice::{Letter, News, Notice};
use crate::domain::policy::{self, Decider};
use crate::domain::request::{Decision, Matter, Problem, Request, Status, Verdict};
use crate::domain::{Error, Result, Time, Why, resource_request};
use crate::store::{self, Tx};

/// What a decider says, as typed.
#[derive(Clone, Debug)]
pub struct Said {
    pub verdict: Verdict,
    /// Why; a denial of a resource needs it. The requester reads it.
    pub reason: String,
    /// What the requester may do next.
    pub next_steps: String,
    /// For administrators alone, in Insights.
    pub notes: String,
    /// Of chat: whoever is rejected is blocked, so that nothing they write makes a request any
    /// more.
    pub block: bool,
}

impl From<Verdict> for Said {
    fn from(verdict: Verdict) -> Self {
        Self {
            verdict,
            reason: String::new(),
            next_steps: String::new(),
            notes: String::new(),
            block: false,
        }
    }
}

impl Said {
    /// With texts that may stand, about a resource.
    pub(crate) fn checked(&self) -> Result<Said> {
        let mut faults = Faults::default();
        let reason = if self.verdict == Verdict::Reject {
            resource_request::reason(&self.reason)
        } else {
            resource_request::notes(&self.reason)
        };
        let reason = faults.take("reason", reason);
        let next_steps = faults.take("next_steps", resource_request::notes(&self.next_steps));
        let notes = faults.take("notes", resource_request::notes(&self.notes));
        let ((reason, next_steps), notes) = faults.done(reason.zip(next_steps).zip(notes))?;
        Ok(Said {
            reason,
            next_steps,
            notes,
            ..self.clone()
        })
    }
}

impl Desk {
    /// Approves or rejects a request to join, without a word.
    pub async fn decide(
        &self,
        actor: &Actor,
        member: &Membership,
        id: &RequestId,
        verdict: Verdict,
    ) -> Result<()> {
        self.decide_with(actor, member, id, &verdict.into()).await
    }

    /// Decides a request, once. Of a resource, it overrides whatever its flow still asks.
    pub async fn decide_with(
        &self,
        actor: &Actor,
        member: &Membership,
        id: &RequestId,
        said: &Said,
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let (request, decider) = self.hold_to_decide(&mut tx, actor, member, id).await?;
        match (&request.matter, said.verdict) {
            (Matter::Join, Verdict::Approve) => {
                drop(self.approve_in(&mut tx, actor, &decider, request).await?)
            }
            (Matter::Join, Verdict::Reject) => self.deny_in(&mut tx, actor, &decider, request).await?,
            (Matter::Chat(_), _) => self.decide_chat(&mut tx, actor, &decider, request, said).await?,
            (Matter::Resource(_), _) => {
                self.decide_resource(&mut tx, actor, &decider, request, said.checked()?)
                    .await?
            }
        }
        tx.commit().await
    }

    /// The request, alone with it, for whoever may decide it and is not too late.
    async fn hold_to_decide(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        member: &Membership,
        id: &RequestId,
    ) -> Result<(Request, Decider)> {
        let seen = store::requests::find(tx, &member.organisation, id).await?;
        let decider = policy::decider(member, &actor.account.email, &seen)?;
        let request = match &seen.matter {
            Matter::Join => store::requests::hold(tx, &member.organisation, id).await?,
            Matter::Resource(_) => self.hold_request(tx, &member.organisation, id).await?,
            Matter::Chat(chatted) => {
                // Whoever writes at this moment takes the same turn, in the same order.
                let contact = store::chat::contacts::hold(tx, &member.organisation, &chatted.contact).await?;
                if contact.member.as_ref() == Some(actor.id()) {
                    return Err(Error::Refused(Why::OwnRequest));
                }
                store::requests::hold(tx, &member.organisation, id).await?
            }
        };
        match already(tx, &request).await? {
            Some(told) => Err(told),
            None => Ok((request, decider)),
        }
    }

    /// Approves: the invitation and its letter are owed with it.
    pub(crate) async fn approve_in(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        decider: &Decider,
        request: Request,
    ) -> Result<InvitationId> {
        let organisation = store::organisation::organisations::find(tx, &request.organisation).await?;
        organisation.open(actor.now())?;
        let id: InvitationId = self.mint.id(actor.now());
        let approved = request.approve(decider, id.clone(), actor.now())?;
        store::requests::settle(tx, &approved).await?;
        self.record_decision(tx, actor, What::RequestApproved, &approved)
            .await?;
        let (email, by) = (approved.email.clone(), actor.id().clone());
        let invitation = Invitation {
            name: approved.name.clone(),
            request: Some(approved.id.clone()),
            ..Invitation::new(id, &organisation, email, approved.language, by, actor.now())
        };
        self.send_invitation(tx, actor, &organisation, &invitation)
            .await?;
        Ok(invitation.id)
    }

    async fn deny_in(&self, tx: &mut Tx, actor: &Actor, decider: &Decider, request: Request) -> Result<()> {
        let denied = request.deny(decider, Decision::by(actor.id(), actor.now()))?;
        store::requests::settle(tx, &denied).await?;
        self.record_decision(tx, actor, What::RequestDenied, &denied)
            .await?;
        self.tell_rejected(tx, &denied, actor.now()).await
    }

    async fn decide_resource(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        decider: &Decider,
        request: Request,
        said: Said,
    ) -> Result<()> {
        let asked = request.expect_asked()?;
        let rules =
            store::access::flows::find_rules(tx, &request.organisation, &asked.flow, asked.flow_number)
                .await?;
        let overrides = request.is_overridden_in_queue();
        let decision = Decision {
            reason: said.reason,
            next_steps: said.next_steps,
            overrides,
            ..Decision::by(decider.account(), actor.now())
        };
        if overrides {
            self.tell_overridden(tx, actor, &request).await?;
        }
        let notes = Some(said.notes).filter(|n| !n.is_empty());
        match said.verdict {
            Verdict::Reject => {
                let denied = request.deny(decider, decision)?;
                self.denied(tx, actor, &denied, notes).await
            }
            Verdict::Approve => {
                if self.problem(tx, &request, &rules).await? == Some(Problem::ResourceGone) {
                    return Err(Error::Refused(Why::ResourceGone));
                }
                self.approve_resource(tx, request, decision, &actor.caller).await
            }
        }
    }

    /// Those whom the current step still asks hear that it is over.
    async fn tell_overridden(&self, tx: &mut Tx, actor: &Actor, request: &Request) -> Result<()> {
        let waiting = store::access::steps::list_assigned(tx, &request.organisation, &request.id).await?;
        let others: Vec<_> = waiting
            .into_iter()
            .map(|a| a.account)
            .filter(|a| a != actor.id())
            .collect();
        self.record_decision(tx, actor, What::RequestOverridden, request)
            .await?;
        if others.is_empty() || request.expect_asked()?.at_administrators {
            return Ok(());
        }
        let mut letter = self.access(tx, request, News::Overridden).await?;
        letter.by = actor.account.name.clone();
        let readers = store::people::members::list_readers_of(tx, &request.organisation, &others).await?;
        self.tell_readers(
            tx,
            &request.organisation,
            readers,
            Some(&request.id),
            &Letter::Access(Box::new(letter)),
            actor.now(),
        )
        .await
    }

    /// Writes down a denial and tells the requester why. `notes`: for Insights alone.
    pub(crate) async fn denied(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        denied: &Request,
        notes: Option<String>,
    ) -> Result<()> {
        store::requests::settle(tx, denied).await?;
        let reason = denied.status.decision().map(|d| d.reason.clone());
        let detail = Detail {
            after: reason,
            notes,
            place: Some(actor.caller.place.clone()),
            ..Detail::default()
        };
        let event = organisation_event(
            What::RequestDenied,
            &denied.organisation,
            Some(actor.id()),
            denied.id.as_str(),
            detail,
        );
        self.record(tx, actor.now(), &event).await?;
        self.tell_requester(tx, denied, News::Denied, actor.now()).await
    }

    async fn record_decision(&self, tx: &mut Tx, actor: &Actor, what: What, request: &Request) -> Result<()> {
        let detail = Detail {
            place: Some(actor.caller.place.clone()),
            ..Detail::default()
        };
        let event = organisation_event(
            what,
            &request.organisation,
            Some(actor.id()),
            request.id.as_str(),
            detail,
        );
        self.record(tx, actor.now(), &event).await
    }

    /// An administrator takes a request from the queue, with a reason that the requester is told.
    /// Who asked by chat is told nothing, as connectors have no words for it, and may ask again at
    /// once; there the reason is a note, and may be empty.
    pub async fn cancel_request(
        &self,
        actor: &Actor,
        member: &Membership,
        id: &RequestId,
        reason: &str,
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let (request, decider) = self.hold_to_decide(&mut tx, actor, member, id).await?;
        let reason = if request.chatted().is_some() {
            resource_request::notes(reason)
        } else {
            resource_request::reason(reason)
        };
        let reason = reason.map_err(|why| Error::field("reason", why))?;
        if let Some(chatted) = request.chatted() {
            let contact =
                store::chat::contacts::find(&mut tx, &request.organisation, &chatted.contact).await?;
            store::chat::contacts::save(
                &mut tx,
                &Contact {
                    asked_at: None,
                    ..contact
                },
            )
            .await?;
        }
        let canceled = request.cancel(
            &decider,
            Decision {
                reason,
                ..Decision::by(actor.id(), actor.now())
            },
        )?;
        self.canceled(&mut tx, &canceled, Some(actor), actor.now())
            .await?;
        tx.commit().await
    }

    /// Writes down that a request was canceled, and tells whoever asked.
    pub(crate) async fn canceled(
        &self,
        tx: &mut Tx,
        canceled: &Request,
        actor: Option<&Actor>,
        now: Time,
    ) -> Result<()> {
        store::requests::settle(tx, canceled).await?;
        let reason = canceled
            .status
            .decision()
            .map(|d| d.reason.clone())
            .filter(|r| !r.is_empty());
        let detail = Detail {
            after: reason.clone(),
            place: actor.map(|a| a.caller.place.clone()),
            ..Detail::default()
        };
        let event = organisation_event(
            What::RequestCanceled,
            &canceled.organisation,
            actor.map(Actor::id),
            canceled.id.as_str(),
            detail,
        );
        self.record(tx, now, &event).await?;
        match canceled.matter {
            Matter::Resource(_) => self.tell_requester(tx, canceled, News::Canceled, now).await,
            Matter::Chat(_) => Ok(()),
            Matter::Join => {
                let organisation =
                    store::organisation::organisations::find(tx, &canceled.organisation).await?;
                let letter = Letter::RequestCanceled {
                    organisation: organisation.name,
                    reason: reason.unwrap_or_default(),
                };
                self.tell_about(tx, canceled, letter, now).await
            }
        }
    }

    /// Owes whoever asked to join a letter about that.
    pub(crate) async fn tell_about(
        &self,
        tx: &mut Tx,
        request: &Request,
        letter: Letter,
        now: Time,
    ) -> Result<()> {
        let notice = Notice {
            account: request.account.clone(),
            organisation: Some(request.organisation.clone()),
            request: Some(request.id.clone()),
            ..Notice::new(request.email.clone(), request.language, letter)
        };
        self.owe(tx, &notice, now).await
    }

    /// Tries again what ended in Error: the hook once more, or the flow, if what it missed is there
    /// again.
    pub async fn retry(&self, actor: &Actor, member: &Membership, id: &RequestId) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let (request, _) = self.hold_to_decide(&mut tx, actor, member, id).await?;
        let Status::Error(_, decision) = request.status_at(actor.now()) else {
            return Err(Error::Refused(Why::NotInError));
        };
        let asked = request.expect_asked()?.clone();
        let rules =
            store::access::flows::find_rules(&mut tx, &request.organisation, &asked.flow, asked.flow_number)
                .await?;
        if self.problem(&mut tx, &request, &rules).await?.is_some() {
            return Err(Error::Refused(Why::StillBroken));
        }
        self.record_decision(&mut tx, actor, What::RequestRetried, &request)
            .await?;
        match decision {
            Some(decision) => {
                self.approve_resource(&mut tx, request, decision, &actor.caller)
                    .await?
            }
            None => {
                self.advance(&mut tx, request.mend(), &rules, None, &actor.caller)
                    .await?
            }
        }
        tx.commit().await
    }

    /// Has a request in Error follow the newest version of its flow. Approvals of those whom that
    /// version asks too are kept.
    pub async fn follow_newest(&self, actor: &Actor, member: &Membership, id: &RequestId) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let (request, _) = self.hold_to_decide(&mut tx, actor, member, id).await?;
        let (org, asked) = (request.organisation.clone(), request.expect_asked()?.clone());
        let flow = store::access::flows::find(&mut tx, &org, &asked.flow).await?;
        if flow.deleted || flow.number == asked.flow_number {
            return Err(Error::Refused(Why::NotInError));
        }
        let moved = request.follow(&flow.rules, flow.number, actor.now())?;
        if self.problem(&mut tx, &moved, &flow.rules).await?.is_some() {
            return Err(Error::Refused(Why::StillBroken));
        }
        self.keep_approvals(&mut tx, &moved, &flow.rules, actor.now())
            .await?;
        let detail = Detail {
            before: Some(asked.flow_number.to_string()),
            after: Some(flow.number.to_string()),
            place: Some(actor.caller.place.clone()),
            ..Detail::default()
        };
        let event = organisation_event(What::RequestMoved, &org, Some(actor.id()), id.as_str(), detail);
        self.record(&mut tx, actor.now(), &event).await?;
        self.advance(&mut tx, moved, &flow.rules, None, &actor.caller)
            .await?;
        tx.commit().await
    }

    /// Carries the approvals given so far to those steps of the new version that would ask the same
    /// people.
    async fn keep_approvals(
        &self,
        tx: &mut Tx,
        moved: &Request,
        rules: &crate::domain::flow::Rules,
        now: Time,
    ) -> Result<()> {
        let reviews = store::access::steps::list_reviews(tx, &moved.organisation, &moved.id).await?;
        let number = moved.expect_asked()?.flow_number;
        let mut counted = std::collections::BTreeSet::new();
        for (index, step) in rules.steps.iter().enumerate() {
            let people = self.people(tx, moved, step, now).await?;
            let asked = step.stand(&people, &[], false);
            let crate::domain::step_state::Standing::Waits { asked, .. } = asked else {
                continue;
            };
            for review in reviews
                .iter()
                .filter(|r| r.verdict == Verdict::Approve && r.flow_number < number)
            {
                // One approval counts at one step, the first that asks whoever gave it.
                if asked.contains_key(&review.account) && counted.insert(review.account.clone()) {
                    store::access::steps::vote(
                        tx,
                        moved,
                        (number, index),
                        &review.account,
                        review.away.as_ref(),
                        (Verdict::Approve, review.at),
                    )
                    .await?;
                }
            }
        }
        Ok(())
    }

    /// Seed 000 tells a rejected person nothing; an organisation may choose to send a short letter.
    async fn tell_rejected(&self, tx: &mut Tx, request: &Request, now: Time) -> Result<()> {
        let organisation = store::organisation::organisations::find(tx, &request.organisation).await?;
        if !organisation.tells_rejected {
            return Ok(());
        }
        let letter = Letter::RequestRejected {
            organisation: organisation.name,
            contact: organisation.admin_contact,
        };
        self.tell_about(tx, request, letter, now).await
    }

    /// Lets a rejected person ask again before the pause is over.
    pub async fn allow_again(&self, actor: &Actor, member: &Membership, id: &RequestId) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let request = store::requests::find(&mut tx, &member.organisation, id).await?;
        let decider = policy::decider(member, &actor.account.email, &request)?;
        let allowed = request.allow_again(&decider)?;
        store::requests::allow_again(&mut tx, &allowed).await?;
        self.record_decision(&mut tx, actor, What::RequestAllowedAgain, &allowed)
            .await?;
        tx.commit().await
    }
}

/// The answer to whoever decides a request that is decided already.
pub(crate) async fn already(conn: &mut store::Conn, request: &Request) -> Result<Option<Error>> {
    let (decision, verdict) = match &request.status {
        Status::Approved { decision, .. } | Status::Provisioning(decision) => (decision, Verdict::Approve),
        Status::Denied(decision) => (decision, Verdict::Reject),
        _ => return Ok(None),
    };
    let Some(by) = &decision.by else { return Ok(None) };
    let by = store::account::accounts::find(conn, by).await?.name;
    Ok(Some(Error::AlreadyDecided {
        by,
        verdict,
        at: decision.at,
    }))
}
