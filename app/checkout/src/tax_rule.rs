//! Which template of taxes a sale takes: the Tax Rule that fits the customer, else the profile's.
//!
//! On the server a document's taxes are whatever template it names; nobody checks it against Tax
//! Rules when it is saved. The Point of Sale page asks `party.get_party_details` when a customer is
//! chosen, which runs `set_taxes` and puts the template of the best Tax Rule over the profile's
//! own. The till does what the page does, for the walk-in customer too, and names template and tax
//! category in what it sends, so that the server adds up the same rows.
//!
//! The choice follows `tax_rule.get_tax_template`:
//! * a rule fits when each of its fields is empty or equal to the sale's, a customer group when it
//!   is the customer's or one above, and its dates contain the posting date;
//! * the tax category has to be equal, empty to empty, and counts for nothing. It is the address's
//!   or the customer's: a category that only the profile has never chooses a rule, because the
//!   server gives it to the document when the rule is already chosen;
//! * the rule with most fields that say something wins, then the higher priority, then the name;
//! * when the winner's template is disabled no rule holds; the second best is not asked.
//!
//! Quirk: where a customer has no address at all, the server asks for no place, so a rule for one
//! place holds for them as if it had none. The same goes for a customer without a group. It does not
//! go for a walk-in customer that was not downloaded, of whom the till knows neither.
//!
//! The document's tax category decides, which is the address's, the customer's, or the profile's.

use jiff::civil::Date;
use thiserror::Error;

use crate::catalog::{Catalog, CatalogError};
use crate::masters::{
    Address, AddressTaxCategoryFrom, Customer, SalesTaxesAndChargesTemplate, TaxRule, TaxRulePlace,
};
use crate::shop::Shop;

/// The taxes of a sale.
#[derive(Clone, PartialEq, Debug)]
pub struct TaxesOf<'s> {
    /// The template; without name and rows where neither a rule nor the profile has one.
    pub template: &'s SalesTaxesAndChargesTemplate,
    /// The tax category of the document.
    pub tax_category: Option<String>,
    /// The Tax Rule that chose the template; `None` for the profile's own.
    pub tax_rule: Option<&'s str>,
}

/// Why the taxes of a sale are not known.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum TaxRuleError {
    /// The rule's template was not downloaded: charging the profile's taxes would be a guess.
    #[error(
        "Tax Rule \"{tax_rule}\" asks for the taxes \"{template}\", which this till does not have; \
         let it synchronise, or choose other taxes there in ERPNext"
    )]
    NoTemplate {
        /// The rule.
        tax_rule: String,
        /// What it asks for.
        template: String,
    },
    /// The rule's template belongs to another company, whose accounts this one cannot book to.
    #[error(
        "Tax Rule \"{tax_rule}\" asks for the taxes \"{template}\" of another company; correct it \
         in ERPNext"
    )]
    OtherCompany {
        /// The rule.
        tax_rule: String,
        /// What it asks for.
        template: String,
    },
    /// The stored masters cannot be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

/// The taxes of a sale to a customer on a day; `None` for nobody in particular.
///
/// # Errors
/// [`TaxRuleError`] when a rule asks for taxes that cannot be charged, or addresses cannot be read.
pub fn taxes_of<'s>(
    shop: &'s Shop,
    catalog: &dyn Catalog,
    customer: Option<&Customer>,
    date: Date,
) -> Result<TaxesOf<'s>, TaxRuleError> {
    let of_profile = |tax_category| TaxesOf {
        template: &shop.taxes,
        tax_category,
        tax_rule: None,
    };
    let Some(customer) = customer else {
        return Ok(of_profile(shop.profile.tax_category.clone()));
    };
    let addresses = catalog.addresses(&customer.name)?;
    // A customer has a group in nearly every shop, so that nothing is looked up for most.
    let known = customer.customer_group.is_some() || catalog.customer(&customer.name)?.is_some();
    let buyer = Buyer::new(shop, customer, &addresses, known);
    let of_document = buyer.tax_category.or(shop.profile.tax_category.as_deref());
    let tax_category = of_document.map(str::to_owned);
    let Some(rule) = best_rule(shop, &buyer, date) else {
        return Ok(of_profile(tax_category));
    };
    let name = rule.sales_tax_template.as_deref().unwrap_or_default();
    let complaint = || (rule.name.clone(), name.to_owned());
    let Some(template) = shop.tax_templates.get(name) else {
        let (tax_rule, template) = complaint();
        return Err(TaxRuleError::NoTemplate { tax_rule, template });
    };
    if template.disabled {
        return Ok(of_profile(tax_category));
    }
    if template.company != shop.company.name {
        let (tax_rule, template) = complaint();
        return Err(TaxRuleError::OtherCompany { tax_rule, template });
    }
    Ok(TaxesOf {
        template,
        tax_category,
        tax_rule: Some(&rule.name),
    })
}

