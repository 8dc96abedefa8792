//! What the box that had this till before sent, and no closing took: its shift was open when it
//! broke. The till's user is the same, so this box can close it, and nobody else ever would.

use serde_json::{Value, json};

use super::opening::Unanswered;
use super::stray::{self, unanswered};
use super::survey::{Survey, SurveyedInvoice};
use super::verdict;
use super::{Blocked, KEY_FIELD, POS_INVOICE, text};
use crate::request::{Request, Transport};

/// An invoice of the till's user that no closing took yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnclosedInvoice {
    /// ERPNext's name of it.
    pub name: String,
    /// The key of its sale.
    pub key: String,
}

/// An invoice that another box sent, with what a closing says of it.
#[derive(Clone, PartialEq, Debug)]
pub struct EarlierInvoice {
    /// The invoice.
    pub invoice: SurveyedInvoice,
    /// Its grand total.
    pub grand_total: f64,
    /// Its net total.
    pub net_total: f64,
    /// How many pieces.
    pub total_quantity: f64,
    /// What was paid by each mode of payment, less what was given back.
    pub payments: Vec<(String, f64)>,
    /// Its taxes: account, rate, amount.
    pub taxes: Vec<(String, f64, f64)>,
}

/// The invoices of tills that the till's user sent for a profile and that no closing took, in the
/// order in which they were sold.
///
/// # Errors
/// What kept the questions from being answered, and how long the site asks to wait.
pub fn unclosed_invoices<T: Transport>(
    pos_profile: &str,
    company: &str,
    transport: &mut T,
) -> Result<Vec<UnclosedInvoice>, Unanswered> {
    let user = stray::user(transport)?;
    let filters = json!([
        ["owner", "=", user],
        ["docstatus", "=", 1],
        ["pos_profile", "=", pos_profile],
        ["company", "=", company],
        ["consolidated_invoice", "is", "not set"],
        [KEY_FIELD, "is", "set"],
    ]);
    let list = Request::list(POS_INVOICE, &["name", KEY_FIELD], &filters)
        .with("order_by", "posting_date asc, posting_time asc, name asc")
        .with("limit_page_length", "0");
    let rows = stray::rows(&list, POS_INVOICE, transport)?;
    let unclosed = |row: &Value| {
        Some(UnclosedInvoice {
            name: text(row, "name")?.to_owned(),
            key: text(row, KEY_FIELD)?.to_owned(),
        })
    };
    Ok(rows.iter().filter_map(unclosed).collect())
}

/// Reads what a closing says of these invoices. Those that cannot be closed yet, because they
/// return goods of an invoice that is not closed itself, are left out.
///
/// # Errors
/// What kept the questions from being answered, and how long the site asks to wait.
pub fn earlier_invoices<T: Transport>(
    names: Vec<String>,
    transport: &mut T,
) -> Result<Vec<EarlierInvoice>, Unanswered> {
    let mut invoices = Vec::new();
    for invoice in Survey::of(names).run(transport)?.ready {
        let reply = transport.send(&Request::get(POS_INVOICE, &invoice.name));
        let reply = reply.map_err(|error| unanswered(verdict::of_look_up(&error, POS_INVOICE)))?;
        invoices.push(read(invoice, reply.data())?);
    }
    Ok(invoices)
}

fn read(invoice: SurveyedInvoice, document: &Value) -> Result<EarlierInvoice, Unanswered> {
    let number = |row: &Value, field: &str| row[field].as_f64().unwrap_or(0.0);
    let (Some(grand_total), true) = (
        document["grand_total"].as_f64(),
        text(document, "name") == Some(invoice.name.as_str()),
    ) else {
        return Err(unexpected("an invoice without its total"));
    };
    let rows = |table: &str| document[table].as_array().map(Vec::as_slice).unwrap_or(&[]);
    // What was given back came out of the drawer of one mode: the first that is booked on the
    // account for change, or the first of cash.
    let paid = rows("payments");
    let account = text(document, "account_for_change_amount").filter(|account| !account.is_empty());
    let on_account = |row: &Value| account.is_some() && text(row, "account") == account;
    let place = paid.iter().position(on_account);
    let place = place.or_else(|| {
        paid.iter()
            .position(|row| text(row, "type") == Some("Cash"))
    });
    let payment = |(row_place, row): (usize, &Value)| {
        let mode_of_payment = text(row, "mode_of_payment")?.to_owned();
        let change = match place == Some(row_place) {
            true => number(document, "change_amount"),
            false => 0.0,
        };
        Some((mode_of_payment, number(row, "amount") - change))
    };
    let tax = |row: &Value| {
        let amount = row["tax_amount_after_discount_amount"].as_f64();
        let amount = amount.unwrap_or_else(|| number(row, "tax_amount"));
        let account_head = text(row, "account_head")?.to_owned();
        Some((account_head, number(row, "rate"), amount))
    };
    Ok(EarlierInvoice {
        grand_total,
        net_total: number(document, "net_total"),
        total_quantity: number(document, "total_qty"),
        payments: paid.iter().enumerate().filter_map(payment).collect(),
        taxes: rows("taxes").iter().filter_map(tax).collect(),
        invoice,
    })
}

fn unexpected(detail: &str) -> Unanswered {
    unanswered(Blocked::unexpected(POS_INVOICE, detail))
}
