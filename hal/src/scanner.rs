//! How one scanner is listened to and told what became of a scan.

use crate::framing::Framing;

/// The most bytes that make a scanner sound or light up.
pub const MAX_SIGNAL: usize = 32;

/// What the person with the scanner is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanSignal {
    /// The code was taken.
    Good,
    /// The code is unknown or was refused.
    Error,
}

/// How one scanner is spoken to. Every field is a setting.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScannerProfile {
    /// How its codes end. HID-POS has reports instead.
    pub framing: Framing,
    /// What makes a serial scanner sound as for a good scan; empty where it cannot.
    pub good_signal: heapless::Vec<u8, MAX_SIGNAL>,
    /// What makes a serial scanner sound as for a bad one; empty where it cannot.
    pub error_signal: heapless::Vec<u8, MAX_SIGNAL>,
}

impl From<Framing> for ScannerProfile {
    fn from(framing: Framing) -> ScannerProfile {
        ScannerProfile {
            framing,
            ..ScannerProfile::default()
        }
    }
}

impl ScannerProfile {
    /// For a serial scanner that sounds on BEL, as most do when that is switched on: once for a
    /// good scan, three times for a bad one.
    pub fn bell() -> ScannerProfile {
        ScannerProfile {
            framing: Framing::default(),
            good_signal: heapless::Vec::from_iter([0x07]),
            error_signal: heapless::Vec::from_iter([0x07; 3]),
        }
    }

    /// The bytes of a signal.
    pub fn signal(&self, signal: ScanSignal) -> &[u8] {
        match signal {
            ScanSignal::Good => &self.good_signal,
            ScanSignal::Error => &self.error_signal,
        }
    }
}
