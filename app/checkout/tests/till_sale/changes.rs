//! Prices and discounts that a cashier changes, and what a manager has to allow.

use checkout::action::{Action, ApprovalRequest, JournalFact};
use checkout::cart::{CartError, DiscountChange, PriceChange, PriceReason};
use checkout::masters::PosProfile;
use checkout::receipt::{Copy, Part, ReceiptHead, compose};
use checkout::till::{Effect, Event, Notice, Sound};

use crate::market::{amount, choose, counter, goods, line, market_with, noor};
use crate::shop::{BOOK, Counter, committed, profile, refusal, usd};

fn change(counter: &mut Counter, item_code: &str, change: PriceChange) -> Vec<Effect> {
    let line = line(counter, item_code).id;
    let change = Some(change);
    counter.step(Event::PriceChanged { line, change })
}

fn rate(text: &str) -> PriceChange {
    PriceChange::Rate(text.to_owned())
}

fn per_cent(text: &str) -> PriceChange {
    PriceChange::DiscountPercentage(text.to_owned())
}

fn discount(counter: &mut Counter, change: DiscountChange) -> Vec<Effect> {
    counter.step(Event::DiscountChanged(Some(change)))
}

fn asked(effects: &[Effect]) -> ApprovalRequest {
    match effects {
        [Effect::AskApproval(request)] => (**request).clone(),
        other => panic!("no manager is asked: {other:?}"),
    }
}

fn approve(counter: &mut Counter, reason: &str) -> Vec<Effect> {
    let reason = reason.to_owned();
    counter.step(Event::Approved { by: noor(), reason })
}

fn journalled(effects: &[Effect]) -> JournalFact {
    let facts = effects.iter().filter_map(|effect| match effect {
        Effect::Journal(fact) => Some((**fact).clone()),
        _ => None,
    });
    let facts: Vec<_> = facts.collect();
    assert_eq!(facts.len(), 1, "{effects:?}");
    facts[0].clone()
}

#[test]
fn a_damaged_book_is_sold_for_less_and_the_journal_says_by_whom() {
    let mut counter = counter();
    counter.scan(BOOK);
    let effects = change(&mut counter, "BOOK", rate("5,50"));
    assert_eq!(amount(&counter, "BOOK"), 5.5);
    let fact = journalled(&effects);
    assert_eq!((fact.cashier.name.as_str(), fact.approval), ("Maya", None));
    let Action::Price { from, to, .. } = fact.action else {
        panic!("{:?}", fact.action);
    };
    assert_eq!((from, to), (usd(799), usd(550)));
    let reasons = line(&counter, "BOOK").reasons();
    assert!(matches!(reasons.last(), Some(PriceReason::Changed(_))));
    // The next one has no fault.
    counter.scan(BOOK);
    assert_eq!(counter.till.cart().lines().len(), 2);
    // Back to the list price.
    let line = line(&counter, "BOOK").id;
    counter.step(Event::PriceChanged { line, change: None });
    assert_eq!(amount(&counter, "BOOK"), 7.99);
}

#[test]
fn a_change_goes_before_what_a_rule_takes_off() {
    let mut counter = counter();
    counter.scan("CARD");
    change(&mut counter, "CARD", per_cent("5"));
    assert_eq!(amount(&counter, "CARD"), 11.21);
    change(
        &mut counter,
        "CARD",
        PriceChange::DiscountAmount("2".to_owned()),
    );
    assert_eq!(amount(&counter, "CARD"), 9.8);
    change(&mut counter, "CARD", rate("13"));
    assert_eq!(amount(&counter, "CARD"), 13.0);
}

#[test]
fn a_gift_of_the_house_costs_nothing_and_stays_so_when_it_is_computed_again() {
    for gift in [rate("0"), per_cent("100")] {
        let mut counter = counter();
        counter.scan(BOOK);
        counter.scan("PEN");
        change(&mut counter, "BOOK", gift);
        assert_eq!(amount(&counter, "BOOK"), 0.0);
        counter.step(Event::PaymentStarted);
        let sale = committed(&counter.tender("Cash", None));
        // ERPNext takes a rate of 0 with a list price for a missing one.
        assert_eq!(sale.document.items[0].discount_percentage, 100.0);
        assert_eq!(sale.totals.total, 3.0);
    }
}

#[test]
fn the_profile_says_what_may_be_changed() {
    for (rates, discounts) in [(true, false), (false, true)] {
        let profile = PosProfile {
            allow_rate_change: rates,
            allow_discount_change: discounts,
            ..profile()
        };
        let mut counter = Counter::open_in(market_with([profile.into()]), goods());
        counter.scan(BOOK);
        let by_rate = change(&mut counter, "BOOK", rate("5"));
        let by_discount = change(&mut counter, "BOOK", per_cent("5"));
        let on_all = discount(&mut counter, DiscountChange::Percentage("5".to_owned()));
        let off = Notice::Cart(CartError::DiscountChangeOff);
        if discounts {
            assert_eq!(refusal(&by_rate), Notice::Cart(CartError::RateChangeOff));
            journalled(&by_discount);
            journalled(&on_all);
        } else {
            journalled(&by_rate);
            assert_eq!(
                (refusal(&by_discount), refusal(&on_all)),
                (off.clone(), off)
            );
        }
    }
}

