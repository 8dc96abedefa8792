//! The devices of a counter that all hang on USB, and what the till says of them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use hal::ScaleProtocol;
use hal::simulators::{VirtualHidPosScanner, VirtualPrinter, VirtualScale, VirtualScanner};
use serde_json::Value;

use crate::usb::{AcmPort, Cable, FtdiPort, HidPosScanner, Parity, ReceiptPrinter};
use crate::vm::Vm;

/// The counter's devices, as its `till.toml` names them.
pub const SETTINGS: &str = "\
[printer]
usb = \"04b8:0e15\"
profile = \"generic80\"
[[scanner]]
usb = \"05f9:4204\"
kind = \"hid-pos\"
[[scanner]]
usb = \"0627:0001\"
kind = \"keyboard\"
[[scanner]]
port = \"/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A5000001-if00-port0\"
data_bits = 7
parity = \"even\"
[scale]
profile = \"toledo-8217\"
port = \"/dev/serial/by-id/usb-Mettler_Toledo_Counter_scale_W0001-if00\"
";
/// The kernel's drivers of them, in the order of `evertill devices`.
pub const DRIVERS: [(&str, &str); 5] = [
    ("printer", "usblp"),
    ("scale", "cdc_acm"),
    ("scanner", "ftdi_sio"),
    ("scanner", "hid-generic"),
    ("scanner", "hid-generic"),
];
/// The devices and their cables.
pub struct Counter {
    /// The printer.
    pub printer: Arc<VirtualPrinter>,
    /// Its cable.
    pub printer_cable: Cable<ReceiptPrinter>,
    /// The HID-POS scanner.
    pub hid_pos: VirtualHidPosScanner,
    /// Its cable.
    pub hid_pos_cable: Cable<HidPosScanner>,
    /// The scale.
    pub scale: VirtualScale,
    /// Its cable.
    pub scale_cable: Cable<AcmPort>,
    /// The serial scanner.
    pub scanner: VirtualScanner,
    /// Its adapter.
    pub scanner_cable: Cable<FtdiPort>,
}

impl Counter {
    /// All of them, with nothing plugged in; their sockets are made in the folder.
    pub fn new(folder: &Path) -> anyhow::Result<Self> {
        let at = |name: &str| folder.join(name);
        let printer = Arc::new(VirtualPrinter::on_usb(at("printer"))?);
        let port = ReceiptPrinter::new(printer.clone(), &at("printer"))?;
        let printer_cable = Cable::new(folder, "printer.usb", port)?;
        let hid_pos = VirtualHidPosScanner::with_sounds(at("hid-pos"))?;
        let port = HidPosScanner::new(&at("hid-pos"))?;
        let hid_pos_cable = Cable::new(folder, "hid-pos.usb", port)?;
        let scale = VirtualScale::on_pty(at("scale"), ScaleProtocol::Toledo8217)?;
        let scale_cable = Cable::new(folder, "scale.usb", AcmPort::new(&at("scale"))?)?;
        let scanner = VirtualScanner::on_pty(at("ftdi"))?;
        let port = FtdiPort::new(&at("ftdi"), Parity::Even)?;
        let scanner_cable = Cable::new(folder, "scanner.usb", port)?;
        Ok(Self {
            printer,
            printer_cable,
            hid_pos,
            hid_pos_cable,
            scale,
            scale_cable,
            scanner,
            scanner_cable,
        })
    }

    /// Plugs all of them in.
    pub fn plug(&self, machine: &mut Vm) -> anyhow::Result<()> {
        machine.plug_hub()?;
        machine.plug_usb(1, &self.printer_cable)?;
        machine.plug_usb(2, &self.hid_pos_cable)?;
        machine.plug_usb(3, &self.scale_cable)?;
        machine.plug_usb(4, &self.scanner_cable)?;
        machine.plug_keyboard(5)
    }

    /// Waits for something that the machine does; ends at once when a device did.
    pub fn wait_for(&self, machine: &Vm, what: &str, so: impl Fn() -> bool) -> anyhow::Result<()> {
        let patience = machine.patience(120);
        while !so() {
            self.check()?;
            ensure!(!patience.is_over(), "it was waited in vain until {what}");
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Whether all of them still work.
    pub fn check(&self) -> anyhow::Result<()> {
        self.printer_cable.check()?;
        self.hid_pos_cable.check()?;
        self.scale_cable.check()?;
        self.scanner_cable.check()
    }
}

/// The till's own devices, as `evertill devices` lists them: what each is used as, its driver, and
/// whether the till has it open.
pub fn devices(machine: &mut Vm) -> anyhow::Result<Vec<(String, String, bool)>> {
    let text = machine.shell("evertill --data /data/till devices --json", 120)?;
    let listed: Value = serde_json::from_str(&text).with_context(|| text.clone())?;
    let listed = listed.as_array().context("no list of devices")?.iter();
    let word = |device: &Value, name: &str| device[name].as_str().unwrap_or_default().to_owned();
    let own = listed.filter(|device| device["used_as"].is_string());
    // The drawer that hangs on the printer is none of USB's.
    let own = own.filter(|device| device["state"] != "through-printer");
    let told = own.map(|device| {
        let is_open = device["open_in"].to_string().contains("evertill");
        (word(device, "used_as"), word(device, "driver"), is_open)
    });
    Ok(told.collect())
}

/// Waits until the till has so many devices open.
pub fn wait_for_devices(machine: &mut Vm, counter: &Counter, open: usize) -> anyhow::Result<()> {
    let patience = machine.patience(120);
    loop {
        counter.check()?;
        let listed = devices(machine)?;
        if listed.iter().filter(|device| device.2).count() == open {
            return Ok(());
        }
        ensure!(
            !patience.is_over(),
            "{open} devices should be open: {listed:?}"
        );
        std::thread::sleep(Duration::from_secs(1));
    }
}
