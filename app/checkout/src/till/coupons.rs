//! The coupon that a customer shows.

use jiff::Zoned;

use super::changing::Change;
use super::selling::refused;
use super::{Effect, Notice, Till, today};
use crate::cart::CartCoupon;
use crate::pricing_rules::{CouponRefused, check_coupon, find_coupon};

impl Till {
    pub(super) fn coupon_entered(&mut self, now: &Zoned, code: Option<&str>) -> Vec<Effect> {
        if !self.at_counter() {
            return vec![];
        }
        let coupon = match code.map(|code| self.read_coupon(now, code)).transpose() {
            Ok(coupon) => coupon,
            Err(notice) => return refused(notice),
        };
        let effects = self.change_cart(now, Change::Other, |till, cart| {
            cart.set_coupon(till.ground(now), coupon)
        });
        self.next_sale();
        effects
    }

    /// Takes the coupon out when it does not hold any more, for example for another customer.
    pub(super) fn recheck_coupon(&mut self, now: &Zoned) -> Vec<Effect> {
        let Some(coupon) = self.cart.coupon() else {
            return vec![];
        };
        let code = coupon.coupon_code.clone();
        match self.read_coupon(now, &code) {
            Ok(_) => vec![],
            Err(Notice::Coupon(reason)) => {
                let mut effects = self.change_cart(now, Change::Other, |till, cart| {
                    cart.set_coupon(till.ground(now), None)
                });
                effects.retain(|effect| !matches!(effect, Effect::Sound(_)));
                effects.extend(refused(Notice::Coupon(reason)));
                effects
            }
            // Whether it holds is not known: it stays.
            Err(notice) => refused(notice),
        }
    }

    fn read_coupon(&self, now: &Zoned, code: &str) -> Result<CartCoupon, Notice> {
        let code = code.trim();
        let coupon = find_coupon(&self.shop, code)
            .ok_or_else(|| Notice::Coupon(CouponRefused::Unknown(code.to_owned())))?;
        let uses = self
            .catalog
            .coupon_uses(&coupon.coupon_code)
            .map_err(|error| Notice::Cart(error.into()))?;
        check_coupon(coupon, self.cart.buyer(), today(now), uses).map_err(Notice::Coupon)?;
        Ok(CartCoupon {
            name: coupon.name.clone(),
            coupon_code: coupon.coupon_code.clone(),
            maximum_use: coupon.maximum_use,
            pricing_rule: coupon.pricing_rule.clone(),
            takes_effect: false,
        })
    }
}
