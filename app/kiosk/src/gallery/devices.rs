//! The pictures of devices: a line on the scale, and the place where a manager looks at them.

use std::time::Duration;

use hal::traffic::{Direction, Piece, Recording};
use slint::ComponentHandle;

use super::manager::manager;
use super::scenes::{Fill, model};
use super::sheets::line;
use crate::headless::Headless;
use crate::screens::manager::bytes::byte_rows;
use crate::ui::{
    DeviceRow, Devices, ExportTarget, Fact, Level, Line, LineSection, Place, TillWindow,
};

/// The scenes by the names of their pictures.
pub const ALL: [(&str, Fill); 9] = [
    ("sell-weight", weight),
    ("sell-weight-moving", weight_moving),
    ("sell-weight-silent", weight_silent),
    ("sell-weight-refused", weight_refused),
    ("manager-devices", devices),
    ("manager-devices-bytes", bytes),
    ("manager-devices-setup", setup),
    ("manager-devices-setup-wrong", setup_wrong),
    ("manager-devices-taking", taking),
];

fn scale(window: &TillWindow, weight: &str, sentence: &str, level: Level, action: &str) {
    let line = window.global::<Line>();
    line.set_has_scale(true);
    line.set_weight(weight.into());
    line.set_weight_sentence(sentence.into());
    line.set_weight_level(level);
    line.set_weight_action(action.into());
    line.set_weight_waits(level == Level::Busy);
    line.set_can_zero(true);
    line.set_can_tare(true);
    line.set_can_clear_tare(false);
}

fn weight(screen: &Headless, window: &TillWindow) {
    line(screen, window, 2, LineSection::Quantity);
    let tare = "The tare is taken off.";
    scale(window, "1.255 kg", tare, Level::Neutral, "Take 2.767 Pound");
    window.global::<Line>().set_can_clear_tare(true);
}

fn weight_moving(screen: &Headless, window: &TillWindow) {
    line(screen, window, 2, LineSection::Quantity);
    let sentence = "Not at rest yet.";
    scale(window, "\u{2026}", sentence, Level::Busy, "");
}

fn weight_silent(screen: &Headless, window: &TillWindow) {
    line(screen, window, 2, LineSection::Quantity);
    let sentence = "Scale: no answer. Switch it on, and check its cable, its protocol and its \
                    speed. Or type the weight.";
    scale(window, "\u{2013}", sentence, Level::Bad, "");
}

fn weight_refused(screen: &Headless, window: &TillWindow) {
    line(screen, window, 2, LineSection::Quantity);
    let sentence = "Litre is no unit of weight that is known here; choose another unit of Olive \
                    Oil, or give it a UOM Conversion Factor to Kg in ERPNext.";
    scale(window, "1.134 kg", sentence, Level::Warning, "");
}

fn device(name: &str, level: Level, sentence: &str, remedy: &str, action: &str) -> DeviceRow {
    DeviceRow {
        name: name.into(),
        level,
        sentence: sentence.into(),
        remedy: remedy.into(),
        action: action.into(),
        bytes: !["Cash drawer", "Customer's screen"].contains(&name),
    }
}

pub(super) fn devices(_: &Headless, window: &TillWindow) {
    manager(window, Place::Devices, "3", Level::Busy);
    let devices = window.global::<Devices>();
    devices.set_rows(model(vec![
        device(
            "Receipt printer",
            Level::Bad,
            "Cover open.",
            "Close it; the receipt prints by itself.",
            "Print a test page",
        ),
        device("Cash drawer", Level::Good, "Closed.", "", "Open the drawer"),
        device("Scanner 1", Level::Good, "Ready.", "", ""),
        device(
            "Scanner 2",
            Level::Bad,
            "Not found.",
            "Check its cable and that it is switched on; it is found by itself.",
            "",
        ),
        device("Scale", Level::Good, "1.255 kg.", "", "Set to zero"),
        device("Line display", Level::Good, "Ready.", "", "Show a test"),
        device(
            "Customer's screen",
            Level::Good,
            "Shown on HDMI-A-2, 1280 x 800 dots.",
            "",
            "Show a test",
        ),
        device("Card terminal", Level::Good, "Ready.", "", "End of day"),
    ]));
    devices.set_attention("Needs a look: Receipt printer, Scanner 2.".into());
    devices.set_scanned("The till read: 9780000001009".into());
    let unused = |label: &str, value: &str| Fact {
        label: label.into(),
        value: value.into(),
    };
    devices.set_unused(model(vec![
        unused("Printer: EPSON TM-T20II", "[printer] usb = \"04b8:0e15\""),
        unused(
            "Serial port: FTDI USB-RS232 Cable",
            "port = \"/dev/serial/by-id/usb-FTDI_USB-RS232_Cable_FT4PQ8W1-if00-port0\"",
        ),
    ]));
    devices.set_bytes_of("".into());
}

