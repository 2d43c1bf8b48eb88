//! Deciding from chat: members link their identity there by a code, new requests are posted for
//! approvers, and a press of a button decides by the same guarded path as the queue.
use crate::chat::{Press, Send};
use crate::desk::account::limits;
use crate::desk::queue::decisions::Said;
use crate::desk::{Actor, Desk, mint, organisation_event};
use crate::domain::contact::{Contact, Standing};
use crate::domain::event::{Detail, What};
use crate::domain::ids::{ContactId, LetterId, RequestId};
use crate::domain::member::Membership;
use crate::domain::policy;
use crate::domain::request::{Kind, Request, Status, Verdict};
use crate::domain::role::Permission;
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time, Why};
use crate::store::chat::arrivals::Claimed;
use crate::store::chat::connectors::Kept;
use crate::store::chat::contacts::Linked;
use crate::store::chat::sends::{Due, Owed, Stands, What as Sent};
use crate::store::queue::list::Listed;
use crate::store::{self, Tx};
use serde::{Deserialize, Serialize};

/// How long a code works.
pub const CODE_LIFE: Span = Span::minutes(15);
/// The letters of a code: none that is easily taken for another.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// What is stored of something to send whose words are put together when it is sent, in the
/// connector's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "snake_case")]
pub enum Say {
    /// The request, with its buttons.
    Post,
    /// The same without them; `post`: what was sent first.
    Edit { post: LetterId },
    /// `pressed`: it answers a press of a button, and not a message.
    Whisper {
        route: String,
        person: String,
        answer_to: String,
        pressed: bool,
        told: Told,
    },
}

/// What whoever pressed a button, or sent a code, is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "told", rename_all = "snake_case")]
pub enum Told {
    Linked {
        name: String,
        organisation: String,
    },
    CodeUnknown,
    NotLinked,
    MayNot,
    OwnRequest,
    Gone,
    Over,
    /// Nothing was decided, and why.
    Refused {
        why: Why,
    },
    /// Decided already: by whom, what, when.
    Already {
        by: String,
        verdict: Verdict,
        at: Time,
    },
    /// A denial needs a reason, or the decision would pass over approvers: a page asks for it.
    OnPage {
        slug: String,
        request: RequestId,
        /// Whoever pressed is asked by a step; else it is the queue.
        asked: bool,
    },
    Done {
        verdict: Verdict,
    },
}

/// What a post shows.
pub struct Posted {
    pub slug: String,
    pub listed: Listed,
    pub status: Status,
    /// Where it stands, for an edit; for a post, the channel where it is to stand.
    pub stands: Stands,
}

impl Desk {
    /// A new code that links the account's chat identity; the former one works no longer.
    pub async fn make_chat_code(&self, actor: &Actor) -> Result<String> {
        let bytes = self.mint.bytes::<10>();
        let mut code: String = bytes
            .iter()
            .map(|b| char::from(LETTERS[usize::from(b % 32)]))
            .collect();
        code.insert(5, '-');
        let mut tx = self.db.begin().await?;
        store::chat::contacts::keep_code(&mut tx, actor.id(), &mint::hash(&code), actor.now() + CODE_LIFE)
            .await?;
        tx.commit().await?;
        Ok(code)
    }

    /// The account's own identities in chat.
    pub async fn chat_identities(&self, actor: &Actor) -> Result<Vec<Linked>> {
        store::chat::contacts::list_proven(&mut *self.db.read().await?, actor.id()).await
    }

    /// Gives up one of them.
    pub async fn unlink_chat(&self, actor: &Actor, id: &ContactId) -> Result<()> {
        let own = self
            .chat_identities(actor)
            .await?
            .into_iter()
            .find(|l| l.contact.id == *id)
            .ok_or(Error::NotFound)?;
        let mut tx = self.db.begin().await?;
        let held = store::chat::contacts::hold(&mut tx, &own.contact.organisation, id).await?;
        if held.proven_by() != Some(actor.id()) {
            return Err(Error::NotFound);
        }
        self.link(&mut tx, held, None, None, Some(actor), actor.now())
            .await?;
        tx.commit().await
    }

    /// Notes whose channel a contact is, by name or address; None: nobody's. That alone gives no
    /// right: only the member can prove it.
    pub async fn note_member(
        &self,
        actor: &Actor,
        member: &Membership,
        id: &ContactId,
        typed: Option<&str>,
    ) -> Result<()> {
        let permitted = policy::permitted(member, Permission::ConnectorsManage)?;
        let org = permitted.organisation();
        let mut tx = self.db.begin().await?;
        let account = match typed {
            None => None,
            Some(typed) => {
                Some(crate::desk::people::members::typed_member(&mut tx, org, "person", typed).await?)
            }
        };
        let held = store::chat::contacts::hold(&mut tx, org, id).await?;
        if held.member != account {
            self.link(&mut tx, held, account, None, Some(actor), actor.now())
                .await?;
        }
        tx.commit().await
    }

