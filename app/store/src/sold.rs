//! What a sale means for later ones: noted in its own transaction, for [`crate::ReadStore`].

use checkout::sale::Sale;
use rusqlite::{Transaction, params};

use crate::column::count;
use crate::error::Result;

/// Notes what a sale took out of the shop.
pub(crate) fn add(write: &Transaction<'_>, sale: &Sale) -> Result<()> {
    let number = count(sale.receipt_number.number);
    let at = sale.at.as_millisecond();
    // The rows of the arithmetic are those of the lines, in order.
    for (line, row) in sale.lines.iter().zip(&sale.totals.items) {
        let stock_qty = line.qty.to_f64() * line.conversion_factor;
        write
            .prepare_cached(
                "INSERT INTO sold_day VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (posting_date, item_code) DO UPDATE SET
                     stock_qty = stock_qty + excluded.stock_qty,
                     amount = amount + excluded.amount",
            )?
            .execute(params![
                sale.posting_date.to_string(),
                line.item_code,
                stock_qty,
                row.amount,
            ])?;
        if let Some(batch_no) = &line.batch_no {
            write
                .prepare_cached(
                    "INSERT INTO sold_batch VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (batch_no, at, number) DO UPDATE SET
                         stock_qty = stock_qty + excluded.stock_qty",
                )?
                .execute(params![batch_no, at, number, stock_qty])?;
        }
        if let (Some(row), Some(against)) = (&line.returns, &sale.return_against) {
            write
                .prepare_cached("INSERT INTO returned_row VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![
                    against.key,
                    row,
                    number,
                    line.qty.negated().to_string()
                ])?;
        }
        for serial_no in &line.serial_nos {
            write
                .prepare_cached("INSERT OR REPLACE INTO sold_serial_no VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![serial_no, number, at, stock_qty < 0.0])?;
        }
    }
    if let Some(coupon) = &sale.coupon {
        write
            .prepare_cached("INSERT INTO sold_coupon VALUES (?1, ?2)")?
            .execute(params![coupon.coupon_code, number])?;
    }
    if let Some(loyalty) = sale
        .loyalty
        .as_ref()
        .filter(|sold| sold.loyalty_points != 0)
    {
        write
            .prepare_cached("INSERT INTO redeemed_points VALUES (?1, ?2, ?3)")?
            .execute(params![sale.customer, number, loyalty.loyalty_points])?;
    }
    Ok(())
}
