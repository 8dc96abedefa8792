//! Which rules look at a row (`_get_pricing_rules`), before quantities and amounts.

use std::sync::Arc;

use super::book::Entry;
use super::party::Fit;
use super::{Context, Notice, Row};
use crate::masters::{ApplyOn, Item, PricingRule, PricingRuleObject};

/// A rule that was found for a row, with the row of its table that it was found by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'a> {
    /// The place of the rule in the book.
    pub(super) in_book: usize,
    pub(super) entry: &'a Entry,
    pub(super) object: &'a PricingRuleObject,
}

impl<'a> Found<'a> {
    pub(super) fn rule(&self) -> &'a Arc<PricingRule> {
        &self.entry.rule
    }

    /// The unit that the rule's table names; thresholds and rates are in it.
    pub(super) fn uom(&self) -> Option<&'a str> {
        self.object.uom.as_deref()
    }
}

/// The rules of a row, in the server's order.
pub(super) fn rules_of_row<'a>(
    context: &Context<'a>,
    row: &Row<'_>,
    notices: &mut Vec<Notice>,
) -> Vec<Found<'a>> {
    let book = &context.shop.pricing_rules;
    let mut rules: Vec<Found<'a>> = Vec::new();
    for apply_on in [ApplyOn::ItemCode, ApplyOn::ItemGroup, ApplyOn::Brand] {
        for hit in book.hits(apply_on, row.item, row.uom) {
            let Some(entry) = book.entry(hit.rule) else {
                continue;
            };
            let Some(object) = entry.rule.objects.get(hit.object) else {
                continue;
            };
            match context.memory.fits.of(context, hit.rule, &entry.rule) {
                Fit::Yes => rules.push(Found {
                    in_book: hit.rule,
                    entry,
                    object,
                }),
                Fit::No => {}
                Fit::Needs(needs) => Notice::needs(&entry.rule, needs).push_to(notices),
            }
        }
        // A rule with a priority lets the wider kinds be looked at too, and so do rules that all
        // apply together; any other hides them, even if its thresholds are not reached or its
        // condition does not hold.
        if rules.first().is_some_and(|first| first.rule().has_priority) {
            continue;
        }
        if !rules.is_empty() && !all_apply_together(&rules) {
            break;
        }
    }
    rules
}

/// Whether all rules have `apply_multiple_pricing_rules`.
pub(super) fn all_apply_together(rules: &[Found<'_>]) -> bool {
    rules
        .iter()
        .all(|found| found.rule().apply_multiple_pricing_rules)
}

/// Whether an item is among the rule's own goods when rows are counted together
/// (`get_pricing_rule_items`): compared by item code, so that a variant is not its template, and
/// whatever the unit.
pub(super) fn is_own(context: &Context<'_>, rule: &PricingRule, item: &Item) -> bool {
    let mut objects = rule.objects.iter();
    objects.any(|object| match rule.apply_on {
        ApplyOn::ItemCode => object.value == item.item_code,
        ApplyOn::ItemGroup => {
            object.value == item.item_group || {
                let book = &context.shop.pricing_rules;
                let mut above = book.groups_above(&item.item_group);
                above.any(|group| *group == object.value)
            }
        }
        ApplyOn::Brand => Some(&object.value) == item.brand.as_ref(),
        ApplyOn::Transaction => false,
    })
}

/// Whether the row is of the goods that get the discount of a rule with `apply_rule_on_other`.
/// They are compared by name: the groups below `other_item_group` are not among them.
pub(super) fn is_other(rule: &PricingRule, item: &Item) -> bool {
    let Some(other) = &rule.other else {
        return false;
    };
    match rule.apply_rule_on_other {
        Some(ApplyOn::ItemCode) => *other == item.item_code,
        Some(ApplyOn::ItemGroup) => *other == item.item_group,
        Some(ApplyOn::Brand) => Some(other) == item.brand.as_ref(),
        Some(ApplyOn::Transaction) | None => false,
    }
}
