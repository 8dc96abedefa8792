//! From what was put in to what it costs: list price, pricing rules, the cashier's change, item
//! tax template, given items, document discount, rules on the transaction, totals.
//!
//! A change asks again only what it can have changed: the list price and the rules of the line it
//! touches, and the rules of lines that look at other rows. Everything else keeps what was found,
//! even if ERPNext has changed it meanwhile: the customer has seen those prices.

use super::capped::held_discount;
use super::given::GivenLine;
use super::labelled::LabelRemarks;
use super::line::{CartLine, KeptItem, Ruled};
use super::listing::Ground;
use super::reason::{AppliedRule, PriceReason, RuleEffect};
use super::{Cart, CartError, GivenPrice};
use crate::draft::{Settled, Sheet, computed_rate, item_taxes, ruled_row};
use crate::masters::{ApplyOn, PriceOrProductDiscount, PricingRule, RateOrDiscount};
use crate::pricing_rules::{
    Context, FreeItem, Memory, Row, RowOutcome, RowPrice, Rows, free_items, row_rules,
};
use crate::quantity::Quantity;
use crate::sale::SaleLine;
use crate::shop::Shop;
use crate::tax_rule::{TaxesOf, taxes_of};

/// What a change can have changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Touched {
    /// The document alone: a line is gone, a discount came.
    Document,
    /// One line: its list price and its rules.
    Line(u32),
    /// The cashier's change of one line.
    Change(u32),
    /// The rules of every line: a coupon came or went.
    Rules,
    /// Every line: somebody else buys.
    Everything,
}

impl Touched {
    fn lists(self, line: &CartLine) -> bool {
        self == Self::Everything || self == Self::Line(line.id)
    }

    fn is_change_of(self, line: &CartLine) -> bool {
        self == Self::Change(line.id)
    }

    fn rules(self, line: &CartLine) -> bool {
        if !line.is_known() {
            return false;
        }
        let looks = line.ruled.looks_at_other_rows && !matches!(self, Self::Change(_));
        self.lists(line) || self == Self::Rules || looks
    }
}

impl Cart {
    /// Prices what was touched and adds the cart up.
    pub(super) fn reprice(
        &mut self,
        ground: Ground<'_>,
        touched: Touched,
    ) -> Result<(), CartError> {
        for place in 0..self.lines.len() {
            if touched.lists(&self.lines[place]) {
                let mut line = self.lines[place].clone();
                self.list_price(ground, &mut line)?;
                self.lines[place] = line;
            } else if !self.lines[place].is_known() {
                self.lines[place].item = match self.lines[place].item(ground) {
                    Ok(item) => KeptItem(Some(item)),
                    // Deleted in ERPNext: it keeps its price and lets other lines be changed and
                    // taken out. It cannot be paid.
                    Err(CartError::Disabled { .. })
                        if !touched.is_change_of(&self.lines[place]) =>
                    {
                        KeptItem(None)
                    }
                    Err(error) => return Err(error),
                };
            }
        }
        let order = self.document_order();
        let memory = Memory::default();
        let taxes = taxes_of(ground.shop, ground.catalog, self.buyer(), ground.date)?;
        let (priced, settled) = self.priced(ground, &memory, &taxes, touched, &order)?;
        for (row, (place, line)) in order.iter().zip(priced).enumerate() {
            self.lines[*place] = CartLine { row, ..line };
        }
        self.take(ground, &memory, &taxes, settled);
        Ok(())
    }

