//! Whoever buys, the prices, the taxes and the booked sale are theirs.

use checkout::cart::{CartError, CustomerRefused};
use checkout::masters::{Customer, SalesTaxesAndChargesTemplate, TaxRule, TaxesAndCharges};
use checkout::sale::Sale;
use checkout::till::{Event, Notice, Resume};

use crate::market::{goods, market_with};
use crate::regulars::{RESELLER, RETAIL, catalog_with, shop, walk_in};
use crate::shop::{BOOK, Counter, PENCIL, TEA, committed, refusal, saved_cart};

fn counter_with(walk_in: Option<Customer>) -> Counter {
    Counter::open_in(shop(), catalog_with(walk_in))
}

fn choose(counter: &mut Counter, name: Option<&str>) -> Vec<checkout::till::Effect> {
    counter.step(Event::CustomerChosen(name.map(str::to_owned)))
}

fn pay(counter: &mut Counter) -> Sale {
    counter.step(Event::PaymentStarted);
    let sale = committed(&counter.tender("Cash", None));
    counter.step(Event::SaleCommitted);
    sale
}

/// Customer, their name, price list, tax category and what the sale comes to.
fn booked(sale: &Sale) -> (&str, &str, &str, Option<&str>, i64) {
    (
        &sale.customer,
        &sale.customer_name,
        &sale.selling_price_list,
        sale.tax_category.as_deref(),
        sale.amount_to_pay.units,
    )
}

#[test]
fn a_sale_to_nobody_in_particular_is_one_to_the_walk_in_customer() {
    let reseller = || Customer {
        tax_category: Some(RESELLER.to_owned()),
        ..walk_in()
    };
    let own_list = || Customer {
        default_price_list: Some("Shelf".to_owned()),
        ..walk_in()
    };
    let retail = Some(RETAIL);
    for (walk_in, expected) in [
        // 9.00 on the street and 10 % on it.
        (
            Some(walk_in()),
            ("Walk-in", "Passer-by", "Street", retail, 990),
        ),
        (
            Some(reseller()),
            ("Walk-in", "Passer-by", "Street", Some(RESELLER), 900),
        ),
        (
            Some(own_list()),
            ("Walk-in", "Passer-by", "Shelf", retail, 879),
        ),
        // Not downloaded: the profile's list and category.
        (None, ("Walk-in", "Walk-in", "Shelf", retail, 879)),
    ] {
        let mut counter = counter_with(walk_in);
        counter.scan(BOOK);
        assert_eq!(booked(&pay(&mut counter)), expected);
    }
}

#[test]
fn the_chosen_customers_tax_category_is_on_the_lines_and_on_the_sale() {
    let mut counter = counter_with(Some(walk_in()));
    counter.scan(BOOK);
    choose(&mut counter, Some("Ada"));
    let sale = pay(&mut counter);
    assert_eq!(booked(&sale), ("Ada", "Ada", "Shelf", Some(RESELLER), 799));
    assert_eq!(sale.lines[0].item_tax_template.as_deref(), Some("Exempt"));
    // The next sale is nobody's in particular again.
    counter.scan(BOOK);
    let sale = pay(&mut counter);
    assert_eq!(sale.customer_name, "Passer-by");
    assert_eq!(sale.lines[0].item_tax_template.as_deref(), Some("Full"));
}

#[test]
fn undo_gives_the_cart_back_to_whom_it_was_priced_for() {
    let mut counter = counter_with(Some(walk_in()));
    counter.scan(BOOK);
    let for_walk_in = counter.till.cart().clone();
    choose(&mut counter, Some("Ada"));
    let for_ada = counter.till.cart().clone();
    choose(&mut counter, None);
    assert_eq!(counter.till.cart().totals(), for_walk_in.totals());
    counter.step(Event::Undone);
    assert_eq!(*counter.till.cart(), for_ada);
    counter.step(Event::Undone);
    assert_eq!(*counter.till.cart(), for_walk_in);
    let sale = pay(&mut counter);
    assert_eq!(
        booked(&sale),
        ("Walk-in", "Passer-by", "Street", Some(RETAIL), 990)
    );
}

