//! Lists as ERPNext makes them: fields, filters, order, pages.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};
use servers::http::Asked;

use super::catalogue::CHILD_TABLES;
use super::refusal::Refusal;
use super::rows::data;
use super::site::Site;

impl Site {
    pub(super) fn list(&self, asked: &Asked, doctype: &str) -> Result<Value, Refusal> {
        let query = Query::read(|key| asked.parameter(key).map(|value| json!(value)));
        let fields = &self.catalogue.fields[doctype];
        let documents = self.catalogue.documents[doctype].values();
        let knows = |field: &str| fields.contains(field) && self.has_custom_field(doctype, field);
        let mut rows = query.rows(documents, knows)?;
        if doctype == "Employee" {
            self.hide_pins(&mut rows);
        }
        Ok(data(rows))
    }

    /// A list whose question is too long for an address.
    pub(super) fn get_list(&self, body: &Value) -> Result<Value, Refusal> {
        let doctype = body["doctype"].as_str().unwrap_or_default();
        if body.get("parent").is_some() {
            return self.list_children(body);
        }
        let Some(documents) = self.catalogue.documents.get(doctype) else {
            return Err(Refusal::forbidden(&self.till, doctype, false));
        };
        if self.forbidden.contains(doctype) {
            return Err(Refusal::forbidden(&self.till, doctype, false));
        }
        let query = Query::read(|key| body.get(key).cloned());
        let fields = &self.catalogue.fields[doctype];
        let knows = |field: &str| fields.contains(field) && self.has_custom_field(doctype, field);
        let mut rows = query.rows(documents.values(), knows)?;
        if doctype == "Employee" {
            self.hide_pins(&mut rows);
        }
        Ok(json!({ "message": rows }))
    }

    /// Rows of a child table, readable through the parent's doctype only.
    fn list_children(&self, body: &Value) -> Result<Value, Refusal> {
        let doctype = body["doctype"].as_str().unwrap_or_default();
        let parent = body["parent"].as_str().unwrap_or_default();
        let mut tables = CHILD_TABLES.iter().filter(|(child, ..)| *child == doctype);
        if !tables.any(|(_, of, _)| *of == parent) || self.forbidden.contains(parent) {
            return Err(Refusal::forbidden(&self.till, doctype, false));
        }
        self.list_children_of_any(doctype, body)
    }

    /// Rows of a child table.
    pub(super) fn list_children_of_any(
        &self,
        doctype: &str,
        body: &Value,
    ) -> Result<Value, Refusal> {
        let query = Query::read(|key| body.get(key).cloned());
        let conditions: Vec<_> = query.filters.iter().map(Condition::of).collect();
        let is_asked = |parent: &str| {
            let parent = json!(parent);
            let mut own = conditions.iter().filter(|one| one.field == "parent");
            own.all(|condition| condition.holds_of(&parent))
        };
        let tables = CHILD_TABLES.iter().filter(|(child, ..)| *child == doctype);
        let mut rows = Vec::new();
        for (_, of, field) in tables {
            for (name, document) in self.catalogue.documents[*of].iter() {
                let children = document.get(*field).and_then(Value::as_array);
                let Some(children) = children.filter(|rows| !rows.is_empty() && is_asked(name))
                else {
                    continue;
                };
                for (place, child) in children.iter().enumerate() {
                    let mut child = child.as_object().unwrap().clone();
                    child.insert("parent".to_owned(), json!(name));
                    child.insert("parenttype".to_owned(), json!(of));
                    child.insert("idx".to_owned(), json!(place + 1));
                    rows.push(child);
                }
            }
        }
        Ok(json!({ "message": query.rows(rows.iter(), |_| true)? }))
    }
}

/// What a list asks for; the texts are as they came.
#[derive(Default)]
pub(super) struct Query {
    pub(super) fields: Vec<String>,
    pub(super) filters: Vec<Value>,
    pub(super) or_filters: Vec<Value>,
    pub(super) order_by: String,
    pub(super) start: usize,
    /// 0 for all.
    pub(super) length: usize,
}

