//! What statements met that is so for all of them: connections that are given up, on which what is under
//! way ends at once, and troubles of the whole database.
use std::future::Future;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tokio::sync::watch;

/// Told when connections are given up. One for the process: a statement knows its connection alone,
/// and a server has one database.
static GIVEN_UP: LazyLock<watch::Sender<()>> = LazyLock::new(|| watch::channel(()).0);
/// A write met a server that only reads.
static MET_A_READER: AtomicBool = AtomicBool::new(false);

/// How often something failed for want of a disk, of the writer or of a server. One for all databases
/// of a process, as what fails knows of none: who looks only tries once more than it must.
static TROUBLES: AtomicU64 = AtomicU64::new(0);

/// Waits for a statement, but not on a connection that is given up meanwhile.
pub(super) async fn lasting<T>(statement: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    let mut given_up = GIVEN_UP.subscribe();
    tokio::select! {
        biased;
        done = statement => done,
        _ = given_up.changed() => Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
    }
}

/// Notes that a write was refused because the server only reads.
pub(super) fn met_a_reader() {
    MET_A_READER.store(true, Ordering::Relaxed);
}

/// Whether a write was refused so since this was asked last.
pub(super) fn has_met_a_reader() -> bool {
    MET_A_READER.swap(false, Ordering::Relaxed)
}

/// Ends what is under way on all connections: others have taken their places.
pub(super) fn give_up() {
    GIVEN_UP.send_replace(());
    has_met_a_reader();
}

/// Something failed that may be so for all changes.
pub(super) fn doubt_writing() {
    TROUBLES.fetch_add(1, Ordering::Relaxed);
}

/// How often that was so.
pub(super) fn troubles() -> u64 {
    TROUBLES.load(Ordering::Relaxed)
}
