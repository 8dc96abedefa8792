//! What is wrong between the till and a device has a name and a remedy, on every kind of device,
//! and none of it holds a device up for good.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hal::simulators::{VirtualDrawer, VirtualPrinter, VirtualScale, VirtualScanner};
use hal::{
    CashDrawer, DeviceEvent, DeviceId, DisplayProfile, DisplayScreen, Doubt, DrawerDevice,
    DrawerPort, DrawerSensor, DrawerState, FrameFault, Framing, Hindrance, Job, JobFailure, JobId,
    JobState, LineDisplay, LineDisplayDevice, LineFault, ModemLine, PortState, PosPrinter,
    PrinterHandle, PrinterLink, Scale, ScaleDevice, ScaleHandle, ScaleHindrance, ScaleProfile,
    ScaleProtocol, Scanner, ScannerDevice, ScannerHandle, SerialLink, SignalLevel,
};

use crate::support::{Counter, PRINTER, generic, receipt, until};

fn scale(counter: &Counter, link: SerialLink, protocol: ScaleProtocol) -> ScaleHandle {
    let mut profile = ScaleProfile::new(protocol);
    profile.poll = Duration::from_millis(20);
    profile.answer = Duration::from_millis(60);
    ScaleDevice::start(DeviceId(4), link, profile, counter.events.clone()).unwrap()
}

/// Does something again and again until the scale says what is wrong.
fn until_scale(scale: &ScaleHandle, fault: LineFault, mut disturb: impl FnMut()) {
    let wanted = Some(ScaleHindrance::Line(fault));
    until(&fault.to_string(), || {
        disturb();
        scale.status().hindrance() == wanted
    });
    assert_eq!(scale.status().weight(), None);
    assert!(!fault.remedy().is_empty());
}

#[test]
fn a_scales_answers_that_break_off_and_noise_are_named_and_then_it_weighs() {
    let counter = Counter::new();
    let device = VirtualScanner::on_pty(counter.path("scale")).unwrap();
    let scale = scale(&counter, device.link(), ScaleProtocol::Toledo8217);
    let answer = |bytes: &[u8]| {
        if device.received().contains(&b'W') {
            device.send(bytes).unwrap();
        }
    };
    until_scale(&scale, LineFault::Truncated, || answer(b"\x0201.2"));
    until_scale(&scale, LineFault::Noise, || answer(b"\xF3\x02\xC1\x9B"));
    until("a weight", || {
        answer(b"\x0201.255\r");
        scale.status().weight().is_some()
    });
    until("a clean line", || {
        answer(b"\x0201.255\r");
        scale.status().line.is_none()
    });
}

#[test]
fn another_device_on_the_scales_line_is_named_whether_the_scale_answers_or_not() {
    for protocol in [ScaleProtocol::Toledo8217, ScaleProtocol::ToledoContinuous] {
        let counter = Counter::new();
        let device = VirtualScale::on_pty(counter.path("scale"), protocol).unwrap();
        let scale = scale(&counter, device.link(), protocol);
        until("a weight", || scale.status().weight().is_some());
        until("two devices", || {
            device.send(b"4006381333931\r");
            scale.status().line == Some(LineFault::TwoDevices)
        });
        until("a clean line", || scale.status().line.is_none());
        until("a weight again", || scale.status().weight().is_some());
    }
    // A scanner where the scale should be.
    let counter = Counter::new();
    let device = VirtualScanner::on_pty(counter.path("scanner")).unwrap();
    let scale = scale(&counter, device.link(), ScaleProtocol::Nci);
    until_scale(&scale, LineFault::OtherProtocol, || {
        device.scan("4006381333931").unwrap();
    });
}

fn printer(counter: &Counter, device: &VirtualScanner) -> PrinterHandle {
    let mut profile = generic();
    profile.timing.answer = Duration::from_millis(40);
    let printer = counter.start(PrinterLink::Serial(device.link()), profile);
    printer.print(JobId(1), receipt()).unwrap();
    printer
}

