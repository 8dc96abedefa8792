//! Checks [`calculate`] against documents an ERPNext computed.
//!
//! A line of JSON holds one document: `{n, settings, doc, items, taxes, expected}`. Each field of
//! `expected` is compared with the one computed here. An integrator can so prove a till against
//! the very site it will sell for.

mod vector;

use std::fmt;

use serde_json::{Map, Value};

use self::vector::Vector;
use super::calculation::calculate;
use super::document::{ItemWiseTax, Totals};
use super::error::TotalsError;

/// Values further apart than this differ.
const TOLERANCE: f64 = 1e-9;

/// A field in which ERPNext and this till disagree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The document's number.
    pub n: u64,
    /// The field, as in `items[2].net_amount`; rows count from 0, as they do in the file.
    pub field: String,
    /// ERPNext's value.
    pub expected: String,
    /// This till's value.
    pub got: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            n,
            field,
            expected,
            got,
        } = self;
        write!(formatter, "n {n}: {field}: expected {expected}, got {got}")
    }
}

/// Why a line cannot be checked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// Not JSON, or not a document of this format.
    #[error("the line is not a computed document: {0}")]
    Malformed(#[source] serde_json::Error),
    /// An item names a template that the settings do not have.
    #[error(
        "n {n}: items[{row}] has the tax template {template:?}, which settings.item_tax_templates lacks"
    )]
    UnknownTemplate {
        /// The document's number.
        n: u64,
        /// The item row, from 0.
        row: usize,
        /// The template's name.
        template: String,
    },
    /// The document cannot be added up.
    #[error("n {n}: {source}")]
    Totals {
        /// The document's number.
        n: u64,
        /// Why.
        source: TotalsError,
    },
    /// `expected` has a field that is not computed.
    #[error(
        "n {n}: expected.{field} is not a field the till computes; correct its name or remove it"
    )]
    UnknownField {
        /// The document's number.
        n: u64,
        /// The field.
        field: String,
    },
    /// `item_wise_tax_detail` is not an object of `[rate, amount]` pairs, nor one as text.
    #[error("n {n}: expected.{field} is not an object of [rate, amount] by item code")]
    ItemWiseTaxDetail {
        /// The document's number.
        n: u64,
        /// The field.
        field: String,
    },
    /// What was computed cannot be written as JSON.
    #[error("n {n}: the computed totals cannot be compared: {source}")]
    Uncomparable {
        /// The document's number.
        n: u64,
        /// Why.
        source: serde_json::Error,
    },
}

/// Computes the document of one line and returns where it differs from what is expected; an
/// empty list means that it matches.
///
/// # Errors
/// [`CheckError`] if the line is malformed or its document cannot be added up.
pub fn check_line(line: &str) -> Result<Vec<Difference>, CheckError> {
    let vector: Vector = serde_json::from_str(line).map_err(CheckError::Malformed)?;
    let n = vector.n;
    let (document, settings, expected) = vector.into_parts()?;
    let totals =
        calculate(&document, &settings).map_err(|source| CheckError::Totals { n, source })?;
    let mut got = to_value(&totals).map_err(|source| CheckError::Uncomparable { n, source })?;
    // ERPNext repeats the charge type beside the amounts.
    if let Some(Value::Array(taxes)) = got.get_mut("taxes") {
        for (got, tax) in taxes.iter_mut().zip(&document.taxes) {
            got["charge_type"] = Value::from(tax.charge_type.as_str());
        }
    }
    let mut comparison = Comparison {
        n,
        differences: Vec::new(),
    };
    comparison.object("", &expected, &got)?;
    Ok(comparison.differences)
}

