//! An open port: bytes in, bytes out, never blocking.

use std::fs::OpenOptions;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::time::Duration;

use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::net::sockopt::set_socket_linger;
use serialport::{ClearBuffer, SerialPort, TTYPort};

use super::link::{FlowControl, PrinterLink, SerialLink};
use crate::vocabulary::PortState;

/// A printer in the same building answers within milliseconds.
const CONNECT: Duration = Duration::from_millis(1_500);

#[derive(Debug)]
pub(super) struct Wire {
    fd: OwnedFd,
    /// Keeps the settings and the exclusive lock of a serial port.
    serial: Option<TTYPort>,
}

/// The port is gone: pulled, switched off, closed by the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gone;

impl Wire {
    /// Opens a port.
    ///
    /// # Errors
    /// The state the port is in instead of `Open`.
    pub(super) fn open(link: &PrinterLink) -> Result<Wire, PortState> {
        match link {
            PrinterLink::Serial(serial) => Wire::serial(serial),
            PrinterLink::Tcp(address) => Wire::tcp(*address),
        }
    }

    pub(super) fn serial(link: &SerialLink) -> Result<Wire, PortState> {
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        // `serialport` leaves its own descriptor blocking, on which one write of a long buffer
        // to a printer without paper never comes back. It sets up and locks the port; bytes go
        // through this one.
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(i32::try_from(flags.bits()).unwrap_or_default())
            .open(&link.path)
            .map_err(|error| refused(&error))?;
        let path = link.path.to_str().ok_or(PortState::Failed)?;
        let port = serialport::new(path, link.baud)
            .flow_control(match link.flow {
                FlowControl::None => serialport::FlowControl::None,
                FlowControl::Hardware => serialport::FlowControl::Hardware,
                FlowControl::Software => serialport::FlowControl::Software,
            })
            .open_native()
            .map_err(|error| match error.kind() {
                // The file could be opened just now, so the port exists: somebody locked it.
                serialport::ErrorKind::NoDevice => PortState::Busy,
                serialport::ErrorKind::Io(kind) => refused(&kind.into()),
                _ => PortState::Failed,
            })?;
        Ok(Wire {
            fd: file.into(),
            serial: Some(port),
        })
    }

    fn tcp(address: SocketAddr) -> Result<Wire, PortState> {
        let connect = || {
            let stream = TcpStream::connect_timeout(&address, CONNECT)?;
            stream.set_nodelay(true)?;
            stream.set_nonblocking(true)?;
            Ok::<_, io::Error>(stream)
        };
        Ok(Wire {
            fd: connect().map_err(|error| refused(&error))?.into(),
            serial: None,
        })
    }

    pub(super) fn is_serial(&self) -> bool {
        self.serial.is_some()
    }

    /// Reads what is there; 0 when nothing is.
    pub(super) fn read(&self, buffer: &mut [u8]) -> Result<usize, Gone> {
        match rustix::io::read(&self.fd, buffer) {
            Ok(0) => Err(Gone),
            Ok(read) => Ok(read),
            Err(Errno::AGAIN | Errno::INTR) => Ok(0),
            Err(_) => Err(Gone),
        }
    }

    /// Writes what the port takes now; 0 when it takes nothing.
    pub(super) fn write(&self, bytes: &[u8]) -> Result<usize, Gone> {
        match rustix::io::write(&self.fd, bytes) {
            Ok(written) => Ok(written),
            Err(Errno::AGAIN | Errno::INTR) => Ok(0),
            Err(_) => Err(Gone),
        }
    }

    /// Throws away what was written but has not left the machine; close the port next.
    pub(super) fn discard_output(&self) {
        // A port that refuses this is gone, and the bytes with it.
        let _ = match &self.serial {
            Some(port) => port.clear(ClearBuffer::Output).is_ok(),
            // Closing then breaks the connection off instead of sending the rest first.
            None => set_socket_linger(&self.fd, Some(Duration::ZERO)).is_ok(),
        };
    }
}

impl AsFd for Wire {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

fn refused(error: &io::Error) -> PortState {
    match error.kind() {
        io::ErrorKind::PermissionDenied => PortState::Denied,
        io::ErrorKind::ResourceBusy | io::ErrorKind::WouldBlock => PortState::Busy,
        io::ErrorKind::NotFound
        | io::ErrorKind::ConnectionRefused
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::TimedOut => PortState::Absent,
        _ => match error.raw_os_error().map(Errno::from_raw_os_error) {
            // A serial port whose device was pulled.
            Some(Errno::NODEV | Errno::NXIO | Errno::IO) => PortState::Absent,
            _ => PortState::Failed,
        },
    }
}
