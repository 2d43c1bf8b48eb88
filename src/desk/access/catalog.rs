//! The portal: what one may ask for, asking, and one's own requests.
use crate::desk::access::progress::Progress;
use crate::desk::account::limits;
use crate::desk::{Actor, Desk, organisation_event};
use crate::domain::error::Faults;
use crate::domain::event::{Detail, What};
use crate::domain::flow::{Approval, Rules};
use crate::domain::ids::{AccountId, QuestionId, RequestId, ResourceId};
use crate::domain::links::Origin;
use crate::domain::member::Membership;
use crate::domain::notice::{Letter, News};
use crate::domain::policy;
use crate::domain::request::{ApprovalType, Asked, Decision, Matter, Request, Status};
use crate::domain::resource::{Resource, State};
use crate::domain::role::Permission;
use crate::domain::time::Span;
use crate::domain::{Error, Result, Why, resource_request};
use crate::store::access::questions::Question;
use crate::store::access::resources::Listed;
use crate::store::{self, Tx};

/// What somebody asks for, as typed.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    pub reason: String,
    /// Days, or nothing.
    pub days: String,
    /// Whom it is for, if not oneself: the id of a member whose manager one is.
    pub holder: String,
}

/// One thing of the catalogue.
pub struct Offered {
    pub listed: Listed,
    /// The actor's open request for it.
    pub open: Option<RequestId>,
    /// The actor has it.
    pub has: bool,
}

/// A page of the catalogue.
pub struct Catalog {
    pub offered: Vec<Offered>,
    pub next: Option<(String, ResourceId)>,
    /// Those whose manager the actor is, for whom they may ask: id and name.
    pub reports: Vec<(AccountId, String)>,
}

/// One of one's own requests.
pub struct Mine {
    pub request: Request,
    pub status: Status,
    pub resource: String,
    pub decided_by: Option<String>,
    pub progress: Progress,
}

/// How often the requester may remind the approvers.
const NUDGE: Span = Span::days(1);
const PAGE: usize = 24;

impl Desk {
    /// What the actor may ask for, by name.
    pub async fn catalog(
        &self,
        actor: &Actor,
        member: &Membership,
        search: &str,
        after: Option<(String, ResourceId)>,
    ) -> Result<Catalog> {
        let permitted = policy::permitted(member, Permission::PortalUse)?;
        let (org, now) = (permitted.organisation(), actor.now());
        let mut conn = self.db.read().await?;
        let look = store::access::resources::Look {
            search,
            for_member: Some(actor.id()),
            after,
        };
        let mut found = store::access::resources::list(&mut conn, org, &look, PAGE + 1).await?;
        let more = found.len() > PAGE;
        found.truncate(PAGE);
        let next = found
            .last()
            .filter(|_| more)
            .map(|l| (l.sorts_as.clone(), l.resource.id.clone()));
        let open = store::requests::list_open_for(&mut conn, org, actor.id()).await?;
        let has = store::access::grants::list_of_member(&mut conn, org, actor.id()).await?;
        let offered = found.into_iter().map(|listed| {
            let id = &listed.resource.id;
            let open = open
                .iter()
                .find(|r| r.is_open(now) && r.asked().is_some_and(|a| a.resource == *id))
                .map(|r| r.id.clone());
            let has = has.iter().any(|g| g.grant.resource == *id && g.grant.holds(now));
            Offered { open, has, listed }
        });
        let offered = offered.collect();
        Ok(Catalog {
            offered,
            next,
            reports: store::people::member_list::list_reports(&mut conn, org, actor.id()).await?,
        })
    }

    /// One thing that the actor may ask for.
    pub async fn offered(&self, actor: &Actor, member: &Membership, id: &ResourceId) -> Result<Listed> {
        let permitted = policy::permitted(member, Permission::PortalUse)?;
        let mut conn = self.db.read().await?;
        let listed = store::access::resources::find(&mut conn, permitted.organisation(), id).await?;
        may_ask_for(&mut conn, member, actor.id(), &listed.resource).await?;
        Ok(listed)
    }

    /// One of the actor's own requests, or one for them, as what another one begins with. None:
    /// there is none.
    pub async fn like(&self, actor: &Actor, member: &Membership, id: &RequestId) -> Result<Option<Request>> {
        policy::permitted(member, Permission::PortalUse)?;
        let found = store::requests::find_own(&mut *self.db.read().await?, actor.id(), id).await?;
        Ok(found.filter(|r| r.organisation == member.organisation))
    }

