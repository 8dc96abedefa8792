//! Card payments that go as they should, and those that a person or a bank says no to.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hal::simulators::{CableCut, FaultFile, Switchable, TerminalAnswer, VirtualTerminal};
use hal::{
    CardPayment, Confirmation, DeviceEvent, DeviceId, EventQueue, HalError, LastReceipts,
    PaymentAmount, PaymentDoubt, PaymentIntent, PaymentKind, PaymentOutcome, PaymentState,
    PaymentTerminal, StandAloneTerminal, TerminalDevice, TerminalHandle, TerminalHindrance,
    TerminalStatus, TerminalTime, ZvtProfile,
};

use crate::support::{Counter, until};

pub const TERMINAL: DeviceId = DeviceId(7);

/// As patient as in a shop, but asks again sooner.
pub fn quick() -> ZvtProfile {
    ZvtProfile {
        settle: Duration::from_millis(20),
        look_in: Duration::from_millis(30),
        ..ZvtProfile::NORMAL
    }
}

pub fn start(counter: &Counter, device: &VirtualTerminal, profile: ZvtProfile) -> TerminalHandle {
    let events = counter.events.clone();
    TerminalDevice::start(TERMINAL, device.address(), profile, events).unwrap()
}

/// Starts a terminal that has a payment behind it, and waits until the till knows that one.
pub fn start_seen(counter: &Counter, device: &VirtualTerminal) -> TerminalHandle {
    device.pay_by_hand(500);
    let terminal = start(counter, device, quick());
    until("the terminal's last payment", || {
        terminal.status().last.booked.is_some()
    });
    terminal
}

pub fn euros(cents: u64) -> PaymentAmount {
    PaymentAmount {
        units: cents,
        currency: 978,
    }
}

pub fn intent(reference: &str, cents: u64, before: LastReceipts) -> PaymentIntent {
    PaymentIntent {
        reference: reference.to_owned(),
        kind: PaymentKind::Payment,
        amount: euros(cents),
        // No time at all: whatever the terminal's clock says will do.
        started: TerminalTime::default(),
        before,
    }
}

/// Begins a payment.
pub fn pay(terminal: &TerminalHandle, reference: &str, cents: u64) -> PaymentIntent {
    let intent = intent(reference, cents, terminal.status().last);
    terminal.pay(intent.clone()).unwrap();
    intent
}

/// Waits until a payment is in a state that `wanted` makes something of.
pub fn wait_for<T>(
    counter: &Counter,
    wanted_reference: &str,
    what: &str,
    mut wanted: impl FnMut(&PaymentState) -> Option<T>,
) -> T {
    counter.wait_for(what, |event| match event {
        DeviceEvent::Payment {
            reference, state, ..
        } if reference == wanted_reference => wanted(state),
        _ => None,
    })
}

pub fn outcome(counter: &Counter, reference: &str) -> PaymentOutcome {
    wait_for(
        counter,
        reference,
        "the end of a payment",
        |state| match state {
            PaymentState::Ended(outcome) => Some(outcome.clone()),
            PaymentState::ToBeConfirmed(doubt) => panic!("a person is asked: {doubt}"),
            _ => None,
        },
    )
}

pub fn approved(counter: &Counter, reference: &str) -> CardPayment {
    match outcome(counter, reference) {
        PaymentOutcome::Approved(payment) => *payment,
        other => panic!("not approved: {other:?}"),
    }
}

#[test]
fn a_payment_is_approved_with_what_belongs_on_the_receipt() {
    for lines_only in [false, true] {
        let counter = Counter::new();
        let device = VirtualTerminal::on_tcp().unwrap();
        device.set_lines_only(lines_only);
        let terminal = start_seen(&counter, &device);
        pay(&terminal, "A-1", 1_234);
        let mut words = Vec::new();
        let outcome = wait_for(&counter, "A-1", "the end", |state| match state {
            PaymentState::Working(said) => {
                words.push(said.clone());
                None
            }
            PaymentState::Ended(outcome) => Some(outcome.clone()),
            _ => None,
        });
        assert_eq!(words, ["present the card", "Bitte warten..."]);
        let payment = outcome.approved().expect("an approval").clone();
        assert_eq!(payment.card_name, "girocard");
        // The terminal sent six digits and the last four; the first six go nowhere.
        assert_eq!(payment.card_number, "***************4711");
        assert_eq!(payment.receipt.trace, Some(102));
        assert_eq!(payment.receipt.receipt_number, Some(12));
        assert_eq!(payment.receipt.terminal, Some(52_500_041));
        assert_eq!(payment.authorisation, "000714");
        let customer = payment.customer_receipt.join("\n");
        assert!(
            customer.contains("Betrag EUR           12.34"),
            "{customer}"
        );
        assert!(customer.contains("KUNDENBELEG"), "{customer}");
        let merchant = if lines_only {
            &customer
        } else {
            &payment.merchant_receipt.join("\n")
        };
        assert!(merchant.contains("** HÄNDLERBELEG **"), "{merchant}");
        assert_eq!(device.taken(), 500 + 1_234);
        assert_eq!(device.unknown(), 0);
        assert_eq!(terminal.status().last.booked, Some(payment.receipt));
        assert_eq!(terminal.status().hindrance, None);
    }
}