fn file(label: &str, detail: &str) -> ExportTarget {
    ExportTarget {
        label: label.into(),
        detail: detail.into(),
    }
}

fn setup(screen: &Headless, window: &TillWindow) {
    devices(screen, window);
    let devices = window.global::<Devices>();
    devices.set_setup_shown(true);
    devices.set_setup_targets(model(vec![
        file("USB stick SHOP", "/run/media/SHOP"),
        file("This till's disk", "/data/till/exports"),
    ]));
    devices.set_setup_files(model(vec![file(
        "evertill-devices-C2.toml on USB stick SHOP",
        "/run/media/SHOP/evertill-devices-C2.toml",
    )]));
    devices.set_setup_level(Level::Good);
    devices.set_setup_sentence("Written to /run/media/SHOP/evertill-devices-C1.toml.".into());
    devices.set_setup_remedy("It can be taken out now.".into());
}

fn setup_wrong(screen: &Headless, window: &TillWindow) {
    setup(screen, window);
    let devices = window.global::<Devices>();
    devices.set_setup_level(Level::Bad);
    devices.set_setup_sentence(
        "/run/media/SHOP/evertill-devices-C2.toml was not taken, and the till is as it was: \
         \"site\" is no table of devices; leave only printer, drawer, scanner, scale, \
         line_display, customer_screen, terminal"
            .into(),
    );
    devices.set_setup_remedy("Choose another place or file, then try again.".into());
}

fn taking(screen: &Headless, window: &TillWindow) {
    setup(screen, window);
    let devices = window.global::<Devices>();
    let fact = |label: &str, value: &str| Fact {
        label: label.into(),
        value: value.into(),
    };
    devices.set_setup_name("evertill-devices-C2.toml".into());
    devices.set_setup_changes(model(vec![
        fact("Receipt printer", "Stays as it is."),
        fact("Cash drawer", "Is taken away."),
        fact(
            "Scanners",
            "Changes to: port /dev/ttyACM0 and kind hid-pos, usb 05f9:4204.",
        ),
        fact(
            "Scale",
            "New: port /dev/serial/by-id/usb-FTDI_USB-RS232_Cable_FT4PQ8W1-if00-port0, profile nci.",
        ),
        fact("Customer's screen", "New: as usual."),
    ]));
    devices.set_setup_asking(true);
}

fn bytes(screen: &Headless, window: &TillWindow) {
    devices(screen, window);
    let devices = window.global::<Devices>();
    devices.set_bytes_of("Scale".into());
    let piece = |at, direction, bytes: &[u8]| Piece {
        at: Duration::from_millis(at),
        direction,
        bytes: bytes.to_vec(),
    };
    let recording = Recording {
        pieces: vec![
            piece(60_841, Direction::FromDevice, &[0x5A; 96]),
            piece(61_000, Direction::ToDevice, b"W"),
            piece(61_041, Direction::FromDevice, b"\x02?\x01\r"),
            piece(61_200, Direction::ToDevice, b"W"),
            piece(61_241, Direction::FromDevice, b"\x0201.255\r"),
        ],
    };
    devices.set_bytes(model(byte_rows(&recording)));
    devices.set_bytes_level(Level::Good);
    devices.set_bytes_sentence(
        "Written to /media/SHOP/evertill-bytes-C1-scale-2026-11-28-154210.txt.".into(),
    );
}
