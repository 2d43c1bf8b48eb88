//! Connectors: adding, changing, disabling and deleting an organisation's accounts at chat
//! platforms.
use crate::desk::{Actor, Desk, organisation_event};
use crate::domain::account::Language;
use crate::domain::connector::{self, Connector, Mode, Platform, ROTATION, State, Texts};
use crate::domain::error::Faults;
use crate::domain::event::{Detail, What};
use crate::domain::ids::{ConnectorId, OrganisationId};
use crate::domain::member::Membership;
use crate::domain::policy::{self, Permitted};
use crate::domain::request::Decision;
use crate::domain::role::Permission;
use crate::domain::{Error, Result, Time, home_page};
use crate::store::chat::connectors::{Kept, Secrets};
use crate::store::{self, Tx};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// What connectors' secrets are sealed for.
const USAGE: &str = "connector";

/// Settings and secrets together, by their names.
pub type Known = BTreeMap<String, String>;

/// A secret that was replaced, as it is stored beside its name.
#[derive(Clone, Serialize, Deserialize)]
struct Former {
    value: String,
    /// It counts before this.
    until: Time,
}

/// A connector as typed: fields of its form by their names.
pub struct Draft<'a>(pub &'a HashMap<String, String>);

impl Draft<'_> {
    fn text(&self, name: &str) -> String {
        self.0.get(name).cloned().unwrap_or_default()
    }

    /// What a form says of a connector, beside the settings of its platform.
    fn apply(&self, before: Connector) -> Result<Connector> {
        let mut faults = Faults::default();
        let name = faults.take("name", connector::name(&self.text("name")));
        let mode = Mode::parse(&self.text("mode")).unwrap_or(Mode::Once);
        let language = Language::from_tag(&self.text("language")).unwrap_or_default();
        let mut texts = BTreeMap::new();
        for of in Language::ALL {
            let mut said = |field: &str| {
                let field = format!("{field}_{}", of.tag());
                faults
                    .take(&field, connector::said(&self.text(&field)))
                    .unwrap_or_default()
            };
            let of_language = Texts {
                onboarding: said("onboarding_text"),
                approval: said("approval_text"),
                rejection: said("rejection_text"),
            };
            texts.insert(of.tag().to_owned(), of_language);
        }
        let agent = match self.text("agent").trim() {
            "" => Ok(String::new()),
            typed => home_page::web_address(typed).map(|a| a.to_string()),
        };
        let agent = faults.take("agent", agent);
        let channel = if connector::has_buttons(before.platform) {
            connector::setting(&self.text("channel"))
        } else {
            Ok(String::new())
        };
        let channel = faults.take("channel", channel);
        let ((name, agent), channel) = faults.done(name.zip(agent).zip(channel))?;
        let onboarding = self.0.contains_key("onboarding");
        Ok(Connector {
            name,
            mode,
            language,
            texts,
            agent,
            channel,
            onboarding,
            ..before
        })
    }
}

impl Desk {
    /// The organisation's connectors by name.
    pub async fn connectors(&self, member: &Membership) -> Result<Vec<Kept>> {
        let permitted = policy::permitted(member, Permission::ConnectorsManage)?;
        store::chat::connectors::list(&mut *self.db.read().await?, permitted.organisation()).await
    }

    /// One connector that is not deleted.
    pub async fn connector(&self, member: &Membership, id: &ConnectorId) -> Result<Kept> {
        let permitted = policy::permitted(member, Permission::ConnectorsManage)?;
        let kept =
            store::chat::connectors::find(&mut *self.db.read().await?, permitted.organisation(), id).await?;
        if kept.connector.state == State::Deleted {
            Err(Error::NotFound)
        } else {
            Ok(kept)
        }
    }

    /// Adds a connector; its id, and what was made for it and is shown once: the secrets to paste
    /// at the platform, and the agent's.
    pub async fn create_connector(
        &self,
        actor: &Actor,
        member: &Membership,
        platform: Platform,
        draft: &Draft<'_>,
    ) -> Result<(ConnectorId, Vec<String>)> {
        let permitted = policy::sets_up_connectors(member, platform)?;
        let fresh = Connector {
            id: self.mint.id(actor.now()),
            platform,
            name: String::new(),
            state: State::Active,
            onboarding: false,
            mode: Mode::Once,
            language: Language::default(),
            texts: BTreeMap::new(),
            settings: BTreeMap::new(),
            agent: String::new(),
            channel: String::new(),
            version: 1,
        };
        let typed = draft.apply(fresh);
        let settings = connector::settings(platform, |name| draft.text(name), false);
        let (connector, (plain, mut secrets)) = both(typed, settings)?;
        let connector = Connector {
            settings: plain,
            ..connector
        };
        let mut shown = Vec::new();
        for field in connector::fields(platform).iter().filter(|f| f.made) {
            let made = self.mint.secret().text;
            shown.push(made.clone());
            secrets.insert(field.name.to_owned(), made);
        }
        let agent = if connector.agent.is_empty() {
            None
        } else {
            Some(self.new_agent_secret(&mut shown)?)
        };
        let kept = Secrets {
            now: self.seal_secrets(&secrets)?,
            agent,
            ..Secrets::default()
        };
        let mut tx = self.db.begin().await?;
        store::chat::connectors::create(
            &mut tx,
            permitted.organisation(),
            &connector,
            &self.mint.secret().text,
            &kept,
        )
        .await?;
        self.record_connector(
            &mut tx,
            actor,
            &permitted,
            What::ConnectorCreated,
            &connector.id,
            None,
            Some(said(&connector)),
        )
        .await?;
        tx.commit().await?;
        Ok((connector.id, shown))
    }

