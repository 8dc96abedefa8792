//! What ERPNext writes on every document and row.

use serde_json::{Map, Value, json};

/// A document or a list as an answer; `json!` would copy it.
pub(super) fn data(answer: Value) -> Value {
    Value::Object(Map::from_iter([("data".to_owned(), answer)]))
}

pub(super) fn stamps(owner: &str, name: &str, doctype: &str, now: &str) -> Map<String, Value> {
    let stamps = json!({
        "name": name, "doctype": doctype, "owner": owner, "modified_by": owner,
        "creation": now, "modified": now, "idx": 0,
    });
    stamps.as_object().unwrap().clone()
}

pub(super) fn number_rows(document: &mut Value, table: &str, doctype: &str) {
    let (parent, owner) = (document["name"].clone(), document["owner"].clone());
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
        row["owner"] = owner.clone();
        row["modified_by"] = owner.clone();
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
