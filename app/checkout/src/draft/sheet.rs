//! The end of the pipeline, the same for a draft and for a cart: priced rows and given items make
//! a document, rules on the transaction change it, and it is added up.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::cart::tax_row;
use crate::catalog::CatalogError;
use crate::item_tax::{TemplateQuery, has_net_rate_range};
use crate::masters::{Item, PricingRule};
use crate::pricing_rules::{
    Context, DocumentDiscount, FreeItem, Notice, RowPrice, TransactionOutcome, free_row_stays,
    transaction_rules,
};
use crate::shop::Shop;
use crate::tax_rule::TaxesOf;
use crate::totals::{
    self, ApplyDiscountOn, ChargeType, Document, ItemRow, TaxRow, Totals, TotalsError,
};

/// The tax template of an item and its rates by account.
pub(crate) type ItemTaxes = (Option<String>, BTreeMap<String, f64>);

/// A document in the making.
pub(crate) struct Sheet<'a> {
    pub(crate) context: &'a Context<'a>,
    /// The tax rows and the tax category of the document.
    pub(crate) taxes: &'a TaxesOf<'a>,
    /// The items of `sold`.
    pub(crate) goods: Vec<&'a Item>,
    /// What is sold, in the order of the document.
    pub(crate) sold: Vec<ItemRow>,
    /// What rules give; it stands below what is sold.
    pub(crate) given: Vec<FreeItem>,
}

/// A document that was added up.
pub(crate) struct Settled {
    /// What was added up; its items are what is sold, then what is given.
    pub(crate) document: Document,
    /// What it came to.
    pub(crate) totals: Totals,
    /// What is given in the end.
    pub(crate) given: Vec<FreeItem>,
    /// What was given by the whole document, counted from the end of `given`.
    pub(crate) by_transaction: usize,
    /// The rules that set the discount.
    pub(crate) rules: Vec<Arc<PricingRule>>,
    /// Which rules were left out.
    pub(crate) notices: Vec<Notice>,
    /// The totals that the server leaves behind where it takes given items out: those from before.
    pub(crate) stale: Option<Totals>,
}

impl Sheet<'_> {
    /// Applies the rules on the transaction to this discount and adds up.
    pub(crate) fn settle(mut self, mut discount: DocumentDiscount) -> Result<Settled, SettleError> {
        let mut notices = Vec::new();
        let (mut by_transaction, mut applied) = (0, Vec::new());
        let before = self.add_up(discount)?;
        let outcome = if self.context.shop.profile.ignore_pricing_rule {
            TransactionOutcome::NoRules
        } else {
            transaction_rules(self.context, &before.1, &mut discount, &mut notices)?
        };
        let mut stale = None;
        let (document, totals) = match outcome {
            TransactionOutcome::NoRules => before,
            TransactionOutcome::NoneReached => {
                let mut left = before.1;
                // What is given stands below what is sold.
                let sold = self.sold.len();
                let stays = |row: usize| row < sold || free_row_stays(row - sold);
                left.items = kept(left.items, stays);
                stale = Some(left);
                self.given = kept(self.given, free_row_stays);
                self.add_up(discount)?
            }
            TransactionOutcome::Applied { rules, given } => {
                applied = rules;
                by_transaction = given.len();
                self.given.extend(given);
                self.add_up(discount)?
            }
        };
        Ok(Settled {
            document,
            totals,
            given: self.given,
            by_transaction,
            rules: applied,
            notices,
            stale,
        })
    }

    /// The document with this discount, and what it comes to.
    pub(crate) fn add_up(
        &self,
        discount: DocumentDiscount,
    ) -> Result<(Document, Totals), SettleError> {
        let shop = self.context.shop;
        let given = self.given.iter().map(|item| self.given_row(item));
        let mut document = Document {
            currency: shop.currency.code().to_owned(),
            items: self.sold.iter().cloned().chain(given).collect(),
            taxes: self.taxes.template.taxes.iter().map(tax_row).collect(),
            apply_discount_on: discount
                .apply_discount_on
                .or(Some(of_profile(self.context))),
            additional_discount_percentage: discount.additional_discount_percentage,
            discount_amount: discount.discount_amount,
            ..Document::default()
        };
        document.taxes.extend(self.no_tax(&document));
        let settings = shop.totals_settings();
        let mut totals = totals::calculate(&document, &settings)?;
        if totals.discount_amount != 0.0 && self.taxes_follow_discount(&mut document, &totals) {
            totals = totals::calculate(&document, &settings)?;
        }
        Ok((document, totals))
    }

    /// The row that says that nothing is charged. Where a Tax Rule chose a template without rows
    /// and the profile's has some, ERPNext would add the profile's when it consolidates a document
    /// that has no tax row.
    fn no_tax(&self, document: &Document) -> Option<TaxRow> {
        if !document.taxes.is_empty() {
            return None;
        }
        let of_profile = self.context.shop.taxes.taxes.first()?;
        let head = &of_profile.account_head;
        // The rates of an item's own template go before the row's, but not for fixed amounts.
        let mut items = document.items.iter();
        let by_item = items.any(|item| item.item_tax_rate.contains_key(head));
        Some(TaxRow {
            charge_type: if by_item {
                ChargeType::Actual
            } else {
                ChargeType::OnNetTotal
            },
            account_head: head.clone(),
            description: head.clone(),
            cost_center: of_profile.cost_center.clone().unwrap_or_default(),
            ..TaxRow::default()
        })
    }

    /// Looks at each item's tax template again with the net rate that the document discount left,
    /// as the server does; whether another one holds for any. The row keeps the template of its own
    /// rate, because that is the one to begin with each time the document is saved.
    fn taxes_follow_discount(&self, document: &mut Document, totals: &Totals) -> bool {
        let given = self.given.iter().map(|item| &*item.item);
        let goods = self.goods.iter().copied().chain(given);
        let mut follow = false;
        for ((item, row), left) in goods.zip(&mut document.items).zip(&totals.items) {
            if !has_net_rate_range(self.context.shop, item) {
                continue;
            }
            let ask = |rate| ask(self.context, self.taxes, rate);
            let Some(before) = ask(left.base_rate).template_of(item) else {
                continue;
            };
            // A rate of 0 counts as missing, and the row's own is taken.
            let net_rate = match left.base_net_rate {
                0.0 => left.base_rate,
                net_rate => net_rate,
            };
            let after = ask(net_rate).validated(item, before);
            if after != before {
                row.discounted_item_tax_rate = Some(rates_of(self.context.shop, Some(after)));
                follow = true;
            }
        }
        follow
    }

    fn given_row(&self, item: &FreeItem) -> ItemRow {
        ItemRow {
            item_code: item.item.item_code.clone(),
            qty: item.qty,
            price_list_rate: item.rate,
            rate: item.rate,
            item_tax_rate: item_taxes(self.context, self.taxes, &item.item, item.rate).1,
            ..ItemRow::default()
        }
    }
}

