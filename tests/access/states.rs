//! State × role × action: who may do what to a request for a resource, and when. The whole table is
//! tried at the desk, on both databases, and is docs/states.md; docs/permissions.md is made from
//! the doors. `ANTEROOM_WRITE_DOCS=1` writes both anew.
use crate::access::portal::{Portal, SLUG, said};
use crate::harness::{House, at, step, uuid};
use anteroom::desk::access::flows::StepDraft;
use anteroom::desk::access::resources::ResourceDraft;
use anteroom::desk::access::submission::Wish;
use anteroom::desk::{Actor, access, joining, queue};
use anteroom::domain::Error;
use anteroom::domain::ids::{RequestId, ResourceId};
use anteroom::domain::member::Membership;
use anteroom::domain::organisation::REQUEST_LIFE;
use anteroom::domain::role::Permission;
use anteroom::domain::verdict::Verdict;
use anteroom::web::doors::{self, Leads, Needs};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const STATES: [&str; 9] = [
    "pending, approvers",
    "pending, administrators",
    "missing data",
    "error",
    "provisioning",
    "approved",
    "denied",
    "canceled",
    "expired",
];
const ROLES: [&str; 7] = [
    "administrator",
    "reader",
    "approver",
    "member",
    "submitter",
    "holder",
    "elsewhere",
];
const ACTIONS: [&str; 11] = [
    "approve a step",
    "deny a step",
    "grant",
    "deny",
    "cancel",
    "retry",
    "follow newest",
    "ask requester",
    "withdraw",
    "change reason",
    "remind",
];

/// What the cases are made with: things whose requests come to stand in each state, and those who
/// try.
struct Stage<'a> {
    p: Portal<'a>,
    things: BTreeMap<&'static str, ResourceId>,
    administrator: Actor,
    reader: Actor,
    approver: Actor,
    member: Actor,
    elsewhere: (Actor, Membership),
    /// For each role and action, a manager and whom they manage: there before any request.
    pairs: BTreeMap<(String, String), (Actor, Actor)>,
}

impl<'a> Stage<'a> {
    async fn new(house: &'a House) -> Self {
        let (ivo, member) = house.founder(SLUG).await;
        let approver = house.portal_user(&ivo, "Ana Lind").await;
        let p = Portal::over(house, ivo.clone(), member.clone(), vec![step("administrators")]).await;
        let mut things = BTreeMap::new();
        let asks = StepDraft {
            members: approver.account.email.to_string(),
            ..step("members")
        };
        for (name, steps, hook) in [
            ("pending, approvers", vec![asks.clone()], ""),
            ("pending, administrators", vec![step("administrators")], ""),
            ("missing data", vec![step("manager")], ""),
            ("error", vec![asks.clone()], ""),
            ("provisioning", vec![asks.clone()], "https://hook.test/x"),
            ("approved", vec![asks.clone()], ""),
            ("denied", vec![asks.clone()], ""),
            ("canceled", vec![asks.clone()], ""),
            ("expired", vec![asks], ""),
        ] {
            let draft = ResourceDraft {
                name: name.into(),
                flow: house.flow(&ivo, name, steps).await.to_string(),
                hook: hook.into(),
                ..ResourceDraft::default()
            };
            things.insert(name, house.resource(&ivo, draft).await);
        }
        let with = async |permissions: &[Permission]| Self::with(house, &ivo, permissions).await;
        let administrator = with(&Permission::ALL).await;
        let reader = with(&[Permission::RequestsView, Permission::PortalUse]).await;
        let bystander = with(&[Permission::PortalUse]).await;
        let mut pairs = BTreeMap::new();
        for (role, action) in ROLES
            .iter()
            .flat_map(|role| ACTIONS.map(|action| (*role, action)))
        {
            let submitter = with(&[Permission::PortalUse]).await;
            let holder = with(&[Permission::PortalUse]).await;
            p.manager(&holder, submitter.account.email.as_str()).await;
            pairs.insert((role.to_owned(), action.to_owned()), (submitter, holder));
        }
        let (olga, foreign) = house.founder("southmoor").await;
        Self {
            p,
            things,
            administrator,
            reader,
            approver,
            member: bystander,
            elsewhere: (olga, foreign),
            pairs,
        }
    }

    /// Somebody new in the organisation with these permissions.
    async fn with(house: &House, ivo: &Actor, permissions: &[Permission]) -> Actor {
        let email = format!("m-{}@northlight.test", uuid(house));
        let member = house.member(ivo, "Member").at(&email).appointed();
        member.with(permissions).await
    }

    /// A request in this state, submitted by a manager for somebody whom they manage: id,
    /// submitter, holder.
    async fn request(&self, state: &str, submitter: &Actor, holder: &Actor) -> RequestId {
        let (house, desk, thing) = (self.p.house, &self.p.house.desk, &self.things[state]);
        let wish = Wish {
            reason: "Why".into(),
            holder: holder.id().to_string(),
            ..Wish::default()
        };
        let id = access::submission::ask_for(
            desk,
            submitter,
            &house.membership(submitter, SLUG).await,
            thing,
            &wish,
        )
        .await
        .unwrap();
        let (ivo, member) = (&self.p.ivo, &self.p.member);
        match state {
            "error" => {
                access::resources::set_state(desk, ivo, member, thing, false)
                    .await
                    .unwrap();
                access::resources::set_state(desk, ivo, member, thing, true)
                    .await
                    .unwrap();
            }
            "provisioning" | "approved" => queue::decisions::decide(desk, ivo, member, &id, Verdict::Approve)
                .await
                .unwrap(),
            "denied" => queue::decisions::decide_with(desk, ivo, member, &id, &said(Verdict::Reject, "No"))
                .await
                .unwrap(),
            "canceled" => joining::requests::withdraw(desk, submitter, &id).await.unwrap(),
            _ => {}
        }
        id
    }

