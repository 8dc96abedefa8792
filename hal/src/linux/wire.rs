//! An open port: bytes in, bytes out, never blocking.

use std::cell::RefCell;
use std::fs::OpenOptions;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::net::sockopt::set_socket_linger;
use rustix::termios::{Action, InputModes, OptionalActions, tcflow, tcgetattr, tcsetattr};
use serialport::{ClearBuffer, SerialPort, TTYPort};

use super::drawer::ModemLine;
use super::link::{CharacterFrame, FlowControl, PrinterLink, SerialLink, StopBits, UsbLink};
use super::port::Link;
use crate::discovery;
use crate::hid_pos::HidPosFormat;
use crate::traffic::{Direction, Traffic};
use crate::vocabulary::PortState;

/// A device in the same building answers within milliseconds.
const CONNECT: Duration = Duration::from_millis(1_500);

#[derive(Debug)]
pub(super) struct Wire {
    fd: OwnedFd,
    kind: Kind,
    /// Where what goes to and fro is noted.
    traffic: Option<Arc<Traffic>>,
}

#[derive(Debug)]
pub(super) enum Kind {
    /// Keeps the settings and the exclusive lock of a serial port.
    Serial(RefCell<TTYPort>, FlowControl),
    /// The driver `usblp`.
    Usb,
    Tcp,
    /// The events of keys.
    Keyboard,
    /// Reports with codes in them.
    HidPos(HidPosFormat),
}

/// What may be on its way to a printer that watches no line but DSR: its buffer has room for this
/// after it said stop.
const UNWATCHED: usize = 64;
/// A USB printer that has nothing to say may say so in packets of no bytes, one after another.
const EMPTY_PACKET: Duration = Duration::from_millis(5);

/// The port is gone: pulled, switched off, closed by the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gone;

impl Wire {
    pub(super) fn new(fd: OwnedFd, kind: Kind) -> Wire {
        Wire {
            fd,
            kind,
            traffic: None,
        }
    }

    /// From now on what goes to and fro is noted there.
    pub(super) fn watched_by(mut self, traffic: Arc<Traffic>) -> Wire {
        self.traffic = Some(traffic);
        self
    }

    /// Opens a port.
    ///
    /// # Errors
    /// The state the port is in instead of `Open`.
    pub(super) fn open(link: &PrinterLink) -> Result<Wire, PortState> {
        match link {
            PrinterLink::Serial(serial) => Wire::serial(serial),
            PrinterLink::Usb(usb) => Wire::usb(usb),
            PrinterLink::Tcp(address) => Wire::tcp(*address),
        }
    }

    pub(super) fn serial(link: &SerialLink) -> Result<Wire, PortState> {
        // `serialport` leaves its own descriptor blocking, on which one write of a long buffer
        // to a printer without paper never comes back. It sets up and locks the port; bytes go
        // through this one.
        let file = open(&link.path)?;
        let path = link.path.to_str().ok_or(PortState::Failed)?;
        let port = serialport::new(path, link.baud)
            .flow_control(match link.flow {
                FlowControl::None | FlowControl::DataSetReady => serialport::FlowControl::None,
                FlowControl::Hardware => serialport::FlowControl::Hardware,
                FlowControl::Software => serialport::FlowControl::Software,
            })
            .data_bits(match link.character {
                CharacterFrame::Bits8 | CharacterFrame::Bits8Even | CharacterFrame::Bits8Odd => {
                    serialport::DataBits::Eight
                }
                CharacterFrame::Bits7 | CharacterFrame::Bits7Even | CharacterFrame::Bits7Odd => {
                    serialport::DataBits::Seven
                }
            })
            .parity(match link.character {
                CharacterFrame::Bits8 | CharacterFrame::Bits7 => serialport::Parity::None,
                CharacterFrame::Bits8Even | CharacterFrame::Bits7Even => serialport::Parity::Even,
                CharacterFrame::Bits8Odd | CharacterFrame::Bits7Odd => serialport::Parity::Odd,
            })
            .stop_bits(match link.stop_bits {
                StopBits::One => serialport::StopBits::One,
                StopBits::Two => serialport::StopBits::Two,
            })
            .open_native()
            .map_err(|error| match error.kind() {
                // The file could be opened just now, so the port exists: somebody locked it.
                serialport::ErrorKind::NoDevice => PortState::Busy,
                serialport::ErrorKind::Io(kind) => refused(&kind.into()),
                _ => PortState::Failed,
            })?;
        // The lock keeps others out from now on; one that came before and asked for none is there
        // all the same, and takes what is meant for us.
        if discovery::Places::default().is_shared(&link.path) {
            return Err(PortState::Busy);
        }
        keep_broken_characters(&file);
        Ok(Wire::new(file, Kind::Serial(RefCell::new(port), link.flow)))
    }

