//! Which Item Tax Template an item takes, as ERPNext's `get_item_tax_template` chooses it.

use jiff::civil::Date;

use crate::masters::{Item, ItemTax};
use crate::shop::Shop;

/// The template for an item on a document: from the item's own rows, else from its group's,
/// walking up to the root; `None` where the document's rates apply.
///
/// `base_net_rate` is the net rate of one unit in company currency.
pub fn item_tax_template<'s>(
    shop: &'s Shop,
    item: &Item,
    tax_category: Option<&str>,
    date: Date,
    base_net_rate: f64,
) -> Option<&'s str> {
    choose(shop, &item.taxes, tax_category, date, base_net_rate).or_else(|| {
        shop.item_group_and_above(&item.item_group)
            .find_map(|group| choose(shop, &group.taxes, tax_category, date, base_net_rate))
    })
}

fn choose<'s>(
    shop: &'s Shop,
    rows: &[ItemTax],
    tax_category: Option<&str>,
    date: Date,
    base_net_rate: f64,
) -> Option<&'s str> {
    let of_company = |row: &&ItemTax| {
        let template = shop.item_tax_templates.get(&row.item_tax_template);
        template.is_some_and(|t| t.company == shop.company.name && !t.disabled && row.names(t))
    };
    let valid_now = |row: &&ItemTax| {
        // A row with a highest rate but no date counts from the server's own today, which is never
        // before the till's.
        row.has_validity()
            && row.valid_from.is_none_or(|from| from <= date)
            && (row.maximum_net_rate == 0.0
                || (row.minimum_net_rate..=row.maximum_net_rate).contains(&base_net_rate))
    };
    let mut candidates: Vec<&ItemTax> = rows.iter().filter(of_company).filter(valid_now).collect();
    if candidates.is_empty() {
        candidates = rows
            .iter()
            .filter(of_company)
            .filter(|row| !row.has_validity())
            .collect();
    } else {
        // Stable, so that equal dates keep the order of the rows.
        candidates.sort_by_key(|row| std::cmp::Reverse(row.valid_from));
    }
    let fits = |row: &&&ItemTax| row.tax_category.as_deref() == tax_category;
    let chosen = candidates.iter().find(fits)?;
    shop.item_tax_templates
        .get(&chosen.item_tax_template)
        .map(|template| template.name.as_str())
}
