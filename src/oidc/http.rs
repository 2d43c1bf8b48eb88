//! Every request to a provider: no redirects, by the proxy that the environment names, 3 s to connect,
//! 10 s in all, 1 MiB at most.
use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use openidconnect::url::Url;
use openidconnect::{AccessToken, AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::oidc::error::{OidcError, refused, unreachable};
use crate::trust;

const CONNECT: Duration = Duration::from_secs(3);
const WHOLE: Duration = Duration::from_secs(10);
/// Bytes of one answer; the largest honest one (a key set) is some 20 KB.
pub(crate) const LARGEST: usize = 1024 * 1024;

/// The one HTTP client of this room.
pub(crate) struct Http {
    client: reqwest::Client,
}

impl Http {
    /// Needs the process-wide rustls crypto provider and the system's root certificates.
    pub(crate) fn new() -> Result<Self, OidcError> {
        let tls = trust::https().map_err(|cause| refused(format!("HTTP client: {cause}")))?;
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .user_agent("anteroom")
            .build()
            .map_err(|cause| refused(format!("HTTP client: {}", chain(&cause))))?;
        Ok(Self { client })
    }

    /// Sends one request; answers with any status but 3xx, 429 and 5xx.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, OidcError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let request = reqwest::Request::try_from(request)
            .map_err(|_| refused("the provider's address is not usable"))?;
        let answer = self
            .client
            .execute(request)
            .await
            .map_err(|cause| silent(&host, cause))?;
        check_status(&host, answer.status())?;
        take(&host, answer).await
    }

    /// The JSON object or array at `url`, read with `bearer` if given. Only 200 counts.
    pub(crate) async fn json(&self, url: &Url, bearer: Option<&AccessToken>) -> Result<Value, OidcError> {
        let answer = self.send(get(url, bearer)?).await?;
        let path = url.path();
        if answer.status() != StatusCode::OK {
            return Err(refused(format!("{path} answered {}", answer.status().as_u16())));
        }
        serde_json::from_slice(answer.body())
            .map_err(|_| refused(format!("{path} answered something that is not JSON")))
    }
}

/// For the library's own requests. A type of its own, since with a closure the sign-in's future
/// would not be `Send`.
impl<'c> AsyncHttpClient<'c> for Http {
    type Error = OidcError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, OidcError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

fn get(url: &Url, bearer: Option<&AccessToken>) -> Result<HttpRequest, OidcError> {
    let mut request = HttpRequest::new(Vec::new());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = url
        .as_str()
        .parse()
        .map_err(|_| refused("the provider's address is not usable"))?;
    request
        .headers_mut()
        .insert(ACCEPT, HeaderValue::from_static("application/json"));
    if let Some(token) = bearer {
        let mut value = HeaderValue::try_from(format!("Bearer {}", token.secret()))
            .map_err(|_| refused("the access token is not a header value"))?;
        value.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, value);
    }
    Ok(request)
}

fn check_status(host: &str, status: StatusCode) -> Result<(), OidcError> {
    if status.is_redirection() {
        // Following would hand codes, secrets and tokens to an address nobody configured.
        return Err(refused(format!("{host} answered with a redirect")));
    }
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Err(unreachable(format!("{host} answered {}", status.as_u16())));
    }
    Ok(())
}

/// Reads the body up to the cap; a length that is announced as larger is not read at all.
async fn take(host: &str, mut answer: reqwest::Response) -> Result<HttpResponse, OidcError> {
    let too_large = || refused(format!("{host} answered with more than {LARGEST} bytes"));
    if answer
        .content_length()
        .is_some_and(|length| length > LARGEST as u64)
    {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(|cause| silent(host, cause))? {
        if body.len() + part.len() > LARGEST {
            return Err(too_large());
        }
        body.extend_from_slice(&part);
    }
    let mut whole = HttpResponse::new(body);
    *whole.status_mut() = answer.status();
    *whole.headers_mut() = answer.headers().clone();
    Ok(whole)
}

// Without the address: a path or query is nobody's business in a log, the host is enough.
fn silent(host: &str, cause: reqwest::Error) -> OidcError {
    unreachable(format!("{host}: {}", chain(&cause.without_url())))
}

fn chain(cause: &dyn Error) -> String {
    let mut text = cause.to_string();
    let mut inner = cause.source();
    while let Some(cause) = inner {
        text.push_str(&format!(": {cause}"));
        inner = cause.source();
    }
    text
}
