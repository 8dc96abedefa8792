//! Customers who were made at the till.

use checkout::masters::Customer;
use checkout::new_customer::NewCustomer;
use rusqlite::{OptionalExtension, params};
use serde_json::json;

use crate::catalog::ReadStore;
use crate::column::{count, from_json, to_json};
use crate::commit::{Store, check_next};
use crate::error::Result;
use crate::journal::{self, JournalKind};
use crate::outbox;

impl Store {
    /// Makes a customer durable, with their journal entry and their outbox row. The journal tells
    /// that there is one, and not who: it outlives what a customer may ask to be forgotten.
    ///
    /// # Errors
    /// [`crate::StoreError::Inconsistent`] when the number is not the next one; otherwise what the
    /// disk refuses.
    pub fn commit_customer(&mut self, customer: &NewCustomer) -> Result<()> {
        let write = self.write()?;
        check_next(&write, "new_customer", customer.number)?;
        let body = to_json(customer)?;
        write
            .prepare_cached(
                "INSERT INTO new_customer (number, key, search, body) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![
                count(customer.number),
                customer.key,
                found_by(customer),
                body
            ])?;
        let facts = json!({
            "key": customer.key,
            "cashier": customer.cashier.name,
            "sha256": journal::digest(&body),
        });
        journal::append(&write, JournalKind::Customer, &facts, customer.at)?;
        outbox::add_customer(&write, customer)?;
        Ok(write.commit()?)
    }
}

impl ReadStore {
    /// A customer who was made here, by their key.
    pub(crate) fn customer_made_here(&self, key: &str) -> Result<Option<Customer>> {
        let body: Option<String> = self
            .till
            .prepare_cached("SELECT body FROM new_customer WHERE key = ?1")?
            .query_row([key], |row| row.get(0))
            .optional()?;
        let made: Option<NewCustomer> = body
            .map(|body| from_json(&body, &format!("customer {key}")))
            .transpose()?;
        Ok(made.map(|made| made.customer()))
    }

    /// Customers who were made here and did not come back from ERPNext under its own name yet, and
    /// who have all these words, newest first.
    pub(crate) fn customers_made_here(&self, text: &str, limit: u32) -> Result<Vec<Customer>> {
        let words: Vec<String> = text
            .split_whitespace()
            .take(8)
            .map(str::to_lowercase)
            .collect();
        let mut statement = self.till.prepare_cached(
            "SELECT new_customer.search, new_customer.body, outbox.erpnext_name
             FROM new_customer JOIN outbox ON outbox.document = new_customer.key
             ORDER BY new_customer.number DESC LIMIT 5000",
        )?;
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let search: String = row.get(0)?;
            if !words.iter().all(|word| search.contains(word.as_str())) {
                continue;
            }
            let name: Option<String> = row.get(2)?;
            if let Some(name) = name
                && self.stored_customer(&name)?.is_some()
            {
                continue;
            }
            let made: NewCustomer = from_json(&row.get::<_, String>(1)?, "a customer")?;
            found.push(made.customer());
            if found.len() == limit as usize {
                break;
            }
        }
        Ok(found)
    }
}

/// What a customer is found by, in lower case; a telephone number also without spaces and dashes.
fn found_by(customer: &NewCustomer) -> String {
    let fields = [&customer.mobile_no, &customer.email_id, &customer.tax_id];
    let mut parts = vec![customer.customer_name.clone()];
    parts.extend(fields.into_iter().flatten().cloned());
    parts.extend(customer.mobile_no.as_ref().map(|number| {
        let digits = number.chars().filter(char::is_ascii_digit);
        digits.collect::<String>()
    }));
    parts.join("\n").to_lowercase()
}
