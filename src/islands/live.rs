//! The stream of an organisation's changes, kept open while the page is seen.
use super::browser;
use leptos::prelude::*;
use serde::Deserialize;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

/// What the stream says: which kind of event, and what it happened to. Both are empty where
/// everything may have changed.
#[derive(Deserialize, Default)]
pub struct LiveChange {
    pub what: String,
    pub object: String,
}

/// The open stream with what listens to it: both go when the page is hidden.
struct Stream {
    source: EventSource,
    _changed: Closure<dyn FnMut(MessageEvent)>,
    _opened: Closure<dyn FnMut()>,
    _ended: Closure<dyn FnMut()>,
}

thread_local! {
    static STREAM: RefCell<Option<Stream>> = const { RefCell::new(None) };
}

/// Tells `heard` of each change, and of nothing in particular each time the stream opens: what
/// happened while it was closed is told by nobody. A page has one listener.
pub fn listen(org: &str, heard: impl Fn(LiveChange) + 'static) {
    let path = format!("/{org}/live?as={}", browser::reader());
    let heard = Rc::new(heard);
    connect(&path, &heard);
    let _ = window_event_listener_untyped("visibilitychange", move |_| {
        if browser::document().is_some_and(|d| d.hidden()) {
            if let Some(stream) = STREAM.take() {
                stream.source.close();
            }
        } else if STREAM.with_borrow(Option::is_none) {
            connect(&path, &heard);
        }
    });
}

fn connect<F: Fn(LiveChange) + 'static>(path: &str, heard: &Rc<F>) {
    let Ok(source) = EventSource::new(path) else {
        return;
    };
    let hears = heard.clone();
    let changed = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let Some(text) = event.data().as_string() else {
            return;
        };
        if let Ok(change) = serde_json::from_str(&text) {
            hears(change);
        }
    });
    source.set_onmessage(Some(changed.as_ref().unchecked_ref()));
    let hears = heard.clone();
    let opened = Closure::<dyn FnMut()>::new(move || hears(LiveChange::default()));
    source.set_onopen(Some(opened.as_ref().unchecked_ref()));
    let (again, hears) = (path.to_owned(), heard.clone());
    let ended = Closure::<dyn FnMut()>::new(move || ended(&again, &hears));
    source.set_onerror(Some(ended.as_ref().unchecked_ref()));
    STREAM.with_borrow_mut(|kept| {
        *kept = Some(Stream {
            source,
            _changed: changed,
            _opened: opened,
            _ended: ended,
        })
    });
}

/// The stream was broken off. Where the browser does not come back to it by itself it was refused:
/// the reader is signed out, or is somebody else by now, and hears so; or the server was away, and
/// it is tried again.
fn ended<F: Fn(LiveChange) + 'static>(path: &str, heard: &Rc<F>) {
    let refused = STREAM.with_borrow(|kept| {
        let closed = |s: &Stream| s.source.ready_state() == EventSource::CLOSED;
        kept.as_ref().is_some_and(closed)
    });
    if !refused {
        return;
    }
    let (path, heard) = (path.to_owned(), heard.clone());
    leptos::task::spawn_local(async move {
        let org = path
            .trim_matches('/')
            .split('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        if browser::is_somebody_else(&org).await {
            return browser::reveal("stale");
        }
        let again = move || connect(&path, &heard);
        let _ = set_timeout(again, std::time::Duration::from_secs(5));
    });
}
