//! From the cart to the receipt: the order of effects is the promise "committed before printed".

use std::sync::Arc;

use checkout::masters::ModeOfPaymentType;
use checkout::payment::TenderRefused;
use checkout::sale::Payment;
use checkout::till::{Effect, Event, NotSaved, Notice, Sound, Stage};

use crate::shop::{BOOK, BOOKMARK, Counter, DEPOSIT, PENCIL, committed, refusal, saved_cart, usd};

/// A book in the cart that is being paid: 8.65.
fn paying() -> Counter {
    let mut counter = Counter::open();
    counter.scan(BOOK);
    let effects = counter.step(Event::PaymentStarted);
    let [Effect::SaveCart(Some(open))] = &effects[..] else {
        panic!("{effects:?}");
    };
    let due = open.payments.as_ref().map(checkout::payment::Payments::due);
    assert_eq!(due, Some(usd(865)));
    counter
}

#[test]
fn the_sale_is_committed_before_the_drawer_opens_and_the_receipt_prints() {
    let mut counter = paying();
    let sale = committed(&counter.tender("Cash", Some(2000)));
    assert_eq!(sale.receipt_number.to_string(), "C1-000001");
    assert_eq!(sale.key, "C1-000001-7K2M9QXB");
    assert_eq!(sale.shift, "C1-S00001-7K2M9QXB");
    assert_eq!(
        (sale.amount_to_pay, sale.paid_amount, sale.change_amount),
        (usd(865), usd(2000), usd(1135))
    );
    let effects = counter.step(Event::SaleCommitted);
    assert_eq!(
        effects,
        [Effect::OpenDrawer, Effect::Print(Arc::new(sale.clone()))]
    );
    assert!(counter.cart().is_empty());
    // The store answers once; a second answer prints nothing again.
    assert!(counter.step(Event::SaleCommitted).is_empty());
}

#[test]
fn card_and_cash_share_a_sale_and_only_the_cash_gives_change() {
    let mut counter = paying();
    let effects = counter.tender("Credit Card", Some(500));
    let [Effect::SaveCart(Some(open)), Effect::Sound(Sound::Taken)] = &effects[..] else {
        panic!("{effects:?}");
    };
    let kept = open.payments.as_ref().map(|payments| payments.remaining());
    assert_eq!(kept, Some(usd(365)));
    let sale = committed(&counter.tender("Cash", Some(400)));
    let paid: Vec<_> = sale
        .payments
        .iter()
        .map(|payment| (payment.kind, payment.account.as_str(), payment.amount.units))
        .collect();
    assert_eq!(
        paid,
        [
            (ModeOfPaymentType::Bank, "Credit Card - HB", 500),
            (ModeOfPaymentType::Cash, "Cash - HB", 400)
        ]
    );
    assert_eq!(sale.change_amount, usd(35));
}

#[test]
fn a_card_pays_no_more_than_is_due_and_opens_no_drawer() {
    let mut counter = paying();
    let too_much = TenderRefused::TooMuch {
        mode_of_payment: "Credit Card".to_owned(),
        remaining: usd(865),
    };
    assert_eq!(
        refusal(&counter.tender("Credit Card", Some(866))),
        Notice::Tender(too_much)
    );
    assert!(counter.tenders().is_empty());
    for (mode, cents, reason) in [
        ("Cash", 0, TenderRefused::NothingTendered),
        ("Cash", -5, TenderRefused::NothingTendered),
        ("Shells", 5, TenderRefused::UnknownMode("Shells".to_owned())),
    ] {
        assert_eq!(
            refusal(&counter.tender(mode, Some(cents))),
            Notice::Tender(reason)
        );
    }
    // A slip on the keypad.
    assert!(matches!(
        refusal(&counter.tender("Cash", Some(86_500_000))),
        Notice::Tender(TenderRefused::Implausible { .. })
    ));
    let sale = committed(&counter.tender("Credit Card", None));
    assert!(sale.change_amount.is_zero());
    assert_eq!(
        counter.step(Event::SaleCommitted),
        [Effect::Print(Arc::new(sale))]
    );
}

