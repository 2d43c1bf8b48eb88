//! Every door of the site: one table of path, method, what it needs, and a valid sample, from which
//! the router and `tests/walls/doors.rs` are both made. A server function that is not in it cannot be
//! reached.
use crate::desk::account;
use crate::domain::organisation::Slug;
use crate::domain::role::Permission;
use crate::domain::{Error, Result, policy};
use crate::pages::{self, Sheet};
use crate::site::call::Call;
use crate::site::instance::Shared;
use crate::web::{
    assets, chat_webhooks, downloads, exports, forms, gate, guard, health, live, provider, render,
};
use axum::body::Body;
use axum::extract::{Extension, RawPathParams, Request};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Router, middleware};
use std::future::Future;
use std::pin::Pin;

/// What must be true of the caller before a door opens. Actions are checked again, and in full, at
/// the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    Nobody,
    /// Only in a demo.
    Demo,
    /// A session whose second factor may still be due.
    HalfSignedIn,
    Account,
    /// An active member of the organisation in the path, or for actions in the field `org`.
    Member,
    May(Permission),
    /// Holds one of the two.
    MayEither(Permission, Permission),
    /// A member with the role Administrator.
    Administrator,
}

type Making = Pin<Box<dyn Future<Output = Result<Sheet>> + Send>>;

#[derive(Clone, Copy)]
pub enum Leads {
    Page(fn(Call) -> Making),
    /// A server function that changes something; its path is the door's.
    Action,
    /// A server function that only reads, for islands.
    Read,
    Leave,
    Arrive,
    /// The stream of an organisation's changes.
    Live,
    Alive,
    Ready,
    Metrics,
    /// A file of the site whose path looks like an organisation's.
    File,
    /// A file of an organisation's home page.
    Upload,
    /// What Insights show, or what the queue does, as a file.
    History,
    Requests,
    /// A chat platform's webhook, by GET and POST.
    Hook,
    /// An organisation's data, by POST, as asking for it is written down.
    Export,
}

pub struct Door {
    pub path: &'static str,
    pub needs: Needs,
    pub leads: Leads,
    /// For actions: a body that decodes; `{org}` stands for the organisation's slug.
    pub sample: &'static str,
}

macro_rules! pages {
    ($($path:literal $needs:expr => $page:path),+ $(,)?) => { [$(Door { path: $path, needs: $needs,
    leads: Leads::Page(|call| Box::pin($page(call))), sample: "" }),+] };
}
macro_rules! actions {
    ($($path:literal $needs:expr => $sample:literal),+ $(,)?) => { [$(Door { path: concat!("/actions/",
    $path), needs: $needs, leads: Leads::Action, sample: $sample }),+] };
}

use Needs::{Account, Administrator, Demo, HalfSignedIn, May, MayEither, Member, Nobody};
use Permission::{ConnectorsManage, FlowsManage, PortalUse, RequestsDecide, ResourcesManage};

