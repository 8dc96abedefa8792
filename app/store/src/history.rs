//! What this till sold, and what ERPNext has not heard of it yet.

use std::collections::HashMap;

use checkout::catalog::{CouponUses, LoyaltyAccount, SoldHistory, SoldItem};
use checkout::masters::Doctype;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, params};

use crate::catalog::ReadStore;
use crate::column::parsed;
use crate::error::Result;

/// For each item the stock units and the amount.
type Sums = HashMap<String, (f64, f64)>;

/// The days before that of the last sale, added up: that takes long, and they seldom change.
#[derive(Debug, Default)]
pub(crate) struct SoldCache {
    /// From this day up to, but not including, that one.
    days: Option<(Date, Date)>,
    /// The last sale that was looked at.
    number: i64,
    sums: Sums,
}

/// Which days and sales there are.
struct Known {
    first: Date,
    /// The day of the last sale, and its number.
    last: Date,
    number: i64,
}

impl ReadStore {
    /// A customer's points as ERPNext listed them last, and those redeemed here in sales that it
    /// did not have when that download began.
    pub(crate) fn loyalty_account(&self, customer: &str) -> Result<LoyaltyAccount> {
        let as_of = self.pulled_at(Doctype::LoyaltyPointEntry)?;
        let redeemed_since = self
            .till
            .prepare_cached(
                "SELECT coalesce(sum(redeemed_points.points), 0)
                 FROM redeemed_points JOIN sale ON sale.number = redeemed_points.number
                 JOIN outbox ON outbox.document = sale.key
                 WHERE redeemed_points.customer = ?1
                     AND (outbox.delivered_at IS NULL OR outbox.delivered_at > ?2)",
            )?
            .query_row(params![customer, milliseconds(as_of)], |row| row.get(0))?;
        Ok(LoyaltyAccount {
            entries: self.bodies(
                "SELECT body FROM loyalty_point_entry WHERE customer = ?1",
                [customer],
                &format!("the points of {customer}"),
            )?,
            as_of,
            redeemed_since,
        })
    }

    /// How often this till took a coupon, and in how many sales that ERPNext did not have when
    /// coupons were last downloaded, so that its `used` does not count them.
    pub(crate) fn uses_of(&self, coupon_code: &str) -> Result<CouponUses> {
        let counted = milliseconds(self.pulled_at(Doctype::CouponCode)?);
        let uses = self
            .till
            .prepare_cached(
                "SELECT count(*), coalesce(
                     sum(outbox.delivered_at IS NULL OR outbox.delivered_at > ?2), 0)
                 FROM sold_coupon JOIN sale ON sale.number = sold_coupon.number
                 JOIN outbox ON outbox.document = sale.key
                 WHERE sold_coupon.coupon_code = ?1",
            )?
            .query_row(params![coupon_code, counted], |row| {
                Ok(CouponUses {
                    all: row.get(0)?,
                    unsent: row.get(1)?,
                })
            })?;
        Ok(uses)
    }

    /// What was sold from one day up to another, both included.
    pub(crate) fn sold_between(&self, from: Date, upto: Date) -> Result<SoldHistory> {
        // One moment of the file: a sale committed meanwhile is in all of it or in nothing.
        let moment = self.till.unchecked_transaction()?;
        let Some(known) = known(&moment)? else {
            return Ok(SoldHistory::default());
        };
        let mut sums = self.sold_before(&moment, from, &known, upto)?;
        add_up(&moment, from.max(known.last), upto, &mut sums)?;
        let items = sums.into_iter();
        Ok(SoldHistory {
            known_from: Some(known.first),
            items: items
                .map(|(item_code, (stock_qty, amount))| SoldItem {
                    item_code,
                    stock_qty,
                    amount,
                })
                .collect(),
        })
    }

    /// What was sold before the day of the last sale.
    fn sold_before(
        &self,
        till: &Connection,
        from: Date,
        known: &Known,
        upto: Date,
    ) -> Result<Sums> {
        let mut sums = Sums::new();
        if upto < known.last {
            add_up(till, from, upto, &mut sums)?;
            return Ok(sums);
        }
        let mut cache = self.sold.borrow_mut();
        let holds = cache.days == Some((from, known.last))
            && !dated_before(till, cache.number, known.last)?;
        if !holds {
            if let Ok(yesterday) = known.last.yesterday() {
                add_up(till, from, yesterday, &mut sums)?;
            }
            cache.days = Some((from, known.last));
            cache.sums = sums;
        }
        cache.number = known.number;
        Ok(cache.sums.clone())
    }
}

fn known(till: &Connection) -> Result<Option<Known>> {
    let days: Option<(String, String, i64)> = till
        .prepare_cached(
            "SELECT (SELECT min(posting_date) FROM sale), posting_date, number FROM sale
             ORDER BY number DESC LIMIT 1",
        )?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let read = |(first, last, number): (String, String, i64)| {
        Ok(Known {
            first: parsed(&first, "a sale's date")?,
            last: parsed(&last, "a sale's date")?,
            number,
        })
    };
    days.map(read).transpose()
}

/// Whether a sale after a number is dated before a day, as when the clock was set back.
fn dated_before(till: &Connection, number: i64, day: Date) -> Result<bool> {
    let found = till
        .prepare_cached("SELECT 1 FROM sale WHERE number > ?1 AND posting_date < ?2")?
        .exists(params![number, day.to_string()])?;
    Ok(found)
}

fn add_up(till: &Connection, from: Date, upto: Date, sums: &mut Sums) -> Result<()> {
    let mut statement = till.prepare_cached(
        "SELECT item_code, stock_qty, amount FROM sold_day WHERE posting_date BETWEEN ?1 AND ?2",
    )?;
    let mut rows = statement.query([from.to_string(), upto.to_string()])?;
    while let Some(row) = rows.next()? {
        let item_code = row.get_ref(0)?.as_str().unwrap_or("");
        let (qty, amount): (f64, f64) = (row.get(1)?, row.get(2)?);
        match sums.get_mut(item_code) {
            Some(sum) => *sum = (sum.0 + qty, sum.1 + amount),
            None => {
                sums.insert(item_code.to_owned(), (qty, amount));
            }
        }
    }
    Ok(())
}

fn milliseconds(at: Option<Timestamp>) -> i64 {
    at.map_or(i64::MIN, Timestamp::as_millisecond)
}