fn kept<T>(all: Vec<T>, stays: impl Fn(usize) -> bool) -> Vec<T> {
    let kept = all.into_iter().enumerate().filter(|(at, _)| stays(*at));
    kept.map(|(_, one)| one).collect()
}

/// The total that the profile takes discounts from.
pub(crate) fn of_profile(context: &Context<'_>) -> ApplyDiscountOn {
    match context.shop.profile.apply_discount_on.as_deref() {
        Some("Net Total") => ApplyDiscountOn::NetTotal,
        _ => ApplyDiscountOn::GrandTotal,
    }
}

/// The row of a price under pricing rules, as ERPNext has it before it fixes the rate.
pub(crate) fn ruled_row(item_code: &str, qty: f64, price: &RowPrice, has_rules: bool) -> ItemRow {
    ItemRow {
        item_code: item_code.to_owned(),
        qty,
        price_list_rate: price.price_list_rate,
        rate: price.rate,
        discount_percentage: price.discount_percentage,
        discount_amount: price.discount_amount,
        margin_type: price.margin_type,
        margin_rate_or_amount: price.margin_rate_or_amount,
        has_pricing_rules: has_rules,
        ..ItemRow::default()
    }
}

/// What one unit of a row costs once the arithmetic rounded its discount and added its margin.
pub(crate) fn computed_rate(shop: &Shop, row: ItemRow) -> Result<f64, TotalsError> {
    let sent = row.rate;
    let document = Document {
        currency: shop.currency.code().to_owned(),
        items: vec![row],
        ..Document::default()
    };
    let computed = totals::calculate(&document, &shop.totals_settings())?;
    Ok(computed.items.first().map_or(sent, |item| item.rate))
}

/// Which template an item's taxes come from at this rate, and its rates.
pub(crate) fn item_taxes(
    context: &Context<'_>,
    taxes: &TaxesOf<'_>,
    item: &Item,
    rate: f64,
) -> ItemTaxes {
    let name = ask(context, taxes, rate).template_of(item);
    (name.map(str::to_owned), rates_of(context.shop, name))
}

fn ask<'a>(context: &Context<'a>, taxes: &'a TaxesOf<'_>, base_net_rate: f64) -> TemplateQuery<'a> {
    TemplateQuery {
        shop: context.shop,
        tax_category: taxes.tax_category.as_deref(),
        date: context.date,
        base_net_rate,
    }
}

fn rates_of(shop: &Shop, template: Option<&str>) -> BTreeMap<String, f64> {
    let template = template.and_then(|name| shop.item_tax_templates.get(name));
    let rows = template.map(|template| template.taxes.iter());
    rows.into_iter()
        .flatten()
        .map(|row| (row.tax_type.clone(), row.tax_rate))
        .collect()
}

/// Why a document cannot be added up.
#[derive(Debug)]
pub(crate) enum SettleError {
    /// Items cannot be read.
    Catalog(CatalogError),
    /// The arithmetic refuses it.
    Totals(TotalsError),
}

impl From<CatalogError> for SettleError {
    fn from(error: CatalogError) -> Self {
        Self::Catalog(error)
    }
}

impl From<TotalsError> for SettleError {
    fn from(error: TotalsError) -> Self {
        Self::Totals(error)
    }
}
