//! Each document is there exactly once, unaltered, and each closing took its own.

use std::collections::BTreeMap;

use checkout::sale::Sale;
use erpnext::push::{CUSTOMER_KEY_FIELD, KEY_FIELD};
use serde_json::Value;
use tests::fixtures::{paid_in_all, usd};
use tests::stand_in::USER;

use super::counter::takings;
use super::world::World;

/// What the site holds at the end.
pub struct Proof<'a> {
    world: &'a World,
    invoices: Vec<Value>,
    closings: Vec<Value>,
    openings: Vec<Value>,
    customers: BTreeMap<String, String>,
}

impl<'a> Proof<'a> {
    pub fn of(world: &'a World) -> Self {
        let documents = |doctype: &str| world.network.site(|site| site.documents(doctype));
        let keyed = documents("Customer").into_iter().filter_map(|customer| {
            let key = customer.get(CUSTOMER_KEY_FIELD)?.as_str()?.to_owned();
            Some((key, text(&customer, "name").to_owned()))
        });
        let keyed: Vec<_> = keyed.collect();
        let customers: BTreeMap<_, _> = keyed.iter().cloned().collect();
        assert_eq!(keyed.len(), customers.len(), "a customer is there twice");
        assert_eq!(customers.len(), world.counter.customers.len(), "customers");
        Self {
            world,
            invoices: documents("POS Invoice"),
            closings: documents("POS Closing Entry"),
            openings: documents("POS Opening Entry"),
            customers,
        }
    }

    pub fn holds(&self) {
        let sales = &self.world.counter.sales;
        let own = self
            .invoices
            .iter()
            .filter(|one| text(one, "owner") == USER);
        assert_eq!(own.count(), sales.len(), "invoices");
        for sale in sales {
            let invoice = self.invoice(&sale.key);
            self.is_unaltered(sale, invoice);
            self.is_closed_once(sale, invoice);
        }
        self.is_in_order();
        self.counts_arrived();
        for closing in self.closings_of_till() {
            self.adds_up(closing);
        }
        let is_open = |entry: &&Value| entry["status"] == "Open";
        let open: Vec<_> = self.openings.iter().filter(is_open).collect();
        assert!(open.is_empty(), "openings were left open: {open:#?}");
    }

    fn invoice(&self, key: &str) -> &Value {
        let mut found = self.invoices.iter().filter(|one| one[KEY_FIELD] == key);
        let invoice = found.next().unwrap_or_else(|| panic!("{key} is not there"));
        assert!(found.next().is_none(), "{key} is there twice");
        invoice
    }

    fn is_unaltered(&self, sale: &Sale, invoice: &Value) {
        let key = &sale.key;
        assert_eq!(invoice["docstatus"], 1, "{key}");
        let customer = self.customers.get(&sale.customer).unwrap_or(&sale.customer);
        assert_eq!(text(invoice, "customer"), customer, "{key}");
        assert_eq!(
            text(invoice, "posting_date"),
            sale.posting_date.to_string(),
            "{key}"
        );
        let totals = &sale.totals;
        for (field, own) in [
            ("grand_total", totals.grand_total),
            ("rounded_total", totals.rounded_total),
            ("net_total", totals.net_total),
            ("discount_amount", totals.discount_amount),
            ("paid_amount", paid_in_all(sale)),
            ("change_amount", sale.change_amount.to_f64()),
            ("is_return", f64::from(u8::from(sale.is_return()))),
        ] {
            assert!(
                is(&invoice[field], own),
                "{key}: {field} is {}, not {own}",
                invoice[field]
            );
        }
        let rows = invoice["items"].as_array().unwrap();
        assert_eq!(rows.len(), sale.lines.len(), "{key}");
        for ((row, line), given) in rows.iter().zip(&sale.lines).zip(&totals.items) {
            assert_eq!(text(row, "item_code"), line.item_code, "{key}");
            assert!(
                is(&row["qty"], line.qty.to_f64()) && is(&row["rate"], given.rate),
                "{key}: {row}"
            );
        }
        if let Some(against) = &sale.return_against {
            let original = self.invoice(&against.key);
            assert_eq!(invoice["return_against"], original["name"], "{key}");
            for (row, line) in rows.iter().zip(&sale.lines) {
                let sold = original["items"].as_array().unwrap();
                let sold = sold
                    .iter()
                    .find(|sold| sold["name"] == row["pos_invoice_item"]);
                assert_eq!(text(sold.unwrap(), "item_code"), line.item_code, "{key}");
            }
        }
    }

