//! The usbredir protocol (version 0.7), as its side speaks it that has the device. All numbers are
//! little endian. A packet begins with its kind, the length of what follows, and a number that an
//! answer repeats.
//!
//! Of what can be agreed on, only this is: devices tell their version, endpoints the size of their
//! packets, and numbers of packets have 64 bits.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use anyhow::{Context, ensure};

use super::descriptors::{Descriptors, Kind};

const HELLO: u32 = 0;
const DEVICE_CONNECT: u32 = 1;
const DEVICE_DISCONNECT: u32 = 2;
const RESET: u32 = 3;
const INTERFACE_INFO: u32 = 4;
const EP_INFO: u32 = 5;
const SET_CONFIGURATION: u32 = 6;
const GET_CONFIGURATION: u32 = 7;
const CONFIGURATION_STATUS: u32 = 8;
const SET_ALT_SETTING: u32 = 9;
const GET_ALT_SETTING: u32 = 10;
const ALT_SETTING_STATUS: u32 = 11;
const START_INTERRUPT_RECEIVING: u32 = 15;
const STOP_INTERRUPT_RECEIVING: u32 = 16;
const INTERRUPT_RECEIVING_STATUS: u32 = 17;
const CANCEL_DATA_PACKET: u32 = 21;
const CONTROL_PACKET: u32 = 100;
const BULK_PACKET: u32 = 101;
const INTERRUPT_PACKET: u32 = 103;

/// What is agreed on, a bit each.
const CAPABILITIES: u32 = 1 << 1 | 1 << 4 | 1 << 5;
/// The hello alone has a number of 32 bits.
const HELLO_HEADER: usize = 12;
const HEADER: usize = 16;
/// What one says of oneself in a hello.
const VERSION: usize = 64;
/// Longer than any packet of the devices here.
const LONGEST: usize = 256 * 1024;
/// Full speed: 12 Mbit/s, as nearly all devices of a counter.
const FULL_SPEED: u8 = 1;
/// Endpoints of a device, sixteen in each direction.
const ENDPOINTS: usize = 32;
/// The kind of an endpoint that is not there.
const NO_ENDPOINT: u8 = 255;

/// How a transfer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Status {
    /// All of it was carried out.
    Success = 0,
    /// It was called back.
    Cancelled = 1,
    /// The device does not know it.
    Stall = 4,
}

/// A request to a device's control endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    /// Direction, whose request it is (standard, class, vendor) and to what (`bmRequestType`).
    pub kind: u8,
    /// What is asked for (`bRequest`).
    pub request: u8,
    /// `wValue`.
    pub value: u16,
    /// `wIndex`.
    pub index: u16,
    /// The bytes that follow, or that are asked for (`wLength`).
    pub length: u16,
}

impl Setup {
    /// Whether the device is asked for something.
    pub const fn is_question(self) -> bool {
        self.kind & 0x80 != 0
    }
}

/// What the system inside wants of a device.
#[derive(Debug)]
pub enum Order {
    /// The bus was reset.
    Reset,
    /// One of its configurations is chosen.
    SetConfiguration(u8),
    /// Which one it has.
    GetConfiguration,
    /// A setting of an interface is chosen.
    SetAlternate(u8, u8),
    /// Which one it has.
    GetAlternate(u8),
    /// Reports of an interrupt endpoint are wanted as they come.
    StartReports(u8),
    /// They are no more.
    StopReports(u8),
    /// A transfer is called back, by its number.
    Cancel,
    /// A request to the control endpoint, with its bytes where it has some.
    Control(Setup, Vec<u8>),
    /// Bytes to an endpoint, bulk or interrupt (then the last is set).
    Out(u8, Vec<u8>, bool),
    /// At most so many bytes of a bulk endpoint are wanted.
    In(u8, usize),
}

/// The connection to QEMU.
pub struct Connection {
    stream: UnixStream,
    inbox: Vec<u8>,
    has_heard_hello: bool,
}

impl Connection {
    /// Says hello. `pause` is how long [`Connection::receive`] waits for something to come.
    pub fn begin(stream: UnixStream, pause: Duration) -> anyhow::Result<Self> {
        stream.set_read_timeout(Some(pause))?;
        let mut connection = Self {
            stream,
            inbox: Vec::new(),
            has_heard_hello: false,
        };
        let mut hello = Vec::new();
        hello.extend(HELLO.to_le_bytes());
        hello.extend((VERSION as u32 + 4).to_le_bytes());
        hello.extend(0_u32.to_le_bytes());
        let mut version = b"Evertill's tests".to_vec();
        version.resize(VERSION, 0);
        hello.extend(version);
        hello.extend(CAPABILITIES.to_le_bytes());
        connection.stream.write_all(&hello)?;
        Ok(connection)
    }

    /// Whether both have said hello.
    pub fn is_open(&self) -> bool {
        self.has_heard_hello
    }

