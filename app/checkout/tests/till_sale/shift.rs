//! A shift from its opening to its Z report.

use checkout::action::Action;
use checkout::receipt::{Part, Receipt, ReceiptHead};
use checkout::shift::report::{Report, compose};
use checkout::shift::{CashDirection, Count, CountRefused, DenominationCount, JournalHead};
use checkout::till::{Effect, Event, NotSaved, Notice, Policy, Stage};
use jiff::ToSpan;
use rust_decimal::Decimal;

use crate::shop::{BOOK, Counter, TEA, refusal, usd};

fn free() -> Policy {
    Policy {
        cash_movement: false,
        drawer: false,
        x_report: false,
        ..Policy::default()
    }
}

fn open() -> Counter {
    let mut counter = Counter::open();
    counter.till.set_policy(free());
    counter
}

fn cash(amount: i64) -> Vec<Count> {
    vec![Count {
        mode_of_payment: "Cash".to_owned(),
        amount: usd(amount),
        denominations: Vec::new(),
    }]
}

fn moved(direction: CashDirection, cents: i64, reason: &str) -> Event {
    Event::CashMoved {
        direction,
        amount: usd(cents),
        reason: reason.to_owned(),
    }
}

fn journalled(effects: &[Effect]) -> Vec<&Action> {
    let facts = effects.iter().filter_map(|effect| match effect {
        Effect::Journal(fact) => Some(&fact.action),
        _ => None,
    });
    facts.collect()
}

fn head() -> JournalHead {
    JournalHead {
        entries: 7,
        hash: "ab".repeat(32),
        till_key: None,
    }
}

fn printed(counter: &Counter, effects: &[Effect]) -> Receipt {
    let report = effects.iter().find_map(|effect| match effect {
        Effect::PrintReport(report) => Some(report),
        _ => None,
    });
    let shop = counter.till.shop();
    compose(report.unwrap(), "C1", shop, &ReceiptHead::default())
}

fn right_of<'a>(receipt: &'a Receipt, label: &str) -> Option<&'a str> {
    receipt.parts.iter().find_map(|part| match part {
        Part::Pair { left, right, .. } if left.trim() == label => Some(right.as_str()),
        _ => None,
    })
}