/// The totals under ERPNext's names, item-wise taxes as the object ERPNext has.
fn to_value(totals: &Totals) -> Result<Map<String, Value>, serde_json::Error> {
    let mut value = serde_json::to_value(totals)?;
    for (index, tax) in totals.taxes.iter().enumerate() {
        value["taxes"][index]["item_wise_tax_detail"] = tax
            .item_wise_tax_detail
            .iter()
            .map(
                |ItemWiseTax {
                     item_code,
                     tax_rate,
                     tax_amount,
                 }| {
                    (item_code.clone(), Value::from(vec![*tax_rate, *tax_amount]))
                },
            )
            .collect::<Map<_, _>>()
            .into();
    }
    match value {
        Value::Object(map) => Ok(map),
        _ => Ok(Map::new()),
    }
}

struct Comparison {
    n: u64,
    differences: Vec<Difference>,
}

impl Comparison {
    fn object(
        &mut self,
        path: &str,
        expected: &Map<String, Value>,
        got: &Map<String, Value>,
    ) -> Result<(), CheckError> {
        for (name, expected) in expected {
            let field = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}.{name}")
            };
            let Some(got) = got.get(name) else {
                return Err(CheckError::UnknownField { n: self.n, field });
            };
            if name == "item_wise_tax_detail" {
                self.item_wise_tax_detail(&field, expected, got)?;
            } else {
                self.value(&field, expected, got)?;
            }
        }
        Ok(())
    }

    fn value(&mut self, field: &str, expected: &Value, got: &Value) -> Result<(), CheckError> {
        match (expected, got) {
            (Value::Object(expected), Value::Object(got)) => {
                return self.object(field, expected, got);
            }
            (Value::Array(expected), Value::Array(got)) => {
                if expected.len() != got.len() {
                    let (expected, got) = (expected.len(), got.len());
                    self.differ(field, format!("{expected} rows"), format!("{got} rows"));
                    return Ok(());
                }
                for (row, (expected, got)) in expected.iter().zip(got).enumerate() {
                    self.value(&format!("{field}[{row}]"), expected, got)?;
                }
            }
            _ if equal(expected, got) => {}
            _ => self.differ(field, expected.to_string(), got.to_string()),
        }
        Ok(())
    }

    /// ERPNext stores the detail as JSON within a text field.
    fn item_wise_tax_detail(
        &mut self,
        field: &str,
        expected: &Value,
        got: &Value,
    ) -> Result<(), CheckError> {
        let malformed = || CheckError::ItemWiseTaxDetail {
            n: self.n,
            field: field.to_owned(),
        };
        let parsed = match expected {
            Value::String(text) => serde_json::from_str(text).map_err(|_| malformed())?,
            Value::Object(map) => map.clone(),
            _ => return Err(malformed()),
        };
        if !parsed
            .values()
            .all(|pair| pair.as_array().is_some_and(|pair| pair.len() == 2))
        {
            return Err(malformed());
        }
        let none = Map::new();
        let got = got.as_object().unwrap_or(&none);
        for (item_code, expected) in &parsed {
            let field = format!("{field}[{item_code:?}]");
            match got.get(item_code) {
                Some(got) => self.value(&field, expected, got)?,
                None => self.differ(&field, expected.to_string(), "nothing".to_owned()),
            }
        }
        for (item_code, got) in got.iter().filter(|(code, _)| !parsed.contains_key(*code)) {
            let field = format!("{field}[{item_code:?}]");
            self.differ(&field, "nothing".to_owned(), got.to_string());
        }
        Ok(())
    }

    fn differ(&mut self, field: &str, expected: String, got: String) {
        self.differences.push(Difference {
            n: self.n,
            field: field.to_owned(),
            expected,
            got,
        });
    }
}

/// Whether two plain values agree. A number ERPNext did not set is 0.
fn equal(expected: &Value, got: &Value) -> bool {
    match (expected, got) {
        (Value::Null, Value::Number(_)) => equal(&Value::from(0), got),
        (Value::Number(expected), Value::Number(got)) => {
            matches!((expected.as_f64(), got.as_f64()),
                (Some(expected), Some(got)) if (expected - got).abs() <= TOLERANCE)
        }
        _ => expected == got,
    }
}
