//! A receipt printer on a slow serial line: of what the till wrote much waits in the port.

use std::time::{Duration, Instant};

use anyhow::ensure;
use hal::simulators::VirtualPrinter;

use crate::hardware::Hardware;
use crate::images::{Images, set_up};
use crate::printers::{BADGE, RED};
use crate::sale::{next_sale, receipts, sell, sign_in, wait_for};
use crate::usb::{Cable, FtdiPort, Parity};
use crate::vm::Vm;

/// The counter's devices, as its `till.toml` names them.
const SETTINGS: &str = "\
[scanner]
port = \"/dev/ttyS1\"
[printer]
port = \"/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A5000001-if00-port0\"
profile = \"generic80\"
baud = 4800
";
/// Bytes that the line takes in a second: an answer that is awaited behind them is late.
const A_SECOND: usize = 480;
/// Sales in a row.
const SALES: u64 = 3;

/// While a receipt leaves the box, byte by byte, nothing is said to be wrong with the printer; that it
/// is printed is told when it is.
pub fn slow_printer(images: &Images) -> anyhow::Result<String> {
    let (_, mut machine) = images.started("slow-printer", &Hardware::default())?;
    let printer = VirtualPrinter::on_pty(machine.folder.join("printer"))?;
    let port = FtdiPort::new(&machine.folder.join("printer"), Parity::None)?;
    let cable = Cable::new(&machine.folder, "printer.usb", port)?;
    machine.plug_hub()?;
    machine.plug_usb(1, &cable)?;
    set_up(&mut machine, SETTINGS)?;
    // What was sold before the image was made comes first.
    wait_for(&machine, "the printer prints", || printer.cuts() == 1)?;
    sign_in(&mut machine)?;
    let kept = receipts(&mut machine)?;
    for sold in 1..=SALES {
        let before = printer.bytes().len();
        sell(&mut machine)?;
        watch(images, &mut machine, &printer, &cable, sold)?;
        let bytes = printer.bytes().len() - before;
        ensure!(bytes > A_SECOND, "a receipt of {bytes} bytes shows nothing");
        next_sale(&mut machine)?;
    }
    let stored = receipts(&mut machine)? - kept;
    ensure!(stored == SALES, "{stored} of {SALES} sales are stored");
    cable.check()?;
    machine.kill()?;
    Ok(format!(
        "at 4,800 baud {SALES} receipts, and never a word of a printer that is silent"
    ))
}

/// Looks at the screen until the receipt is out and a while longer.
fn watch(
    images: &Images,
    machine: &mut Vm,
    printer: &VirtualPrinter,
    cable: &Cable<FtdiPort>,
    sold: u64,
) -> anyhow::Result<()> {
    let patience = machine.patience(120);
    let wanted = usize::try_from(sold)? + 1;
    let mut out = None;
    let mut looked = 0;
    while out.is_none_or(|out: Instant| out.elapsed() < Duration::from_secs(3)) {
        cable.check()?;
        ensure!(!patience.is_over(), "receipt {sold} is not printed");
        looked += 1;
        let name = format!("slow-printer-{sold}.png");
        if machine.picture()?.part(BADGE).starts_with(&RED) {
            images.picture(machine, &name)?;
            anyhow::bail!(
                "look {looked} at receipt {sold}: the printer is said not to print, see {name}"
            );
        }
        if printer.cuts() == wanted {
            out.get_or_insert_with(Instant::now);
        }
    }
    images.picture(machine, &format!("slow-printer-{sold}.png"))?;
    Ok(())
}
