//! Pricing rules, as ERPNext applies them when it saves a document with `ignore_pricing_rule` 0.
//!
//! | Kind of rule | ERPNext's field | Where |
//! |---|---|---|
//! | on items and their variants, item groups with all below, brands | `apply_on` | `book`, `search` |
//! | on the whole document | `apply_on` Transaction | `transaction` |
//! | whose discount goes to other goods | `apply_rule_on_other` | `book`, `threshold`, `effect` |
//! | for a company, customer, campaign, sales partner | `applicable_for` | `party` |
//! | for a customer group, territory or warehouse with all below | `applicable_for`, `warehouse` | `party`, `tree` |
//! | for some days, for a price list | `valid_from`, `valid_upto`, `for_price_list` | `party` |
//! | under a condition | `condition` | `condition` |
//! | from and up to a quantity or an amount, in a unit | `min_qty`, `max_qty`, `min_amt`, `max_amt`, `uom` | `threshold` |
//! | ... of all their rows together | `mixed_conditions` | `rows`, `threshold` |
//! | ... with what was sold before | `is_cumulative` | `history`, `threshold` |
//! | one of several, or several together | `priority`, `apply_multiple_pricing_rules` | `search`, `threshold` |
//! | Rate, Discount Percentage, Discount Amount, margin | `rate_or_discount`, `margin_type` | `effect` |
//! | per cent of what earlier rules left | `apply_discount_on_rate` | `effect` |
//! | a free item, once or for every so many | `price_or_product_discount` Product | `free_items` |
//! | with a coupon | `coupon_code_based` | `coupons` |
//! | that only check | `validate_applied_rule` | `effect`, `transaction` |
//! | that say when they are near | `threshold_percentage` | `hint` |
//!
//! A Promotional Scheme is stored by the server as rules of these kinds.
//!
//! The server's quirks stand where they are followed. Those that decide most:
//! * priorities are ordered as text and compared as numbers (`book`, `threshold`);
//! * a narrower kind of rule hides the wider ones even if it is not reached (`search`);
//! * the flags of the first rule say what is counted for all, a rule listed twice contradicts
//!   itself, and the first row of the own goods alone decides for other goods (`threshold`);
//! * a customer without a territory is in every territory (`party`);
//! * days are not looked at for rules on the whole document (`party`);
//! * what is given counts by the row, and only where the last rule of the row gives something
//!   (`free_items`).
//!
//! Each follows the rows in the order in which they are handed over. A rule that needs what the
//! till does not have is left out with a [`Notice`] and never guessed.

mod book;
mod condition;
mod coupons;
mod notice;

mod history;
mod party;
mod tree;

mod search;

mod rows;

mod hint;
mod threshold;

mod effect;

mod free_items;
mod transaction;

pub use book::RuleBook;
pub use condition::ConditionProblem;
pub use coupons::{CouponRefused, check_coupon, coupon_rule, find_coupon, uses_left};
pub use effect::RowPrice;
pub use free_items::{FreeItem, free_items};
pub use notice::Notice;
pub use rows::Rows;
pub use transaction::{DocumentDiscount, TransactionOutcome, free_row_stays, transaction_rules};

use std::sync::Arc;

use jiff::civil::Date;

use crate::catalog::{Catalog, CatalogError};
use crate::masters::{Customer, Item, PriceOrProductDiscount, PricingRule};
use crate::shop::Shop;
use crate::totals::{self, Totals};

/// The document that rules are looked for.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The shop and its rules.
    pub shop: &'a Shop,
    /// The items.
    pub catalog: &'a dyn Catalog,
    /// Who buys.
    pub customer: Option<&'a Customer>,
    /// Their price list.
    pub price_list: &'a str,
    /// The posting date.
    pub date: Date,
    /// Its tax category; see [`crate::tax_rule::TaxesOf::tax_category`].
    pub tax_category: Option<&'a str>,
    /// The rule of the document's coupon; see [`coupon_rule`].
    pub coupon_rule: Option<&'a str>,
    /// What was found out for this shop, customer, price list and day already.
    pub memory: &'a Memory,
}

/// What is the same for every row of a document, found out once: which rules are for its buyer
/// and its day, and what was sold before. A document of another shop, customer, price list or day
/// begins with a new one, and so does the next sale.
#[derive(Debug, Default)]
pub struct Memory {
    fits: party::Fits,
    histories: history::Histories,
}

