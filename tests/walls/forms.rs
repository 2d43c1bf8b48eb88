//! What every form says of itself, and what comes of it: whom it was drawn for, what it shows, and
//! which press of its button it is.
use super::doors::actions;
use super::existence::{Things, body, things};
use crate::harness::html::{self, DrawnForm};
use crate::harness::{Answer, House, ORIGIN, send_to};
use anteroom::desk::Actor;
use anteroom::site::presses::Presses;
use anteroom::web::doors::{self, Door, Leads, Needs};
use axum::body::Body;
use http::{Request, StatusCode, header};
use std::collections::{BTreeMap, BTreeSet};
use tower::ServiceExt as _;

/// What is changed by a form that shows it: the action, a field, and two values for it.
const EDITS: [(&str, &str, &str, &str); 17] = [
    ("change_role", "name", "Readers A", "Readers B"),
    ("set_roles", "role", "on", "on"),
    ("set_employment", "job_title", "Lead A", "Lead B"),
    ("change_resource", "description", "One A", "One B"),
    ("set_resource_state", "active", "", ""),
    ("change_flow", "name", "Flow A", "Flow B"),
    ("change_connector", "name", "Desk A", "Desk B"),
    ("set_connector_state", "active", "", ""),
    ("rename_group", "name", "Lab A", "Lab B"),
    ("change_link", "title", "Manual A", "Manual B"),
    ("write_faq", "body", "Text A", "Text B"),
    ("change_welcome", "admin_contact", "Desk A", "Desk B"),
    ("change_request_rules", "request_days", "11", "12"),
    ("change_invitation_rules", "invitation_hours", "11", "12"),
    ("rename_organisation", "organisation", "North A", "North B"),
    ("change_profile", "name", "Ivo A", "Ivo B"),
    ("reword", "reason", "Audit A", "Audit B"),
];

/// Actions whose forms show nothing that somebody else could have changed, and why that is enough.
const WITHOUT_TAGS: [(&str, &[&str]); 7] = [
    (
        "its form shows the one value; what it needs besides stands in its own tests",
        &["demand_factor", "change_feedback_address"],
    ),
    (
        "it makes something new",
        &[
            "create_role",
            "create_group",
            "create_flow",
            "create_resource",
            "create_connector",
            "create_organisation",
            "add_domain",
            "link_provider",
            "ask_for",
            "request_access",
            "give_feedback",
            "delegate",
            "ask_requester",
            "add_to_group",
            "ask_export",
        ],
    ),
    (
        "it says what it found, or does the same again",
        &[
            "check_connector",
            "check_domain",
            "send_all_again",
            "try_again",
            "try_all_again",
            "copy_link",
            "resend_invitation",
            "nudge",
            "see_areas",
            "choose_customer",
            "note_member",
            "raise_link",
        ],
    ),
    (
        "it decides once, and who was quicker is told",
        &[
            "decide",
            "decide_many",
            "cancel_request",
            "retry_request",
            "follow_newest",
            "allow_again",
            "vote",
            "answer_question",
            "withdraw",
            "accept_invitation",
            "put_contact",
        ],
    ),
    (
        "it takes something away, which happens once",
        &[
            "delete_role",
            "delete_group",
            "delete_flow",
            "delete_resource",
            "delete_connector",
            "delete_invitation",
            "remove_member",
            "remove_from_group",
            "remove_link",
            "remove_domain",
            "unlink_provider",
            "end_grant",
            "end_member_session",
            "cancel_access",
            "come_back",
        ],
    ),
    (
        "it can be taken back as long as it has not happened",
        &[
            "close_organisation",
            "keep_organisation",
            "delete_account",
            "keep_account",
        ],
    ),
    (
        "it is about one's own ways in, and takes a proof or ends something",
        &[
            "change_password",
            "ask_email_change",
            "prove_email",
            "make_chat_code",
            "unlink_chat",
            "end_session",
            "end_other_sessions",
            "begin_factor",
            "confirm_factor",
            "end_factor",
            "renew_codes",
            "link_identity",
            "unlink_identity",
            "take_address",
        ],
    ),
];

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// All forms that a signed-in administrator's pages hold, by what they are drawn on.
async fn drawn(house: &House, cookie: &str, things: &Things) -> Vec<(String, DrawnForm)> {
    let mut found = Vec::new();
    let pages = doors::all().filter(|d| matches!(d.leads, Leads::Page(_)) && !d.path.contains("{token}"));
    for door in pages.filter(|d| !matches!(d.needs, Needs::HalfSignedIn | Needs::Demo)) {
        let mut path = door.path.replace("{org}", "northlight");
        for (name, id) in things {
            path = path.replace(&format!("{{{name}}}"), id);
        }
        if path.contains('{') {
            continue;
        }
        for query in ["", "?do=delete", "?do=approve"] {
            let page = house.get(&format!("{path}{query}"), cookie).await;
            if page.status == 200 {
                found.extend(
                    html::forms(&page.body)
                        .into_iter()
                        .map(|form| (path.clone(), form)),
                );
            }
        }
    }
    found
}

