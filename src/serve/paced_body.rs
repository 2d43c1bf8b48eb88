//! Bodies with an end: one that comes in too slowly is given up, and one that goes out tells when
//! all of it was made.
use super::line::Line;
use super::seats::Seat;
use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep_until};

/// Each so many bytes that came give a body one more second.
const BYTES_A_SECOND: u64 = 8 * 1024;

/// A body did not come in time.
#[derive(Debug)]
pub(super) struct TooSlow;

impl fmt::Display for TooSlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body came too slowly")
    }
}

impl std::error::Error for TooSlow {}

/// A request's body. It has `patience` from when it is first asked for, and longer for what came.
pub(super) struct PacedBody {
    inner: Incoming,
    patience: Duration,
    came: u64,
    clock: Option<(Instant, Pin<Box<Sleep>>)>,
    /// Set once it was given up.
    late: Arc<AtomicBool>,
}

impl PacedBody {
    pub fn new(inner: Incoming, patience: Duration, late: Arc<AtomicBool>) -> Self {
        Self {
            inner,
            patience,
            came: 0,
            clock: None,
            late,
        }
    }

    /// Whether its time is over.
    fn poll_late(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let earned = Duration::from_secs(self.came / BYTES_A_SECOND);
        let patience = self.patience + earned;
        let (begun, alarm) = self.clock.get_or_insert_with(|| {
            let now = Instant::now();
            (now, Box::pin(sleep_until(now + patience)))
        });
        let due = *begun + patience;
        if alarm.deadline() != due {
            alarm.as_mut().reset(due);
        }
        alarm.as_mut().poll(cx)
    }
}

impl HttpBody for PacedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.late.load(Ordering::Relaxed) {
            return Poll::Ready(Some(Err(axum::Error::new(TooSlow))));
        }
        match Pin::new(&mut self.inner).poll_frame(cx) {
            Poll::Ready(frame) => {
                if let Some(Ok(frame)) = &frame {
                    self.came += frame.data_ref().map_or(0, |bytes| bytes.len() as u64);
                }
                Poll::Ready(frame.map(|frame| frame.map_err(axum::Error::new)))
            }
            Poll::Pending => self.poll_late(cx).map(|()| {
                self.late.store(true, Ordering::Relaxed);
                Some(Err(axum::Error::new(TooSlow)))
            }),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// Tells the line, when it goes, that the answer was made; and gives its seat back.
pub(super) struct Answering {
    pub line: Arc<Line>,
    pub seat: Option<Seat>,
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.line.answered();
    }
}

/// The body of an answer.
pub(super) struct WatchedBody {
    pub inner: Body,
    #[expect(dead_code, reason = "it ends with the body")]
    pub answering: Answering,
}

impl HttpBody for WatchedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
