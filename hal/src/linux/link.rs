//! Where a device is.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Where a printer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrinterLink {
    /// On a serial port (also a USB printer that shows itself as one).
    Serial(SerialLink),
    /// In the network, usually port 9100.
    Tcp(SocketAddr),
}

/// A serial port: 8 data bits, no parity, 1 stop bit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SerialLink {
    /// The port; best a name that stays, such as one under `/dev/serial/by-id`.
    pub path: PathBuf,
    /// Bits a second.
    pub baud: u32,
    /// Who stops whom when a buffer is full.
    pub flow: FlowControl,
}

/// Flow control of a serial port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FlowControl {
    /// None.
    #[default]
    None,
    /// RTS/CTS lines; what printers should be set to.
    Hardware,
    /// XON/XOFF bytes. Not for pictures to printers: the bytes may occur in them.
    Software,
}

impl SerialLink {
    /// A port without flow control.
    pub fn new(path: impl Into<PathBuf>, baud: u32) -> SerialLink {
        SerialLink {
            path: path.into(),
            baud,
            flow: FlowControl::None,
        }
    }

    /// The same with flow control.
    pub fn flow(mut self, flow: FlowControl) -> SerialLink {
        self.flow = flow;
        self
    }
}
