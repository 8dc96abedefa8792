//! What devices tell the till.

#[cfg(feature = "std")]
use super::{DayState, PaymentState};
use super::{
    DeviceId, DrawerState, JobId, JobState, PortState, PrinterStatus, ScaleStatus, ScannedCode,
    TerminalStatus,
};
use crate::FrameFault;

/// One thing a device did.
///
/// When the caller's queue is full, scans, job states, payments and closings wait (the device's thread stands
/// still, nothing is lost) and statuses overwrite each other (only the latest is told).
#[derive(Debug, Clone, PartialEq)]
#[allow(
    clippy::large_enum_variant,
    reason = "a scanned code travels in the queue itself, which has a fixed size"
)]
pub enum DeviceEvent {
    /// A code was scanned.
    Scanned {
        /// The scanner.
        scanner: DeviceId,
        /// The code, without suffix and AIM identifier.
        code: ScannedCode,
    },
    /// A scanner sent something that is no code; nothing of it was passed on.
    ScanRejected {
        /// The scanner.
        scanner: DeviceId,
        /// What was wrong.
        fault: FrameFault,
    },
    /// A scanner's port changed its state.
    ScannerPort {
        /// The scanner.
        scanner: DeviceId,
        /// The new state.
        port: PortState,
    },
    /// A printer's status changed.
    Printer {
        /// The printer.
        printer: DeviceId,
        /// The new status, whole.
        status: PrinterStatus,
    },
    /// A drawer was opened or closed.
    Drawer {
        /// The printer the drawer hangs on, or the drawer that has a port of its own.
        printer: DeviceId,
        /// The new state.
        drawer: DrawerState,
    },
    /// The port of a drawer that has its own changed its state.
    DrawerPort {
        /// The drawer.
        drawer: DeviceId,
        /// The new state.
        port: PortState,
    },
    /// A scale's status changed: another weight, at rest or not, gone.
    Scale {
        /// The scale.
        scale: DeviceId,
        /// The new status, whole.
        status: ScaleStatus,
    },
    /// The port of a line display that has its own changed its state.
    LineDisplayPort {
        /// The display.
        display: DeviceId,
        /// The new state.
        port: PortState,
    },
    /// A job went on to another state.
    Job {
        /// The printer, or the drawer that has a port of its own.
        printer: DeviceId,
        /// The job.
        job: JobId,
        /// The new state.
        state: JobState,
    },
    /// What is known of a card terminal changed.
    Terminal {
        /// The terminal.
        terminal: DeviceId,
        /// The new status, whole.
        status: TerminalStatus,
    },
    /// A payment went on to another state.
    #[cfg(feature = "std")]
    Payment {
        /// The terminal.
        terminal: DeviceId,
        /// The caller's name for the payment.
        reference: String,
        /// The new state.
        state: Box<PaymentState>,
    },
    /// The closing of the terminal's day went on to another state.
    #[cfg(feature = "std")]
    TerminalDay {
        /// The terminal.
        terminal: DeviceId,
        /// The new state.
        state: DayState,
    },
}