    /// What came by now, with the number of its packet. `None` when QEMU is gone.
    ///
    /// # Errors
    /// A packet that is not known here, or that is not whole.
    pub fn receive(&mut self) -> anyhow::Result<Option<Vec<(u64, Order)>>> {
        let mut bytes = [0; 16 * 1024];
        match self.stream.read(&mut bytes) {
            Ok(0) => return Ok(None),
            Ok(length) => self
                .inbox
                .extend_from_slice(bytes.get(..length).unwrap_or_default()),
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
                ) => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        let mut orders = Vec::new();
        loop {
            let header = match self.has_heard_hello {
                true => HEADER,
                false => HELLO_HEADER,
            };
            let (Some(kind), Some(length)) = (number(&self.inbox, 0), number(&self.inbox, 4))
            else {
                break;
            };
            let length = length as usize;
            ensure!(
                length <= LONGEST,
                "QEMU sent a packet of kind {kind} that is {length} bytes long"
            );
            if self.inbox.len() < header + length {
                break;
            }
            let packet: Vec<u8> = self.inbox.drain(..header + length).collect();
            let (head, body) = packet.split_at(header);
            if self.has_heard_hello {
                let id = head.get(8..).and_then(|id| id.try_into().ok());
                let id = id.map(u64::from_le_bytes).unwrap_or_default();
                let order = parse(kind, body).with_context(|| {
                    format!("QEMU sent a packet of kind {kind} with {body:02x?}, which no device here understands")
                })?;
                orders.push((id, order));
            } else {
                ensure!(kind == HELLO, "QEMU began with a packet of kind {kind}");
                let known = number(body, VERSION).unwrap_or_default();
                ensure!(
                    known & CAPABILITIES == CAPABILITIES,
                    "this QEMU lacks a part of the usbredir protocol: it has {known:#x}, {CAPABILITIES:#x} is needed"
                );
                self.has_heard_hello = true;
            }
        }
        Ok(Some(orders))
    }

    /// A device is plugged in.
    pub fn connect(&mut self, device: &Descriptors) -> anyhow::Result<()> {
        let (interfaces, endpoints) = (interface_info(device), endpoint_info(device));
        self.send(INTERFACE_INFO, 0, &interfaces)?;
        self.send(EP_INFO, 0, &endpoints)?;
        let mut device_connect = vec![FULL_SPEED, device.class, 0, 0];
        for word in [device.vendor, device.product, device.version] {
            device_connect.extend(word.to_le_bytes());
        }
        self.send(DEVICE_CONNECT, 0, &device_connect)
    }

    /// It is pulled out.
    pub fn disconnect(&mut self) -> anyhow::Result<()> {
        self.send(DEVICE_DISCONNECT, 0, &[])
    }

    /// Which configuration the device has.
    pub fn configuration(&mut self, id: u64, configuration: u8) -> anyhow::Result<()> {
        let body = [Status::Success as u8, configuration];
        self.send(CONFIGURATION_STATUS, id, &body)
    }

    /// Which setting an interface has.
    pub fn alternate(&mut self, id: u64, interface: u8, setting: u8) -> anyhow::Result<()> {
        let body = [Status::Success as u8, interface, setting];
        self.send(ALT_SETTING_STATUS, id, &body)
    }

    /// Reports of an endpoint will come, or will not any more.
    pub fn reporting(&mut self, id: u64, endpoint: u8) -> anyhow::Result<()> {
        let body = [Status::Success as u8, endpoint];
        self.send(INTERRUPT_RECEIVING_STATUS, id, &body)
    }

    /// What the control endpoint answers; `None` for a request that the device does not know.
    pub fn control(
        &mut self,
        id: u64,
        setup: Setup,
        answer: Option<Vec<u8>>,
    ) -> anyhow::Result<()> {
        let (status, data) = match answer {
            Some(data) => (Status::Success, data),
            None => (Status::Stall, Vec::new()),
        };
        // Of an order it is told how many bytes were taken: all.
        let length = match (status, setup.is_question()) {
            (Status::Success, false) => setup.length,
            _ => data.len() as u16,
        };
        let mut body = vec![setup.kind & 0x80, setup.request, setup.kind, status as u8];
        for word in [setup.value, setup.index, length] {
            body.extend(word.to_le_bytes());
        }
        body.extend(data);
        self.send(CONTROL_PACKET, id, &body)
    }

    /// How a bulk transfer ended: the bytes that were read, or how many were written.
    pub fn bulk(
        &mut self,
        id: u64,
        endpoint: u8,
        status: Status,
        moved: Result<&[u8], usize>,
    ) -> anyhow::Result<()> {
        let (data, length) = match moved {
            Ok(data) => (data, data.len()),
            Err(written) => (&[][..], written),
        };
        let mut body = vec![endpoint, status as u8];
        body.extend(u16::try_from(length)?.to_le_bytes());
        // No stream.
        body.extend(0_u32.to_le_bytes());
        body.extend(data);
        self.send(BULK_PACKET, id, &body)
    }

    /// A report of an interrupt endpoint, or how many bytes were written to one.
    pub fn interrupt(
        &mut self,
        id: u64,
        endpoint: u8,
        moved: Result<&[u8], usize>,
    ) -> anyhow::Result<()> {
        let (data, length) = match moved {
            Ok(data) => (data, data.len()),
            Err(written) => (&[][..], written),
        };
        let mut body = vec![endpoint, Status::Success as u8];
        body.extend(u16::try_from(length)?.to_le_bytes());
        body.extend(data);
        self.send(INTERRUPT_PACKET, id, &body)
    }

