//! Recorded traffic of devices, played to the till again: `tests/recordings`.
//!
//! Remarks of a recording say what it is of (`# device: scale toledo-8217`) and what the till is
//! told, in this order (`# told: weight 1.255 kg`).

use std::cell::RefCell;
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use hal::simulators::{VirtualHidPosScanner, VirtualKeyboardScanner, VirtualScanner};
use hal::traffic::{Direction, Piece, Recording};
use hal::{
    CashDrawer, DeviceEvent, DeviceId, DrawerDevice, DrawerPort, DrawerSensor, DrawerState,
    Evidence, Framing, JobId, JobState, Paper, PaymentOutcome, PaymentState, PaymentTerminal,
    PrinterLink, ScaleDevice, ScaleProfile, ScannerDevice, ScannerLink, TerminalDevice, ZvtProfile,
};

use crate::card_payments::intent;
use crate::support::{Counter, generic, until};

fn recordings() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
    let mut all: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    all.sort();
    all
}

fn remarks<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let remark = move |line: &'a str| {
        line.strip_prefix("# ")?
            .strip_prefix(name)?
            .strip_prefix(": ")
    };
    text.lines().filter_map(remark)
}

/// What the till is told, in words; `None` for what is of no interest.
fn words(event: &DeviceEvent) -> Option<String> {
    Some(match event {
        DeviceEvent::Scanned { code, .. } => {
            let aim = code.aim.map_or(String::new(), |aim| {
                format!("]{}{} ", char::from(aim.code), char::from(aim.modifier))
            });
            format!("code {aim}{}", code.data.escape_ascii())
        }
        DeviceEvent::ScanRejected { fault, .. } => format!("refused: {fault}"),
        DeviceEvent::Scale { status, .. } => match (status.weight(), status.hindrance()) {
            (Some(weight), _) => format!("weight {weight}"),
            (None, Some(hindrance)) => hindrance.to_string(),
            (None, None) => return None,
        },
        DeviceEvent::Printer { status, .. } => match (status.hindrance(), status.line) {
            (_, Some(fault)) => fault.to_string(),
            (Some(hindrance), _) => hindrance.to_string(),
            (None, _) if status.paper == Paper::NearEnd => "paper low".to_owned(),
            (None, _) => "ready".to_owned(),
        },
        DeviceEvent::Drawer { drawer, .. } => match drawer {
            DrawerState::Open => "drawer open",
            DrawerState::Closed => "drawer closed",
            _ => return None,
        }
        .to_owned(),
        DeviceEvent::Job {
            state: JobState::Confirmed(Evidence::Sensor),
            ..
        } => "opened, says its sensor".to_owned(),
        DeviceEvent::Payment { state, .. } => match &**state {
            PaymentState::Working(words) if !words.is_empty() => format!("says: {words}"),
            PaymentState::Ended(PaymentOutcome::Approved(payment)) => format!(
                "approved: receipt {}, {} {}, {} lines to print",
                payment.receipt.receipt_number.unwrap_or_default(),
                payment.card_name,
                payment.card_number,
                payment.customer_receipt.len()
            ),
            PaymentState::Ended(PaymentOutcome::Declined { reason, .. }) => {
                format!("declined: {reason}")
            }
            _ => return None,
        },
        _ => return None,
    })
}

/// A terminal's end of the network: the till comes again for each thing it wants.
struct Network {
    listener: TcpListener,
    connection: RefCell<Option<TcpStream>>,
}

impl Network {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self {
            listener,
            connection: RefCell::new(None),
        }
    }

    fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap()
    }

    /// What came next. A connection is read to its end before the next one is taken: the till may
    /// have come again before its last word of the one before was read.
    fn received(&self) -> Vec<u8> {
        let mut connection = self.connection.borrow_mut();
        let mut bytes = vec![0; 4096];
        match connection.as_mut().map(|it| it.read(&mut bytes)) {
            Some(Ok(length)) if length > 0 => {
                bytes.truncate(length);
                return bytes;
            }
            Some(Err(error)) if error.kind() == ErrorKind::WouldBlock => return Vec::new(),
            Some(_) | None => {}
        }
        *connection = self.listener.accept().ok().map(|(next, _)| {
            next.set_nonblocking(true).unwrap();
            next
        });
        Vec::new()
    }

    fn send(&self, bytes: &[u8]) {
        let mut connection = self.connection.borrow_mut();
        connection.as_mut().unwrap().write_all(bytes).unwrap();
    }
}