    async fn link(
        &self,
        tx: &mut Tx,
        before: Contact,
        member: Option<crate::domain::ids::AccountId>,
        proven_at: Option<Time>,
        actor: Option<&Actor>,
        now: Time,
    ) -> Result<Contact> {
        let said = |c: &Contact| {
            Some(
                c.member
                    .as_ref()
                    .map_or_else(|| "-".to_owned(), ToString::to_string),
            )
        };
        let after = Contact {
            member,
            proven_at,
            ..before.clone()
        };
        store::chat::contacts::save(tx, &after).await?;
        let place = actor.map(|a| a.caller.place.clone());
        let detail = Detail {
            before: said(&before),
            after: said(&after),
            place,
            ..Detail::default()
        };
        let by = actor.map(Actor::id).or(after.member.as_ref()).cloned();
        self.record(
            tx,
            now,
            &organisation_event(
                What::ContactLinked,
                &after.organisation,
                by.as_ref(),
                after.id.as_str(),
                detail,
            ),
        )
        .await?;
        Ok(Contact {
            version: before.version + 1,
            ..after
        })
    }

    /// If a code is in the message, uses it up: the contact is the member's whose code it is. The
    /// contact as it is then, if that was so, or if the message was meant to be a code, as far as
    /// can be told, and did not work.
    pub(crate) async fn try_code(
        &self,
        tx: &mut Tx,
        kept: &Kept,
        contact: &Contact,
        said: &str,
        now: Time,
    ) -> Result<Option<Contact>> {
        let Some((code, is_all)) = code_in(said) else {
            return Ok(None);
        };
        // Guessing is hopeless, and is stopped all the same.
        let is_late = self
            .try_once(tx, &limits::CHAT_CODES, contact.id.as_str(), now)
            .await?
            .is_some();
        let account = store::chat::contacts::use_code(tx, &mint::hash(&code), now)
            .await?
            .filter(|_| !is_late);
        let organisation = store::organisation::organisations::find(tx, &kept.organisation).await?;
        let belongs = match &account {
            Some(account) => store::people::members::find_active(tx, &organisation.slug, account)
                .await?
                .is_some(),
            None => false,
        };
        let Some(account) = account.filter(|_| belongs) else {
            // To whom messages are passed on, it may be anything: an order, a licence.
            if !is_all || contact.standing == Standing::Active {
                return Ok(None);
            }
            if !is_late {
                self.whisper(tx, kept, answer(contact, Told::CodeUnknown), now)
                    .await?;
            }
            return Ok(Some(contact.clone()));
        };
        let name = store::account::accounts::find(tx, &account).await?.name;
        let linked = self
            .link(tx, contact.clone(), Some(account), Some(now), None, now)
            .await?;
        let told = Told::Linked {
            name,
            organisation: organisation.name,
        };
        self.whisper(tx, kept, answer(contact, told), now).await?;
        Ok(Some(linked))
    }

    /// Owes a word to one person.
    async fn whisper(&self, tx: &mut Tx, kept: &Kept, say: Say, now: Time) -> Result<()> {
        let id: LetterId = self.mint.id(now);
        self.owe_say(
            tx,
            kept,
            None,
            Sent::Whisper,
            format!("whisper:{id}"),
            id,
            &say,
            now,
        )
        .await
    }

    #[allow(clippy::too_many_arguments)]
    async fn owe_say(
        &self,
        tx: &mut Tx,
        kept: &Kept,
        request: Option<&RequestId>,
        what: Sent,
        lane: String,
        id: LetterId,
        say: &Say,
        now: Time,
    ) -> Result<()> {
        let owed = Owed {
            id,
            organisation: &kept.organisation,
            connector: &kept.connector.id,
            contact: None,
            request,
            what,
            lane,
            send: serde_json::to_string(say).map_err(|_| Error::Internal)?,
        };
        store::chat::sends::owe(tx, &owed, now).await
    }

    /// Owes a post of a new request in each channel for approvers that the organisation has named.
    pub(crate) async fn post_for_approvers(&self, tx: &mut Tx, request: &Request, now: Time) -> Result<()> {
        for kept in store::chat::connectors::list_with_channel(tx, &request.organisation).await? {
            let lane = post_lane(&kept, &request.id);
            self.owe_say(
                tx,
                &kept,
                Some(&request.id),
                Sent::Post,
                lane,
                self.mint.id(now),
                &Say::Post,
                now,
            )
            .await?;
        }
        Ok(())
    }