#[test]
fn a_removed_tender_is_due_again_and_leaving_gives_all_back() {
    let mut counter = paying();
    counter.tender("Credit Card", Some(500));
    counter.tender("Cash", Some(100));
    counter.step(Event::TenderRemoved { place: 0 });
    assert_eq!(counter.tenders(), [("Cash", 100)]);
    counter.step(Event::TenderRemoved { place: 7 });
    assert_eq!(counter.tenders(), [("Cash", 100)]);
    assert!(counter.step(Event::Completed).is_empty(), "7.65 are due");
    let effects = counter.step(Event::PaymentLeft);
    let [
        Effect::SaveCart(Some(open)),
        Effect::Show(Notice::GiveBack(tenders)),
    ] = &effects[..]
    else {
        panic!("{effects:?}");
    };
    assert_eq!(open.payments, None);
    assert_eq!(tenders.len(), 1);
    assert_eq!(
        (tenders[0].mode_of_payment.as_str(), tenders[0].amount),
        ("Cash", usd(100))
    );
    assert_eq!(counter.cart().len(), 1);
    // Where nothing was tendered, nothing goes back.
    counter.step(Event::PaymentStarted);
    let effects = counter.step(Event::PaymentLeft);
    assert!(
        matches!(effects[..], [Effect::SaveCart(Some(_))]),
        "{effects:?}"
    );
}

#[test]
fn what_is_scanned_while_the_disk_works_begins_the_next_sale() {
    let mut counter = paying();
    assert_eq!(refusal(&counter.scan(PENCIL)), Notice::PayingAlready);
    let sale = committed(&counter.tender("Cash", None));
    assert!(counter.scan("NOBODY-KNOWS").is_empty());
    assert!(counter.scan(PENCIL).is_empty());
    assert!(counter.scan(PENCIL).is_empty());
    assert_eq!(counter.cart(), [("BOOK", "1".to_owned())]);
    let effects = counter.step(Event::SaleCommitted);
    // What belongs to the sale comes first.
    assert_eq!(
        effects[..2],
        [Effect::OpenDrawer, Effect::Print(Arc::new(sale.clone()))]
    );
    let unknown = Effect::Show(Notice::UnknownBarcode("NOBODY-KNOWS".to_owned()));
    assert!(effects.contains(&unknown), "{effects:?}");
    assert_eq!(counter.cart(), [("PENCIL", "2".to_owned())]);
    assert_eq!(*counter.till.stage(), Stage::Selling);
    assert_eq!(counter.till.last_sale().map(|last| &**last), Some(&sale));
}

#[test]
fn codes_that_found_no_place_while_the_disk_works_are_told() {
    let scans = |counter: &mut Counter, count| {
        for _ in 0..count {
            assert_eq!(counter.scan(PENCIL), []);
        }
    };
    let mut counter = paying();
    counter.tender("Cash", None);
    scans(&mut counter, 35);
    let effects = counter.step(Event::SaleCommitted);
    assert_eq!(counter.cart(), [("PENCIL", "32".to_owned())]);
    let lost = [
        Effect::Sound(Sound::Refused),
        Effect::Show(Notice::ScansLost(3)),
    ];
    assert_eq!(effects[effects.len() - 2..], lost);
    // They are told once.
    let mut counter = paying();
    counter.tender("Cash", None);
    scans(&mut counter, 2);
    let reason = NotSaved::DiskFull;
    let effects = counter.step(Event::SaleNotCommitted(reason.clone()));
    let told = Notice::SaleNotCommitted {
        reason: reason.clone(),
        scans_lost: 2,
    };
    assert_eq!(refusal(&effects[1..]), told);
    counter.step(Event::Completed);
    let effects = counter.step(Event::SaleNotCommitted(reason.clone()));
    let told = Notice::SaleNotCommitted {
        reason,
        scans_lost: 0,
    };
    assert_eq!(refusal(&effects[1..]), told);
    assert_eq!(counter.cart(), [("BOOK", "1".to_owned())]);
}

#[test]
fn the_change_stays_on_the_screen_until_something_is_added() {
    let mut counter = paying();
    let sale = committed(&counter.tender("Cash", Some(1000)));
    // One of the scans that waited is no article's: that alone begins no sale.
    counter.scan("NOBODY-KNOWS");
    let effects = counter.step(Event::SaleCommitted);
    assert_eq!(
        refusal(&effects[2..]),
        Notice::UnknownBarcode("NOBODY-KNOWS".to_owned())
    );
    let refused = [
        Event::Scanned("NOBODY-KNOWS".to_owned()),
        // Disabled; without a price.
        Event::Scanned("2".to_owned()),
        Event::Scanned("1".to_owned()),
        Event::ItemChosen {
            item_code: "GONE".to_owned(),
        },
        Event::ItemChosen {
            item_code: "DISABLED".to_owned(),
        },
    ];
    for event in refused {
        refusal(&counter.step(event.clone()));
        assert!(
            matches!(counter.till.stage(), Stage::Done(done) if **done == sale),
            "{event:?} hides the change"
        );
    }
    counter.step(Event::ItemChosen {
        item_code: "BOOK".to_owned(),
    });
    assert_eq!(*counter.till.stage(), Stage::Selling);
    assert_eq!(counter.cart(), [("BOOK", "1".to_owned())]);
}

