//! State × role × action: who may do what to a request for a resource, and when. The whole table is
//! tried at the desk, on both databases, and is docs/states.md; docs/permissions.md is made from
//! the doors. `ANTEROOM_WRITE_DOCS=1` writes both anew.
use crate::access::portal::{Portal, SLUG, portal_user, said, step};
use crate::harness::{House, uuid};
use anteroom::desk::access::flows::{FlowDraft, StepDraft};
use anteroom::desk::access::resources::ResourceDraft;
use anteroom::desk::access::submission::Wish;
use anteroom::desk::{Actor, access, joining, queue};
use anteroom::domain::Error;
use anteroom::domain::ids::{RequestId, ResourceId};
use anteroom::domain::member::Membership;
use anteroom::domain::organisation::REQUEST_LIFE;
use anteroom::domain::role::Permission;
use anteroom::domain::verdict::Verdict;
use anteroom::store;
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
}

impl<'a> Stage<'a> {
    async fn new(house: &'a House) -> Self {
        let ivo = house.organisation(SLUG).await;
        let member = house.member(&ivo, SLUG).await;
        let approver = portal_user(house, &ivo, "Ana Lind").await;
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
            let flow = FlowDraft {
                name: name.into(),
                steps,
                ..crate::access::portal::flow(Vec::new())
            };
            let flow = access::flows::create(&house.desk, &ivo, &member, &flow)
                .await
                .unwrap();
            let draft = ResourceDraft {
                name: name.into(),
                flow: flow.to_string(),
                hook: hook.into(),
                ..ResourceDraft::default()
            };
            things.insert(
                name,
                access::resources::create(&house.desk, &ivo, &member, &draft)
                    .await
                    .unwrap()
                    .0,
            );
        }
        let administrator = Self::with(house, &member, &Permission::ALL).await;
        let reader = Self::with(house, &member, &[Permission::RequestsView, Permission::PortalUse]).await;
        let bystander = Self::with(house, &member, &[Permission::PortalUse]).await;
        let olga = house.organisation("southmoor").await;
        let foreign = house.member(&olga, "southmoor").await;
        Self {
            p,
            things,
            administrator,
            reader,
            approver,
            member: bystander,
            elsewhere: (olga, foreign),
        }
    }

    /// Somebody new in the organisation with these permissions.
    async fn with(house: &House, member: &Membership, permissions: &[Permission]) -> Actor {
        let person = house
            .person(&format!("m-{}@northlight.test", uuid(house)), "Member")
            .await;
        let words = permissions
            .iter()
            .map(|p| p.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        let (role, org) = (uuid(house), &member.organisation);
        let sql = format!(
            "insert into roles (id, org_id, name, permissions) values ('{role}', '{org}', '{role}', \
             '{words}')"
        );
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&mut *house.raw().await)
            .await
            .unwrap();
        let mut tx = house.desk.db.begin().await.unwrap();
        store::people::members::join(&mut tx, org, &person.account, house.now)
            .await
            .unwrap();
        store::people::roles::give(&mut tx, org, person.id(), &role.try_into().unwrap(), house.now)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        person
    }

    /// A request in this state, submitted by a manager for somebody whom they manage: id,
    /// submitter, holder.
    async fn request(&self, state: &'static str) -> (RequestId, Actor, Actor) {
        let (house, desk, thing) = (self.p.house, &self.p.house.desk, &self.things[state]);
        let submitter = Self::with(house, &self.p.member, &[Permission::PortalUse]).await;
        let holder = Self::with(house, &self.p.member, &[Permission::PortalUse]).await;
        let mut tx = desk.db.begin().await.unwrap();
        let work = anteroom::domain::member::Employment {
            manager: Some(submitter.id().clone()),
            ..Default::default()
        };
        store::people::member_list::employ(&mut tx, &self.p.member.organisation, holder.id(), &work)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let wish = Wish {
            reason: "Why".into(),
            holder: holder.id().to_string(),
            ..Wish::default()
        };
        let id = access::submission::ask_for(
            desk,
            &submitter,
            &house.member(&submitter, SLUG).await,
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
            "canceled" => joining::requests::withdraw(desk, &submitter, &id).await.unwrap(),
            _ => {}
        }
        (id, submitter, holder)
    }

    async fn attempt(&self, state: &'static str, role: &str, action: &str) -> Result<(), Error> {
        let (id, submitter, holder) = self.request(state).await;
        let house = self.p.house;
        let who = match role {
            "administrator" => &self.administrator,
            "reader" => &self.reader,
            "approver" => &self.approver,
            "member" => &self.member,
            "submitter" => &submitter,
            "holder" => &holder,
            _ => &self.elsewhere.0,
        };
        let member = if role == "elsewhere" {
            self.elsewhere.1.clone()
        } else {
            house.member(who, SLUG).await
        };
        let late = if state == "expired" {
            house.now + REQUEST_LIFE
        } else {
            house.now
        };
        let who = Actor {
            caller: house.caller_at(late),
            ..who.clone()
        };
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
