//! Faults that are switched in a file while the till runs.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hal::simulators::{FaultFile, Switchable, VirtualDrawer, VirtualPrinter, VirtualScanner};
use hal::{
    CashDrawer, Cover, DeviceEvent, DeviceId, Doubt, DrawerDevice, DrawerState, Evidence,
    FrameFault, Framing, Hindrance, JobId, JobState, LineFault, Paper, PortState, PosPrinter,
    PrinterFault, ScannerDevice,
};

use crate::support::{Counter, PRINTER, lines, receipt, talkative, until};

#[test]
fn a_file_switches_faults_while_the_till_prints() {
    let counter = Counter::new();
    let paper = Arc::new(counter.printer_on_pty());
    let file = counter.path("faults");
    let complaints = Arc::new(Mutex::new(Vec::new()));
    let heard = complaints.clone();
    let devices: Vec<(String, Arc<dyn Switchable>)> = vec![("printer".to_owned(), paper.clone())];
    let _panel = FaultFile::watch(&file, devices, move |complaint| {
        heard.lock().unwrap().push(complaint);
    })
    .unwrap();
    let write = |text: &str| std::fs::write(&file, text).unwrap();
    let printer = counter.start(paper.link(), talkative());

    write("printer paper out # the roll\n");
    counter.wait_for_status("no paper", |status| status.paper == Paper::Empty);
    printer.print(JobId(1), receipt()).unwrap();
    counter.wait_for_job(JobId(1), JobState::Queued(Some(Hindrance::PaperEmpty)));
    // What the file no longer says is normal again.
    write("printer cover open\nprinter fault cutter\n");
    counter.wait_for_status("an open cover", |status| {
        status.paper == Paper::Present
            && status.cover == Cover::Open
            && status.fault == Some(PrinterFault::Cutter)
    });
    write("");
    counter.wait_for_job(JobId(1), JobState::Confirmed(Evidence::CompletionReport));

    write("printer cable cut");
    counter.wait_for_status("no cable", |status| status.port == PortState::Absent);
    write("printer slow 200000");
    counter.wait_for_status("a cable", |status| status.responding);
    printer.print(JobId(2), lines(20)).unwrap();
    counter.wait_for_job(JobId(2), JobState::Confirmed(Evidence::CompletionReport));
    // A ready printer's answers have an even number of bits, but for that of an open drawer.
    write("printer parity wrong\nprinter drawer open\n");
    counter.wait_for_status("wrong parity", |status| {
        status.line == Some(LineFault::WrongParity)
    });
    write("");
    counter.wait_for_status("a clean line", |status| {
        status.responding && status.line.is_none()
    });
    printer.print(JobId(3), lines(2)).unwrap();
    counter.wait_for_job(JobId(3), JobState::Confirmed(Evidence::CompletionReport));
    assert_eq!(*complaints.lock().unwrap(), Vec::<String>::new());

    write("printer paper wet\nscale on fire\nlamp\nprinter colour red\n");
    until("the complaints", || complaints.lock().unwrap().len() == 4);
    let all = complaints.lock().unwrap().join("\n");
    for wanted in ["wet", "no device \"scale\"", "lamp", "colour"] {
        assert!(all.contains(wanted), "{wanted}: {all}");
    }
}

#[test]
fn noise_on_the_line_confirms_nothing_that_was_not_printed() {
    let counter = Counter::new();
    let paper = VirtualPrinter::on_tcp().unwrap();
    let mut profile = talkative();
    profile.timing.answer = std::time::Duration::from_millis(100);
    profile.timing.completion = std::time::Duration::from_millis(300);
    let printer = counter.start(paper.link(), profile);
    counter.wait_for_status("a printer that answers", |status| status.responding);
    paper.set_noise(Some(2));
    printer.print(JobId(1), receipt()).unwrap();
    // Every second byte arrives wrongly: no question is understood, so nothing is sent.
    counter.wait_for_job(JobId(1), JobState::Queued(Some(Hindrance::NotResponding)));
    assert_eq!(paper.cuts(), 0);
    paper.set_noise(None);
    counter.wait_for_job(JobId(1), JobState::Confirmed(Evidence::CompletionReport));
    assert!(paper.text().ends_with("[cut]\n"));
}

#[test]
fn a_file_switches_the_faults_of_a_scanner_and_a_drawer() {
    let counter = Counter::new();
    let scanner = Arc::new(VirtualScanner::on_pty(counter.path("scanner")).unwrap());
    let drawer = Arc::new(VirtualDrawer::on_pty(counter.path("drawer")).unwrap());
    let devices: Vec<(String, Arc<dyn Switchable>)> = vec![
        ("scanner".to_owned(), scanner.clone()),
        ("drawer".to_owned(), drawer.clone()),
    ];
    let file = counter.path("faults");
    let _panel = FaultFile::watch(&file, devices, |complaint| panic!("{complaint}")).unwrap();
    let write = |text: &str| std::fs::write(&file, text).unwrap();
    let framing = Framing {
        timeout: Duration::from_millis(200),
        suffixed: true,
    };
    let events = counter.events.clone();
    let _scanner = ScannerDevice::start(DeviceId(1), scanner.link(), framing, events).unwrap();
    for (fault, wanted) in [
        ("scanner noise 3", FrameFault::Garbled),
        ("scanner parity wrong", FrameFault::WrongParity),
        ("scanner codes half", FrameFault::Truncated { length: 7 }),
    ] {
        write(fault);
        // Until the file was read the codes are good ones.
        counter.wait_for(fault, |event| {
            scanner.scan("4006381333931").unwrap();
            match event {
                DeviceEvent::ScanRejected { fault, .. } if *fault == wanted => Some(()),
                _ => {
                    std::thread::sleep(Duration::from_millis(300));
                    None
                }
            }
        });
    }
    let handle = DrawerDevice::start(PRINTER, drawer.port(), counter.events.clone()).unwrap();
    write("drawer tray out");
    until("an open drawer", || handle.drawer() == DrawerState::Open);
    write("drawer noise 2");
    until("a disturbed line", || {
        handle.line() == Some(LineFault::Noise)
    });
    write("drawer power off");
    until("an unknown drawer", || {
        handle.drawer() == DrawerState::Unknown
    });
    write("drawer cable cut");
    until("no drawer", || handle.port() == PortState::Absent);
    write("drawer lock stuck");
    until("a drawer", || handle.drawer() == DrawerState::Closed);
    handle.open_drawer(JobId(1)).unwrap();
    let (last, _) = counter.outcome(JobId(1));
    assert_eq!(last, JobState::Unconfirmed(Doubt::NoAnswer));
    write("");
    until("a good code", || {
        scanner.scan("96385074").unwrap();
        std::thread::sleep(Duration::from_millis(20));
        counter.events.try_receive().is_ok_and(|event| {
            matches!(event, DeviceEvent::Scanned { code, .. } if code.text() == Some("96385074"))
        })
    });
}
