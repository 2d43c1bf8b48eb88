//! Serving over connections that all have an end: heads, bodies, idle ones, readers that stall, and
//! how many there may be. docs/limits.md has the list.
use super::line::{Line, WatchedStream};
use super::paced_body::{Answering, PacedBody, WatchedBody};
use super::seats::{NoSeat, Seats};
use crate::config::ConnectionLimits;
use crate::site::place;
use crate::web::guard;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The most bytes of a request's head. It is held whole before anything is known of its sender.
pub const HEAD_BYTES: usize = 16 * 1024;

/// The most fields in a request's head.
pub const HEAD_FIELDS: usize = 100;

/// How long open requests may still take once the server is told to stop.
pub const GRACE: Duration = Duration::from_secs(8);

/// What the system keeps for a reader of one connection: enough for a far one, and little enough
/// that one who reads slowly is still seen to read.
const SEND_BUFFER: u32 = 128 * 1024;

/// Connections that the system holds until they are taken.
const BACKLOG: u32 = 1024;

/// How long the server waits before it takes connections again, when the system gives it none.
const BREATH: Duration = Duration::from_millis(100);

/// What one listener serves, and under which limits.
#[derive(Clone)]
pub struct Serving {
    pub router: Router,
    pub limits: ConnectionLimits,
    /// How many proxies of the operator's stand in front: then no address at the other end of a
    /// connection is a stranger's, and requests are counted by the address that proxies name.
    pub hops: usize,
    /// The site is reached by https alone.
    pub https_only: Option<&'static str>,
}

/// Begins to listen.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()
    } else {
        TcpSocket::new_v6()
    }?;
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until told to stop; then what is under way may end, for as long as [`GRACE`] allows.
pub async fn serve(listener: TcpListener, serving: Serving, stop: CancellationToken) {
    let serving = Arc::new(serving);
    let (tasks, cut) = (TaskTracker::new(), CancellationToken::new());
    let seats = Seats::new(&serving.limits, serving.hops == 0);
    let asking = Seats::new(
        &ConnectionLimits {
            most: usize::MAX,
            ..serving.limits.clone()
        },
        true,
    );
    loop {
        let accepted = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(e) => {
                tracing::warn!(cause = %e, "a connection could not be taken");
                tokio::time::sleep(BREATH).await;
                continue;
            }
        };
        match seats.take(address_of(peer.ip()), cut.child_token()) {
            Ok((seat, line)) => {
                let (serving, asking, stop) = (serving.clone(), asking.clone(), stop.clone());
                tasks.spawn(async move {
                    drive(stream, peer, line, serving, asking, stop).await;
                    drop(seat);
                });
            }
            Err(none) => turn_away(&stream, none, serving.https_only),
        }
    }
    drop(listener);
    tasks.close();
    if tokio::time::timeout(GRACE, tasks.wait()).await.is_err() {
        tracing::warn!("some requests took too long to end");
        cut.cancel();
        tasks.wait().await;
    }
}

/// Whom a connection or a request counts for.
fn address_of(ip: IpAddr) -> String {
    place::of(&HeaderMap::new(), Some(ip), 0)
}

fn refusal(none: NoSeat) -> (StatusCode, &'static str) {
    match none {
        NoSeat::OfAddress => (StatusCode::TOO_MANY_REQUESTS, "10"),
        NoSeat::AtAll => (StatusCode::SERVICE_UNAVAILABLE, "5"),
    }
}

/// Says why there is no connection to be had, as far as that goes into the socket at once.
fn turn_away(stream: &TcpStream, none: NoSeat, https_only: Option<&'static str>) {
    metrics::counter!("anteroom_connections_refused_total").increment(1);
    let (status, after) = refusal(none);
    let mut headers = HeaderMap::new();
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static(after));
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
    guard::dress(&mut headers, https_only);
    let mut answer = format!("HTTP/1.1 {status}\r\n").into_bytes();
    for (name, value) in &headers {
        answer.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    answer.extend(b"\r\n");
    let _ = stream.try_write(&answer);
}

fn http() -> http1::Builder {
    let mut http = http1::Builder::new();
    // Times are the line's.
    http.max_buf_size(HEAD_BYTES)
        .max_headers(HEAD_FIELDS)
        .header_read_timeout(None);
    http
}

/// Answers what one connection asks, until it ends or is ended.
async fn drive(
    stream: TcpStream,
    peer: SocketAddr,
    line: Arc<Line>,
    serving: Arc<Serving>,
    asking: Seats,
    stop: CancellationToken,
) {
    let _ = stream.set_nodelay(true);
    let mut talking = pin!(async {
        // Whoever says nothing, or half of something, is kept for little: only a whole head is worth the
        // buffers of a conversation, and they are given back until the next one comes.
        let mut left = Some((stream, Vec::new()));
        while let Some((stream, came)) = left {
            let Some(before) = first_head(&stream, came, &line, &stop).await else {
                break;
            };
            let line = line.clone();
            let stream = WatchedStream { stream, line, before };
            let (serving, asking, stop) = (serving.clone(), asking.clone(), stop.clone());
            left = Box::pin(talk(stream, peer, serving, asking, stop)).await;
        }
    });
    let mut alarm = pin!(tokio::time::sleep(Duration::ZERO));
    let watched = poll_fn(|cx| {
        if talking.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        // Whatever moves the line moves within the poll above.
        let Some(due) = line.due() else {
            return Poll::Pending;
        };
        if alarm.deadline() != due {
            alarm.as_mut().reset(due);
        }
        alarm.as_mut().poll(cx)
    });
    tokio::select! {
        () = watched => {}
        () = line.cut.cancelled() => {}
    }
}

