//! POS Invoices: how a write changes them.

use erpnext::push::KEY_FIELD;
use serde_json::{Map, Value, json};

use super::refusal::Refusal;
use super::rows::{data, number_rows, stamps};
use super::site::{Site, without_nulls};

pub(super) const INVOICE: &str = "POS Invoice";

impl Site {
    pub(super) fn insert_invoice(&mut self, body: &Value) -> Result<Value, Refusal> {
        self.check(body)?;
        let key = body[KEY_FIELD]
            .as_str()
            .filter(|key| !key.is_empty() && self.has_key_field);
        let sent_name = body["name"].as_str().filter(|_| self.honours_names);
        if let Some(name) = sent_name.filter(|name| self.document(INVOICE, name).is_some()) {
            return Err(Refusal::taken(INVOICE, name));
        }
        if key.is_some_and(|key| {
            self.each(INVOICE)
                .any(|other| other.get(KEY_FIELD).and_then(Value::as_str) == Some(key))
        }) {
            return Err(Refusal::check(
                "UniqueValidationError",
                "Kiosk Txn ID must be unique",
            ));
        }
        let name = match sent_name {
            Some(name) => name.to_owned(),
            None => self.numbered("ACC-PSINV-2026-"),
        };
        let now = self.now();
        let mut invoice = Map::clone(&self.catalogue.fresh_invoice);
        let customer = body["customer"].clone();
        invoice.insert("title".to_owned(), customer.clone());
        invoice.insert("customer_name".to_owned(), customer);
        invoice.extend(self.known(INVOICE, body));
        if !self.honours_names {
            // Rows are named by the site too.
            for row in invoice
                .get_mut("items")
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
            {
                row.as_object_mut().unwrap().remove("name");
            }
        }
        invoice.extend(stamps(&self.till, &name, INVOICE, &now));
        self.save_draft(&name, invoice)
    }

    pub(super) fn update_invoice(&mut self, name: &str, body: &Value) -> Result<Value, Refusal> {
        let Some(stored) = self.document(INVOICE, name).cloned() else {
            return Err(Refusal::missing(INVOICE, name));
        };
        let before = stored["docstatus"].as_i64();
        let after = body.get("docstatus").and_then(Value::as_i64).or(before);
        match (before, after) {
            (_, Some(2)) => Err(Refusal {
                traceback: false,
                ..Refusal::forbidden(&self.till, INVOICE, false)
            }),
            (Some(1), Some(1)) => {
                let changed = self
                    .known(INVOICE, body)
                    .into_iter()
                    .find(|(field, value)| {
                        !value.is_array() && field != "docstatus" && !same(value, stored.get(field))
                    });
                match changed {
                    Some((field, _)) => {
                        let message = format!("Not allowed to change {field} after submission");
                        Err(Refusal::check("UpdateAfterSubmitError", &message))
                    }
                    None => Ok(data(without_nulls(&stored))),
                }
            }
            (Some(0), Some(0)) => {
                let known: Vec<_> = row_names(stored.get("items")).cloned().collect();
                let lost: Vec<_> = row_names(body.get("items"))
                    .filter(|name| !known.contains(name))
                    .cloned()
                    .collect();
                let mut invoice = stored;
                invoice.extend(self.known(INVOICE, body));
                let mut invoice = self.checked(invoice)?;
                invoice.insert("modified".to_owned(), json!(self.now()));
                let answer = self.save_draft(name, invoice)?;
                // A named row is updated where it is; one that is nowhere is answered and not kept.
                let kept = self.store(INVOICE, name).get_mut("items");
                if let Some(rows) = kept.and_then(Value::as_array_mut) {
                    rows.retain(|row| !lost.contains(&row["name"]));
                }
                Ok(answer)
            }
            (Some(0), Some(1)) => self.submit(name, stored, body),
            _ => Err(Refusal::check(
                "DocstatusTransitionError",
                "Cannot change docstatus",
            )),
        }
    }

    /// What a save checks.
    fn checked(&self, invoice: Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
        let document = Value::Object(invoice);
        self.check(&document)?;
        Ok(match document {
            Value::Object(invoice) => invoice,
            _ => Map::new(),
        })
    }

