//! Grants: made when a request is approved, ended by their date, their holder or an administrator;
//! and the letters about access.
use crate::desk::{Actor, Caller, Desk, organisation_event};
use crate::domain::event::{Detail, What};
use crate::domain::ids::{AccountId, GrantId, OrganisationId, ResourceId};
use crate::domain::member::Membership;
use crate::domain::notice::{Access, Letter, News};
use crate::domain::policy;
use crate::domain::request::{Decision, Request};
use crate::domain::resource::{Ended, Grant};
use crate::domain::role::Permission;
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time};
use crate::store::access::grants::Listed;
use crate::store::people::members::Reader;
use crate::store::{self, Tx};

impl Desk {
    /// Carries an approval out: the grant is made, or made longer, and whoever asked is told. Where
    /// the resource has a hook, it is called first.
    pub(crate) async fn approve_resource(
        &self,
        tx: &mut Tx,
        request: Request,
        decision: Decision,
        caller: &Caller,
    ) -> Result<()> {
        let resource =
            store::access::resources::find(tx, &request.organisation, &request.expect_asked()?.resource)
                .await?
                .resource;
        if !resource.hook.is_empty() {
            let provisioning = request.provision(decision)?;
            store::requests::settle(tx, &provisioning).await?;
            return self
                .owe_provisioning(tx, &provisioning, &resource, caller.now)
                .await;
        }
        let grant = self.grant_for(tx, &request, caller).await?;
        let approved = request.grant(decision, grant.id.clone())?;
        store::requests::settle(tx, &approved).await?;
        self.record_approval(tx, &approved, caller).await?;
        self.keep_grant(tx, &approved, grant, caller).await
    }

    pub(crate) async fn record_approval(
        &self,
        tx: &mut Tx,
        approved: &Request,
        caller: &Caller,
    ) -> Result<()> {
        let decision = approved.status.decision();
        let after = decision.filter(|d| d.overrides).map(|_| "override".to_owned());
        let place = decision.and_then(|d| d.by.as_ref()).map(|_| caller.place.clone());
        let by = decision.and_then(|d| d.by.as_ref());
        let event = organisation_event(
            What::RequestApproved,
            &approved.organisation,
            by,
            approved.id.as_str(),
            Detail {
                after,
                place,
                ..Detail::default()
            },
        );
        self.record(tx, caller.now, &event).await
    }

    /// The grant that a request leads to: what its holder has already, made longer, or a new one.
    /// Not written yet.
    pub(crate) async fn grant_for(&self, tx: &mut Tx, request: &Request, caller: &Caller) -> Result<Grant> {
        let (org, asked, now) = (&request.organisation, request.expect_asked()?, caller.now);
        match store::access::grants::find_live(tx, org, &asked.resource, &asked.holder).await? {
            Some(had) if had.grant.holds(now) => return Ok(had.grant.extend(asked.days, &request.id, now)),
            Some(had) => self.lapse(tx, had, now).await?,
            None => {}
        }
        Ok(Grant {
            id: self.mint.id(now),
            resource: asked.resource.clone(),
            account: asked.holder.clone(),
            request: request.id.clone(),
            granted_at: now,
            ends_at: asked.days.map(|d| now + Span::days(d)),
            ended: None,
            version: 0,
        })
    }

    pub(crate) async fn keep_grant(
        &self,
        tx: &mut Tx,
        request: &Request,
        grant: Grant,
        caller: &Caller,
    ) -> Result<()> {
        let (org, now) = (&request.organisation, caller.now);
        let what = if grant.version == 0 {
            store::access::grants::create(
                tx,
                org,
                &Grant {
                    version: 1,
                    ..grant.clone()
                },
            )
            .await?;
            What::GrantMade
        } else {
            store::access::grants::save(tx, org, &grant, now).await?;
            What::GrantExtended
        };
        let detail = Detail {
            after: grant.ends_at.map(Time::rfc3339),
            ..Detail::default()
        };
        let by = request.status.decision().and_then(|d| d.by.as_ref());
        self.record(
            tx,
            now,
            &organisation_event(what, org, by, grant.id.as_str(), detail),
        )
        .await?;
        let mut access = self.access(tx, request, News::Granted).await?;
        access.until = grant.ends_at;
        self.tell_people_of(tx, request, access, now).await
    }

