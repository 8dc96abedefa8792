//! Who a sale is booked to: the chosen customer, else the walk-in customer of the POS Profile. The
//! cart, the sale and the tiles of the Sell screen all ask here, so that they agree on price list,
//! customer's prices and taxes.

use std::borrow::Cow;

use crate::cart::{CartError, CustomerRefused};
use crate::catalog::{Catalog, CatalogError};
use crate::masters::Customer;
use crate::shop::Shop;

/// Who buys: the chosen customer, else the profile's; `None` where the profile names nobody.
///
/// # Errors
/// [`CatalogError`] when customers cannot be read.
pub fn buyer<'a>(
    shop: &Shop,
    catalog: &dyn Catalog,
    chosen: Option<&'a Customer>,
) -> Result<Option<Cow<'a, Customer>>, CatalogError> {
    match chosen {
        Some(customer) => Ok(Some(Cow::Borrowed(customer))),
        None => Ok(walk_in(shop, catalog)?.map(Cow::Owned)),
    }
}

/// The walk-in customer of the profile. One that was not downloaded has a name and nothing else,
/// so that the profile's own price list and tax category hold.
///
/// # Errors
/// [`CatalogError`] when customers cannot be read.
pub fn walk_in(shop: &Shop, catalog: &dyn Catalog) -> Result<Option<Customer>, CatalogError> {
    let Some(name) = &shop.profile.customer else {
        return Ok(None);
    };
    let stored = catalog.customer(name)?;
    Ok(Some(stored.unwrap_or_else(|| Customer {
        name: name.clone(),
        customer_name: name.clone(),
        ..Customer::default()
    })))
}

/// Whether a sale may be booked to this customer.
///
/// # Errors
/// [`CartError::Customer`] with the reason.
pub fn check_customer(shop: &Shop, customer: &Customer) -> Result<(), CartError> {
    let other_currency = |currency: &String| *currency != shop.currency.code();
    let reason = if customer.disabled {
        CustomerRefused::Disabled
    } else if customer.is_frozen {
        CustomerRefused::Frozen
    } else if customer
        .default_currency
        .as_ref()
        .is_some_and(other_currency)
    {
        CustomerRefused::Currency
    } else if !shop.sells_to(customer) {
        CustomerRefused::Group
    } else {
        return Ok(());
    };
    Err(CartError::Customer {
        customer_name: customer.customer_name.clone(),
        reason,
    })
}
