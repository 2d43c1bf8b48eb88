//! What is under way just now, so that nobody takes what all share: no channel, and of each kind no
//! organisation, has more than its part of the work.
use crate::domain::delivery::{Channel, JobKind};
use crate::domain::ids::OrganisationId;
use crate::store::deliveries::hold::Hold;
use crate::store::deliveries::queue::Room;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// So many are claimed at once: a share is passed by at most as many.
pub const BATCH: usize = 8;

/// How much of a kind is done at the same time: in all, for one channel, for one organisation.
const fn shares(kind: JobKind) -> (usize, usize, usize) {
    match kind {
        JobKind::Letter => (24, 16, 12),
        JobKind::HookCall => (64, 8, 16),
        JobKind::Message => (256, 8, 64),
        JobKind::Arrival => (64, 16, 32),
    }
}

#[derive(Default)]
struct Shares {
    kinds: HashMap<JobKind, usize>,
    channels: HashMap<(JobKind, Channel), usize>,
    organisations: HashMap<(JobKind, OrganisationId), usize>,
}

/// What one server does just now. Cloning shares it.
#[derive(Clone, Default)]
pub struct Busy(Arc<Mutex<Shares>>);

impl Busy {
    /// What may be claimed of these kinds; None: all hands are full.
    pub fn room(&self, kinds: &[JobKind]) -> Option<Room> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let free = |kind: &JobKind| counts.kinds.get(kind).is_none_or(|n| *n < shares(*kind).0);
        let kinds: Vec<JobKind> = kinds.iter().copied().filter(free).collect();
        let channels = counts.channels.iter();
        let organisations = counts.organisations.iter();
        (!kinds.is_empty()).then(|| Room {
            kinds,
            limit: BATCH,
            channels: channels
                .filter(|((kind, _), n)| **n >= shares(*kind).1)
                .map(|((_, channel), _)| channel.clone())
                .collect(),
            organisations: organisations
                .filter(|((kind, _), n)| **n >= shares(*kind).2)
                .map(|((kind, organisation), _)| (*kind, organisation.clone()))
                .collect(),
        })
    }

    /// One thing more, until the answer is dropped.
    pub fn begin(&self, hold: &Hold) -> UnderWay {
        let under_way = UnderWay {
            busy: self.clone(),
            kind: hold.kind,
            channel: hold.channel.clone(),
            organisation: hold.organisation.clone(),
        };
        under_way.count(1);
        under_way
    }
}

/// A delivery that is under way, until it is dropped.
pub struct UnderWay {
    busy: Busy,
    kind: JobKind,
    channel: Channel,
    organisation: Option<OrganisationId>,
}

impl UnderWay {
    fn count(&self, more: isize) {
        let mut counts = self.busy.0.lock().unwrap_or_else(PoisonError::into_inner);
        add(&mut counts.kinds, self.kind, more);
        add(&mut counts.channels, (self.kind, self.channel.clone()), more);
        if let Some(organisation) = &self.organisation {
            add(&mut counts.organisations, (self.kind, organisation.clone()), more);
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.count(-1);
    }
}

fn add<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: K, more: isize) {
    let n = counts.get(&key).copied().unwrap_or(0).saturating_add_signed(more);
    if n == 0 {
        counts.remove(&key);
    } else {
        counts.insert(key, n);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Time;

    fn hold(kind: JobKind, channel: u8, organisation: u8) -> Hold {
        let id = |n: u8| format!("0192d3a0-0000-7000-8000-0000000000{n:02x}");
        Hold {
            id: id(0).try_into().unwrap(),
            kind,
            organisation: Some(id(organisation).try_into().unwrap()),
            channel: Channel::hook(&id(channel).try_into().unwrap()),
            attempts: 0,
            created_at: Time(0),
            waits_since: Time(0),
            lease_until: Time(0),
        }
    }

    #[test]
    fn channels_organisations_and_kinds_have_their_shares() {
        let busy = Busy::default();
        let call = JobKind::HookCall;
        let eight: Vec<_> = (0..8).map(|_| busy.begin(&hold(call, 1, 1))).collect();
        let room = busy.room(&JobKind::ALL).unwrap();
        assert_eq!(room.channels, [hold(call, 1, 1).channel]);
        assert!(room.organisations.is_empty());
        let other: Vec<_> = (0..8).map(|_| busy.begin(&hold(call, 2, 1))).collect();
        let room = busy.room(&JobKind::ALL).unwrap();
        assert_eq!(room.channels.len(), 2);
        assert_eq!(
            room.organisations,
            [(call, hold(call, 1, 1).organisation.unwrap())]
        );
        let rest: Vec<_> = (0..48).map(|n| busy.begin(&hold(call, 9 + n, 9 + n))).collect();
        assert!(!busy.room(&JobKind::ALL).unwrap().kinds.contains(&call));
        assert!(busy.room(&[call]).is_none(), "all hands are full");
        drop((eight, other, rest));
        let room = busy.room(&JobKind::ALL).unwrap();
        assert!(room.channels.is_empty() && room.organisations.is_empty() && room.kinds == JobKind::ALL);
    }
}