    /// What the actor has, as it is now.
    pub async fn own_grants(&self, actor: &Actor, member: &Membership) -> Result<Vec<Listed>> {
        policy::permitted(member, Permission::PortalUse)?;
        let all = store::access::grants::list_of_member(
            &mut *self.db.read().await?,
            &member.organisation,
            actor.id(),
        )
        .await?;
        Ok(all.into_iter().filter(|l| l.grant.holds(actor.now())).collect())
    }

    /// Who has a resource, as it is now.
    pub async fn holders(
        &self,
        actor: &Actor,
        member: &Membership,
        resource: &ResourceId,
    ) -> Result<Vec<Listed>> {
        let permitted = policy::permitted(member, Permission::ResourcesManage)?;
        let all = store::access::grants::list_of_resource(
            &mut *self.db.read().await?,
            permitted.organisation(),
            resource,
        )
        .await?;
        Ok(all.into_iter().filter(|l| l.grant.holds(actor.now())).collect())
    }

    /// Ends a grant early: one's own, or as who manages resources.
    pub async fn end_grant(&self, actor: &Actor, member: &Membership, id: &GrantId) -> Result<()> {
        policy::permitted(member, Permission::PortalUse)
            .or_else(|_| policy::permitted(member, Permission::ResourcesManage))?;
        let (org, now) = (&member.organisation, actor.now());
        let mut tx = self.db.begin().await?;
        let listed = store::access::grants::find(&mut tx, org, id).await?;
        let ended = listed.grant.clone().end(member, now)?;
        self.revoke(&mut tx, actor, ended, &listed).await?;
        tx.commit().await
    }

    /// Writes down that somebody ended a grant, and tells its holder.
    pub(crate) async fn revoke(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        ended: Grant,
        listed: &Listed,
    ) -> Result<()> {
        let (org, now) = (&listed.organisation, actor.now());
        store::access::grants::save(tx, org, &ended, now).await?;
        let detail = Detail {
            before: Some(listed.resource.clone()),
            place: Some(actor.caller.place.clone()),
            ..Detail::default()
        };
        self.record(
            tx,
            now,
            &organisation_event(What::GrantEnded, org, Some(actor.id()), ended.id.as_str(), detail),
        )
        .await?;
        self.owe_end(tx, listed, now).await?;
        if ended.account == *actor.id() {
            return Ok(());
        }
        self.tell_holder(tx, listed, News::Revoked, &actor.account.name, now)
            .await
    }

    /// Ends all that a member has, as their membership ends: the letter about that says enough.
    pub(crate) async fn end_grants_of(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        org: &OrganisationId,
        account: &AccountId,
    ) -> Result<()> {
        loop {
            let held = store::access::grants::list_of_member(tx, org, account).await?;
            if held.is_empty() {
                return Ok(());
            }
            for listed in held {
                let ended = Some(Ended {
                    at: actor.now(),
                    by: Some(actor.id().clone()),
                });
                store::access::grants::save(
                    tx,
                    org,
                    &Grant {
                        ended,
                        ..listed.grant.clone()
                    },
                    actor.now(),
                )
                .await?;
                self.owe_end(tx, &listed, actor.now()).await?;
                let detail = Detail {
                    before: Some(listed.resource),
                    ..Detail::default()
                };
                let event = organisation_event(
                    What::GrantEnded,
                    org,
                    Some(actor.id()),
                    listed.grant.id.as_str(),
                    detail,
                );
                self.record(tx, actor.now(), &event).await?;
            }
        }
    }

    /// Writes down the ends of grants whose time is over, and tells holders of those that end soon;
    /// how many it was.
    pub async fn sweep_grants(&self, now: Time) -> Result<usize> {
        let (over, soon) = {
            let mut conn = self.db.read().await?;
            (
                store::access::grants::list_over(&mut conn, now, 50).await?,
                store::access::grants::list_to_notice(&mut conn, now, 50).await?,
            )
        };
        let count = over.len() + soon.len();
        for listed in over {
            let mut tx = self.db.begin().await?;
            if unless_stale(self.lapse(&mut tx, listed, now).await)? {
                tx.commit().await?;
            }
        }
        for listed in soon.into_iter().filter(|l| l.grant.holds(now)) {
            let mut tx = self.db.begin().await?;
            if unless_stale(store::access::grants::noticed(&mut tx, &listed).await)? {
                self.tell_holder(&mut tx, &listed, News::Ends, "", now).await?;
                tx.commit().await?;
            }
        }
        Ok(count)
    }

