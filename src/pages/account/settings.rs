//! `/settings`: one's own name, language, password, address, ways to sign in, second factor, channels
//! in chat, sessions, customer numbers; and deleting the account.
use crate::desk::account::factor::Setup;
use crate::desk::account::providers::LinkedProvider;
use crate::desk::{account, chat};
use crate::domain::Result;
use crate::domain::account::{Factor, ProvenBy, Theme};
use crate::pages::account::{erasure, ways_in};
use crate::pages::parts::field::FieldKind;
use crate::pages::parts::form::Form;
use crate::pages::people::customers;
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use crate::store::account::sessions::Session;
use crate::store::chat::contacts::Linked;
use leptos::prelude::*;
use qrcode::QrCode;
use qrcode::render::svg;

/// Everything the page shows, fetched before it is drawn.
struct SessionSeen {
    sessions: Vec<Session>,
    setup: Option<Setup>,
    codes_left: i64,
    providers: Vec<LinkedProvider>,
    identities: Vec<Linked>,
}

pub async fn sheet(call: Call) -> Result<Sheet> {
    if let Some(goodbye) = customers::gone(&call).await? {
        return Ok(goodbye);
    }
    let actor = call.actor()?.clone();
    let seen = SessionSeen {
        sessions: account::sessions::list(call.desk(), &actor).await?,
        setup: account::factor::setup(call.desk(), &actor)?,
        codes_left: account::factor::recovery_codes_left(call.desk(), &actor).await?,
        providers: account::providers::linked_providers(call.desk(), &actor.account).await?,
        identities: chat::identities::chat_identities(call.desk(), &actor).await?,
    };
    let members = account::memberships::memberships(call.desk(), &actor).await?;
    let leaving = customers::asked(&call).await?;
    // The rail of the organisation that one belongs to, so that the way back is there.
    let member = members.first().cloned();
    let title = call.words().say("nav-settings");
    let heading = title.clone();
    let draw = move || {
        view! {
            <div class="head">
                <h1>{heading}</h1>
            </div>
            {parts::done(
                &call,
                &["profile", "password", "email", "address", "session", "factor", "unlinked"],
            )}
            {ways_in::sign_in_again(&call, &seen.providers)}
            {profile(&call)}
            {address(&call)}
            {password(&call)}
            {ways_in::panel(&call, &seen.providers)}
            {factor(&call, &seen)}
            {chat(&call, &seen)}
            {sessions(&call, &seen)}
            {(!members.is_empty()).then(|| panel(&call, "customers", customers::panel(&call, &members)))}
            {erasure::panel(&call, !members.is_empty())}
            {leaving.map(|c| customers::windows(&call, &c))}
        }
        .into_any()
    };
    Ok(Sheet {
        member,
        ..Sheet::new(title, Frame::House("settings"), draw)
    })
}

fn panel(call: &Call, id: &'static str, body: AnyView) -> AnyView {
    view! {
        <section class="panel" id=id>
            <h2>{call.words().say(&format!("settings-{id}"))}</h2>
            {body}
        </section>
    }
    .into_any()
}

fn profile(call: &Call) -> AnyView {
    let Some(actor) = &call.actor else {
        return ().into_any();
    };
    let account = &actor.account;
    let zones = parts::zones(&account.time_zone);
    let themes = Theme::ALL
        .into_iter()
        .map(|t| {
            (
                t.as_str().to_owned(),
                call.words().say(&format!("theme-{}", t.as_str())),
            )
        })
        .collect();
    let form = Form::new(call, "change_profile", "save")
        .showing(&account.profile_facts())
        .field("name", "label-your-name", FieldKind::NAME, &account.name)
        .choice(
            "language",
            "label-language",
            parts::languages(),
            account.language.tag(),
        )
        .choice("time_zone", "label-time-zone", zones, &account.time_zone)
        .choice("theme", "label-theme", themes, account.theme.as_str())
        .tick("keys", "label-keys", account.keys)
        .draw();
    panel(call, "profile", form)
}

