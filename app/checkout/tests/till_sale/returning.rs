//! Goods that come back.

use checkout::action::Action;
use checkout::cart::DiscountChange;
use checkout::masters::{
    PosPaymentMethod, PosProfile, SalesTaxesAndChargesTemplate, TaxesAndCharges,
};
use checkout::quantity::Quantity;
use checkout::receipt::{Copy, Part, ReceiptHead, compose};
use checkout::returns::{ReturnRefused, ReturnSource};
use checkout::sale::Sale;
use checkout::till::{Effect, Event, NotSaved, Notice, OpenCart, Policy, Resume, Stage};
use checkout::totals::ChargeType;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::shop::{
    BOOK, Counter, PENCIL, TEA, catalog, committed, profile, refusal, saved_cart, shop_with, usd,
};

fn sold(counter: &mut Counter, codes: &[&str]) -> Sale {
    for code in codes {
        counter.scan(code);
    }
    counter.sell()
}

fn refused(effects: &[Effect]) -> ReturnRefused {
    match refusal(effects) {
        Notice::Return(reason) => reason,
        other => panic!("{other:?}"),
    }
}

fn start(counter: &mut Counter, sale: &Sale) -> Vec<Effect> {
    let number = sale.receipt_number.clone();
    counter.step(Event::ReturnStarted(ReturnSource::Receipt(number)))
}

fn set(counter: &mut Counter, row: usize, qty: &str) -> Vec<Effect> {
    let qty = match qty {
        "0" => Quantity::ZERO,
        qty => Quantity::parse(qty, 3).unwrap(),
    };
    counter.step(Event::ReturnLineSet { row, qty })
}

/// The row of an item.
fn row(counter: &Counter, item_code: &str) -> usize {
    let open = counter.till.returning().unwrap();
    let lines = open.lines();
    let line = lines.iter().find(|line| line.sold.item_code == item_code);
    line.unwrap().row
}

fn settle(counter: &mut Counter) -> Sale {
    counter.step(Event::ReturnReason("does not fit".to_owned()));
    counter.step(Event::PaymentStarted);
    assert!(
        matches!(counter.till.stage(), Stage::Refunding(_)),
        "{:?}",
        counter.till.stage()
    );
    let returned = committed(&counter.tender("Cash", None));
    counter.step(Event::SaleCommitted);
    returned
}

/// A till that sold this, restarted so that it can look it up.
fn after(codes: &[&str]) -> (Counter, Sale) {
    let mut counter = Counter::open();
    let sale = sold(&mut counter, codes);
    (counter.restarted(catalog(), &[&sale]), sale)
}

#[test]
fn a_whole_sale_that_comes_back_gives_back_what_was_paid() {
    let (mut counter, sale) = after(&[BOOK, PENCIL, PENCIL]);
    start(&mut counter, &sale);
    counter.step(Event::ReturnAll);
    assert_eq!(counter.till.due(), sale.amount_to_pay.negated());
    let returned = settle(&mut counter);
    assert!(returned.is_return());
    assert_eq!(returned.receipt_number.number, 2);
    assert_eq!(returned.amount_to_pay, sale.amount_to_pay.negated());
    assert_eq!(returned.paid_amount, returned.amount_to_pay);
    assert_eq!(returned.payments.len(), 1);
    assert_eq!(returned.payments[0].amount, returned.amount_to_pay);
    assert_eq!(returned.return_against.as_ref().unwrap().key, sale.key);
    assert_eq!(returned.customer, sale.customer);
    let rows = returned
        .lines
        .iter()
        .map(|line| line.returns.clone().unwrap());
    let rows: Vec<_> = rows.collect();
    assert_eq!(rows, [format!("{}-1", sale.key), format!("{}-2", sale.key)]);
    assert!(returned.lines.iter().all(|line| line.qty < Quantity::ZERO));
    // The drawer holds the float again.
    let totals = counter.till.shift_totals().unwrap();
    let cash = totals.mode_of_payment("Cash").unwrap();
    assert_eq!(cash.expected(), usd(10_000));
    assert_eq!((totals.sales.count, totals.returns.count), (1, 1));
}