    async fn lapse(&self, tx: &mut Tx, listed: Listed, now: Time) -> Result<()> {
        let lapsed = listed.grant.clone().lapse(now)?;
        store::access::grants::save(tx, &listed.organisation, &lapsed, now).await?;
        let detail = Detail {
            before: Some(listed.resource.clone()),
            ..Detail::default()
        };
        let event = organisation_event(
            What::GrantEnded,
            &listed.organisation,
            None,
            listed.grant.id.as_str(),
            detail,
        );
        self.record(tx, now, &event).await?;
        self.owe_end(tx, &listed, now).await?;
        self.tell_holder(tx, &listed, News::Ended, "", now).await
    }

    async fn tell_holder(&self, tx: &mut Tx, listed: &Listed, news: News, by: &str, now: Time) -> Result<()> {
        let organisation = store::organisation::organisations::find(tx, &listed.organisation).await?;
        let access = Access {
            news,
            organisation: organisation.name,
            slug: organisation.slug.to_string(),
            request: listed.grant.request.clone(),
            resource: listed.grant.resource.clone(),
            resource_name: listed.resource.clone(),
            name: listed.holder.clone(),
            by: by.to_owned(),
            text: String::new(),
            next_steps: String::new(),
            until: listed.grant.ends_at,
            in_queue: false,
        };
        let readers = store::people::members::list_readers_of(
            tx,
            &listed.organisation,
            std::slice::from_ref(&listed.grant.account),
        )
        .await?;
        self.tell_readers(
            tx,
            &listed.organisation,
            readers,
            Some(&listed.grant.request),
            &Letter::Access(Box::new(access)),
            now,
        )
        .await
    }

    /// What a letter about this request says; its reason as text.
    pub(crate) async fn access(&self, tx: &mut Tx, request: &Request, news: News) -> Result<Access> {
        let (organisation, asked) = (
            store::organisation::organisations::find(tx, &request.organisation).await?,
            request.expect_asked()?,
        );
        let resource = store::access::resources::find(tx, &request.organisation, &asked.resource)
            .await?
            .resource;
        Ok(Access {
            news,
            organisation: organisation.name,
            slug: organisation.slug.to_string(),
            request: request.id.clone(),
            resource: resource.id,
            resource_name: resource.name,
            name: request.name.clone(),
            by: String::new(),
            text: String::new(),
            next_steps: String::new(),
            until: None,
            in_queue: false,
        })
    }

    /// A letter to those who decide: it quotes the reason of the request.
    pub(crate) async fn access_letter(&self, tx: &mut Tx, request: &Request, news: News) -> Result<Letter> {
        let access = Access {
            text: request.message.clone(),
            ..self.access(tx, request, news).await?
        };
        Ok(Letter::Access(Box::new(access)))
    }

    /// Owes these readers a letter about a request; where there is nobody, none is put together.
    pub(crate) async fn tell_of(
        &self,
        tx: &mut Tx,
        request: &Request,
        news: News,
        readers: Vec<Reader>,
        now: Time,
    ) -> Result<()> {
        if readers.is_empty() {
            return Ok(());
        }
        let letter = self.access_letter(tx, request, news).await?;
        self.tell_readers(
            tx,
            &request.organisation,
            readers,
            Some(&request.id),
            &letter,
            now,
        )
        .await
    }

    /// Tells whoever asked, and whom it is for, what became of it, with the decision's words.
    pub(crate) async fn tell_requester(
        &self,
        tx: &mut Tx,
        request: &Request,
        news: News,
        now: Time,
    ) -> Result<()> {
        let mut access = self.access(tx, request, news).await?;
        if let Some(decision) = request.status.decision() {
            access.text = decision.reason.clone();
            access.next_steps = decision.next_steps.clone();
        }
        self.tell_people_of(tx, request, access, now).await
    }

    /// Tells whoever asked, and whom it is for.
    async fn tell_people_of(&self, tx: &mut Tx, request: &Request, access: Access, now: Time) -> Result<()> {
        let mut people: Vec<AccountId> = request.account.iter().cloned().collect();
        people.extend(
            request
                .asked()
                .map(|a| a.holder.clone())
                .filter(|h| request.account.as_ref() != Some(h)),
        );
        let readers = store::people::members::list_readers_of(tx, &request.organisation, &people).await?;
        self.tell_readers(
            tx,
            &request.organisation,
            readers,
            Some(&request.id),
            &Letter::Access(Box::new(access)),
            now,
        )
        .await
    }
}

/// Whether it was done; somebody who was quicker is no fault.
fn unless_stale(done: Result<()>) -> Result<bool> {
    match done {
        Ok(()) => Ok(true),
        Err(Error::Stale) => Ok(false),
        Err(e) => Err(e),
    }
}
