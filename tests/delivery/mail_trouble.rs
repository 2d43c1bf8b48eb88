//! Trouble of the mail server or of our account there costs no letter, whatever it is and however
//! long it lasts.
use crate::delivery::letters::owing;
use crate::harness::House;
use anteroom::clock;
use anteroom::config::MailIdentity;
use anteroom::delivery::mail::letter;
use anteroom::delivery::mail::letters::Post;
use anteroom::delivery::mail::session::{MailServer, MailTrouble};
use anteroom::delivery::mail::transport::Transport;
use anteroom::delivery::queue::Deliverers;
use anteroom::desk::{account, deliveries, queue};
use anteroom::domain::account::{Email, Language};
use anteroom::domain::delivery::{Channel, JobKind};
use anteroom::domain::notice::Letter;
use anteroom::domain::time::Span;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// What the stand-in says at one step; empty: nothing at all.
type Says = (&'static str, &'static str);

/// A stand-in for a mail server that speaks just enough SMTP, and keeps the letters it takes.
#[derive(Clone)]
struct Server {
    port: u16,
    says: Arc<Mutex<Option<Says>>>,
    letters: Arc<Mutex<Vec<String>>>,
    /// What we called ourselves.
    greeted: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(says: Option<Says>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server {
            port: listener.local_addr().unwrap().port(),
            says: Arc::new(Mutex::new(says)),
            letters: Arc::default(),
            greeted: Arc::default(),
        };
        let one = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(one.clone().speak(stream));
            }
        });
        server
    }

    /// What is said at this step, if not the usual.
    fn at(&self, step: &str) -> Option<&'static str> {
        let says = *self.says.lock().unwrap();
        says.filter(|(at, _)| step.starts_with(at)).map(|(_, text)| text)
    }

    async fn speak(self, stream: tokio::net::TcpStream) {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut step = "banner".to_owned();
        loop {
            let usual = match step.split(' ').next().unwrap_or_default() {
                "banner" => "220 stand-in",
                "EHLO" => "250-stand-in\r\n250-AUTH PLAIN\r\n250 8BITMIME",
                "AUTH" => "235 in",
                "DATA" => "354 go on",
                "QUIT" => "221 bye",
                _ => "250 fine",
            };
            match self.at(&step) {
                Some("") => return std::future::pending().await,
                Some("hang up") => return,
                Some(text) => {
                    if write.write_all(format!("{text}\r\n").as_bytes()).await.is_err() {
                        return;
                    }
                }
                None => {
                    if write.write_all(format!("{usual}\r\n").as_bytes()).await.is_err() {
                        return;
                    }
                }
            }
            if step == "DATA" && self.at("DATA").is_none() {
                let mut letter = String::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    letter += &line;
                    letter.push('\n');
                }
                if self.at("taken").is_none() {
                    self.letters.lock().unwrap().push(letter);
                }
                step = "taken".to_owned();
                continue;
            }
            match lines.next_line().await {
                Ok(Some(line)) => {
                    if let Some(name) = line.strip_prefix("EHLO ") {
                        self.greeted.lock().unwrap().push(name.to_owned());
                    }
                    step = line;
                }
                _ => return,
            }
        }
    }

    /// Letters into this server, with little patience.
    fn transport(&self) -> Transport {
        let url = format!("smtp://us:secret@127.0.0.1:{}", self.port);
        let server = MailServer::parse(&url)
            .unwrap()
            .patient(Duration::from_millis(300));
        let identity = MailIdentity {
            from: "anteroom@site.test".into(),
            from_name: "Anteroom".into(),
            reply_to: None,
            hello: "access.site.test".into(),
        };
        Transport::by(server, &identity).unwrap()
    }

    fn deliverers(&self, house: &House) -> Deliverers {
        let mut deliverers = house.deliverers();
        deliverers.post = Some(Post {
            transport: Arc::new(self.transport()),
            public_url: crate::harness::ORIGIN.into(),
        });
        deliverers
    }
}

