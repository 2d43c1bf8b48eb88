//! The power goes: the built server is killed at random moments under load and started again. What
//! it acknowledged is there, with its letter; and what it answers has reached the disk before.
use crate::harness::{PASSWORD, ports, rows, vouched_for};
use anteroom::config::{self, Config};
use anteroom::desk::account::providers::Person;
use anteroom::desk::organisation::organisations::{Founder, NewOrganisation};
use anteroom::desk::{Caller, Desk, account, joining, operator, organisation};
use anteroom::domain::account::Language;
use anteroom::domain::delivery::JobKind;
use anteroom::domain::organisation::Slug;
use anteroom::serve::{files, server};
use anteroom::{clock, store};
use sqlx::Row as _;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

const REQUESTS: usize = 600;
/// How often the power goes, unless ANTEROOM_KILLS says otherwise.
const KILLS: usize = 20;
const SLUG: &str = "northlight";

/// A mail server that takes everything, and remembers in which life of the server it took which
/// Message-ID for whom.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<(String, String, usize)>>>);

impl Sink {
    /// Each life of the server has a port of its own here: what a killed one left in a connection
    /// is still its own.
    async fn listen(&self, life: usize) -> SocketAddr {
        let sink = self.clone();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(sink.clone().talk(stream, life));
            }
        });
        address
    }

    /// RFC 5321, as much of it as it takes. A killed client is no error.
    async fn talk(self, mut stream: TcpStream, life: usize) -> Option<()> {
        let (read, mut write) = stream.split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 sink\r\n").await.ok()?;
        let (mut to, mut id) = (String::new(), String::new());
        while let Some(line) = lines.next_line().await.ok()? {
            let answer: &[u8] = match line.to_ascii_uppercase() {
                l if l.starts_with("RCPT TO:") => {
                    to = line[8..].trim_matches(['<', '>', ' ']).to_owned();
                    b"250 ok\r\n"
                }
                l if l == "DATA" => {
                    write.write_all(b"354 go on\r\n").await.ok()?;
                    while let Some(line) = lines.next_line().await.ok()?.filter(|l| l != ".") {
                        if let Some(found) = line.strip_prefix("Message-ID: ") {
                            id = found.to_owned();
                        }
                    }
                    self.0.lock().unwrap().push((id.clone(), to.clone(), life));
                    b"250 taken\r\n"
                }
                l if l.starts_with("QUIT") => b"221 bye\r\n",
                _ => b"250 ok\r\n",
            };
            write.write_all(answer).await.ok()?;
        }
        None
    }
}

/// What PostgreSQL calls the connections of servers that are started here.
pub const DOOMED: &str = "doomed";

pub struct Scene {
    pub folder: PathBuf,
    config: Config,
    pub address: SocketAddr,
    pub cookie: String,
    requests: Vec<String>,
    pub arguments: Vec<String>,
}

impl Scene {
    /// The built server on what is prepared.
    pub fn server(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_anteroom"));
        command
            .arg("serve")
            .args(&self.arguments)
            .env_clear()
            .env("PGAPPNAME", DOOMED);
        command
    }

    /// What is stored, seen from beside the server.
    pub async fn desk(&self) -> Desk {
        server::desk(&self.config, files::open(&self.config).await.unwrap()).unwrap()
    }
}

