//! A whole document priced at once, as ERPNext prices a draft that was sent without rates: list
//! prices, pricing rules, free items, taxes, totals.

pub mod check;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use thiserror::Error;

use crate::cart::tax_row;
use crate::catalog::{Catalog, CatalogError};
use crate::item_tax::item_tax_template;
use crate::masters::{Customer, Item};
use crate::pricing::{PriceAnswer, PriceQuery, conversion_factor, find_price};
use crate::pricing_rules::{
    Context, CouponRefused, DocumentDiscount, FreeItem, Notice, Row, RowOutcome,
    TransactionOutcome, coupon_rule, free_items, row_rules, transaction_rules,
};
use crate::quantity::Quantity;
use crate::shop::Shop;
use crate::totals::{self, ApplyDiscountOn, Document, ItemRow, Totals, TotalsError};

/// What is sold to whom.
#[derive(Clone, PartialEq, Debug)]
pub struct Draft {
    /// Who buys.
    pub customer: Option<Customer>,
    /// The posting date.
    pub posting_date: Date,
    /// What is sold.
    pub lines: Vec<DraftLine>,
    /// The coupon that the customer showed.
    pub coupon_code: Option<String>,
    /// The discount on the document that the cashier gave.
    pub discount: DocumentDiscount,
}

/// A line of a [`Draft`].
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DraftLine {
    /// The item.
    pub item_code: String,
    /// How many of `uom`.
    pub qty: f64,
    /// The unit; the item's own where it is `None`.
    pub uom: Option<String>,
    /// Out of which batch.
    pub batch_no: Option<String>,
}

/// A [`Draft`] with its prices.
#[derive(Clone, PartialEq, Debug)]
pub struct PricedDraft {
    /// The price list of the buyer.
    pub selling_price_list: String,
    /// The lines in their order, then what rules give.
    pub rows: Vec<PricedRow>,
    /// What was added up; its items are `rows`.
    pub document: Document,
    /// What it came to; its items are `rows`.
    pub totals: Totals,
    /// Which rules were left out, and why.
    pub notices: Vec<Notice>,
}

/// What a row is besides its amounts.
#[derive(Clone, PartialEq, Debug)]
pub struct PricedRow {
    /// The item.
    pub item_code: String,
    /// The unit.
    pub uom: String,
    /// Stock units in one.
    pub conversion_factor: f64,
    /// The template of its tax rates.
    pub item_tax_template: Option<String>,
    /// Given by a rule.
    pub is_free_item: bool,
    /// The rules applied; see [`RowOutcome::rules`].
    pub pricing_rules: Option<Vec<String>>,
}

/// Why a draft has no price. ERPNext refuses the same.
#[derive(Clone, PartialEq, Debug, Error)]
pub enum DraftError {
    /// A line's item is not known.
    #[error("there is no item \"{0}\"; check its code or let the till synchronise")]
    NoItem(String),
    /// The coupon is not taken.
    #[error(transparent)]
    Coupon(#[from] CouponRefused),
    /// Items cannot be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The document cannot be added up.
    #[error(transparent)]
    Totals(#[from] TotalsError),
    /// The discounts are higher than the prices.
    #[error("the discounts leave {0}, less than nothing; lower them")]
    Negative(f64),
}

/// Prices a draft.
///
/// # Errors
/// [`DraftError`] with the reason.
pub fn price(shop: &Shop, catalog: &dyn Catalog, draft: &Draft) -> Result<PricedDraft, DraftError> {
    let coupon = match &draft.coupon_code {
        Some(code) => coupon_rule(shop, code, draft.posting_date)?,
        None => None,
    };
    let customer = draft.customer.as_ref();
    let context = Context {
        shop,
        catalog,
        customer,
        price_list: shop.price_list_of(customer),
        date: draft.posting_date,
        coupon_rule: coupon,
    };
    let listed = draft
        .lines
        .iter()
        .map(|line| list_price(&context, line))
        .collect::<Result<Vec<_>, _>>()?;
    let rows: Vec<Row<'_>> = listed.iter().map(Listed::row).collect();
    let mut outcomes = (0..rows.len())
        .map(|place| row_rules(&context, &rows, place))
        .collect::<Result<Vec<_>, _>>()?;
    let given = free_items(&context, &rows, &mut outcomes)?;

    let mut sheet = Sheet {
        context: &context,
        rows: Vec::new(),
        items: Vec::new(),
    };
    for (row, outcome) in rows.iter().zip(&outcomes) {
        sheet.sold(row, outcome);
    }
    for item in given {
        sheet.given(&item);
    }
    let mut discount = draft.discount;
    let mut notices: Vec<Notice> = outcomes.into_iter().flat_map(|row| row.notices).collect();
    let before = totals::calculate(&sheet.document(discount), &shop.totals_settings())?;
    let (document, totals) =
        match transaction_rules(&context, &before, &mut discount, &mut notices)? {
            TransactionOutcome::NoRules => (sheet.document(discount), before),
            TransactionOutcome::NoneReached => {
                let totals = sheet.without_given(before);
                (sheet.document(discount), totals)
            }
            TransactionOutcome::Applied(given) => {
                for item in given {
                    sheet.given(&item);
                }
                let document = sheet.document(discount);
                let totals = totals::calculate(&document, &shop.totals_settings())?;
                (document, totals)
            }
        };
    if totals.grand_total < 0.0 {
        return Err(DraftError::Negative(totals.grand_total));
    }
    Ok(PricedDraft {
        selling_price_list: context.price_list.to_owned(),
        rows: sheet.rows,
        document,
        totals,
        notices,
    })
}

/// A line with its list price.
struct Listed {
    item: Arc<Item>,
    uom: String,
    qty: f64,
    conversion_factor: f64,
    price_list_rate: f64,
}

impl Listed {
    fn row(&self) -> Row<'_> {
        Row {
            item: &self.item,
            uom: &self.uom,
            qty: self.qty,
            conversion_factor: self.conversion_factor,
            price_list_rate: self.price_list_rate,
        }
    }
}

fn list_price(context: &Context<'_>, line: &DraftLine) -> Result<Listed, DraftError> {
    let (shop, catalog) = (context.shop, context.catalog);
    let item = catalog
        .item(&line.item_code)?
        .ok_or_else(|| DraftError::NoItem(line.item_code.clone()))?;
    let uom = line.uom.as_ref().or(item.sales_uom.as_ref());
    let uom = uom.unwrap_or(&item.stock_uom).clone();
    let query = PriceQuery {
        item: &item,
        price_list: context.price_list,
        customer: context.customer.map(|customer| customer.name.as_str()),
        uom: &uom,
        qty: Quantity::from_f64(line.qty),
        batch_no: line.batch_no.as_deref(),
        date: context.date,
    };
    let price_list_rate = match find_price(catalog, shop, query)? {
        PriceAnswer::Found(found) => shop.totals_settings().flt(found.price_list_rate),
        // ERPNext books nothing for what has no price.
        PriceAnswer::InMultiplesOf(_) | PriceAnswer::NoPrice => 0.0,
    };
    Ok(Listed {
        conversion_factor: conversion_factor(catalog, shop, &item, &uom)?,
        item,
        uom,
        qty: line.qty,
        price_list_rate,
    })
}

/// The rows of the document as they come.
struct Sheet<'a> {
    context: &'a Context<'a>,
    rows: Vec<PricedRow>,
    items: Vec<ItemRow>,
}

