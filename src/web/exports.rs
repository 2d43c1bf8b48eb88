//! Tables that leave as files, CSV or JSON, read and sent in pieces, so that their size costs no
//! memory: what Insights show, and the queue.
use crate::desk::queue::list::RequestRow;
use crate::desk::{history, queue};
use crate::domain::member::Membership;
use crate::domain::text::{csv_head, csv_line, harmless};
use crate::domain::{Error, Result, Time};
use crate::pages::history::insights;
use crate::pages::queue::list;
use crate::site::call::Call;
use crate::site::shares::AccountShare;
use crate::store::history::insights::{InsightsQuery, ShownEvent};
use crate::store::queue::query::QueueQuery;
use crate::web::downloads::answer;
use crate::web::render;
use axum::body::Body;
use axum::response::Response;
use futures_util::stream;
use serde_json::{Value, json};
use tracing::Instrument as _;

/// How many rows are read at a time.
const CHUNK: usize = 200;

/// What is left of a table. Its cells stand in the order of its columns.
enum ExportTable {
    History(InsightsQuery),
    Queue(Box<QueueQuery>),
}

const HISTORY: &[&str] = &[
    "at",
    "what",
    "actor",
    "actor_email",
    "object",
    "object_name",
    "before",
    "after",
    "notes",
    "place",
    "erased",
    "id",
    "changes",
];
const QUEUE: &[&str] = &[
    "id",
    "kind",
    "status",
    "name",
    "email",
    "asks_for",
    "reason",
    "approval_type",
    "requested_at",
    "days",
    "decided_at",
    "decided_by",
    "decision_reason",
    "next_steps",
    "override",
    "provider",
    "connector",
    "identifier",
    "conversation",
];

/// A table on its way.
struct Sending {
    call: Call,
    member: Membership,
    #[expect(
        dead_code,
        reason = "it is given back when the list was sent, or its reader is gone"
    )]
    share: AccountShare,
    /// The span of the request, which the answer outlives.
    span: tracing::Span,
    table: ExportTable,
    csv: bool,
    /// The piece that goes next; None once everything was sent.
    piece: Option<String>,
    more: bool,
}

/// What Insights show, all pages of it.
pub async fn history(call: Call) -> Response {
    let call = &call;
    let table = insights::look(call).map(ExportTable::History);
    send(call, "insights", table).await
}

/// What the queue shows under its filter, all pages of it, as it was when the export began: later
/// requests are not in it.
pub async fn queue(call: Call) -> Response {
    let call = &call;
    let table = list::look(call).map(|mut look| {
        let mark = Time(call.now().0 + 1);
        look.filter.until = Some(look.filter.until.map_or(mark, |until| until.min(mark)));
        ExportTable::Queue(Box::new(QueueQuery { after: None, ..look }))
    });
    send(call, "access-requests", table).await
}

async fn send(call: &Call, name: &str, table: Result<ExportTable>) -> Response {
    let csv = call.asked("format") != "json";
    let made: Result<Sending> = async {
        let mut sending = Sending {
            share: call.site.shares.lists.take(call.actor()?.id())?,
            call: call.clone(),
            member: call.member()?.clone(),
            span: tracing::Span::current(),
            table: table?,
            csv,
            piece: None,
            more: true,
        };
        sending.read().await?;
        let first = sending.piece.take().unwrap_or_default();
        // Pieces of JSON begin with the comma that parts them from the one before.
        let begun = if csv {
            csv_head(sending.table.columns(csv).iter().map(|c| (*c).to_owned())) + &first
        } else {
            format!("[{}", first.trim_start_matches(','))
        };
        sending.piece = Some(begun);
        Ok(sending)
    }
    .await;
    match made {
        Ok(sending) => {
            let (kind, end) = if csv {
                ("text/csv; charset=utf-8", "csv")
            } else {
                ("application/json", "json")
            };
            let name = format!("{}-{name}.{end}", sending.member.slug);
            answer(
                kind,
                &name,
                Body::from_stream(stream::unfold(sending, Sending::next)),
            )
        }
        Err(e) => render::refusal(call, &e).await,
    }
}

