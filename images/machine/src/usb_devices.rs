//! A counter whose devices all hang on USB, so that each is driven by the kernel's own driver: a
//! printer (`usblp`), a HID-POS scanner (`hidraw`), a scale (`cdc_acm`), a serial scanner with parity
//! (`ftdi_sio`), and a scanner that is a keyboard (`evdev`).

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use hal::ScaleProtocol;
use hal::simulators::{VirtualHidPosScanner, VirtualPrinter, VirtualScale, VirtualScanner};
use serde_json::Value;

use crate::hardware::Hardware;
use crate::images::{Images, START};
use crate::sale::{CART, GOODS, MAIN, PAY, next_sale, on_paper, pay_in_cash, receipts, sign_in};
use crate::screen::Touch;
use crate::usb::{AcmPort, Cable, FtdiPort, HidPosScanner, Parity, ReceiptPrinter};
use crate::vm::Vm;

/// The counter's devices, as its `till.toml` names them.
const SETTINGS: &str = "\
[printer]
usb = \"04b8:0e15\"
profile = \"epson-tm-t20\"
[[scanner]]
usb = \"05f9:4204\"
kind = \"hid-pos\"
[[scanner]]
usb = \"0627:0001\"
kind = \"keyboard\"
[[scanner]]
port = \"/dev/ttyUSB0\"
data_bits = 7
parity = \"even\"
[scale]
profile = \"toledo-8217\"
port = \"/dev/ttyACM0\"
";

/// The devices and their cables.
struct Counter {
    printer: Arc<VirtualPrinter>,
    printer_cable: Cable<ReceiptPrinter>,
    hid_pos: VirtualHidPosScanner,
    hid_pos_cable: Cable<HidPosScanner>,
    scale: VirtualScale,
    scale_cable: Cable<AcmPort>,
    scanner: VirtualScanner,
    scanner_cable: Cable<FtdiPort>,
}