#[test]
fn a_walk_in_customer_who_cannot_be_sold_to_is_said_before_money_is_taken() {
    let disabled = Customer {
        disabled: true,
        ..walk_in()
    };
    let frozen = Customer {
        is_frozen: true,
        ..walk_in()
    };
    let elsewhere = Customer {
        default_currency: Some("EUR".to_owned()),
        ..walk_in()
    };
    for (walk_in, reason) in [
        (disabled, CustomerRefused::Disabled),
        (frozen, CustomerRefused::Frozen),
        (elsewhere, CustomerRefused::Currency),
    ] {
        let mut counter = counter_with(Some(walk_in));
        counter.scan(BOOK);
        let customer_name = "Passer-by".to_owned();
        assert_eq!(
            refusal(&counter.step(Event::PaymentStarted)),
            Notice::Cart(CartError::Customer {
                customer_name,
                reason
            })
        );
        choose(&mut counter, Some("Ada"));
        assert_eq!(pay(&mut counter).customer, "Ada");
    }
}

#[test]
fn a_customer_of_a_group_the_profile_leaves_out_is_refused() {
    // The profile names the walk-in customer itself, whatever their group.
    let mut counter = counter_with(Some(Customer {
        customer_group: Some("Firms".to_owned()),
        ..walk_in()
    }));
    counter.scan(BOOK);
    assert_eq!(
        refusal(&choose(&mut counter, Some("Harbour Café"))),
        Notice::Cart(CartError::Customer {
            customer_name: "Harbour Café".to_owned(),
            reason: CustomerRefused::Group
        })
    );
    choose(&mut counter, Some("Walk-in"));
    assert_eq!(pay(&mut counter).customer_name, "Passer-by");
}

#[test]
fn a_customers_price_by_the_pack_begins_with_a_pack_and_keeps_to_packs() {
    let mut counter = counter_with(Some(walk_in()));
    choose(&mut counter, Some("Ada"));
    counter.scan(PENCIL);
    assert_eq!(counter.cart(), [("PENCIL", "6".to_owned())]);
    assert_eq!(counter.till.cart().totals().net_total, 6.0);
    let by_six = Notice::Cart(CartError::PackingUnit {
        item_name: "PENCIL".to_owned(),
        packing_unit: 6,
    });
    // One more would make seven.
    assert_eq!(refusal(&counter.scan(PENCIL)), by_six);
    let line = counter.till.cart().lines()[0].id;
    let mut enter = |text: &str| {
        let text = text.to_owned();
        counter.step(Event::QuantityEntered { line, text })
    };
    assert_eq!(refusal(&enter("7")), by_six);
    enter("12");
    assert_eq!(counter.till.cart().totals().net_total, 12.0);

    // A cart of singles does not become Ada's.
    let mut singles = counter_with(Some(walk_in()));
    singles.scan(PENCIL);
    assert_eq!(refusal(&choose(&mut singles, Some("Ada"))), by_six);
    assert!(singles.till.cart().customer().is_none());
    for _ in 0..5 {
        singles.scan(PENCIL);
    }
    choose(&mut singles, Some("Ada"));
    assert_eq!(singles.cart(), [("PENCIL", "6".to_owned())]);
    assert_eq!(singles.till.cart().totals().net_total, 6.0);
}

#[test]
fn a_quantity_has_no_more_decimals_than_the_arithmetic_counts() {
    let mut counter = counter_with(Some(walk_in()));
    counter.scan(TEA);
    let line = counter.till.cart().lines()[0].id;
    let mut enter = |text: &str| {
        let text = text.to_owned();
        counter.step(Event::QuantityEntered { line, text })
    };
    let text = "0.385".to_owned();
    assert_eq!(
        refusal(&enter("0.385")),
        Notice::NotAQuantity { text, decimals: 2 }
    );
    enter("0.39");
    let cart = counter.till.cart();
    assert_eq!(cart.lines()[0].sold.qty.to_string(), "0.39");
    assert_eq!(cart.totals().items[0].qty, 0.39);
    assert_eq!(cart.totals().items[0].amount, 15.6);
}

