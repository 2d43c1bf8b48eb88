//! What islands need of the browser: posting a form as it stands, and the marks that errors leave beside fields.
use crate::actions::{Done, Refusal};
use std::cell::Cell;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Element, HtmlElement, HtmlFormElement, RequestInit, Response, SubmitEvent};

thread_local! {
    static HYDRATED: Cell<u32> = const { Cell::new(0) };
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
    }
}

/// Posts the submitted form to its own action, with the button that was pressed. None: the network did not answer.
pub async fn post(form: &HtmlFormElement, event: &SubmitEvent) -> Option<Result<Done, Refusal>> {
    let data = web_sys::FormData::new_with_form(form).ok()?;
    let fields = web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    if let Some(button) = event.submitter()
        && let (Some(name), Some(value)) = (button.get_attribute("name"), button.get_attribute("value"))
    {
        fields.append(&name, &value);
    }
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&fields);
    let headers = web_sys::Headers::new().ok()?;
    headers.set("accept", "application/json").ok()?;
    init.set_headers(&headers);
    // The attribute, not the property: a field named "action" would stand in its place.
    let action = form.get_attribute("action")?;
    let response: Response = JsFuture::from(web_sys::window()?.fetch_with_str_and_init(&action, &init)).await.ok()?.dyn_into().ok()?;
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    Some(if response.ok() { Ok(serde_json::from_str(&text).ok()?) } else { Err(serde_json::from_str(&text).ok()?) })
}

/// Goes to a path of this site. To the page at hand it is a reload, as a change of fragment alone would load nothing.
pub fn go(to: &str) {
    let Some(location) = web_sys::window().map(|w| w.location()) else { return };
    let here = format!("{}{}", location.pathname().unwrap_or_default(), location.search().unwrap_or_default());
    let _ = location.set_href(to);
    if to.split_once('#').is_some_and(|(page, _)| page == here) {
        let _ = location.reload();
    }
}

/// Shows an error in the form: the message in its alert, reasons beside their fields, focus on the first of them.
pub fn show(form: &HtmlFormElement, message: &str, fields: &[(String, String)]) {
    clear(form);
    if let Ok(Some(alert)) = form.query_selector("[role=alert]") {
        alert.set_text_content(Some(message));
        let _ = alert.remove_attribute("hidden");
    }
    let mut first = None;
    for (name, reason) in fields {
        if let Ok(Some(note)) = form.query_selector(&format!("[data-fault-for=\"{name}\"]")) {
            note.set_text_content(Some(reason));
            let _ = note.remove_attribute("hidden");
        }
        if let Ok(Some(field)) = form.query_selector(&format!("[name=\"{name}\"]")) {
            let _ = field.set_attribute("aria-invalid", "true");
            first = first.or(Some(field));
        }
    }
    if let Some(field) = first.and_then(|f: Element| f.dyn_into::<HtmlElement>().ok()) {
        let _ = field.focus();
    }
}

/// Takes back what [`show`] showed.
pub fn clear(form: &HtmlFormElement) {
    each(form, "[role=alert], [data-fault-for]", |e| {
        let _ = e.set_attribute("hidden", "");
    });
    each(form, "[aria-invalid]", |e| {
        let _ = e.remove_attribute("aria-invalid");
    });
}

/// While a post is under way its button says so and cannot be pressed again.
pub fn busy(form: &HtmlFormElement, event: &SubmitEvent, pending: Option<&str>) {
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

pub fn is_busy(form: &HtmlFormElement) -> bool {
    form.has_attribute("aria-busy")
}

fn each(form: &HtmlFormElement, selector: &str, act: impl Fn(&Element)) {
    let Ok(found) = form.query_selector_all(selector) else { return };
    for i in 0..found.length() {
        if let Some(element) = found.get(i).and_then(|n| n.dyn_into::<Element>().ok()) {
            act(&element);
        }
    }
}

/// The form that a submit event comes from.
pub fn form_of(event: &SubmitEvent) -> Option<HtmlFormElement> {
    event.target().and_then(|t| JsValue::from(t).dyn_into().ok())
}
