//! The cashier's discounts and the highest discount of an item (`Item.max_discount`).

use super::approval::AboveMaxDiscount;
use super::change::{Approval, GivenDiscount, GivenPrice};
use super::line::CartLine;
use super::listing::Ground;
use super::{Cart, CartError};
use crate::draft::{SettleError, Sheet};
use crate::money::Money;
use crate::pricing_rules::DocumentDiscount;
use crate::totals::ApplyDiscountOn;

/// The cashier's discount on the document as it holds for these rows: an amount is never more than
/// the total it is taken from, which may have become less since it was given.
pub(super) fn held_discount(
    sheet: &Sheet<'_>,
    given: Option<GivenDiscount>,
) -> Result<DocumentDiscount, SettleError> {
    Ok(match given {
        None => DocumentDiscount::default(),
        Some(GivenDiscount::Percentage(percentage)) => DocumentDiscount {
            additional_discount_percentage: percentage,
            ..DocumentDiscount::default()
        },
        Some(GivenDiscount::Amount(amount)) => {
            let (document, totals) = sheet.add_up(DocumentDiscount::default())?;
            let most = match document.apply_discount_on {
                Some(ApplyDiscountOn::NetTotal) => totals.net_total,
                _ => totals.grand_total,
            };
            DocumentDiscount {
                discount_amount: amount.min(most.max(0.0)),
                ..DocumentDiscount::default()
            }
        }
    })
}

/// How far a line is below its list price, in per cent.
struct Depth {
    /// The line alone.
    own: f64,
    /// With its part of the document discount.
    all: f64,
    /// The most that its item allows.
    most: f64,
}

impl Cart {
    /// The lines that a cashier took below the highest discount of their items and nobody allowed
    /// yet, in scan order. What pricing rules do needs nobody: they keep to it themselves.
    ///
    /// # Errors
    /// [`CartError::Catalog`] when items cannot be read.
    pub(crate) fn above_max_discount(
        &self,
        ground: Ground<'_>,
    ) -> Result<Vec<AboveMaxDiscount>, CartError> {
        let mut above = Vec::new();
        for line in &self.lines {
            let Some(depth) = self.depth(ground, line)? else {
                continue;
            };
            let by_line = depth.own_above()
                && line.change.as_ref().is_some_and(|change| {
                    change.approval.is_none() || depth.own > line.allowed.own
                });
            let by_document = depth.document_above()
                && self.discount.as_ref().is_some_and(|change| {
                    change.approval.is_none() || depth.all > line.allowed.all
                });
            if by_line || by_document {
                let money = |rate: f64| Money::from_f64(rate, ground.shop.currency);
                above.push(AboveMaxDiscount {
                    item_code: line.sold.item_code.clone(),
                    item_name: line.sold.item_name.clone(),
                    max_discount: depth.most,
                    discount_percentage: depth.all,
                    from: money(line.price_list_rate),
                    to: money(line.rate * (1.0 - self.document_share())),
                });
            }
        }
        Ok(above)
    }

    /// A manager allows all that [`Cart::above_max_discount`] names.
    ///
    /// # Errors
    /// [`CartError::Catalog`] when items cannot be read.
    pub(crate) fn approve(
        &mut self,
        ground: Ground<'_>,
        approval: &Approval,
    ) -> Result<(), CartError> {
        let mut by_document = false;
        for place in 0..self.lines.len() {
            let Some(depth) = self.depth(ground, &self.lines[place])? else {
                continue;
            };
            let document_above = depth.document_above();
            let line = &mut self.lines[place];
            if document_above && (depth.all > line.allowed.all) {
                by_document = true;
                line.allowed.all = depth.all;
            }
            if let Some(change) = &mut line.change
                && depth.own_above()
                && (change.approval.is_none() || depth.own > line.allowed.own)
            {
                change.approval = Some(approval.clone());
                line.allowed.own = depth.own;
                line.tell_change();
            }
        }
        if let Some(discount) = &mut self.discount
            && by_document
        {
            discount.approval = Some(approval.clone());
        }
        Ok(())
    }

    /// `None` for what has no highest discount or no list price.
    fn depth(&self, ground: Ground<'_>, line: &CartLine) -> Result<Option<Depth>, CartError> {
        // Nobody gave anything away, so that nothing is looked up.
        if line.change.is_none() && self.discount.is_none() {
            return Ok(None);
        }
        // One that was deleted in ERPNext has none, and cannot be paid.
        let most = line.item_as_known(ground)?.max_discount;
        let list = line.price_list_rate;
        if most <= 0.0 || list <= 0.0 {
            return Ok(None);
        }
        let own = match line.change.as_ref().map(|change| change.given) {
            // What was typed counts, not what rounding to the coins of the currency makes of it.
            Some(GivenPrice::DiscountPercentage(percentage)) => percentage,
            _ => off(list, line.rate),
        };
        let share = self.document_share();
        let all = match share {
            0.0 => own,
            _ => off(list, line.rate * (1.0 - share)),
        };
        Ok(Some(Depth { own, all, most }))
    }

    /// The part of every row that the document discount takes off.
    fn document_share(&self) -> f64 {
        if self.document.additional_discount_percentage != 0.0 {
            return self.document.additional_discount_percentage / 100.0;
        }
        let items = self.totals.items.iter();
        let (off, net) = items.fold((0.0, 0.0), |(off, net), item| {
            let distributed = item.distributed_discount_amount;
            (off + distributed, net + item.net_amount + distributed)
        });
        if net == 0.0 { 0.0 } else { off / net }
    }
}

impl Depth {
    fn own_above(&self) -> bool {
        self.own > self.most
    }

    fn document_above(&self) -> bool {
        self.all > self.most && self.all > self.own
    }
}

/// Per cent off the list price, in the two decimals that ERPNext keeps of a discount.
fn off(list: f64, rate: f64) -> f64 {
    ((list - rate) / list * 10_000.0).round() / 100.0
}
