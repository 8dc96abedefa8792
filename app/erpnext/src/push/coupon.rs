//! The coupon of a sale, which must never keep the sale from being booked: what it took off is in
//! the rates already.
//!
//! ERPNext counts a coupon when an invoice with its `coupon_code` is submitted, and refuses one
//! that ran out, expired (by the server's own day) or was deleted meanwhile. A coupon without a
//! limit it can never count: `update_coupon_code_count` wants `used` to be below `maximum_use`,
//! also where that is 0. Then the coupon stands in the invoice's remarks instead.

use checkout::sale::Sale;
use serde_json::{Value, json};

use crate::request::Refused;

/// Where the coupon of a sale stands in ERPNext.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Coupon {
    /// There is none.
    None,
    /// In `coupon_code`, to be counted.
    Counted,
    /// In the remarks.
    Noted,
}

impl Coupon {
    /// Where it should stand.
    pub(super) fn of(sale: &Sale) -> Self {
        match &sale.coupon {
            None => Self::None,
            Some(coupon) if coupon.maximum_use > 0 => Self::Counted,
            Some(_) => Self::Noted,
        }
    }

    /// Whether a refusal may be because of it. Which of its checks said no, ERPNext tells in
    /// translated words only, so the invoice is tried without the coupon: nothing else changes by
    /// that, and any other cause refuses it again.
    pub(super) fn may_be_why(self, refused: &Refused) -> bool {
        let checks = [
            "ValidationError",
            "LinkValidationError",
            "CancelledLinkError",
        ];
        self == Self::Counted
            && refused.status == 417
            && checks.contains(&refused.exc_type.as_str())
    }
}

/// The fields of a POS Invoice that tell of the coupon. They empty what another attempt said.
pub(super) fn coupon_fields(sale: &Sale, at: Coupon) -> Value {
    match (at, &sale.coupon) {
        (Coupon::Counted, Some(coupon)) => json!({ "coupon_code": coupon.name, "remarks": "" }),
        (Coupon::Noted, Some(coupon)) => json!({
            "coupon_code": "",
            "remarks": format!(
                "Coupon {} was taken at the till with receipt {}; ERPNext did not count it.",
                coupon.coupon_code, sale.receipt_number
            ),
        }),
        _ => json!({}),
    }
}
