//! Panels of `/{org}/settings`: what the organisation puts up for everybody in it, its name, its
//! export, and closing it.
use crate::domain::Error;
use crate::domain::account::Language;
use crate::domain::changes::{self, Field};
use crate::domain::home_page::faq_facts;
use crate::domain::home_page::{Link, Target};
use crate::domain::organisation::Organisation;
use crate::pages::parts;
use crate::pages::parts::field::FieldKind;
use crate::pages::parts::form::Form;
use crate::site::Call;
use crate::store::organisation::exports::{ExportState, OrganisationExport};
use leptos::prelude::*;

/// Links of the home page: each with what may be done with it, and the form for another one.
pub fn links(call: &Call, o: &Organisation, links: &[Link]) -> AnyView {
    let words = call.words();
    let rows = links
        .iter()
        .enumerate()
        .map(|(place, l)| link(call, o, l, place))
        .collect_view();
    // What is wrong with a field stands beside it.
    let of_field = matches!(
        call.draft.as_ref().and_then(|d| d.error.as_ref()),
        Some(Error::Invalid(_))
    );
    let trouble = (!of_field).then(|| parts::trouble(call, &["raise_link", "remove_link", "add_link"]));
    let add = Form::new(call, "add_link", "settings-link-add")
        .with_file()
        .class("form")
        .hidden("org", o.slug.as_str())
        .field("title", "label-link-title", FieldKind::TEXT, "")
        .field("url", "label-link-url", FieldKind::TEXT.optional(), "")
        .file("file", "label-link-file", ".pdf,application/pdf")
        .draw();
    view! {
        <section class="panel" id="links">
            <h2>{words.say("settings-links")}</h2>
            <p class="soft">{words.say("settings-links-text")}</p>
            {trouble}
            {rows}
            {add}
        </section>
    }
    .into_any()
}

fn link(call: &Call, o: &Organisation, l: &Link, place: usize) -> AnyView {
    let act = |action: &'static str, button: &'static str| {
        Form::new(call, action, button)
            .plain()
            .class("inline")
            .hidden("org", o.slug.as_str())
            .hidden("link", l.id.as_str())
            .button_class("button small")
            .labelled(&l.title)
            .draw()
    };
    let change = Form::new(call, "change_link", "save")
        .hidden("org", o.slug.as_str())
        .about("link", l.id.as_str())
        .showing(&l.facts())
        .field("title", "label-link-title", FieldKind::TEXT, &l.title)
        .button_class("button");
    let change = match &l.target {
        Target::Page(url) => change.field("url", "label-link-url", FieldKind::TEXT, url),
        Target::File(_) => change,
    };
    let up = (place > 0).then(|| act("raise_link", "settings-link-up"));
    view! {
        <article class="tile">
            <div class="spread">
                <strong>{l.title.clone()}</strong>
                <div class="acts">{up} {act("remove_link", "settings-remove")}</div>
            </div>
            <details>
                <summary>{call.words().say("settings-link-change")}</summary>
                {change.draw()}
            </details>
        </article>
    }
    .into_any()
}

/// Questions and answers, one page in each language.
pub fn faqs(call: &Call, o: &Organisation, pages: &[(Language, String)]) -> AnyView {
    let words = call.words();
    let forms = Language::ALL.into_iter().map(|language| {
        let body = pages
            .iter()
            .find(|(l, _)| *l == language)
            .map_or("", |(_, body)| body);
        let form = Form::new(call, "write_faq", "save")
            .hidden("org", o.slug.as_str())
            .about("language", language.tag())
            .showing(&faq_facts(body))
            .lines("body", "label-faq", body, 8)
            .draw();
        view! {
            <details open=!body.is_empty()>
                <summary lang=language.tag()>{language.own_name()}</summary>
                {form}
            </details>
        }
    });
    view! {
        <section class="panel" id="faq">
            <h2>{words.say("nav-faq")}</h2>
            <p class="soft">{words.say("settings-faq-text")}</p>
            {forms.collect_view()}
        </section>
    }
    .into_any()
}