/// Plays the device's part: sends what it sent when the till has sent what it was sent.
fn play(pieces: &[Piece], send: impl Fn(&[u8]), received: impl Fn() -> Vec<u8>) {
    let mut heard = Vec::new();
    let mut played = Duration::ZERO;
    for piece in pieces {
        match piece.direction {
            Direction::ToDevice => until("what the till sent", || {
                heard.extend(received());
                let wanted = &piece.bytes;
                let found = heard.windows(wanted.len()).position(|part| part == wanted);
                if let Some(at) = found {
                    heard.drain(..at + wanted.len());
                }
                found.is_some()
            }),
            Direction::FromDevice => {
                // Long pauses mean something; nobody has to wait out the others.
                if piece.at.saturating_sub(played) > Duration::from_millis(700) {
                    std::thread::sleep(piece.at - played);
                }
                send(&piece.bytes);
            }
        }
        played = piece.at;
    }
}

/// Starts the device of a recording and plays it; the events are the counter's.
fn replay(counter: &Counter, device: &str, pieces: &[Piece]) {
    let events = counter.events.clone();
    let id = DeviceId(1);
    let port = || VirtualScanner::on_pty(counter.path("port")).unwrap();
    let scanner = |link: ScannerLink| {
        let framing = Framing {
            timeout: Duration::from_secs(10),
            suffixed: true,
        };
        ScannerDevice::start(id, link, framing, events.clone()).unwrap()
    };
    // The device runs on until all was told.
    match device.split_once(' ').unwrap() {
        ("scanner", "serial") => {
            let port = port();
            let handle = scanner(port.link().into());
            play(pieces, |bytes| port.send(bytes).unwrap(), Vec::new);
            wait_for_all(pieces, || handle.traffic());
        }
        ("scanner", "keyboard") => {
            let keyboard = VirtualKeyboardScanner::at(counter.path("keyboard")).unwrap();
            let handle = scanner(keyboard.link().into());
            let send = |bytes: &[u8]| keyboard.send_bytes(bytes).unwrap();
            play(pieces, send, Vec::new);
            wait_for_all(pieces, || handle.traffic());
        }
        ("scanner", "hid-pos") => {
            let reports = VirtualHidPosScanner::at(counter.path("reports")).unwrap();
            let handle = scanner(reports.link().into());
            play(pieces, |report| reports.send(report).unwrap(), Vec::new);
            wait_for_all(pieces, || handle.traffic());
        }
        ("scale", protocol) => {
            let port = port();
            let mut profile = ScaleProfile::named(protocol).unwrap();
            profile.answer = Duration::from_secs(10);
            let link = profile.protocol.link(&port.link().path);
            let handle = ScaleDevice::start(id, link, profile, events.clone()).unwrap();
            let send = |bytes: &[u8]| port.send(bytes).unwrap();
            play(pieces, send, || port.received());
            wait_for_all(pieces, || handle.traffic());
        }
        ("printer", "esc-pos") => {
            let port = port();
            let mut profile = generic();
            profile.timing.answer = Duration::from_secs(10);
            let handle = counter.start(PrinterLink::Serial(port.link()), profile);
            let send = |bytes: &[u8]| port.send(bytes).unwrap();
            play(pieces, send, || port.received());
            wait_for_all(pieces, || handle.traffic());
        }
        ("drawer", "answers") => {
            let port = port();
            let drawer = DrawerPort {
                link: port.link(),
                pulse: vec![0x07],
                sensor: Some(DrawerSensor::Answer {
                    ask: b"?".to_vec(),
                    mask: 0x01,
                    open: 0x01,
                }),
            };
            let handle = DrawerDevice::start(id, drawer, events.clone()).unwrap();
            let send = |bytes: &[u8]| port.send(bytes).unwrap();
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    until("the drawer is known", || {
                        handle.drawer() == DrawerState::Closed
                    });
                    handle.open_drawer(JobId(1)).unwrap();
                });
                play(pieces, send, || port.received());
            });
            wait_for_all(pieces, || handle.traffic());
        }
        ("terminal", "zvt") => {
            let network = Network::new();
            let profile = ZvtProfile {
                // Once, at the start.
                look_in: Duration::from_secs(600),
                ..ZvtProfile::NORMAL
            };
            let address = network.address();
            let terminal = TerminalDevice::start(id, address, profile, events.clone()).unwrap();
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    let last = || terminal.status().last;
                    until("the last payment is known", || last().booked.is_some());
                    terminal.pay(intent("C1-000001", 1_250, last())).unwrap();
                });
                play(pieces, |bytes| network.send(bytes), || network.received());
            });
            until("the payment's end", || {
                terminal
                    .status()
                    .last
                    .booked
                    .is_some_and(|it| it.receipt_number == Some(12))
            });
        }
        other => panic!("no such device: {other:?}"),
    }
}

