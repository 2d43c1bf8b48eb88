//! An organisation with resources and flows, its people, and what they ask for.
use crate::harness::House;
use anteroom::desk::access::flows::StepDraft;
use anteroom::desk::access::resources::ResourceDraft;
use anteroom::desk::access::submission::Wish;
use anteroom::desk::people::members::Work;
use anteroom::desk::requests::decision_draft::DecisionDraft;
use anteroom::desk::{Actor, access, people};
use anteroom::domain::Error;
use anteroom::domain::ids::{FlowId, GroupId, RequestId, ResourceId};
use anteroom::domain::member::Membership;
use anteroom::domain::request::{Request, StatusWord};
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

pub fn said(verdict: Verdict, reason: &str) -> DecisionDraft {
    DecisionDraft {
        reason: reason.into(),
        ..verdict.into()
    }
}

impl<'a> Portal<'a> {
    pub async fn new(house: &'a House, steps: Vec<StepDraft>) -> Self {
        let (ivo, member) = house.founder(SLUG).await;
        Self::over(house, ivo, member, steps).await
    }

    pub async fn over(house: &'a House, ivo: Actor, member: Membership, steps: Vec<StepDraft>) -> Self {
        let flow = house.flow(&ivo, "Two eyes", steps).await;
        let draft = ResourceDraft {
            name: "Billing console".into(),
            flow: flow.to_string(),
            ..ResourceDraft::default()
        };
        let resource = house.resource(&ivo, draft).await;
        Self {
            house,
            ivo,
            member,
            flow,
            resource,
        }
    }

    pub async fn user(&self, name: &str) -> Actor {
        self.house.portal_user(&self.ivo, name).await
    }

    /// Changes the resource as if this had been typed; the hook's secret, where it is a new one.
    pub async fn set(&self, typed: impl FnOnce(&mut ResourceDraft)) -> Option<String> {
        let mut draft = ResourceDraft {
            name: "Billing console".into(),
            flow: self.flow.to_string(),
            ..ResourceDraft::default()
        };
        typed(&mut draft);
        access::resources::change(&self.house.desk, &self.ivo, &self.member, &self.resource, &draft)
            .await
            .unwrap()
    }

    pub async fn asks(&self, actor: &Actor) -> RequestId {
        let member = self.house.membership(actor, SLUG).await;
        let wish = Wish {
            reason: "For the audit".into(),
            ..Wish::default()
        };
        access::submission::ask_for(&self.house.desk, actor, &member, &self.resource, &wish)
            .await
            .unwrap()
    }

    pub async fn vote(&self, actor: &Actor, id: &RequestId, said: &DecisionDraft) -> Result<(), Error> {
        let member = self.house.membership(actor, SLUG).await;
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
        let member = self.house.membership(actor, SLUG).await;
        access::grants::list_own(&self.house.desk, actor, &member)
            .await
            .unwrap()
            .into_iter()
            .map(|l| l.resource)
            .collect()
    }

    pub async fn group(&self, name: &str, members: &[&Actor]) -> GroupId {
        self.house.group(&self.ivo, name, members).await
    }
}

/// How many letters of this kind are or were owed to this person; also those of days that lie
/// ahead.
pub async fn owed(house: &House, actor: &Actor, news: &str) -> i64 {
    house
        .count(&format!(
            "select count(*) from deliveries where kind = 'letter' and account_id = '{}' \
             and job like '%\"news\":\"{news}\"%'",
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