#[test]
fn what_is_no_price_is_refused_in_words() {
    let mut counter = counter();
    counter.scan(BOOK);
    for text in ["", "x", "-1", "1.234", "NaN"] {
        let notice = Notice::NotAnAmount(text.to_owned());
        assert_eq!(refusal(&change(&mut counter, "BOOK", rate(text))), notice);
    }
    for text in ["", "101", "-5", "5.123", "1e1"] {
        let notice = Notice::NotAPercentage(text.to_owned());
        assert_eq!(
            refusal(&change(&mut counter, "BOOK", per_cent(text))),
            notice
        );
    }
    let more = PriceChange::DiscountAmount("8".to_owned());
    let most = usd(799);
    assert_eq!(
        refusal(&change(&mut counter, "BOOK", more)),
        Notice::Cart(CartError::DiscountAboveAmount { most })
    );
    let more = DiscountChange::Amount("8.66".to_owned());
    let most = usd(865);
    assert_eq!(
        refusal(&discount(&mut counter, more)),
        Notice::Cart(CartError::DiscountAboveAmount { most })
    );
}

#[test]
fn more_than_the_highest_discount_needs_a_manager_and_a_reason() {
    let mut counter = counter();
    counter.scan("VASE");
    journalled(&change(&mut counter, "VASE", per_cent("20")));
    let request = asked(&change(&mut counter, "VASE", rate("12")));
    let above = &request.above[0];
    assert_eq!(
        (above.max_discount, above.discount_percentage),
        (20.0, 40.0)
    );
    assert_eq!((above.from, above.to), (usd(2000), usd(1200)));
    assert_eq!(counter.till.approval(), Some(&request));
    assert_eq!(amount(&counter, "VASE"), 16.0, "nothing happens before");

    assert_eq!(refusal(&approve(&mut counter, "  ")), Notice::ReasonNeeded);
    let fact = journalled(&approve(&mut counter, "chipped rim"));
    assert_eq!(amount(&counter, "VASE"), 12.0);
    let approval = fact.approval.unwrap();
    assert_eq!(
        (approval.by.name.as_str(), approval.reason.as_str()),
        ("Noor", "chipped rim")
    );
    assert!(line(&counter, "VASE").sold.above_max_discount);
    assert_eq!(
        refusal(&approve(&mut counter, "again")),
        Notice::NothingToApprove
    );

    // One more of the damaged ones needs nobody again.
    let line = line(&counter, "VASE").id;
    let effects = counter.step(Event::QuantityStepped { line, steps: 1 });
    assert!(
        effects.contains(&Effect::Sound(Sound::Taken)),
        "{effects:?}"
    );
    assert_eq!(amount(&counter, "VASE"), 24.0);
}

#[test]
fn what_a_manager_refuses_or_nobody_answers_does_not_happen() {
    let ways: [fn(&mut Counter); 4] = [
        |counter| drop(counter.step(Event::ApprovalRefused)),
        |counter| drop(counter.step(Event::Locked)),
        |counter| drop(counter.scan(BOOK)),
        |counter| drop(counter.step(Event::PaymentStarted)),
    ];
    for way in ways {
        let mut counter = counter();
        counter.scan("VASE");
        asked(&change(&mut counter, "VASE", rate("1")));
        way(&mut counter);
        assert!(counter.till.approval().is_none());
        assert_eq!(amount(&counter, "VASE"), 20.0);
    }
}

#[test]
fn a_discount_on_everything_asks_for_the_item_it_takes_too_low() {
    let mut counter = counter();
    counter.scan("PEN");
    let effects = discount(&mut counter, DiscountChange::Percentage("25".to_owned()));
    journalled(&effects);
    // The vase is what may not be so cheap, when it comes.
    let request = asked(&counter.scan("VASE"));
    assert_eq!(request.action, Action::Other);
    assert_eq!(request.above[0].item_code, "VASE");
    journalled(&approve(&mut counter, "regular"));
    assert_eq!(counter.till.cart().lines().len(), 2);
    // Allowed once, whatever comes after.
    assert!(counter.scan("VASE").contains(&Effect::Sound(Sound::Taken)));
}

#[test]
fn a_discount_amount_is_never_more_than_what_is_left_to_take_it_from() {
    let mut counter = counter();
    counter.scan(BOOK);
    counter.scan("PEN");
    discount(&mut counter, DiscountChange::Amount("10".to_owned()));
    assert_eq!(counter.till.cart().totals().discount_amount, 10.0);
    let book = line(&counter, "BOOK").id;
    counter.step(Event::LineRemoved { line: book });
    assert_eq!(counter.till.cart().totals().grand_total, 0.0);
    counter.step(Event::Undone);
    assert_eq!(counter.till.cart().totals().discount_amount, 10.0);
    counter.step(Event::DiscountChanged(None));
    assert_eq!(counter.till.cart().totals().discount_amount, 0.0);
}

