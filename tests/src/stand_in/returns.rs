//! What a return must be to be taken.

use serde_json::{Map, Value};

use super::checks::{number, serial_nos};
use super::invoices::INVOICE;
use super::refusal::Refusal;
use super::site::Site;

impl Site {
    /// What every save checks of payments, and of a return against its original.
    pub(super) fn check_return(&self, invoice: &Value) -> Result<(), Refusal> {
        let is_return = invoice["is_return"] == 1;
        for (place, payment) in rows(invoice, "payments").enumerate() {
            let amount = number(payment, "amount");
            let wanted = match is_return {
                false if amount < 0.0 => "positive",
                true if amount > 0.0 => "negative",
                _ => continue,
            };
            let place = place + 1;
            let message = format!("Row #{place} (Payment Table): Amount must be {wanted}");
            return Err(Refusal::check("ValidationError", &message));
        }
        if !is_return {
            return Ok(());
        }
        for (place, row) in rows(invoice, "items").enumerate() {
            if number(row, "qty") > 0.0 {
                let message = format!(
                    "Row #{}: You cannot add postive quantities in a return invoice. Please remove item <strong>{}</strong> to complete the return.",
                    place + 1,
                    row["item_code"].as_str().unwrap_or_default()
                );
                return Err(Refusal::new(
                    417,
                    "ValidationError",
                    "Invalid Item",
                    &message,
                ));
            }
        }
        let Some(against) = invoice["return_against"]
            .as_str()
            .filter(|name| !name.is_empty())
        else {
            return Ok(());
        };
        let Some(original) = self.document(INVOICE, against) else {
            let message = format!("Could not find Return Against: {against}");
            return Err(Refusal::check("LinkValidationError", &message));
        };
        self.check_original(invoice, original)
    }

    fn check_original(
        &self,
        invoice: &Value,
        original: &Map<String, Value>,
    ) -> Result<(), Refusal> {
        let against = original["name"].as_str().unwrap_or_default();
        let same = |field: &str| invoice[field] == original[field];
        if original["docstatus"] != 1 || !same("company") || !same("customer") {
            let message = format!("Invalid Return Against: {against}");
            return Err(Refusal::check("ValidationError", &message));
        }
        let at = |field: &dyn Fn(&str) -> String| {
            format!("{} {:0>8}", field("posting_date"), field("posting_time"))
        };
        let own = at(&|field| invoice[field].as_str().unwrap_or_default().to_owned());
        let sold = at(&|field| original[field].as_str().unwrap_or_default().to_owned());
        if own < sold {
            let message = format!("Posting timestamp must be after {sold}");
            return Err(Refusal::check("ValidationError", &message));
        }
        let rate = |value: Option<&Value>| value.and_then(Value::as_f64).unwrap_or(1.0);
        if rate(invoice.get("conversion_rate")) != rate(original.get("conversion_rate")) {
            let message = format!("Exchange Rate must be same as POS Invoice {against} (1.0)");
            return Err(Refusal::check("ValidationError", &message));
        }
        for (place, row) in rows(invoice, "items").enumerate() {
            let item_code = row["item_code"].as_str().unwrap_or_default();
            let sold = || original["items"].as_array().into_iter().flatten();
            for piece in serial_nos(row) {
                if !sold().flat_map(serial_nos).any(|other| other == piece) {
                    let message = format!(
                        "Row #{}: Serial No <strong>{piece}</strong> cannot be returned since it was not transacted in original invoice <strong>{against}</strong>",
                        place + 1
                    );
                    return Err(Refusal::check("ValidationError", &message));
                }
            }
            // Without the row nothing limits the quantity.
            let Some(of_row) = row["pos_invoice_item"].as_str() else {
                continue;
            };
            let Some(sold) = sold().find(|sold| sold["name"] == of_row) else {
                continue;
            };
            let left = number(sold, "qty") - self.returned(against, of_row);
            let wanted = -number(row, "qty");
            let message = if left <= 0.0 && wanted > 0.0 {
                format!("Item {item_code} has already been returned")
            } else if wanted > left + 1e-9 {
                format!(
                    "Row # {}: Cannot return more than {left:?} for Item {item_code}",
                    place + 1
                )
            } else {
                continue;
            };
            return Err(Refusal::check("StockOverReturnError", &message));
        }
        Ok(())
    }

    /// How much of a row came back already.
    fn returned(&self, against: &str, row: &str) -> f64 {
        let others = self.each(INVOICE).filter(|other| {
            other["docstatus"] == 1
                && other["is_return"] == 1
                && other
                    .get("return_against")
                    .is_some_and(|name| name == against)
        });
        let rows = others.flat_map(|other| other["items"].as_array().into_iter().flatten());
        let of_row = rows.filter(|other| other["pos_invoice_item"] == row);
        of_row.map(|other| -number(other, "qty")).sum()
    }
}

fn rows<'a>(invoice: &'a Value, table: &str) -> impl Iterator<Item = &'a Value> {
    invoice[table].as_array().into_iter().flatten()
}
