//! The device classes and what they have in common.

#[cfg(feature = "std")]
use super::{
    Confirmation, DisplayScreen, DrawerState, JobId, PaymentIntent, PrinterStatus, ScaleStatus,
    TerminalStatus,
};
#[cfg(feature = "std")]
use crate::traffic::Recording;
#[cfg(feature = "std")]
use crate::{HalError, Job, ScanSignal};

/// Which device an event is about: the caller's number, given when it starts the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeviceId(pub u8);

/// The port a device hangs on, as seen by the thread that owns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortState {
    /// Being opened for the first time.
    Opening,
    /// Open. Whether the device answers is another question.
    Open,
    /// No such port, nobody at the address, or the cable was pulled.
    Absent,
    /// The host at the address answers and takes no connection: another till has its only one, or
    /// nothing listens at this port number.
    Refused,
    /// Another program owns the port.
    Busy,
    /// This user may not open the port.
    Denied,
    /// The system refused for another reason, such as a baud rate the port cannot do.
    Failed,
    /// The device's driver failed, which is a fault of this program and none of the device's. It is
    /// started anew by itself.
    Faulted,
}

/// A receipt printer (UnifiedPOS `PosPrinter`). No call blocks.
#[cfg(feature = "std")]
pub trait PosPrinter {
    /// Queues a job; what becomes of it arrives as [`super::JobState`] events.
    ///
    /// # Errors
    /// `JobTooLarge`, `QueueFull`, `Stopped`. The job was not taken.
    fn print(&self, id: JobId, job: Job) -> Result<(), HalError>;

    /// Takes a job that has not begun out of the queue. One that has begun goes on.
    ///
    /// # Errors
    /// `QueueFull`, `Stopped`.
    fn cancel(&self, id: JobId) -> Result<(), HalError>;

    /// The latest known status.
    fn status(&self) -> PrinterStatus;
}

/// A cash drawer (UnifiedPOS `CashDrawer`), here the one on the printer's drawer port.
#[cfg(feature = "std")]
pub trait CashDrawer {
    /// Opens the drawer now, ahead of queued receipts and in the middle of one that is being printed.
    /// Ends as `Confirmed`, `Unconfirmed` or `Failed`: where the printer does not come to it within
    /// some two seconds, because a drawer must not spring open minutes later.
    ///
    /// # Errors
    /// `QueueFull`, `Stopped`.
    fn open_drawer(&self, id: JobId) -> Result<(), HalError>;

    /// What the drawer's sensor says.
    fn drawer(&self) -> DrawerState;
}

/// A barcode scanner (UnifiedPOS `Scanner`). Codes arrive as events.
#[cfg(feature = "std")]
pub trait Scanner {
    /// The state of the scanner's port.
    fn port(&self) -> PortState;

    /// Makes the scanner sound or light up, now or not at all. A HID-POS scanner that describes
    /// no such signal stays silent.
    ///
    /// # Errors
    /// `NotSupported` for a keyboard, and for a serial scanner whose profile has no bytes for it;
    /// `QueueFull`, `Stopped`.
    fn signal(&self, signal: ScanSignal) -> Result<(), HalError>;
}

/// A scale (UnifiedPOS `Scale`). It is asked several times a second; what changes arrives as
/// events. No call blocks.
#[cfg(feature = "std")]
pub trait Scale {
    /// The latest known status, with the weight if there is one that may be sold by.
    fn status(&self) -> ScaleStatus;

    /// Sets the scale to zero. What comes of it shows in the next status; a scale refuses when
    /// too much lies on it, and one that is not there forgets the order.
    ///
    /// # Errors
    /// `NotSupported` when the scale's protocol has no such order, `QueueFull`, `Stopped`.
    fn zero(&self) -> Result<(), HalError>;

    /// Takes what lies on the scale for the tare. The weights that follow are net.
    ///
    /// # Errors
    /// As [`Scale::zero`].
    fn tare(&self) -> Result<(), HalError>;

    /// Forgets the tare.
    ///
    /// # Errors
    /// As [`Scale::zero`].
    fn clear_tare(&self) -> Result<(), HalError>;
}

/// A line display in front of the customer (UnifiedPOS `LineDisplay`). No call blocks.
#[cfg(feature = "std")]
pub trait LineDisplay {
    /// Shows a screen in place of what stands there, and again whenever the display comes back.
    /// A screen that was not shown yet is overwritten.
    ///
    /// # Errors
    /// `Stopped`; `NotSupported` when there is no display.
    fn show(&self, screen: DisplayScreen) -> Result<(), HalError>;

    /// The state of the display's port.
    fn port(&self) -> PortState;
}

/// A card terminal, spoken to or worked by hand. No call blocks; one payment at a time. What
/// becomes of it arrives as [`super::PaymentState`] events.
///
/// The caller makes an intent durable before it calls [`PaymentTerminal::pay`], gives its
/// reference to no other, and after a restart calls [`PaymentTerminal::ask`] with what it kept
/// and has not seen the end of. Then no customer pays twice and no payment is forgotten.
#[cfg(feature = "std")]
pub trait PaymentTerminal {
    /// Begins a payment, a refund or a reversal.
    ///
    /// # Errors
    /// `PaymentUnderWay` while another one has not ended, `PaymentKnown` for a reference that was
    /// begun before, `InvalidAmount`, `QueueFull`, `Stopped`. Nothing was sent.
    fn pay(&self, intent: PaymentIntent) -> Result<(), HalError>;

    /// Finds out what became of a payment that was begun earlier. It moves no money.
    ///
    /// # Errors
    /// `PaymentUnderWay` while another one has not ended, `QueueFull`, `Stopped`.
    fn ask(&self, intent: PaymentIntent) -> Result<(), HalError>;

    /// Breaks the payment off, if it still can be; it may end as approved all the same.
    ///
    /// # Errors
    /// `NoPayment` when none is under way, `QueueFull`, `Stopped`.
    fn cancel(&self) -> Result<(), HalError>;

    /// Says what a person saw at the terminal. For a payment whose outcome is unknown, or one that
    /// is keyed by hand.
    ///
    /// # Errors
    /// `NoPayment` when this one is not under way, `QueueFull`, `Stopped`.
    fn confirm(&self, reference: &str, confirmation: Confirmation) -> Result<(), HalError>;

    /// Closes the terminal's day: it hands its payments in. What becomes of it arrives as
    /// [`super::DayState`] events. It moves no money between customers and the shop, and closing a
    /// day again does no harm.
    ///
    /// # Errors
    /// `PaymentUnderWay`, `NotSupported` for a terminal that is not spoken to, `QueueFull`,
    /// `Stopped`.
    fn close_day(&self) -> Result<(), HalError>;

    /// What is known of the terminal.
    fn status(&self) -> TerminalStatus;

    /// The last bytes that came and went, with a star for each byte that may be about a card, for
    /// each byte of a text and of the password; `None` for a terminal that is not spoken to.
    fn traffic(&self) -> Option<Recording> {
        None
    }
}
