//! The rows of a document, with what rules count of them together.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::rc::Rc;

use super::search::is_own;
use super::{Context, Row};
use crate::masters::PricingRule;

/// The rows of one document. What a rule counts of all of them is added up once for the document
/// and not once for each row, so that a long cart under many rules is priced in no time.
#[derive(Debug)]
pub struct Rows<'a> {
    rows: Vec<Row<'a>>,
    /// The place of the first row of the same item, for each row.
    first_of_item: Vec<usize>,
    /// Whether the rows of the row's item differ in their amounts.
    amounts_differ: Vec<bool>,
    /// By the rule's place in the book.
    own: RefCell<BTreeMap<usize, Rc<OwnRows>>>,
}

/// What thresholds are compared with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counted {
    pub(super) stock_qty: f64,
    pub(super) amount: f64,
}

/// The rows of a rule's own goods.
#[derive(Debug)]
struct OwnRows {
    /// Their places, in order.
    places: Vec<usize>,
    together: Counted,
}

impl<'a> Rows<'a> {
    /// The rows in the order of the document.
    pub fn new(rows: Vec<Row<'a>>) -> Self {
        let mut firsts: BTreeMap<&str, usize> = BTreeMap::new();
        let first_of_item: Vec<usize> = rows
            .iter()
            .enumerate()
            .map(|(place, row)| *firsts.entry(&row.item.item_code).or_insert(place))
            .collect();
        let mut differ = vec![false; rows.len()];
        for (row, first) in rows.iter().zip(&first_of_item) {
            differ[*first] |= row.amount().to_bits() != rows[*first].amount().to_bits();
        }
        let amounts_differ = first_of_item.iter().map(|first| differ[*first]).collect();
        Self {
            rows,
            first_of_item,
            amounts_differ,
            own: RefCell::default(),
        }
    }

    /// All rows of the rule's own goods (`get_qty_and_rate_for_mixed_conditions`), as if each
    /// row's stock quantity had been sent. Other rows of the same item count with the amount of
    /// the row *at this place*.
    pub(super) fn together(
        &self,
        context: &Context<'_>,
        rule: (usize, &PricingRule),
        place: usize,
    ) -> Counted {
        let own = self.own(context, rule);
        if !self.amounts_differ[place] {
            return own.together;
        }
        let (item, amount) = (self.first_of_item[place], self.rows[place].amount());
        let mut counted = own.together;
        counted.amount = 0.0;
        for other in &own.places {
            counted.amount += if self.first_of_item[*other] == item {
                amount
            } else {
                self.rows[*other].amount()
            };
        }
        counted
    }

    /// The first row of the rule's own goods that is of any quantity.
    pub(super) fn first_bought(
        &self,
        context: &Context<'_>,
        rule: (usize, &PricingRule),
    ) -> Option<&Row<'a>> {
        let own = self.own(context, rule);
        let mut rows = own.places.iter().map(|place| &self.rows[*place]);
        rows.find(|row| row.qty != 0.0)
    }

    fn own(&self, context: &Context<'_>, (in_book, rule): (usize, &PricingRule)) -> Rc<OwnRows> {
        if let Some(known) = self.own.borrow().get(&in_book) {
            return Rc::clone(known);
        }
        let places = (0..self.rows.len()).filter(|at| is_own(context, rule, self.rows[*at].item));
        let places: Vec<usize> = places.collect();
        let mut together = Counted {
            stock_qty: 0.0,
            amount: 0.0,
        };
        for row in places.iter().map(|place| &self.rows[*place]) {
            together.stock_qty += row.stock_qty();
            together.amount += row.amount();
        }
        let own = Rc::new(OwnRows { places, together });
        self.own.borrow_mut().insert(in_book, Rc::clone(&own));
        own
    }
}

impl<'a> Deref for Rows<'a> {
    type Target = [Row<'a>];

    fn deref(&self) -> &Self::Target {
        &self.rows
    }
}
