//! Signing in and out; one's own profile, password, address and sessions; deleting one's account.
use crate::domain::answer::{Done, Refusal};
#[cfg(feature = "ssr")]
use crate::{
    desk::account,
    desk::account::accounts::Profile,
    domain::account::Language,
    domain::{Error, Why, path},
    site::call,
    site::cookies::Cookie,
};
use leptos::prelude::*;

#[server(prefix = "/actions", endpoint = "sign_in")]
pub async fn sign_in(
    email: String,
    password: String,
    #[server(default)] back: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let begun = account::accounts::sign_in(call.desk(), &call.caller, &email, &password).await?;
    call.take_session(&begun);
    let back = path::own_or(&back, "/");
    if begun.factor_due {
        let kept: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
        return Ok(Done::to(&format!("/signin/code?back={kept}")));
    }
    Ok(Done::to(back))
}

#[server(prefix = "/actions", endpoint = "sign_out")]
pub async fn sign_out() -> Result<Done, Refusal> {
    let call = call()?;
    let actor = call
        .actor
        .as_ref()
        .or(call.half.as_ref())
        .ok_or(Error::SignInRequired)?;
    account::sessions::sign_out(call.desk(), actor).await?;
    call.set_cookie(Cookie::Session, "");
    Ok(Done::default())
}

#[server(prefix = "/actions", endpoint = "ask_reset")]
pub async fn ask_reset(email: String) -> Result<Done, Refusal> {
    let call = call()?;
    account::accounts::ask_reset(call.desk(), &call.caller, &email).await?;
    Ok(Done::to("/reset?done=asked"))
}

#[server(prefix = "/actions", endpoint = "reset_password")]
pub async fn reset_password(token: String, password: String) -> Result<Done, Refusal> {
    let call = call()?;
    account::accounts::reset_password(call.desk(), &call.caller, &token, &password).await?;
    call.set_cookie(Cookie::Session, "");
    Ok(Done::to("/signin?done=reset"))
}

/// For those not signed in: a cookie remembers the language.
#[server(prefix = "/actions", endpoint = "choose_language")]
pub async fn choose_language(language: String) -> Result<Done, Refusal> {
    let language = Language::from_tag(&language).ok_or(Error::field("language", Why::UnknownChoice))?;
    call()?.set_cookie(Cookie::Language, language.tag());
    Ok(Done::default())
}

/// `keys`: `on` as a ticked box sends it, anything else is off.
#[server(prefix = "/actions", endpoint = "change_profile")]
pub async fn change_profile(
    name: String,
    language: String,
    time_zone: String,
    theme: String,
    #[server(default)] keys: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    account::accounts::change_profile(
        call.desk(),
        call.actor()?,
        &Profile {
            name,
            language,
            time_zone,
            theme,
            keys: keys == "on",
        },
    )
    .await?;
    Ok(Done::to("/settings?done=profile#profile"))
}

#[server(prefix = "/actions", endpoint = "change_password")]
pub async fn change_password(
    #[server(default)] current_password: String,
    #[server(default)] code: String,
    new_password: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let again = (current_password.as_str(), code.as_str());
    let begun = account::accounts::change_password(call.desk(), call.actor()?, again, &new_password).await?;
    call.take_session(&begun);
    Ok(Done::to("/settings?done=password#password"))
}

#[server(prefix = "/actions", endpoint = "ask_email_change")]
pub async fn ask_email_change(
    email: String,
    #[server(default)] password: String,
    #[server(default)] code: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let again = (password.as_str(), code.as_str());
    account::addresses::ask_email_change(call.desk(), call.actor()?, &email, again).await?;
    Ok(Done::to("/settings?done=email#email"))
}

#[server(prefix = "/actions", endpoint = "prove_email")]
pub async fn prove_email(token: String) -> Result<Done, Refusal> {
    let call = call()?;
    account::addresses::prove_email(call.desk(), call.actor()?, &token).await?;
    Ok(Done::to("/settings?done=address#email"))
}

#[server(prefix = "/actions", endpoint = "end_session")]
pub async fn end_session(
    session: String,
    #[server(default)] password: String,
    #[server(default)] code: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let again = (password.as_str(), code.as_str());
    account::sessions::end(call.desk(), call.actor()?, &session.try_into()?, again).await?;
    Ok(Done::to("/settings?done=session#sessions"))
}

#[server(prefix = "/actions", endpoint = "end_other_sessions")]
pub async fn end_other_sessions(
    #[server(default)] password: String,
    #[server(default)] code: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let again = (password.as_str(), code.as_str());
    account::sessions::end_others(call.desk(), call.actor()?, again).await?;
    Ok(Done::to("/settings?done=session#sessions"))
}

/// `email`: one's own address, typed as a confirmation; `password`: empty for whoever signs in with
/// a provider.
#[server(prefix = "/actions", endpoint = "delete_account")]
pub async fn delete_account(
    email: String,
    #[server(default)] password: String,
    #[server(default)] code: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let again = (password.as_str(), code.as_str());
    account::erasure::delete_account(call.desk(), call.actor()?, again, &email).await?;
    Ok(Done::default())
}

#[server(prefix = "/actions", endpoint = "keep_account")]
pub async fn keep_account() -> Result<Done, Refusal> {
    let call = call()?;
    account::erasure::keep_account(call.desk(), call.actor()?).await?;
    Ok(Done::default())
}
