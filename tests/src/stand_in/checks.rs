//! What a save and what submitting refuses.

use serde_json::{Value, json};

use super::invoices::INVOICE;
use super::openings::OPENING;
use super::refusal::Refusal;
use super::site::Site;

impl Site {
    /// What every save checks.
    pub(super) fn check(&self, body: &Value) -> Result<(), Refusal> {
        let customer = body["customer"].as_str().unwrap_or_default();
        let items = body["items"].as_array().filter(|items| !items.is_empty());
        let (Some(_), Some(items)) = (self.document("Customer", customer), items) else {
            return Err(Refusal::silent(500, "TypeError"));
        };
        for (place, row) in items.iter().enumerate() {
            let code = row["item_code"].as_str().unwrap_or_default();
            let Some(item) = self.document("Item", code) else {
                return Err(Refusal::missing("Item", code));
            };
            if item.get("disabled") == Some(&json!(1)) {
                return Err(Refusal::check(
                    "ValidationError",
                    &format!("Item {code} is disabled"),
                ));
            }
            let most = item
                .get("max_discount")
                .and_then(Value::as_f64)
                .unwrap_or(0.0);
            if most > 0.0 && number(row, "discount_percentage") > most {
                let message = format!("Maximum discount for Item {code} is {most}%");
                return Err(Refusal::check("ValidationError", &message));
            }
            let batch = row.get("batch_no").and_then(Value::as_str);
            if let Some(batch) = batch.filter(|batch| self.document("Batch", batch).is_none()) {
                let message = format!("Could not find Row #{}: Batch No: {batch}", place + 1);
                return Err(Refusal::check("LinkValidationError", &message));
            }
        }
        let profile = body["pos_profile"].as_str().unwrap_or_default();
        let open = |entry: &Value| {
            entry["pos_profile"] == profile && entry["status"] == "Open" && entry["docstatus"] == 1
        };
        if !self.documents(OPENING).iter().any(open) {
            let message = format!(
                "No open POS Opening Entry found for POS Profile <strong>{profile}</strong>."
            );
            let title = "POS Opening Entry Missing";
            return Err(Refusal::new(417, "ValidationError", title, &message));
        }
        if body["payments"].as_array().is_none_or(Vec::is_empty) {
            let message = "At least one mode of payment is required for POS invoice.";
            return Err(Refusal::check("ValidationError", message));
        }
        self.check_points(body)?;
        self.check_coupon(body)
    }

    /// What only submitting checks.
    pub(super) fn check_submission(&self, invoice: &Value) -> Result<(), Refusal> {
        let due = match number(invoice, "rounded_total") {
            0.0 => number(invoice, "grand_total"),
            rounded => rounded,
        };
        if number(invoice, "paid_amount") < due - 1e-6 {
            let message = "Partial Payment in POS Invoice is not allowed.";
            return Err(Refusal::check("PartialPaymentValidationError", message));
        }
        for (place, row) in invoice["items"]
            .as_array()
            .into_iter()
            .flatten()
            .enumerate()
        {
            for serial_no in serial_nos(row) {
                self.check_serial_no(row, serial_no)?;
            }
            let batch = self.document("Batch", row["batch_no"].as_str().unwrap_or_default());
            let expiry = batch.and_then(|batch| batch.get("expiry_date")?.as_str());
            if expiry.is_some_and(|day| day < invoice["posting_date"].as_str().unwrap_or_default())
            {
                let message = format!(
                    "Row #{}: The batch {} has already expired.",
                    place + 1,
                    row["batch_no"].as_str().unwrap_or_default()
                );
                return Err(Refusal::check("BatchExpiredError", &message));
            }
            self.check_batch_qty(invoice, row)?;
        }
        Ok(())
    }

    /// A batch must hold what its rows take, besides what other invoices took before: stock is
    /// booked only when a shift is closed.
    fn check_batch_qty(&self, invoice: &Value, row: &Value) -> Result<(), Refusal> {
        let name = row["batch_no"].as_str().unwrap_or_default();
        let Some(holds) = self.document("Batch", name).map(|batch| {
            let holds = batch.get("batch_qty").and_then(Value::as_f64);
            holds.unwrap_or_default()
        }) else {
            return Ok(());
        };
        let others = self.documents(INVOICE);
        let taken_by = |document: &Value| {
            let rows = document["items"].as_array().into_iter().flatten();
            let of_batch = rows.filter(|row| row["batch_no"] == name);
            of_batch.map(|row| number(row, "stock_qty")).sum::<f64>()
        };
        let submitted = others.iter().filter(|other| other["docstatus"] == 1);
        let reserved: f64 = submitted.map(taken_by).sum();
        let short = reserved + taken_by(invoice) - holds;
        if short <= 1e-9 {
            return Ok(());
        }
        let item_code = row["item_code"].as_str().unwrap_or_default();
        let message = format!(
            "The batch <strong>{name}</strong> of an item <strong>{item_code}</strong> has negative stock of quantity {short}."
        );
        Err(Refusal::check("BatchNegativeStockError", &message))
    }

    /// A piece must lie in the warehouse, and be in no other invoice.
    fn check_serial_no(&self, row: &Value, serial_no: &str) -> Result<(), Refusal> {
        let warehouse = row["warehouse"].as_str().unwrap_or("Shop - HB");
        let here = self.document("Serial No", serial_no).is_some_and(|piece| {
            piece.get("warehouse") == Some(&json!(warehouse))
                && piece.get("status") == Some(&json!("Active"))
        });
        let sold = self.documents(INVOICE).iter().any(|other| {
            let rows = other["items"].as_array().into_iter().flatten();
            other["docstatus"] == 1 && rows.flat_map(serial_nos).any(|sold| sold == serial_no)
        });
        if here && !sold {
            return Ok(());
        }
        let message = format!(
            "Serial No <strong>{serial_no}</strong> is not present in the warehouse <strong>{warehouse}</strong>."
        );
        Err(Refusal::new(
            417,
            "SerialNoWarehouseError",
            "Error",
            &message,
        ))
    }
}

fn serial_nos(row: &Value) -> impl Iterator<Item = &str> {
    let written = row["serial_no"].as_str().unwrap_or_default();
    let split = written.split(['\n', ',']).map(str::trim);
    split.filter(|one| !one.is_empty())
}

/// A number of a document; 0 where there is none.
pub(super) fn number(document: &Value, field: &str) -> f64 {
    document[field].as_f64().unwrap_or_default()
}
