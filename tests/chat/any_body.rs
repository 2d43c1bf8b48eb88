//! Whatever somebody may send to a webhook, signed as each platform signs it.
use crate::chat::room::{Room, SERVICE};
use crate::harness::House;
use anteroom::domain::connector::Platform;
use http::StatusCode;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

both!(no_delivery_breaks_a_webhook);
/// Whatever is signed and sent to a webhook, at any platform: never a 500, and nothing that stops
/// what comes behind it.
async fn no_delivery_breaks_a_webhook(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::default()
    });
    for (at, platform) in Platform::ALL.into_iter().enumerate() {
        let room = room.join(platform, &format!("Desk {at}")).await;
        let mut taken = 0;
        for n in 0..60 {
            let body = any_body(platform).new_tree(&mut runner).unwrap().current();
            let status = room.deliver_signed(body.clone()).await;
            assert!(
                matches!(status.as_u16(), 200 | 400 | 403),
                "{platform:?} {n}: {status} for {}",
                String::from_utf8_lossy(&body)
            );
            taken += usize::from(status == StatusCode::OK);
        }
        assert!(taken > 0, "{platform:?}: nothing was believed");
        room.work().await;
        // Reports about what was never sent wait a little: their message may be known soon.
        let stuck = house
            .count(
                "select count(*) from deliveries where kind = 'arrival' and state <> 'sent' \
                 and coalesce(reason, '') <> 'undelivered-not-known-yet'",
            )
            .await;
        assert_eq!(stuck, 0, "{platform:?}");
    }
}

/// Bodies like those of the platform, with anything in their places, and bodies like none.
fn any_body(platform: Platform) -> impl Strategy<Value = Vec<u8>> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!("private")),
        Just(json!("a\u{0}b")),
        Just(json!("\u{202e}x")),
        Just(json!(-7)),
        Just(json!(true))
    ];
    let keys = prop::sample::select(vec![
        "id",
        "text",
        "from",
        "chat",
        "type",
        "message",
        "first_name",
        "update_id",
        "message_id",
        "callback_query",
        "data",
        "event",
        "user",
        "ts",
        "channel",
        "body",
        "system",
        "wa_id",
        "conversation",
        "value",
        "channelData",
    ]);
    let any_json = leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(keys.clone(), inner, 0..6).prop_map(|m| m
                .into_iter()
                .map(|(k, v)| (k.to_owned(), v))
                .collect::<serde_json::Map<_, _>>()
                .into())
        ]
    });
    let shaped = (
        any_json.clone(),
        any_json.clone(),
        any_json.clone(),
        "\\PC{0,30}",
        any::<i64>(),
    )
        .prop_map(move |(a, b, c, text, n)| {
            let value = match platform {
                Platform::Telegram => json!({"update_id": n, "message": {"message_id": a, "chat": {"id": n,
            "type": "private", "x": b}, "from": {"id": n, "first_name": text, "is_bot": false, "y": c},
            "text": text}, "callback_query": {"id": text, "from": {"id": n}, "data": text,
            "message": {"chat": {"id": n}, "message_id": c}}}),
                Platform::Slack => json!({"type": "event_callback", "team_id": "T1", "event_id": text,
            "event": {"type": "message", "channel_type": "im", "channel": a, "user": text, "ts": text,
            "text": text, "blocks": b}, "authorizations": c}),
                Platform::WhatsApp => json!({"entry": [{"changes": [{"field": "messages",
            "value": {"metadata": {"phone_number_id": "100"}, "contacts": [a, {"wa_id": text,
            "profile": {"name": text}}], "messages": [b, {"id": text, "from": text, "type": "text",
            "text": {"body": text}}], "statuses": [c, {"id": text, "status": "failed", "errors": [a]}],
            "user_id_update": [{"user_id": {"previous": text, "current": "x"}}]}}]}]}),
                Platform::Teams => json!({"type": "message", "id": text, "serviceUrl": SERVICE,
            "channelId": "msteams", "from": {"id": text, "name": a, "aadObjectId": b},
            "conversation": {"conversationType": "personal", "tenantId": "tenant-1", "id": text, "x": c},
            "recipient": {"id": "28:app-1"}, "text": text, "value": {"press": a}, "locale": text,
            "replyToId": c}),
                Platform::Sms => {
                    return url::form_urlencoded::Serializer::new(String::new())
                        .extend_pairs([
                            ("AccountSid", "AC1"),
                            ("MessageSid", text.as_str()),
                            ("From", &text),
                            ("Body", &text),
                            ("ErrorCode", &a.to_string()),
                            ("OptOutType", &b.to_string()),
                        ])
                        .finish()
                        .into_bytes();
                }
            };
            value.to_string().into_bytes()
        });
    prop_oneof![4 => shaped, 2 => any_json.prop_map(|v| v.to_string().into_bytes()),
    1 => prop::collection::vec(any::<u8>(), 0..200)]
}
