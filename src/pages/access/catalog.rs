//! `/{org}/catalog`: what one may ask for, and asking.
use crate::desk::access::catalog::{Catalog, Offered};
use crate::desk::{Actor, access};
use crate::domain::ids::{AccountId, RequestId, ResourceId};
use crate::domain::member::Membership;
use crate::domain::request::Request;
use crate::domain::{Error, Result};
use crate::pages::parts::field::FieldKind;
use crate::pages::parts::form::Form;
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use crate::store::access::resources::ListedResource;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let (actor, member) = (call.actor()?.clone(), call.member()?.clone());
    let search: String = call.asked("q").chars().take(200).collect();
    let catalog = access::catalog::list(call.desk(), &actor, &member, &search, after(&call)?).await?;
    let (wanted, refusal) = wanted(&call, &actor, &member).await?;
    let like = match RequestId::try_from(call.asked("like").to_owned()) {
        Ok(id) => access::catalog::like(call.desk(), &actor, &member, &id).await?,
        Err(_) => None,
    };
    let title = words.say("nav-catalog");
    let heading = title.clone();
    let draw = move || {
        let here = format!("/{}/catalog", member.slug);
        let tiles = catalog
            .offered
            .iter()
            .map(|o| tile(&call, &member, o, &here))
            .collect_view();
        let list = if catalog.offered.is_empty() {
            nothing(&call, &search)
        } else {
            view! { <ul class="tiles plain">{tiles}</ul> }.into_any()
        };
        view! {
            <div class="head">
                <h1>{heading}</h1>
            </div>
            <p class="soft">{words.say("catalog-text")}</p>
            {refusal.as_ref().map(|e| not_now(&call, &member, e))}
            {searching(&call, &here, &search)}
            {list}
            {parts::next_page(&call, catalog.next.as_ref().map(|(name, id)| format!("{id}_{name}")))}
            {wanted.map(|listed| asking(&call, &member, &listed, &catalog, like.as_ref(), &here))}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("catalog"), draw))
}

/// What is to be asked for, or why that is not possible. A letter or an older request leads to what cannot be
/// asked for just now: that is said here, beside what can.
async fn wanted(
    call: &Call,
    actor: &Actor,
    member: &Membership,
) -> Result<(Option<ListedResource>, Option<Error>)> {
    let id = match call.asked("ask") {
        "" => return Ok((None, None)),
        id => ResourceId::try_from(id.to_owned())?,
    };
    match access::catalog::offered(call.desk(), actor, member, &id).await {
        Ok(listed) => Ok((Some(listed), None)),
        Err(e @ (Error::Refused(_) | Error::NotFound)) => Ok((None, Some(e))),
        Err(e) => Err(e),
    }
}

/// That there is nothing, or nothing like it.
fn nothing(call: &Call, search: &str) -> AnyView {
    let words = call.words();
    let (key, text) = if search.is_empty() {
        ("catalog-none", "catalog-none-text")
    } else {
        ("catalog-not-found", "catalog-not-found-text")
    };
    view! {
        <div class="empty">
            <h2>{words.say(key)}</h2>
            <p class="soft">{words.say(text)}</p>
        </div>
    }
    .into_any()
}

/// Why what was asked for cannot be, and whom to ask about it.
fn not_now(call: &Call, member: &Membership, why: &Error) -> AnyView {
    let words = call.words();
    let to = format!("/{}/feedback", member.slug);
    view! {
        <div class="banner" role="status">
            <span aria-hidden="true">"▲"</span>
            <p>{words.say("catalog-not-now")} " " {words.explain_alone(why, call.now())}</p>
            <a href=to>{words.say("catalog-not-now-ask")}</a>
        </div>
    }
    .into_any()
}

/// The place after which the page begins: id and sort key.
pub fn after(call: &Call) -> Result<Option<(String, ResourceId)>> {
    let Some((id, name)) = call.asked("after").split_once('_') else {
        return Ok(None);
    };
    let id = ResourceId::try_from(id.to_owned()).map_err(|_| Error::Malformed)?;
    Ok(Some((name.to_owned(), id)))
}