fn until_printer(printer: &PrinterHandle, wanted: Hindrance, mut disturb: impl FnMut()) {
    until(&wanted.to_string(), || {
        disturb();
        printer.status().hindrance() == Some(wanted)
    });
    assert!(!wanted.remedy().is_empty());
}

/// What answers each question of the till with the same bytes.
fn answer(device: &VirtualScanner, bytes: &[u8]) {
    if device.received().contains(&0x04) {
        device.send(bytes).unwrap();
    }
}

#[test]
fn wrong_parity_noise_and_answers_of_a_printer_that_break_off_are_named() {
    let counter = Counter::new();
    let device = VirtualScanner::on_pty(counter.path("printer")).unwrap();
    let printer = printer(&counter, &device);
    // An answer with a bit of even parity.
    let parity = Hindrance::Line(LineFault::WrongParity);
    until_printer(&printer, parity, || answer(&device, b"\x96"));
    let noise = Hindrance::Line(LineFault::Noise);
    until_printer(&printer, noise, || answer(&device, b"\x80\xFF\x41"));
    // The first byte of a status that should have four.
    let broken = Hindrance::Line(LineFault::Truncated);
    until_printer(&printer, broken, || answer(&device, b"\x10"));
    until_printer(&printer, Hindrance::NotResponding, || {});
    // Nothing of the job went to a device that nobody understands.
    assert!(!device.received().contains(&b'H'));
}

#[test]
fn another_device_on_the_printers_line_is_named_while_receipts_print() {
    let counter = Counter::new();
    let paper = VirtualPrinter::on_pty(counter.path("printer")).unwrap();
    let printer = counter.start(paper.link(), generic());
    until("a printer", || printer.status().responding);
    until("two devices", || {
        paper.send(b"4006381333931\r");
        std::thread::sleep(Duration::from_millis(20));
        printer.status().line == Some(LineFault::TwoDevices)
    });
    let traffic = printer.traffic().to_string();
    assert!(traffic.contains("4006381333931"), "{traffic}");
    let mut job = Job::new();
    job.text("all is well").cut();
    printer.print(JobId(2), job).unwrap();
    until("the receipt", || paper.text().contains("all is well"));
    until("a clean line", || printer.status().line.is_none());
}

#[test]
fn a_drawer_whose_line_is_disturbed_is_not_believed_and_says_why() {
    let counter = Counter::new();
    let device = VirtualDrawer::on_pty(counter.path("drawer")).unwrap();
    let drawer = DrawerDevice::start(PRINTER, device.port(), counter.events.clone()).unwrap();
    until("a closed drawer", || drawer.drawer() == DrawerState::Closed);
    // A scanner on the same line: some of its digits look like an open drawer.
    until("two devices", || {
        device.send(b"4006381333931\r");
        std::thread::sleep(Duration::from_millis(20));
        assert_ne!(drawer.drawer(), DrawerState::Open);
        drawer.line() == Some(LineFault::TwoDevices)
    });
    until("a closed drawer again", || {
        drawer.drawer() == DrawerState::Closed
    });
    until("noise", || {
        device.send(b"\xF3\x9B");
        std::thread::sleep(Duration::from_millis(20));
        assert_ne!(drawer.drawer(), DrawerState::Open);
        drawer.line() == Some(LineFault::Noise)
    });
    until("a clean line", || drawer.line().is_none());
    until("a closed drawer in the end", || {
        drawer.drawer() == DrawerState::Closed
    });
    // One that is switched off leaves nobody believing what it said before.
    device.set_silent(true);
    until("an unknown drawer", || {
        drawer.drawer() == DrawerState::Unknown
    });
    drawer.open_drawer(JobId(1)).unwrap();
    let (last, _) = counter.outcome(JobId(1));
    assert_eq!(last, JobState::Unconfirmed(Doubt::NoAnswer));
    device.set_silent(false);
    until("its answer", || drawer.drawer() == DrawerState::Closed);
}

