//! One job from its first byte to the evidence that it was printed.

use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use super::in_step::Step;
use super::worker::{IMPATIENT, Worker};
use crate::linux::link::{FlowControl, PrinterLink};
use crate::linux::wire::{Gone, Wire};
use crate::printer::{Command, CompletionReport, Job, JobTag, Sink, encode};
use crate::star;
use crate::vocabulary::{Doubt, Evidence, Hindrance, JobId, JobState, PrinterStatus};

/// Bytes handed to the port at once.
const CHUNK: usize = 1024;
/// A Star printer's counter of jobs begins anew after so many.
const COUNTS: u8 = 32;
/// Its last number, which a printer that is switched off and on follows with 0, as one that printed
/// a job does.
const LAST_COUNT: u8 = COUNTS - 1;
/// How soon a port that has to be asked is asked again.
const PACE: Duration = Duration::from_millis(2);
/// How long a port may stand still when the till is being shut down.
const LAST_CALL: Duration = Duration::from_millis(250);

/// Bytes that every printer keeps while it stands still.
const KEPT: usize = 4 * 1024;
/// How long a port may keep what it has, in times of an answer: adapters take it in pieces.
const LEAVING: u32 = 2;
/// Of the time that a printer may stand still, the part that may pass without an explanation.
const UNEXPLAINED: u32 = 3;

/// How the sending of a job goes.
#[derive(Debug, Default)]
pub(super) struct Course {
    /// What it was last told to be held by.
    held_by: Option<Hindrance>,
    /// It was held by something once.
    held: bool,
    /// It stood still for no reason that the printer told, and went on.
    paused: bool,
    /// Bytes so far.
    sent: usize,
}

/// Collects encoded bytes and sends them in chunks.
struct JobSink<'w> {
    worker: &'w mut Worker,
    id: JobId,
    chunk: heapless::Vec<u8, CHUNK>,
    /// Rows of paper that it moves.
    rows: u32,
    course: Course,
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

    fn moves_paper(&mut self, rows: u32) {
        self.rows = self.rows.saturating_add(rows);
    }

    fn between(&mut self) -> Result<(), Doubt> {
        self.worker.take_orders();
        if !self.worker.kicks.is_empty() {
            self.flush()?;
            match self.worker.told_hindrance() {
                // It takes no questions behind what it cannot print.
                Some(hindrance) => self.worker.refuse_kicks(hindrance),
                None => self.worker.kick_meanwhile(),
            }
        }
        Ok(())
    }
}

impl JobSink<'_> {
    fn flush(&mut self) -> Result<(), Doubt> {
        let chunk = core::mem::take(&mut self.chunk);
        self.worker.write(&chunk, Some(self.id), &mut self.course)?;
        let rows = core::mem::take(&mut self.rows);
        self.worker.paper.give(rows, Instant::now());
        Ok(())
    }
}

