//! Stages to begin with: people, members, roles, groups, flows, resources, connectors and requests,
//! made by the product's own use cases, so that each is one that can come about.
use super::House;
use anteroom::desk::access::flows::{FlowDraft, StepDraft};
use anteroom::desk::access::resources::ResourceDraft;
use anteroom::desk::account::providers::Person;
use anteroom::desk::chat::connectors::ConnectorDraft;
use anteroom::desk::organisation::organisations::NewOrganisation;
use anteroom::desk::{Actor, access, account, chat, joining, organisation, people, queue};
use anteroom::domain::connector::Platform;
use anteroom::domain::ids::{ConnectorId, FlowId, GroupId, InvitationId, RequestId, ResourceId, RoleId};
use anteroom::domain::member::Membership;
use anteroom::domain::organisation::Slug;
use anteroom::domain::role::Permission;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why};
use std::collections::HashMap;

impl House {
    /// A new organisation's founder, and their membership, which policy asks for.
    pub async fn founder(&self, slug: &str) -> (Actor, Membership) {
        let founder = self.organisation(slug).await;
        let member = self.membership(&founder, slug).await;
        (founder, member)
    }

    /// An organisation besides the first, founded as where everybody may.
    pub(super) async fn further_organisation(&self, slug: &str) -> Actor {
        let founder = self.person(&format!("admin@{slug}.test"), "Olga Adler").await;
        let open = self.with_plan(|plan| plan.everyone_may_create_organisations = true);
        let plan = NewOrganisation {
            slug: slug.into(),
            name: format!("{slug} Labs"),
            customer_number: "40-2".into(),
        };
        joining::signup::create_organisation(&open, &founder, &plan)
            .await
            .expect("founded");
        // What a test looks at are its own letters.
        self.deliver().await;
        founder
    }

    /// `by` invites this address; the letter is owed.
    pub async fn invite(&self, by: &Actor, email: &str) {
        joining::invitations::invite(&self.desk, by, &self.home(by).await, email)
            .await
            .expect("invited");
    }

    /// `by` invites this address; the token in the letter.
    pub async fn invitation(&self, by: &Actor, email: &str) -> String {
        self.invite(by, email).await;
        self.token_mailed(email, "invitations").await
    }

    /// Somebody who has an account accepts an invitation by `by`; they go on with the new session.
    pub async fn let_in(&self, by: &Actor, who: &Actor) -> Actor {
        let token = self.invitation(by, who.account.email.as_str()).await;
        self.accept(who, &token).await
    }

    /// Somebody who has an account accepts this invitation; they go on with the new session.
    pub async fn accept(&self, who: &Actor, token: &str) -> Actor {
        let (begun, _) = people::acceptance::accept_as(&self.desk, who, token)
            .await
            .expect("accepted");
        self.actor(&begun.token).await
    }

    pub async fn role(&self, by: &Actor, name: &str, permissions: &[Permission]) -> RoleId {
        let permissions = permissions.iter().copied().collect();
        people::roles::create(&self.desk, by, &self.home(by).await, name, permissions)
            .await
            .expect("a role")
    }

    /// Gives a member these roles, and takes all others.
    pub async fn give(&self, by: &Actor, who: &Actor, roles: &[RoleId]) {
        people::members::set_roles(&self.desk, by, &self.home(by).await, who.id(), roles)
            .await
            .expect("given");
    }

    pub async fn group(&self, by: &Actor, name: &str, members: &[&Actor]) -> GroupId {
        let member = self.home(by).await;
        let id = people::groups::create(&self.desk, by, &member, name)
            .await
            .expect("a group");
        for one in members {
            people::groups::add(&self.desk, by, &member, &id, one.account.email.as_str())
                .await
                .expect("in the group");
        }
        id
    }

    pub async fn flow(&self, by: &Actor, name: &str, steps: Vec<StepDraft>) -> FlowId {
        let draft = FlowDraft {
            name: name.into(),
            ..flow(steps)
        };
        access::flows::create(&self.desk, by, &self.home(by).await, &draft)
            .await
            .expect("a flow")
    }