static PAGES: &[Door] = &pages! {
    "/" Nobody => pages::home::sheet,
    "/signin" Nobody => pages::account::signin::sheet,
    "/signin/code" HalfSignedIn => pages::account::code::sheet,
    "/reset" Nobody => pages::account::reset::sheet,
    "/reset/{token}" Nobody => pages::account::reset::set,
    "/signup" Nobody => pages::joining::signup::sheet,
    "/signup/{token}" Nobody => pages::joining::signup::prove,
    "/requests/{token}" Nobody => pages::joining::status::sheet,
    "/setup/{token}" Nobody => pages::organisation::setup::sheet,
    "/invitations/{token}" Nobody => pages::people::acceptance::sheet,
    "/email/{token}" Account => pages::account::email::sheet,
    "/settings" Account => pages::account::settings::sheet,
    "/waiting" Account => pages::joining::waiting::sheet,
    "/customers" Account => pages::people::customers::sheet,
    "/goodbye" Account => pages::people::customers::goodbye,
    "/dev/mailbox" Demo => pages::mailbox::sheet,
    "/{org}" Member => pages::organisation::home::sheet,
    "/{org}/faq" Member => pages::organisation::faq::faq,
    "/{org}/feedback" Member => pages::organisation::faq::feedback,
    "/{org}/applications" May(PortalUse) => pages::access::applications::sheet,
    "/{org}/catalog" May(PortalUse) => pages::access::catalog::sheet,
    "/{org}/my_requests" May(PortalUse) => pages::access::my_requests::sheet,
    "/{org}/approvals" MayEither(PortalUse, RequestsDecide) => pages::access::approvals::sheet,
    "/{org}/resources" May(ResourcesManage) => pages::access::resources::sheet,
    "/{org}/resources/new" May(ResourcesManage) => pages::access::resources::new,
    "/{org}/resources/{resource}" May(ResourcesManage) => pages::access::resources::one,
    "/{org}/flows" May(FlowsManage) => pages::access::flows::sheet,
    "/{org}/flows/new" May(FlowsManage) => pages::access::flows::new,
    "/{org}/flows/{flow}" May(FlowsManage) => pages::access::flows::one,
    "/{org}/access_requests" May(Permission::RequestsView) => pages::queue::list::sheet,
    "/{org}/access_requests/bulk/{job}" May(RequestsDecide) => pages::queue::bulk::sheet,
    "/{org}/users" May(Permission::MembersManage) => pages::people::users::sheet,
    "/{org}/users/{account}" May(Permission::MembersManage) => pages::people::user::sheet,
    "/{org}/invitations" May(Permission::InvitationsSend) => pages::people::invitations::sheet,
    "/{org}/roles" May(Permission::RolesManage) => pages::people::roles::sheet,
    "/{org}/roles/{role}" May(Permission::RolesManage) => pages::people::roles::one,
    "/{org}/groups" May(Permission::GroupsManage) => pages::people::groups::sheet,
    "/{org}/groups/{group}" May(Permission::GroupsManage) => pages::people::groups::one,
    "/{org}/connectors" May(ConnectorsManage) => pages::chat::connectors::sheet,
    "/{org}/connectors/new" May(ConnectorsManage) => pages::chat::connectors::new,
    "/{org}/connectors/{connector}" May(ConnectorsManage) => pages::chat::connectors::one,
    "/{org}/connectors/{connector}/contacts" May(ConnectorsManage) => pages::chat::contacts::sheet,
    "/{org}/insights" May(Permission::InsightsView) => pages::history::insights::sheet,
    "/{org}/settings" May(Permission::SettingsManage) => pages::organisation::settings::sheet,
};

