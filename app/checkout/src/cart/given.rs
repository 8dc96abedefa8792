//! What pricing rules give.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::reason::AppliedRule;
use crate::sale::SaleLine;

/// Goods that a pricing rule gives with what is bought. They come and go with the rule and cannot
/// be edited.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct GivenLine {
    /// What is given; `is_free_item` is set.
    #[serde(flatten)]
    pub sold: SaleLine,
    /// What one unit costs, mostly nothing.
    pub rate: f64,
    /// The rule that gives it.
    pub rule: AppliedRule,
    /// The line that earned it; `None` where the whole document did.
    pub earned_by: Option<u32>,
    pub(super) item_tax_rate: BTreeMap<String, f64>,
}
