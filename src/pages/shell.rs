//! What stands around every page: the document, the rail of an organisation's house, or a card in
//! the middle.
use super::{Frame, Sheet};
use crate::domain::account::Theme;
use crate::domain::member::Membership;
use crate::domain::role::Permission;
use crate::domain::shown_once::ShownOnce;
use crate::islands::banner::RestrictedBanner;
use crate::pages::parts;
use crate::pages::parts::form::Form;
use crate::site::Call;
use leptos::prelude::*;

/// The whole document.
pub fn document(call: &Call, sheet: Sheet) -> impl IntoView + use<> {
    let call = &Call {
        member: call.member.clone().or(sheet.member),
        ..call.clone()
    };
    let options = call.site.leptos.clone();
    let theme = (call.theme() != Theme::System).then(|| call.theme().as_str());
    let scripts = sheet
        .live
        .then(|| view! { <HydrationScripts options=options.clone() islands=true /> });
    let reload = call
        .site
        .watched
        .then(|| view! { <AutoReload options=options.clone() /> });
    let title = if sheet.title.is_empty() {
        "Anteroom".to_owned()
    } else {
        format!("{} · Anteroom", sheet.title)
    };
    let body = match sheet.frame {
        Frame::Card => card(call, sheet.draw).into_any(),
        Frame::House(current) => house(call, current, sheet.troubled, sheet.draw).into_any(),
    };
    view! {
        <!DOCTYPE html>
        <html lang=call.words().0.tag() data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title>{title}</title>
                <link rel="stylesheet" href="/pkg/anteroom.css" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                {reload}
                {scripts}
            </head>
            <body>{body}</body>
        </html>
    }
}

fn brand() -> impl IntoView {
    view! {
        <a class="brand" href="/">
            <svg
                width="22"
                height="22"
                viewBox="0 0 24 24"
                fill="none"
                stroke="currentColor"
                stroke-width="2"
                aria-hidden="true"
            >
                <path d="M4 21V5a2 2 0 0 1 2-2h9v18" />
                <path d="M15 6h5v15M2 21h20" />
                <circle cx="11.5" cy="12" r=".8" fill="currentColor" />
            </svg>
            "Anteroom"
        </a>
    }
}

fn card(call: &Call, draw: Box<dyn FnOnce() -> AnyView + Send>) -> impl IntoView + use<> {
    view! {
        <div class="porch">
            <header class="porch-head">{brand()} {who(call)}</header>
            <main class="card">{gone(call)} {draw()}</main>
            <footer class="porch-foot">
                {(call.actor.is_none() && call.half.is_none()).then(|| language_choice(call))}
            </footer>
        </div>
    }
}

/// Who is signed in, with the ways on and out.
fn who(call: &Call) -> Option<AnyView> {
    let words = call.words();
    let actor = call.actor.as_ref().or(call.half.as_ref())?;
    let settings = call
        .actor
        .is_some()
        .then(|| view! { <a href="/settings">{words.say("nav-settings")}</a> });
    Some(
        view! {
            <div class="who-bar">
                <span class="soft mail">{actor.account.email.shown()}</span>
                {settings}
                {sign_out(call)}
            </div>
        }
        .into_any(),
    )
}

/// The button that ends the session; afterwards one is at the home page.
pub fn sign_out(call: &Call) -> AnyView {
    Form::new(call, "sign_out", "nav-sign-out")
        .hidden("back", "/")
        .class("inline")
        .button_class("button small")
        .draw()
}

/// For those not signed in: the other languages, each a button.
pub fn language_choice(call: &Call) -> AnyView {
    let page = parts::whole_path(call);
    let other = crate::domain::account::Language::ALL
        .into_iter()
        .filter(|l| *l != call.words().0);
    let buttons = other
        .map(|l| {
            view! {
                <button type="submit" class="link" name="language" value=l.tag() lang=l.tag()>
                    {l.own_name()}
                </button>
            }
        })
        .collect_view();
    view! {
        <form method="post" action="/actions/choose_language" class="inline">
            {parts::marks(call, "")}
            <input type="hidden" name="back" value=page />
            {buttons}
        </form>
    }
    .into_any()
}

