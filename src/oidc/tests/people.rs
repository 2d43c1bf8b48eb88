//! What a provider says of a person: address, name, organisation.
use crate::oidc::tests::*;

#[tokio::test]
async fn only_the_json_value_true_verifies_an_address() {
    let stage = Stage::new().await;
    for (flag, verified) in [
        (json!(true), true),
        (json!(false), false),
        (json!(null), false),
        (json!("true"), false),
        (json!(1), false),
    ] {
        let shown = flag.to_string();
        let found = stage.with_claims(json!({"email_verified": flag})).await.unwrap();
        assert_eq!(
            (found.email.as_deref(), found.email_verified),
            (Some("ana@example.org"), verified),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn flag_and_address_come_from_one_source() {
    let stage = Stage::new().await;
    let theirs = json!({"sub": SUBJECT, "email": "boss@example.org", "name": "Boss"});
    let found = stage
        .with_userinfo(json!({"email": null, "email_verified": true}), theirs)
        .await
        .unwrap();
    assert_eq!(
        (found.email.as_deref(), found.email_verified),
        (Some("boss@example.org"), false)
    );
    assert_eq!(
        found.name.as_deref(),
        Some("Ana"),
        "the ID token's name comes first"
    );

    let theirs = json!({"sub": SUBJECT, "email": "boss@example.org", "email_verified": true});
    let found = stage
        .with_userinfo(json!({"email_verified": null}), theirs.clone())
        .await
        .unwrap();
    assert_eq!(
        (found.email.as_deref(), found.email_verified),
        (Some("ana@example.org"), false)
    );

    let found = stage
        .with_userinfo(
            json!({"email": null, "email_verified": false, "name": null}),
            theirs,
        )
        .await
        .unwrap();
    assert_eq!(
        (found.email.as_deref(), found.email_verified, found.name),
        (Some("boss@example.org"), true, None)
    );

    let flag_alone = json!({"sub": SUBJECT, "email_verified": true});
    let found = stage
        .with_userinfo(json!({"email": null}), flag_alone)
        .await
        .unwrap();
    assert_eq!((found.email, found.email_verified), (None, false));
}

#[tokio::test]
async fn userinfo_about_another_subject() {
    let stage = Stage::new().await;
    let theirs = json!({"sub": "somebody-else", "email": "boss@example.org", "email_verified": true});
    assert!(reason(stage.with_userinfo(json!({"email": null}), theirs).await).contains("another subject"));
    assert!(
        reason(
            stage
                .with_userinfo(json!({"email": null}), json!({"email": "boss@example.org"}))
                .await
        )
        .contains("sub")
    );
    assert!(
        reason(
            stage
                .with_userinfo(json!({"email": null}), json!("boss@example.org"))
                .await
        )
        .contains("userinfo")
    );
}

#[tokio::test]
async fn a_provider_without_userinfo() {
    let fake = Fake::start().await;
    fake.script().claims = json!({"email": null});
    fake.script().discovery = json!({"userinfo_endpoint": null});
    let found = sign_in(&room(&fake), &fake).await.unwrap();
    assert_eq!((found.email, found.email_verified), (None, false));
}

#[tokio::test]
async fn addresses_and_names_are_cleaned() {
    let stage = Stage::new().await;
    let long = format!("{}@example.org", "x".repeat(254));
    for email in [
        "",
        "ana",
        "@example.org",
        "ana@",
        "ana@example.org\r\nBcc: all@example.org",
        "a na@example.org",
        &long,
    ] {
        let found = stage
            .with_userinfo(json!({"email": email}), json!({"sub": SUBJECT}))
            .await
            .unwrap();
        assert_eq!((found.email, found.email_verified), (None, false), "{email}");
    }
    let found = stage
        .with_claims(json!({"name": " An\u{202e}a\n\u{7} B "}))
        .await
        .unwrap();
    assert_eq!(found.name.as_deref(), Some("Ana B"));
    let found = stage.with_claims(json!({"name": "é".repeat(300)})).await.unwrap();
    assert_eq!(found.name.unwrap().chars().count(), 200);
    assert_eq!(
        stage
            .with_claims(json!({"name": {"first": "Ana"}}))
            .await
            .unwrap()
            .name,
        None
    );
}

// Organisation.

async fn with_organisation(
    source: OrganisationSource,
    claims: Value,
    me: Value,
) -> Result<Person, OidcError> {
    let fake = Fake::start().await;
    fake.script().claims = claims;
    fake.script().me = me;
    let source = match source {
        OrganisationSource::Endpoint { url, field } => OrganisationSource::Endpoint {
            url: fake.base.clone() + &url,
            field,
        },
        claim => claim,
    };
    let provider = Provider {
        organisation: Some(source),
        ..provider(&fake.base)
    };
    sign_in(&oidc(provider, Times::default()), &fake).await
}

#[tokio::test]
async fn organisation_from_a_claim() {
    let source = || OrganisationSource::Claim("https://idp.example/org".into());
    let found = with_organisation(source(), json!({"https://idp.example/org": " acme "}), json!({}))
        .await
        .unwrap();
    assert_eq!(found.organisation.as_deref(), Some("acme"));
    for none in [
        json!({}),
        json!({"https://idp.example/org": 7}),
        json!({"https://idp.example/org": "a\nb"}),
    ] {
        assert_eq!(
            with_organisation(source(), none, json!({}))
                .await
                .unwrap()
                .organisation,
            None
        );
    }
}

#[tokio::test]
async fn organisation_from_an_endpoint() {
    let source = |field: &str| OrganisationSource::Endpoint {
        url: "/me".into(),
        field: field.into(),
    };
    for (field, me) in [
        ("org", json!({"org": "acme"})),
        ("a.b", json!({"a": {"b": "acme"}})),
        ("a.b", json!({"a.b": "acme"})),
    ] {
        let found = with_organisation(source(field), json!({}), me).await.unwrap();
        assert_eq!(found.organisation.as_deref(), Some("acme"), "{field}");
    }
    for (padded, spelling) in [
        ("no", webex("").trim_end_matches('=').to_owned()),
        ("yes", webex("")),
    ] {
        let found = with_organisation(source("orgId"), json!({}), json!({"orgId": spelling}))
            .await
            .unwrap();
        assert_eq!(found.organisation.as_deref(), Some(UUID), "{padded}");
    }
    let broken = OrganisationSource::Endpoint {
        url: "/nowhere".into(),
        field: "org".into(),
    };
    assert!(reason(with_organisation(broken, json!({}), json!({})).await).contains("404"));
}

/// A Webex id; `more` is added to the uuid.
fn webex(more: &str) -> String {
    STANDARD.encode(format!("ciscospark://us/ORGANIZATION/{UUID}{more}"))
}

#[test]
fn organisations_have_one_spelling() {
    assert!(webex("").ends_with('='), "the example must exercise padding");
    assert_eq!(normal(&webex("")).as_deref(), Some(UUID));
    assert_eq!(
        normal(&format!(" {} ", webex("").trim_end_matches('='))).as_deref(),
        Some(UUID)
    );
    let other = webex("x");
    assert_eq!(normal(&other), Some(other));
    assert_eq!(normal("YWJj").as_deref(), Some("YWJj"));
    assert_eq!(normal(UUID).as_deref(), Some(UUID));
    assert_eq!(normal(&"ö".repeat(200)).map(|id| id.chars().count()), Some(200));
    assert_eq!(normal(&"x".repeat(201)), None);
    assert_eq!((normal("  "), normal("a\tb")), (None, None));
}

/// H15: whichever way a provider says who somebody is, they have a name.
#[tokio::test]
async fn h15_a_name_is_found_wherever_it_stands() {
    let stage = Stage::new().await;
    let about = |claims: Value| {
        let mut theirs = json!({"sub": SUBJECT, "email": "boss@example.org"});
        theirs
            .as_object_mut()
            .unwrap()
            .extend(claims.as_object().unwrap().clone());
        theirs
    };
    for (own, theirs, name) in [
        (
            json!({"given_name": "Jana", "family_name": "Novak"}),
            json!({}),
            Some("Jana Novak"),
        ),
        (json!({"family_name": "Novak"}), json!({}), Some("Novak")),
        (
            json!({"name": " ", "given_name": "Jana"}),
            json!({}),
            Some("Jana"),
        ),
        (json!({}), json!({"name": "Jana Novak"}), Some("Jana Novak")),
        (
            json!({}),
            json!({"given_name": "Jana", "family_name": "Novak"}),
            Some("Jana Novak"),
        ),
        (
            json!({"preferred_username": "j.novak2"}),
            json!({"name": "Jana Novak"}),
            Some("Jana Novak"),
        ),
        (
            json!({"preferred_username": "j.novak2"}),
            json!({}),
            Some("j.novak2"),
        ),
        (json!({"preferred_username": "j@corp.example"}), json!({}), None),
        (json!({}), json!({}), None),
    ] {
        let shown = format!("{own} {theirs}");
        let mut claims = json!({"name": null});
        claims
            .as_object_mut()
            .unwrap()
            .extend(own.as_object().unwrap().clone());
        let found = stage.with_userinfo(claims, about(theirs)).await.unwrap();
        assert_eq!(found.name.as_deref(), name, "{shown}");
        assert_eq!(found.email.as_deref(), Some("ana@example.org"), "{shown}");
    }
}
