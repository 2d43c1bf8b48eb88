//! `/signin/link`: somebody came by a provider whose address an account here has already, and shows
//! that it is theirs: by signing in to it, or by a link that is mailed to the address.
use crate::desk::account::offers::{self, IdentityOffer};
use crate::domain::{Error, Result};
use crate::pages::account::signin;
use crate::pages::parts::field::FieldKind;
use crate::pages::parts::form::Form;
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use leptos::prelude::*;

/// Where the forms of this page come back to.
const HERE: &str = "/signin/link";

pub async fn sheet(call: Call) -> Result<Sheet> {
    let title = call.words().say("link-title");
    let offer = offers::open(call.desk(), call.offer.as_deref(), call.now());
    let found = offer.and_then(|o| o.email().map(|email| (o, email)));
    let (offer, email) = match found {
        Ok(found) => found,
        Err(error) => return Ok(over(&call, title, &error)),
    };
    let heading = title.clone();
    let draw = move || {
        let words = call.words();
        let label = call.desk().plan.provider_label(&offer.person.provider);
        let text = words.tell("link-text", &[("email", &email.shown()), ("provider", &label)]);
        view! {
            {parts::head(heading, text)}
            {parts::done(&call, &["asked"])}
            {ways(&call, &offer, email.as_str())}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::Card, draw))
}

fn ways(call: &Call, offer: &IdentityOffer, email: &str) -> AnyView {
    let words = call.words();
    match &call.actor {
        Some(actor) if offers::is_holder(offer, &actor.account) => {
            Form::new(call, "link_identity", "link-button").draw()
        }
        Some(actor) => {
            let own = actor.account.email.shown();
            let switch = Form::new(call, "sign_out", "invitation-switch")
                .hidden("back", HERE)
                .draw();
            view! {
                <p>{words.tell("link-other", &[("email", &own)])}</p>
                {switch}
            }
            .into_any()
        }
        None => {
            let sign_in = Form::new(call, "sign_in", "signin-button")
                .hidden("back", HERE)
                .field("email", "label-email", FieldKind::EMAIL, email)
                .field("password", "label-password", FieldKind::PASSWORD, "")
                .draw();
            let mail = Form::new(call, "mail_link", "link-mail")
                .button_class("button")
                .draw();
            view! {
                {signin::providers_but(call, HERE, "signin-or", Some(&offer.person.provider))}
                {sign_in}
                <p class="or">{words.say("link-mail-text")}</p>
                {mail}
            }
            .into_any()
        }
    }
}

/// The page behind the mailed link. Looking changes nothing.
pub async fn by_mail(call: Call) -> Result<Sheet> {
    let title = call.words().say("link-title");
    let found = match offers::open(call.desk(), call.offer.as_deref(), call.now()) {
        Ok(offer) => {
            let looked = offers::look(call.desk(), call.param("token"), &offer, call.now()).await;
            looked.map(|account| (offer, account))
        }
        Err(e) => Err(e),
    };
    let (offer, account) = match found {
        Ok(found) => found,
        Err(error) => return Ok(over(&call, title, &error)),
    };
    let heading = title.clone();
    let draw = move || {
        let label = call.desk().plan.provider_label(&offer.person.provider);
        let email = account.email.shown();
        let text = call
            .words()
            .tell("link-by-mail", &[("email", &email), ("provider", &label)]);
        view! {
            {parts::head(heading, text)}
            {Form::new(&call, "link_by_mail", "link-button").hidden("token", call.param("token")).draw()}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::Card, draw))
}

fn over(call: &Call, title: String, error: &Error) -> Sheet {
    let (heading, text, status) = (title.clone(), call.explain(error), error.status());
    let again = call.words().say("home-sign-in");
    let draw = move || {
        view! {
            {parts::head(heading, text)}
            <p>
                <a class="button" href="/signin">
                    {again}
                </a>
            </p>
        }
        .into_any()
    };
    Sheet {
        status,
        ..Sheet::new(title, Frame::Card, draw)
    }
}
