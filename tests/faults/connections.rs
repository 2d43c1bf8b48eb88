//! Connections that hang: each is let go at its limit, whoever else is served meanwhile.
use crate::harness::House;
use anteroom::config::ConnectionLimits;
use anteroom::desk::organisation;
use anteroom::serve::connections::{self, HEAD_BYTES, HEAD_FIELDS, Serving};
use anteroom::store::organisation::exports::{self, ExportState};
use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use futures::{StreamExt as _, stream};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Long enough that whatever takes longer hangs.
const HANGS: Duration = Duration::from_secs(20);

struct Served {
    address: SocketAddr,
    stop: CancellationToken,
    done: JoinHandle<()>,
    /// Answers without an end that are under way.
    endless: Arc<AtomicUsize>,
}

fn brisk() -> ConnectionLimits {
    let moment = Duration::from_millis(400);
    ConnectionLimits {
        most: 100,
        most_of_one: 8,
        head: moment,
        body: moment,
        idle: moment,
        stall: moment,
    }
}

fn patient() -> ConnectionLimits {
    let hour = Duration::from_secs(3600);
    ConnectionLimits {
        head: hour,
        body: hour,
        idle: hour,
        stall: hour,
        ..brisk()
    }
}

/// Counts an answer for as long as it is under way.
struct UnderWay(Arc<AtomicUsize>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn served(limits: ConnectionLimits, hops: usize) -> Served {
    let endless = Arc::new(AtomicUsize::new(0));
    let count = endless.clone();
    let pieces = async move || {
        count.fetch_add(1, Ordering::SeqCst);
        let pieces = stream::unfold(UnderWay(count), async |under_way| {
            Some((Ok::<_, Infallible>(vec![7_u8; 64 * 1024]), under_way))
        });
        Body::from_stream(pieces)
    };
    let waits = async |_: axum::extract::Request| std::future::pending::<&str>().await;
    let router = Router::new()
        .route("/", get(async || "here"))
        .route("/endless", get(pieces))
        .route("/wait", get(waits))
        .route("/take", post(async |body: String| body.len().to_string()))
        .route("/deaf", post(async || "unread"));
    Served {
        endless,
        ..serving(router, limits, hops)
    }
}

/// Serves this router on a port of its own.
fn serving(router: Router, limits: ConnectionLimits, hops: usize) -> Served {
    let listener = connections::listen("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let serving = Serving {
        router,
        limits,
        hops,
        https_only: Some("max-age=31536000"),
    };
    Served {
        address,
        done: tokio::spawn(connections::serve(listener, serving, stop.clone())),
        stop,
        endless: Arc::default(),
    }
}

impl Served {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// A connection of another address of this machine.
    async fn connect_from(&self, ip: &str) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(format!("{ip}:0").parse().unwrap()).unwrap();
        socket.connect(self.address).await.unwrap()
    }

    async fn sent(&self, bytes: &[u8]) -> TcpStream {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.unwrap();
        stream
    }
}

fn asks(path: &str, more: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: a.test\r\n{more}\r\n").into_bytes()
}

/// What comes until the other side ends the connection; it must.
async fn until_end(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    // Whoever is cut off while bytes of theirs were not read sees a reset.
    let _ = tokio::time::timeout(HANGS, stream.read_to_end(&mut all))
        .await
        .expect("the connection ends");
    String::from_utf8_lossy(&all).into_owned()
}

/// What comes until this stands in it.
async fn until(stream: &mut TcpStream, what: &str) -> String {
    let mut all = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let read = tokio::time::timeout(HANGS, stream.read(&mut piece))
            .await
            .expect("something comes")
            .unwrap();
        all.extend(&piece[..read]);
        let text = String::from_utf8_lossy(&all).into_owned();
        if text.contains(what) {
            return text;
        }
        assert!(read > 0, "it ended with {text:?}");
    }
}

