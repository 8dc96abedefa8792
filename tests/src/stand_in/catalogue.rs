//! The shop of the recordings, and which fields its doctypes have.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use erpnext::push::CUSTOMER_KEY_FIELD;
use serde_json::{Map, Value, json};

use crate::recorded::{Recorded, exchanges};

pub(super) type Documents = BTreeMap<String, Map<String, Value>>;

/// The child tables that are listed in bulk: doctype, parent, field.
pub(super) const CHILD_TABLES: &[(&str, &str, &str)] = &[
    ("Item Barcode", "Item", "barcodes"),
    ("UOM Conversion Detail", "Item", "uoms"),
    ("Item Tax", "Item", "taxes"),
    ("Item Tax", "Item Group", "taxes"),
    ("Item Variant Attribute", "Item", "attributes"),
    ("Product Bundle Item", "Product Bundle", "items"),
    ("Dynamic Link", "Address", "links"),
    ("POS Invoice Item", "POS Invoice", "items"),
];

/// Fields that ERPNext has and no recording shows, because they are empty in that shop.
const NOT_RECORDED: &[(&str, &[&str])] = &[
    (
        "Address",
        &[
            "address_type",
            "city",
            "county",
            "state",
            "pincode",
            "country",
            "tax_category",
            "is_primary_address",
            "is_shipping_address",
            "disabled",
        ],
    ),
    ("Batch", &["manufacturing_date"]),
    ("Currency", &["symbol_on_right"]),
    (
        "Currency Exchange",
        &[
            "date",
            "from_currency",
            "to_currency",
            "exchange_rate",
            "for_selling",
        ],
    ),
    (
        "Customer",
        &[
            CUSTOMER_KEY_FIELD,
            "default_currency",
            "default_sales_partner",
            "email_id",
            "mobile_no",
            "tax_id",
            "is_frozen",
        ],
    ),
    ("Customer Group", &["default_price_list"]),
    (
        "Item",
        &["end_of_life", "sales_uom", "variant_of", "is_fixed_asset"],
    ),
    ("Item Group", &["taxes"]),
    ("Item Price", &["supplier"]),
    (
        "Loyalty Point Entry",
        &[
            "customer",
            "loyalty_program",
            "company",
            "loyalty_points",
            "purchase_amount",
            "posting_date",
            "expiry_date",
            "invoice",
        ],
    ),
    (
        "POS Invoice",
        &[
            "coupon_code",
            "consolidated_invoice",
            "remarks",
            "return_against",
            "loyalty_program",
            "loyalty_redemption_account",
            "loyalty_redemption_cost_center",
        ],
    ),
    (
        "POS Closing Entry",
        &["pos_invoices", "sales_invoices", "total_taxes_and_charges"],
    ),
    ("POS Opening Entry", &["pos_closing_entry"]),
    ("Serial No", &["batch_no", "warranty_expiry_date"]),
    (
        "Tax Rule",
        &[
            "tax_type",
            "sales_tax_template",
            "customer",
            "customer_group",
            "tax_category",
            "company",
            "billing_city",
            "billing_county",
            "billing_state",
            "billing_zipcode",
            "billing_country",
            "shipping_city",
            "shipping_county",
            "shipping_state",
            "shipping_zipcode",
            "shipping_country",
            "from_date",
            "to_date",
            "priority",
        ],
    ),
    ("UOM Conversion Factor", &["from_uom", "to_uom", "value"]),
];

/// Documents that the site has and nobody recorded: doctype, name, field of the node above, node.
const TREES: &[(&str, &str, &str, &str)] = &[
    ("Territory", "All Territories", "parent_territory", ""),
    (
        "Territory",
        "United States",
        "parent_territory",
        "All Territories",
    ),
    ("Warehouse", "All Warehouses - HB", "parent_warehouse", ""),
    (
        "Warehouse",
        "Shop - HB",
        "parent_warehouse",
        "All Warehouses - HB",
    ),
    (
        "Warehouse",
        "Stores - HB",
        "parent_warehouse",
        "All Warehouses - HB",
    ),
];

/// Doctypes that are empty on the recorded site.
const EMPTY: &[&str] = &[
    "Address",
    "Currency Exchange",
    "Loyalty Point Entry",
    "Tax Rule",
    "UOM Conversion Factor",
];

/// What the letters in the codes of the recorded variants stand for.
const ATTRIBUTE_VALUES: &[(&str, &str)] = &[
    ("S", "Small"),
    ("M", "Medium"),
    ("L", "Large"),
    ("RED", "Red"),
    ("BLU", "Blue"),
];

