//! Items and what describes them.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// An Item. Its name in ERPNext is its `item_code`.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Item {
    /// The key.
    pub item_code: String,
    /// What the cashier and the customer read.
    pub item_name: String,
    /// The group it hangs in.
    pub item_group: String,
    /// The brand.
    pub brand: Option<String>,
    /// The path of its picture on the site.
    pub image: Option<String>,
    /// The unit its stock is counted in.
    pub stock_uom: String,
    /// The unit it is sold in unless a barcode says otherwise; `stock_uom` where it is none.
    pub sales_uom: Option<String>,
    /// The template whose prices it falls back to.
    pub variant_of: Option<String>,
    /// Not to be sold.
    pub disabled: bool,
    /// May be sold.
    pub is_sales_item: bool,
    /// Has a stock.
    pub is_stock_item: bool,
    /// Is an asset of the shop and not for sale at a till.
    pub is_fixed_asset: bool,
    /// Is a template of variants and cannot be sold itself.
    pub has_variants: bool,
    /// Is sold out of batches.
    pub has_batch_no: bool,
    /// Is sold by serial number.
    pub has_serial_no: bool,
    /// The highest discount in per cent; 0 for no limit.
    pub max_discount: f64,
    /// The first day on which it can no longer be sold.
    pub end_of_life: Option<Date>,
    /// The units it can be sold in, besides `stock_uom`.
    pub uoms: Vec<ItemUom>,
    /// The codes that mean this item.
    pub barcodes: Vec<ItemBarcode>,
    /// Its own tax rates, by category and validity.
    pub taxes: Vec<ItemTax>,
    /// What tells it from the other variants of its template.
    pub attributes: Vec<ItemVariantAttribute>,
}

/// A row of Item.attributes of a variant, for example `Size` `M`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemVariantAttribute {
    /// The Item Attribute.
    pub attribute: String,
    /// Its value; empty in a template.
    pub attribute_value: String,
}

/// A row of Item.uoms: `conversion_factor` stock units make one `uom`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ItemUom {
    /// The unit.
    pub uom: String,
    /// Stock units in one `uom`.
    pub conversion_factor: f64,
}

/// A row of Item.barcodes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ItemBarcode {
    /// The code as it stands on the package.
    pub barcode: String,
    /// The unit that a scan sells, where it is not the item's own.
    pub uom: Option<String>,
}

/// A row of Item.taxes or Item Group.taxes.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemTax {
    /// The [`super::ItemTaxTemplate`] to use.
    pub item_tax_template: String,
    /// Only for documents of this tax category; `None` for those without one.
    pub tax_category: Option<String>,
    /// From this day on.
    pub valid_from: Option<Date>,
    /// From this net rate on, in company currency.
    pub minimum_net_rate: f64,
    /// Up to this net rate; 0 for no limit.
    pub maximum_net_rate: f64,
}

/// An Item Group, a node of a tree.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemGroup {
    /// The key.
    pub name: String,
    /// The node above; `None` at the root.
    pub parent_item_group: Option<String>,
    /// Whether other groups hang under it.
    pub is_group: bool,
    /// The tax rates of items that have none themselves.
    pub taxes: Vec<ItemTax>,
}

/// A unit of measure.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Uom {
    /// The key, for example `Nos`, `Kg`, `Box`.
    pub name: String,
    /// Only whole numbers of it can be sold.
    pub must_be_whole_number: bool,
}

/// A UOM Conversion Factor: `value` `to_uom` make one `from_uom`.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct UomConversionFactor {
    /// The key.
    pub name: String,
    /// The larger unit.
    pub from_uom: String,
    /// The smaller unit.
    pub to_uom: String,
    /// How many of the smaller make the larger.
    pub value: f64,
}

impl ItemTax {
    /// Whether this row restricts when or at which rate it counts.
    pub(crate) fn has_validity(&self) -> bool {
        self.valid_from.is_some() || self.maximum_net_rate != 0.0
    }
}