/// Somebody who looks after everything, and uses the portal too.
async fn second(house: &House, ivo: &Actor) -> (Actor, String) {
    let mona = house.member(ivo, "Mona Second").by_provider().await;
    let administrators = house.administrators(ivo).await;
    house.give(ivo, &mona, &[administrators]).await;
    let cookie = house.cookie(&mona).await;
    (mona, cookie)
}

both!(every_form_says_whom_it_was_drawn_for);
/// On all pages: each form that posts names its reader, its page and a press; those of an edit carry
/// tags of what they show, and each action is one or the other.
async fn every_form_says_whom_it_was_drawn_for(house: &House) {
    let (ivo, things) = things(house).await;
    let cookie = house.cookie(&ivo).await;
    house.expects_owed_letters();
    let mut tagged = BTreeSet::new();
    let mut forms = 0;
    for (path, form) in drawn(house, &cookie, &things).await {
        assert_eq!(
            form.value("as"),
            Some(ivo.id().as_str()),
            "{path}: {}",
            form.action
        );
        assert!(
            form.value("press").is_some_and(|p| p.len() > 15),
            "{path}: {}",
            form.action
        );
        assert!(form.value("page").is_some(), "{path}: {}", form.action);
        if form.value("seen").is_some() {
            tagged.insert(name(&form.action).to_owned());
        }
        forms += 1;
    }
    assert!(forms > 60, "{forms}");
    let edits: BTreeSet<&str> = EDITS.iter().map(|(action, ..)| *action).collect();
    let others: BTreeSet<&str> = WITHOUT_TAGS
        .iter()
        .flat_map(|(_, names)| names.iter().copied())
        .collect();
    let signed_in = actions().filter(|d| {
        !matches!(d.needs, Needs::Nobody | Needs::HalfSignedIn | Needs::Demo)
            && matches!(d.leads, Leads::Action)
    });
    for door in signed_in {
        let action = name(door.path);
        assert!(
            edits.contains(action) != others.contains(action),
            "{action} stands in EDITS, or in WITHOUT_TAGS with a reason"
        );
    }
    // That form is on a page of whoever asked for something.
    for action in edits.iter().filter(|a| **a != "reword") {
        assert!(
            tagged.contains(*action),
            "the form of {action} says what it shows"
        );
    }
}

both!(f3_the_other_tab_does_nothing);
/// F3: a form that was drawn for Mona does nothing once Ivo is signed in, and says who is; with
/// scripts and without, at every action.
async fn f3_the_other_tab_does_nothing(house: &House) {
    let (ivo, things) = things(house).await;
    let (mona, _) = second(house, &ivo).await;
    let cookie = house.cookie(&ivo).await;
    house.expects_owed_letters();
    let events = house.count("select count(*) from events").await;
    let mut tried = 0;
    for door in actions() {
        let sent = body(door, |name| things.get(name).cloned().unwrap_or_default());
        let sent = format!("{sent}&page=%2Fsettings&as={}", mona.id());
        let answer = house.post(door.path, &cookie, &sent).await;
        if matches!(door.leads, Leads::Read) {
            continue;
        }
        assert_eq!(answer.status, 409, "{}: {}", door.path, answer.body);
        assert!(
            answer.body.contains("other_person") && answer.body.contains("Ivo Brandt"),
            "{}",
            answer.body
        );
        let page = house.post_form(door.path, &cookie, &sent).await;
        assert_eq!(page.status, 409, "{}", door.path);
        assert!(page.body.contains("Ivo Brandt is signed in now"), "{}", door.path);
        assert!(
            page.body.contains("href=\"/settings\""),
            "it offers to look again"
        );
        tried += 1;
    }
    assert!(tried > 90, "{tried}");
    assert_eq!(house.count("select count(*) from events").await, events);
    // An open page notices: its stream is not to be had any more.
    for (whom, status) in [(mona.id(), 409), (ivo.id(), 200)] {
        let request = Request::get(format!("/northlight/live?as={whom}"))
            .header(header::COOKIE, &cookie)
            .header(header::HOST, "127.0.0.1:3000")
            .body(Body::empty())
            .unwrap();
        let answer = house.router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status().as_u16(), status);
    }
}