    /// Changes a connector. Secrets that are left empty stay; those that are replaced still count
    /// for [`ROTATION`]. What is made anew is shown once.
    pub async fn change_connector(
        &self,
        actor: &Actor,
        member: &Membership,
        id: &ConnectorId,
        draft: &Draft<'_>,
    ) -> Result<Vec<String>> {
        let permitted = policy::permitted(member, Permission::ConnectorsManage)?;
        let mut tx = self.db.begin().await?;
        let before = self.live_connector(&mut tx, &permitted, id).await?;
        let platform = before.connector.platform;
        policy::sets_up_connectors(member, platform)?;
        let typed = draft.apply(before.connector.clone());
        let settings = connector::settings(platform, |name| draft.text(name), true);
        let (connector, (plain, mut replaced)) = both(typed, settings)?;
        let connector = Connector {
            settings: plain,
            ..connector
        };
        let mut shown = Vec::new();
        if draft.0.contains_key("renew") {
            for field in connector::fields(platform).iter().filter(|f| f.made) {
                let made = self.mint.secret().text;
                shown.push(made.clone());
                replaced.insert(field.name.to_owned(), made);
            }
        }
        let mut secrets = before.secrets.clone();
        if !replaced.is_empty() {
            let (mut all, until) = (
                self.open_secrets::<String>(&before.secrets.now)?,
                actor.now() + ROTATION,
            );
            // What was replaced a while ago and is not replaced again counts to its own end.
            let mut former = self.former_secrets(&before, actor.now())?;
            for (name, value) in &replaced {
                if let Some(value) = all.insert(name.clone(), value.clone()) {
                    former.insert(name.clone(), Former { value, until });
                }
            }
            secrets.before = Some((self.seal_secrets(&former)?, until));
            secrets.now = self.seal_secrets(&all)?;
        }
        if connector.agent.is_empty() {
            (secrets.agent, secrets.agent_before) = (None, None);
        } else if connector.agent != before.connector.agent || secrets.agent.is_none() {
            (secrets.agent, secrets.agent_before) = (Some(self.new_agent_secret(&mut shown)?), None);
        } else if draft.0.contains_key("renew_agent") {
            let fresh = self.new_agent_secret(&mut shown)?;
            secrets.agent_before = secrets
                .agent
                .replace(fresh)
                .map(|former| (former, actor.now() + ROTATION));
            replaced.insert("agent".into(), String::new());
        }
        if connector == before.connector && secrets == before.secrets {
            return Ok(shown);
        }
        store::chat::connectors::save(&mut tx, permitted.organisation(), &connector, &secrets).await?;
        let names: Vec<&str> = replaced.keys().map(String::as_str).collect();
        let after = if names.is_empty() {
            said(&connector)
        } else {
            format!("{}; replaced: {}", said(&connector), names.join(" "))
        };
        self.record_connector(
            &mut tx,
            actor,
            &permitted,
            What::ConnectorChanged,
            id,
            Some(said(&before.connector)),
            Some(after),
        )
        .await?;
        tx.commit().await?;
        Ok(shown)
    }

    /// Disables a connector, or enables it again. What a disabled one is sent is refused; what it
    /// owes waits.
    pub async fn set_connector_state(
        &self,
        actor: &Actor,
        member: &Membership,
        id: &ConnectorId,
        active: bool,
    ) -> Result<()> {
        let permitted = policy::permitted(member, Permission::ConnectorsManage)?;
        let mut tx = self.db.begin().await?;
        let before = self.live_connector(&mut tx, &permitted, id).await?;
        let state = if active { State::Active } else { State::Disabled };
        if before.connector.state != state {
            let after = Connector {
                state,
                ..before.connector.clone()
            };
            store::chat::connectors::save(&mut tx, permitted.organisation(), &after, &before.secrets).await?;
            self.record_connector(
                &mut tx,
                actor,
                &permitted,
                What::ConnectorChanged,
                id,
                Some(said(&before.connector)),
                Some(said(&after)),
            )
            .await?;
        }
        tx.commit().await
    }