#[test]
fn a_tax_rule_decides_about_the_customers_taxes_and_the_sale_names_its_template() {
    let shop = market_with([
        SalesTaxesAndChargesTemplate {
            name: "Libraries".to_owned(),
            company: "Harbour Books".to_owned(),
            taxes: vec![TaxesAndCharges {
                account_head: "Sales Tax - HB".to_owned(),
                rate: 2.0,
                ..TaxesAndCharges::default()
            }],
            ..SalesTaxesAndChargesTemplate::default()
        }
        .into(),
        TaxRule {
            name: "Libraries pay 2 %".to_owned(),
            tax_type: "Sales".to_owned(),
            sales_tax_template: Some("Libraries".to_owned()),
            customer: Some("Library".to_owned()),
            ..TaxRule::default()
        }
        .into(),
    ]);
    let mut counter = Counter::open_in(shop, goods());
    counter.scan(BOOK);
    let sale = pay(&mut counter);
    assert_eq!(sale.taxes_and_charges.as_deref(), Some("Sales Tax"));
    assert_eq!(sale.amount_to_pay.units, 865);
    counter.scan(BOOK);
    choose(&mut counter, Some("Library"));
    let sale = pay(&mut counter);
    assert_eq!(sale.taxes_and_charges.as_deref(), Some("Libraries"));
    assert_eq!(sale.amount_to_pay.units, 815);
}

#[test]
fn a_customer_who_was_disabled_since_they_were_chosen_is_said_before_money_is_taken() {
    let resumed = |catalog| {
        let mut before = counter_with(Some(walk_in()));
        before.scan(BOOK);
        let effects = choose(&mut before, Some("Ada"));
        let mut after = Counter::resumed_in(
            shop(),
            catalog,
            Resume {
                shift: before.till.shift().cloned(),
                open_cart: saved_cart(&effects).unwrap().cloned(),
                ..Resume::default()
            },
        );
        after.sign_in();
        after
    };
    let mut disabled = catalog_with(Some(walk_in()));
    for customer in &mut disabled.customers {
        customer.disabled = customer.name == "Ada";
    }
    assert_eq!(
        refusal(&resumed(disabled).step(Event::PaymentStarted)),
        Notice::Cart(CartError::Customer {
            customer_name: "Ada".to_owned(),
            reason: CustomerRefused::Disabled
        })
    );
    // Whom the till does not know any more keeps what the cart knows.
    let mut unknown = catalog_with(Some(walk_in()));
    unknown.customers.retain(|customer| customer.name != "Ada");
    assert_eq!(pay(&mut resumed(unknown)).customer, "Ada");
}

#[test]
fn a_tax_free_sale_beside_a_taxed_profile_says_so_in_a_row_of_nothing() {
    let free = SalesTaxesAndChargesTemplate {
        name: "No tax".to_owned(),
        company: "Harbour Books".to_owned(),
        ..SalesTaxesAndChargesTemplate::default()
    };
    let rule = TaxRule {
        name: "TR-FREE".to_owned(),
        tax_type: "Sales".to_owned(),
        customer: Some("Ada".to_owned()),
        sales_tax_template: Some("No tax".to_owned()),
        ..TaxRule::default()
    };
    let mut counter = Counter::open_in(market_with([free.into(), rule.into()]), goods());
    counter.scan(BOOK);
    choose(&mut counter, Some("Ada"));
    let sale = pay(&mut counter);
    assert_eq!(sale.taxes_and_charges.as_deref(), Some("No tax"));
    let row = &sale.document.taxes[0];
    assert_eq!(sale.document.taxes.len(), 1);
    assert_eq!(
        (row.account_head.as_str(), row.rate),
        ("Sales Tax - HB", 0.0)
    );
    assert_eq!(sale.amount_to_pay.units, 799);
}
