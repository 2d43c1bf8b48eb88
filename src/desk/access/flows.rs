//! Approval flows: listing, creating, changing (each save is a new version) and deleting them.
use crate::desk::history::About;
use crate::desk::history::outdated::refuse_outdated;
use crate::desk::{Actor, Desk, history, requests, rights};
use crate::domain::changes;
use crate::domain::decision::Cancellation;
use crate::domain::error::Faults;
use crate::domain::event::What;
use crate::domain::flow::{self, Approval, Approvers, Condition, Flow, Quorum, Rules, Step};
use crate::domain::group::Group;
use crate::domain::ids::{AccountId, FlowId, GroupId, OrganisationId, RoleId};
use crate::domain::links::DomainName;
use crate::domain::member::Membership;
use crate::domain::policy;
use crate::domain::role::{Permission, Role};
use crate::domain::{Error, Fault, Result, Why};
use crate::store::access::flows::Version;
use crate::store::access::steps::Concerned;
use crate::store::{self, Conn, Tx};
use std::collections::BTreeSet;

/// A step as typed: values of its fields, each empty if it was left so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepDraft {
    /// `administrators`, `manager`, `owner`, `members` or `group:ID`; empty: there is no such step.
    pub approvers: String,
    /// Names or addresses of members, one a line, where `approvers` is `members`.
    pub members: String,
    /// `any`, `all` or `number`.
    pub quorum: String,
    pub number: String,
    /// As `approvers`, but for `members`; empty: none.
    pub fallback: String,
    pub remind_days: String,
    pub escalate_days: String,
    pub escalate_to: String,
}

/// A flow as typed.
#[derive(Clone, Debug, Default)]
pub struct FlowDraft {
    pub name: String,
    /// `manual`, `role:ID`, `group:ID` or `domain`.
    pub approval: String,
    pub domain: String,
    pub steps: Vec<StepDraft>,
}

/// A flow with its use.
pub struct UsedFlow {
    pub flow: Flow,
    pub resources: i64,
    pub open: i64,
}

/// What the editor offers to choose from.
pub struct FlowChoices {
    pub groups: Vec<Group>,
    pub roles: Vec<Role>,
}

impl FlowDraft {
    /// What is chosen from lists of groups and roles, each with the name of its field.
    fn choices(&self) -> impl Iterator<Item = (String, &str)> {
        let steps = self.steps.iter().enumerate().flat_map(|(n, s)| {
            let of = move |name: &str| format!("step{}_{name}", n + 1);
            [
                (of("approvers"), s.approvers.as_str()),
                (of("fallback"), s.fallback.as_str()),
                (of("escalate_to"), s.escalate_to.as_str()),
            ]
        });
        std::iter::once(("approval".to_owned(), self.approval.as_str())).chain(steps)
    }
}

/// The organisation's flows by name, each with its use.
#[tracing::instrument(name = "access::flows::list", skip_all)]
pub async fn list(desk: &Desk, member: &Membership) -> Result<Vec<UsedFlow>> {
    let permitted = policy::permitted(member, Permission::FlowsManage)?;
    let mut conn = desk.db.read().await?;
    let mut all = Vec::new();
    for flow in store::access::flows::list(&mut conn, permitted.organisation()).await? {
        all.push(use_of(&mut conn, permitted.organisation(), flow).await?);
    }
    Ok(all)
}

/// One flow that is not deleted, with its use and its versions.
#[tracing::instrument(name = "access::flows::find", skip_all)]
pub async fn find(desk: &Desk, member: &Membership, id: &FlowId) -> Result<(UsedFlow, Vec<Version>)> {
    let permitted = policy::permitted(member, Permission::FlowsManage)?;
    let mut conn = desk.db.read().await?;
    let flow = live(&mut conn, permitted.organisation(), id).await?;
    let versions = store::access::flows::list_versions(&mut conn, permitted.organisation(), id).await?;
    Ok((use_of(&mut conn, permitted.organisation(), flow).await?, versions))
}

