//! What is answered, where to, and what the platform says of it.
use crate::chat::teams::tests::{SERVICE, activity, settings, with_body};
use crate::chat::teams::*;

#[test]
fn answers_go_where_the_operator_allows_and_nowhere_else() {
    let bases = Bases::default();
    for good in [
        SERVICE,
        "https://smba.trafficmanager.net",
        "https://x.botframework.com/a",
    ] {
        assert!(service_allowed(good, &bases), "{good}");
    }
    for bad in [
        "http://smba.trafficmanager.net/",
        "https://evilbotframework.com/",
        "https://smba.trafficmanager.net.evil.example/",
        "https://smba.trafficmanager.net@evil.example/",
        "https://user:pass@smba.trafficmanager.net/",
        "https://smba.trafficmanager.net:8443/",
        "https://smba.trafficmanager.net\\@evil.example.net/../a?b",
        "https://evil.example/smba.trafficmanager.net",
        "https://evil.example#@smba.trafficmanager.net/",
        "https://smba.trafficmanager.net/?a=",
        "https://smba.trafficmanager.net./",
        "https://botframework.com.evil.example/",
        "https://botframework.com/",
        "//smba.trafficmanager.net/",
        "ftp://smba.trafficmanager.net/",
        "",
    ] {
        assert!(!service_allowed(bad, &bases), "{bad}");
    }
}

/// An operator's own host instead of the platform's.
fn own_host() -> Bases {
    Bases {
        teams_hosts: vec!["http://127.0.0.1:9".into()],
        ..Bases::default()
    }
}

#[test]
fn a_host_of_the_operator_is_meant_exactly() {
    let own = own_host();
    for bad in [
        "https://127.0.0.1:9/",
        "http://127.0.0.1/",
        "http://127.0.0.1:9@evil.example/",
        "http://127.0.0.1:90/",
    ] {
        assert!(!service_allowed(bad, &own), "{bad}");
    }
    assert!(
        service_allowed("http://127.0.0.1:9/teams/", &own) && !service_allowed("http://127.0.0.1:10/", &own)
    );
}

/// The body of what is wanted.
fn body(wanted: Wanted) -> Value {
    serde_json::from_str(&wanted.body.unwrap().1).unwrap()
}

#[test]
fn an_answer_goes_to_where_the_message_came_from() {
    let [Arrived::Message(m)] = &with_body(&activity()).unwrap().arrived[..] else {
        panic!()
    };
    let send = Send::Text {
        route: m.route.clone(),
        text: "Hello".into(),
    };
    let wanted = super::wanted(&settings(), &Bases::default(), &send, "tok").unwrap();
    assert_eq!(
        wanted.url,
        "https://smba.trafficmanager.net/amer/v3/conversations/a%3Aconv/activities/1700"
    );
    let body = body(wanted);
    assert_eq!(
        (&body["from"]["id"], &body["recipient"]["id"], &body["text"]),
        (&json!("28:app-1"), &json!("29:abc"), &json!("Hello"))
    );
    assert!(super::wanted(&settings(), &own_host(), &send, "tok").is_err());
}

#[test]
fn a_post_is_a_card_with_buttons_until_it_is_edited() {
    let bases = Bases::default();
    let button = |label: &str| Button {
        label: label.into(),
        value: format!("{label}:1"),
    };
    let post = Send::Post {
        channel: "19:c".into(),
        text: "*a*\nb".into(),
        approve: button("Approve"),
        reject: button("Reject"),
        open: None,
    };
    let posted = body(super::wanted(&settings(), &bases, &post, "tok").unwrap());
    let card = &posted["attachments"][0]["content"];
    assert_eq!(
        (
            &card["version"],
            &card["body"][1]["wrap"],
            &card["actions"][0]["title"]
        ),
        (&json!("1.4"), &json!(true), &json!("Approve"))
    );
    assert_eq!(
        (&card["body"][0]["text"], &card["actions"][1]["data"]["press"]),
        (&json!("\\*a\\*"), &json!("Reject:1"))
    );
    let edit = Send::Edit {
        channel: "19:c".into(),
        message: "1/2".into(),
        text: "done".into(),
        open: None,
    };
    let wanted = super::wanted(&settings(), &bases, &edit, "tok").unwrap();
    assert!(
        wanted.method == Method::Put && wanted.url.ends_with("/activities/1%2F2"),
        "{}",
        wanted.url
    );
    assert_eq!(body(wanted)["attachments"][0]["content"].get("actions"), None);
}

fn route(conversation: &str, activity: &str) -> String {
    json!({"service": SERVICE, "conversation": conversation, "bot": "b", "user": "u",
    "activity": activity})
    .to_string()
}

fn whisper(route: String) -> Send {
    Send::Whisper {
        route,
        person: "p".into(),
        answer_to: String::new(),
        text: "No".into(),
    }
}

fn post(channel: &str) -> Send {
    let button = || Button {
        label: "l".into(),
        value: "v".into(),
    };
    Send::Post {
        channel: channel.into(),
        text: "x".into(),
        approve: button(),
        reject: button(),
        open: None,
    }
}

fn asked(send: &Send) -> Result<Wanted, String> {
    super::wanted(&settings(), &Bases::default(), send, "t0ken")
}

#[test]
fn a_conversation_is_one_part_of_the_address() {
    let wanted = asked(&whisper(route("19:a b@thread/../;messageid=1", ""))).unwrap();
    assert_eq!(
        wanted.url,
        "https://smba.trafficmanager.net/amer/v3/conversations/\
         19%3Aa%20b%40thread%2F..%2F%3Bmessageid%3D1/activities"
    );
    assert_eq!(
        (wanted.method, &wanted.headers[..]),
        (Method::Post, &[("authorization", "Bearer t0ken".to_owned())][..])
    );
    let body = body(wanted);
    assert_eq!(
        (body.get("replyToId"), &body["textFormat"]),
        (None, &json!("plain"))
    );
}

