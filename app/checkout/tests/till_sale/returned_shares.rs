//! What holds for every sale that comes back in parts.

use checkout::cart::DiscountChange;
use checkout::masters::PosProfile;
use checkout::quantity::Quantity;
use checkout::receipt::{ReceiptKey, ScannedReceipt, receipt_code};
use checkout::returns::{Original, ReturnSource};
use checkout::sale::Sale;
use checkout::shift::ShiftTotals;
use checkout::till::Event;
use checkout::totals::calculate;
use proptest::prelude::*;

use crate::shop::{BOOK, Counter, PENCIL, PENCIL_BOX, TEA, catalog, committed, profile, shop_with};

const CODES: [&str; 4] = [BOOK, PENCIL, PENCIL_BOX, TEA];

fn counter() -> Counter {
    let with_discounts = PosProfile {
        allow_discount_change: true,
        ..profile()
    };
    Counter::open_in(shop_with([with_discounts.into()]), catalog())
}

/// A sale of this many of each, with this discount.
fn sold(counter: &mut Counter, pieces: &[u8], discount: Option<DiscountChange>) -> Sale {
    for (code, pieces) in CODES.iter().zip(pieces) {
        for _ in 0..*pieces {
            counter.scan(code);
        }
    }
    if discount.is_some() {
        counter.step(Event::DiscountChanged(discount));
    }
    counter.sell()
}

/// The next return of a sale: a part of what is left, or all of it.
fn back(counter: &mut Counter, sale: &Sale, parts: Option<&[u8]>) -> Option<Sale> {
    let source = ReturnSource::Key(sale.key.clone());
    counter.step(Event::ReturnStarted(source));
    counter.step(Event::ReturnReason("torn".to_owned()));
    match parts {
        None => {
            counter.step(Event::ReturnAll);
        }
        Some(parts) => {
            for (row, pieces) in (1..).zip(parts) {
                let qty = Quantity::from(i64::from(*pieces));
                counter.step(Event::ReturnLineSet { row, qty });
            }
        }
    }
    if counter.till.returning()?.is_empty() {
        counter.step(Event::ReturnLeft);
        return None;
    }
    counter.step(Event::PaymentStarted);
    let returned = committed(&counter.tender("Cash", None));
    counter.step(Event::SaleCommitted);
    Some(returned)
}

fn discount() -> impl Strategy<Value = Option<DiscountChange>> {
    prop_oneof![
        Just(None),
        (1_u32..250).prop_map(|cents| {
            let text = format!("{}.{:02}", cents / 100, cents % 100);
            Some(DiscountChange::Amount(text))
        }),
        (1_u32..60).prop_map(|percent| Some(DiscountChange::Percentage(percent.to_string()))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// However it is cut, as much comes back as was sold and not a piece more, a discount amount
    /// goes back to the cent, each document is what the arithmetic makes of it, paid to the cent,
    /// and the drawer is down by what was paid out.
    #[test]
    fn parts_come_to_the_whole(
        pieces in proptest::collection::vec(1_u8..4, 4),
        discount in discount(),
        parts in proptest::collection::vec(proptest::collection::vec(0_u8..3, 4), 0..4),
    ) {
        let mut counter = counter();
        let sale = sold(&mut counter, &pieces, discount);
        let mut returns: Vec<Sale> = Vec::new();
        for part in parts.iter().map(Some).chain([None]) {
            let known: Vec<&Sale> = std::iter::once(&sale).chain(&returns).collect();
            counter = counter.restarted(catalog(), &known);
            let part = part.map(Vec::as_slice);
            returns.extend(back(&mut counter, &sale, part));
        }
        for (place, line) in sale.lines.iter().enumerate() {
            let row = format!("{}-{}", sale.key, place + 1);
            let came = returns
                .iter()
                .flat_map(|back| &back.lines)
                .filter(|back| back.returns.as_ref() == Some(&row))
                .fold(Quantity::ZERO, |sum, back| sum.plus(back.qty));
            prop_assert_eq!(came, line.qty.negated());
        }
        let discounts: f64 = returns.iter().map(|back| back.document.discount_amount).sum();
        prop_assert!((discounts + sale.document.discount_amount).abs() < 1e-9);
        let settings = counter.till.shop().totals_settings();
        let mut paid_out = 0;
        for back in &returns {
            prop_assert!(back.document.is_return);
            prop_assert_eq!(&calculate(&back.document, &settings).unwrap(), &back.totals);
            prop_assert_eq!(back.payments.len(), 1);
            prop_assert_eq!(back.payments[0].amount, back.amount_to_pay);
            paid_out += back.amount_to_pay.units;
        }
        // A cent for each document, no more: each rounds its own taxes.
        let documents = i64::try_from(returns.len()).unwrap();
        prop_assert!((paid_out + sale.amount_to_pay.units).abs() <= documents);
        let cash = counter.till.shift_totals().unwrap().mode_of_payment("Cash").cloned();
        let drawer = 10_000 + sale.amount_to_pay.units + paid_out;
        prop_assert_eq!(cash.unwrap().expected().units, drawer);
    }

    /// The sums of a shift do not depend on the order in which sales are added.
    #[test]
    fn sums_are_the_same_in_any_order(
        pieces in proptest::collection::vec(proptest::collection::vec(0_u8..3, 4), 1..5),
        shuffled in any::<u64>(),
    ) {
        let mut counter = counter();
        let mut sales = Vec::new();
        for pieces in &pieces {
            if pieces.iter().any(|pieces| *pieces > 0) {
                sales.push(sold(&mut counter, pieces, None));
            }
        }
        if let Some(sale) = sales.first().cloned() {
            let known: Vec<&Sale> = sales.iter().collect();
            counter = counter.restarted(catalog(), &known);
            sales.extend(back(&mut counter, &sale, None));
        }
        let kept = counter.till.shift_totals().unwrap().clone();
        let mut random = shuffled;
        for place in (1..sales.len()).rev() {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            sales.swap(place, (random >> 33) as usize % (place + 1));
        }
        let mut totals = ShiftTotals::of(counter.till.shift().unwrap());
        for sale in &sales {
            totals.add_sale(sale);
        }
        prop_assert_eq!(totals, kept);
    }

    /// What a code of any sale says is what was sold.
    #[test]
    fn a_code_says_what_was_sold(
        pieces in proptest::collection::vec(1_u8..4, 4),
        discount in discount(),
    ) {
        let mut counter = counter();
        let sale = sold(&mut counter, &pieces, discount);
        let key = ReceiptKey::new([7; 32]);
        let shop = counter.till.shop().clone();
        let code = receipt_code(&sale, &shop, &key).unwrap();
        let scanned = ScannedReceipt::read(&code).unwrap();
        scanned.verify(&sale.company, &key).unwrap();
        let read = scanned.original(&shop, &catalog()).unwrap();
        let whole = Original::of(&sale);
        prop_assert_eq!(&read.document.items, &whole.document.items);
        prop_assert_eq!(read.document.discount_amount, whole.document.discount_amount);
        prop_assert_eq!(&read.totals, &whole.totals);
        prop_assert_eq!(read.amount_to_pay, whole.amount_to_pay);
        prop_assert_eq!(&read.customer, &whole.customer);
        for (read, sold) in read.lines.iter().zip(&whole.lines) {
            prop_assert_eq!(&read.item_code, &sold.item_code);
            prop_assert_eq!(read.qty, sold.qty);
            prop_assert_eq!(&read.uom, &sold.uom);
            prop_assert_eq!(read.conversion_factor, sold.conversion_factor);
        }
    }
}
