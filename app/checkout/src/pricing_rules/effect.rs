//! What the applied rules make of a row's price (`apply_price_discount_rule`). The arithmetic of
//! the document then rounds and computes the rate again; see [`crate::totals`].

use super::search::{Found, is_other};
use super::{Context, Row};
use crate::masters::{PriceOrProductDiscount, PricingRule, RateOrDiscount};
use crate::totals::MarginType;

/// The price of one unit as rules leave it.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct RowPrice {
    /// The list price, or what a rule puts in its place.
    pub price_list_rate: f64,
    /// Off the list price, in per cent.
    pub discount_percentage: f64,
    /// Off the list price, per unit.
    pub discount_amount: f64,
    /// What is asked for one unit.
    pub rate: f64,
    /// How the margin is given.
    pub margin_type: Option<MarginType>,
    /// The margin.
    pub margin_rate_or_amount: f64,
}

impl RowPrice {
    /// The list price, without a rule.
    pub(super) fn of_list(row: &Row<'_>) -> Self {
        Self {
            price_list_rate: row.price_list_rate,
            rate: row.price_list_rate,
            ..Self::default()
        }
    }

    fn discount_percentage(&mut self, rule: &PricingRule, list: f64) {
        let percentage = rule.discount_percentage;
        if rule.apply_discount_on_rate && self.discount_percentage != 0.0 {
            self.discount_percentage += (100.0 - self.discount_percentage) * (percentage / 100.0);
        } else if list != 0.0 {
            // Several rules add: 10 % and 5 % are 15 %, and amounts of earlier rules count in.
            self.discount_amount += list * (percentage / 100.0);
            if self.discount_amount != 0.0 {
                self.discount_percentage = self.discount_amount / list * 100.0;
            }
        } else {
            self.discount_percentage += percentage;
        }
    }

    fn discount_amount(&mut self, rule: &PricingRule) {
        let amount = rule.discount_amount;
        if rule.apply_discount_on_rate && self.discount_percentage != 0.0 {
            // The server reckons here as if the amounts were per cent. The percentage before it
            // takes the amount's place when the document is added up, so nobody ever paid it.
            self.discount_amount += (100.0 - self.discount_amount) * (amount / 100.0);
        } else {
            self.discount_amount += amount;
        }
    }

    /// The margin comes of every rule on the row, those that only check too: the server takes it
    /// from the row's list of rules when it adds the document up.
    fn margin(&mut self, rule: &PricingRule, same_currency: bool) {
        let usable = rule.margin_type == Some(MarginType::Percentage)
            || rule.margin_type == Some(MarginType::Amount) && same_currency;
        // The last rule's margin wins; the sum that apply_multiple builds is dropped on save.
        if usable && rule.margin_rate_or_amount != 0.0 {
            self.margin_type = rule.margin_type;
            self.margin_rate_or_amount = rule.margin_rate_or_amount;
        }
    }

    fn list_price(&mut self, rule: &PricingRule, row: &Row<'_>, uom: Option<&str>) {
        // A rule for a rate of 0 keeps the list price.
        if rule.rate != 0.0 {
            // A rule without a unit is taken for one of the stock unit.
            let factor = if uom == Some(row.uom) {
                1.0
            } else {
                row.conversion_factor
            };
            self.price_list_rate = rule.rate * factor;
        }
        self.discount_percentage = 0.0;
    }
}

/// The price of a row under these rules, in order.
pub(super) fn price(context: &Context<'_>, row: &Row<'_>, applied: &[Found<'_>]) -> RowPrice {
    let mut price = RowPrice::of_list(row);
    let mut changed = false;
    for found in applied {
        let rule = found.rule();
        let same_currency = rule.currency == context.shop.currency.code();
        // What a rule for other goods does is theirs, with and without mixed_conditions.
        if rule.apply_rule_on_other.is_some() && !is_other(rule, row.item) {
            continue;
        }
        price.margin(rule, same_currency);
        // validate_applied_rule only checks what the cashier gives.
        if rule.price_or_product_discount != PriceOrProductDiscount::Price
            || rule.validate_applied_rule
        {
            continue;
        }
        changed = true;
        match rule.rate_or_discount {
            RateOrDiscount::Rate if same_currency => price.list_price(rule, row, found.uom()),
            RateOrDiscount::Rate => price.discount_percentage = 0.0,
            RateOrDiscount::DiscountAmount => price.discount_amount(rule),
            RateOrDiscount::DiscountPercentage => {
                price.discount_percentage(rule, row.price_list_rate);
            }
        }
    }
    if changed {
        let list = price.price_list_rate;
        price.rate = context
            .shop
            .totals_settings()
            .flt(list * (1.0 - price.discount_percentage / 100.0));
        if price.discount_amount != 0.0 {
            price.rate = list - price.discount_amount;
        }
    }
    price
}

/// What a rule that only checks lets the cashier give, for example `10 % off`.
pub(super) fn allowed(context: &Context<'_>, rule: &PricingRule) -> String {
    let currency = context.shop.currency;
    let decimals = usize::from(currency.decimals());
    match rule.rate_or_discount {
        RateOrDiscount::DiscountPercentage => format!("{} % off", rule.discount_percentage),
        RateOrDiscount::DiscountAmount => {
            format!(
                "{:.decimals$} {} off",
                rule.discount_amount,
                currency.code()
            )
        }
        RateOrDiscount::Rate => format!("a price of {:.decimals$} {}", rule.rate, currency.code()),
    }
}