    /// Asks for a resource; the request's id.
    pub async fn ask_for(
        &self,
        actor: &Actor,
        member: &Membership,
        id: &ResourceId,
        wish: &Wish,
    ) -> Result<RequestId> {
        let permitted = policy::permitted(member, Permission::PortalUse)?;
        let (org, now) = (permitted.organisation(), actor.now());
        let mut tx = self.db.begin().await?;
        if let Some(refusal) = self
            .try_once(&mut tx, &limits::RESOURCES, actor.id().as_str(), now)
            .await?
        {
            tx.commit().await?;
            return Err(refusal);
        }
        // Whoever changes the resource, its flow or its people at this moment is waited for, or
        // waits.
        store::people::members::take_turn(&mut tx, org).await?;
        let organisation = store::organisation::organisations::find(&mut tx, org).await?;
        organisation.open(now)?;
        let resource = store::access::resources::find(&mut tx, org, id).await?.resource;
        may_ask_for(&mut tx, member, actor.id(), &resource).await?;
        let mut faults = Faults::default();
        let reason = faults.take("reason", resource.reason(&wish.reason));
        let days = faults.take("days", resource.days(&wish.days));
        let (reason, days) = faults.done(reason.zip(days))?;
        let holder = self.holder(&mut tx, actor, member, &wish.holder).await?;
        self.nothing_open(&mut tx, member, &resource, &holder, actor)
            .await?;
        let flow = store::access::flows::find(
            &mut tx,
            org,
            resource.flow.as_ref().ok_or(Error::Refused(Why::NobodyCanAsk))?,
        )
        .await?;
        let of = store::account::accounts::find(&mut tx, &holder).await?;
        let approval = self.approval_type(&mut tx, member, &flow.rules, &of).await?;
        let asked = Asked {
            days,
            approval,
            ..Asked::new(resource.id.clone(), holder, &flow)
        };
        let request = Request {
            account: Some(actor.id().clone()),
            matter: Matter::Resource(Box::new(asked)),
            name: of.name,
            message: reason,
            language: of.language,
            ..Request::new(self.mint.id(now), &organisation, of.email, Origin::Unknown, now)
        };
        let id = request.id.clone();
        self.submit_resource(&mut tx, actor, request, &resource, &flow.rules)
            .await?;
        tx.commit().await?;
        Ok(id)
    }

    async fn submit_resource(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        request: Request,
        resource: &Resource,
        rules: &Rules,
    ) -> Result<()> {
        let now = actor.now();
        let request = request.begin_step(rules, 0, now)?;
        store::requests::submit(tx, &request, &resource.name).await?;
        let detail = Detail {
            after: Some(resource.name.clone()),
            place: Some(actor.caller.place.clone()),
            ..Detail::default()
        };
        let event = organisation_event(
            What::RequestSubmitted,
            &request.organisation,
            Some(actor.id()),
            request.id.as_str(),
            detail,
        );
        self.record(tx, now, &event).await?;
        if request.approval() == ApprovalType::Automatic {
            let decision = Decision {
                by: None,
                ..Decision::by(actor.id(), now)
            };
            return self.approve_resource(tx, request, decision, &actor.caller).await;
        }
        self.post_for_approvers(tx, &request, now).await?;
        // Administrators hear of every new request, if they want to; where the first step asks
        // them, that step's letters are these.
        let organisation = store::organisation::organisations::find(tx, &request.organisation).await?;
        if !request.expect_asked()?.at_administrators {
            let mut readers = self.hearers_of_each(tx, &organisation).await?;
            readers.retain(|r| Some(&r.account) != request.account.as_ref());
            self.tell_of(tx, &request, News::Requested, readers, now).await?;
        }
        self.advance(tx, request, rules, None, &actor.caller).await
    }

    /// Whom it is for: the actor, or one of those whose manager they are.
    async fn holder(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        member: &Membership,
        typed: &str,
    ) -> Result<AccountId> {
        if typed.trim().is_empty() || typed == actor.id().as_str() {
            return Ok(actor.id().clone());
        }
        let holder = AccountId::try_from(typed.trim().to_owned())
            .map_err(|_| Error::field("holder", Why::UnknownPerson))?;
        match store::people::member_list::manager_of(tx, &member.organisation, &holder).await? {
            Some(manager) if manager == *actor.id() => Ok(holder),
            _ => Err(Error::field("holder", Why::NotTheirManager)),
        }
    }

