//! How a post ends: where it leads, once, however often its button was pressed; or why not.
use crate::desk::{account, history, mint};
use crate::domain::answer::{Done, Refusal};
use crate::domain::posted::FormPress;
use crate::domain::shown_once::MadeOnce;
use crate::domain::{Error, Result, path};
use crate::site::call::Call;
use crate::site::cookies::Cookie;
use crate::site::presses::{Turn, Went};
use http::HeaderValue;
use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

/// What an action answered, with the cookies it set.
pub(super) struct FormOutcome {
    pub(super) answer: Result<Done, Refusal>,
    pub(super) cookies: Vec<HeaderValue>,
}

impl FormOutcome {
    pub(super) fn refused(refusal: Refusal) -> Self {
        Self {
            answer: Err(refusal),
            cookies: Vec::new(),
        }
    }
}

/// What this press is called: the same for the same button of the same page with the same content,
/// from the same session. None: the form has no such mark, or nobody is signed in.
pub(super) fn press(call: &Call, fields: &HashMap<String, String>, content: &str) -> Option<Arc<FormPress>> {
    let mark = fields.get("press").filter(|mark| !mark.is_empty())?;
    let session = call.session()?;
    let name = mint::hash(&format!("{session} {mark} {} {content}", call.path));
    Some(Arc::new(FormPress::new(name)))
}

/// Does what a form asks for, once: who presses again hears what the first press did.
pub(super) async fn once<F: Future<Output = FormOutcome>>(
    call: &Call,
    fields: &HashMap<String, String>,
    press: Option<&FormPress>,
    run: impl FnOnce() -> F,
) -> Settled {
    let pressing = match press {
        None => None,
        Some(press) => match call.site.presses.turn(press.name()).await {
            Turn::Again(went) => return Settled(Ok(went)),
            Turn::First(pressing) => Some(pressing),
        },
    };
    let mut outcome = run().await;
    // Another server did it, or this one before it was started anew: most things then say that they
    // are so already.
    if let (Err(refusal), Some(press)) = (&outcome.answer, press) {
        let by_another = refusal.error == Error::DoneAlready || !press.is_taken();
        if by_another && history::was_pressed(call.desk(), press.name()).await == Ok(true) {
            outcome.answer = Ok(Done::default());
        }
    }
    let FormOutcome { answer, cookies } = outcome;
    let done = match answer {
        Ok(done) => done,
        Err(refusal) => return Settled(Err((refusal, cookies))),
    };
    match to_go(call, fields, done, &cookies).await {
        Ok(to) => {
            let went = Went { to, cookies };
            if let Some(pressing) = pressing {
                pressing.went(went.clone());
            }
            Settled(Ok(went))
        }
        Err(e) => Settled(Err((Refusal::new(e, call), cookies))),
    }
}

/// How a form ended: where it leads, or why not, with the cookies that were set all the same.
pub(super) struct Settled(pub(super) Result<Went, (Refusal, Vec<HeaderValue>)>);

impl Settled {
    pub(super) fn refused(refusal: Refusal) -> Self {
        Self(Err((refusal, Vec::new())))
    }
}

/// Where to go after success: where the action says, else the form's `back`, else its page. What is
/// to be shown once waits there for the session that goes on, be it one that was begun just now.
async fn to_go(
    call: &Call,
    fields: &HashMap<String, String>,
    done: Done,
    cookies: &[HeaderValue],
) -> Result<String> {
    let field = |name: &str| fields.get(name).map(String::as_str).and_then(path::own);
    let to = done
        .to
        .as_deref()
        .and_then(path::own)
        .or(field("back"))
        .or(field("page"))
        .unwrap_or("/")
        .to_owned();
    if done.shown.is_empty() {
        return Ok(to);
    }
    let begun = match Cookie::Session.of_answer(cookies, call.site.secure) {
        Some(token) => account::sessions::find_actor(call.desk(), &token, &call.caller).await?,
        None => None,
    };
    let holder = match &begun {
        Some(begun) => begun,
        None => call.actor()?,
    };
    let made = MadeOnce {
        action: call.path.clone(),
        lines: done.shown,
    };
    let key = account::shown_once::keep(call.desk(), holder, bare(&to), &made, call.now()).await?;
    Ok(marked(&to, "shown", &key))
}

/// The path alone.
pub(super) fn bare(to: &str) -> &str {
    to.split(['?', '#']).next().unwrap_or("/")
}

/// The path with a mark in its query that tells the page to look for a draft, or for what is shown
/// once.
pub(super) fn marked(to: &str, mark: &str, value: &str) -> String {
    let (rest, fragment) = to
        .split_once('#')
        .map_or((to, String::new()), |(r, f)| (r, format!("#{f}")));
    let (bare, query) = rest.split_once('?').unwrap_or((rest, ""));
    let kept = url::form_urlencoded::parse(query.as_bytes())
        .filter(|(n, _)| n != "failed" && n != "shown" && n != "done");
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .append_pair(mark, value)
        .finish();
    format!("{bare}?{query}{fragment}")
}