    /// Owes the edit of every post whose request is decided or over; how many.
    pub async fn close_posts(&self, now: Time) -> Result<usize> {
        let due = store::chat::sends::list_posts_to_close(&mut *self.db.read().await?, now, 50).await?;
        for post in &due {
            let mut tx = self.db.begin().await?;
            let done = async {
                store::chat::sends::close_post(&mut tx, &post.organisation, &post.id).await?;
                let kept =
                    store::chat::connectors::find(&mut tx, &post.organisation, &post.connector).await?;
                let lane = post_lane(&kept, &post.request);
                let say = Say::Edit {
                    post: post.id.clone(),
                };
                self.owe_say(
                    &mut tx,
                    &kept,
                    Some(&post.request),
                    Sent::Edit,
                    lane,
                    self.mint.id(now),
                    &say,
                    now,
                )
                .await?;
                tx.commit().await
            };
            crate::desk::queue::sweep::unless_stale(done.await)?;
        }
        Ok(due.len())
    }

    /// What a post or its edit shows now; None: it is not to be sent any more.
    pub async fn posted(&self, due: &Due, kept: &Kept, say: &Say, now: Time) -> Result<Option<Posted>> {
        let Some(request) = &due.request else {
            return Ok(None);
        };
        let mut conn = self.db.read().await?;
        let organisation = store::organisation::organisations::find(&mut conn, &due.organisation).await?;
        let listed = store::queue::list::find(&mut conn, &due.organisation, request).await?;
        let status = listed.request.status_at(now);
        let stands = match say {
            Say::Edit { post } => store::chat::sends::find_post(&mut conn, &due.organisation, post).await?,
            // Decided before it was posted, or nowhere to post to any more: there is nothing to
            // press.
            _ if !status.is_open() || kept.connector.channel.is_empty() => return Ok(None),
            _ => Stands {
                message: String::new(),
                channel: kept.connector.channel.clone(),
            },
        };
        Ok(Some(Posted {
            slug: organisation.slug.to_string(),
            listed,
            status,
            stands,
        }))
    }

    /// Works on a press of a button; what whoever pressed is told.
    pub(crate) async fn pressed(&self, kept: &Kept, press: &Press, now: Time) -> Result<Told> {
        // Another button of the same app, or one made by hand, is none of ours.
        let Some((verdict, id)) = press.value.split_once(':') else {
            return Ok(Told::Gone);
        };
        let Some(verdict) = Verdict::parse(verdict) else {
            return Ok(Told::Gone);
        };
        let Ok(id) = RequestId::try_from(id.to_owned()) else {
            return Ok(Told::Gone);
        };
        let Some((actor, member)) = self.presser(kept, &press.person, now).await? else {
            return Ok(Told::NotLinked);
        };
        let request = match store::requests::find(&mut *self.db.read().await?, &kept.organisation, &id).await
        {
            Err(Error::NotFound) => return Ok(Told::Gone),
            found => found?,
        };
        let said = Said::from(verdict);
        let done = if request.kind() == Kind::Resource {
            let asked = self.is_waited_for(&actor, &member, &request).await?;
            let needs_page = verdict == Verdict::Reject || (!asked && request.is_overridden_in_queue());
            match (needs_page, asked) {
                (true, _) => self
                    .on_page(&member, &request, asked, now)
                    .await
                    .map_or_else(Err, |told| Ok(Some(told))),
                (false, true) => self.vote(&actor, &member, &id, &said).await.map(|()| None),
                (false, false) => self.decide_with(&actor, &member, &id, &said).await.map(|()| None),
            }
        } else {
            self.decide_with(&actor, &member, &id, &said).await.map(|()| None)
        };
        match done {
            Ok(told) => Ok(told.unwrap_or(Told::Done { verdict })),
            Err(Error::AlreadyDecided { by, verdict, at }) => Ok(Told::Already { by, verdict, at }),
            Err(Error::Forbidden | Error::SecondFactorDemanded) => Ok(Told::MayNot),
            Err(Error::Refused(Why::OwnRequest)) => Ok(Told::OwnRequest),
            Err(Error::Refused(why)) => Ok(Told::Refused { why }),
            Err(Error::NotFound) => Ok(Told::Gone),
            Err(e) => Err(e),
        }
    }

