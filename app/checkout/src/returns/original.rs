//! What goods were sold with.

use serde::{Deserialize, Serialize};

use crate::cart::Cart;
use crate::money::Money;
use crate::sale::{ReturnAgainst, Sale, SaleLine, SaleLoyalty};
use crate::totals::{Document, Totals};

/// What a return goes by: a sale, as far as a return needs it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Original {
    /// The receipt; `None` where the goods come back without one.
    pub receipt: Option<ReturnAgainst>,
    /// Who bought.
    pub customer: String,
    /// How they are called.
    pub customer_name: String,
    /// The price list of the sale.
    pub selling_price_list: String,
    /// The currency of that list, where it is another than the document's.
    pub price_list_currency: Option<String>,
    /// Company currency for one of the price list's.
    pub plc_conversion_rate: f64,
    /// The name of the tax template.
    pub taxes_and_charges: Option<String>,
    /// The tax category.
    pub tax_category: Option<String>,
    /// The points that were paid with and earned.
    pub loyalty: Option<SaleLoyalty>,
    /// The lines, in the order of ERPNext's document.
    pub lines: Vec<SaleLine>,
    /// What the arithmetic was given, its items those of `lines`.
    pub document: Document,
    /// What it answered.
    pub totals: Totals,
    /// What was to be paid.
    pub amount_to_pay: Money,
}

impl Original {
    /// A sale as a return goes by it.
    pub fn of(sale: &Sale) -> Self {
        Self {
            receipt: Some(ReturnAgainst {
                receipt_number: sale.receipt_number.clone(),
                key: sale.key.clone(),
                posting_date: sale.posting_date,
                posting_time: sale.posting_time,
            }),
            customer: sale.customer.clone(),
            customer_name: sale.customer_name.clone(),
            selling_price_list: sale.selling_price_list.clone(),
            price_list_currency: sale.price_list_currency.clone(),
            plc_conversion_rate: sale.plc_conversion_rate,
            taxes_and_charges: sale.taxes_and_charges.clone(),
            tax_category: sale.tax_category.clone(),
            loyalty: sale.loyalty.clone(),
            lines: sale.lines.clone(),
            document: sale.document.clone(),
            totals: sale.totals.clone(),
            amount_to_pay: sale.amount_to_pay,
        }
    }

    /// What a cart would sell today, for goods that come back without a receipt. `None` where the
    /// cart has no buyer.
    pub(crate) fn without_receipt(
        cart: &Cart,
        amount_to_pay: Money,
        price_list: &str,
    ) -> Option<Self> {
        let buyer = cart.buyer()?;
        Some(Self {
            receipt: None,
            customer: buyer.name.clone(),
            customer_name: buyer.customer_name.clone(),
            selling_price_list: price_list.to_owned(),
            price_list_currency: None,
            plc_conversion_rate: 1.0,
            taxes_and_charges: cart.taxes_and_charges().map(str::to_owned),
            tax_category: cart.tax_category().map(str::to_owned),
            loyalty: None,
            lines: cart.sale_lines(),
            document: cart.document().clone(),
            totals: cart.totals().clone(),
            amount_to_pay,
        })
    }
}
