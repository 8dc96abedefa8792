//! The open cart: what is being sold, priced and totalled after every change.

mod approval;
mod change;
mod reason;

mod coupon;
mod given;
mod line;

mod error;

pub use approval::{AboveMaxDiscount, ApprovalRequest, JournalFact, PriceFact};
pub use change::{
    Approval, DiscountChange, DocumentChange, GivenDiscount, GivenPrice, LineChange, PriceChange,
};
pub use coupon::CartCoupon;
pub use error::{CartError, CustomerRefused, NotForSale};
pub use given::GivenLine;
pub use line::{Addition, CartLine};
pub use reason::{AppliedRule, PriceReason, RuleEffect};

use line::{check_item, unpriced_line};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::buyer::{check_customer, walk_in};
use crate::catalog::Catalog;
use crate::item_tax::item_tax_template;
use crate::masters::{Customer, Item};
use crate::money::Money;
use crate::pricing::{FoundPrice, PriceAnswer, PriceQuery, find_first_price, find_price};
use crate::quantity::Quantity;
use crate::shop::Shop;
use crate::totals::{self, ApplyDiscountOn, Document, ItemTotals, TaxRow, Totals, TotalsError};

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
    notices: Vec<String>,
    next_line: u32,
    document: Document,
    totals: Totals,
}

impl Cart {
    /// An empty cart of this shop, for nobody in particular.
    pub fn new(shop: &Shop) -> Self {
        let mut cart = Self {
            lines: Vec::new(),
            given: Vec::new(),
            customer: None,
            walk_in: None,
            coupon: None,
            discount: None,
            notices: Vec::new(),
            next_line: 1,
            document: Document::default(),
            totals: Totals::default(),
        };
        cart.document = cart.document_of(shop);
        cart
    }

    /// The lines, oldest first.
    pub fn lines(&self) -> &[CartLine] {
        &self.lines
    }

    /// What pricing rules give with the lines, in the order of the document.
    pub fn given(&self) -> &[GivenLine] {
        &self.given
    }

