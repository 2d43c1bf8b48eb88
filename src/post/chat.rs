//! Chat, outbound and at work: what came is worked on, what is owed is sent to platforms and to organisations' agents. Addresses of platforms
//! are the operator's; those of agents are typed by administrators, and called as hooks are.
use super::chat_words;
use super::hooks::{self, Hooks, Trouble};
use super::worker;
use crate::chat::{self, Bases, Fate, Method, Send, Wanted};
use crate::desk::Desk;
use crate::desk::connectors::Known;
use crate::desk::contacts::window_is_over;
use crate::desk::pressing::Say;
use crate::domain::connector::Platform;
use crate::domain::contact::Contact;
use crate::domain::ids::ConnectorId;
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time};
use crate::store;
use crate::store::chat::{Claimed, Due, Way, What};
use crate::store::connectors::Kept;
use crate::store::outbox::Outcome;
use crate::web::clock;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, Notify, RwLock};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

const PATIENCE: Duration = Duration::from_secs(15);
const ROUND: Duration = Duration::from_secs(5);
/// What is worked on, and sent on each way, at the same time.
const EVENTS: usize = 16;
const SENDS: usize = 32;
/// After so many tries something is given up: with the worker's delays, after about a day and a half.
const TRIES: i64 = 14;
/// The largest answer that is read.
const LARGEST: usize = 1024 * 1024;
/// How long the Bot Framework's keys are trusted, and how soon they may be asked for again when one is missing.
const KEYS_LIFE: Duration = Duration::from_secs(24 * 3600);
const KEYS_PAUSE: Duration = Duration::from_secs(60);

/// The way to the platforms. Cloning shares it.
#[derive(Clone)]
pub struct Platforms {
    client: reqwest::Client,
    pub bases: Arc<Bases>,
    /// Where links lead.
    public_url: Arc<str>,
    hooks: Hooks,
    /// The Bot Framework's keys, as far as they are known.
    pub keys: Arc<RwLock<Option<chat::teams::Keys>>>,
    /// When they were asked for last.
    keys_asked: Arc<Mutex<Option<Instant>>>,
    /// Access tokens of Teams connectors, until shortly before they end.
    tokens: Arc<Mutex<HashMap<ConnectorId, (String, Time)>>>,
}

/// What a platform answered.
struct Answer {
    status: u16,
    retry_after: Option<i64>,
    body: Vec<u8>,
}

impl Platforms {
    /// `public_url`: where links begin, from the configuration.
    pub fn new(bases: Bases, hooks: Hooks, public_url: &str) -> Result<Self> {
        Ok(Self {
            client: hooks::built(hooks::client(PATIENCE))?,
            bases: Arc::new(bases),
            public_url: public_url.into(),
            hooks,
            keys: Arc::default(),
            keys_asked: Arc::default(),
            tokens: Arc::default(),
        })
    }

    /// Works on what came until told to stop.
    pub async fn work(self, desk: Desk, stop: CancellationToken) {
        let mut under_way = JoinSet::new();
        while !stop.is_cancelled() {
            let begun = self.begin_work(&desk, &mut under_way).await;
            rest(begun, &mut under_way, EVENTS, &desk.db.chat_bell, &stop).await;
        }
        under_way.join_all().await;
    }

    /// Sends one way until told to stop: a slow agent keeps no platform waiting.
    pub async fn send(self, desk: Desk, way: Way, stop: CancellationToken) {
        let bell = if way == Way::Agents { &desk.db.agent_bell } else { &desk.db.send_bell };
        let mut under_way = JoinSet::new();
        while !stop.is_cancelled() {
            if way == Way::Platforms
                && let Err(e) = desk.close_posts(clock::now()).await
            {
                tracing::warn!(cause = %e, "posts of decided requests could not be edited");
            }
            let begun = self.begin_sending(&desk, way, &mut under_way).await;
            rest(begun, &mut under_way, SENDS, bell, &stop).await;
        }
        under_way.join_all().await;
    }

    /// Works on what waits now, one batch, to its end; how much it was.
    pub async fn work_round(&self, desk: &Desk) -> Result<usize> {
        let mut under_way = JoinSet::new();
        let begun = self.begin_work(desk, &mut under_way).await?;
        under_way.join_all().await;
        Ok(begun)
    }

