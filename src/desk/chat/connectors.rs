//! Connectors, an organisation's accounts at chat platforms: adding, changing, checking and
//! disabling them, and what they could not deliver.
use crate::desk::chat::secrets::Former;
use crate::desk::history::outdated::refuse_outdated;
use crate::desk::history::{About, By};
use crate::desk::{Actor, Desk, chat, history, rights};
use crate::domain::account::Language;
use crate::domain::changes::{self, Field};
use crate::domain::connector::{self, Connector, ConnectorState, Mode, Platform, ROTATION, Texts};
use crate::domain::delivery::Channel;
use crate::domain::error::Faults;
use crate::domain::event::What;
use crate::domain::ids::ConnectorId;
use crate::domain::member::Membership;
use crate::domain::policy::{self, Permitted};
use crate::domain::role::Permission;
use crate::domain::{Error, Result, Time, home_page};
use crate::store::chat::connectors::{Kept, Secrets};
use crate::store::deliveries::fates::Fate;
use crate::store::{self, Tx};
use std::collections::{BTreeMap, HashMap};

/// Settings and secrets together, by their names.
pub type ConnectorSecrets = BTreeMap<String, String>;

/// A connector as typed: fields of its form by their names.
pub struct ConnectorDraft<'a>(pub &'a HashMap<String, String>);

impl ConnectorDraft<'_> {
    fn text(&self, name: &str) -> String {
        self.0.get(name).cloned().unwrap_or_default()
    }

    /// The connector as typed, and its secrets; `has_secrets`: those that are left empty stay.
    fn read(&self, before: Connector, has_secrets: bool) -> Result<(Connector, ConnectorSecrets)> {
        let platform = before.platform;
        let typed = self.apply(before);
        let settings = connector::settings(platform, |name| self.text(name), has_secrets);
        let (connector, (plain, secrets)) = both(typed, settings)?;
        let connector = Connector {
            settings: plain,
            ..connector
        };
        Ok((connector, secrets))
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

/// The organisation's connectors by name.
#[tracing::instrument(name = "chat::connectors::list", skip_all)]
pub async fn list(desk: &Desk, member: &Membership) -> Result<Vec<Kept>> {
    let permitted = policy::permitted(member, Permission::ConnectorsManage)?;
    store::chat::connectors::list(&mut *desk.db.read().await?, permitted.organisation()).await
}

/// One connector that is not deleted.
#[tracing::instrument(name = "chat::connectors::find", skip_all)]
pub async fn find(desk: &Desk, member: &Membership, id: &ConnectorId) -> Result<Kept> {
    let permitted = policy::permitted(member, Permission::ConnectorsManage)?;
    let kept =
        store::chat::connectors::find(&mut *desk.db.read().await?, permitted.organisation(), id).await?;
    if kept.connector.state == ConnectorState::Deleted {
        Err(Error::NotFound)
    } else {
        Ok(kept)
    }
}

/// Adds a connector; its id, and what was made for it and is shown once: the secrets to paste
/// at the platform, and the agent's.
#[tracing::instrument(name = "chat::connectors::create", skip_all)]
pub async fn create(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    platform: Platform,
    draft: &ConnectorDraft<'_>,
) -> Result<(ConnectorId, Vec<String>)> {
    let permitted = policy::sets_up_connectors(member, platform)?;
    let (connector, mut secrets) = draft.read(blank(desk.mint.id(actor.now()), platform), false)?;
    let mut shown = make_secrets(desk, platform, &mut secrets);
    let agent = if connector.agent.is_empty() {
        None
    } else {
        Some(chat::secrets::new_agent_secret(desk, &mut shown)?)
    };
    let kept = Secrets {
        now: chat::secrets::seal_secrets(desk, &secrets)?,
        agent,
        ..Secrets::default()
    };
    let mut tx = rights::begin_for(desk, actor, member).await?;
    store::chat::connectors::create(
        &mut tx,
        permitted.organisation(),
        &connector,
        &desk.mint.secret().text,
        &kept,
    )
    .await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::ConnectorCreated,
        About::Thing(permitted.organisation(), connector.id.as_str()),
        changes::made(connector.facts()),
    )
    .await?;
    tx.commit().await?;
    Ok((connector.id, shown))
}

/// A connector of which nothing has been said yet.
fn blank(id: ConnectorId, platform: Platform) -> Connector {
    Connector {
        id,
        platform,
        name: String::new(),
        state: ConnectorState::Active,
        onboarding: false,
        mode: Mode::Once,
        language: Language::default(),
        texts: BTreeMap::new(),
        settings: BTreeMap::new(),
        agent: String::new(),
        channel: String::new(),
        version: 1,
    }
}