fn house(
    call: &Call,
    current: &'static str,
    troubled: usize,
    draw: Box<dyn FnOnce() -> AnyView + Send>,
) -> impl IntoView + use<> {
    let words = call.words();
    let skip = words.say("nav-skip");
    let menu = words.say("nav-menu");
    view! {
        <a class="skip" href="#room">
            {skip}
        </a>
        <div class="house">
            <aside class="rail">
                {brand()} <details class="rail-menu">
                    <summary>{menu}</summary>
                    <div class="rail-inner">{entries(call, current)}</div>
                </details>
            </aside>
            <main class="room" id="room">
                {notices(call)}
                {gone(call)}
                {channels(call, current, troubled)}
                {draw()}
            </main>
        </div>
    }
}

/// Where the page's address asks for something that is shown once: that it is not there any more.
fn gone(call: &Call) -> Option<AnyView> {
    (call.once == ShownOnce::Gone).then(|| {
        view! {
            <p class="banner" role="status">
                <span aria-hidden="true">"▲"</span>
                <span>{call.words().say("shown-once-gone")}</span>
            </p>
        }
        .into_any()
    })
}

/// What concerns every page of an organisation's house: restricted access, and that the
/// organisation closes.
fn notices(call: &Call) -> AnyView {
    let words = call.words();
    let Some(m) = &call.member else {
        return ().into_any();
    };
    let restricted = m.is_restricted().then(|| {
        let text = words.tell("home-restricted-text", &[("organisation", &m.organisation_name)]);
        view! {
            <RestrictedBanner
                org=m.slug.to_string()
                title=words.say("home-restricted")
                text=text
                given=words.say("home-unrestricted")
                tour=words.say("home-tour")
            />
        }
    });
    // Shown by the page itself where its stream ends because somebody else is signed in by now.
    let stale = view! {
        <div class="banner" role="alert" id="stale" hidden>
            <span aria-hidden="true">"▲"</span>
            <p>
                {words.say("stale-page")} " " <a href=parts::whole_path(call)>{words.say("trouble-look")}</a>
            </p>
        </div>
    };
    let closing = m.closes_at.map(|at| {
        view! {
            <div class="banner" role="status">
                <span aria-hidden="true">"▲"</span>
                <p>
                    {words.tell("closing-banner", &[("organisation", &m.organisation_name)])} " "
                    {parts::time(call, at)}
                </p>
            </div>
        }
    });
    view! {
        {stale}
        {restricted}
        {closing}
    }
    .into_any()
}

/// Says that channels of deliveries are in trouble, with the way to where that is explained.
fn channels(call: &Call, current: &'static str, troubled: usize) -> Option<AnyView> {
    let words = call.words();
    let member = call
        .member
        .as_ref()
        .filter(|_| troubled > 0 && current != "deliveries")?;
    Some(
        view! {
            <div class="banner" role="status">
                <span aria-hidden="true">"▲"</span>
                <p>
                    {words.tell("banner-channels", &[("n", &(troubled as i64))])} " "
                    <a href=format!("/{}/deliveries", member.slug)>{words.say("banner-channels-show")}</a>
                </p>
            </div>
        }
        .into_any(),
    )
}

/// The rail: where one is, and where one may go. Every entry exists and may be opened by this
/// reader.
fn entries(call: &Call, current: &'static str) -> AnyView {
    let words = call.words();
    let organisation = call.member.as_ref().map(|m| {
        view! {
            {place(call, m)}
            {everyday(call, m, current)}
            {portal(call, m, current)}
            {administration(call, m, current)}
        }
    });
    let name = call
        .actor
        .as_ref()
        .map(|a| a.account.name.clone())
        .unwrap_or_default();
    let own = |name: &'static str| entry(call, current, name, format!("/{name}"));
    view! {
        {organisation}
        <div class="rail-end">
            <h2 class="rail-title">{name}</h2>
            <nav aria-label=words.say("nav-you")>{own("waiting")} {own("settings")}</nav>
            {sign_out(call)}
        </div>
    }
    .into_any()
}

