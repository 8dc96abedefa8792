//! The coupon of a cart.

use serde::{Deserialize, Serialize};

/// A coupon that was taken.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CartCoupon {
    /// The key of the Coupon Code.
    pub name: String,
    /// What stands on it.
    pub coupon_code: String,
    /// How often it may be used; 0 for no limit.
    pub maximum_use: i64,
    /// The pricing rule that it switches on.
    pub pricing_rule: Option<String>,
    /// Whether that rule changes anything of this cart as it stands.
    pub takes_effect: bool,
}
