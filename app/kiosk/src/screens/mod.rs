//! From the till's state to what the screens show. Nothing here decides anything; every text that
//! a person reads is made here or in [`words`].

pub mod words;

pub mod customer;
pub mod customer_display;
pub mod customer_view;
pub mod frame;
pub mod shift;

pub mod approval;
pub mod line;
pub mod sell;
pub mod variants;
pub mod weight;
pub mod whole_sale;

pub mod card;
pub mod pay;
pub mod points;

pub mod done;
pub mod sales;

pub mod cash;
pub mod close_shift;
pub mod manager;
pub mod paper;
pub mod report;
pub mod returns;

use std::rc::Rc;

use checkout::format::AmountFormat;
use checkout::money::Money;
use checkout::shop::Shop;
use slint::{Model, VecModel};

/// How amounts of a shop are written.
pub fn amounts(shop: &Shop) -> AmountFormat {
    AmountFormat::new(&shop.currency_document, &shop.system.number_format)
}

/// A sum that is kept apart by currency: `$34.60, €12.00`.
fn written_sum(format: &AmountFormat, amounts: &[Money]) -> String {
    let written: Vec<String> = amounts
        .iter()
        .map(|amount| format.amount(*amount))
        .collect();
    written.join(", ")
}

/// An amount with a minus sign instead of the hyphen that receipts are printed with.
fn signed(amount: String) -> String {
    if amount.contains('-') {
        amount.replacen('-', "\u{2212}", 1)
    } else {
        amount
    }
}

/// Makes a model's rows equal to `rows`, touching only those that differ, so that the screen
/// repaints no more than has changed.
pub fn update<T: Clone + PartialEq + 'static>(model: &Rc<VecModel<T>>, rows: Vec<T>) {
    let kept = model.row_count().min(rows.len());
    while model.row_count() > rows.len() {
        model.remove(model.row_count() - 1);
    }
    for (place, row) in rows.into_iter().enumerate() {
        if place >= kept {
            model.push(row);
        } else if model.row_data(place).as_ref() != Some(&row) {
            model.set_row_data(place, row);
        }
    }
}

/// The document's amount as money of the shop.
fn money(shop: &Shop, value: f64) -> Money {
    Money::from_f64(value, shop.currency)
}
