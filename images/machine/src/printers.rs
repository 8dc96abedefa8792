//! Receipt printers that are none.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::ensure;

use crate::hardware::Hardware;
use crate::images::{Images, printer};
use crate::sale::{next_sale, on_paper, receipts, sell, sign_in, wait_for};
use crate::screen::Area;

/// Where the bar at the top tells of the printer, and how it begins when it does not print.
pub const BADGE: Area = Area::new(1038, 4, 8, 8);
pub const RED: [u8; 3] = [248, 223, 219];

/// Something at the other end of the printer's cable.
struct Device {
    address: SocketAddr,
    heard: Arc<AtomicU64>,
}

impl Device {
    /// One that gives this answer to whatever it hears.
    fn that_says(answer: &'static [u8]) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let heard = Arc::new(AtomicU64::new(0));
        let counter = heard.clone();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let mut bytes = [0; 4096];
                while let Ok(length @ 1..) = stream.read(&mut bytes) {
                    counter.fetch_add(length as u64, Ordering::Relaxed);
                    if stream.write_all(answer).is_err() {
                        break;
                    }
                }
            }
        });
        Ok(Self { address, heard })
    }

    fn was_asked(&self) -> bool {
        self.heard.load(Ordering::Relaxed) > 0
    }
}

/// Where the receipt printer belongs there is a device that says nothing, then one that speaks
/// another language: the screen says so, the till sells, and what is not printed waits for the
/// printer that comes at last.
pub fn unknown_printer(images: &Images) -> anyhow::Result<String> {
    let (_, mut machine) = images.started("unknown-printer", &Hardware::default())?;
    let before = receipts(&mut machine)?;
    sign_in(&mut machine)?;
    let devices = [
        ("silent", Device::that_says(b"")?),
        ("nonsense", Device::that_says(b"\r\nERROR 17\r\n")?),
    ];
    for (sold, (name, device)) in (1..).zip(&devices) {
        machine.plug_printer(device.address)?;
        wait_for(&machine, "the till asks the printer", || device.was_asked())?;
        // As long as the till takes to give an answer up.
        machine.shell("sleep 10", 60)?;
        images.picture(&mut machine, &format!("printer-{name}-1.png"))?;
        sell(&mut machine)?;
        images.picture(&mut machine, &format!("printer-{name}-2-sold.png"))?;
        let stored = receipts(&mut machine)? - before;
        ensure!(stored == sold, "{sold} sales, {stored} are on the disk");
        ensure!(
            machine.picture()?.part(BADGE).starts_with(&RED),
            "the screen does not say that the printer does not print: printer-{name}-2-sold.png"
        );
        next_sale(&mut machine)?;
        machine.unplug_printer()?;
        machine.shell("until [ ! -e /dev/ttyUSB0 ]; do sleep 1; done", 60)?;
        images.picture(&mut machine, &format!("printer-{name}-3-unplugged.png"))?;
    }
    let (printer, address) = printer()?;
    machine.plug_printer(address)?;
    // What was sold before the image was made may be asked about.
    let own = || {
        let numbers = on_paper(&printer).into_iter();
        numbers.filter(|number| *number > 1).collect::<Vec<_>>()
    };
    wait_for(&machine, "what waited is printed", || own() == [2, 3])?;
    machine.shell("sleep 5", 60)?;
    images.picture(&mut machine, "printer-4-printed.png")?;
    std::fs::write(images.work.join("printer-receipts.png"), printer.png()?)?;
    let numbers = own();
    ensure!(numbers == [2, 3], "on paper are {numbers:?}");
    ensure!(
        !machine.picture()?.part(BADGE).starts_with(&RED),
        "the printer works, and the screen says that it does not"
    );
    ensure!(
        machine.count("the till ended") == 0 && machine.count("stands still") == 0,
        "the till ended or stood still"
    );
    machine.kill()?;
    Ok(format!(
        "a device that says nothing and one that says nonsense are named; {} sales on the disk; the printer that \
         comes at last prints receipts {numbers:?}",
        devices.len()
    ))
}
