//! Letters owed: with their readers, and the sealed secrets of their links.
use super::hold::Hold;
use super::lanes::{Fresh, list_waiting, lock, overtake, owe as owe_fresh};
use crate::domain::account::{Email, Language};
use crate::domain::delivery::{Channel, DeliveryState, JobKind};
use crate::domain::ids::{AccountId, InvitationId, LetterId, OrganisationId, RequestId};
use crate::domain::notice::{Letter, Notice};
use crate::domain::{Result, Time};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Row, Statement as _, impossible};

/// A letter that the worker holds.
#[derive(Clone, Debug)]
pub struct ClaimedLetter {
    pub hold: Hold,
    pub to: Email,
    pub language: Language,
    pub letter: Letter,
    pub account: Option<AccountId>,
    pub request: Option<RequestId>,
    pub invitation: Option<InvitationId>,
    pub sealed: Option<String>,
}

/// Owes a letter, behind those to the same reader about the same thing; those of them that it
/// overtakes are not sent any more. `sealed`: the encrypted secret of its link, erased on delivery.
pub async fn owe(tx: &mut Tx, id: &LetterId, notice: &Notice, sealed: Option<&str>, now: Time) -> Result<()> {
    let thing = notice.letter.thing(notice.organisation.as_ref());
    let lane = thing.map_or_else(|| format!("letter:{id}"), |thing| lane(&notice.to, &thing));
    for (waiting, job) in list_waiting(tx, &lane).await? {
        if notice.letter.overtakes(&read_letter(&job)?) {
            overtake(tx, &waiting, now).await?;
        }
    }
    let fresh = Fresh {
        id,
        kind: JobKind::Letter,
        organisation: notice.organisation.as_ref(),
        channel: Channel::mail(),
        lane: &lane,
        job: serde_json::to_string(&notice.letter).map_err(|_| impossible("what is to be stored"))?,
        beside: vec![
            ("account_id", notice.account.as_ref().map(ToString::to_string)),
            ("request_id", notice.request.as_ref().map(ToString::to_string)),
            (
                "invitation_id",
                notice.invitation.as_ref().map(ToString::to_string),
            ),
            ("recipient", Some(notice.to.to_string())),
            ("language", Some(notice.language.tag().to_owned())),
            ("sealed", sealed.map(str::to_owned)),
        ],
    };
    owe_fresh(tx, fresh, now).await.map(drop)
}

/// The lane of letters about one thing to one reader.
fn lane(to: &Email, thing: &str) -> String {
    format!("letter:{}:{thing}", to.key())
}

/// The newest letter to this reader that is about the same as `like`, and how it fares.
pub async fn find_newest(
    conn: &mut Conn,
    org: &OrganisationId,
    to: &Email,
    like: &Letter,
) -> Result<Option<(DeliveryState, Letter)>> {
    let Some(thing) = like.thing(Some(org)) else {
        return Ok(None);
    };
    sqlx::query(
        "select state, job from deliveries where org_id = $1 and lane = $2 order by number desc limit 1",
    )
    .bind(org.as_str())
    .bind(lane(to, &thing))
    .find(conn, |r| {
        let state = DeliveryState::parse(&r.text("state")?).ok_or_else(|| impossible("deliveries.state"))?;
        Ok((state, read_letter(&r.text("job")?)?))
    })
    .await
}

pub(super) fn read_letter(job: &str) -> Result<Letter> {
    serde_json::from_str(job).map_err(|_| impossible("deliveries.job"))
}

pub(super) fn read(row: &Row, hold: Hold) -> Result<ClaimedLetter> {
    let language = Language::from_tag(&row.text("language")?);
    Ok(ClaimedLetter {
        hold,
        to: row.parsed("recipient")?,
        language: language.ok_or_else(|| impossible("deliveries.language"))?,
        letter: read_letter(&row.text("job")?)?,
        account: row.maybe_parsed("account_id")?,
        request: row.maybe_parsed("request_id")?,
        invitation: row.maybe_parsed("invitation_id")?,
        sealed: row.maybe_text("sealed")?,
    })
}

/// Keeps what was made ready for a claimed letter, its link above all, so that every try sends the
/// same.
pub async fn seal(tx: &mut Tx, claimed: &ClaimedLetter) -> Result<()> {
    sqlx::query(
        "update deliveries set sealed = $3, language = $4, account_id = $5 where id = $1 \
         and lease_until = $2 and state = 'queued'",
    )
    .bind(claimed.hold.id.as_str())
    .bind(claimed.hold.lease_until.0)
    .bind(&claimed.sealed)
    .bind(claimed.language.tag())
    .bind(claimed.account.as_ref().map(|a| a.as_str().to_owned()))
    .run_once(tx)
    .await
}

/// The letters of an invitation that were not delivered are dropped: its link has changed, or
/// served.
pub async fn drop_of_invitation(
    tx: &mut Tx,
    org: &OrganisationId,
    invitation: &str,
    now: Time,
) -> Result<()> {
    lock(tx, "invitation_id = $1", invitation).await?;
    sqlx::query(
        "update deliveries set state = 'dropped', sealed = null, ended_at = $3 where org_id = $1 \
         and invitation_id = $2 and kind = 'letter' and state in ('queued', 'failed')",
    )
    .bind(org.as_str())
    .bind(invitation)
    .bind(now.0)
    .run(tx)
    .await
}

/// The account's letters with a link that still wait are dropped: their links are dead.
pub async fn drop_sealed_of_account(tx: &mut Tx, account: &AccountId, now: Time) -> Result<()> {
    lock(tx, "account_id = $1 and kind = 'letter'", account.as_str()).await?;
    sqlx::query(
        "update deliveries set state = 'dropped', sealed = null, ended_at = $2 where account_id = $1 \
         and kind = 'letter' and state = 'queued' and sealed is not null",
    )
    .bind(account.as_str())
    .bind(now.0)
    .run(tx)
    .await
}