#[test]
fn a_payment_that_is_declined_or_broken_off_says_why() {
    let counter = Counter::new();
    let device = VirtualTerminal::on_tcp().unwrap();
    let terminal = start_seen(&counter, &device);
    let declined = |code: u8, reason: &str| PaymentOutcome::Declined {
        code: Some(code),
        reason: reason.to_owned(),
    };
    for (at, (answer, expected)) in [
        (
            TerminalAnswer::Decline(0x05),
            declined(0x05, "the card's bank declined the payment"),
        ),
        (
            TerminalAnswer::Decline(0x78),
            declined(0x78, "the card has expired"),
        ),
        (TerminalAnswer::CustomerAborts, PaymentOutcome::Aborted),
        (
            TerminalAnswer::Refuse(0xF0),
            declined(0xF0, "the terminal's day has to be closed first"),
        ),
        (
            TerminalAnswer::Refuse(0x9C),
            PaymentOutcome::NotBegun(TerminalHindrance::Busy),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        device.set_answer(answer);
        let reference = format!("D-{at}");
        pay(&terminal, &reference, 1_000);
        assert_eq!(outcome(&counter, &reference), expected);
        assert_eq!(device.taken(), 500);
    }
    device.set_answer(TerminalAnswer::Approve);
    pay(&terminal, "D-9", 1_000);
    approved(&counter, "D-9");
}

#[test]
fn what_a_terminal_wants_printed_of_a_declined_payment_is_told_before_its_end() {
    let counter = Counter::new();
    let device = VirtualTerminal::on_tcp().unwrap();
    let terminal = start_seen(&counter, &device);
    device.set_answer(TerminalAnswer::Decline(0x05));
    pay(&terminal, "P-1", 1_000);
    let papers = wait_for(&counter, "P-1", "its papers", |state| match state {
        PaymentState::ToBePrinted(papers) => Some(papers.clone()),
        PaymentState::Ended(outcome) => panic!("ended without papers: {outcome:?}"),
        _ => None,
    });
    for (paper, whom) in [
        (&papers.customer, "** KUNDENBELEG **"),
        (&papers.merchant, "** HÄNDLERBELEG **"),
    ] {
        assert_eq!(paper.first().map(String::as_str), Some(whom));
        assert_eq!(paper.last().map(String::as_str), Some("ABGELEHNT"));
    }
    let declined = outcome(&counter, "P-1");
    assert!(matches!(declined, PaymentOutcome::Declined { .. }));
    // A terminal that prints nothing of it wants nothing printed.
    device.set_answer(TerminalAnswer::CustomerAborts);
    pay(&terminal, "P-2", 1_000);
    let ended = wait_for(&counter, "P-2", "its end", |state| match state {
        PaymentState::ToBePrinted(papers) => panic!("{papers:?}"),
        PaymentState::Ended(outcome) => Some(outcome.clone()),
        _ => None,
    });
    assert_eq!(ended, PaymentOutcome::Aborted);
    // What is repeated when nothing was charged is the payment's before.
    device.set_answer(TerminalAnswer::Approve);
    device.cut_in_next_payment(CableCut::AtOnce, false);
    pay(&terminal, "P-3", 1_000);
    device.plug();
    let ended = wait_for(&counter, "P-3", "its end", |state| match state {
        PaymentState::ToBePrinted(papers) => panic!("{papers:?}"),
        PaymentState::Ended(outcome) => Some(outcome.clone()),
        PaymentState::Unknown(_) => {
            device.plug();
            None
        }
        _ => None,
    });
    assert_eq!(ended, PaymentOutcome::NotCharged);
}

#[test]
fn the_till_cancels_while_the_customer_looks_for_the_card() {
    let counter = Counter::new();
    let device = VirtualTerminal::on_tcp().unwrap();
    let terminal = start_seen(&counter, &device);
    assert!(matches!(terminal.cancel(), Err(HalError::NoPayment)));
    device.set_holding(true);
    pay(&terminal, "C-1", 1_000);
    wait_for(&counter, "C-1", "the terminal at work", |state| {
        matches!(state, PaymentState::Working(_)).then_some(())
    });
    terminal.cancel().unwrap();
    assert_eq!(outcome(&counter, "C-1"), PaymentOutcome::Aborted);
    assert_eq!(device.taken(), 500);
    let cancellations = device.commands().into_iter();
    let cancellations = cancellations.filter(|it| *it == [0x06, 0xB0]).count();
    assert_eq!(cancellations, 1, "told again and again");
    // Cancelled at once, wherever it is by then: charged and said so, or neither.
    device.set_holding(false);
    for at in 0..10 {
        let reference = format!("C-x{at}");
        let before = device.taken();
        pay(&terminal, &reference, 700);
        terminal.cancel().ok();
        match outcome(&counter, &reference) {
            PaymentOutcome::Approved(_) => assert_eq!(device.taken(), before + 700),
            PaymentOutcome::Aborted => assert_eq!(device.taken(), before),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn nothing_is_begun_twice() {
    let counter = Counter::new();
    let device = VirtualTerminal::on_tcp().unwrap();
    let terminal = start_seen(&counter, &device);
    device.set_holding(true);
    let first = pay(&terminal, "T-1", 1_000);
    let mut other = first.clone();
    other.reference = "T-2".to_owned();
    let refused = terminal.pay(other).unwrap_err();
    assert!(matches!(refused, HalError::PaymentUnderWay { reference } if reference == "T-1"));
    assert!(matches!(
        terminal.pay(first.clone()),
        Err(HalError::PaymentUnderWay { .. })
    ));
    device.set_holding(false);
    approved(&counter, "T-1");
    let refused = terminal.pay(first).unwrap_err();
    assert!(matches!(refused, HalError::PaymentKnown { reference } if reference == "T-1"));
    let nothing = intent("T-3", 0, LastReceipts::NONE);
    assert!(matches!(
        terminal.pay(nothing),
        Err(HalError::InvalidAmount)
    ));
    let too_much = intent("T-3", 1_000_000_000_000, LastReceipts::NONE);
    assert!(matches!(
        terminal.pay(too_much),
        Err(HalError::InvalidAmount)
    ));
    assert_eq!(device.taken(), 1_500);
}

#[test]
fn a_question_that_finds_no_room_frees_no_terminal_that_is_at_a_payment() {
    let device = VirtualTerminal::on_tcp().unwrap();
    device.pay_by_hand(500);
    // Nobody reads what is told, so that the terminal's thread stands still.
    let events = Arc::new(EventQueue::<DeviceEvent, 1>::new());
    let profile = quick();
    let terminal =
        TerminalDevice::start(TERMINAL, device.address(), profile, events.clone()).unwrap();
    until("the terminal's last payment", || {
        terminal.status().last.booked.is_some()
    });
    let first = pay(&terminal, "R-1", 1_000);
    until("no room for a question", || {
        terminal.ask(first.clone()).is_err()
    });
    let mut other = first.clone();
    other.reference = "R-2".to_owned();
    let refused = terminal.pay(other).unwrap_err();
    assert!(
        matches!(&refused, HalError::PaymentUnderWay { reference } if reference == "R-1"),
        "{refused}"
    );
    let refused = terminal.ask(first.clone()).unwrap_err();
    assert!(matches!(refused, HalError::QueueFull { .. }), "{refused}");
    let by_hand = StandAloneTerminal::new(TERMINAL, events.clone());
    let refused = by_hand.ask(first).unwrap_err();
    assert!(matches!(refused, HalError::QueueFull { .. }), "{refused}");
    assert!(by_hand.cancel().is_err());
}

#[test]
fn money_goes_back_and_a_payment_is_taken_back() {
    let counter = Counter::new();
    let device = VirtualTerminal::on_tcp().unwrap();
    let terminal = start_seen(&counter, &device);
    pay(&terminal, "R-1", 1_000);
    let payment = approved(&counter, "R-1");
    let receipt_number = payment.receipt.receipt_number.unwrap();
    let mut reversal = intent("R-2", 1_000, terminal.status().last);
    reversal.kind = PaymentKind::Reversal { receipt_number };
    terminal.pay(reversal.clone()).unwrap();
    approved(&counter, "R-2");
    assert_eq!(device.taken(), 500);
    // Once.
    reversal.reference = "R-3".to_owned();
    terminal.pay(reversal).unwrap();
    assert!(matches!(
        outcome(&counter, "R-3"),
        PaymentOutcome::Declined {
            code: Some(0xB5),
            ..
        }
    ));
    let mut refund = intent("R-4", 300, terminal.status().last);
    refund.kind = PaymentKind::Refund;
    terminal.pay(refund).unwrap();
    approved(&counter, "R-4");
    assert_eq!(device.taken(), 200);
}

#[test]
fn a_till_that_is_not_the_terminals_hears_what_to_compare() {
    let counter = Counter::new();
    let device = VirtualTerminal::on_tcp().unwrap();
    device.set_password(123_456);
    let terminal = start(&counter, &device, quick());
    let refused =
        |status: &TerminalStatus| matches!(status.hindrance, Some(TerminalHindrance::Refused(_)));
    until("a refusal", || refused(&terminal.status()));
    pay(&terminal, "P-1", 1_000);
    let PaymentOutcome::NotBegun(hindrance) = outcome(&counter, "P-1") else {
        panic!("begun")
    };
    assert!(hindrance.remedy().contains("password"));
    drop(terminal);
    let profile = ZvtProfile {
        password: 123_456,
        ..quick()
    };
    let terminal = start(&counter, &device, profile);
    let mut dollars = intent("P-2", 1_000, LastReceipts::NONE);
    dollars.amount.currency = 840;
    terminal.pay(dollars).unwrap();
    let PaymentOutcome::NotBegun(hindrance) = outcome(&counter, "P-2") else {
        panic!("begun")
    };
    assert!(hindrance.remedy().contains("currency"));
    pay(&terminal, "P-3", 1_000);
    approved(&counter, "P-3");
    assert_eq!(device.taken(), 1_000);
}

#[test]
fn a_terminal_that_is_worked_by_hand_waits_for_a_persons_word() {
    let counter = Counter::new();
    let terminal = StandAloneTerminal::new(TERMINAL, counter.events.clone());
    let state =
        |reference: &str| wait_for(&counter, reference, "a state", |state| Some(state.clone()));
    let first = intent("S-1", 1_000, LastReceipts::NONE);
    terminal.pay(first.clone()).unwrap();
    assert_eq!(state("S-1"), PaymentState::ToBeKeyed);
    assert!(matches!(
        terminal.confirm("S-2", Confirmation::Approved),
        Err(HalError::NoPayment)
    ));
    terminal.confirm("S-1", Confirmation::Approved).unwrap();
    assert!(matches!(
        state("S-1"),
        PaymentState::Ended(PaymentOutcome::Approved(_))
    ));
    assert!(matches!(
        terminal.pay(first),
        Err(HalError::PaymentKnown { .. })
    ));
    terminal
        .pay(intent("S-2", 1_000, LastReceipts::NONE))
        .unwrap();
    assert_eq!(state("S-2"), PaymentState::ToBeKeyed);
    terminal.cancel().unwrap();
    assert_eq!(state("S-2"), PaymentState::Ended(PaymentOutcome::Aborted));
    // After a restart nobody but a person knows.
    let terminal = StandAloneTerminal::new(TERMINAL, counter.events.clone());
    terminal
        .ask(intent("S-3", 1_000, LastReceipts::NONE))
        .unwrap();
    assert_eq!(
        state("S-3"),
        PaymentState::ToBeConfirmed(PaymentDoubt::NotConfirmed)
    );
    terminal.confirm("S-3", Confirmation::NotCharged).unwrap();
    assert_eq!(
        state("S-3"),
        PaymentState::Ended(PaymentOutcome::NotCharged)
    );
}

#[test]
fn a_file_switches_the_terminals_faults() {
    let counter = Counter::new();
    let device = Arc::new(VirtualTerminal::on_tcp().unwrap());
    let file = counter.path("faults");
    let complaints = Arc::new(Mutex::new(Vec::new()));
    let heard = complaints.clone();
    std::fs::write(&file, "terminal answer decline\n").unwrap();
    let devices: Vec<(String, Arc<dyn Switchable>)> = vec![("terminal".to_owned(), device.clone())];
    let _panel = FaultFile::watch(&file, devices, move |complaint| {
        heard.lock().unwrap().push(complaint);
    })
    .unwrap();
    let terminal = start_seen(&counter, &device);
    let mut attempts = 0;
    let mut pay_until = |wanted: fn(&PaymentOutcome) -> bool| loop {
        attempts += 1;
        let reference = format!("F-{attempts}");
        pay(&terminal, &reference, 100);
        if wanted(&outcome(&counter, &reference)) {
            break;
        }
    };
    pay_until(|outcome| matches!(outcome, PaymentOutcome::Declined { .. }));
    std::fs::write(&file, "terminal cable cut-after-approval\n").unwrap();
    pay_until(|outcome| outcome.approved().is_some());
    std::fs::write(&file, "terminal answer maybe\n").unwrap();
    until("a complaint", || !complaints.lock().unwrap().is_empty());
    assert!(complaints.lock().unwrap()[0].contains("maybe"));
    let _ = CableCut::AtOnce;
}
