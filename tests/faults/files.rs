//! The data folder: who may read it, what is missing from it, and what is done to it while it is
//! served.
use crate::harness::House;
use anteroom::clock;
use anteroom::config::{self, Config};
use anteroom::desk::operator;
use anteroom::domain::Error;
use anteroom::serve::{commands, files, logs, server};
use anteroom::store::Db;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::mem::ManuallyDrop;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("anteroom-files-{}", clock::mint().salt()))
}

fn config(arguments: &[&str]) -> Config {
    let all = ["anteroom"].into_iter().chain(arguments.iter().copied());
    config::parse(all, &|_| None).unwrap().1
}

fn at(data: &Path) -> Config {
    config(&["--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()])
}

fn anew(config: &Config) -> Config {
    let mut anew = config.clone();
    anew.new = true;
    anew
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// As a start does it, as far as the database is open and its key is known.
async fn begin(config: &Config) -> anyhow::Result<Db> {
    files::make_folders(config)?;
    files::refuse_lost(config)?;
    files::narrow(config);
    let db = files::open(config).await?;
    files::refuse_mismatch(config, &db).await?;
    let desk = server::desk(config, db)?;
    assert!(operator::check_key(&desk).await?);
    Ok(desk.db)
}

/// S16: what is made can be read by this user alone, and what others could read is taken from them.
#[tokio::test]
async fn row_s16_nobody_else_reads_the_files() {
    let home = folder();
    let data = home.join("data");
    let c = at(&data);
    let db = begin(&c).await.unwrap();
    let copy = home.join("copy.db");
    commands::backup(&c, &copy).await.unwrap();
    let held = files::lock(&c).unwrap();
    let made = [
        "anteroom.db",
        "anteroom.db-wal",
        "anteroom.db-shm",
        "anteroom.db.lock",
        "instance.key",
    ];
    for name in made {
        assert_eq!(mode(&data.join(name)), 0o600, "{name}");
    }
    for name in ["copy.db", "copy.db.key"] {
        assert_eq!(mode(&home.join(name)), 0o600, "{name}");
    }
    assert_eq!(mode(&data), 0o700);
    drop(held);
    db.close().await;
    // Of an older version, or of somebody's hand.
    for name in ["anteroom.db", "instance.key"] {
        fs::set_permissions(data.join(name), fs::Permissions::from_mode(0o644)).unwrap();
    }
    for name in ["copy.db", "copy.db.key"] {
        fs::set_permissions(home.join(name), fs::Permissions::from_mode(0o664)).unwrap();
    }
    let db = begin(&c).await.unwrap();
    for name in [
        "anteroom.db",
        "anteroom.db-wal",
        "anteroom.db-shm",
        "instance.key",
    ] {
        assert_eq!(mode(&data.join(name)), 0o600, "{name}");
    }
    db.close().await;
    let other = at(&home.join("restored"));
    commands::restore(&other, &copy).await.unwrap();
    for name in ["anteroom.db", "instance.key"] {
        assert_eq!(mode(&home.join("restored").join(name)), 0o600, "{name}");
    }
    fs::remove_dir_all(home).unwrap();
}

/// S16: a database that is gone, or empty, is not begun anew in silence; nor is one that was never
/// used taken for one whose key is there.
#[tokio::test]
async fn row_s16_a_lost_database_is_not_begun_anew() {
    let data = folder();
    let (c, db) = (at(&data), data.join("anteroom.db"));
    begin(&c).await.unwrap().close().await;
    let refused = async |config: &Config, what: &str| {
        let said = server::run(config.clone()).await.unwrap_err().to_string();
        assert!(said.contains(what) && said.contains("--new"), "{said}");
    };
    let kept = data.join("kept");
    fs::rename(&db, &kept).unwrap();
    refused(&c, "there is no database at").await;
    assert!(!db.exists(), "nothing is made");
    assert!(commands::migrate(&c).await.is_err());
    for command in [
        commands::verify(&c, &[]).await,
        commands::reset_link(&c, "a@b.test").await,
    ] {
        assert!(command.unwrap_err().to_string().contains("no database"));
    }
    fs::write(&db, "").unwrap();
    refused(&c, "or it is empty").await;
    fs::remove_file(&db).unwrap();
    Db::open_sqlite(&db).await.unwrap().close().await;
    refused(&c, "never used").await;
    // The log of a database that is gone would be written into the next one.
    fs::remove_file(&db).unwrap();
    fs::write(data.join("anteroom.db-wal"), "frames").unwrap();
    fs::rename(data.join(files::KEY_FILE), data.join("kept.key")).unwrap();
    refused(&c, "anteroom.db-wal").await;
    assert!(
        commands::restore(&c, &kept)
            .await
            .unwrap_err()
            .to_string()
            .contains("-wal")
    );
    fs::remove_file(data.join("anteroom.db-wal")).unwrap();
    fs::rename(data.join("kept.key"), data.join(files::KEY_FILE)).unwrap();
    let anew = anew(&c);
    begin(&anew).await.unwrap().close().await;
    fs::rename(&kept, &db).unwrap();
    begin(&c).await.unwrap().close().await;
    fs::remove_dir_all(data).unwrap();
}

/// S33: a key that is missing is asked for, and none is put in its place.
#[tokio::test]
async fn row_s33_a_missing_key_is_not_replaced() {
    let data = folder();
    let c = at(&data);
    begin(&c).await.unwrap().close().await;
    let (key, kept) = (data.join(files::KEY_FILE), data.join("kept.key"));
    fs::rename(&key, &kept).unwrap();
    for said in [
        server::run(c.clone()).await.unwrap_err(),
        server::run(anew(&c)).await.unwrap_err(),
        commands::verify(&c, &[]).await.unwrap_err(),
    ] {
        let said = said.to_string();
        assert!(
            said.contains("the instance key of this database is missing"),
            "{said}"
        );
    }
    assert!(!key.exists(), "no other key is made");
    fs::rename(&kept, &key).unwrap();
    // A backup is not put beside a key that is not its own.
    let copy = data.join("copy.db");
    commands::backup(&c, &copy).await.unwrap();
    let other = at(&data.join("other"));
    begin(&other).await.unwrap().close().await;
    fs::remove_file(data.join("other/anteroom.db")).unwrap();
    let said = commands::restore(&other, &copy).await.unwrap_err().to_string();
    assert!(said.contains("is another key"), "{said}");
    assert!(!data.join("other/anteroom.db").exists());
    fs::remove_dir_all(data).unwrap();
}

/// S16: a file that is deleted or replaced under a running server is noticed: it is not ready, and
/// acknowledges nothing that would be lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_s16_a_file_that_is_gone_is_not_ready() {
    for (gone, replaced) in [
        ("anteroom.db", false),
        ("anteroom.db", true),
        ("anteroom.db-wal", false),
    ] {
        let data = folder();
        let db = begin(&at(&data)).await.unwrap();
        // Never closed: its database is not to be had any more.
        let house = ManuallyDrop::new(House::over(db, data.clone(), &at(&data)));
        house.organisation("northlight").await;
        house.deliver().await;
        assert_eq!(house.get("/readyz", "").await.status, 200);
        let (file, kept) = (data.join(gone), data.join("kept"));
        fs::rename(&file, &kept).unwrap();
        if replaced {
            fs::copy(&kept, &file).unwrap();
        }
        let ready = house.get("/readyz", "").await;
        assert_eq!(ready.status, 503, "{gone}: {}", ready.body);
        assert!(ready.headers.contains_key("retry-after"));
        assert_eq!(house.get("/healthz", "").await.status, 200);
        assert_eq!(
            house.desk.db.begin().await.err(),
            Some(Error::Unavailable),
            "{gone}"
        );
        assert_eq!(
            house.desk.db.read().await.err(),
            Some(Error::Unavailable),
            "{gone}"
        );
        if gone == "anteroom.db" {
            assert_eq!(file.exists(), replaced, "nothing is made in its place");
        }
        fs::rename(&kept, &file).unwrap();
        let back = house.get("/readyz", "").await.status;
        assert_eq!(
            back, 503,
            "until it is started again: who knows what was opened since"
        );
        fs::remove_dir_all(data).unwrap();
    }
}

/// S21: one server for one file, by whatever name; the lock of a killed one is gone with it.
#[tokio::test]
async fn row_s21_one_server_for_one_file_by_any_name() {
    let home = folder();
    fs::create_dir_all(&home).unwrap();
    let (real, c) = (home.join("data/anteroom.db"), at(&home.join("data")));
    begin(&c).await.unwrap().close().await;
    std::os::unix::fs::symlink(&real, home.join("soft.db")).unwrap();
    std::os::unix::fs::symlink(home.join("data"), home.join("soft")).unwrap();
    fs::hard_link(&real, home.join("hard.db")).unwrap();
    let others = [
        "soft.db",
        "soft/anteroom.db",
        "hard.db",
        "data/../data/anteroom.db",
    ]
    .map(|name| {
        let database = format!("sqlite:{}", home.join(name).display());
        let data = home.join("data").display().to_string();
        config(&[
            "--listen",
            "127.0.0.1:0",
            "--data",
            &data,
            "--database",
            &database,
        ])
    });
    let mut server = Command::new(env!("CARGO_BIN_EXE_anteroom"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(home.join("data"))
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _said = until_it_listens(&mut server);
    for other in &others {
        let said = server::run(other.clone()).await.unwrap_err().to_string();
        assert!(said.contains("serving") && said.contains("already"), "{said}");
    }
    server.kill().unwrap();
    server.wait().unwrap();
    for other in &others {
        assert_eq!(files::lock(other).unwrap().len(), 2);
    }
    fs::remove_dir_all(home).unwrap();
}

/// Waits until a server that was started on nothing listens: it says then where to begin. What it goes on to
/// say has to have a reader.
pub fn until_it_listens(server: &mut Child) -> BufReader<ChildStdout> {
    let mut said = BufReader::new(server.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("/setup/") {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "it ended");
    }
    said
}

/// S33: what is not written to a terminal has no colours.
#[tokio::test]
async fn row_s33_log_files_have_no_colours() {
    let data = folder();
    begin(&at(&data)).await.unwrap().close().await;
    fs::set_permissions(data.join(files::KEY_FILE), fs::Permissions::from_mode(0o644)).unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_anteroom"))
        .args(["verify", "--data"])
        .arg(&data)
        .env_clear()
        .output()
        .unwrap();
    let log = String::from_utf8(done.stderr).unwrap();
    assert!(log.contains("WARN") && log.contains("instance.key"), "{log}");
    assert!(!log.contains('\u{1b}'), "{log}");
    fs::remove_dir_all(data).unwrap();
}

/// A start with another file, or with a PostgreSQL that is not to be had, says which and what to do, at once
/// and without the URL's password.
#[tokio::test]
async fn a_start_says_what_database_it_cannot_use() {
    let home = folder();
    fs::create_dir_all(&home).unwrap();
    let c = at(&home);
    fs::write(home.join("anteroom.db"), "id,name\n1,Mira\n".repeat(1000)).unwrap();
    let told = logs::told(&begin(&c).await.map(drop).unwrap_err());
    assert!(told.contains("anteroom.db is no SQLite database"), "{told}");
    assert!(
        fs::read_to_string(home.join("anteroom.db"))
            .unwrap()
            .starts_with("id,name")
    );
    fs::remove_dir_all(home).unwrap();
    if let Ok(url) = std::env::var("ANTEROOM_TEST_PG") {
        let mut other = url::Url::parse(&url).unwrap();
        other.set_path("/no_such_database");
        other.set_password(Some("Wd9secret")).unwrap();
        let c = config(&["--listen", "127.0.0.1:0", "--database", other.as_str()]);
        let told = logs::told(&files::open(&c).await.map(drop).unwrap_err());
        assert!(told.contains("PostgreSQL cannot be used: "), "{told}");
        assert!(
            told.contains("no_such_database") && told.contains("--database"),
            "{told}"
        );
        assert!(!told.contains("Wd9secret"), "{told}");
    }
}