    /// Refuses a second live request for the same thing; one whose life is over is settled first.
    async fn nothing_open(
        &self,
        tx: &mut Tx,
        member: &Membership,
        resource: &Resource,
        holder: &AccountId,
        actor: &Actor,
    ) -> Result<()> {
        for open in store::requests::list_open_for(tx, &member.organisation, holder).await? {
            if open.asked().is_none_or(|a| a.resource != resource.id) {
                continue;
            }
            if open.is_open(actor.now()) || !open.status.is_open() {
                return Err(Error::Refused(Why::AlreadyAsked));
            }
            self.expire(tx, open, actor.now()).await?;
        }
        let grant = store::access::grants::find_live(tx, &member.organisation, &resource.id, holder).await?;
        match grant {
            Some(had) if had.grant.holds(actor.now()) && had.grant.ends_at.is_none() => {
                Err(Error::Refused(Why::HasItAlready))
            }
            _ => Ok(()),
        }
    }

    /// Whether the rules approve by themselves what is for this person.
    pub(crate) async fn approval_type(
        &self,
        tx: &mut Tx,
        member: &Membership,
        rules: &Rules,
        of: &crate::domain::account::Account,
    ) -> Result<ApprovalType> {
        let Approval::Automatic(condition) = &rules.approval else {
            return Ok(ApprovalType::Manual);
        };
        let org = &member.organisation;
        let roles = store::people::roles::list_of_member(tx, org, &of.id).await?;
        let groups: Vec<_> = store::people::groups::list_of_member(tx, org, &of.id)
            .await?
            .into_iter()
            .map(|g| g.id)
            .collect();
        // An address that nobody has proven says nothing.
        let proven =
            of.email_proven_at.is_some() || !matches!(condition, crate::domain::flow::Condition::Domain(_));
        Ok(if proven && condition.holds(&roles, &groups, &of.email) {
            ApprovalType::Automatic
        } else {
            ApprovalType::Manual
        })
    }

    /// The actor's requests for resources, and those for them, newest first; at most 50. `picked`
    /// stands first.
    pub async fn my_requests(
        &self,
        actor: &Actor,
        member: &Membership,
        picked: Option<&RequestId>,
    ) -> Result<Vec<Mine>> {
        let permitted = policy::permitted(member, Permission::PortalUse)?;
        let org = permitted.organisation();
        let mut conn = self.db.read().await?;
        let mut all = store::requests::list_mine(&mut conn, org, actor.id()).await?;
        if let Some(place) = picked.and_then(|id| all.iter().position(|l| l.0.id == *id)) {
            let first = all.remove(place);
            all.insert(0, first);
        }
        let mut mine = Vec::new();
        for (request, resource, decided_by) in all {
            let progress = self.progress(&mut conn, &request).await?;
            mine.push(Mine {
                status: request.status_at(actor.now()),
                request,
                resource,
                decided_by,
                progress,
            });
        }
        Ok(mine)
    }

    /// Changes the reason of one's own open request; those who have voted keep their votes.
    pub async fn reword(
        &self,
        actor: &Actor,
        member: &Membership,
        id: &RequestId,
        reason: &str,
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let request = self.hold_own(&mut tx, actor, member, id).await?;
        let (org, before) = (request.organisation.clone(), request.message.clone());
        let resource = store::access::resources::find(&mut tx, &org, &request.expect_asked()?.resource)
            .await?
            .resource;
        let reason = resource
            .reason(reason)
            .map_err(|why| Error::field("reason", why))?;
        let organisation = store::organisation::organisations::find(&mut tx, &org).await?;
        let reworded = request
            .reword(reason.clone(), actor.now())?
            .live_on(organisation.requests.life, actor.now());
        store::requests::settle(&mut tx, &reworded).await?;
        let place = Some(actor.caller.place.clone());
        let detail = Detail {
            before: Some(before),
            after: Some(reason),
            place,
            ..Detail::default()
        };
        self.record(
            &mut tx,
            actor.now(),
            &organisation_event(What::RequestChanged, &org, Some(actor.id()), id.as_str(), detail),
        )
        .await?;
        tx.commit().await
    }

