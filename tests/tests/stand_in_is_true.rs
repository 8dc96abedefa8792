//! The stand-in answers what the recorded ERPNext answered; else the other tests prove nothing.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use tests::fixtures::totals_of;
use tests::recorded::{Recorded, exchanges};
use tests::stand_in::{Site, TOKEN};

/// Methods that the till does not call, so that the stand-in does not have them.
const NOT_CALLED: &[&str] = &["method-pos-items", "method-stock"];

/// What differs from one day to the next, what is only for people, and what describes items beyond
/// what a sale needs.
const NOT_COMPARED: &[&str] = &[
    "__unsaved",
    "_server_messages",
    "barcode",
    "base_in_words",
    "brand",
    "creation",
    "in_words",
    "modified",
    "other_charges_calculation",
];

/// The fields of an invoice that decide whether it is the receipt's.
const DECISIVE: &[&str] = &[
    "name",
    "kiosk_txn_id",
    "docstatus",
    "status",
    "customer",
    "currency",
    "conversion_rate",
    "ignore_pricing_rule",
    "update_stock",
    "posting_date",
    "posting_time",
    "total_qty",
    "total",
    "net_total",
    "total_taxes_and_charges",
    "discount_amount",
    "grand_total",
    "rounding_adjustment",
    "rounded_total",
    "base_grand_total",
    "paid_amount",
    "base_paid_amount",
    "change_amount",
    "base_change_amount",
    "outstanding_amount",
    "item_code",
    "qty",
    "uom",
    "conversion_factor",
    "stock_qty",
    "price_list_rate",
    "rate",
    "amount",
    "net_rate",
    "net_amount",
    "charge_type",
    "account_head",
    "tax_amount",
    "tax_amount_after_discount_amount",
    "mode_of_payment",
    "batch_no",
    "serial_no",
    "use_serial_batch_fields",
    "is_return",
    "return_against",
    "consolidated_invoice",
    "pos_opening_entry",
    "period_start_date",
    "period_end_date",
    "user",
    "error_message",
    "pos_invoice",
    "opening_amount",
    "expected_amount",
    "closing_amount",
    "difference",
    "total_quantity",
];

/// The child tables of what a till sends, whose rows are named by chance.
const TABLES: &[&str] = &[
    "items",
    "taxes",
    "payments",
    "balance_details",
    "pos_transactions",
    "payment_reconciliation",
];

fn ask(site: &mut Site, recorded: &Recorded) -> (u16, Value) {
    let token = match recorded.name.as_str() {
        "error-bad-token" => Some("wrong:token"),
        "error-no-token" => None,
        _ => Some(TOKEN),
    };
    let query = recorded.query.clone();
    site.ask(
        &recorded.method,
        &recorded.path,
        query,
        recorded.sent.clone(),
        token,
    )
}

/// Where two values differ: numbers by more than a millionth, texts of JSON by what they mean.
fn differences(at: &str, answered: &Value, recorded: &Value) -> Vec<String> {
    let text_of_json = |value: &Value| {
        let text = value.as_str().filter(|text| text.starts_with('{'))?;
        serde_json::from_str::<Value>(text).ok()
    };
    let equal = match (answered, recorded) {
        (Value::Number(a), Value::Number(b)) => {
            (a.as_f64().unwrap() - b.as_f64().unwrap()).abs() < 1e-6
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let rows = a.iter().zip(b).enumerate();
            return rows
                .flat_map(|(n, (a, b))| differences(&format!("{at}[{n}]"), a, b))
                .collect();
        }
        (Value::Object(a), Value::Object(b)) => {
            let keys: BTreeSet<_> = a.keys().chain(b.keys()).collect();
            let of =
                |map: &Map<String, Value>, key: &str| map.get(key).cloned().unwrap_or_default();
            return keys
                .into_iter()
                .flat_map(|key| differences(&format!("{at}.{key}"), &of(a, key), &of(b, key)))
                .collect();
        }
        _ => match (text_of_json(answered), text_of_json(recorded)) {
            (Some(a), Some(b)) => return differences(at, &a, &b),
            _ => answered == recorded,
        },
    };
    if equal {
        Vec::new()
    } else {
        vec![format!("{at}: answered {answered}, recorded {recorded}")]
    }
}

fn without(value: &Value, dropped: &dyn Fn(&str) -> bool) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.iter().filter(|(key, _)| !dropped(key));
            kept.map(|(key, value)| (key.clone(), without(value, dropped)))
                .collect()
        }
        Value::Array(rows) => rows.iter().map(|row| without(row, dropped)).collect(),
        other => other.clone(),
    }
}

