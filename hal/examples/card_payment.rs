//! Takes a card payment and closes the terminal's day.
//!
//! ```text
//! cargo run -p hal --example card_payment                                  a virtual terminal
//! cargo run -p hal --example card_payment -- 192.168.1.50:20007 12.50      a real one
//! cargo run -p hal --example card_payment -- 192.168.1.50:20007 close-day  its end of day
//! cargo run -p hal --example card_payment -- by-hand 12.50                 one that is not connected
//! ```

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use hal::simulators::VirtualTerminal;
use hal::{
    Confirmation, DayState, DeviceEvent, DeviceId, EventQueue, LastReceipts, PaymentAmount,
    PaymentIntent, PaymentKind, PaymentOutcome, PaymentState, PaymentTerminal, StandAloneTerminal,
    TerminalDevice, TerminalTime, ZvtProfile, block_on,
};

type Events = EventQueue<DeviceEvent, 64>;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (virtual_terminal, address) = match arguments.next().as_deref() {
        Some("by-hand") => return by_hand(&arguments.next().unwrap_or_else(|| "12.50".to_owned())),
        Some(address) => (None, address.parse::<SocketAddr>()?),
        None => {
            let terminal = VirtualTerminal::on_tcp()?;
            let address = terminal.address();
            (Some(terminal), address)
        }
    };
    let wanted = arguments.next().unwrap_or_else(|| "12.50".to_owned());
    let events = Arc::new(Events::new());
    let terminal = TerminalDevice::start(DeviceId(0), address, ZvtProfile::NORMAL, events.clone())?;
    if wanted != "close-day" {
        // A till writes this to its disk before the next line, and asks with it after a power cut.
        let intent = PaymentIntent {
            before: terminal.status().last,
            ..intent(&wanted)?
        };
        terminal.pay(intent)?;
        while !events_say(&events, payment) {}
    }
    if wanted == "close-day" || virtual_terminal.is_some() {
        terminal.close_day()?;
        while !events_say(&events, day) {}
    }
    if let Some(virtual_terminal) = virtual_terminal {
        println!("taken: {} cents", virtual_terminal.taken());
    }
    Ok(())
}

fn intent(amount: &str) -> Result<PaymentIntent, Box<dyn Error>> {
    Ok(PaymentIntent {
        reference: "example-1".to_owned(),
        kind: PaymentKind::Payment,
        amount: PaymentAmount {
            units: amount.replace('.', "").parse()?,
            currency: 978,
        },
        started: TerminalTime::default(),
        before: LastReceipts::NONE,
    })
}

/// A terminal with a cable to nobody: a person keys the amount in, and says what became of it.
fn by_hand(amount: &str) -> Result<(), Box<dyn Error>> {
    let events = Arc::new(Events::new());
    let terminal = StandAloneTerminal::new(DeviceId(0), events.clone());
    terminal.pay(intent(amount)?)?;
    while !events_say(&events, payment) {
        println!("did the terminal take {amount}? y or n");
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer)?;
        let said = match answer.trim() {
            "y" => Confirmation::Approved,
            _ => Confirmation::NotCharged,
        };
        terminal.confirm("example-1", said)?;
    }
    Ok(())
}

/// Waits for an event that `ends` knows, and returns whether it was the last one.
fn events_say(events: &Events, ends: fn(&DeviceEvent) -> bool) -> bool {
    let Some(event) = block_on(events.receive(), None) else {
        return true;
    };
    if let DeviceEvent::Terminal { status, .. } = &event
        && let Some(hindrance) = status.hindrance
    {
        println!("{hindrance}: {}", hindrance.remedy());
    }
    ends(&event)
}

fn payment(event: &DeviceEvent) -> bool {
    let DeviceEvent::Payment { state, .. } = event else {
        return false;
    };
    match &**state {
        PaymentState::Connecting => println!("connecting"),
        PaymentState::Working(words) => println!("{words}"),
        PaymentState::ToBeKeyed => println!("key the amount into the terminal"),
        PaymentState::Unknown(doubt) => println!("unknown: {doubt}"),
        PaymentState::Asking(doubt) => println!("asking the terminal, because {doubt}"),
        PaymentState::ToBeConfirmed(doubt) => {
            println!("{doubt}: look at the terminal and say what became of it");
            return true;
        }
        PaymentState::ToBePrinted(papers) => {
            for line in papers.customer.iter().chain(&papers.merchant) {
                println!("    {line}");
            }
        }
        PaymentState::Ended(outcome) => {
            match outcome {
                PaymentOutcome::Approved(payment) => {
                    let card = format!("{} {}", payment.card_name, payment.card_number);
                    println!("approved {}", card.trim());
                    for line in &payment.customer_receipt {
                        println!("    {line}");
                    }
                }
                PaymentOutcome::Declined { reason, .. } => println!("declined: {reason}"),
                PaymentOutcome::Aborted => println!("broken off"),
                PaymentOutcome::NotBegun(hindrance) => {
                    println!("not begun, {hindrance}: {}", hindrance.remedy());
                }
                PaymentOutcome::NotCharged => println!("not charged"),
            }
            return true;
        }
    }
    false
}

fn day(event: &DeviceEvent) -> bool {
    let DeviceEvent::TerminalDay { state, .. } = event else {
        return false;
    };
    match state {
        DayState::Working(words) => println!("{words}"),
        DayState::Asking(doubt) => println!("asking the terminal, because {doubt}"),
        DayState::NotClosed(failure) => println!("not closed, {failure}: {}", failure.remedy()),
        DayState::Unknown(doubt) => {
            println!("{doubt}: look at the terminal; closing its day again does no harm");
        }
        DayState::Closed(report) => {
            println!("the day is closed: {:?} cents", report.amount);
            for card in report.totals.iter().flat_map(|totals| totals.used()) {
                println!("    {} x {}: {} cents", card.count, card.card, card.amount);
            }
            for line in &report.lines {
                println!("    {line}");
            }
        }
    }
    state.is_final()
}
