//! A house to test in: a desk and a router over a database of its own. Every test says at its end
//! whether letters may still be owed.
mod builders;
pub mod databases;
pub mod html;
mod http;
mod new_member;
pub mod ports;
pub mod provider;
pub mod rows;

use self::databases::{empty_postgres, new_postgres, new_sqlite};
use anteroom::chat::sent::Bases;
use anteroom::clock;
use anteroom::config::{self, Config};
use anteroom::delivery::chat::workers::Platforms;
use anteroom::delivery::hooks::provisioning::Hooks;
use anteroom::delivery::hooks::provisioning::PATIENCE;
use anteroom::delivery::mail::letters::Post;
use anteroom::delivery::mail::transport::Transport;
use anteroom::delivery::queue::Deliverers;
use anteroom::desk::account::accounts::Profile;
use anteroom::desk::keys::Keys;
use anteroom::desk::mint::Mint;
use anteroom::desk::organisation::organisations::{Founder, NewOrganisation};
use anteroom::desk::passwords::Passwords;
use anteroom::desk::{Actor, Caller, Desk, Plan, account, demo, operator, organisation};
use anteroom::domain::Time;
use anteroom::domain::account::Language;
use anteroom::domain::delivery::JobKind;
use anteroom::domain::ids::RequestId;
use anteroom::domain::member::Membership;
use anteroom::domain::organisation::Slug;
use anteroom::domain::posted::PostedForm;
use anteroom::serve::server;
use anteroom::site::instance::{Shared, Site};
use anteroom::store::deliveries::queue::Claimed;
use anteroom::store::deliveries::queue::Room;
use anteroom::store::demo::DemoMail;
use anteroom::store::{self, Db};
use anteroom::web::doors;
use axum::Router;
use metrics_exporter_prometheus::PrometheusBuilder;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

pub use builders::{flow, step, vouched_for};
pub use http::{Answer, send_bare, send_to};

pub const PASSWORD: &str = "tangled copper lantern";
pub const ORIGIN: &str = "http://127.0.0.1:3000";

/// Makes two tests of the function that follows, `async fn name(house: &House)`: on SQLite and on
/// PostgreSQL.
macro_rules! both {
    ($name:ident) => {
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let house = crate::harness::House::sqlite().await;
                super::$name(&house).await;
                house.close().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let house = crate::harness::House::postgres().await;
                super::$name(&house).await;
                house.close().await;
            }
        }
    };
}

pub struct House {
    pub desk: Desk,
    pub site: Shared,
    pub router: Router,
    pub now: Time,
    folder: std::path::PathBuf,
    /// Who founded which organisation.
    founders: Mutex<BTreeMap<String, Actor>>,
    /// Whether letters may still be owed at the end.
    letters_owed: AtomicBool,
    closed: AtomicBool,
}

impl House {
    pub async fn sqlite() -> House {
        let folder = new_folder();
        let db = Db::open_sqlite(&new_sqlite(&folder).await)
            .await
            .expect("SQLite opens");
        Self::over(
            db,
            folder,
            &config::parse(["anteroom"], &|_| None)
                .expect("the defaults hold")
                .1,
        )
    }

    /// As [`House::sqlite`] or [`House::postgres`], with a database that waits for nobody long.
    pub async fn hasty(kind: store::DatabaseKind) -> House {
        let limits = config::StatementLimits {
            run: Duration::from_millis(500),
            lock: Duration::from_millis(300),
        };
        let folder = new_folder();
        let db = match kind {
            store::DatabaseKind::Sqlite => Db::open_sqlite_with(&new_sqlite(&folder).await, limits).await,
            store::DatabaseKind::Postgres => Db::open_postgres_with(&new_postgres().await, limits).await,
        };
        let db = db.expect("the database opens");
        let (_, config) = config::parse(["anteroom"], &|_| None).expect("the defaults hold");
        Self::over(db, folder, &config)
    }

