//! What the virtual printer answers.

use super::Emulator;
use crate::vocabulary::{Cover, DrawerState, Paper, PrinterFault};

fn flag(on: bool, bit: u8) -> u8 {
    if on { bit } else { 0 }
}

impl Emulator {
    /// The answer to `DLE EOT n`.
    pub(super) fn answer(&self, n: u8) -> u8 {
        let answer = match n {
            1 => flag(self.drawer == DrawerState::Open, 0x04) | flag(self.offline(), 0x08),
            2 => {
                flag(self.cover == Cover::Open, 0x04)
                    | flag(self.paper == Paper::Empty, 0x20)
                    | flag(self.fault.is_some(), 0x40)
            }
            3 => self.fault_bits(),
            _ => flag(self.paper != Paper::Present, 0x0C) | flag(self.paper == Paper::Empty, 0x60),
        };
        answer | 0x12
    }

    fn fault_bits(&self) -> u8 {
        match self.fault {
            None => 0,
            Some(PrinterFault::Recoverable) => 0x04,
            Some(PrinterFault::Cutter) => 0x08,
            Some(PrinterFault::Unrecoverable) => 0x20,
            Some(PrinterFault::AutoRecoverable | PrinterFault::Overheated) => 0x40,
        }
    }

    /// ESC/POS: four bytes.
    pub(super) fn tell_status(&mut self) {
        self.replies.extend([
            0x10 | flag(self.drawer == DrawerState::Open, 0x04)
                | flag(self.offline(), 0x08)
                | flag(self.cover == Cover::Open, 0x20),
            self.fault_bits(),
            flag(self.paper != Paper::Present, 0x03) | flag(self.paper == Paper::Empty, 0x0C),
            0x0F,
        ]);
    }

    /// Star: nine bytes, and two of length in the network.
    pub(super) fn tell_star_status(&mut self) {
        let overflowed = std::mem::take(&mut self.overflowed);
        let count = (self.counted & 0x07) << 1 | (self.counted & 0x18) << 2;
        self.replies.extend([
            0x23,
            if self.extended { 0x86 } else { 0x06 },
            flag(self.counted > 0, 0x02)
                | flag(self.drawer == DrawerState::Open, 0x04)
                | flag(self.offline(), 0x08)
                | flag(self.cover == Cover::Open, 0x20),
            self.fault_bits(),
            flag(overflowed, 0x40),
            flag(self.paper != Paper::Present, 0x04) | flag(self.paper == Paper::Empty, 0x08),
            0,
            count,
            0,
        ]);
        if self.extended {
            self.replies.extend([0, 0]);
        }
    }

    /// Star's answer to EOT: one byte about the paper.
    pub(super) fn star_answer(&self) -> u8 {
        0x12 | flag(self.paper == Paper::NearEnd, 0x04) | flag(self.paper == Paper::Empty, 0x08)
    }

    pub(super) fn report_completion(&mut self, tag: [u8; 4]) {
        if self.reports_completion {
            self.replies.extend([0x37, 0x22]);
            self.replies.extend(tag);
            self.replies.push(0);
        }
    }

    pub(super) fn count_job(&mut self) {
        if self.reports_completion {
            self.counted = (self.counted + 1) % 32;
            if self.automatic != 0 {
                self.tell_star_status();
            }
        }
    }

    pub(super) fn report_document(&mut self, own: [u8; 2]) {
        if self.reports_completion {
            self.documents = self.documents.wrapping_add(1);
            self.replies.extend([0x1B, 0x1D, 0x03, 0x01]);
            self.replies.extend(own);
            self.replies.extend([self.documents, 0]);
        }
    }
}
