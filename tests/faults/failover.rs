//! F6: the database behind a failover: read-only for a while, restarted, gone without a word. In
//! this binary, as connections that are given up are given up for the whole process.
use crate::Log;
use crate::harness::databases::new_postgres;
use crate::harness::{House, rows};
use sqlx::{AnyConnection, Connection as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// A way to the database that somebody can switch: what goes by it before stands still for ever.
struct Switch {
    port: u16,
    turn: Arc<AtomicU64>,
    switched: Arc<tokio::sync::Notify>,
}

impl Switch {
    async fn before(host: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let switch = Self {
            port: listener.local_addr().unwrap().port(),
            turn: Arc::default(),
            switched: Arc::default(),
        };
        let (turn, switched) = (switch.turn.clone(), switch.switched.clone());
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let (host, turn, switched) = (host.clone(), turn.clone(), switched.clone());
                tokio::spawn(async move {
                    let mine = turn.load(Ordering::SeqCst);
                    let mut server = TcpStream::connect(&host).await.unwrap();
                    let switches = switched.notified();
                    tokio::pin!(switches);
                    switches.as_mut().enable();
                    if turn.load(Ordering::SeqCst) == mine {
                        tokio::select! {
                            _ = copy_bidirectional(&mut client, &mut server) => return,
                            () = switches => {}
                        }
                    }
                    // Both ends stay open, and nothing comes through any more.
                    std::future::pending::<()>().await;
                });
            }
        });
        switch
    }

    /// From now on only new connections lead anywhere.
    fn freeze(&self) {
        self.turn.fetch_add(1, Ordering::SeqCst);
        self.switched.notify_waiters();
    }
}

/// What an administrator does, again and again: whether it went well, with its status.
async fn press(house: &House, cookie: &str, n: usize) -> u16 {
    let body = format!("org=northlight&name=Lab+{n}");
    house
        .post("/actions/create_group", cookie, &body)
        .await
        .status
        .as_u16()
}

/// Presses until it goes well.
async fn until_it_goes_well(house: &House, cookie: &str) {
    let pressed = async {
        for n in 1000.. {
            if press(house, cookie, n).await == 200 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), pressed)
        .await
        .expect("it goes well again");
}

async fn until_ready(house: &House, status: u16) {
    let looked = async {
        while house.get("/readyz", "").await.status.as_u16() != status {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let expected = format!("readyz says {status}");
    tokio::time::timeout(Duration::from_secs(60), looked)
        .await
        .expect(&expected);
}

/// Waits until the log says so.
async fn until_told(log: &Log, what: &str) {
    let told = async {
        while !log.text().contains(what) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), told)
        .await
        .expect(what);
}

/// A house over the database at this URL, whose connections are looked after.
async fn watched(url: &str) -> (House, String, CancellationToken) {
    let house = House::at(url).await;
    let ivo = house.organisation("northlight").await;
    house.deliver().await;
    house.expects_owed_letters();
    let (db, stop) = (house.desk.db.clone(), CancellationToken::new());
    let ends = stop.clone();
    tokio::spawn(async move { db.watch(ends).await });
    let cookie = house.cookie(&ivo).await;
    (house, cookie, stop)
}

#[tokio::test]
async fn f6_what_only_reads_is_left() {
    let log = Log::begin().await;
    let url = new_postgres().await;
    let (house, cookie, stop) = watched(&url).await;
    let name = url.rsplit('/').next().unwrap().to_owned();
    let mut operator = AnyConnection::connect(&std::env::var("ANTEROOM_TEST_PG").unwrap())
        .await
        .unwrap();
    let set = format!("alter database {name} set default_transaction_read_only = on");
    let end = format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'");
    rows::execute(&mut operator, &set).await;
    rows::execute(&mut operator, &end).await;
    until_told(&log, "the database can be read and not written").await;
    until_ready(&house, 503).await;
    let refused = house
        .post("/actions/create_group", &cookie, "org=northlight&name=Lab")
        .await;
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert!(refused.headers.contains_key("retry-after"));
    let read = async { while house.get("/northlight/groups", &cookie).await.status != 200 {} };
    tokio::time::timeout(Duration::from_secs(60), read)
        .await
        .expect("it can be read");
    // Those that were opened meanwhile stay read-only for as long as they live.
    let reset = format!("alter database {name} reset default_transaction_read_only");
    rows::execute(&mut operator, &reset).await;
    until_it_goes_well(&house, &cookie).await;
    until_told(&log, "the database can be written again").await;
    until_ready(&house, 200).await;
    for n in 0..40 {
        assert_eq!(press(&house, &cookie, n).await, 200, "on whichever connection");
    }
    // Nobody hung up: a connection more, and that one only reads.
    rows::execute(&mut operator, &set).await;
    let many = (100..140).map(|n| press(&house, &cookie, n));
    futures_util::future::join_all(many).await;
    rows::execute(&mut operator, &reset).await;
    until_it_goes_well(&house, &cookie).await;
    stop.cancel();
    house.close().await;
}

#[tokio::test]
async fn f6_what_says_nothing_is_left() {
    let _log = Log::begin().await;
    let url = new_postgres().await;
    let mut by_switch = url::Url::parse(&url).unwrap();
    let host = format!("127.0.0.1:{}", by_switch.port().unwrap());
    let switch = Switch::before(host).await;
    by_switch.set_port(Some(switch.port)).unwrap();
    let (house, cookie, stop) = watched(by_switch.as_str()).await;
    // Under way, idle, and given back: all stand still.
    let many = futures_util::future::join_all((0..40).map(|n| press(&house, &cookie, n)));
    let (ended, ()) = tokio::join!(tokio::time::timeout(Duration::from_secs(60), many), async {
        switch.freeze()
    });
    let ended = ended.expect("what is under way ends");
    assert!(
        ended.iter().all(|status| [200, 409, 503].contains(status)),
        "{ended:?}"
    );
    until_it_goes_well(&house, &cookie).await;
    until_ready(&house, 200).await;
    let many = (200..240).map(|n| press(&house, &cookie, n));
    assert_eq!(futures_util::future::join_all(many).await, [200; 40]);
    stop.cancel();
    house.close().await;
}