static ACTIONS: &[Door] = &actions! {
    "sign_in" Nobody => "email=a%40b.test&password=secret",
    "pass_factor" HalfSignedIn => "code=123456",
    "sign_out" HalfSignedIn => "",
    "ask_reset" Nobody => "email=a%40b.test",
    "reset_password" Nobody => "token=x&password=tangled+copper+lantern",
    "choose_language" Nobody => "language=de",
    "change_profile" Account => "name=Ivo+Brandt&language=en&time_zone=UTC&theme=system",
    "change_password" Account => "current_password=x&new_password=tangled+copper+lantern",
    "ask_email_change" Account => "email=new%40b.test&password=x",
    "prove_email" Account => "token=x",
    "make_chat_code" Account => "",
    "unlink_chat" Account => "contact=0192d3a0-0000-7000-8000-000000000000",
    "end_session" Account => "session=0192d3a0-0000-7000-8000-000000000000",
    "end_other_sessions" Account => "",
    "begin_factor" Account => "password=x",
    "confirm_factor" Account => "code=123456",
    "end_factor" Account => "password=x&code=123456",
    "set_up" Nobody => "token=x&slug=northlight&organisation=Northlight&customer_number=40-1187&your_name=Ivo&email=a%40b.test&password=tangled+copper+lantern",
    "accept_as_new" Nobody => "token=x&name=Mira+Okafor&password=tangled+copper+lantern",
    "accept_invitation" Account => "token=x",
    "ask_new_link" Nobody => "token=x",
    "ask_sign_up" Nobody => "email=a%40b.test",
    "sign_up" Nobody => "token=x&name=Mira+Okafor&password=tangled+copper+lantern",
    "create_organisation" Account => "slug=southlight&organisation=Southlight&customer_number=40-1188",
    "request_access" Account => "organisation={org}&message=Hello",
    "choose_customer" Account => "org=northlight",
    "cancel_access" Member => "org={org}&customer_number=40-1187",
    "see_areas" Member => "org={org}&areas=users",
    "give_feedback" Member => "org={org}&message=Hello",
    "delete_account" Account => "email=a%40b.test&password=x",
    "keep_account" Account => "",
    "withdraw" Account => "request=0192d3a0-0000-7000-8000-000000000000",
    "decide" May(Permission::RequestsDecide) => "org={org}&request=0192d3a0-0000-7000-8000-000000000000&verdict=approve",
    "decide_many" May(RequestsDecide) => "org={org}&verdict=approve&pick_0192d3a0-0000-7000-8000-000000000000=on",
    "cancel_request" May(RequestsDecide) => "org={org}&request=0192d3a0-0000-7000-8000-000000000000&reason=No",
    "retry_request" May(RequestsDecide) => "org={org}&request=0192d3a0-0000-7000-8000-000000000000",
    "follow_newest" May(RequestsDecide) => "org={org}&request=0192d3a0-0000-7000-8000-000000000000",
    "ask_for" May(PortalUse) => "org={org}&resource=0192d3a0-0000-7000-8000-000000000000&reason=Audit",
    "reword" May(PortalUse) => "org={org}&request=0192d3a0-0000-7000-8000-000000000000&reason=Audit",
    "nudge" May(PortalUse) => "org={org}&request=0192d3a0-0000-7000-8000-000000000000",
    "answer_question" May(PortalUse) => "org={org}&question=0192d3a0-0000-7000-8000-000000000000&answer=June",
    "vote" MayEither(PortalUse,
    RequestsDecide) => "org={org}&request=0192d3a0-0000-7000-8000-000000000000&verdict=approve",
    "ask_requester" MayEither(PortalUse,
    RequestsDecide) => "org={org}&request=0192d3a0-0000-7000-8000-000000000000&question=Why",
    "delegate" MayEither(PortalUse,
    RequestsDecide) => "org={org}&delegate=Mira&from=2026-11-22&until=2026-11-29",
    "come_back" MayEither(PortalUse, RequestsDecide) => "org={org}",
    "end_grant" MayEither(PortalUse,
    ResourcesManage) => "org={org}&grant=0192d3a0-0000-7000-8000-000000000000",
    "create_resource" May(ResourcesManage) => "org={org}&name=Console",
    "change_resource" May(ResourcesManage) => "org={org}&resource=0192d3a0-0000-7000-8000-000000000000&name=Console",
    "set_resource_state" May(ResourcesManage) => "org={org}&resource=0192d3a0-0000-7000-8000-000000000000&active=on",
    "delete_resource" May(ResourcesManage) => "org={org}&resource=0192d3a0-0000-7000-8000-000000000000",
    "create_flow" May(FlowsManage) => "org={org}&name=Two+eyes&step1_approvers=administrators",
    "change_flow" May(FlowsManage) => "org={org}&flow=0192d3a0-0000-7000-8000-000000000000&name=Two+eyes&step1_approvers=administrators",
    "delete_flow" May(FlowsManage) => "org={org}&flow=0192d3a0-0000-7000-8000-000000000000",
    "create_connector" May(ConnectorsManage) => "org={org}&platform=sms&name=Desk&account_sid=AC1&auth_token=a&sender=MG1",
    "change_connector" May(ConnectorsManage) => "org={org}&connector=0192d3a0-0000-7000-8000-000000000000&name=Desk",
    "check_connector" May(ConnectorsManage) => "org={org}&connector=0192d3a0-0000-7000-8000-000000000000",
    "send_all_again" May(ConnectorsManage) => "org={org}&connector=0192d3a0-0000-7000-8000-000000000000",
    "set_connector_state" May(ConnectorsManage) => "org={org}&connector=0192d3a0-0000-7000-8000-000000000000&active=on",
    "delete_connector" May(ConnectorsManage) => "org={org}&connector=0192d3a0-0000-7000-8000-000000000000",
    "put_contact" May(ConnectorsManage) => "org={org}&contact=0192d3a0-0000-7000-8000-000000000000&was=active&standing=blocked",
    "note_member" May(ConnectorsManage) => "org={org}&contact=0192d3a0-0000-7000-8000-000000000000&person=Mira",
    "send_again" May(RequestsDecide) => "org={org}&message=0192d3a0-0000-7000-8000-000000000000",
    "try_letter_again" May(Permission::RequestsDecide) => "org={org}&letter=0192d3a0-0000-7000-8000-000000000000",
    "allow_again" May(Permission::RequestsDecide) => "org={org}&request=0192d3a0-0000-7000-8000-000000000000",
    "copy_link" May(Permission::InvitationsSend) => "org={org}&invitation=0192d3a0-0000-7000-8000-000000000000",
    "demand_factor" May(Permission::SettingsManage) => "org={org}&demand=on",
    "set_roles" May(Permission::MembersManage) => "org={org}&account=0192d3a0-0000-7000-8000-000000000000",
    "invite" May(Permission::InvitationsSend) => "org={org}&people=new%40b.test",
    "resend_invitation" May(Permission::InvitationsSend) => "org={org}&invitation=0192d3a0-0000-7000-8000-000000000000",
    "delete_invitation" May(Permission::InvitationsSend) => "org={org}&invitation=0192d3a0-0000-7000-8000-000000000000",
    "set_employment" May(Permission::MembersManage) => "org={org}&account=0192d3a0-0000-7000-8000-000000000000&job_title=Lead",
    "remove_member" May(Permission::MembersManage) => "org={org}&account=0192d3a0-0000-7000-8000-000000000000",
    "end_member_session" May(Permission::MembersManage) =>
        "org={org}&account=0192d3a0-0000-7000-8000-000000000000&session=0192d3a0-0000-7000-8000-000000000000",
    "create_role" May(Permission::RolesManage) => "org={org}&name=Readers",
    "change_role" May(Permission::RolesManage) => "org={org}&role=0192d3a0-0000-7000-8000-000000000000&name=Readers",
    "delete_role" May(Permission::RolesManage) => "org={org}&role=0192d3a0-0000-7000-8000-000000000000",
    "create_group" May(Permission::GroupsManage) => "org={org}&name=Lab",
    "rename_group" May(Permission::GroupsManage) => "org={org}&group=0192d3a0-0000-7000-8000-000000000000&name=Lab",
    "delete_group" May(Permission::GroupsManage) => "org={org}&group=0192d3a0-0000-7000-8000-000000000000",
    "add_to_group" May(Permission::GroupsManage) => "org={org}&group=0192d3a0-0000-7000-8000-000000000000&person=Mira",
    "remove_from_group" May(Permission::GroupsManage) =>
        "org={org}&group=0192d3a0-0000-7000-8000-000000000000&account=0192d3a0-0000-7000-8000-000000000000",
    "change_request_rules" May(Permission::SettingsManage) => "org={org}&request_days=30&mails_requests=on&mails_when=daily&retention_days=365",
    "change_invitation_rules" May(Permission::SettingsManage) => "org={org}&invitation_hours=24&invitations_a_day=50&time_zone=UTC",
    "change_feedback_address" May(Permission::SettingsManage) => "org={org}&feedback_address=talk%40northlight.test",
    "write_faq" May(Permission::SettingsManage) => "org={org}&language=en&body=Hello",
    "add_link" May(Permission::SettingsManage) => "org={org}&title=Manual&url=https%3A%2F%2Fexample.test",
    "change_link" May(Permission::SettingsManage) => "org={org}&link=0192d3a0-0000-7000-8000-000000000000&title=Manual&url=https%3A%2F%2Fexample.test",
    "raise_link" May(Permission::SettingsManage) => "org={org}&link=0192d3a0-0000-7000-8000-000000000000",
    "remove_link" May(Permission::SettingsManage) => "org={org}&link=0192d3a0-0000-7000-8000-000000000000",
    "rename_organisation" Administrator => "org={org}&organisation=Northlight&customer_number=40-1187",
    "close_organisation" Administrator => "org={org}&customer_number=40-1187",
    "keep_organisation" Administrator => "org={org}",
    "change_welcome" May(Permission::SettingsManage) => "org={org}&admin_contact=Ivo&tells_rejected=on",
    "link_provider" May(Permission::SettingsManage) => "org={org}&provider=example",
    "unlink_provider" May(Permission::SettingsManage) => "org={org}&provider=example&theirs=x",
    "add_domain" May(Permission::SettingsManage) => "org={org}&domain=northlight.test",
    "check_domain" May(Permission::SettingsManage) => "org={org}&domain=0192d3a0-0000-7000-8000-000000000000",
    "remove_domain" May(Permission::SettingsManage) => "org={org}&domain=0192d3a0-0000-7000-8000-000000000000",
    "demo_sign_in" Demo => "who=administrator",
};