/// What comes next on a connection, beginning with what `came` already, up to the end of a head, or as far as
/// it can be told that it is none. None: nothing more comes, or nothing came when the server stops.
async fn first_head(
    stream: &TcpStream,
    mut came: Vec<u8>,
    line: &Line,
    stop: &CancellationToken,
) -> Option<Vec<u8>> {
    loop {
        if !came.is_empty() {
            line.heard();
            if !is_part_of_a_head(&came) {
                return Some(came);
            }
        }
        tokio::select! {
            ready = stream.readable() => ready.ok()?,
            () = stop.cancelled(), if came.is_empty() => return None,
        }
        match take_some(stream, &mut came) {
            Ok(0) => return None,
            Ok(_) => {}
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => return None,
        }
    }
}

/// Reads what is there. The room for it is not kept while nothing is.
fn take_some(stream: &TcpStream, came: &mut Vec<u8>) -> io::Result<usize> {
    let mut piece = [0; 4096];
    let count = stream.try_read(&mut piece)?;
    came.extend_from_slice(&piece[..count]);
    Ok(count)
}

/// Whether a head has begun, is no longer than one may be, and lacks its end.
fn is_part_of_a_head(came: &[u8]) -> bool {
    let mut fields = [httparse::EMPTY_HEADER; HEAD_FIELDS];
    let parsed = httparse::Request::new(&mut fields).parse(came);
    came.len() < HEAD_BYTES && matches!(parsed, Ok(httparse::Status::Partial))
}

/// A conversation, from its first head on until it rests: then the stream is given back, with what came of
/// the next head. None: it has ended.
async fn talk(
    stream: WatchedStream,
    peer: SocketAddr,
    serving: Arc<Serving>,
    asking: Seats,
    stop: CancellationToken,
) -> Option<(TcpStream, Vec<u8>)> {
    let router = TowerToHyperService::new(serving.router.clone());
    let (watch, line) = (stream.line.clone(), stream.line.clone());
    let service = service_fn(move |request: Request<Incoming>| {
        line.asked(request.body().is_end_stream());
        let answering = Answering {
            line: line.clone(),
            seat: None,
        };
        // Boxed, as hyper keeps room for one all the while: an idle connection has none.
        Box::pin(answer(
            router.clone(),
            request,
            peer,
            answering,
            serving.clone(),
            asking.clone(),
        ))
    });
    let mut connection = http().serve_connection(TokioIo::new(stream), service);
    let resting = poll_fn(|cx| match Pin::new(&mut connection).poll(cx) {
        Poll::Ready(_) => Poll::Ready(false),
        Poll::Pending if watch.rests() => Poll::Ready(true),
        Poll::Pending => Poll::Pending,
    });
    let rests = tokio::select! {
        rests = resting => rests,
        () = stop.cancelled() => {
            Pin::new(&mut connection).graceful_shutdown();
            let _ = connection.await;
            return None;
        }
    };
    rests.then(|| {
        let parts = connection.into_parts();
        let stream = parts.io.into_inner();
        (stream.stream, [&parts.read_buf[..], &stream.before].concat())
    })
}

/// Answers one request.
async fn answer(
    router: TowerToHyperService<Router>,
    request: Request<Incoming>,
    peer: SocketAddr,
    mut answering: Answering,
    serving: Arc<Serving>,
    asking: Seats,
) -> Result<Response<WatchedBody>, Infallible> {
    if serving.hops > 0 {
        let from = place::of(request.headers(), Some(peer.ip()), serving.hops);
        match asking.take_on(from, &answering.line) {
            Ok(seat) => answering.seat = Some(seat),
            Err(none) => {
                let (status, after) = refusal(none);
                let mut response = (status, [(header::RETRY_AFTER, after)]).into_response();
                guard::dress(response.headers_mut(), serving.https_only);
                return Ok(watched(response, answering));
            }
        }
    }
    let late = Arc::new(AtomicBool::new(false));
    let patience = serving.limits.body;
    let mut request = request.map(|body| Body::new(PacedBody::new(body, patience, late.clone())));
    request.extensions_mut().insert(ConnectInfo(peer));
    let Ok(mut response) = router.call(request).await;
    if late.load(Ordering::Relaxed) {
        response = StatusCode::REQUEST_TIMEOUT.into_response();
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
        guard::dress(response.headers_mut(), serving.https_only);
    }
    Ok(watched(response, answering))
}

fn watched(response: Response, answering: Answering) -> Response<WatchedBody> {
    response.map(|inner| WatchedBody { inner, answering })
}
