//! Prints what a scanner reads that is one of the class for points of sale (HID-POS), and makes it
//! sound where it can.
//!
//! ```text
//! cargo run -p hal --example scan_hid_pos                   a virtual scanner reads two codes
//! cargo run -p hal --example scan_hid_pos -- /dev/hidraw0   a real one, until Ctrl-C
//! ```
//!
//! `cargo run -p hal --example discover` says what is there. Such a scanner is set to this class by
//! a code in its handbook; its file is opened by whom a rule of udev lets.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use hal::simulators::VirtualHidPosScanner;
use hal::{
    DeviceEvent, DeviceId, EventQueue, Framing, HidPosLink, Hindrance, PortState, ScanSignal,
    Scanner, ScannerDevice, UsbLink, block_on,
};

fn main() -> Result<(), Box<dyn Error>> {
    let events = Arc::new(EventQueue::<DeviceEvent, 64>::new());
    let (link, simulated) = match std::env::args().nth(1) {
        Some(path) => (HidPosLink::new(UsbLink::Path(path.into())), None),
        None => {
            let name = format!("hid-pos-{}", std::process::id());
            let scanner = VirtualHidPosScanner::with_sounds(std::env::temp_dir().join(name))?;
            (scanner.link(), Some(scanner))
        }
    };
    let scanner = ScannerDevice::start(DeviceId(0), link, Framing::default(), events.clone())?;
    let patience = simulated.as_ref().map(|_| Duration::from_secs(1));
    while let Some(event) = block_on(events.receive(), patience) {
        match event {
            DeviceEvent::Scanned { code, .. } => {
                let symbology = code.aim.map(|aim| aim.symbology());
                println!("{} {symbology:?}", code.data.escape_ascii());
                scanner.signal(ScanSignal::Good)?;
            }
            DeviceEvent::ScanRejected { fault, .. } => {
                println!("{fault}: {}", fault.remedy());
                scanner.signal(ScanSignal::Error)?;
            }
            DeviceEvent::ScannerPort {
                port: PortState::Open,
                ..
            } => {
                println!("ready");
                if let Some(device) = &simulated {
                    device.scan("]E0", "4006381333931")?;
                    // Longer than one report.
                    device.scan("]Q1", &"0123456789".repeat(10))?;
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