impl Sending {
    async fn read(&mut self) -> Result<()> {
        let turns = self.call.site.shares.list_turns.clone();
        // They are never closed.
        let _turn = turns.acquire().await.map_err(|_| Error::Unavailable)?;
        let rows = match &mut self.table {
            ExportTable::History(look) => {
                let found = history::insights::list(self.call.desk(), &self.member, look, CHUNK).await?;
                self.more = found.next.is_some();
                look.before = found.next;
                let named = found.entries.iter().map(|e| entry(e, &found.name(e)));
                named.collect::<Vec<_>>()
            }
            ExportTable::Queue(look) => {
                let (rows, next) =
                    queue::list::queue_piece(self.call.desk(), &self.member, look, self.call.now(), CHUNK)
                        .await?;
                self.more = next.is_some();
                look.after = next;
                rows.iter().map(request).collect()
            }
        };
        let columns = self.table.columns(self.csv);
        let pieces = rows.into_iter().map(|cells| {
            if self.csv {
                csv_line(cells.iter().take(columns.len()).map(cell))
            } else {
                let object: serde_json::Map<String, Value> =
                    columns.iter().map(|c| (*c).to_owned()).zip(cells).collect();
                format!(",\n{}", Value::Object(object))
            }
        });
        let mut piece = pieces.collect::<String>();
        if !self.more && !self.csv {
            piece += "\n]\n";
        }
        self.piece = Some(piece);
        Ok(())
    }

    async fn next(mut self) -> Option<(Result<String>, Self)> {
        let piece = self.piece.take()?;
        let span = self.span.clone();
        if self.more
            && let Err(e) = self.read().instrument(span).await
        {
            // What was sent cannot be taken back: the connection breaks off, and the browser says
            // that the file is not whole.
            self.more = false;
            return Some((Err(e), self));
        }
        Some((Ok(piece), self))
    }
}

impl ExportTable {
    fn columns(&self, csv: bool) -> &'static [&'static str] {
        match self {
            // The last one is a list, which a cell cannot hold.
            ExportTable::History(_) if csv => &HISTORY[..HISTORY.len() - 1],
            ExportTable::History(_) => HISTORY,
            ExportTable::Queue(_) => QUEUE,
        }
    }
}

/// A cell as CSV has it; what a spreadsheet would run as a formula is made harmless.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => harmless(text),
        other => other.to_string(),
    }
}

fn entry(e: &ShownEvent, name: &str) -> Vec<Value> {
    let d = e.facts().unwrap_or_default();
    vec![
        json!(e.at.rfc3339()),
        json!(e.what),
        json!(e.actor),
        json!(e.actor_email),
        json!(e.object),
        json!(name),
        json!(d.was()),
        json!(d.is()),
        json!(d.notes),
        json!(d.place),
        json!(e.detail.is_none()),
        json!(e.id),
        json!(d.changes),
    ]
}

fn request(row: &RequestRow) -> Vec<Value> {
    let r = &row.request;
    let decision = row.status.decision();
    vec![
        json!(r.id.as_str()),
        json!(r.kind().as_str()),
        json!(row.status.word().as_str()),
        json!(r.name),
        json!(row.chat.is_none().then(|| r.email.as_str())),
        json!(row.resource),
        json!(r.message),
        json!(r.approval().as_str()),
        json!(r.submitted_at.rfc3339()),
        json!(r.asked().and_then(|a| a.days)),
        json!(decision.map(|d| d.at.rfc3339())),
        json!(row.decided_by),
        json!(decision.map(|d| &d.reason)),
        json!(decision.map(|d| &d.next_steps)),
        json!(decision.is_some_and(|d| d.overrides)),
        json!(row.chat.as_ref().map(|c| c.platform.as_str())),
        json!(row.chat.as_ref().map(|c| &c.connector)),
        json!(row.chat.as_ref().map(|c| &c.person)),
        json!(row.chat.as_ref().map(|c| &c.conversation)),
    ]
}
