//! `/signup`: proving an address or signing in with a provider; then the organisation that one
//! belongs to, or one of one's own.
use crate::desk::joining;
use crate::desk::joining::signup::{Match, Offer, SignUpStanding};
use crate::domain::Result;
use crate::pages::account::signin;
use crate::pages::parts::field::FieldKind;
use crate::pages::parts::form::Form;
use crate::pages::people::customers;
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    if call.half.is_some() {
        return Err(crate::domain::Error::SecondFactorDue);
    }
    let Some(actor) = &call.actor else {
        return Ok(stranger(call));
    };
    if let Some(goodbye) = customers::gone(&call).await? {
        return Ok(goodbye);
    }
    let offer = joining::signup::offer(call.desk(), actor).await?;
    // A member of an organisation that they belong to is simply signed in.
    if let Some(member) = offer
        .matches
        .iter()
        .find(|m| m.standing == SignUpStanding::Member)
    {
        return Ok(Sheet::elsewhere(format!("/{}", member.organisation.slug)));
    }
    match offer.home {
        Some(home) if offer.matches.is_empty() => Ok(Sheet::elsewhere(format!("/{home}"))),
        _ => Ok(choice(call, offer)),
    }
}

/// For somebody who is not signed in.
fn stranger(call: Call) -> Sheet {
    let words = call.words();
    let title = words.say("signup-title");
    let heading = title.clone();
    let draw = move || {
        let form = Form::new(&call, "ask_sign_up", "signup-button")
            .field("email", "label-email", FieldKind::EMAIL, "")
            .draw();
        view! {
            {parts::head(heading, words.say("signup-text"))}
            {parts::done(&call, &["asked"])}
            {signin::providers(&call, "/signup", "signup-or")}
            {form}
            <p>
                <a href="/signin">{words.say("signup-known")}</a>
            </p>
        }
        .into_any()
    };
    Sheet::new(title, Frame::Card, draw)
}

/// For somebody signed in: who to ask, or what to create.
fn choice(call: Call, offer: Offer) -> Sheet {
    let words = call.words();
    if !offer.matches.is_empty() {
        let draw = move || {
            let dialogs = offer
                .matches
                .iter()
                .enumerate()
                .map(|(n, m)| could_not(&call, m, n == 0))
                .collect_view();
            view! { <div class="apart">{dialogs}</div> }.into_any()
        };
        return Sheet::new(words.say("signup-could-not"), Frame::Card, draw);
    }
    if !offer.may_create {
        let title = words.say("signup-nowhere");
        let heading = title.clone();
        let draw = move || {
            let contact = call
                .desk()
                .plan
                .support_contact
                .clone()
                .map(|contact| view! { <p>{words.say("signup-support")} " " {contact}</p> });
            view! {
                {parts::head(heading, words.say("signup-nowhere-text"))}
                {contact}
                <p>
                    <a class="button" href="/waiting">
                        {words.say("nav-waiting")}
                    </a>
                </p>
            }
            .into_any()
        };
        return Sheet::new(title, Frame::Card, draw);
    }
    let title = words.say("signup-create");
    let heading = title.clone();
    let draw = move || {
        let form = Form::new(&call, "create_organisation", "setup-button")
            .field("organisation", "label-organisation", FieldKind::TEXT, "")
            .field("slug", "label-slug", FieldKind::TEXT, "")
            .field("customer_number", "label-customer-number", FieldKind::TEXT, "")
            .draw();
        view! {
            {parts::head(heading, words.say("signup-create-text"))}
            {form}
        }
        .into_any()
    };
    Sheet::new(title, Frame::Card, draw)
}