    /// A database of its own on the throwaway server that `script/test` starts.
    pub async fn postgres() -> House {
        Self::at(&new_postgres().await).await
    }

    /// One server of those that work at the PostgreSQL database `url`.
    pub async fn at(url: &str) -> House {
        let db = Db::open_postgres(url).await.expect("PostgreSQL opens");
        Self::over(
            db,
            new_folder(),
            &config::parse(["anteroom"], &|_| None)
                .expect("the defaults hold")
                .1,
        )
    }

    /// A further database of the same kind, empty, without any migration.
    pub async fn another_database(&self) -> Db {
        match self.desk.db.kind {
            store::DatabaseKind::Sqlite => Db::open_sqlite(&self.folder.join("another.db")).await,
            store::DatabaseKind::Postgres => Db::open_postgres(&empty_postgres().await).await,
        }
        .expect("the database opens")
    }

    pub fn over(db: Db, folder: std::path::PathBuf, config: &Config) -> House {
        static TLS: OnceLock<()> = OnceLock::new();
        TLS.get_or_init(|| drop(rustls::crypto::ring::default_provider().install_default()));
        let mint = clock::mint();
        let desk = Desk {
            db,
            keys: Keys::new([7; 32], mint),
            mint,
            passwords: Passwords::new(mint, 2),
            plan: Arc::new(Plan {
                delivers_mail: true,
                everyone_may_create_organisations: false,
                consumer_organisations: vec!["everybody".into()],
                failed_sign_ins_per_address: 100,
                link_mails_per_address: 20,
                mails_per_organisation: 10_000,
                support_contact: None,
                demo: config.demo,
                installation: config.installation_name.clone(),
                providers: Vec::new(),
            }),
        };
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let site =
            server::site(config, desk.clone(), metrics, CancellationToken::new()).expect("the site is made");
        // Tests that are refused wait for nothing.
        site.shares.held_refusals.forget_permits(usize::MAX);
        let router = doors::router(&site);
        House {
            desk,
            site,
            router,
            now: clock::now(),
            folder,
            founders: Mutex::default(),
            letters_owed: AtomicBool::new(false),
            closed: AtomicBool::new(false),
        }
    }

    /// The same house with other plans, as one without a mail server.
    pub fn with_plan(&self, change: impl FnOnce(&mut Plan)) -> Desk {
        let mut plan = (*self.desk.plan).clone();
        change(&mut plan);
        Desk {
            plan: Arc::new(plan),
            ..self.desk.clone()
        }
    }

    /// A router over this house whose site differs.
    pub fn router_with(&self, change: impl FnOnce(&mut Site)) -> Router {
        let s = &self.site;
        let mut site = Site {
            desk: s.desk.clone(),
            public_url: s.public_url.clone(),
            secure: s.secure,
            https_only: s.https_only,
            trusted_hops: s.trusted_hops,
            providers: s.providers.clone(),
            oidc: anteroom::oidc::Oidc::new(s.providers.clone(), &s.public_url).expect("no providers"),
            dns: anteroom::delivery::dns::Dns::new(None),
            chat: s.chat.clone(),
            leptos: s.leptos.clone(),
            watched: false,
            seen: Default::default(),
            refusals: Default::default(),
            live: s.live.clone(),
            shares: s.shares.clone(),
            presses: s.presses.clone(),
            metrics_token: s.metrics_token.clone(),
            metrics: s.metrics.clone(),
            stopping: CancellationToken::new(),
        };
        change(&mut site);
        doors::router(&Arc::new(site))
    }

    pub fn mint(&self) -> Mint {
        self.desk.mint
    }

    pub fn caller(&self) -> Caller {
        self.caller_at(self.now)
    }

    pub fn caller_at(&self, now: Time) -> Caller {
        Caller {
            now,
            place: "192.0.2.7".into(),
            agent: "Test".into(),
            language: Language::En,
            zone: None,
            session: None,
            posted: PostedForm::default(),
        }
    }

