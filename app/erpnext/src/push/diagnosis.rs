//! Why ERPNext refuses a sale. What it says is in the site's language and names one row; what
//! stands behind it can be asked for, and then the remedy can be named.

use std::collections::BTreeSet;

use checkout::new_customer;
use checkout::sale::Sale;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::text;
use crate::request::{Refused, Request};

/// So many items are asked about at most.
const MOST_ITEMS: usize = 50;

/// What can be asked about a refused sale.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Question {
    /// Is the customer still there, and may be sold to?
    Customer,
    /// Are the items?
    Items,
    /// Is enough of this line's item in the warehouse?
    Stock(usize),
}

/// A cause in plain words, and what helps.
pub(super) type Diagnosis = (String, String);

impl Question {
    /// The first question about a refusal; `None` where nothing is to be asked.
    pub(super) fn first(refused: &Refused) -> Option<Self> {
        let exc_type = refused.exc_type.as_str();
        match (refused.status, exc_type) {
            // An unknown customer makes ERPNext stumble.
            (500, "TypeError") | (417, "PartyDisabled" | "PartyFrozen") => Some(Self::Customer),
            (404, _) | (417, "ValidationError") => Some(Self::Items),
            _ => None,
        }
    }

    /// The question after this one, when it explained nothing.
    pub(super) fn next(self, sale: &Sale, refused: &Refused) -> Option<Self> {
        let from = match self {
            Self::Customer => return None,
            Self::Items if refused.status == 404 || sale.is_return() => return None,
            Self::Items => 0,
            Self::Stock(place) => place + 1,
        };
        // ERPNext does not ask for those in stock.
        let counts = |place: &usize| {
            let line = &sale.lines[*place];
            line.batch_no.is_none() && line.serial_nos.is_empty()
        };
        let lines = from..sale.lines.len().min(MOST_ITEMS);
        lines.into_iter().find(counts).map(Self::Stock)
    }

    /// How it is asked.
    pub(super) fn request(self, sale: &Sale) -> Request {
        match self {
            Self::Customer => {
                let filters = json!([["name", "=", sale.customer]]);
                Request::list("Customer", &["name", "disabled", "is_frozen"], &filters)
            }
            Self::Items => {
                let codes: BTreeSet<_> = sale.lines.iter().map(|line| &line.item_code).collect();
                let codes: Vec<_> = codes.into_iter().take(MOST_ITEMS).collect();
                let fields = [
                    "name",
                    "disabled",
                    "end_of_life",
                    "is_sales_item",
                    "has_variants",
                ];
                let list = Request::list("Item", &fields, &json!([["name", "in", codes]]));
                list.with("limit_page_length", "0")
            }
            Self::Stock(place) => Request::call(
                "erpnext.accounts.doctype.pos_invoice.pos_invoice.get_stock_availability",
            )
            .with("item_code", line(sale, place))
            .with("warehouse", &sale.set_warehouse),
        }
    }

    /// What an answer explains.
    pub(super) fn explained(self, sale: &Sale, data: &Value, today: Date) -> Option<Diagnosis> {
        let what = format!("Receipt {}", sale.receipt_number);
        match self {
            Self::Customer => customer(sale, &what, data),
            Self::Items => sale
                .lines
                .iter()
                .find_map(|line| item(&line.item_code, &what, data, today)),
            Self::Stock(place) => stock(sale, place, &what, data),
        }
    }
}

fn line(sale: &Sale, place: usize) -> &str {
    sale.lines
        .get(place)
        .map_or("", |line| line.item_code.as_str())
}

fn customer(sale: &Sale, what: &str, data: &Value) -> Option<Diagnosis> {
    let rows = data.as_array()?;
    let name = &sale.customer;
    let Some(row) = rows.iter().find(|row| text(row, "name") == Some(name)) else {
        if new_customer::is_key(name) {
            return Some((
                format!(
                    "{what} was sold to a customer who was made at a till and is not in ERPNext."
                ),
                format!(
                    "Make the customer in ERPNext with {name} as Till Customer, then send the receipt again."
                ),
            ));
        }
        return Some((
            format!("{what} was sold to customer {name}, who is not in ERPNext any more."),
            format!(
                "Rename the customer back to {name} in ERPNext, or make one of that name; then send the receipt again."
            ),
        ));
    };
    let state = if row["disabled"] == 1 {
        "disabled"
    } else if row["is_frozen"] == 1 {
        "frozen"
    } else {
        return None;
    };
    Some((
        format!("{what} was sold to customer {name}, who is {state} in ERPNext now."),
        "Enable the customer in ERPNext for a moment, then send the receipt again.".to_owned(),
    ))
}

fn item(code: &str, what: &str, data: &Value, today: Date) -> Option<Diagnosis> {
    let rows = data.as_array()?;
    let again = "then send the receipt again.";
    let Some(row) = rows.iter().find(|row| text(row, "name") == Some(code)) else {
        return Some((
            format!("{what} has item {code}, which is not in ERPNext any more."),
            format!("Rename the item back to {code} in ERPNext, or make one of that code; {again}"),
        ));
    };
    if row["disabled"] == 1 {
        return Some((
            format!("{what} has item {code}, which is disabled in ERPNext now."),
            format!("Enable the item in ERPNext for a moment, {again}"),
        ));
    }
    let ended: Option<Date> = text(row, "end_of_life").and_then(|day| day.parse().ok());
    if let Some(day) = ended.filter(|day| *day < today) {
        return Some((
            format!("{what} has item {code}, whose end of life in ERPNext was {day}."),
            format!("Set a later End of Life for the item in ERPNext for a moment, {again}"),
        ));
    }
    if row["has_variants"] == 1 || row["is_sales_item"] == 0 {
        return Some((
            format!("{what} has item {code}, which may not be sold in ERPNext any more."),
            format!("Make it a sales item in ERPNext for a moment, {again}"),
        ));
    }
    None
}

fn stock(sale: &Sale, place: usize, what: &str, data: &Value) -> Option<Diagnosis> {
    let code = line(sale, place);
    // How much, whether it is kept in stock, and in later versions whether less than nothing may be.
    let answer = data.as_array()?;
    let has = answer.first()?.as_f64()?;
    let kept = answer.get(1).and_then(Value::as_bool).unwrap_or(true);
    let may_be_less = answer.get(2).and_then(Value::as_bool).unwrap_or(false);
    let rows = sale.lines.iter().filter(|line| line.item_code == code);
    let sold: f64 = rows
        .map(|line| line.qty.to_f64() * line.conversion_factor)
        .sum();
    if !kept || may_be_less || sold <= has {
        return None;
    }
    Some((
        format!(
            "{what} has {sold} of item {code}, but ERPNext has only {has} in {}: the goods left the shop all the same.",
            sale.set_warehouse
        ),
        "Book the missing stock in ERPNext (Stock Reconciliation or Purchase Receipt), or allow negative stock for a moment; then send the receipt again.".to_owned(),
    ))
}
