//! Card payments that are lost in the middle: whatever happens, what the till says in the end is
//! what the customer was charged, and nobody is charged twice.

use std::time::Duration;

use hal::simulators::{CableCut, Repeats, TerminalAnswer, VirtualTerminal};
use hal::{
    Confirmation, PaymentDoubt, PaymentOutcome, PaymentState, PaymentTerminal, PortState,
    TerminalHindrance, TerminalTime, ZvtProfile,
};

use crate::card_payments::{approved, intent, outcome, pay, quick, start, start_seen, wait_for};
use crate::support::{Counter, until};

const CUTS: [CableCut; 5] = [
    CableCut::AtOnce,
    CableCut::BeforeApproval,
    CableCut::AfterApproval,
    CableCut::AfterResult,
    CableCut::AtTheEnd,
];

fn authorisations(device: &VirtualTerminal) -> usize {
    let commands = device.commands();
    commands.iter().filter(|it| **it == [0x06, 0x01]).count()
}

fn doubt(counter: &Counter, reference: &str) -> PaymentDoubt {
    wait_for(
        counter,
        reference,
        "a question to a person",
        |state| match state {
            PaymentState::ToBeConfirmed(doubt) => Some(*doubt),
            PaymentState::Ended(outcome) => panic!("ended: {outcome:?}"),
            _ => None,
        },
    )
}

#[test]
fn a_cable_pulled_anywhere_ends_with_what_was_charged() {
    for cut in CUTS {
        for takes_back in [false, true] {
            for goes_on in [false, true] {
                let counter = Counter::new();
                let device = VirtualTerminal::on_tcp().unwrap();
                let terminal = start_seen(&counter, &device);
                device.set_takes_back_unacknowledged(takes_back);
                device.set_goes_on_alone(goes_on);
                device.set_slow(Duration::from_millis(10));
                device.cut_in_next_payment(cut, false);
                pay(&terminal, "L-1", 1_000);
                let case = format!("{cut:?}, {takes_back}, {goes_on}");
                match outcome(&counter, "L-1") {
                    PaymentOutcome::Approved(payment) => {
                        assert_eq!(device.taken(), 1_500, "{case}");
                        assert_eq!(payment.receipt.trace, Some(102), "{case}");
                        assert!(!payment.customer_receipt.is_empty(), "{case}");
                    }
                    PaymentOutcome::NotCharged => assert_eq!(device.taken(), 500, "{case}"),
                    other => panic!("{case}: {other:?}"),
                }
                assert_eq!(authorisations(&device), 1, "{case}");
                // The next one is not mistaken for it.
                pay(&terminal, "L-2", 1_000);
                approved(&counter, "L-2");
            }
        }
    }
}

#[test]
fn a_terminal_without_power_is_asked_when_it_is_back() {
    let counter = Counter::new();
    let device = VirtualTerminal::on_tcp().unwrap();
    let terminal = start_seen(&counter, &device);
    device.cut_in_next_payment(CableCut::AfterApproval, true);
    pay(&terminal, "W-1", 1_000);
    wait_for(&counter, "W-1", "an unknown outcome", |state| {
        matches!(state, PaymentState::Unknown(PaymentDoubt::LinkLost)).then_some(())
    });
    until("a terminal that is gone", || {
        terminal.status().hindrance == Some(TerminalHindrance::Port(PortState::Refused))
    });
    // Nothing else is begun meanwhile.
    let next = intent("W-2", 1_000, terminal.status().last);
    assert!(terminal.pay(next).is_err());
    device.set_power(true);
    approved(&counter, "W-1");
    assert_eq!(device.taken(), 1_500);
    assert_eq!(authorisations(&device), 1);
}

#[test]
fn a_till_that_restarts_asks_what_became_of_its_payment() {
    for cut in CUTS {
        let counter = Counter::new();
        let device = VirtualTerminal::on_tcp().unwrap();
        let terminal = start_seen(&counter, &device);
        device.cut_in_next_payment(cut, true);
        let kept = pay(&terminal, "N-1", 1_000);
        wait_for(&counter, "N-1", "an unknown outcome", |state| {
            matches!(state, PaymentState::Unknown(_)).then_some(())
        });
        drop(terminal);
        let counter = Counter::new();
        let terminal = start(&counter, &device, quick());
        terminal.ask(kept.clone()).unwrap();
        device.set_power(true);
        let charged = match outcome(&counter, "N-1") {
            PaymentOutcome::Approved(_) => true,
            PaymentOutcome::NotCharged => false,
            other => panic!("{cut:?}: {other:?}"),
        };
        assert_eq!(device.taken(), if charged { 1_500 } else { 500 }, "{cut:?}");
        // Asked again, it says the same.
        terminal.ask(kept).unwrap();
        assert_eq!(outcome(&counter, "N-1").approved().is_some(), charged);
        assert_eq!(authorisations(&device), 1);
    }
}