    /// An organisation with this slug and its administrator `admin@{slug}.test`.
    pub async fn organisation(&self, slug: &str) -> Actor {
        let token = operator::setup_token(&self.desk, self.now)
            .await
            .expect("a token or none");
        let founder = match token {
            Some(token) => self.first_organisation(slug, &token).await,
            None => self.further_organisation(slug).await,
        };
        let mut founders = self.founders.lock().expect("founders");
        founders.insert(slug.to_owned(), founder.clone());
        founder
    }

    async fn first_organisation(&self, slug: &str, token: &str) -> Actor {
        let plan = NewOrganisation {
            slug: slug.into(),
            name: format!("{slug} Labs"),
            customer_number: "40-1187".into(),
        };
        let founder = Founder {
            name: "Ivo Brandt".into(),
            email: format!("admin@{slug}.test"),
            password: PASSWORD.into(),
        };
        let (begun, _) =
            organisation::organisations::set_up(&self.desk, &self.caller(), token, &plan, &founder)
                .await
                .expect("set up");
        self.actor(&begun.token).await
    }

    /// Somebody who signs in with a provider that vouches for the address.
    pub async fn person(&self, email: &str, name: &str) -> Actor {
        self.vouched(email, name, true).await
    }

    pub async fn vouched(&self, email: &str, name: &str, email_verified: bool) -> Actor {
        let person = vouched_for(email, name, email_verified);
        let begun = account::providers::sign_in_with_provider(&self.desk, &self.caller(), &person)
            .await
            .expect("signed in");
        self.actor(&begun.token).await
    }

    pub async fn actor(&self, token: &str) -> Actor {
        account::sessions::find_actor(&self.desk, token, &self.caller())
            .await
            .expect("a lookup")
            .expect("a session")
    }

    /// A fresh session of this person, for requests by cookie.
    pub async fn cookie(&self, actor: &Actor) -> String {
        let secret = self.mint().secret();
        let mut tx = self.desk.db.begin().await.expect("begin");
        let session = store::account::sessions::Session {
            id: self.mint().id(self.now),
            ..actor.session.clone()
        };
        store::account::sessions::create(&mut tx, &session, &secret.hash)
            .await
            .expect("a session");
        tx.commit().await.expect("commit");
        format!("anteroom={}", secret.text)
    }

    /// The session as it is stored now, with its account.
    pub async fn again(&self, actor: &Actor) -> Actor {
        let account =
            store::account::accounts::find(&mut self.desk.db.read().await.expect("read"), actor.id())
                .await
                .expect("the account");
        Actor {
            account,
            ..actor.clone()
        }
    }

    pub async fn membership(&self, actor: &Actor, slug: &str) -> Membership {
        account::memberships::membership(&self.desk, actor, &Slug::parse(slug).expect("a slug"))
            .await
            .expect("a member")
    }

    /// What delivers: letters into the demo's mailbox; calls to private addresses too, and messages
    /// nowhere, unless a test says otherwise.
    pub fn deliverers(&self) -> Deliverers {
        let hooks = Hooks::new(true, PATIENCE).expect("hooks");
        let platforms = Platforms::new(Bases::default(), hooks.clone(), ORIGIN).expect("platforms");
        let post = Post {
            transport: Arc::new(Transport::Mailbox),
            public_url: ORIGIN.into(),
        };
        Deliverers::new(self.desk.clone(), Some(post), hooks, platforms)
    }

    /// What is due of one kind, claimed by somebody who does nothing with it.
    pub async fn claim(&self, kind: JobKind, now: Time, limit: usize) -> Vec<Claimed> {
        let room = Room {
            kinds: vec![kind],
            limit,
            channels: vec![],
            organisations: vec![],
        };
        let mut tx = self.desk.db.begin().await.expect("begin");
        let claimed = store::deliveries::queue::claim(&mut tx, now, &room).await;
        tx.commit().await.expect("commit");
        claimed.expect("a claim")
    }