    /// `usblp` takes a write without waiting for the printer when the file is open for that, and
    /// `poll` says when it takes the next.
    fn usb(link: &UsbLink) -> Result<Wire, PortState> {
        let path = super::usb::locate(link).ok_or(PortState::Absent)?;
        Ok(Wire::new(open(&path)?, Kind::Usb))
    }

    pub(super) fn tcp(address: SocketAddr) -> Result<Wire, PortState> {
        let connect = || {
            let stream = TcpStream::connect_timeout(&address, CONNECT)?;
            stream.set_nodelay(true)?;
            stream.set_nonblocking(true)?;
            Ok::<_, io::Error>(stream)
        };
        let stream = connect().map_err(|error| refused(&error))?;
        Ok(Wire::new(stream.into(), Kind::Tcp))
    }

    pub(super) fn is_network(&self) -> bool {
        matches!(self.kind, Kind::Tcp)
    }

    /// Whether the port takes nothing more until the device has taken what was written before, however
    /// little that is: `usblp` has one packet under way.
    pub(super) fn takes_one_write(&self) -> bool {
        matches!(self.kind, Kind::Usb)
    }

    pub(super) fn is_keyboard(&self) -> bool {
        matches!(self.kind, Kind::Keyboard)
    }

    /// Where the code stands in its reports, if it has reports.
    pub(super) fn hid_pos(&self) -> Option<&HidPosFormat> {
        match &self.kind {
            Kind::HidPos(format) => Some(format),
            _ => None,
        }
    }

    fn note(&self, direction: Direction, bytes: &[u8], count: usize) {
        if let Some(traffic) = &self.traffic {
            traffic.note(direction, bytes.get(..count).unwrap_or_default());
        }
    }

    /// Whether the port may refuse bytes that `poll` says it takes, so that it has to be asked
    /// again after a moment.
    pub(super) fn is_paced(&self) -> bool {
        matches!(self.kind, Kind::Serial(_, FlowControl::DataSetReady))
    }

    /// Reads what is there; 0 when nothing is.
    pub(super) fn read(&self, buffer: &mut [u8]) -> Result<usize, Gone> {
        match rustix::io::read(&self.fd, &mut *buffer) {
            Ok(0) if matches!(self.kind, Kind::Usb) => {
                std::thread::sleep(EMPTY_PACKET);
                Ok(0)
            }
            Ok(0) => Err(Gone),
            Ok(read) => {
                self.note(Direction::FromDevice, buffer, read);
                Ok(read)
            }
            Err(Errno::AGAIN | Errno::INTR) => Ok(0),
            Err(_) => Err(Gone),
        }
    }

    /// Writes what the port takes now; 0 when it takes nothing.
    pub(super) fn write(&self, mut bytes: &[u8]) -> Result<usize, Gone> {
        if let Kind::Serial(port, FlowControl::DataSetReady) = &self.kind {
            let mut port = port.borrow_mut();
            // A port that cannot tell has no such line.
            let ready = port.read_data_set_ready().unwrap_or(true);
            if !ready || port.bytes_to_write().is_ok_and(|waiting| waiting > 0) {
                return Ok(0);
            }
            bytes = bytes.get(..UNWATCHED).unwrap_or(bytes);
        }
        match rustix::io::write(&self.fd, bytes) {
            Ok(written) => {
                self.note(Direction::ToDevice, bytes, written);
                Ok(written)
            }
            Err(Errno::AGAIN | Errno::INTR) => Ok(0),
            Err(_) => Err(Gone),
        }
    }

