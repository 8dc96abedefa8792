//! Which Item Tax Template an item takes: ERPNext's `get_item_tax_template` chooses one, and
//! `validate_item_tax_template` may put another in its place when the document is saved.
//!
//! A row may hold for a range of net rates only. What the server compares with it is what stands in
//! `base_net_rate` when it validates, right after `calculate_item_values`: the row's own rate,
//! before an inclusive tax is taken out of it. So the price on the shelf decides, and the till asks
//! with it.
//!
//! Quirks of validating, which the till follows:
//! * the item's rows and those of all its groups count as one list, so a row with a date or range
//!   anywhere outweighs the item's own rows without;
//! * a row that has no template is not looked at again;
//! * where a document has a discount it validates a second time, with what the discount left of the
//!   net rate, and taxes by that ([`TemplateQuery::validated`]). Prices that contain taxes do so
//!   without them then.
//!
//! Quirks that it cannot follow:
//! * a range without `valid_from` holds from the server's own day on. A sale that reaches it on a
//!   later day than its own is taxed without such rows there and does not compare equal; give
//!   ranges a `valid_from` in ERPNext;
//! * 15.71 still uses disabled templates, later versions and the till do not.

use jiff::civil::Date;

use crate::masters::{Item, ItemTax};
use crate::shop::Shop;

/// What a template is asked for.
#[derive(Clone, Copy, Debug)]
pub struct TemplateQuery<'s> {
    /// The shop and its templates.
    pub shop: &'s Shop,
    /// The tax category of the document.
    pub tax_category: Option<&'s str>,
    /// The posting date.
    pub date: Date,
    /// The rate of one unit in company currency.
    pub base_net_rate: f64,
}

/// Whether a template of the item or its groups holds for a range of net rates only, so that a
/// discount on the document can change it.
pub fn has_net_rate_range(shop: &Shop, item: &Item) -> bool {
    all_rows(shop, item).any(|row| row.maximum_net_rate != 0.0)
}

/// The rows of an item and of all its groups.
fn all_rows<'a>(shop: &'a Shop, item: &'a Item) -> impl Iterator<Item = &'a ItemTax> {
    let of_groups = shop.item_group_and_above(&item.item_group);
    item.taxes
        .iter()
        .chain(of_groups.flat_map(|group| &group.taxes))
}

impl<'s> TemplateQuery<'s> {
    /// The template for an item on a document; `None` where the document's rates apply.
    pub fn template_of(&self, item: &Item) -> Option<&'s str> {
        // From the item's own rows, else from its group's, walking up to the root.
        let mut groups = self.shop.item_group_and_above(&item.item_group);
        let chosen = self
            .first_fitting(&item.taxes)
            .or_else(|| groups.find_map(|group| self.first_fitting(&group.taxes)))?;
        Some(self.validated(item, chosen))
    }

    /// What stays of a template when the document is saved: itself, unless others hold and it does
    /// not.
    pub fn validated(&self, item: &Item, template: &'s str) -> &'s str {
        let valid = self.fitting(all_rows(self.shop, item));
        if valid.iter().any(|row| row.item_tax_template == template) {
            return template;
        }
        let first = valid.first().and_then(|row| self.template(row));
        first.unwrap_or(template)
    }

    fn first_fitting(&self, rows: &[ItemTax]) -> Option<&'s str> {
        let fitting = self.fitting(rows);
        fitting.first().and_then(|row| self.template(row))
    }

    /// The rows of this document's tax category among those that hold: those with a date or range
    /// that do, latest first, and where none does those without.
    fn fitting<'r>(&self, rows: impl IntoIterator<Item = &'r ItemTax>) -> Vec<&'r ItemTax> {
        let of_company = rows.into_iter().filter(|row| self.template(row).is_some());
        let (dated, plain): (Vec<_>, Vec<_>) = of_company.partition(|row| row.has_validity());
        let mut holding: Vec<_> = dated.into_iter().filter(|row| self.holds(row)).collect();
        if holding.is_empty() {
            holding = plain;
        }
        // Stable, so that equal dates keep the order of the rows, and so do ranges without dates:
        // the server means to sort those by their highest rate, but compares one row's with itself.
        holding.sort_by_key(|row| std::cmp::Reverse(row.valid_from));
        holding.retain(|row| row.tax_category.as_deref() == self.tax_category);
        holding
    }

    fn holds(&self, row: &ItemTax) -> bool {
        let in_range = || {
            let range = row.minimum_net_rate..=row.maximum_net_rate;
            row.maximum_net_rate == 0.0 || range.contains(&self.base_net_rate)
        };
        row.valid_from.is_none_or(|from| from <= self.date) && in_range()
    }

    /// The name of a row's template, if that is one of this company and in use.
    fn template(&self, row: &ItemTax) -> Option<&'s str> {
        let template = self.shop.item_tax_templates.get(&row.item_tax_template)?;
        let usable = template.company == self.shop.company.name && !template.disabled;
        usable.then_some(template.name.as_str())
    }
}