async fn reaches(count: &AtomicUsize, wanted: usize) {
    let reached = async {
        while count.load(Ordering::SeqCst) != wanted {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(HANGS, reached)
        .await
        .expect("it comes to that");
}

/// Heads and bodies come in whatever pieces, and several requests in one; what is no head hears so at
/// once, also where its end would have to be waited for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_first_is_read_however_it_is_cut() {
    let served = served(patient(), 0);
    let post = b"POST /take HTTP/1.1\r\nhost: a.test\r\ncontent-length: 5\r\n\r\nhello";
    for cut in 1..post.len() {
        let mut stream = served.sent(&post[..cut]).await;
        stream.set_nodelay(true).unwrap();
        // So that the first piece was read by itself.
        tokio::task::yield_now().await;
        stream.write_all(&post[cut..]).await.unwrap();
        let answer = until(&mut stream, "\r\n\r\n5").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{cut}: {answer}");
    }
    let mut both = served.sent(&[post.as_slice(), &asks("/", "")].concat()).await;
    until(&mut both, "here").await;
    let blank = [b"\r\n", asks("/", "").as_slice()].concat();
    until(&mut served.sent(&blank).await, "here").await;
    let no_heads: [&[u8]; 5] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\0",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost\r\n",
        b"GET  / HTTP/1.1\r\n",
    ];
    for none in no_heads {
        let answer = until_end(&mut served.sent(none).await).await;
        assert!(!answer.starts_with("HTTP/1.1 2"), "{none:?}: {answer}");
    }
}

