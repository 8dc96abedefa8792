//! Says what kind of card was swiped, and of a payment card nothing else.
//!
//! ```text
//! cargo run -p hal --example read_card                        a virtual reader reads three cards
//! cargo run -p hal --example read_card -- /dev/ttyUSB0 9600   a reader on a serial port, until Ctrl-C
//! ```
//!
//! A reader that is a keyboard is started like the scanner of `scan_keyboard`.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use hal::msr::Stripe;
use hal::simulators::VirtualScanner;
use hal::{
    DeviceEvent, DeviceId, EventQueue, Framing, Hindrance, PortState, ScannerDevice, SerialLink,
    block_on,
};

/// A badge, a payment card of the examples in ISO/IEC 7813, and one that was pulled too fast.
const CARDS: [&str; 3] = [
    "%STAFF 0042?",
    "%B4000001234567899^LEE/MI^30121010000?;4000001234567899=30121010000?",
    "%E?;E?",
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let events = Arc::new(EventQueue::<DeviceEvent, 64>::new());
    let (link, simulated) = match arguments.as_slice() {
        [path, baud, ..] => (SerialLink::new(path, baud.parse()?), None),
        _ => {
            let name = format!("card-reader-{}", std::process::id());
            let reader = VirtualScanner::on_pty(std::env::temp_dir().join(name))?;
            (reader.link(), Some(reader))
        }
    };
    let reader = ScannerDevice::start(DeviceId(0), link, Framing::default(), events.clone())?;
    let patience = simulated.as_ref().map(|_| Duration::from_secs(1));
    while let Some(event) = block_on(events.receive(), patience) {
        match event {
            DeviceEvent::Scanned { code, .. } => {
                match code.text().and_then(Stripe::of) {
                    Some(Stripe::PaymentCard) => {
                        // Its number lies among the last bytes of the port.
                        reader.forget_traffic();
                        println!("a payment card: use the card terminal for it");
                    }
                    Some(Stripe::Badge(badge)) => println!("a badge: {badge}"),
                    Some(Stripe::Unreadable) => println!("not read: swipe it again, slower"),
                    None => println!("no card: a code of {} characters", code.data.len()),
                }
            }
            DeviceEvent::ScannerPort {
                port: PortState::Open,
                ..
            } => {
                println!("ready");
                for card in simulated
                    .iter()
                    .flat_map(|reader| CARDS.map(|card| (reader, card)))
                {
                    card.0.scan(card.1)?;
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