    /// Sends what is due now, one batch each way, to its end; how much it was.
    pub async fn send_round(&self, desk: &Desk) -> Result<usize> {
        let mut under_way = JoinSet::new();
        let begun = self.begin_sending(desk, Way::Platforms, &mut under_way).await?;
        let more = self.begin_sending(desk, Way::Agents, &mut under_way).await?;
        under_way.join_all().await;
        Ok(begun + more)
    }

    /// Fetches the Bot Framework's keys where none are held or they are old, or where one was `missing` among them; once a minute at the
    /// most, whoever asks, so that nobody can have it called at will.
    pub async fn learn_keys(&self, missing: bool) {
        let mut asked = self.keys_asked.lock().await;
        let within = |span: Duration| asked.is_some_and(|at| at.elapsed() < span);
        let holds = within(KEYS_LIFE) && self.keys.read().await.is_some();
        if within(KEYS_PAUSE) || (holds && !missing) {
            return;
        }
        *asked = Some(Instant::now());
        let wanted = Wanted { method: Method::Get, url: self.bases.teams_keys.clone(), headers: Vec::new(), body: None };
        match self.ask(&wanted).await.ok().filter(|a| a.status == 200).and_then(|a| chat::teams::Keys::parse(&a.body)) {
            Some(found) => *self.keys.write().await = Some(found),
            None => tracing::warn!("the keys of the Bot Framework could not be fetched"),
        }
    }

    /// Begins to work on what waits now, as far as there is room; how much it is.
    async fn begin_work(&self, desk: &Desk, under_way: &mut JoinSet<()>) -> Result<usize> {
        let room = EVENTS.saturating_sub(under_way.len());
        let mut tx = desk.db.begin().await?;
        let claimed = store::chat::claim(&mut tx, clock::now(), room as i64).await?;
        if claimed.is_empty() {
            return Ok(0);
        }
        tx.commit().await?;
        let begun = claimed.len();
        for one in claimed {
            let (platforms, desk) = (self.clone(), desk.clone());
            under_way.spawn(async move {
                let Err(e) = platforms.work_on(&desk, &one).await else { return };
                let now = clock::now();
                let next = (one.attempts + 1 < TRIES).then(|| now + worker::delay(one.attempts, desk.mint));
                tracing::warn!(cause = %e, "what came by chat could not be worked on");
                if let Err(e) = desk.put_off_arrival(&one, &e, next, now).await {
                    tracing::warn!(cause = %e, "nor put off; it will be tried again");
                }
            });
        }
        Ok(begun)
    }

    /// Begins to send what is due now, as far as there is room; how much it is.
    async fn begin_sending(&self, desk: &Desk, way: Way, under_way: &mut JoinSet<()>) -> Result<usize> {
        let room = SENDS.saturating_sub(under_way.len());
        let mut tx = desk.db.begin().await?;
        let due = store::chat::claim_sends(&mut tx, way, clock::now(), room as i64).await?;
        if due.is_empty() {
            return Ok(0);
        }
        tx.commit().await?;
        let begun = due.len();
        for one in due {
            let (platforms, desk) = (self.clone(), desk.clone());
            under_way.spawn(async move {
                if let Err(e) = platforms.deliver(&desk, &one).await {
                    tracing::warn!(cause = %e, "how a message fared could not be written down; it will be sent again");
                }
            });
        }
        Ok(begun)
    }

    async fn work_on(&self, desk: &Desk, claimed: &Claimed) -> Result<()> {
        let name = match desk.nameless(claimed).await? {
            Some((kept, person)) => {
                let (known, _) = desk.connector_knows(&kept, clock::now())?;
                let answer = self.ask(&chat::who(&known, &self.bases, &person)).await;
                answer.ok().and_then(|a| chat::name_of(&a.body))
            }
            None => None,
        };
        desk.work_on_arrival(claimed, name.as_deref(), clock::now()).await
    }