    fn is_closed_once(&self, sale: &Sale, invoice: &Value) {
        let name = text(invoice, "name");
        // One that failed took nothing: somebody closed by hand what it was queued to take.
        let takes = |closing: &&Value| {
            closing["docstatus"] == 1
                && closing["status"] != "Failed"
                && listed(closing).any(|listed| listed == name)
        };
        let taken: Vec<_> = self.closings.iter().filter(takes).collect();
        if taken.len() != 1 && std::env::var_os("CHAOS_SEED").is_some() {
            println!("{invoice:#}");
            for closing in &self.closings {
                println!(
                    "{} {} {} {:?}",
                    closing["name"],
                    closing["owner"],
                    closing["pos_opening_entry"],
                    listed(closing).collect::<Vec<_>>()
                );
            }
            for entry in &self.openings {
                println!(
                    "{} {} {} {}",
                    entry["name"],
                    entry["pos_profile"],
                    entry["status"],
                    entry["period_start_date"]
                );
            }
            let store = self.world.shelf.store.borrow();
            for opening in store
                .as_ref()
                .unwrap()
                .pos_openings_of(&sale.shift)
                .unwrap()
            {
                println!(
                    "{} {} {:?} {:?} counted {}",
                    opening.erpnext_name,
                    opening.shift.pos_profile,
                    opening.state,
                    opening.closing_name,
                    opening.counted
                );
            }
        }
        assert_eq!(taken.len(), 1, "closings of {}", sale.key);
        assert_eq!(taken[0]["status"], "Submitted", "{}", sale.key);
        assert_eq!(invoice["status"], "Consolidated", "{}", sale.key);
    }

    /// Goods come back after they were sold.
    fn is_in_order(&self) {
        let submitted = self.world.network.submitted();
        let place = |name: &Value| submitted.iter().position(|(_, own)| *name == own.as_str());
        for sale in &self.world.counter.sales {
            let invoice = self.invoice(&sale.key);
            let Some(original) = place(&invoice["return_against"]) else {
                continue;
            };
            assert!(
                Some(original) < place(&invoice["name"]),
                "{} came before its original",
                sale.key
            );
        }
    }

    /// Every count came with one closing, and no other has a difference.
    fn counts_arrived(&self) {
        let mut counted = BTreeMap::new();
        for closing in &self.world.counter.closings {
            for difference in closing.differences() {
                let sum = counted.entry(difference.mode_of_payment).or_insert(0);
                *sum += difference.difference.units;
            }
        }
        let mut arrived: BTreeMap<String, i64> = BTreeMap::new();
        for row in self.closings_of_till().flat_map(reconciliation) {
            let sum = arrived
                .entry(text(row, "mode_of_payment").to_owned())
                .or_insert(0);
            *sum += cents(&row["difference"]);
        }
        for (mode, sum) in counted {
            assert_eq!(
                arrived.get(&mode).copied().unwrap_or(0),
                sum,
                "differences of {mode}"
            );
        }
        for closing in &self.world.counter.closings {
            let store = self.world.shelf.store.borrow();
            let openings = store
                .as_ref()
                .unwrap()
                .pos_openings_of(&closing.shift)
                .unwrap();
            let with_count: Vec<_> = openings.iter().filter(|opening| opening.counted).collect();
            assert_eq!(with_count.len(), 1, "counts of {}", closing.key);
            let name = with_count[0].closing_name.as_deref().unwrap();
            let there = self
                .closings_of_till()
                .find(|one| text(one, "name") == name);
            for difference in closing.differences() {
                let row = reconciliation(there.unwrap())
                    .find(|row| text(row, "mode_of_payment") == difference.mode_of_payment);
                assert_eq!(
                    cents(&row.unwrap()["difference"]),
                    difference.difference.units
                );
            }
        }
    }

