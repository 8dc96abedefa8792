//! What consolidating books: entries of the accounts and of the stock, under the Sales Invoice that
//! a sale went into.

use serde_json::{Value, json};

use super::checks::number;
use super::invoices::INVOICE;
use super::site::Site;

pub(super) const GL_ENTRY: &str = "GL Entry";
pub(super) const STOCK_LEDGER_ENTRY: &str = "Stock Ledger Entry";

impl Site {
    /// The Sales Invoice that an invoice went into is cancelled.
    pub(super) fn cancel_ledger(&mut self, invoice: &str) {
        let invoice = self.document(INVOICE, invoice).unwrap();
        let voucher_no = invoice["consolidated_invoice"].clone();
        for doctype in [GL_ENTRY, STOCK_LEDGER_ENTRY] {
            let of_it = self
                .each(doctype)
                .filter(|entry| entry["voucher_no"] == voucher_no);
            let names = of_it.filter_map(|entry| entry["name"].as_str().map(str::to_owned));
            for name in names.collect::<Vec<_>>() {
                self.put(doctype, &name, json!({ "is_cancelled": 1 }));
            }
        }
    }

    /// Books an invoice that went into this Sales Invoice.
    pub(super) fn book_ledger(&mut self, invoice: &str, voucher_no: &str) {
        let invoice = Value::Object(self.document(INVOICE, invoice).unwrap().clone());
        let rows = |table: &str| invoice[table].as_array().into_iter().flatten();
        let account = |row: &Value, field: &str| row[field].as_str().map(str::to_owned);
        let mut entries: Vec<(Option<String>, f64)> = Vec::new();
        for row in rows("payments") {
            entries.push((account(row, "account"), number(row, "amount")));
        }
        let change = account(&invoice, "account_for_change_amount");
        entries.push((change, -number(&invoice, "change_amount")));
        for row in rows("taxes") {
            let amount = number(row, "tax_amount_after_discount_amount");
            entries.push((account(row, "account_head"), -amount));
        }
        if invoice["redeem_loyalty_points"] == 1 {
            let points = account(&invoice, "loyalty_redemption_account");
            entries.push((points, number(&invoice, "loyalty_amount")));
        }
        for (account, amount) in entries {
            let Some(account) = account.filter(|_| amount != 0.0) else {
                continue;
            };
            let name = self.numbered("ACC-GLE-2026-");
            let entry = json!({
                "account": account, "debit": amount.max(0.0), "credit": (-amount).max(0.0),
                "voucher_type": "Sales Invoice", "voucher_no": voucher_no, "is_cancelled": 0,
            });
            self.put(GL_ENTRY, &name, entry);
        }
        let name = invoice["name"].as_str().unwrap_or_default().to_owned();
        for ((item_code, warehouse), taken) in self.taken_by(&[name]) {
            let name = self.numbered("MAT-SLE-2026-");
            let entry = json!({
                "item_code": item_code, "warehouse": warehouse, "actual_qty": -taken,
                "voucher_type": "Sales Invoice", "voucher_no": voucher_no, "is_cancelled": 0,
            });
            self.put(STOCK_LEDGER_ENTRY, &name, entry);
        }
    }
}
