//! Stand-ins for devices that speak their bytes on real ptys and sockets, so that the Linux
//! transports run in every test and in the demo. For development and test builds only.

mod emulator;
mod printer;
mod pty;
mod scanner;

pub use emulator::{Kick, Unknown};
pub use printer::VirtualPrinter;
pub use scanner::VirtualScanner;
