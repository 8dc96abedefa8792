//! What a save and what submitting refuses.

use serde_json::{Value, json};

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
        let kept = self.document("Customer", customer);
        for (field, exc_type, what) in [
            ("disabled", "PartyDisabled", "disabled"),
            ("is_frozen", "PartyFrozen", "frozen"),
        ] {
            if kept.is_some_and(|kept| kept.get(field) == Some(&json!(1))) {
                let message = format!("Customer {customer} is {what}");
                return Err(Refusal::check(exc_type, &message));
            }
        }
        for (place, row) in items.iter().enumerate() {
            let code = row["item_code"].as_str().unwrap_or_default();
            let Some(item) = self.document("Item", code) else {
                return Err(Refusal::missing("Item", code));
            };
            let ended = item.get("end_of_life").and_then(Value::as_str);
            if let Some(day) = ended.filter(|day| *day < self.today().as_str()) {
                let message = format!("Item {code} has reached its end of life on {day}");
                return Err(Refusal::check("ValidationError", &message));
            }
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
        self.check_open(body)?;
        if body["payments"].as_array().is_none_or(Vec::is_empty) {
            let message = "At least one mode of payment is required for POS invoice.";
            return Err(Refusal::check("ValidationError", message));
        }
        self.check_return(body)?;
        self.check_points(body)?;
        self.check_coupon(body)
    }

    /// What only submitting checks.
    pub(super) fn check_submission(&self, invoice: &Value) -> Result<(), Refusal> {
        let due = match number(invoice, "rounded_total") {
            0.0 => number(invoice, "grand_total"),
            rounded => rounded,
        };
        let paid = number(invoice, "paid_amount");
        let differs = invoice["is_return"] == 1 && (paid - due).abs() > 1e-6;
        if paid < due - 1e-6 || differs {
            let message = "Partial Payment in POS Invoice is not allowed.";
            return Err(Refusal::check("PartialPaymentValidationError", message));
        }
        for (place, row) in invoice["items"]
            .as_array()
            .into_iter()
            .flatten()
            .enumerate()
        {
            for serial_no in serial_nos(row).filter(|_| invoice["is_return"] != 1) {
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
        self.check_stock(invoice)
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
        let taken_by = |rows: Option<&Vec<Value>>| {
            let rows = rows.into_iter().flatten();
            let of_batch = rows.filter(|row| row["batch_no"] == name);
            of_batch.map(|row| number(row, "stock_qty")).sum::<f64>()
        };
        let unbooked = self.unbooked().map(|other| other["items"].as_array());
        let reserved: f64 = unbooked.map(taken_by).sum();
        let short = reserved + taken_by(invoice["items"].as_array()) - holds;
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
        let sold = self.unbooked().any(|other| {
            let rows = other["items"].as_array().into_iter().flatten();
            other["is_return"] != 1 && rows.flat_map(serial_nos).any(|sold| sold == serial_no)
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

/// The pieces of a row.
pub(super) fn serial_nos(row: &Value) -> impl Iterator<Item = &str> {
    let written = row["serial_no"].as_str().unwrap_or_default();
    let split = written.split(['\n', ',']).map(str::trim);
    split.filter(|one| !one.is_empty())
}

/// A number of a document; 0 where there is none.
pub(super) fn number(document: &Value, field: &str) -> f64 {
    document[field].as_f64().unwrap_or_default()
}
