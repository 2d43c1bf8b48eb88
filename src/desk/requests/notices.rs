//! What letters about a request say, and to whom they are owed.
use crate::desk::{Desk, letters};
use crate::domain::ids::AccountId;
use crate::domain::notice::{Access, Letter, News, Notice};
use crate::domain::request::Request;
use crate::domain::{Result, Time};
use crate::store::people::members::LetterReader;
use crate::store::{self, Tx};

/// What a letter about this request says; its reason as text.
pub(crate) async fn access(_desk: &Desk, tx: &mut Tx, request: &Request, news: News) -> Result<Access> {
    let (organisation, asked) = (
        store::organisation::organisations::find(tx, &request.organisation).await?,
        request.expect_asked()?,
    );
    let resource = store::access::resources::find(tx, &request.organisation, &asked.resource)
        .await?
        .resource;
    Ok(Access {
        news,
        organisation: organisation.name,
        slug: organisation.slug.to_string(),
        request: request.id.clone(),
        resource: resource.id,
        resource_name: resource.name,
        name: request.name.clone(),
        by: String::new(),
        text: String::new(),
        next_steps: String::new(),
        until: None,
        in_queue: false,
    })
}

/// A letter to those who decide: it quotes the reason of the request.
pub(crate) async fn access_letter(desk: &Desk, tx: &mut Tx, request: &Request, news: News) -> Result<Letter> {
    let access = Access {
        text: request.message.clone(),
        ..access(desk, tx, request, news).await?
    };
    Ok(Letter::Access(Box::new(access)))
}

/// Owes these readers a letter about a request; where there is nobody, none is put together.
pub(crate) async fn tell_of(
    desk: &Desk,
    tx: &mut Tx,
    request: &Request,
    news: News,
    readers: Vec<LetterReader>,
    now: Time,
) -> Result<()> {
    if readers.is_empty() {
        return Ok(());
    }
    let letter = access_letter(desk, tx, request, news).await?;
    letters::tell_readers(
        desk,
        tx,
        &request.organisation,
        readers,
        Some(&request.id),
        &letter,
        now,
    )
    .await
}

/// Tells whoever asked, and whom it is for, what became of it, with the decision's words.
pub(crate) async fn tell_requester(
    desk: &Desk,
    tx: &mut Tx,
    request: &Request,
    news: News,
    now: Time,
) -> Result<()> {
    let mut access = access(desk, tx, request, news).await?;
    if let Some(decision) = request.status.decision() {
        access.text = decision.reason.clone();
        access.next_steps = decision.next_steps.clone();
    }
    tell_people_of(desk, tx, request, access, now).await
}

/// Tells whoever asked, and whom it is for.
pub(crate) async fn tell_people_of(
    desk: &Desk,
    tx: &mut Tx,
    request: &Request,
    access: Access,
    now: Time,
) -> Result<()> {
    let mut people: Vec<AccountId> = request.account.iter().cloned().collect();
    people.extend(
        request
            .asked()
            .map(|a| a.holder.clone())
            .filter(|h| request.account.as_ref() != Some(h)),
    );
    let readers = store::people::members::list_readers_of(tx, &request.organisation, &people).await?;
    letters::tell_readers(
        desk,
        tx,
        &request.organisation,
        readers,
        Some(&request.id),
        &Letter::Access(Box::new(access)),
        now,
    )
    .await
}

/// Owes whoever asked to join a letter about that.
pub(crate) async fn tell_about(
    desk: &Desk,
    tx: &mut Tx,
    request: &Request,
    letter: Letter,
    now: Time,
) -> Result<()> {
    let notice = Notice {
        account: request.account.clone(),
        organisation: Some(request.organisation.clone()),
        request: Some(request.id.clone()),
        ..Notice::new(request.email.clone(), request.language, letter)
    };
    letters::owe(desk, tx, &notice, now).await
}
