//! What ERPNext writes on every document and row.

use serde_json::{Map, Value, json};

use super::site::USER;

pub(super) fn stamps(name: &str, doctype: &str, now: &str) -> Map<String, Value> {
    let stamps = json!({
        "name": name, "doctype": doctype, "owner": USER, "modified_by": USER,
        "creation": now, "modified": now, "idx": 0,
    });
    stamps.as_object().unwrap().clone()
}

pub(super) fn number_rows(document: &mut Value, table: &str, doctype: &str) {
    let parent = document["name"].clone();
    let (parenttype, docstatus) = (document["doctype"].clone(), document["docstatus"].clone());
    for (place, row) in document[table]
        .as_array_mut()
        .into_iter()
        .flatten()
        .enumerate()
    {
        row["idx"] = json!(place + 1);
        row["parent"] = parent.clone();
        row["parenttype"] = parenttype.clone();
        row["parentfield"] = json!(table);
        row["docstatus"] = docstatus.clone();
        row["owner"] = json!(USER);
        row["modified_by"] = json!(USER);
        row["doctype"] = json!(doctype);
        if row.get("name").is_none() {
            row["name"] = json!(format!(
                "row-{}-{table}-{}",
                parent.as_str().unwrap_or_default(),
                place + 1
            ));
        }
    }
}
