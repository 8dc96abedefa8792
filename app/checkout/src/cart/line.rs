//! A line of the cart, and what may become one.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::change::{GivenPrice, LineChange};
use super::labelled::{LabelRemarks, PackagePrice};
use super::reason::PriceReason;
use super::{CartError, NotForSale};
use crate::catalog::Catalog;
use crate::codes::label::Label;
use crate::masters::Item;
use crate::pricing::conversion_factor;
use crate::pricing_rules::Row;
use crate::quantity::Quantity;
use crate::sale::SaleLine;
use crate::shop::Shop;
use crate::totals::ItemRow;

/// A line of the cart.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CartLine {
    /// What tells it from the cart's other lines, for as long as the cart lives.
    pub id: u32,
    /// What is sold.
    #[serde(flatten)]
    pub sold: SaleLine,
    /// The group of the item, which decides about its tile and its taxes.
    pub item_group: String,
    /// Only whole numbers of the unit can be sold.
    pub must_be_whole_number: bool,
    /// The list price of one unit, or what a rule puts in its place, in the document's currency.
    pub price_list_rate: f64,
    /// The rate asked for one unit.
    pub rate: f64,
    /// What the cashier changed of the price.
    pub change: Option<LineChange>,
    /// Sentences about what was left out or is missing on this line, for the cashier.
    pub notices: Vec<String>,
    /// Serial numbers that have to be named before the line can be paid.
    pub missing_serial_nos: usize,
    /// The quantity whose multiples this customer's price holds for.
    pub packing_unit: Option<i64>,
    pub(super) item_tax_rate: BTreeMap<String, f64>,
    /// What the price list says, before rules.
    pub(super) listed: f64,
    pub(super) ruled: Ruled,
    /// What the cashier should know of its batch.
    pub(super) batch_remark: Option<String>,
    /// What the cashier should know of the label on its package.
    #[serde(default)]
    pub(super) label_remarks: LabelRemarks,
    /// It is one package with a measure or price of its own, which no other is added to.
    #[serde(default)]
    pub(super) is_package: bool,
    /// The price on that package.
    #[serde(default)]
    pub(super) package_price: Option<PackagePrice>,
    /// How far below its list price a manager let it go.
    #[serde(default)]
    pub(super) allowed: Allowed,
    /// Its place among the items of the document.
    pub(super) row: usize,
    #[serde(skip)]
    pub(super) item: KeptItem,
}

/// How far below its list price a manager let a line go, in per cent: an approval is one of what
/// the manager saw, and what goes further is asked for again.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Allowed {
    /// By its own change.
    pub(super) own: f64,
    /// With its part of the document discount.
    pub(super) all: f64,
}

/// What the pricing rules made of a line, kept so that a change elsewhere need not ask again.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Ruled {
    /// The rules that were applied, by name; `None` where none was found.
    pub(super) rules: Option<Vec<String>>,
    /// The rate under them.
    pub(super) rate: f64,
    /// Whether another row can change what they make of this one.
    pub(super) looks_at_other_rows: bool,
    /// Which rules were left out.
    pub(super) notices: Vec<String>,
}

/// The item of a line as it was looked up; none after a restart, until it is needed. It says
/// nothing that the line does not, so lines are equal whatever is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct KeptItem(pub(super) Option<Arc<Item>>);

impl PartialEq for KeptItem {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

/// What to put into the cart.
#[derive(Clone, PartialEq, Debug)]
pub struct Addition<'a> {
    /// The item.
    pub item: &'a Arc<Item>,
    /// The unit, where the barcode names one.
    pub uom: Option<&'a str>,
    /// The barcode it was scanned by.
    pub barcode: Option<&'a str>,
    /// How much.
    pub qty: Quantity,
    /// The batch, where one was scanned; else the cart takes the one that expires first.
    pub batch_no: Option<&'a str>,
    /// The piece, where one was scanned.
    pub serial_no: Option<&'a str>,
    /// What else the label of its package says; see [`Addition::labelled`].
    pub label: Option<&'a Label>,
}

impl<'a> Addition<'a> {
    /// One of this item, in the unit it is sold in.
    pub fn one(item: &'a Arc<Item>) -> Self {
        Self {
            item,
            uom: None,
            barcode: None,
            qty: Quantity::ONE,
            batch_no: None,
            serial_no: None,
            label: None,
        }
    }
}

impl CartLine {
    /// Why one unit costs what it costs, in order.
    pub fn reasons(&self) -> &[PriceReason] {
        &self.sold.reasons
    }

    /// What one unit costs by list and rules, the cashier's change left out.
    pub(crate) fn rate_by_rules(&self) -> f64 {
        self.ruled.rate
    }

    /// How many stock units the line takes.
    pub fn stock_qty(&self) -> f64 {
        self.sold.qty.to_f64() * self.sold.conversion_factor
    }

    /// The line as a sale keeps it.
    pub(super) fn sold_line(&self) -> SaleLine {
        self.sold.clone()
    }