/// The dialog of who could not create an account: the organisation has one already; whom one may
/// ask, and the request.
fn could_not(call: &Call, m: &Match, first: bool) -> AnyView {
    let words = call.words();
    let organisation = &m.organisation;
    let id = format!("could-not-{}", organisation.slug);
    let contact = (!organisation.admin_contact.is_empty()).then(|| {
        view! {
            <dt>{words.say("signup-contact")}</dt>
            <dd class="mail">{organisation.admin_contact.clone()}</dd>
        }
    });
    let title = words.say("signup-could-not");
    // One heading of the page; where two organisations answer, the second one stands below it.
    let heading = if first {
        view! { <h1 id=id.clone()>{title}</h1> }.into_any()
    } else {
        view! { <h2 id=id.clone()>{title}</h2> }.into_any()
    };
    view! {
        <dialog open class="page-dialog" aria-labelledby=id.clone()>
            <div class="dialog">
                {heading}
                <p>{words.tell("signup-could-not-text", &[("organisation", &organisation.name)])}</p>
                <dl class="facts">
                    <dt>{words.say("label-organisation")}</dt>
                    <dd>{organisation.name.clone()}</dd>
                    {contact}
                </dl> {next(call, m)}
            </div>
        </dialog>
    }
    .into_any()
}

/// What one can do, as one stands there.
fn next(call: &Call, m: &Match) -> AnyView {
    let words = call.words();
    let organisation = &m.organisation;
    match &m.standing {
        SignUpStanding::Asked(request) => {
            let to = format!(
                "/requests/{}",
                crate::desk::requests::status_token::make(call.desk(), request)
            );
            view! {
                <p>{words.say("why-already-asked")}</p>
                <p>
                    <a class="button main" href=to>
                        {words.say("signup-see")}
                    </a>
                </p>
            }
            .into_any()
        }
        SignUpStanding::Later(at) => {
            let when = words.ago(*at, call.now());
            view! { <p class="trouble">{words.tell("error-ask-again-later", &[("when", &when)])}</p> }
                .into_any()
        }
        SignUpStanding::Invited => {
            view! { <p>{words.tell("signup-invited", &[("organisation", &organisation.name)])}</p> }
                .into_any()
        }
        SignUpStanding::Unproven => view! {
            <p>{words.say("signup-unproven")}</p>
            <p>
                <a class="button main" href="/settings#email">
                    {words.say("signup-prove-address")}
                </a>
            </p>
        }
        .into_any(),
        SignUpStanding::MayAsk | SignUpStanding::Member => {
            Form::new(call, "request_access", "signup-request")
                .about("organisation", organisation.slug.as_str())
                .area("message", "signup-message")
                .draw()
        }
    }
}

/// `/signup/{token}`: the page behind the mailed link. Looking changes nothing.
pub async fn prove(call: Call) -> Result<Sheet> {
    let words = call.words();
    let title = words.say("signup-prove");
    let email = match joining::signup::look_at_sign_up(call.desk(), call.param("token"), call.now()).await {
        Ok(email) => email,
        Err(error) => {
            let (heading, text) = (title.clone(), call.explain(&error));
            let draw = move || {
                view! {
                    {parts::head(heading, text)}
                    <p class="tools">
                        <a class="button main" href="/signin">
                            {words.say("home-sign-in")}
                        </a>
                        <a class="button" href="/signup">
                            {words.say("signup-again")}
                        </a>
                    </p>
                }
                .into_any()
            };
            return Ok(Sheet {
                status: error.status(),
                ..Sheet::new(title, Frame::Card, draw)
            });
        }
    };
    let heading = title.clone();
    let draw = move || {
        let form = Form::new(&call, "sign_up", "signup-prove-button")
            .hidden("token", call.param("token"))
            .of_account(email.as_str())
            .field("name", "label-your-name", FieldKind::NAME, "")
            .field("password", "label-new-password", FieldKind::NEW_PASSWORD, "")
            .draw();
        let other = call.actor.as_ref().map(|a| {
            let text = words.tell("signup-prove-signed-in", &[("email", &a.account.email.shown())]);
            view! {
                <div class="banner" role="status">
                    <span aria-hidden="true">"▲"</span>
                    <p>{text}</p>
                </div>
            }
        });
        view! {
            {parts::head(heading, words.tell("signup-prove-text", &[("email", &email.shown())]))}
            {other}
            {form}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::Card, draw))
}
