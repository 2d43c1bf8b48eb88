//! Every door of the site, from which the router and `tests/walls/doors.rs` are both made: path,
//! what it needs, how much may come through it, what is behind it, and a valid sample. One file for
//! each audience. A server function that is in none of them cannot be reached.
mod account;
mod administration;
pub(super) mod door;
mod machines;
mod member;
mod public;

pub use door::{Door, Leads, Needs};

use crate::domain::{Error, Result};
use crate::site::call::Call;
use crate::site::instance::Shared;
use crate::web::doors::door::Handler;
use crate::web::{admission, assets, forms, gate, guard, render};
use axum::extract::{Extension, RawPathParams, Request};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use axum::{Router, middleware};
use std::future::Future;

/// All doors.
pub fn all() -> impl Iterator<Item = &'static Door> {
    let people = [
        public::PAGES,
        account::PAGES,
        member::PAGES,
        administration::PAGES,
    ];
    let functions = [
        public::ACTIONS,
        account::ACTIONS,
        member::ACTIONS,
        administration::ACTIONS,
    ];
    let others = [administration::UPLOADS, machines::READS, machines::DOORS];
    people.into_iter().chain(functions).chain(others).flatten()
}

/// The whole site as a router.
pub fn router(site: &Shared) -> Router {
    // Leptos spawns what a page draws; a second call, as in tests, finds it set already.
    let _ = any_spawner::Executor::init_tokio();
    let routes = all().fold(Router::new(), |router, door| router.route(door.path, route(door)));
    let routes = routes
        .fallback(async |Extension(call): Extension<Call>, request: Request| {
            assets::answer(call, request).await
        })
        .layer(middleware::from_fn_with_state(site.clone(), gate::pass));
    guard::guard(routes, site)
}

fn route(door: &'static Door) -> MethodRouter {
    let handled = |handler: Handler| {
        async move |Extension(call): Extension<Call>, params: RawPathParams, request: Request| {
            through(call, params, door.needs, |call| handler(call, request)).await
        }
    };
    match door.leads {
        Leads::Page(make) => get(
            async move |Extension(call): Extension<Call>, params: RawPathParams| {
                through(call, params, door.needs, async |call: Call| {
                    render::page(&call.clone(), make(call).await).await
                })
                .await
            },
        ),
        Leads::Action => post(async move |Extension(call): Extension<Call>, request: Request| {
            forms::post(call, request, door).await
        }),
        Leads::Read => post(async move |Extension(call): Extension<Call>, request: Request| {
            forms::read(call, request, door).await
        }),
        Leads::Upload(change) => post(async move |Extension(call): Extension<Call>, request: Request| {
            forms::upload(call, request, door, change).await
        }),
        Leads::Get(handler) => get(handled(handler)),
        Leads::Post(handler) => post(handled(handler)),
        Leads::GetOrPost(handler) => get(handled(handler)).post(handled(handler)),
    }
}

fn with_params(mut call: Call, params: &RawPathParams) -> Call {
    call.params = params.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    call
}

/// Answers with what is behind the door, or says why it stays shut.
async fn through<F: Future<Output = Response>>(
    call: Call,
    params: RawPathParams,
    needs: Needs,
    answer: impl FnOnce(Call) -> F,
) -> Response {
    match enter(call, &params, needs).await {
        Ok(call) => answer(call).await,
        Err((call, e)) => render::page(&call, Err(e)).await,
    }
}

/// Lets the call through a page's door, with its membership if the door is an organisation's.
async fn enter(call: Call, params: &RawPathParams, needs: Needs) -> Result<Call, (Call, Error)> {
    let mut call = with_params(call, params);
    let org = call.params.get("org").cloned();
    match admission::admit(&mut call, needs, org.as_deref()).await {
        Ok(()) => Ok(call),
        Err(e) => Err((call, e)),
    }
}
