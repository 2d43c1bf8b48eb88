//! Somebody who becomes a member: how they come, and what they may.
use super::{House, PASSWORD};
use anteroom::desk::{Actor, operator, people};
use anteroom::domain::account::Email;
use anteroom::domain::ids::RoleId;
use anteroom::domain::role::{Permission, Permissions};
use anteroom::store;
use std::pin::Pin;

impl House {
    /// Somebody new where `by` is at home; how they come, and what they may, is said by what
    /// follows.
    pub fn member<'a>(&'a self, by: &'a Actor, name: &'a str) -> NewMember<'a> {
        NewMember {
            house: self,
            by,
            name,
            email: None,
            way: Way::Invited,
            permissions: None,
        }
    }

    /// A member who may ask for resources, and nothing else.
    pub async fn portal_user(&self, by: &Actor, name: &str) -> Actor {
        self.member(by, name).with(&[Permission::PortalUse]).await
    }

    /// A role of exactly these permissions, made once.
    async fn role_of(&self, by: &Actor, permissions: Permissions) -> RoleId {
        let org = self.home(by).await.organisation;
        let roles = store::people::roles::list(&mut *self.raw().await, &org).await;
        let name = format!("{permissions:?}");
        if let Some(made) = roles.expect("roles").into_iter().find(|r| r.name == name) {
            return made.id;
        }
        let all = Permission::ALL.into_iter().filter(|p| permissions.has(*p));
        self.role(by, &name, &all.collect::<Vec<_>>()).await
    }
}

/// How somebody becomes a member.
enum Way {
    Invited,
    ByProvider,
    Appointed,
}

/// A member to be: `.await` makes them.
pub struct NewMember<'a> {
    house: &'a House,
    by: &'a Actor,
    name: &'a str,
    email: Option<&'a str>,
    way: Way,
    permissions: Option<Permissions>,
}

impl<'a> NewMember<'a> {
    /// By default the address is made of the first name.
    pub fn at(self, email: &'a str) -> Self {
        let email = Some(email);
        Self { email, ..self }
    }

    /// Signs in with a provider and then accepts the invitation; by default they choose a password.
    pub fn by_provider(self) -> Self {
        let way = Way::ByProvider;
        Self { way, ..self }
    }

    /// Let in by the operator: no invitation is counted, and no letter is owed.
    pub fn appointed(self) -> Self {
        let way = Way::Appointed;
        Self { way, ..self }
    }

    /// Has a role of exactly these permissions.
    pub fn with(self, permissions: &[Permission]) -> Self {
        let permissions = Some(permissions.iter().copied().collect());
        Self { permissions, ..self }
    }

    async fn made(self) -> Actor {
        let (house, by) = (self.house, self.by);
        let slug = house.home(by).await.slug;
        let first = self.name.split(' ').next().unwrap_or_default().to_lowercase();
        let email = self.email.map_or(format!("{first}@{slug}.test"), str::to_owned);
        let person = match self.way {
            Way::Invited => {
                let token = house.invitation(by, &email).await;
                let (desk, caller) = (&house.desk, house.caller());
                let accepted = people::acceptance::accept_as_new(desk, &caller, &token, self.name, PASSWORD);
                house.actor(&accepted.await.expect("accepted").0.token).await
            }
            Way::ByProvider => {
                let known = house.person(&email, self.name).await;
                house.let_in(by, &known).await
            }
            Way::Appointed => {
                let known = house.person(&email, self.name).await;
                let email = Email::parse(&email).expect("an address");
                operator::make_admin(&house.desk, &slug, &email, by.now())
                    .await
                    .expect("let in");
                known
            }
        };
        let mut roles = Vec::new();
        if let Some(permissions) = self.permissions {
            roles.push(house.role_of(by, permissions).await);
        }
        // Whom the operator let in is an administrator until then.
        if !roles.is_empty() || matches!(self.way, Way::Appointed) {
            house.give(by, &person, &roles).await;
        }
        person
    }
}

impl<'a> IntoFuture for NewMember<'a> {
    type Output = Actor;
    type IntoFuture = Pin<Box<dyn Future<Output = Actor> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.made())
    }
}
