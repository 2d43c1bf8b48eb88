//! The desk of a bench, with the administrator whom `fill` founded.
use anteroom::desk::{Actor, Caller, Desk, account};
use anteroom::domain::account::Language;
use anteroom::domain::member::Membership;
use anteroom::domain::organisation::Slug;
use anteroom::serve::{files, server};
use anteroom::{clock, config};

/// The desk of a database that was founded already, with its administrator.
pub struct Bench {
    pub desk: Desk,
    pub admin: Actor,
    pub member: Membership,
}

/// Opens the database: arguments COOKIE DATA [--database URL], the cookie as `fill` printed it. A
/// statement may fill a table: it has an hour.
pub async fn open(mut args: Vec<String>) -> anyhow::Result<Bench> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cookie = args.remove(0);
    let data = args.remove(0);
    let config = config::parse(
        ["anteroom", "--data", &data, "--statement-seconds", "3600"]
            .map(str::to_owned)
            .into_iter()
            .chain(args),
        &|_| None,
    );
    let config = config.map_err(|e| anyhow::anyhow!("{e:?}"))?.1;
    let desk = server::desk(&config, files::open(&config).await?)?;
    let caller = Caller {
        now: clock::now(),
        place: "127.0.0.1".into(),
        agent: "bench".into(),
        language: Language::En,
        zone: None,
        session: None,
        posted: Default::default(),
    };
    let token = cookie.trim_start_matches("anteroom=");
    let admin = account::sessions::find_actor(&desk, token, &caller)
        .await?
        .ok_or_else(|| anyhow::anyhow!("no session"))?;
    let slug = Slug::parse("northlight").map_err(|why| anyhow::anyhow!("{why}"))?;
    let member = account::memberships::membership(&desk, &admin, &slug).await?;
    Ok(Bench { desk, admin, member })
}
