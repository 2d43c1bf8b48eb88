//! Erasing a person: everything that tells who they were goes, what was decided stays under a
//! pseudonym.
use crate::domain::account::Account;
use crate::domain::ids::AccountId;
use crate::domain::{Result, Time};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Bindings, Columns as _, Statement as _, containing};
use sqlx::AssertSqlSafe;

/// Accounts whose erasure has come; at most 20.
pub async fn list_due(conn: &mut Conn, now: Time) -> Result<Vec<AccountId>> {
    sqlx::query(
        "select id from accounts where erases_at <= $1 and erased_at is null order by erases_at limit 20",
    )
    .bind(now.0)
    .list(conn, |r| r.parsed("id"))
    .await
}

/// Where the history tells of a person.
#[derive(Debug, Default)]
pub struct Traces {
    /// Events that are about the person: about the account, what it asked for, what it was invited
    /// to, what it had to say. Nothing of their details stays.
    pub details: Vec<String>,
    /// What else it did in organisations. That is the organisation's; only the place from which it
    /// was done goes.
    pub places: Vec<String>,
}

/// The events that tell of the person.
pub async fn list_traces(conn: &mut Conn, account: &Account) -> Result<Traces> {
    const ABOUT: &str = "coalesce(e.account_id, '') = $1 or e.object = $1 \
        or (e.actor_id = $1 and (e.org_id is null or e.what = 'feedback.given')) or e.object in (select id \
        from requests where account_id = $1 or email_key = $2) or e.object in (select id from invitations \
        where email_key = $2 or accepted_by = $1) or e.object in (select id from contacts \
        where member_id = $1 and proven_at is not null) or e.object in (select r.id from requests r \
        join contacts c on c.id = r.contact_id where c.member_id = $1 and c.proven_at is not null)";
    let list = async |conn: &mut Conn, sql: String| {
        let query = sqlx::query(AssertSqlSafe(sql))
            .bind(account.id.to_string())
            .bind(account.email.key());
        query.list(conn, |r| r.text("id")).await
    };
    let from = "select e.id from events e join event_details d on d.event_id = e.id where";
    Ok(Traces {
        details: list(conn, format!("{from} {ABOUT} order by e.seq")).await?,
        places: list(
            conn,
            format!("{from} e.actor_id = $1 and not ({ABOUT}) order by e.seq"),
        )
        .await?,
    })
}

/// Throws the places of events away.
pub async fn forget_places(tx: &mut Tx, events: &[String]) -> Result<()> {
    forget_of(
        tx,
        "update event_details set place = null, place_salt = null",
        events,
    )
    .await
}

/// Throws details of events away. The events stay, and so do the seals over them.
pub async fn forget_details(tx: &mut Tx, events: &[String]) -> Result<()> {
    forget_of(tx, "delete from event_details", events).await
}

async fn forget_of(tx: &mut Tx, statement: &str, events: &[String]) -> Result<()> {
    for some in events.chunks(400) {
        let mut asked = Bindings::default();
        let sql = format!("{statement} where event_id in ({})", asked.list(some)?);
        sqlx::query_with(AssertSqlSafe(sql), asked.0).run(tx).await?;
    }
    Ok(())
}

/// Erases what the rows say of the person. `address` and `name` stand in place of theirs.
pub async fn forget(tx: &mut Tx, account: &Account, address: &str, name: &str, now: Time) -> Result<()> {
    let (id, key) = (account.id.as_str(), account.email.key());
    forget_in_chat(tx, id, name).await?;
    for sql in [
        "delete from sessions where account_id = $1",
        "delete from shown_once where account_id = $1",
        "delete from identity_offers where account_id = $1",
        "delete from identities where account_id = $1",
        "delete from recovery_codes where account_id = $1",
        "delete from toured_areas where account_id = $1",
        "delete from group_members where account_id = $1",
        "delete from member_terms where account_id = $1",
        "update members set job_title = '', department = '', manager_id = null, sorts_as = '' \
         where account_id = $1",
    ] {
        sqlx::query(sql).bind(id).run(tx).await?;
    }
    for sql in [
        "delete from tokens where account_id = $1 or email_key = $2",
        "delete from request_terms where request_id in (select id from requests where account_id = $1 \
         or email_key = $2)",
        "delete from deliveries where kind = 'letter' and request_id in (select id from requests \
         where account_id = $1 or email_key = $2)",
        "delete from deliveries where kind = 'letter' and invitation_id in (select id from invitations \
         where invited_by = $1 or accepted_by = $1 or email_key = $2) and state <> 'queued'",
        "delete from deliveries where kind = 'letter' and (account_id = $1 or lower(recipient) = $2)",
    ] {
        sqlx::query(sql).bind(id).bind(&key).run(tx).await?;
    }
    forget_addresses(tx, account).await?;
    rename_in_requests(tx, account, (address, name), now).await?;
    sqlx::query(
        "update accounts set email = $2, email_key = $2, email_proven_at = null, name = $3, \
         time_zone = 'UTC', password_hash = null, factor = 'off', factor_sealed = null, \
         factor_last_step = null, last_org_id = null, erased_at = $4, version = version + 1 \
         where id = $1 and erases_at <= $4",
    )
    .bind(id)
    .bind(address)
    .bind(name)
    .bind(now.0)
    .run_once(tx)
    .await
}

