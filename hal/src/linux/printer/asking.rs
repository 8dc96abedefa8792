//! Asking a printer how it is.

use std::time::Instant;

use super::dialogue::is_status;
use super::worker::Worker;
use crate::escpos::{Request, apply_answers, encode_request};
use crate::printer::Dialect;
use crate::star;

impl Worker {
    /// Asks for the whole status, one question after the other, because an answer does not say
    /// to which question it belongs.
    pub(super) fn ask_status(&mut self) {
        if self.profile.answers {
            self.ask_all();
        }
        // Counted from the last answer, so that a slow printer is left time to print.
        self.next_poll = Instant::now() + self.profile.timing.poll;
    }

    fn ask_all(&mut self) {
        self.read();
        if !self.round_answered {
            // A late answer to a question that was given up.
            self.answers = 0;
        }
        self.round_answered = match self.profile.dialect {
            Dialect::EscPos => self.ask_four(),
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
            self.end_round(broken_off);
            self.silent_rounds = self.silent_rounds.saturating_add(1);
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

    fn ask_four(&mut self) -> bool {
        let mut answers = [0; 4];
        for (answer, request) in answers.iter_mut().zip(Request::ALL) {
            self.answer = None;
            if !self.write_at_once(&encode_request(request)) {
                return false;
            }
            self.asked = self.asked.saturating_add(1);
            self.await_answer(|worker| worker.answer.is_some());
            match self.answer.take() {
                Some(byte) => *answer = byte,
                None => return false,
            }
        }
        // A Star printer takes the EOT of a question for one of its own, and answers the last
        // one, which is EOT EOT, twice.
        let stray = usize::from(std::mem::take(&mut self.answers)) > answers.len();
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

    pub(super) fn await_answer(&mut self, answered: impl Fn(&Worker) -> bool) {
        let until = Instant::now() + self.profile.timing.answer;
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
