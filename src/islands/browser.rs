//! What islands need of the browser: posting a form as it stands, the focus, dialogs, and the marks
//! that errors leave beside fields.
use crate::domain::Error;
use crate::domain::answer::{Done, Refusal};
use crate::islands::escape::escape;
use std::cell::Cell;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Element, HtmlElement, HtmlFormElement, RequestInit, Response, SubmitEvent};

thread_local! {
    static HYDRATED: Cell<u32> = const { Cell::new(0) };
    /// So many presses have gone well on this page, which stays: what comes then is another press.
    static DONE: Cell<u32> = const { Cell::new(0) };
}

pub fn document() -> Option<Document> {
    web_sys::window()?.document()
}

pub fn count_hydrated() {
    let count = HYDRATED.with(|h| {
        h.set(h.get() + 1);
        h.get()
    });
    if let Some(document) = document()
        && let Ok(islands) = document.query_selector_all("leptos-island")
        && count >= islands.length()
        && let Some(root) = document.document_element()
    {
        let _ = root.set_attribute("data-hydrated", "");
        note_zone(document);
    }
}

/// Tells the server by a cookie which time zone is the browser's: new people begin with it.
fn note_zone(document: Document) {
    let options = js_sys::Intl::DateTimeFormat::default().resolved_options();
    let zone = js_sys::Reflect::get(&options, &"timeZone".into()).ok();
    if let Some(zone) = zone.and_then(|zone| zone.as_string())
        && let Ok(document) = document.dyn_into::<web_sys::HtmlDocument>()
    {
        let _ = document.set_cookie(&format!(
            "anteroom-zone={zone}; path=/; max-age=31536000; samesite=lax"
        ));
    }
}

/// What came of posting a form.
pub enum PostAnswer {
    Done(Done),
    Refused(Refusal),
    /// The network did not answer.
    Offline,
}

/// Posts the submitted form in place of the browser, once at a time; its button says `pending`
/// meanwhile. Whoever is signed out by then goes to sign in.
pub fn submit(event: SubmitEvent, pending: String, then: impl FnOnce(PostAnswer) + 'static) {
    let Some(form) = form_of(&event) else { return };
    event.prevent_default();
    if is_busy(&form) {
        return;
    }
    clear(&form);
    leptos::task::spawn_local(async move {
        busy(&form, &event, Some(&pending));
        let answer = match post(&form, &event).await {
            Some(Ok(done)) => PostAnswer::Done(done),
            Some(Err(refusal)) if refusal.error.status() == 401 => {
                return go(&format!("/signin?back={}", escape(&here())));
            }
            Some(Err(refusal)) => PostAnswer::Refused(refusal),
            None => PostAnswer::Offline,
        };
        match &answer {
            // Where the page goes on, the button stays as it is until then.
            PostAnswer::Done(_) => DONE.with(|n| n.set(n.get() + 1)),
            PostAnswer::Refused(refusal) => {
                busy(&form, &event, None);
                look_anew(&form, &refusal.error);
            }
            PostAnswer::Offline => busy(&form, &event, None),
        }
        then(answer);
    });
}

/// Whoever was told what somebody else has changed may press again.
fn look_anew(form: &HtmlFormElement, error: &Error) {
    if let Error::Outdated { seen, .. } = error
        && let Ok(Some(shown)) = form.query_selector("input[name=seen]")
    {
        let _ = shown.set_attribute("value", seen);
    }
}

/// Posts the submitted form to its own action, with the button that was pressed. None: the network
/// did not answer.
async fn post(form: &HtmlFormElement, event: &SubmitEvent) -> Option<Result<Done, Refusal>> {
    let data = web_sys::FormData::new_with_form(form).ok()?;
    let fields = web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    if let Some(button) = event.submitter()
        && let (Some(name), Some(value)) = (button.get_attribute("name"), button.get_attribute("value"))
    {
        fields.append(&name, &value);
    }
    if let Some(press) = fields.get("press") {
        fields.set("press", &format!("{press}-{}", DONE.with(Cell::get)));
    }
    // The attribute, not the property: a field named "action" would stand in its place.
    let (ok, text) = send(&form.get_attribute("action")?, &fields).await?;
    Some(if ok {
        Ok(serde_json::from_str(&text).ok()?)
    } else {
        Err(serde_json::from_str(&text).ok()?)
    })
}

/// Asks a reading server function. None: it refused, or the network did not answer. The stubs that
/// leptos makes of server functions bring a whole HTTP client of 20 KB; this is all that islands
/// need of it.
pub async fn read<T: serde::de::DeserializeOwned>(path: &str, fields: &[(&str, &str)]) -> Option<T> {
    let form = web_sys::UrlSearchParams::new().ok()?;
    for (name, value) in fields {
        form.append(name, value);
    }
    let (ok, text) = send(path, &form).await?;
    if ok {
        serde_json::from_str(&text).ok()
    } else {
        None
    }
}

/// The account that the page was drawn for.
pub fn reader() -> String {
    let form = document().and_then(|d| d.query_selector("input[name=as]").ok().flatten());
    form.and_then(|f| f.get_attribute("value")).unwrap_or_default()
}

/// Whether the page's reader is not signed in any more, or somebody else is.
pub async fn is_somebody_else(org: &str) -> bool {
    let Ok(form) = web_sys::UrlSearchParams::new() else {
        return false;
    };
    form.append("org", org);
    form.append("as", &reader());
    let told = send("/actions/standing", &form).await;
    let refusal = told.and_then(|(_, text)| serde_json::from_str::<Refusal>(&text).ok());
    refusal.is_some_and(|r| r.error.status() == 401 || matches!(r.error, Error::OtherPerson { .. }))
}