#[test]
fn a_till_that_dies_while_the_customer_looks_for_the_card_finds_no_payment() {
    let counter = Counter::new();
    let device = VirtualTerminal::on_tcp().unwrap();
    let terminal = start_seen(&counter, &device);
    device.set_holding(true);
    let kept = pay(&terminal, "K-1", 1_000);
    wait_for(&counter, "K-1", "the terminal at work", |state| {
        matches!(state, PaymentState::Working(_)).then_some(())
    });
    drop(terminal);
    device.set_busy_for(2);
    let terminal = start(&counter, &device, quick());
    terminal.ask(kept).unwrap();
    assert_eq!(outcome(&counter, "K-1"), PaymentOutcome::NotCharged);
    assert_eq!(device.taken(), 500);
}

#[test]
fn an_earlier_payment_of_the_same_amount_is_not_taken_for_this_one() {
    for repeats in [Repeats::Booked, Repeats::Any] {
        let counter = Counter::new();
        let device = VirtualTerminal::on_tcp().unwrap();
        let terminal = start_seen(&counter, &device);
        device.set_repeats(repeats);
        pay(&terminal, "E-1", 1_000);
        approved(&counter, "E-1");
        device.set_answer(TerminalAnswer::Decline(0x05));
        for at in 0..3 {
            let reference = format!("E-2-{at}");
            pay(&terminal, &reference, 1_000);
            assert!(outcome(&counter, &reference).approved().is_none());
        }
        device.set_answer(TerminalAnswer::Approve);
        device.cut_in_next_payment(CableCut::BeforeApproval, false);
        pay(&terminal, "E-3", 1_000);
        assert_eq!(outcome(&counter, "E-3"), PaymentOutcome::NotCharged);
        assert_eq!(device.taken(), 1_500);
    }
}

#[test]
fn a_person_is_asked_where_the_terminal_cannot_tell() {
    // Somebody paid at the terminal itself since.
    let counter = Counter::new();
    let device = VirtualTerminal::on_tcp().unwrap();
    let terminal = start_seen(&counter, &device);
    device.cut_in_next_payment(CableCut::AfterApproval, true);
    pay(&terminal, "Q-1", 1_000);
    wait_for(&counter, "Q-1", "an unknown outcome", |state| {
        matches!(state, PaymentState::Unknown(_)).then_some(())
    });
    device.pay_by_hand(333);
    device.set_power(true);
    assert_eq!(doubt(&counter, "Q-1"), PaymentDoubt::OtherPayment);
    assert!(terminal.confirm("Q-2", Confirmation::Approved).is_err());
    terminal.confirm("Q-1", Confirmation::Approved).unwrap();
    approved(&counter, "Q-1");
    // What a person said is no number to tell the next one from: the terminal is asked for its
    // last one first.
    until("the terminal's last payment", || {
        terminal.status().last.booked.is_some()
    });
    device.cut_in_next_payment(CableCut::AtOnce, false);
    pay(&terminal, "Q-3", 333);
    assert_eq!(outcome(&counter, "Q-3"), PaymentOutcome::NotCharged);

    // One that cannot tell its last payment.
    device.set_repeats(Repeats::Nothing);
    device.cut_in_next_payment(CableCut::AfterApproval, false);
    pay(&terminal, "Q-4", 1_000);
    assert_eq!(doubt(&counter, "Q-4"), PaymentDoubt::NoRecord);
    // Asked again by hand, once it can.
    device.set_repeats(Repeats::Booked);
    let again = intent("Q-4", 1_000, terminal.status().last);
    terminal.ask(again).unwrap();
    approved(&counter, "Q-4");

    // A new terminal that was never asked before.
    let counter = Counter::new();
    let device = VirtualTerminal::on_tcp().unwrap();
    device.cut_in_next_payment(CableCut::AfterApproval, false);
    let terminal = start(&counter, &device, quick());
    pay(&terminal, "Q-5", 1_000);
    assert_eq!(doubt(&counter, "Q-5"), PaymentDoubt::CannotTell);
    terminal.confirm("Q-5", Confirmation::NotCharged).unwrap();
    assert_eq!(outcome(&counter, "Q-5"), PaymentOutcome::NotCharged);
}

#[test]
fn a_payment_of_long_before_is_not_taken_for_this_one() {
    let counter = Counter::new();
    let device = VirtualTerminal::on_tcp().unwrap();
    let terminal = start_seen(&counter, &device);
    let before = terminal.status().last;
    // Another till's, by the clock of the terminal earlier than this one began.
    device.pay_by_hand(1_000);
    let mut lost = intent("Y-1", 1_000, before);
    let now = terminal_time(&counter, &device);
    lost.started = TerminalTime {
        month: now.month % 12 + 1,
        ..now
    };
    terminal.ask(lost).unwrap();
    assert_eq!(doubt(&counter, "Y-1"), PaymentDoubt::CannotTell);
}

