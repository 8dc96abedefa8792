//! A whole document priced at once, as ERPNext prices a draft that was sent without rates: list
//! prices, pricing rules, free items, taxes, totals.

mod sheet;

pub mod check;

pub(crate) use sheet::{SettleError, Settled, Sheet, computed_rate, item_taxes, ruled_row};

use std::sync::Arc;

use jiff::civil::Date;
use thiserror::Error;

use crate::catalog::{Catalog, CatalogError};
use crate::exchange::ExchangeError;
use crate::masters::{Customer, Item};
use crate::pricing::{PriceAnswer, PriceQuery, conversion_factor, find_price};
use crate::pricing_rules::{
    Context, CouponRefused, DocumentDiscount, FreeItem, Memory, Notice, Row, Rows, coupon_rule,
    free_items, row_rules,
};
use crate::quantity::Quantity;
use crate::shop::Shop;
use crate::tax_rule::{TaxRuleError, TaxesOf, taxes_of};
use crate::totals::{Document, ItemRow, Totals, TotalsError};

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
    /// The rules applied; see [`crate::pricing_rules::RowOutcome::rules`].
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
    /// The price list is in another currency, and no exchange rate holds.
    #[error(transparent)]
    NoExchangeRate(#[from] ExchangeError),
    /// Which taxes hold is not known.
    #[error(transparent)]
    Taxes(#[from] TaxRuleError),
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

impl From<SettleError> for DraftError {
    fn from(error: SettleError) -> Self {
        match error {
            SettleError::Catalog(error) => Self::Catalog(error),
            SettleError::Totals(error) => Self::Totals(error),
        }
    }
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
    let taxes = taxes_of(shop, catalog, customer, draft.posting_date)?;
    let memory = Memory::default();
    let context = Context {
        shop,
        catalog,
        customer,
        price_list: shop.price_list_of(customer),
        date: draft.posting_date,
        tax_category: taxes.tax_category.as_deref(),
        coupon_rule: coupon,
        memory: &memory,
    };
    let listed = draft
        .lines
        .iter()
        .map(|line| list_price(&context, line))
        .collect::<Result<Vec<_>, _>>()?;
    let rows = Rows::new(listed.iter().map(Listed::row).collect());
    let mut outcomes = (0..rows.len())
        .map(|place| row_rules(&context, &rows, place))
        .collect::<Result<Vec<_>, _>>()?;
    let given = free_items(&context, &rows, &mut outcomes)?;

    let mut sold = Vec::new();
    let mut priced = Vec::new();
    for (row, outcome) in rows.iter().zip(&outcomes) {
        let has_rules = outcome.rules.is_some();
        let ruled = ruled_row(&row.item.item_code, row.qty, &outcome.price, has_rules);
        let rate = computed_rate(shop, ruled.clone())?;
        let (item_tax_template, item_tax_rate) = item_taxes(&context, &taxes, row.item, rate);
        sold.push(ItemRow {
            item_tax_rate,
            ..ruled
        });
        priced.push(PricedRow {
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
    }
    let mut notices: Vec<Notice> = outcomes.into_iter().flat_map(|row| row.notices).collect();
    let sheet = Sheet {
        context: &context,
        taxes: &taxes,
        goods: rows.iter().map(|row| row.item).collect(),
        sold,
        given,
    };
    let settled = sheet.settle(draft.discount)?;
    // Where the server takes out what was given, its sums stay as they were before.
    let totals = settled.stale.unwrap_or(settled.totals);
    if totals.grand_total < 0.0 {
        return Err(DraftError::Negative(totals.grand_total));
    }
    priced.extend(
        settled
            .given
            .iter()
            .map(|item| given_row(&context, &taxes, item)),
    );
    notices.extend(settled.notices);
    Ok(PricedDraft {
        selling_price_list: context.price_list.to_owned(),
        rows: priced,
        document: settled.document,
        totals,
        notices,
    })
}

fn given_row(context: &Context<'_>, taxes: &TaxesOf<'_>, item: &FreeItem) -> PricedRow {
    PricedRow {
        item_code: item.item.item_code.clone(),
        uom: item.uom.clone(),
        conversion_factor: item.conversion_factor,
        item_tax_template: item_taxes(context, taxes, &item.item, item.rate).0,
        is_free_item: true,
        pricing_rules: Some(vec![item.pricing_rule.clone()]),
    }
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
        PriceAnswer::NoExchangeRate(error) => return Err(error.into()),
    };
    Ok(Listed {
        conversion_factor: conversion_factor(catalog, shop, &item, &uom)?,
        item,
        uom,
        qty: line.qty,
        price_list_rate,
    })
}
