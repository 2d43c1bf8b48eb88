//! Organisations: creating one with its first administrator, and its settings.
use crate::desk::account::sessions::Begun;
use crate::desk::{Actor, Caller, Desk, account_event, mint, organisation_event};
use crate::domain::account::{self, Account, Email};
use crate::domain::error::Faults;
use crate::domain::event::{Detail, What};
use crate::domain::invitation;
use crate::domain::member::Membership;
use crate::domain::notice::{Letter, Notice};
use crate::domain::organisation::{self, Organisation, RequestRules, Slug};
use crate::domain::policy;
use crate::domain::role::{ADMINISTRATOR, Permission, Permissions, Role};
use crate::domain::{Error, Result, Time, Why};
use crate::store::account::sessions::How;
use crate::store::account::tokens::Purpose;
use crate::store::{self, Tx};

/// A new organisation as typed.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub slug: String,
    pub name: String,
    pub customer_number: String,
}

/// Its first administrator as typed.
#[derive(Clone, Debug, Default)]
pub struct Founder {
    pub name: String,
    pub email: String,
    pub password: String,
}

impl Desk {
    /// Whether the one-time set-up link still works.
    pub async fn look_at_setup(&self, token: &str, now: Time) -> Result<()> {
        let hash = mint::hash_of_claimed(token).ok_or(Error::Refused(Why::LinkDead))?;
        let found = store::account::tokens::find(&mut *self.db.read().await?, Purpose::Setup, &hash).await?;
        found.ok_or(Error::Refused(Why::LinkDead))?.open(now)
    }

    /// Uses the set-up link: creates the first organisation, its administrator's account, and a
    /// session for it.
    pub async fn set_up(
        &self,
        caller: &Caller,
        token: &str,
        plan: &Plan,
        founder: &Founder,
    ) -> Result<(Begun, Slug)> {
        let hash = mint::hash_of_claimed(token).ok_or(Error::Refused(Why::LinkDead))?;
        let found = store::account::tokens::find(&mut *self.db.read().await?, Purpose::Setup, &hash).await?;
        let found = found.ok_or(Error::Refused(Why::LinkDead))?;
        found.open(caller.now)?;
        let mut faults = Faults::default();
        let name = faults.take("your_name", account::name(&founder.name));
        let email = faults.take("email", Email::parse(&founder.email));
        let organisation = self.check(plan, caller.now, &mut faults);
        let words = [founder.email.as_str(), &founder.name, &plan.name];
        faults.take(
            "password",
            crate::desk::account::passwords::acceptable(&founder.password, &words),
        );
        let (organisation, name, email) = faults.done((|| Some((organisation?, name?, email?)))())?;
        let organisation = Organisation {
            admin_contact: email.to_string(),
            ..organisation
        };
        // Whoever holds the console's link may name any address: the operator vouches for it.
        let mut account = self.new_account(email, name, caller.language, Some(caller.now), caller.now);
        account.password_hash = Some(self.passwords.hash(&founder.password).await?);
        let mut tx = self.db.begin().await?;
        store::account::tokens::spend(&mut tx, &found.id, caller.now).await?;
        store::account::accounts::create(&mut tx, &account).await?;
        self.record(
            &mut tx,
            caller.now,
            &account_event(
                What::AccountCreated,
                &account.id,
                Some(&account.id),
                &caller.place,
            ),
        )
        .await?;
        self.found(&mut tx, &organisation, &account, caller.now).await?;
        let begun = self.begin_session(&mut tx, &account, How::Setup, caller).await?;
        tx.commit().await?;
        Ok((begun, organisation.slug))
    }

    pub(crate) fn check(&self, plan: &Plan, now: Time, faults: &mut Faults) -> Option<Organisation> {
        let slug = faults.take("slug", Slug::parse(&plan.slug));
        let name = faults.take("organisation", organisation::name(&plan.name));
        let number = faults.take(
            "customer_number",
            organisation::customer_number(&plan.customer_number),
        );
        Some(Organisation {
            id: self.mint.id(now),
            slug: slug?,
            name: name?,
            customer_number: number?,
            demands_factor: false,
            admin_contact: String::new(),
            tells_rejected: false,
            invitation_life: invitation::LIFE,
            requests: RequestRules::default(),
            invitations_a_day: 50,
            time_zone: "UTC".into(),
            created_at: now,
            feedback_address: None,
            closes_at: None,
            closed_by: None,
            closed_at: None,
            version: 1,
        })
    }

    /// Writes an organisation with its built-in role and its first administrator, who is owed the
    /// welcome letter.
    pub(crate) async fn found(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        founder: &Account,
        now: Time,
    ) -> Result<()> {
        store::organisation::organisations::create(tx, organisation).await?;
        let role = Role {
            id: self.mint.id(now),
            name: ADMINISTRATOR.into(),
            permissions: Permissions::all(),
            built_in: true,
            version: 1,
        };
        store::people::roles::create(tx, &organisation.id, &role).await?;
        store::people::members::join(tx, &organisation.id, founder, now).await?;
        store::people::roles::give(tx, &organisation.id, &founder.id, &role.id, now).await?;
        let detail = Detail {
            after: Some(organisation.name.clone()),
            ..Detail::default()
        };
        let id = organisation.id.as_str();
        self.record(
            tx,
            now,
            &organisation_event(
                What::OrganisationCreated,
                &organisation.id,
                Some(&founder.id),
                id,
                detail,
            ),
        )
        .await?;
        self.welcome(tx, organisation, founder, false, now).await
    }

