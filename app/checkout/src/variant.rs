//! Which variant of a template the customer wants, attribute by attribute.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::catalog::{Catalog, CatalogError};
use crate::masters::Item;
use crate::shop::Shop;

/// The values chosen so far, by attribute.
pub type Selection = BTreeMap<String, String>;

/// The variants of a template that can be sold today, and what tells them apart.
#[derive(Clone, PartialEq, Debug)]
pub struct Variants {
    variants: Vec<Arc<Item>>,
    attributes: Vec<VariantAttribute>,
}

/// An attribute with the values that at least one variant has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VariantAttribute {
    /// The Item Attribute, for example `Size`.
    pub attribute: String,
    /// Its values: numbers by size, then clothing sizes from small to large, then by name.
    pub values: Vec<String>,
}

impl Variants {
    /// The variants of a template that this till sells on a day.
    ///
    /// # Errors
    /// [`CatalogError`] when items cannot be read.
    pub fn of(
        shop: &Shop,
        catalog: &dyn Catalog,
        template: &Item,
        date: Date,
    ) -> Result<Self, CatalogError> {
        let mut variants = catalog.variants(&template.item_code)?;
        variants.retain(|variant| {
            !variant.is_fixed_asset
                && variant.end_of_life.is_none_or(|end| date < end)
                && shop.sells_group(&variant.item_group)
        });
        let attributes = attributes(template, &variants);
        Ok(Self {
            variants,
            attributes,
        })
    }

    /// What tells them apart, in the template's order.
    pub fn attributes(&self) -> &[VariantAttribute] {
        &self.attributes
    }

    /// The variant that a selection means: the only one that has every chosen value once each
    /// attribute is chosen. `None` while something is still open, for a combination that the shop
    /// does not have, and for one that several have.
    pub fn chosen(&self, selection: &Selection) -> Option<&Arc<Item>> {
        let open = |attribute: &VariantAttribute| !selection.contains_key(&attribute.attribute);
        if self.attributes.iter().any(open) {
            return None;
        }
        let mut variants = self.variants.iter();
        let chosen = variants.find(|variant| has_all(variant, selection))?;
        let another = variants.any(|variant| has_all(variant, selection));
        (!another).then_some(chosen)
    }

    /// Whether the shop has a variant with this value and with what is chosen of the other
    /// attributes, so that a screen can show the value as possible.
    pub fn is_possible(&self, selection: &Selection, attribute: &str, value: &str) -> bool {
        let mut wanted = selection.clone();
        wanted.insert(attribute.to_owned(), value.to_owned());
        self.variants
            .iter()
            .any(|variant| has_all(variant, &wanted))
    }
}

fn has_all(variant: &Item, selection: &Selection) -> bool {
    selection
        .iter()
        .all(|(attribute, value)| value_of(variant, attribute) == Some(value))
}

fn value_of<'a>(variant: &'a Item, attribute: &str) -> Option<&'a String> {
    let mut rows = variant.attributes.iter();
    rows.find(|row| row.attribute == attribute)
        .map(|row| &row.attribute_value)
        .or_else(|| (attribute == ITEM_CODE).then_some(&variant.item_code))
}

/// What variants by manufacturer are told apart by: they have no attributes.
const ITEM_CODE: &str = "Item Code";

/// The template's attributes; those of the variants where the template was stored without any, and
/// the item codes where those have none either.
fn attributes(template: &Item, variants: &[Arc<Item>]) -> Vec<VariantAttribute> {
    let of_variants = variants.iter().flat_map(|variant| &variant.attributes);
    let mut attributes: Vec<VariantAttribute> = Vec::new();
    for row in template.attributes.iter().chain(of_variants) {
        let known = attributes
            .iter()
            .any(|known| known.attribute == row.attribute);
        let mut values: Vec<String> = variants
            .iter()
            .filter_map(|variant| value_of(variant, &row.attribute).cloned())
            .collect();
        if known || values.is_empty() {
            continue;
        }
        values.sort_by(|a, b| {
            let ((kind_a, place_a, a), (kind_b, place_b, b)) = (order(a), order(b));
            kind_a
                .cmp(&kind_b)
                .then_with(|| place_a.total_cmp(&place_b))
                .then_with(|| a.cmp(b))
        });
        values.dedup();
        attributes.push(VariantAttribute {
            attribute: row.attribute.clone(),
            values,
        });
    }
    if attributes.is_empty() && !variants.is_empty() {
        let codes = variants.iter().map(|variant| variant.item_code.clone());
        attributes.push(VariantAttribute {
            attribute: ITEM_CODE.to_owned(),
            values: codes.collect(),
        });
    }
    attributes
}

/// Clothing sizes from small to large, in letters and in the words of ERPNext's own Size.
const SIZES: [&[&str]; 8] = [
    &["XXS", "2XS"],
    &["XS", "Extra Small"],
    &["S", "Small"],
    &["M", "Medium"],
    &["L", "Large"],
    &["XL", "Extra Large"],
    &["XXL", "2XL"],
    &["XXXL", "3XL"],
];

/// Where a value stands among others. The order of ERPNext's Item Attribute is not downloaded, and
/// sizes by letter would read L, M, S.
fn order(value: &str) -> (u8, f64, &str) {
    let value = value.trim();
    let number = value.replace(',', ".").parse::<f64>();
    if let Some(number) = number.ok().filter(|number| number.is_finite()) {
        return (0, number, value);
    }
    let means = |size: &&[&str]| size.iter().any(|name| name.eq_ignore_ascii_case(value));
    match SIZES.iter().position(means) {
        Some(place) => (1, place as f64, value),
        None => (2, 0.0, value),
    }
}
