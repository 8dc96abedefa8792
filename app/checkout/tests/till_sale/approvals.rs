//! An approval is one of what the manager saw: what goes further is asked for again.

use std::sync::Arc;

use checkout::cart::{DiscountChange, PriceChange};
use checkout::catalog::MemoryCatalog;
use checkout::masters::{Item, ItemPrice, ItemUom};
use checkout::till::{Effect, Event, Sound};

use crate::market::{amount, choose, goods, line, market, noor};
use crate::shop::{BOOK, Counter};

/// The market, where vases come by the box too, Ada pays more for one, and a bowl has a highest
/// discount of its own.
fn vases() -> Counter {
    let mut goods = goods();
    let vase = goods.items.iter_mut().find(|item| item.item_code == "VASE");
    let vase = Arc::make_mut(vase.unwrap());
    vase.uoms = vec![ItemUom {
        uom: "Box".to_owned(),
        conversion_factor: 6.0,
    }];
    let bowl = Item {
        item_code: "BOWL".to_owned(),
        item_name: "Bowl".to_owned(),
        max_discount: 5.0,
        ..vase.clone()
    };
    goods.items.push(Arc::new(bowl));
    add_price(&mut goods, "BOWL", None, None, 30.0);
    for price in &mut goods.item_prices {
        if price.item_code == "VASE" {
            price.uom = Some("Nos".to_owned());
        }
    }
    add_price(&mut goods, "VASE", Some("Box"), None, 100.0);
    add_price(&mut goods, "VASE", Some("Nos"), Some("Ada"), 40.0);
    Counter::open_in(market(), goods)
}

fn add_price(
    goods: &mut MemoryCatalog,
    item_code: &str,
    uom: Option<&str>,
    customer: Option<&str>,
    price_list_rate: f64,
) {
    goods.item_prices.push(ItemPrice {
        name: format!("P-{item_code}-{uom:?}-{customer:?}"),
        item_code: item_code.to_owned(),
        price_list: "Shelf".to_owned(),
        price_list_rate,
        currency: "USD".to_owned(),
        uom: uom.map(str::to_owned),
        customer: customer.map(str::to_owned),
        ..ItemPrice::default()
    });
}

fn change(counter: &mut Counter, change: PriceChange) -> Vec<Effect> {
    let line = line(counter, "VASE").id;
    let change = Some(change);
    counter.step(Event::PriceChanged { line, change })
}

fn rate(text: &str) -> PriceChange {
    PriceChange::Rate(text.to_owned())
}

fn discount(counter: &mut Counter, text: &str) -> Vec<Effect> {
    let change = DiscountChange::Percentage(text.to_owned());
    counter.step(Event::DiscountChanged(Some(change)))
}

fn asks(effects: &[Effect]) -> bool {
    matches!(effects, [Effect::AskApproval(_)])
}

fn approve(counter: &mut Counter) {
    assert!(counter.till.approval().is_some(), "nobody is asked");
    let reason = "chipped".to_owned();
    counter.step(Event::Approved { by: noor(), reason });
}

#[test]
fn a_price_that_was_allowed_is_asked_for_again_where_the_list_price_becomes_higher() {
    let mut counter = vases();
    counter.scan("VASE");
    assert!(asks(&change(&mut counter, rate("15"))));
    approve(&mut counter);
    // 25 % off was allowed; of Ada's 40 it would be more than half.
    choose(&mut counter, "Ada");
    let request = counter.till.approval().unwrap();
    assert_eq!(request.above[0].discount_percentage, 62.5);
    assert!(counter.till.cart().customer().is_none());
    approve(&mut counter);
    assert!(counter.till.cart().customer().is_some());
    // And back, where it is less than was allowed.
    counter.step(Event::CustomerChosen(None));
    assert!(counter.till.approval().is_none());
    assert_eq!(amount(&counter, "VASE"), 15.0);
}

#[test]
fn raising_what_was_allowed_asks_again_and_so_does_going_back_to_it() {
    let mut counter = vases();
    counter.scan("VASE");
    assert!(asks(&change(&mut counter, rate("15"))));
    approve(&mut counter);
    assert!(asks(&change(&mut counter, rate("14.99"))));
    counter.step(Event::ApprovalRefused);
    let line = line(&counter, "VASE").id;
    counter.step(Event::PriceChanged { line, change: None });
    assert!(asks(&change(&mut counter, rate("15"))));
}

#[test]
fn the_price_of_a_piece_is_not_the_price_of_a_box() {
    let in_boxes = |counter: &mut Counter| {
        let line = line(counter, "VASE").id;
        let uom = "Box".to_owned();
        counter.step(Event::UomChosen { line, uom })
    };
    for given in [rate("17"), PriceChange::DiscountAmount("3".to_owned())] {
        let mut counter = vases();
        counter.scan("VASE");
        change(&mut counter, given);
        assert_eq!(amount(&counter, "VASE"), 17.0);
        in_boxes(&mut counter);
        assert_eq!(amount(&counter, "VASE"), 100.0);
        assert!(line(&counter, "VASE").change.is_none());
    }
    let mut counter = vases();
    counter.scan("VASE");
    change(
        &mut counter,
        PriceChange::DiscountPercentage("10".to_owned()),
    );
    in_boxes(&mut counter);
    assert_eq!(amount(&counter, "VASE"), 90.0, "so many per cent hold");
}

#[test]
fn a_discount_that_was_allowed_for_one_item_is_not_allowed_for_the_next() {
    let mut counter = vases();
    counter.scan("VASE");
    assert!(asks(&discount(&mut counter, "25")));
    approve(&mut counter);
    let effects = counter.scan("VASE");
    assert!(effects.contains(&Effect::Sound(Sound::Taken)), "one more");
    assert!(
        asks(&counter.scan("BOWL")),
        "nobody allowed it for the bowl"
    );
    assert_eq!(counter.till.cart().lines().len(), 1);
}

#[test]
fn a_discount_amount_that_weighs_more_on_what_is_left_is_asked_for_again() {
    let mut counter = vases();
    counter.scan("VASE");
    counter.scan(BOOK);
    let change = DiscountChange::Amount("8".to_owned());
    assert!(asks(&counter.step(Event::DiscountChanged(Some(change)))));
    approve(&mut counter);
    let book = line(&counter, "BOOK").id;
    assert!(asks(&counter.step(Event::LineRemoved { line: book })));
    approve(&mut counter);
    assert_eq!(counter.till.cart().lines().len(), 1);
}