    fn send(&mut self, kind: u32, id: u64, body: &[u8]) -> anyhow::Result<()> {
        let mut packet = Vec::with_capacity(HEADER + body.len());
        packet.extend(kind.to_le_bytes());
        packet.extend(u32::try_from(body.len())?.to_le_bytes());
        packet.extend(id.to_le_bytes());
        packet.extend(body);
        self.stream.write_all(&packet)?;
        Ok(())
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at + 4)?.try_into().ok()?;
    Some(u32::from_le_bytes(four))
}

/// What a packet says; `None` for one that is not known, or not whole.
fn parse(kind: u32, body: &[u8]) -> Option<Order> {
    let word = |at: usize| {
        let two = body.get(at..at + 2)?.try_into().ok()?;
        Some(u16::from_le_bytes(two))
    };
    Some(match (kind, body) {
        (RESET, []) => Order::Reset,
        (SET_CONFIGURATION, [configuration]) => Order::SetConfiguration(*configuration),
        (GET_CONFIGURATION, []) => Order::GetConfiguration,
        (SET_ALT_SETTING, [interface, setting]) => Order::SetAlternate(*interface, *setting),
        (GET_ALT_SETTING, [interface]) => Order::GetAlternate(*interface),
        (START_INTERRUPT_RECEIVING, [endpoint]) => Order::StartReports(*endpoint),
        (STOP_INTERRUPT_RECEIVING, [endpoint]) => Order::StopReports(*endpoint),
        (CANCEL_DATA_PACKET, []) => Order::Cancel,
        (CONTROL_PACKET, [_, request, kind, _, ..]) => {
            let setup = Setup {
                kind: *kind,
                request: *request,
                value: word(4)?,
                index: word(6)?,
                length: word(8)?,
            };
            let data = body.get(10..)?.to_vec();
            let expected = match setup.is_question() {
                true => 0,
                false => usize::from(setup.length),
            };
            if data.len() != expected {
                return None;
            }
            Order::Control(setup, data)
        }
        (BULK_PACKET, [endpoint, ..]) => {
            let (length, data) = (usize::from(word(2)?), body.get(8..)?);
            match (endpoint & 0x80 != 0, data.len()) {
                (true, 0) => Order::In(*endpoint, length),
                (false, given) if given == length => Order::Out(*endpoint, data.to_vec(), false),
                _ => return None,
            }
        }
        (INTERRUPT_PACKET, [endpoint, _, _, _, data @ ..])
            if endpoint & 0x80 == 0 && usize::from(word(2)?) == data.len() =>
        {
            Order::Out(*endpoint, data.to_vec(), true)
        }
        _ => return None,
    })
}

fn interface_info(device: &Descriptors) -> Vec<u8> {
    let count = device.interfaces.len().min(ENDPOINTS);
    let mut body = (count as u32).to_le_bytes().to_vec();
    let mut column = |of: &dyn Fn(usize) -> u8| {
        let known = (0..count).map(of);
        body.extend(known.chain(std::iter::repeat(0)).take(ENDPOINTS));
    };
    let classes: Vec<_> = device.interfaces.iter().map(|it| it.class).collect();
    let class = |number: usize| classes.get(number).copied().unwrap_or_default();
    column(&|number| number as u8);
    column(&|number| class(number).0);
    column(&|number| class(number).1);
    column(&|number| class(number).2);
    body
}

fn endpoint_info(device: &Descriptors) -> Vec<u8> {
    let mut kinds = [NO_ENDPOINT; ENDPOINTS];
    let (mut intervals, mut interfaces) = ([0; ENDPOINTS], [0; ENDPOINTS]);
    let mut sizes = [0_u16; ENDPOINTS];
    let mut tell = |address: u8, kind: u8, interval: u8, interface: u8, size: u16| {
        // Those that lead to the system inside are the second half.
        let place = usize::from(address & 0x80) >> 3 | usize::from(address & 0x0f);
        for (column, value) in [
            (&mut kinds, kind),
            (&mut intervals, interval),
            (&mut interfaces, interface),
        ] {
            if let Some(cell) = column.get_mut(place) {
                *cell = value;
            }
        }
        if let Some(cell) = sizes.get_mut(place) {
            *cell = size;
        }
    };
    for control in [0, 0x80] {
        tell(control, 0, 0, 0, super::descriptors::PACKET);
    }
    for (number, interface) in (0..).zip(&device.interfaces) {
        for endpoint in &interface.endpoints {
            let (kind, interval) = match endpoint.kind {
                Kind::Bulk => (2, 0),
                Kind::Interrupt(interval) => (3, interval),
            };
            tell(endpoint.address, kind, interval, number, endpoint.packet);
        }
    }
    let columns = kinds.into_iter().chain(intervals).chain(interfaces);
    let mut body: Vec<u8> = columns.collect();
    body.extend(sizes.iter().flat_map(|size| size.to_le_bytes()));
    body
}
