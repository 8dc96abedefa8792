//! Batches, pieces, variants, bundles and units at the till.

use checkout::batch::BatchError;
use checkout::cart::CartError;
use checkout::serial_no::SerialNoError;
use checkout::till::{Effect, Event, Notice, Stage};

use crate::market::{amount, counter, goods, line, market};
use crate::shop::{Counter, PENCIL, committed, refusal};

fn batches(counter: &Counter) -> Vec<(&str, String)> {
    let lines = counter.till.cart().lines().iter();
    lines
        .map(|line| {
            let batch_no = line.sold.batch_no.as_deref().unwrap_or("none");
            (batch_no, line.sold.qty.to_string())
        })
        .collect()
}

fn pieces(counter: &mut Counter, serial_nos: &[&str]) -> Vec<Effect> {
    let line = line(counter, "PHONE").id;
    let serial_nos = serial_nos.iter().map(|&name| name.to_owned()).collect();
    counter.step(Event::SerialNosChosen { line, serial_nos })
}

#[test]
fn milk_is_sold_from_the_batch_that_expires_first_until_it_is_empty() {
    let mut counter = counter();
    for _ in 0..3 {
        counter.scan("MILK");
    }
    let expected = [("MILK-OLD", "2".to_owned()), ("MILK-NEW", "1".to_owned())];
    assert_eq!(batches(&counter), expected);
    // The label on the package decides.
    counter.scan("MILK-NEW");
    assert_eq!(batches(&counter)[1], ("MILK-NEW", "2".to_owned()));
}

#[test]
fn a_line_that_needs_more_than_its_batch_holds_says_where_the_rest_could_come_from() {
    let mut counter = counter();
    counter.scan("MILK");
    let milk = line(&counter, "MILK").id;
    let text = "4".to_owned();
    counter.step(Event::QuantityEntered { line: milk, text });
    assert_eq!(
        line(&counter, "MILK").notices,
        ["the till counts only 2 left in batch MILK-OLD; the rest could come from batch MILK-NEW"]
    );
    let batch_no = "MILK-NEW".to_owned();
    counter.step(Event::BatchChosen {
        line: milk,
        batch_no,
    });
    assert_eq!(batches(&counter), [("MILK-NEW", "4".to_owned())]);
    assert!(line(&counter, "MILK").notices.is_empty());
}

#[test]
fn an_expired_batch_is_not_sold() {
    let mut counter = counter();
    let expired = || {
        Notice::Cart(CartError::Batch(BatchError::Expired {
            batch_no: "MILK-GONE".to_owned(),
            expiry_date: "2026-11-22".parse().unwrap(),
        }))
    };
    assert_eq!(refusal(&counter.scan("MILK-GONE")), expired());
    counter.scan("MILK");
    let milk = line(&counter, "MILK").id;
    let batch_no = "MILK-GONE".to_owned();
    let effects = counter.step(Event::BatchChosen {
        line: milk,
        batch_no,
    });
    assert_eq!(refusal(&effects), expired());
    assert_eq!(batches(&counter), [("MILK-OLD", "1".to_owned())]);
}

#[test]
fn a_telephone_is_sold_by_the_number_on_it() {
    let mut counter = counter();
    counter.scan("PH-2");
    counter.scan("PH-1");
    let phone = line(&counter, "PHONE");
    assert_eq!(phone.sold.serial_nos, ["PH-2", "PH-1"]);
    assert_eq!(
        (
            phone.sold.qty.to_string().as_str(),
            phone.missing_serial_nos
        ),
        ("2", 0)
    );
    let serial_no = "PH-1".to_owned();
    assert_eq!(
        refusal(&counter.scan("PH-1")),
        Notice::Cart(CartError::SerialNo(SerialNoError::InCart { serial_no }))
    );
    // Which of the two goes back to the shelf?
    let phone = line(&counter, "PHONE").id;
    let effects = counter.step(Event::QuantityStepped {
        line: phone,
        steps: -1,
    });
    assert_eq!(
        effects.last(),
        Some(&Effect::ChooseSerialNos { line: phone })
    );
    assert_eq!(counter.cart(), [("PHONE", "2".to_owned())]);
    pieces(&mut counter, &["PH-3"]);
    assert_eq!(amount(&counter, "PHONE"), 119.0);
    counter.step(Event::PaymentStarted);
    let sale = committed(&counter.tender("Cash", None));
    assert_eq!(sale.lines[0].serial_nos, ["PH-3"]);
}