#[test]
fn parts_come_back_one_after_the_other_and_never_more_than_was_sold() {
    let (mut counter, sale) = after(&[BOOK, PENCIL, PENCIL, PENCIL]);
    start(&mut counter, &sale);
    let pencil = row(&counter, "PENCIL");
    assert!(matches!(
        refused(&set(&mut counter, pencil, "4")),
        ReturnRefused::MoreThanLeft { .. }
    ));
    assert_eq!(
        refused(&set(&mut counter, pencil, "1.5")),
        ReturnRefused::WholeNumber {
            uom: "Nos".to_owned()
        }
    );
    assert_eq!(
        refused(&set(&mut counter, 9, "1")),
        ReturnRefused::NoSuchRow
    );
    set(&mut counter, pencil, "2");
    let first = settle(&mut counter);
    let mut counter = counter.restarted(catalog(), &[&sale, &first]);
    start(&mut counter, &sale);
    let pencil = row(&counter, "PENCIL");
    let left = |counter: &Counter| {
        let open = counter.till.returning().unwrap();
        let lines = open.lines();
        lines
            .iter()
            .map(|line| line.left.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(left(&counter), ["1", "1"]);
    assert!(matches!(
        refused(&set(&mut counter, pencil, "2")),
        ReturnRefused::MoreThanLeft { .. }
    ));
    counter.step(Event::ReturnAll);
    let second = settle(&mut counter);
    let mut counter = counter.restarted(catalog(), &[&sale, &first, &second]);
    assert_eq!(
        refused(&start(&mut counter, &sale)),
        ReturnRefused::NothingLeft
    );
    assert_eq!(
        refused(&start(&mut counter, &first)),
        ReturnRefused::IsReturn(first.receipt_number.clone())
    );
}

#[test]
fn a_discount_on_the_document_goes_back_in_shares_and_the_rest_with_the_last() {
    let with_discounts = PosProfile {
        allow_discount_change: true,
        ..profile()
    };
    let mut counter = Counter::open_in(shop_with([with_discounts.into()]), catalog());
    for code in [BOOK, BOOK, BOOK] {
        counter.scan(code);
    }
    let change = DiscountChange::Amount("5".to_owned());
    counter.step(Event::DiscountChanged(Some(change)));
    let sale = counter.sell();
    let mut sales = vec![sale.clone()];
    let mut discounts = 0.0;
    for _ in 0..3 {
        let all: Vec<&Sale> = sales.iter().collect();
        counter = counter.restarted(catalog(), &all);
        start(&mut counter, &sale);
        set(&mut counter, 1, "1");
        let returned = settle(&mut counter);
        assert!(returned.document.discount_amount < 0.0);
        discounts += returned.document.discount_amount;
        sales.push(returned);
    }
    assert_eq!((discounts * 100.0).round(), -500.0);
}

#[test]
fn a_fixed_charge_goes_back_in_shares_and_the_rest_with_the_last() {
    let delivery = TaxesAndCharges {
        charge_type: ChargeType::Actual,
        account_head: "Delivery - HB".to_owned(),
        tax_amount: 4.99,
        ..TaxesAndCharges::default()
    };
    let template = SalesTaxesAndChargesTemplate {
        name: "Sales Tax".to_owned(),
        company: "Harbour Books".to_owned(),
        taxes: vec![delivery],
        ..SalesTaxesAndChargesTemplate::default()
    };
    let mut counter = Counter::open_in(shop_with([template.into()]), catalog());
    let sale = sold(&mut counter, &[BOOK, BOOK, BOOK]);
    let mut sales = vec![sale.clone()];
    let mut back = 0;
    for share in [-166, -166, -167] {
        let all: Vec<&Sale> = sales.iter().collect();
        counter = counter.restarted(catalog(), &all);
        start(&mut counter, &sale);
        set(&mut counter, 1, "1");
        let returned = settle(&mut counter);
        let charge = returned.document.taxes[0].tax_amount;
        assert_eq!((charge * 100.0).round() as i64, share);
        back += returned.amount_to_pay.units;
        sales.push(returned);
    }
    assert_eq!(back, -sale.amount_to_pay.units);
}

#[test]
fn only_what_the_profile_lets_give_money_back_does() {
    let (mut counter, sale) = after(&[BOOK]);
    start(&mut counter, &sale);
    counter.step(Event::ReturnAll);
    assert_eq!(
        refused(&counter.step(Event::PaymentStarted)),
        ReturnRefused::ReasonNeeded
    );
    counter.step(Event::ReturnReason("torn".to_owned()));
    counter.step(Event::PaymentStarted);
    assert!(matches!(
        refusal(&counter.tender("Credit Card", None)),
        Notice::Tender(checkout::payment::TenderRefused::NotInReturns(_))
    ));
    assert!(matches!(
        refusal(&counter.tender("Cash", Some(900))),
        Notice::Tender(checkout::payment::TenderRefused::MoreThanRefund { .. })
    ));
    let nobody = PosProfile {
        payments: vec![PosPaymentMethod {
            mode_of_payment: "Cash".to_owned(),
            ..PosPaymentMethod::default()
        }],
        ..profile()
    };
    let mut counter = Counter::open_in(shop_with([nobody.into()]), catalog());
    let sale = sold(&mut counter, &[BOOK]);
    let mut counter = counter.restarted(catalog(), &[&sale]);
    start(&mut counter, &sale);
    counter.step(Event::ReturnAll);
    counter.step(Event::ReturnReason("torn".to_owned()));
    assert_eq!(
        refused(&counter.step(Event::PaymentStarted)),
        ReturnRefused::NoRefundMode
    );
}

#[test]
fn goods_without_a_receipt_need_a_manager_and_are_booked_at_todays_prices() {
    let mut counter = Counter::open();
    counter.scan(BOOK);
    let asked = counter.step(Event::ReturnWithoutReceipt);
    let [Effect::AskApproval(request)] = asked.as_slice() else {
        panic!("{asked:?}");
    };
    assert_eq!(
        request.action,
        Action::Return {
            receipt_number: None,
            amount: usd(-865)
        }
    );
    assert_eq!(refusal(&counter.approve("")), Notice::ReasonNeeded);
    counter.approve("regular customer");
    assert!(counter.till.cart().is_empty());
    counter.step(Event::PaymentStarted);
    let returned = committed(&counter.tender("Cash", None));
    assert_eq!(returned.amount_to_pay, usd(-865));
    assert!(returned.return_against.is_none());
    assert!(returned.lines[0].returns.is_none());
    assert_eq!(returned.approved_by.unwrap().name, "Noor");
    assert_eq!(returned.reason.as_deref(), Some("regular customer"));
}

#[test]
fn a_policy_can_want_a_manager_for_every_return_and_for_every_amount_above() {
    let (mut counter, sale) = after(&[BOOK, PENCIL]);
    counter.till.set_policy(Policy {
        returns: true,
        ..Policy::default()
    });
    start(&mut counter, &sale);
    let pencil = row(&counter, "PENCIL");
    set(&mut counter, pencil, "1");
    counter.step(Event::ReturnReason("torn".to_owned()));
    let asked = counter.step(Event::PaymentStarted);
    assert!(matches!(asked.as_slice(), [Effect::AskApproval(_)]));
    counter.approve("seen");
    assert!(matches!(counter.till.stage(), Stage::Refunding(_)));
    counter.step(Event::PaymentLeft);
    counter.step(Event::ReturnAll);
    let asked = counter.step(Event::PaymentStarted);
    assert!(matches!(asked.as_slice(), [Effect::AskApproval(_)]));
}

#[test]
fn a_return_steps_back_is_left_and_comes_back_after_a_power_cut() {
    let (mut counter, sale) = after(&[BOOK, TEA]);
    start(&mut counter, &sale);
    counter.step(Event::ReturnAll);
    let all = counter.till.due();
    counter.step(Event::Undone);
    assert_eq!(counter.till.due(), usd(0));
    let effects = counter.step(Event::ReturnAll);
    let kept: OpenCart = saved_cart(&effects).unwrap().unwrap().clone();
    // As the store keeps it.
    let kept = serde_json::from_str(&serde_json::to_string(&kept).unwrap()).unwrap();
    let resume = Resume {
        receipts: 1,
        shifts: 1,
        shift: counter.till.shift().cloned(),
        open_cart: Some(kept),
        ..Resume::default()
    };
    let mut after_cut = Counter::resumed(resume);
    after_cut.sign_in();
    assert_eq!(after_cut.till.due(), all);
    assert_eq!(settle(&mut after_cut).amount_to_pay, all);
    counter.step(Event::ReturnLeft);
    assert!(counter.till.returning().is_none());
    let effects = counter.step(Event::Undone);
    assert!(saved_cart(&effects).unwrap().is_some());
    assert_eq!(counter.till.due(), all);
}

#[test]
fn a_refund_that_is_not_saved_did_not_happen_and_can_be_tried_again() {
    let (mut counter, sale) = after(&[BOOK]);
    start(&mut counter, &sale);
    counter.step(Event::ReturnAll);
    counter.step(Event::ReturnReason("torn".to_owned()));
    counter.step(Event::PaymentStarted);
    let first = committed(&counter.tender("Cash", None));
    counter.step(Event::SaleNotCommitted(NotSaved::DiskFull));
    let again = committed(&counter.step(Event::Completed));
    assert_eq!(first.receipt_number, again.receipt_number);
    let effects = counter.step(Event::SaleCommitted);
    assert_eq!(effects.first(), Some(&Effect::OpenDrawer));
    assert!(matches!(effects.get(1), Some(Effect::Print(_))));
}

#[test]
fn the_receipt_of_a_return_says_so() {
    let (mut counter, sale) = after(&[BOOK]);
    start(&mut counter, &sale);
    counter.step(Event::ReturnAll);
    let returned = settle(&mut counter);
    let head = ReceiptHead::default();
    let receipt = compose(&returned, counter.till.shop(), &head, Copy::Original);
    let text = |wanted: &str| {
        receipt.parts.iter().any(|part| match part {
            Part::Text { text, .. } => text == wanted,
            Part::Pair { left, .. } => left == wanted,
            _ => false,
        })
    };
    for line in [
        "RETURN",
        "Of receipt C1-000001",
        "Reason: does not fit",
        "Refund",
    ] {
        assert!(text(line), "{line} is not on {receipt:?}");
    }
}

#[test]
fn a_return_is_not_dated_before_its_sale() {
    let (mut counter, sale) = after(&[BOOK]);
    counter.later(jiff::Span::new().hours(-2));
    assert_eq!(
        refused(&start(&mut counter, &sale)),
        ReturnRefused::BeforeSale
    );
}

#[test]
fn goods_come_back_in_the_hour_that_the_clock_shows_twice() {
    // 02:00 becomes 01:00 again at 06:00Z; it is 01:50 the first time.
    let zone = TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap();
    let first: Timestamp = "2026-11-01T05:50:00Z".parse().unwrap();
    let posted = |sale: &Sale| sale.posting_date.to_datetime(sale.posting_time);
    for (minutes, shows_less) in [(5, false), (20, true), (55, true), (65, false)] {
        let mut counter = Counter::open();
        counter.set_now(first.to_zoned(zone.clone()));
        let sale = sold(&mut counter, &[BOOK]);
        let mut counter = counter.restarted(catalog(), &[&sale]);
        let now = first + jiff::SignedDuration::from_mins(minutes);
        counter.set_now(now.to_zoned(zone.clone()));
        assert_eq!(counter.now().datetime() < posted(&sale), shows_less);
        start(&mut counter, &sale);
        counter.step(Event::ReturnAll);
        let returned = settle(&mut counter);
        assert!(returned.at > sale.at);
        // ERPNext takes no return from before its sale.
        let (sold, back) = (posted(&sale), posted(&returned));
        assert_eq!(back == sold, shows_less, "{minutes} minutes later");
        assert!(back >= sold);
    }
}

#[test]
fn a_receipt_that_is_not_known_is_said_to_be_unknown() {
    let mut counter = Counter::open();
    let number = "C9-000001".parse().unwrap();
    let effects = counter.step(Event::ReturnStarted(ReturnSource::Receipt(number)));
    assert!(matches!(
        refused(&effects),
        ReturnRefused::UnknownReceipt(_)
    ));
    let effects = counter.step(Event::ReturnAll);
    assert_eq!(refused(&effects), ReturnRefused::NotOpen);
}