    /// Deletes a connector: its secrets go, what waits for it is dropped, open requests that came
    /// by it are canceled.
    pub async fn delete_connector(&self, actor: &Actor, member: &Membership, id: &ConnectorId) -> Result<()> {
        let permitted = policy::permitted(member, Permission::ConnectorsManage)?;
        let (org, now) = (permitted.organisation(), actor.now());
        let mut tx = self.db.begin().await?;
        let before = self.live_connector(&mut tx, &permitted, id).await?;
        Self::retire(&mut tx, &before, now).await?;
        loop {
            let open = store::requests::list_open_of_connector(&mut tx, org, id).await?;
            if open.is_empty() {
                break;
            }
            for request in open {
                if request.is_open(now) {
                    let canceled = request.cancel_by_deleting(Decision::by(actor.id(), now))?;
                    self.canceled(&mut tx, &canceled, Some(actor), now).await?;
                } else {
                    self.expire(&mut tx, request, now).await?;
                }
            }
        }
        self.record_connector(
            &mut tx,
            actor,
            &permitted,
            What::ConnectorDeleted,
            id,
            Some(said(&before.connector)),
            None,
        )
        .await?;
        tx.commit().await
    }

    /// Erases a connector's secrets and drops what waits for it; nothing comes or goes by it any
    /// more.
    async fn retire(tx: &mut Tx, kept: &Kept, now: Time) -> Result<()> {
        let after = Connector {
            state: State::Deleted,
            ..kept.connector.clone()
        };
        store::chat::connectors::save(tx, &kept.organisation, &after, &Secrets::default()).await?;
        store::chat::sends::drop_of_connector(tx, &kept.organisation, &kept.connector.id, now).await
    }

    /// Retires all connectors of an organisation that closes.
    pub(crate) async fn retire_connectors(&self, tx: &mut Tx, org: &OrganisationId, now: Time) -> Result<()> {
        loop {
            // A list holds so many and no more; those that are retired are in none.
            let some = store::chat::connectors::list(tx, org).await?;
            if some.is_empty() {
                return Ok(());
            }
            for kept in some {
                Self::retire(tx, &kept, now).await?;
                let detail = Detail {
                    before: Some(said(&kept.connector)),
                    ..Detail::default()
                };
                self.record(
                    tx,
                    now,
                    &organisation_event(
                        What::ConnectorDeleted,
                        org,
                        None,
                        kept.connector.id.as_str(),
                        detail,
                    ),
                )
                .await?;
            }
        }
    }

    /// The settings and secrets of a connector together; and the secrets that were replaced, while
    /// they count.
    pub fn connector_knows(&self, kept: &Kept, now: Time) -> Result<(Known, Option<Known>)> {
        let mut all = kept.connector.settings.clone();
        all.extend(self.open_secrets::<String>(&kept.secrets.now)?);
        let former: Known = self
            .former_secrets(kept, now)?
            .into_iter()
            .map(|(name, former)| (name, former.value))
            .collect();
        Ok((all, Some(former).filter(|f| !f.is_empty())))
    }

    /// The secrets that were replaced and still count.
    fn former_secrets(&self, kept: &Kept, now: Time) -> Result<BTreeMap<String, Former>> {
        let Some((sealed, _)) = kept.secrets.before.as_ref().filter(|(_, until)| now < *until) else {
            return Ok(BTreeMap::new());
        };
        let mut former = self.open_secrets::<Former>(sealed)?;
        former.retain(|_, one| now < one.until);
        Ok(former)
    }

    /// The secrets that sign what the organisation's agent is told: the one in force and, while it
    /// counts, the one before. Empty if there is no agent.
    pub fn agent_secrets(&self, kept: &Kept, now: Time) -> Result<Vec<String>> {
        let before = kept
            .secrets
            .agent_before
            .as_ref()
            .filter(|(_, until)| now < *until)
            .map(|(sealed, _)| sealed);
        kept.secrets
            .agent
            .iter()
            .chain(before)
            .map(|sealed| self.keys.open(USAGE, sealed))
            .collect()
    }

    /// A channel has another id now, as the platform says: the posts in it go there, and new ones
    /// if it is still the one for approvers.
    pub async fn move_channel(&self, kept: &Kept, from: &str, to: &str, now: Time) -> Result<()> {
        let (org, id) = (&kept.organisation, &kept.connector.id);
        let mut tx = self.db.begin().await?;
        if store::chat::connectors::move_channel(&mut tx, org, id, from, to).await? {
            let after = Connector {
                channel: to.to_owned(),
                ..kept.connector.clone()
            };
            let detail = Detail {
                before: Some(said(&kept.connector)),
                after: Some(said(&after)),
                ..Detail::default()
            };
            self.record(
                &mut tx,
                now,
                &organisation_event(What::ConnectorChanged, org, None, id.as_str(), detail),
            )
            .await?;
        }
        store::chat::sends::move_posts(&mut tx, org, id, from, to).await?;
        tx.commit().await
    }