static MACHINES: &[Door] = &[
    Door {
        path: "/favicon.svg",
        needs: Nobody,
        leads: Leads::File,
        sample: "",
    },
    Door {
        path: "/robots.txt",
        needs: Nobody,
        leads: Leads::File,
        sample: "",
    },
    Door {
        path: "/signin/{provider}",
        needs: Nobody,
        leads: Leads::Leave,
        sample: "",
    },
    Door {
        path: "/signin/{provider}/callback",
        needs: Nobody,
        leads: Leads::Arrive,
        sample: "",
    },
    Door {
        path: "/{org}/live",
        needs: Member,
        leads: Leads::Live,
        sample: "",
    },
    Door {
        path: "/{org}/files/{file}",
        needs: Member,
        leads: Leads::Upload,
        sample: "",
    },
    Door {
        path: "/{org}/access_requests/export",
        needs: May(Permission::RequestsView),
        leads: Leads::Requests,
        sample: "",
    },
    Door {
        path: "/{org}/insights/export",
        needs: May(Permission::InsightsView),
        leads: Leads::History,
        sample: "",
    },
    Door {
        path: "/{org}/export",
        needs: Administrator,
        leads: Leads::Export,
        sample: "",
    },
    Door {
        path: "/hooks/{kind}/{hook}",
        needs: Nobody,
        leads: Leads::Hook,
        sample: "",
    },
    Door {
        path: "/healthz",
        needs: Nobody,
        leads: Leads::Alive,
        sample: "",
    },
    Door {
        path: "/readyz",
        needs: Nobody,
        leads: Leads::Ready,
        sample: "",
    },
    Door {
        path: "/metrics",
        needs: Nobody,
        leads: Leads::Metrics,
        sample: "",
    },
];