    /// Makes everything due that waits for another try, whatever trouble its channel is in.
    pub async fn all_due(&self) {
        self.execute("delete from channels").await;
        self.execute("update deliveries set due_at = 0 where state = 'queued'")
            .await;
    }

    /// Delivers all letters owed, as if into the demo's mailbox.
    pub async fn deliver(&self) -> usize {
        let deliverers = self.deliverers();
        let mut all = 0;
        loop {
            match deliverers.round(&[JobKind::Letter]).await.expect("a round") {
                0 => return all,
                n => all += n,
            }
        }
    }

    /// Letters delivered so far to this address, oldest first.
    pub async fn letters_to(&self, email: &str) -> Vec<DemoMail> {
        self.deliver().await;
        let mut all = demo::organisation::demo_mailbox(&self.desk)
            .await
            .expect("the mailbox");
        all.sort_by_key(|m| m.sent_at);
        all.retain(|m| m.recipient == email);
        all
    }

    /// The token at the end of the only link with `/{stem}/` in the newest letter to this address.
    pub async fn token_mailed(&self, email: &str, stem: &str) -> String {
        let letters = self.letters_to(email).await;
        token_in(
            &letters
                .iter()
                .rfind(|l| l.text.contains(&format!("/{stem}/")))
                .expect("a letter")
                .text,
            stem,
        )
    }

    pub fn expects_owed_letters(&self) {
        self.letters_owed.store(true, Ordering::Relaxed);
    }

    /// Ends the test: nothing may be owed that was not expected.
    pub async fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        if !self.letters_owed.load(Ordering::Relaxed) {
            let owed = store::deliveries::queue::count_queued(
                &mut self.desk.db.read().await.expect("read"),
                &[JobKind::Letter],
            )
            .await
            .expect("a count");
            assert_eq!(
                owed, 0,
                "letters are still owed; deliver them or say expects_owed_letters()"
            );
        }
        self.counters_are_true().await;
        self.desk.db.close().await;
    }

    /// The numbers on the queue's tabs are what the rows say, whatever happened in the test.
    async fn counters_are_true(&self) {
        let missing = "select count(*) from (select org_id, tab, status, approval, kind, count(*) as n \
            from requests group by org_id, tab, status, approval, kind) r \
            left join request_counts c on c.org_id = r.org_id and c.tab = r.tab and c.status = r.status \
            and c.approval = r.approval and c.kind = r.kind where c.n is null or c.n <> r.n";
        let stale = "select count(*) from request_counts c where c.n <> 0 and not exists (select 1 \
            from requests r where r.org_id = c.org_id and r.tab = c.tab and r.status = c.status \
            and r.approval = c.approval and r.kind = c.kind)";
        assert_eq!(
            (self.count(missing).await, self.count(stale).await),
            (0, 0),
            "counters differ from the rows"
        );
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
        if !std::thread::panicking() {
            assert!(
                self.closed.load(Ordering::Relaxed),
                "a test must end with House::close, which looks for letters still owed"
            );
        }
    }
}

pub fn token_in(text: &str, stem: &str) -> String {
    let start = text.find(&format!("/{stem}/")).expect("a link") + stem.len() + 2;
    text[start..]
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_')
        .collect()
}

/// The same person at another time.
pub fn at(actor: &Actor, now: Time) -> Actor {
    let mut then = actor.clone();
    then.caller.now = now;
    then
}

pub fn profile(name: &str) -> Profile {
    Profile {
        name: name.into(),
        language: "en".into(),
        time_zone: "Europe/Berlin".into(),
        theme: "system".into(),
        keys: true,
    }
}

pub fn uuid(house: &House) -> String {
    house.mint().id::<RequestId>(house.now).to_string()
}

fn new_folder() -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("anteroom-test-{}", clock::mint().salt()));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}
