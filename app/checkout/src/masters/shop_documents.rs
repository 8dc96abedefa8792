//! Who sells, where and how: company, profile, modes of payment, the site's settings.

use serde::{Deserialize, Serialize};

use crate::codes::pattern::{Pattern, PatternError};
use crate::totals::RoundingMethod;

/// The most patterns that a code is held against.
const MOST_PATTERNS: usize = 32;

/// A Company.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Company {
    /// The key.
    pub name: String,
    /// The suffix of its accounts.
    pub abbr: String,
    /// The currency of its books.
    pub default_currency: String,
    /// The country it is in.
    pub country: Option<String>,
    /// Its tax number, printed on receipts.
    pub tax_id: Option<String>,
    /// Printed on receipts.
    pub phone_no: Option<String>,
    /// Printed on receipts.
    pub website: Option<String>,
    /// Where the codes of its scales carry what; see [`crate::codes::pattern`]. Separated by commas
    /// or spaces.
    pub barcode_patterns: Option<String>,
}

impl Company {
    /// The patterns in [`Company::barcode_patterns`], in the order in which they are tried, and
    /// what among them is none.
    pub fn read_barcode_patterns(&self) -> impl Iterator<Item = Result<Pattern, PatternError>> {
        let texts = self.barcode_patterns.as_deref().unwrap_or_default();
        let texts = texts.split([',', ';', ' ', '\t', '\n', '\r']);
        let texts = texts.filter(|text| !text.is_empty());
        texts.take(MOST_PATTERNS).map(Pattern::parse)
    }
}

/// A POS Profile: what one till sells, to whom, and how it books.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PosProfile {
    /// The key.
    pub name: String,
    /// Who sells.
    pub company: String,
    /// The customer of a sale to nobody in particular.
    pub customer: Option<String>,
    /// The currency of its documents.
    pub currency: String,
    /// Where the goods come from.
    pub warehouse: String,
    /// The price list unless a customer or customer group has one.
    pub selling_price_list: String,
    /// The [`super::SalesTaxesAndChargesTemplate`] of its documents.
    pub taxes_and_charges: Option<String>,
    /// The tax category of its documents.
    pub tax_category: Option<String>,
    /// What a document's discount applies to: `Grand Total` or `Net Total`.
    pub apply_discount_on: Option<String>,
    /// The campaign of its documents.
    pub campaign: Option<String>,
    /// The cost center of its documents.
    pub cost_center: Option<String>,
    /// The account that change is paid from.
    pub account_for_change_amount: Option<String>,
    /// The roots of the item groups it sells; empty for all.
    pub item_groups: Vec<String>,
    /// The roots of the customer groups it sells to; empty for all.
    pub customer_groups: Vec<String>,
    /// The ways to pay, in order.
    pub payments: Vec<PosPaymentMethod>,
    /// Pricing rules are not applied.
    pub ignore_pricing_rule: bool,
    /// Cashiers may change a rate.
    pub allow_rate_change: bool,
    /// Cashiers may give a discount.
    pub allow_discount_change: bool,
    /// A sale may be paid in part.
    pub allow_partial_payment: bool,
    /// Not in use.
    pub disabled: bool,
}

/// A row of POS Profile.payments.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PosPaymentMethod {
    /// The [`ModeOfPayment`].
    pub mode_of_payment: String,
    /// Offered first.
    pub default: bool,
    /// Money can be given back through it.
    pub allow_in_returns: bool,
}

/// What a mode of payment moves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum ModeOfPaymentType {
    /// Notes and coins: change is given.
    Cash,
    /// Cards and transfers.
    Bank,
    /// Vouchers and the like.
    #[default]
    General,
    /// Mobile money.
    Phone,
}

/// A Mode of Payment.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ModeOfPayment {
    /// The key.
    pub name: String,
    /// In use.
    pub enabled: bool,
    /// What it moves.
    #[serde(rename = "type")]
    pub kind: ModeOfPaymentType,
    /// The ledger account for each company.
    pub accounts: Vec<ModeOfPaymentAccount>,
}

/// A row of Mode of Payment.accounts.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ModeOfPaymentAccount {
    /// The company.
    pub company: String,
    /// The account that receives the money.
    pub default_account: String,
}

/// The System Settings and Global Defaults that change how documents are computed.
///
/// A till's user may not be allowed to read them; then these defaults hold, which are what
/// ERPNext 15's set-up wizard stores on a new site.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct SystemSettings {
    /// The key, always `System Settings`.
    pub name: String,
    /// The time zone that all of the site's dates and times are in (an IANA name).
    pub time_zone: String,
    /// How the site rounds.
    pub rounding_method: RoundingMethod,
    /// How numbers are grouped, which also decides the decimals of amounts.
    pub number_format: String,
    /// The decimals of amounts where set; 0 to take them from `number_format`.
    pub currency_precision: u8,
    /// The decimals of quantities and rates.
    pub float_precision: u8,
    /// Global Defaults: totals are not rounded to the smallest coin.
    pub disable_rounded_total: bool,
    /// Accounts Settings: each item's tax is rounded by itself.
    pub round_row_wise_tax: bool,
    /// Accounts Settings: an exchange rate holds however old it is.
    pub allow_stale: bool,
    /// Accounts Settings: else for so many days.
    pub stale_days: i64,
    /// Accounts Settings: which address of a customer decides about the tax category.
    pub determine_address_tax_category_from: AddressTaxCategoryFrom,
}

/// Which address of a customer decides about the tax category of their documents.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum AddressTaxCategoryFrom {
    /// Where bills go.
    #[default]
    #[serde(rename = "Billing Address")]
    BillingAddress,
    /// Where goods go.
    #[serde(rename = "Shipping Address")]
    ShippingAddress,
}

impl Default for SystemSettings {
    fn default() -> Self {
        Self {
            name: "System Settings".to_owned(),
            time_zone: "UTC".to_owned(),
            rounding_method: RoundingMethod::Bankers,
            number_format: "#,###.##".to_owned(),
            currency_precision: 0,
            float_precision: 3,
            disable_rounded_total: false,
            round_row_wise_tax: false,
            allow_stale: true,
            stale_days: 1,
            determine_address_tax_category_from: AddressTaxCategoryFrom::BillingAddress,
        }
    }
}