/// What Tax Rules ask of who buys.
struct Buyer<'a> {
    customer: &'a Customer,
    /// The address's or their own.
    tax_category: Option<&'a str>,
    billing: Option<&'a Address>,
    shipping: Option<&'a Address>,
    /// Whether they were downloaded.
    known: bool,
}

impl<'a> Buyer<'a> {
    fn new(shop: &'a Shop, customer: &'a Customer, addresses: &'a [Address], known: bool) -> Self {
        let billing = billing_address(addresses);
        let shipping = shipping_address(addresses);
        let deciding = match shop.system.determine_address_tax_category_from {
            AddressTaxCategoryFrom::BillingAddress => billing,
            AddressTaxCategoryFrom::ShippingAddress => shipping,
        };
        let of_address = deciding.and_then(|address| address.tax_category.as_deref());
        Self {
            customer,
            tax_category: of_address.or(customer.tax_category.as_deref()),
            billing,
            shipping,
            known,
        }
    }
}

/// The address that bills go to: any enabled one where none is marked (`get_default_address`; the
/// server names no order among equals, the till takes the first by name).
fn billing_address(addresses: &[Address]) -> Option<&Address> {
    let enabled = || addresses.iter().filter(|address| !address.disabled);
    let mut primary = enabled().filter(|address| address.is_primary_address);
    primary.next().or_else(|| enabled().next())
}

/// The address that goods go to: one that is marked, else one of the type `Shipping`
/// (`get_party_shipping_address`).
fn shipping_address(addresses: &[Address]) -> Option<&Address> {
    let enabled = || addresses.iter().filter(|address| !address.disabled);
    let mut marked = enabled().filter(|address| address.is_shipping_address);
    let of_type = || enabled().find(|address| address.address_type == "Shipping");
    marked.next().or_else(of_type)
}

fn best_rule<'s>(shop: &'s Shop, buyer: &Buyer<'_>, date: Date) -> Option<&'s TaxRule> {
    let mut best: Option<(usize, i64, &TaxRule)> = None;
    for rule in shop.tax_rules.values() {
        let Some(matched) = fields_matched(shop, rule, buyer, date) else {
            continue;
        };
        // Rules come by name; a later one has to be better, not as good.
        let better = |(fields, priority, _): &(usize, i64, _)| {
            (matched, rule.priority) > (*fields, *priority)
        };
        if best.as_ref().is_none_or(better) {
            best = Some((matched, rule.priority, rule));
        }
    }
    best.map(|(_, _, rule)| rule)
}

/// How many fields of a rule say something and fit; `None` when one does not fit.
fn fields_matched(shop: &Shop, rule: &TaxRule, buyer: &Buyer<'_>, date: Date) -> Option<usize> {
    let in_time =
        rule.from_date.is_none_or(|from| from <= date) && rule.to_date.is_none_or(|to| date <= to);
    if rule.tax_type != "Sales" || !in_time || rule.tax_category.as_deref() != buyer.tax_category {
        return None;
    }
    let nowhere = TaxRulePlace::default();
    let asks_where = rule.billing != nowhere || rule.shipping != nowhere;
    if !buyer.known && (asks_where || rule.customer_group.is_some()) {
        return None;
    }
    let customer = buyer.customer;
    let mut fields = vec![
        Field::equal(&rule.customer, Some(&customer.name)),
        Field::equal(&rule.company, Some(&shop.company.name)),
    ];
    if let Some(own) = &customer.customer_group {
        let holds = |group: &String| {
            group == own
                || shop
                    .customer_group_and_above(own)
                    .any(|above| above.name == *group)
        };
        fields.push(Field {
            says_something: rule.customer_group.is_some(),
            fits: rule.customer_group.as_ref().is_none_or(holds),
        });
    }
    if let Some(address) = buyer.billing {
        fields.extend(place(&rule.billing, address));
    }
    if let Some(address) = buyer.shipping {
        fields.extend(place(&rule.shipping, address));
    }
    let fits = fields.iter().all(|field| field.fits);
    fits.then(|| fields.iter().filter(|field| field.says_something).count())
}

/// A field of a rule that the server asks about.
struct Field {
    says_something: bool,
    fits: bool,
}

impl Field {
    /// One that is empty or equal to the sale's; the server's database compares without regard to
    /// case.
    fn equal(wanted: &Option<String>, has: Option<&String>) -> Self {
        let same =
            |wanted: &String| has.is_some_and(|has| has.to_lowercase() == wanted.to_lowercase());
        Self {
            says_something: wanted.is_some(),
            fits: wanted.as_ref().is_none_or(same),
        }
    }
}

fn place(wanted: &TaxRulePlace, address: &Address) -> [Field; 5] {
    [
        Field::equal(&wanted.city, address.city.as_ref()),
        Field::equal(&wanted.county, address.county.as_ref()),
        Field::equal(&wanted.state, address.state.as_ref()),
        Field::equal(&wanted.zipcode, address.pincode.as_ref()),
        Field::equal(&wanted.country, address.country.as_ref()),
    ]
}
