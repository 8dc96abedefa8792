//! How well a scanner's codes come through, so that what is wrong with its line stays told for
//! longer than one refused code is.

use crate::framing::FrameFault;

/// So many codes that were read well in a row show that a fault is gone.
const WELL: u8 = 3;

/// How the last codes were.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reading {
    fault: Option<FrameFault>,
    /// Codes that were read well since.
    well: u8,
}

impl Reading {
    /// After one more code; `fault`: why it was none.
    pub(super) fn after(self, fault: Option<FrameFault>) -> Reading {
        match fault {
            // Neither is the scanner's or its line's.
            Some(FrameFault::Empty | FrameFault::Lost) => self,
            Some(fault) => Reading {
                fault: Some(fault),
                well: 0,
            },
            None if self.well + 1 >= WELL => Reading::default(),
            None => Reading {
                well: self.well + 1,
                ..self
            },
        }
    }

    pub(super) fn fault(self) -> Option<FrameFault> {
        self.fault
    }
}