    /// The totals of a line; `None` where there is no such line.
    pub fn totals_of(&self, line: u32) -> Option<&ItemTotals> {
        let place = self.lines.iter().position(|other| other.id == line)?;
        self.totals.items.get(place)
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
    /// [`Cart::document`]: a rule on the whole transaction goes before the cashier's.
    pub fn discount(&self) -> Option<&DocumentChange> {
        self.discount.as_ref()
    }

    /// Sentences about rules on the whole document that were left out, for the cashier.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
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

    /// Puts an item in: one more of a line that has the same item, unit, price and taxes, else a
    /// new line at the end, which begins with the packing unit where this customer's price holds
    /// for its multiples only. Returns the line.
    ///
    /// # Errors
    /// [`CartError`] with the reason; the cart is unchanged.
    pub fn add(
        &mut self,
        shop: &Shop,
        catalog: &dyn Catalog,
        date: Date,
        addition: &Addition<'_>,
    ) -> Result<u32, CartError> {
        check_item(shop, addition.item, date)?;
        let mut changed = self.clone();
        if changed.lines.is_empty() {
            changed.walk_in = walk_in(shop, catalog)?;
        }
        let line = unpriced_line(shop, catalog, addition)?;
        let id = match changed.merged(shop, catalog, date, addition, &line)? {
            Some((place, merged)) => {
                let id = merged.id;
                changed.lines[place] = merged;
                id
            }
            None if changed.lines.len() >= MOST_LINES => return Err(CartError::Full),
            None => {
                let id = changed.next_line;
                changed.next_line += 1;
                let line = changed.priced_line(shop, catalog, date, addition.item, line)?;
                changed.lines.push(CartLine { id, ..line });
                id
            }
        };
        changed.compute(shop)?;
        *self = changed;
        Ok(id)
    }

    /// Sets how much of a line is sold and looks its price up again, since a price may depend on
    /// the quantity.
    ///
    /// # Errors
    /// [`CartError`] with the reason; the cart is unchanged.
    pub fn set_quantity(
        &mut self,
        shop: &Shop,
        catalog: &dyn Catalog,
        date: Date,
        line: u32,
        qty: Quantity,
    ) -> Result<(), CartError> {
        let mut changed = self.clone();
        let place = changed.place_of(line)?;
        changed.lines[place].sold.qty = qty;
        changed.reprice_line(shop, catalog, date, place)?;
        changed.compute(shop)?;
        *self = changed;
        Ok(())
    }

    /// Takes a line out.
    ///
    /// # Errors
    /// [`CartError::NoSuchLine`], or the totals cannot be computed.
    pub fn remove(&mut self, shop: &Shop, line: u32) -> Result<CartLine, CartError> {
        let mut changed = self.clone();
        let place = changed.place_of(line)?;
        let removed = changed.lines.remove(place);
        changed.compute(shop)?;
        *self = changed;
        Ok(removed)
    }

    /// Sells to this customer, with the prices of their list.
    ///
    /// # Errors
    /// [`CartError`] when they cannot be sold to or a line has no price for them.
    pub fn set_customer(
        &mut self,
        shop: &Shop,
        catalog: &dyn Catalog,
        date: Date,
        customer: Option<Customer>,
    ) -> Result<(), CartError> {
        let mut changed = self.clone();
        match &customer {
            Some(customer) => check_customer(shop, customer)?,
            None => changed.walk_in = walk_in(shop, catalog)?,
        }
        changed.customer = customer;
        for place in 0..changed.lines.len() {
            changed.reprice_line(shop, catalog, date, place)?;
        }
        changed.compute(shop)?;
        *self = changed;
        Ok(())
    }

    fn place_of(&self, line: u32) -> Result<usize, CartError> {
        self.lines
            .iter()
            .position(|other| other.id == line)
            .ok_or(CartError::NoSuchLine)
    }

    /// The line that takes the addition in, with the price of its new quantity.
    fn merged(
        &self,
        shop: &Shop,
        catalog: &dyn Catalog,
        date: Date,
        addition: &Addition<'_>,
        line: &CartLine,
    ) -> Result<Option<(usize, CartLine)>, CartError> {
        let same = |other: &CartLine| {
            other.sold.item_code == line.sold.item_code
                && other.sold.uom == line.sold.uom
                && other.sold.batch_no == line.sold.batch_no
                && other.sold.serial_nos.is_empty()
        };
        for (place, other) in self.lines.iter().enumerate() {
            if !same(other) {
                continue;
            }
            let mut merged = other.clone();
            merged.sold.qty = merged.sold.qty.plus(addition.qty);
            self.price(shop, catalog, date, addition.item, &mut merged)?;
            // What is in the cart keeps the price that the customer saw.
            if merged.costs_as(other) {
                return Ok(Some((place, merged)));
            }
        }
        Ok(None)
    }

    fn priced_line(
        &self,
        shop: &Shop,
        catalog: &dyn Catalog,
        date: Date,
        item: &Item,
        mut line: CartLine,
    ) -> Result<CartLine, CartError> {
        line.check_whole()?;
        let query = self.query(shop, date, item, &line);
        let (qty, answer) = find_first_price(catalog, shop, query)?;
        line.sold.qty = qty;
        let found = self.price_of(shop, item, &line, answer)?;
        self.take_price(shop, date, item, &mut line, found);
        Ok(line)
    }

    fn reprice_line(
        &mut self,
        shop: &Shop,
        catalog: &dyn Catalog,
        date: Date,
        place: usize,
    ) -> Result<(), CartError> {
        let mut line = self.lines[place].clone();
        let item = catalog
            .item(&line.sold.item_code)?
            .ok_or_else(|| CartError::Disabled {
                item_name: line.sold.item_name.clone(),
            })?;
        self.price(shop, catalog, date, &item, &mut line)?;
        self.lines[place] = line;
        Ok(())
    }

    /// Finds price and taxes of a line for its quantity and this cart's buyer.
    fn price(
        &self,
        shop: &Shop,
        catalog: &dyn Catalog,
        date: Date,
        item: &Item,
        line: &mut CartLine,
    ) -> Result<(), CartError> {
        line.check_whole()?;
        let answer = find_price(catalog, shop, self.query(shop, date, item, line))?;
        let found = self.price_of(shop, item, line, answer)?;
        self.take_price(shop, date, item, line, found);
        Ok(())
    }

    fn query<'a>(
        &'a self,
        shop: &'a Shop,
        date: Date,
        item: &'a Item,
        line: &'a CartLine,
    ) -> PriceQuery<'a> {
        PriceQuery {
            item,
            price_list: shop.price_list_of(self.buyer()),
            customer: self.buyer().map(|buyer| buyer.name.as_str()),
            uom: &line.sold.uom,
            qty: line.sold.qty,
            batch_no: line.sold.batch_no.as_deref(),
            date,
        }
    }

    fn price_of(
        &self,
        shop: &Shop,
        item: &Item,
        line: &CartLine,
        answer: PriceAnswer,
    ) -> Result<FoundPrice, CartError> {
        match answer {
            PriceAnswer::Found(found) => Ok(found),
            PriceAnswer::InMultiplesOf(packing_unit) => Err(CartError::PackingUnit {
                item_name: item.item_name.clone(),
                packing_unit,
            }),
            PriceAnswer::NoExchangeRate(error) => Err(error.into()),
            PriceAnswer::NoPrice => Err(CartError::NoPrice {
                item_name: item.item_name.clone(),
                price_list: shop.price_list_of(self.buyer()).to_owned(),
                uom: line.sold.uom.clone(),
            }),
        }
    }

    fn take_price(
        &self,
        shop: &Shop,
        date: Date,
        item: &Item,
        line: &mut CartLine,
        found: FoundPrice,
    ) {
        // ERPNext rounds both to the currency's precision before anything else.
        line.price_list_rate = shop.totals_settings().flt(found.price_list_rate);
        line.rate = line.price_list_rate;
        line.sold.item_price = Some(found.item_price);
        let tax_category = shop.tax_category_of(self.buyer());
        let template = item_tax_template(shop, item, tax_category, date, line.rate);
        line.sold.item_tax_template = template.map(str::to_owned);
        line.item_tax_rate = template
            .and_then(|name| shop.item_tax_templates.get(name))
            .map(|template| {
                let rows = template.taxes.iter();
                rows.map(|row| (row.tax_type.clone(), row.tax_rate))
                    .collect()
            })
            .unwrap_or_default();
    }

    fn compute(&mut self, shop: &Shop) -> Result<(), TotalsError> {
        self.document = self.document_of(shop);
        self.totals = totals::calculate(&self.document, &shop.totals_settings())?;
        Ok(())
    }

    fn document_of(&self, shop: &Shop) -> Document {
        Document {
            currency: shop.currency.code().to_owned(),
            items: self.lines.iter().map(CartLine::row).collect(),
            taxes: shop.taxes.taxes.iter().map(tax_row).collect(),
            apply_discount_on: Some(match shop.profile.apply_discount_on.as_deref() {
                Some("Net Total") => ApplyDiscountOn::NetTotal,
                _ => ApplyDiscountOn::GrandTotal,
            }),
            ..Document::default()
        }
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
