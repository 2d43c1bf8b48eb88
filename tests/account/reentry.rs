//! A recent proof with all that signing in takes (S30), one session for each browser (S19), and
//! codes that are stored so that nobody can look for them (S29).
use crate::harness::{House, PASSWORD, at};
use anteroom::desk::account::reentry::FRESH;
use anteroom::desk::{Actor, SessionHeld, account, chat, mint};
use anteroom::domain::account::Factor;
use anteroom::domain::time::Span;
use anteroom::domain::{Error, Time, Why};

fn code(secret: &str, now: Time) -> String {
    let totp = totp_rs::Builder::new()
        .with_secret(totp_rs::Secret::try_from_base32(secret).unwrap())
        .build()
        .unwrap();
    totp.generate(u64::try_from(now.0 / 1000).unwrap()).to_string()
}

/// Switches the second factor on; the actor's new session, the secret and the recovery codes.
async fn with_factor(house: &House, actor: &Actor) -> (Actor, String, Vec<String>) {
    account::factor::begin(&house.desk, actor, "").await.unwrap();
    let begun = house.again(actor).await;
    let secret = account::factor::setup(&house.desk, &begun)
        .unwrap()
        .unwrap()
        .secret;
    let (session, codes) = account::factor::confirm(&house.desk, &begun, &code(&secret, house.now), "")
        .await
        .unwrap();
    (house.actor(&session.token).await, secret, codes)
}

/// What needs a recent proof, with what it is posted with.
const GUARDED: [(&str, &str); 11] = [
    ("ask_email_change", "email=new%40northlight.test"),
    ("change_password", "new_password=velvet+orchard+signal"),
    ("end_session", "session=SESSION"),
    ("end_other_sessions", ""),
    ("begin_factor", ""),
    ("end_factor", ""),
    ("renew_codes", ""),
    ("unlink_identity", "provider=idp"),
    ("take_address", "provider=idp"),
    ("make_chat_code", ""),
    ("delete_account", "email=admin%40northlight.test"),
];

both!(changes_of_signing_in_ask_for_a_recent_proof);
/// With an old session each of them is refused: without anything, with the password alone, with a
/// wrong code, and with a code alone; with both the proof is there.
async fn changes_of_signing_in_ask_for_a_recent_proof(house: &House) {
    let ivo = house.organisation("northlight").await;
    let (ivo, secret, codes) = with_factor(house, &ivo).await;
    let mut old = ivo.clone();
    old.session.proven_at = Time(0);
    let password = PASSWORD.replace(' ', "+");
    for (action, more) in GUARDED {
        let other = house
            .actor(house.cookie(&ivo).await.trim_start_matches("anteroom="))
            .await;
        let more = more.replace("SESSION", other.session.id.as_str());
        let cookie = house.cookie(&old).await;
        house.execute("delete from tries").await;
        for typed in [
            String::new(),
            format!("&password={password}&current_password={password}"),
            "&password=wrong&current_password=wrong".to_owned(),
            format!("&password={password}&current_password={password}&code=abcd-efgh"),
            format!("&code={}", codes[0]),
        ] {
            // Whether a factor is on is asked before, where one is to be begun.
            let answer = house
                .post(&format!("/actions/{action}"), &cookie, &format!("{more}{typed}"))
                .await;
            assert!(
                matches!(answer.status.as_u16(), 409 | 422),
                "{action} {typed}: {} {}",
                answer.status,
                answer.body
            );
        }
        assert_eq!(
            house
                .count(&format!(
                    "select count(*) from sessions where ended_at is null and id = '{}'",
                    other.session.id
                ))
                .await,
            1,
            "{action}"
        );
    }
    let kept = house.again(&ivo).await.account;
    assert!(matches!(kept.factor, Factor::On { .. }));
    assert_eq!(
        (kept.erases_at, kept.password_hash),
        (None, ivo.account.password_hash.clone())
    );
    assert_eq!(house.count("select count(*) from chat_codes").await, 0);
    assert_eq!(
        account::factor::recovery_codes_left(&house.desk, &ivo).await,
        Ok(10)
    );
    // Both together are a proof, which then counts for ten minutes.
    house.execute("delete from tries").await;
    let later = Time(house.now.0 + Span::minutes(2).0);
    let mut old = at(&old, later);
    let cookie = house.cookie(&old).await;
    old = account::sessions::find_actor(&house.desk, &cookie["anteroom=".len()..], &old.caller)
        .await
        .unwrap()
        .unwrap();
    let (code_now, stale) = (code(&secret, later), old.clone());
    account::sessions::end_others(&house.desk, &old, (PASSWORD, code_now.as_str()))
        .await
        .unwrap();
    let fresh = account::sessions::find_actor(&house.desk, &cookie["anteroom=".len()..], &old.caller)
        .await
        .unwrap()
        .unwrap();
    chat::identities::make_chat_code(&house.desk, &fresh, "")
        .await
        .unwrap();
    assert!(
        account::sessions::end_others(&house.desk, &stale, (PASSWORD, code_now.as_str()))
            .await
            .is_err(),
        "a code works once"
    );
    assert!(
        chat::identities::make_chat_code(&house.desk, &at(&fresh, later + FRESH), "")
            .await
            .is_err()
    );
    house.deliver().await;
}

