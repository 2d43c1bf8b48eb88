//! The closed list of ways a sign-in with a provider fails. Worded for the log; holds no tokens,
//! codes or addresses of people.
use std::borrow::Cow;
use std::fmt;

/// Why a sign-in with a provider did not happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OidcError {
    /// No provider of that id is configured.
    UnknownProvider,
    /// The provider does not answer, or says that it is overloaded; the next try may succeed. The
    /// cause is for the operator.
    Unreachable(Cow<'static, str>),
    /// The person declined at the provider (`error=access_denied`).
    Denied,
    /// Something was answered that must not be accepted, or the configuration does not fit. The
    /// reason is for the operator.
    Refused(Cow<'static, str>),
}

impl fmt::Display for OidcError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownProvider => out.write_str("no such sign-in provider"),
            Self::Unreachable(cause) => write!(out, "the sign-in provider does not answer: {cause}"),
            Self::Denied => out.write_str("declined at the sign-in provider"),
            Self::Refused(why) => write!(out, "sign-in refused: {why}"),
        }
    }
}

impl std::error::Error for OidcError {}

/// Shorthand for [`OidcError::Unreachable`].
pub(crate) fn unreachable(cause: impl Into<Cow<'static, str>>) -> OidcError {
    OidcError::Unreachable(cause.into())
}

/// Shorthand for [`OidcError::Refused`].
pub(crate) fn refused(why: impl Into<Cow<'static, str>>) -> OidcError {
    OidcError::Refused(why.into())
}

/// A machine word (an OAuth error code) from outside, cut down to what is safe in a log line.
pub(crate) fn word(text: &str) -> String {
    let safe = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    text.chars().filter(safe).take(60).collect()
}
