//! What browsers report of pages that broke their Content-Security-Policy: counted by the directive,
//! and nothing of it kept. Anybody may send such a report, and so may a browser's extension cause one.
use crate::site::call::Call;
use axum::body::{Body, to_bytes};
use axum::response::{IntoResponse as _, Response};
use http::{Request, StatusCode};
use serde_json::Value;
use std::time::Duration;

/// Where browsers send them.
pub const PATH: &str = "/hooks/policy";

/// The largest report, in bytes; larger ones are counted without being read.
const LARGEST: usize = 16 * 1024;

/// How long one may take to arrive.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many of one delivery are counted.
const MOST: usize = 20;

/// Directives that are told apart.
const DIRECTIVES: [&str; 10] = [
    "script-src",
    "style-src",
    "img-src",
    "connect-src",
    "font-src",
    "frame-ancestors",
    "form-action",
    "base-uri",
    "object-src",
    "default-src",
];

/// `POST /hooks/policy`: counts, and says nothing.
pub async fn receive(call: Call, request: Request<Body>) -> Response {
    let body = tokio::time::timeout(PATIENCE, to_bytes(request.into_body(), LARGEST)).await;
    let Ok(body) = body else {
        return StatusCode::REQUEST_TIMEOUT.into_response();
    };
    let directives = body.map_or_else(|_| vec!["other"], |body| broken(&body));
    for directive in directives {
        metrics::counter!("anteroom_policy_reports_total", "directive" => directive).increment(1);
        if call.site.refusals.may_tell("policy", directive, call.now()) {
            tracing::info!(directive, "a browser reports that a page broke its policy");
        }
    }
    StatusCode::NO_CONTENT.into_response()
}

/// The directives that a delivery says were broken, in either form of reports.
fn broken(body: &[u8]) -> Vec<&'static str> {
    let Ok(report) = serde_json::from_slice::<Value>(body) else {
        return vec!["other"];
    };
    let one = |report: &Value| {
        let names = ["effectiveDirective", "effective-directive", "violated-directive"];
        let named = names
            .iter()
            .find_map(|name| report.get(name)?.as_str())
            .unwrap_or_default();
        // `script-src-elem`, or in old browsers the directive with all that it allows.
        let known = |directive: &&str| named.starts_with(*directive);
        DIRECTIVES
            .into_iter()
            .find(|directive| known(directive))
            .unwrap_or("other")
    };
    match &report {
        Value::Array(all) => all.iter().take(MOST).map(|report| one(&report["body"])).collect(),
        report => vec![one(&report["csp-report"])],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_forms_are_understood() {
        for (body, directives) in [
            (
                r#"{"csp-report":{"violated-directive":"script-src 'self'"}}"#,
                vec!["script-src"],
            ),
            (
                r#"{"csp-report":{"effective-directive":"style-src-elem"}}"#,
                vec!["style-src"],
            ),
            (
                r#"[{"type":"csp-violation","body":{"effectiveDirective":"img-src"}},{"body":7}]"#,
                vec!["img-src", "other"],
            ),
            ("[]", vec![]),
            ("7", vec!["other"]),
            ("", vec!["other"]),
        ] {
            assert_eq!(broken(body.as_bytes()), directives, "{body}");
        }
        let many = format!("[{}]", vec!["{}"; 2000].join(","));
        assert_eq!(broken(many.as_bytes()).len(), MOST);
    }

    proptest! {
        #[test]
        fn any_bytes_are_counted_at_most(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(broken(&bytes).len() <= MOST);
        }
    }
}
