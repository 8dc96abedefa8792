//! One doctype read by keyset pages over (`modified`, `name`), children included.

use checkout::masters::{Doctype, Master};
use serde_json::{Value, json};

use super::cursor::{Cursor, Mark, SiteClock, read_from};
use super::recipe::{ChildTable, Recipe, recipe};
use super::{PAGE, PullChange};
use crate::dto::{self, DecodeError};
use crate::problem::Problem;
use crate::request::Request;

/// Raised when a field is added to a recipe, so that stored cursors begin again.
const VERSION: &str = "2";

/// The reading of one doctype in one cycle.
pub(super) struct Feed {
    pub(super) doctype: Doctype,
    recipe: &'static Recipe,
    filters: Vec<Value>,
    /// The newest row of all, now or before.
    newest: Option<Mark>,
    /// Where the next page begins, and whether the row there was read already.
    from: Option<(Mark, bool)>,
    rows: u64,
    step: Step,
    /// An answer made no sense, so that not all was read.
    broken: bool,
}

enum Step {
    Page,
    /// Children of the page's documents, table by table.
    Children {
        masters: Vec<Master>,
        table: usize,
        last: bool,
    },
    /// Documents by themselves.
    Documents {
        names: Vec<String>,
        masters: Vec<Master>,
        last: bool,
    },
    Done,
}

impl Feed {
    /// `settled`: the overlap behind the cursor was read long enough after.
    pub(super) fn new(
        doctype: Doctype,
        filters: Vec<Value>,
        stored: Option<&Cursor>,
        clock: &SiteClock,
        settled: bool,
    ) -> Self {
        let newest = stored.and_then(|cursor| cursor.within(&scope(&filters)));
        let begin = |mark: &Mark| {
            if settled {
                return Some((mark.clone(), true));
            }
            let modified = read_from(&mark.modified, clock)?;
            Some((
                Mark {
                    modified,
                    name: String::new(),
                },
                false,
            ))
        };
        let from = newest.as_ref().and_then(begin);
        let step = Step::Page;
        Self {
            doctype,
            recipe: recipe(doctype),
            filters,
            newest,
            from,
            rows: 0,
            step,
            broken: false,
        }
    }

    /// The next request; `None` when the doctype is read.
    pub(super) fn request(&self) -> Option<Request> {
        match &self.step {
            Step::Page => Some(self.page_request()),
            Step::Children { masters, table, .. } => {
                let table = self.recipe.children.get(*table)?;
                let names: Vec<&str> = masters.iter().map(Master::name).collect();
                Some(children_request(self.doctype, table, &names))
            }
            Step::Documents { names, .. } => names
                .last()
                .map(|name| Request::get(self.doctype.name(), name)),
            Step::Done => None,
        }
    }

    fn page_request(&self) -> Request {
        let mut filters = self.filters.clone();
        if let Some((mark, _)) = &self.from {
            filters.push(json!(["modified", ">=", mark.modified]));
        }
        let request = Request::list(
            self.doctype.name(),
            self.recipe.fields,
            &Value::from(filters),
        );
        let request = match &self.from {
            Some((mark, true)) => {
                let after = json!([["modified", ">", mark.modified], ["name", ">", mark.name]]);
                request.with("or_filters", after.to_string())
            }
            _ => request,
        };
        request
            .with("order_by", "modified asc, name asc")
            .with("limit_start", "0")
            .with("limit_page_length", PAGE.to_string())
    }

    /// Takes the answer to [`Feed::request`].
    pub(super) fn on_data(&mut self, data: &Value, changes: &mut Vec<PullChange>) {
        match std::mem::replace(&mut self.step, Step::Done) {
            Step::Page => self.on_page(data, changes),
            Step::Children {
                mut masters,
                table,
                last,
            } => {
                // Without its children a document is another: an item that no scanner finds. What
                // was read before is kept until they come.
                if !data.is_array() {
                    changes.push(self.unexpected("the list of rows is not a list"));
                    return;
                }
                for error in dto::merge_children(&mut masters, data) {
                    changes.push(PullChange::Skipped(error));
                }
                self.children_or_finish(masters, table + 1, last, changes);
            }
            Step::Documents {
                mut names,
                mut masters,
                last,
            } => {
                if !data.is_object() {
                    changes.push(self.unexpected("the document is not a document"));
                    return;
                }
                names.pop();
                keep(
                    dto::decode_document(self.doctype, data),
                    &mut masters,
                    changes,
                );
                self.documents_or_finish(names, masters, last, changes);
            }
            Step::Done => {}
        }
    }

    /// The document that was asked for is gone; `false` when none was asked for.
    pub(super) fn on_missing_document(&mut self, changes: &mut Vec<PullChange>) -> bool {
        match std::mem::replace(&mut self.step, Step::Done) {
            Step::Documents {
                mut names,
                masters,
                last,
            } => {
                names.pop();
                self.documents_or_finish(names, masters, last, changes);
                true
            }
            _ => false,
        }
    }