/// The time of the terminal's last payment.
fn terminal_time(counter: &Counter, device: &VirtualTerminal) -> TerminalTime {
    let other = VirtualTerminal::on_tcp().unwrap();
    let terminal = start_seen(counter, &other);
    let time = terminal.status().last.booked.and_then(|it| it.time);
    let _ = device;
    time.unwrap()
}

#[test]
fn whatever_answers_in_place_of_a_terminal_has_a_name_and_a_remedy() {
    let hasty = ZvtProfile {
        acknowledge: Duration::from_millis(100),
        ..quick()
    };
    for (answer, expected) in [
        (TerminalAnswer::WebServer, TerminalHindrance::OtherProtocol),
        (TerminalAnswer::Nothing, TerminalHindrance::NotResponding),
    ] {
        let counter = Counter::new();
        let device = VirtualTerminal::on_tcp().unwrap();
        device.set_answer(answer);
        let terminal = start(&counter, &device, hasty);
        until("a named state", || {
            terminal.status().hindrance == Some(expected)
        });
        pay(&terminal, "O-1", 1_000);
        let outcome = outcome(&counter, "O-1");
        assert_eq!(outcome, PaymentOutcome::NotBegun(expected));
        assert!(!expected.remedy().is_empty());
        assert_eq!(device.taken(), 0);
    }
    let counter = Counter::new();
    let device = VirtualTerminal::on_tcp().unwrap();
    device.unplug();
    let terminal = start(&counter, &device, quick());
    let absent = TerminalHindrance::Port(PortState::Refused);
    until("a named state", || {
        terminal.status().hindrance == Some(absent)
    });
    pay(&terminal, "O-2", 1_000);
    assert_eq!(outcome(&counter, "O-2"), PaymentOutcome::NotBegun(absent));
    device.plug();
    until("a terminal", || terminal.status().hindrance.is_none());
}

#[test]
fn nonsense_in_the_middle_is_an_unknown_outcome_that_ends() {
    for answer in [TerminalAnswer::Garbage, TerminalAnswer::Half] {
        let counter = Counter::new();
        let device = VirtualTerminal::on_tcp().unwrap();
        device.pay_by_hand(500);
        let hasty = ZvtProfile {
            acknowledge: Duration::from_millis(300),
            silence: Duration::from_millis(300),
            ..quick()
        };
        let terminal = start(&counter, &device, hasty);
        until("the terminal's last payment", || {
            terminal.status().last.booked.is_some()
        });
        device.set_answer(answer);
        pay(&terminal, "G-1", 1_000);
        wait_for(&counter, "G-1", "a doubt", |state| {
            matches!(state, PaymentState::Asking(PaymentDoubt::Garbled)).then_some(())
        });
        assert_eq!(outcome(&counter, "G-1"), PaymentOutcome::NotCharged);
        assert_eq!(device.taken(), 500);
    }
}

#[test]
fn a_terminal_that_talks_without_end_holds_no_payment_for_ever() {
    // As fast as it can, and slowly, told to break off or not.
    for (pause, longest, cancelled) in [
        (Duration::ZERO, Duration::from_secs(900), false),
        (Duration::from_millis(5), Duration::from_millis(300), false),
        (Duration::from_millis(5), Duration::from_secs(900), true),
    ] {
        let counter = Counter::new();
        let device = VirtualTerminal::on_tcp().unwrap();
        device.pay_by_hand(500);
        let profile = ZvtProfile {
            silence: Duration::from_millis(if cancelled { 300 } else { 180_000 }),
            longest,
            ..quick()
        };
        let terminal = start(&counter, &device, profile);
        until("the terminal's last payment", || {
            terminal.status().last.booked.is_some()
        });
        device.set_slow(pause);
        device.set_answer(TerminalAnswer::Endless);
        pay(&terminal, "E-1", 1_000);
        if cancelled {
            wait_for(&counter, "E-1", "a terminal at work", |state| {
                matches!(state, PaymentState::Working(_)).then_some(())
            });
            terminal.cancel().unwrap();
            wait_for(&counter, "E-1", "a question", |state| {
                matches!(state, PaymentState::Asking(PaymentDoubt::Endless)).then_some(())
            });
            // Asked what became of it, this one ends what it says.
            device.set_answer(TerminalAnswer::Approve);
            assert_eq!(outcome(&counter, "E-1"), PaymentOutcome::NotCharged);
        } else {
            // Asked what became of it, it talks on, and a person looks at it.
            assert_eq!(doubt(&counter, "E-1"), PaymentDoubt::Endless);
            let endless = TerminalHindrance::Endless;
            assert_eq!(terminal.status().hindrance, Some(endless));
            assert!(!endless.remedy().is_empty());
            terminal.confirm("E-1", Confirmation::NotCharged).unwrap();
            assert_eq!(outcome(&counter, "E-1"), PaymentOutcome::NotCharged);
            device.set_answer(TerminalAnswer::Approve);
            until("a terminal", || terminal.status().hindrance.is_none());
        }
        pay(&terminal, "E-2", 1_000);
        approved(&counter, "E-2");
        assert_eq!(device.taken(), 1_500);
    }
}
