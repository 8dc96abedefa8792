//! The thread that owns a printer: looks after the port, the status and the queue.

use std::cell::Cell;
use std::collections::VecDeque;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::dialogue::{Printed, Reader, Said};
use super::in_step::Step;
use super::kicking::Wanted;
use super::owed::{Belongs, Owed};
use super::paper::Paper;
use super::{Order, Shared};
use crate::diagnosis::Diagnosis;
use crate::escpos::apply_automatic_status;
use crate::linux::backoff::Backoff;
use crate::linux::link::PrinterLink;
use crate::linux::outlet::Outlet;
use crate::linux::supervised::Driver;
use crate::linux::wire::{Gone, Wire};
use crate::printer::{Job, JobTag, PrinterProfile, Typesetter};
use crate::star;
use crate::vocabulary::{
    DeviceEvent, DeviceId, Doubt, DrawerState, Evidence, Hindrance, JobFailure, JobId, JobState,
    PortState, PrinterStatus, PrinterWarning,
};

/// How often a printer that keeps a job waiting is asked whether it can go on.
pub(super) const IMPATIENT: Duration = Duration::from_millis(250);
/// How soon a status that found the queue full is told again.
pub(super) const RETRY: Duration = Duration::from_millis(20);
/// The most bytes that are taken in at once: one that talks without end cannot hold the thread.
const TAKEN_IN: usize = 16 * 1024;
/// Jobs that were not reported, after which the printer is one that reports none.
const UNREPORTED: u8 = 2;

pub(super) struct Worker {
    id: DeviceId,
    pub(super) link: PrinterLink,
    pub(super) profile: PrinterProfile,
    pub(super) typesetter: Option<Box<dyn Typesetter>>,
    outlet: Box<dyn Outlet>,
    pub(super) shared: Arc<Shared>,
    pub(super) wire: Option<Wire>,
    pub(super) backoff: Backoff,
    pub(super) reader: Reader,
    pub(super) status: PrinterStatus,
    told: PrinterStatus,
    told_drawer: DrawerState,
    pub(super) silent_rounds: u8,
    pub(super) next_poll: Instant,
    /// When the drawer's sensor may be believed again.
    pub(super) drawer_settled: Instant,
    jobs: VecDeque<(JobId, Job)>,
    /// What has begun and not ended: a receipt, and an opening of the drawer while it waits.
    under_way: Vec<JobId>,
    pub(super) kicks: VecDeque<Wanted>,
    /// What the first job was last told to wait for.
    held_by: Option<Hindrance>,
    /// The job the printer last reported complete.
    pub(super) completed: Option<Printed>,
    /// It lost bytes since the job began, as it says itself.
    pub(super) overflowed: bool,
    /// How many ends of jobs a Star printer has counted, of the 32 it counts to.
    pub(super) counter: Option<u8>,
    /// The number of the screen that stands on the line display, since it was set up.
    pub(super) screen_shown: Option<u64>,
    /// Whether it stands between two commands.
    pub(super) step: Step,
    /// It threw away what it had not printed, since it was told to.
    pub(super) cleared: bool,
    /// Where the numbers of jobs begin, so that a report from before the start is of none of them.
    first_tag: u32,
    /// Questions that were put since the job began, and answers that came.
    pub(super) asked: u32,
    pub(super) heard: u32,
    /// What it last told by itself, since the job began, was that something is wrong.
    pub(super) told_a_hindrance: bool,
    /// What is being printed tells the printer to ignore real-time pulses for a while.
    pub(super) ignores_pulses: bool,
    /// States that the drawer's sensor was seen in: closed, open.
    sensor_seen: (bool, bool),
    /// The answer to the question that was put last, not yet looked at.
    pub(super) answer: Option<u8>,
    /// Questions whose answers have not come.
    pub(super) owed: Owed,
    /// How many answers came that nobody asked for, since it was last looked.
    pub(super) unasked: u8,
    /// A whole status came since it was asked for.
    pub(super) star_answered: bool,
    /// A Star printer was asked; otherwise its status comes by itself.
    pub(super) asking_star: bool,
    /// What the answers look like.
    pub(super) diagnosis: Diagnosis,
    /// Whether the last round of questions was answered in full, so that what comes next unasked
    /// is no late answer.
    pub(super) round_answered: bool,
    /// What is still to come out of it.
    pub(super) paper: Paper,
    /// Jobs in a row that it did not report, although nothing was wrong.
    unreported: u8,
}

