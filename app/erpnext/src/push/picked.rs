//! What ERPNext picked by itself for lines that name no batch and no serial numbers.
//!
//! A till names them wherever it knows any. Where it knew none, ERPNext picks some when the sale is
//! submitted (Stock Settings, Auto Create Serial and Batch Bundle For Outward). The sale is what was
//! paid all the same and is not refused; but the stock may count another batch as sold than the one
//! that left the shop, so the sale says which.

use checkout::sale::Sale;
use serde_json::Value;

use super::text;

/// The most lines that are named.
const MOST: usize = 5;

/// What it picked for a submitted sale, as a sentence; `None` where the till named everything, and
/// where there was nothing to name.
pub(super) fn picked(sale: &Sale, invoice: &Value) -> Option<String> {
    let rows = invoice["items"].as_array()?;
    let lines = sale.lines.iter().zip(rows).zip(1..);
    let mut picked: Vec<String> = lines
        .filter(|((line, _), _)| line.batch_no.is_none() && line.serial_nos.is_empty())
        .filter_map(|((line, row), number)| {
            let of = |field: &str| text(row, field).filter(|said| !said.is_empty());
            let what = match (
                of("batch_no"),
                of("serial_no"),
                of("serial_and_batch_bundle"),
            ) {
                (Some(batch_no), ..) => format!("batch {batch_no}"),
                (None, Some(serial_nos), _) => {
                    format!("serial numbers {}", serial_nos.replace('\n', ", "))
                }
                (None, None, Some(bundle)) => format!("Serial and Batch Bundle {bundle}"),
                (None, None, None) => return None,
            };
            Some(format!("{what} for line {number} ({})", line.item_name))
        })
        .collect();
    if picked.is_empty() {
        return None;
    }
    let more = picked.len().saturating_sub(MOST);
    picked.truncate(MOST);
    if more > 0 {
        picked.push(format!("and so for {more} more"));
    }
    Some(format!(
        "ERPNext picked by itself: {}. Its stock may differ from what was handed out",
        picked.join(", ")
    ))
}