    async fn deliver(&self, desk: &Desk, due: &Due) -> Result<()> {
        let Some((kept, contact)) = desk.due_for(due).await? else {
            return desk.sent(due, &Outcome::Dropped, None, clock::now()).await;
        };
        let fate = if due.what == What::Agent {
            self.tell_agent(desk, &kept, due).await?
        } else {
            let Some(send) = self.worded(desk, &kept, due).await? else {
                return desk.sent(due, &Outcome::Dropped, None, clock::now()).await;
            };
            let (known, _) = desk.connector_knows(&kept, clock::now())?;
            without_secrets(self.tell_platform(&kept, &known, contact.as_ref(), send).await, &known)
        };
        let now = clock::now();
        let later = |why: &str, after: Option<i64>| {
            if due.attempts + 1 >= TRIES {
                return Outcome::Failed(why.to_owned());
            }
            // However soon the platform would have it: many tries in a few seconds are no more use than one.
            let delay = worker::delay(due.attempts, desk.mint).max(Span::seconds(after.unwrap_or(0).clamp(0, 3600)));
            Outcome::Deferred(why.to_owned(), now + delay)
        };
        let outcome = match &fate {
            Fate::Sent(_) => Outcome::Sent,
            Fate::Later(why, after) => later(why, *after),
            Fate::Never(why) | Fate::Unreachable(why) => Outcome::Failed(why.clone()),
            Fate::Moved(to) => {
                desk.move_channel(&kept, to, now).await?;
                later("the channel has another id now", None)
            }
            Fate::TokenRefused => later("the access token was refused", None),
        };
        desk.sent(due, &outcome, Some(&fate), now).await
    }

    /// What is to be sent, with its words; None: nothing any more.
    async fn worded(&self, desk: &Desk, kept: &Kept, due: &Due) -> Result<Option<Send>> {
        if !matches!(due.what, What::Post | What::Edit | What::Whisper) {
            return serde_json::from_str(&due.send).map(Some).map_err(|_| Error::Internal);
        }
        let say: Say = serde_json::from_str(&due.send).map_err(|_| Error::Internal)?;
        if due.what == What::Whisper {
            return Ok(chat_words::whisper(&kept.connector, &say, &self.public_url));
        }
        let posted = desk.posted(due, &say, clock::now()).await?;
        Ok(posted.map(|p| chat_words::post(&kept.connector, &say, &p, &self.public_url)))
    }

    async fn tell_agent(&self, desk: &Desk, kept: &Kept, due: &Due) -> Result<Fate> {
        let now = clock::now();
        let secrets = desk.agent_secrets(kept, now)?;
        if secrets.is_empty() {
            return Ok(Fate::Never("there is no agent any more".into()));
        }
        let called = self.hooks.call(&kept.connector.agent, &secrets, due.id.as_str(), &due.send, now).await;
        Ok(match called {
            Ok(()) => Fate::Sent(String::new()),
            // Whatever it answers: its messages wait in their order until it takes them, as long as anything is tried.
            Err(Trouble::Passing(why) | Trouble::Final(why)) => Fate::Later(why, None),
        })
    }

    async fn tell_platform(&self, kept: &Kept, known: &Known, contact: Option<&Contact>, send: Send) -> Fate {
        let platform = kept.connector.platform;
        let send = match (&send, contact) {
            (Send::Text { route, .. }, Some(contact))
                if window_is_over(kept, contact, clock::now()) && known.get("template").is_some_and(|t| !t.is_empty()) =>
            {
                let of = |name: &str| known.get(name).cloned().unwrap_or_default();
                Send::Template { route: route.clone(), name: of("template"), language: of("template_language") }
            }
            _ => send,
        };
        let token = match self.token(kept, known).await {
            Ok(token) => token,
            Err(fate) => return fate,
        };
        let wanted = match chat::wanted(platform, known, &self.bases, &send, &token) {
            Ok(wanted) => wanted,
            Err(why) => return Fate::Never(why),
        };
        let fate = match self.ask(&wanted).await {
            Ok(a) => chat::judge(platform, a.status, a.retry_after, &a.body),
            Err(why) => Fate::Later(why, None),
        };
        if fate == Fate::TokenRefused {
            self.tokens.lock().await.remove(&kept.connector.id);
        }
        fate
    }

