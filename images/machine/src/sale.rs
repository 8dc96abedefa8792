//! Sales by finger and scanner, on the screen of [`crate::hardware::SCREEN`].

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use hal::simulators::VirtualPrinter;
use serde_json::Value;

use crate::hardware::Hardware;
use crate::images::{Images, START, printer, with_printer};
use crate::screen::{Area, Touch};
use crate::vm::Vm;

/// The two codes that are scanned: a book, and a bag that a pricing rule makes cheaper.
pub const GOODS: [&str; 2] = ["9780000001009", "5400110000207"];

/// The dots that fill with a PIN.
const DOTS: Area = Area::new(1000, 112, 130, 28);
/// The cards of the staff, the catalogue, the payment: what the screen is for.
pub const MAIN: Area = Area::new(0, 120, 840, 380);
/// The lines of the cart.
pub const CART: Area = Area::new(850, 126, 430, 450);
/// What of the cart is the same whichever line is chosen: the first line, the totals.
const WHAT_IS_BOUGHT: [Area; 2] = [Area::new(850, 126, 430, 68), Area::new(850, 580, 430, 125)];
/// What a payment is called as long as it is one.
const PAYMENT: Area = Area::new(16, 56, 300, 56);

/// The first cashier, the PIN 2580 of the demo shop, and in.
const SIGN_IN: [Touch; 6] = [
    Touch::new("a cashier", (153, 200), Area::new(860, 60, 400, 60)),
    Touch::new("2", (1064, 283), DOTS),
    Touch::new("5", (1064, 405), DOTS),
    Touch::new("8", (1064, 526), DOTS),
    Touch::new("0", (1064, 648), DOTS),
    Touch::new("Sign in", (1064, 752), MAIN),
];
pub const PAY: Touch = Touch::new("Pay", (1104, 748), MAIN);
const EXACT_CASH: Touch = Touch::new("Exact cash", (1064, 748), MAIN);
const NEXT_SALE: Touch = Touch::new("Next sale", (1064, 748), MAIN);

/// Signs the first cashier in.
pub fn sign_in(machine: &mut Vm) -> anyhow::Result<()> {
    SIGN_IN.iter().try_for_each(|touch| machine.press(touch))
}

/// Scans the goods, each until it is in the cart.
pub fn scan_goods(machine: &mut Vm) -> anyhow::Result<()> {
    for code in GOODS {
        let before = machine.picture()?;
        machine.scan(code)?;
        machine.answered(code, &before, CART)?;
    }
    Ok(())
}

/// On the payment screen: pays all of it, and waits until the sale is done.
pub fn pay_in_cash(machine: &mut Vm) -> anyhow::Result<()> {
    let payment = machine.picture()?;
    machine.touch(EXACT_CASH.at)?;
    machine.answered("Exact cash", &payment, PAYMENT)
}

/// Sells the goods for cash, where somebody is signed in; leaves the screen that says so.
pub fn sell(machine: &mut Vm) -> anyhow::Result<()> {
    scan_goods(machine)?;
    machine.press(&PAY)?;
    pay_in_cash(machine)
}

/// Leaves that screen.
pub fn next_sale(machine: &mut Vm) -> anyhow::Result<()> {
    machine.press(&NEXT_SALE)
}

/// Receipts that were begun on paper.
pub fn on_paper(printer: &VirtualPrinter) -> Vec<u64> {
    let text = printer.text();
    let numbers = text.lines().filter_map(|line| {
        let (_, number) = line.split_once("Receipt C1-")?;
        number.get(..6)?.parse().ok()
    });
    numbers.collect()
}

/// The receipts that wait for ERPNext, as the till's own program says.
pub fn receipts(machine: &mut Vm) -> anyhow::Result<u64> {
    let text = machine.shell("evertill --data /data/till sync-status", 120)?;
    let status: Value = serde_json::from_str(&text).context("a strange status")?;
    let kinds = status["kinds"].as_array().context("a strange status")?;
    let of = |doctype: &str| {
        kinds
            .iter()
            .filter(|kind| kind["doctype"] == doctype)
            .filter_map(|kind| kind["documents"].as_u64())
            .sum::<u64>()
    };
    Ok(of("POS Invoice") + of("Sales Invoice"))
}

