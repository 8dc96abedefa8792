//! POS Closing Entries: what a closing takes, and how it is consolidated.

use serde_json::{Map, Value, json};

use super::invoices::INVOICE;
use super::office::ADMIN;
use super::openings::OPENING;
use super::refusal::Refusal;
use super::rows::{data, number_rows, stamps};
use super::site::{Site, without_nulls};

pub(super) const CLOSING: &str = "POS Closing Entry";

/// So many invoices are left to a worker in the background.
const MANY: usize = 10;

/// A closing that waits for its worker.
pub(super) struct Job {
    closing: String,
    /// Requests until it is done; `None` for never.
    left: Option<u32>,
}

impl Site {
    pub(super) fn insert_closing(&mut self, body: &Value) -> Result<Value, Refusal> {
        let sent_name = body["name"].as_str().filter(|_| self.honours_names);
        if let Some(name) = sent_name.filter(|name| self.document(CLOSING, name).is_some()) {
            return Err(Refusal::taken(CLOSING, name));
        }
        let mut closing = self.known(CLOSING, body);
        closing.remove(self.other_table());
        closing.entry(self.table()).or_insert_with(|| json!([]));
        let name = sent_name.map(str::to_owned);
        let name = name.unwrap_or_else(|| self.numbered("POS-CLO-2026-"));
        let now = self.now();
        closing.extend(stamps(&self.till, &name, CLOSING, &now));
        self.save_closing(&name, closing, true)
    }

    pub(super) fn update_closing(&mut self, name: &str, body: &Value) -> Result<Value, Refusal> {
        let Some(stored) = self.document(CLOSING, name).cloned() else {
            return Err(Refusal::missing(CLOSING, name));
        };
        let after = body.get("docstatus").unwrap_or(&stored["docstatus"]);
        match (stored["docstatus"].as_i64(), after.as_i64()) {
            (_, Some(2)) => Err(Refusal::forbidden(&self.till, CLOSING, false)),
            (Some(1), _) => Ok(data(without_nulls(&stored))),
            _ => {
                let mut closing = stored;
                closing.extend(self.known(CLOSING, body));
                closing.remove(self.other_table());
                let now = self.now();
                closing.insert("modified".to_owned(), json!(now));
                self.save_closing(name, closing, false)
            }
        }
    }

    /// A method of a closing.
    pub(super) fn call_closing(&mut self, name: &str, body: &Value) -> Result<Value, Refusal> {
        let Some(closing) = self.document(CLOSING, name) else {
            return Err(Refusal::missing(CLOSING, name));
        };
        if body["run_method"] != "retry" || closing["docstatus"] != 1 {
            let message = "You are not permitted to access this resource.";
            return Err(Refusal::new(403, "PermissionError", "Message", message));
        }
        self.consolidate_or_queue(name)?;
        Ok(json!({ "data": null }))
    }

