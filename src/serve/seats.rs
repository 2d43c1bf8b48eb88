//! How many connections there may be: in all, and from one address. Where all are taken, one that
//! only waits makes room, so that whoever holds many without asking for anything keeps nobody out.
use super::line::Line;
use crate::config::ConnectionLimits;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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
        if plan.parted && held >= plan.limits.most_of_one && !plan.make_room(Some(&address)) {
            return Err(NoSeat::OfAddress);
        }
        if plan.taken >= plan.limits.most && !plan.make_room(None) {
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

impl SeatPlan {
    /// Ends the connection that has waited longest, of those from there if an address is given;
    /// whether there was one. One that just came and has not asked yet is the last to go.
    fn make_room(&mut self, of: Option<&str>) -> bool {
        let addresses = self
            .lines
            .iter()
            .filter(|(address, _)| of.is_none_or(|of| of == *address));
        let waiting = addresses.flat_map(|(address, lines)| {
            let lines = lines.iter();
            lines.filter_map(move |(id, line)| Some((line.waits_since()?, *id, address)))
        });
        let Some((_, id, address)) = waiting.min_by_key(|(since, id, _)| (*since, *id)) else {
            return false;
        };
        let address = address.clone();
        if let Some(line) = self.leave(&address, id) {
            line.cut.cancel();
        }
        true
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