    /// Where whoever may decide this is asked for what a button cannot say.
    async fn on_page(&self, member: &Membership, request: &Request, asked: bool, now: Time) -> Result<Told> {
        if let Some(already) =
            crate::desk::queue::decisions::already(&mut *self.db.read().await?, request).await?
        {
            return Err(already);
        }
        if !request.is_open(now) {
            return Ok(Told::Over);
        }
        if !asked {
            policy::permitted(member, Permission::RequestsDecide)?;
        }
        Ok(Told::OnPage {
            slug: member.slug.to_string(),
            request: request.id.clone(),
            asked,
        })
    }

    /// Whether the flow of this request asks the member, also one who may not decide in the queue.
    async fn is_waited_for(&self, actor: &Actor, member: &Membership, request: &Request) -> Result<bool> {
        let found = store::access::steps::find_assignment(
            &mut *self.db.read().await?,
            &member.organisation,
            &request.id,
            actor.id(),
        )
        .await?;
        Ok(found.is_some_and(|a| !a.over))
    }

    /// The member who has proven that they are this person; None: nobody has, or is no member any
    /// more.
    async fn presser(&self, kept: &Kept, person: &str, now: Time) -> Result<Option<(Actor, Membership)>> {
        let mut conn = self.db.read().await?;
        let contact =
            store::chat::contacts::find_by_person(&mut conn, &kept.organisation, &kept.connector.id, person)
                .await?;
        let contact = contact.filter(|c| c.standing != Standing::Blocked);
        let Some(account) = contact.as_ref().and_then(Contact::proven_by).cloned() else {
            return Ok(None);
        };
        let found = self
            .on_behalf_of(
                &mut conn,
                &kept.organisation,
                &account,
                kept.connector.platform.as_str(),
                now,
            )
            .await?;
        Ok(found.filter(|(_, member)| member.open(now).is_ok()))
    }

    /// Writes down that something that came was worked on, and answers whoever pressed.
    pub(crate) async fn finish_press(
        &self,
        claimed: &Claimed,
        kept: &Kept,
        press: &Press,
        told: Told,
        now: Time,
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let (route, person, answer_to) = (press.route.clone(), press.person.clone(), press.answer_to.clone());
        self.whisper(
            &mut tx,
            kept,
            Say::Whisper {
                route,
                person,
                answer_to,
                pressed: true,
                told,
            },
            now,
        )
        .await?;
        store::chat::arrivals::finish(&mut tx, claimed, &store::outbox::Outcome::Sent, now).await?;
        tx.commit().await
    }
}

/// An answer to somebody's own message.
fn answer(contact: &Contact, told: Told) -> Say {
    Say::Whisper {
        route: contact.route.clone(),
        person: contact.person.clone(),
        answer_to: String::new(),
        pressed: false,
        told,
    }
}

/// One lane for each post: its edit comes after it.
fn post_lane(kept: &Kept, request: &RequestId) -> String {
    format!("post:{}:{request}", kept.connector.id)
}

/// The first thing in a message that looks like a code (five letters, a dash, five letters), and
/// whether the message is nothing else.
fn code_in(said: &str) -> Option<(String, bool)> {
    let shaped = |code: &String| {
        code.len() == 11
            && code
                .bytes()
                .enumerate()
                .all(|(n, b)| if n == 5 { b == b'-' } else { LETTERS.contains(&b) })
    };
    let bare = |word: &str| {
        word.trim_matches(|c: char| !c.is_alphanumeric())
            .to_ascii_uppercase()
    };
    let code = said.split_whitespace().map(bare).find(shaped)?;
    Some((code, said.split_whitespace().count() == 1))
}

/// What a whisper is to a platform, once it has words.
pub fn whispered(say: &Say, text: String) -> Option<Send> {
    let Say::Whisper {
        route,
        person,
        answer_to,
        pressed,
        ..
    } = say
    else {
        return None;
    };
    if !pressed {
        return Some(Send::Text {
            route: route.clone(),
            text,
        });
    }
    Some(Send::Whisper {
        route: route.clone(),
        person: person.clone(),
        answer_to: answer_to.clone(),
        text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_from_messages() {
        for (said, is_all) in [
            (" abcde-fghjk ", true),
            ("ABCDE-FGHJK.", true),
            ("My code: ABCDE-FGHJK", false),
            ("\"abcde-fghjk\", thanks", false),
        ] {
            assert_eq!(code_in(said), Some(("ABCDE-FGHJK".into(), is_all)), "{said}");
        }
        for other in [
            "ABCDEFGHJK",
            "hello-world",
            "ABCDE-FGHJ0",
            "ABCDE-FGHJKL",
            "äBCDE-FGHJ",
        ] {
            assert_eq!(code_in(other), None, "{other}");
        }
    }
}