impl Query {
    /// Reads the parameters of a list, from an address or from a body.
    pub(super) fn read(parameter: impl Fn(&str) -> Option<Value>) -> Self {
        let list = |key: &str| match parameter(key) {
            Some(Value::String(text)) => serde_json::from_str(&text).unwrap_or_default(),
            Some(Value::Array(list)) => list,
            _ => Vec::new(),
        };
        let number = |key: &str, default: usize| match parameter(key) {
            Some(Value::String(text)) => text.parse().unwrap_or(default),
            Some(Value::Number(number)) => {
                number.as_u64().map_or(default, |number| number as usize)
            }
            _ => default,
        };
        let fields: Vec<String> = list("fields")
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        Self {
            fields: if fields.is_empty() {
                vec!["name".to_owned()]
            } else {
                fields
            },
            filters: list("filters"),
            or_filters: list("or_filters"),
            order_by: parameter("order_by")
                .and_then(|order| order.as_str().map(str::to_owned))
                .unwrap_or_default(),
            start: number("limit_start", 0),
            length: number("limit_page_length", 20),
        }
    }

    /// The rows of `documents` that the query asks for. `knows` tells the fields of the doctype.
    pub(super) fn rows<'a>(
        &'a self,
        documents: impl Iterator<Item = &'a Map<String, Value>>,
        knows: impl Fn(&str) -> bool,
    ) -> Result<Value, Refusal> {
        let read = |filters: &'a [Value]| -> Vec<Condition<'a>> {
            filters.iter().map(Condition::of).collect()
        };
        let (all, any) = (read(&self.filters), read(&self.or_filters));
        let conditions = all.iter().chain(&any).map(|condition| condition.field);
        let selected = self
            .fields
            .iter()
            .map(|field| field.split([' ', '.']).next().unwrap_or_default());
        if let Some(unknown) = selected.chain(conditions).find(|field| !knows(field)) {
            let message = format!("Field not permitted in query: {unknown}");
            return Err(Refusal::check("DataError", &message));
        }
        let fits = |document: &&Map<String, Value>| {
            let one = |condition: &Condition<'_>| condition.holds(document);
            all.iter().all(one) && (any.is_empty() || any.iter().any(one))
        };
        let orders: Vec<(&str, bool)> = self
            .order_by
            .split(',')
            .map(str::trim)
            .filter(|order| !order.is_empty())
            .map(|order| order.split_once(' ').unwrap_or((order, "asc")))
            .map(|(field, direction)| (field, direction == "desc"))
            .collect();
        let place = |document| {
            let value = |(field, _): &(&str, bool)| value_of(document, field);
            (orders.iter().map(value).collect::<Vec<_>>(), document)
        };
        let mut found: Vec<_> = documents.filter(fits).map(place).collect();
        found.sort_by(|(a, _), (b, _)| {
            let mut by_field = a.iter().zip(b).zip(&orders).map(|((a, b), (_, is_desc))| {
                let order = compare(a, b);
                if *is_desc { order.reverse() } else { order }
            });
            by_field
                .find(|order| order.is_ne())
                .unwrap_or(Ordering::Equal)
        });
        let mut columns: Vec<Column<'_>> =
            self.fields.iter().map(|field| Column::of(field)).collect();
        // A map is made fastest in its own order.
        columns.sort_by_key(|column| column.label);
        let rows = found
            .into_iter()
            .flat_map(|(_, document)| rows_of(&columns, document))
            .skip(self.start);
        Ok(if self.length == 0 {
            rows.collect()
        } else {
            rows.take(self.length).collect()
        })
    }
}

/// A field that is asked for: of the document, or of the rows of a table; and what it is called in the
/// answer.
struct Column<'a> {
    table: Option<&'a str>,
    field: &'a str,
    label: &'a str,
}

impl<'a> Column<'a> {
    /// Reads `field`, `table.field` and `table.field as label`.
    fn of(asked: &'a str) -> Self {
        let (source, label) = asked.split_once(" as ").unwrap_or((asked, asked));
        let (table, field) = match source.split_once('.') {
            Some((table, field)) => (Some(table), field),
            None => (None, source),
        };
        Self {
            table,
            field,
            label,
        }
    }
}