impl Sheet<'_> {
    fn sold(&mut self, row: &Row<'_>, outcome: &RowOutcome<'_>) {
        let price = &outcome.price;
        let (item_tax_template, item_tax_rate) = self.taxes(row.item, price.rate);
        self.rows.push(PricedRow {
            item_code: row.item.item_code.clone(),
            uom: row.uom.to_owned(),
            conversion_factor: row.conversion_factor,
            item_tax_template,
            is_free_item: false,
            pricing_rules: outcome
                .rules
                .as_ref()
                .map(|rules| rules.iter().map(|rule| rule.name.clone()).collect()),
        });
        self.items.push(ItemRow {
            item_code: row.item.item_code.clone(),
            qty: row.qty,
            price_list_rate: price.price_list_rate,
            rate: price.rate,
            discount_percentage: price.discount_percentage,
            discount_amount: price.discount_amount,
            margin_type: price.margin_type,
            margin_rate_or_amount: price.margin_rate_or_amount,
            item_tax_rate,
            has_pricing_rules: outcome.rules.is_some(),
        });
    }

    fn given(&mut self, free: &FreeItem) {
        let (item_tax_template, item_tax_rate) = self.taxes(&free.item, free.rate);
        self.rows.push(PricedRow {
            item_code: free.item.item_code.clone(),
            uom: free.uom.clone(),
            conversion_factor: free.conversion_factor,
            item_tax_template,
            is_free_item: true,
            pricing_rules: Some(vec![free.pricing_rule.clone()]),
        });
        self.items.push(ItemRow {
            item_code: free.item.item_code.clone(),
            qty: free.qty,
            price_list_rate: free.rate,
            rate: free.rate,
            item_tax_rate,
            has_pricing_rules: true,
            ..ItemRow::default()
        });
    }

    /// Takes out what rules gave, as the server does, and leaves the sums as they are.
    fn without_given(&mut self, mut totals: Totals) -> Totals {
        let sold = self.rows.iter().filter(|row| !row.is_free_item).count();
        // What is given stands below what is sold.
        self.rows.truncate(sold);
        self.items.truncate(sold);
        totals.items.truncate(sold);
        totals
    }

    fn taxes(&self, item: &Item, rate: f64) -> (Option<String>, BTreeMap<String, f64>) {
        let Context { shop, date, .. } = *self.context;
        let tax_category = shop.tax_category_of(self.context.customer);
        let name = item_tax_template(shop, item, tax_category, date, rate);
        let rates = name
            .and_then(|name| shop.item_tax_templates.get(name))
            .map(|template| {
                let rows = template.taxes.iter();
                rows.map(|row| (row.tax_type.clone(), row.tax_rate))
                    .collect()
            })
            .unwrap_or_default();
        (name.map(str::to_owned), rates)
    }

    fn document(&self, discount: DocumentDiscount) -> Document {
        let shop = self.context.shop;
        let of_profile = match shop.profile.apply_discount_on.as_deref() {
            Some("Net Total") => ApplyDiscountOn::NetTotal,
            _ => ApplyDiscountOn::GrandTotal,
        };
        Document {
            currency: shop.currency.code().to_owned(),
            items: self.items.clone(),
            taxes: shop.taxes.taxes.iter().map(tax_row).collect(),
            apply_discount_on: discount.apply_discount_on.or(Some(of_profile)),
            additional_discount_percentage: discount.additional_discount_percentage,
            discount_amount: discount.discount_amount,
            ..Document::default()
        }
    }
}