/// An error without the traceback, its messages as they are shown.
fn error(body: &Value) -> Value {
    let mut error = without(body, &|key| {
        matches!(key, "_exc_source" | "exc" | "exception")
    });
    if let Some(list) = body["_server_messages"].as_str() {
        let list: Vec<String> = serde_json::from_str(list).unwrap();
        let messages = list
            .iter()
            .map(|one| serde_json::from_str::<Value>(one).unwrap());
        let shown = messages.map(|message| (message["title"].clone(), message["message"].clone()));
        error["_server_messages"] = serde_json::json!(shown.collect::<Vec<_>>());
    }
    error["traceback"] = Value::from(body.get("exc").is_some());
    error
}

#[test]
fn masters_errors_and_settings_are_answered_as_recorded() {
    let mut site = Site::harbour_books();
    let mut compared = 0;
    for recorded in exchanges("")
        .iter()
        .filter(|recorded| !NOT_CALLED.contains(&recorded.name.as_str()))
    {
        let (status, body) = ask(&mut site, recorded);
        let name = &recorded.name;
        assert_eq!(status, recorded.status, "{name}: {body}");
        if status != 200 {
            assert_eq!(error(&body), error(&recorded.body), "{name}");
        } else if recorded.query.iter().any(|(key, _)| key == "order_by")
            || !body["data"].is_array()
        {
            assert_eq!(body, recorded.body, "{name}");
        } else {
            // Without an order, any.
            let sorted = |body: &Value| {
                let mut rows: Vec<_> = body["data"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(Value::to_string)
                    .collect();
                rows.sort();
                rows
            };
            assert_eq!(sorted(&body), sorted(&recorded.body), "{name}");
        }
        compared += 1;
    }
    assert!(compared > 70, "only {compared} recordings were found");
}

/// Lets a recorded request name the rows that the stand-in named otherwise.
fn rename(value: &mut Value, names: &BTreeMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(name) = names.get(text) {
                text.clone_from(name);
            }
        }
        Value::Array(rows) => rows.iter_mut().for_each(|row| rename(row, names)),
        Value::Object(map) => map.values_mut().for_each(|value| rename(value, names)),
        _ => {}
    }
}

/// What is compared of an answer: all of it, or what decides.
fn compared(value: &Value, all: bool) -> Value {
    let structural = |key: &str| TABLES.contains(&key) || matches!(key, "data" | "message");
    let own_name = |text: &Value| text.as_str().is_some_and(|name| name.starts_with("F1-"));
    let mut value = without(value, &|key| {
        NOT_COMPARED.contains(&key) || (!all && !DECISIVE.contains(&key) && !structural(key))
    });
    for table in TABLES {
        let rows = value["data"].get_mut(table).and_then(Value::as_array_mut);
        for row in rows.into_iter().flatten() {
            row.as_object_mut()
                .unwrap()
                .retain(|key, value| key != "name" || own_name(value));
        }
    }
    for invoice in value["message"].as_array_mut().into_iter().flatten() {
        for table in TABLES {
            let rows = invoice.get_mut(table).and_then(Value::as_array_mut);
            for row in rows.into_iter().flatten() {
                row.as_object_mut()
                    .unwrap()
                    .retain(|key, value| key != "name" && !value.is_null());
            }
        }
        invoice
            .as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
    }
    value
}

#[test]
fn a_day_at_the_till_is_answered_as_recorded() {
    let mut site = Site::harbour_books().with_totals(totals_of);
    let mut names = BTreeMap::new();
    for mut recorded in exchanges("flow") {
        let sent = recorded.sent.as_mut().into_iter();
        sent.for_each(|sent| rename(sent, &names));
        let (status, body) = ask(&mut site, &recorded);
        let (number, name) = recorded.name.split_once('-').unwrap();
        assert_eq!(status, recorded.status, "{number} {name}: {body}");
        if status != 200 {
            assert_eq!(error(&body), error(&recorded.body), "{number} {name}");
            continue;
        }
        for table in TABLES {
            let rows = |body: &Value| body["data"][*table].as_array().cloned().unwrap_or_default();
            for (recorded, answered) in rows(&recorded.body).iter().zip(rows(&body)) {
                let name = |row: &Value| row["name"].as_str().unwrap().to_owned();
                names.insert(name(recorded), name(&answered));
            }
        }
        let all = matches!(
            number,
            "02" | "03" | "04" | "05" | "06" | "09" | "33" | "34"
        );
        rename(&mut recorded.body, &names);
        let (answered, wanted) = (compared(&body, all), compared(&recorded.body, all));
        let found = differences("", &answered, &wanted);
        assert!(found.is_empty(), "{number} {name}:\n{}", found.join("\n"));
    }
}
