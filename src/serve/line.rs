//! One connection as its watch sees it: what it waits for, and until when. The socket, the service
//! and the body of the answer tell it what happens; nobody else has to look.
use crate::config::ConnectionLimits;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// What a connection waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LinePhase {
    /// The rest of a request's head.
    Head,
    /// Our answer.
    Answer,
    /// The next request.
    Idle,
}

struct LineState {
    phase: LinePhase,
    since: Instant,
    /// Since when the other side has taken nothing of what is to be written.
    stalled: Option<Instant>,
    /// Whether the last request ended with its head.
    is_all_head: bool,
    /// Whether all of the answer is with the system, and nothing of the request can still come.
    rests: bool,
}

/// The watch of one connection.
pub(super) struct Line {
    limits: ConnectionLimits,
    state: Mutex<LineState>,
    /// Cancelled to end the connection at once.
    pub cut: CancellationToken,
}

impl Line {
    pub fn new(limits: &ConnectionLimits, cut: CancellationToken) -> Self {
        Self {
            limits: limits.clone(),
            state: Mutex::new(LineState {
                phase: LinePhase::Head,
                since: Instant::now(),
                stalled: None,
                is_all_head: false,
                rests: false,
            }),
            cut,
        }
    }

    fn state(&self) -> MutexGuard<'_, LineState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, phase: LinePhase) {
        let mut state = self.state();
        (state.phase, state.since) = (phase, Instant::now());
    }

    /// The head of a request is there; `is_all_head`: it has no body.
    pub fn asked(&self, is_all_head: bool) {
        self.enter(LinePhase::Answer);
        let mut state = self.state();
        (state.is_all_head, state.rests) = (is_all_head, false);
    }

    /// All of the answer was made; what of it is not written yet has the limit of writes.
    pub fn answered(&self) {
        self.enter(LinePhase::Idle);
    }

    /// Whether nothing is left to be read or written of what was asked so far.
    pub fn rests(&self) -> bool {
        self.state().rests
    }

    /// All that was to be written is with the system.
    fn flushed(&self) {
        let mut state = self.state();
        state.rests = state.phase == LinePhase::Idle && state.is_all_head;
    }

    /// Something came. After the end of an answer it is the beginning of the next request.
    pub fn heard(&self) {
        let mut state = self.state();
        if state.phase == LinePhase::Idle {
            (state.phase, state.since) = (LinePhase::Head, Instant::now());
            state.rests = false;
        }
    }

    /// Something was written, or could not be.
    fn wrote<T>(&self, done: &Poll<T>) {
        let mut state = self.state();
        let now = Instant::now();
        if done.is_pending() {
            state.stalled.get_or_insert(now);
        } else {
            state.stalled = None;
            if state.phase == LinePhase::Idle {
                state.since = now;
            }
        }
    }

    /// When the connection is to end, as things stand.
    pub fn due(&self) -> Option<Instant> {
        let state = self.state();
        match (state.stalled, state.phase) {
            (Some(since), _) => Some(since + self.limits.stall),
            (None, LinePhase::Head) => Some(state.since + self.limits.head),
            (None, LinePhase::Idle) => Some(state.since + self.limits.idle),
            (None, LinePhase::Answer) => None,
        }
    }

    /// Since when it waits for the other side to ask; None: it is being answered.
    pub fn waits_since(&self) -> Option<Instant> {
        let state = self.state();
        (state.phase != LinePhase::Answer).then_some(state.since)
    }
}

/// A socket that tells its line what goes over it.
pub(super) struct WatchedStream {
    pub stream: TcpStream,
    pub line: Arc<Line>,
    /// What was read of it already, and comes first.
    pub before: Vec<u8>,
}

impl AsyncRead for WatchedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        if self.before.is_empty() {
            ready!(Pin::new(&mut self.stream).poll_read(cx, into))?;
        } else {
            let fits = self.before.len().min(into.remaining());
            into.put_slice(&self.before[..fits]);
            self.before.drain(..fits);
            if self.before.is_empty() {
                self.before = Vec::new();
            }
        }
        if into.filled().len() > before {
            self.line.heard();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for WatchedStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.line.wrote(&done);
        done
    }
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.line.wrote(&done);
        done
    }
    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = Pin::new(&mut self.stream).poll_flush(cx);
        if done.is_ready() {
            self.line.flushed();
        }
        done
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
