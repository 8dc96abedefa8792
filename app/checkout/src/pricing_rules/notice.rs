//! What the till says about rules: why one was left out, and what is nearly or possibly given.

use thiserror::Error;

use super::condition::ConditionProblem;
use crate::masters::PricingRule;

/// A sentence about pricing rules, for the cashier to read.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum Notice {
    /// Only the server can say whether the rule holds.
    #[error("pricing rule {rule} was left out: it needs {needs}, which the till does not have")]
    NeedsServer {
        /// The rule.
        rule: String,
        /// What it needs.
        needs: &'static str,
    },
    /// The rule's condition cannot be worked out.
    #[error("pricing rule {rule} was left out: its condition {problem}")]
    Condition {
        /// The rule.
        rule: String,
        /// What is the matter with it.
        problem: ConditionProblem,
    },
    /// ERPNext refuses to choose (`MultiplePricingRuleConflict`).
    #[error(
        "pricing rules {} contradict each other and none was applied; give one a higher priority in ERPNext",
        rules.join(", ")
    )]
    Conflict {
        /// The rules, by name.
        rules: Vec<String>,
    },
    /// Several rows of the rule's table hold for one item, which ERPNext takes for several rules
    /// that contradict each other.
    #[error(
        "pricing rule {rule} was left out: several rows of its table are for {item_code}, which ERPNext takes for a contradiction; make a rule of each row"
    )]
    ListedTwice {
        /// The rule.
        rule: String,
        /// The item.
        item_code: String,
    },
    /// The discount is above the item's `max_discount`, with which ERPNext refuses the document.
    #[error(
        "pricing rules {} were left out: they give more than the highest discount of {item_code}; raise Max Discount of the item in ERPNext",
        rules.join(", ")
    )]
    AboveMaxDiscount {
        /// The rules, by name.
        rules: Vec<String>,
        /// The item.
        item_code: String,
    },
    /// The rule gives a part of what can only be given whole (`UOMMustBeIntegerError`).
    #[error(
        "pricing rule {rule} gives {qty} {uom}, which has to be a whole number; set Round Free Qty of the rule in ERPNext"
    )]
    FreeQtyNotWhole {
        /// The rule.
        rule: String,
        /// How much it would give.
        qty: String,
        /// Of which unit.
        uom: String,
    },
    /// The rule gives an item that was not downloaded.
    #[error(
        "pricing rule {rule} gives the item \"{item_code}\", which this till does not have; let it synchronise, or correct Free Item of the rule in ERPNext"
    )]
    NoFreeItem {
        /// The rule.
        rule: String,
        /// The item; empty where the rule names none.
        item_code: String,
    },
    /// The rule gives an item with which ERPNext refuses the document.
    #[error(
        "pricing rule {rule} gives nothing: its item {item_code} is disabled, no sales item, a template of variants or past its end of life; correct Free Item of the rule in ERPNext"
    )]
    FreeItemNotForSale {
        /// The rule.
        rule: String,
        /// The item.
        item_code: String,
    },
    /// A rule that gives goods is followed by one on the same row that does not, and ERPNext
    /// looks at the last one only.
    #[error(
        "pricing rule {rule} gives nothing together with {last}, which is applied after it; give it the higher priority in ERPNext"
    )]
    GiftLost {
        /// The rule that gives goods.
        rule: String,
        /// The rule after it.
        last: String,
    },
    /// The rule only checks what the cashier gives (`validate_applied_rule`).
    #[error("\"{title}\" (pricing rule {rule}) allows {effect}; it is given by hand")]
    MayGive {
        /// The rule.
        rule: String,
        /// What people call it.
        title: String,
        /// What may be given, for example `10 % off`.
        effect: String,
    },
    /// A little more, or a little less, brings a discount (`threshold_percentage`).
    #[error("{wanted} of {item_code} bring \"{title}\" (pricing rule {rule})")]
    Nearly {
        /// The rule.
        rule: String,
        /// What people call it.
        title: String,
        /// The item.
        item_code: String,
        /// What it takes, for example `2 more`.
        wanted: String,
    },
}

impl Notice {
    pub(super) fn needs(rule: &PricingRule, needs: &'static str) -> Self {
        Self::NeedsServer {
            rule: rule.name.clone(),
            needs,
        }
    }

    /// Says it once.
    pub(super) fn push_to(self, notices: &mut Vec<Self>) {
        if !notices.contains(&self) {
            notices.push(self);
        }
    }
}