    pub(super) fn check_whole(&self) -> Result<(), CartError> {
        if self.must_be_whole_number && !self.sold.qty.is_whole() {
            return Err(CartError::WholeNumber {
                uom: self.sold.uom.clone(),
            });
        }
        Ok(())
    }

    /// The order of the document's rows. Nothing of it depends on when a line was scanned: the id
    /// only decides between lines that are equal in all that is priced.
    pub(super) fn in_document(&self, other: &Self) -> Ordering {
        let (a, b) = (&self.sold, &other.sold);
        a.item_code
            .cmp(&b.item_code)
            .then_with(|| a.uom.cmp(&b.uom))
            .then_with(|| a.batch_no.cmp(&b.batch_no))
            .then_with(|| a.serial_nos.cmp(&b.serial_nos))
            .then_with(|| by_change(self.change.as_ref(), other.change.as_ref()))
            .then_with(|| self.listed.total_cmp(&other.listed))
            .then_with(|| a.qty.cmp(&b.qty))
            .then_with(|| self.id.cmp(&other.id))
    }

    /// The line as pricing rules see it.
    pub(super) fn rule_row<'a>(&'a self, item: &'a Item) -> Row<'a> {
        Row {
            item,
            uom: &self.sold.uom,
            qty: self.sold.qty.to_f64(),
            conversion_factor: self.sold.conversion_factor,
            price_list_rate: self.listed,
        }
    }

    /// The fixed row: ERPNext computes the same rate and amount from it again without any rule.
    pub(super) fn fixed_row(&self) -> ItemRow {
        // A rate of 0 with a list price is taken for a missing one, unless all of it is off.
        let nothing_asked = self.rate == 0.0 && self.price_list_rate != 0.0;
        ItemRow {
            item_code: self.sold.item_code.clone(),
            qty: self.sold.qty.to_f64(),
            price_list_rate: self.price_list_rate,
            rate: self.rate,
            discount_percentage: if nothing_asked { 100.0 } else { 0.0 },
            item_tax_rate: self.item_tax_rate.clone(),
            ..ItemRow::default()
        }
    }
}

fn by_change(a: Option<&LineChange>, b: Option<&LineChange>) -> Ordering {
    let key = |change: Option<&LineChange>| match change.map(|change| change.given) {
        None => (0, 0.0),
        Some(GivenPrice::Rate(rate)) => (1, rate),
        Some(GivenPrice::DiscountPercentage(percentage)) => (2, percentage),
        Some(GivenPrice::DiscountAmount(amount)) => (3, amount),
    };
    let ((kind, value), (other_kind, other)) = (key(a), key(b));
    kind.cmp(&other_kind).then_with(|| value.total_cmp(&other))
}

/// The line of an addition before its price is known.
pub(super) fn unpriced_line(
    shop: &Shop,
    catalog: &dyn Catalog,
    addition: &Addition<'_>,
) -> Result<CartLine, CartError> {
    let item = addition.item;
    let uom = addition
        .uom
        .or(item.sales_uom.as_deref())
        .unwrap_or(&item.stock_uom)
        .to_owned();
    Ok(CartLine {
        id: 0,
        item_group: item.item_group.clone(),
        must_be_whole_number: is_sold_whole(shop, &uom),
        price_list_rate: 0.0,
        rate: 0.0,
        change: None,
        notices: Vec::new(),
        missing_serial_nos: 0,
        packing_unit: None,
        item_tax_rate: BTreeMap::new(),
        listed: 0.0,
        ruled: Ruled::default(),
        batch_remark: None,
        label_remarks: LabelRemarks::default(),
        is_package: false,
        package_price: None,
        allowed: Allowed::default(),
        row: 0,
        item: KeptItem(Some(item.clone())),
        sold: SaleLine {
            item_code: item.item_code.clone(),
            item_name: item.item_name.clone(),
            qty: addition.qty,
            conversion_factor: conversion_factor(catalog, shop, item, &uom)?,
            uom,
            stock_uom: item.stock_uom.clone(),
            barcode: addition.barcode.map(str::to_owned),
            batch_no: addition.batch_no.map(str::to_owned),
            serial_nos: addition.serial_no.map(str::to_owned).into_iter().collect(),
            ..SaleLine::default()
        },
    })
}

/// Whether a unit is sold in whole numbers only.
pub(super) fn is_sold_whole(shop: &Shop, uom: &str) -> bool {
    shop.uoms
        .get(uom)
        .is_some_and(|uom| uom.must_be_whole_number)
}

pub(super) fn check_item(shop: &Shop, item: &Item, date: Date) -> Result<(), CartError> {
    if item.disabled {
        return Err(CartError::Disabled {
            item_name: item.item_name.clone(),
        });
    }
    let reason = if item.has_variants {
        NotForSale::Template
    } else if !item.is_sales_item || item.is_fixed_asset {
        NotForSale::NotSalesItem
    } else if item.end_of_life.is_some_and(|end| end <= date) {
        NotForSale::EndOfLife
    } else if !shop.sells_group(&item.item_group) {
        NotForSale::Group
    } else {
        return Ok(());
    };
    Err(CartError::NotForSale {
        item_name: item.item_name.clone(),
        reason,
    })
}