/// Where feedback goes.
pub fn feedback(call: &Call, o: &Organisation) -> AnyView {
    let words = call.words();
    let address = o.feedback_address.as_ref().map_or("", |a| a.as_str());
    let form = Form::new(call, "change_feedback_address", "save")
        .hidden("org", o.slug.as_str())
        .showing(&changes::of(o.facts(), &[Field::FeedbackTo]))
        .field(
            "feedback_address",
            "label-feedback-address",
            FieldKind::OTHER_EMAIL.optional(),
            address,
        )
        .draw();
    view! {
        <section class="panel" id="house">
            <h2>{words.say("nav-feedback")}</h2>
            <p class="soft">{words.say("settings-feedback-text")}</p>
            {form}
        </section>
    }
    .into_any()
}

/// Name and customer number.
pub fn name(call: &Call, o: &Organisation) -> AnyView {
    Form::new(call, "rename_organisation", "save")
        .hidden("org", o.slug.as_str())
        .showing(&changes::of(o.facts(), &[Field::Name, Field::CustomerNumber]))
        .field("organisation", "label-organisation", FieldKind::TEXT, &o.name)
        .field(
            "customer_number",
            "label-customer-number",
            FieldKind::TEXT,
            &o.customer_number,
        )
        .draw()
}

/// How far the archive is that was asked for, and where it is fetched.
fn archive(call: &Call, o: &Organisation, e: &OrganisationExport) -> Option<AnyView> {
    let words = call.words();
    let rows = words.tell("settings-export-rows", &[("n", &e.lines)]);
    let shown = match (e.state, e.good_until()) {
        (ExportState::Waiting, _) => view! {
            <p role="status">{words.say("settings-export-waiting")} " " {rows}</p>
            <p>
                <a href=format!("/{}/settings#export", o.slug)>{words.say("settings-export-look")}</a>
            </p>
        }
        .into_any(),
        (_, Some(until)) if call.now() < until => view! {
            <p>
                <a class="button main" href=format!("/{}/exports/{}", o.slug, e.id)>
                    {words.say("settings-export-fetch")}
                </a>
                " "
                <span class="soft">
                    {rows} " " {words.say("settings-export-until")} " " {parts::deadline(call, until)}
                </span>
            </p>
        }
        .into_any(),
        (ExportState::Failed, _) => {
            view! { <p class="trouble">{words.say("settings-export-failed")}</p> }.into_any()
        }
        _ => return None,
    };
    Some(shown)
}

/// The organisation's data to take away, and closing it.
pub fn end(call: &Call, o: &Organisation, export: Option<&OrganisationExport>) -> AnyView {
    let words = call.words();
    let number = words.tell("settings-close-type", &[("number", &o.customer_number)]);
    let close = match o.closes_at {
        Some(at) => {
            let keep = Form::new(call, "keep_organisation", "settings-close-keep")
                .hidden("org", o.slug.as_str())
                .draw();
            view! {
                <p class="banner" role="status">
                    <span aria-hidden="true">"▲"</span>
                    <span>{words.say("closing-text")} " " {parts::deadline(call, at)}</span>
                </p>
                {keep}
            }
            .into_any()
        }
        None => {
            let form = Form::new(call, "close_organisation", "settings-close-button")
                .hidden("org", o.slug.as_str())
                .field("customer_number", "label-customer-number", FieldKind::TEXT, "")
                .button_class("button danger")
                .draw();
            view! {
                <p class="soft">{words.say("settings-close-text")}</p>
                <p>{number}</p>
                {form}
            }
            .into_any()
        }
    };
    let ask = Form::new(call, "ask_export", "settings-export-button")
        .hidden("org", o.slug.as_str())
        .class("inline")
        .button_class("button")
        .draw();
    view! {
        <section class="panel" id="export">
            <h2>{words.say("settings-export")}</h2>
            <p class="soft">{words.say("settings-export-text")}</p>
            {export.map(|e| archive(call, o, e))}
            {ask}
        </section>
        <section class="panel" id="close">
            <h2>{words.say("settings-close")}</h2>
            {close}
        </section>
    }
    .into_any()
}
