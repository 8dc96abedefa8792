//! A counter whose devices all hang on USB, so that each is driven by the kernel's own driver: a
//! printer (`usblp`), a HID-POS scanner (`hidraw`), a scale (`cdc_acm`), a serial scanner with parity
//! (`ftdi_sio`), and a scanner that is a keyboard (`evdev`).

use std::time::Duration;

use anyhow::ensure;
use hal::Paper;

use crate::hardware::Hardware;
use crate::images::{Images, START, set_up};
use crate::manager::{MANAGER, PLACE};
use crate::printers::{BADGE, RED};
use crate::sale::{CART, GOODS, MAIN, PAY, next_sale, on_paper, pay_in_cash, receipts, sign_in};
use crate::screen::{Area, Touch};
use crate::usb::Parity;
use crate::usb_counter::{Counter, DRIVERS, SETTINGS, devices, wait_for_devices};
use crate::vm::Vm;

/// Coffee by the kilogram.
const COFFEE: &str = "2001000000005";
/// The report that has the HID-POS scanner sound as for a good scan.
const GOOD_BEEP: [u8; 2] = [4, 1 << 6];
/// Bytes a second of a printer that leaves time to do something to it.
const SLOW: u32 = 400;
/// Bytes in the middle of a receipt.
const MIDDLE: usize = 250;

const TAKE_WEIGHT: Touch = Touch::new("Take 1.255 Kg", (498, 687), MAIN);
const PRINT_AGAIN: Touch = Touch::new("Print again", (1064, 647), RECEIPT);
/// The same in the question that is asked after a start.
const PRINT_ASKED: Touch = Touch::new("Print again", (674, 748), NOTICE);
const DEVICES: Touch = Touch::new("Devices", (120, 272), PLACE);
/// What became of the receipt, on the page after a sale.
const RECEIPT: Area = Area::new(850, 520, 430, 90);
/// What the till has to say, below all else.
const NOTICE: Area = Area::new(16, 744, 800, 50);

/// The whole day of such a counter, from the moment that its devices are plugged in.
pub fn usb_devices(images: &Images) -> anyhow::Result<String> {
    let (_, mut machine) = images.started("usb", &Hardware::default())?;
    let counter = Counter::new(&machine.folder)?;
    set_up(&mut machine, SETTINGS)?;
    wait_for_devices(&mut machine, &counter, 0)?;
    sign_in(&mut machine)?;
    images.picture(&mut machine, "usb-01-nothing-there.png")?;
    counter.plug(&mut machine)?;
    wait_for_devices(&mut machine, &counter, DRIVERS.len())?;
    let listed = devices(&mut machine)?;
    let open = listed.iter().filter(|device| device.2);
    let named: Vec<_> = open.map(|it| (&*it.0, &*it.1)).collect();
    ensure!(named == DRIVERS, "the till's devices are {listed:?}");
    images.picture(&mut machine, "usb-02-plugged-in.png")?;

    let told = [
        scanned(images, &mut machine, &counter)?,
        paper_out(images, &mut machine, &counter)?,
        pulled(images, &mut machine, &counter)?,
        killed(images, &mut machine, &counter)?,
        replugged(images, &mut machine, &counter)?,
        broken_characters(images, &mut machine, &counter)?,
    ];
    std::fs::write(images.work.join("usb-receipts.png"), counter.printer.png()?)?;
    ensure!(
        machine.count("the till ended") == 2,
        "the till ended, and not because it was killed"
    );
    machine.kill()?;
    Ok(told.join("; "))
}

/// Goods come from all four scanners and by weight, and are on the receipt.
fn scanned(images: &Images, machine: &mut Vm, counter: &Counter) -> anyhow::Result<String> {
    // One after the other, as fast as the bus takes them.
    let before = machine.picture()?;
    counter.hid_pos.scan("]E0", GOODS[0])?;
    counter.hid_pos.scan("]E0", GOODS[0])?;
    machine.answered("the HID-POS scanner", &before, CART)?;
    counter.wait_for(machine, "the HID-POS scanner sounds", {
        let heard = std::cell::RefCell::new(Vec::new());
        move || {
            let mut heard = heard.borrow_mut();
            heard.extend(counter.hid_pos.received());
            *heard == GOOD_BEEP.repeat(2)
        }
    })?;
    // What a keyboard types comes to everybody who reads it, but for a grabbed one. The screen reads
    // all three keyboards and touch screens at once; the scanner's is grabbed within four seconds.
    machine.shell(
        "until [ $(ls -l /proc/$(pidof evertill)/fd | grep -c input/event) = 4 ]; do sleep 1; done",
        60,
    )?;
    let before = machine.picture()?;
    machine.shell(
        "mkdir /tmp/typed; { for keys in /dev/input/event*; do timeout 600 cat $keys > /tmp/typed/${keys##*/} & done; } 2>/dev/null",
        60,
    )?;
    machine.type_digits(GOODS[1])?;
    machine.answered("the scanner that is a keyboard", &before, CART)?;
    machine.shell("killall cat", 60)?;
    let heard = machine.shell("cd /tmp/typed; wc -c *", 60)?;
    ensure!(
        heard
            .lines()
            .all(|line| line.trim_start().starts_with("0 ")),
        "others heard what the scanner typed: {heard}"
    );
    counter.scale.put(1_255);
    let before = machine.picture()?;
    counter.scanner.scan(COFFEE)?;
    machine.answered("the scanner with parity", &before, CART)?;
    images.picture(machine, "usb-03-weighed.png")?;
    machine.press(&TAKE_WEIGHT)?;
    images.picture(machine, "usb-04-cart.png")?;
    machine.press(&PAY)?;
    pay_in_cash(machine)?;
    // What was sold before the image was made is printed first.
    counter.wait_for(machine, "the receipt is printed", || {
        counter.printer.cuts() == 2
    })?;
    next_sale(machine)?;
    let text = counter.printer.text();
    let lines = ["2 Nos x 7.99", "Still Water 500ml", "1.255 Kg x 22.00"];
    for line in lines {
        ensure!(text.contains(line), "{line} is not on the receipt: {text}");
    }
    Ok("2 codes of a HID-POS scanner, which sounded, one of a keyboard whose keys nobody else heard, one of a \
        serial scanner with parity, 1.255 kg of a scale: all on the receipt"
        .to_owned())
}

