//! Cookies: `__Host-` and Secure wherever the public URL has https, HttpOnly and Lax always.
use http::{HeaderMap, HeaderValue, header};

/// The cookies this site sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// The session's token.
    Session,
    /// A random name for a browser, so that a failed form finds its draft again.
    Browser,
    /// What a form failed with that somebody not signed in posted, sealed.
    Draft,
    /// The state of a sign-in under way at a provider, sealed; one for each, by its label.
    Attempt,
    /// Whom a provider vouched for, while a proof is owed that the account with the address is
    /// theirs; sealed.
    Offer,
    /// The language of somebody not signed in.
    Language,
    /// The browser's time zone. The page's script writes it, so it is by no prefix and not HttpOnly.
    Zone,
}

impl Cookie {
    fn name(self, secure: bool) -> String {
        let name = match self {
            Cookie::Session => "anteroom",
            Cookie::Browser => "anteroom-form",
            Cookie::Draft => "anteroom-draft",
            Cookie::Attempt => "anteroom-signin",
            Cookie::Offer => "anteroom-link",
            Cookie::Language => "anteroom-language",
            Cookie::Zone => "anteroom-zone",
        };
        // Browsers take the prefix only with Secure, which plain http on loopback cannot have.
        if secure && self != Cookie::Zone {
            format!("__Host-{name}")
        } else {
            name.to_owned()
        }
    }

    fn seconds(self) -> i64 {
        match self {
            Cookie::Session => crate::store::account::sessions::LIFE.0 / 1000,
            Cookie::Browser | Cookie::Draft => crate::domain::draft::LIFE.0 / 1000,
            Cookie::Attempt => 600,
            Cookie::Offer => crate::desk::account::offers::LIFE.0 / 1000,
            Cookie::Language | Cookie::Zone => 365 * 86_400,
        }
    }

    /// The header that sets it; an empty value removes it.
    pub fn set(self, value: &str, secure: bool) -> Option<HeaderValue> {
        self.set_named(&self.name(secure), value, secure)
    }

    /// As [`Cookie::set`], for one of several that differ in their label.
    pub fn set_labelled(self, label: &str, value: &str, secure: bool) -> Option<HeaderValue> {
        self.set_named(&format!("{}.{label}", self.name(secure)), value, secure)
    }

    fn set_named(self, name: &str, value: &str, secure: bool) -> Option<HeaderValue> {
        let age = if value.is_empty() { 0 } else { self.seconds() };
        let flag = if secure { "; Secure" } else { "" };
        HeaderValue::from_str(&format!(
            "{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{flag}"
        ))
        .ok()
    }

    /// The value that an answer sets with these headers; None if it sets none.
    pub fn of_answer(self, headers: &[HeaderValue], secure: bool) -> Option<String> {
        let name = self.name(secure);
        let pairs = headers.iter().filter_map(|h| h.to_str().ok()?.split(';').next());
        let found = pairs
            .filter_map(|pair| pair.split_once('='))
            .find(|(n, _)| *n == name);
        found.map(|(_, value)| value.to_owned()).filter(|v| !v.is_empty())
    }

    /// The value a browser sent; None if there is none, or more than one (then somebody is
    /// playing).
    pub fn read(self, headers: &HeaderMap, secure: bool) -> Option<String> {
        Self::read_named(&self.name(secure), headers)
    }

    /// As [`Cookie::read`], for one of several that differ in their label.
    pub fn read_labelled(self, label: &str, headers: &HeaderMap, secure: bool) -> Option<String> {
        Self::read_named(&format!("{}.{label}", self.name(secure)), headers)
    }

    /// The labels of all that a browser sent.
    pub fn labels(self, headers: &HeaderMap, secure: bool) -> Vec<String> {
        let stem = format!("{}.", self.name(secure));
        let named = sent(headers).filter_map(|(name, _)| name.strip_prefix(&stem));
        named.map(str::to_owned).collect()
    }

    fn read_named(name: &str, headers: &HeaderMap) -> Option<String> {
        let mut found = sent(headers).filter(|(n, _)| *n == name).map(|(_, v)| v);
        match (found.next(), found.next()) {
            (Some(value), None) => Some(value.to_owned()),
            _ => None,
        }
    }
}

/// Names and values of all cookies that a browser sent.
fn sent(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = headers.get_all(header::COOKIE).iter();
    let pairs = lines.filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';'));
    pairs.filter_map(|pair| pair.trim().split_once('='))
}
