//! The fields of one JSON object, read leniently, with errors that name the place.

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::DecodeError;

/// A document or a row of its child table.
pub(super) struct Fields<'a> {
    doctype: &'static str,
    document: &'a str,
    /// `taxes[1].` within a child table.
    prefix: String,
    map: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    pub(super) fn of(doctype: &'static str, value: &'a Value) -> Result<Self, DecodeError> {
        let name = value
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        Self::row_of(doctype, name, value)
    }

    pub(super) fn row_of(
        doctype: &'static str,
        document: &'a str,
        value: &'a Value,
    ) -> Result<Self, DecodeError> {
        let prefix = String::new();
        match value.as_object() {
            Some(map) => Ok(Self {
                doctype,
                document,
                prefix,
                map,
            }),
            None => Err(DecodeError {
                doctype,
                name: document.to_owned(),
                field: "document".to_owned(),
                reason: "is not an object".to_owned(),
            }),
        }
    }

    /// The field, unless it is missing, null or an empty text.
    fn value(&self, field: &str) -> Option<&'a Value> {
        self.map.get(field).filter(|value| match value {
            Value::Null => false,
            Value::String(text) => !text.trim().is_empty(),
            _ => true,
        })
    }

    pub(super) fn has(&self, field: &str) -> bool {
        self.value(field).is_some()
    }

    pub(super) fn error(&self, field: &str, reason: impl Into<String>) -> DecodeError {
        DecodeError {
            doctype: self.doctype,
            name: self.document.to_owned(),
            field: format!("{}{field}", self.prefix),
            reason: reason.into(),
        }
    }

    fn wrong(&self, field: &str, value: &Value, wanted: &str) -> DecodeError {
        let mut shown = value.to_string();
        if shown.len() > 60 {
            shown = shown.chars().take(60).chain("…".chars()).collect();
        }
        self.error(field, format!("is {shown}, which is not {wanted}"))
    }

    pub(super) fn optional(&self, field: &str) -> Result<Option<String>, DecodeError> {
        match self.value(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(other) => Err(self.wrong(field, other, "a text")),
        }
    }

    pub(super) fn text(&self, field: &str) -> Result<String, DecodeError> {
        Ok(self.optional(field)?.unwrap_or_default())
    }

    pub(super) fn required(&self, field: &str) -> Result<String, DecodeError> {
        self.optional(field)?
            .ok_or_else(|| self.error(field, "is missing"))
    }

    pub(super) fn flag(&self, field: &str, default: bool) -> Result<bool, DecodeError> {
        match self.value(field) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(value) => match number(value) {
                Some(0.0) => Ok(false),
                Some(1.0) => Ok(true),
                _ => Err(self.wrong(field, value, "0 or 1")),
            },
        }
    }

    pub(super) fn number(&self, field: &str) -> Result<f64, DecodeError> {
        match self.value(field) {
            None => Ok(0.0),
            Some(value) => number(value).ok_or_else(|| self.wrong(field, value, "a number")),
        }
    }

    pub(super) fn count<T: TryFrom<i64>>(&self, field: &str) -> Result<Option<T>, DecodeError> {
        let Some(value) = self.value(field) else {
            return Ok(None);
        };
        let whole = number(value).filter(|number| number.fract() == 0.0 && number.abs() < 1e15);
        // Checked to be whole and small.
        let whole = whole.and_then(|number| T::try_from(number as i64).ok());
        whole
            .map(Some)
            .ok_or_else(|| self.wrong(field, value, "a whole number in range"))
    }

    /// A day; of a date with a time, the day.
    pub(super) fn date(&self, field: &str) -> Result<Option<Date>, DecodeError> {
        let Some(value) = self.value(field) else {
            return Ok(None);
        };
        let day = value
            .as_str()
            .and_then(|text| text.get(..10))
            .map(str::parse);
        match day {
            Some(Ok(date)) => Ok(Some(date)),
            _ => Err(self.wrong(field, value, "a date")),
        }
    }

    /// One of ERPNext's fixed texts.
    pub(super) fn choice<T: DeserializeOwned>(
        &self,
        field: &str,
        default: T,
    ) -> Result<T, DecodeError> {
        match self.value(field) {
            None => Ok(default),
            Some(value) => T::deserialize(value)
                .map_err(|_| self.wrong(field, value, "a choice that this till knows")),
        }
    }

    /// The rows of a child table, each read by `read`.
    pub(super) fn rows<T>(
        &self,
        field: &str,
        read: impl Fn(&Fields<'_>) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        let rows = match self.value(field) {
            None => return Ok(Vec::new()),
            Some(Value::Array(rows)) => rows,
            Some(other) => return Err(self.wrong(field, other, "a table")),
        };
        let row = |(place, row): (usize, &Value)| {
            let prefix = format!("{field}[{}].", place + 1);
            let Some(map) = row.as_object() else {
                return Err(self.wrong(prefix.trim_end_matches('.'), row, "a row"));
            };
            read(&Fields {
                doctype: self.doctype,
                document: self.document,
                prefix,
                map,
            })
        };
        rows.iter().enumerate().map(row).collect()
    }
}

fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        Value::Bool(flag) => Some(f64::from(u8::from(*flag))),
        _ => None,
    };
    number.filter(|number| number.is_finite())
}