static READS: &[Door] = &[
    Door {
        path: "/actions/standing",
        needs: Member,
        leads: Leads::Read,
        sample: "org={org}",
    },
    Door {
        path: "/actions/look_again",
        needs: May(Permission::RequestsView),
        leads: Leads::Read,
        sample: "org={org}&ids=",
    },
    Door {
        path: "/actions/request_details",
        needs: May(Permission::RequestsView),
        leads: Leads::Read,
        sample: "org={org}&request=0192d3a0-0000-7000-8000-000000000000",
    },
];

/// All doors.
pub fn all() -> impl Iterator<Item = &'static Door> {
    PAGES.iter().chain(ACTIONS).chain(READS).chain(MACHINES)
}

/// The whole site as a router.
pub fn router(site: &Shared) -> Router {
    // Leptos spawns what a page draws; a second call, as in tests, finds it set already.
    let _ = any_spawner::Executor::init_tokio();
    let routes = all().fold(Router::new(), |router, door| router.route(door.path, route(door)));
    let routes = routes
        .fallback(other)
        .layer(middleware::from_fn_with_state(site.clone(), gate::pass));
    guard::guard(routes, site)
}

fn route(door: &'static Door) -> MethodRouter {
    match door.leads {
        Leads::Page(make) => get(
            async move |Extension(call): Extension<Call>, params: RawPathParams| {
                through(call, params, door.needs, async move |call: Call| {
                    render::page(&call.clone(), make(call).await).await
                })
                .await
            },
        ),
        Leads::Action => post(async move |Extension(call): Extension<Call>, request: Request| {
            if door.needs == Needs::Demo && !call.desk().plan.demo {
                return render::refusal(&call, &Error::NotFound).await;
            }
            forms::post(call, request).await
        }),
        Leads::Read => {
            post(async |Extension(call): Extension<Call>, request: Request| forms::read(call, request).await)
        }
        Leads::Leave => get(async |Extension(call): Extension<Call>, params: RawPathParams| {
            provider::leave(with_params(call, &params)).await
        }),
        Leads::Arrive => get(
            async |Extension(call): Extension<Call>, params: RawPathParams, headers: http::HeaderMap| {
                provider::arrive(with_params(call, &params), headers).await
            },
        ),
        Leads::File => get(other),
        Leads::Upload => get(
            async move |Extension(call): Extension<Call>, params: RawPathParams| {
                through(call, params, door.needs, async move |call: Call| {
                    downloads::upload(&call).await
                })
                .await
            },
        ),
        Leads::History => get(
            async move |Extension(call): Extension<Call>, params: RawPathParams| {
                through(call, params, door.needs, async move |call: Call| {
                    exports::history(&call).await
                })
                .await
            },
        ),
        Leads::Requests => get(
            async move |Extension(call): Extension<Call>, params: RawPathParams| {
                through(call, params, door.needs, async move |call: Call| {
                    exports::queue(&call).await
                })
                .await
            },
        ),
        Leads::Export => post(
            async move |Extension(call): Extension<Call>, params: RawPathParams| {
                through(call, params, door.needs, async move |call: Call| {
                    downloads::export(&call).await
                })
                .await
            },
        ),
        Leads::Live => get(
            async move |Extension(call): Extension<Call>, params: RawPathParams| {
                through(
                    call,
                    params,
                    door.needs,
                    async move |call: Call| match live::stream(&call) {
                        Ok(stream) => stream.into_response(),
                        Err(e) => render::refusal(&call, &e).await,
                    },
                )
                .await
            },
        ),
        Leads::Hook => {
            let receive =
                async |Extension(call): Extension<Call>, params: RawPathParams, request: Request| {
                    chat_webhooks::receive(with_params(call, &params), request).await
                };
            get(receive).post(receive)
        }
        Leads::Alive => get(health::alive),
        Leads::Ready => get(async |Extension(call): Extension<Call>| health::ready(call).await),
        Leads::Metrics => get(
            async |Extension(call): Extension<Call>, headers: http::HeaderMap| {
                health::metrics(call, headers).await
            },
        ),
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
        Err((call, e)) => render::refusal(&call, &e).await,
    }
}