#[test]
fn a_rule_on_the_whole_sale_goes_before_the_cashiers_discount() {
    let mut counter = counter();
    counter.scan("PHONE");
    discount(&mut counter, DiscountChange::Percentage("1".to_owned()));
    choose(&mut counter, "Library");
    let cart = counter.till.cart();
    assert_eq!(cart.document().additional_discount_percentage, 5.0);
    assert!(cart.discount().is_some(), "it holds again for others");
}

#[test]
fn a_preview_says_what_the_change_would_do_and_does_nothing() {
    let mut counter = counter();
    counter.scan("VASE");
    let now = "2026-11-23T10:00:30-05:00[-05:00]".parse().unwrap();
    let id = line(&counter, "VASE").id;
    let preview = counter
        .till
        .preview_price(&now, id, &per_cent("30"))
        .unwrap();
    assert_eq!((preview.from, preview.to), (usd(2000), usd(1400)));
    assert_eq!(preview.above[0].max_discount, 20.0);
    let ten = DiscountChange::Percentage("10".to_owned());
    let preview = counter.till.preview_discount(&now, &ten).unwrap();
    assert_eq!((preview.from, preview.to), (usd(2165), usd(1949)));
    assert!(preview.above.is_empty());
    assert_eq!(amount(&counter, "VASE"), 20.0);
}

#[test]
fn the_lines_discount_and_taxes_of_a_receipt_come_to_its_total() {
    for text in ["10", "7.77", "100"] {
        let mut counter = counter();
        counter.scan(BOOK);
        counter.scan("PEN");
        discount(&mut counter, DiscountChange::Percentage(text.to_owned()));
        counter.step(Event::PaymentStarted);
        let effects = match text {
            "100" => counter.step(Event::Completed),
            _ => counter.tender("Cash", None),
        };
        let sale = committed(&effects);
        let receipt = compose(
            &sale,
            counter.till.shop(),
            &ReceiptHead::default(),
            Copy::Original,
        );
        let pairs = receipt.parts.iter().filter_map(|part| match part {
            Part::Pair { left, right, .. } => Some((left.as_str(), right)),
            _ => None,
        });
        let rows = pairs.skip_while(|(left, _)| *left != "Subtotal");
        let rows = rows.take_while(|(left, _)| *left != "Total");
        let sum: f64 = rows.map(|(_, right)| right.parse::<f64>().unwrap()).sum();
        assert_eq!(
            usd((sum * 100.0).round() as i64),
            sale.amount_to_pay,
            "{text} %"
        );
    }
}

/// The prices that the journal got: from, to, and whether something was given.
fn price_facts(effects: &[Effect]) -> Vec<(i64, i64, bool)> {
    let facts = effects.iter().filter_map(|effect| match effect {
        Effect::Journal(fact) => Some(&fact.action),
        _ => None,
    });
    facts
        .filter(|fact| !matches!(fact, Action::CartDiscarded { .. }))
        .map(|fact| match fact {
            Action::Price {
                from, to, given, ..
            } => (from.units, to.units, given.is_some()),
            Action::Discount {
                amount_before,
                amount_after,
                to,
                ..
            } => (amount_before.units, amount_after.units, to.is_some()),
            _ => panic!("{effects:?}"),
        })
        .collect()
}

#[test]
fn a_step_back_over_a_changed_price_is_journalled_like_the_change() {
    let mut counter = counter();
    counter.scan(BOOK);
    change(&mut counter, "BOOK", rate("5.50"));
    let back = counter.step(Event::Undone);
    assert_eq!(price_facts(&back), [(550, 799, false)]);
    discount(&mut counter, DiscountChange::Amount("1".to_owned()));
    // 7.99 and 8.25 % tax.
    let back = counter.step(Event::Undone);
    assert_eq!(price_facts(&back), [(765, 865, false)]);
    // A step back over a scan changes no price that was given.
    assert_eq!(price_facts(&counter.step(Event::Undone)), []);
}

#[test]
fn a_changed_line_that_is_cleared_away_and_comes_back_is_journalled() {
    let mut counter = counter();
    counter.scan(BOOK);
    change(&mut counter, "BOOK", rate("5.50"));
    let cleared = counter.step(Event::CartCleared);
    assert_eq!(price_facts(&cleared), [(550, 799, false)]);
    let back = counter.step(Event::Undone);
    assert_eq!(price_facts(&back), [(799, 550, true)]);
}

#[test]
fn taking_away_what_nobody_gave_does_nothing() {
    let mut counter = counter();
    counter.scan(BOOK);
    let id = line(&counter, "BOOK").id;
    let change = None;
    assert_eq!(
        counter.step(Event::PriceChanged { line: id, change }),
        vec![]
    );
    assert_eq!(counter.step(Event::DiscountChanged(None)), vec![]);
}
