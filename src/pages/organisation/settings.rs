//! `/{org}/settings`: what an organisation's administrators set, and what leads people to it.
use crate::desk::organisation;
use crate::desk::organisation::links::Links;
use crate::domain::Result;
use crate::domain::changes::{self, Field};
use crate::domain::group::Group;
use crate::domain::links::{self, Domain, ProviderLink};
use crate::domain::organisation::{Mails, Organisation};
use crate::domain::time::Span;
use crate::islands::copy::Copyable;
use crate::pages::organisation::panels;
use crate::pages::parts::field::FieldKind;
use crate::pages::parts::form::Form;
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use crate::store::account::identities::Identity;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?;
    let organisation = organisation::organisations::settings(call.desk(), member).await?;
    let links = organisation::links::list(call.desk(), call.actor()?, member).await?;
    let house = organisation::home_page::home(call.desk(), member).await?;
    let faqs = organisation::home_page::faqs(call.desk(), member).await?;
    let groups = organisation::request_rules::groups_to_tell(call.desk(), member).await?;
    let administrator = member.administrator;
    let export = organisation::export::newest_export(call.desk(), member).await?;
    let title = words.say("nav-organisation");
    let heading = title.clone();
    let draw = move || {
        view! {
            <div class="head">
                <h1>{heading}</h1>
            </div>
            {parts::done(&call, &["saved", "verified", "closes", "stays", "export"])}
            <section class="panel">
                <h2>{organisation.name.clone()}</h2>
                <dl class="facts">
                    <dt>{words.say("label-customer-number")}</dt>
                    <dd>{organisation.customer_number.clone()}</dd>
                </dl>
                {welcome(&call, &organisation)}
            </section>
            {administrator
                .then(|| {
                    view! {
                        <section class="panel" id="name">
                            <h2>{words.say("settings-name")}</h2>
                            {panels::name(&call, &organisation)}
                        </section>
                    }
                })}
            {panels::links(&call, &organisation, &house.links)}
            {panels::faqs(&call, &organisation, &faqs)}
            {panels::feedback(&call, &organisation)}
            <section class="panel" id="requests">
                <h2>{words.say("nav-requests")}</h2>
                {requests(&call, &organisation, &groups)}
            </section>
            <section class="panel" id="invitations">
                <h2>{words.say("people-invitations")}</h2>
                {invitations(&call, &organisation)}
            </section>
            {providers(&call, &organisation, &links)}
            {domains(&call, &organisation, &links)}
            <section class="panel" id="security">
                <h2>{words.say("settings-security")}</h2>
                <p class="soft">{words.say("settings-demand-text")}</p>
                {security(&call, &organisation)}
            </section>
            {administrator.then(|| panels::end(&call, &organisation, export.as_ref()))}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("organisation"), draw))
}

/// What newcomers meet.
fn welcome(call: &Call, o: &Organisation) -> AnyView {
    Form::new(call, "change_welcome", "save")
        .hidden("org", o.slug.as_str())
        .showing(&changes::of(
            o.facts(),
            &[Field::Contact, Field::Support, Field::RejectionsTold],
        ))
        .field(
            "admin_contact",
            "label-admin-contact",
            FieldKind::TEXT.optional(),
            &o.admin_contact,
        )
        .field(
            "support_contact",
            "label-support-contact",
            FieldKind::TEXT.optional(),
            &o.support_contact,
        )
        .tick("tells_rejected", "settings-tells-rejected", o.tells_rejected)
        .draw()
}

