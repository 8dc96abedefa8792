//! The site's books against the till's journal: each receipt is booked once and unaltered, each
//! shift is closed with its own receipts and its count, and accounts and stock moved by what was
//! sold and what came back.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use checkout::catalog::Catalog;
use checkout::new_customer;
use checkout::sale::Sale;
use checkout::shop::Shop;
use erpnext::https::Client;
use erpnext::push::{CUSTOMER_KEY_FIELD, KEY_FIELD};
use erpnext::request::{Request, Transport};
use serde_json::{Value, json};
use store::{JournalKind, ReadStore, SendState, Store};

use crate::fixtures::paid_in_all;

/// Amounts by account, or quantities by item.
type Sums = BTreeMap<String, f64>;

/// Compares everything. Prints what was found equal.
pub(super) fn compare(
    store: &Store,
    folder: &Path,
    shop: &Shop,
    admin: &mut Client,
) -> Result<(), String> {
    let catalog = ReadStore::open(folder).map_err(|error| error.to_string())?;
    let mut books = Books { admin };
    let sales = journalled(store)?;
    let mut invoices = Vec::new();
    for (sale, name) in &sales {
        let invoice = books.invoice(sale)?;
        is_booked(sale, name, &invoice, &mut books)
            .map_err(|what| format!("receipt {}: {what}", sale.receipt_number))?;
        println!(
            "receipt {} is booked once, {} USD",
            sale.receipt_number, sale.totals.grand_total
        );
        invoices.push(invoice);
    }
    shifts_are_closed(store, &sales, &mut books)?;

    let vouchers: BTreeSet<&str> = invoices
        .iter()
        .filter_map(|invoice| invoice["consolidated_invoice"].as_str())
        .collect();
    let booked = books.sums("GL Entry", &vouchers, "account", &["debit", "credit"])?;
    are_equal("account", &taken(&sales), &booked)?;
    let booked = books.sums(
        "Stock Ledger Entry",
        &vouchers,
        "item_code",
        &["actual_qty"],
    )?;
    are_equal("item", &left_the_shop(&sales, shop, &catalog)?, &booked)
}

/// The sales that the journal tells of, which must be whole, with the names they were sent as.
fn journalled(store: &Store) -> Result<Vec<(Sale, String)>, String> {
    let told = |error: store::StoreError| error.to_string();
    let proof = store.records().journal_verify().map_err(told)?;
    let proof = proof.map_err(|broken| broken.to_string())?;
    println!("the journal's {} entries are whole", proof.entries);
    let entries = store.records().journal_entries(0, u32::MAX);
    let mut sales = Vec::new();
    for entry in entries.map_err(told)? {
        if entry.kind != JournalKind::Sale {
            continue;
        }
        let key = entry.body["key"].as_str().unwrap_or_default();
        let record = store.records().sale_by_key(key).map_err(told)?;
        let record = record.ok_or_else(|| format!("{key} is not stored"))?;
        match record.sent {
            SendState::Delivered { erpnext_name, .. } => sales.push((record.sale, erpnext_name)),
            other => return Err(format!("{key} is {other:?}")),
        }
    }
    Ok(sales)
}

struct Books<'a> {
    admin: &'a mut Client,
}

impl Books<'_> {
    fn ask(&mut self, request: &Request) -> Result<Value, String> {
        let reply = self.admin.send(request);
        Ok(reply.map_err(|error| error.to_string())?.body)
    }

    fn document(&mut self, doctype: &str, name: &str) -> Result<Value, String> {
        Ok(self.ask(&Request::get(doctype, name))?["data"].take())
    }

    /// The name of the only document with this key.
    fn name(&mut self, doctype: &str, field: &str, key: &str) -> Result<String, String> {
        let list = Request::list(doctype, &["name"], &json!([[field, "=", key]]));
        let body = self.ask(&list)?;
        match body["data"].as_array().map(Vec::as_slice) {
            Some([row]) => Ok(text(row, "name").to_owned()),
            other => Err(format!(
                "{key} is there {} times",
                other.map_or(0, <[Value]>::len)
            )),
        }
    }

    fn invoice(&mut self, sale: &Sale) -> Result<Value, String> {
        let name = self.name("POS Invoice", KEY_FIELD, &sale.key)?;
        self.document("POS Invoice", &name)
    }

    /// What entries of these vouchers come to: the first field less the second, by `by`.
    fn sums(
        &mut self,
        doctype: &str,
        vouchers: &BTreeSet<&str>,
        by: &str,
        fields: &[&str],
    ) -> Result<Sums, String> {
        let asked: Vec<&str> = [by].iter().chain(fields).copied().collect();
        let filters = json!([["voucher_no", "in", vouchers], ["is_cancelled", "=", 0]]);
        let list = json!({
            "doctype": doctype, "fields": asked, "filters": filters, "limit_page_length": 0,
        });
        let body = self.ask(&Request::call_with("frappe.client.get_list", list))?;
        let mut sums = Sums::new();
        for row in body["message"].as_array().into_iter().flatten() {
            let less = fields.get(1).map_or(0.0, |field| number(row, field));
            *sums.entry(text(row, by).to_owned()).or_default() += number(row, fields[0]) - less;
        }
        Ok(sums)
    }
}

