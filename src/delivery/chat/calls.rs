//! Calls to platforms and to organisations' agents. Addresses of platforms are the operator's;
//! those of agents are typed by administrators, and called as hooks are.
use crate::chat::sent::{Beside, Method, Send, SendResult, Wanted};
use crate::chat::{self};
use crate::clock;
use crate::delivery::chat::workers::{PlatformToken, Platforms};
use crate::delivery::hooks::provisioning::{HookTrouble, silence};
use crate::desk::chat::connectors::ConnectorSecrets;
use crate::desk::chat::contacts::window_is_over;
use crate::desk::{self, Desk};
use crate::domain::connector::Platform;
use crate::domain::contact::Contact;
use crate::domain::time::Span;
use crate::domain::{Result, delivery_failure};
use crate::store::chat::connectors::Kept;
use crate::store::deliveries::messages::Due;
use std::time::{Duration, Instant};

/// The largest answer that is read.
const LARGEST: usize = 1024 * 1024;
/// How long the Bot Framework's keys are trusted, and how soon they may be asked for again when one
/// is missing.
const KEYS_LIFE: Duration = Duration::from_secs(24 * 3600);
const KEYS_PAUSE: Duration = Duration::from_secs(60);

/// How long a platform may take to tell a name: what came waits for it.
const NAME_PATIENCE: Duration = Duration::from_secs(5);

/// What any platform answers that took something, for the demo.
const TAKEN: &str = r#"{"ok":true,"ts":"1.1","result":{"message_id":1},"messages":[{"id":"1"}],
    "sid":"1","id":"1","access_token":"demo","expires_in":3600}"#;

/// What a platform answered.
struct CallAnswer {
    status: u16,
    retry_after: Option<i64>,
    body: Vec<u8>,
}

impl Platforms {
    /// Fetches the Bot Framework's keys where none are held or they are old, or where one was
    /// `missing` among them; once a minute at the most, whoever asks, so that nobody can have it
    /// called at will. While keys are held, nobody waits for fresh ones but who needs one.
    pub async fn learn_keys(&self, missing: bool) {
        let is_old = self
            .keys
            .read()
            .await
            .as_ref()
            .map(|(_, since)| since.elapsed() >= KEYS_LIFE);
        let mut asked = match is_old {
            Some(false) if !missing => return,
            Some(true) if !missing => match self.keys_asked.try_lock() {
                Ok(asked) => asked,
                Err(_) => return,
            },
            _ => self.keys_asked.lock().await,
        };
        if asked.is_some_and(|at| at.elapsed() < KEYS_PAUSE) {
            return;
        }
        *asked = Some(Instant::now());
        let wanted = Wanted {
            method: Method::Get,
            url: self.bases.teams_keys.clone(),
            headers: Vec::new(),
            body: None,
        };
        match self
            .ask(&wanted)
            .await
            .ok()
            .filter(|a| a.status == 200)
            .and_then(|a| crate::chat::teams_keys::TeamsKeys::parse(&a.body, &self.bases.teams_issuer))
        {
            Some(found) => *self.keys.write().await = Some((found, Instant::now())),
            None => tracing::warn!("the keys of the Bot Framework could not be fetched"),
        }
    }

    /// What somebody goes by; None: the platform tells no name. An error: it may tell one a little
    /// later.
    pub(crate) async fn name_of(
        &self,
        kept: &Kept,
        known: &ConnectorSecrets,
        person: &str,
    ) -> Result<Option<String>, String> {
        let wanted = chat::who(known, &self.bases, person);
        let answer = tokio::time::timeout(NAME_PATIENCE, self.ask(&wanted))
            .await
            .map_err(|_| delivery_failure::NO_ANSWER.to_owned())??;
        match chat::judge(
            kept.connector.platform,
            answer.status,
            answer.retry_after,
            &answer.body,
        ) {
            SendResult::Later(why, _) => Err(harmless(SendResult::Never(why), known).why()),
            SendResult::Sent(_) => Ok(chat::name_of(&answer.body)),
            _ => Ok(None),
        }
    }

    pub(crate) async fn tell_agent(&self, desk: &Desk, kept: &Kept, due: &Due) -> Result<SendResult> {
        let now = clock::now();
        let secrets = desk::chat::secrets::agent_secrets(desk, kept, now)?;
        if secrets.is_empty() {
            return Ok(SendResult::Never(delivery_failure::NO_AGENT.into()));
        }
        let called = self
            .hooks
            .call(
                &kept.connector.agent,
                &secrets,
                due.hold.id.as_str(),
                &due.send,
                now,
            )
            .await;
        Ok(match called {
            Ok(()) => SendResult::Sent(String::new()),
            Err(HookTrouble::Channel(why)) => SendResult::Channel(why),
            // Whatever it answers: its messages wait in their order until it takes them, as long as
            // anything is tried.
            Err(HookTrouble::Passing(why) | HookTrouble::Final(why)) => SendResult::Later(why, None),
        })
    }