    async fn attempt(&self, state: &str, role: &str, action: &str) -> Result<(), Error> {
        let (submitter, holder) = &self.pairs[&(role.to_owned(), action.to_owned())];
        let id = self.request(state, submitter, holder).await;
        let house = self.p.house;
        let who = match role {
            "administrator" => &self.administrator,
            "reader" => &self.reader,
            "approver" => &self.approver,
            "member" => &self.member,
            "submitter" => submitter,
            "holder" => holder,
            _ => &self.elsewhere.0,
        };
        let member = if role == "elsewhere" {
            self.elsewhere.1.clone()
        } else {
            house.membership(who, SLUG).await
        };
        let late = if state == "expired" {
            house.now + REQUEST_LIFE
        } else {
            house.now
        };
        let who = at(who, late);
        let desk = &house.desk;
        match action {
            "approve a step" => access::votes::vote(desk, &who, &member, &id, &Verdict::Approve.into()).await,
            "deny a step" => {
                access::votes::vote(desk, &who, &member, &id, &said(Verdict::Reject, "No")).await
            }
            "grant" => queue::decisions::decide(desk, &who, &member, &id, Verdict::Approve).await,
            "deny" => {
                queue::decisions::decide_with(desk, &who, &member, &id, &said(Verdict::Reject, "No")).await
            }
            "cancel" => queue::decisions::cancel_request(desk, &who, &member, &id, "No").await,
            "retry" => queue::repair::retry(desk, &who, &member, &id).await,
            "follow newest" => queue::repair::follow_newest(desk, &who, &member, &id).await,
            "ask requester" => access::my_requests::question(desk, &who, &member, &id, "Why?").await,
            "withdraw" => joining::requests::withdraw(desk, &who, &id).await,
            "change reason" => access::my_requests::reword(desk, &who, &member, &id, "Because").await,
            _ => access::my_requests::nudge(desk, &who, &member, &id).await,
        }
    }

    /// The whole table as it is tried.
    async fn table(&self) -> String {
        let mut text = String::from(STATES_HEAD);
        for action in ACTIONS {
            let _ = write!(
                text,
                "\n## {}\n\n| state | {} |\n|---|{}\n",
                capital(action),
                ROLES.join(" | "),
                "---|".repeat(ROLES.len())
            );
            for state in STATES {
                let mut cells = Vec::new();
                for role in ROLES {
                    let answer = self.attempt(state, role, action).await;
                    cells.push(match answer {
                        Ok(()) => "**yes**".to_owned(),
                        Err(Error::NotFound) => "not found".to_owned(),
                        Err(Error::Forbidden) => "forbidden".to_owned(),
                        Err(e) => e
                            .key()
                            .trim_start_matches("why-")
                            .trim_start_matches("error-")
                            .replace('-', " "),
                    });
                }
                let _ = writeln!(text, "| {state} | {} |", cells.join(" | "));
            }
        }
        text
    }
}

const STATES_HEAD: &str = "# Who may do what to a request for a resource, and when

Made by `tests/access/states.rs`, which tries every case on SQLite and on PostgreSQL. **yes**: it is done; \
anything else is why it is refused.
Administrator: has every right, and is not asked by the flow. Reader: `requests.view`. Approver: asked by \
the current step, or was. Member:
`portal.use` alone. Submitter: asked for somebody whose manager they are. Holder: whom it is for. Elsewhere: \
the administrator of another organisation.
";

fn capital(text: &str) -> String {
    text[..1].to_uppercase() + &text[1..]
}

/// What each door needs.
fn permissions() -> String {
    let mut text = String::from(
        "# What each door needs\n\nMade by `tests/access/states.rs` from the doors of `src/web/doors/`; \
         `tests/walls/doors.rs` tries each of them.\n\n\
         | door | method | needs |\n|---|---|---|\n",
    );
    for door in doors::all() {
        let method = match door.leads {
            Leads::Action | Leads::Read | Leads::Upload(_) | Leads::Post(_) => "POST",
            Leads::GetOrPost(_) => "GET, POST",
            _ => "GET",
        };
        let needs = match door.needs {
            Needs::Nobody => "nothing".to_owned(),
            Needs::Demo => "a demo".to_owned(),
            Needs::HalfSignedIn => "a session, the second factor may be due".to_owned(),
            Needs::Account => "a session".to_owned(),
            Needs::Member => "membership".to_owned(),
            Needs::May(p) => format!("`{}`", p.as_str()),
            Needs::MayEither(one, other) => format!("`{}` or `{}`", one.as_str(), other.as_str()),
            Needs::Administrator => "the role Administrator".to_owned(),
        };
        let _ = writeln!(text, "| `{}` | {method} | {needs} |", door.path);
    }
    text
}

/// The document is what was found; or is written so.
fn document(name: &str, found: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs")
        .join(name);
    if std::env::var_os("ANTEROOM_WRITE_DOCS").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    for (was, is) in written.lines().zip(found.lines()) {
        assert_eq!(
            was, is,
            "docs/{name} differs; if that is meant, ANTEROOM_WRITE_DOCS=1 writes it anew"
        );
    }
    assert_eq!(written.len(), found.len(), "docs/{name}");
}

#[test]
fn doors_are_documented() {
    document("permissions.md", &permissions());
}

both!(every_state_role_and_action);
async fn every_state_role_and_action(house: &House) {
    let stage = Stage::new(house).await;
    document("states.md", &stage.table().await);
    house.expects_owed_letters();
}
