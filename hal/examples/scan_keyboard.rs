//! Prints what a scanner reads that is a keyboard. Its keys reach nothing else meanwhile.
//!
//! ```text
//! cargo run -p hal --example scan_keyboard                     a virtual scanner reads two codes
//! cargo run -p hal --example scan_keyboard -- /dev/input/by-id/usb-...-event-kbd    a real one
//! cargo run -p hal --example scan_keyboard -- 0c2e:0200        wherever it is plugged in
//! ```
//!
//! `cargo run -p hal --example discover` says what is there. Reading keys takes the right to: the
//! group `input`.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use hal::simulators::VirtualKeyboardScanner;
use hal::{
    DeviceEvent, DeviceId, EventQueue, Framing, Hindrance, KeyboardLink, PortState, ScannerDevice,
    UsbLink, block_on,
};

fn main() -> Result<(), Box<dyn Error>> {
    let events = Arc::new(EventQueue::<DeviceEvent, 64>::new());
    let (link, simulated) = match std::env::args().nth(1) {
        Some(device) => (KeyboardLink::new(usb_link(&device)?), None),
        None => {
            let name = format!("keyboard-{}", std::process::id());
            let scanner = VirtualKeyboardScanner::at(std::env::temp_dir().join(name))?;
            (scanner.link(), Some(scanner))
        }
    };
    let _scanner = ScannerDevice::start(DeviceId(0), link, Framing::default(), events.clone())?;
    let patience = simulated.as_ref().map(|_| Duration::from_secs(1));
    while let Some(event) = block_on(events.receive(), patience) {
        match event {
            DeviceEvent::Scanned { code, .. } => {
                let symbology = code.aim.map(|aim| aim.symbology());
                println!("{} {symbology:?}", code.data.escape_ascii());
            }
            DeviceEvent::ScanRejected { fault, .. } => println!("{fault}: {}", fault.remedy()),
            DeviceEvent::ScannerPort {
                port: PortState::Open,
                ..
            } => {
                println!("ready");
                if let Some(scanner) = &simulated {
                    // The character between two parts of a GS1 code is typed as Ctrl and ].
                    scanner.scan("]C10109780000001009\x1D10AB-1")?;
                    scanner.scan("4006381333931")?;
                }
            }
            DeviceEvent::ScannerPort { port, .. } => {
                let hindrance = Hindrance::Port(port);
                println!("{hindrance}: {}", hindrance.remedy());
            }
            _ => {}
        }
    }
    Ok(())
}

/// A path, or the maker's and the product's numbers.
fn usb_link(device: &str) -> Result<UsbLink, Box<dyn Error>> {
    Ok(match device.split_once(':') {
        Some((vendor, product)) if !device.starts_with('/') => UsbLink::Id {
            vendor: u16::from_str_radix(vendor, 16)?,
            product: u16::from_str_radix(product, 16)?,
            serial: None,
        },
        _ => UsbLink::Path(device.into()),
    })
}