#[test]
fn cash_that_moves_changes_what_the_drawer_should_hold() {
    let mut counter = open();
    let effects = counter.step(moved(CashDirection::Out, 2_000, "bank"));
    let [Effect::CommitCashMovement(movement)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(movement.key, "C1-CASH-00001-7K2M9QXB");
    // Nothing moves before it is safe.
    let expected = |counter: &Counter| {
        let totals = counter.till.shift_totals().unwrap();
        totals.mode_of_payment("Cash").unwrap().expected()
    };
    assert_eq!(expected(&counter), usd(10_000));
    assert_eq!(
        refusal(&counter.step(moved(CashDirection::In, 1, "x"))),
        Notice::StillSaving
    );
    let effects = counter.step(Event::CashMovementSaved);
    assert_eq!(effects.first(), Some(&Effect::OpenDrawer));
    assert!(matches!(&effects[1], Effect::PrintReport(report)
        if matches!(**report, Report::CashMovement(..))));
    counter.step(moved(CashDirection::In, 500, "change"));
    counter.step(Event::CashMovementSaved);
    assert_eq!(expected(&counter), usd(8_500));
    for (event, notice) in [
        (moved(CashDirection::In, 0, "x"), Notice::AmountNeeded),
        (moved(CashDirection::In, 100, " "), Notice::SayWhy),
    ] {
        assert_eq!(refusal(&counter.step(event)), notice);
    }
}

#[test]
fn cash_that_was_not_saved_did_not_move() {
    let mut counter = open();
    counter.step(moved(CashDirection::Out, 2_000, "bank"));
    let effects = counter.step(Event::NotSaved(NotSaved::DiskFull));
    assert_eq!(
        refusal(&effects),
        Notice::CashMovementNotSaved(NotSaved::DiskFull)
    );
    let effects = counter.step(moved(CashDirection::Out, 2_000, "bank"));
    let [Effect::CommitCashMovement(movement)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    // The number was not used.
    assert_eq!(movement.number, 1);
}

#[test]
fn a_manager_is_asked_where_the_policy_wants_one_and_the_reason_given_is_enough() {
    let mut counter = Counter::open();
    for event in [
        moved(CashDirection::Out, 2_000, "bank"),
        Event::DrawerOpened {
            reason: "change for a note".to_owned(),
        },
        Event::ReportAsked,
    ] {
        let asked = counter.step(event);
        assert!(
            matches!(asked.as_slice(), [Effect::AskApproval(_)]),
            "{asked:?}"
        );
        let done = counter.approve("");
        assert!(matches!(&done[0], Effect::Journal(fact) if fact.approval.is_some()));
        match &done[1] {
            Effect::CommitCashMovement(movement) => {
                assert_eq!(movement.approved_by.as_ref().unwrap().name, "Noor");
                counter.step(Event::CashMovementSaved);
            }
            Effect::CommitDrawerOpening(_) => {
                assert_eq!(
                    counter.step(Event::DrawerOpeningSaved),
                    [Effect::OpenDrawer]
                );
            }
            Effect::PrintReport(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(counter.till.shift_totals().unwrap().drawer_openings, 1);
}

#[test]
fn a_shift_is_counted_blindly_counted_again_on_record_and_closed() {
    let mut counter = open();
    counter.scan(BOOK);
    counter.sell();
    // 100.00 and 8.65; the count is one coin short.
    let effects = counter.step(Event::ShiftCounted(cash(10_800)));
    let [
        Action::Counted {
            differences,
            recounts,
            ..
        },
    ] = journalled(&effects)[..]
    else {
        panic!("{effects:?}");
    };
    assert_eq!((differences[0].difference, *recounts), (usd(-65), 0));
    let effects = counter.step(Event::ShiftCounted(cash(10_860)));
    assert!(matches!(
        journalled(&effects)[..],
        [Action::Counted { recounts: 1, .. }]
    ));
    // Who goes back has seen the differences all the same.
    counter.step(Event::CountLeft);
    assert_eq!(*counter.till.stage(), Stage::Selling);
    let effects = counter.step(Event::ShiftCounted(cash(10_865)));
    assert!(matches!(
        journalled(&effects)[..],
        [Action::Counted { recounts: 2, .. }]
    ));
    assert_eq!(refusal(&counter.scan(BOOK)), Notice::ClosingAlready);
    counter.later(15.hours());
    let effects = counter.step(Event::ShiftClosingConfirmed);
    let [Effect::CommitClosing(closing)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(closing.recounts, 2);
    assert_eq!(closing.key, "C1-Z00001-7K2M9QXB");
    assert_ne!(
        closing.period_start_date.date(),
        closing.period_end_date.date(),
        "closed after midnight"
    );
    let effects = counter.step(Event::ClosingSaved { journal: head() });
    let z = printed(&counter, &effects);
    assert_eq!(right_of(&z, "Expected"), Some("108.65"));
    assert_eq!(right_of(&z, "Counted"), Some("108.65"));
    assert_eq!(right_of(&z, "Counted again"), Some("2"));
    assert_eq!(right_of(&z, "Last receipt"), Some("C1-000001"));
    assert!(
        z.parts
            .iter()
            .any(|part| matches!(part, Part::Text { text, .. }
        if text == "1 receipt, none missing"))
    );
    assert_eq!(*counter.till.stage(), Stage::ShiftClosed);
    assert_eq!(counter.till.last_closing().unwrap().journal, Some(head()));
    // The next shift carries the next number.
    let opening_amount = usd(0);
    let effects = counter.step(Event::ShiftOpened { opening_amount });
    assert!(matches!(&effects[..], [Effect::CommitShift(shift)] if shift.number == 2));
}

#[test]
fn a_closing_that_is_not_saved_leaves_the_count_and_the_shift() {
    let mut counter = open();
    counter.step(Event::ShiftCounted(cash(10_000)));
    counter.step(Event::ShiftClosingConfirmed);
    let effects = counter.step(Event::ClosingNotSaved(NotSaved::DiskFull));
    assert_eq!(
        refusal(&effects),
        Notice::ClosingNotSaved(NotSaved::DiskFull)
    );
    assert!(matches!(counter.till.stage(), Stage::Counted(_)));
    assert!(counter.till.shift().is_some());
    let effects = counter.step(Event::ShiftClosingConfirmed);
    assert!(matches!(effects.as_slice(), [Effect::CommitClosing(_)]));
}

#[test]
fn a_shift_with_something_in_the_cart_is_not_closed() {
    let mut counter = open();
    counter.scan(BOOK);
    assert_eq!(
        refusal(&counter.step(Event::ShiftCounted(cash(10_000)))),
        Notice::CartNotEmpty
    );
}

#[test]
fn a_count_that_cannot_be_right_is_refused_by_name() {
    let mut counter = open();
    let count = |mode: &str, amount, pieces| Count {
        mode_of_payment: mode.to_owned(),
        amount: usd(amount),
        denominations: if pieces == 0 {
            Vec::new()
        } else {
            vec![DenominationCount {
                value: usd(5_000),
                pieces,
            }]
        },
    };
    let wrong = [
        (vec![], CountRefused::Missing("Cash".to_owned())),
        (
            vec![count("Cash", 1, 0), count("Cash", 1, 0)],
            CountRefused::Twice("Cash".to_owned()),
        ),
        (
            vec![count("Shells", 1, 0)],
            CountRefused::UnknownMode("Shells".to_owned()),
        ),
        (
            vec![count("Cash", -1, 0)],
            CountRefused::BelowZero("Cash".to_owned()),
        ),
        (
            vec![count("Cash", 10_001, 2)],
            CountRefused::Sum {
                mode_of_payment: "Cash".to_owned(),
                amount: usd(10_001),
                denominations: usd(10_000),
            },
        ),
    ];
    for (counts, reason) in wrong {
        let effects = counter.step(Event::ShiftCounted(counts));
        assert_eq!(refusal(&effects), Notice::Count(reason));
    }
    counter.step(Event::ShiftCounted(vec![count("Cash", 10_000, 2)]));
    assert!(matches!(counter.till.stage(), Stage::Counted(_)));
}

#[test]
fn a_difference_above_the_limit_needs_a_manager() {
    let mut counter = Counter::open();
    counter.till.set_policy(Policy {
        closing_difference: Some(Decimal::from(5)),
        ..free()
    });
    counter.step(Event::ShiftCounted(cash(9_400)));
    let asked = counter.step(Event::ShiftClosingConfirmed);
    assert!(
        matches!(asked.as_slice(), [Effect::AskApproval(_)]),
        "{asked:?}"
    );
    assert_eq!(refusal(&counter.approve(" ")), Notice::ReasonNeeded);
    let effects = counter.approve("a note was lost");
    let Effect::CommitClosing(closing) = &effects[1] else {
        panic!("{effects:?}");
    };
    assert_eq!(closing.approved_by.as_ref().unwrap().name, "Noor");
    assert_eq!(closing.reason.as_deref(), Some("a note was lost"));
}

#[test]
fn an_x_report_tells_sums_and_changes_nothing() {
    let mut counter = open();
    counter.scan(TEA);
    counter.sell();
    let before = counter.till.shift_totals().cloned();
    let effects = counter.step(Event::ReportAsked);
    let x = printed(&counter, &effects);
    // 33.37 and 8.25 % of it.
    assert_eq!(right_of(&x, "1 sale"), Some("36.12"));
    assert_eq!(right_of(&x, "Net"), Some("33.37"));
    assert_eq!(right_of(&x, "Sales Tax - HB 8.25 %"), Some("2.75"));
    assert_eq!(right_of(&x, "Expected"), Some("136.12"));
    assert_eq!(counter.till.shift_totals().cloned(), before);
}

#[test]
fn change_is_taken_from_cash_and_not_from_the_card() {
    let mut counter = open();
    counter.scan(BOOK);
    counter.step(Event::PaymentStarted);
    counter.tender("Credit Card", Some(500));
    counter.tender("Cash", Some(2_000));
    counter.step(Event::SaleCommitted);
    let totals = counter.till.shift_totals().unwrap();
    let expected = |mode: &str| totals.mode_of_payment(mode).unwrap().expected();
    assert_eq!(expected("Credit Card"), usd(500));
    assert_eq!(expected("Cash"), usd(10_365));
}
