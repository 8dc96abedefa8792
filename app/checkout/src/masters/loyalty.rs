//! Loyalty programs and the points of customers.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A Loyalty Program.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LoyaltyProgram {
    /// The key.
    pub name: String,
    /// The company it belongs to.
    pub company: Option<String>,
    /// The first day.
    pub from_date: Option<Date>,
    /// The last day.
    pub to_date: Option<Date>,
    /// Only for this customer group and those below.
    pub customer_group: Option<String>,
    /// Only for this territory and those below.
    pub customer_territory: Option<String>,
    /// Customers without a program join with their first purchase.
    pub auto_opt_in: bool,
    /// What one point is worth, in company currency.
    pub conversion_factor: f64,
    /// For how many days after the sale points can be redeemed; 0 for that day alone.
    pub expiry_duration: i64,
    /// The account that redeemed points are booked to.
    pub expense_account: Option<String>,
    /// The cost center of that.
    pub cost_center: Option<String>,
    /// The tiers.
    pub collection_rules: Vec<LoyaltyProgramCollection>,
}

/// A row of Loyalty Program.collection_rules: a tier.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LoyaltyProgramCollection {
    /// What it is called.
    pub tier_name: String,
    /// What has to be spent to be in it, in company currency.
    pub min_spent: f64,
    /// What has to be spent for one point.
    pub collection_factor: f64,
}

/// A Loyalty Point Entry: points that a customer earned or, below zero, redeemed.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LoyaltyPointEntry {
    /// The key.
    pub name: String,
    /// Whose points.
    pub customer: String,
    /// In which program.
    pub loyalty_program: String,
    /// The company.
    pub company: Option<String>,
    /// How many.
    pub loyalty_points: i64,
    /// What was bought for them, in company currency.
    pub purchase_amount: f64,
    /// The day they were earned or redeemed.
    pub posting_date: Option<Date>,
    /// The last day they can be redeemed.
    pub expiry_date: Option<Date>,
    /// The document they came from.
    pub invoice: Option<String>,
}
