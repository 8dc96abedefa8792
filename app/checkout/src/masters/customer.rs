//! Customers and their groups.

use serde::{Deserialize, Serialize};

/// A Customer.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Customer {
    /// The key.
    pub name: String,
    /// What people call them.
    pub customer_name: String,
    /// The group they belong to.
    pub customer_group: Option<String>,
    /// Where they are.
    pub territory: Option<String>,
    /// The price list that goes before the profile's.
    pub default_price_list: Option<String>,
    /// The currency that ERPNext would put on their documents.
    pub default_currency: Option<String>,
    /// What decides which taxes apply.
    pub tax_category: Option<String>,
    /// Their tax number.
    pub tax_id: Option<String>,
    /// The loyalty program they are in.
    pub loyalty_program: Option<String>,
    /// Who sells to them and has a share.
    pub default_sales_partner: Option<String>,
    /// A telephone number to find them by.
    pub mobile_no: Option<String>,
    /// An e-mail address to find them by.
    pub email_id: Option<String>,
    /// Not to be sold to.
    pub disabled: bool,
    /// Not to be sold to for now.
    pub is_frozen: bool,
}

/// A Customer Group, a node of a tree.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CustomerGroup {
    /// The key.
    pub name: String,
    /// The node above; `None` at the root.
    pub parent_customer_group: Option<String>,
    /// The price list of its customers, unless they have their own.
    pub default_price_list: Option<String>,
}

/// A Territory, a node of a tree.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Territory {
    /// The key.
    pub name: String,
    /// The node above; `None` at the root.
    pub parent_territory: Option<String>,
}

/// An Address of a customer.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    /// The key.
    pub name: String,
    /// The customers it belongs to (its rows of Dynamic Link).
    pub customers: Vec<String>,
    /// `Billing`, `Shipping`, and others.
    pub address_type: String,
    /// The town.
    pub city: Option<String>,
    /// The county.
    pub county: Option<String>,
    /// The state or province.
    pub state: Option<String>,
    /// The postal code.
    pub pincode: Option<String>,
    /// The country.
    pub country: Option<String>,
    /// What decides which taxes apply to documents with it.
    pub tax_category: Option<String>,
    /// Bills go there.
    pub is_primary_address: bool,
    /// Goods go there.
    pub is_shipping_address: bool,
    /// Not in use.
    pub disabled: bool,
}