    pub async fn resource(&self, by: &Actor, draft: ResourceDraft) -> ResourceId {
        let (id, _) = access::resources::create(&self.desk, by, &self.home(by).await, &draft)
            .await
            .expect("a resource");
        id
    }

    /// A connector, and what is shown once when it is made.
    pub async fn connector(
        &self,
        by: &Actor,
        platform: Platform,
        fields: &HashMap<String, String>,
    ) -> (ConnectorId, Vec<String>) {
        let draft = ConnectorDraft(fields);
        chat::connectors::create(&self.desk, by, &self.home(by).await, platform, &draft)
            .await
            .expect("a connector")
    }

    /// The role Administrator where `by` is at home.
    pub async fn administrators(&self, by: &Actor) -> RoleId {
        let users = people::members::list(&self.desk, &self.home(by).await, &Default::default()).await;
        let roles = users.expect("users").roles;
        roles.into_iter().find(|r| r.built_in).expect("built in").id
    }

    /// The first of the invitations that nobody has accepted yet.
    pub async fn open_invitation(&self, by: &Actor) -> InvitationId {
        let users = people::members::list(&self.desk, &self.home(by).await, &Default::default()).await;
        users.expect("users").invited.into_iter().next().expect("one").id
    }

    pub async fn decide(&self, by: &Actor, id: &RequestId, verdict: Verdict) {
        queue::decisions::decide(&self.desk, by, &self.home(by).await, id, verdict)
            .await
            .expect("decided");
    }

    /// A request to join, by somebody who belongs to the organisation.
    pub async fn asks(&self, who: &Actor, slug: &str) -> RequestId {
        self.belongs(who, slug).await;
        joining::requests::request_access(&self.desk, who, &Slug::parse(slug).expect("a slug"), "Hello")
            .await
            .expect("asked")
    }

    /// Makes this person one of those whom the organisation's link with the provider `idp` matches.
    pub async fn belongs(&self, who: &Actor, slug: &str) {
        self.prove(who, slug).await;
        let founder = self.founders.lock().expect("founders").get(slug).cloned();
        let founder = founder.expect("an organisation of this house");
        let named = Slug::parse(slug).expect("a slug");
        let member = match account::memberships::membership(&self.desk, &founder, &named).await {
            // A closed organisation keeps the link that it has.
            Err(Error::Refused(Why::OrganisationClosed)) => return,
            found => found.expect("the founder is a member"),
        };
        let links = organisation::links::list(&self.desk, &founder, &member)
            .await
            .expect("links");
        if links.providers.iter().any(|l| l.provider_organisation == slug) {
            return;
        }
        self.prove(&founder, slug).await;
        organisation::links::link_provider(&self.desk, &founder, &member, "idp")
            .await
            .expect("linked");
    }

    /// The provider `idp` says that this person belongs to `theirs`.
    pub async fn prove(&self, who: &Actor, theirs: &str) {
        let email = who.account.email.as_str();
        let person = Person {
            organisation: Some(theirs.into()),
            ..vouched_for(email, &who.account.name, true)
        };
        account::providers::prove_at_provider(&self.desk, who, &person)
            .await
            .expect("proven");
    }

    /// The membership that somebody chose last.
    pub async fn home(&self, who: &Actor) -> Membership {
        let all = account::memberships::memberships(&self.desk, who).await;
        all.expect("memberships").into_iter().next().expect("a member")
    }
}

/// What the provider `idp` says of somebody.
pub fn vouched_for(email: &str, name: &str, email_verified: bool) -> Person {
    Person {
        zone: None,
        provider: "idp".into(),
        issuer: "https://idp.test".into(),
        subject: format!("sub-{email}"),
        email: Some(email.into()),
        email_verified,
        name: Some(name.into()),
        organisation: None,
    }
}

/// A step that these approve: `manager`, `administrators`, ..
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