#[test]
fn payment_waits_until_every_telephone_has_its_number() {
    let mut counter = counter();
    let line_of = |counter: &Counter| line(counter, "PHONE").id;
    let effects = counter.step(Event::ItemChosen {
        item_code: "PHONE".to_owned(),
    });
    let line = line_of(&counter);
    assert_eq!(effects.last(), Some(&Effect::ChooseSerialNos { line }));
    counter.step(Event::QuantityStepped { line, steps: 1 });
    counter.scan("PH-1");
    assert_eq!(counter.cart(), [("PHONE", "2".to_owned())]);
    let effects = counter.step(Event::PaymentStarted);
    let missing = Notice::Cart(CartError::SerialNosMissing {
        item_name: "PHONE".to_owned(),
        missing: 1,
    });
    assert_eq!(
        effects[1..],
        [Effect::Show(missing), Effect::ChooseSerialNos { line }]
    );
    counter.scan("PH-3");
    counter.step(Event::PaymentStarted);
    assert!(matches!(counter.till.stage(), Stage::Paying(_)));
}

#[test]
fn a_till_that_knows_no_pieces_leaves_the_choice_to_erpnext() {
    let mut goods = goods();
    goods.serial_nos.clear();
    let mut counter = Counter::open_in(market(), goods);
    counter.scan("PHONE");
    counter.step(Event::PaymentStarted);
    assert!(matches!(counter.till.stage(), Stage::Paying(_)));
}

#[test]
fn a_template_asks_for_a_variant_and_the_variant_has_its_price() {
    let mut counter = counter();
    let template = "SHIRT".to_owned();
    assert_eq!(counter.scan("SHIRT"), [Effect::ChooseVariant { template }]);
    assert!(counter.till.cart().is_empty());
    counter.step(Event::ItemChosen {
        item_code: "SHIRT-M".to_owned(),
    });
    assert_eq!(amount(&counter, "SHIRT-M"), 15.0);
}

#[test]
fn a_bundle_says_what_is_in_it() {
    let mut counter = counter();
    counter.scan("SET");
    counter.scan("SET");
    let set = line(&counter, "SET");
    assert_eq!(set.sold.contents.as_deref(), Some("4 x PENCIL"));
}

#[test]
fn another_unit_keeps_the_number_and_takes_its_own_price() {
    let mut counter = counter();
    counter.scan(PENCIL);
    counter.scan(PENCIL);
    let pencil = line(&counter, "PENCIL").id;
    let mut choose = |uom: &str| {
        let uom = uom.to_owned();
        counter.step(Event::UomChosen { line: pencil, uom })
    };
    assert_eq!(
        refusal(&choose("Kg")),
        Notice::Cart(CartError::UnknownUom {
            item_name: "PENCIL".to_owned(),
            uom: "Kg".to_owned()
        })
    );
    choose("Box");
    // 24 pencils reach the rule of ten, which sets 1.00 a pencil.
    assert_eq!(amount(&counter, "PENCIL"), 24.0);
    assert_eq!(line(&counter, "PENCIL").sold.conversion_factor, 12.0);
    assert_eq!(counter.cart(), [("PENCIL", "2".to_owned())]);
}

#[test]
fn plus_and_minus_go_by_the_pack_and_minus_takes_the_last_one_out() {
    let mut goods = goods();
    for price in &mut goods.item_prices {
        if price.name == "P-PEN" {
            price.customer = Some("Ada".to_owned());
            price.packing_unit = 6;
        }
    }
    let mut counter = Counter::open_in(market(), goods);
    crate::market::choose(&mut counter, "Ada");
    counter.scan("PEN");
    let pen = line(&counter, "PEN").id;
    assert_eq!(line(&counter, "PEN").packing_unit, Some(6));
    let mut step = |steps| {
        counter.step(Event::QuantityStepped { line: pen, steps });
        let cart = counter.cart();
        cart.first().map(|(_, qty)| qty.clone())
    };
    assert_eq!(step(1).as_deref(), Some("12"));
    assert_eq!(step(-1).as_deref(), Some("6"));
    assert_eq!(step(-1), None);
}