#[test]
fn another_device_on_the_port_of_a_drawer_or_a_display_that_says_nothing_is_named() {
    let counter = Counter::new();
    let device = VirtualScanner::on_pty(counter.path("scanner")).unwrap();
    let sensors = [
        None,
        Some(DrawerSensor::Line(
            ModemLine::ClearToSend,
            SignalLevel::High,
        )),
        Some(DrawerSensor::Answer {
            ask: b"?".to_vec(),
            mask: 1,
            open: 1,
        }),
    ];
    for sensor in sensors {
        let port = DrawerPort {
            link: device.link(),
            pulse: vec![7],
            sensor,
        };
        let drawer = DrawerDevice::start(PRINTER, port, counter.events.clone()).unwrap();
        until("another device", || {
            // Longer than a question waits for its answer.
            std::thread::sleep(Duration::from_millis(300));
            device.scan("4006381333931").unwrap();
            std::thread::sleep(Duration::from_millis(300));
            drawer.line() == Some(LineFault::OtherDevice)
        });
        assert_eq!(drawer.drawer(), DrawerState::Unknown);
    }
    let (events, profile) = (counter.events.clone(), DisplayProfile::cd5220());
    let display = LineDisplayDevice::start(DeviceId(5), device.link(), profile, events).unwrap();
    until("an open port", || display.port() == PortState::Open);
    assert_eq!(display.line(), None);
    until("noise", || {
        device.send(b"\xF3\x9B\xC1\x80").unwrap();
        display.line() == Some(LineFault::Noise)
    });
    until("another device", || {
        device.scan("4006381333931").unwrap();
        display.line() == Some(LineFault::OtherDevice)
    });
    assert!(!LineFault::OtherDevice.remedy().is_empty());
    // It is shown to all the same, and a display that is plugged in instead has a clean line.
    display.show(DisplayScreen::default()).unwrap();
    device.unplug();
    until("no port", || display.port() == PortState::Absent);
    device.plug().unwrap();
    until("an open port again", || display.port() == PortState::Open);
    until("a clean line", || display.line().is_none());
}

#[test]
fn what_is_wrong_with_a_scanners_codes_stays_named_until_some_are_read_well() {
    let counter = Counter::new();
    let device = VirtualScanner::on_pty(counter.path("scanner")).unwrap();
    let (events, framing) = (counter.events.clone(), Framing::suffixed());
    let scanner = ScannerDevice::start(DeviceId(1), device.link(), framing, events).unwrap();
    let well = || {
        device.scan("96385074").unwrap();
        counter.wait_for("a scan", |event| match event {
            DeviceEvent::Scanned { .. } => Some(()),
            _ => None,
        });
        scanner.fault()
    };
    assert_eq!(well(), None);
    let refused = |bytes: &[u8]| {
        device.send(bytes).unwrap();
        let told = counter.wait_for("a refusal", |event| match event {
            DeviceEvent::ScanRejected { fault, .. } => Some(*fault),
            _ => None,
        });
        assert_eq!(scanner.fault(), Some(told));
        told
    };
    assert_eq!(refused(b"\xFF\xFE78\r"), FrameFault::Garbled);
    let scale = FrameFault::OtherDevice;
    assert_eq!(refused(b"\x02  1.255\r"), scale);
    assert_eq!([well(), well()], [Some(scale), Some(scale)]);
    assert_eq!(well(), None, "three in a row");
    // A scanner that sends no suffix, although it should.
    let half = FrameFault::Truncated { length: 8 };
    assert_eq!(refused(b"96385074"), half);
    device.unplug();
    until("no port", || scanner.port() == PortState::Absent);
    device.plug().unwrap();
    until("an open port", || scanner.port() == PortState::Open);
    assert_eq!(scanner.fault(), None);
    device.set_parity_bits(true);
    device.scan("4006381333931").unwrap();
    until("wrong parity", || {
        scanner.fault() == Some(FrameFault::WrongParity)
    });
}

