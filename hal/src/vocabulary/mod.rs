//! The words devices and callers share, after UnifiedPOS. Payloads are owned and small.

mod device;
mod event;
mod job;
mod line;
mod line_display;
mod payment;
mod printer;
mod scale;
mod scanner;
mod terminal_day;

#[cfg(feature = "std")]
pub use device::{CashDrawer, LineDisplay, PaymentTerminal, PosPrinter, Scale, Scanner};
pub use device::{DeviceId, PortState};
pub use event::DeviceEvent;
pub use job::{Doubt, Evidence, JobFailure, JobId, JobState};
pub use line::LineFault;
pub use line_display::{DisplayLine, DisplayScreen};
#[cfg(feature = "std")]
pub use payment::{
    CardPayment, Confirmation, PaymentIntent, PaymentKind, PaymentOutcome, PaymentState,
    TerminalPapers,
};
pub use payment::{
    LastReceipts, PaymentAmount, PaymentDoubt, TerminalHindrance, TerminalReceipt, TerminalStatus,
    TerminalTime,
};
pub use printer::{
    Cover, DrawerState, Hindrance, Paper, PrinterFault, PrinterStatus, PrinterWarning,
};
pub use scale::{ScaleHindrance, ScaleReading, ScaleStatus, Weight, WeightUnit};
pub use scanner::{AimIdentifier, MAX_CODE, ScannedCode, Symbology};
pub use terminal_day::{CardTotals, DayTotals};
#[cfg(feature = "std")]
pub use terminal_day::{DayFailure, DayReport, DayState};
