//! Every server function, a few lines each: enter, call the desk, answer. All changes, and the
//! reads that islands make.
pub mod access;
pub mod accounts;
pub mod connectors;
pub mod customers;
pub mod deliveries;
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
pub mod ways_in;

use crate::domain::Error;
use crate::domain::answer::Refusal;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};

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