/// Lets the call through a page's door, with its membership if the door is an organisation's.
async fn enter(call: Call, params: &RawPathParams, needs: Needs) -> Result<Call, (Call, Error)> {
    let mut call = with_params(call, params);
    match admit(&mut call, needs).await {
        Ok(()) => Ok(call),
        Err(e) => Err((call, e)),
    }
}

async fn admit(call: &mut Call, needs: Needs) -> Result<()> {
    match needs {
        Needs::Nobody => Ok(()),
        Needs::Demo => {
            if call.desk().plan.demo {
                Ok(())
            } else {
                Err(Error::NotFound)
            }
        }
        Needs::HalfSignedIn => {
            if call.half.is_some() || call.actor.is_some() {
                Ok(())
            } else {
                Err(Error::SignInRequired)
            }
        }
        Needs::Account => call.actor().map(|_| ()),
        Needs::Member | Needs::May(_) | Needs::MayEither(..) | Needs::Administrator => {
            // The form of the slug is checked before the session, the organisation's existence
            // after it: a signed-out stranger learns nothing but what a slug looks like.
            let slug = Slug::parse(call.param("org")).map_err(|_| Error::NotFound)?;
            let member = account::memberships::membership(call.desk(), call.actor()?, &slug).await?;
            call.member = Some(member.clone());
            match needs {
                Needs::May(permission) => policy::permitted(&member, permission).map(|_| ()),
                Needs::MayEither(one, other) => policy::permitted(&member, one)
                    .or_else(|_| policy::permitted(&member, other))
                    .map(|_| ()),
                Needs::Administrator => policy::administrator(&member).map(|_| ()),
                _ => Ok(()),
            }
        }
    }
}

/// No door: a file of the site, or nothing.
async fn other(Extension(call): Extension<Call>, request: axum::http::Request<Body>) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    if matches!(*request.method(), http::Method::GET | http::Method::HEAD)
        && !path.is_empty()
        && let Some(file) = assets::serve(path, request.headers())
    {
        return file;
    }
    if request.method() != http::Method::GET && request.method() != http::Method::HEAD {
        return http::StatusCode::NOT_FOUND.into_response();
    }
    render::refusal(&call, &Error::NotFound).await
}
