//! Customers that are made at the till, to be sold to at once and told to ERPNext later.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::masters::{Customer, CustomerGroup};
use crate::shift::Cashier;
use crate::shop::Shop;

/// The most characters of ERPNext's short texts.
const LONGEST: usize = 140;

/// A customer as a cashier entered them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CustomerForm {
    /// Their name; the only thing that is needed.
    pub customer_name: String,
    /// Their telephone number; empty for none.
    pub mobile_no: String,
    /// Their e-mail address; empty for none.
    pub email_id: String,
    /// Their tax number; empty for none.
    pub tax_id: String,
    /// Their group, one of [`groups`]; empty leaves it to the till.
    pub customer_group: String,
}

/// A customer who was made at the till. Until ERPNext has given them a name of its own, sales call
/// them by their key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NewCustomer {
    /// What makes them the same customer wherever they arrive, ERPNext's `evertill_key`.
    pub key: String,
    /// The count of customers made at this till, from 1.
    pub number: u64,
    /// Their name.
    pub customer_name: String,
    /// Their telephone number.
    pub mobile_no: Option<String>,
    /// Their e-mail address.
    pub email_id: Option<String>,
    /// Their tax number.
    pub tax_id: Option<String>,
    /// The group they are put into; `None` leaves it to ERPNext.
    pub customer_group: Option<String>,
    /// Their territory; `None` leaves it to ERPNext.
    pub territory: Option<String>,
    /// When, in universal time.
    pub at: Timestamp,
    /// Who made them.
    pub cashier: Cashier,
}

/// Why a customer is not made.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum CustomerFormRefused {
    /// No name.
    #[error("enter the customer's name")]
    NoName,
    /// A text is longer than ERPNext takes.
    #[error("{field} is longer than {LONGEST} characters; shorten it")]
    TooLong {
        /// What of the form.
        field: &'static str,
    },
    /// ERPNext refuses such a name.
    #[error("a customer's name cannot have < or > in it; write it without")]
    NameLetters,
    /// Not a telephone number.
    #[error("{0:?} is not a telephone number; enter digits, spaces, + - ( ) only")]
    MobileNo(String),
    /// Not an e-mail address.
    #[error("{0:?} is not an e-mail address; enter one like name@example.com, or leave it empty")]
    EmailId(String),
}

impl CustomerForm {
    /// Reads the form: spaces around are taken off, and what is filled in must be what it is for.
    ///
    /// # Errors
    /// [`CustomerFormRefused`] with the first reason.
    pub fn checked(&self) -> Result<Self, CustomerFormRefused> {
        let form = Self {
            customer_name: one_line(&self.customer_name),
            mobile_no: one_line(&self.mobile_no),
            email_id: one_line(&self.email_id),
            tax_id: one_line(&self.tax_id),
            customer_group: self.customer_group.clone(),
        };
        if form.customer_name.is_empty() {
            return Err(CustomerFormRefused::NoName);
        }
        let fields = [
            ("the name", &form.customer_name),
            ("the telephone number", &form.mobile_no),
            ("the e-mail address", &form.email_id),
            ("the tax number", &form.tax_id),
        ];
        if let Some((field, _)) = fields
            .into_iter()
            .find(|(_, text)| text.chars().count() > LONGEST)
        {
            return Err(CustomerFormRefused::TooLong { field });
        }
        if form.customer_name.contains(['<', '>']) {
            return Err(CustomerFormRefused::NameLetters);
        }
        let of_number = |c: char| c.is_ascii_digit() || " +-()./".contains(c);
        let digits = form.mobile_no.chars().filter(char::is_ascii_digit).count();
        if !form.mobile_no.is_empty() && (digits < 3 || !form.mobile_no.chars().all(of_number)) {
            return Err(CustomerFormRefused::MobileNo(form.mobile_no));
        }
        if !form.email_id.is_empty() && !is_email(&form.email_id) {
            return Err(CustomerFormRefused::EmailId(form.email_id));
        }
        Ok(form)
    }
}