#[test]
fn a_cart_that_comes_to_less_than_nothing_is_not_paid() {
    let mut counter = Counter::open();
    counter.scan(DEPOSIT);
    assert_eq!(
        refusal(&counter.step(Event::PaymentStarted)),
        Notice::AmountBelowZero(usd(-108))
    );
    assert_eq!(*counter.till.stage(), Stage::Selling);
    counter.scan(BOOK);
    counter.step(Event::PaymentStarted);
    let sale = committed(&counter.tender("Cash", None));
    assert_eq!(sale.amount_to_pay, usd(757));
}

#[test]
fn a_failed_commit_keeps_cart_and_tenders_and_the_number_is_used_at_the_next_try() {
    let mut counter = paying();
    let first = committed(&counter.tender("Cash", Some(1000)));
    for reason in [
        NotSaved::DiskFull,
        NotSaved::Disk("I/O error".to_owned()),
        NotSaved::Inconsistent("gap".to_owned()),
    ] {
        let effects = counter.step(Event::SaleNotCommitted(reason.clone()));
        // A save that the commit overtook may be lost, so the cart is saved once more.
        let saved = saved_cart(&effects[..1]).unwrap().unwrap();
        assert_eq!(saved.cart, *counter.till.cart());
        assert!(saved.payments.as_ref().unwrap().remaining().is_zero());
        let told = Notice::SaleNotCommitted {
            reason,
            scans_lost: 0,
        };
        assert_eq!(refusal(&effects[1..]), told);
        assert_eq!(counter.tenders(), [("Cash", 1000)]);
        assert_eq!(counter.cart(), [("BOOK", "1".to_owned())]);
        assert_eq!(
            refusal(&counter.tender("Cash", None)),
            Notice::Tender(TenderRefused::NothingDue)
        );
        let again = committed(&counter.step(Event::Completed));
        assert_eq!(
            (&again.key, &again.totals),
            (&first.key, &first.totals),
            "the sale is the same one, tried again"
        );
    }
    counter.step(Event::SaleCommitted);
    counter.scan(BOOK);
    counter.step(Event::PaymentStarted);
    let next = committed(&counter.tender("Cash", None));
    assert_eq!(next.receipt_number.number, 2);
}

#[test]
fn a_sale_that_costs_nothing_is_completed_without_a_tender() {
    let mut counter = Counter::open();
    assert_eq!(
        refusal(&counter.step(Event::PaymentStarted)),
        Notice::CartEmpty
    );
    counter.scan(BOOKMARK);
    counter.step(Event::PaymentStarted);
    assert_eq!(
        refusal(&counter.tender("Cash", Some(100))),
        Notice::Tender(TenderRefused::NothingDue)
    );
    let sale = committed(&counter.step(Event::Completed));
    assert!(sale.amount_to_pay.is_zero());
    // ERPNext wants a row; the one of the mode that is offered first.
    let nothing = Payment {
        mode_of_payment: "Cash".to_owned(),
        kind: ModeOfPaymentType::Cash,
        account: "Cash - HB".to_owned(),
        amount: usd(0),
        cards: Vec::new(),
    };
    assert_eq!(sale.payments, [nothing]);
    let effects = counter.step(Event::SaleCommitted);
    assert_eq!(effects, [Effect::Print(Arc::new(sale))]);
}

#[test]
fn a_till_that_changes_currency_first_settles_what_is_on_the_counter() {
    let mut counter = paying();
    let mut euros = counter.till.shop().as_ref().clone();
    euros.currency = checkout::money::Currency::new("EUR", 2).unwrap();
    counter.step(Event::ShopChanged(Arc::new(euros)));
    counter.tender("Cash", Some(500));
    assert_eq!(counter.tenders(), [("Cash", 500)], "still dollars");
    let effects = counter.tender("Cash", None);
    assert_eq!(committed(&effects).amount_to_pay, usd(865));
    counter.step(Event::SaleCommitted);
    assert_eq!(
        counter.till.shop().currency.code(),
        "USD",
        "the change is in dollars"
    );
    counter.step(Event::NextSale);
    assert_eq!(counter.till.shop().currency.code(), "EUR");
}
