//! Whether what comes on a drawer's line is its answer: a single byte that differs from the last
//! one in the sensor's bits at most. What another device says, or noise, is not believed.

use crate::diagnosis::Diagnosis;
use crate::vocabulary::LineFault;

/// Questions without an answer after which nobody knows whether the drawer is open.
const SILENT_ROUNDS: u8 = 3;

/// Listens to the answers of one drawer.
#[derive(Debug)]
pub struct DrawerAnswers {
    mask: u8,
    open: u8,
    /// The bits beside the sensor's, as the drawer sent them last.
    usual: Option<u8>,
    /// Those of the first byte since the last question.
    this_round: Option<u8>,
    mixed: bool,
    silent_rounds: u8,
    /// A question was put, and one was not answered.
    asked: bool,
    ever_silent: bool,
    diagnosis: Diagnosis,
}

/// What a byte on a drawer's line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrawerAnswer {
    /// The drawer is open, or closed.
    Is {
        /// Which of the two.
        open: bool,
    },
    /// This is no answer, and what was said since the last question may be none either.
    Strange,
}

impl DrawerAnswers {
    /// `mask`: the sensor's bits of an answer; `open`: those bits while the drawer is open.
    pub fn new(mask: u8, open: u8) -> DrawerAnswers {
        DrawerAnswers {
            mask,
            open: open & mask,
            usual: None,
            this_round: None,
            mixed: false,
            silent_rounds: 0,
            asked: false,
            ever_silent: false,
            diagnosis: Diagnosis::default(),
        }
    }

    /// Takes a byte.
    pub fn hear(&mut self, byte: u8) -> DrawerAnswer {
        self.diagnosis.hear(byte);
        self.silent_rounds = 0;
        let beside = byte & !self.mask;
        let first = *self.this_round.get_or_insert(beside);
        self.mixed |= first != beside;
        if self.mixed || self.usual.is_some_and(|usual| usual != beside) {
            self.diagnosis.strange();
            return DrawerAnswer::Strange;
        }
        self.diagnosis.understood();
        DrawerAnswer::Is {
            open: byte & self.mask == self.open,
        }
    }

    /// Ends the round of the last question; the next one follows. Returns what is wrong with the
    /// line, and whether the drawer has been silent for too long.
    pub fn end_round(&mut self) -> (Option<LineFault>, bool) {
        self.silent_rounds = self.silent_rounds.saturating_add(1);
        let (usual, mask) = (self.usual, self.mask);
        let line = self.diagnosis.end_round(
            false,
            |diagnosis| {
                let mut bytes = diagnosis.without_parity().peekable();
                let some = bytes.peek().is_some();
                some && usual.is_some_and(|usual| bytes.all(|byte| byte & !mask == usual))
            },
            |_| false,
        );
        self.ever_silent |= self.asked && self.this_round.is_none();
        self.asked = true;
        // No drawer ever answered: what speaks there is no second device but the only one.
        let alone = self.usual.is_none() && self.ever_silent;
        let line = match line {
            Some(LineFault::TwoDevices) if alone => Some(LineFault::OtherDevice),
            line => line,
        };
        // One that was mistaken for the drawer's is so for one round alone.
        if let Some(beside) = self.this_round.take().filter(|_| !self.mixed) {
            self.usual = Some(beside);
        }
        self.mixed = false;
        (line, self.silent_rounds > SILENT_ROUNDS)
    }
}
