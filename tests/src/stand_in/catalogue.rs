//! The shop of the recordings, and which fields its doctypes have.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::recorded::{Recorded, exchanges};

pub(super) type Documents = BTreeMap<String, Map<String, Value>>;

/// The child tables that are listed in bulk: doctype, parent, field.
pub(super) const CHILD_TABLES: &[(&str, &str, &str)] = &[
    ("Item Barcode", "Item", "barcodes"),
    ("UOM Conversion Detail", "Item", "uoms"),
    ("Item Tax", "Item", "taxes"),
    ("Item Tax", "Item Group", "taxes"),
];

/// Fields that ERPNext has and no recording shows, because they are empty in that shop.
const NOT_RECORDED: &[(&str, &[&str])] = &[
    ("Currency", &["symbol_on_right"]),
    ("Customer", &["default_currency", "tax_id", "is_frozen"]),
    ("Customer Group", &["default_price_list"]),
    (
        "Item",
        &["end_of_life", "sales_uom", "variant_of", "is_fixed_asset"],
    ),
    ("Item Group", &["taxes"]),
    ("Item Price", &["supplier"]),
    ("POS Opening Entry", &["pos_closing_entry"]),
];

/// What the recordings hold of each doctype.
#[derive(Clone, Default)]
pub(super) struct Catalogue {
    pub(super) documents: BTreeMap<String, Documents>,
    pub(super) fields: BTreeMap<String, BTreeSet<String>>,
    /// A new POS Invoice and its rows as ERPNext fills them in.
    pub(super) invoice: Map<String, Value>,
}

impl Catalogue {
    pub(super) fn recorded() -> Self {
        let mut catalogue = Self::default();
        let all = exchanges("");
        let lists =
            |recorded: &&Recorded| recorded.name.starts_with("list-") && recorded.status == 200;
        for recorded in all.iter().filter(lists) {
            match child_field(recorded) {
                Some(field) => catalogue.add_children(field, recorded),
                None => catalogue.add_list(recorded),
            }
        }
        let whole = |recorded: &&Recorded| {
            (recorded.name.starts_with("doc-") || recorded.name.starts_with("single-"))
                && recorded.status == 200
        };
        for recorded in all.iter().filter(whole) {
            let doctype = recorded.path.split('/').nth(3).unwrap();
            let document = recorded.body["data"].as_object().unwrap();
            let stored = catalogue.document(doctype, document["name"].as_str().unwrap());
            stored.extend(document.clone());
        }
        for recorded in exchanges("flow") {
            let doctype = recorded.path.split('/').nth(3).unwrap().to_owned();
            if let Some(document) = recorded.body.get("data").and_then(Value::as_object) {
                catalogue
                    .fields
                    .entry(doctype)
                    .or_default()
                    .extend(document.keys().cloned());
                if recorded.name == "04-sale-draft" {
                    catalogue.invoice = document.clone();
                }
            }
        }
        for (doctype, documents) in &catalogue.documents {
            let keys = documents.values().flat_map(Map::keys).cloned();
            catalogue
                .fields
                .entry(doctype.clone())
                .or_default()
                .extend(keys);
        }
        for (doctype, fields) in NOT_RECORDED {
            let known = catalogue.fields.entry((*doctype).to_owned()).or_default();
            known.extend(fields.iter().map(|field| (*field).to_owned()));
        }
        catalogue
    }

    fn document(&mut self, doctype: &str, name: &str) -> &mut Map<String, Value> {
        let documents = self.documents.entry(doctype.to_owned()).or_default();
        documents.entry(name.to_owned()).or_default()
    }

    fn add_list(&mut self, recorded: &Recorded) {
        let doctype = recorded.path.split('/').nth(3).unwrap();
        self.documents.entry(doctype.to_owned()).or_default();
        for row in recorded.body["data"].as_array().unwrap() {
            let row = row.as_object().unwrap().clone();
            let name = row["name"].as_str().unwrap().to_owned();
            self.document(doctype, &name).extend(row);
        }
    }

    /// Rows of a child table, one for each child or one of nulls for a parent without.
    fn add_children(&mut self, field: &'static str, recorded: &Recorded) {
        for row in recorded.body["data"].as_array().unwrap() {
            let mut child = row.as_object().unwrap().clone();
            let parent = child.remove("name").unwrap();
            if let Some(uom) = child.remove("barcode_uom") {
                child.insert("uom".to_owned(), uom);
            }
            let item = self.document("Item", parent.as_str().unwrap());
            let rows = item
                .entry(field)
                .or_insert_with(|| Value::Array(Vec::new()));
            if child.values().any(|value| !value.is_null()) {
                rows.as_array_mut().unwrap().push(Value::Object(child));
            }
        }
    }
}

fn child_field(recorded: &Recorded) -> Option<&'static str> {
    match recorded.name.as_str() {
        "list-item-barcodes" => Some("barcodes"),
        "list-item-uoms" => Some("uoms"),
        "list-item-taxes" => Some("taxes"),
        _ => None,
    }
}
