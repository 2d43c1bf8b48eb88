//! How many connections there may be: in all, and from one address. Where all are taken, one that
//! only waits makes room, so that whoever holds many without asking for anything keeps nobody out.
use super::line::Line;
use crate::config::ConnectionLimits;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Why there is no seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoSeat {
    /// One address holds as much as it may, and all of it is being answered.
    OfAddress,
    /// The same of all.
    AtAll,
}

/// Connections, and requests that a proxy passes on, each by the address that it is from.
#[derive(Clone)]
pub(super) struct Seats(Arc<Mutex<SeatPlan>>);

struct SeatPlan {
    limits: ConnectionLimits,
    /// Whether one address may hold no more than its part.
    parted: bool,
    next: u64,
    taken: usize,
    lines: HashMap<String, BTreeMap<u64, Arc<Line>>>,
    /// Those that waited when all were last looked at, with since when, the longest first.
    waiting: VecDeque<(Instant, u64, String)>,
    /// When that was, and how often room was looked for since.
    looked: Option<Instant>,
    sought: usize,
}

/// A place among the connections; free again when dropped.
pub(super) struct Seat {
    seats: Seats,
    address: String,
    id: u64,
}

impl Seats {
    /// `parted`: whether an address may hold no more than its part; not so where each address is a
    /// proxy's.
    pub fn new(limits: &ConnectionLimits, parted: bool) -> Self {
        Self(Arc::new(Mutex::new(SeatPlan {
            limits: limits.clone(),
            parted,
            next: 0,
            taken: 0,
            lines: HashMap::new(),
            waiting: VecDeque::new(),
            looked: None,
            sought: 0,
        })))
    }

    fn plan(&self) -> MutexGuard<'_, SeatPlan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A seat for a connection from there, with its watch.
    pub fn take(&self, address: String, cut: CancellationToken) -> Result<(Seat, Arc<Line>), NoSeat> {
        let line = Arc::new(Line::new(&self.plan().limits, cut));
        self.seat(address, line.clone()).map(|seat| (seat, line))
    }

    /// A seat for what is asked for from there on a line of a proxy's: answered, it never waits.
    pub fn take_on(&self, address: String, line: &Arc<Line>) -> Result<Seat, NoSeat> {
        self.seat(address, line.clone())
    }

    fn seat(&self, address: String, line: Arc<Line>) -> Result<Seat, NoSeat> {
        let mut plan = self.plan();
        let held = plan.lines.get(&address).map_or(0, BTreeMap::len);
        if plan.parted && held >= plan.limits.most_of_one && !plan.make_room_of(&address) {
            return Err(NoSeat::OfAddress);
        }
        if plan.taken >= plan.limits.most && !plan.make_room() {
            return Err(NoSeat::AtAll);
        }
        plan.next += 1;
        plan.taken += 1;
        let id = plan.next;
        plan.lines.entry(address.clone()).or_default().insert(id, line);
        Ok(Seat {
            seats: self.clone(),
            address,
            id,
        })
    }
}

/// All lines are looked at again after so long, or once so many of them would have to be looked at, in
/// the mean, for each connection that found no seat: else a few thousand that come and go each second
/// would have all looked at a few thousand times.
const LOOKS: usize = 64;
const SIGHT: Duration = Duration::from_millis(100);

impl SeatPlan {
    /// Ends the connection that has waited longest; whether there was one. One that just came and has
    /// not asked yet is the last to go.
    fn make_room(&mut self) -> bool {
        self.sought = self.sought.saturating_add(1);
        self.end_longest() || (self.look_at_all() && self.end_longest())
    }

    /// Ends the first that has waited on since all were looked at. Whoever waits since then comes
    /// after all of these.
    fn end_longest(&mut self) -> bool {
        while let Some((since, id, address)) = self.waiting.pop_front() {
            let line = self.lines.get(&address).and_then(|lines| lines.get(&id));
            if line.is_some_and(|line| line.waits_since() == Some(since)) {
                return self.end(&address, id);
            }
        }
        false
    }

