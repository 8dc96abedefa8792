//! Which rules look at a row (`_get_pricing_rules`), before quantities and amounts.

use std::cmp::Reverse;

use super::{Context, Notice, Row};
use crate::masters::{ApplyOn, PricingRule};

/// The rules of a row, in the server's order.
pub(super) fn rules_of_row<'a>(
    context: &Context<'a>,
    row: &Row<'_>,
    notices: &mut Vec<Notice>,
) -> Vec<&'a PricingRule> {
    let mut rules: Vec<&PricingRule> = Vec::new();
    for apply_on in [ApplyOn::ItemCode, ApplyOn::ItemGroup, ApplyOn::Brand] {
        let mut found: Vec<&PricingRule> = context
            .shop
            .pricing_rules
            .values()
            .filter(|rule| rule.apply_on == apply_on)
            .filter(|rule| object_uom(context, rule, row).is_some() || is_other(context, rule, row))
            .filter(|rule| is_for_party(context, rule) && is_in_force(context, rule))
            .filter(|rule| needs_nothing_else(context, rule, notices))
            .collect();
        // The server orders by priority as a text: "9" stands before "10".
        found.sort_by_key(|rule| Reverse((rule.priority.as_str(), rule.name.as_str())));
        rules.extend(found);
        // A rule with a priority lets the wider kinds be looked at too, and so do rules that all
        // apply together; any other hides them, even if its thresholds are not reached.
        if rules.first().is_some_and(|first| first.has_priority) {
            continue;
        }
        if !rules.is_empty() && !all_apply_together(&rules) {
            break;
        }
    }
    rules
}

/// Whether all rules have `apply_multiple_pricing_rules`.
pub(super) fn all_apply_together(rules: &[&PricingRule]) -> bool {
    rules.iter().all(|rule| rule.apply_multiple_pricing_rules)
}

/// The unit of the rule's row that names this item, its group or its brand; `None` where none
/// does, `Some(None)` where it is for every unit.
pub(super) fn object_uom<'r>(
    context: &Context<'_>,
    rule: &'r PricingRule,
    row: &Row<'_>,
) -> Option<Option<&'r str>> {
    let item = row.item;
    let mut objects = rule.objects.iter();
    let of_uom = |uom: Option<&str>| uom.is_none_or(|uom| uom == row.uom);
    objects
        .find(|object| match rule.apply_on {
            // A variant falls under the rules of its template whatever their unit.
            ApplyOn::ItemCode => {
                object.value == item.item_code && of_uom(object.uom.as_deref())
                    || Some(&object.value) == item.variant_of.as_ref()
            }
            ApplyOn::ItemGroup => {
                is_in_group(context, row, &object.value) && of_uom(object.uom.as_deref())
            }
            // Nor is the unit looked at for brands.
            ApplyOn::Brand => Some(&object.value) == item.brand.as_ref(),
            ApplyOn::Transaction => false,
        })
        .map(|object| object.uom.as_deref())
}

/// Whether the row is of the goods that get the discount of a rule with `apply_rule_on_other`.
pub(super) fn is_other(context: &Context<'_>, rule: &PricingRule, row: &Row<'_>) -> bool {
    let Some(other) = &rule.other else {
        return false;
    };
    match rule.apply_rule_on_other {
        Some(ApplyOn::ItemCode) => *other == row.item.item_code,
        Some(ApplyOn::ItemGroup) => is_in_group(context, row, other),
        Some(ApplyOn::Brand) => Some(other) == row.item.brand.as_ref(),
        Some(ApplyOn::Transaction) | None => false,
    }
}

fn is_in_group(context: &Context<'_>, row: &Row<'_>, group: &str) -> bool {
    row.item.item_group == group
        || context
            .shop
            .item_group_and_above(&row.item.item_group)
            .any(|above| above.name == group)
}

/// Whether the rule is for selling by this company to this customer.
pub(super) fn is_for_party(context: &Context<'_>, rule: &PricingRule) -> bool {
    let shop = context.shop;
    let fits = |wanted: &Option<String>, got: Option<&str>| {
        wanted.as_deref().is_none_or(|wanted| Some(wanted) == got)
    };
    let customer = context.customer;
    let group = customer.and_then(|customer| customer.customer_group.as_deref());
    let in_group = |wanted: &str| {
        group == Some(wanted)
            || group.is_some_and(|group| {
                shop.customer_group_and_above(group)
                    .any(|above| above.name == wanted)
            })
    };
    !rule.disable
        && rule.selling
        && fits(&rule.company, Some(&shop.company.name))
        && fits(
            &rule.customer,
            customer.map(|customer| customer.name.as_str()),
        )
        && rule.customer_group.as_deref().is_none_or(in_group)
        && fits(&rule.campaign, shop.profile.campaign.as_deref())
        && rule.supplier.is_none()
        && rule.supplier_group.is_none()
}

fn is_in_force(context: &Context<'_>, rule: &PricingRule) -> bool {
    rule.for_price_list
        .as_deref()
        .is_none_or(|list| list == context.price_list)
        && rule.valid_from.is_none_or(|from| from <= context.date)
        && rule.valid_upto.is_none_or(|upto| context.date <= upto)
}

/// Whether the till has all that the rule asks for; says so where it has not.
pub(super) fn needs_nothing_else(
    context: &Context<'_>,
    rule: &PricingRule,
    notices: &mut Vec<Notice>,
) -> bool {
    let territory = context.customer.and_then(|c| c.territory.as_ref());
    // A transaction rule's warehouse is never looked at by the server.
    let elsewhere = |warehouse: &String| {
        rule.apply_on != ApplyOn::Transaction && *warehouse != context.shop.profile.warehouse
    };
    let needs = if rule.is_cumulative {
        "earlier sales of the whole shop"
    } else if rule.condition.is_some() {
        "the evaluation of its condition"
    } else if rule.territory.is_some() && rule.territory.as_ref() != territory {
        "the tree of territories"
    } else if rule.warehouse.as_ref().is_some_and(elsewhere) {
        "the tree of warehouses"
    } else if rule.sales_partner.is_some() {
        "the customer's sales partner"
    } else {
        return true;
    };
    notices.push(Notice::NeedsServer {
        rule: rule.name.clone(),
        needs,
    });
    false
}
