//! The demo's portal: a few colleagues, approval flows, resources, and requests at every stage.
use crate::desk::access::flows::{FlowDraft, StepDraft};
use crate::desk::access::resources::ResourceDraft;
use crate::desk::access::submission::Wish;
use crate::desk::demo::people::COLLEAGUE;
use crate::desk::demo::people::demo_actor;
use crate::desk::demo::people::demo_member;
use crate::desk::faults::broken;
use crate::desk::people::members::Work;
use crate::desk::requests::decision_draft::DecisionDraft;
use crate::desk::{Actor, Desk, access, demo, people, queue};
use crate::domain::ids::ResourceId;
use crate::domain::member::Membership;
use crate::domain::role::Permission;
use crate::domain::time::Span;
use crate::domain::verdict::Verdict;
use crate::domain::{Result, Time};
use crate::store;

/// The others, whose manager she is, but for the last one, who has none.
const TEAM: [(&str, &str); 3] = [
    ("Tess Lindqvist", "tess.lindqvist@northlight.test"),
    ("Omar Feldt", "omar.feldt@northlight.test"),
    ("Nora Quist", "nora.quist@northlight.test"),
];

/// Fills the portal of the demo's organisation, as its people would.
pub(crate) async fn fill_demo_portal(desk: &Desk, now: Time) -> Result<()> {
    let at = |days: i64| now - Span::days(days);
    let ivo = demo_actor(desk, crate::desk::demo::people::ADMINISTRATOR, at(30)).await?;
    let admin = demo_member(desk, &ivo).await?;
    people::roles::create(
        desk,
        &ivo,
        &admin,
        "Portal",
        [Permission::PortalUse].into_iter().collect(),
    )
    .await?;
    let role = people::roles::list(desk, &admin)
        .await?
        .into_iter()
        .find(|u| u.role.name == "Portal")
        .ok_or_else(|| broken())?
        .role
        .id;
    let mut tx = desk.db.begin().await?;
    for (name, email) in TEAM {
        let account = demo::people::demo_account(desk, &mut tx, name, email, at(30)).await?;
        store::people::members::join(&mut tx, &admin.organisation, &account, account.created_at).await?;
    }
    tx.commit().await?;
    let ruth = demo_actor(desk, COLLEAGUE, at(30)).await?;
    people::members::set_roles(desk, &ivo, &admin, ruth.id(), std::slice::from_ref(&role)).await?;
    let mut team = Vec::new();
    for (n, (_, email)) in TEAM.into_iter().enumerate() {
        let actor = demo_actor(desk, email, at(3 - n as i64)).await?;
        people::members::set_roles(desk, &ivo, &admin, actor.id(), std::slice::from_ref(&role)).await?;
        if n < 2 {
            let work = Work {
                manager: COLLEAGUE.into(),
                job_title: "Engineer".into(),
                department: "Optics".into(),
            };
            people::members::set_employment(desk, &ivo, &admin, actor.id(), &work).await?;
        }
        team.push(actor);
    }
    let things = demo_things(desk, &ivo, &admin).await?;
    let [tess, omar, nora] = &team[..] else {
        return Err(broken());
    };
    let ask = |actor: &Actor, thing: usize, reason: &str, days: &str| {
        let (actor, id) = (actor.clone(), things[thing].clone());
        let wish = Wish {
            reason: reason.into(),
            days: days.into(),
            holder: String::new(),
        };
        async move {
            access::submission::ask_for(desk, &actor, &demo_member(desk, &actor).await?, &id, &wish).await
        }
    };
    // After both have asked.
    let ivo = demo_actor(desk, crate::desk::demo::people::ADMINISTRATOR, at(1)).await?;
    let granted = ask(tess, 1, "For the weekly report", "90").await?;
    queue::decisions::decide_with(desk, &ivo, &admin, &granted, &Verdict::Approve.into()).await?;
    let denied = ask(omar, 1, "", "").await?;
    let no = DecisionDraft {
        reason: "The report is enough for now.".into(),
        next_steps: "Ask Tess for a copy.".into(),
        ..Verdict::Reject.into()
    };
    queue::decisions::decide_with(desk, &ivo, &admin, &denied, &no).await?;
    ask(tess, 0, "I close the books from this month on.", "").await?;
    ask(omar, 2, "On call next week", "14").await?;
    ask(nora, 0, "Invoices of the optics group", "30").await?;
    ask(nora, 3, "", "").await.map(|_| ())
}

/// The demo's flows and resources, in this order: billing, reports, production, handbook.
async fn demo_things(desk: &Desk, ivo: &Actor, admin: &Membership) -> Result<Vec<ResourceId>> {
    let step = |approvers: &str| StepDraft {
        approvers: approvers.into(),
        quorum: "any".into(),
        ..StepDraft::default()
    };
    let flow = |name: &str, approval: &str, steps| FlowDraft {
        name: name.into(),
        approval: approval.into(),
        domain: "northlight.test".into(),
        steps,
    };
    let reminds = StepDraft {
        remind_days: "3".into(),
        ..step("manager")
    };
    let two = access::flows::create(
        desk,
        ivo,
        admin,
        &flow(
            "Manager, then administrators",
            "manual",
            vec![reminds, step("administrators")],
        ),
    )
    .await?;
    let one = access::flows::create(
        desk,
        ivo,
        admin,
        &flow("Administrators", "manual", vec![step("administrators")]),
    )
    .await?;
    let none = access::flows::create(
        desk,
        ivo,
        admin,
        &flow("Everybody here", "domain", vec![step("administrators")]),
    )
    .await?;
    let things = [
        (
            "Billing console",
            "Invoices, payments and reminders.",
            "💶",
            "365",
            true,
            &two,
        ),
        (
            "Reports",
            "Numbers of the week, read only.",
            "📊",
            "",
            false,
            &one,
        ),
        (
            "Production servers",
            "Shell access, recorded.",
            "⚙️",
            "30",
            true,
            &two,
        ),
        ("Handbook", "How we work.", "📘", "", false, &none),
    ];
    let mut ids = Vec::new();
    for (name, description, icon, days, reason_required, flow) in things {
        let draft = ResourceDraft {
            name: name.into(),
            description: description.into(),
            icon: icon.into(),
            most_days: days.into(),
            owner: COLLEAGUE.into(),
            flow: flow.to_string(),
            reason_required,
            ..ResourceDraft::default()
        };
        ids.push(access::resources::create(desk, ivo, admin, &draft).await?.0);
    }
    Ok(ids)
}
