//! Paths that a form or a link may send people back to: only this site's own.

/// Bytes of the longest path that leads back: a list with all of its filters and a page of it.
pub const LONGEST: usize = 2000;

/// The path, if it is one of this site: begins with a single `/`, no backslash, no control
/// character, at most [`LONGEST`] bytes.
pub fn own(raw: &str) -> Option<&str> {
    let hostile = raw.len() > LONGEST
        || !raw.starts_with('/')
        || raw.starts_with("//")
        || raw.contains('\\')
        || raw.chars().any(|c| c.is_control() || c.is_whitespace());
    // A first segment of dots could climb into `//host` once a browser has resolved it.
    let climbs = raw
        .split(['?', '#'])
        .next()
        .unwrap_or("")
        .split('/')
        .any(|s| matches!(decoded_dots(s).as_str(), "." | ".."));
    let empty_segment = raw.split(['?', '#']).next().unwrap_or("").contains("//");
    (!hostile && !climbs && !empty_segment).then_some(raw)
}

fn decoded_dots(segment: &str) -> String {
    segment.replace("%2e", ".").replace("%2E", ".")
}

/// The own path or the fallback.
pub fn own_or<'a>(raw: &'a str, fallback: &'a str) -> &'a str {
    own(raw).unwrap_or(fallback)
}

#[cfg(test)]
mod tests {
    use super::own;

    #[test]
    fn only_paths_of_this_site_pass() {
        for good in [
            "/",
            "/northlight",
            "/northlight/access_requests?request=1",
            "/settings#sessions",
            "/invitations/abc?done=x",
        ] {
            assert_eq!(own(good), Some(good));
        }
        // docs/security.md, row 34: a redirect after sign-in must not leave the site.
        let evil = [
            "",
            "//evil.test",
            "///evil.test",
            "/\\evil.test",
            "\\\\evil.test",
            "/\\/evil.test",
            "https://evil.test",
            "http:evil.test",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,x",
            "evil.test",
            " //evil.test",
            "/ /evil.test",
            "/\t/evil.test",
            "/\n/evil.test",
            "/\r\nLocation: //evil.test",
            "\t//evil.test",
            "/\0",
            "/.//evil.test",
            "/..//evil.test",
            "/%2e%2e//evil.test",
            "/a/..//evil.test",
            "@evil.test",
            ".evil.test",
            "?next=//evil.test",
            "#//evil.test",
            "/a//b",
            "/\u{85}/evil.test",
            "mailto:a@b.test",
            "vbscript:x",
            "/./evil",
        ];
        for bad in evil {
            assert_eq!(own(bad), None, "{bad:?}");
        }
        let long = |n: usize| format!("/{}", "a".repeat(n - 1));
        assert!(own(&long(super::LONGEST)).is_some());
        assert_eq!(own(&long(super::LONGEST + 1)), None);
    }
}
