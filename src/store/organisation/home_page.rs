//! What an organisation puts up for everybody in it: links and files of the home page, questions
//! and answers; and what the tour has shown.
use crate::domain::account::Language;
use crate::domain::home_page::{Area, Link, Target};
use crate::domain::ids::{AccountId, FileId, LinkId, OrganisationId};
use crate::domain::{Error, Result, Time};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Row, Statement as _, fault, impossible};
use sqlx::Row as _;

/// The links of the home page, in their order.
pub async fn list_links(conn: &mut Conn, org: &OrganisationId) -> Result<Vec<Link>> {
    sqlx::query("select id, title, url, file_id from home_links where org_id = $1 order by position, id")
        .bind(org.as_str())
        .list(conn, read_link)
        .await
}

fn read_link(row: &Row) -> Result<Link> {
    let target = match (row.maybe_text("url")?, row.maybe_parsed("file_id")?) {
        (Some(url), None) => Target::Page(url),
        (None, Some(file)) => Target::File(file),
        _ => return Err(impossible("home_links.url")),
    };
    Ok(Link {
        id: row.parsed("id")?,
        title: row.text("title")?,
        target,
    })
}

/// Adds a link at the end.
pub async fn add_link(tx: &mut Tx, org: &OrganisationId, link: &Link) -> Result<()> {
    let (url, file) = columns(link);
    sqlx::query(
        "insert into home_links (id, org_id, title, url, file_id, position) \
         values ($1, $2, $3, $4, $5, (select coalesce(max(position), 0) + 1 from home_links \
         where org_id = $2))",
    )
    .bind(link.id.as_str())
    .bind(org.as_str())
    .bind(&link.title)
    .bind(url)
    .bind(file)
    .run(tx)
    .await
}

/// Writes what a link says and where it leads.
pub async fn change_link(tx: &mut Tx, org: &OrganisationId, link: &Link) -> Result<()> {
    let (url, file) = columns(link);
    sqlx::query("update home_links set title = $3, url = $4, file_id = $5 where org_id = $1 and id = $2")
        .bind(org.as_str())
        .bind(link.id.as_str())
        .bind(&link.title)
        .bind(url)
        .bind(file)
        .run_once(tx)
        .await
}

/// Puts the links into this order.
pub async fn order_links(tx: &mut Tx, org: &OrganisationId, ids: &[LinkId]) -> Result<()> {
    for (position, id) in ids.iter().enumerate() {
        sqlx::query("update home_links set position = $3 where org_id = $1 and id = $2")
            .bind(org.as_str())
            .bind(id.as_str())
            .bind(position as i64)
            .run_once(tx)
            .await?;
    }
    Ok(())
}

/// Removes a link, with its file.
pub async fn remove_link(tx: &mut Tx, org: &OrganisationId, link: &Link) -> Result<()> {
    sqlx::query("delete from home_links where org_id = $1 and id = $2")
        .bind(org.as_str())
        .bind(link.id.as_str())
        .run_once(tx)
        .await?;
    match &link.target {
        Target::File(file) => {
            sqlx::query("delete from files where org_id = $1 and id = $2")
                .bind(org.as_str())
                .bind(file.as_str())
                .run(tx)
                .await
        }
        Target::Page(_) => Ok(()),
    }
}

fn columns(link: &Link) -> (Option<String>, Option<String>) {
    match &link.target {
        Target::Page(url) => (Some(url.clone()), None),
        Target::File(file) => (None, Some(file.to_string())),
    }
}

pub async fn keep_file(
    tx: &mut Tx,
    org: &OrganisationId,
    id: &FileId,
    name: &str,
    bytes: &[u8],
    now: Time,
) -> Result<()> {
    sqlx::query("insert into files (id, org_id, name, bytes, created_at) values ($1, $2, $3, $4, $5)")
        .bind(id.as_str())
        .bind(org.as_str())
        .bind(name)
        .bind(bytes)
        .bind(now.0)
        .run(tx)
        .await
}

/// How many bytes of a file are read at a time.
pub const FILE_PIECE: i64 = 256 * 1024;

/// A file's name and how many bytes it has.
pub async fn find_file(conn: &mut Conn, org: &OrganisationId, id: &FileId) -> Result<(String, i64)> {
    sqlx::query("select name, cast(length(bytes) as bigint) as size from files where org_id = $1 and id = $2")
        .bind(org.as_str())
        .bind(id.as_str())
        .find(conn, |r| Ok((r.text("name")?, r.number("size")?)))
        .await?
        .ok_or(Error::NotFound)
}

/// The bytes of a file past the first `from`, at most [`FILE_PIECE`].
pub async fn file_piece(conn: &mut Conn, org: &OrganisationId, id: &FileId, from: i64) -> Result<Vec<u8>> {
    sqlx::query(
        "select substr(bytes, cast($3 as integer), cast($4 as integer)) as piece from files \
         where org_id = $1 and id = $2",
    )
    .bind(org.as_str())
    .bind(id.as_str())
    .bind(from + 1)
    .bind(FILE_PIECE)
    .find(conn, |r| r.try_get("piece").map_err(fault))
    .await?
    .ok_or(Error::NotFound)
}

/// The pages of questions and answers, by language.
pub async fn list_faqs(conn: &mut Conn, org: &OrganisationId) -> Result<Vec<(Language, String)>> {
    sqlx::query("select language, body from faqs where org_id = $1 order by language")
        .bind(org.as_str())
        .list(conn, |r| {
            let language =
                Language::from_tag(&r.text("language")?).ok_or_else(|| impossible("faqs.language"))?;
            Ok((language, r.text("body")?))
        })
        .await
}

/// Writes the page of one language; an empty one is none.
pub async fn write_faq(tx: &mut Tx, org: &OrganisationId, language: Language, body: &str) -> Result<()> {
    if body.is_empty() {
        let gone = sqlx::query("delete from faqs where org_id = $1 and language = $2")
            .bind(org.as_str())
            .bind(language.tag());
        return gone.run(tx).await;
    }
    sqlx::query(
        "insert into faqs (org_id, language, body) values ($1, $2, $3) \
         on conflict (org_id, language) do update set body = excluded.body",
    )
    .bind(org.as_str())
    .bind(language.tag())
    .bind(body)
    .run(tx)
    .await
}

/// What the tour has shown the member.
pub async fn list_toured(conn: &mut Conn, org: &OrganisationId, account: &AccountId) -> Result<Vec<Area>> {
    sqlx::query("select area from toured_areas where org_id = $1 and account_id = $2")
        .bind(org.as_str())
        .bind(account.as_str())
        .list(conn, |r| {
            Area::parse(&r.text("area")?).ok_or_else(|| impossible("toured_areas.area"))
        })
        .await
}

/// Remembers that the tour has shown the member an area.
pub async fn toured(
    tx: &mut Tx,
    org: &OrganisationId,
    account: &AccountId,
    area: Area,
    now: Time,
) -> Result<()> {
    sqlx::query(
        "insert into toured_areas (org_id, account_id, area, at) values ($1, $2, $3, $4) \
         on conflict do nothing",
    )
    .bind(org.as_str())
    .bind(account.as_str())
    .bind(area.as_str())
    .bind(now.0)
    .run(tx)
    .await
}
