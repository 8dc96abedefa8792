//! What is in the warehouse: checked at each sale, booked only when a shift is closed.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::checks::{number, serial_nos};
use super::invoices::INVOICE;
use super::refusal::Refusal;
use super::site::Site;

const BIN: &str = "Bin";

impl Site {
    /// A sale takes no more than there is, less what other sales took that are not booked yet.
    pub(super) fn check_stock(&self, invoice: &Value) -> Result<(), Refusal> {
        if invoice["is_return"] == 1 || self.allow_negative_stock {
            return Ok(());
        }
        for (place, row) in items(invoice).enumerate() {
            let item_code = row["item_code"].as_str().unwrap_or_default();
            let has = |field: &str| row[field].as_str().is_some_and(|text| !text.is_empty());
            if has("serial_no") || has("batch_no") || !self.is_stock_item(item_code) {
                continue;
            }
            let warehouse = row["warehouse"].as_str().unwrap_or("Shop - HB");
            let own = invoice["name"].as_str();
            let free =
                self.in_stock(item_code, warehouse) - self.reserved(item_code, warehouse, own);
            let row_number = place + 1;
            let message = if free <= 0.0 {
                format!(
                    "Row #{row_number}: Item Code: <strong>{item_code}</strong> is not available under warehouse <strong>{warehouse}</strong>."
                )
            } else if free < number(row, "stock_qty") - 1e-9 {
                format!(
                    "Row #{row_number}: Stock quantity not enough for Item Code: <strong>{item_code}</strong> under warehouse <strong>{warehouse}</strong>. Available quantity {free:?}."
                )
            } else {
                continue;
            };
            return Err(Refusal::new(
                417,
                "ValidationError",
                "Item Unavailable",
                &message,
            ));
        }
        Ok(())
    }

    /// Booking these invoices leaves no stock below nothing.
    pub(super) fn check_stock_of(&self, names: &[String]) -> Result<(), Refusal> {
        if self.allow_negative_stock {
            return Ok(());
        }
        for ((item_code, warehouse), taken) in self.taken_by(names) {
            let left = self.in_stock(&item_code, &warehouse) - taken;
            if left < -1e-9 {
                let short = -left;
                let message = format!(
                    "{short:?} units of <strong>Item {item_code}</strong> needed in <strong>Warehouse {warehouse}</strong> to complete this transaction."
                );
                let title = "Insufficient Stock";
                return Err(Refusal::new(417, "NegativeStockError", title, &message));
            }
        }
        Ok(())
    }

    /// Books what left and came back with these invoices, or takes that back.
    pub(super) fn book_stock(&mut self, names: &[String], back: bool) {
        let sign = if back { -1.0 } else { 1.0 };
        for ((item_code, warehouse), taken) in self.taken_by(names) {
            let left = self.in_stock(&item_code, &warehouse) - sign * taken;
            let bin = self
                .bin(&item_code, &warehouse)
                .map(|bin| bin["name"].clone());
            let bin = bin.and_then(|name| name.as_str().map(str::to_owned));
            let bin = bin.unwrap_or_else(|| format!("bin-{item_code}-{warehouse}"));
            let fields = json!({
                "item_code": item_code, "warehouse": warehouse, "actual_qty": left,
            });
            self.put(BIN, &bin, fields);
        }
        for name in names {
            let invoice = Value::Object(self.document(INVOICE, name).unwrap().clone());
            let came_back = (invoice["is_return"] == 1) != back;
            for row in items(&invoice) {
                for piece in serial_nos(row) {
                    let moved = if came_back {
                        json!({ "status": "Active", "warehouse": row["warehouse"] })
                    } else {
                        json!({ "status": "Delivered", "warehouse": null })
                    };
                    self.put("Serial No", piece, moved);
                }
                let batch = row["batch_no"].as_str().unwrap_or_default().to_owned();
                if let Some(holds) = self.document("Batch", &batch) {
                    let left = holds
                        .get("batch_qty")
                        .and_then(Value::as_f64)
                        .unwrap_or(0.0)
                        - sign * number(row, "stock_qty");
                    self.put("Batch", &batch, json!({ "batch_qty": left }));
                }
            }
        }
    }