/// What the editor offers to choose from.
#[tracing::instrument(name = "access::flows::choices", skip_all)]
pub async fn choices(desk: &Desk, member: &Membership) -> Result<FlowChoices> {
    let permitted = policy::permitted(member, Permission::FlowsManage)?;
    let mut conn = desk.db.read().await?;
    let groups = store::people::groups::list(&mut conn, permitted.organisation())
        .await?
        .into_iter()
        .map(|(g, _)| g)
        .collect();
    Ok(FlowChoices {
        groups,
        roles: store::people::roles::list(&mut conn, permitted.organisation()).await?,
    })
}

/// Rules as their editor shows them: members by name and address.
#[tracing::instrument(name = "access::flows::find_draft", skip_all)]
pub async fn find_draft(desk: &Desk, member: &Membership, name: &str, rules: &Rules) -> Result<FlowDraft> {
    let permitted = policy::permitted(member, Permission::FlowsManage)?;
    draft(&mut *desk.db.read().await?, permitted.organisation(), name, rules).await
}

#[tracing::instrument(name = "access::flows::create", skip_all)]
pub async fn create(desk: &Desk, actor: &Actor, member: &Membership, draft: &FlowDraft) -> Result<FlowId> {
    let permitted = policy::permitted(member, Permission::FlowsManage)?;
    let (org, now) = (permitted.organisation(), actor.now());
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    let (name, rules) = checked(&mut tx, org, draft).await?;
    let flow = Flow {
        id: desk.mint.id(now),
        name,
        number: 1,
        rules,
        deleted: false,
        version: 1,
    };
    store::access::flows::create(&mut tx, org, &flow, actor.id(), now).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::FlowCreated,
        About::Thing(org, flow.id.as_str()),
        changes::made(flow.facts()),
    )
    .await?;
    tx.commit().await?;
    Ok(flow.id)
}

/// Saves a flow as a new version. Open requests keep to the one they follow.
#[tracing::instrument(name = "access::flows::change", skip_all)]
pub async fn change(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    id: &FlowId,
    draft: &FlowDraft,
) -> Result<()> {
    let permitted = policy::permitted(member, Permission::FlowsManage)?;
    let (org, now) = (permitted.organisation(), actor.now());
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    let before = live(&mut tx, org, id).await?;
    refuse_outdated(&mut tx, actor, About::Thing(org, id.as_str()), &before.facts()).await?;
    let (name, rules) = checked(&mut tx, org, draft).await?;
    if (&name, &rules) == (&before.name, &before.rules) {
        return Ok(());
    }
    let after = Flow {
        name,
        rules,
        number: before.number + 1,
        ..before.clone()
    };
    store::access::flows::save(&mut tx, org, &after, actor.id(), now).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::FlowChanged,
        About::Thing(org, id.as_str()),
        changes::between(&before.facts(), &after.facts()),
    )
    .await?;
    tx.commit().await
}

/// Deletes a flow: its open requests are canceled and the requesters told. Nothing that was
/// granted is taken away.
#[tracing::instrument(name = "access::flows::delete", skip_all)]
pub async fn delete(desk: &Desk, actor: &Actor, member: &Membership, id: &FlowId) -> Result<()> {
    let permitted = policy::permitted(member, Permission::FlowsManage)?;
    let (org, now) = (permitted.organisation(), actor.now());
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    let flow = live(&mut tx, org, id).await?;
    for request in store::access::steps::list_concerned(&mut tx, org, &Concerned::Flow(id)).await? {
        let request = store::requests::lock(&mut tx, org, &request).await?;
        if request.is_open(now) {
            let canceled = request.cancel(Cancellation::by(&permitted, now))?;
            requests::outcomes::canceled(desk, &mut tx, &canceled, Some(actor), now).await?;
        } else if request.status.is_open() {
            requests::outcomes::expire(desk, &mut tx, request, now).await?;
        }
    }
    store::access::flows::delete(&mut tx, org, &flow).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::FlowDeleted,
        About::Thing(org, id.as_str()),
        changes::gone(flow.facts()),
    )
    .await?;
    tx.commit().await
}

pub(crate) async fn live(conn: &mut Conn, org: &OrganisationId, id: &FlowId) -> Result<Flow> {
    let flow = store::access::flows::find(conn, org, id).await?;
    if flow.deleted {
        Err(Error::NotFound)
    } else {
        Ok(flow)
    }
}