impl Worker {
    /// Sends a job and waits for evidence. Returns the job's last state.
    pub(super) fn send_job(&mut self, id: JobId, job: Job) -> JobState {
        self.tell_job(id, JobState::Sending(None));
        self.completed = None;
        (self.asked, self.heard) = (0, 0);
        self.told_a_hindrance = false;
        self.overflowed = false;
        self.step = Step::Busy;
        // The status was asked for just now, so this is the count before the job.
        let counted = self.counter;
        let counts_twice =
            self.profile.completion == CompletionReport::Etb && counted == Some(LAST_COUNT);
        let end: &[u8] = if counts_twice { &[star::ETB] } else { &[] };
        let count = counted.map(|before| (before + if counts_twice { 2 } else { 1 }) % COUNTS);
        let tag = self.tag_of(id);
        let profile = self.profile.clone();
        let job = match &mut self.typesetter {
            Some(typesetter) => typesetter.typeset(job, &profile),
            None => job,
        };
        let has_picture = job.commands().any(|it| matches!(it, Command::Image { .. }));
        self.ignores_pulses = profile.real_time_switch && has_picture;
        let mut sink = JobSink {
            worker: self,
            id,
            chunk: heapless::Vec::new(),
            rows: 0,
            course: Course::default(),
        };
        let sent = encode(job.commands(), &profile, Some(tag), &mut sink)
            .and_then(|()| sink.write(end))
            .and_then(|()| sink.flush());
        let mut course = sink.course;
        let state = match sent {
            Ok(()) if !self.profile.answers => JobState::Unconfirmed(Doubt::NeverAnswers),
            Ok(()) => match self.await_evidence(id, tag, count, &mut course) {
                JobState::Confirmed(evidence) => match self.doubt(&course, evidence) {
                    Some(doubt) => JobState::Unconfirmed(doubt),
                    None => JobState::Confirmed(evidence),
                },
                state => state,
            },
            Err(doubt) => {
                self.abandon();
                JobState::Unconfirmed(doubt)
            }
        };
        if state == JobState::Unconfirmed(Doubt::NoAnswer) && !self.status.responding {
            // Whatever becomes of it, it must not come out when the operator was asked.
            self.abandon();
        }
        match state {
            JobState::Confirmed(_) | JobState::Unconfirmed(Doubt::NeverAnswers) => {
                self.step = Step::In;
            }
            _ => {
                self.step = Step::Out(0);
                self.paper.forget(Instant::now());
            }
        }
        state
    }

    /// What speaks against the evidence, from how the job went.
    fn doubt(&self, course: &Course, evidence: Evidence) -> Option<Doubt> {
        let PrinterLink::Serial(serial) = &self.link else {
            // A printer that is switched off takes its connection with it.
            return None;
        };
        // One that tells by itself what is wrong tells that it is over, too, unless it forgot.
        let forgot = course.held && self.told_a_hindrance;
        if course.paused || forgot {
            return Some(Doubt::NoAnswer);
        }
        let unstoppable = serial.flow == FlowControl::None;
        let unreported = evidence != Evidence::CompletionReport;
        (course.held && course.sent > KEPT && unstoppable && unreported).then_some(Doubt::Overrun)
    }

    /// Nothing more of a broken-off job may reach the paper.
    pub(super) fn abandon(&mut self) {
        if self.wire.is_some() {
            self.lose();
        }
    }