/// Waits until the till has read all that the device sent. Of a long recording the till keeps the end;
/// the last byte alone would not do, because a device says the same more than once.
fn wait_for_all(pieces: &[Piece], traffic: impl Fn() -> Recording) {
    let sent = Recording {
        pieces: pieces.to_vec(),
    };
    let sent = sent.bytes(Direction::FromDevice);
    let end = sent.len().saturating_sub(32);
    until("the last bytes", || {
        let read = traffic().bytes(Direction::FromDevice);
        read.ends_with(&sent[end..])
    });
}

#[test]
fn recorded_traffic_is_told_as_it_was() {
    let all = recordings();
    assert!(all.len() >= 5);
    for path in all {
        let text = fs::read_to_string(&path).unwrap();
        let recording: Recording = text.parse().unwrap();
        let device = remarks(&text, "device").next().unwrap();
        let counter = Counter::new();
        let expected: Vec<&str> = remarks(&text, "told").collect();
        let mut told: Vec<String> = Vec::new();
        std::thread::scope(|scope| {
            let player = scope.spawn(|| replay(&counter, device, &recording.pieces));
            let mut next = expected.iter().peekable();
            while let Some(wanted) = next.peek().copied() {
                let what = format!("{wanted:?} of {}, after {told:?}", path.display());
                let said = counter.wait_for(&what, words);
                if said == *wanted {
                    next.next();
                }
                told.push(said);
            }
            player.join().unwrap();
        });
        // No code that was none, and none twice.
        let codes = |all: &mut dyn Iterator<Item = &str>| -> Vec<String> {
            let is_scan = |words: &&str| words.starts_with("code ") || words.starts_with("refused");
            all.filter(is_scan).map(str::to_owned).collect()
        };
        while let Ok(event) = counter.events.try_receive() {
            told.extend(words(&event));
        }
        assert_eq!(
            codes(&mut told.iter().map(String::as_str)),
            codes(&mut expected.iter().copied()),
            "{}",
            path.display()
        );
    }
}

#[test]
fn a_recording_is_written_as_it_is_read_and_what_is_none_is_refused_by_its_line() {
    for path in recordings() {
        let recording: Recording = fs::read_to_string(&path).unwrap().parse().unwrap();
        let again: Recording = recording.to_string().parse().unwrap();
        assert_eq!(again, recording, "{}", path.display());
    }
    let piece = "0.000 < \"a\" 22 \"#b\" 0D # a remark\n";
    let recording: Recording = piece.parse().unwrap();
    assert_eq!(recording.bytes(Direction::FromDevice), b"a\"#b\r");
    for wrong in [
        "0.000 <",
        "0.000 < 0",
        "0.000 < zz",
        "0.000 < \"a",
        "0.000 = 0D",
        "0.0 < 0D",
        "< 0D",
        "0.000 < +1",
        "99999999999999999999.000 < 0D",
        "0.000 é",
        "0.000 < aé",
    ] {
        let problem = format!("# fine\n{wrong}").parse::<Recording>().unwrap_err();
        assert!(
            problem.to_string().starts_with("line 2"),
            "{wrong}: {problem}"
        );
    }
}
