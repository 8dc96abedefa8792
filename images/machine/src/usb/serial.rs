//! Serial ports on USB: one of the class for them (CDC-ACM), and an FTDI adapter with a language of
//! its own.

use std::collections::VecDeque;
use std::path::Path;
use std::time::{Duration, Instant};

use super::cable::Function;
use super::descriptors::{Descriptors, Endpoint, Interface};
use super::line::Line;
use super::redirection::Setup;

const ACM_NUMBERS: (u16, u16) = (0x0eb8, 0xf000);
const ACM_NOTICES: u8 = 0x83;
const FTDI_NUMBERS: (u16, u16) = (0x0403, 0x6001);
const IN: u8 = 0x81;
const OUT: u8 = 0x02;

/// A device that shows itself as a serial port.
pub struct AcmPort {
    line: Line,
    /// Speed, stop bits, parity and data bits, as the system inside set them.
    coding: Vec<u8>,
}

impl AcmPort {
    /// The port of a stand-in that is on a pty at this path.
    pub fn new(path: &Path) -> anyhow::Result<Self> {
        Ok(Self {
            line: Line::open(path)?,
            coding: vec![0x80, 0x25, 0, 0, 0, 0, 8],
        })
    }
}

impl Function for AcmPort {
    fn descriptors(&self) -> Descriptors {
        Descriptors {
            vendor: ACM_NUMBERS.0,
            product: ACM_NUMBERS.1,
            version: 0x0100,
            class: 2,
            names: ["Mettler Toledo", "Counter scale", "W0001"],
            interfaces: vec![
                Interface {
                    class: (2, 2, 1),
                    // CDC 1.10; calls are no matter of it; it takes line coding; its data are in
                    // interface 1.
                    of_class: vec![
                        5, 0x24, 0, 0x10, 0x01, 5, 0x24, 1, 0, 1, 4, 0x24, 2, 2, 5, 0x24, 6, 0, 1,
                    ],
                    endpoints: vec![Endpoint::interrupt(ACM_NOTICES, 8)],
                },
                Interface {
                    class: (10, 0, 0),
                    of_class: Vec::new(),
                    endpoints: vec![Endpoint::bulk(IN), Endpoint::bulk(OUT)],
                },
            ],
        }
    }

    fn control(&mut self, setup: Setup, data: &[u8]) -> anyhow::Result<Option<Vec<u8>>> {
        Ok(match (setup.kind, setup.request) {
            // SET_LINE_CODING and GET_LINE_CODING.
            (0x21, 0x20) => {
                self.coding = data.to_vec();
                Some(Vec::new())
            }
            (0xa1, 0x21) => Some(self.coding.clone()),
            // SET_CONTROL_LINE_STATE, SEND_BREAK.
            (0x21, 0x22 | 0x23) => Some(Vec::new()),
            _ => None,
        })
    }

    fn take(&mut self, _endpoint: u8, bytes: &[u8]) -> anyhow::Result<usize> {
        self.line.write(bytes)
    }

    fn give(&mut self, endpoint: u8, most: usize) -> anyhow::Result<Option<Vec<u8>>> {
        if endpoint == ACM_NOTICES {
            return Ok(None);
        }
        let said = self.line.read(most)?;
        Ok((!said.is_empty()).then_some(said))
    }

    fn pulled(&mut self) -> anyhow::Result<()> {
        self.line.drain()
    }
}

/// The parity of characters on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parity {
    /// There is none.
    None,
    /// An odd number of bits.
    Odd,
    /// An even one.
    Even,
}

/// Data bytes of one packet: so few that it ends the transfer.
const FTDI_DATA: usize = 61;
/// An adapter with nothing to say says so after so long.
const LATENCY: Duration = Duration::from_millis(40);
/// The lines CTS, DSR and RLSD are high (and a bit that is always set).
const MODEM_STATUS: u8 = 0xb1;
/// Nothing waits to be sent.
const LINE_STATUS: u8 = 0x60;
const PARITY_ERROR: u8 = 0x04;

/// Bytes that wait in the chip for the line.
const FTDI_BUFFER: u32 = 128;
/// The speed that its divisor divides.
const FTDI_CLOCK: f64 = 3_000_000.0;
/// Eighths of the divisor, by the three bits that stand for them.
const EIGHTHS: [u8; 8] = [0, 4, 2, 1, 3, 5, 6, 7];

/// A serial adapter with a chip FT232R. What comes from its line with another parity than the system
/// inside has set is passed on with a parity error, as the chip does; what is sent leaves it at the
/// speed that was set.
pub struct FtdiPort {
    line: Line,
    /// How long one character takes, of ten bits.
    character: Duration,
    /// When all that was taken has left.
    idle: Instant,
    /// What the system inside has set.
    set: Parity,
    /// What the device on the line sends.
    sent: Parity,
    /// So many characters to come are spoiled on the line.
    spoiled: usize,
    /// What came from the line and was not told yet.
    inbox: VecDeque<u8>,
    told: Instant,
}

