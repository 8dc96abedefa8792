//! Devices on Linux: one thread each, which alone owns the port.
//!
//! Commands go in and events come out over bounded channels. A thread sleeps in one place
//! ([`bell::Bell::wait`]) and is woken by its port, by a command, by room in the caller's queue
//! or by the next thing that is due; nothing spins and nothing waits without a deadline.

mod backoff;
pub(crate) mod bell;
mod block_on;
mod common;
mod drawer;
mod input;
mod line_display;
mod link;
mod outlet;
mod port;
mod printer;
mod scale;
mod scanner;
mod supervised;
mod terminal;
mod usb;
mod wire;

pub use block_on::block_on;
pub use drawer::{
    DrawerAnswer, DrawerAnswers, DrawerDevice, DrawerHandle, DrawerPort, DrawerSensor, ModemLine,
};
pub use line_display::{LineDisplayDevice, LineDisplayHandle};
pub use link::{
    CharacterFrame, FlowControl, HidPosLink, KeyboardLink, PrinterLink, ScannerLink, SerialLink,
    StopBits, UsbLink,
};
pub use outlet::EventQueue;
pub use printer::{MAX_WAITING, PrinterDevice, PrinterHandle};
pub use scale::{ScaleDevice, ScaleHandle};
pub use scanner::{ScannerDevice, ScannerHandle};
pub use terminal::{StandAloneTerminal, TerminalDevice, TerminalHandle};
pub(crate) use usb::printers;
pub use usb::{UsbPrinter, usb_printers};
