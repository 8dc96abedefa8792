//! All names of a doctype, to find out what was deleted or renamed.

use checkout::masters::Doctype;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::cursor::{OVERLAP, SiteClock};
use super::recipe::recipe;
use super::{NAMES_PAGE, PullChange};
use crate::problem::Problem;
use crate::request::Request;

/// Deletions leave no trace that a till may read, so all names are listed now and then.
pub(super) struct Names {
    pub(super) doctype: Doctype,
    filters: Vec<Value>,
    names: Vec<String>,
    began: Timestamp,
    done: bool,
}

impl Names {
    pub(super) fn new(doctype: Doctype, filters: Vec<Value>, now: Timestamp) -> Self {
        Self {
            doctype,
            filters,
            names: Vec::new(),
            began: now,
            done: false,
        }
    }

    /// Whether it began so long ago that it is of no one time any more: a document that was renamed
    /// meanwhile would be in neither half.
    pub(super) fn is_stale(&self, clock: &SiteClock) -> bool {
        let age = clock.now.duration_since(self.began);
        age.is_negative() || age > OVERLAP
    }

    /// Whether it has no request any more.
    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    pub(super) fn request(&self) -> Option<Request> {
        if self.done {
            return None;
        }
        let mut filters = self.filters.clone();
        if let Some(last) = self.names.last() {
            filters.push(json!(["name", ">", last]));
        }
        let request = Request::list(self.doctype.name(), &["name"], &Value::from(filters))
            .with("order_by", "name asc")
            .with("limit_start", "0")
            .with("limit_page_length", NAMES_PAGE.to_string());
        Some(request)
    }

    pub(super) fn on_data(&mut self, data: &Value, changes: &mut Vec<PullChange>) {
        let name = |row: &Value| row.get("name").and_then(Value::as_str).map(str::to_owned);
        let page: Option<Vec<String>> = data
            .as_array()
            .and_then(|rows| rows.iter().map(name).collect());
        self.done = true;
        let Some(page) =
            page.filter(|page| page.last().is_none_or(|n| self.names.last() != Some(n)))
        else {
            let doctype = self.doctype.name().to_owned();
            let detail = "the list of names is not one".to_owned();
            changes.push(PullChange::Problem(Problem::Unexpected { doctype, detail }));
            return;
        };
        self.done = page.len() < NAMES_PAGE;
        self.names.extend(page);
        if !self.done {
            return;
        }
        let doctype = self.doctype;
        changes.push(if self.names.is_empty() && recipe(doctype).never_empty {
            PullChange::Problem(Problem::NothingVisible(doctype.name()))
        } else {
            PullChange::Retain {
                doctype,
                names: std::mem::take(&mut self.names),
            }
        });
    }
}
