//! Asking a printer how it is.

use std::time::{Duration, Instant};

use super::dialogue::is_status;
use super::in_step::Step;
use super::worker::{IMPATIENT, Worker};
use crate::escpos::{Request, apply_answers, encode_request};
use crate::linux::wire::Wire;
use crate::printer::Dialect;
use crate::star;

/// Rounds without an answer after which a Star printer may be one of the other dialect.
const SILENT: u8 = 2;
/// How long after the first answer a second one may come.
const SECOND: Duration = Duration::from_millis(200);

impl Worker {
    /// Asks for the whole status, one question after the other, because an answer does not say
    /// to which question it belongs.
    pub(super) fn ask_status(&mut self) {
        if self.profile.answers {
            self.ask_all();
        }
        // Counted from the last answer, so that a slow printer is left time to print.
        let pause = if self.owed.is_nothing() {
            self.profile.timing.poll
        } else {
            self.profile.timing.poll.min(IMPATIENT)
        };
        self.next_poll = Instant::now() + pause;
    }

    fn ask_all(&mut self) {
        self.read();
        if !self.round_answered {
            self.unasked = 0;
        }
        let began = Instant::now();
        self.round_answered = match self.profile.dialect {
            Dialect::EscPos => self.catch_up() && self.ask_four(),
            Dialect::Star => self.ask_star(),
        };
        if self.round_answered {
            self.silent_rounds = 0;
            self.end_round(false);
        } else if !self.stopping() {
            self.status.responding = false;
            let broken_off = self.diagnosis.is_unfinished();
            // What looked like an answer among other things was none.
            self.diagnosis.not_understood();
            let is_other = self.speaks_escpos();
            if is_other {
                self.diagnosis.other_protocol();
            }
            self.end_round(broken_off);
            if !is_other && !self.owed.heard_since(began) {
                self.silent_rounds = self.silent_rounds.saturating_add(1);
            }
            self.tell_status();
        }
    }

    /// Looks at what came since the last round.
    fn end_round(&mut self, broken_off: bool) {
        let dialect = self.profile.dialect;
        self.status.line = self.diagnosis.end_round(
            broken_off,
            |diagnosis| is_status(dialect, diagnosis.without_parity()),
            |diagnosis| is_status(other(dialect), diagnosis.bytes()),
        );
    }

    /// Makes sure that the next answer belongs to the next question: see [`super::owed`]. Returns
    /// whether it does. One question after another is put meanwhile, always the first, and nothing
    /// that comes is believed.
    fn catch_up(&mut self) -> bool {
        if self.owed.is_nothing() {
            return true;
        }
        // What has not left the port cannot be answered.
        let has_left = self.wire.is_some() && self.waiting() == 0;
        if has_left && self.owed.wants_a_question(Instant::now()) && !self.ask(Request::Printer) {
            return false;
        }
        self.await_answer(|worker| worker.owed.is_nothing());
        self.owed.settle(Instant::now());
        self.unasked = 0;
        self.owed.is_nothing()
    }

    /// Puts a question; returns whether it went out.
    fn ask(&mut self, request: Request) -> bool {
        self.answer = None;
        let went_out = self.write_at_once(&encode_request(request));
        if went_out {
            self.asked = self.asked.saturating_add(1);
            self.owed.ask(Instant::now());
        }
        went_out
    }

    /// Whether a printer that is at a job has taken in all that was sent: it answers, until then, a
    /// question that stands behind it.
    pub(super) fn has_taken_all(&mut self, until: Instant) -> bool {
        match self.profile.dialect {
            Dialect::Star => self.ask_star(),
            Dialect::EscPos if !self.owed.is_nothing() => false,
            Dialect::EscPos => {
                if !self.ask(Request::Printer) {
                    return false;
                }
                self.await_until(until, |worker| worker.answer.is_some());
                self.answer.take().is_some()
            }
        }
    }

    fn ask_four(&mut self) -> bool {
        let mut answers = [0; 4];
        for (answer, request) in answers.iter_mut().zip(Request::ALL) {
            if !self.ask(request) {
                return false;
            }
            self.await_answer(|worker| worker.answer.is_some());
            match self.answer.take() {
                Some(byte) => *answer = byte,
                None => return false,
            }
        }
        self.owed.end_round();
        // A Star printer takes the EOT of a question for one of its own, and answers the last
        // one, which is EOT EOT, twice.
        let stray = std::mem::take(&mut self.unasked) > 0;
        let mut status = self.status;
        apply_answers(answers, &self.profile.drawer, &mut status);
        status.responding = !stray;
        if stray {
            self.diagnosis.other_protocol();
            self.end_round(false);
            status.line = self.status.line;
        }
        self.learn(status);
        true
    }

    fn ask_star(&mut self) -> bool {
        self.star_answered = false;
        if !self.write_at_once(&star::STATUS_REQUEST) {
            return false;
        }
        self.asked = self.asked.saturating_add(1);
        self.asking_star = true;
        self.await_answer(|worker| worker.star_answered);
        self.asking_star = false;
        self.heard = self.heard.saturating_add(u32::from(self.star_answered));
        self.star_answered
    }

    /// Whether what stays silent when it is asked as a Star printer answers as an ESC/POS one. A Star
    /// printer answers this question twice, because it ends in two EOT.
    fn speaks_escpos(&mut self) -> bool {
        let is_silent = self.silent_rounds >= SILENT && self.diagnosis.bytes().next().is_none();
        let may_be = self.profile.dialect == Dialect::Star && self.step != Step::Busy;
        if !is_silent || !may_be || !self.write_at_once(&encode_request(Request::Paper)) {
            return false;
        }
        self.await_answer(|worker| worker.diagnosis.bytes().next().is_some());
        if self.diagnosis.bytes().next().is_none() {
            return false;
        }
        self.await_until(Instant::now() + SECOND, |worker| {
            worker.diagnosis.bytes().count() > 1
        });
        let mut bytes = self.diagnosis.bytes();
        bytes.next().is_some_and(|byte| byte & 0x93 == 0x12) && bytes.next().is_none()
    }

    pub(super) fn await_answer(&mut self, answered: impl Fn(&Worker) -> bool) {
        self.await_until(Instant::now() + self.owed.patience(), answered);
    }

    /// Bytes that have not left the port, where it can tell.
    pub(super) fn waiting(&self) -> usize {
        self.wire.as_ref().map_or(0, Wire::waiting)
    }

    pub(super) fn await_until(&mut self, until: Instant, answered: impl Fn(&Worker) -> bool) {
        while !answered(self) && self.wire.is_some() && !self.stopping() && Instant::now() < until {
            self.listen(until);
        }
    }
}

fn other(dialect: Dialect) -> Dialect {
    match dialect {
        Dialect::EscPos => Dialect::Star,
        Dialect::Star => Dialect::EscPos,
    }
}