    /// Sends a message; where it is too late for a text, the template in its place.
    pub(crate) async fn tell_platform(
        &self,
        kept: &Kept,
        known: &ConnectorSecrets,
        contact: Option<&Contact>,
        send: Send,
    ) -> SendResult {
        let template = match &send {
            Send::Text { route, .. } if kept.connector.has_template() => {
                Some(Send::Template { route: route.clone() })
            }
            _ => None,
        };
        let is_late = contact.is_some_and(|c| window_is_over(kept, c, clock::now()));
        let fate = match (&template, is_late) {
            (Some(template), true) => self.ask_platform(kept, known, template).await,
            _ => self.ask_platform(kept, known, &send).await,
        };
        let fate = match (&fate, &template) {
            (SendResult::WindowOver, Some(template)) => self.ask_platform(kept, known, template).await,
            _ => fate,
        };
        harmless(fate, known)
    }

    async fn ask_platform(&self, kept: &Kept, known: &ConnectorSecrets, send: &Send) -> SendResult {
        let platform = kept.connector.platform;
        let token = match self.token(kept, known).await {
            Ok(token) => token,
            Err(fate) => return fate,
        };
        let webhook = format!("{}/hooks/{}/{}", self.public_url, platform.as_str(), kept.hook);
        let wanted = match chat::wanted(
            platform,
            known,
            &self.bases,
            send,
            Beside {
                token: &token,
                webhook: &webhook,
            },
        ) {
            Ok(wanted) => wanted,
            Err(why) => return SendResult::Never(why),
        };
        let fate = match self.ask(&wanted).await {
            Ok(a) => chat::judge(platform, a.status, a.retry_after, &a.body),
            Err(why) => unheard(why),
        };
        if fate == SendResult::TokenRefused {
            self.tokens.lock().await.remove(&kept.connector.id);
        }
        fate
    }

    /// The access token of a Teams connector, fetched where none is held; other platforms need
    /// none.
    async fn token(&self, kept: &Kept, known: &ConnectorSecrets) -> Result<String, SendResult> {
        if kept.connector.platform != Platform::Teams {
            return Ok(String::new());
        }
        let now = clock::now();
        // Another version may have other credentials.
        let held = self.tokens.lock().await.get(&kept.connector.id).cloned();
        if let Some(token) = held.filter(|token| token.version == kept.connector.version && now < token.until)
        {
            return Ok(token.text);
        }
        let answer = self
            .ask(&chat::check(Platform::Teams, known, &self.bases))
            .await
            .map_err(unheard)?;
        match (answer.status, chat::teams::token_of(&answer.body)) {
            (200, Some((token, seconds))) => {
                let until = now + Span::seconds(seconds) - Span::minutes(5);
                self.tokens.lock().await.insert(
                    kept.connector.id.clone(),
                    PlatformToken {
                        version: kept.connector.version,
                        text: token.clone(),
                        until,
                    },
                );
                Ok(token)
            }
            // A good answer without a token is no delivery: it is asked for again.
            (200, None) => Err(SendResult::Later(delivery_failure::NO_TOKEN.into(), None)),
            _ => Err(chat::judge(
                Platform::Teams,
                answer.status,
                answer.retry_after,
                &answer.body,
            )),
        }
    }

    /// Whether a connector's credentials are good, by asking the platform; what it says where they
    /// are not.
    pub async fn check(&self, platform: Platform, known: &ConnectorSecrets) -> Result<(), String> {
        let answer = self.ask(&chat::check(platform, known, &self.bases)).await?;
        match harmless(
            chat::judge(platform, answer.status, answer.retry_after, &answer.body),
            known,
        ) {
            SendResult::Sent(_) => Ok(()),
            other => Err(other.why()),
        }
    }

    async fn ask(&self, wanted: &Wanted) -> Result<CallAnswer, String> {
        if self.pretends {
            return Ok(CallAnswer {
                status: 200,
                retry_after: None,
                body: TAKEN.into(),
            });
        }
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
        let mut answer = request.send().await.map_err(|e| silence(&e))?;
        let retry_after = answer
            .headers()
            .get("retry-after")
            .and_then(|v| v.to_str().ok())
            .and_then(|v| v.trim().parse().ok());
        let status = answer.status().as_u16();
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(|e| silence(&e))? {
            if body.len() + part.len() > LARGEST {
                return Err(delivery_failure::TOO_MUCH.into());
            }
            body.extend_from_slice(&part);
        }
        Ok(CallAnswer {
            status,
            retry_after,
            body,
        })
    }
}

/// A platform that cannot be reached is so for all; an answer that does not come may be this
/// message's fault.
fn unheard(why: String) -> SendResult {
    if why == delivery_failure::NOT_REACHABLE {
        SendResult::Channel(why)
    } else {
        SendResult::Later(why, None)
    }
}

/// What a platform says, as it may be kept and shown: without the secrets that it may repeat, and
/// with nothing hostile in it.
fn harmless(fate: SendResult, known: &ConnectorSecrets) -> SendResult {
    let tame = |why: String| {
        let why = known
            .values()
            .filter(|value| value.len() >= 6)
            .fold(why, |why, value| why.replace(value.as_str(), "…"));
        delivery_failure::said(&why)
    };
    match fate {
        SendResult::Sent(message) => SendResult::Sent(chat::message_id(&message)),
        SendResult::Later(why, after) => SendResult::Later(tame(why), after),
        SendResult::Channel(why) => SendResult::Channel(tame(why)),
        SendResult::Never(why) => SendResult::Never(tame(why)),
        SendResult::Unreachable(why) => SendResult::Unreachable(tame(why)),
        other => other,
    }
}