    fn table(&self) -> &'static str {
        if self.is_v16() {
            "pos_invoices"
        } else {
            "pos_transactions"
        }
    }

    /// The table that this version does not have.
    fn other_table(&self) -> &'static str {
        if self.is_v16() {
            "pos_transactions"
        } else {
            "pos_invoices"
        }
    }

    fn save_closing(
        &mut self,
        name: &str,
        closing: Map<String, Value>,
        fresh: bool,
    ) -> Result<Value, Refusal> {
        let mut closing = Value::Object(closing);
        let mandatory = ["pos_opening_entry", "period_start_date", "period_end_date"];
        if let Some(field) = mandatory.iter().find(|field| closing[**field].is_null()) {
            let message = format!("[POS Closing Entry, {name}]: {field}");
            return Err(Refusal::check("MandatoryError", &message));
        }
        self.check_closing(&closing)?;
        (self.closing_script)(&mut closing);
        if self.is_v16() {
            // Whatever was sent.
            let now = self.now();
            closing["posting_date"] = json!(now[..10]);
            closing["posting_time"] = json!(now[11..]);
        }
        number_rows(&mut closing, self.table(), "POS Invoice Reference");
        number_rows(
            &mut closing,
            "payment_reconciliation",
            "POS Closing Entry Detail",
        );
        number_rows(&mut closing, "taxes", "POS Closing Entry Taxes");
        closing["error_message"] = json!("");
        let before = self.document(CLOSING, name).cloned();
        if closing["docstatus"] != 1 {
            closing["docstatus"] = json!(0);
            closing["status"] = json!("Draft");
            *self.store(CLOSING, name) = closing.as_object().unwrap().clone();
            return Ok(data(without_nulls(closing.as_object().unwrap())));
        }
        closing["status"] = json!("Submitted");
        *self.store(CLOSING, name) = closing.as_object().unwrap().clone();
        if let Err(refusal) = self.consolidate_or_queue(name) {
            // Rolled back: a new one never was, a draft only learns why.
            match before {
                Some(mut draft) if !fresh => {
                    let said = refusal.message.clone().unwrap_or_default();
                    draft.insert("status".to_owned(), json!("Failed"));
                    draft.insert("error_message".to_owned(), json!(said));
                    *self.store(CLOSING, name) = draft;
                }
                _ => self.delete(CLOSING, name),
            }
            return Err(refusal);
        }
        let saved = self.document(CLOSING, name).unwrap();
        Ok(data(without_nulls(saved)))
    }

    fn check_closing(&self, closing: &Value) -> Result<(), Refusal> {
        let opening = closing["pos_opening_entry"].as_str().unwrap_or_default();
        let open = self.document(OPENING, opening);
        if open.is_none_or(|entry| entry["status"] != "Open") {
            let message = "Selected POS Opening Entry should be open.";
            let title = "Invalid Opening Entry";
            return Err(Refusal::new(417, "ValidationError", title, message));
        }
        let rows = closing[self.table()]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let mut wrong = Vec::new();
        for (place, row) in rows.iter().enumerate() {
            let name = row["pos_invoice"].as_str().unwrap_or_default();
            let Some(invoice) = self.document(INVOICE, name) else {
                let place = place + 1;
                let message = format!("Could not find Row #{place}: POS Invoice: {name}");
                return Err(Refusal::check("LinkValidationError", &message));
            };
            let twice = rows[..place]
                .iter()
                .any(|other| other["pos_invoice"] == name);
            let said = if twice {
                format!("<strong>{name}</strong> is added multiple times")
            } else if invoice
                .get("consolidated_invoice")
                .is_some_and(|one| !one.is_null())
            {
                format!("Row #{}: POS Invoice is already consolidated", place + 1)
            } else if invoice["pos_profile"] != closing["pos_profile"] {
                format!("Row #{}: POS Profile doesn't match", place + 1)
            } else if invoice["docstatus"] != 1 {
                format!("Row #{}: POS Invoice is not submitted", place + 1)
            } else if invoice["owner"] != closing["user"] {
                format!("Row #{}: POS Invoice isn't created by user", place + 1)
            } else {
                continue;
            };
            wrong.push(said);
        }
        if wrong.is_empty() {
            return Ok(());
        }
        Err(Refusal::listed("Invalid POS Invoices", &wrong))
    }

    fn consolidate_or_queue(&mut self, name: &str) -> Result<(), Refusal> {
        let closing = self.document(CLOSING, name).unwrap();
        let rows = closing.get(self.table()).and_then(Value::as_array);
        if rows.map_or(0, Vec::len) < MANY {
            return self.consolidate(name);
        }
        self.store(CLOSING, name)
            .insert("status".to_owned(), json!("Queued"));
        self.jobs.push_back(Job {
            closing: name.to_owned(),
            left: self.worker,
        });
        Ok(())
    }

    /// Lets the worker in the background do what is due.
    pub(super) fn work(&mut self) {
        for job in std::mem::take(&mut self.jobs) {
            match job.left {
                Some(0) => {
                    let _told = self.consolidate(&job.closing);
                }
                left => self.jobs.push_back(Job {
                    left: left.or(self.worker).map(|left| left.saturating_sub(1)),
                    ..job
                }),
            }
        }
    }

    /// Consolidates all or nothing, and closes the opening.
    fn consolidate(&mut self, name: &str) -> Result<(), Refusal> {
        let closing = Value::Object(self.document(CLOSING, name).unwrap().clone());
        let rows = closing[self.table()]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let names = rows.iter().filter_map(|row| row["pos_invoice"].as_str());
        let names: Vec<String> = names.map(str::to_owned).collect();
        let checked = match self.closing_fault {
            Some(fault) => Err(Refusal::check("ValidationError", fault)),
            None => self.check_consolidation(&names),
        };
        if let Err(refusal) = checked {
            let said = refusal.message.clone().unwrap_or_default();
            let kept = self.store(CLOSING, name);
            kept.insert("status".to_owned(), json!("Failed"));
            kept.insert("error_message".to_owned(), json!(said));
            return Err(refusal);
        }
        self.book_stock(&names, false);
        let mut sales_invoices = std::collections::BTreeMap::new();
        for invoice in &names {
            let document = self.document(INVOICE, invoice).unwrap();
            let group = (document["customer"].to_string(), document["is_return"] == 1);
            let booked = match sales_invoices.get(&group) {
                Some(booked) => String::clone(booked),
                None => self.numbered("ACC-SINV-2026-"),
            };
            self.book_ledger(invoice, &booked);
            sales_invoices.insert(group, booked.clone());
            let now = self.now();
            let kept = self.store(INVOICE, invoice);
            kept.insert("consolidated_invoice".to_owned(), json!(booked));
            kept.insert("status".to_owned(), json!("Consolidated"));
            kept.insert("modified".to_owned(), json!(now));
        }
        let done = json!({ "status": "Submitted", "error_message": "" });
        self.put(CLOSING, name, done);
        let closed = json!({ "status": "Closed", "pos_closing_entry": name });
        let opening = closing["pos_opening_entry"].as_str().unwrap();
        self.put(OPENING, opening, closed);
        Ok(())
    }

    fn check_consolidation(&self, names: &[String]) -> Result<(), Refusal> {
        for (place, name) in names.iter().enumerate() {
            let invoice = self.document(INVOICE, name).unwrap();
            let row = place + 1;
            let bold = |text: &str| format!("<strong>{text}</strong>");
            if invoice["status"] == "Consolidated" {
                let message = format!(
                    "Row #{row}: POS Invoice {} has been {}",
                    bold(name),
                    bold("Consolidated")
                );
                return Err(Refusal::check("ValidationError", &message));
            }
            let customer = invoice["customer"].as_str().unwrap_or_default();
            if customer.is_empty() {
                let message = "[POS Invoice Merge Log]: customer";
                return Err(Refusal::check("MandatoryError", message));
            }
            let is_return = invoice["is_return"] == 1;
            let items = invoice["items"].as_array().into_iter().flatten();
            if !is_return && items.clone().any(|row| row["qty"].as_f64() < Some(0.0)) {
                let message = "For an item, quantity must be positive number";
                return Err(Refusal::check("ValidationError", message));
            }
            let against = invoice.get("return_against").and_then(Value::as_str);
            let original = against.and_then(|name| self.document(INVOICE, name));
            let Some(original) = original.filter(|_| is_return) else {
                continue;
            };
            let original_name = original["name"].as_str().unwrap_or_default();
            let along = names.iter().any(|other| other == original_name)
                && original["customer"] == invoice["customer"];
            if !along && original["status"] != "Consolidated" {
                let message = format!(
                    "Row #{row}: The original Invoice {} of return invoice {} is not consolidated. The original invoice should be consolidated before or along with the return invoice.<br><br>You can add the original invoice {} manually to proceed.",
                    bold(original_name),
                    bold(name),
                    bold(original_name)
                );
                return Err(Refusal::check("ValidationError", &message));
            }
        }
        self.check_stock_of(names)
    }

    /// What the desk's closing lists: the invoices of a user and profile within a time.
    pub(super) fn pos_invoices(
        &self,
        start: &str,
        end: &str,
        pos_profile: &str,
        user: &str,
    ) -> Vec<Value> {
        let listed = self.each(INVOICE).filter(|invoice| {
            invoice["owner"] == user
                && invoice["docstatus"] == 1
                && invoice["pos_profile"] == pos_profile
                && invoice
                    .get("consolidated_invoice")
                    .is_none_or(Value::is_null)
        });
        let within = |invoice: &&Map<String, Value>| {
            let text = |field: &str| invoice[field].as_str().unwrap_or_default();
            let at = format!("{} {:0>8}", text("posting_date"), text("posting_time"));
            start <= at.as_str() && at.as_str() <= end
        };
        listed.filter(within).cloned().map(Value::Object).collect()
    }

    /// Somebody in the office cancels a closing: its opening is open again, and what it took is free.
    /// Says whether ERPNext lets them.
    pub fn cancel_closing(&mut self, name: &str) -> bool {
        let Some(closing) = self.document(CLOSING, name).cloned() else {
            return false;
        };
        let rows = closing.get(self.table()).and_then(Value::as_array);
        let names = rows.into_iter().flatten();
        let names: Vec<String> = names
            .filter_map(|row| row["pos_invoice"].as_str().map(str::to_owned))
            .collect();
        let is_done = closing["status"] == "Submitted";
        // One profile, one opening; and what was credited stays.
        let is_open_anew = self.is_v16()
            && self.each(OPENING).any(|entry| {
                entry["status"] == "Open" && entry["pos_profile"] == closing["pos_profile"]
            });
        let is_returned = self.each(INVOICE).any(|invoice| {
            let against = invoice.get("return_against").and_then(Value::as_str);
            invoice["status"] == "Consolidated"
                && against.is_some_and(|against| names.iter().any(|name| name == against))
                && !names.iter().any(|name| invoice["name"] == name.as_str())
        });
        if closing["docstatus"] != 1 || is_done && (is_open_anew || is_returned) {
            return false;
        }
        self.jobs.retain(|job| job.closing != name);
        self.put(
            CLOSING,
            name,
            json!({ "docstatus": 2, "status": "Cancelled" }),
        );
        if is_done {
            self.book_stock(&names, true);
            for invoice in &names {
                self.cancel_ledger(invoice);
                let document = self.document(INVOICE, invoice).unwrap();
                let is_return = document.get("is_return") == Some(&json!(1));
                let status = if is_return { "Return" } else { "Paid" };
                let free = json!({ "consolidated_invoice": null, "status": status });
                self.put(INVOICE, invoice, free);
            }
            let opening = closing["pos_opening_entry"].as_str().unwrap().to_owned();
            let open = json!({ "status": "Open", "pos_closing_entry": null });
            self.put(OPENING, &opening, open);
        }
        true
    }

    /// Somebody in the office closes all shifts of a profile by hand, with all that has come.
    pub fn close(&mut self, pos_profile: &str) {
        for entry in self.documents(OPENING) {
            if entry["pos_profile"] != pos_profile || entry["status"] != "Open" {
                continue;
            }
            let user = entry["user"].as_str().unwrap_or_default();
            let listed = self.pos_invoices("0", "9", pos_profile, user);
            let reference = |invoice: &Value| {
                json!({
                    "pos_invoice": invoice["name"], "customer": invoice["customer"],
                    "grand_total": invoice["grand_total"], "is_return": invoice["is_return"],
                })
            };
            let name = self.numbered("POS-CLO-2026-");
            let now = self.now();
            let mut closing = stamps(&self.till, &name, CLOSING, &now);
            closing.insert("owner".to_owned(), json!(ADMIN));
            let mut closing = Value::Object(closing);
            for field in ["user", "pos_profile", "company", "period_start_date"] {
                closing[field] = entry[field].clone();
            }
            closing["docstatus"] = json!(1);
            closing["pos_opening_entry"] = entry["name"].clone();
            closing["period_end_date"] = json!(now);
            closing[self.table()] = listed.iter().map(reference).collect();
            *self.store(CLOSING, &name) = closing.as_object().unwrap().clone();
            if self.consolidate(&name).is_err() {
                self.delete(CLOSING, &name);
            }
        }
    }
}
