//! One job from its first byte to the evidence that it was printed.

use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use super::worker::{IMPATIENT, Worker};
use crate::linux::wire::{Gone, Wire};
use crate::printer::{
    CompletionReport, Job, JobTag, Sink, encode, encode_kick, encode_real_time_kick,
};
use crate::vocabulary::{Doubt, Evidence, Hindrance, JobFailure, JobId, JobState, PrinterStatus};

/// Bytes handed to the port at once.
const CHUNK: usize = 1024;
/// A Star printer's counter of jobs begins anew after so many.
const COUNTS: u8 = 32;
/// How soon a port that has to be asked is asked again.
const PACE: Duration = Duration::from_millis(2);
/// How long a port may stand still when the till is being shut down.
const LAST_CALL: Duration = Duration::from_millis(250);

/// Collects encoded bytes and sends them in chunks.
struct JobSink<'w> {
    worker: &'w mut Worker,
    id: JobId,
    chunk: heapless::Vec<u8, CHUNK>,
    held_by: Option<Hindrance>,
}

impl Sink for JobSink<'_> {
    type Error = Doubt;

    fn write(&mut self, mut bytes: &[u8]) -> Result<(), Doubt> {
        while !bytes.is_empty() {
            let room = CHUNK - self.chunk.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            // It fits: `now` is no longer than the room.
            let _ = self.chunk.extend_from_slice(now);
            bytes = later;
            if self.chunk.is_full() {
                self.flush()?;
            }
        }
        Ok(())
    }
}

impl JobSink<'_> {
    fn flush(&mut self) -> Result<(), Doubt> {
        let chunk = core::mem::take(&mut self.chunk);
        self.worker.write(&chunk, self.id, &mut self.held_by)
    }
}

impl Worker {
    /// Sends a job and waits for evidence. Returns the job's last state.
    pub(super) fn send_job(&mut self, id: JobId, job: Job) -> JobState {
        self.tell_job(id, JobState::Sending(None));
        self.completed = None;
        // The status was asked for just now, so this is the count before the job.
        let counted = self.counter;
        let tag = JobTag::of(id);
        let profile = self.profile.clone();
        let job = match &mut self.typesetter {
            Some(typesetter) => typesetter.typeset(job, &profile),
            None => job,
        };
        let mut sink = JobSink {
            worker: self,
            id,
            chunk: heapless::Vec::new(),
            held_by: None,
        };
        let sent =
            encode(job.commands(), &profile, Some(tag), &mut sink).and_then(|()| sink.flush());
        let held_by = sink.held_by;
        match sent {
            Ok(()) => self.await_evidence(id, tag, counted, held_by),
            Err(doubt) => {
                self.abandon();
                JobState::Unconfirmed(doubt)
            }
        }
    }

    /// Nothing more of a broken-off job may reach the paper.
    pub(super) fn abandon(&mut self) {
        if let Some(wire) = &self.wire {
            wire.discard_output();
            self.lose();
        }
    }

    /// Writes `bytes`. A printer that stands still for a reason it told is waited for; one
    /// that stands still and says nothing is given up after a while.
    fn write(
        &mut self,
        mut bytes: &[u8],
        id: JobId,
        held_by: &mut Option<Hindrance>,
    ) -> Result<(), Doubt> {
        let stall = self.profile.timing.stall;
        let mut until = Instant::now() + stall;
        while !bytes.is_empty() {
            let wire = self.wire.as_ref().ok_or(Doubt::LinkLost)?;
            match wire.write(bytes) {
                Err(Gone) => {
                    self.lose();
                    return Err(Doubt::LinkLost);
                }
                Ok(0) => {}
                Ok(written) => {
                    bytes = bytes.get(written..).unwrap_or_default();
                    until = Instant::now() + stall;
                    self.report_hold(id, held_by, None);
                    continue;
                }
            }
            let now = Instant::now();
            if self.stopping() {
                until = until.min(now + LAST_CALL);
            }
            if now >= until {
                return Err(if self.stopping() {
                    Doubt::Stopped
                } else {
                    Doubt::WriteStalled
                });
            }
            let port = self.wire.as_ref().map(AsFd::as_fd);
            let paced = self.wire.as_ref().is_some_and(Wire::is_paced);
            let again = if paced { until.min(now + PACE) } else { until };
            let readable = self.shared.common.bell.wait(port, !paced, Some(again));
            if readable {
                self.read();
            }
            self.take_orders();
            if let Some(hindrance) = self.told_hindrance() {
                self.report_hold(id, held_by, Some(hindrance));
                self.refuse_kicks(hindrance);
                until = Instant::now() + stall;
            }
        }
        Ok(())
    }