    /// The places of the lines in the order of the document.
    fn document_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.lines.len()).collect();
        order.sort_by(|a, b| self.lines[*a].in_document(&self.lines[*b]));
        order
    }

    /// The lines in the order of the document with their prices, and the document.
    fn priced(
        &self,
        ground: Ground<'_>,
        memory: &Memory,
        taxes: &TaxesOf<'_>,
        touched: Touched,
        order: &[usize],
    ) -> Result<(Vec<CartLine>, Settled), CartError> {
        let shop = ground.shop;
        let context = self.context(ground, memory, taxes);
        let items = order
            .iter()
            .map(|place| self.lines[*place].item_as_known(ground))
            .collect::<Result<Vec<_>, _>>()?;
        let lines = || order.iter().map(|place| &self.lines[*place]);
        let rows = lines().zip(&items);
        let rows = Rows::new(rows.map(|(line, item)| line.rule_row(item)).collect());
        let mut outcomes = Vec::with_capacity(rows.len());
        for (place, line) in lines().enumerate() {
            outcomes.push(if !touched.rules(line) {
                kept(shop, line)
            } else if shop.profile.ignore_pricing_rule {
                RowOutcome::of_list_price(&rows[place])
            } else {
                row_rules(&context, &rows, place)?
            });
        }
        let mut priced: Vec<CartLine> = Vec::with_capacity(rows.len());
        for ((line, outcome), row) in lines().zip(&outcomes).zip(rows.iter()) {
            let mut line = line.clone();
            if touched.rules(&line) {
                line.take_rules(&context, row, outcome)?;
            }
            if line.is_known() {
                line.change_rate(&context, taxes, row);
            }
            priced.push(line);
        }
        // What `free_items` leaves out is said anew each time, what rules left out was kept.
        for outcome in &mut outcomes {
            outcome.notices.clear();
        }
        let given = if shop.profile.ignore_pricing_rule {
            Vec::new()
        } else {
            free_items(&context, &rows, &mut outcomes)?
        };
        for (line, outcome) in priced.iter_mut().zip(outcomes) {
            // The cart shows the first one: what is not to be sold unseen goes before what is only
            // counted.
            let LabelRemarks { past, batch } = line.label_remarks.clone();
            line.notices = past.into_iter().collect();
            line.notices.extend(line.ruled.notices.iter().cloned());
            line.notices
                .extend(outcome.notices.iter().map(ToString::to_string));
            line.notices.extend(line.batch_remark.clone());
            line.notices.extend(batch);
            let price = line.package_price;
            let remark = price.and_then(|price| price.remark(ground.shop, &line.sold.uom));
            line.notices.extend(remark);
        }
        let sheet = Sheet {
            context: &context,
            taxes,
            goods: items.iter().map(|item| &**item).collect(),
            sold: priced.iter().map(CartLine::fixed_row).collect(),
            given,
        };
        let discount = held_discount(&sheet, self.discount.as_ref().map(|given| given.given))?;
        Ok((priced, sheet.settle(discount)?))
    }

    fn context<'a>(
        &'a self,
        ground: Ground<'a>,
        memory: &'a Memory,
        taxes: &'a TaxesOf<'a>,
    ) -> Context<'a> {
        Context {
            shop: ground.shop,
            catalog: ground.catalog,
            customer: self.buyer(),
            price_list: ground.shop.price_list_of(self.buyer()),
            date: ground.date,
            tax_category: taxes.tax_category.as_deref(),
            coupon_rule: self
                .coupon
                .as_ref()
                .and_then(|coupon| coupon.pricing_rule.as_deref()),
            memory,
        }
    }

    fn take(&mut self, ground: Ground<'_>, memory: &Memory, taxes: &TaxesOf<'_>, settled: Settled) {
        let of_rows = settled.given.len() - settled.by_transaction;
        let context = self.context(ground, memory, taxes);
        let given: Vec<GivenLine> = settled
            .given
            .iter()
            .enumerate()
            .map(|(place, item)| self.given_line(&context, taxes, item, place < of_rows))
            .collect();
        self.notices = settled.notices.iter().map(ToString::to_string).collect();
        self.given = given;
        self.document = settled.document;
        self.totals = settled.totals;
        self.taxes_and_charges = Some(taxes.template.name.clone()).filter(|name| !name.is_empty());
        self.tax_category.clone_from(&taxes.tax_category);
        let rules = settled.rules.iter();
        self.discount_rules = rules.filter_map(|rule| rule_effects(rule)).collect();
        let takes_effect = self.coupon_takes_effect();
        if let Some(coupon) = &mut self.coupon {
            coupon.takes_effect = takes_effect;
        }
    }

    fn given_line(
        &self,
        context: &Context<'_>,
        taxes: &TaxesOf<'_>,
        free: &FreeItem,
        by_row: bool,
    ) -> GivenLine {
        let has_rule = |line: &&CartLine| {
            let rules = line.ruled.rules.as_deref().unwrap_or_default();
            rules.contains(&free.pricing_rule)
        };
        let earned_by = by_row.then(|| self.lines.iter().find(has_rule)).flatten();
        let rule = AppliedRule {
            name: free.pricing_rule.clone(),
            title: context
                .shop
                .pricing_rules
                .get(&free.pricing_rule)
                .map(|rule| rule.title.clone())
                .unwrap_or_default(),
            effects: vec![RuleEffect::Gives],
        };
        let (item_tax_template, item_tax_rate) = item_taxes(context, taxes, &free.item, free.rate);
        GivenLine {
            sold: SaleLine {
                item_code: free.item.item_code.clone(),
                item_name: free.item.item_name.clone(),
                qty: Quantity::from_f64(free.qty),
                uom: free.uom.clone(),
                stock_uom: free.item.stock_uom.clone(),
                conversion_factor: free.conversion_factor,
                item_tax_template,
                is_free_item: true,
                reasons: vec![PriceReason::GivenBy(rule.clone())],
                ..SaleLine::default()
            },
            rate: free.rate,
            rule,
            earned_by: earned_by.map(|line| line.id),
            item_tax_rate,
        }
    }
}

