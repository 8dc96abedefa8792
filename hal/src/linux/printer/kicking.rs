//! Opening the drawer: now or not at all.
//!
//! In the middle of a job the pulse goes between two of its commands, or behind all of them. The
//! printer comes to it when it has come to what stands before it, so it is first asked whether it has
//! taken all of that: a pulse behind a port full of bytes would open the drawer when nobody stands
//! there any more.

use std::time::{Duration, Instant};

use super::in_step::Step;
use super::sending::{Course, was_told};
use super::worker::Worker;
use crate::printer::{encode_kick, encode_real_time_kick};
use crate::vocabulary::{Doubt, DrawerState, Evidence, Hindrance, JobFailure, JobId, JobState};

/// How long a printer may be at something else before an opening that was wanted is given up.
const LATEST: Duration = Duration::from_secs(2);
/// And how long it may take in all to learn how the printer is before the pulse is sent.
const IN_ALL: Duration = Duration::from_secs(6);
/// A drawer whose sensor shows it closed is watched for so many times as long as it needs.
const PATIENCE: u32 = 2;
/// How soon it is looked at again: nothing else is printed meanwhile.
const LOOK: Duration = Duration::from_millis(50);

/// An opening that is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub(super) id: JobId,
    /// Since when.
    pub(super) at: Instant,
}

impl Wanted {
    /// When it is given up.
    pub(super) fn latest(&self) -> Instant {
        self.at + LATEST
    }
}

impl Worker {
    /// While a port takes nothing more no pulse can be sent, and later it would come as a surprise.
    pub(super) fn refuse_late_kicks(&mut self) {
        while let Some(wanted) = self.kicks.front().copied()
            && Instant::now() >= wanted.latest()
        {
            self.kicks.pop_front();
            self.tell_job(wanted.id, JobState::Failed(JobFailure::Late));
        }
    }

    /// As [`Worker::refuse_late_kicks`], for a reason that the printer told.
    pub(super) fn refuse_kicks(&mut self, hindrance: Hindrance) {
        while let Some(Wanted { id, .. }) = self.kicks.pop_front() {
            self.tell_job(id, JobState::Failed(JobFailure::Hindered(hindrance)));
        }
    }

    /// Opens the drawer as often as is wanted, in the middle of a job.
    pub(super) fn kick_meanwhile(&mut self) {
        while let Some(wanted) = self.kicks.pop_front() {
            self.kick(wanted);
        }
    }

    /// Opens the drawer now or not at all.
    pub(super) fn kick(&mut self, wanted: Wanted) {
        self.begin(wanted.id);
        let state = self.try_kick(wanted);
        self.tell_job(wanted.id, state);
    }

    fn try_kick(&mut self, wanted: Wanted) -> JobState {
        let late = JobState::Failed(JobFailure::Late);
        let is_told = self.told_hindrance().is_some();
        if !is_told && Instant::now() >= wanted.latest() {
            return late;
        }
        let busy = self.step == Step::Busy;
        if busy && !is_told {
            if self.profile.answers && !self.has_taken_all(wanted.latest()) {
                return late;
            }
            if self.status.hindrance().is_some() {
                self.ask_status();
            }
        } else {
            self.ask_status();
            // In the middle of a picture the pulse would be dots of it.
            if self.can_get_in_step() && !self.get_in_step() && self.wire.is_some() {
                self.ask_status();
            }
        }
        let real_time = encode_real_time_kick(&self.profile);
        let pulse = match self.status.hindrance() {
            // It opens before what is still to be printed.
            None if busy && !self.ignores_pulses => Ok((real_time.is_some(), real_time)),
            None => Ok((false, None)),
            // Without paper a printer obeys real-time commands only.
            Some(hindrance) if was_told(&hindrance) && real_time.is_some() => Ok((true, real_time)),
            Some(hindrance) => Err(hindrance),
        };
        let (at_once, pulse) = match pulse {
            Ok((at_once, pulse)) => (at_once, pulse.unwrap_or_else(|| encode_kick(&self.profile))),
            Err(hindrance) => return JobState::Failed(JobFailure::Hindered(hindrance)),
        };
        if Instant::now() >= wanted.at + IN_ALL {
            return late;
        }
        let was = self.status.drawer;
        if let Err(doubt) = self.write(&pulse, Some(wanted.id), &mut Course::default()) {
            self.fall_out_of_step();
            self.abandon();
            return JobState::Unconfirmed(doubt);
        }
        if !self.profile.answers {
            return JobState::Confirmed(Evidence::Taken);
        }
        self.drawer_moves();
        let watched = was == DrawerState::Closed && self.has_sensor();
        if watched {
            let needs = Instant::now() + self.profile.timing.drawer_settle * PATIENCE;
            // What stands before it is printed first.
            let behind = busy && !at_once;
            self.watch_drawer(if behind {
                needs.max(wanted.latest())
            } else {
                needs
            });
        } else {
            let settled = self.next_poll;
            self.ask_status();
            self.next_poll = settled;
        }
        self.kicked(watched, at_once)
    }

    /// What became of a pulse that was sent. `watched`: there is a sensor that can tell. `at_once`: it
    /// was one that a printer obeys whatever is wrong with it.
    fn kicked(&self, watched: bool, at_once: bool) -> JobState {
        let confirmed = match self.status.hindrance() {
            _ if watched => {
                let is_open = self.status.drawer == DrawerState::Open;
                is_open.then_some(Evidence::Sensor)
            }
            None => Some(Evidence::ErrorFreeStatus),
            // It answers, so it has heard the pulse as well.
            Some(_) if at_once && !self.ignores_pulses => Some(Evidence::Taken),
            Some(_) => None,
        };
        if self.wire.is_none() {
            JobState::Unconfirmed(Doubt::LinkLost)
        } else if !self.status.responding {
            JobState::Unconfirmed(Doubt::NoAnswer)
        } else {
            confirmed.map_or(JobState::Unconfirmed(Doubt::NoAnswer), JobState::Confirmed)
        }
    }

    /// Waits until the drawer's sensor shows it open.
    fn watch_drawer(&mut self, until: Instant) {
        let mut look = Instant::now() + LOOK;
        while self.status.drawer != DrawerState::Open && self.wire.is_some() && !self.stopping() {
            if Instant::now() >= look.min(until) {
                self.ask_status();
                look = Instant::now() + LOOK;
                if Instant::now() >= until {
                    return;
                }
            }
            self.listen(look.min(until));
        }
    }
}
