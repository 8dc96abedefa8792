//! The shop as one till sees it: its profile and all the small masters, put together and checked.

mod assemble;
mod site;

pub use site::SiteRules;

use std::collections::BTreeMap;

use thiserror::Error;

use crate::codes::pattern::{Pattern, PatternError};
use crate::masters::{
    Company, CouponCode, CurrencyDocument, CurrencyExchange, Customer, CustomerGroup, ItemGroup,
    ItemTaxTemplate, LoyaltyProgram, ModeOfPaymentType, PosProfile, PriceList, ProductBundle,
    SalesTaxesAndChargesTemplate, SystemSettings, TaxRule, Territory, Uom, UomConversionFactor,
    Warehouse,
};
use crate::money::Currency;
use crate::pricing_rules::RuleBook;
use crate::totals;

/// All that is the same for every sale of a till, in memory. Made by [`Shop::assemble`].
#[derive(Clone, PartialEq, Debug)]
pub struct Shop {
    /// The POS Profile of the till.
    pub profile: PosProfile,
    /// Who sells.
    pub company: Company,
    /// The site's settings.
    pub system: SystemSettings,
    /// The currency of the till's documents.
    pub currency: Currency,
    /// How that currency is written and rounded.
    pub currency_document: CurrencyDocument,
    /// The tax rows of the till's documents; without rows where the profile names no template.
    pub taxes: SalesTaxesAndChargesTemplate,
    /// The ways to pay, in the profile's order.
    pub modes_of_payment: Vec<TenderMode>,
    /// Price lists by name.
    pub price_lists: BTreeMap<String, PriceList>,
    /// Item tax templates by name.
    pub item_tax_templates: BTreeMap<String, ItemTaxTemplate>,
    /// Item groups by name.
    pub item_groups: BTreeMap<String, ItemGroup>,
    /// Customer groups by name.
    pub customer_groups: BTreeMap<String, CustomerGroup>,
    /// Units of measure by name.
    pub uoms: BTreeMap<String, Uom>,
    /// Conversions between units.
    pub uom_conversions: Vec<UomConversionFactor>,
    /// Pricing rules, arranged for rows to find theirs.
    pub pricing_rules: RuleBook,
    /// Coupons, by name.
    pub coupon_codes: BTreeMap<String, CouponCode>,
    /// Territories by name.
    pub territories: BTreeMap<String, Territory>,
    /// Warehouses by name.
    pub warehouses: BTreeMap<String, Warehouse>,
    /// Every template of taxes of the site, by name; the profile's own is `taxes`.
    pub tax_templates: BTreeMap<String, SalesTaxesAndChargesTemplate>,
    /// Which template holds for whom, by name.
    pub tax_rules: BTreeMap<String, TaxRule>,
    /// Exchange rates.
    pub currency_exchanges: Vec<CurrencyExchange>,
    /// Loyalty programs by name.
    pub loyalty_programs: BTreeMap<String, LoyaltyProgram>,
    /// Product bundles by the item that is sold.
    pub product_bundles: BTreeMap<String, ProductBundle>,
    /// Where the codes of the shop's scales carry what, in the order in which they are tried.
    pub barcode_patterns: Vec<Pattern>,
    /// What among them is none.
    pub wrong_barcode_pattern: Option<PatternError>,
    /// The enabled profiles of the company, this one included.
    pub profiles_of_company: usize,
}

/// A way to pay at this till.
#[derive(Clone, PartialEq, Debug)]
pub struct TenderMode {
    /// The Mode of Payment.
    pub mode_of_payment: String,
    /// What it moves.
    pub kind: ModeOfPaymentType,
    /// The company's account that receives the money.
    pub account: String,
    /// Offered first.
    pub default: bool,
    /// Money can be given back through it.
    pub allow_in_returns: bool,
}

/// What is missing before a till can sell. The remedy is always in ERPNext, or to wait for the
/// first download to end.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ShopIncomplete {
    /// A document that the profile needs was not downloaded.
    #[error("{doctype} \"{name}\" has not been downloaded")]
    Missing {
        /// The doctype.
        doctype: &'static str,
        /// Its name.
        name: String,
    },
    /// The profile was disabled in ERPNext.
    #[error(
        "POS Profile \"{0}\" is disabled; enable it in ERPNext, or set this till up for another"
    )]
    Disabled(String),
    /// The profile has no way to pay whose account is known.
    #[error(
        "POS Profile \"{0}\" has no mode of payment with an account for its company; add one in \
         ERPNext, with its account"
    )]
    NoModeOfPayment(String),
    /// The profile sells in another currency than the company's books are kept in: the till would
    /// have to book each payment and the change in both. Price lists may be in any currency.
    #[error(
        "POS Profile \"{pos_profile}\" sells in {currency}, but the books of {company} are kept in \
         {company_currency}; let the profile sell in {company_currency} too"
    )]
    ForeignCurrency {
        /// The profile.
        pos_profile: String,
        /// Its currency.
        currency: String,
        /// Who sells.
        company: String,
        /// The currency of its books.
        company_currency: String,
    },
    /// The documents' currency is not a currency.
    #[error("{0:?} is not a currency code")]
    Currency(String),
}