#[test]
fn routes_lead_nowhere_else() {
    let evil = route("c", "a").replace("smba.trafficmanager.net", "evil.example");
    let template = Send::Template {
        route: route("c", "a"),
    };
    for bad in [
        whisper("{".into()),
        whisper(route("..", "a")),
        whisper(route("c", "..")),
        whisper(evil),
        post(""),
        post("."),
        template,
    ] {
        let why = asked(&bad).unwrap_err();
        assert!(!why.contains("t0ken"), "{why}");
    }
}

#[test]
fn posts_go_to_the_service_of_the_settings_where_it_is_allowed() {
    let at = |service: &str| {
        let mut settings = settings();
        settings.insert("service".into(), service.into());
        super::wanted(&settings, &Bases::default(), &post("19:c"), "t")
            .unwrap()
            .url
    };
    assert_eq!(
        at("https://smba.trafficmanager.net/emea/"),
        "https://smba.trafficmanager.net/emea/v3/conversations/19%3Ac/activities"
    );
    assert_eq!(
        at("https://evil.example"),
        "https://smba.trafficmanager.net/teams/v3/conversations/19%3Ac/activities"
    );
}

#[test]
fn a_token_is_asked_for_at_the_tenant() {
    let wanted = super::super::token(&settings(), &Bases::default());
    assert_eq!(
        wanted.url,
        "https://login.microsoftonline.com/tenant-1/oauth2/v2.0/token"
    );
    let (kind, body) = wanted.body.unwrap();
    assert_eq!(
        (wanted.method, kind),
        (Method::Post, "application/x-www-form-urlencoded")
    );
    let scope = "https%3A%2F%2Fapi.botframework.com%2F.default";
    assert_eq!(
        body,
        format!("grant_type=client_credentials&client_id=app-1&client_secret=s%26cret&scope={scope}")
    );
}

#[test]
fn answers_are_understood() {
    assert_eq!(judge(201, None, br#"{"id":"5"}"#), SendResult::Sent("5".into()));
    assert_eq!(
        judge(401, None, br#"{"message":"denied"}"#),
        SendResult::TokenRefused
    );
    assert_eq!(
        judge(429, Some(7), b""),
        SendResult::Later("undelivered-answered 429".into(), Some(7))
    );
    assert!(matches!(
        judge(
            403,
            None,
            br#"{"error":{"code":"ConversationBlockedByUser","message":"blocked"}}"#
        ),
        SendResult::Unreachable(_)
    ));
    assert!(matches!(
        judge(403, None, br#"{"error":{"code":"Forbidden","message":"no"}}"#),
        SendResult::Never(_)
    ));
    assert_eq!(
        judge(401, None, br#"{"error":"invalid_client"}"#),
        SendResult::Channel("invalid_client (401)".into())
    );
    assert_eq!(
        token_of(br#"{"access_token":"t","expires_in":3599}"#),
        Some(("t".into(), 3599))
    );
    assert_eq!(
        judge(401, None, br#"{"error":{"code":"Unauthorized","message":"x"}}"#),
        SendResult::TokenRefused
    );
    assert_eq!(
        judge(400, None, br#"{"error":"bad","error_description":"y"}"#),
        SendResult::Channel("bad (400)".into())
    );
    assert!(
        [412, 500, 502, 503, 504]
            .into_iter()
            .all(|status| matches!(judge(status, None, b"<"), SendResult::Later(_, None)))
    );
    assert_eq!(
        (judge(200, None, b""), judge(404, None, b"")),
        (
            SendResult::Sent(String::new()),
            SendResult::Never("undelivered-answered 404".into())
        )
    );
    assert_eq!(token_of(b"{}"), None);
    assert_eq!(
        token_of(br#"{"access_token":"t","expires_in":9223372036854775807}"#),
        Some(("t".into(), 86_400))
    );
}

#[test]
fn coming_and_going_of_the_bot_is_heard() {
    let told = |change: fn(&mut Value)| {
        let mut activity = activity();
        activity.as_object_mut().unwrap().remove("text");
        change(&mut activity);
        with_body(&activity).unwrap().arrived
    };
    let reach = |problem: &str| {
        vec![Arrived::Reach {
            event: "a:conv:1700".into(),
            person: "tenant-1:aad-1".into(),
            problem: problem.into(),
        }]
    };
    let gone = reach(crate::domain::delivery_failure::UNINSTALLED);
    assert_eq!(
        told(|a| (a["type"], a["action"]) = (json!("installationUpdate"), json!("remove"))),
        gone
    );
    assert_eq!(
        told(|a| (a["type"], a["action"]) = (json!("installationUpdate"), json!("add-upgrade"))),
        reach("")
    );
    assert_eq!(
        told(|a| (a["type"], a["membersRemoved"]) = (json!("conversationUpdate"), json!([a["recipient"]]))),
        gone
    );
    assert_eq!(
        told(|a| (a["type"], a["membersAdded"]) = (json!("conversationUpdate"), json!([a["recipient"]]))),
        reach("")
    );
    let nothing: [fn(&mut Value); 3] = [
        |a| (a["type"], a["membersRemoved"]) = (json!("conversationUpdate"), json!([{"id": "29:other"}])),
        |a| a["type"] = json!("installationUpdate"),
        |a| {
            (a["type"], a["action"]) = (json!("installationUpdate"), json!("remove"));
            a["conversation"]["conversationType"] = json!("channel");
        },
    ];
    for change in nothing {
        assert_eq!(told(change), []);
    }
}