/// What is said before a recipient is named, and whatever names our account or the server's state,
/// is trouble of the channel; of the rest 4xx is worth another try, and 5xx the end.
#[tokio::test]
async fn f5_what_a_mail_server_says_is_sorted() {
    let house = House::sqlite().await;
    let cases: [(Says, &str); 22] = [
        (("banner", ""), "channel"),
        (("banner", "554 not here"), "channel"),
        (("banner", "421 too busy"), "channel"),
        (("banner", "hang up"), "channel"),
        (("EHLO", ""), "channel"),
        (("EHLO", "550 who are you"), "channel"),
        (("AUTH", "535 5.7.8 wrong"), "channel"),
        (("AUTH", "534 5.7.9 another mechanism"), "channel"),
        (("AUTH", "454 4.7.0 not now"), "channel"),
        (("AUTH", ""), "channel"),
        (("MAIL", "550 5.1.8 sender refused"), "channel"),
        (("MAIL", "530 5.7.0 sign in first"), "channel"),
        (("MAIL", "452 4.3.1 full"), "channel"),
        (("RCPT", "550 5.1.1 no such mailbox"), "final"),
        (("RCPT", "550 5.4.5 daily limit of your account"), "channel"),
        (("RCPT", "451 4.7.1 greylisted"), "passing"),
        (("RCPT", "421 4.3.2 closing"), "channel"),
        (("RCPT", "530 5.7.0 sign in first"), "channel"),
        (("RCPT", ""), "passing"),
        (("DATA", "554 5.6.0 not this"), "final"),
        (("taken", "552 5.3.4 too large"), "final"),
        (("taken", "450 4.2.1 later"), "passing"),
    ];
    let written = letter::render(
        &Letter::PasswordChanged,
        Language::En,
        "https://anteroom.test",
        None,
    );
    for (says, expected) in cases {
        let server = Server::start(Some(says)).await;
        let to = Email::parse("a@b.test").unwrap();
        let (id, letter) = (house.mint().id(house.now), written.as_ref().unwrap());
        let sent = server
            .transport()
            .send(&house.desk, &id, &to, letter, house.now)
            .await;
        let kind = match sent {
            Err(MailTrouble::Channel(_)) => "channel",
            Err(MailTrouble::Passing(_)) => "passing",
            Err(MailTrouble::Final(_)) => "final",
            Ok(()) => "sent",
        };
        assert_eq!(kind, expected, "{says:?}");
    }
    // Nobody listens at all.
    let server = Server {
        port: 1,
        ..Server::start(None).await
    };
    let (id, to) = (house.mint().id(house.now), Email::parse("a@b.test").unwrap());
    let sent = server
        .transport()
        .send(&house.desk, &id, &to, written.as_ref().unwrap(), house.now)
        .await;
    assert!(matches!(sent, Err(MailTrouble::Channel(_))), "{sent:?}");
    house.close().await;
}

/// Servers turn away who greets them by no name of the internet, as `[127.0.0.1]`.
#[tokio::test]
async fn h01_the_greeting_names_the_public_host() {
    let house = House::sqlite().await;
    let (ivo, _) = house.founder("northlight").await;
    house.deliver().await;
    let server = Server::start(None).await;
    house.invite(&ivo, "tess@northlight.test").await;
    let deliverers = server.deliverers(&house);
    while deliverers.round(&[JobKind::Letter]).await.unwrap() > 0 {}
    assert_eq!(*server.greeted.lock().unwrap(), ["access.site.test"]);
    house.close().await;
}

both!(f5_an_account_in_trouble_costs_no_letter);
/// While the account is refused nothing is given up and no try counts, whatever the letters are;
/// administrators see it; afterwards all leave, and their links work.
async fn f5_an_account_in_trouble_costs_no_letter(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let mira = house.member(&ivo, "Mira Okafor").await;
    house.deliver().await;
    let server = Server::start(Some(("AUTH", "535 5.7.8 wrong"))).await;
    let deliverers = server.deliverers(house);
    account::accounts::ask_reset(&house.desk, &house.caller(), mira.account.email.as_str())
        .await
        .unwrap();
    house.invite(&ivo, "tess@northlight.test").await;
    for _ in 0..20 {
        house.all_due().await;
        while deliverers.round(&[JobKind::Letter]).await.unwrap() > 0 {}
    }
    let waits = "select count(*) from deliveries where state = 'queued' and attempts = 0 \
        and reason like 'undelivered-mail-account%'";
    assert_eq!(house.count(waits).await, 2);
    let troubled = deliveries::troubled(&house.desk, &member).await.unwrap();
    assert_eq!(troubled.len(), 1);
    assert_eq!(troubled[0].channel, Channel::mail());
    assert!(troubled[0].reason.starts_with("undelivered-mail-account"));
    let page = house
        .get("/northlight/deliveries", &house.cookie(&ivo).await)
        .await
        .body;
    assert!(page.contains("Mail server is in trouble"), "{page}");
    // It rests: nothing is tried before its time, however often the loop looks.
    assert_eq!(deliverers.round(&[JobKind::Letter]).await, Ok(0));
    *server.says.lock().unwrap() = None;
    house.all_due().await;
    while deliverers.round(&[JobKind::Letter]).await.unwrap() > 0 {}
    assert_eq!(server.letters.lock().unwrap().len(), 2);
    assert!(
        deliveries::troubled(&house.desk, &member)
            .await
            .unwrap()
            .is_empty()
    );
}

