//! Asking the house over HTTP, as browsers and islands do.
use super::{House, ORIGIN};
use axum::Router;
use axum::body::{Body, to_bytes};
use http::{HeaderMap, Request, StatusCode, header};
use tower::ServiceExt as _;

impl House {
    pub async fn get(&self, path: &str, cookie: &str) -> Answer {
        self.send(
            Request::get(path)
                .header(header::COOKIE, cookie)
                .header(header::ACCEPT, "text/html")
                .body(Body::empty())
                .expect("a request"),
        )
        .await
    }

    /// A post as an island makes it.
    pub async fn post(&self, path: &str, cookie: &str, body: &str) -> Answer {
        self.send(
            post_request(path, cookie)
                .header(header::ACCEPT, "application/json")
                .body(Body::from(body.to_owned()))
                .expect("a request"),
        )
        .await
    }

    /// A post as a browser without scripts makes it.
    pub async fn post_form(&self, path: &str, cookie: &str, body: &str) -> Answer {
        self.send(
            post_request(path, cookie)
                .header(header::ACCEPT, "text/html")
                .body(Body::from(body.to_owned()))
                .expect("a request"),
        )
        .await
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        send_to(&self.router, request).await
    }
}

/// Asks as a client does, which names a host.
pub async fn send_to(router: &Router, mut request: Request<Body>) -> Answer {
    let host = http::HeaderValue::from_static("127.0.0.1:3000");
    request.headers_mut().entry(header::HOST).or_insert(host);
    send_bare(router, request).await
}

/// Asks with nothing but what stands in the request.
pub async fn send_bare(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.expect("infallible");
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 4 << 20).await.expect("a body");
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

fn post_request(path: &str, cookie: &str) -> http::request::Builder {
    Request::post(path)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ORIGIN, ORIGIN)
        .header(header::HOST, "127.0.0.1:3000")
        .header("sec-fetch-site", "same-origin")
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn location(&self) -> &str {
        self.headers
            .get(header::LOCATION)
            .and_then(|l| l.to_str().ok())
            .unwrap_or_default()
    }

    /// The cookie of this name that the answer sets, as `name=value`.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let all = self
            .headers
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|c| c.to_str().ok());
        all.filter_map(|c| c.split(';').next())
            .find(|c| c.starts_with(&format!("{name}=")))
            .map(str::to_owned)
    }
}
