//! Customers, where they are and their points.

use checkout::masters::{Address, Customer, LoyaltyPointEntry};
use rusqlite::{Connection, OptionalExtension, params};

use crate::column::to_json;
use crate::error::Result;

pub(super) fn put_customer(write: &Connection, customer: &Customer) -> Result<()> {
    let body = to_json(customer)?;
    let known: Option<(i64, bool)> = write
        .prepare_cached("SELECT id, body = ?2 FROM customer WHERE name = ?1")?
        .query_row([&customer.name, &body], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let id = match known {
        Some((_, true)) => return Ok(()),
        Some((id, false)) => {
            write
                .prepare_cached("UPDATE customer SET body = ?2 WHERE id = ?1")?
                .execute(params![id, body])?;
            write
                .prepare_cached("DELETE FROM customer_words WHERE rowid = ?1")?
                .execute([id])?;
            id
        }
        None => {
            write
                .prepare_cached("INSERT INTO customer (name, body) VALUES (?1, ?2)")?
                .execute([&customer.name, &body])?;
            write.last_insert_rowid()
        }
    };
    let found_by = [&customer.mobile_no, &customer.email_id, &customer.tax_id];
    let mut words = format!("{} {}", customer.name, customer.customer_name);
    for word in found_by.into_iter().flatten() {
        words.push(' ');
        words.push_str(word);
    }
    // A telephone number is also typed without its spaces and dashes.
    words.push(' ');
    words.extend(
        customer
            .mobile_no
            .iter()
            .flat_map(|number| number.chars())
            .filter(char::is_ascii_digit),
    );
    write
        .prepare_cached("INSERT INTO customer_words (rowid, words) VALUES (?1, ?2)")?
        .execute(params![id, words])?;
    Ok(())
}

pub(super) fn delete_customer(write: &Connection, name: &str) -> Result<()> {
    let id: i64 = write
        .prepare_cached("DELETE FROM customer WHERE name = ?1 RETURNING id")?
        .query_row([name], |row| row.get(0))?;
    write
        .prepare_cached("DELETE FROM customer_words WHERE rowid = ?1")?
        .execute([id])?;
    Ok(())
}

pub(super) fn put_address(write: &Connection, address: &Address) -> Result<()> {
    delete_address(write, &address.name)?;
    write
        .prepare_cached("INSERT INTO address (name, body) VALUES (?1, ?2)")?
        .execute([&address.name, &to_json(address)?])?;
    for customer in &address.customers {
        // ERPNext does not keep anybody from linking an address to a customer twice.
        write
            .prepare_cached("INSERT OR IGNORE INTO address_customer VALUES (?1, ?2)")?
            .execute([customer, &address.name])?;
    }
    Ok(())
}

pub(super) fn delete_address(write: &Connection, name: &str) -> Result<()> {
    for sql in [
        "DELETE FROM address_customer WHERE address = ?1",
        "DELETE FROM address WHERE name = ?1",
    ] {
        write.prepare_cached(sql)?.execute([name])?;
    }
    Ok(())
}

pub(super) fn put_loyalty_point_entry(write: &Connection, entry: &LoyaltyPointEntry) -> Result<()> {
    write
        .prepare_cached("INSERT OR REPLACE INTO loyalty_point_entry VALUES (?1, ?2, ?3)")?
        .execute([&entry.name, &entry.customer, &to_json(entry)?])?;
    Ok(())
}
