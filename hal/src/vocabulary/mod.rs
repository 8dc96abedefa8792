//! The words devices and callers share, after UnifiedPOS. Payloads are owned and small.

mod device;
mod event;
mod job;
mod printer;
mod scanner;

#[cfg(feature = "std")]
pub use device::{CashDrawer, PosPrinter, Scanner};
pub use device::{DeviceId, PortState};
pub use event::DeviceEvent;
pub use job::{Doubt, Evidence, JobFailure, JobId, JobState};
pub use printer::{Cover, DrawerState, Hindrance, Paper, PrinterFault, PrinterStatus};
pub use scanner::{AimIdentifier, MAX_CODE, ScannedCode, Symbology};