both!(a_password_alone_prolongs_nothing);
/// Where there is a second factor, repeating the password keeps no proof recent for ever.
async fn a_password_alone_prolongs_nothing(house: &House) {
    let ivo = house.organisation("northlight").await;
    let (ivo, ..) = with_factor(house, &ivo).await;
    let nearly = at(&ivo, Time((ivo.session.proven_at + FRESH).0 - 1000));
    account::addresses::ask_email_change(&house.desk, &nearly, "new@northlight.test", PASSWORD)
        .await
        .unwrap();
    let stored = house
        .count(&format!(
            "select proven_at from sessions where id = '{}'",
            ivo.session.id
        ))
        .await;
    assert_eq!(Time(stored), ivo.session.proven_at);
    // Whoever has no password signs in again.
    let mira = house.person("mira@northlight.test", "Mira").await;
    assert_eq!(
        account::sessions::end_others(&house.desk, &at(&mira, house.now + FRESH), "anything").await,
        Err(Error::Refused(Why::ConfirmAgain))
    );
    // To be delivered at an instant that has not come.
    house.expects_owed_letters();
}

both!(the_code_makes_the_proof_whole);
/// A proof is as old as its last part: the code at sign-in.
async fn the_code_makes_the_proof_whole(house: &House) {
    let ivo = house.organisation("northlight").await;
    let (_, _, codes) = with_factor(house, &ivo).await;
    let begun = account::accounts::sign_in(&house.desk, &house.caller(), "admin@northlight.test", PASSWORD)
        .await
        .unwrap();
    let later = house.now + Span::hours(1);
    let half = at(&house.actor(&begun.token).await, later);
    let whole = account::factor::pass(&house.desk, &half, &codes[0])
        .await
        .unwrap();
    assert_eq!(house.actor(&whole.token).await.session.proven_at, later);
    house.deliver().await;
}

both!(one_session_for_each_browser);
/// S19: whoever signs in ends the session that the browser held, whichever way and whoever's.
async fn one_session_for_each_browser(house: &House) {
    let ivo = house.organisation("northlight").await;
    let mira = house.person("mira@northlight.test", "Mira").await;
    let live = async |who: &Actor| {
        account::sessions::is_live(&house.desk, who, house.now)
            .await
            .unwrap()
    };
    let held = async |who: &Actor| {
        let cookie = house.cookie(who).await;
        let actor = house.actor(cookie.trim_start_matches("anteroom=")).await;
        let mut caller = house.caller();
        caller.session = Some(SessionHeld {
            account: actor.id().clone(),
            id: actor.session.id.clone(),
        });
        (actor, cookie, caller)
    };
    let password = PASSWORD.replace(' ', "+");
    let sign_up = {
        let desk = &house.desk;
        anteroom::desk::joining::signup::ask_sign_up(desk, &house.caller(), "nia@x.test")
            .await
            .unwrap();
        house.token_mailed("nia@x.test", "signup").await
    };
    let invited = house.invitation(&ivo, "ben@northlight.test").await;
    for (action, body) in [
        (
            "sign_in",
            format!("email=admin%40northlight.test&password={password}"),
        ),
        ("sign_up", format!("token={sign_up}&name=Nia&password={password}")),
        (
            "accept_as_new",
            format!("token={invited}&name=Ben&password={password}"),
        ),
    ] {
        for who in [&ivo, &mira] {
            let (before, cookie, _) = held(who).await;
            let done = house
                .post_form(&format!("/actions/{action}"), &cookie, &body)
                .await;
            if done.cookie("anteroom").is_some() {
                assert!(!live(&before).await, "{action}");
                break;
            }
            assert!(live(&before).await, "{action}");
        }
    }
    let (before, _, caller) = held(&mira).await;
    let person = crate::harness::vouched_for("olga@northlight.test", "Olga", true);
    account::providers::sign_in_with_provider(&house.desk, &caller, &person)
        .await
        .unwrap();
    assert!(!live(&before).await, "provider");
    // A sign-in that fails ends nothing; a new password by a link throws the browser's cookie away.
    let (before, cookie, _) = held(&mira).await;
    house
        .post_form(
            "/actions/sign_in",
            &cookie,
            "email=admin%40northlight.test&password=wrong",
        )
        .await;
    assert!(live(&before).await);
    account::accounts::ask_reset(&house.desk, &house.caller(), "admin@northlight.test")
        .await
        .unwrap();
    let token = house.token_mailed("admin@northlight.test", "reset").await;
    let body = format!("token={token}&password=velvet+orchard+signal");
    house.post_form("/actions/reset_password", &cookie, &body).await;
    assert!(!live(&before).await, "reset");
    house.deliver().await;
}