/// A way in the rail, marked where one is there.
fn entry(call: &Call, current: &'static str, name: &'static str, to: String) -> AnyView {
    let here = (name == current).then_some("page");
    view! {
        <a href=to aria-current=here>
            {call.words().say(&format!("nav-{name}"))}
        </a>
    }
    .into_any()
}

/// The organisation that one is in, and the way to the others.
fn place(call: &Call, m: &Membership) -> AnyView {
    let words = call.words();
    let change = m
        .of_several
        .then(|| view! { <a href="/customers">{words.say("customers-change")}</a> });
    let number = words.tell("nav-customer", &[("number", &m.customer_number)]);
    view! {
        <p class="place">
            <strong>{m.organisation_name.clone()}</strong>
            <small>{number}</small>
            {change}
        </p>
    }
    .into_any()
}

/// What is open to every member.
fn everyday(call: &Call, m: &Membership, current: &'static str) -> AnyView {
    let base = format!("/{}", m.slug);
    let below = |name: &'static str| entry(call, current, name, format!("{base}/{name}"));
    let label = call.words().say("nav-main");
    view! {
        <nav aria-label=label>
            {entry(call, current, "home", base.clone())} {below("faq")} {below("feedback")}
        </nav>
    }
    .into_any()
}

/// What one has, asks for, and is asked for.
fn portal(call: &Call, m: &Membership, current: &'static str) -> Option<AnyView> {
    let words = call.words();
    let to = |name: &'static str, path: &str| entry(call, current, name, format!("/{}/{path}", m.slug));
    let portal = [
        ("applications", "applications"),
        ("catalog", "catalog"),
        ("my-requests", "my_requests"),
    ];
    let portal: Vec<_> = if m.may(Permission::PortalUse) {
        portal.map(|(name, path)| to(name, path)).into()
    } else {
        Vec::new()
    };
    let asked = m.may(Permission::PortalUse) || m.may(Permission::RequestsDecide);
    asked.then(|| {
        view! {
            <div>
                <h2 class="rail-title">{words.say("nav-portal")}</h2>
                <nav aria-label=words.say("nav-portal")>{portal}{to("approvals", "approvals")}</nav>
            </div>
        }
        .into_any()
    })
}

/// What one may administer.
fn administration(call: &Call, m: &Membership, current: &'static str) -> Option<AnyView> {
    let words = call.words();
    let rooms = |all: &[(Permission, &'static str, &'static str)]| {
        let open = all.iter().filter(|(permission, ..)| m.may(*permission));
        open.map(|(_, name, path)| (*name, *path)).collect::<Vec<_>>()
    };
    let mut open = rooms(&[(Permission::RequestsView, "requests", "access_requests")]);
    open.extend(crate::pages::people::pieces::first(m).map(|page| ("users", page)));
    open.extend(rooms(&[
        (Permission::ResourcesManage, "resources", "resources"),
        (Permission::FlowsManage, "flows", "flows"),
        (Permission::ConnectorsManage, "connectors", "connectors"),
    ]));
    if m.may(Permission::RequestsDecide) || m.may(Permission::ConnectorsManage) {
        open.push(("deliveries", "deliveries"));
    }
    open.extend(rooms(&[
        (Permission::InsightsView, "insights", "insights"),
        (Permission::SettingsManage, "organisation", "settings"),
    ]));
    let open: Vec<_> = open
        .into_iter()
        .map(|(name, path)| entry(call, current, name, format!("/{}/{path}", m.slug)))
        .collect();
    (!open.is_empty()).then(|| {
        view! {
            <div>
                <h2 class="rail-title">{words.say("nav-administration")}</h2>
                <nav aria-label=words.say("nav-administration")>{open}</nav>
            </div>
        }
        .into_any()
    })
}
