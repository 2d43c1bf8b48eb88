//! From columns to requests: every state with its facts, and no row that makes no sense.
use crate::domain::account::Language;
use crate::domain::content_kind::ContentKind;
use crate::domain::decision::Decided;
use crate::domain::flow::Missing;
use crate::domain::links::Origin;
use crate::domain::request::{
    ApprovalType, Chatted, Matter, Outcome, Problem, Request, RequestKind, ResourceRequest, Status,
    StatusWord,
};
use crate::domain::{Error, Result};
use crate::store::rows::{Columns as _, Row, impossible};

/// The columns that [`read`] reads, of `requests r`.
macro_rules! columns {
    () => {
        "r.id, r.org_id, r.kind, r.account_id, r.email, r.name, r.message, r.language, r.origin, \
         r.may_ask_again, r.status, r.submitted_at, r.expires_at, r.decided_at, r.decided_by, \
         r.invitation_id, r.version, r.approval, r.resource_id, r.holder_id, r.days, r.flow_id, \
         r.flow_number, r.step, r.at_administrators, r.administrators_decide, r.escalated, r.remind_at, \
         r.escalate_at, r.provisioning, r.trouble, r.grant_id, r.reason, r.next_steps, r.overrides, \
         r.connector_id, r.contact_id, r.further, r.content"
    };
}
pub(crate) use columns;

/// Requests, with what follows `from requests r`.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select ",
            $crate::store::requests::columns::columns!(),
            " from requests r ",
            $rest
        )
    };
}
pub(super) use select;

pub(crate) fn read(row: &Row) -> Result<Request> {
    Ok(Request {
        id: row.parsed("id")?,
        organisation: row.parsed("org_id")?,
        matter: read_matter(row)?,
        account: row.maybe_parsed("account_id")?,
        email: row.parsed("email")?,
        name: row.text("name")?,
        message: row.text("message")?,
        language: Language::from_tag(&row.text("language")?)
            .ok_or_else(|| impossible("requests.language"))?,
        origin: Origin::parse(&row.text("origin")?).ok_or_else(|| impossible("requests.origin"))?,
        may_ask_again: row.flag("may_ask_again")?,
        submitted_at: row.time("submitted_at")?,
        expires_at: row.time("expires_at")?,
        status: read_status(row)?,
        version: row.number("version")?,
    })
}

fn read_matter(row: &Row) -> Result<Matter> {
    let there = |name: &'static str| move || impossible(name);
    match RequestKind::parse(&row.text("kind")?).ok_or_else(there("requests.kind"))? {
        RequestKind::Join => Ok(Matter::Join),
        RequestKind::Chat => Ok(Matter::Chat(Box::new(Chatted {
            connector: row
                .maybe_parsed("connector_id")?
                .ok_or_else(there("requests.connector_id"))?,
            contact: row
                .maybe_parsed("contact_id")?
                .ok_or_else(there("requests.contact_id"))?,
            further: row.number("further")?,
            content: ContentKind::parse(&row.text("content")?).ok_or_else(there("requests.content"))?,
        }))),
        RequestKind::Resource => Ok(Matter::Resource(Box::new(ResourceRequest {
            resource: row
                .maybe_parsed("resource_id")?
                .ok_or_else(there("requests.resource_id"))?,
            holder: row
                .maybe_parsed("holder_id")?
                .ok_or_else(there("requests.holder_id"))?,
            days: row.maybe_number("days")?,
            flow: row
                .maybe_parsed("flow_id")?
                .ok_or_else(there("requests.flow_id"))?,
            flow_number: row
                .maybe_number("flow_number")?
                .ok_or_else(there("requests.flow_number"))?,
            step: usize::try_from(row.number("step")?).map_err(|_| impossible("requests.step"))?,
            at_administrators: row.flag("at_administrators")?,
            administrators_decide: row.flag("administrators_decide")?,
            escalated: row.flag("escalated")?,
            remind_at: row.maybe_time("remind_at")?,
            escalate_at: row.maybe_time("escalate_at")?,
            approval: ApprovalType::parse(&row.text("approval")?).ok_or_else(there("requests.approval"))?,
        }))),
    }
}

fn read_status(row: &Row) -> Result<Status> {
    let at = row.maybe_time("decided_at")?;
    let maybe_decision = || -> Result<Option<Decided>> {
        let Some(at) = at else { return Ok(None) };
        Ok(Some(Decided {
            by: row.maybe_parsed("decided_by")?,
            at,
            reason: row.text("reason")?,
            next_steps: row.text("next_steps")?,
            overrides: row.flag("overrides")?,
        }))
    };
    let decision = || maybe_decision()?.ok_or_else(|| impossible("requests.decided_at"));
    let trouble = || Ok::<_, Error>(row.maybe_text("trouble")?.unwrap_or_default());
    Ok(
        match StatusWord::parse(&row.text("status")?).ok_or_else(|| impossible("requests.status"))? {
            StatusWord::Pending if row.flag("provisioning")? => Status::Provisioning(decision()?),
            StatusWord::Pending => Status::Pending,
            StatusWord::MissingData => Status::MissingData(
                Missing::parse(&trouble()?).ok_or_else(|| impossible("requests.trouble"))?,
            ),
            StatusWord::Error => {
                let problem = Problem::parse(&trouble()?).ok_or_else(|| impossible("requests.trouble"))?;
                Status::Error(problem, maybe_decision()?)
            }
            StatusWord::Approved => {
                let outcome = match (row.maybe_parsed("invitation_id")?, row.maybe_parsed("grant_id")?) {
                    (Some(invitation), None) => Outcome::Invitation(invitation),
                    (None, Some(grant)) => Outcome::Grant(grant),
                    (None, None) => Outcome::Contact(
                        row.maybe_parsed("contact_id")?
                            .ok_or_else(|| impossible("requests.contact_id"))?,
                    ),
                    _ => return Err(impossible("requests.invitation_id")),
                };
                Status::Approved {
                    decision: decision()?,
                    outcome,
                }
            }
            StatusWord::Denied => Status::Denied(decision()?),
            StatusWord::Canceled => Status::Canceled(decision()?),
            StatusWord::Expired => Status::Expired {
                at: at.ok_or_else(|| impossible("requests.decided_at"))?,
            },
        },
    )
}