/// An organisation with an administrator's session and open requests, in a folder, or a database,
/// that no server has open yet.
pub async fn scene(requests: usize, database: Option<String>) -> Scene {
    static TLS: std::sync::OnceLock<()> = std::sync::OnceLock::new();
    TLS.get_or_init(|| drop(rustls::crypto::ring::default_provider().install_default()));
    let folder = std::env::temp_dir().join(format!("anteroom-crash-{}", clock::mint().salt()));
    let address = ports::steady();
    let mut arguments = vec![
        "--listen".to_owned(),
        address.to_string(),
        "--data".into(),
        folder.to_str().unwrap().into(),
    ];
    arguments.extend(database.map(|url| format!("--database={url}")));
    let config = config::parse(
        std::iter::once("anteroom".to_owned()).chain(arguments.clone()),
        &|_| None,
    )
    .unwrap()
    .1;
    files::make_folders(&config).unwrap();
    let desk = server::desk(&config, files::open(&config).await.unwrap()).unwrap();
    assert!(operator::check_key(&desk).await.unwrap());
    let caller = Caller {
        now: clock::now(),
        place: "192.0.2.7".into(),
        agent: "Test".into(),
        language: Language::En,
        zone: None,
        session: None,
        posted: Default::default(),
    };
    let token = operator::setup_token(&desk, caller.now).await.unwrap().unwrap();
    let plan = NewOrganisation {
        slug: SLUG.into(),
        name: "Northlight".into(),
        customer_number: "7".into(),
    };
    let founder = Founder {
        name: "Ivo Brandt".into(),
        email: "ivo@northlight.test".into(),
        password: PASSWORD.into(),
    };
    let (begun, slug) = organisation::organisations::set_up(&desk, &caller, &token, &plan, &founder)
        .await
        .unwrap();
    link(&desk, &caller, &begun.token, &slug).await;
    let mut ids = Vec::new();
    for n in 0..requests {
        ids.push(ask(&desk, &caller, &slug, n).await);
    }
    desk.db.close().await;
    Scene {
        folder,
        config,
        address,
        cookie: format!("anteroom={}", begun.token),
        requests: ids,
        arguments,
    }
}

/// Somebody of the organisation that is linked.
fn linked(email: &str) -> Person {
    Person {
        name: None,
        organisation: Some("nl".into()),
        ..vouched_for(email, "", true)
    }
}

async fn link(desk: &Desk, caller: &Caller, session: &str, slug: &Slug) {
    let ivo = account::sessions::find_actor(desk, session, caller)
        .await
        .unwrap()
        .unwrap();
    let member = account::memberships::membership(desk, &ivo, slug).await.unwrap();
    account::providers::prove_at_provider(desk, &ivo, &linked(ivo.account.email.as_str()))
        .await
        .unwrap();
    organisation::links::link_provider(desk, &ivo, &member, "idp")
        .await
        .unwrap();
}

async fn ask(desk: &Desk, caller: &Caller, slug: &Slug, n: usize) -> String {
    let person = linked(&format!("p{n}@northlight.test"));
    let begun = account::providers::sign_in_with_provider(desk, caller, &person)
        .await
        .unwrap();
    let actor = account::sessions::find_actor(desk, &begun.token, caller)
        .await
        .unwrap()
        .unwrap();
    joining::requests::request_access(desk, &actor, slug, "")
        .await
        .unwrap()
        .to_string()
}

