//! The day of a card terminal is closed: what it says, and what is known when its answer is lost.

use hal::simulators::{CableCut, Repeats, TerminalAnswer, VirtualTerminal};
use hal::{
    DayFailure, DayReport, DayState, DeviceEvent, HalError, PaymentDoubt, PaymentOutcome,
    PaymentTerminal, StandAloneTerminal, TerminalHandle, TerminalHindrance,
};

use crate::card_payments::{TERMINAL, approved, outcome, pay, start_seen};
use crate::support::Counter;

fn day(counter: &Counter, terminal: &TerminalHandle) -> (DayState, Vec<DayState>) {
    let mut before = Vec::new();
    terminal.close_day().unwrap();
    let last = counter.wait_for("the end of a day", |event| match event {
        DeviceEvent::TerminalDay { state, .. } if state.is_final() => Some(state.clone()),
        DeviceEvent::TerminalDay { state, .. } => {
            before.push(state.clone());
            None
        }
        _ => None,
    });
    (last, before)
}

fn closed(counter: &Counter, terminal: &TerminalHandle) -> DayReport {
    match day(counter, terminal).0 {
        DayState::Closed(report) => *report,
        other => panic!("not closed: {other:?}"),
    }
}

#[test]
fn a_day_is_closed_with_its_totals_and_what_is_to_be_printed() {
    let counter = Counter::new();
    let device = VirtualTerminal::on_tcp().unwrap();
    let terminal = start_seen(&counter, &device);
    pay(&terminal, "D-1", 1_234);
    approved(&counter, "D-1");
    let (last, before) = day(&counter, &terminal);
    let DayState::Closed(report) = last else {
        panic!("not closed: {last:?}")
    };
    let words = "the terminal closes its day".to_owned();
    assert_eq!(before, [DayState::Working(words)]);
    assert_eq!(report.lines, ["KASSENSCHNITT", "Gesamt EUR 17.34"]);
    assert_eq!(report.amount, Some(1_734));
    assert_eq!(report.receipt.trace, Some(103));
    let totals = report.totals.unwrap();
    assert_eq!((totals.first_receipt, totals.last_receipt), (11, 12));
    let used: Vec<_> = totals
        .used()
        .map(|it| (it.card, it.count, it.amount))
        .collect();
    assert_eq!(used, [("girocard", 2, 1_734)]);
    assert_eq!(device.kept(), 0);
    // The next day is empty, and closing it again does no harm.
    let report = closed(&counter, &terminal);
    assert_eq!(report.amount, Some(0));
    assert_eq!(report.totals.unwrap().used().count(), 0);
    assert_eq!(device.taken(), 1_734);
}

#[test]
fn a_day_that_cannot_be_closed_stays_open_and_says_why() {
    let counter = Counter::new();
    let device = VirtualTerminal::on_tcp().unwrap();
    let terminal = start_seen(&counter, &device);
    device.set_answer(TerminalAnswer::Decline(0x77));
    let (last, _) = day(&counter, &terminal);
    let DayState::NotClosed(failure) = last else {
        panic!("{last:?}")
    };
    assert_eq!(failure, DayFailure::Refused(0x77));
    assert_eq!(
        failure.to_string(),
        "the terminal's day cannot be closed now"
    );
    device.set_answer(TerminalAnswer::Refuse(0x83));
    let refused = DayState::NotClosed(DayFailure::Refused(0x83));
    assert_eq!(day(&counter, &terminal).0, refused);
    device.set_answer(TerminalAnswer::WebServer);
    let (last, _) = day(&counter, &terminal);
    let other = DayFailure::NotBegun(TerminalHindrance::OtherProtocol);
    assert_eq!(last, DayState::NotClosed(other));
    device.set_answer(TerminalAnswer::Approve);
    device.unplug();
    let (last, _) = day(&counter, &terminal);
    let DayState::NotClosed(DayFailure::NotBegun(hindrance)) = last else {
        panic!("{last:?}")
    };
    assert!(matches!(hindrance, TerminalHindrance::Port(_)));
    assert_eq!(device.kept(), 500);
    // A terminal that the till does not speak to is closed by hand.
    let stand_alone = StandAloneTerminal::new(TERMINAL, counter.events.clone());
    let closing = stand_alone.close_day();
    assert!(matches!(closing, Err(HalError::NotSupported { .. })));
}

#[test]
fn a_cable_pulled_while_the_day_is_closed_ends_with_what_became_of_the_day() {
    for cut in [
        CableCut::AtOnce,
        CableCut::BeforeApproval,
        CableCut::AfterApproval,
        CableCut::AfterResult,
        CableCut::AtTheEnd,
    ] {
        for repeats in [Repeats::Booked, Repeats::Any] {
            let counter = Counter::new();
            let device = VirtualTerminal::on_tcp().unwrap();
            device.set_repeats(repeats);
            let terminal = start_seen(&counter, &device);
            device.cut_in_next_payment(cut, false);
            let (last, _) = day(&counter, &terminal);
            match last {
                DayState::Closed(report) => {
                    assert_eq!(device.kept(), 0, "{cut:?}");
                    // Whole, or not at all.
                    assert!(report.lines.len() != 1, "{cut:?}: {report:?}");
                    let told = cut != CableCut::AfterApproval || repeats == Repeats::Any;
                    assert_eq!(report.amount, told.then_some(500), "{cut:?}");
                }
                DayState::NotClosed(DayFailure::Interrupted) => {
                    assert_eq!(device.kept(), 500, "{cut:?}");
                    assert_eq!(closed(&counter, &terminal).amount, Some(500));
                }
                other => panic!("{cut:?}: {other:?}"),
            }
        }
    }
}

#[test]
fn a_terminal_that_cannot_tell_leaves_the_day_unknown_and_payments_possible() {
    let counter = Counter::new();
    let device = VirtualTerminal::on_tcp().unwrap();
    let terminal = start_seen(&counter, &device);
    device.set_repeats(Repeats::Nothing);
    device.cut_in_next_payment(CableCut::AfterApproval, false);
    let (last, before) = day(&counter, &terminal);
    assert_eq!(last, DayState::Unknown(PaymentDoubt::LinkLost));
    assert!(before.contains(&DayState::Asking(PaymentDoubt::LinkLost)));
    pay(&terminal, "U-1", 700);
    approved(&counter, "U-1");
}

#[test]
fn a_closed_day_is_not_taken_for_a_lost_payment_of_the_same_amount() {
    let counter = Counter::new();
    let device = VirtualTerminal::on_tcp().unwrap();
    device.set_repeats(Repeats::Any);
    let terminal = start_seen(&counter, &device);
    assert_eq!(closed(&counter, &terminal).amount, Some(500));
    device.cut_in_next_payment(CableCut::BeforeApproval, false);
    pay(&terminal, "S-1", 500);
    assert_eq!(outcome(&counter, "S-1"), PaymentOutcome::NotCharged);
    assert_eq!(device.taken(), 500);
    // Nor is the last payment of the day before.
    device.set_repeats(Repeats::Booked);
    device.cut_in_next_payment(CableCut::BeforeApproval, false);
    pay(&terminal, "S-2", 500);
    assert_eq!(outcome(&counter, "S-2"), PaymentOutcome::NotCharged);
    assert_eq!(device.taken(), 500);
}