/// How new requests are told by mail and to whom, how long they live, and how long they are kept.
fn requests(call: &Call, o: &Organisation, groups: &[Group]) -> AnyView {
    let (words, rules) = (call.words(), &o.requests);
    let days = |span: Span| (span.0 / Span::days(1).0).to_string();
    let when = [
        ("each", words.say("settings-mails-each")),
        ("daily", words.say("settings-mails-daily")),
    ];
    let daily = if matches!(rules.mails, Mails::Daily { .. }) {
        "daily"
    } else {
        "each"
    };
    let everybody = std::iter::once((String::new(), words.say("settings-mails-all")));
    let to = everybody.chain(groups.iter().map(|g| {
        (
            g.id.to_string(),
            words.tell("settings-mails-group", &[("name", &g.name)]),
        )
    }));
    let shown = [
        Field::RequestMails,
        Field::RequestMailsGroup,
        Field::RequestDays,
        Field::RetentionDays,
    ];
    Form::new(call, "change_request_rules", "save")
        .hidden("org", o.slug.as_str())
        .showing(&changes::of(o.facts(), &shown))
        .tick(
            "mails_requests",
            "settings-mails-requests",
            rules.mails != Mails::Never,
        )
        .choice(
            "mails_when",
            "label-mails-when",
            when.map(|(value, said)| (value.to_owned(), said)).into(),
            daily,
        )
        .choice(
            "mails_group",
            "label-mails-group",
            to.collect(),
            rules.mails_group.as_ref().map_or("", |g| g.as_str()),
        )
        .field(
            "request_days",
            "label-request-days",
            FieldKind::TEXT,
            &days(rules.life),
        )
        .field(
            "retention_days",
            "label-retention-days",
            FieldKind::TEXT.optional(),
            &rules.retention.map(days).unwrap_or_default(),
        )
        .draw()
}

/// How long links work, how many may be sent in a day, and where that day begins.
fn invitations(call: &Call, o: &Organisation) -> AnyView {
    let hours = (o.invitation_life.0 / Span::hours(1).0).to_string();
    let shown = [Field::InvitationHours, Field::InvitationsADay, Field::TimeZone];
    Form::new(call, "change_invitation_rules", "save")
        .hidden("org", o.slug.as_str())
        .showing(&changes::of(o.facts(), &shown))
        .field(
            "invitation_hours",
            "label-invitation-hours",
            FieldKind::TEXT,
            &hours,
        )
        .field(
            "invitations_a_day",
            "label-invitations-a-day",
            FieldKind::TEXT,
            &o.invitations_a_day.to_string(),
        )
        .choice(
            "time_zone",
            "label-time-zone",
            parts::zones(&o.time_zone),
            &o.time_zone,
        )
        .draw()
}

fn security(call: &Call, o: &Organisation) -> AnyView {
    Form::new(call, "demand_factor", "save")
        .hidden("org", o.slug.as_str())
        .showing(&changes::of(o.facts(), &[Field::SecondFactorDemanded]))
        .tick("demand", "settings-demand", o.demands_factor)
        .draw()
}

/// Organisations of providers: the linked ones, and those that the reader could link.
fn providers(call: &Call, o: &Organisation, links: &Links) -> Option<AnyView> {
    if call.site.providers.is_empty() && links.providers.is_empty() {
        return None;
    }
    let words = call.words();
    let linked = links.providers.iter().map(|l| linked(call, o, l)).collect_view();
    let own = links.own.iter().map(|i| linkable(call, o, i)).collect_view();
    let back: String =
        url::form_urlencoded::byte_serialize(format!("/{}/settings#providers", o.slug).as_bytes()).collect();
    let sign_in = call
        .site
        .providers
        .iter()
        .filter(|p| p.organisation.is_some())
        .map(|p| {
            view! {
                <a class="button small" href=format!("/signin/{}?prove=1&back={back}", p.id)>
                    {words.tell("settings-prove", &[("provider", &p.label)])}
                </a>
            }
        })
        .collect_view();
    Some(
        view! {
            <section class="panel" id="providers">
                <h2>{words.say("settings-provider-links")}</h2>
                <p class="soft">{words.say("settings-provider-links-text")}</p>
                <ul class="plain rows">{linked}{own}</ul>
                <div class="tools">{sign_in}</div>
            </section>
        }
        .into_any(),
    )
}