impl FtdiPort {
    /// The adapter of a stand-in that is on a pty at this path, and sends this parity.
    pub fn new(path: &Path, sent: Parity) -> anyhow::Result<Self> {
        Ok(Self {
            line: Line::open(path)?,
            character: Duration::ZERO,
            idle: Instant::now(),
            set: Parity::None,
            sent,
            spoiled: 0,
            inbox: VecDeque::new(),
            told: Instant::now(),
        })
    }

    /// Sets the device on the line to another parity.
    pub fn set_parity(&mut self, sent: Parity) {
        self.sent = sent;
    }

    /// Spoils a bit in each of the next characters.
    pub fn spoil(&mut self, characters: usize) {
        self.spoiled = characters;
    }

    /// What the system inside has set.
    pub fn parity(&self) -> Parity {
        self.set
    }
}

/// How long ten bits take at the speed that the driver sets: 14 bits of a divisor, and three for its
/// eighths, the third of which is in the request's index.
fn ten_bits(value: u16, index: u16) -> Duration {
    let eighths = EIGHTHS[usize::from(value >> 14 | (index & 1) << 2)];
    let divisor = match value & 0x3fff {
        // These two are exceptions: 3 and 2 Mbaud.
        0 => 1.0,
        1 if eighths == 0 => 1.5,
        whole => f64::from(whole) + f64::from(eighths) / 8.0,
    };
    Duration::from_secs_f64(10.0 * divisor / FTDI_CLOCK)
}

impl Function for FtdiPort {
    fn descriptors(&self) -> Descriptors {
        Descriptors {
            vendor: FTDI_NUMBERS.0,
            product: FTDI_NUMBERS.1,
            // By this the driver knows an FT232R.
            version: 0x0600,
            class: 0,
            names: ["FTDI", "FT232R USB UART", "A5000001"],
            interfaces: vec![Interface {
                class: (0xff, 0xff, 0xff),
                of_class: Vec::new(),
                endpoints: vec![Endpoint::bulk(IN), Endpoint::bulk(OUT)],
            }],
        }
    }

    fn control(&mut self, setup: Setup, _data: &[u8]) -> anyhow::Result<Option<Vec<u8>>> {
        Ok(match (setup.kind, setup.request) {
            // Data bits in the low byte, parity in the three bits above them.
            (0x40, 4) => {
                self.set = match setup.value >> 8 & 7 {
                    0 => Parity::None,
                    1 => Parity::Odd,
                    2 => Parity::Even,
                    _ => return Ok(None),
                };
                Some(Vec::new())
            }
            (0x40, 3) => {
                self.character = ten_bits(setup.value, setup.index);
                Some(Vec::new())
            }
            // Reset, modem lines, flow control, special characters, latency.
            (0x40, 0..=2 | 6 | 7 | 9) => Some(Vec::new()),
            // Modem lines, latency, and a word of its memory, which is empty.
            (0xc0, 5) => Some(vec![MODEM_STATUS, LINE_STATUS]),
            (0xc0, 0x0a) => Some(vec![16]),
            (0xc0, 0x90) => Some(vec![0xff, 0xff]),
            _ => None,
        })
    }

    fn take(&mut self, _endpoint: u8, bytes: &[u8]) -> anyhow::Result<usize> {
        let now = Instant::now();
        self.idle = self.idle.max(now);
        let mut taken = 0;
        for byte in bytes {
            if self.idle - now >= self.character * FTDI_BUFFER && !self.character.is_zero()
                || self.line.write(std::slice::from_ref(byte))? == 0
            {
                break;
            }
            self.idle += self.character;
            taken += 1;
        }
        Ok(taken)
    }

    fn give(&mut self, _endpoint: u8, _most: usize) -> anyhow::Result<Option<Vec<u8>>> {
        let came = self.line.read(FTDI_DATA)?;
        self.inbox.extend(came);
        if self.inbox.is_empty() && self.told.elapsed() < LATENCY {
            return Ok(None);
        }
        self.told = Instant::now();
        // A packet has one status for all of its characters.
        let is_foreign = self.set != Parity::None && self.set != self.sent;
        let is_spoiled = self.set != Parity::None && self.spoiled > 0 && !self.inbox.is_empty();
        let count = match is_spoiled {
            true => 1,
            false => self.inbox.len().min(FTDI_DATA),
        };
        self.spoiled -= usize::from(is_spoiled);
        let broken = is_foreign || is_spoiled;
        let mut packet = vec![MODEM_STATUS, LINE_STATUS];
        for byte in self.inbox.drain(..count) {
            // Of a spoiled character another bit than its parity may be wrong.
            packet.push(byte ^ u8::from(is_spoiled));
        }
        if let ([_, status, _, ..], true) = (packet.as_mut_slice(), broken) {
            *status |= PARITY_ERROR;
        }
        Ok(Some(packet))
    }

    fn pulled(&mut self) -> anyhow::Result<()> {
        self.inbox.clear();
        self.line.drain()
    }
}
