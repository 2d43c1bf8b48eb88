//! Invitations: inviting, sending again, deleting, copying a link; accepting, and asking for a new
//! link.
use crate::domain::answer::{Done, Refusal};
#[cfg(feature = "ssr")]
use crate::{
    actions::users::ticked,
    desk::joining,
    desk::joining::invitations::Sent,
    desk::people::{self, people_file},
    domain::{Error, Why},
    site::upload::Upload,
    site::{Call, call},
};
use leptos::prelude::*;

/// Fields `org`; `people`: addresses, one a line or pasted from a spreadsheet, or a CSV file in
/// their place; a field `role_{id}` for each ticked box. The answer shows for each address, parted
/// by tabs: line, address, `invited`, `approved` or `refused`, and the reason.
#[cfg(feature = "ssr")]
pub async fn invite(call: Call, upload: Upload) -> Result<Done, Error> {
    let org = upload.field("org")?.to_owned();
    let (actor, member) = call.enter(&org).await?;
    let (text, field) = match &upload.file {
        Some(file) if !file.bytes.is_empty() => (String::from_utf8_lossy(&file.bytes).into_owned(), "file"),
        _ => (upload.optional("people").to_owned(), "people"),
    };
    let rows = people_file::read(&text).map_err(|why| Error::field(field, why))?;
    let outcomes =
        joining::invitations::invite_all(call.desk(), &actor, &member, &rows, &ticked(&upload.fields)?)
            .await?;
    // One address alone that is refused: the form stays as it is, with the reason.
    if let [only] = outcomes.as_slice()
        && let Err(e) = &only.result
    {
        return Err(match e {
            Error::Invalid(faults) => Error::field(field, faults.first().map_or(Why::Missing, |f| f.why)),
            e => e.clone(),
        });
    }
    let shown = outcomes.iter().map(|o| {
        let (word, reason) = match &o.result {
            Ok(Sent::Invited) => ("invited", String::new()),
            Ok(Sent::Approved) => ("approved", String::new()),
            Err(e) => ("refused", call.words().explain_alone(e, call.now())),
        };
        let address = o.email.replace('\t', " ");
        format!("{}\t{address}\t{word}\t{reason}", o.line)
    });
    Ok(Done {
        to: Some(format!("/{org}/users")),
        shown: shown.collect(),
    })
}

#[server(prefix = "/actions", endpoint = "resend_invitation")]
pub async fn resend_invitation(org: String, invitation: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    people::invitations::resend(call.desk(), &actor, &member, &invitation.try_into()?).await?;
    // Where to go next the form says: it stands on two pages.
    Ok(Done::default())
}

#[server(prefix = "/actions", endpoint = "delete_invitation")]
pub async fn delete_invitation(org: String, invitation: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    people::invitations::delete(call.desk(), &actor, &member, &invitation.try_into()?).await?;
    Ok(Done::default())
}

#[server(prefix = "/actions", endpoint = "accept_as_new")]
pub async fn accept_as_new(token: String, name: String, password: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (begun, slug) =
        people::acceptance::accept_as_new(call.desk(), &call.caller, &token, &name, &password).await?;
    call.take_session(&begun);
    Ok(Done::to(&format!("/{slug}")))
}

#[server(prefix = "/actions", endpoint = "accept_invitation")]
pub async fn accept_invitation(token: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (begun, slug) = people::acceptance::accept_as(call.desk(), call.actor()?, &token).await?;
    call.take_session(&begun);
    Ok(Done::to(&format!("/{slug}")))
}

/// In place of a link that ran out: a request in the queue.
#[server(prefix = "/actions", endpoint = "ask_new_link")]
pub async fn ask_new_link(token: String) -> Result<Done, Refusal> {
    let call = call()?;
    let id = people::acceptance::ask_new_link(call.desk(), &call.caller, &token).await?;
    Ok(Done::to(&format!(
        "/requests/{}?done=requested",
        crate::desk::requests::status_token::make(call.desk(), &id)
    )))
}

/// Where no mail server is configured: a new link to hand over, shown once.
#[server(prefix = "/actions", endpoint = "copy_link")]
pub async fn copy_link(org: String, invitation: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    let token = people::invitations::copy_link(call.desk(), &actor, &member, &invitation.try_into()?).await?;
    let link = format!("{}/invitations/{token}", call.site.public_url);
    Ok(Done {
        to: None,
        shown: vec![link],
    })
}