    fn submit(
        &mut self,
        name: &str,
        mut invoice: Map<String, Value>,
        body: &Value,
    ) -> Result<Value, Refusal> {
        invoice.extend(self.known(INVOICE, body));
        let mut invoice = Value::Object(invoice);
        self.check(&invoice)?;
        let key = invoice[KEY_FIELD].as_str().unwrap_or(name);
        if let Some(refusal) = self.submit_refusals.get(key) {
            return Err(refusal.clone());
        }
        self.check_submission(&invoice)?;
        let clock = invoice["posting_time"].as_str().unwrap_or_default();
        let clock = clock.strip_prefix('0').unwrap_or(clock).to_owned();
        invoice["posting_time"] = json!(clock);
        let status = if invoice["is_return"] == 1 {
            "Return"
        } else {
            "Paid"
        };
        invoice["status"] = json!(status);
        if invoice.get("remarks").is_none_or(|said| said == "") {
            invoice["remarks"] = json!("No Remarks");
        }
        invoice["modified"] = json!(self.now());
        for table in ["items", "taxes", "payments"] {
            for row in invoice
                .get_mut(table)
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
            {
                row["docstatus"] = json!(1);
            }
        }
        self.count_coupon(&invoice);
        self.book_points(&invoice);
        let answer = data(without_nulls(invoice.as_object().unwrap()));
        if let Value::Object(invoice) = invoice {
            *self.store(INVOICE, name) = invoice;
        }
        Ok(answer)
    }

    /// Fills in what a draft needs, with the amounts that the stand-in was told.
    fn save_draft(
        &mut self,
        name: &str,
        mut invoice: Map<String, Value>,
    ) -> Result<Value, Refusal> {
        if !self.keeps_ignore_pricing_rule {
            invoice.insert("ignore_pricing_rule".to_owned(), json!(0));
        }
        self.copy_taxes(&mut invoice);
        // Fetched from the customer.
        let customer = invoice
            .get("customer")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let program = self
            .document("Customer", customer)
            .and_then(|c| c.get("loyalty_program"));
        if let Some(program) = program.filter(|program| !program.is_null()).cloned() {
            invoice.insert("loyalty_program".to_owned(), program);
        }
        let mut document = Value::Object(invoice);
        for row in document["items"].as_array_mut().into_iter().flatten() {
            let mut filled = Map::clone(&self.catalogue.fresh_item);
            filled.append(row.as_object_mut().unwrap());
            *row = Value::Object(filled);
        }
        for row in document["payments"].as_array_mut().into_iter().flatten() {
            let mode = row["mode_of_payment"].as_str().unwrap_or_default();
            let mode = self.document("Mode of Payment", mode);
            row["type"] = mode
                .and_then(|mode| mode.get("type"))
                .cloned()
                .unwrap_or_default();
            row["default"] = json!(0);
        }
        let amounts: Vec<f64> = document["payments"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|row| row["amount"].as_f64())
            .collect();
        document["paid_amount"] = json!(amounts.iter().sum::<f64>());
        let told = (self.totals)(&document);
        overlay(&mut document, &told);
        number_rows(&mut document, "items", "POS Invoice Item");
        number_rows(&mut document, "taxes", "Sales Taxes and Charges");
        number_rows(&mut document, "payments", "Sales Invoice Payment");
        let answer = data(without_nulls(document.as_object().unwrap()));
        if let Value::Object(document) = document {
            *self.store(INVOICE, name) = document;
        }
        Ok(answer)
    }

    /// Without rows, those of the template are copied.
    fn copy_taxes(&self, invoice: &mut Map<String, Value>) {
        let empty = invoice
            .get("taxes")
            .and_then(Value::as_array)
            .is_none_or(Vec::is_empty);
        let template = invoice.get("taxes_and_charges").and_then(Value::as_str);
        let template =
            template.and_then(|name| self.document("Sales Taxes and Charges Template", name));
        let rows = match template
            .filter(|_| empty)
            .and_then(|template| template.get("taxes"))
        {
            Some(rows) => rows.clone(),
            None if empty => json!([]),
            None => return,
        };
        invoice.insert("taxes".to_owned(), rows);
    }
}

fn row_names(table: Option<&Value>) -> impl Iterator<Item = &Value> {
    let rows = table.and_then(Value::as_array).into_iter().flatten();
    rows.filter_map(|row| row.get("name"))
}

/// Puts fields over a document, and lists of rows over its rows by their places.
fn overlay(document: &mut Value, told: &Value) {
    match (document, told) {
        (Value::Object(document), Value::Object(told)) => {
            for (field, value) in told {
                overlay(document.entry(field.clone()).or_insert(Value::Null), value);
            }
        }
        (Value::Array(rows), Value::Array(told)) => {
            for (row, value) in rows.iter_mut().zip(told) {
                overlay(row, value);
            }
        }
        (document, told) => *document = told.clone(),
    }
}

fn same(sent: &Value, stored: Option<&Value>) -> bool {
    let stored = stored.unwrap_or(&Value::Null);
    match (sent.as_f64(), stored.as_f64()) {
        (Some(sent), Some(stored)) => (sent - stored).abs() < 1e-6,
        _ => sent == stored || (sent.is_null() && stored.is_null()),
    }
}
