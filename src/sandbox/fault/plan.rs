//! The faults that wait for a request or a notification.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::{Fault, PlannedFault};

/// How many different faults may wait; the oldest are dropped first.
const WAITING: usize = 1000;

/// The faults of responses and those of notifications.
#[derive(Default)]
pub(crate) struct Faults {
    responses: Mutex<FaultQueue>,
    notifications: Mutex<FaultQueue>,
}

#[derive(Default)]
struct FaultQueue {
    once: VecDeque<(Fault, u32)>,
    always: Option<Fault>,
}

impl Faults {
    pub(crate) fn push(&self, fault: Fault) {
        self.push_times(fault, 1);
    }

    /// Adds a fault for this many requests.
    pub(crate) fn push_times(&self, fault: Fault, times: u32) {
        self.edit(fault.is_of_posting(), |plan| {
            if plan.once.len() >= WAITING {
                plan.once.pop_front();
            }
            plan.once.push_back((fault, times));
        });
    }

    pub(crate) fn set_always(&self, fault: Option<Fault>) {
        let Some(fault) = fault else {
            [false, true]
                .into_iter()
                .for_each(|posting| self.edit(posting, |plan| plan.always = None));
            return;
        };
        self.edit(fault.is_of_posting(), |plan| plan.always = Some(fault));
    }

    /// Restores the faults that the sandbox was started with.
    pub(crate) fn begin(&self, planned: &[PlannedFault]) {
        self.clear();
        for PlannedFault { fault, times } in planned.iter().cloned() {
            match times {
                Some(times) => self.push_times(fault, times),
                None => self.set_always(Some(fault)),
            }
        }
    }

    /// The waiting faults as texts, for a checkpoint; `None` means always.
    #[cfg(feature = "state")]
    pub(crate) fn saved(&self) -> Vec<(String, Option<u32>)> {
        let all = self.all().into_iter();
        all.map(|(fault, times)| (fault.to_string(), times))
            .collect()
    }

    /// Replaces the faults; `None` when one is unknown.
    #[cfg(feature = "state")]
    pub(crate) fn restore(&self, saved: &[(String, Option<u32>)]) -> Option<()> {
        let fault = |(fault, times): &(String, Option<u32>)| {
            let fault = fault.parse().ok()?;
            let times = *times;
            Some(PlannedFault { fault, times })
        };
        self.begin(&saved.iter().map(fault).collect::<Option<Vec<_>>>()?);
        Some(())
    }

    /// Removes all faults.
    pub(crate) fn clear(&self) {
        [false, true]
            .into_iter()
            .for_each(|posting| self.edit(posting, |plan| *plan = FaultQueue::default()));
    }

    /// The fault of the next response.
    pub(crate) fn next(&self) -> Option<Fault> {
        self.edit(false, FaultQueue::next)
    }

    /// The fault of the next notification.
    pub(crate) fn next_posting(&self) -> Option<Fault> {
        self.edit(true, FaultQueue::next)
    }

    /// The waiting faults with their counts; `None` means always.
    #[cfg(feature = "control")]
    pub(crate) fn all(&self) -> Vec<(Fault, Option<u32>)> {
        [false, true]
            .map(|posting| self.edit(posting, |plan| plan.all()))
            .concat()
    }

    fn edit<T>(&self, posting: bool, edit: impl FnOnce(&mut FaultQueue) -> T) -> T {
        let plan = if posting {
            &self.notifications
        } else {
            &self.responses
        };
        edit(&mut plan.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl FaultQueue {
    fn next(&mut self) -> Option<Fault> {
        let Some((fault, left)) = self.once.front_mut() else {
            return self.always.clone();
        };
        *left = left.saturating_sub(1);
        let (fault, left) = (fault.clone(), *left);
        if left == 0 {
            self.once.pop_front();
        }
        Some(fault)
    }

    #[cfg(feature = "control")]
    fn all(&self) -> Vec<(Fault, Option<u32>)> {
        let once = self.once.iter();
        let once = once.map(|(fault, left)| (fault.clone(), Some(*left)));
        let always = self.always.clone().map(|fault| (fault, None));
        once.chain(always).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_faults_go_before_the_permanent_one() {
        let faults = Faults::default();
        faults.set_always(Some(Fault::Probe));
        faults.push_times(Fault::WrongSignature, 2);
        faults.push(Fault::DuplicatedNotification);
        let waiting = [
            (Fault::WrongSignature, Some(2)),
            (Fault::Probe, None),
            (Fault::DuplicatedNotification, Some(1)),
        ];
        assert_eq!(faults.all(), waiting);
        let next = [(); 4].map(|()| faults.next());
        let [a, b, c, d] = next.map(|fault| fault.map(|fault| fault.to_string()));
        assert_eq!([a.as_deref(), b.as_deref()], [Some("wrong_signature"); 2]);
        assert_eq!([c.as_deref(), d.as_deref()], [Some("probe"); 2]);
        assert_eq!(faults.next_posting(), Some(Fault::DuplicatedNotification));
        assert_eq!(faults.next_posting(), None);
        faults.clear();
        assert_eq!(faults.next(), None);
    }
}
