//! Each address has one spelling (H18). Others that mean it, as people type them and programs mangle
//! them, lead there by one redirect. It goes by the letters alone and asks no database: whether
//! there is such an organisation, a stranger learns no sooner than by the address itself.
use crate::domain::organisation::Slug;
use axum::body::Body;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{Method, Request};

/// What no address ends with, but sentences and mails do that it stands in; also as browsers encode
/// it.
const LEFT_OVER: [&str; 22] = [
    "/", ".", ",", ";", ":", "!", "?", ")", "]", "}", ">", "\"", "'", "*", "%20", "%22", "%3e", "%3E", "%5d",
    "%5D", "%c2%a0", "%C2%A0",
];

/// Addresses that programs were given: they go where they were told.
const PROGRAMS: [&str; 3] = ["actions", "hooks", "pkg"];

/// Leads a page's address to its one spelling, with its query.
pub async fn respell(request: Request<Body>, next: Next) -> Response {
    let uri = request.uri();
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let Some(path) = spelled(uri.path()) else {
        return next.run(request).await;
    };
    let to = uri
        .query()
        .map_or(path.clone(), |query| format!("{path}?{query}"));
    Redirect::permanent(&to).into_response()
}

/// The one spelling of a path; None: it has it, or means nothing that there is.
fn spelled(path: &str) -> Option<String> {
    // A browser takes other signs for slashes: none of them gets into a redirect.
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"/-_.~%,;:!?)]}>\"'*".contains(&b);
    if path == "/" || !path.bytes().all(is_plain) {
        return None;
    }
    let mut trimmed = path;
    while let Some(rest) = LEFT_OVER.iter().find_map(|end| trimmed.strip_suffix(end)) {
        trimmed = rest;
    }
    let parts: Vec<&str> = trimmed.split('/').filter(|part| !part.is_empty()).collect();
    let Some((first, rest)) = parts.split_first() else {
        return Some("/".to_owned());
    };
    let lower = first.to_ascii_lowercase();
    if PROGRAMS.contains(&lower.as_str()) {
        return None;
    }
    let mut spelled = format!("/{lower}");
    // Behind an organisation there are words and ids, elsewhere tokens, whose letters count.
    let is_organisation = Slug::parse(&lower).is_ok();
    for part in rest {
        spelled.push('/');
        spelled += &if is_organisation {
            part.to_ascii_lowercase()
        } else {
            (*part).to_owned()
        };
    }
    (spelled != path).then_some(spelled)
}

#[cfg(test)]
mod tests {
    use super::spelled;

    #[test]
    fn other_spellings_lead_to_the_one() {
        for (typed, right) in [
            ("/signin/", "/signin"),
            ("/SignIn", "/signin"),
            ("/Northlight", "/northlight"),
            ("/northlight/", "/northlight"),
            ("/NORTHLIGHT/Access_Requests/", "/northlight/access_requests"),
            ("//northlight//users", "/northlight/users"),
            ("//", "/"),
            ("/northlight/users).", "/northlight/users"),
            ("/northlight/users%3E", "/northlight/users"),
            ("/northlight/users%C2%A0", "/northlight/users"),
            ("/Invitations/EgR464x8c57neg-_.", "/invitations/EgR464x8c57neg-_"),
            ("//evil.example/x", "/evil.example/x"),
        ] {
            assert_eq!(spelled(typed).as_deref(), Some(right), "{typed}");
            assert_eq!(spelled(right), None, "{right}");
        }
    }

    #[test]
    fn what_is_right_or_means_nothing_stays() {
        for path in [
            "/",
            "/northlight",
            "/signin/link/EgR464x8c57negmOk32kBCsbH2NKOamHRhvc3tj-qpI",
            "/setup/EgR464x8c57neg_",
            "/favicon.svg",
            "/pkg/Anteroom.js",
            "/actions/Decide/",
            "/hooks/telegram/ABC/",
            "/\\evil.example/",
            "/\\evil.example",
        ] {
            assert_eq!(spelled(path), None, "{path}");
        }
    }

    /// Whatever is asked for: the answer is a path of this site, and its own one spelling.
    #[test]
    fn no_redirect_leaves_the_site_or_leads_to_another() {
        let signs = ["/", "\\", "%", ".", "a", "B", "@", ":", "%2f", "%5c", "\t"];
        for n in 0..signs.len().pow(4) {
            let pick = |place: u32| signs[n / signs.len().pow(place) % signs.len()];
            let path = format!("/{}{}{}{}", pick(0), pick(1), pick(2), pick(3));
            if let Some(to) = spelled(&path) {
                assert!(
                    to.starts_with('/') && !to.starts_with("//") && !to.contains('\\'),
                    "{path}: {to}"
                );
                assert_eq!(spelled(&to), None, "{path}: {to}");
            }
        }
    }
}