impl Worker {
    pub(super) fn new(
        id: DeviceId,
        link: PrinterLink,
        profile: PrinterProfile,
        outlet: Box<dyn Outlet>,
        shared: Arc<Shared>,
    ) -> Worker {
        let now = Instant::now();
        let reader = Reader::new(profile.dialect);
        let owed = Owed::new(now, profile.timing.answer, profile.timing.completion);
        let paper = Paper::still(now, profile.timing.rows_per_second);
        let has_parity = match &link {
            PrinterLink::Serial(serial) => serial.character.has_parity(),
            PrinterLink::Usb(_) | PrinterLink::Tcp(_) => false,
        };
        Worker {
            id,
            link,
            profile,
            typesetter: None,
            outlet,
            shared,
            wire: None,
            backoff: Backoff::new(),
            reader,
            status: PrinterStatus::UNKNOWN,
            told: PrinterStatus::UNKNOWN,
            told_drawer: DrawerState::Unknown,
            silent_rounds: 0,
            next_poll: now,
            drawer_settled: now,
            jobs: VecDeque::new(),
            under_way: Vec::new(),
            kicks: VecDeque::new(),
            held_by: None,
            completed: None,
            overflowed: false,
            counter: None,
            screen_shown: None,
            step: Step::Out(0),
            cleared: false,
            first_tag: random(),
            asked: 0,
            heard: 0,
            told_a_hindrance: false,
            ignores_pulses: false,
            sensor_seen: (false, false),
            answer: None,
            owed,
            unasked: 0,
            star_answered: false,
            asking_star: false,
            diagnosis: Diagnosis::on(has_parity),
            round_answered: false,
            paper,
            unreported: 0,
        }
    }
}

impl Driver for Worker {
    fn work(&mut self) {
        while !self.stopping() {
            self.take_orders();
            self.tell_status();
            if self.wire.is_none() && Instant::now() >= self.backoff.due() {
                self.open();
            } else if let Some(wanted) = self.kicks.pop_front() {
                self.kick(wanted);
            } else if self.wire.is_some() && Instant::now() >= self.next_poll {
                self.ask_status();
                self.renew_silent_connection();
            } else if self.wire.is_some() && self.can_get_in_step() {
                self.get_in_step();
            } else if !self.show_screen() && !self.print_next() {
                self.rest();
            }
        }
        self.take_orders();
        while let Some(Wanted { id, .. }) = self.kicks.pop_front() {
            self.tell_job(id, JobState::Failed(JobFailure::Stopped));
        }
        while let Some((id, _)) = self.jobs.pop_front() {
            self.tell_job(id, JobState::Failed(JobFailure::Stopped));
        }
        self.leave_port();
    }

    fn recover(&mut self, until: Instant) {
        if let Some(wire) = self.wire.take() {
            // Nothing more of a job that was broken off may reach the paper.
            wire.discard_output();
        }
        self.backoff.rest(until);
        self.status.port = PortState::Faulted;
        self.status.responding = false;
        self.step = Step::Out(0);
        self.asking_star = false;
        self.held_by = None;
        self.tell_status();
        while let Some(id) = self.under_way.last().copied() {
            self.tell_job(id, JobState::Unconfirmed(Doubt::Faulted));
        }
    }
}

impl Worker {
    /// From now on it is not known what becomes of this job, should the driver fail.
    pub(super) fn begin(&mut self, id: JobId) {
        self.under_way.push(id);
    }

    pub(super) fn stopping(&self) -> bool {
        self.shared.common.stopping()
    }