/// A new box with a till on it and no network: from power-on to a sale on paper, by finger and
/// scanner. Then the plug is pulled with goods in the cart, which is back after the next start.
pub fn cold_boot_to_a_sale(images: &Images) -> anyhow::Result<String> {
    let (printer, hardware) = with_printer()?;
    let (disk, mut machine) = images.boot("sale", "disk.img", &hardware)?;
    machine.wait("Evertill: slot A", START)?;
    let loader = machine.used();
    machine.wait("version ", START)?;
    let system = machine.used();
    machine.wait("reaches to the disk's end", START)?;
    machine.wait("the till is ready", START)?;
    let ready = machine.used();
    machine.wait("slot A is good", START)?;
    images.picture(&mut machine, "sale-1-start.png")?;
    let memory = machine.shell("free -m | awk '/Mem/ {print $3 \" of \" $2}'", 60)?;
    // What was sold before the image was made is printed first.
    wait_for(&machine, "the receipt of before is printed", || {
        printer.cuts() == 1
    })?;
    let before = receipts(&mut machine)?;
    sign_in(&mut machine)?;
    images.picture(&mut machine, "sale-2-signed-in.png")?;
    scan_goods(&mut machine)?;
    images.picture(&mut machine, "sale-3-cart.png")?;
    machine.press(&PAY)?;
    images.picture(&mut machine, "sale-4-payment.png")?;
    pay_in_cash(&mut machine)?;
    wait_for(&machine, "the receipt is printed", || printer.cuts() == 2)?;
    images.picture(&mut machine, "sale-5-done.png")?;
    std::fs::write(images.work.join("sale-receipt.png"), printer.png()?)?;
    let numbers = on_paper(&printer);
    let after = receipts(&mut machine)?;
    ensure!(
        after == before + 1 && numbers.len() == 2,
        "{before} receipts waited for ERPNext, then {after}; on paper are {numbers:?}"
    );
    machine.press(&NEXT_SALE)?;
    scan_goods(&mut machine)?;
    let picture = machine.picture()?;
    let cart = WHAT_IS_BOUGHT.map(|area| picture.part(area));
    images.picture(&mut machine, "sale-6-next-cart.png")?;
    machine.kill()?;
    let mut machine = images.boot_disk("sale", &disk, &hardware)?;
    machine.wait("slot A is good", START)?;
    sign_in(&mut machine)?;
    images.picture(&mut machine, "sale-7-cart-is-back.png")?;
    let picture = machine.picture()?;
    ensure!(
        WHAT_IS_BOUGHT.map(|area| picture.part(area)) == cart,
        "the cart is not what it was before the plug was pulled"
    );
    ensure!(receipts(&mut machine)? == after, "a sale is gone");
    machine.kill()?;
    Ok(format!(
        "boot loader after {:.0} s of processor time, first program {:.0} s, till ready {:.0} s; receipt {} on paper \
         and durable; after the plug was pulled the cart is back; memory in use {memory} MiB",
        loader.as_secs_f32(),
        system.as_secs_f32(),
        ready.as_secs_f32(),
        numbers.last().copied().unwrap_or_default(),
    ))
}

/// The data partition becomes full: the till sells or its screen says why it does not, and no
/// receipt is on paper without its sale. Once there is room it sells.
pub fn full_data_partition(images: &Images) -> anyhow::Result<String> {
    let (_, mut machine) = images.started("full", &Hardware::default())?;
    let (printer, address) = printer()?;
    machine.plug_printer(address)?;
    let before = receipts(&mut machine)?;
    sign_in(&mut machine)?;
    let full = machine.shell(
        "dd if=/dev/zero of=/data/fill bs=1M 2>/dev/null; dd if=/dev/zero of=/data/fill2 bs=512 2>/dev/null; \
         df -k /data | awk 'END {print $4}'",
        300,
    )?;
    let pause = || std::thread::sleep(Duration::from_secs(6));
    machine.scan(GOODS[0])?;
    pause();
    images.picture(&mut machine, "full-1-scanned.png")?;
    for (touch, picture) in [(PAY, "full-2-payment.png"), (EXACT_CASH, "full-3-paid.png")] {
        machine.touch(touch.at)?;
        pause();
        images.picture(&mut machine, picture)?;
    }
    // The first receipt is of before.
    let numbers = on_paper(&printer);
    let printed = numbers.iter().filter(|number| **number > 1).count();
    machine.shell("rm -f /data/fill /data/fill2; sync", 120)?;
    let stored = receipts(&mut machine)? - before;
    ensure!(
        u64::try_from(printed)? <= stored,
        "a receipt is on paper whose sale is not on the disk"
    );
    ensure!(
        machine.count("the till ended") == 0,
        "the till ended when its disk was full"
    );
    // Whatever stood on the screen, a till that starts anew asks who works.
    machine.shell("kill -KILL $(pidof evertill)", 60)?;
    machine.wait("the till is ready", START)?;
    sign_in(&mut machine)?;
    scan_goods(&mut machine)?;
    machine.press(&PAY)?;
    machine.touch(EXACT_CASH.at)?;
    pause();
    let after = receipts(&mut machine)? - before;
    machine.kill()?;
    ensure!(after == stored + 1, "there is room, and nothing is sold");
    Ok(format!(
        "{full} KiB left; {stored} sales stored and {printed} printed (full-1-scanned.png and on say \
         why); with room it sells again"
    ))
}

/// A till whose event loop stands still: the watchdog restarts the box.
pub fn hung_till(images: &Images) -> anyhow::Result<String> {
    let (_, mut machine) = images.started("hung", &Hardware::default())?;
    machine.shell("kill -STOP $(pidof evertill)", 60)?;
    let start = Instant::now();
    machine.forget_shell();
    machine.wait("stands still", 120)?;
    machine.wait("Evertill: slot A", 300)?;
    let took = start.elapsed().as_secs();
    machine.wait("slot A is good", START)?;
    machine.kill()?;
    Ok(format!(
        "the box started again {took} s after its till stood still, and sells"
    ))
}

/// Waits for something outside of the machine that it does.
pub fn wait_for(machine: &Vm, what: &str, so: impl Fn() -> bool) -> anyhow::Result<()> {
    let patience = machine.patience(120);
    while !so() {
        ensure!(!patience.is_over(), "it was waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}
