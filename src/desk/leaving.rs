//! Customer numbers from a member's side: changing between them, and cancelling access to one.
use super::{Actor, Desk, organisation_event};
use crate::domain::event::{Detail, What};
use crate::domain::member::Membership;
use crate::domain::notice::Letter;
use crate::domain::organisation::Slug;
use crate::domain::policy;
use crate::domain::request::Status;
use crate::domain::role::Permission;
use crate::domain::{Error, Result, Why};
use crate::store;
use crate::store::people::Ties;

/// What cancelling ends.
pub struct Consequences {
    pub member: Membership,
    pub ties: Ties,
    /// Whether this is the last administrator, who cannot leave.
    pub last_administrator: bool,
}

impl Desk {
    /// Goes to another of one's organisations; the choice is remembered.
    pub async fn choose_customer(&self, actor: &Actor, slug: &Slug) -> Result<()> {
        let member = self.membership(actor, slug).await?;
        let mut tx = self.db.begin().await?;
        store::accounts::went_to(&mut tx, actor.id(), &member.organisation).await?;
        tx.commit().await
    }

    /// What would end if the actor cancelled access to the organisation.
    pub async fn look_at_leaving(&self, actor: &Actor, slug: &Slug) -> Result<Consequences> {
        let member = self.membership(actor, slug).await?;
        let mut conn = self.db.read().await?;
        let ties = store::people::ties(&mut conn, &member.organisation, actor.id()).await?;
        let role = store::roles::find_administrator(&mut conn, &member.organisation).await?;
        let others = store::roles::count_holders(&mut conn, &member.organisation, &role.id).await?;
        let last_administrator = member.administrator && others == 1;
        Ok(Consequences { member, ties, last_administrator })
    }

    /// Cancels the actor's access to the organisation, confirmed by its customer number: membership, roles and open requests end in one
    /// transaction, and the administrators are told. The last administrator stays.
    pub async fn cancel_access(&self, actor: &Actor, member: &Membership, typed: &str) -> Result<()> {
        if typed.trim() != member.customer_number {
            return Err(Error::field("customer_number", Why::NotTheNumber));
        }
        let (org, now) = (&member.organisation, actor.now());
        let mut tx = self.db.begin().await?;
        store::members::take_turn(&mut tx, org).await?;
        store::people::end(&mut tx, org, actor.id(), now).await?;
        super::users::keep_an_administrator(&mut tx, member).await?;
        for open in store::requests::list_open_joins(&mut tx, org, &actor.account.email, Some(actor.id())).await? {
            if open.status_at(now) == Status::Pending {
                let proof = policy::requester(actor.id(), &open)?;
                let canceled = open.withdraw(&proof, now)?;
                store::requests::settle(&mut tx, &canceled).await?;
                let event = organisation_event(What::RequestCanceled, org, Some(actor.id()), canceled.id.as_str(), Detail::default());
                self.record(&mut tx, now, &event).await?;
            }
        }
        let detail = Detail { place: Some(actor.caller.place.clone()), ..Detail::default() };
        self.record(&mut tx, now, &organisation_event(What::MemberLeft, org, Some(actor.id()), actor.id().as_str(), detail)).await?;
        let organisation = store::organisations::find(&mut tx, org).await?;
        let letter = Letter::MemberLeft {
            organisation: organisation.name,
            slug: organisation.slug.to_string(),
            customer_number: organisation.customer_number,
            name: actor.account.name.clone(),
            email: actor.account.email.to_string(),
        };
        self.tell_holders(&mut tx, org, Permission::MembersManage, None, &letter, now).await?;
        tx.commit().await
    }
}
