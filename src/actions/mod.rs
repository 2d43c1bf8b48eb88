//! Every server function, a few lines each: enter, call the desk, answer. All changes, and the
//! reads that islands make.
pub mod access;
pub mod accounts;
pub mod connectors;
pub mod customers;
pub mod demo;
pub mod factor;
pub mod groups;
pub mod home_page;
pub mod invitations;
pub mod links;
pub mod organisations;
pub mod requests;
pub mod resources;
pub mod roles;
pub mod signup;
pub mod users;

use crate::domain::Error;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// The answer to a change that was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Where to go next, a path of this site; absent: where the form says.
    pub to: Option<String>,
    /// What is shown once and kept nowhere: a link, recovery codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shown: Vec<String>,
}

impl Done {
    pub fn to(path: &str) -> Self {
        Self {
            to: Some(path.to_owned()),
            shown: Vec::new(),
        }
    }
}

/// The answer to a change that was refused: the error, and its words in the caller's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    pub error: Error,
    pub message: String,
    /// Fields that cannot be taken, each with the reason in words.
    pub fields: Vec<(String, String)>,
}

#[cfg(feature = "ssr")]
impl Refusal {
    pub fn new(error: Error, call: &crate::site::Call) -> Self {
        let words = call.words();
        let fields = match &error {
            Error::Invalid(faults) => faults
                .iter()
                .map(|f| (f.field.clone(), words.reason(f.why)))
                .collect(),
            _ => Vec::new(),
        };
        Self {
            message: call.explain(&error),
            error,
            fields,
        }
    }
}

#[cfg(feature = "ssr")]
impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match crate::site::call() {
            Ok(call) => Refusal::new(error, &call),
            Err(_) => Self {
                message: error.key(),
                fields: Vec::new(),
                error,
            },
        }
    }
}

impl FromServerFnError for Refusal {
    type Encoder = JsonEncoding;

    /// What goes wrong around a server function: arguments that do not decode, or a network that
    /// does not answer.
    fn from_server_fn_error(e: ServerFnErrorErr) -> Self {
        let error = match e {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_) => Error::Malformed,
            ServerFnErrorErr::Request(_) => Error::Unavailable,
            _ => Error::Internal,
        };
        #[cfg(feature = "ssr")]
        return error.into();
        #[cfg(not(feature = "ssr"))]
        return Refusal {
            message: String::new(),
            fields: Vec::new(),
            error,
        };
    }

    fn status_code(&self) -> http::StatusCode {
        http::StatusCode::from_u16(self.error.status()).unwrap_or(http::StatusCode::BAD_REQUEST)
    }
}
