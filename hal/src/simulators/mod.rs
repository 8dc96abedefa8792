//! Stand-ins for devices that speak their bytes on real ptys and sockets, so that the Linux
//! transports run in every test and in the demo. For development and test builds only.

mod drawer;
mod emulator;
mod faults;
mod line_display;
mod pipe;
mod printer;
mod pty;
mod scale;
mod scanner;
mod terminal;
mod usb_scanner;

pub use drawer::VirtualDrawer;
pub use emulator::{Kick, Unknown};
pub use faults::{FaultFile, Switchable};
pub use line_display::VirtualLineDisplay;
pub use printer::{Arrival, VirtualPrinter};
pub use scale::VirtualScale;
pub use scanner::VirtualScanner;
pub use terminal::{CableCut, Charge, Repeats, TerminalAnswer, VirtualTerminal};
pub use usb_scanner::{
    HID_POS_DESCRIPTOR, HID_POS_DESCRIPTOR_WITH_SOUNDS, VirtualHidPosScanner,
    VirtualKeyboardScanner,
};
