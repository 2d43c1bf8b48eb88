//! Our mailbox, which access tokens open.
use crate::delivery::mail::session::MailTokens;
use crate::oidc::OidcError;
use crate::oidc::access_tokens::AccessTokens;
use futures_util::future::BoxFuture;
use secrecy::SecretString;

/// What gives the mail server's sessions their tokens.
pub struct Mailbox(pub AccessTokens);

impl MailTokens for Mailbox {
    fn token(&self, spent: Option<SecretString>) -> BoxFuture<'_, Result<SecretString, String>> {
        Box::pin(async move {
            self.0.get(spent).await.map_err(|e| match e {
                OidcError::Unreachable(why) | OidcError::Refused(why) => why.into_owned(),
                other => other.to_string(),
            })
        })
    }
}