fn is_booked(
    sale: &Sale,
    name: &str,
    invoice: &Value,
    books: &mut Books<'_>,
) -> Result<(), String> {
    let mut customer = sale.customer.clone();
    if new_customer::is_key(&customer) {
        customer = books.name("Customer", CUSTOMER_KEY_FIELD, &customer)?;
    }
    let time = text(invoice, "posting_time");
    let time = time.split('.').next().unwrap_or_default();
    let texts = [
        ("name", text(invoice, "name").to_owned(), name.to_owned()),
        (
            "status",
            text(invoice, "status").to_owned(),
            "Consolidated".to_owned(),
        ),
        ("customer", text(invoice, "customer").to_owned(), customer),
        (
            "posting_date",
            text(invoice, "posting_date").to_owned(),
            sale.posting_date.to_string(),
        ),
        (
            "posting_time",
            format!("{time:0>8}"),
            sale.posting_time.strftime("%H:%M:%S").to_string(),
        ),
    ];
    for (field, theirs, ours) in texts {
        if theirs != ours {
            return Err(format!("{field} is {theirs:?}, not {ours:?}"));
        }
    }
    let totals = &sale.totals;
    let numbers = [
        ("docstatus", 1.0),
        ("is_return", f64::from(u8::from(sale.is_return()))),
        ("net_total", totals.net_total),
        ("total_taxes_and_charges", totals.total_taxes_and_charges),
        ("grand_total", totals.grand_total),
        ("rounded_total", totals.rounded_total),
        ("paid_amount", paid_in_all(sale)),
        ("change_amount", sale.change_amount.to_f64()),
    ];
    for (field, ours) in numbers {
        is(field, number(invoice, field), ours)?;
    }
    let against = sale.return_against.as_ref();
    let original = match against {
        Some(against) => books.name("POS Invoice", KEY_FIELD, &against.key)?,
        None => String::new(),
    };
    if text(invoice, "return_against") != original {
        return Err(format!("it goes against {:?}", invoice["return_against"]));
    }
    are_items(sale, invoice)?;
    are_payments(sale, invoice)
}

fn are_items(sale: &Sale, invoice: &Value) -> Result<(), String> {
    let rows = rows(invoice, "items");
    is("items", rows.len() as f64, sale.lines.len() as f64)?;
    for ((row, line), totals) in rows.iter().zip(&sale.lines).zip(&sale.totals.items) {
        let code = &line.item_code;
        let pieces = text(row, "serial_no").lines();
        let equal = text(row, "item_code") == code
            && text(row, "batch_no") == line.batch_no.as_deref().unwrap_or_default()
            && pieces.eq(line.serial_nos.iter().map(String::as_str));
        if !equal {
            return Err(format!("a row is {row}, not {line:?}"));
        }
        is(code, number(row, "qty"), line.qty.to_f64())?;
        is(code, number(row, "rate"), totals.rate)?;
        is(code, number(row, "amount"), totals.amount)?;
        let is_linked = !text(row, "pos_invoice_item").is_empty();
        if is_linked != line.returns.is_some() {
            return Err(format!("{code} goes against {:?}", row["pos_invoice_item"]));
        }
    }
    Ok(())
}

fn are_payments(sale: &Sale, invoice: &Value) -> Result<(), String> {
    let rows = rows(invoice, "payments");
    is("payments", rows.len() as f64, sale.payments.len() as f64)?;
    for (row, payment) in rows.iter().zip(&sale.payments) {
        let mode = &payment.mode_of_payment;
        is(mode, number(row, "amount"), payment.amount.to_f64())?;
        let cards = payment.cards.iter().map(|card| card.reference_no());
        let reference_no = cards.collect::<Vec<_>>().join(", ");
        let equal = text(row, "mode_of_payment") == mode
            && text(row, "account") == payment.account
            && text(row, "reference_no") == reference_no;
        if !equal {
            return Err(format!("a payment is {row}, not {payment:?}"));
        }
    }
    Ok(())
}