/// A form of this action with such a field, or with a box to tick whose name begins so.
fn form_of(forms: &[(String, DrawnForm)], action: &str, field: &str) -> Option<(DrawnForm, String)> {
    let mut those = forms
        .iter()
        .map(|(_, form)| form)
        .filter(|f| name(&f.action) == action);
    those.find_map(|form| {
        let typed = form.fields.iter().map(|(n, _)| n).find(|n| *n == field);
        let box_to_tick = form.unticked.iter().find(|n| n.starts_with(field));
        typed.or(box_to_tick).map(|name| (form.clone(), name.clone()))
    })
}

both!(f2_a_stale_form_undoes_nothing);
/// F2: two people open the same form; one saves, then the other. The second is told who changed
/// what, nothing is changed, what was typed is kept, and pressing once more saves it.
async fn f2_a_stale_form_undoes_nothing(house: &House) {
    let (ivo, things) = things(house).await;
    let (_, other) = second(house, &ivo).await;
    let own = house.cookie(&ivo).await;
    house.expects_owed_letters();
    let asked = format!("org=northlight&resource={}&reason=Audit", things["resource"]);
    assert_eq!(house.post("/actions/ask_for", &own, &asked).await.status, 200);
    for (action, field, first, then) in EDITS {
        // Whose own form it is opens it twice.
        let is_own = ["change_profile", "reword"].contains(&action);
        let (cookie, other) = (&own, if is_own { &own } else { &other });
        let forms = drawn(house, cookie, &things).await;
        let found = form_of(&forms, action, field);
        let (mut form, field) = found.unwrap_or_else(|| panic!("no form of {action} with {field}"));
        form.set("as", None);
        let path = form.action.clone();
        let mut mine = form.clone();
        form.set(&field, Some(first));
        let saved = house.post(&path, other, &form.encoded()).await;
        assert_eq!(saved.status, 200, "{action}: {}", saved.body);
        let events = house.count("select count(*) from events").await;
        mine.set(&field, Some(then));
        mine.set("press", Some("another"));
        let late = house.post(&path, cookie, &mine.encoded()).await;
        assert_eq!(late.status, 409, "{action}: {}", late.body);
        let who = if is_own { "" } else { "Mona Second" };
        assert!(
            late.body.contains(&format!("{who} changed this just now")),
            "{action}: {}",
            late.body
        );
        assert_eq!(
            house.count("select count(*) from events").await,
            events,
            "{action}"
        );
        // Without scripts: back to the form, with what was typed.
        let back = house.post_form(&path, cookie, &mine.encoded()).await;
        assert_eq!(back.status, 303, "{action}");
        let kept = back.cookie("anteroom-form").unwrap();
        let page = house
            .get(back.location(), &format!("{cookie}; {kept}"))
            .await
            .body;
        assert!(page.contains("Nothing was saved"), "{action}");
        if !then.is_empty() && then != "on" {
            assert!(page.contains(then), "{action}: what was typed is kept");
        }
        // Who presses again knows.
        let refusal: serde_json::Value = serde_json::from_str(&late.body).unwrap();
        let seen = refusal["error"]["outdated"]["seen"].as_str().unwrap().to_owned();
        mine.set("seen", Some(&seen));
        let again = house.post(&path, cookie, &mine.encoded()).await;
        assert_eq!(again.status, 200, "{action}: {}", again.body);
    }
}

