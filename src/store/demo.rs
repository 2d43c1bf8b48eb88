//! The demo's mailbox: letters that a real instance would have sent.
use super::db::Tx;
use super::rows::{Columns as _, Statement as _};
use crate::domain::{Result, Time};
use crate::store::conn::Conn;

/// A letter as it would have left.
#[derive(Clone, Debug)]
pub struct DemoMail {
    pub id: String,
    pub recipient: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub sent_at: Time,
}

pub async fn keep(tx: &mut Tx, m: &DemoMail) -> Result<()> {
    sqlx::query(
        "insert into demo_letters (id, recipient, subject, body_text, body_html, sent_at) \
         values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing",
    )
    .bind(&m.id)
    .bind(&m.recipient)
    .bind(&m.subject)
    .bind(&m.text)
    .bind(&m.html)
    .bind(m.sent_at.0)
    .run(tx)
    .await
}

/// The newest 100.
pub async fn list(conn: &mut Conn) -> Result<Vec<DemoMail>> {
    sqlx::query(
        "select id, recipient, subject, body_text, body_html, sent_at from demo_letters \
         order by sent_at desc, id desc limit 100",
    )
    .list(conn, |r| {
        Ok(DemoMail {
            id: r.text("id")?,
            recipient: r.text("recipient")?,
            subject: r.text("subject")?,
            text: r.text("body_text")?,
            html: r.text("body_html")?,
            sent_at: r.time("sent_at")?,
        })
    })
    .await
}