impl CartLine {
    /// Takes over what rules make of the list price.
    fn take_rules(
        &mut self,
        context: &Context<'_>,
        row: &Row<'_>,
        outcome: &RowOutcome,
    ) -> Result<(), CartError> {
        let shop = context.shop;
        let has_rules = outcome.rules.is_some();
        // The arithmetic rounds the discount and makes the rate anew from it; what it comes to is
        // what the customer is asked for. It is rounded in all cases but one: an amount off a
        // margin in per cent. The server holds on to such a rate only as long as it applies rules;
        // as soon as it saves a document without, it rounds it, and so does the cart.
        let ruled = ruled_row(&row.item.item_code, row.qty, &outcome.price, has_rules);
        let settings = shop.totals_settings();
        self.price_list_rate = settings.flt(outcome.price.price_list_rate);
        let rate = settings.flt(computed_rate(shop, ruled)?);
        let listed = PriceReason::ListPrice {
            price_list: context.price_list.to_owned(),
            item_price: self.sold.item_price.clone(),
            price_list_rate: self.package_price.map_or(self.listed, |price| price.listed),
        };
        let label = self.package_price.map(|price| PriceReason::Label {
            amount: price.amount,
            rate: price.rate,
        });
        let rules = outcome.rules.as_deref().unwrap_or_default();
        let applied = rules
            .iter()
            .filter_map(|rule| applied(rule, row, &outcome.price));
        let applied = applied.map(PriceReason::Rule);
        self.sold.reasons = std::iter::once(listed)
            .chain(label)
            .chain(applied)
            .collect();
        self.ruled = Ruled {
            rules: outcome
                .rules
                .as_ref()
                .map(|rules| rules.iter().map(|rule| rule.name.clone()).collect()),
            rate,
            looks_at_other_rows: outcome.looks_at_other_rows,
            notices: outcome.notices.iter().map(ToString::to_string).collect(),
        };
        Ok(())
    }