    /// False: it is too early to look at so many again.
    fn look_at_all(&mut self) -> bool {
        let fresh = self.looked.is_some_and(|at| at.elapsed() < SIGHT);
        if fresh && self.taken > self.sought.saturating_mul(LOOKS) {
            return false;
        }
        (self.looked, self.sought) = (Some(Instant::now()), 0);
        let waiting = self.lines.iter().flat_map(|(address, lines)| {
            let lines = lines.iter();
            lines.filter_map(|(id, line)| Some((line.waits_since()?, *id, address.clone())))
        });
        self.waiting = waiting.collect();
        self.waiting.make_contiguous().sort_unstable();
        true
    }

    /// The same among the connections of one address.
    fn make_room_of(&mut self, address: &str) -> bool {
        let lines = self.lines.get(address).into_iter().flatten();
        let waiting = lines.filter_map(|(id, line)| Some((line.waits_since()?, *id)));
        match waiting.min() {
            Some((_, id)) => self.end(address, id),
            None => false,
        }
    }

    fn end(&mut self, address: &str, id: u64) -> bool {
        let left = self.leave(address, id);
        if let Some(line) = &left {
            line.cut.cancel();
        }
        left.is_some()
    }

    fn leave(&mut self, address: &str, id: u64) -> Option<Arc<Line>> {
        let lines = self.lines.get_mut(address)?;
        let left = lines.remove(&id)?;
        if lines.is_empty() {
            self.lines.remove(address);
        }
        self.taken -= 1;
        Some(left)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.plan().leave(&self.address, self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 10 * LOOKS;

    fn full() -> (Seats, Vec<(Seat, Arc<Line>)>) {
        let patience = Duration::from_secs(60);
        let limits = ConnectionLimits {
            most: MOST,
            most_of_one: MOST,
            head: patience,
            body: patience,
            idle: patience,
            stall: patience,
        };
        let seats = Seats::new(&limits, true);
        let held = (0..MOST).map(|n| come(&seats, n).unwrap()).collect();
        (seats, held)
    }

    fn come(seats: &Seats, n: usize) -> Result<(Seat, Arc<Line>), NoSeat> {
        seats.take(format!("192.0.2.{}", n % 4), CancellationToken::new())
    }

    fn cut(held: &[(Seat, Arc<Line>)]) -> Vec<usize> {
        let cut = held
            .iter()
            .enumerate()
            .filter(|(_, (_, line))| line.cut.is_cancelled());
        cut.map(|(n, _)| n).collect()
    }

    #[test]
    fn whoever_has_waited_longest_makes_room() {
        let (seats, mut held) = full();
        held.push(come(&seats, 0).unwrap());
        assert_eq!(cut(&held), [0]);
        // One that asked, and one whose wait began anew, are not those any more.
        held[1].1.asked(true);
        held[2].1.asked(true);
        held[2].1.answered();
        held.push(come(&seats, 0).unwrap());
        assert_eq!(cut(&held), [0, 3]);
        // One that went makes room by itself.
        drop(held.remove(4));
        held.push(come(&seats, 0).unwrap());
        assert_eq!(cut(&held), [0, 3]);
        // Then those that waited as long, then the first that came, and only then the one that waits anew.
        for n in 0..MOST - 4 {
            held.push(come(&seats, n).unwrap());
        }
        assert!(!held[2].1.cut.is_cancelled());
        held.push(come(&seats, 0).unwrap());
        assert!(held[2].1.cut.is_cancelled());
        assert!(!held[1].1.cut.is_cancelled());
    }

    #[test]
    fn where_nobody_waits_all_are_looked_at_now_and_then() {
        let (seats, held) = full();
        for (_, line) in &held {
            line.asked(true);
        }
        for n in 0..100 {
            assert_eq!(come(&seats, n).err(), Some(NoSeat::AtAll));
        }
        held[7].1.answered();
        let tries = (0..MOST).find(|n| come(&seats, *n).is_ok());
        assert!(tries.is_some_and(|n| n <= MOST / LOOKS), "{tries:?}");
        assert_eq!(cut(&held), [7]);
    }
}
