//! The open cart: what is being sold, priced and totalled after every change.
//!
//! A cart is what was put in (`lines` with the cashier's changes, customer, coupon, document
//! discount); everything else is computed from it by one `pipeline`, shared with [`crate::draft`].
//! Lines stand in the order of scanning. The document has them in an order of its own
//! (`CartLine::in_document`) that does not depend on it, and ERPNext gets them so: what its rules
//! make of the order of rows, they make of that one, and no order of scanning changes a cent.
//!
//! The document is fixed: it has final rates and no rules any more, so the server, told to ignore
//! pricing rules, adds it up to the same totals.

mod approval;
mod change;
mod reason;

mod coupon;
mod given;
mod label_error;
mod labelled;
mod line;

mod listing;
mod stock;

mod capped;
mod pipeline;

mod changing;
mod editing;

mod error;

pub use approval::AboveMaxDiscount;
pub use change::{
    Approval, DiscountChange, DocumentChange, GivenDiscount, GivenPrice, LineChange, PriceChange,
};
pub use coupon::CartCoupon;
pub use error::{CartError, CustomerRefused, NotForSale};
pub use given::GivenLine;
pub use label_error::LabelError;
pub use line::{Addition, CartLine};
pub use reason::{AppliedRule, PriceReason, RuleEffect};

pub(crate) use listing::Ground;

use serde::{Deserialize, Serialize};

use crate::masters::Customer;
use crate::money::Money;
use crate::sale::SaleLine;
use crate::shop::Shop;
use crate::totals::{Document, ItemTotals, TaxRow, Totals};

/// The most lines a cart holds: ten times the longest receipt a shop prints, and few enough that
/// every change is priced within a frame.
pub const MOST_LINES: usize = 500;

/// A cart. Its totals always belong to its lines: every change computes them anew, and a change
/// that cannot be computed leaves the cart as it was.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Cart {
    lines: Vec<CartLine>,
    given: Vec<GivenLine>,
    customer: Option<Customer>,
    walk_in: Option<Customer>,
    coupon: Option<CartCoupon>,
    discount: Option<DocumentChange>,
    discount_rules: Vec<AppliedRule>,
    notices: Vec<String>,
    taxes_and_charges: Option<String>,
    tax_category: Option<String>,
    next_line: u32,
    document: Document,
    totals: Totals,
}

impl Cart {
    /// An empty cart of this shop, for nobody in particular.
    pub fn new(shop: &Shop) -> Self {
        Self {
            lines: Vec::new(),
            given: Vec::new(),
            customer: None,
            walk_in: None,
            coupon: None,
            discount: None,
            discount_rules: Vec::new(),
            notices: Vec::new(),
            taxes_and_charges: None,
            tax_category: None,
            next_line: 1,
            document: Document {
                currency: shop.currency.code().to_owned(),
                ..Document::default()
            },
            totals: Totals::default(),
        }
    }

    /// The lines, oldest first.
    pub fn lines(&self) -> &[CartLine] {
        &self.lines
    }

    /// The line of this id.
    pub fn line(&self, line: u32) -> Option<&CartLine> {
        self.lines.iter().find(|other| other.id == line)
    }

    /// What pricing rules give with the lines, in the order of the document.
    pub fn given(&self) -> &[GivenLine] {
        &self.given
    }

    /// The totals of a line; `None` where there is no such line.
    pub fn totals_of(&self, line: u32) -> Option<&ItemTotals> {
        self.totals.items.get(self.line(line)?.row)
    }

    /// The totals of what is given, in the order of [`Cart::given`].
    pub fn totals_of_given(&self) -> &[ItemTotals] {
        self.totals.items.get(self.lines.len()..).unwrap_or(&[])
    }

    /// The coupon that was entered.
    pub fn coupon(&self) -> Option<&CartCoupon> {
        self.coupon.as_ref()
    }

    /// The discount that the cashier gave on the whole document. What holds in the end stands in
    /// [`Cart::document`]: the server lets a rule on the whole transaction overwrite what the
    /// cashier gave, and so does the cart.
    pub fn discount(&self) -> Option<&DocumentChange> {
        self.discount.as_ref()
    }

    /// The rules on the whole document that set its discount.
    pub fn discount_rules(&self) -> &[AppliedRule] {
        &self.discount_rules
    }

    /// The template that the tax rows come from; `None` before the first line, and where neither a
    /// Tax Rule nor the profile names one.
    pub fn taxes_and_charges(&self) -> Option<&str> {
        self.taxes_and_charges.as_deref()
    }

    /// The tax category of the document.
    pub fn tax_category(&self) -> Option<&str> {
        self.tax_category.as_deref()
    }

    /// Sentences about rules on the whole document that were left out, for the cashier.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Whether it holds nothing that would be missed.
    pub fn is_untouched(&self) -> bool {
        self.is_empty() && self.customer.is_none() && self.coupon.is_none()
    }

    /// Who was chosen; `None` for nobody in particular.
    pub fn customer(&self) -> Option<&Customer> {
        self.customer.as_ref()
    }

    /// Who the lines are priced for and the sale is booked to: who was chosen, else the profile's
    /// walk-in customer as they were when the cart's first line was put in. `None` before that,
    /// and where the profile names nobody.
    pub fn buyer(&self) -> Option<&Customer> {
        self.customer.as_ref().or(self.walk_in.as_ref())
    }

    /// What the arithmetic was given. Its items are the lines in the order of the document, then
    /// what is given; [`Cart::totals_of`] finds a line's.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// What the arithmetic answered, its items in the order of the document.
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// What is to be paid.
    pub fn amount_to_pay(&self, shop: &Shop) -> Money {
        Money::from_f64(self.totals.amount_to_pay(), shop.currency)
    }

    /// The lines of a sale in the order of the document, each with its place on the receipt: what
    /// is given stands below the line that earned it, what the whole document earned at the end.
    pub fn sale_lines(&self) -> Vec<SaleLine> {
        let mut sold: Vec<(usize, SaleLine)> = Vec::with_capacity(self.lines.len());
        let mut given: Vec<SaleLine> = self.given.iter().map(|line| line.sold.clone()).collect();
        let mut places = 0;
        let mut next = || {
            places += 1;
            places - 1
        };
        for line in &self.lines {
            let place = next();
            sold.push((
                line.row,
                SaleLine {
                    place,
                    ..line.sold_line()
                },
            ));
            for (free, of) in given.iter_mut().zip(&self.given) {
                if of.earned_by == Some(line.id) {
                    free.place = next();
                }
            }
        }
        for (free, of) in given.iter_mut().zip(&self.given) {
            if of.earned_by.is_none() {
                free.place = next();
            }
        }
        sold.sort_by_key(|(row, _)| *row);
        sold.into_iter()
            .map(|(_, line)| line)
            .chain(given)
            .collect()
    }

    fn place_of(&self, line: u32) -> Result<usize, CartError> {
        self.lines
            .iter()
            .position(|other| other.id == line)
            .ok_or(CartError::NoSuchLine)
    }
}

pub(crate) fn tax_row(row: &crate::masters::TaxesAndCharges) -> TaxRow {
    TaxRow {
        charge_type: row.charge_type,
        row_id: row.row_id,
        account_head: row.account_head.clone(),
        description: row.description.clone(),
        cost_center: row.cost_center.clone().unwrap_or_default(),
        rate: row.rate,
        tax_amount: row.tax_amount,
        included_in_print_rate: row.included_in_print_rate,
        dont_recompute_tax: false,
    }
}