/// The search box of a page.
pub fn searching(call: &Call, here: &str, search: &str) -> AnyView {
    let words = call.words();
    let clear =
        (!search.is_empty()).then(|| view! { <a href=here.to_owned()>{words.say("queue-search-clear")}</a> });
    view! {
        <form class="tools" role="search" method="get" action=here.to_owned()>
            <input
                class="field search"
                type="search"
                name="q"
                value=search.to_owned()
                aria-label=words.say("catalog-search")
                placeholder=words.say("catalog-search")
            />
            <button type="submit" class="button">
                {words.say("queue-search-button")}
            </button>
            {clear}
        </form>
    }
    .into_any()
}

fn tile(call: &Call, member: &Membership, o: &Offered, here: &str) -> AnyView {
    let words = call.words();
    let r = &o.listed.resource;
    let action = match (&o.open, o.has) {
        (Some(id), _) => {
            let to = format!("/{}/my_requests?request={id}", member.slug);
            view! {
                <a class="button small" href=to>
                    {words.say("catalog-open")}
                </a>
            }
            .into_any()
        }
        (None, true) => {
            let to = format!("/{}/applications", member.slug);
            view! {
                <span class="state yes">{words.say("catalog-has")}</span>
                <a href=to>{words.say("nav-applications")}</a>
            }
            .into_any()
        }
        (None, false) => {
            let label = format!("{}: {}", words.say("catalog-ask"), r.name);
            view! {
                <a class="button small main" href=parts::with(here, "ask", r.id.as_str()) aria-label=label>
                    {words.say("catalog-ask")}
                </a>
            }
            .into_any()
        }
    };
    view! {
        <li class="tile">
            <h2 class="named">{parts::resource_icon(&r.icon, &r.name)} " " {r.name.clone()}</h2>
            <p class="soft words">{r.description.clone()}</p>
            <p class="tools">{action}</p>
        </li>
    }
    .into_any()
}

/// The dialog that asks; `like`: an earlier request, which it begins with.
fn asking(
    call: &Call,
    member: &Membership,
    listed: &ListedResource,
    catalog: &Catalog,
    like: Option<&Request>,
    here: &str,
) -> AnyView {
    let words = call.words();
    let r = &listed.resource;
    let reason = if r.reason_required {
        "ask-reason"
    } else {
        "ask-reason-optional"
    };
    let asked = like.and_then(Request::asked);
    let before = (
        like.map_or("", |l| &l.message),
        asked
            .and_then(|a| a.days)
            .map(|d| d.to_string())
            .unwrap_or_default(),
    );
    let holder = asked.map(|a| a.holder.to_string()).unwrap_or_default();
    let mut form = Form::new(call, "ask_for", "catalog-ask")
        .hidden("org", member.slug.as_str())
        .about("resource", r.id.as_str())
        .lines("reason", reason, before.0, 3);
    let days = match r.most_days {
        Some(most) => words.tell("ask-days-most", &[("n", &most)]),
        None => words.say("ask-days-ever"),
    };
    form = form
        .field("days", "ask-days", FieldKind::TEXT.optional(), &before.1)
        .with(view! { <p class="soft">{days}</p> }.into_any());
    if !catalog.reports.is_empty() {
        let myself = std::iter::once((String::new(), words.say("ask-for-myself")));
        let people = catalog
            .reports
            .iter()
            .map(|(id, name): &(AccountId, String)| (id.to_string(), name.clone()));
        form = form.choice("holder", "ask-for", myself.chain(people).collect(), &holder);
    }
    let inside = view! {
        <div class="subject">
            <strong>{r.name.clone()}</strong>
            <p class="soft words">{r.description.clone()}</p>
        </div>
        {form.cancel(here).draw()}
    };
    parts::dialog(words.say("catalog-ask"), here, inside.into_any())
}