impl NewCustomer {
    /// A customer of this form, in its group where the till sells to that, and in the place of the
    /// walk-in customer. The form must be [`checked`](CustomerForm::checked).
    pub(crate) fn of(
        form: CustomerForm,
        shop: &Shop,
        walk_in: Option<&Customer>,
        key: String,
        number: u64,
        at: Timestamp,
        cashier: &Cashier,
    ) -> Self {
        let filled = |text: String| (!text.is_empty()).then_some(text);
        let chosen = Some(form.customer_group.as_str()).filter(|group| sells_to(shop, group));
        let group = chosen
            .or_else(|| usual_group(shop, walk_in))
            .map(str::to_owned);
        Self {
            key,
            number,
            customer_name: form.customer_name,
            mobile_no: filled(form.mobile_no),
            email_id: filled(form.email_id),
            tax_id: filled(form.tax_id),
            customer_group: group,
            territory: walk_in.and_then(|walk_in| walk_in.territory.clone()),
            at,
            cashier: cashier.clone(),
        }
    }

    /// The customer as the till sells to them, called by their key.
    pub fn customer(&self) -> Customer {
        Customer {
            name: self.key.clone(),
            customer_name: self.customer_name.clone(),
            customer_group: self.customer_group.clone(),
            territory: self.territory.clone(),
            tax_id: self.tax_id.clone(),
            mobile_no: self.mobile_no.clone(),
            email_id: self.email_id.clone(),
            ..Customer::default()
        }
    }
}

/// What a customer is called whom another till made, where only their key is known.
pub const OF_ANOTHER_TILL: &str = "Customer of another till";

/// What a customer is called of whom only the name is known that the till has for them: ERPNext's,
/// or the key that a till gave, which tells nobody anything.
pub fn called(name: &str) -> &str {
    if is_key(name) { OF_ANOTHER_TILL } else { name }
}

/// Whether this is the key that a till gave a customer, and no name.
pub fn is_key(name: &str) -> bool {
    let parts = name.rsplit_once('-').and_then(|(rest, installation)| {
        let (prefix, number) = rest.rsplit_once('-')?;
        Some((prefix, number, installation))
    });
    parts.is_some_and(|(prefix, number, installation)| {
        prefix.ends_with("-CUST")
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && installation.len() == 8
    })
}

/// The groups that a new customer can be put into: those that the till sells to and that have no
/// groups below themselves, because ERPNext puts nobody into one that has.
pub fn groups(shop: &Shop) -> Vec<&str> {
    let names = shop
        .customer_groups
        .values()
        .map(|group| group.name.as_str());
    names.filter(|name| sells_to(shop, name)).collect()
}

/// The group that a new customer is put into where none is chosen: that of the walk-in customer
/// where the till sells to it, else the first of the profile's. `None` leaves it to ERPNext.
pub fn usual_group<'a>(shop: &'a Shop, walk_in: Option<&'a Customer>) -> Option<&'a str> {
    let group = walk_in.and_then(|walk_in| walk_in.customer_group.as_deref());
    group.filter(|group| is_sold_to(shop, group)).or_else(|| {
        let first = groups(shop).into_iter().next();
        first.filter(|_| !shop.profile.customer_groups.is_empty())
    })
}

fn sells_to(shop: &Shop, group: &str) -> bool {
    let is_above = |other: &CustomerGroup| other.parent_customer_group.as_deref() == Some(group);
    shop.customer_groups.contains_key(group)
        && !shop.customer_groups.values().any(is_above)
        && is_sold_to(shop, group)
}

fn is_sold_to(shop: &Shop, group: &str) -> bool {
    let roots = &shop.profile.customer_groups;
    roots.is_empty()
        || roots.iter().any(|root| root == group)
        || shop
            .customer_group_and_above(group)
            .any(|above| roots.contains(&above.name))
}

/// The text without control characters, and with single spaces between words.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// What ERPNext takes for an address, roughly: something, an @, and a domain with a point in it.
fn is_email(text: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && !part.contains([' ', '@', ',', ';', '<', '>']);
    text.split_once('@').is_some_and(|(name, domain)| {
        let inner = domain.trim_matches('.');
        plain(name) && plain(domain) && inner == domain && inner.contains('.')
    })
}