both!(f5_what_a_digest_missed_is_in_the_next);
/// A daily letter that was refused for good is not the end of what it told: the next one tells it,
/// and what was decided meanwhile is told no more.
async fn f5_what_a_digest_missed_is_in_the_next(house: &House) {
    house.organisation("northlight").await;
    house.deliver().await;
    let daily = format!(
        "update organisations set digest_at = {0}, digest_since = {0} - 1",
        house.now.0
    );
    house.execute(&daily).await;
    for name in ["Tess Varga", "Nia Verne"] {
        let email = format!("{}@northlight.test", &name[..4].trim().to_lowercase());
        let guest = house.person(&email, name).await;
        house.asks(&guest, "northlight").await;
    }
    let server = Server::start(Some(("RCPT", "550 5.1.1 no such mailbox"))).await;
    let deliverers = server.deliverers(house);
    let later = clock::now() + Span::seconds(1);
    assert_eq!(queue::digests::sweep(&house.desk, later).await, Ok(1));
    house.all_due().await;
    while deliverers.round(&[JobKind::Letter]).await.unwrap() > 0 {}
    let failed = "select count(*) from deliveries where state = 'failed' and job like '%requests_digest%'";
    assert_eq!(house.count(failed).await, 1);
    let guest = house.person("luca@northlight.test", "Luca Hein").await;
    house.asks(&guest, "northlight").await;
    *server.says.lock().unwrap() = None;
    assert_eq!(
        queue::digests::sweep(&house.desk, later + Span::days(2)).await,
        Ok(1)
    );
    house.all_due().await;
    while deliverers.round(&[JobKind::Letter]).await.unwrap() > 0 {}
    let letters = server.letters.lock().unwrap().clone();
    let told = letters.iter().find(|l| l.contains("Luca Hein"));
    let told = told.unwrap_or_else(|| panic!("no digest: {letters:?}"));
    assert!(
        told.contains("Tess Varga") && told.contains("Nia Verne"),
        "{told}"
    );
}

/// A mail server that takes the connection and says nothing holds nobody up: other kinds go on, and
/// the loop ends soon when it is told to.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s01_a_silent_mail_server_stops_nothing() {
    let house = House::sqlite().await;
    let ivo = house.organisation("northlight").await;
    let server = Server::start(Some(("banner", ""))).await;
    let mut deliverers = server.deliverers(&house);
    let url = format!("smtp://127.0.0.1:{}", server.port);
    let identity = MailIdentity {
        from: "anteroom@site.test".into(),
        from_name: "Anteroom".into(),
        reply_to: None,
        hello: "[2001:db8::7]".into(),
    };
    deliverers.post = Some(Post {
        transport: Arc::new(Transport::smtp(&url, &identity).unwrap()),
        public_url: crate::harness::ORIGIN.into(),
    });
    account::accounts::ask_reset(&house.desk, &house.caller(), ivo.account.email.as_str())
        .await
        .unwrap();
    let stop = CancellationToken::new();
    let running = tokio::spawn(deliverers.run(stop.clone()));
    let held = "select count(*) from deliveries where kind = 'letter' and lease_until > 0";
    while house.count(held).await == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(16), running)
        .await
        .expect("it ends, whatever hangs")
        .unwrap();
    house.expects_owed_letters();
    house.close().await;
}

/// One organisation's backlog, more than may be under way: it goes on by itself as letters end, and
/// not only when the queue is looked at the next time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backlog_goes_on_by_itself() {
    let house = House::sqlite().await;
    let ivo = house.organisation("northlight").await;
    for n in 0..45 {
        house.invite(&ivo, &format!("p{n}@northlight.test")).await;
    }
    let server = Server::start(None).await;
    let mut deliverers = server.deliverers(&house);
    deliverers.rest = Duration::from_secs(3600);
    let stop = CancellationToken::new();
    let running = tokio::spawn(deliverers.run(stop.clone()));
    let queued = "select count(*) from deliveries where state = 'queued'";
    let all_again = "update deliveries set state = 'queued', ended_at = null, lease_until = 0";
    for _ in 0..20 {
        let gone = async {
            while house.count(queued).await > 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let gone = tokio::time::timeout(Duration::from_secs(60), gone).await;
        gone.expect("nobody has to look again");
        house.execute(all_again).await;
        house.desk.db.bell.notify_one();
    }
    house.expects_owed_letters();
    stop.cancel();
    running.await.unwrap();
    house.close().await;
}

both!(what_cannot_be_read_keeps_nothing_waiting);
/// Rows that no version of ours wrote: a channel that there is not, and a letter without a job.
async fn what_cannot_be_read_keeps_nothing_waiting(house: &House) {
    owing(house, 3).await;
    for (id, channel) in [("pigeon", "'pigeon'"), ("blank", "channel")] {
        house
            .execute(&format!(
                "insert into deliveries (id, kind, channel, recipient, language, job, lane, number, state, \
                 due_at, created_at, waits_since) select '{id}', kind, {channel}, recipient, language, '', \
                 '{id}', 1, 'queued', 0, 0, 0 from deliveries order by id limit 1"
            ))
            .await;
    }
    assert_eq!(house.claim(JobKind::Letter, house.now, 8).await.len(), 3);
    house.expects_owed_letters();
}
