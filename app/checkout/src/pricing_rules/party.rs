//! Which rules are for this company, customer, warehouse, price list and day
//! (`get_other_conditions`), found out once for a document.

use std::cell::RefCell;

use super::Context;
use super::tree::{Lies, lies_under};
use crate::masters::PricingRule;

/// Whether a rule is for a document, before its goods are looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fit {
    Yes,
    No,
    /// The till cannot say: it lacks this.
    Needs(&'static str),
}

/// The fits found so far, by the rule's place in the book.
#[derive(Debug, Default)]
pub(super) struct Fits(RefCell<Vec<Option<Fit>>>);

impl Fits {
    /// [`fits_row`], asked once.
    pub(super) fn of(&self, context: &Context<'_>, place: usize, rule: &PricingRule) -> Fit {
        let known = self.0.borrow().get(place).copied().flatten();
        known.unwrap_or_else(|| {
            let fit = fits_row(context, rule);
            let mut fits = self.0.borrow_mut();
            if fits.len() <= place {
                fits.resize(place + 1, None);
            }
            fits[place] = Some(fit);
            fit
        })
    }
}

/// Whether a rule on goods is for this document.
fn fits_row(context: &Context<'_>, rule: &PricingRule) -> Fit {
    let in_force = rule.valid_from.is_none_or(|from| from <= context.date)
        && rule.valid_upto.is_none_or(|upto| context.date <= upto);
    let list = rule.for_price_list.as_deref();
    if !in_force || list.is_some_and(|list| list != context.price_list) {
        return Fit::No;
    }
    let warehouses = &context.shop.warehouses;
    let lies = rule.warehouse.as_deref().map_or(Lies::Under, |wanted| {
        lies_under(
            &context.shop.profile.warehouse,
            wanted,
            warehouses,
            |node| node.parent_warehouse.clone(),
        )
    });
    match lies {
        Lies::Under => fits_party(context, rule),
        Lies::Elsewhere => Fit::No,
        Lies::Unknown => match fits_party(context, rule) {
            Fit::Yes => Fit::Needs("the tree of warehouses"),
            other => other,
        },
    }
}

/// Whether a rule is for selling by this company to this customer. It is all that the server
/// looks at for rules on the whole document (15.71): neither their days nor their price list nor
/// their warehouse.
pub(super) fn fits_party(context: &Context<'_>, rule: &PricingRule) -> Fit {
    let shop = context.shop;
    let customer = context.customer;
    let is = |wanted: &Option<String>, got: Option<&str>| {
        wanted.as_deref().is_none_or(|wanted| Some(wanted) == got)
    };
    let name = customer.map(|customer| customer.name.as_str());
    let partner = customer.and_then(|customer| customer.default_sales_partner.as_deref());
    let fits = !rule.disable
        && rule.selling
        && is(&rule.company, Some(&shop.company.name))
        && is(&rule.customer, name)
        && is(&rule.campaign, shop.profile.campaign.as_deref())
        && is(&rule.sales_partner, partner)
        && rule.supplier.is_none()
        && rule.supplier_group.is_none();
    if !fits {
        return Fit::No;
    }
    let group = customer.and_then(|customer| customer.customer_group.as_deref());
    let group = match (rule.customer_group.as_deref(), group) {
        (None, _) => Lies::Under,
        (Some(_), None) => nowhere(context),
        (Some(wanted), Some(group)) => lies_under(group, wanted, &shop.customer_groups, |node| {
            node.parent_customer_group.clone()
        }),
    };
    let territory = customer.and_then(|customer| customer.territory.as_deref());
    let territory = match (rule.territory.as_deref(), territory) {
        (None, _) => Lies::Under,
        (Some(_), None) => nowhere(context),
        (Some(wanted), Some(territory)) => {
            lies_under(territory, wanted, &shop.territories, |node| {
                node.parent_territory.clone()
            })
        }
    };
    match (group, territory) {
        (Lies::Elsewhere, _) | (_, Lies::Elsewhere) => Fit::No,
        (Lies::Unknown, _) => Fit::Needs("the tree of customer groups"),
        (_, Lies::Unknown) => Fit::Needs("the tree of territories"),
        (Lies::Under, Lies::Under) => Fit::Yes,
    }
}

/// Where a buyer without a node of a tree is. The server then puts no condition at all on that
/// tree, so a customer without a territory falls under the rules of every territory. Nobody, and
/// a walk-in customer that was not downloaded, are not such customers.
fn nowhere(context: &Context<'_>) -> Lies {
    match context.customer {
        None => Lies::Elsewhere,
        Some(customer) => match context.catalog.customer(&customer.name) {
            Ok(Some(_)) => Lies::Under,
            Ok(None) | Err(_) => Lies::Unknown,
        },
    }
}