    fn on_page(&mut self, data: &Value, changes: &mut Vec<PullChange>) {
        let Some(rows) = data.as_array() else {
            changes.push(self.unexpected("the list is not a list"));
            return;
        };
        let last = rows.len() < PAGE;
        if let Some(row) = rows.last() {
            let Some(mark) = mark(row) else {
                changes.push(self.unexpected("a row has no name or no modified"));
                return;
            };
            if self.from.as_ref().is_some_and(|(from, _)| *from == mark) {
                changes.push(self.unexpected("the same page came twice"));
                return;
            }
            let newer = |known: &Mark| mark.modified > known.modified;
            if self.recipe.tree && self.from.is_some() && self.newest.as_ref().is_some_and(newer) {
                self.from = None;
                self.newest = None;
                self.step = Step::Page;
                return;
            }
            // In the overlap, and in an hour that repeats, rows are older than the newest.
            if self
                .newest
                .as_ref()
                .is_none_or(|known| mark.modified >= known.modified)
            {
                self.newest = Some(mark.clone());
            }
            self.from = Some((mark, true));
        }
        self.rows += rows.len() as u64;
        if self.recipe.whole {
            let name = |row: &Value| Some(row.get("name")?.as_str()?.to_owned());
            // The last is asked for first.
            let names = rows.iter().rev().filter_map(name).collect();
            return self.documents_or_finish(names, Vec::new(), last, changes);
        }
        let mut masters = Vec::with_capacity(rows.len());
        for row in rows {
            keep(
                dto::decode_document(self.doctype, row),
                &mut masters,
                changes,
            );
        }
        self.children_or_finish(masters, 0, last, changes);
    }

    fn children_or_finish(
        &mut self,
        masters: Vec<Master>,
        table: usize,
        last: bool,
        changes: &mut Vec<PullChange>,
    ) {
        if masters.is_empty() || table >= self.recipe.children.len() {
            self.finish_page(masters, last, changes);
        } else {
            self.step = Step::Children {
                masters,
                table,
                last,
            };
        }
    }

    fn documents_or_finish(
        &mut self,
        names: Vec<String>,
        masters: Vec<Master>,
        last: bool,
        changes: &mut Vec<PullChange>,
    ) {
        if names.is_empty() {
            self.finish_page(masters, last, changes);
        } else {
            self.step = Step::Documents {
                names,
                masters,
                last,
            };
        }
    }

    fn finish_page(&mut self, masters: Vec<Master>, last: bool, changes: &mut Vec<PullChange>) {
        if self.rows > 0 {
            let cursor = self.cursor();
            changes.push(PullChange::Page {
                doctype: self.doctype,
                masters,
                cursor,
            });
            changes.push(PullChange::Progress {
                doctype: self.doctype,
                rows: self.rows,
            });
        }
        self.step = if last { Step::Done } else { Step::Page };
    }

    /// Whether all of it was read.
    pub(super) fn ended(&self) -> bool {
        matches!(self.step, Step::Done) && !self.broken
    }

    /// How far it was read.
    pub(super) fn cursor(&self) -> Option<Cursor> {
        self.newest
            .as_ref()
            .map(|mark| Cursor::new(mark, &scope(&self.filters)))
    }

    fn unexpected(&mut self, detail: &str) -> PullChange {
        self.broken = true;
        PullChange::Problem(Problem::Unexpected {
            doctype: self.doctype.name().to_owned(),
            detail: detail.to_owned(),
        })
    }
}

fn keep(
    decoded: Result<Master, DecodeError>,
    masters: &mut Vec<Master>,
    changes: &mut Vec<PullChange>,
) {
    match decoded {
        Ok(master) => masters.push(master),
        Err(error) => changes.push(PullChange::Skipped(error)),
    }
}

fn mark(row: &Value) -> Option<Mark> {
    let text = |field: &str| row.get(field).and_then(Value::as_str).map(str::to_owned);
    Some(Mark {
        modified: text("modified")?,
        name: text("name")?,
    })
}

fn scope(filters: &[Value]) -> String {
    format!("{VERSION} {}", Value::from(filters))
}

/// A child table is only readable through its parent's doctype, and 500 names are too long for an
/// address.
fn children_request(parent: Doctype, table: &ChildTable, names: &[&str]) -> Request {
    let mut filters = vec![
        json!(["parenttype", "=", parent.name()]),
        json!(["parent", "in", names]),
    ];
    filters.extend(table.only.map(|(field, text)| json!([field, "=", text])));
    Request::call_with(
        "frappe.client.get_list",
        json!({
            "doctype": table.doctype,
            "parent": parent.name(),
            "fields": table.fields,
            "filters": filters,
            "order_by": "parent asc, idx asc",
            "limit_page_length": 0,
        }),
    )
}
