//! Coupons: each switches one rule on.

use jiff::civil::Date;
use thiserror::Error;

use super::Context;
use crate::catalog::CouponUses;
use crate::masters::{CouponCode, Customer, PricingRule};
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
    /// It is somebody's own, a gift card.
    #[error("the coupon \"{0}\" belongs to another customer; choose that customer first")]
    OtherCustomer(String),
}

/// The coupon that a customer shows: by what is printed on it, else by its name. Capitals are not
/// looked at where nothing fits exactly, as in the server's data base.
pub fn find_coupon<'s>(shop: &'s Shop, shown: &str) -> Option<&'s CouponCode> {
    let coupons = || shop.coupon_codes.values();
    coupons()
        .find(|coupon| coupon.coupon_code == shown)
        .or_else(|| shop.coupon_codes.get(shown))
        .or_else(|| coupons().find(|coupon| coupon.coupon_code.eq_ignore_ascii_case(shown)))
}

/// Whether a coupon is taken: its days, its uses, its customer.
///
/// `today` is the server's today, whatever the posting date (`validate_coupon_code`), and a till
/// sells today. A use counts at once, before ERPNext heard of it: the coupon is used up when the
/// server's count and the sales not sent yet reach its limit, or this till's own sales do. The
/// server does not compare customers; a till does, because a gift card is its owner's money.
///
/// # Errors
/// [`CouponRefused`] with the reason.
pub fn check_coupon(
    coupon: &CouponCode,
    buyer: Option<&Customer>,
    today: Date,
    uses: CouponUses,
) -> Result<(), CouponRefused> {
    let name = || {
        let printed = &coupon.coupon_code;
        if printed.is_empty() {
            &coupon.name
        } else {
            printed
        }
        .clone()
    };
    if coupon.valid_from.is_some_and(|from| today < from) {
        return Err(CouponRefused::NotYetValid(name()));
    }
    if coupon.valid_upto.is_some_and(|upto| upto < today) {
        return Err(CouponRefused::Expired(name()));
    }
    if uses_left(coupon, uses).is_some_and(|left| left <= 0) {
        return Err(CouponRefused::UsedUp(name()));
    }
    let owner = coupon.customer.as_ref();
    if owner.is_some_and(|owner| buyer.is_none_or(|buyer| buyer.name != *owner)) {
        return Err(CouponRefused::OtherCustomer(name()));
    }
    Ok(())
}

/// How often a coupon may still be used; `None` for no limit.
///
/// The server takes 0 for no limit when it checks a draft, but refuses to *submit* a document
/// with such a coupon. Sales are therefore sent without their coupon's name where it has none.
pub fn uses_left(coupon: &CouponCode, uses: CouponUses) -> Option<i64> {
    let used = coupon.used.saturating_add(uses.unsent).max(uses.all);
    (coupon.maximum_use != 0).then(|| coupon.maximum_use.saturating_sub(used))
}

/// The rule that a coupon switches on, by its Coupon Code's name, as the server checks it; `None`
/// where it names none.
///
/// Any coupon of a rule switches it on. The server compares with the coupon of the rule that was
/// changed last, so that of several only that one works on rows; the till does not hold the date
/// of the change, and takes each.
///
/// # Errors
/// [`CouponRefused`] with the reason.
pub fn coupon_rule<'s>(
    shop: &'s Shop,
    coupon_code: &str,
    today: Date,
) -> Result<Option<&'s str>, CouponRefused> {
    let coupon = shop
        .coupon_codes
        .get(coupon_code)
        .ok_or_else(|| CouponRefused::Unknown(coupon_code.to_owned()))?;
    let anybody = CouponCode {
        customer: None,
        ..coupon.clone()
    };
    check_coupon(&anybody, None, today, CouponUses::default())?;
    Ok(coupon.pricing_rule.as_deref())
}

/// Whether a rule needs no coupon or has it.
pub(super) fn is_on(context: &Context<'_>, rule: &PricingRule) -> bool {
    !rule.coupon_code_based || context.coupon_rule == Some(rule.name.as_str())
}
