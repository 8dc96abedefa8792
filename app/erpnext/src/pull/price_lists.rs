//! Which price lists a till may sell by.

use std::collections::BTreeSet;

use checkout::masters::{Master, PosProfile};
use serde_json::{Value, json};

use super::PullChange;
use crate::request::Request;

/// More price lists than any shop has; a server that never says "no more" ends here.
const MOST: usize = 500;

/// The price lists that customers and their groups have of their own.
pub(super) struct PriceLists {
    own: BTreeSet<String>,
}

/// What an answer to [`PriceLists::request`] tells.
pub(super) enum Found {
    /// One more; ask again.
    One,
    /// All are known.
    All,
    /// The answer makes no sense: not all are known.
    Unclear,
}

impl PriceLists {
    pub(super) fn new(own: impl IntoIterator<Item = String>) -> Self {
        Self {
            own: own.into_iter().collect(),
        }
    }

    /// The profile's and those of customers.
    pub(super) fn with(&self, profile: &PosProfile) -> BTreeSet<String> {
        [&profile.selling_price_list]
            .into_iter()
            .chain(&self.own)
            .filter(|list| !list.is_empty())
            .cloned()
            .collect()
    }

    /// One customer whose price list is not known yet; with none of them left, all are known.
    pub(super) fn request(&self, profile: &PosProfile) -> Request {
        let filters = json!([
            ["default_price_list", "is", "set"],
            ["default_price_list", "not in", self.with(profile)],
        ]);
        Request::list("Customer", &["name", "default_price_list"], &filters)
            .with("order_by", "name asc")
            .with("limit_start", "0")
            .with("limit_page_length", "1")
    }

    /// Takes the answer to [`PriceLists::request`].
    pub(super) fn on_data(&mut self, data: &Value) -> Found {
        if data.as_array().is_some_and(Vec::is_empty) {
            return Found::All;
        }
        let row = data.get(0).and_then(|row| row.get("default_price_list"));
        let found = row.and_then(Value::as_str).map(str::to_owned);
        let new = found.is_some_and(|list| self.own.insert(list));
        if new && self.own.len() <= MOST {
            Found::One
        } else {
            Found::Unclear
        }
    }

    /// Remembers the lists of customers and groups that were read.
    pub(super) fn note(&mut self, changes: &[PullChange]) {
        for change in changes {
            let PullChange::Page { masters, .. } = change else {
                continue;
            };
            for master in masters {
                let list = match master {
                    Master::CustomerGroup(group) => &group.default_price_list,
                    Master::Customer(customer) => &customer.default_price_list,
                    _ => continue,
                };
                self.own.extend(list.clone());
            }
        }
    }
}