    /// Writes down what the platform said of the credentials; None: they are good.
    pub async fn note_check(
        &self,
        member: &Membership,
        id: &ConnectorId,
        problem: Option<&str>,
        now: Time,
    ) -> Result<()> {
        let permitted = policy::permitted(member, Permission::ConnectorsManage)?;
        let mut tx = self.db.begin().await?;
        store::chat::connectors::note_check(&mut tx, permitted.organisation(), id, problem, now).await?;
        tx.commit().await
    }

    /// How many of a connector's messages were given up.
    pub async fn undelivered(&self, member: &Membership, id: &ConnectorId) -> Result<i64> {
        let permitted = policy::permitted(member, Permission::ConnectorsManage)?;
        store::chat::sends::count_failed(&mut *self.db.read().await?, permitted.organisation(), id).await
    }

    /// What a connector sent last, to people, approvers and its agent.
    pub async fn latest_sends(
        &self,
        member: &Membership,
        id: &ConnectorId,
    ) -> Result<Vec<(Option<String>, store::chat::sends::Fate)>> {
        let permitted = policy::permitted(member, Permission::ConnectorsManage)?;
        store::chat::sends::list_latest(&mut *self.db.read().await?, permitted.organisation(), id, 50).await
    }

    /// Sends all of them again.
    pub async fn send_all_again(&self, actor: &Actor, member: &Membership, id: &ConnectorId) -> Result<()> {
        let permitted = policy::permitted(member, Permission::ConnectorsManage)?;
        let mut tx = self.db.begin().await?;
        self.live_connector(&mut tx, &permitted, id).await?;
        if store::chat::sends::try_all_again(&mut tx, permitted.organisation(), id, actor.now()).await? == 0 {
            return Ok(());
        }
        let event = organisation_event(
            What::LetterTriedAgain,
            permitted.organisation(),
            Some(actor.id()),
            id.as_str(),
            Detail::default(),
        );
        self.record(&mut tx, actor.now(), &event).await?;
        tx.commit().await
    }

    async fn live_connector(&self, tx: &mut Tx, permitted: &Permitted, id: &ConnectorId) -> Result<Kept> {
        let kept = store::chat::connectors::find(tx, permitted.organisation(), id).await?;
        if kept.connector.state == State::Deleted {
            Err(Error::NotFound)
        } else {
            Ok(kept)
        }
    }

    fn new_agent_secret(&self, shown: &mut Vec<String>) -> Result<String> {
        let text = crate::desk::access::provisioning::fresh_secret(self.mint);
        shown.push(text.clone());
        self.keys.seal(USAGE, &text)
    }

    fn seal_secrets<T: Serialize>(&self, secrets: &BTreeMap<String, T>) -> Result<String> {
        self.keys.seal(
            USAGE,
            &serde_json::to_string(secrets).map_err(|_| Error::Internal)?,
        )
    }

    fn open_secrets<T: DeserializeOwned>(&self, sealed: &str) -> Result<BTreeMap<String, T>> {
        serde_json::from_str(&self.keys.open(USAGE, sealed)?).map_err(|_| Error::Internal)
    }

    #[allow(clippy::too_many_arguments)]
    async fn record_connector(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        permitted: &Permitted,
        what: What,
        id: &ConnectorId,
        before: Option<String>,
        after: Option<String>,
    ) -> Result<()> {
        let detail = Detail {
            before,
            after,
            place: Some(actor.caller.place.clone()),
            ..Detail::default()
        };
        self.record(
            tx,
            actor.now(),
            &organisation_event(
                what,
                permitted.organisation(),
                Some(actor.id()),
                id.as_str(),
                detail,
            ),
        )
        .await
    }
}

/// Both, or the faults of both.
fn both<A, B>(one: Result<A>, other: Result<B>) -> Result<(A, B)> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(Error::Invalid(mut faults)), Err(Error::Invalid(more))) => {
            faults.extend(more);
            Err(Error::Invalid(faults))
        }
        (Err(e), _) | (_, Err(e)) => Err(e),
    }
}

/// A connector in a line, for the history; no secret is in it.
fn said(c: &Connector) -> String {
    let settings: Vec<String> = c
        .settings
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    format!(
        "{}; {}; {}; onboarding: {}; {}; agent: {}; channel: {}; {}; {}: {}",
        c.name,
        c.platform.as_str(),
        c.state.as_str(),
        c.onboarding,
        c.mode.as_str(),
        c.agent,
        c.channel,
        settings.join("; "),
        c.language.tag(),
        serde_json::to_string(&c.texts).unwrap_or_default()
    )
}
