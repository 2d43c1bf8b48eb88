//! What an organisation puts up for everybody in it: links and files of the home page, questions
//! and answers, feedback; and the tour.
use crate::desk::account::{self, limits};
use crate::desk::history::About;
use crate::desk::history::outdated::refuse_outdated;
use crate::desk::organisation::outward;
use crate::desk::{Actor, Desk, history, letters, rights};
use crate::domain::account::Language;
use crate::domain::changes::{self, Field};
use crate::domain::error::Faults;
use crate::domain::event::What;
use crate::domain::home_page::{self, Area, Link, Target};
use crate::domain::ids::{FileId, LinkId};
use crate::domain::member::Membership;
use crate::domain::notice::{Letter, Notice};
use crate::domain::policy::{self, Permitted};
use crate::domain::role::Permission;
use crate::domain::{Error, Result, Time, Why};
use crate::store::{self, Tx};

/// What the home page shows besides its ways on.
pub struct Home {
    pub links: Vec<Link>,
    /// Areas that the tour has yet to show, in its order.
    pub tour: Vec<Area>,
}

/// A link as typed: a web page's address, or a file with its name.
pub struct TypedLink {
    pub title: String,
    pub url: String,
    pub file: Option<(String, Vec<u8>)>,
}

/// The home page's links, and where the member's tour stands.
#[tracing::instrument(name = "organisation::home_page::home", skip_all)]
pub async fn home(desk: &Desk, member: &Membership) -> Result<Home> {
    let mut conn = desk.db.read().await?;
    let links = store::organisation::home_page::list_links(&mut conn, &member.organisation).await?;
    if member.is_restricted() || member.factor_missing {
        return Ok(Home {
            links,
            tour: Vec::new(),
        });
    }
    let shown =
        store::organisation::home_page::list_toured(&mut conn, &member.organisation, &member.account).await?;
    Ok(Home {
        links,
        tour: Area::to_show(member.permissions, &shown),
    })
}

/// A file of the home page: its name and content.
#[tracing::instrument(name = "organisation::home_page::house_file", skip_all)]
pub async fn house_file(desk: &Desk, member: &Membership, id: &FileId) -> Result<(String, i64)> {
    store::organisation::home_page::find_file(&mut *desk.db.read().await?, &member.organisation, id).await
}

/// The piece of a file with this number, from 0 on; None past its end.
#[tracing::instrument(name = "organisation::home_page::house_file_piece", skip_all)]
pub async fn house_file_piece(
    desk: &Desk,
    member: &Membership,
    id: &FileId,
    number: i64,
) -> Result<Option<Vec<u8>>> {
    let from = number * store::organisation::home_page::FILE_PIECE;
    let mut conn = desk.db.read().await?;
    let piece = store::organisation::home_page::file_piece(&mut conn, &member.organisation, id, from).await?;
    Ok(Some(piece).filter(|bytes| !bytes.is_empty()))
}

/// The page of questions and answers in this language, or in another one if there is none; None
/// if there is no page at all.
#[tracing::instrument(name = "organisation::home_page::faq", skip_all)]
pub async fn faq(desk: &Desk, member: &Membership, language: Language) -> Result<Option<(Language, String)>> {
    let mut pages =
        store::organisation::home_page::list_faqs(&mut *desk.db.read().await?, &member.organisation).await?;
    let own = pages.iter().position(|(l, _)| *l == language).unwrap_or(0);
    Ok(if pages.is_empty() {
        None
    } else {
        Some(pages.swap_remove(own))
    })
}

/// All pages of questions and answers, for who may write them.
#[tracing::instrument(name = "organisation::home_page::faqs", skip_all)]
pub async fn faqs(desk: &Desk, member: &Membership) -> Result<Vec<(Language, String)>> {
    let permitted = policy::permitted(member, Permission::SettingsManage)?;
    store::organisation::home_page::list_faqs(&mut *desk.db.read().await?, permitted.organisation()).await
}

