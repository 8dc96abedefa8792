//! From a scanned code's last byte on the wire to its line on the screen.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use checkout::masters::ModeOfPaymentType;
use checkout::shift::Cashier;
use checkout::till::{Event, Stage};
use hal::simulators::VirtualScanner;
use hal::{DeviceEvent, DeviceId, Framing, ScannerDevice, ScannerProfile};
use slint::ComponentHandle;

use super::{Figure, catalog, spread};
use crate::demo::{self, Counter};
use crate::headless::{Clock, Headless};
use crate::queue::{Events, Message};
use crate::start::Running;
use crate::ui::{Look, TillWindow};

const CARTS: u32 = 10;
const LINES: u32 = 30;
/// Scans that are timed up to their event.
const SCANS: u32 = 1_000;
/// What they may take, in milliseconds.
const EVENT: f64 = 1.0;
/// What somebody sees of one frame at 60 Hz.
const FRAME: f64 = 16.0;

/// Fills carts of 30 lines by scanner at 1280x800 and times every scan to the painted pixels.
pub fn measure(data: &Path, items: u32) -> anyhow::Result<Figure> {
    let screen = Headless::install(1280, 800, Clock::Real)?;
    let devices = data.join("devices");
    std::fs::create_dir_all(&devices)?;
    let counter = Counter::new(&devices)?;
    let window = TillWindow::new()?;
    window.global::<Look>().set_motion(false);
    let running = demo::open(&window, data, &counter)?;
    window.show()?;
    open_shift(&screen, &running)?;
    let (mut scans, mut number) = (Vec::new(), 0);
    for _ in 0..CARTS {
        for line in 1..=LINES {
            number = (number + 7_919) % items;
            counter.scanner().scan(&catalog::barcode(number))?;
            let started = Instant::now();
            wait(&screen, || lines(&running) == line)?;
            scans.push(started.elapsed());
        }
        running.app().borrow_mut().step(Event::CartCleared);
        settle(&screen);
    }
    let scans = spread(scans);
    Ok(Figure {
        what: "Scan to painted line, 99 of 100",
        value: scans.p99,
        limit: FRAME,
        unit: "ms",
        note: format!(
            "half below {:.2} ms; {items} items, 1280x800, software renderer",
            scans.median
        ),
    })
}

/// From a code's last byte on the wire to its event in the queue, without the screen.
pub fn event() -> anyhow::Result<Figure> {
    let folder = std::env::temp_dir().join(format!("evertill-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let measured = events(&folder);
    std::fs::remove_dir_all(&folder)?;
    let scans = spread(measured?);
    Ok(Figure {
        what: "Scan to event, 99 of 100",
        value: scans.p99,
        limit: EVENT,
        unit: "ms",
        note: format!(
            "half below {:.3} ms; a serial scanner with a suffix, from the byte of its suffix",
            scans.median
        ),
    })
}

fn events(folder: &Path) -> anyhow::Result<Vec<Duration>> {
    let scanner = VirtualScanner::on_pty(folder.join("scanner"))?.suffix(b"");
    let events = Arc::new(Events::new());
    let profile = ScannerProfile {
        framing: Framing::suffixed(),
        ..ScannerProfile::default()
    };
    let _device = ScannerDevice::start(DeviceId(2), scanner.link(), profile, events.clone())?;
    let mut scans = Vec::new();
    for number in 0..SCANS {
        scanner.scan(&catalog::barcode(number))?;
        // What came before the suffix is read by now.
        std::thread::sleep(Duration::from_millis(1));
        let started = Instant::now();
        scanner.scan("\r")?;
        loop {
            match hal::block_on(events.receive(), Some(Duration::from_secs(5))) {
                Some(Message::Device(DeviceEvent::Scanned { .. })) => break,
                Some(_) => {}
                None => bail!("a scan did not arrive"),
            }
        }
        scans.push(started.elapsed());
    }
    Ok(scans)
}

fn open_shift(screen: &Headless, running: &Running) -> anyhow::Result<()> {
    settle(screen);
    let opening_amount = {
        let mut app = running.app().borrow_mut();
        let cashier = Cashier {
            id: "bench".to_owned(),
            name: "Bench".to_owned(),
        };
        app.step(Event::SignedIn(cashier));
        let Some(till) = app.till() else {
            bail!("the bench's till has no shop")
        };
        ensure!(
            till.shop()
                .modes_of_payment
                .iter()
                .any(|mode| mode.kind == ModeOfPaymentType::Cash),
            "the demo shop takes no cash"
        );
        till.shop().currency.zero()
    };
    running
        .app()
        .borrow_mut()
        .step(Event::ShiftOpened { opening_amount });
    let selling = || {
        running
            .app()
            .borrow()
            .till()
            .is_some_and(|till| *till.stage() == Stage::Selling)
    };
    wait(screen, selling)?;
    settle(screen);
    Ok(())
}

/// Lets the event loop turn until it is so and painted, as it turns in a window: at once when
/// there is something to do.
fn wait(screen: &Headless, so: impl Fn() -> bool) -> anyhow::Result<()> {
    let started = Instant::now();
    loop {
        screen.paint();
        if so() {
            return Ok(());
        }
        if started.elapsed() > Duration::from_secs(10) {
            bail!("a scan did not arrive");
        }
        std::thread::sleep(Duration::from_micros(100));
    }
}

fn settle(screen: &Headless) {
    let started = Instant::now();
    while started.elapsed() < Duration::from_millis(300) {
        screen.paint();
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn lines(running: &Running) -> u32 {
    let app = running.app().borrow();
    let lines = app.till().map_or(0, |till| till.cart().lines().len());
    u32::try_from(lines).unwrap_or(u32::MAX)
}
