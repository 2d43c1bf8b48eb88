//! `/{org}/flows`: approval flows: the list, the editor, trying one out, deleting one.
use crate::desk::access;
use crate::desk::access::flows::{FlowDraft, StepDraft, UsedFlow};
use crate::desk::access::trial::Trial;
use crate::domain::ids::{FlowId, ResourceId};
use crate::domain::member::Membership;
use crate::domain::role::Permission;
use crate::domain::{Error, Result};
use crate::pages::access::flow_form::fields;
use crate::pages::access::progress;
use crate::pages::parts::form::Form;
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use crate::store::access::flows::Version;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let flows = access::flows::list(call.desk(), &member).await?;
    let title = words.say("nav-flows");
    let heading = title.clone();
    let draw = move || {
        let here = format!("/{}/flows", member.slug);
        view! {
            <div class="head">
                <h1>{heading}</h1>
                <a class="button main" href=format!("{here}/new")>
                    {words.say("flows-create")}
                </a>
            </div>
            {parts::done(&call, &["deleted"])}
            {table(&call, &flows, &here)}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("flows"), draw))
}

fn table(call: &Call, flows: &[UsedFlow], here: &str) -> AnyView {
    let words = call.words();
    if flows.is_empty() {
        return view! {
            <div class="empty">
                <h2>{words.say("flows-none")}</h2>
                <p class="soft">{words.say("flows-none-text")}</p>
            </div>
        }
        .into_any();
    }
    let rows = flows.iter().map(|u| row(call, u, here)).collect_view();
    view! {
        <div class="sheet">
            <table>
                <caption>{words.say("nav-flows")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words.say("label-flow")}</th>
                        <th scope="col">{words.say("flows-steps-head")}</th>
                        <th scope="col">{words.say("flows-version-head")}</th>
                        <th scope="col">{words.say("nav-resources")}</th>
                        <th scope="col">{words.say("flows-open-head")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(call: &Call, u: &UsedFlow, here: &str) -> AnyView {
    let words = call.words();
    view! {
        <tr>
            <td class="who">
                <a href=format!("{here}/{}", u.flow.id)>
                    <strong>{u.flow.name.clone()}</strong>
                </a>
            </td>
            <td class="wide">{words.tell("flows-steps", &[("n", &(u.flow.rules.steps.len() as i64))])}</td>
            <td class="wide">{words.tell("flows-version", &[("n", &u.flow.number)])}</td>
            <td class="wide">{words.tell("flows-resources", &[("n", &u.resources)])}</td>
            <td class="wide">{words.tell("flows-open", &[("n", &u.open)])}</td>
        </tr>
    }
    .into_any()
}

/// `/{org}/flows/new`.
pub async fn new(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let choices = access::flows::choices(call.desk(), &member).await?;
    let title = words.say("flows-create");
    let heading = title.clone();
    let draw = move || {
        let list = format!("/{}/flows", member.slug);
        let first = StepDraft {
            approvers: "manager".into(),
            quorum: "any".into(),
            ..StepDraft::default()
        };
        let draft = FlowDraft {
            approval: "manual".into(),
            steps: vec![first],
            ..FlowDraft::default()
        };
        let form = fields(
            &call,
            Form::new(&call, "create_flow", "flows-create").hidden("org", member.slug.as_str()),
            &draft,
            &choices,
        );
        view! {
            <p>
                <a href=list>{words.say("flows-back")}</a>
            </p>
            <div class="head">
                <h1>{heading}</h1>
            </div>
            <section class="panel">{form.draw()}</section>
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("flows"), draw))
}

/// `/{org}/flows/{flow}`: the editor with its versions, and trying it out.
pub async fn one(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let id = FlowId::try_from(call.param("flow").to_owned())?;
    let (used, versions) = access::flows::find(call.desk(), &member, &id).await?;
    let choices = access::flows::choices(call.desk(), &member).await?;
    let draft = access::flows::find_draft(call.desk(), &member, &used.flow.name, &used.flow.rules).await?;
    let resources = access::trial::resources_to_try(call.desk(), &member).await?;
    let trial = trial(&call, &member, &id).await?;
    let title = format!("{} · {}", used.flow.name, words.say("nav-flows"));
    let draw = move || {
        let list = format!("/{}/flows", member.slug);
        let here = format!("{list}/{id}");
        let form = Form::new(&call, "change_flow", "flows-save")
            .hidden("org", member.slug.as_str())
            .hidden("flow", id.as_str())
            .showing(&used.flow.facts())
            .hidden("back", &parts::with(&here, "done", "saved"));
        let form = fields(&call, form, &draft, &choices).draw();
        view! {
            <p>
                <a href=list.clone()>{words.say("flows-back")}</a>
            </p>
            <div class="head">
                <h1>{used.flow.name.clone()}</h1>
                <a class="button danger" href=parts::with(&here, "do", "delete")>
                    {words.say("flows-delete")}
                </a>
            </div>
            <p class="soft">
                {words.tell("flows-version", &[("n", &used.flow.number)])} " · "
                {words.tell("flows-resources", &[("n", &used.resources)])} " · "
                {words.tell("flows-open", &[("n", &used.open)])}
            </p>
            {parts::done(&call, &["saved"])}
            <section class="panel">
                <p class="soft">{words.say("flows-save-text")}</p>
                {form}
            </section>
            {trying(&call, &here, &resources, trial.as_ref())}
            {history(&call, &versions)}
            {(call.asked("do") == "delete").then(|| confirm(&call, &member, &used, &here))}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("flows"), draw))
}

/// What was tried, if anything: a member and a resource.
async fn trial(call: &Call, member: &Membership, id: &FlowId) -> Result<Option<Result<Trial, Error>>> {
    if call.asked("person").is_empty() || call.asked("resource").is_empty() {
        return Ok(None);
    }
    let resource = ResourceId::try_from(call.asked("resource").to_owned())?;
    match access::trial::try_flow(
        call.desk(),
        call.actor()?,
        member,
        id,
        call.asked("person"),
        &resource,
    )
    .await
    {
        Err(e @ Error::Invalid(_)) => Ok(Some(Err(e))),
        other => other.map(|t| Some(Ok(t))),
    }
}

/// Trying the flow out: for whom and what, and what would happen.
fn trying(
    call: &Call,
    here: &str,
    resources: &[(ResourceId, String)],
    trial: Option<&Result<Trial, Error>>,
) -> AnyView {
    let words = call.words();
    if resources.is_empty() {
        return view! {
            <section class="panel">
                <h2>{words.say("try-title")}</h2>
                <p class="soft">{words.say("try-no-resources")}</p>
            </section>
        }
        .into_any();
    }
    view! {
        <section class="panel" id="try">
            <h2>{words.say("try-title")}</h2>
            <p class="soft">{words.say("try-text")}</p>
            {trial_form(call, here, resources)}
            <div role="status">{trial.map(|t| tried(call, t))}</div>
        </section>
    }
    .into_any()
}

fn trial_form(call: &Call, here: &str, resources: &[(ResourceId, String)]) -> AnyView {
    let words = call.words();
    let options = resources
        .iter()
        .map(|(id, name)| {
            view! {
                <option value=id.to_string() selected=call.asked("resource") == id.as_str()>
                    {name.clone()}
                </option>
            }
        })
        .collect_view();
    view! {
        <form class="filters" method="get" action=format!("{here}#try")>
            <div class="field-row">
                <label for="try-person">{words.say("try-person")}</label>
                <input
                    class="field"
                    type="text"
                    id="try-person"
                    name="person"
                    value=call.asked("person").to_owned()
                    required
                />
            </div>
            <div class="field-row">
                <label for="try-resource">{words.say("label-resource")}</label>
                <select class="field" id="try-resource" name="resource">
                    {options}
                </select>
            </div>
            <button type="submit" class="button">
                {words.say("try-press")}
            </button>
        </form>
    }
    .into_any()
}

/// What came of it, or why it could not be tried.
fn tried(call: &Call, trial: &Result<Trial, Error>) -> AnyView {
    let why = match trial {
        Ok(trial) => return outcome(call, trial),
        Err(Error::Invalid(faults)) => faults
            .first()
            .map(|f| call.words().reason(f.why))
            .unwrap_or_default(),
        Err(e) => call.explain(e),
    };
    view! {
        <p class="trouble" role="alert">
            {why}
        </p>
    }
    .into_any()
}

fn outcome(call: &Call, trial: &Trial) -> AnyView {
    let words = call.words();
    let steps = trial.steps.iter().map(|t| {
        let text = match t.missing {
            Some(missing) => words.say(&format!("missing-{}", missing.as_str().replace('_', "-"))),
            None => words.tell(
                "try-asked",
                &[("names", &t.asked.join(", ")), ("n", &(t.needed as i64))],
            ),
        };
        let class = if t.missing.is_some() { "now" } else { "done" };
        view! {
            <li class=class>
                <strong>{progress::approvers(call, &t.step.approvers, &t.names)}</strong>
                <p>{text}</p>
            </li>
        }
    });
    let head = if trial.automatic {
        words.say("try-automatic")
    } else {
        words.tell("try-notified", &[("n", &(trial.notified as i64))])
    };
    view! {
        <p>
            <strong>{head}</strong>
        </p>
        <ol class="steps">{steps.collect_view()}</ol>
    }
    .into_any()
}

fn history(call: &Call, versions: &[Version]) -> AnyView {
    let words = call.words();
    let rows = versions.iter().map(|v| {
        view! {
            <li>
                {words.tell("flows-version", &[("n", &v.number)])} " · " {v.made_by.clone()} " · "
                {parts::time(call, v.made_at)}
            </li>
        }
    });
    view! {
        <section class="panel">
            <h2>{words.say("flows-versions")}</h2>
            <ul class="plain">{rows.collect_view()}</ul>
        </section>
    }
    .into_any()
}

/// The dialog that says what deleting does.
fn confirm(call: &Call, member: &Membership, u: &UsedFlow, here: &str) -> AnyView {
    let words = call.words();
    let form = Form::new(call, "delete_flow", "flows-delete")
        .hidden("org", member.slug.as_str())
        .hidden("flow", u.flow.id.as_str())
        .button_class("button danger main")
        .cancel(here)
        .draw();
    let inside = view! {
        <div class="subject">
            <strong>{u.flow.name.clone()}</strong>
        </div>
        <ul>
            <li>{words.tell("flows-delete-open", &[("n", &u.open)])}</li>
            <li>{words.tell("flows-delete-resources", &[("n", &u.resources)])}</li>
            <li>{words.say("flows-delete-granted")}</li>
        </ul>
        {form}
    };
    let may = member.may(Permission::FlowsManage);
    parts::dialog(
        words.say("flows-delete-title"),
        here,
        may.then_some(inside).into_any(),
    )
}
