//! Each master's fields.

use checkout::masters::{
    Company, CurrencyDocument, Customer, CustomerGroup, Doctype, Item, ItemBarcode, ItemGroup,
    ItemPrice, ItemTax, ItemTaxTemplate, ItemTaxTemplateDetail, ItemUom, Master, ModeOfPayment,
    ModeOfPaymentAccount, ModeOfPaymentType, PosPaymentMethod, PosProfile, PriceList,
    SalesTaxesAndChargesTemplate, SystemSettings, TaxesAndCharges, Uom, UomConversionFactor,
};
use checkout::totals::ChargeType;

use super::DecodeError;
use super::fields::Fields;
use super::pricing_rule::{coupon_code, pricing_rule};

type Decoded<T> = Result<T, DecodeError>;

pub(super) fn decode(doctype: Doctype, fields: &Fields<'_>) -> Decoded<Master> {
    Ok(match doctype {
        Doctype::SystemSettings => system_settings(fields)?.into(),
        Doctype::Company => company(fields)?.into(),
        Doctype::Currency => currency(fields)?.into(),
        Doctype::PosProfile => pos_profile(fields)?.into(),
        Doctype::ModeOfPayment => mode_of_payment(fields)?.into(),
        Doctype::PriceList => price_list(fields)?.into(),
        Doctype::SalesTaxesAndChargesTemplate => taxes_template(fields)?.into(),
        Doctype::ItemTaxTemplate => item_tax_template(fields)?.into(),
        Doctype::Uom => uom(fields)?.into(),
        Doctype::UomConversionFactor => uom_conversion_factor(fields)?.into(),
        Doctype::ItemGroup => item_group(fields)?.into(),
        Doctype::CustomerGroup => customer_group(fields)?.into(),
        Doctype::Item => item(fields)?.into(),
        Doctype::ItemPrice => item_price(fields)?.into(),
        Doctype::Customer => customer(fields)?.into(),
        Doctype::PricingRule => pricing_rule(fields)?.into(),
        Doctype::CouponCode => coupon_code(fields)?.into(),
    })
}

fn system_settings(f: &Fields<'_>) -> Decoded<SystemSettings> {
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
        name: usual.name,
    })
}

fn company(f: &Fields<'_>) -> Decoded<Company> {
    Ok(Company {
        name: f.required("name")?,
        abbr: f.text("abbr")?,
        default_currency: f.required("default_currency")?,
        country: f.optional("country")?,
        tax_id: f.optional("tax_id")?,
        phone_no: f.optional("phone_no")?,
        website: f.optional("website")?,
    })
}

fn currency(f: &Fields<'_>) -> Decoded<CurrencyDocument> {
    Ok(CurrencyDocument {
        name: f.required("name")?,
        symbol: f.optional("symbol")?,
        symbol_on_right: f.flag("symbol_on_right", false)?,
        number_format: f.optional("number_format")?,
        smallest_currency_fraction_value: f.number("smallest_currency_fraction_value")?,
    })
}

fn pos_profile(f: &Fields<'_>) -> Decoded<PosProfile> {
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
        allow_rate_change: f.flag("allow_rate_change", false)?,
        allow_discount_change: f.flag("allow_discount_change", false)?,
        allow_partial_payment: f.flag("allow_partial_payment", false)?,
        disabled: f.flag("disabled", false)?,
    })
}

