//! Prints what a scanner reads.
//!
//! ```text
//! cargo run -p hal --example scan                        a virtual scanner reads three codes
//! cargo run -p hal --example scan -- /dev/ttyACM0 9600   a serial or USB-CDC scanner, until Ctrl-C
//! ```

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use hal::simulators::VirtualScanner;
use hal::{
    DeviceEvent, DeviceId, EventQueue, Framing, Hindrance, PortState, ScannerDevice, SerialLink,
    block_on,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let events = Arc::new(EventQueue::<DeviceEvent, 64>::new());
    let (link, simulated) = match arguments.as_slice() {
        [path, baud, ..] => (SerialLink::new(path, baud.parse()?), None),
        _ => {
            let name = format!("scanner-{}", std::process::id());
            let scanner = VirtualScanner::on_pty(std::env::temp_dir().join(name))?;
            (scanner.link(), Some(scanner))
        }
    };
    let _scanner = ScannerDevice::start(DeviceId(0), link, Framing::default(), events.clone())?;
    let patience = simulated.as_ref().map(|_| Duration::from_secs(1));
    while let Some(event) = block_on(events.receive(), patience) {
        match event {
            DeviceEvent::Scanned { code, .. } => match code.text() {
                Some(text) => println!("{text} {:?}", code.aim.map(|aim| aim.symbology())),
                None => println!("{:02X?}", code.data),
            },
            DeviceEvent::ScannerPort {
                port: PortState::Open,
                ..
            } => {
                println!("ready");
                if let Some(scanner) = &simulated {
                    for code in [
                        "]E09780000001009",
                        "]Q3HTTPS://ID.EXAMPLE/01/09780000001009",
                        "A-17",
                    ] {
                        scanner.scan(code)?;
                    }
                }
            }
            DeviceEvent::ScannerPort { port, .. } => {
                let hindrance = Hindrance::Port(port);
                println!("{hindrance}: {}", hindrance.remedy());
            }
            DeviceEvent::ScanRejected { fault, .. } => println!("{fault}: {}", fault.remedy()),
            _ => {}
        }
    }
    Ok(())
}