    /// A closing's sums are those of its invoices.
    fn adds_up(&self, closing: &Value) {
        let name = text(closing, "name");
        let sales: Vec<&Sale> = listed(closing)
            .map(|listed| {
                let invoice = self.invoices.iter().find(|one| text(one, "name") == listed);
                let key = text(invoice.unwrap(), KEY_FIELD);
                let sales = &self.world.counter.sales;
                sales.iter().find(|sale| sale.key == key).unwrap()
            })
            .collect();
        let sum = |of: &dyn Fn(&Sale) -> f64| sales.iter().map(|sale| of(sale)).sum::<f64>();
        for (field, own) in [
            ("grand_total", sum(&|sale| sale.totals.grand_total)),
            ("net_total", sum(&|sale| sale.totals.net_total)),
            ("total_quantity", sum(&|sale| sale.totals.total_qty)),
        ] {
            assert!(
                is(&closing[field], own),
                "{name}: {field} is {}, not {own}",
                closing[field]
            );
        }
        let opening = text(closing, "pos_opening_entry");
        let entry = self
            .openings
            .iter()
            .find(|entry| text(entry, "name") == opening);
        let with_count = self.count_in(name);
        for row in reconciliation(closing) {
            let mode = text(row, "mode_of_payment");
            let balances = entry.unwrap()["balance_details"].as_array().unwrap();
            let began = balances
                .iter()
                .find(|row| text(row, "mode_of_payment") == mode);
            let began = began.map_or(0, |row| cents(&row["opening_amount"]));
            let took = sales
                .iter()
                .fold(usd(0), |sum, sale| sum.plus(takings(sale, mode)));
            let moved = with_count.map_or(0, |closing| {
                let totals = closing.totals.mode_of_payment(mode);
                totals.map_or(0, |totals| totals.cash_in.minus(totals.cash_out).units)
            });
            let expected = began + took.units + moved;
            assert_eq!(cents(&row["opening_amount"]), began, "{name}: {mode}");
            assert_eq!(cents(&row["expected_amount"]), expected, "{name}: {mode}");
        }
    }

    /// The count that a closing carries.
    fn count_in(&self, name: &str) -> Option<&checkout::shift::ShiftClosing> {
        self.world.counter.closings.iter().find(|closing| {
            let store = self.world.shelf.store.borrow();
            let openings = store
                .as_ref()
                .unwrap()
                .pos_openings_of(&closing.shift)
                .unwrap();
            openings
                .iter()
                .any(|one| one.counted && one.closing_name.as_deref() == Some(name))
        })
    }

    fn closings_of_till(&self) -> impl Iterator<Item = &Value> {
        self.closings
            .iter()
            .filter(|closing| closing["docstatus"] == 1 && text(closing, "owner") == USER)
    }
}

fn listed(closing: &Value) -> impl Iterator<Item = &str> {
    let tables = ["pos_transactions", "pos_invoices"];
    let rows = tables
        .into_iter()
        .filter_map(|table| closing[table].as_array());
    rows.flatten().map(|row| text(row, "pos_invoice"))
}

fn reconciliation(closing: &Value) -> impl Iterator<Item = &Value> {
    closing["payment_reconciliation"]
        .as_array()
        .into_iter()
        .flatten()
}

fn text<'v>(document: &'v Value, field: &str) -> &'v str {
    document[field].as_str().unwrap_or_default()
}

fn is(value: &Value, own: f64) -> bool {
    (value.as_f64().unwrap_or(0.0) - own).abs() < 1e-6
}

fn cents(value: &Value) -> i64 {
    (value.as_f64().unwrap_or(0.0) * 100.0).round() as i64
}