/// The columns of a document, once for each row of a child table that is asked for.
fn rows_of(columns: &[Column<'_>], document: &Map<String, Value>) -> Vec<Value> {
    let table = columns.iter().find_map(|column| column.table);
    let none = [Value::Null];
    let children = match table.and_then(|table| document.get(table)) {
        Some(Value::Array(rows)) if !rows.is_empty() => rows.as_slice(),
        _ => &none,
    };
    let row = |child: &Value| {
        let field = |column: &Column<'_>| {
            let value = match column.table {
                Some(_) => child.get(column.field),
                None => document.get(column.field),
            };
            (
                column.label.to_owned(),
                value.cloned().unwrap_or(Value::Null),
            )
        };
        Value::Object(columns.iter().map(field).collect())
    };
    children.iter().map(row).collect()
}

/// `[field, operator, value]`, with or without a doctype before.
struct Condition<'a> {
    field: &'a str,
    operator: &'a str,
    wanted: &'a Value,
}

impl<'a> Condition<'a> {
    fn of(filter: &'a Value) -> Self {
        let parts = filter.as_array().map(Vec::as_slice).unwrap_or_default();
        let parts = if parts.len() == 4 { &parts[1..] } else { parts };
        let (field, operator, wanted) = match parts {
            [field, operator, value] => (
                field.as_str().unwrap_or_default(),
                operator.as_str().unwrap_or_default(),
                value,
            ),
            _ => ("", "", &Value::Null),
        };
        Self {
            field,
            operator,
            wanted,
        }
    }

    fn holds(&self, document: &Map<String, Value>) -> bool {
        self.holds_of(value_of(document, self.field))
    }

    fn holds_of(&self, value: &Value) -> bool {
        let wanted = self.wanted;
        let one_of = || {
            wanted
                .as_array()
                .into_iter()
                .flatten()
                .any(|one| compare(value, one).is_eq())
        };
        let is_set = !matches!(value, Value::Null) && value != "";
        match self.operator {
            "=" => compare(value, wanted).is_eq(),
            "!=" => compare(value, wanted).is_ne(),
            "in" => one_of(),
            "not in" => !one_of(),
            "like" => {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_lowercase();
                is_like(&text(value), &text(wanted))
            }
            "is" => is_set == (wanted == "set"),
            // SQL: nothing is more or less than null.
            _ if value.is_null() => false,
            ">" => compare(value, wanted).is_gt(),
            ">=" => compare(value, wanted).is_ge(),
            "<" => compare(value, wanted).is_lt(),
            "<=" => compare(value, wanted).is_le(),
            operator => panic!("the stand-in does not know the operator {operator:?}"),
        }
    }
}

fn value_of<'a>(document: &'a Map<String, Value>, field: &str) -> &'a Value {
    document.get(field).unwrap_or(&Value::Null)
}

/// A pattern of SQL: `%` is any text, `_` any letter.
fn is_like(text: &str, pattern: &str) -> bool {
    let mut letters = pattern.chars();
    match letters.next() {
        None => text.is_empty(),
        Some('%') => {
            let rest = letters.as_str();
            let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.into_iter().any(|at| is_like(&text[at..], rest))
        }
        Some(letter) => text
            .chars()
            .next()
            .filter(|own| letter == '_' || *own == letter)
            .is_some_and(|own| is_like(&text[own.len_utf8()..], letters.as_str())),
    }
}

/// As MariaDB orders them: nulls first, numbers by value, texts without regard to case.
fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        (_, Value::Null) => Ordering::Greater,
        (Value::Number(a), Value::Number(b)) => a
            .as_f64()
            .partial_cmp(&b.as_f64())
            .unwrap_or(Ordering::Equal),
        (Value::String(a), Value::String(b)) if a == b => Ordering::Equal,
        (Value::String(a), Value::String(b)) if a.is_ascii() && b.is_ascii() => {
            let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
            let lower = |byte: &u8| byte.to_ascii_lowercase();
            let (a, b) = (&a.as_bytes()[same..], &b.as_bytes()[same..]);
            a.iter().map(lower).cmp(b.iter().map(lower))
        }
        (Value::String(a), Value::String(b)) => a.to_lowercase().cmp(&b.to_lowercase()),
        _ => a.to_string().cmp(&b.to_string()),
    }
}