/// Starts the server and waits until it answers.
pub async fn start(mut command: Command, address: SocketAddr) -> Child {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let patience = Instant::now() + Duration::from_secs(60);
    // Nothing announces an open port, so this asks until it answers.
    while !matches!(send(address, "GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: \
        close\r\n\r\n").await, Some(answer) if answer.starts_with("HTTP/1.1 200"))
    {
        assert!(
            child.try_wait().unwrap().is_none() && Instant::now() < patience,
            "the server does not answer"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    child
}

fn serve(scene: &Scene, smtp: SocketAddr) -> Command {
    let mut command = scene.server();
    command.arg(format!("--smtp=smtp://{smtp}"));
    command
}

/// Ends a server without warning.
pub async fn kill(child: &mut Child) {
    child.start_kill().unwrap();
    child.wait().await.unwrap();
}

/// One exchange on a connection of its own; None if the connection broke.
pub async fn send(address: SocketAddr, text: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    stream.write_all(text.as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    Some(answer)
}

/// Posts a decision; true once the server has said that it is made.
async fn decide(address: SocketAddr, cookie: &str, id: &str, verdict: &str) -> bool {
    let body = format!("org={SLUG}&request={id}&verdict={verdict}");
    let text = format!(
        "POST /actions/decide HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nSec-Fetch-Site: \
         same-origin\r\nCookie: {cookie}\r\n\
         Accept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: \
         {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    send(address, &text)
        .await
        .is_some_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

/// Decides one request after the other until the server is gone, and logs what was acknowledged.
async fn work(
    address: SocketAddr,
    cookie: String,
    jobs: Arc<Mutex<Vec<(String, &'static str)>>>,
    log: Arc<Mutex<HashMap<String, &'static str>>>,
) {
    loop {
        let Some((id, verdict)) = jobs.lock().unwrap().pop() else {
            return;
        };
        if !decide(address, &cookie, &id, verdict).await {
            return;
        }
        log.lock().unwrap().insert(id, verdict);
    }
}

/// Twenty times the server is killed without warning while administrators decide and letters go
/// out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost() {
    let kills = std::env::var("ANTEROOM_KILLS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(KILLS);
    let sink = Sink::default();
    let scene = scene(REQUESTS.max(kills * 12), None).await;
    let verdict = |n: usize| if n.is_multiple_of(3) { "reject" } else { "approve" };
    let jobs = Arc::new(Mutex::new(
        scene
            .requests
            .iter()
            .enumerate()
            .map(|(n, id)| (id.clone(), verdict(n)))
            .collect::<Vec<_>>(),
    ));
    let log = Arc::new(Mutex::new(HashMap::new()));
    for life in 0..kills {
        let mut child = start(serve(&scene, sink.listen(life).await), scene.address).await;
        let clients: Vec<_> = (0..4)
            .map(|_| {
                tokio::spawn(work(
                    scene.address,
                    scene.cookie.clone(),
                    jobs.clone(),
                    log.clone(),
                ))
            })
            .collect();
        let [a, b] = clock::mint().bytes::<2>();
        tokio::time::sleep(Duration::from_millis(
            20 + u64::from(u16::from_le_bytes([a, b]) % 400),
        ))
        .await;
        // A slow machine gets no further than to start, and nothing would be shown.
        let patience = Instant::now() + Duration::from_secs(60);
        while log.lock().unwrap().len() <= life + 1 {
            assert!(Instant::now() < patience, "nothing is decided in life {life}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        kill(&mut child).await;
        for client in clients {
            client.await.unwrap();
        }
    }
    // A last time, to deliver what is owed, and to end in peace.
    let mut child = start(serve(&scene, sink.listen(kills).await), scene.address).await;
    let desk = drained(&scene).await;
    let pid = i32::try_from(child.id().unwrap()).unwrap();
    Command::new("kill").arg(pid.to_string()).status().await.unwrap();
    assert!(child.wait().await.unwrap().success(), "it stops in peace");
    let acknowledged = log.lock().unwrap().clone();
    assert!(
        acknowledged.len() > kills,
        "too little happened: {}",
        acknowledged.len()
    );
    check(&desk, &acknowledged, &sink).await;
    check_duplicates(&sink);
    desk.db.close().await;
    std::fs::remove_dir_all(&scene.folder).unwrap();
}

/// The database beside the running server, once nothing is queued any more.
async fn drained(scene: &Scene) -> Desk {
    let desk = scene.desk().await;
    let patience = Instant::now() + Duration::from_secs(180);
    while store::deliveries::queue::count_queued(&mut desk.db.read().await.unwrap(), &[JobKind::Letter])
        .await
        .unwrap()
        > 0
    {
        assert!(Instant::now() < patience, "letters are not delivered");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    desk
}

/// Each decision with its event, each approval with its invitation and its letter delivered;
/// nothing by half.
async fn check(desk: &Desk, acknowledged: &HashMap<String, &'static str>, sink: &Sink) {
    let mut conn = desk.db.read().await.unwrap();
    assert!(store::instance::is_sound(&mut conn).await.unwrap());
    let rows = rows::fetch(
        &mut conn,
        "select r.id, r.status, r.email, (select count(*) from events e where e.object = r.id \
         and e.what in ('request.approved', 'request.denied')) as events, (select count(*) \
         from invitations i where i.request_id = r.id) as invitations, (select count(*) from deliveries o \
         where o.request_id = r.id and o.invitation_id is not null and o.state = 'sent') as letters \
         from requests r",
    )
    .await;
    let taken = sink.0.lock().unwrap().clone();
    for row in rows {
        let (id, status, email): (String, String, String) =
            (row.get("id"), row.get("status"), row.get("email"));
        let counts: (i64, i64, i64) = (row.get("events"), row.get("invitations"), row.get("letters"));
        let expected = match status.as_str() {
            "approved" => (1, 1, 1),
            "denied" => (1, 0, 0),
            "pending" => (0, 0, 0),
            other => panic!("{other}"),
        };
        assert_eq!(counts, expected, "{id} is {status}");
        match acknowledged.get(&id) {
            Some(&"approve") => assert_eq!(status, "approved", "{id} was acknowledged"),
            Some(_) => assert_eq!(status, "denied", "{id} was acknowledged"),
            None => {}
        }
        assert_eq!(
            status == "approved",
            taken.iter().any(|(_, to, _)| *to == email),
            "{id}: {status}"
        );
    }
}

/// The same letter twice: only where the power went between its two ways out, and never in one life
/// of the server.
fn check_duplicates(sink: &Sink) {
    let mut ways = HashMap::new();
    for (id, _, life) in sink.0.lock().unwrap().iter() {
        let n: &mut u32 = ways.entry((id.clone(), *life)).or_default();
        *n += 1;
        assert_eq!(*n, 1, "{id} went out twice in one life");
    }
}

/// `strace` sees the commit reach the disk (fdatasync of the write-ahead log returns) before the
/// answer leaves.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_disk_has_it_before_the_answer_leaves() {
    let scene = scene(1, None).await;
    let trace = scene.folder.join("trace");
    let mut command = Command::new("strace");
    command
        .args([
            "-f",
            "-y",
            "-s",
            "64",
            "-e",
            "trace=fdatasync,fsync,recvfrom,read,sendto,write,writev",
            "-o",
        ])
        .arg(&trace);
    command
        .arg(env!("CARGO_BIN_EXE_anteroom"))
        .arg("serve")
        .args(&scene.arguments)
        .env_clear()
        .env("PATH", std::env::var("PATH").unwrap());
    let mut child = start(command, scene.address).await;
    assert!(decide(scene.address, &scene.cookie, &scene.requests[0], "approve").await);
    // The server itself: an strace that is killed would leave it behind. Without it, strace ends.
    let tracer = child.id().unwrap();
    let traced = std::fs::read_to_string(format!("/proc/{tracer}/task/{tracer}/children")).unwrap();
    assert!(
        Command::new("kill")
            .args(traced.split_whitespace())
            .status()
            .await
            .unwrap()
            .success()
    );
    child.wait().await.unwrap();
    let lines = settled(&trace);
    let asked = position(&lines, 0, |l| l.contains("POST /actions/decide"));
    let synced = position(&lines, asked, |l| {
        (l.contains("fdatasync") || l.contains("fsync")) && l.contains("-wal") && l.ends_with("= 0")
    });
    let answered = position(&lines, asked, |l| l.contains("HTTP/1.1 200"));
    assert!(
        synced < answered,
        "the answer left at line {answered}, the disk had it at line {synced}"
    );
    std::fs::remove_dir_all(&scene.folder).unwrap();
}

/// The lines of a trace, calls that were interrupted by others put together where they ended.
fn settled(trace: &Path) -> Vec<String> {
    let mut begun: HashMap<String, String> = HashMap::new();
    let mut lines = Vec::new();
    for line in std::fs::read_to_string(trace).unwrap().lines() {
        let (pid, call) = line.split_once(' ').unwrap_or((line, ""));
        if let Some(start) = call.strip_suffix("<unfinished ...>") {
            begun.insert(pid.to_owned(), start.to_owned());
        } else if let Some((_, end)) = call.split_once("resumed>") {
            lines.push(format!("{}{end}", begun.remove(pid).unwrap_or_default()));
        } else {
            lines.push(call.to_owned());
        }
    }
    lines
}

fn position(lines: &[String], from: usize, found: impl Fn(&str) -> bool) -> usize {
    let at = lines[from..].iter().position(|l| found(l.trim_end()));
    from + at.unwrap_or_else(|| panic!("not in the trace:\n{}", lines[from..].join("\n")))
}
