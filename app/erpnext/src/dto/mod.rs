//! ERPNext's JSON as the masters of the domain.
//!
//! ERPNext writes booleans as 0 and 1, leaves out what is null, and now and then sends a number
//! as text; all of that is read. A document that cannot be read is skipped, never the others.

mod documents;
mod fields;
mod pricing_rule;

use std::collections::HashMap;

use checkout::masters::{Doctype, Master};
use serde_json::Value;
use thiserror::Error;

use documents::{item_barcode, item_tax, item_uom};
use fields::Fields;

/// A document, or a row of one, that cannot be read. It is skipped and the rest goes on.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("{doctype} \"{name}\": {field} {reason}")]
pub struct DecodeError {
    /// The doctype.
    pub doctype: &'static str,
    /// The document; empty where even that is missing.
    pub name: String,
    /// The field, for a row of a child table as `taxes[1].rate` with rows counted from 1.
    pub field: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Reads the rows of a list reply: its whole body, its `data`, or the list itself.
///
/// Lists have no child tables; see [`merge_children`].
pub fn decode_list(doctype: Doctype, reply: &Value) -> Vec<Result<Master, DecodeError>> {
    match inner(reply) {
        Value::Array(rows) => rows
            .iter()
            .map(|row| decode_document(doctype, row))
            .collect(),
        _ => vec![Err(DecodeError {
            doctype: doctype.name(),
            name: String::new(),
            field: "data".to_owned(),
            reason: "is not a list".to_owned(),
        })],
    }
}

/// Reads one document with the child tables it has: a whole body, its `data`, or the document.
///
/// # Errors
/// [`DecodeError`] names the first field that cannot be read.
pub fn decode_document(doctype: Doctype, reply: &Value) -> Result<Master, DecodeError> {
    documents::decode(doctype, &Fields::of(doctype.name(), inner(reply))?)
}

/// Puts rows of child tables into the documents they belong to: barcodes, units and taxes of
/// items, taxes of item groups. A row names its document as `parent`, or as `name` where the
/// parent was listed with dotted fields; rows of other documents are left out.
pub fn merge_children(masters: &mut [Master], reply: &Value) -> Vec<DecodeError> {
    let mut places: HashMap<String, usize> = HashMap::with_capacity(masters.len());
    for (place, master) in masters.iter().enumerate() {
        places.insert(master.name().to_owned(), place);
    }
    let mut skipped = Vec::new();
    for row in inner(reply).as_array().into_iter().flatten() {
        let parent = row
            .get("parent")
            .or_else(|| row.get("name"))
            .and_then(Value::as_str);
        let place = parent.and_then(|parent| places.get(parent));
        if let Some(master) = place.and_then(|place| masters.get_mut(*place))
            && let Err(error) = merge_child(master, row)
        {
            skipped.push(error);
        }
    }
    skipped
}

fn merge_child(master: &mut Master, row: &Value) -> Result<(), DecodeError> {
    let name = master.name().to_owned();
    let fields = Fields::row_of(master.doctype().name(), &name, row)?;
    // A parent without children is listed with nulls.
    match master {
        Master::Item(item) if fields.has("barcode") => item.barcodes.push(item_barcode(&fields)?),
        Master::Item(item) if fields.has("conversion_factor") => {
            item.uoms.push(item_uom(&fields)?);
        }
        Master::Item(item) if fields.has("item_tax_template") => {
            item.taxes.push(item_tax(&fields)?)
        }
        Master::ItemGroup(group) if fields.has("item_tax_template") => {
            group.taxes.push(item_tax(&fields)?);
        }
        _ => {}
    }
    Ok(())
}

/// What a reply's body wraps, or the value itself.
fn inner(reply: &Value) -> &Value {
    let wrapped = reply.get("data").or_else(|| reply.get("message"));
    wrapped
        .filter(|inner| inner.is_array() || inner.is_object())
        .unwrap_or(reply)
}