/// Between two requests a connection gives its room back. Nothing is lost by that, wherever the pieces are
/// cut; and what nobody read of a body is never taken for a request.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_rests_goes_on() {
    let served = served(patient(), 0);
    let one = asks("/", "");
    let post = b"POST /take HTTP/1.1\r\nhost: a.test\r\ncontent-length: 5\r\n\r\nhello";
    let last = asks("/", "connection: close\r\n");
    let all = [one.as_slice(), b"\r\n", &one, post, &last].concat();
    for cut in 1..all.len() {
        let mut stream = served.sent(&all[..cut]).await;
        stream.set_nodelay(true).unwrap();
        tokio::task::yield_now().await;
        stream.write_all(&all[cut..]).await.unwrap();
        let answers = until_end(&mut stream).await;
        let each = answers.split("HTTP/1.1 200 OK\r\n").skip(1);
        let bodies: Vec<&str> = each.map(|a| a.split_once("\r\n\r\n").unwrap().1).collect();
        assert_eq!(bodies, ["here", "here", "5", "here"], "{cut}");
    }
    let mut stream = served.connect().await;
    for _ in 0..20 {
        stream.write_all(&one).await.unwrap();
        until(&mut stream, "here").await;
    }
    for length in ["content-length: 36", "transfer-encoding: chunked"] {
        let head = format!("POST /deaf HTTP/1.1\r\nhost: a.test\r\n{length}\r\n\r\n");
        let mut stream = served.sent(head.as_bytes()).await;
        until(&mut stream, "unread").await;
        // It may be gone by now, which is as good.
        let _ = stream.write_all(&one).await;
        let _ = stream.shutdown().await;
        assert!(!until_end(&mut stream).await.contains("here"), "{length}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_and_idle_connections_have_an_end() {
    let served = served(brisk(), 0);
    let mut silent = served.connect().await;
    let mut half = served.sent(b"GET / HTTP/1.1\r\nhost: a.te").await;
    let mut kept = served.sent(&asks("/", "")).await;
    until(&mut kept, "here").await;
    // A second request on the same connection, and then half of a third.
    kept.write_all(&asks("/", "")).await.unwrap();
    until(&mut kept, "here").await;
    kept.write_all(b"GET / HTT").await.unwrap();
    for stream in [&mut silent, &mut half, &mut kept] {
        assert_eq!(until_end(stream).await, "");
    }
    // One that drips is let go as well: the limit is for all of the head.
    let mut drips = served.sent(b"GET / HTTP/1.1\r\n").await;
    while drips.write_all(b"x: 1\r\n").await.is_ok() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_have_a_size() {
    let served = served(patient(), 0);
    let mut whole = served
        .sent(&asks("/", &format!("x: {}\r\n", "a".repeat(HEAD_BYTES / 2))))
        .await;
    until(&mut whole, "here").await;
    let mut large = served
        .sent(&asks("/", &format!("x: {}\r\n", "a".repeat(HEAD_BYTES))))
        .await;
    assert!(until_end(&mut large).await.starts_with("HTTP/1.1 431 "));
    let mut many = served.sent(&asks("/", &"x: 1\r\n".repeat(HEAD_FIELDS))).await;
    assert!(until_end(&mut many).await.starts_with("HTTP/1.1 431 "));
    // Without an end, too: no more is held than may come.
    let mut endless = served.connect().await;
    let line = format!("GET / HTTP/1.1\r\nx: {}", "a".repeat(HEAD_BYTES));
    endless.write_all(line.as_bytes()).await.unwrap();
    assert!(until_end(&mut endless).await.starts_with("HTTP/1.1 431 "));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_come_in_time() {
    let served = served(brisk(), 0);
    let head = b"POST /take HTTP/1.1\r\nhost: a.test\r\ncontent-length: 100\r\n\r\n";
    let mut whole = served.sent(&[head.as_slice(), &[b'a'; 100]].concat()).await;
    until(&mut whole, "100").await;
    let mut half = served.sent(&[head.as_slice(), b"half"].concat()).await;
    assert!(until_end(&mut half).await.starts_with("HTTP/1.1 408 "));
    let mut chunked = served
        .sent(b"POST /take HTTP/1.1\r\nhost: a.test\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n")
        .await;
    assert!(until_end(&mut chunked).await.starts_with("HTTP/1.1 408 "));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_that_stall_are_let_go() {
    let served = served(brisk(), 0);
    let mut reads = served.sent(&asks("/endless", "")).await;
    let stalls = [
        served.sent(&asks("/endless", "")).await,
        served.sent(&asks("/endless", "")).await,
    ];
    reaches(&served.endless, 3).await;
    // One that reads goes on being served while those who do not are let go.
    let mut piece = vec![0; 256 * 1024];
    let reading = async {
        while served.endless.load(Ordering::SeqCst) > 1 {
            assert!(reads.read(&mut piece).await.unwrap() > 0);
        }
        assert!(reads.read(&mut piece).await.unwrap() > 0);
    };
    tokio::time::timeout(HANGS, reading)
        .await
        .expect("those who stall are let go");
    drop(stalls);
    // So is one that stalls after it read for a while.
    reaches(&served.endless, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_holds_its_part() {
    let served = served(patient(), 0);
    let mut waiting = Vec::new();
    for _ in 0..8 {
        waiting.push(served.connect().await);
    }
    // Those that only wait make room, the one that waited longest first.
    let mut another = served.sent(&asks("/", "")).await;
    until(&mut another, "here").await;
    assert_eq!(until_end(&mut waiting[0]).await, "");
    drop((waiting, another));
    let mut answered = Vec::new();
    for _ in 0..8 {
        answered.push(served.sent(&asks("/endless", "")).await);
    }
    reaches(&served.endless, 8).await;
    let refused = until_end(&mut served.connect().await).await;
    assert!(
        refused.starts_with("HTTP/1.1 429 ") && refused.contains("retry-after: 10"),
        "{refused}"
    );
    is_dressed(&refused);
    // Nobody else hears of it.
    let mut other = served.connect_from("127.0.0.2").await;
    other.write_all(&asks("/", "")).await.unwrap();
    until(&mut other, "here").await;
    // A place that was left is free.
    drop(answered);
    reaches(&served.endless, 0).await;
    until(&mut served.sent(&asks("/", "")).await, "here").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_connections_have_a_number() {
    let served = served(
        ConnectionLimits {
            most: 12,
            ..patient()
        },
        0,
    );
    let mut silent = Vec::new();
    for _ in 0..8 {
        silent.push(served.connect_from("127.0.0.3").await);
    }
    let mut held = Vec::new();
    for n in 0..12 {
        let mut one = served.connect_from(&format!("127.0.0.{}", 4 + n % 2)).await;
        one.write_all(&asks("/endless", "")).await.unwrap();
        held.push(one);
    }
    reaches(&served.endless, 12).await;
    for mut one in silent {
        assert_eq!(until_end(&mut one).await, "", "those who only wait made room");
    }
    let refused = until_end(&mut served.connect().await).await;
    assert!(
        refused.starts_with("HTTP/1.1 503 ") && refused.contains("retry-after: 5"),
        "{refused}"
    );
    is_dressed(&refused);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_proxy_requests_are_counted() {
    let served = served(patient(), 1);
    let mut held = Vec::new();
    for n in 0..30 {
        let from = format!("x-forwarded-for: 6.6.6.6, 198.51.100.{}\r\n", n % 10);
        held.push(served.sent(&asks("/endless", &from)).await);
    }
    reaches(&served.endless, 30).await;
    for _ in 0..5 {
        held.push(
            served
                .sent(&asks("/endless", "x-forwarded-for: 198.51.100.0\r\n"))
                .await,
        );
    }
    reaches(&served.endless, 35).await;
    let mut refused = served.sent(&asks("/", "x-forwarded-for: 198.51.100.0\r\n")).await;
    let answer = until(&mut refused, "\r\n\r\n").await;
    assert!(
        answer.starts_with("HTTP/1.1 429 ") && answer.contains("retry-after: 10"),
        "{answer}"
    );
    is_dressed(&answer);
    // The proxy keeps the connection, and others' requests go over it.
    refused
        .write_all(&asks("/", "x-forwarded-for: 198.51.100.1\r\n"))
        .await
        .unwrap();
    until(&mut refused, "here").await;
}

/// An answer that no page gave has the headers of every answer.
fn is_dressed(answer: &str) {
    for header in [
        "x-content-type-options: nosniff",
        "x-frame-options: DENY",
        "strict-transport-security: max-age=31536000",
        "content-security-policy: default-src 'none'",
        "cache-control: no-store",
    ] {
        assert!(answer.contains(header), "{header}: {answer}");
    }
}

both!(row_s06_what_breaks_off_does_not_look_whole);
/// A piece of an export is gone while it is fetched, and a table without a known length breaks off:
/// whoever fetches it knows that it is not whole.
async fn row_s06_what_breaks_off_does_not_look_whole(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    organisation::export::ask_export(&house.desk, &ivo, &member)
        .await
        .unwrap();
    let mut tx = house.desk.db.begin().await.unwrap();
    let mut made = exports::claim(&mut tx, house.now).await.unwrap().unwrap();
    let (piece, told) = (vec![7; 65_536], 100_000);
    exports::keep_piece(&mut tx, &mut made, 0, &piece, (1, told), house.now)
        .await
        .unwrap();
    exports::finish(&mut tx, &made, ExportState::Ready, house.now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    house.deliver().await;
    let served = serving(house.router.clone(), patient(), 0);
    let cookie = format!("cookie: {}\r\n", house.cookie(&ivo).await);
    let mut fetching = served
        .sent(&asks(&format!("/northlight/exports/{}", made.id), &cookie))
        .await;
    let answer = until_end(&mut fetching).await;
    let (head, came) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(&format!("content-length: {told}")), "{head}");
    assert_eq!(came.len(), piece.len());
    let taken = Arc::new(Notify::new());
    let breaks = taken.clone();
    let table = async move || {
        let last = stream::once(async move {
            breaks.notified().await;
            Err(io::Error::other("no more"))
        });
        Body::from_stream(stream::iter([Ok("first lines")]).chain(last))
    };
    let served = serving(Router::new().route("/", get(table)), patient(), 0);
    let mut fetching = served.sent(&asks("/", "")).await;
    let answer = until(&mut fetching, "first lines").await;
    assert!(answer.contains("transfer-encoding: chunked"), "{answer}");
    taken.notify_one();
    let rest = until_end(&mut fetching).await;
    assert!(
        !rest.contains("0\r\n"),
        "the last chunk says that it is whole: {rest}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_hangs_the_server_stops() {
    let served = served(patient(), 0);
    let mut silent = served.connect().await;
    let mut idle = served.sent(&asks("/", "")).await;
    until(&mut idle, "here").await;
    let half = served
        .sent(b"POST /take HTTP/1.1\r\nhost: a.test\r\ncontent-length: 9\r\n\r\nx")
        .await;
    let waits = served.sent(&asks("/wait", "")).await;
    let stalls = served.sent(&asks("/endless", "")).await;
    reaches(&served.endless, 1).await;
    served.stop.cancel();
    // Those whom nothing is owed go at once, the others when their time is over.
    assert_eq!(until_end(&mut idle).await, "");
    tokio::time::timeout(Duration::from_secs(15), served.done)
        .await
        .expect("the server stops")
        .unwrap();
    assert_eq!(until_end(&mut silent).await, "");
    drop((half, waits, stalls));
}