impl Shop {
    /// The settings of the arithmetic for this till's documents.
    pub fn totals_settings(&self) -> totals::Settings {
        let fraction = self.currency_document.smallest_currency_fraction_value;
        site::settings(&self.system, &self.company.default_currency, fraction)
    }

    /// The price list of a customer: their own, else their group's, else the profile's.
    pub fn price_list_of<'a>(&'a self, customer: Option<&'a Customer>) -> &'a str {
        let own = customer.and_then(|customer| customer.default_price_list.as_deref());
        let of_group = || {
            let group = customer?.customer_group.as_deref()?;
            self.customer_groups
                .get(group)?
                .default_price_list
                .as_deref()
        };
        own.or_else(of_group)
            .filter(|name| self.price_lists.get(*name).is_some_and(|list| list.enabled))
            .unwrap_or(&self.profile.selling_price_list)
    }

    /// The decimals that quantities are counted in; the arithmetic rounds them to no more.
    pub fn quantity_decimals(&self) -> u8 {
        site::float_precision(&self.system)
    }

    /// Whether this till sells to a customer: one of the profile's groups and all below, and the
    /// profile's own walk-in customer whatever their group.
    pub fn sells_to(&self, customer: &Customer) -> bool {
        let roots = &self.profile.customer_groups;
        if roots.is_empty() || self.profile.customer.as_ref() == Some(&customer.name) {
            return true;
        }
        let Some(group) = customer.customer_group.as_deref() else {
            return false;
        };
        // The customer's group may not have been downloaded yet.
        roots.iter().any(|root| root == group)
            || self
                .customer_group_and_above(group)
                .any(|group| roots.contains(&group.name))
    }

    /// A customer group and the groups above it up to the root.
    pub fn customer_group_and_above(&self, name: &str) -> impl Iterator<Item = &CustomerGroup> {
        let above = |group: &&CustomerGroup| {
            group
                .parent_customer_group
                .as_deref()
                .and_then(|parent| self.customer_groups.get(parent))
        };
        // A tree deeper than this is a circle.
        std::iter::successors(self.customer_groups.get(name), above).take(64)
    }

    /// Whether an item of this group is sold at this till: the profile's groups and all below.
    pub fn sells_group(&self, item_group: &str) -> bool {
        self.profile.item_groups.is_empty()
            || self
                .item_group_and_above(item_group)
                .any(|group| self.profile.item_groups.contains(&group.name))
    }

    /// An item group and the groups above it up to the root.
    pub fn item_group_and_above(&self, name: &str) -> impl Iterator<Item = &ItemGroup> {
        let above = |group: &&ItemGroup| {
            group
                .parent_item_group
                .as_deref()
                .and_then(|parent| self.item_groups.get(parent))
        };
        // A tree deeper than this is a circle.
        std::iter::successors(self.item_groups.get(name), above).take(64)
    }

    /// The way to pay that is offered first.
    pub fn default_tender_mode(&self) -> Option<&TenderMode> {
        let mut modes = self.modes_of_payment.iter();
        modes
            .clone()
            .find(|mode| mode.default)
            .or_else(|| modes.next())
    }

    /// The way in which the two halves of an exchange are set off against each other: cash where
    /// cash can be given back, else the first way that can. `None` where the profile lets none.
    pub fn offset_mode(&self) -> Option<&TenderMode> {
        let mut modes = self.modes_of_payment.iter();
        modes
            .clone()
            .find(|mode| mode.allow_in_returns && mode.kind == ModeOfPaymentType::Cash)
            .or_else(|| modes.find(|mode| mode.allow_in_returns))
    }

    /// The way to pay of this name.
    pub fn tender_mode(&self, mode_of_payment: &str) -> Option<&TenderMode> {
        self.modes_of_payment
            .iter()
            .find(|mode| mode.mode_of_payment == mode_of_payment)
    }
}

fn totals_precision(system: &SystemSettings) -> u8 {
    let set = Some(system.currency_precision).filter(|precision| *precision > 0);
    totals::currency_precision(set, &system.number_format)
}
