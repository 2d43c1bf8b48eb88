//! The `[[provider]]` tables.
use super::{Folder, OrganisationSource, Provider, assert_has, file_problems, from_file};
use secrecy::ExposeSecret;

const BASE: &str = "[[provider]]\nid = 'acme'\nlabel = 'Acme'\nclient_id = 'c'\n\
                    discovery_url = 'https://id.example/.well-known/openid-configuration'\n";

fn provider(more: &str) -> Provider {
    from_file(&format!("{BASE}{more}")).providers.remove(0)
}

fn problem(more: &str) -> String {
    let problems = file_problems(&format!("{BASE}{more}"));
    assert_eq!(problems.len(), 1, "{problems:#?}");
    problems.concat()
}

#[test]
fn defaults() {
    let provider = provider("");
    assert_eq!(provider.allowed_issuers, ["https://id.example"]);
    assert_eq!(provider.scopes, ["openid", "email", "profile"]);
    assert!(provider.client_secret.is_none() && provider.organisation.is_none());
}

#[test]
fn trust_is_for_whole_domains() {
    assert_eq!(provider("").trusted_domains, Vec::<String>::new());
    let trusted = provider("trusted_domains = ['Example.org', 'example.com']").trusted_domains;
    assert_eq!(trusted, ["example.org", "example.com"]);
    for bad in [
        "*.example.org",
        "@example.org",
        "org",
        "",
        "a@example.org",
        "https://example.org",
    ] {
        assert_has(
            &problem(&format!("trusted_domains = ['{bad}']")),
            &["provider[acme].trusted_domains", "whole domain"],
        );
    }
    assert_has(
        &problem("trusted_domains = 'example.org'"),
        &["allowed is a list"],
    );
}

#[test]
fn openid_is_always_asked_for() {
    assert_eq!(
        provider("scopes = ['email', 'email']").scopes,
        ["openid", "email"]
    );
    assert_eq!(provider("scopes = []").scopes, ["openid"]);
    assert_has(
        &problem("scopes = ['a b']"),
        &["provider[acme].scopes", "one word"],
    );
    assert_has(
        &problem("scopes = 'openid'"),
        &["wrong type (string); allowed is a list"],
    );
}

#[test]
fn issuers_stay_letter_by_letter() {
    let issuers =
        provider("allowed_issuers = ['https://Id.example/a/', 'http://127.0.0.1:9']").allowed_issuers;
    assert_eq!(issuers, ["https://Id.example/a/", "http://127.0.0.1:9"]);
    assert_has(
        &problem("allowed_issuers = ['http://id.example']"),
        &["provider[acme].allowed_issuers", "https only"],
    );
    assert_has(&problem("allowed_issuers = []"), &["at least one"]);
}

#[test]
fn secrets() {
    let folder = Folder::new();
    let path = folder.file("secret", "s3cret\n");
    let secret = provider(&format!("client_secret_file = '{path}'"))
        .client_secret
        .unwrap();
    assert_eq!(secret.expose_secret(), "s3cret");
    assert_eq!(
        provider("client_secret = 'plain'")
            .client_secret
            .unwrap()
            .expose_secret(),
        "plain"
    );
    let both = problem(&format!("client_secret = 'plain'\nclient_secret_file = '{path}'"));
    assert_has(
        &both,
        &["provider[acme].client_secret (file FILE, key provider[acme].client_secret): given twice"],
    );
    assert!(!both.contains("plain") && !both.contains("s3cret"));
    assert_has(
        &problem("client_secret_file = '/nowhere'"),
        &["provider[acme].client_secret_file", "cannot read"],
    );
}

#[test]
fn organisations() {
    let claim = provider("[provider.organisation]\nclaim = 'hd'").organisation;
    assert_eq!(claim, Some(OrganisationSource::Claim("hd".into())));
    let endpoint =
        provider("[provider.organisation]\nendpoint = 'https://a.example/me'\nfield = 'orgId'").organisation;
    let expected = OrganisationSource::Endpoint {
        url: "https://a.example/me".into(),
        field: "orgId".into(),
    };
    assert_eq!(endpoint, Some(expected));
    for wrong in [
        "",
        "field = 'a'",
        "endpoint = 'https://a.example'",
        "claim = 'a'\nfield = 'b'",
    ] {
        let text = problem(&format!("[provider.organisation]\n{wrong}"));
        assert_has(
            &text,
            &[
                "provider[acme].organisation",
                "either claim, or endpoint and field",
            ],
        );
    }
    let far = problem("[provider.organisation]\nendpoint = 'http://a.example/me'\nfield = 'f'");
    assert_has(&far, &["provider[acme].organisation.endpoint", "https only"]);
    assert_has(&problem("organisation = 'hd'"), &["wrong type"]);
}

#[test]
fn addresses_and_ids() {
    let table = |id: &str, url: &str| {
        format!("[[provider]]\nid='{id}'\nlabel='A'\nclient_id='c'\ndiscovery_url='{url}'\n")
    };
    let good = "http://localhost:9/x/.well-known/openid-configuration";
    assert_eq!(
        from_file(&table("a", good)).providers[0].allowed_issuers,
        ["http://localhost:9/x"]
    );
    for url in [
        "http://id.example/.well-known/openid-configuration",
        "https://id.example",
        "https://u:p@id.example/",
    ] {
        assert_has(
            &file_problems(&table("a", url)).concat(),
            &["provider[a].discovery_url", "allowed is"],
        );
    }
    for id in ["", "A", "a b", "ä", "a123456789012345678901234567890123"] {
        assert_has(
            &file_problems(&table(id, good)).concat(),
            &[".id (file FILE", "1 to 32"],
        );
    }
    let twice = file_problems(&format!("{}{}", table("a", good), table("a", good)));
    assert_eq!(twice.len(), 1);
    assert_has(&twice[0], &["provider[a].id", "stands twice"]);
}

#[test]
fn unknown_and_missing_keys() {
    assert_has(
        &problem("labl = 'x'"),
        &["provider[acme].labl", "unknown key; known are id, label"],
    );
    assert_has(&problem("smtp = 'smtp://h'"), &["above the first [[provider]]"]);
    let missing = file_problems("[[provider]]\n").join("\n");
    for key in ["id", "label", "discovery_url", "client_id"] {
        assert_has(
            &missing,
            &[&format!(
                "provider[1].{key} (file FILE, key provider[1].{key}): is missing"
            )],
        );
    }
    assert_has(
        &file_problems("[provider]\nid = 'a'").concat(),
        &["provider (file FILE, key provider)", "[[provider]]"],
    );
}