/// What the recordings hold of each doctype.
#[derive(Clone, Default)]
pub(super) struct Catalogue {
    /// Shared between sites until one changes them, as the fields are.
    pub(super) documents: BTreeMap<String, Arc<Documents>>,
    pub(super) fields: BTreeMap<String, Arc<BTreeSet<String>>>,
    /// A new POS Invoice as ERPNext fills it in.
    pub(super) fresh_invoice: Arc<Map<String, Value>>,
    /// The same of a row of its items.
    pub(super) fresh_item: Arc<Map<String, Value>>,
    /// A new Customer as ERPNext fills it in.
    pub(super) customer: Map<String, Value>,
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
                catalogue.know(&doctype, document.keys().map(String::as_str));
                match recorded.name.as_str() {
                    "04-sale-draft" => catalogue.fill_invoices(document),
                    "33-customer-create" => catalogue.customer = document.clone(),
                    _ => {}
                }
            }
        }
        catalogue.add_what_was_not_recorded();
        for (doctype, documents) in catalogue.documents.clone() {
            let keys = documents.values().flat_map(Map::keys);
            catalogue.know(&doctype, keys.map(String::as_str));
        }
        for (doctype, fields) in NOT_RECORDED {
            catalogue.know(doctype, ["name", "modified"]);
            catalogue.know(doctype, fields.iter().copied());
        }
        catalogue
    }

    /// Fills new invoices with what this one has and is not its own.
    fn fill_invoices(&mut self, invoice: &Map<String, Value>) {
        let own = [
            "kiosk_txn_id",
            "taxes",
            "items",
            "payments",
            "change_amount",
            "base_change_amount",
        ];
        let mut fresh = invoice.clone();
        fresh.retain(|field, value| !value.is_null() && !own.contains(&field.as_str()));
        self.fresh_invoice = fresh.into();
        let mut fresh = invoice["items"][0].as_object().unwrap().clone();
        for field in ["barcode", "brand", "name", "stock_qty"] {
            fresh.remove(field);
        }
        self.fresh_item = fresh.into();
    }

    /// A doctype has these fields.
    pub(super) fn know<'a>(&mut self, doctype: &str, fields: impl IntoIterator<Item = &'a str>) {
        let known = self.fields.entry(doctype.to_owned()).or_default();
        for field in fields {
            if !known.contains(field) {
                Arc::make_mut(known).insert(field.to_owned());
            }
        }
    }

    /// The documents of a doctype, to be changed.
    pub(super) fn documents_of(&mut self, doctype: &str) -> &mut Documents {
        Arc::make_mut(self.documents.entry(doctype.to_owned()).or_default())
    }

    /// Leaves out all items but these, with what belongs to them.
    pub(super) fn keep_items(&mut self, codes: &[&str]) {
        let of_item = [
            ("Item", "name"),
            ("Item Price", "item_code"),
            ("Bin", "item_code"),
            ("Batch", "item"),
            ("Serial No", "item_code"),
        ];
        for (doctype, field) in of_item {
            self.documents_of(doctype).retain(|_, document| {
                let code = document.get(field).and_then(Value::as_str);
                code.is_some_and(|code| codes.contains(&code))
            });
        }
    }

    fn add_what_was_not_recorded(&mut self) {
        for doctype in EMPTY {
            self.documents.entry((*doctype).to_owned()).or_default();
        }
        for (doctype, name, field, parent) in TREES {
            let document = json!({
                "name": name, *field: parent, "company": "Harbour Books", "disabled": 0,
                "modified": "2026-11-23 02:14:00.000000",
            });
            let stored = self.document(doctype, name);
            stored.extend(document.as_object().unwrap().clone());
        }
        for (code, item) in self.documents_of("Item") {
            let parts: Vec<_> = code.split('-').collect();
            if let (["TSHIRT", size, colour], false) = (&parts[..], item.contains_key("attributes"))
            {
                let value = |letters: &str| {
                    let known = ATTRIBUTE_VALUES.iter().find(|(short, _)| *short == letters);
                    known.unwrap().1
                };
                let attributes = json!([
                    { "attribute": "Size", "attribute_value": value(size) },
                    { "attribute": "Colour", "attribute_value": value(colour) },
                ]);
                item.insert("attributes".to_owned(), attributes);
            }
        }
    }

    fn document(&mut self, doctype: &str, name: &str) -> &mut Map<String, Value> {
        let documents = self.documents_of(doctype);
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