    /// Owes a new member the welcome letter.
    pub(crate) async fn welcome(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        member: &Account,
        restricted: bool,
        now: Time,
    ) -> Result<()> {
        let letter = Letter::Welcome {
            organisation: organisation.name.clone(),
            slug: organisation.slug.to_string(),
            customer_number: organisation.customer_number.clone(),
            restricted,
        };
        let notice = Notice {
            account: Some(member.id.clone()),
            organisation: Some(organisation.id.clone()),
            ..Notice::new(member.email.clone(), member.language, letter)
        };
        self.owe(tx, &notice, now).await
    }

    /// The organisation's settings, for who may change them.
    pub async fn settings(&self, member: &Membership) -> Result<Organisation> {
        policy::permitted(member, Permission::SettingsManage)?;
        store::organisation::organisations::find(&mut *self.db.read().await?, &member.organisation).await
    }

    /// Changes what newcomers meet: whom they may ask, and whether a rejection is told by mail.
    pub async fn change_welcome(
        &self,
        actor: &Actor,
        member: &Membership,
        admin_contact: &str,
        tells_rejected: bool,
    ) -> Result<()> {
        let admin_contact =
            organisation::admin_contact(admin_contact).map_err(|why| Error::field("admin_contact", why))?;
        self.change(actor, member, |o| Organisation {
            admin_contact,
            tells_rejected,
            ..o
        })
        .await
    }

    /// Changes where feedback goes; empty: to whoever may change the settings.
    pub async fn change_feedback_address(
        &self,
        actor: &Actor,
        member: &Membership,
        address: &str,
    ) -> Result<()> {
        let typed = address.trim();
        let address = if typed.is_empty() {
            Ok(None)
        } else {
            Email::parse(typed).map(Some)
        };
        let feedback_address = address.map_err(|why| Error::field("feedback_address", why))?;
        self.change(actor, member, |o| Organisation {
            feedback_address,
            ..o
        })
        .await
    }

    /// Changes how long invitations' links work, how many each administrator may send in a day, and
    /// where that day begins.
    pub async fn change_invitation_rules(
        &self,
        actor: &Actor,
        member: &Membership,
        hours: &str,
        a_day: &str,
        zone: &str,
    ) -> Result<()> {
        let mut faults = Faults::default();
        let life = faults.take("invitation_hours", organisation::invitation_life(hours));
        let a_day = faults.take("invitations_a_day", organisation::invitations_a_day(a_day));
        let zone = faults.take(
            "time_zone",
            zone.parse::<chrono_tz::Tz>().map_err(|_| Why::UnknownTimeZone),
        );
        let (invitation_life, invitations_a_day, zone) = faults.done((|| Some((life?, a_day?, zone?)))())?;
        let time_zone = zone.name().to_owned();
        self.change(actor, member, |o| Organisation {
            invitation_life,
            invitations_a_day,
            time_zone,
            ..o
        })
        .await
    }

    /// Demands a second factor of administrators, or no longer. Who demands it must have it, or
    /// would lock themselves out.
    pub async fn demand_factor(&self, actor: &Actor, member: &Membership, demand: bool) -> Result<()> {
        policy::permitted(member, Permission::SettingsManage)?;
        if demand && !actor.account.factor.is_on() {
            return Err(Error::SecondFactorDemanded);
        }
        self.change(actor, member, |o| Organisation {
            demands_factor: demand,
            ..o
        })
        .await
    }

    pub(crate) async fn change(
        &self,
        actor: &Actor,
        member: &Membership,
        change: impl FnOnce(Organisation) -> Organisation,
    ) -> Result<()> {
        let permitted = policy::permitted(member, Permission::SettingsManage)?;
        let mut tx = self.db.begin().await?;
        let before = store::organisation::organisations::find(&mut tx, permitted.organisation()).await?;
        let after = change(before.clone());
        store::organisation::organisations::update(&mut tx, &after).await?;
        let said = |o: &Organisation| {
            Some(format!(
                "second factor demanded: {}; contact: {}; rejections told: {}; links work (ms): {}; \
                 invitations a day: {}; time zone: {}; feedback to: {}; \
                 requests: {:?}",
                o.demands_factor,
                o.admin_contact,
                o.tells_rejected,
                o.invitation_life.0,
                o.invitations_a_day,
                o.time_zone,
                o.feedback_address.as_ref().map_or("", Email::as_str),
                o.requests
            ))
        };
        let detail = Detail {
            before: said(&before),
            after: said(&after),
            place: Some(actor.caller.place.clone()),
            ..Detail::default()
        };
        let id = permitted.organisation();
        let event = organisation_event(
            What::OrganisationChanged,
            id,
            Some(permitted.account()),
            id.as_str(),
            detail,
        );
        self.record(&mut tx, actor.now(), &event).await?;
        tx.commit().await
    }
}