/// A row of the document before rules, free items left out.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The item.
    pub item: &'a Item,
    /// The unit sold.
    pub uom: &'a str,
    /// How many of it.
    pub qty: f64,
    /// Stock units in one.
    pub conversion_factor: f64,
    /// The list price of one `uom`.
    pub price_list_rate: f64,
}

impl Row<'_> {
    fn stock_qty(&self) -> f64 {
        self.qty * self.conversion_factor
    }

    fn amount(&self) -> f64 {
        self.qty * self.price_list_rate
    }
}

/// What the rules make of one row.
#[derive(Clone, PartialEq, Debug)]
pub struct RowOutcome {
    /// The rules that were applied, in order. `None` where none was found; empty where all that
    /// were found wait for a coupon or are nearly reached, which ERPNext notes as `[]` and treats
    /// as a row with rules.
    pub rules: Option<Vec<Arc<PricingRule>>>,
    /// What they make of the price.
    pub price: RowPrice,
    /// What was left out, and what the cashier may tell or give.
    pub notices: Vec<Notice>,
    /// A rule that was looked at counts other rows too (`mixed_conditions`,
    /// `apply_rule_on_other`), so that a change of any row can change this outcome.
    pub looks_at_other_rows: bool,
}

impl RowOutcome {
    /// The list price, without a rule.
    pub fn of_list_price(row: &Row<'_>) -> Self {
        Self {
            rules: None,
            price: RowPrice::of_list(row),
            notices: Vec::new(),
            looks_at_other_rows: false,
        }
    }
}

/// Looks for the rules of one row and applies those that change its price. A place that no row
/// has gives nothing.
///
/// # Errors
/// [`CatalogError`] when items or earlier sales cannot be read.
pub fn row_rules(
    context: &Context<'_>,
    rows: &Rows<'_>,
    place: usize,
) -> Result<RowOutcome, CatalogError> {
    let Some(row) = rows.get(place) else {
        return Ok(RowOutcome {
            rules: None,
            price: RowPrice::default(),
            notices: Vec::new(),
            looks_at_other_rows: false,
        });
    };
    let mut outcome = RowOutcome::of_list_price(row);
    let notices = &mut outcome.notices;
    let mut found = search::rules_of_row(context, row, notices);
    found.retain(|found| found.entry.condition_holds(context, None, notices));
    outcome.looks_at_other_rows = found.iter().any(|found| {
        let rule = found.rule();
        rule.mixed_conditions || rule.apply_rule_on_other.is_some()
    });
    let chosen = threshold::choose(context, rows, place, found, notices)?;
    if chosen.rules.is_empty() && !chosen.nearly {
        return Ok(outcome);
    }
    let mut applied = chosen.rules;
    applied.retain(|found| coupons::is_on(context, found.rule()));
    let price = effect::price(context, row, &applied);
    let names = || applied.iter().map(|found| found.rule().name.clone());
    // The server compares when it has rounded percentages to two decimals.
    let rounding = context.shop.system.rounding_method;
    let percentage = totals::flt(price.discount_percentage, 2, rounding);
    if row.item.max_discount > 0.0 && percentage > row.item.max_discount {
        notices.push(Notice::AboveMaxDiscount {
            rules: names().collect(),
            item_code: row.item.item_code.clone(),
        });
        applied.clear();
    } else {
        outcome.price = price;
    }
    for found in &applied {
        let rule = found.rule();
        if rule.validate_applied_rule
            && rule.price_or_product_discount == PriceOrProductDiscount::Price
        {
            Notice::MayGive {
                rule: rule.name.clone(),
                title: hint::called(rule),
                effect: effect::allowed(context, rule),
            }
            .push_to(notices);
        }
    }
    let rules = applied.iter().map(|found| Arc::clone(found.rule()));
    outcome.rules = Some(rules.collect());
    Ok(outcome)
}

impl book::Entry {
    /// Whether the rule has no condition or it is true. One that fails does not hold either; the
    /// till says why, which the server does not.
    fn condition_holds(
        &self,
        context: &Context<'_>,
        totals: Option<&Totals>,
        notices: &mut Vec<Notice>,
    ) -> bool {
        let Some(condition) = &self.condition else {
            return true;
        };
        condition.holds(context, totals).unwrap_or_else(|problem| {
            let rule = self.rule.name.clone();
            Notice::Condition { rule, problem }.push_to(notices);
            false
        })
    }
}