fn address(call: &Call) -> AnyView {
    let Some(actor) = &call.actor else {
        return ().into_any();
    };
    let words = call.words();
    let mut form = Form::new(call, "ask_email_change", "settings-email-button").field(
        "email",
        "label-new-email",
        FieldKind::NEW_EMAIL,
        "",
    );
    if actor.account.password_hash.is_some() {
        form = form.field("password", "label-password", FieldKind::PASSWORD, "");
    }
    let now = words.tell("settings-email-now", &[("email", &actor.account.email.shown())]);
    let by_provider = actor.account.email_proven_by == ProvenBy::Provider;
    let unproven = match actor.account.email_proven_at {
        None => view! {
            <p class="banner" role="status">
                {words.say("settings-email-unproven")}
            </p>
        }
        .into_any(),
        Some(_) if by_provider => {
            view! { <p class="soft">{words.say("settings-email-by-provider")}</p> }.into_any()
        }
        Some(_) => ().into_any(),
    };
    panel(
        call,
        "email",
        view! {
            <p>{now}</p>
            {unproven}
            <p class="soft">{words.say("settings-email-text")}</p>
            {form.code_again().draw()}
        }
        .into_any(),
    )
}

fn password(call: &Call) -> AnyView {
    let Some(actor) = &call.actor else {
        return ().into_any();
    };
    let mut form = Form::new(call, "change_password", "settings-password-button");
    if actor.account.password_hash.is_some() {
        form = form.field(
            "current_password",
            "label-current-password",
            FieldKind::PASSWORD,
            "",
        );
    }
    let form = form
        .code_again()
        .field("new_password", "label-new-password", FieldKind::NEW_PASSWORD, "")
        .draw();
    panel(call, "password", form)
}

fn factor(call: &Call, seen: &SessionSeen) -> AnyView {
    let Some(actor) = &call.actor else {
        return ().into_any();
    };
    let words = call.words();
    let (action, button) = if actor.account.factor.is_on() {
        ("end_factor", "factor-end")
    } else {
        ("begin_factor", "factor-begin")
    };
    let mut needs_password = Form::new(call, action, button);
    if actor.account.password_hash.is_some() {
        needs_password = needs_password.field("password", "label-password", FieldKind::PASSWORD, "");
    }
    let body = match (&actor.account.factor, &seen.setup) {
        (Factor::On { .. }, _) => {
            let left = words.tell("factor-left", &[("n", &seen.codes_left)]);
            let form = needs_password
                .field("code", "label-code", FieldKind::CODE, "")
                .button_class("button danger")
                .draw();
            let renew = Form::new(call, "renew_codes", "factor-renew")
                .again()
                .button_class("button")
                .draw();
            view! {
                <p>
                    <span class="state yes">{words.say("factor-is-on")}</span>
                </p>
                <p class="soft">{left}</p>
                {renew}
                {form}
            }
            .into_any()
        }
        (Factor::Begun { .. }, Some(setup)) => begun(call, setup),
        _ => view! {
            <p class="soft">{words.say("factor-text")}</p>
            {needs_password.draw()}
        }
        .into_any(),
    };
    panel(
        call,
        "factor",
        view! {
            {codes(call)}
            {body}
        }
        .into_any(),
    )
}

/// New recovery codes, shown once.
fn codes(call: &Call) -> Option<AnyView> {
    let confirmed = call.once.of("/actions/confirm_factor");
    let shown = if confirmed.is_empty() {
        call.once.of("/actions/renew_codes")
    } else {
        confirmed
    };
    let codes = shown.iter().map(|c| {
        view! {
            <li>
                <code>{c.clone()}</code>
            </li>
        }
    });
    (!shown.is_empty()).then(|| {
        view! {
            <div class="banner info" role="status">
                <div>
                    <p>{call.words().say("factor-codes")}</p>
                    <ul class="codes">{codes.collect_view()}</ul>
                </div>
            </div>
        }
        .into_any()
    })
}

