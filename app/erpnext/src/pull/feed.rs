//! One doctype read by keyset pages over (`modified`, `name`), children included.
//!
//! Reading many pages may take hours on a bad line. A transaction that was slow, and an hour that
//! repeats in autumn, slip rows in behind what was read meanwhile; so after the first page it is
//! asked how far the doctype reaches now, and the next cycle begins before that, not before the
//! last row. Then the reading may be left and taken up at any page, however much later.

use checkout::masters::{Doctype, Master};
use jiff::Timestamp;
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
    /// When its reading began.
    pub(super) began: Timestamp,
    /// A tree that is read from its root.
    whole_tree: bool,
    /// The newest row of all, now or before.
    newest: Option<Mark>,
    /// `modified` of the newest row there was behind the first page; `None` as long as there is one
    /// page only.
    end: Option<String>,
    /// Where the next page begins, and whether the row there was read already.
    from: Option<(Mark, bool)>,
    rows: u64,
    step: Step,
    /// An answer made no sense, so that not all was read.
    broken: bool,
}

enum Step {
    Page,
    /// How far the doctype reaches.
    End,
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
        let (newest, end) = stored
            .and_then(|cursor| cursor.within(&scope(&filters)))
            .map_or((None, None), |(mark, end)| (Some(mark), end));
        let begin = |mark: &Mark| {
            if settled || end.is_some() {
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
            began: clock.now,
            whole_tree: from.is_none(),
            newest,
            end,
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
            Step::End => Some(self.end_request()),
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

    fn end_request(&self) -> Request {
        let filters = Value::from(self.filters.clone());
        Request::list(self.doctype.name(), &["name", "modified"], &filters)
            .with("order_by", "modified desc, name desc")
            .with("limit_start", "0")
            .with("limit_page_length", "1")
    }

    /// Takes the answer to [`Feed::request`].
    pub(super) fn on_data(&mut self, data: &Value, changes: &mut Vec<PullChange>) {
        match std::mem::replace(&mut self.step, Step::Done) {
            Step::Page => self.on_page(data, changes),
            Step::End => match data
                .as_array()
                .map(|rows| (rows.first(), rows.first().and_then(mark)))
            {
                Some((_, Some(newest))) => {
                    self.end = Some(newest.modified);
                    self.step = Step::Page;
                }
                // All are gone since the first page.
                Some((None, None)) => {
                    self.end = self.newest.as_ref().map(|mark| mark.modified.clone());
                    self.step = Step::Page;
                }
                _ => changes.push(self.unexpected("the newest row is none")),
            },
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
            if self.recipe.tree && !self.whole_tree && self.newest.as_ref().is_some_and(newer) {
                self.whole_tree = true;
                self.from = None;
                self.newest = None;
                self.end = None;
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
        if self.rows > 0 || self.end.is_some() {
            let cursor = if last {
                self.cursor()
            } else {
                self.cursor_amid()
            };
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
        self.step = match self.end {
            _ if last => Step::Done,
            None => Step::End,
            Some(_) => Step::Page,
        };
    }

    /// Whether it has no request any more: every other step begins with something to ask for.
    pub(super) fn is_done(&self) -> bool {
        matches!(self.step, Step::Done)
    }

    /// Whether all of it was read.
    pub(super) fn ended(&self) -> bool {
        self.is_done() && !self.broken
    }

    /// From where the next cycle reads on, once all was read.
    pub(super) fn cursor(&self) -> Option<Cursor> {
        let newest = self.newest.as_ref()?;
        let scope = scope(&self.filters);
        Some(match &self.end {
            Some(end) if *end < newest.modified => {
                let (modified, name) = (end.clone(), String::new());
                Cursor::new(&Mark { modified, name }, &scope)
            }
            _ => Cursor::new(newest, &scope),
        })
    }

    /// From where to read on in the middle. A tree is read from its root then.
    fn cursor_amid(&self) -> Option<Cursor> {
        match (&self.end, &self.from) {
            (Some(end), Some((mark, _))) if !self.recipe.tree => {
                Some(Cursor::amid(mark, &scope(&self.filters), end))
            }
            _ => self.cursor(),
        }
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
