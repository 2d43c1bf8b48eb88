//! What a row of the table of doors is, and how rows are written.
use crate::domain::Result;
use crate::domain::answer::Done;
use crate::domain::role::Permission;
use crate::pages::Sheet;
use crate::site::call::Call;
use crate::site::upload::Upload;
use axum::extract::Request;
use axum::response::Response;
use std::future::Future;
use std::pin::Pin;

/// What must be true of the caller before a door opens. Actions are checked again, and in full, at
/// the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    Nobody,
    /// Only in a demo.
    Demo,
    /// A session whose second factor may still be due.
    HalfSignedIn,
    Account,
    /// An active member of the organisation in the path, or for actions in the field `org`.
    Member,
    May(Permission),
    /// Holds one of the two.
    MayEither(Permission, Permission),
    /// A member with the role Administrator.
    Administrator,
}

pub(super) type Later<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Answers a call, and the request that it came with.
pub(super) type Handler = fn(Call, Request) -> Later<Response>;

/// What is behind a door.
#[derive(Clone, Copy)]
pub enum Leads {
    Page(fn(Call) -> Later<Result<Sheet>>),
    /// A server function that changes something, found by the door's path.
    Action,
    /// A server function that only reads, for islands.
    Read,
    /// A change that may bring a file.
    Upload(fn(Call, Upload) -> Later<Result<Done>>),
    Get(Handler),
    Post(Handler),
    GetOrPost(Handler),
}

/// A row of the table.
pub struct Door {
    pub path: &'static str,
    pub needs: Needs,
    /// The most bytes that may come through it in one body; less for whoever is not signed in.
    pub limit: usize,
    pub leads: Leads,
    /// For what is posted: a body that decodes; see [`Door::body`].
    pub sample: &'static str,
}

impl Door {
    /// The sample, about the organisation with this slug. Ids in it are nothing's.
    pub fn body(&self, slug: &str) -> String {
        let nothing = "0192d3a0-0000-7000-8000-000000000000";
        self.sample.replace("{org}", slug).replace("{id}", nothing)
    }

    /// Whether it stands in an organisation: members alone may pass.
    pub fn is_of_organisation(&self) -> bool {
        matches!(
            self.needs,
            Needs::Member | Needs::May(_) | Needs::MayEither(..) | Needs::Administrator
        )
    }
}

/// Pages: `path needs => sheet`.
macro_rules! pages {
    ($($path:literal $needs:expr => $page:path),+ $(,)?) => {
        [$(Door {
            path: $path,
            needs: $needs,
            limit: $crate::web::guard::BODY_LIMIT,
            leads: $crate::web::doors::door::Leads::Page(|call| Box::pin($page(call))),
            sample: "",
        }),+]
    };
}

/// Server functions: `needs => function, sample`, or `needs, limit => ..`.
macro_rules! functions {
    ($leads:ident: $($needs:expr $(, $limit:expr)? => $function:path, $sample:literal;)+) => {
        [$(Door {
            path: <$function as leptos::server_fn::ServerFn>::PATH,
            needs: $needs,
            limit: [$($limit,)? $crate::web::guard::BODY_LIMIT][0],
            leads: $crate::web::doors::door::Leads::$leads,
            sample: $sample,
        }),+]
    };
}

/// Changes that may bring a file: `path needs, limit => function, sample`.
macro_rules! uploads {
    ($($path:literal $needs:expr, $limit:expr => $function:path, $sample:literal;)+) => {
        [$(Door {
            path: $path,
            needs: $needs,
            limit: $limit,
            leads: $crate::web::doors::door::Leads::Upload(|call, upload| Box::pin($function(call, upload))),
            sample: $sample,
        }),+]
    };
}

pub(super) use {functions, pages, uploads};
