//! The fields of settings, company, profile and modes of payment.

use checkout::masters::{
    Company, CurrencyDocument, Master, ModeOfPayment, ModeOfPaymentAccount, ModeOfPaymentType,
    PosPaymentMethod, PosProfile, SystemSettings,
};

use super::Decoded;
use super::fields::Fields;

/// The field of Company that says where the codes of its scales carry what.
pub const BARCODE_PATTERNS_FIELD: &str = "evertill_barcode_patterns";

/// What masters have in the place of a pattern of a scale's codes and is none, each as a sentence
/// that names it.
pub fn wrong_barcode_patterns(masters: &[Master]) -> Vec<String> {
    let companies = masters.iter().filter_map(|master| match master {
        Master::Company(company) => Some(company),
        _ => None,
    });
    let read = companies.flat_map(Company::read_barcode_patterns);
    read.filter_map(|pattern| Some(pattern.err()?.to_string()))
        .collect()
}

pub(super) fn system_settings(f: &Fields<'_>) -> Decoded<SystemSettings> {
    let usual = SystemSettings::default();
    Ok(SystemSettings {
        time_zone: f.optional("time_zone")?.unwrap_or(usual.time_zone),
        rounding_method: f.choice("rounding_method", usual.rounding_method)?,
        number_format: f.optional("number_format")?.unwrap_or(usual.number_format),
        currency_precision: f
            .count("currency_precision")?
            .unwrap_or(usual.currency_precision),
        float_precision: f.count("float_precision")?.unwrap_or(usual.float_precision),
        disable_rounded_total: f.flag("disable_rounded_total", usual.disable_rounded_total)?,
        round_row_wise_tax: f.flag("round_row_wise_tax", usual.round_row_wise_tax)?,
        allow_stale: f.flag("allow_stale", usual.allow_stale)?,
        determine_address_tax_category_from: f.choice(
            "determine_address_tax_category_from",
            usual.determine_address_tax_category_from,
        )?,
        stale_days: f.count("stale_days")?.unwrap_or(usual.stale_days),
        name: usual.name,
    })
}

pub(super) fn company(f: &Fields<'_>) -> Decoded<Company> {
    Ok(Company {
        name: f.required("name")?,
        abbr: f.text("abbr")?,
        default_currency: f.required("default_currency")?,
        country: f.optional("country")?,
        tax_id: f.optional("tax_id")?,
        phone_no: f.optional("phone_no")?,
        website: f.optional("website")?,
        barcode_patterns: f.optional(BARCODE_PATTERNS_FIELD)?,
    })
}

pub(super) fn currency(f: &Fields<'_>) -> Decoded<CurrencyDocument> {
    Ok(CurrencyDocument {
        name: f.required("name")?,
        symbol: f.optional("symbol")?,
        symbol_on_right: f.flag("symbol_on_right", false)?,
        number_format: f.optional("number_format")?,
        smallest_currency_fraction_value: f.number("smallest_currency_fraction_value")?,
    })
}

pub(super) fn pos_profile(f: &Fields<'_>) -> Decoded<PosProfile> {
    Ok(PosProfile {
        name: f.required("name")?,
        company: f.required("company")?,
        customer: f.optional("customer")?,
        currency: f.text("currency")?,
        warehouse: f.text("warehouse")?,
        selling_price_list: f.text("selling_price_list")?,
        taxes_and_charges: f.optional("taxes_and_charges")?,
        tax_category: f.optional("tax_category")?,
        apply_discount_on: f.optional("apply_discount_on")?,
        campaign: f.optional("campaign")?,
        cost_center: f.optional("cost_center")?,
        account_for_change_amount: f.optional("account_for_change_amount")?,
        item_groups: f.rows("item_groups", |row| row.required("item_group"))?,
        customer_groups: f.rows("customer_groups", |row| row.required("customer_group"))?,
        payments: f.rows("payments", |row| {
            Ok(PosPaymentMethod {
                mode_of_payment: row.required("mode_of_payment")?,
                default: row.flag("default", false)?,
                allow_in_returns: row.flag("allow_in_returns", false)?,
            })
        })?,
        ignore_pricing_rule: f.flag("ignore_pricing_rule", false)?,
        allow_rate_change: f.flag("allow_rate_change", false)?,
        allow_discount_change: f.flag("allow_discount_change", false)?,
        allow_partial_payment: f.flag("allow_partial_payment", false)?,
        disabled: f.flag("disabled", false)?,
    })
}

pub(super) fn mode_of_payment(f: &Fields<'_>) -> Decoded<ModeOfPayment> {
    Ok(ModeOfPayment {
        name: f.required("name")?,
        enabled: f.flag("enabled", true)?,
        kind: f.choice("type", ModeOfPaymentType::General)?,
        accounts: f.rows("accounts", |row| {
            Ok(ModeOfPaymentAccount {
                company: row.text("company")?,
                default_account: row.text("default_account")?,
            })
        })?,
    })
}