    /// Takes what the caller ordered, and sees to it that the next order rings the bell.
    pub(super) fn take_orders(&mut self) {
        while let Some(order) = self.shared.orders.next(&self.shared.common) {
            match order {
                Order::Print(id, job) => {
                    self.jobs.push_back((id, job));
                    self.tell_job(id, JobState::Queued(None));
                }
                Order::Kick(id, at) => {
                    self.kicks.push_back(Wanted { id, at });
                    self.tell_job(id, JobState::Queued(None));
                }
                Order::Cancel(id) => self.cancel(id),
            }
        }
    }

    fn cancel(&mut self, id: JobId) {
        // A job that has begun is no longer in the queue and goes on.
        if let Some(at) = self.jobs.iter().position(|(job, _)| *job == id) {
            self.jobs.remove(at);
            if at == 0 {
                self.held_by = None;
            }
            self.tell_job(id, JobState::Failed(JobFailure::Cancelled));
        }
    }

    /// Begins the first job if the printer is ready; otherwise says what it waits for.
    /// Returns whether anything was printed.
    fn print_next(&mut self) -> bool {
        if self.jobs.is_empty() {
            return false;
        }
        if self.status.hindrance().is_none() {
            // What was true a second ago is not what the paper is now.
            self.ask_status();
        }
        let hindrance = self.status.hindrance();
        // Before the port was tried there is nothing to tell yet.
        if hindrance == Some(Hindrance::Port(PortState::Opening)) {
            return false;
        }
        let Some((id, job)) = self.jobs.pop_front() else {
            return false;
        };
        if hindrance.is_some() {
            self.jobs.push_front((id, job));
            if self.held_by != hindrance {
                self.held_by = hindrance;
                self.tell_job(id, JobState::Queued(hindrance));
            }
            self.next_poll = self.next_poll.min(Instant::now() + IMPATIENT);
            return false;
        }
        self.held_by = None;
        self.begin(id);
        let state = self.send_job(id, job);
        self.judge_reports(state);
        self.tell_job(id, state);
        self.next_poll = Instant::now() + self.profile.timing.drawer_settle;
        true
    }

    /// Notices that a printer never reports what its profile says it does.
    fn judge_reports(&mut self, state: JobState) {
        let answered = self.status.hindrance().is_none() && self.heard >= self.asked;
        match state {
            JobState::Confirmed(Evidence::CompletionReport) => {
                self.unreported = 0;
                self.status.warning = None;
            }
            JobState::Unconfirmed(Doubt::NoAnswer) if answered && self.profile.reports() => {
                self.unreported = self.unreported.saturating_add(1);
                if self.unreported >= UNREPORTED {
                    self.status.warning = Some(PrinterWarning::NoReports);
                }
            }
            _ => {}
        }
        self.tell_status();
    }

    /// The name by which the printer reports a job.
    pub(super) fn tag_of(&self, JobId(id): JobId) -> JobTag {
        JobTag::of(JobId(id.wrapping_add(self.first_tag)))
    }

    /// Sleeps until there is something to do.
    fn rest(&mut self) {
        let mut until = if self.wire.is_some() {
            self.next_poll
        } else {
            self.backoff.due()
        };
        if self.untold() {
            until = until.min(Instant::now() + RETRY);
        }
        if self.wire.is_some() && self.has_screen() {
            until = until.min(Instant::now() + IMPATIENT);
        }
        self.listen(until);
    }

    /// Sleeps until `until`, the bell or bytes, and takes in what the printer says.
    pub(super) fn listen(&mut self, until: Instant) {
        let port = self.wire.as_ref().map(AsFd::as_fd);
        let readable = self.shared.common.bell.wait(port, false, Some(until));
        if readable {
            self.read();
        }
    }

    /// Takes in what the printer has said.
    pub(super) fn read(&mut self) {
        let mut buffer = [0; 64];
        let mut taken = 0;
        while let Some(wire) = self.wire.as_ref().filter(|_| taken < TAKEN_IN) {
            match wire.read(&mut buffer) {
                Ok(0) => return,
                Ok(read) => {
                    taken += read;
                    for &byte in buffer.iter().take(read) {
                        self.diagnosis.hear(byte);
                        if let Some(report) = self.reader.push(byte) {
                            self.hear(report);
                        }
                    }
                }
                Err(Gone) => self.lose(),
            }
        }
    }