#[test]
fn a_network_device_that_talks_without_end_is_named_and_holds_nothing_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let link = PrinterLink::Tcp(address);
    let over = Arc::new(AtomicBool::new(false));
    let stop = over.clone();
    let talker = std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept()
            && !stop.load(Ordering::Acquire)
        {
            while stream.write_all(&[b'x'; 4096]).is_ok() {}
        }
    });
    let counter = Counter::new();
    let printer = counter.start(link, generic());
    printer.print(JobId(1), receipt()).unwrap();
    let is_named = |hindrance| matches!(hindrance, Hindrance::OtherDialect | Hindrance::Line(_));
    until("a name for it", || {
        printer.status().hindrance().is_some_and(is_named)
    });
    printer.open_drawer(JobId(2)).unwrap();
    let (last, _) = counter.outcome(JobId(2));
    assert!(
        matches!(last, JobState::Failed(JobFailure::Hindered(hindrance)) if is_named(hindrance)),
        "{last:?}"
    );
    drop(printer);
    let (last, _) = counter.outcome(JobId(1));
    assert_eq!(last, JobState::Failed(JobFailure::Stopped));
    over.store(true, Ordering::Release);
    let _last = TcpStream::connect(address).unwrap();
    talker.join().unwrap();
}

/// Where the other process finds the port to hold.
const HELD: &str = "HAL_TEST_HELD_PORT";

#[test]
fn a_port_that_another_process_owns_is_named_and_taken_when_it_is_free() {
    if let Some(path) = std::env::var_os(HELD) {
        hold(SerialLink::new(path, 9_600));
        return;
    }
    let counter = Counter::new();
    let device = VirtualScanner::on_pty(counter.path("scanner")).unwrap();
    let mut other = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture"])
        .arg("bad_lines::a_port_that_another_process_owns_is_named_and_taken_when_it_is_free")
        .env(HELD, &device.link().path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(other.stdout.take().unwrap()).lines();
    let held = lines
        .by_ref()
        .map_while(Result::ok)
        .any(|line| line.ends_with("held"));
    assert!(held);
    let (events, framing) = (counter.events.clone(), Framing::default());
    let scanner = ScannerDevice::start(DeviceId(1), device.link(), framing, events).unwrap();
    until("a busy port", || scanner.port() == PortState::Busy);
    let owners = hal::discovery::Places::default().owners(&device.link().path);
    assert!(owners.iter().any(|owner| owner.process == other.id()));
    drop(other.stdin.take());
    other.wait().unwrap();
    scans_again(&counter, &device, &scanner);
}

#[test]
fn a_port_that_another_program_opened_without_a_lock_is_busy_until_it_lets_go() {
    let counter = Counter::new();
    let device = VirtualScanner::on_pty(counter.path("scanner")).unwrap();
    let path = device.link().path;
    // Reads nothing and locks nothing, as programs do that look for a modem.
    let port = std::fs::File::open(&path).unwrap();
    let mut other = Command::new("sleep")
        .arg("600")
        .stdin(port)
        .spawn()
        .unwrap();
    let (events, framing) = (counter.events.clone(), Framing::default());
    let scanner = ScannerDevice::start(DeviceId(1), device.link(), framing, events).unwrap();
    until("a busy port", || scanner.port() == PortState::Busy);
    let owners = hal::discovery::Places::default().owners(&path);
    let owner = owners.iter().find(|owner| owner.process == other.id());
    assert_eq!(owner.map(|owner| owner.name.as_str()), Some("sleep"));
    let remedy = Hindrance::Port(scanner.port()).remedy();
    assert_eq!(remedy, "close the other program that uses its port");
    other.kill().unwrap();
    other.wait().unwrap();
    scans_again(&counter, &device, &scanner);
}

/// The port is the scanner's, and what it scans comes.
fn scans_again(counter: &Counter, device: &VirtualScanner, scanner: &ScannerHandle) {
    until("a free port", || scanner.port() == PortState::Open);
    device.scan("96385074").unwrap();
    counter.wait_for("a scan", |event| match event {
        DeviceEvent::Scanned { code, .. } if code.text() == Some("96385074") => Some(()),
        _ => None,
    });
}

/// The other process: holds the port until nobody wants it any more.
fn hold(link: SerialLink) {
    let events = Counter::new().events.clone();
    let scanner = ScannerDevice::start(DeviceId(9), link, Framing::default(), events).unwrap();
    until("the port", || scanner.port() == PortState::Open);
    println!("\nheld");
    std::io::stdout().flush().unwrap();
    let _ = std::io::stdin().read_line(&mut String::new());
}