fn mode_of_payment(f: &Fields<'_>) -> Decoded<ModeOfPayment> {
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

fn price_list(f: &Fields<'_>) -> Decoded<PriceList> {
    Ok(PriceList {
        name: f.required("name")?,
        currency: f.text("currency")?,
        enabled: f.flag("enabled", true)?,
        selling: f.flag("selling", true)?,
        price_not_uom_dependent: f.flag("price_not_uom_dependent", false)?,
    })
}

fn taxes_template(f: &Fields<'_>) -> Decoded<SalesTaxesAndChargesTemplate> {
    Ok(SalesTaxesAndChargesTemplate {
        name: f.required("name")?,
        company: f.text("company")?,
        disabled: f.flag("disabled", false)?,
        taxes: f.rows("taxes", |row| {
            Ok(TaxesAndCharges {
                charge_type: row.choice("charge_type", ChargeType::OnNetTotal)?,
                row_id: row.count("row_id")?.filter(|row: &u32| *row > 0),
                account_head: row.required("account_head")?,
                description: row.text("description")?,
                cost_center: row.optional("cost_center")?,
                rate: row.number("rate")?,
                tax_amount: row.number("tax_amount")?,
                included_in_print_rate: row.flag("included_in_print_rate", false)?,
            })
        })?,
    })
}

fn item_tax_template(f: &Fields<'_>) -> Decoded<ItemTaxTemplate> {
    Ok(ItemTaxTemplate {
        name: f.required("name")?,
        company: f.text("company")?,
        disabled: f.flag("disabled", false)?,
        taxes: f.rows("taxes", |row| {
            Ok(ItemTaxTemplateDetail {
                tax_type: row.required("tax_type")?,
                tax_rate: row.number("tax_rate")?,
            })
        })?,
    })
}

fn uom(f: &Fields<'_>) -> Decoded<Uom> {
    Ok(Uom {
        name: f.required("name")?,
        must_be_whole_number: f.flag("must_be_whole_number", false)?,
    })
}

fn uom_conversion_factor(f: &Fields<'_>) -> Decoded<UomConversionFactor> {
    Ok(UomConversionFactor {
        name: f.required("name")?,
        from_uom: f.required("from_uom")?,
        to_uom: f.required("to_uom")?,
        value: f.number("value")?,
    })
}

fn item_group(f: &Fields<'_>) -> Decoded<ItemGroup> {
    Ok(ItemGroup {
        name: f.required("name")?,
        parent_item_group: f.optional("parent_item_group")?,
        is_group: f.flag("is_group", false)?,
        taxes: f.rows("taxes", item_tax)?,
    })
}

fn customer_group(f: &Fields<'_>) -> Decoded<CustomerGroup> {
    Ok(CustomerGroup {
        name: f.required("name")?,
        parent_customer_group: f.optional("parent_customer_group")?,
        default_price_list: f.optional("default_price_list")?,
    })
}

fn item(f: &Fields<'_>) -> Decoded<Item> {
    let item_code = f.required("name")?;
    Ok(Item {
        item_name: f
            .optional("item_name")?
            .unwrap_or_else(|| item_code.clone()),
        item_group: f.text("item_group")?,
        brand: f.optional("brand")?,
        image: f.optional("image")?,
        stock_uom: f.required("stock_uom")?,
        sales_uom: f.optional("sales_uom")?,
        variant_of: f.optional("variant_of")?,
        disabled: f.flag("disabled", false)?,
        is_sales_item: f.flag("is_sales_item", true)?,
        is_stock_item: f.flag("is_stock_item", true)?,
        is_fixed_asset: f.flag("is_fixed_asset", false)?,
        has_variants: f.flag("has_variants", false)?,
        has_batch_no: f.flag("has_batch_no", false)?,
        has_serial_no: f.flag("has_serial_no", false)?,
        max_discount: f.number("max_discount")?,
        end_of_life: f.date("end_of_life")?,
        uoms: f.rows("uoms", item_uom)?,
        barcodes: f.rows("barcodes", item_barcode)?,
        taxes: f.rows("taxes", item_tax)?,
        item_code,
    })
}

pub(super) fn item_uom(f: &Fields<'_>) -> Decoded<ItemUom> {
    let conversion_factor = f.number("conversion_factor")?;
    if conversion_factor <= 0.0 {
        return Err(f.error("conversion_factor", "is not above zero"));
    }
    Ok(ItemUom {
        uom: f.required("uom")?,
        conversion_factor,
    })
}

pub(super) fn item_barcode(f: &Fields<'_>) -> Decoded<ItemBarcode> {
    // Listed with dotted fields, `uom` would be ambiguous and gets another name.
    let uom = f
        .optional("barcode_uom")?
        .map_or_else(|| f.optional("uom"), |uom| Ok(Some(uom)))?;
    Ok(ItemBarcode {
        barcode: f.required("barcode")?.trim().to_owned(),
        uom,
    })
}

pub(super) fn item_tax(f: &Fields<'_>) -> Decoded<ItemTax> {
    Ok(ItemTax {
        item_tax_template: f.required("item_tax_template")?,
        tax_category: f.optional("tax_category")?,
        valid_from: f.date("valid_from")?,
        minimum_net_rate: f.number("minimum_net_rate")?,
        maximum_net_rate: f.number("maximum_net_rate")?,
    })
}

fn item_price(f: &Fields<'_>) -> Decoded<ItemPrice> {
    Ok(ItemPrice {
        name: f.required("name")?,
        item_code: f.required("item_code")?,
        price_list: f.required("price_list")?,
        price_list_rate: f.number("price_list_rate")?,
        currency: f.text("currency")?,
        uom: f.optional("uom")?,
        valid_from: f.date("valid_from")?,
        valid_upto: f.date("valid_upto")?,
        customer: f.optional("customer")?,
        supplier: f.optional("supplier")?,
        batch_no: f.optional("batch_no")?,
        packing_unit: f.count("packing_unit")?.unwrap_or(0),
    })
}

fn customer(f: &Fields<'_>) -> Decoded<Customer> {
    let name = f.required("name")?;
    Ok(Customer {
        customer_name: f.optional("customer_name")?.unwrap_or_else(|| name.clone()),
        customer_group: f.optional("customer_group")?,
        territory: f.optional("territory")?,
        default_price_list: f.optional("default_price_list")?,
        default_currency: f.optional("default_currency")?,
        tax_category: f.optional("tax_category")?,
        tax_id: f.optional("tax_id")?,
        loyalty_program: f.optional("loyalty_program")?,
        mobile_no: f.optional("mobile_no")?,
        email_id: f.optional("email_id")?,
        disabled: f.flag("disabled", false)?,
        is_frozen: f.flag("is_frozen", false)?,
        name,
    })
}
