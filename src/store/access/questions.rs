//! What approvers and administrators ask requesters, and the answers.
use crate::domain::ids::{AccountId, OrganisationId, QuestionId, RequestId};
use crate::domain::{Error, Result, Time};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Statement as _};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub id: QuestionId,
    pub request: RequestId,
    pub asked_by: AccountId,
    pub asked_by_name: String,
    pub asked_at: Time,
    pub question: String,
    pub answer: Option<(String, Time)>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select q.id, q.request_id, q.asked_by, a.name, q.asked_at, q.question, q.answer, q.answered_at \
             from questions q join accounts a on a.id = q.asked_by ",
            $rest
        )
    };
}

pub async fn ask(tx: &mut Tx, org: &OrganisationId, q: &Question) -> Result<()> {
    sqlx::query(
        "insert into questions (id, org_id, request_id, asked_by, asked_at, question) \
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(q.id.as_str())
    .bind(org.as_str())
    .bind(q.request.as_str())
    .bind(q.asked_by.as_str())
    .bind(q.asked_at.0)
    .bind(&q.question)
    .insert(tx, Error::Stale)
    .await
}

/// Answers a question, once.
pub async fn answer(
    tx: &mut Tx,
    org: &OrganisationId,
    id: &QuestionId,
    answer: &str,
    at: Time,
) -> Result<()> {
    sqlx::query(
        "update questions set answer = $3, answered_at = $4 where org_id = $1 and id = $2 and answer is null",
    )
    .bind(org.as_str())
    .bind(id.as_str())
    .bind(answer)
    .bind(at.0)
    .run_once(tx)
    .await
}

/// The question with this id: one of the lookups that no organisation bounds. Its request is looked
/// for in the caller's organisation before anything comes of it.
pub async fn find(conn: &mut Conn, id: &QuestionId) -> Result<Question> {
    sqlx::query(select!("where q.id = $1"))
        .bind(id.as_str())
        .find(conn, read)
        .await?
        .ok_or(Error::NotFound)
}

/// What was asked about a request, oldest first, at most 100.
pub async fn list(conn: &mut Conn, org: &OrganisationId, request: &RequestId) -> Result<Vec<Question>> {
    sqlx::query(select!(
        "where q.org_id = $1 and q.request_id = $2 order by q.asked_at, q.id limit 100"
    ))
    .bind(org.as_str())
    .bind(request.as_str())
    .list(conn, read)
    .await
}

fn read(r: &crate::store::rows::Row) -> Result<Question> {
    Ok(Question {
        id: r.parsed("id")?,
        request: r.parsed("request_id")?,
        asked_by: r.parsed("asked_by")?,
        asked_by_name: r.text("name")?,
        asked_at: r.time("asked_at")?,
        question: r.text("question")?,
        answer: r.maybe_text("answer")?.zip(r.maybe_time("answered_at")?),
    })
}
