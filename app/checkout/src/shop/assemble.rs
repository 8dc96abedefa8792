//! Putting the small masters together for one profile.

use std::collections::BTreeMap;

use super::{Shop, ShopIncomplete, TenderMode, totals_precision};
use crate::codes::pattern::{Pattern, PatternError};
use crate::masters::{
    Company, CouponCode, CurrencyDocument, CurrencyExchange, CustomerGroup, ItemGroup,
    ItemTaxTemplate, LoyaltyProgram, Master, ModeOfPayment, PosPaymentMethod, PosProfile,
    PriceList, PricingRule, ProductBundle, SalesTaxesAndChargesTemplate, SystemSettings, TaxRule,
    Territory, Uom, UomConversionFactor, Warehouse,
};
use crate::money::Currency;
use crate::pricing_rules::RuleBook;

impl Shop {
    /// Puts the small masters together for one profile.
    ///
    /// # Errors
    /// [`ShopIncomplete`] names the first thing that is missing or wrong.
    pub fn assemble(
        pos_profile: &str,
        masters: impl IntoIterator<Item = Master>,
    ) -> Result<Self, ShopIncomplete> {
        let mut by_kind = SmallMasters::default();
        by_kind.extend(masters);
        let SmallMasters {
            mut profiles,
            mut companies,
            mut currencies,
            mut templates,
            modes,
            ..
        } = by_kind;
        let of_company = profiles.get(pos_profile).map_or(0, |own| {
            let enabled = |other: &&PosProfile| other.company == own.company && !other.disabled;
            profiles.values().filter(enabled).count()
        });
        let profile = take(&mut profiles, "POS Profile", pos_profile)?;
        if profile.disabled {
            return Err(ShopIncomplete::Disabled(profile.name));
        }
        let company = take(&mut companies, "Company", &profile.company)?;
        let system = by_kind.system.unwrap_or_default();
        let code = if profile.currency.is_empty() {
            company.default_currency.as_str()
        } else {
            profile.currency.as_str()
        };
        let currency_document = take(&mut currencies, "Currency", code)?;
        let currency = Currency::new(code, totals_precision(&system))
            .map_err(|_| ShopIncomplete::Currency(code.to_owned()))?;
        if company.default_currency != code {
            return Err(ShopIncomplete::ForeignCurrency {
                pos_profile: profile.name.clone(),
                currency: code.to_owned(),
                company: company.name.clone(),
                company_currency: company.default_currency.clone(),
            });
        }
        let tax_templates = templates.clone();
        let taxes = match &profile.taxes_and_charges {
            Some(name) => take(&mut templates, "Sales Taxes and Charges Template", name)?,
            None => SalesTaxesAndChargesTemplate::default(),
        };
        let modes_of_payment = tender_modes(&profile, &modes);
        if modes_of_payment.is_empty() {
            return Err(ShopIncomplete::NoModeOfPayment(profile.name));
        }
        let (barcode_patterns, wrong_barcode_pattern) = patterns(&company);
        let rules = by_kind.pricing_rules.into_values();
        let pricing_rules = RuleBook::new(rules, &by_kind.item_groups);
        Ok(Self {
            profile,
            company,
            system,
            currency,
            currency_document,
            taxes,
            modes_of_payment,
            price_lists: by_kind.price_lists,
            item_tax_templates: by_kind.item_tax_templates,
            item_groups: by_kind.item_groups,
            customer_groups: by_kind.customer_groups,
            uoms: by_kind.uoms,
            uom_conversions: by_kind.uom_conversions,
            pricing_rules,
            coupon_codes: by_kind.coupon_codes,
            territories: by_kind.territories,
            warehouses: by_kind.warehouses,
            tax_templates,
            tax_rules: by_kind.tax_rules,
            currency_exchanges: by_kind.currency_exchanges,
            loyalty_programs: by_kind.loyalty_programs,
            product_bundles: by_kind.product_bundles,
            barcode_patterns,
            wrong_barcode_pattern,
            profiles_of_company: of_company,
        })
    }
}

fn tender_modes(profile: &PosProfile, modes: &BTreeMap<String, ModeOfPayment>) -> Vec<TenderMode> {
    let mode_of = |row: &PosPaymentMethod| {
        let mode = modes
            .get(&row.mode_of_payment)
            .filter(|mode| mode.enabled)?;
        let account = mode
            .accounts
            .iter()
            .find(|account| account.company == profile.company)?;
        Some(TenderMode {
            mode_of_payment: mode.name.clone(),
            kind: mode.kind,
            account: account.default_account.clone(),
            default: row.default,
            allow_in_returns: row.allow_in_returns,
        })
    };
    profile.payments.iter().filter_map(mode_of).collect()
}