async fn use_of(conn: &mut Conn, org: &OrganisationId, flow: Flow) -> Result<UsedFlow> {
    let resources = store::access::resources::count_with_flow(conn, org, &flow.id).await?;
    let open = store::requests::count_following(conn, org, &flow.id).await?;
    Ok(UsedFlow {
        flow,
        resources,
        open,
    })
}

/// The draft as a name and rules; faults name the fields of the steps, `step1_approvers` and so on.
async fn checked(tx: &mut Tx, org: &OrganisationId, draft: &FlowDraft) -> Result<(String, Rules)> {
    let mut faults = Faults::default();
    let name = faults.take("name", flow::name(&draft.name));
    let approval = faults.take(
        if draft.approval == "domain" {
            "domain"
        } else {
            "approval"
        },
        approval(draft),
    );
    let mut steps = Vec::new();
    for (n, typed) in draft
        .steps
        .iter()
        .enumerate()
        .filter(|(_, s)| !s.approvers.is_empty())
    {
        steps.push((n, step(tx, org, n + 1, typed).await?));
    }
    let (name, approval) = faults.done(name.zip(approval))?;
    let (places, steps): (Vec<usize>, Vec<Step>) = steps.into_iter().unzip();
    let rules = Rules { approval, steps };
    rules.check().map_err(|(step, why)| {
        let place = step.and_then(|s| places.get(s)).map_or(1, |n| n + 1);
        let field = match why {
            Why::MoreThanThereAre => format!("step{place}_number"),
            _ => format!("step{place}_approvers"),
        };
        Error::Invalid(vec![Fault { field, why }])
    })?;
    let groups: BTreeSet<String> = store::people::groups::list(tx, org)
        .await?
        .into_iter()
        .map(|(g, _)| value_of(&Approvers::Group(g.id)))
        .collect();
    let roles: BTreeSet<String> = store::people::roles::list(tx, org)
        .await?
        .into_iter()
        .map(|r| format!("role:{}", r.id))
        .collect();
    let gone = |value: &str| value.contains(':') && !groups.contains(value) && !roles.contains(value);
    let mut faults = Faults::default();
    for (field, value) in draft.choices() {
        faults.take(
            &field,
            if gone(value) {
                Err(Why::UnknownChoice)
            } else {
                Ok(())
            },
        );
    }
    faults.done(Some((name, rules)))
}

fn approval(draft: &FlowDraft) -> Result<Approval, Why> {
    match draft
        .approval
        .split_once(':')
        .unwrap_or((draft.approval.as_str(), ""))
    {
        ("manual" | "", _) => Ok(Approval::Manual),
        ("role", id) => RoleId::try_from(id.to_owned())
            .map(|r| Approval::Automatic(Condition::Role(r)))
            .map_err(|_| Why::UnknownChoice),
        ("group", id) => GroupId::try_from(id.to_owned())
            .map(|g| Approval::Automatic(Condition::Group(g)))
            .map_err(|_| Why::UnknownChoice),
        ("domain", _) => {
            DomainName::parse(&draft.domain).map(|d| Approval::Automatic(Condition::Domain(d.to_string())))
        }
        _ => Err(Why::UnknownChoice),
    }
}

async fn step(tx: &mut Tx, org: &OrganisationId, place: usize, typed: &StepDraft) -> Result<Step> {
    let field = |name: &str| format!("step{place}_{name}");
    let fault = |name: &str, why| {
        Error::Invalid(vec![Fault {
            field: field(name),
            why,
        }])
    };
    let approvers = if typed.approvers == "members" {
        Approvers::Members(members(tx, org, &field("members"), &typed.members).await?)
    } else {
        approvers_of(&typed.approvers).map_err(|why| fault("approvers", why))?
    };
    let others = |name: &str, value: &str| match value {
        "" => Ok(None),
        value => approvers_of(value).map(Some).map_err(|why| fault(name, why)),
    };
    let days = |name: &str, value: &str| match value.trim() {
        "" => Ok(None),
        value => {
            let days = value
                .parse()
                .ok()
                .filter(|d| (1..=flow::LONGEST_WAIT).contains(d));
            days.map(Some)
                .ok_or_else(|| fault(name, Why::NotInRange(1, flow::LONGEST_WAIT)))
        }
    };
    let quorum = match typed.quorum.as_str() {
        "" | "any" => Quorum::Any,
        "all" => Quorum::All,
        "number" => {
            let number = typed.number.trim().parse().ok().filter(|n| (1..=100).contains(n));
            Quorum::Number(number.ok_or_else(|| fault("number", Why::NotInRange(1, 100)))?)
        }
        _ => return Err(fault("quorum", Why::UnknownChoice)),
    };
    let escalation = match (
        days("escalate_days", &typed.escalate_days)?,
        others("escalate_to", &typed.escalate_to)?,
    ) {
        (Some(days), Some(to)) => Some((days, to)),
        (None, None) => None,
        (Some(_), None) => return Err(fault("escalate_to", Why::Missing)),
        (None, Some(_)) => return Err(fault("escalate_days", Why::Missing)),
    };
    let fallback = others("fallback", &typed.fallback)?;
    Ok(Step {
        approvers,
        quorum,
        fallback,
        remind_days: days("remind_days", &typed.remind_days)?,
        escalation,
    })
}