    /// Waits until the printer reports the job complete, or, where it cannot, says that
    /// nothing is wrong. While it says that something is, it will go on by itself later. One
    /// that falls silent then may have been switched off and have forgotten the job.
    fn await_evidence(
        &mut self,
        id: JobId,
        tag: JobTag,
        counted: Option<u8>,
        mut held_by: Option<Hindrance>,
    ) -> JobState {
        let reports = match self.profile.completion {
            CompletionReport::None => false,
            // A status too short for a counter reports nothing.
            CompletionReport::Etb => counted.is_some(),
            CompletionReport::GsParenH | CompletionReport::EscGsEtx => true,
        };
        let patience = self.profile.timing.completion;
        let mut until = Instant::now() + patience;
        let mut ask = Instant::now();
        let mut fell_silent = false;
        loop {
            let counted_on = reports
                && self.profile.completion == CompletionReport::Etb
                && self.counter == counted.map(|before| (before + 1) % COUNTS);
            if counted_on || self.completed.is_some_and(|printed| printed.is(tag)) {
                return JobState::Confirmed(Evidence::CompletionReport);
            }
            if self.wire.is_none() {
                return JobState::Unconfirmed(Doubt::LinkLost);
            }
            if self.stopping() {
                return JobState::Unconfirmed(Doubt::Stopped);
            }
            let now = Instant::now();
            if now >= until {
                return JobState::Unconfirmed(Doubt::NoAnswer);
            }
            if now < ask {
                self.listen(ask.min(until));
                self.take_orders();
                continue;
            }
            self.ask_status();
            ask = Instant::now() + IMPATIENT;
            if let Some(hindrance) = self.told_hindrance() {
                fell_silent |= !self.status.responding;
                self.report_hold(id, &mut held_by, Some(hindrance));
                while let Some(kick) = self.kicks.pop_front() {
                    self.kick(kick);
                }
                until = Instant::now() + patience;
            } else if self.status.hindrance().is_none() {
                if !reports {
                    return if fell_silent {
                        JobState::Unconfirmed(Doubt::NoAnswer)
                    } else {
                        JobState::Confirmed(Evidence::ErrorFreeStatus)
                    };
                }
                self.report_hold(id, &mut held_by, None);
            }
        }
    }

    /// What the printer itself last said is wrong, even if it is silent now: one whose buffer
    /// is full because it has no paper takes no questions either.
    fn told_hindrance(&self) -> Option<Hindrance> {
        let said = PrinterStatus {
            responding: true,
            ..self.status
        };
        said.hindrance().filter(is_told)
    }

    fn report_hold(
        &mut self,
        id: JobId,
        held_by: &mut Option<Hindrance>,
        hindrance: Option<Hindrance>,
    ) {
        if *held_by != hindrance {
            *held_by = hindrance;
            self.tell_job(id, JobState::Sending(hindrance));
        }
    }

    /// In the middle of a job no pulse can be sent, and later it would come as a surprise.
    fn refuse_kicks(&mut self, hindrance: Hindrance) {
        while let Some(id) = self.kicks.pop_front() {
            self.tell_job(id, JobState::Failed(JobFailure::Hindered(hindrance)));
        }
    }

    /// Opens the drawer now or not at all.
    pub(super) fn kick(&mut self, id: JobId) {
        let state = self.try_kick(id);
        self.tell_job(id, state);
    }

    fn try_kick(&mut self, id: JobId) -> JobState {
        self.ask_status();
        let now = match self.status.hindrance() {
            None => Ok(encode_kick(&self.profile)),
            // Without paper a printer obeys real-time commands only.
            Some(hindrance) => Some(hindrance)
                .filter(is_told)
                .and_then(|_| encode_real_time_kick(&self.profile))
                .ok_or(hindrance),
        };
        let pulse = match now {
            Ok(pulse) => pulse,
            Err(hindrance) => return JobState::Failed(JobFailure::Hindered(hindrance)),
        };
        let mut held_by = None;
        if let Err(doubt) = self.write(&pulse, id, &mut held_by) {
            self.abandon();
            return JobState::Unconfirmed(doubt);
        }
        self.drawer_moves();
        let settled = self.next_poll;
        self.ask_status();
        self.next_poll = settled;
        if self.wire.is_none() {
            JobState::Unconfirmed(Doubt::LinkLost)
        } else if self.status.responding {
            JobState::Confirmed(Evidence::ErrorFreeStatus)
        } else {
            JobState::Unconfirmed(Doubt::NoAnswer)
        }
    }
}

/// Whether the printer itself told this: then it is alive and goes on when it is gone.
fn is_told(hindrance: &Hindrance) -> bool {
    !matches!(
        hindrance,
        Hindrance::Port(_)
            | Hindrance::NotResponding
            | Hindrance::OtherDialect
            | Hindrance::Line(_)
    )
}