/// Adds the secrets that are made here and pasted at the platform; their texts, to be shown once.
fn make_secrets(desk: &Desk, platform: Platform, secrets: &mut ConnectorSecrets) -> Vec<String> {
    let mut shown = Vec::new();
    for field in connector::fields(platform).iter().filter(|f| f.made) {
        let made = desk.mint.secret().text;
        shown.push(made.clone());
        secrets.insert(field.name.to_owned(), made);
    }
    shown
}

/// Changes a connector. Secrets that are left empty stay; those that are replaced still count
/// for [`ROTATION`]. What is made anew is shown once.
#[tracing::instrument(name = "chat::connectors::change", skip_all)]
pub async fn change(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    id: &ConnectorId,
    draft: &ConnectorDraft<'_>,
) -> Result<Vec<String>> {
    let permitted = policy::permitted(member, Permission::ConnectorsManage)?;
    let mut tx = rights::begin_for(desk, actor, member).await?;
    let before = find_shown(desk, &mut tx, actor, &permitted, id).await?;
    let platform = before.connector.platform;
    policy::sets_up_connectors(member, platform)?;
    let (connector, mut replaced) = draft.read(before.connector.clone(), true)?;
    let mut shown = if draft.0.contains_key("renew") {
        make_secrets(desk, platform, &mut replaced)
    } else {
        Vec::new()
    };
    let mut secrets = if replaced.is_empty() {
        before.secrets.clone()
    } else {
        replace_secrets(desk, &before, &replaced, actor.now())?
    };
    if connector.agent.is_empty() {
        (secrets.agent, secrets.agent_before) = (None, None);
    } else if connector.agent != before.connector.agent || secrets.agent.is_none() {
        (secrets.agent, secrets.agent_before) =
            (Some(chat::secrets::new_agent_secret(desk, &mut shown)?), None);
    } else if draft.0.contains_key("renew_agent") {
        let fresh = chat::secrets::new_agent_secret(desk, &mut shown)?;
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
    // What was wrong with the former ones may be right now.
    for channel in [Channel::platform(id), Channel::agent(id)] {
        store::deliveries::channels::resume(&mut tx, &channel, actor.now()).await?;
    }
    let names: Vec<&str> = replaced.keys().map(String::as_str).collect();
    let mut changes = changes::between(&before.connector.facts(), &connector.facts());
    changes.extend(changes::made([(Field::Replaced, names.join(" "))]));
    history::record(
        desk,
        &mut tx,
        actor,
        What::ConnectorChanged,
        About::Thing(permitted.organisation(), id.as_str()),
        changes,
    )
    .await?;
    tx.commit().await?;
    Ok(shown)
}

/// A connector's secrets with these in place of those of the same names, which still count for
/// [`ROTATION`].
fn replace_secrets(desk: &Desk, before: &Kept, replaced: &ConnectorSecrets, now: Time) -> Result<Secrets> {
    let (mut all, until) = (
        chat::secrets::open_secrets::<String>(desk, &before.secrets.now)?,
        now + ROTATION,
    );
    // What was replaced a while ago and is not replaced again counts to its own end.
    let mut former = chat::secrets::former_secrets(desk, before, now)?;
    for (name, value) in replaced {
        if let Some(value) = all.insert(name.clone(), value.clone()) {
            former.insert(name.clone(), Former { value, until });
        }
    }
    Ok(Secrets {
        before: Some((chat::secrets::seal_secrets(desk, &former)?, until)),
        now: chat::secrets::seal_secrets(desk, &all)?,
        ..before.secrets.clone()
    })
}

/// Disables a connector, or enables it again. What a disabled one is sent is refused; what it
/// owes waits.
#[tracing::instrument(name = "chat::connectors::set_state", skip_all)]
pub async fn set_state(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    id: &ConnectorId,
    active: bool,
) -> Result<()> {
    let permitted = policy::permitted(member, Permission::ConnectorsManage)?;
    let mut tx = rights::begin_for(desk, actor, member).await?;
    let before = find_shown(desk, &mut tx, actor, &permitted, id).await?;
    let state = if active {
        ConnectorState::Active
    } else {
        ConnectorState::Disabled
    };
    if before.connector.state != state {
        let after = Connector {
            state,
            ..before.connector.clone()
        };
        store::chat::connectors::save(&mut tx, permitted.organisation(), &after, &before.secrets).await?;
        history::record(
            desk,
            &mut tx,
            actor,
            What::ConnectorChanged,
            About::Thing(permitted.organisation(), id.as_str()),
            changes::between(&before.connector.facts(), &after.facts()),
        )
        .await?;
    }
    tx.commit().await
}

/// The settings and secrets of a connector together; and the secrets that were replaced, while
/// they count.
pub fn knows(desk: &Desk, kept: &Kept, now: Time) -> Result<(ConnectorSecrets, Option<ConnectorSecrets>)> {
    let mut all = kept.connector.settings.clone();
    all.extend(chat::secrets::open_secrets::<String>(desk, &kept.secrets.now)?);
    let former: ConnectorSecrets = chat::secrets::former_secrets(desk, kept, now)?
        .into_iter()
        .map(|(name, former)| (name, former.value))
        .collect();
    Ok((all, Some(former).filter(|f| !f.is_empty())))
}

/// A channel has another id now, as the platform says: the posts in it go there, and new ones
/// if it is still the one for approvers.
#[tracing::instrument(name = "chat::connectors::move_channel", skip_all)]
pub async fn move_channel(desk: &Desk, kept: &Kept, from: &str, to: &str, now: Time) -> Result<()> {
    let (org, id) = (&kept.organisation, &kept.connector.id);
    let mut tx = desk.db.begin().await?;
    if store::chat::connectors::move_channel(&mut tx, org, id, from, to).await? {
        let after = Connector {
            channel: to.to_owned(),
            ..kept.connector.clone()
        };
        history::record(
            desk,
            &mut tx,
            By::clock(now),
            What::ConnectorChanged,
            About::Thing(org, id.as_str()),
            changes::between(&kept.connector.facts(), &after.facts()),
        )
        .await?;
    }
    store::deliveries::posts::move_posts(&mut tx, org, id, from, to).await?;
    tx.commit().await
}

/// Writes down what the platform said of the credentials; None: they are good.
#[tracing::instrument(name = "chat::connectors::note_check", skip_all)]
pub async fn note_check(
    desk: &Desk,
    member: &Membership,
    id: &ConnectorId,
    problem: Option<&str>,
    now: Time,
) -> Result<()> {
    let permitted = policy::permitted(member, Permission::ConnectorsManage)?;
    let mut tx = desk.db.begin().await?;
    store::chat::connectors::note_check(&mut tx, permitted.organisation(), id, problem, now).await?;
    tx.commit().await
}

/// How many of a connector's messages were given up.
#[tracing::instrument(name = "chat::connectors::undelivered", skip_all)]
pub async fn undelivered(desk: &Desk, member: &Membership, id: &ConnectorId) -> Result<i64> {
    let permitted = policy::permitted(member, Permission::ConnectorsManage)?;
    store::deliveries::fates::count_failed(&mut *desk.db.read().await?, permitted.organisation(), id).await
}

/// What a connector sent last, to people, approvers and its agent.
#[tracing::instrument(name = "chat::connectors::latest_sends", skip_all)]
pub async fn latest_sends(desk: &Desk, member: &Membership, id: &ConnectorId) -> Result<Vec<Fate>> {
    let permitted = policy::permitted(member, Permission::ConnectorsManage)?;
    store::deliveries::fates::list_latest(&mut *desk.db.read().await?, permitted.organisation(), id, 50).await
}

/// Sends all of them again.
#[tracing::instrument(name = "chat::connectors::send_all_again", skip_all)]
pub async fn send_all_again(desk: &Desk, actor: &Actor, member: &Membership, id: &ConnectorId) -> Result<()> {
    let permitted = policy::permitted(member, Permission::ConnectorsManage)?;
    let mut tx = rights::begin_for(desk, actor, member).await?;
    find_live(desk, &mut tx, &permitted, id).await?;
    let mut met = 0;
    for channel in [Channel::platform(id), Channel::agent(id)] {
        let (org, now) = (permitted.organisation(), actor.now());
        met += store::deliveries::fates::try_all_again(&mut tx, org, &channel, now).await?;
        store::deliveries::channels::resume(&mut tx, &channel, now).await?;
    }
    if met == 0 {
        return tx.commit().await;
    }
    history::record(
        desk,
        &mut tx,
        actor,
        What::LetterTriedAgain,
        About::Thing(permitted.organisation(), id.as_str()),
        vec![],
    )
    .await?;
    tx.commit().await
}

pub(super) async fn find_live(
    _desk: &Desk,
    tx: &mut Tx,
    permitted: &Permitted,
    id: &ConnectorId,
) -> Result<Kept> {
    let kept = store::chat::connectors::find(tx, permitted.organisation(), id).await?;
    if kept.connector.state == ConnectorState::Deleted {
        Err(Error::NotFound)
    } else {
        Ok(kept)
    }
}

/// As [`find_live`], as the form showed it that is to change it: Outdated.
async fn find_shown(
    desk: &Desk,
    tx: &mut Tx,
    actor: &Actor,
    permitted: &Permitted,
    id: &ConnectorId,
) -> Result<Kept> {
    let kept = find_live(desk, tx, permitted, id).await?;
    let about = About::Thing(permitted.organisation(), id.as_str());
    refuse_outdated(tx, actor, about, &kept.connector.facts()).await?;
    Ok(kept)
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
