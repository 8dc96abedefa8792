//! Answers that a printer owes.
//!
//! An answer of ESC/POS does not say which question it belongs to: only the order tells. One that
//! comes late would be taken for the answer to the next question, and all after it for those to the
//! ones after that, so that an open drawer became an open cover. So after a question that was not
//! answered in time nothing is believed until it is certain again which answer comes next:
//!
//! - every question has its answer, and this was the last; or
//! - some are lost, as those to a printer without power are, and after an answer nothing has come for
//!   longer than there was between any two questions: then nothing more is on its way.

use std::time::{Duration, Instant};

/// What passes between two questions at most, beside the time of the first one's answer.
const BETWEEN: Duration = Duration::from_millis(500);
/// A printer that is always late is waited for up to so many times as long as one that is not.
const MOST: u32 = 5;
/// What it is given next, of what it needed last; and how much longer than there ever was between two
/// questions nothing has to come.
const MARGIN: u32 = 2;

/// Which question an answer belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Belongs {
    /// None: nobody asked.
    Nowhere,
    /// One that others were put after, or that one of those does.
    Earlier,
    /// The one that was put last.
    Last,
}

/// What a printer owes.
#[derive(Debug)]
pub(super) struct Owed {
    /// Questions without an answer.
    count: u32,
    /// When the last question was put, and when the last answer came.
    asked: Instant,
    answered: Instant,
    /// Other bytes were sent behind a question without an answer: there may be as much time between
    /// two answers as it takes to print them.
    buried: bool,
    /// How long an answer usually may take, and how long it may take this printer.
    usual: Duration,
    patience: Duration,
    /// The longest that an answer took in this round.
    longest: Duration,
    /// How long printing what was sent may take.
    printing: Duration,
}

impl Owed {
    /// Nothing is owed yet by a printer whose answers usually take no longer than `usual`, and that
    /// prints what it was sent within `printing`.
    pub(super) fn new(now: Instant, usual: Duration, printing: Duration) -> Owed {
        Owed {
            count: 0,
            asked: now,
            answered: now,
            buried: false,
            usual,
            patience: usual,
            longest: Duration::ZERO,
            printing,
        }
    }

    /// Nothing is owed: the next answer belongs to the next question.
    pub(super) fn is_nothing(&self) -> bool {
        self.count == 0
    }

    /// How long an answer is waited for.
    pub(super) fn patience(&self) -> Duration {
        self.patience
    }

    /// Whether an answer came since then.
    pub(super) fn heard_since(&self, then: Instant) -> bool {
        self.answered > then
    }

    /// A question was put.
    pub(super) fn ask(&mut self, now: Instant) {
        self.count = self.count.saturating_add(1);
        self.asked = now;
    }

    /// Bytes were sent that are no question.
    pub(super) fn bury(&mut self) {
        self.buried |= self.count > 0;
    }

    /// The port was opened anew: what was sent before and has not left is gone.
    pub(super) fn reopen(&mut self) {
        self.buried = false;
    }

    /// An answer came.
    pub(super) fn take(&mut self, now: Instant) -> Belongs {
        self.answered = now;
        match self.count {
            0 => Belongs::Nowhere,
            1 => {
                self.forget();
                let took = now.saturating_duration_since(self.asked);
                self.longest = self.longest.max(took);
                // Sooner than before only once a whole round was answered so.
                self.patience = self.patience.max(self.patience_for(took));
                Belongs::Last
            }
            _ => {
                self.count -= 1;
                Belongs::Earlier
            }
        }
    }

    /// A whole round of questions was answered.
    pub(super) fn end_round(&mut self) {
        self.patience = self.patience_for(self.longest);
        self.longest = Duration::ZERO;
    }

    fn patience_for(&self, took: Duration) -> Duration {
        (took * MARGIN).clamp(self.usual, self.usual * MOST)
    }

    fn forget(&mut self) {
        self.count = 0;
        self.buried = false;
    }

    /// Whether one more question helps: nothing has come since the last, for as long as its answer
    /// usually takes.
    pub(super) fn wants_a_question(&self, now: Instant) -> bool {
        self.answered < self.asked && now >= self.asked + self.usual
    }

    /// Takes what is owed for lost, if something came since the last question and then nothing for
    /// long enough.
    pub(super) fn settle(&mut self, now: Instant) {
        let quiet = (self.patience + BETWEEN) * MARGIN;
        let quiet = if self.buried {
            quiet.max(self.printing)
        } else {
            quiet
        };
        if self.answered > self.asked && now >= self.answered + quiet {
            self.forget();
        }
    }
}