/// Each receipt stands in a closing of its shift, and the last closing has what was counted.
fn shifts_are_closed(
    store: &Store,
    sales: &[(Sale, String)],
    books: &mut Books<'_>,
) -> Result<(), String> {
    let told = |error: store::StoreError| error.to_string();
    for closing in store.records().closings(u32::MAX).map_err(told)? {
        let mut listed = Vec::new();
        let openings = store.pos_openings_of(&closing.shift);
        for opening in openings.map_err(told)? {
            let entry = books.document("POS Opening Entry", &opening.erpnext_name)?;
            let name = opening.closing_name.unwrap_or_default();
            if entry["status"] != "Closed" || entry["pos_closing_entry"] != name.as_str() {
                return Err(format!("{} is {}", opening.erpnext_name, entry["status"]));
            }
            let entry = books.document("POS Closing Entry", &name)?;
            if entry["docstatus"] != 1 || entry["status"] != "Submitted" {
                return Err(format!("{name} is {}", entry["status"]));
            }
            let tables = ["pos_transactions", "pos_invoices"];
            let taken = tables.iter().flat_map(|table| rows(&entry, table));
            listed.extend(taken.map(|row| text(row, "pos_invoice").to_owned()));
            if !opening.counted {
                continue;
            }
            for counted in closing.differences() {
                let mode = &counted.mode_of_payment;
                let reconciliation = rows(&entry, "payment_reconciliation");
                let row = reconciliation
                    .iter()
                    .find(|row| text(row, "mode_of_payment") == mode)
                    .ok_or_else(|| format!("{name} has no {mode}"))?;
                let theirs = number(row, "closing_amount") - number(row, "expected_amount");
                is(mode, theirs, counted.difference.to_f64())?;
                is(mode, number(row, "difference"), theirs)?;
            }
            println!(
                "shift {} is closed as {name} with {} receipts",
                closing.number,
                listed.len()
            );
        }
        let own = sales.iter().filter(|(sale, _)| sale.shift == closing.shift);
        let mut own: Vec<String> = own.map(|(_, name)| name.clone()).collect();
        own.sort();
        listed.sort();
        if own != listed {
            return Err(format!(
                "shift {} closed {listed:?}, not {own:?}",
                closing.number
            ));
        }
    }
    Ok(())
}

/// What the accounts that receipts name took.
fn taken(sales: &[(Sale, String)]) -> Sums {
    let mut sums = Sums::new();
    let mut add = |account: &str, amount: f64| {
        *sums.entry(account.to_owned()).or_default() += amount;
    };
    for (sale, _) in sales {
        for payment in &sale.payments {
            add(&payment.account, payment.amount.to_f64());
        }
        if let Some(account) = &sale.account_for_change_amount {
            add(account, -sale.change_amount.to_f64());
        }
        for (row, tax) in sale.document.taxes.iter().zip(&sale.totals.taxes) {
            add(&row.account_head, -tax.tax_amount_after_discount_amount);
        }
        if let Some(points) = &sale.loyalty
            && let Some(account) = &points.loyalty_redemption_account
        {
            add(account, points.loyalty_amount.to_f64());
        }
    }
    sums
}

/// What went out, below zero, of each item that is kept in stock; of bundles what is in them.
fn left_the_shop(
    sales: &[(Sale, String)],
    shop: &Shop,
    catalog: &ReadStore,
) -> Result<Sums, String> {
    let mut sums = Sums::new();
    for line in sales.iter().flat_map(|(sale, _)| &sale.lines) {
        let item = catalog.item(&line.item_code);
        let item = item.map_err(|error| error.to_string())?;
        let item = item.ok_or_else(|| format!("{} is not known", line.item_code))?;
        let stock_qty = line.qty.to_f64() * line.conversion_factor;
        if let Some(bundle) = shop.product_bundles.get(&line.item_code) {
            for inside in &bundle.items {
                *sums.entry(inside.item_code.clone()).or_default() -= inside.qty * stock_qty;
            }
        } else if item.is_stock_item {
            *sums.entry(line.item_code.clone()).or_default() -= stock_qty;
        }
    }
    Ok(sums)
}

fn are_equal(what: &str, ours: &Sums, theirs: &Sums) -> Result<(), String> {
    for (name, sum) in ours {
        let booked = theirs.get(name).copied().unwrap_or_default();
        is(&format!("{what} {name}"), booked, *sum)?;
        println!("{what} {name} moved by {:.3}", sum + 0.0);
    }
    Ok(())
}

fn is(what: &str, theirs: f64, ours: f64) -> Result<(), String> {
    if (theirs - ours).abs() < 1e-6 {
        Ok(())
    } else {
        Err(format!("{what} is {theirs}, not {ours}"))
    }
}

fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field].as_str().unwrap_or_default()
}

fn number(row: &Value, field: &str) -> f64 {
    row[field].as_f64().unwrap_or_default()
}

fn rows<'a>(document: &'a Value, table: &str) -> &'a [Value] {
    document[table].as_array().map_or(&[], Vec::as_slice)
}