/// The QR code (an image of its own, as markup of another crate must not stand in the page), the
/// secret, and the first code.
fn begun(call: &Call, setup: &Setup) -> AnyView {
    use base64::Engine as _;
    let words = call.words();
    let image = QrCode::new(setup.url.as_bytes()).ok().map(|code| {
        let drawn = code.render::<svg::Color>().min_dimensions(180, 180).build();
        let source = format!(
            "data:image/svg+xml;base64,{}",
            base64::engine::general_purpose::STANDARD.encode(drawn)
        );
        view! { <img class="qr" src=source width="180" height="180" alt=words.say("factor-qr") /> }
    });
    let form = Form::new(call, "confirm_factor", "factor-confirm")
        .field("code", "label-code", FieldKind::CODE, "")
        .again()
        .draw();
    view! {
        <p>{words.say("factor-scan")}</p>
        {image}
        <p class="soft">{words.say("factor-type")} " " <code>{setup.secret.clone()}</code></p>
        {form}
    }
    .into_any()
}

/// One's own identities in chat, by which buttons there decide; and the code that links one.
fn chat(call: &Call, seen: &SessionSeen) -> AnyView {
    let words = call.words();
    let shown = call.once.of("/actions/make_chat_code").first().cloned();
    let shown = shown.map(|code| {
        view! {
            <div class="banner info" role="status">
                <p>{words.say("settings-chat-code")}<br /><code class="link-once">{code}</code></p>
            </div>
        }
    });
    let rows = seen.identities.iter().map(|l| {
        let form = Form::new(call, "unlink_chat", "settings-chat-unlink")
            .about("contact", l.contact.id.as_str())
            .again()
            .class("inline")
            .labelled(&l.contact.name)
            .button_class("button small")
            .draw();
        let place = format!(
            "{} · {} · {}",
            crate::pages::chat::names::platform(call, l.platform),
            l.connector,
            l.organisation
        );
        view! {
            <li class="session">
                <span>
                    <strong>{l.contact.name.clone()}</strong>
                    <span class="soft">{place}</span>
                </span>
                {form}
            </li>
        }
    });
    let form = Form::new(call, "make_chat_code", "settings-chat-make")
        .again()
        .draw();
    let text = words.say("settings-chat-text");
    panel(
        call,
        "chat",
        view! {
            {shown}
            <p class="soft">{text}</p>
            <ul class="sessions">{rows.collect_view()}</ul>
            {form}
        }
        .into_any(),
    )
}

fn sessions(call: &Call, seen: &SessionSeen) -> AnyView {
    let Some(actor) = &call.actor else {
        return ().into_any();
    };
    let words = call.words();
    let rows = seen
        .sessions
        .iter()
        .map(|s| {
            let mine = s.id == actor.session.id;
            let end = (!mine).then(|| {
                Form::new(call, "end_session", "settings-session-end")
                    .about("session", s.id.as_str())
                    .again()
                    .class("inline")
                    .button_class("button small")
                    .draw()
            });
            let here =
                mine.then(|| view! { <span class="state yes">{words.say("settings-session-here")}</span> });
            view! {
                <li class="session">
                    <div>
                        <strong>{parts::browser(&s.agent)}</strong>
                        <span class="soft">
                            {s.place.clone()} " · " {words.say("settings-session-begun")} " "
                            {parts::time(call, s.created_at)}
                        </span>
                    </div>
                    {here}
                    {end}
                </li>
            }
        })
        .collect_view();
    let others = (seen.sessions.len() > 1).then(|| {
        Form::new(call, "end_other_sessions", "settings-sessions-end")
            .again()
            .button_class("button danger")
            .draw()
    });
    panel(
        call,
        "sessions",
        view! {
            <ul class="sessions">{rows}</ul>
            {others}
        }
        .into_any(),
    )
}