both!(codes_are_stored_with_a_key);
/// S29: recovery codes have 80 random bits and are stored as keyed hashes; those of before go on
/// working, and get a keyed one without anybody doing anything.
async fn codes_are_stored_with_a_key(house: &House) {
    let ivo = house.organisation("northlight").await;
    let (ivo, _, codes) = with_factor(house, &ivo).await;
    for one in &codes {
        let plain: String = one.chars().filter(char::is_ascii_alphanumeric).collect();
        assert_eq!(plain.len(), 16, "{one}");
        let hash = mint::hash(&plain);
        let sql = format!("select count(*) from recovery_codes where code_hash = '{hash}'");
        assert_eq!(house.count(&sql).await, 0);
    }
    let half = async || {
        let begun =
            account::accounts::sign_in(&house.desk, &house.caller(), "admin@northlight.test", PASSWORD)
                .await
                .unwrap();
        house.actor(&begun.token).await
    };
    account::factor::pass(
        &house.desk,
        &half().await,
        &codes[0].replace('-', " ").to_uppercase(),
    )
    .await
    .unwrap();
    assert!(
        account::factor::pass(&house.desk, &half().await, &codes[0])
            .await
            .is_err()
    );
    // Of before: ten characters, a plain hash.
    for old in ["abcdefghjk", "mnpqrstuvw", "xyz2345678"] {
        house
            .execute(&format!(
                "insert into recovery_codes (account_id, code_hash) values ('{}', '{}')",
                ivo.id(),
                mint::hash(old)
            ))
            .await;
    }
    account::factor::pass(&house.desk, &half().await, "abcde-fghjk")
        .await
        .unwrap();
    assert_eq!(account::codes::harden(&house.desk).await, Ok(3));
    assert_eq!(account::codes::harden(&house.desk).await, Ok(0));
    assert_eq!(
        house
            .count("select count(*) from recovery_codes where length(code_hash) = 64")
            .await,
        0
    );
    assert!(
        account::factor::pass(&house.desk, &half().await, "abcde-fghjk")
            .await
            .is_err(),
        "used before"
    );
    account::factor::pass(&house.desk, &half().await, "MNPQR STUVW")
        .await
        .unwrap();
    // Another account's, and new ones in their place.
    let codes = account::factor::renew_codes(&house.desk, &ivo, "").await.unwrap();
    assert!(
        account::factor::pass(&house.desk, &half().await, "xyz23-45678")
            .await
            .is_err()
    );
    account::factor::pass(&house.desk, &half().await, &codes[9])
        .await
        .unwrap();
    let told = house.letters_to("admin@northlight.test").await;
    assert!(told.iter().any(|m| m.subject == "New recovery codes were made"));
    // A code for chat is stored with a key as well, and works for ten minutes at most.
    let made = chat::identities::make_chat_code(&house.desk, &ivo, "")
        .await
        .unwrap();
    let sql = format!(
        "select count(*) from chat_codes where code_hash = '{}'",
        mint::hash(&made)
    );
    assert_eq!(house.count(&sql).await, 0);
    let until = house.count("select expires_at from chat_codes").await;
    assert!(until <= (house.now + Span::minutes(10)).0);
}

both!(h11_an_app_tells_two_installations_apart);
async fn h11_an_app_tells_two_installations_apart(house: &House) {
    let (ivo, _) = house.founder("northlight").await;
    account::factor::begin(&house.desk, &ivo, "").await.unwrap();
    let begun = house.again(&ivo).await;
    let url = |desk: &anteroom::desk::Desk| account::factor::setup(desk, &begun).unwrap().unwrap().url;
    let host = url(&house.desk);
    assert!(host.contains("issuer=127.0.0.1"), "{host}");
    let named = url(&house.with_plan(|plan| plan.installation = "Northlight Labs".into()));
    assert!(
        named.contains("Northlight%20Labs:") && named.contains("issuer=Northlight%20Labs"),
        "{named}"
    );
    house.deliver().await;
}
