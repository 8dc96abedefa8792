//! Takes a card payment on a virtual terminal; with an address, on a real one:
//! `cargo run -p hal --example card_payment -- 192.168.1.50:20007 12.50`

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use hal::simulators::VirtualTerminal;
use hal::{
    DeviceEvent, DeviceId, EventQueue, PaymentAmount, PaymentIntent, PaymentKind, PaymentState,
    PaymentTerminal, TerminalDevice, TerminalTime, ZvtProfile, block_on,
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (virtual_terminal, address) = match arguments.next() {
        Some(address) => (None, address.parse::<SocketAddr>()?),
        None => {
            let terminal = VirtualTerminal::on_tcp()?;
            let address = terminal.address();
            (Some(terminal), address)
        }
    };
    let amount = arguments.next().unwrap_or_else(|| "12.50".to_owned());
    let units: u64 = amount.replace('.', "").parse()?;
    let events = Arc::new(EventQueue::<DeviceEvent, 64>::new());
    let terminal = TerminalDevice::start(DeviceId(0), address, ZvtProfile::NORMAL, events.clone())?;
    // A till writes this to its disk before the next line, and asks with it after a power cut.
    let intent = PaymentIntent {
        reference: "example-1".to_owned(),
        kind: PaymentKind::Payment,
        amount: PaymentAmount {
            units,
            currency: 978,
        },
        started: TerminalTime::default(),
        before: terminal.status().last,
    };
    terminal.pay(intent)?;
    while let Some(event) = block_on(events.receive(), None) {
        let DeviceEvent::Payment { state, .. } = event else {
            continue;
        };
        println!("{state:#?}");
        if let PaymentState::Ended(_) = *state {
            break;
        }
    }
    if let Some(virtual_terminal) = virtual_terminal {
        println!("taken: {} cents", virtual_terminal.taken());
    }
    Ok(())
}