    /// What invoices that are submitted and not booked took of an item, but for one.
    fn reserved(&self, item_code: &str, warehouse: &str, but: Option<&str>) -> f64 {
        let waiting = self
            .unbooked()
            .filter(|invoice| invoice["name"].as_str() != but);
        let rows = waiting.flat_map(items_of);
        let of_item = rows.filter(|row| {
            row["item_code"] == item_code
                && row["warehouse"].as_str().unwrap_or("Shop - HB") == warehouse
        });
        of_item.map(|row| number(row, "stock_qty")).sum()
    }

    /// The invoices that are submitted and not consolidated.
    pub(super) fn unbooked(&self) -> impl Iterator<Item = &Map<String, Value>> {
        self.each(INVOICE).filter(|invoice| {
            invoice["docstatus"] == 1
                && invoice
                    .get("consolidated_invoice")
                    .is_none_or(Value::is_null)
        })
    }

    /// What left with these invoices, of a bundle what is in it.
    pub(super) fn taken_by(&self, names: &[String]) -> BTreeMap<(String, String), f64> {
        let mut taken = BTreeMap::new();
        for name in names {
            let invoice = self.document(INVOICE, name).unwrap();
            for row in items_of(invoice) {
                let item_code = row["item_code"].as_str().unwrap_or_default();
                let warehouse = row["warehouse"].as_str().unwrap_or("Shop - HB");
                let stock_qty = number(row, "stock_qty");
                let bundle = self.document("Product Bundle", item_code);
                let parts = bundle.map_or_else(
                    || vec![(item_code, stock_qty)],
                    |bundle| {
                        let of_one = |part: &'_ Value| number(part, "qty") * stock_qty;
                        let parts = items_of(bundle);
                        let parts = parts.map(|part| {
                            (part["item_code"].as_str().unwrap_or_default(), of_one(part))
                        });
                        parts.collect()
                    },
                );
                for (item_code, qty) in parts {
                    if self.is_stock_item(item_code) {
                        let place = (item_code.to_owned(), warehouse.to_owned());
                        *taken.entry(place).or_insert(0.0) += qty;
                    }
                }
            }
        }
        taken
    }

    fn is_stock_item(&self, item_code: &str) -> bool {
        let item = self.document("Item", item_code);
        item.is_some_and(|item| item.get("is_stock_item") == Some(&json!(1)))
    }

    fn bin(&self, item_code: &str, warehouse: &str) -> Option<&Map<String, Value>> {
        self.each(BIN)
            .find(|bin| bin["item_code"] == item_code && bin["warehouse"] == warehouse)
    }

    fn in_stock(&self, item_code: &str, warehouse: &str) -> f64 {
        let bin = self.bin(item_code, warehouse);
        bin.and_then(|bin| bin["actual_qty"].as_f64())
            .unwrap_or(0.0)
    }

    /// Sets what is in the warehouse, as a stock reconciliation does.
    pub fn set_stock(&mut self, item_code: &str, warehouse: &str, actual_qty: f64) {
        let bin = self
            .bin(item_code, warehouse)
            .and_then(|bin| bin["name"].as_str());
        let bin = bin.map_or_else(|| format!("bin-{item_code}-{warehouse}"), str::to_owned);
        let fields = json!({
            "item_code": item_code, "warehouse": warehouse, "actual_qty": actual_qty,
        });
        self.put(BIN, &bin, fields);
    }
}

fn items(invoice: &Value) -> impl Iterator<Item = &Value> + Clone {
    invoice["items"].as_array().into_iter().flatten()
}

fn items_of(invoice: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    invoice["items"].as_array().into_iter().flatten()
}