impl Counter {
    fn new(folder: &Path) -> anyhow::Result<Self> {
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
    fn plug(&self, machine: &mut Vm) -> anyhow::Result<()> {
        machine.plug_hub()?;
        machine.plug_usb(1, &self.printer_cable)?;
        machine.plug_usb(2, &self.hid_pos_cable)?;
        machine.plug_usb(3, &self.scale_cable)?;
        machine.plug_usb(4, &self.scanner_cable)?;
        machine.plug_keyboard(5)
    }

    /// Waits for something that the machine does; ends at once when a device did.
    fn wait_for(&self, machine: &Vm, what: &str, so: impl Fn() -> bool) -> anyhow::Result<()> {
        let patience = machine.patience(120);
        while !so() {
            self.check()?;
            ensure!(!patience.is_over(), "it was waited in vain until {what}");
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    fn check(&self) -> anyhow::Result<()> {
        self.printer_cable.check()?;
        self.hid_pos_cable.check()?;
        self.scale_cable.check()?;
        self.scanner_cable.check()
    }
}

/// The till's own devices, as `evertill devices` lists them: what each is used as, its state, its
/// driver, and whether the till has it open.
fn devices(machine: &mut Vm) -> anyhow::Result<Vec<(String, String, String, bool)>> {
    let text = machine.shell("evertill --data /data/till devices --json", 120)?;
    let listed: Value = serde_json::from_str(&text).with_context(|| text.clone())?;
    let listed = listed.as_array().context("no list of devices")?.iter();
    let word = |device: &Value, name: &str| device[name].as_str().unwrap_or_default().to_owned();
    let own = listed.filter(|device| device["used_as"].is_string());
    let own = own.filter(|device| device["state"] != "through-printer");
    let told = own.map(|device| {
        let open_in = device["open_in"].to_string();
        (
            word(device, "used_as"),
            word(device, "state"),
            word(device, "driver"),
            open_in.contains("evertill"),
        )
    });
    Ok(told.collect())
}

/// Waits until the till has so many devices open.
fn wait_for_devices(machine: &mut Vm, counter: &Counter, open: usize) -> anyhow::Result<()> {
    let patience = machine.patience(120);
    loop {
        counter.check()?;
        let listed = devices(machine)?;
        if listed.iter().filter(|device| device.3).count() == open {
            return Ok(());
        }
        ensure!(
            !patience.is_over(),
            "{open} devices should be open: {listed:?}"
        );
        std::thread::sleep(Duration::from_secs(1));
    }
}

/// The whole day of such a counter.
pub fn usb_devices(images: &Images) -> anyhow::Result<String> {
    let (_, mut machine) = images.started("usb", &Hardware::default())?;
    let folder = machine.folder.clone();
    let counter = Counter::new(&folder)?;
    machine.shell("sed -i '/^\\[/,$d' /data/till/till.toml", 60)?;
    for line in SETTINGS.lines() {
        machine.shell(&format!("echo '{line}' >> /data/till/till.toml"), 60)?;
    }
    machine.shell(
        "chown evertill:evertill /data/till/till.toml && kill -KILL $(pidof evertill)",
        60,
    )?;
    machine.wait("the till is ready", START)?;
    sign_in(&mut machine)?;
    counter.plug(&mut machine)?;
    wait_for_devices(&mut machine, &counter, 5)?;
    let before = receipts(&mut machine)?;
    println!("{}", counter.printer.text());
    let before_picture = machine.picture()?;
    counter.hid_pos.scan("]E0", GOODS[0])?;
    machine.answered("the HID-POS scanner", &before_picture, CART)?;
    println!("{:?}", counter.hid_pos.received());
    let before_picture = machine.picture()?;
    machine.shell("{ timeout 30 cat /dev/input/event2 > /tmp/heard; } &", 60)?;
    machine.type_digits(GOODS[1])?;
    machine.answered("the keyboard", &before_picture, CART)?;
    println!("heard {}", machine.shell("wc -c < /tmp/heard", 60)?);
    counter.scale.put(1_255);
    let before_picture = machine.picture()?;
    counter.scanner.scan("2001000000005")?;
    machine.answered("weighed", &before_picture, CART)?;
    images.picture(&mut machine, "usb-4-weighed.png")?;
    machine.press(&Touch::new("Take", (498, 687), MAIN))?;
    images.picture(&mut machine, "usb-5-taken.png")?;
    machine.press(&PAY)?;
    let start = counter.printer.bytes().len();
    pay_in_cash(&mut machine)?;
    counter.wait_for(&machine, "receipt", || on_paper(&counter.printer).len() >= 2 && counter.printer.cuts() >= 2)?;
    println!("{} bytes\n{}", counter.printer.bytes().len() - start, counter.printer.text());
    std::fs::write(images.work.join("usb-receipt.png"), counter.printer.png()?)?;
    next_sale(&mut machine)?;

    // paper out
    let sell = |machine: &mut Vm| -> anyhow::Result<()> {
        for _ in 0..2 {
        let before_picture = machine.picture()?;
        counter.hid_pos.scan("]E0", GOODS[0])?;
        machine.answered("the HID-POS scanner", &before_picture, CART)?;
        }
        machine.press(&PAY)?;
        pay_in_cash(machine)
    };
    counter.printer.set_slow(Some(400));
    let start = counter.printer.bytes().len();
    sell(&mut machine)?;
    println!("at {}", counter.printer.bytes().len() - start);
    counter.wait_for(&machine, "begun", || counter.printer.bytes().len() > start + 250)?;
    counter.printer.set_paper(hal::Paper::Empty);
    counter.printer.set_slow(None);
    std::thread::sleep(Duration::from_secs(6));
    images.picture(&mut machine, "usb-6-paper-out.png")?;
    println!("at {}", counter.printer.bytes().len() - start);
    counter.printer.set_paper(hal::Paper::Present);
    std::thread::sleep(Duration::from_secs(6));
    images.picture(&mut machine, "usb-7-paper-in.png")?;
    println!("at {} cuts {} {:?}", counter.printer.bytes().len() - start, counter.printer.cuts(), on_paper(&counter.printer));
    next_sale(&mut machine)?;
    // cable pulled
    counter.printer.set_slow(Some(400));
    let start = counter.printer.bytes().len();
    sell(&mut machine)?;
    counter.wait_for(&machine, "begun", || counter.printer.bytes().len() > start + 250)?;
    counter.printer.set_full(true);
    counter.printer.set_slow(None);
    std::thread::sleep(Duration::from_secs(4));
    images.picture(&mut machine, "usb-8-full.png")?;
    println!("at {}", counter.printer.bytes().len() - start);
    counter.printer_cable.pull();
    std::thread::sleep(Duration::from_secs(4));
    images.picture(&mut machine, "usb-9-pulled.png")?;
    counter.printer.set_full(false);
    counter.printer_cable.plug();
    std::thread::sleep(Duration::from_secs(10));
    images.picture(&mut machine, "usb-10-plugged.png")?;
    println!("at {} cuts {} {:?}", counter.printer.bytes().len() - start, counter.printer.cuts(), on_paper(&counter.printer));
    println!("{} {}", before, receipts(&mut machine)?);
    // quick
    counter.hid_pos_cable.pull();
    counter.scale_cable.pull();
    counter.scanner_cable.pull();
    std::thread::sleep(Duration::from_millis(100));
    counter.hid_pos_cable.plug();
    counter.scale_cable.plug();
    counter.scanner_cable.plug();
    std::thread::sleep(Duration::from_secs(3));
    println!("{}", machine.shell("evertill --data /data/till devices; ls /dev/ttyUSB* /dev/ttyACM* /dev/hidraw*; dmesg | tail -30", 60)?);
    images.picture(&mut machine, "usb-11-replugged.png")?;
    wait_for_devices(&mut machine, &counter, 5)?;
    // parity
    counter.scanner_cable.function().set_parity(Parity::Odd);
    counter.scanner.scan(GOODS[0])?;
    std::thread::sleep(Duration::from_secs(3));
    images.picture(&mut machine, "usb-12-parity.png")?;
    machine.press(&crate::manager::MANAGER)?;
    images.picture(&mut machine, "usb-13-manager.png")?;
    counter.scanner_cable.function().set_parity(Parity::Even);
    counter.scanner_cable.function().spoil(1);
    counter.scanner.scan(GOODS[0])?;
    std::thread::sleep(Duration::from_secs(3));
    images.picture(&mut machine, "usb-14-spoiled.png")?;
    println!("{:?}", counter.scanner_cable.function().parity());
    println!("{}", machine.shell("dmesg | tail -5", 60)?);
    counter.check()?;
    Ok("".to_owned())
}
