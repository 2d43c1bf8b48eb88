//! The mail server's URL: checked, and completed so that the mail library takes it as it is.
use crate::config::address::is_loopback_host;
use secrecy::SecretString;
use url::Url;

const RULE: &str = "allowed is smtp://USER:PASSWORD@HOST:PORT or smtps://.. (user and port may be left out), \
    and after smtp:// one of ?tls=required, ?tls=opportunistic, ?tls=none";

/// Takes `smtp://` and `smtps://` URLs and answers one for lettre's `from_url`, where no `tls`
/// means none.
pub(super) fn parse(text: &str) -> Result<SecretString, String> {
    let mut url = Url::parse(text).map_err(|error| format!("{error}; {RULE}"))?;
    let has_host = url.host_str().is_some_and(|host| !host.is_empty());
    let bare = matches!(url.path(), "" | "/") && url.fragment().is_none();
    if !matches!(url.scheme(), "smtp" | "smtps") || !has_host || !bare {
        return Err(RULE.to_owned());
    }
    if url.username().is_empty() != url.password().is_none() {
        return Err(format!("user and password belong together; {RULE}"));
    }
    let tls = tls(&url)?;
    complete(&mut url, tls.as_deref());
    Ok(String::from(url).into())
}

/// The `tls` parameter, which is the only one.
fn tls(url: &Url) -> Result<Option<String>, String> {
    let parameters: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    match parameters.as_slice() {
        [] => Ok(None),
        [(name, tls)] if name == "tls" && is_tls(url.scheme(), tls) => Ok(Some(tls.clone())),
        _ => Err(RULE.to_owned()),
    }
}

fn is_tls(scheme: &str, tls: &str) -> bool {
    tls == "required" || (scheme == "smtp" && matches!(tls, "opportunistic" | "none"))
}

/// Passwords and invitation links must not cross a network in the clear only because nobody thought
/// of TLS.
fn complete(url: &mut Url, given: Option<&str>) {
    url.set_path("");
    let near = url.host_str().is_some_and(is_loopback_host);
    match given {
        _ if url.scheme() == "smtps" => url.set_query(None),
        Some("none") => url.set_query(None),
        Some(tls) => url.set_query(Some(&format!("tls={tls}"))),
        None if near => url.set_query(None),
        None => url.set_query(Some("tls=required")),
    }
}