/// The company's patterns, and the first that is none. A wrong one is told when somebody scans what
/// it may have been meant for; the till sells everything else.
fn patterns(company: &Company) -> (Vec<Pattern>, Option<PatternError>) {
    let (mut patterns, mut wrong) = (Vec::new(), None);
    for read in company.read_barcode_patterns() {
        match read {
            Ok(pattern) => patterns.push(pattern),
            Err(error) => wrong = wrong.or(Some(error)),
        }
    }
    (patterns, wrong)
}

fn take<T>(
    documents: &mut BTreeMap<String, T>,
    doctype: &'static str,
    name: &str,
) -> Result<T, ShopIncomplete> {
    documents
        .remove(name)
        .ok_or_else(|| ShopIncomplete::Missing {
            doctype,
            name: name.to_owned(),
        })
}

#[derive(Default)]
struct SmallMasters {
    system: Option<SystemSettings>,
    profiles: BTreeMap<String, PosProfile>,
    companies: BTreeMap<String, Company>,
    currencies: BTreeMap<String, CurrencyDocument>,
    templates: BTreeMap<String, SalesTaxesAndChargesTemplate>,
    modes: BTreeMap<String, ModeOfPayment>,
    price_lists: BTreeMap<String, PriceList>,
    item_tax_templates: BTreeMap<String, ItemTaxTemplate>,
    item_groups: BTreeMap<String, ItemGroup>,
    customer_groups: BTreeMap<String, CustomerGroup>,
    uoms: BTreeMap<String, Uom>,
    uom_conversions: Vec<UomConversionFactor>,
    pricing_rules: BTreeMap<String, PricingRule>,
    coupon_codes: BTreeMap<String, CouponCode>,
    territories: BTreeMap<String, Territory>,
    warehouses: BTreeMap<String, Warehouse>,
    tax_rules: BTreeMap<String, TaxRule>,
    currency_exchanges: Vec<CurrencyExchange>,
    loyalty_programs: BTreeMap<String, LoyaltyProgram>,
    product_bundles: BTreeMap<String, ProductBundle>,
}

impl Extend<Master> for SmallMasters {
    fn extend<I: IntoIterator<Item = Master>>(&mut self, masters: I) {
        for master in masters {
            let name = master.name().to_owned();
            match master {
                Master::SystemSettings(settings) => self.system = Some(settings),
                Master::PosProfile(profile) => drop(self.profiles.insert(name, profile)),
                Master::Company(company) => drop(self.companies.insert(name, company)),
                Master::Currency(currency) => drop(self.currencies.insert(name, currency)),
                Master::SalesTaxesAndChargesTemplate(template) => {
                    drop(self.templates.insert(name, template));
                }
                Master::ModeOfPayment(mode) => drop(self.modes.insert(name, mode)),
                Master::PriceList(list) => drop(self.price_lists.insert(name, list)),
                Master::ItemTaxTemplate(template) => {
                    drop(self.item_tax_templates.insert(name, template));
                }
                Master::ItemGroup(group) => drop(self.item_groups.insert(name, group)),
                Master::CustomerGroup(group) => drop(self.customer_groups.insert(name, group)),
                Master::Uom(uom) => drop(self.uoms.insert(name, uom)),
                Master::UomConversionFactor(factor) => self.uom_conversions.push(factor),
                Master::PricingRule(rule) => drop(self.pricing_rules.insert(name, *rule)),
                Master::CouponCode(coupon) => drop(self.coupon_codes.insert(name, coupon)),
                Master::Territory(territory) => drop(self.territories.insert(name, territory)),
                Master::Warehouse(warehouse) => drop(self.warehouses.insert(name, warehouse)),
                Master::TaxRule(rule) => drop(self.tax_rules.insert(name, *rule)),
                Master::CurrencyExchange(exchange) => self.currency_exchanges.push(exchange),
                Master::LoyaltyProgram(program) => {
                    drop(self.loyalty_programs.insert(name, program));
                }
                Master::ProductBundle(bundle) => {
                    let item_code = bundle.new_item_code.clone();
                    drop(self.product_bundles.insert(item_code, bundle));
                }
                // No sale depends on them.
                Master::Employee(_) => {}
                // Too many to hold in memory: the catalog looks them up.
                Master::Item(_)
                | Master::ItemPrice(_)
                | Master::Customer(_)
                | Master::Address(_)
                | Master::Batch(_)
                | Master::SerialNo(_)
                | Master::LoyaltyPointEntry(_) => {}
            }
        }
    }
}