fn approvers_of(value: &str) -> Result<Approvers, Why> {
    match value.split_once(':') {
        Some(("group", id)) => GroupId::try_from(id.to_owned())
            .map(Approvers::Group)
            .map_err(|_| Why::UnknownChoice),
        _ => match value {
            "administrators" => Ok(Approvers::Administrators),
            "manager" => Ok(Approvers::Manager),
            "owner" => Ok(Approvers::Owner),
            _ => Err(Why::UnknownChoice),
        },
    }
}

/// The members typed one a line, each once; at most 50.
async fn members(tx: &mut Tx, org: &OrganisationId, field: &str, typed: &str) -> Result<Vec<AccountId>> {
    let mut found = BTreeSet::new();
    let lines: Vec<&str> = typed.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    if lines.len() > 50 {
        return Err(Error::field(field, Why::TooManyRows));
    }
    for line in lines {
        found.insert(crate::desk::lookup::typed_member(tx, org, field, line).await?);
    }
    if found.is_empty() {
        Err(Error::field(field, Why::Missing))
    } else {
        Ok(found.into_iter().collect())
    }
}

async fn draft(conn: &mut Conn, org: &OrganisationId, name: &str, rules: &Rules) -> Result<FlowDraft> {
    let (approval, domain) = match &rules.approval {
        Approval::Manual => ("manual".to_owned(), String::new()),
        Approval::Automatic(Condition::Role(id)) => (format!("role:{id}"), String::new()),
        Approval::Automatic(Condition::Group(id)) => (format!("group:{id}"), String::new()),
        Approval::Automatic(Condition::Domain(domain)) => ("domain".to_owned(), domain.clone()),
    };
    let mut steps = Vec::new();
    for step in &rules.steps {
        let mut typed = Vec::new();
        if let Approvers::Members(ids) = &step.approvers {
            for reader in store::people::members::list_readers_of(conn, org, ids).await? {
                typed.push(reader.email.as_str().to_owned());
            }
        }
        let (quorum, number) = match step.quorum {
            Quorum::Any => ("any", String::new()),
            Quorum::All => ("all", String::new()),
            Quorum::Number(n) => ("number", n.to_string()),
        };
        steps.push(StepDraft {
            approvers: value_of(&step.approvers),
            members: typed.join("\n"),
            quorum: quorum.into(),
            number,
            fallback: step.fallback.as_ref().map(value_of).unwrap_or_default(),
            remind_days: step.remind_days.map(|d| d.to_string()).unwrap_or_default(),
            escalate_days: step
                .escalation
                .as_ref()
                .map(|(d, _)| d.to_string())
                .unwrap_or_default(),
            escalate_to: step
                .escalation
                .as_ref()
                .map(|(_, a)| value_of(a))
                .unwrap_or_default(),
        });
    }
    Ok(FlowDraft {
        name: name.to_owned(),
        approval,
        domain,
        steps,
    })
}

/// The value of approvers in the editor.
fn value_of(approvers: &Approvers) -> String {
    match approvers {
        Approvers::Administrators => "administrators".into(),
        Approvers::Manager => "manager".into(),
        Approvers::Owner => "owner".into(),
        Approvers::Group(id) => format!("group:{id}"),
        Approvers::Members(_) => "members".into(),
    }
}