    /// Writes `bytes`. A printer that stands still for a reason it told is waited for; one
    /// that stands still and says nothing is given up after a while.
    pub(super) fn write(
        &mut self,
        mut bytes: &[u8],
        id: Option<JobId>,
        course: &mut Course,
    ) -> Result<(), Doubt> {
        self.owed.bury();
        let stall = self.profile.timing.stall;
        let mut since = Instant::now();
        let mut until = since + stall;
        let mut explained = false;
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
                    course.sent = course.sent.saturating_add(written);
                    course.paused |= !explained && since.elapsed() > stall / UNEXPLAINED;
                    if explained {
                        self.paper.stood_still(since.elapsed(), Instant::now());
                    }
                    explained = false;
                    since = Instant::now();
                    until = since + stall;
                    self.report_hold(id, course, None);
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
            let again = self
                .kicks
                .front()
                .map_or(again, |it| it.latest().min(again));
            let readable = self.shared.common.bell.wait(port, !paced, Some(again));
            if readable {
                self.read();
            }
            self.take_orders();
            match self.told_hindrance() {
                Some(hindrance) => {
                    explained = true;
                    self.report_hold(id, course, Some(hindrance));
                    self.refuse_kicks(hindrance);
                    // A till that is being shut down waits for no paper.
                    if !self.stopping() {
                        until = Instant::now() + stall;
                    }
                }
                None => self.refuse_late_kicks(),
            }
        }
        Ok(())
    }

    /// Waits until the printer reports the job complete, or, where it cannot, has said that
    /// nothing is wrong until all of its paper should be out. While it says that something is, it
    /// will go on by itself later. One that falls silent may have been switched off and have
    /// forgotten the job.
    fn await_evidence(
        &mut self,
        id: JobId,
        tag: JobTag,
        count: Option<u8>,
        course: &mut Course,
    ) -> JobState {
        let reports = match self.profile.completion {
            CompletionReport::None => false,
            // A status too short for a counter reports nothing.
            CompletionReport::Etb => count.is_some(),
            CompletionReport::GsParenH | CompletionReport::EscGsEtx => true,
        };
        let patience = self.profile.timing.completion;
        let mut until = Instant::now() + patience;
        let mut ask = Instant::now();
        let mut fell_silent = false;
        let mut queue = (usize::MAX, Instant::now());
        let mut looked = Instant::now();
        loop {
            let counted_on = reports
                && self.profile.completion == CompletionReport::Etb
                && self.counter == count;
            if self.overflowed {
                return JobState::Unconfirmed(Doubt::Overrun);
            }
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
                self.kick_meanwhile();
                continue;
            }
            let queued = self.waiting() > 0;
            // A question would stand behind what leaves the port just now, and be answered late.
            let leaves = self.leaves(queue);
            if !leaves {
                self.ask_status();
            }
            ask = Instant::now() + IMPATIENT;
            self.watch_queue(&mut queue, course);
            // Nothing of what is still in the port was printed, nor anything without paper.
            let now = Instant::now();
            if queued || self.told_hindrance().is_some() {
                self.paper.stood_still(now - looked, now);
            }
            looked = now;
            if leaves {
                until = now + patience;
                continue;
            }
            if let Some(hindrance) = self.told_hindrance() {
                fell_silent |= !self.status.responding;
                self.report_hold(Some(id), course, Some(hindrance));
                self.kick_meanwhile();
                until = Instant::now() + patience;
            } else if self.status.hindrance().is_none() {
                if !reports && now < self.paper.out() {
                    until = now + patience;
                    ask = ask.min(self.paper.out());
                } else if !reports {
                    // A slow one answers late; one that was switched off never does.
                    self.await_answer(|worker| worker.heard >= worker.asked);
                    self.await_answer(|worker| !(course.held && worker.told_a_hindrance));
                    return if fell_silent || self.heard < self.asked {
                        JobState::Unconfirmed(Doubt::NoAnswer)
                    } else {
                        JobState::Confirmed(Evidence::ErrorFreeStatus)
                    };
                }
                self.report_hold(Some(id), course, None);
            }
        }
    }

    /// Whether what is in the port leaves it, from how much it was and since when.
    pub(super) fn leaves(&self, (waiting, since): (usize, Instant)) -> bool {
        let now = self.waiting();
        let still = since.elapsed() >= self.profile.timing.answer * LEAVING;
        now > 0 && self.told_hindrance().is_none() && (now < waiting || !still)
    }

    /// Notices when the bytes that the port has not sent yet stand still for no reason that the
    /// printer told.
    pub(super) fn watch_queue(&self, (waiting, since): &mut (usize, Instant), course: &mut Course) {
        let now = self.waiting();
        if now == 0 || now < *waiting || self.told_hindrance().is_some() {
            (*waiting, *since) = (now, Instant::now());
        } else {
            course.paused |= since.elapsed() > self.profile.timing.stall / UNEXPLAINED;
        }
    }

    /// What the printer itself last said is wrong, even if it is silent now: one whose buffer
    /// is full because it has no paper takes no questions either.
    pub(super) fn told_hindrance(&self) -> Option<Hindrance> {
        let said = PrinterStatus {
            responding: true,
            ..self.status
        };
        said.hindrance().filter(was_told)
    }

    fn report_hold(
        &mut self,
        id: Option<JobId>,
        course: &mut Course,
        hindrance: Option<Hindrance>,
    ) {
        course.held |= hindrance.is_some();
        if course.held_by != hindrance {
            course.held_by = hindrance;
            if let Some(id) = id {
                self.tell_job(id, JobState::Sending(hindrance));
            }
        }
    }
}

/// Whether the printer itself told this: then it is alive and goes on when it is gone.
pub(super) fn was_told(hindrance: &Hindrance) -> bool {
    !matches!(
        hindrance,
        Hindrance::Port(_)
            | Hindrance::NotResponding
            | Hindrance::OtherDialect
            | Hindrance::Line(_)
    )
}
