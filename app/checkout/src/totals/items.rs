//! `calculate_item_values`: rate, discount, margin and amount of each row. Pass 1 only, because a
//! document discount never changes what a row was sold for.

use super::calculation::{Calculation, Rounder};
use super::document::{ItemRow, ItemTotals, MarginType};

impl Calculation<'_> {
    /// Computes the rows from their inputs, before inclusive taxes and document discount.
    pub(super) fn calculate_item_values(&mut self) {
        for (item, row) in self.totals.items.iter_mut().zip(&self.document.items) {
            *item = self.rounder.item_values(row, self.document.is_return);
        }
    }
}

impl Rounder {
    fn item_values(&self, row: &ItemRow, is_return: bool) -> ItemTotals {
        let mut item = self.rounded_inputs(row);
        self.apply_discount(&mut item, row.has_pricing_rules);
        self.apply_margin(&mut item, row.has_pricing_rules);

        let precision = &self.precision.item;
        item.net_rate = item.rate;
        item.amount = if item.qty == 0.0 && is_return {
            self.flt(-item.rate, precision.amount)
        } else {
            self.flt(item.rate * item.qty, precision.amount)
        };
        item.net_amount = item.amount;
        item.base_price_list_rate = self.base(
            item.price_list_rate,
            precision.price_list_rate,
            precision.base_price_list_rate,
        );
        item.base_rate = self.base(item.rate, precision.rate, precision.base_rate);
        item.base_amount = self.base(item.amount, precision.amount, precision.base_amount);
        self.set_base_net(&mut item);
        item
    }

    /// Every number of the row is rounded to its field's decimals *before* it is used, so that
    /// 33.3333 % counts as 33.33 %. The margin of a pricing rule is used as the rule has it.
    fn rounded_inputs(&self, row: &ItemRow) -> ItemTotals {
        let precision = &self.precision.item;
        let (margin_type, margin_rate_or_amount) = if !row.has_pricing_rules {
            (
                row.margin_type,
                self.flt(row.margin_rate_or_amount, precision.margin_rate_or_amount),
            )
        } else if row.margin_type.is_some() {
            (row.margin_type, row.margin_rate_or_amount)
        } else {
            (None, 0.0)
        };
        ItemTotals {
            qty: self.flt(row.qty, precision.qty),
            price_list_rate: self.flt(row.price_list_rate, precision.price_list_rate),
            rate: self.flt(row.rate, precision.rate),
            discount_percentage: self.flt(row.discount_percentage, precision.discount_percentage),
            discount_amount: self.flt(row.discount_amount, precision.discount_amount),
            margin_type,
            margin_rate_or_amount,
            ..ItemTotals::default()
        }
    }

    /// The row's discount makes the rate if no rate was sent or a pricing rule gave the discount.
    fn apply_discount(&self, item: &mut ItemTotals, has_pricing_rules: bool) {
        if item.discount_percentage == 100.0 {
            item.rate = 0.0;
        } else if item.price_list_rate != 0.0 {
            if item.rate == 0.0 || (has_pricing_rules && item.discount_percentage > 0.0) {
                let fraction = item.discount_percentage / 100.0;
                item.rate = self.flt(
                    item.price_list_rate * (1.0 - fraction),
                    self.precision.item.rate,
                );
                item.discount_amount = item.price_list_rate * fraction;
            } else if item.discount_amount != 0.0 && has_pricing_rules {
                item.rate = item.price_list_rate - item.discount_amount;
            }
        }
    }

    /// `calculate_margin` and what follows from it: a margin overrides the rate, a rate above the
    /// list price counts as a margin, and the discount is what lies between.
    fn apply_margin(&self, item: &mut ItemTotals, has_pricing_rules: bool) {
        if item.price_list_rate != 0.0 {
            if !has_pricing_rules && item.rate > item.price_list_rate {
                item.margin_type = Some(MarginType::Amount);
                item.margin_rate_or_amount = self.flt(
                    item.rate - item.price_list_rate,
                    self.precision.item.margin_rate_or_amount,
                );
            } else if let Some(margin_type) = item.margin_type
                && item.margin_rate_or_amount != 0.0
            {
                item.rate_with_margin = item.price_list_rate
                    + match margin_type {
                        MarginType::Amount => item.margin_rate_or_amount,
                        MarginType::Percentage => {
                            item.price_list_rate * item.margin_rate_or_amount / 100.0
                        }
                    };
                item.base_rate_with_margin = item.rate_with_margin * self.conversion_rate;
            }
        }

        if item.rate_with_margin > 0.0 {
            item.rate = self.flt(
                item.rate_with_margin * (1.0 - item.discount_percentage / 100.0),
                self.precision.item.rate,
            );
            if item.discount_amount != 0.0 && item.discount_percentage == 0.0 {
                item.rate = item.rate_with_margin - item.discount_amount;
            } else {
                item.discount_amount = item.rate_with_margin - item.rate;
            }
        } else if item.price_list_rate > 0.0 {
            item.discount_amount = item.price_list_rate - item.rate;
        }
    }

    /// The net values of a row in the company's currency.
    pub(super) fn set_base_net(&self, item: &mut ItemTotals) {
        let precision = &self.precision.item;
        item.base_net_rate = self.base(item.net_rate, precision.net_rate, precision.base_net_rate);
        item.base_net_amount = self.base(
            item.net_amount,
            precision.net_amount,
            precision.base_net_amount,
        );
    }
}
