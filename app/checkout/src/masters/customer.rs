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