both!(what_failed_was_not_pressed);
/// A press that fails, be it that the history tells of it, is no press that was done: pressed again
/// it fails again.
async fn what_failed_was_not_pressed(house: &House) {
    let ivo = house.organisation("northlight").await;
    house.deliver().await;
    let cookie = house.cookie(&ivo).await;
    let failed = "select count(*) from events where what = 'signin.failed'";
    for (path, sent) in [
        (
            "/actions/change_password",
            "current_password=wrong&new_password=tangled+copper+lantern",
        ),
        ("/actions/begin_factor", "password=wrong"),
    ] {
        let before = house.count(failed).await;
        for n in 1..=3 {
            let answer = house
                .post(path, &cookie, &format!("{sent}&press=one-button-of-one-page"))
                .await;
            assert!(
                answer.status.is_client_error(),
                "{path}: {} {}",
                answer.status,
                answer.body
            );
            assert!(house.count(failed).await <= before + n);
        }
    }
    house.expects_owed_letters();
}

/// Posts to a server of its own over the same database, which knows of no press.
async fn at_another_server(house: &House, path: &str, cookie: &str, body: &str) -> Answer {
    let router = house.router_with(|site| site.presses = Presses::default());
    let request = Request::post(path)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ORIGIN, ORIGIN)
        .header(header::ACCEPT, "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap();
    send_to(&router, request).await
}

/// After these the session or its token, the member or the organisation is another one; or it is
/// nobody's press.
const ENDS: [&str; 9] = [
    "change_password",
    "sign_out",
    "cancel_access",
    "close_organisation",
    "end_other_sessions",
    "delete_account",
    "choose_language",
    "keep_organisation",
    "keep_account",
];

both!(a_second_press_hears_what_the_first_did);
/// Every action, pressed three times at two servers, two of them at once: it is done once, and all
/// hear the same.
async fn a_second_press_hears_what_the_first_did(house: &House) {
    let (ivo, things) = things(house).await;
    let (_, cookie) = second(house, &ivo).await;
    house.expects_owed_letters();
    let mut done = BTreeMap::new();
    let gone = |d: &&Door| {
        ["delete", "remove", "end_", "unlink"]
            .iter()
            .any(|w| name(d.path).starts_with(w))
    };
    let (last, first): (Vec<_>, Vec<_>) = actions()
        .filter(|d| matches!(d.leads, Leads::Action) && !matches!(d.needs, Needs::Nobody | Needs::Demo))
        .filter(|d| !ENDS.contains(&name(d.path)))
        .partition(gone);
    for (n, door) in first.into_iter().chain(last).enumerate() {
        let sent = body(door, |name| things.get(name).cloned().unwrap_or_default());
        let sent = format!("{sent}&page=%2Fsettings&press=a-button-of-a-page-{n}");
        let before = house.count("select count(*) from events").await;
        let (one, two) = tokio::join!(
            house.post(door.path, &cookie, &sent),
            house.post(door.path, &cookie, &sent),
        );
        assert_eq!((one.status, &one.body), (two.status, &two.body), "{}", door.path);
        let after = house.count("select count(*) from events").await;
        let third = at_another_server(house, door.path, &cookie, &sent).await;
        assert_eq!(
            house.count("select count(*) from events").await,
            after,
            "{}",
            door.path
        );
        if one.status == 200 && after > before {
            assert_eq!(third.status, 200, "{}: {}", door.path, third.body);
            done.insert(name(door.path), after - before);
        }
    }
    assert!(done.len() > 25, "{done:?}");
    // At two servers at the same moment; and the same button with something else in the form.
    let said = "select count(*) from events where what = 'feedback.given'";
    let before = house.count(said).await;
    for (n, message) in [(1, "Thanks"), (2, "Thanks+again")] {
        let sent = format!("org=northlight&message={message}&press=a-button-of-a-page-of-feedback");
        let path = "/actions/give_feedback";
        let (one, two) = tokio::join!(
            at_another_server(house, path, &cookie, &sent),
            at_another_server(house, path, &cookie, &sent),
        );
        assert_eq!([one.status, two.status], [StatusCode::OK; 2], "{}", two.body);
        assert_eq!(house.count(said).await, before + n, "{message}");
    }
}