/// Addresses that were the person's are named nowhere any more.
async fn forget_addresses(tx: &mut Tx, account: &Account) -> Result<()> {
    for address in addresses(tx, account).await? {
        // What others were told of the person: the letter names the address.
        sqlx::query("delete from deliveries where kind = 'letter' and lower(job) like $1 escape '!'")
            .bind(containing(&format!("\"{address}\"")))
            .run(tx)
            .await?;
        sqlx::query(
            "update organisations set admin_contact = '', version = version + 1 \
             where lower(admin_contact) = $1",
        )
        .bind(&address)
        .run(tx)
        .await?;
        sqlx::query(
            "update organisations set support_contact = '', version = version + 1 \
             where lower(support_contact) = $1",
        )
        .bind(&address)
        .run(tx)
        .await?;
        sqlx::query(
            "update organisations set feedback_address = '', version = version + 1 \
             where lower(feedback_address) = $1",
        )
        .bind(&address)
        .run(tx)
        .await?;
    }
    Ok(())
}

/// What the person asked for and was invited to stands under a pseudonym: address and name.
async fn rename_in_requests(
    tx: &mut Tx,
    account: &Account,
    (address, name): (&str, &str),
    now: Time,
) -> Result<()> {
    let (id, key) = (account.id.as_str(), account.email.key());
    sqlx::query(
        "update requests set email = $3, email_key = $3, name = $4, sorts_as = '', found_by = '', \
         message = '', \
         version = version + 1 where account_id = $1 or email_key = $2",
    )
    .bind(id)
    .bind(&key)
    .bind(address)
    .bind(name)
    .run(tx)
    .await?;
    sqlx::query(
        "update invitations set email = $2, email_key = $2, name = '', found_by = '', \
         version = version + 1, ended_at = coalesce(ended_at, $3), \
         status = case status when 'pending' then 'deleted' \
         else status end where email_key = $1 or accepted_by = $4",
    )
    .bind(&key)
    .bind(address)
    .bind(now.0)
    .bind(id)
    .run(tx)
    .await
}

/// Erases what chat knows of the person, where it is proven that it is them. What an administrator
/// noted falls away.
async fn forget_in_chat(tx: &mut Tx, account: &str, name: &str) -> Result<()> {
    const THEIRS: &str = "(select id from contacts where member_id = $1 and proven_at is not null)";
    for sql in [
        format!(
            "delete from request_terms where request_id in (select id from requests \
             where contact_id in {THEIRS})"
        ),
        // Administrators were told of what they asked by letters.
        format!(
            "delete from deliveries where kind = 'letter' and request_id in (select id from requests \
             where contact_id in {THEIRS})"
        ),
        // Ids of messages hold the telephone number on some platforms.
        format!(
            "delete from deliveries where kind = 'arrival' and exists (select 1 from deliveries s \
             where s.kind = 'message' and s.connector_id = deliveries.connector_id \
             and s.contact_id in {THEIRS} and deliveries.lane in ('arrival:' || s.connector_id || ':report:' \
             || s.message || ':failed', 'arrival:' || s.connector_id || ':report:' || s.message \
             || ':delivered'))"
        ),
        format!("delete from deliveries where kind = 'message' and contact_id in {THEIRS}"),
        "delete from deliveries where kind = 'arrival' and exists (select 1 from contacts c \
         where c.connector_id = deliveries.connector_id \
         and deliveries.lane in ('arrival:' || c.connector_id || ':' || c.person, \
         'arrival:' || c.connector_id || ':' || c.conversation) and c.member_id = $1 \
         and c.proven_at is not null)"
            .to_owned(),
        "delete from chat_codes where account_id = $1".to_owned(),
    ] {
        sqlx::query(AssertSqlSafe(sql))
            .bind(account.to_owned())
            .run(tx)
            .await?;
    }
    for sql in [
        format!(
            "update requests set name = $2, sorts_as = '', found_by = '', message = '', \
             version = version + 1 \
             where contact_id in {THEIRS}"
        ),
        "update contacts set person = id, name = $2, sorts_as = '', found_by = '', conversation = '', \
         route = '', \
         unreachable = '', version = version + 1 where member_id = $1 and proven_at is not null"
            .to_owned(),
    ] {
        sqlx::query(AssertSqlSafe(sql))
            .bind(account.to_owned())
            .bind(name.to_owned())
            .run(tx)
            .await?;
    }
    sqlx::query(
        "update contacts set member_id = null, proven_at = null, version = version + 1 where member_id = $1",
    )
    .bind(account)
    .run(tx)
    .await
}

/// The keys of all addresses under which the person asked, was invited, or is known now.
async fn addresses(conn: &mut Conn, account: &Account) -> Result<Vec<String>> {
    sqlx::query(
        "select email_key from accounts where id = $1 union select email_key from requests \
         where account_id = $1 union select email_key from invitations where accepted_by = $1",
    )
    .bind(account.id.as_str())
    .list(conn, |r| r.text("email_key"))
    .await
}

/// Whoever joins an organisation stays: takes back that the account is to be erased.
pub async fn stay(tx: &mut Tx, account: &AccountId) -> Result<()> {
    sqlx::query("update accounts set erases_at = null where id = $1 and erases_at is not null")
        .bind(account.as_str())
        .run(tx)
        .await
}