/// Sells two books.
fn sell(machine: &mut Vm, counter: &Counter) -> anyhow::Result<()> {
    for _ in 0..2 {
        let before = machine.picture()?;
        counter.hid_pos.scan("]E0", GOODS[0])?;
        machine.answered("the HID-POS scanner", &before, CART)?;
    }
    machine.press(&PAY)?;
    pay_in_cash(machine)
}

/// Sells, and comes back when the receipt is printed in part. Gives how many receipts were whole.
fn sell_halfway(machine: &mut Vm, counter: &Counter) -> anyhow::Result<usize> {
    counter.printer.set_slow(Some(SLOW));
    let (start, whole) = (counter.printer.bytes().len(), counter.printer.cuts());
    sell(machine, counter)?;
    counter.wait_for(machine, "a receipt is printed in part", || {
        counter.printer.bytes().len() > start + MIDDLE
    })?;
    Ok(whole)
}

fn says_red(machine: &mut Vm) -> anyhow::Result<bool> {
    Ok(machine.picture()?.part(BADGE).starts_with(&RED))
}

/// How often a receipt was begun on paper.
fn times(counter: &Counter, number: u64) -> usize {
    let begun = on_paper(&counter.printer).into_iter();
    begun.filter(|begun| *begun == number).count()
}

/// The paper ends in the middle of a receipt, which is printed once.
fn paper_out(images: &Images, machine: &mut Vm, counter: &Counter) -> anyhow::Result<String> {
    let whole = sell_halfway(machine, counter)?;
    counter.printer.set_paper(Paper::Empty);
    counter.printer.set_slow(None);
    machine.shell("sleep 4", 60)?;
    images.picture(machine, "usb-05-paper-out.png")?;
    ensure!(
        says_red(machine)? && counter.printer.cuts() == whole,
        "without paper the screen does not say so, or a receipt is whole"
    );
    counter.printer.set_paper(Paper::Present);
    counter.wait_for(machine, "the receipt is whole", || {
        counter.printer.cuts() > whole
    })?;
    machine.shell("sleep 4", 60)?;
    images.picture(machine, "usb-06-paper-in.png")?;
    let (cuts, begun) = (counter.printer.cuts() - whole, times(counter, 3));
    ensure!(
        cuts == 1 && begun == 1 && !says_red(machine)?,
        "a receipt whose paper ended was begun {begun} times and cut {cuts} times"
    );
    next_sale(machine)?;
    Ok("paper out in the middle of a receipt is told, and it is printed once".to_owned())
}

/// The printer stands still with its buffer full, so that it takes no packet more; then its cable is
/// pulled in the middle of a receipt. The till asks, and prints it again when it is told to.
fn pulled(images: &Images, machine: &mut Vm, counter: &Counter) -> anyhow::Result<String> {
    let before = receipts(machine)?;
    let whole = sell_halfway(machine, counter)?;
    counter.printer.set_full(true);
    counter.printer.set_slow(None);
    machine.shell("sleep 4", 60)?;
    images.picture(machine, "usb-07-full.png")?;
    ensure!(
        counter.printer_cable.is_unanswered(),
        "the kernel has nothing left to write, though the printer took not all"
    );
    counter.printer_cable.pull();
    machine.shell("sleep 4", 60)?;
    images.picture(machine, "usb-08-pulled.png")?;
    ensure!(
        says_red(machine)? && receipts(machine)? == before + 1,
        "the printer is gone and the screen does not say so, or the sale is not stored"
    );
    counter.printer.set_full(false);
    counter.printer_cable.plug();
    wait_for_devices(machine, counter, DRIVERS.len())?;
    machine.shell("sleep 4", 60)?;
    images.picture(machine, "usb-09-back.png")?;
    ensure!(
        counter.printer.cuts() == whole && !says_red(machine)?,
        "a receipt that was broken off was printed again though nobody said so"
    );
    machine.press(&PRINT_AGAIN)?;
    print_again(machine, counter, whole, "000004")?;
    images.picture(machine, "usb-10-again.png")?;
    next_sale(machine)?;
    Ok("a printer that takes no packet, its cable pulled in the middle of a receipt: the till asks, and prints \
        it whole when it is told to"
        .to_owned())
}

