//! What programs, browsers' scripts and downloads ask for.
use super::door::{Door, functions};
use crate::actions;
use crate::domain::role::Permission::{InsightsView, RequestsView};
use crate::web::doors::door::Leads::{Get, GetOrPost, Post};
use crate::web::doors::door::Needs::{Administrator, May, Member, Nobody};
use crate::web::doors::door::{Leads, Needs};
use crate::web::guard::BODY_LIMIT;
use crate::web::{assets, chat_webhooks, downloads, exports, health, live, policy_reports, provider};

const fn door(path: &'static str, needs: Needs, leads: Leads) -> Door {
    Door {
        path,
        needs,
        limit: BODY_LIMIT,
        leads,
        sample: "",
    }
}

pub(super) static DOORS: &[Door] = &[
    // Files of the site whose paths look like an organisation's.
    door(
        "/favicon.svg",
        Nobody,
        Get(|call, request| Box::pin(assets::answer(call, request))),
    ),
    door(
        "/robots.txt",
        Nobody,
        Get(|call, request| Box::pin(assets::answer(call, request))),
    ),
    door(
        "/signin/{provider}",
        Nobody,
        Get(|call, request| Box::pin(provider::leave(call, request.headers().clone()))),
    ),
    door(
        "/signin/{provider}/callback",
        Nobody,
        Get(|call, request| Box::pin(provider::arrive(call, request.headers().clone()))),
    ),
    // The stream of an organisation's changes.
    door("/{org}/live", Member, Get(|call, _| Box::pin(live::answer(call)))),
    // A file of an organisation's home page.
    door(
        "/{org}/files/{file}",
        Member,
        Get(|call, _| Box::pin(downloads::upload(call))),
    ),
    // What Insights show, or what the queue does, as a file.
    door(
        "/{org}/access_requests/export",
        May(RequestsView),
        Get(|call, _| Box::pin(exports::queue(call))),
    ),
    door(
        "/{org}/insights/export",
        May(InsightsView),
        Get(|call, _| Box::pin(exports::history(call))),
    ),
    door(
        "/{org}/exports/{export}",
        Administrator,
        Get(|call, _| Box::pin(downloads::export(call))),
    ),
    // A chat platform's webhook.
    door(
        "/hooks/{kind}/{hook}",
        Nobody,
        GetOrPost(|call, request| Box::pin(chat_webhooks::receive(call, request))),
    ),
    // What browsers say of pages that broke their policy.
    door(
        policy_reports::PATH,
        Nobody,
        Post(|call, request| Box::pin(policy_reports::receive(call, request))),
    ),
    door("/healthz", Nobody, Get(|_, _| Box::pin(health::alive()))),
    door(
        "/readyz",
        Nobody,
        Get(|call, request| Box::pin(health::ready(call, request.headers().clone()))),
    ),
    door(
        "/metrics",
        Nobody,
        Get(|call, request| Box::pin(health::metrics(call, request.headers().clone()))),
    ),
];

/// What islands read.
pub(super) static READS: &[Door] = &functions! {
    Read:
    Member => actions::home_page::LookAtStanding, "org={org}";
    May(RequestsView) => actions::requests::LookAgain, "org={org}&ids=";
    May(RequestsView) => actions::requests::RequestDetails, "org={org}&request={id}";
};
