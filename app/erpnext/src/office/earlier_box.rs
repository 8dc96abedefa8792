//! What the site knows of the box that had a till before: the numbers of its receipts, and what it
//! left open.

use serde_json::{Value, json};

use super::prefix::without_key_field;
use super::{OfficeError, ask, rows, text};
use crate::push::KEY_FIELD;
use crate::request::{Request, Transport};

/// How many digits the numbers of receipts have, the most first.
const DIGITS: [usize; 4] = [9, 8, 7, 6];
/// So many keys are looked at for one that is of this prefix, and not of a longer one.
const LOOKED_AT: &str = "50";

/// The highest receipt number that the site knows of a prefix.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LastReceipt {
    /// The number.
    pub number: u64,
    /// The installation that sold it.
    pub installation: String,
}

/// So many numbers at least are left to what is not known of, which may have sold for weeks what it
/// could not send.
const LEFT_OUT: u64 = 10_000;

impl LastReceipt {
    /// The number above which the receipts of a box begin that does not know of this one: a round
    /// one.
    pub fn begin_above(&self) -> u64 {
        (self.number / LEFT_OUT + 2) * LEFT_OUT
    }
}

/// The highest receipt number under a prefix, whoever sold it; `None` where nothing was sold. A
/// box that becomes the till of this prefix must begin above it.
///
/// # Errors
/// What the site refuses. Nothing is known then.
pub fn last_receipt(
    site: &mut dyn Transport,
    prefix: &str,
) -> Result<Option<LastReceipt>, OfficeError> {
    let doing = format!("read the receipt numbers of {prefix}");
    for digits in DIGITS {
        // Keys of one length, so that the order of texts is that of numbers.
        let pattern = format!("{prefix}-{}-{}", "_".repeat(digits), "_".repeat(8));
        let filters = json!([[KEY_FIELD, "like", pattern]]);
        let request = Request::list("POS Invoice", &[KEY_FIELD], &filters)
            .with("order_by", format!("{KEY_FIELD} desc"))
            .with("limit_page_length", LOOKED_AT);
        let Some(found) = without_key_field(ask(site, &doing, &request))? else {
            return Ok(None);
        };
        let Value::Array(found) = found else {
            return Err(OfficeError::Unexpected { doing });
        };
        let last = found
            .iter()
            .filter_map(|row| read(text(row, KEY_FIELD), prefix))
            .max_by_key(|last| last.number);
        if last.is_some() {
            return Ok(last);
        }
    }
    Ok(None)
}

/// Reads the key of a sale of this prefix: the prefix, the number, the installation.
fn read(key: &str, prefix: &str) -> Option<LastReceipt> {
    let (own, rest) = key.split_at_checked(prefix.len())?;
    let (number, installation) = rest.strip_prefix('-')?.split_once('-')?;
    let is_number = number.len() >= 6 && number.bytes().all(|byte| byte.is_ascii_digit());
    // ERPNext takes no notice of case.
    if !own.eq_ignore_ascii_case(prefix) || !is_number || installation.contains('-') {
        return None;
    }
    Some(LastReceipt {
        number: number.parse().ok()?,
        installation: installation.to_owned(),
    })
}

/// What a till's user left in ERPNext that is not closed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LeftOpen {
    /// POS Opening Entries that are open.
    pub openings: Vec<String>,
    /// How many sales no POS Closing Entry has taken.
    pub sales: usize,
    /// Sales that were sent and not made final: POS Invoices that are drafts.
    pub drafts: Vec<String>,
}

impl LeftOpen {
    /// What that is and what becomes of it, for whoever replaces the box; nothing where it left
    /// nothing.
    pub fn sentences(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        if !self.openings.is_empty() || self.sales > 0 {
            let openings = match self.openings.as_slice() {
                [] => "no POS Opening Entry".to_owned(),
                names => format!("POS Opening Entry {}", names.join(", ")),
            };
            sentences.push(format!(
                "The box before left open in ERPNext: {openings}, and {} sales that no POS Closing Entry has taken. The new box closes them with its first shift. Nobody counted that drawer, so the closing takes what should be in it for what is.",
                self.sales,
            ));
        }
        if !self.drafts.is_empty() {
            sentences.push(format!(
                "The box before was cut off while it sent {}: drafts. Compare them with the receipts, then submit or delete them in ERPNext.",
                self.drafts.join(", ")
            ));
        }
        sentences
    }
}

/// What the box of this user left open.
///
/// # Errors
/// What the site refuses.
pub fn left_open(site: &mut dyn Transport, user: &str) -> Result<LeftOpen, OfficeError> {
    let names = |rows: Vec<Value>| -> Vec<String> {
        let names = rows.iter().map(|row| text(row, "name").to_owned());
        names.collect()
    };
    let filters = json!([
        ["user", "=", user],
        ["docstatus", "=", 1],
        ["status", "=", "Open"],
    ]);
    let openings = names(rows(site, "POS Opening Entry", &["name"], &filters)?);
    let filters = json!([
        ["owner", "=", user],
        ["docstatus", "!=", 2],
        ["consolidated_invoice", "is", "not set"],
        [KEY_FIELD, "is", "set"],
    ]);
    let sales = rows(site, "POS Invoice", &["name", "docstatus"], &filters);
    let sales = without_key_field(sales)?.unwrap_or_default();
    let (drafts, sales): (Vec<_>, Vec<_>) =
        sales.into_iter().partition(|row| row["docstatus"] == 0);
    Ok(LeftOpen {
        openings,
        sales: sales.len(),
        drafts: names(drafts),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_key_is_read_under_its_own_prefix_alone() {
        let number = |key, prefix| read(key, prefix).map(|last| last.number);
        assert_eq!(number("C1-000042-7H3K2M9Q", "C1"), Some(42));
        assert_eq!(number("c1-1000000-7H3K2M9Q", "C1"), Some(1_000_000));
        for other in [
            "C1-A-000001-7H3K2M9Q",
            "C1-1-000001-7H3K2M9Q",
            "C10-000001-7H3K2M9Q",
            "C1",
            "\u{e9}\u{e9}",
        ] {
            assert_eq!(number(other, "C1"), None, "{other}");
        }
    }
}
