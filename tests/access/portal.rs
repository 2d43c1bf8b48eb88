//! An organisation with resources and flows, its people, and what they ask for.
use crate::harness::House;
use anteroom::desk::access::flows::{FlowDraft, StepDraft};
use anteroom::desk::access::resources::ResourceDraft;
use anteroom::desk::access::submission::Wish;
use anteroom::desk::people::members::Work;
use anteroom::desk::requests::decision_draft::DecisionDraft;
use anteroom::desk::{Actor, access, people};
use anteroom::domain::Error;
use anteroom::domain::ids::{FlowId, GroupId, RequestId, ResourceId};
use anteroom::domain::member::Membership;
use anteroom::domain::request::{Request, StatusWord};
use anteroom::domain::role::{Permission, Permissions};
use anteroom::domain::verdict::Verdict;
use anteroom::store;

pub const SLUG: &str = "northlight";

/// An organisation with portal users, and a resource whose flow has the given steps.
pub struct Portal<'a> {
    pub house: &'a House,
    pub ivo: Actor,
    pub member: Membership,
    pub flow: FlowId,
    pub resource: ResourceId,
}

/// A member with `portal.use`.
pub async fn portal_user(house: &House, ivo: &Actor, name: &str) -> Actor {
    let person = crate::people::members::joined(house, ivo, name).await;
    let member = house.member(ivo, SLUG).await;
    let mut conn = house.raw().await;
    let roles = store::people::roles::list(&mut conn, &member.organisation)
        .await
        .unwrap();
    drop(conn);
    let portal = match roles.iter().find(|r| r.name == "Portal") {
        Some(role) => role.id.clone(),
        None => {
            let permissions: Permissions = [Permission::PortalUse].into_iter().collect();
            people::roles::create(&house.desk, ivo, &member, "Portal", permissions)
                .await
                .unwrap();
            let roles = store::people::roles::list(&mut *house.raw().await, &member.organisation)
                .await
                .unwrap();
            roles.into_iter().find(|r| r.name == "Portal").unwrap().id
        }
    };
    people::members::set_roles(&house.desk, ivo, &member, person.id(), &[portal])
        .await
        .unwrap();
    person
}

pub fn step(approvers: &str) -> StepDraft {
    StepDraft {
        approvers: approvers.into(),
        ..StepDraft::default()
    }
}

pub fn flow(steps: Vec<StepDraft>) -> FlowDraft {
    FlowDraft {
        name: "Two eyes".into(),
        approval: "manual".into(),
        domain: String::new(),
        steps,
    }
}

pub fn said(verdict: Verdict, reason: &str) -> DecisionDraft {
    DecisionDraft {
        reason: reason.into(),
        ..verdict.into()
    }
}

impl<'a> Portal<'a> {
    pub async fn new(house: &'a House, steps: Vec<StepDraft>) -> Self {
        let ivo = house.organisation(SLUG).await;
        let member = house.member(&ivo, SLUG).await;
        Self::over(house, ivo, member, steps).await
    }

    pub async fn over(house: &'a House, ivo: Actor, member: Membership, steps: Vec<StepDraft>) -> Self {
        let flow = access::flows::create(&house.desk, &ivo, &member, &flow(steps))
            .await
            .unwrap();
        let draft = ResourceDraft {
            name: "Billing console".into(),
            flow: flow.to_string(),
            ..ResourceDraft::default()
        };
        let (resource, _) = access::resources::create(&house.desk, &ivo, &member, &draft)
            .await
            .unwrap();
        Self {
            house,
            ivo,
            member,
            flow,
            resource,
        }
    }

    pub async fn user(&self, name: &str) -> Actor {
        portal_user(self.house, &self.ivo, name).await
    }

    pub async fn asks(&self, actor: &Actor) -> RequestId {
        let member = self.house.member(actor, SLUG).await;
        let wish = Wish {
            reason: "For the audit".into(),
            ..Wish::default()
        };
        access::submission::ask_for(&self.house.desk, actor, &member, &self.resource, &wish)
            .await
            .unwrap()
    }

    pub async fn vote(&self, actor: &Actor, id: &RequestId, said: &DecisionDraft) -> Result<(), Error> {
        let member = self.house.member(actor, SLUG).await;
        access::votes::vote(&self.house.desk, actor, &member, id, said).await
    }

    pub async fn manager(&self, of: &Actor, manager: &str) {
        let work = Work {
            manager: manager.into(),
            ..Work::default()
        };
        people::members::set_employment(&self.house.desk, &self.ivo, &self.member, of.id(), &work)
            .await
            .unwrap();
    }

    pub async fn stored(&self, id: &RequestId) -> Request {
        store::requests::find(&mut *self.house.raw().await, &self.member.organisation, id)
            .await
            .unwrap()
    }

    pub async fn word(&self, id: &RequestId) -> StatusWord {
        self.stored(id).await.status.word()
    }

    /// Names of whom a request waits for.
    pub async fn waits_for(&self, id: &RequestId) -> Vec<String> {
        let assigned =
            store::access::steps::list_assigned(&mut *self.house.raw().await, &self.member.organisation, id)
                .await
                .unwrap();
        assigned.into_iter().map(|a| a.name).collect()
    }

    /// What this person has.
    pub async fn has(&self, actor: &Actor) -> Vec<String> {
        let member = self.house.member(actor, SLUG).await;
        access::grants::list_own(&self.house.desk, actor, &member)
            .await
            .unwrap()
            .into_iter()
            .map(|l| l.resource)
            .collect()
    }

    pub async fn group(&self, name: &str, members: &[&Actor]) -> GroupId {
        let id = people::groups::create(&self.house.desk, &self.ivo, &self.member, name)
            .await
            .unwrap();
        for one in members {
            people::groups::add(
                &self.house.desk,
                &self.ivo,
                &self.member,
                &id,
                one.account.email.as_str(),
            )
            .await
            .unwrap();
        }
        id
    }
}

/// How many letters of this kind are or were owed to this person; also those of days that lie
/// ahead.
pub async fn owed(house: &House, actor: &Actor, news: &str) -> i64 {
    house
        .count(&format!(
            "select count(*) from outbox where account_id = '{}' and letter like '%\"news\":\"{news}\"%'",
            actor.id()
        ))
        .await
}

pub async fn subjects(house: &House, actor: &Actor) -> Vec<String> {
    house
        .letters_to(actor.account.email.as_str())
        .await
        .into_iter()
        .map(|m| m.subject)
        .collect()
}