/// Writes the page of one language, in Markdown; an empty one is none.
#[tracing::instrument(name = "organisation::home_page::write_faq", skip_all)]
pub async fn write_faq(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    language: Language,
    body: &str,
) -> Result<()> {
    let permitted = policy::permitted(member, Permission::SettingsManage)?;
    let body = home_page::faq(body).map_err(|why| Error::field("body", why))?;
    // Alone: two who write at once must not both have seen the same text.
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    let about = About::Organisation(permitted.organisation());
    let pages = store::organisation::home_page::list_faqs(&mut tx, permitted.organisation()).await?;
    let before = pages.into_iter().find(|(of, _)| *of == language);
    let before = home_page::faq_facts(&before.map(|(_, body)| body).unwrap_or_default());
    refuse_outdated(&mut tx, actor, about, &before).await?;
    store::organisation::home_page::write_faq(&mut tx, permitted.organisation(), language, body.trim())
        .await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::FaqChanged,
        About::Organisation(permitted.organisation()),
        changes::made([(Field::Language, language.tag().to_owned())]),
    )
    .await?;
    tx.commit().await
}

/// Adds a link to the home page.
#[tracing::instrument(name = "organisation::home_page::add_link", skip_all)]
pub async fn add_link(desk: &Desk, actor: &Actor, member: &Membership, typed: TypedLink) -> Result<()> {
    let permitted = policy::permitted(member, Permission::SettingsManage)?;
    let mut faults = Faults::default();
    let title = faults.take("title", home_page::link_title(&typed.title));
    let field = if typed.file.is_some() { "file" } else { "url" };
    let target = faults.take(field, target(desk, &typed, actor.now()));
    let (title, target) = faults.done(title.zip(target))?;
    let org = permitted.organisation();
    let link = Link {
        id: desk.mint.id(actor.now()),
        title,
        target,
    };
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    if store::organisation::home_page::list_links(&mut tx, org)
        .await?
        .len()
        >= home_page::LINKS
    {
        return Err(Error::Refused(Why::TooManyLinks));
    }
    if let (Target::File(id), Some((name, bytes))) = (&link.target, &typed.file) {
        store::organisation::home_page::keep_file(
            &mut tx,
            org,
            id,
            &home_page::file_name(name),
            bytes,
            actor.now(),
        )
        .await?;
    }
    store::organisation::home_page::add_link(&mut tx, org, &link).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::LinkAdded,
        About::Thing(permitted.organisation(), link.id.as_str()),
        changes::made(link.facts()),
    )
    .await?;
    tx.commit().await
}

/// Where a typed link leads: to the page that was typed, or to a new file if one was chosen.
fn target(desk: &Desk, typed: &TypedLink, now: Time) -> Result<Target, Why> {
    match &typed.file {
        Some((_, bytes)) if typed.url.trim().is_empty() => {
            home_page::pdf(bytes).map(|()| Target::File(desk.mint.id(now)))
        }
        Some(_) => Err(Why::OneOfTwo),
        None => home_page::web_address(&typed.url).map(Target::Page),
    }
}

/// Changes what a link says, and where it leads if it leads to a web page.
#[tracing::instrument(name = "organisation::home_page::change_link", skip_all)]
pub async fn change_link(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    id: &LinkId,
    title: &str,
    url: &str,
) -> Result<()> {
    let permitted = policy::permitted(member, Permission::SettingsManage)?;
    let mut tx = rights::begin_for(desk, actor, member).await?;
    let link = find_link(&mut tx, &permitted, id).await?;
    let about = About::Thing(permitted.organisation(), id.as_str());
    refuse_outdated(&mut tx, actor, about, &link.facts()).await?;
    let mut faults = Faults::default();
    let title = faults.take("title", home_page::link_title(title));
    let target = match &link.target {
        Target::Page(_) => faults.take("url", home_page::web_address(url).map(Target::Page)),
        file @ Target::File(_) => Some(file.clone()),
    };
    let (title, target) = faults.done(title.zip(target))?;
    let changed = Link {
        id: link.id.clone(),
        title,
        target,
    };
    store::organisation::home_page::change_link(&mut tx, permitted.organisation(), &changed).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::LinkChanged,
        About::Thing(permitted.organisation(), id.as_str()),
        changes::between(&link.facts(), &changed.facts()),
    )
    .await?;
    tx.commit().await
}