    fn hear(&mut self, said: Said) {
        let mut status = self.status;
        match said {
            Said::Noise => self.diagnosis.strange(),
            _ => self.diagnosis.understood(),
        }
        match said {
            Said::Answer(byte) => {
                self.heard = self.heard.saturating_add(1);
                match self.owed.take(Instant::now()) {
                    Belongs::Last => self.answer = Some(byte),
                    Belongs::Earlier => {}
                    Belongs::Nowhere => self.unasked = self.unasked.saturating_add(1),
                }
            }
            Said::Printed(printed) => {
                self.completed = Some(printed);
                // A Star printer's own count, which stands in its report, may be an XOFF. It has
                // printed all it had, so that it stops nobody.
                if let (Printed::Document(_), Some(wire)) = (printed, &self.wire) {
                    wire.let_flow();
                }
            }
            Said::Cleared => self.cleared = true,
            Said::Noise => {}
            Said::Automatic(automatic) => {
                apply_automatic_status(automatic, &self.profile.drawer, &mut status);
                self.told_a_hindrance = status.hindrance().is_some();
                self.learn(status);
            }
            Said::Star(star) => {
                self.star_answered = true;
                self.counter = star.counter;
                self.overflowed |= star.overflowed();
                star::apply_status(star, &self.profile.drawer, &mut status);
                if !self.asking_star {
                    self.told_a_hindrance = status.hindrance().is_some();
                }
                self.learn(status);
            }
        }
    }

    pub(super) fn learn(&mut self, mut status: PrinterStatus) {
        // That it opened is what a sensor was waited for; what it says while it bounces is not.
        let opened = self.has_sensor() && status.drawer == DrawerState::Open;
        if Instant::now() < self.drawer_settled && !opened {
            status.drawer = self.status.drawer;
        }
        match status.drawer {
            DrawerState::Closed => self.sensor_seen.0 = true,
            DrawerState::Open => self.sensor_seen.1 = true,
            DrawerState::Unknown => {}
        }
        self.status = status;
        self.tell_status();
    }

    /// Whether the drawer has a sensor that moves: one without shows the same for ever.
    pub(super) fn has_sensor(&self) -> bool {
        self.sensor_seen == (true, true)
    }

    /// From now on the drawer's sensor is not believed for a moment, unless it shows it open.
    pub(super) fn drawer_moves(&mut self) {
        self.drawer_settled = Instant::now() + self.profile.timing.drawer_settle;
        self.next_poll = self.drawer_settled;
    }

    fn untold(&self) -> bool {
        self.told != self.status || self.told_drawer != self.status.drawer
    }

    /// Tells the latest status if it is news and there is room for it.
    pub(super) fn tell_status(&mut self) {
        let status = self.status;
        self.shared.status.lock(|cell: &Cell<_>| cell.set(status));
        let printer = self.id;
        if self.told != status
            && self
                .outlet
                .try_send(DeviceEvent::Printer { printer, status })
        {
            self.told = status;
        }
        let drawer = status.drawer;
        if self.told_drawer != drawer
            && self
                .outlet
                .try_send(DeviceEvent::Drawer { printer, drawer })
        {
            self.told_drawer = drawer;
        }
    }

    /// Tells a job's state; this is never dropped, unless the till is being shut down and
    /// nobody reads any more.
    pub(super) fn tell_job(&mut self, job: JobId, state: JobState) {
        if state.is_final() {
            self.shared.waiting.fetch_sub(1, Ordering::AcqRel);
            self.under_way.retain(|begun| *begun != job);
        }
        let printer = self.id;
        let event = DeviceEvent::Job {
            printer,
            job,
            state,
        };
        self.outlet.send(event, &self.shared.common);
    }
}

/// A number that nobody can foretell.
fn random() -> u32 {
    let [a, b, c, d, ..] = RandomState::new().build_hasher().finish().to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}