fn label(call: &Call, provider: &str) -> String {
    call.site
        .providers
        .iter()
        .find(|p| p.id == provider)
        .map_or_else(|| provider.to_owned(), |p| p.label.clone())
}

fn linked(call: &Call, o: &Organisation, l: &ProviderLink) -> AnyView {
    let form = Form::new(call, "unlink_provider", "settings-unlink")
        .hidden("org", o.slug.as_str())
        .hidden("provider", &l.provider)
        .hidden("theirs", &l.provider_organisation)
        .class("inline")
        .button_class("button small")
        .draw();
    view! {
        <li class="spread">
            <span>
                <strong>{label(call, &l.provider)}</strong>
                " "
                <code>{l.provider_organisation.clone()}</code>
                " "
                <span class="soft">
                    {call.words().say("settings-linked")} " " {parts::time(call, l.linked_at)}
                </span>
            </span>
            {form}
        </li>
    }
    .into_any()
}

fn linkable(call: &Call, o: &Organisation, i: &Identity) -> Option<AnyView> {
    links::fresh(i.seen_at, call.now()).ok()?;
    let theirs = i.organisation.clone()?;
    let form = Form::new(call, "link_provider", "settings-link")
        .hidden("org", o.slug.as_str())
        .hidden("provider", &i.provider)
        .class("inline")
        .button_class("button small main")
        .draw();
    Some(
        view! {
            <li class="spread">
                <span>
                    <strong>{label(call, &i.provider)}</strong>
                    " "
                    <code>{theirs}</code>
                </span>
                {form}
            </li>
        }
        .into_any(),
    )
}

/// Domains of mail addresses, with the record that proves each.
fn domains(call: &Call, o: &Organisation, links: &Links) -> AnyView {
    let words = call.words();
    let rows = links.domains.iter().map(|d| domain(call, o, d)).collect_view();
    let form = Form::new(call, "add_domain", "settings-add-domain")
        .hidden("org", o.slug.as_str())
        .field("domain", "label-domain", FieldKind::TEXT, "")
        .draw();
    view! {
        <section class="panel" id="domains">
            <h2>{words.say("settings-domains")}</h2>
            <p class="soft">{words.say("settings-domains-text")}</p>
            {rows}
            {form}
        </section>
    }
    .into_any()
}

fn domain(call: &Call, o: &Organisation, d: &Domain) -> AnyView {
    let words = call.words();
    let (key, shape) = match (d.verified_at, d.missing_since) {
        (Some(_), None) => ("verified", "yes"),
        (Some(_), Some(_)) => ("missing", "no"),
        (None, _) => ("unverified", "wait"),
    };
    let copyable =
        |text: String| view! { <Copyable text=text copy=words.say("copy") copied=words.say("copied") /> };
    let record = (key != "verified").then(|| {
        view! {
            <p class="soft">{words.say("settings-record-text")}</p>
            <dl class="facts">
                <dt>{words.say("settings-record")}</dt>
                <dd>{copyable(d.record())}</dd>
                <dt>{words.say("settings-record-value")}</dt>
                <dd>{copyable(d.proof())}</dd>
            </dl>
        }
    });
    let checked = d.checked_at.map(
        |at| view! { <span class="soft">{words.say("settings-checked")} " " {parts::time(call, at)}</span> },
    );
    let form = |action: &'static str, button: &'static str, class: &'static str| {
        Form::new(call, action, button)
            .hidden("org", o.slug.as_str())
            .hidden("domain", d.id.as_str())
            .class("inline")
            .button_class(class)
            .draw()
    };
    view! {
        <article class="tile">
            <p class="spread">
                <strong class="mail">{d.name.to_string()}</strong>
                <span class=format!("state {shape}")>{words.say(&format!("domain-{key}"))}</span>
            </p>
            {record}
            <div class="tools">
                {form("check_domain", "settings-check", "button small main")}
                {form("remove_domain", "settings-remove", "button small")} {checked}
            </div>
        </article>
    }
    .into_any()
}