    /// The access token of a Teams connector, fetched where none is held; other platforms need none.
    async fn token(&self, kept: &Kept, known: &Known) -> Result<String, Fate> {
        if kept.connector.platform != Platform::Teams {
            return Ok(String::new());
        }
        let now = clock::now();
        if let Some((token, _)) = self.tokens.lock().await.get(&kept.connector.id).filter(|(_, until)| now < *until) {
            return Ok(token.clone());
        }
        let answer = self.ask(&chat::check(Platform::Teams, known, &self.bases)).await.map_err(|why| Fate::Later(why, None))?;
        match (answer.status, chat::teams::token_of(&answer.body)) {
            (200, Some((token, seconds))) => {
                let until = now + Span::seconds(seconds) - Span::minutes(5);
                self.tokens.lock().await.insert(kept.connector.id.clone(), (token.clone(), until));
                Ok(token)
            }
            // A good answer without a token is no delivery: it is asked for again.
            (200, None) => Err(Fate::Later("no access token was given".into(), None)),
            _ => Err(chat::judge(Platform::Teams, answer.status, answer.retry_after, &answer.body)),
        }
    }

    /// Whether a connector's credentials are good, by asking the platform; what it says where they are not.
    pub async fn check(&self, platform: Platform, known: &Known) -> Result<(), String> {
        let answer = self.ask(&chat::check(platform, known, &self.bases)).await?;
        match without_secrets(chat::judge(platform, answer.status, answer.retry_after, &answer.body), known) {
            Fate::Sent(_) => Ok(()),
            Fate::Later(why, _) | Fate::Never(why) | Fate::Unreachable(why) | Fate::Moved(why) => Err(why),
            Fate::TokenRefused => Err("401".into()),
        }
    }

    async fn ask(&self, wanted: &Wanted) -> Result<Answer, String> {
        // What goes wrong is told without the address: a token may be in it.
        let silent = |e: reqwest::Error| if e.is_timeout() { "no answer in time".to_owned() } else { "not reachable".to_owned() };
        let mut request = match wanted.method {
            Method::Get => self.client.get(&wanted.url),
            Method::Post => self.client.post(&wanted.url),
            Method::Put => self.client.put(&wanted.url),
        };
        for (name, value) in &wanted.headers {
            request = request.header(*name, value);
        }
        if let Some((kind, body)) = &wanted.body {
            request = request.header("content-type", *kind).body(body.clone());
        }
        let mut answer = request.send().await.map_err(silent)?;
        let retry_after = answer.headers().get("retry-after").and_then(|v| v.to_str().ok()).and_then(|v| v.trim().parse().ok());
        let status = answer.status().as_u16();
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(silent)? {
            if body.len() + part.len() > LARGEST {
                return Err("answered with too much".into());
            }
            body.extend_from_slice(&part);
        }
        Ok(Answer { status, retry_after, body })
    }
}

/// What a platform says of a failure, without what it must not say: it may repeat a token.
fn without_secrets(fate: Fate, known: &Known) -> Fate {
    let tame = |why: String| {
        let why = known.values().filter(|value| value.len() >= 6).fold(why, |why, value| why.replace(value.as_str(), "…"));
        why.chars().take(300).collect()
    };
    match fate {
        Fate::Later(why, after) => Fate::Later(tame(why), after),
        Fate::Never(why) => Fate::Never(tame(why)),
        Fate::Unreachable(why) => Fate::Unreachable(tame(why)),
        other => other,
    }
}

/// Rests until told to stop, until the bell rings or something is finished, or a while; not at all where something was begun and there is
/// room for more.
async fn rest(begun: Result<usize>, under_way: &mut JoinSet<()>, most: usize, bell: &Notify, stop: &CancellationToken) {
    while under_way.try_join_next().is_some() {}
    match begun {
        Ok(n) if n > 0 && under_way.len() < most => return,
        Ok(_) => {}
        Err(e) => tracing::warn!(cause = %e, "what waits in chat could not be claimed"),
    }
    tokio::select! {
        () = stop.cancelled() => {}
        () = bell.notified() => {}
        Some(_) = under_way.join_next() => {}
        () = tokio::time::sleep(ROUND) => {}
    }
}