    /// Bytes that were written and have not left the port yet, where it can tell.
    pub(super) fn waiting(&self) -> usize {
        let Kind::Serial(port, _) = &self.kind else {
            return 0;
        };
        let waiting = port.borrow().bytes_to_write();
        waiting.map_or(0, |waiting| usize::try_from(waiting).unwrap_or(usize::MAX))
    }

    /// Whether all that was written has left the port, where it can tell.
    pub(super) fn is_empty(&self) -> bool {
        match &self.kind {
            Kind::Serial(..) => self.waiting() == 0,
            // The driver takes more when what it had is through.
            Kind::Usb => {
                let mut port = [PollFd::new(&self.fd, PollFlags::OUT)];
                !matches!(poll(&mut port, Some(&Timespec::default())), Ok(0))
            }
            Kind::Tcp | Kind::Keyboard | Kind::HidPos(_) => true,
        }
    }

    /// Whether a line of a serial port is high; `None` where there is no such line.
    pub(super) fn line(&self, line: ModemLine) -> Option<bool> {
        let Kind::Serial(port, _) = &self.kind else {
            return None;
        };
        let mut port = port.borrow_mut();
        match line {
            ModemLine::ClearToSend => port.read_clear_to_send(),
            ModemLine::DataSetReady => port.read_data_set_ready(),
            ModemLine::CarrierDetect => port.read_carrier_detect(),
            ModemLine::RingIndicator => port.read_ring_indicator(),
        }
        .ok()
    }

    /// Whether the other end stops output by XOFF.
    pub(super) fn is_stopped_by_bytes(&self) -> bool {
        matches!(self.kind, Kind::Serial(_, FlowControl::Software))
    }

    /// Lets output flow again that a byte has stopped, whether or not XON ever comes.
    pub(super) fn let_flow(&self) {
        if self.is_stopped_by_bytes() {
            // The kernel forgets an XOFF only with what it was told itself.
            let _ = tcflow(&self.fd, Action::OOff);
            let _ = tcflow(&self.fd, Action::OOn);
        }
    }

    /// Throws away what was written but has not left the machine; close a port of another kind
    /// than a serial one next.
    pub(super) fn discard_output(&self) {
        // A port that refuses this is gone, and the bytes with it.
        let _ = match &self.kind {
            Kind::Serial(port, _) => port.borrow().clear(ClearBuffer::Output).is_ok(),
            // The driver gives up what is under way when its file is closed.
            Kind::Usb | Kind::Keyboard | Kind::HidPos(_) => true,
            // Closing then breaks the connection off instead of sending the rest first.
            Kind::Tcp => set_socket_linger(&self.fd, Some(Duration::ZERO)).is_ok(),
        };
    }
}

impl Link for SerialLink {
    fn open(&self) -> Result<Wire, PortState> {
        Wire::serial(self)
    }
}

impl AsFd for Wire {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// Opens a device for reading and writing without ever waiting for it.
fn open(path: &Path) -> Result<OwnedFd, PortState> {
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(i32::try_from(flags.bits()).unwrap_or_default())
        .open(path)
        .map(OwnedFd::from)
        .map_err(|error| refused(&error))
}

/// Has a port pass a character of wrong parity, or without its stop bit, on as a zero byte, which
/// means nothing in any protocol here. Otherwise it would be left out, so that what is left looks
/// whole, or be taken for what it is not.
fn keep_broken_characters(port: &OwnedFd) {
    // A port that cannot tell passes on what it read.
    if let Ok(mut settings) = tcgetattr(port) {
        settings.input_modes.insert(InputModes::INPCK);
        let silent = InputModes::IGNPAR | InputModes::IGNBRK | InputModes::PARMRK;
        settings.input_modes.remove(silent | InputModes::BRKINT);
        let _ = tcsetattr(port, OptionalActions::Now, &settings);
    }
}

pub(super) fn refused(error: &io::Error) -> PortState {
    match error.kind() {
        io::ErrorKind::PermissionDenied => PortState::Denied,
        io::ErrorKind::ResourceBusy | io::ErrorKind::WouldBlock => PortState::Busy,
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset => PortState::Refused,
        io::ErrorKind::NotFound
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
