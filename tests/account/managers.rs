//! What browsers and password managers make of the forms (H05, F8): they save and fill by the kind
//! and the order of fields.
use crate::harness::House;
use anteroom::desk::{account, joining};

/// The `input` tags of each form of a page, in their order.
fn inputs(page: &str) -> Vec<Vec<&str>> {
    let forms = page.split("<form ").skip(1);
    let inside = forms.filter_map(|form| form.split("</form>").next());
    let tags = inside.map(|form| {
        form.split("<input")
            .skip(1)
            .filter_map(|tag| tag.split('>').next())
    });
    tags.map(Iterator::collect).collect()
}

/// Before each password stands a user name, and where whose it is is known, that address.
fn names_accounts(page: &str, at: &str, email: Option<&str>) -> usize {
    let mut passwords = 0;
    for form in inputs(page) {
        let of = |kind: &str| form.iter().position(|tag| tag.contains(kind));
        let Some(password) = of("type=\"password\"") else {
            continue;
        };
        let name = of("autocomplete=\"username\"").unwrap_or_else(|| panic!("{at}: {form:?}"));
        assert!(name < password, "{at}: {form:?}");
        if let Some(email) = email {
            assert!(
                form[name].contains(&format!("value=\"{email}\"")),
                "{at}: {form:?}"
            );
            assert!(!form[name].contains(" name="), "{at}: it is not posted");
        }
        passwords += 1;
    }
    passwords
}

both!(h05_a_user_name_stands_before_each_password);
async fn h05_a_user_name_stands_before_each_password(house: &House) {
    let (ivo, _) = house.founder("northlight").await;
    let (mine, new) = ("admin@northlight.test", "mira@northlight.test");
    account::accounts::ask_reset(&house.desk, &house.caller(), mine)
        .await
        .unwrap();
    joining::signup::ask_sign_up(&house.desk, &house.caller(), "tess@x.test")
        .await
        .unwrap();
    house.deliver().await;
    let reset = house.token_mailed(mine, "reset").await;
    let sign_up = house.token_mailed("tess@x.test", "signup").await;
    let invitation = house.invitation(&ivo, new).await;
    let cookie = house.cookie(&ivo).await;
    for (path, cookie, email, passwords) in [
        ("/signin".to_owned(), "", None, 1),
        (format!("/reset/{reset}"), "", Some(mine), 1),
        (format!("/signup/{sign_up}"), "", Some("tess@x.test"), 1),
        (format!("/invitations/{invitation}"), "", Some(new), 1),
        ("/settings".to_owned(), cookie.as_str(), Some(mine), 3),
    ] {
        let page = house.get(&path, cookie).await;
        assert_eq!(page.status, 200, "{path}");
        let found = names_accounts(&page.body, &path, email);
        assert!(found >= passwords, "{path}: {found}");
    }
    house.deliver().await;
}

both!(f8_no_browser_fills_secrets);
/// Browsers fill what has the type for passwords, whatever it says of itself: no secret of a platform
/// has it.
async fn f8_no_browser_fills_secrets(house: &House) {
    let (ivo, _) = house.founder("northlight").await;
    let cookie = house.cookie(&ivo).await;
    for platform in ["telegram", "whatsapp", "sms", "teams", "slack"] {
        let path = format!("/northlight/connectors/new?platform={platform}");
        let page = house.get(&path, &cookie).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.body.contains("class=\"field secret\""), "{path}");
        assert!(!page.body.contains("type=\"password\""), "{path}");
    }
    house.deliver().await;
}