/// Waits until the last receipt on paper, of which `whole` were whole, is this one, whole, once.
fn print_again(
    machine: &mut Vm,
    counter: &Counter,
    whole: usize,
    number: &str,
) -> anyhow::Result<()> {
    counter.wait_for(machine, "the receipt is printed again", || {
        counter.printer.cuts() > whole
    })?;
    machine.shell("sleep 4", 60)?;
    let text = counter.printer.text();
    let last = text.rsplit("Receipt C1-").next().unwrap_or_default();
    ensure!(
        counter.printer.cuts() == whole + 1 && last.starts_with(number) && last.contains("17.30"),
        "what was printed again is not the whole receipt: {text}"
    );
    Ok(())
}

/// The till is killed while the printer keeps the kernel waiting with a receipt.
fn killed(images: &Images, machine: &mut Vm, counter: &Counter) -> anyhow::Result<String> {
    let before = receipts(machine)?;
    sell_halfway(machine, counter)?;
    counter.printer.set_full(true);
    counter.printer.set_slow(None);
    machine.shell("sleep 2; kill -KILL $(pidof evertill)", 60)?;
    machine.wait("the till is ready", START)?;
    counter.printer.set_full(false);
    wait_for_devices(machine, counter, DRIVERS.len())?;
    // The question about the receipt may come while the finger is on a name.
    sign_in(machine)?;
    images.picture(machine, "usb-11-killed.png")?;
    let stored = receipts(machine)? - before;
    ensure!(stored == 1, "{stored} sales are stored of one");
    let whole = counter.printer.cuts();
    machine.press(&PRINT_ASKED)?;
    print_again(machine, counter, whole, "000005")?;
    Ok(
        "a till that is killed meanwhile asks after its start, and has the printer again"
            .to_owned(),
    )
}

/// Scanners and scale are pulled out and plugged in again, slowly and at once.
fn replugged(images: &Images, machine: &mut Vm, counter: &Counter) -> anyhow::Result<String> {
    for pause in [None, Some(Duration::from_millis(20))] {
        counter.hid_pos_cable.pull();
        counter.scale_cable.pull();
        counter.scanner_cable.pull();
        match pause {
            None => wait_for_devices(machine, counter, 2)?,
            Some(pause) => std::thread::sleep(pause),
        }
        counter.hid_pos_cable.plug();
        counter.scale_cable.plug();
        counter.scanner_cable.plug();
        // They may not be gone yet.
        machine.shell("sleep 3", 60)?;
        wait_for_devices(machine, counter, DRIVERS.len())?;
    }
    let before = machine.picture()?;
    counter.hid_pos.scan("]E0", GOODS[0])?;
    machine.answered("the HID-POS scanner", &before, CART)?;
    let before = machine.picture()?;
    counter.scanner.scan(COFFEE)?;
    machine.answered("the scanner with parity", &before, CART)?;
    images.picture(machine, "usb-12-replugged.png")?;
    machine.press(&TAKE_WEIGHT)?;
    Ok("pulled out and plugged in again, slowly and within 20 ms, all work".to_owned())
}

/// A character that came broken, and a scanner set to another parity, are never a code, and are told
/// with what to do.
fn broken_characters(
    images: &Images,
    machine: &mut Vm,
    counter: &Counter,
) -> anyhow::Result<String> {
    let cart = |machine: &mut Vm| Ok::<_, anyhow::Error>(machine.picture()?.part(CART));
    let before = cart(machine)?;
    for (spoiled, sent) in [(1, Parity::Even), (0, Parity::Odd)] {
        let shown = machine.picture()?;
        {
            let mut port = counter.scanner_cable.function();
            ensure!(
                port.parity() == Parity::Even,
                "the driver set {:?}",
                port.parity()
            );
            port.spoil(spoiled);
            port.set_parity(sent);
        }
        counter.scanner.scan(GOODS[0])?;
        if spoiled > 0 {
            machine.answered("that the code came broken", &shown, NOTICE)?;
        }
        machine.shell("sleep 3", 60)?;
        images.picture(machine, &format!("usb-13-{spoiled}-spoiled.png"))?;
        ensure!(
            cart(machine)? == before,
            "characters that came broken changed the cart"
        );
    }
    machine.press(&MANAGER)?;
    machine.press(&DEVICES)?;
    images.picture(machine, "usb-14-wrong-parity.png")?;
    counter.scanner_cable.function().set_parity(Parity::Even);
    Ok("characters with wrong parity are no code, and Devices says so".to_owned())
}
