//! Coupons: each switches one rule on.

use jiff::civil::Date;
use thiserror::Error;

use super::Context;
use crate::masters::PricingRule;
use crate::shop::Shop;

/// Why a coupon is not taken.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum CouponRefused {
    /// No such coupon.
    #[error("there is no coupon \"{0}\"; check its spelling or let the till synchronise")]
    Unknown(String),
    /// Its first day is to come.
    #[error("the coupon \"{0}\" is not valid yet")]
    NotYetValid(String),
    /// Its last day is over.
    #[error("the coupon \"{0}\" has expired")]
    Expired(String),
    /// It was used as often as it may be.
    #[error("the coupon \"{0}\" has been used up")]
    UsedUp(String),
}

/// The rule that a coupon switches on, by its Coupon Code's name; `None` where it names none.
///
/// The server checks with its own today, whatever the posting date (`validate_coupon_code`), and
/// a till sells today.
///
/// # Errors
/// [`CouponRefused`] with the reason.
pub fn coupon_rule<'s>(
    shop: &'s Shop,
    coupon_code: &str,
    today: Date,
) -> Result<Option<&'s str>, CouponRefused> {
    let name = || coupon_code.to_owned();
    let coupon = shop
        .coupon_codes
        .get(coupon_code)
        .ok_or_else(|| CouponRefused::Unknown(name()))?;
    if coupon.valid_from.is_some_and(|from| today < from) {
        return Err(CouponRefused::NotYetValid(name()));
    }
    if coupon.valid_upto.is_some_and(|upto| upto < today) {
        return Err(CouponRefused::Expired(name()));
    }
    if coupon.maximum_use != 0 && coupon.used >= coupon.maximum_use {
        return Err(CouponRefused::UsedUp(name()));
    }
    Ok(coupon.pricing_rule.as_deref())
}

/// Whether a rule needs no coupon or has it.
pub(super) fn is_on(context: &Context<'_>, rule: &PricingRule) -> bool {
    !rule.coupon_code_based || context.coupon_rule == Some(rule.name.as_str())
}