/// Puts a link one place further up; the first one stays.
#[tracing::instrument(name = "organisation::home_page::raise_link", skip_all)]
pub async fn raise_link(desk: &Desk, actor: &Actor, member: &Membership, id: &LinkId) -> Result<()> {
    let permitted = policy::permitted(member, Permission::SettingsManage)?;
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    let mut ids: Vec<LinkId> = store::organisation::home_page::list_links(&mut tx, permitted.organisation())
        .await?
        .into_iter()
        .map(|l| l.id)
        .collect();
    let place = ids.iter().position(|l| l == id).ok_or(Error::NotFound)?;
    ids.swap(place, place.saturating_sub(1));
    store::organisation::home_page::order_links(&mut tx, permitted.organisation(), &ids).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::LinkChanged,
        About::Thing(permitted.organisation(), id.as_str()),
        changes::turned(Field::Position, (place + 1).to_string(), place.max(1).to_string()),
    )
    .await?;
    tx.commit().await
}

/// Removes a link from the home page, and its file.
#[tracing::instrument(name = "organisation::home_page::remove_link", skip_all)]
pub async fn remove_link(desk: &Desk, actor: &Actor, member: &Membership, id: &LinkId) -> Result<()> {
    let permitted = policy::permitted(member, Permission::SettingsManage)?;
    let mut tx = rights::begin_for(desk, actor, member).await?;
    let link = find_link(&mut tx, &permitted, id).await?;
    store::organisation::home_page::remove_link(&mut tx, permitted.organisation(), &link).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::LinkRemoved,
        About::Thing(permitted.organisation(), id.as_str()),
        changes::gone(link.facts()),
    )
    .await?;
    tx.commit().await
}

/// Says something to the organisation: a letter to its feedback address, or to whoever may
/// change its settings; and in the history.
#[tracing::instrument(name = "organisation::home_page::give_feedback", skip_all)]
pub async fn give_feedback(desk: &Desk, actor: &Actor, member: &Membership, message: &str) -> Result<()> {
    let message = home_page::feedback(message).map_err(|why| Error::field("message", why))?;
    let (org, now) = (&member.organisation, actor.now());
    let mut tx = rights::begin_for(desk, actor, member).await?;
    if let Some(refusal) =
        account::limits::try_once(desk, &mut tx, &limits::FEEDBACK, actor.id().as_str(), now).await?
    {
        tx.commit().await?;
        return Err(refusal);
    }
    let organisation = store::organisation::organisations::find(&mut tx, org).await?;
    let proven = match &organisation.feedback_address {
        Some(to) => outward::is_proven(&mut tx, org, to).await?,
        None => false,
    };
    outward::count_outward(desk, &mut tx, &organisation, now).await?;
    let letter = Letter::Feedback {
        organisation: organisation.name.clone(),
        customer_number: organisation.customer_number.clone(),
        name: actor.account.name.clone(),
        from: actor.account.email.to_string(),
        message: message.clone(),
    };
    match organisation.feedback_address.as_ref().filter(|_| proven) {
        Some(to) => {
            let notice = Notice {
                organisation: Some(org.clone()),
                ..Notice::new(to.clone(), actor.account.language, letter)
            };
            letters::owe(desk, &mut tx, &notice, now).await?;
        }
        None => {
            letters::tell_holders(desk, &mut tx, org, Permission::SettingsManage, None, &letter, now).await?
        }
    }
    history::record(
        desk,
        &mut tx,
        actor,
        What::FeedbackGiven,
        About::Thing(org, actor.id().as_str()),
        changes::made([(Field::Message, message)]),
    )
    .await?;
    tx.commit().await
}

/// The tour has shown these areas; it never shows them to this member again.
#[tracing::instrument(name = "organisation::home_page::toured", skip_all)]
pub async fn toured(desk: &Desk, actor: &Actor, member: &Membership, areas: &[Area]) -> Result<()> {
    let mut tx = rights::begin_for(desk, actor, member).await?;
    for area in areas {
        store::organisation::home_page::toured(&mut tx, &member.organisation, actor.id(), *area, actor.now())
            .await?;
    }
    tx.commit().await
}

async fn find_link(tx: &mut Tx, by: &Permitted, id: &LinkId) -> Result<Link> {
    let links = store::organisation::home_page::list_links(tx, by.organisation()).await?;
    links.into_iter().find(|l| l.id == *id).ok_or(Error::NotFound)
}
