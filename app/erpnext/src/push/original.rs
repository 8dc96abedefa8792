//! The sale that a return belongs to, as ERPNext has it.

use checkout::sale::Sale;
use jiff::civil::{Date, DateTime, Time};
use serde_json::{Value, json};

use super::{KEY_FIELD, POS_INVOICE, text};
use crate::request::Request;

/// What a return says of its original.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Original {
    /// ERPNext's name of it.
    pub(super) name: String,
    /// The names of its rows that come back, one for each row of the return; `None` for a row that
    /// comes back without one.
    pub(super) rows: Vec<Option<String>>,
}

/// Why an original cannot be used.
pub(super) enum Unfit {
    /// It is a draft, so its till is still at it.
    NotYet,
    /// A person has to look: cause and remedy.
    Never(String, String),
}

impl Original {
    /// As it is called where the site takes names from outside.
    pub(super) fn by_keys(sale: &Sale) -> Option<Self> {
        let against = sale.return_against.as_ref()?;
        let rows = sale.lines.iter().map(|line| line.returns.clone());
        Some(Self {
            name: against.key.clone(),
            rows: rows.collect(),
        })
    }

    /// Reads the original, and which of its rows come back: where the site named the rows itself,
    /// by their places.
    pub(super) fn read(sale: &Sale, invoice: &Value) -> Result<Self, Unfit> {
        let number = sale
            .return_against
            .as_ref()
            .map(|against| against.receipt_number.to_string())
            .unwrap_or_default();
        let what = format!("Receipt {} returns goods of {number}", sale.receipt_number);
        let by_hand = "Book the return in ERPNext by hand, then settle it here.";
        let never =
            |why: &str, remedy: &str| Unfit::Never(format!("{what}, {why}."), remedy.to_owned());
        match invoice["docstatus"].as_i64() {
            Some(0) => return Err(Unfit::NotYet),
            Some(1) => {}
            _ => {
                return Err(never(
                    "which was cancelled in ERPNext",
                    "Book the return in ERPNext by hand, where it is due; then settle it here.",
                ));
            }
        }
        let Some(name) = text(invoice, "name") else {
            return Err(never("which has no name in ERPNext", by_hand));
        };
        if sold_at(invoice).is_some_and(|sold| returned_at(sale) < sold) {
            return Err(never(
                "but by the till's clock they came back before they were sold",
                "Check the clocks of both tills. Book the return in ERPNext by hand, then settle it here.",
            ));
        }
        let sold = invoice["items"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let mut rows = Vec::new();
        for line in &sale.lines {
            let Some(returns) = &line.returns else {
                rows.push(None);
                continue;
            };
            let named = sold.iter().find(|row| text(row, "name") == Some(returns));
            let place = || {
                let number: usize = returns.rsplit_once('-')?.1.parse().ok()?;
                sold.get(number.checked_sub(1)?)
            };
            let row = named.or_else(place);
            let row = row.filter(|row| text(row, "item_code") == Some(&line.item_code));
            match row.and_then(|row| text(row, "name")) {
                Some(name) => rows.push(Some(name.to_owned())),
                None => {
                    let why = format!("but {} is not in it in ERPNext", line.item_name);
                    return Err(never(&why, by_hand));
                }
            }
        }
        Ok(Self {
            name: name.to_owned(),
            rows,
        })
    }
}

/// Asks for the original of a return; `None` for everything else.
pub(super) fn question(sale: &Sale) -> Option<Request> {
    let against = sale.return_against.as_ref()?;
    let filters = json!([[KEY_FIELD, "=", against.key]]);
    let list = Request::list(POS_INVOICE, &["name", KEY_FIELD, "docstatus"], &filters);
    Some(list.with("limit_page_length", "2"))
}

fn returned_at(sale: &Sale) -> DateTime {
    let time = sale.posting_time;
    sale.posting_date
        .at(time.hour(), time.minute(), time.second(), 0)
}

fn sold_at(invoice: &Value) -> Option<DateTime> {
    let date: Date = text(invoice, "posting_date")?.parse().ok()?;
    // ERPNext leaves the first 0 of an hour out.
    let time: Time = format!("{:0>8}", text(invoice, "posting_time")?)
        .parse()
        .ok()?;
    Some(date.at(time.hour(), time.minute(), time.second(), 0))
}