    /// Takes the cashier's change over the rules, and the taxes of what it comes to.
    fn change_rate(&mut self, context: &Context<'_>, taxes: &TaxesOf<'_>, row: &Row<'_>) {
        let settings = context.shop.totals_settings();
        let list = self.price_list_rate;
        // A change replaces the discount of the rules and is counted from the list price, as on
        // ERPNext's own screen; what rules give stays.
        self.rate = match self.change.as_ref().map(|change| change.given) {
            None => self.ruled.rate,
            Some(GivenPrice::Rate(rate)) => settings.flt(rate),
            Some(GivenPrice::DiscountPercentage(percentage)) => {
                settings.flt(list * (1.0 - percentage / 100.0))
            }
            // The list price may have become lower since.
            Some(GivenPrice::DiscountAmount(amount)) => settings.flt((list - amount).max(0.0)),
        };
        (self.sold.item_tax_template, self.item_tax_rate) =
            item_taxes(context, taxes, row.item, self.rate);
        self.tell_change();
        // Such a row is sent as 100 % off, which ERPNext refuses above the highest discount of the
        // item, even where its own rule took it off.
        self.sold.above_max_discount |=
            row.item.max_discount > 0.0 && self.rate == 0.0 && list != 0.0;
    }

    /// Puts the cashier's change behind the other steps to the price.
    pub(super) fn tell_change(&mut self) {
        let reasons = &mut self.sold.reasons;
        reasons.retain(|reason| !matches!(reason, PriceReason::Changed(_)));
        let change = self.change.clone();
        // It was only asked for what passes the highest discount.
        self.sold.above_max_discount = change.as_ref().is_some_and(|c| c.approval.is_some());
        self.sold.reasons.extend(change.map(PriceReason::Changed));
    }
}

/// What was found for a line before. A rule that is not there any more gives nothing any more.
fn kept(shop: &Shop, line: &CartLine) -> RowOutcome {
    let rules = line.ruled.rules.as_ref();
    RowOutcome {
        rules: rules.map(|names| {
            let rules = names.iter();
            rules
                .filter_map(|name| shop.pricing_rules.get(name).cloned())
                .collect()
        }),
        price: RowPrice::default(),
        notices: Vec::new(),
        looks_at_other_rows: line.ruled.looks_at_other_rows,
    }
}

/// A rule as it changed a row; `None` where it was found but changes nothing of it.
fn applied(rule: &PricingRule, row: &Row<'_>, price: &RowPrice) -> Option<AppliedRule> {
    let untouched = *price == RowOutcome::of_list_price(row).price;
    let is_price = rule.price_or_product_discount == PriceOrProductDiscount::Price;
    if is_price && untouched && rule.apply_rule_on_other.is_some() {
        // The discount goes to the other goods.
        return None;
    }
    rule_effects(rule)
}

/// What a rule does; `None` for one that only checks.
fn rule_effects(rule: &PricingRule) -> Option<AppliedRule> {
    let mut effects = Vec::new();
    if rule.price_or_product_discount == PriceOrProductDiscount::Product {
        effects.push(RuleEffect::Gives);
    } else if !rule.validate_applied_rule || rule.apply_on == ApplyOn::Transaction {
        if let Some(margin_type) = rule.margin_type
            && rule.margin_rate_or_amount != 0.0
        {
            effects.push(RuleEffect::Margin {
                margin_type,
                margin_rate_or_amount: rule.margin_rate_or_amount,
            });
        }
        effects.extend(match rule.rate_or_discount {
            RateOrDiscount::Rate if rule.rate != 0.0 => Some(RuleEffect::Rate(rule.rate)),
            RateOrDiscount::DiscountPercentage if rule.discount_percentage != 0.0 => {
                Some(RuleEffect::DiscountPercentage(rule.discount_percentage))
            }
            RateOrDiscount::DiscountAmount if rule.discount_amount != 0.0 => {
                Some(RuleEffect::DiscountAmount(rule.discount_amount))
            }
            _ => None,
        });
    }
    (!effects.is_empty()).then(|| AppliedRule {
        name: rule.name.clone(),
        title: rule.title.clone(),
        effects,
    })
}
