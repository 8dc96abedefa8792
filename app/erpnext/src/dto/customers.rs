//! The fields of customers, where they are, and the points they have.

use checkout::masters::{
    Address, Customer, CustomerGroup, LoyaltyPointEntry, LoyaltyProgram, LoyaltyProgramCollection,
    Territory,
};

use super::Decoded;
use super::fields::Fields;

pub(super) fn customer_group(f: &Fields<'_>) -> Decoded<CustomerGroup> {
    Ok(CustomerGroup {
        name: f.required("name")?,
        parent_customer_group: f.optional("parent_customer_group")?,
        default_price_list: f.optional("default_price_list")?,
    })
}

pub(super) fn customer(f: &Fields<'_>) -> Decoded<Customer> {
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
        default_sales_partner: f.optional("default_sales_partner")?,
        mobile_no: f.optional("mobile_no")?,
        email_id: f.optional("email_id")?,
        disabled: f.flag("disabled", false)?,
        is_frozen: f.flag("is_frozen", false)?,
        name,
    })
}

pub(super) fn territory(f: &Fields<'_>) -> Decoded<Territory> {
    Ok(Territory {
        name: f.required("name")?,
        parent_territory: f.optional("parent_territory")?,
    })
}

pub(super) fn address(f: &Fields<'_>) -> Decoded<Address> {
    let customers = f.rows("links", linked_customer)?;
    Ok(Address {
        name: f.required("name")?,
        customers: customers.into_iter().flatten().collect(),
        address_type: f.text("address_type")?,
        city: f.optional("city")?,
        county: f.optional("county")?,
        state: f.optional("state")?,
        pincode: f.optional("pincode")?,
        country: f.optional("country")?,
        tax_category: f.optional("tax_category")?,
        is_primary_address: f.flag("is_primary_address", false)?,
        is_shipping_address: f.flag("is_shipping_address", false)?,
        disabled: f.flag("disabled", false)?,
    })
}

/// The customer that a Dynamic Link leads to; suppliers and companies have addresses too.
pub(super) fn linked_customer(f: &Fields<'_>) -> Decoded<Option<String>> {
    match f.text("link_doctype")?.as_str() {
        "Customer" => f.required("link_name").map(Some),
        _ => Ok(None),
    }
}

pub(super) fn loyalty_program(f: &Fields<'_>) -> Decoded<LoyaltyProgram> {
    Ok(LoyaltyProgram {
        name: f.required("name")?,
        company: f.optional("company")?,
        from_date: f.date("from_date")?,
        to_date: f.date("to_date")?,
        customer_group: f.optional("customer_group")?,
        customer_territory: f.optional("customer_territory")?,
        auto_opt_in: f.flag("auto_opt_in", false)?,
        conversion_factor: f.number("conversion_factor")?,
        expiry_duration: f.count("expiry_duration")?.unwrap_or(0),
        expense_account: f.optional("expense_account")?,
        cost_center: f.optional("cost_center")?,
        collection_rules: f.rows("collection_rules", |row| {
            Ok(LoyaltyProgramCollection {
                tier_name: row.text("tier_name")?,
                min_spent: row.number("min_spent")?,
                collection_factor: row.number("collection_factor")?,
            })
        })?,
    })
}

pub(super) fn loyalty_point_entry(f: &Fields<'_>) -> Decoded<LoyaltyPointEntry> {
    Ok(LoyaltyPointEntry {
        name: f.required("name")?,
        customer: f.required("customer")?,
        loyalty_program: f.text("loyalty_program")?,
        company: f.optional("company")?,
        loyalty_points: f.count("loyalty_points")?.unwrap_or(0),
        purchase_amount: f.number("purchase_amount")?,
        posting_date: f.date("posting_date")?,
        expiry_date: f.date("expiry_date")?,
        invoice: f.optional("invoice")?,
    })
}