/// Shows what stands hidden on the page.
pub fn reveal(id: &str) {
    if let Some(element) = document().and_then(|d| d.get_element_by_id(id)) {
        let _ = element.remove_attribute("hidden");
    }
}

async fn send(path: &str, fields: &web_sys::UrlSearchParams) -> Option<(bool, String)> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(fields);
    let headers = web_sys::Headers::new().ok()?;
    headers.set("accept", "application/json").ok()?;
    init.set_headers(&headers);
    let response: Response = JsFuture::from(web_sys::window()?.fetch_with_str_and_init(path, &init))
        .await
        .ok()?
        .dyn_into()
        .ok()?;
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    Some((response.ok(), text))
}

/// The path of the page at hand, with its query.
fn here() -> String {
    let location = web_sys::window().map(|w| w.location());
    location
        .map(|l| {
            format!(
                "{}{}",
                l.pathname().unwrap_or_default(),
                l.search().unwrap_or_default()
            )
        })
        .unwrap_or_default()
}

/// Goes to a path of this site. To the page at hand it is a reload, as a change of fragment alone
/// would load nothing.
pub fn go(to: &str) {
    let Some(location) = web_sys::window().map(|w| w.location()) else {
        return;
    };
    let here = here();
    let _ = location.set_href(to);
    if to.split_once('#').is_some_and(|(page, _)| page == here) {
        let _ = location.reload();
    }
}

/// Puts the focus on the element with this id; whether there is one.
pub fn focus(id: &str) -> bool {
    let element = document()
        .and_then(|d| d.get_element_by_id(id))
        .and_then(|e| e.dyn_into::<HtmlElement>().ok());
    element.is_some_and(|e| e.focus().is_ok())
}

/// The id of the request in whose row the focus is.
pub fn focused_row() -> Option<String> {
    let row = document()?.active_element()?.closest("tr[id^='r-']").ok()??;
    row.id().strip_prefix("r-").map(str::to_owned)
}

pub fn nothing_is_focused() -> bool {
    document()
        .and_then(|d| d.active_element())
        .is_none_or(|e| e.tag_name() == "BODY")
}

/// Shows an error in the form: the message in its alert, reasons beside their fields, focus on the
/// first of them.
pub fn show(form: &HtmlFormElement, message: &str, fields: &[(String, String)]) {
    clear(form);
    if let Ok(Some(alert)) = form.query_selector("[role=alert]") {
        alert.set_text_content(Some(message));
        let _ = alert.remove_attribute("hidden");
    }
    show_fields(form, fields);
}

/// Shows reasons beside their fields, and no others; focus on the first of them.
pub fn show_fields(form: &HtmlFormElement, fields: &[(String, String)]) {
    clear_fields(form);
    let mut first = None;
    for (name, reason) in fields {
        if let Ok(Some(note)) = form.query_selector(&format!("[data-fault-for=\"{name}\"]")) {
            note.set_text_content(Some(reason));
            let _ = note.remove_attribute("hidden");
        }
        if let Ok(Some(field)) = form.query_selector(&format!("[name=\"{name}\"]")) {
            // Folded away nobody would see it, and it would take no focus.
            if let Ok(Some(fold)) = field.closest("details") {
                let _ = fold.set_attribute("open", "");
            }
            let _ = field.set_attribute("aria-invalid", "true");
            first = first.or(Some(field));
        }
    }
    if let Some(field) = first.and_then(|f: Element| f.dyn_into::<HtmlElement>().ok()) {
        let _ = field.focus();
    }
}

/// Takes back what [`show`] showed.
fn clear(form: &HtmlFormElement) {
    each(form, "[role=alert]", |e| {
        let _ = e.set_attribute("hidden", "");
    });
    clear_fields(form);
}

fn clear_fields(form: &HtmlFormElement) {
    each(form, "[data-fault-for]", |e| {
        let _ = e.set_attribute("hidden", "");
    });
    each(form, "[aria-invalid]", |e| {
        let _ = e.remove_attribute("aria-invalid");
    });
}

/// While a post is under way its button says so and cannot be pressed again.
fn busy(form: &HtmlFormElement, event: &SubmitEvent, pending: Option<&str>) {
    let Some(button) = event.submitter() else { return };
    match pending {
        Some(text) => {
            let _ = form.set_attribute("aria-busy", "true");
            let _ = button.set_attribute("data-label", &button.text_content().unwrap_or_default());
            button.set_text_content(Some(text));
            let _ = button.set_attribute("aria-disabled", "true");
        }
        None => {
            let _ = form.remove_attribute("aria-busy");
            button.set_text_content(button.get_attribute("data-label").as_deref());
            let _ = button.remove_attribute("aria-disabled");
        }
    }
}

fn is_busy(form: &HtmlFormElement) -> bool {
    form.has_attribute("aria-busy")
}

fn each(form: &HtmlFormElement, selector: &str, act: impl Fn(&Element)) {
    let Ok(found) = form.query_selector_all(selector) else {
        return;
    };
    for i in 0..found.length() {
        if let Some(element) = found.get(i).and_then(|n| n.dyn_into::<Element>().ok()) {
            act(&element);
        }
    }
}

/// Copies a text; whether the browser let us.
pub async fn copy(text: &str) -> bool {
    let Some(window) = web_sys::window() else {
        return false;
    };
    JsFuture::from(window.navigator().clipboard().write_text(text))
        .await
        .is_ok()
}

/// Makes a dialog that stands open on the page one that holds the focus.
pub fn show_modal(dialog: &web_sys::HtmlDialogElement) {
    let _ = dialog.remove_attribute("open");
    let _ = dialog.show_modal();
}

/// The form that a submit event comes from.
pub fn form_of(event: &SubmitEvent) -> Option<HtmlFormElement> {
    event.target().and_then(|t| JsValue::from(t).dyn_into().ok())
}