    /// Reminds those who have not voted on one's own request, once a day.
    pub async fn nudge(&self, actor: &Actor, member: &Membership, id: &RequestId) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let request = self.hold_own(&mut tx, actor, member, id).await?;
        if !request.is_open(actor.now()) {
            return Err(Error::Refused(Why::NotPending));
        }
        if !store::requests::nudge(&mut tx, &request, actor.now(), actor.now() - NUDGE).await? {
            return Err(Error::Refused(Why::RemindedToday));
        }
        if self.remind(&mut tx, &request, Some(actor), actor.now()).await? == 0 {
            return Err(Error::Refused(Why::NobodyIsAsked));
        }
        tx.commit().await
    }

    /// One's own request, held; whoever it is for has it too.
    async fn hold_own(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        member: &Membership,
        id: &RequestId,
    ) -> Result<Request> {
        policy::permitted(member, Permission::PortalUse)?;
        let request = self.hold_request(tx, &member.organisation, id).await?;
        policy::requester(actor.id(), &request)?;
        Ok(request)
    }

    /// Asks the requester something: as one who is asked to vote, or as who decides.
    pub async fn question(
        &self,
        actor: &Actor,
        member: &Membership,
        id: &RequestId,
        text: &str,
    ) -> Result<()> {
        policy::voter(member)?;
        let text = resource_request::reason(text).map_err(|why| Error::field("question", why))?;
        let (org, now) = (&member.organisation, actor.now());
        let mut tx = self.db.begin().await?;
        let request = self.hold_request(&mut tx, org, id).await?;
        let asked = store::access::steps::find_assignment(&mut tx, org, id, actor.id())
            .await?
            .is_some_and(|a| !a.over);
        if !asked {
            policy::decider(member, &actor.account.email, &request)?;
        }
        request.expect_asked()?;
        if !request.is_open(now) {
            return Err(Error::Refused(Why::NotPending));
        }
        let question = Question {
            id: self.mint.id(now),
            request: id.clone(),
            asked_by: actor.id().clone(),
            asked_by_name: actor.account.name.clone(),
            asked_at: now,
            question: text.clone(),
            answer: None,
        };
        store::access::questions::ask(&mut tx, org, &question).await?;
        let detail = Detail {
            after: Some(text.clone()),
            place: Some(actor.caller.place.clone()),
            ..Detail::default()
        };
        self.record(
            &mut tx,
            now,
            &organisation_event(
                What::RequestQuestioned,
                org,
                Some(actor.id()),
                id.as_str(),
                detail,
            ),
        )
        .await?;
        let mut access = self.access(&mut tx, &request, News::Question).await?;
        (access.by, access.text) = (actor.account.name.clone(), text);
        let submitter: Vec<AccountId> = request.account.iter().cloned().collect();
        let readers = store::people::members::list_readers_of(&mut tx, org, &submitter).await?;
        self.tell_readers(
            &mut tx,
            org,
            readers,
            Some(id),
            &Letter::Access(Box::new(access)),
            now,
        )
        .await?;
        tx.commit().await
    }

    /// Answers a question about one's own request; whoever asked is told.
    pub async fn answer(
        &self,
        actor: &Actor,
        member: &Membership,
        id: &QuestionId,
        text: &str,
    ) -> Result<()> {
        policy::permitted(member, Permission::PortalUse)?;
        let text = resource_request::reason(text).map_err(|why| Error::field("answer", why))?;
        let (org, now) = (&member.organisation, actor.now());
        let mut tx = self.db.begin().await?;
        let question = store::access::questions::find(&mut tx, id).await?;
        let request = self.hold_own(&mut tx, actor, member, &question.request).await?;
        store::access::questions::answer(&mut tx, org, id, &text, now).await?;
        let organisation = store::organisation::organisations::find(&mut tx, org).await?;
        if request.is_open(now) {
            store::requests::settle(&mut tx, &request.clone().live_on(organisation.requests.life, now))
                .await?;
        }
        let detail = Detail {
            after: Some(text.clone()),
            place: Some(actor.caller.place.clone()),
            ..Detail::default()
        };
        let event = organisation_event(
            What::RequestAnswered,
            org,
            Some(actor.id()),
            request.id.as_str(),
            detail,
        );
        self.record(&mut tx, now, &event).await?;
        let mut access = self.access(&mut tx, &request, News::Answer).await?;
        (access.by, access.text) = (actor.account.name.clone(), text);
        access.in_queue =
            store::access::steps::find_assignment(&mut tx, org, &request.id, &question.asked_by)
                .await?
                .is_none();
        let readers =
            store::people::members::list_readers_of(&mut tx, org, std::slice::from_ref(&question.asked_by))
                .await?;
        self.tell_readers(
            &mut tx,
            org,
            readers,
            Some(&request.id),
            &Letter::Access(Box::new(access)),
            now,
        )
        .await?;
        tx.commit().await
    }
}

/// Whether the member may ask for this: it is there, has a flow, and they are among those who may.
/// Anything else is not found.
async fn may_ask_for(
    conn: &mut store::Conn,
    member: &Membership,
    account: &AccountId,
    resource: &Resource,
) -> Result<()> {
    let org = &member.organisation;
    let roles = store::people::roles::list_of_member(conn, org, account).await?;
    let groups: Vec<_> = store::people::groups::list_of_member(conn, org, account)
        .await?
        .into_iter()
        .map(|g| g.id)
        .collect();
    if resource.state != State::Active || !resource.audience.has(&roles, &groups) {
        return Err(Error::NotFound);
    }
    if resource.flow.is_none() {
        Err(Error::Refused(Why::NobodyCanAsk))
    } else {
        Ok(())
    }
}
