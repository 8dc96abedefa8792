//! What the cashier decides about prices, and for whom.

use jiff::civil::Date;

use super::change::{DocumentChange, GivenDiscount, GivenPrice, LineChange};
use super::line::Allowed;
use super::listing::Ground;
use super::pipeline::Touched;
use super::{Cart, CartCoupon, CartError};
use crate::buyer::{check_customer, walk_in};
use crate::catalog::Catalog;
use crate::masters::Customer;
use crate::money::Money;
use crate::shop::Shop;
use crate::totals;

impl Cart {
    /// Sells to this customer, with the prices of their list.
    ///
    /// # Errors
    /// [`CartError`] when they cannot be sold to or a line has no price for them.
    pub fn set_customer(
        &mut self,
        shop: &Shop,
        catalog: &dyn Catalog,
        date: Date,
        customer: Option<Customer>,
    ) -> Result<(), CartError> {
        let ground = Ground {
            shop,
            catalog,
            date,
        };
        let mut changed = self.clone();
        match &customer {
            Some(customer) => check_customer(shop, customer)?,
            None => changed.walk_in = walk_in(shop, catalog)?,
        }
        changed.customer = customer;
        changed.reprice(ground, Touched::Everything)?;
        *self = changed;
        Ok(())
    }

    /// Changes the price of a line; `None` for back to the list price and the rules. Whether the
    /// item's highest discount is passed is for the till to ask.
    ///
    /// # Errors
    /// [`CartError`] when the profile does not let it be changed so, or more than the list price
    /// is taken off. The cart is unchanged.
    pub fn change_price(
        &mut self,
        shop: &Shop,
        catalog: &dyn Catalog,
        date: Date,
        line: u32,
        change: Option<LineChange>,
    ) -> Result<(), CartError> {
        let ground = Ground {
            shop,
            catalog,
            date,
        };
        let mut changed = self.clone();
        let place = changed.place_of(line)?;
        let list = changed.lines[place].price_list_rate;
        let profile = &shop.profile;
        match change.as_ref().map(|change| change.given) {
            Some(GivenPrice::Rate(_)) if !profile.allow_rate_change => {
                return Err(CartError::RateChangeOff);
            }
            Some(GivenPrice::DiscountPercentage(_) | GivenPrice::DiscountAmount(_))
                if !profile.allow_discount_change =>
            {
                return Err(CartError::DiscountChangeOff);
            }
            Some(GivenPrice::DiscountAmount(amount)) if amount > list => {
                let most = Money::from_f64(list.max(0.0), shop.currency);
                return Err(CartError::DiscountAboveAmount { most });
            }
            _ => {}
        }
        changed.lines[place].change = change;
        changed.lines[place].allowed = Allowed::default();
        changed.reprice(ground, Touched::Change(line))?;
        *self = changed;
        Ok(())
    }

    /// Gives a discount on the whole document; `None` for no more.
    ///
    /// # Errors
    /// [`CartError`] when the profile does not let discounts be given, or more than the total is
    /// taken off. The cart is unchanged.
    pub fn change_discount(
        &mut self,
        shop: &Shop,
        catalog: &dyn Catalog,
        date: Date,
        discount: Option<DocumentChange>,
    ) -> Result<(), CartError> {
        let ground = Ground {
            shop,
            catalog,
            date,
        };
        if discount.is_some() && !shop.profile.allow_discount_change {
            return Err(CartError::DiscountChangeOff);
        }
        let mut changed = self.clone();
        if let Some(GivenDiscount::Amount(amount)) = discount.as_ref().map(|change| change.given) {
            let most = self.discountable(shop)?;
            if amount > most {
                let most = Money::from_f64(most, shop.currency);
                return Err(CartError::DiscountAboveAmount { most });
            }
        }
        changed.discount = discount;
        for line in &mut changed.lines {
            line.allowed.all = 0.0;
        }
        changed.reprice(ground, Touched::Document)?;
        *self = changed;
        Ok(())
    }

    /// Takes a coupon, or none any more.
    ///
    /// # Errors
    /// [`CartError`] when the cart cannot be priced with it. The cart is unchanged.
    pub(crate) fn set_coupon(
        &mut self,
        ground: Ground<'_>,
        coupon: Option<CartCoupon>,
    ) -> Result<(), CartError> {
        let mut changed = self.clone();
        changed.coupon = coupon;
        changed.reprice(ground, Touched::Rules)?;
        *self = changed;
        Ok(())
    }

    /// The total that a document discount would be taken from.
    fn discountable(&self, shop: &Shop) -> Result<f64, CartError> {
        let mut document = self.document.clone();
        document.additional_discount_percentage = 0.0;
        document.discount_amount = 0.0;
        let totals = totals::calculate(&document, &shop.totals_settings())?;
        let most = match shop.profile.apply_discount_on.as_deref() {
            Some("Net Total") => totals.net_total,
            _ => totals.grand_total,
        };
        Ok(most.max(0.0))
    }

    /// Whether the coupon's rule does anything to this cart.
    pub(super) fn coupon_takes_effect(&self) -> bool {
        let coupon = self.coupon.as_ref();
        let Some(name) = coupon.and_then(|coupon| coupon.pricing_rule.as_ref()) else {
            return false;
        };
        self.discount_rules.iter().any(|rule| rule.name == *name)
            || self.given.iter().any(|given| given.rule.name == *name)
            || self.lines.iter().any(|line| {
                let rules = line.ruled.rules.as_deref();
                rules.is_some_and(|rules| rules.contains(name))
            })
    }
}
