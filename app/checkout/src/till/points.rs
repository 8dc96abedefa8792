//! Loyalty points: what the customer may pay with, and what the sale earns.

use jiff::Zoned;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::selling::refused;
use super::{Effect, Notice, Sound, Stage, Till, today};
use crate::catalog::CatalogError;
use crate::loyalty::{PointsOffer, Standing};
use crate::money::Money;
use crate::payment::{Payments, RedeemedPoints};
use crate::sale::SaleLoyalty;
use crate::shift::Cashier;

/// What the buyer of the cart has in their Loyalty Program.
#[derive(Clone, PartialEq, Debug)]
pub struct CustomerPoints {
    /// The program.
    pub loyalty_program: String,
    /// The points they have.
    pub points: i64,
    /// What they are worth.
    pub worth: Money,
    /// How many of them may pay for what is still to be paid.
    pub offer: PointsOffer,
}

impl Till {
    /// Tells the till how much one customer may redeem, in the shop's currency, while it has not
    /// heard from ERPNext for a while; `None` for no limit.
    pub fn set_loyalty_offline_limit(&mut self, limit: Option<Decimal>) {
        self.offline_limit = limit;
    }

    /// The points of the cart's buyer; `None` where they are in no program of this company.
    ///
    /// # Errors
    /// [`CatalogError`] when points cannot be read.
    pub fn customer_points(&self, now: &Zoned) -> Result<Option<CustomerPoints>, CatalogError> {
        let Some(standing) = self.standing(now)? else {
            return Ok(None);
        };
        let to_pay = match &self.stage {
            Stage::Paying(payments) => payments.payable_by_points(),
            _ => self.cart.amount_to_pay(&self.shop),
        };
        Ok(Some(CustomerPoints {
            loyalty_program: standing.program.name.clone(),
            points: standing.points,
            worth: standing.worth(&self.shop, standing.points),
            offer: standing.offer(&self.shop, now.timestamp(), to_pay, self.offline_limit()),
        }))
    }

    pub(super) fn points_redeemed(
        &mut self,
        now: &Zoned,
        cashier: &Cashier,
        points: Option<i64>,
    ) -> Vec<Effect> {
        let Stage::Paying(payments) = &self.stage else {
            return vec![];
        };
        if self.card.is_some() {
            return refused(Notice::CardUnderWay);
        }
        let redeemed = match points {
            None => None,
            Some(points) => match self.redeem(now, payments, points) {
                Ok(redeemed) => Some(redeemed),
                Err(notice) => return refused(notice),
            },
        };
        let Stage::Paying(payments) = &mut self.stage else {
            return vec![];
        };
        payments.redeem(redeemed);
        if payments.redeemed().is_some() && payments.remaining().is_zero() {
            return self.completed(now, cashier);
        }
        vec![self.save_cart(), Effect::Sound(Sound::Taken)]
    }

    /// What a sale says of points: what was redeemed, and what it earns as far as the till knows.
    pub(super) fn sale_loyalty(&self, now: &Zoned, payments: &Payments) -> Option<SaleLoyalty> {
        // Points that cannot be counted now are counted by ERPNext.
        let standing = self.standing(now).ok().flatten();
        let redeemed = payments.redeemed();
        let loyalty_program = match (&standing, redeemed) {
            (_, Some(redeemed)) => redeemed.loyalty_program.clone(),
            (Some(standing), None) => standing.program.name.clone(),
            (None, None) => return None,
        };
        let zero = self.shop.currency.zero();
        let loyalty_amount = redeemed.map_or(zero, |redeemed| redeemed.loyalty_amount);
        let grand_total = self.cart.totals().grand_total;
        Some(SaleLoyalty {
            loyalty_program,
            loyalty_points: redeemed.map_or(0, |redeemed| redeemed.loyalty_points),
            loyalty_amount,
            loyalty_redemption_account: redeemed
                .map(|redeemed| redeemed.loyalty_redemption_account.clone()),
            loyalty_redemption_cost_center: redeemed
                .and_then(|redeemed| redeemed.loyalty_redemption_cost_center.clone()),
            points_earned: standing.map_or(0, |standing| {
                standing.points_earned(today(now), grand_total, loyalty_amount.to_f64())
            }),
        })
    }

    fn redeem(
        &self,
        now: &Zoned,
        payments: &Payments,
        points: i64,
    ) -> Result<RedeemedPoints, Notice> {
        let standing = self.standing(now);
        let standing = standing
            .map_err(|error| Notice::Cart(error.into()))?
            .ok_or(Notice::NoLoyaltyProgram)?;
        standing
            .redeem(
                &self.shop,
                now.timestamp(),
                points,
                payments.payable_by_points(),
                self.offline_limit(),
            )
            .map_err(Notice::Loyalty)
    }

    fn standing(&self, now: &Zoned) -> Result<Option<Standing<'_>>, CatalogError> {
        match self.cart.buyer() {
            Some(buyer) => Standing::of(&self.shop, &*self.catalog, buyer, today(now)),
            None => Ok(None),
        }
    }

    fn offline_limit(&self) -> Option<Money> {
        let limit = self.offline_limit?.to_f64()?;
        Some(Money::from_f64(limit, self.shop.currency))
    }
}
