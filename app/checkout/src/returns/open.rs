//! A return that is being made.

use serde::{Deserialize, Serialize};

use super::document::{Earlier, negative_document};
use super::{Back, Original, ReturnRefused, row_name};
use crate::cart::Approval;
use crate::money::{Currency, Money};
use crate::quantity::Quantity;
use crate::sale::{Sale, SaleLine};
use crate::shop::Shop;
use crate::totals::{self, Document, Settings, Totals};

/// A return that is being made, beside the cart. Its totals always belong to what comes back: a
/// change that cannot be added up leaves it as it was.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct OpenReturn {
    original: Original,
    earlier: Earlier,
    back: Vec<Back>,
    reason: Option<String>,
    approved: Option<ReturnApproval>,
    document: Document,
    places: Vec<usize>,
    totals: Totals,
}

/// What a manager allowed to be paid back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReturnApproval {
    /// Who, and why.
    pub approval: Approval,
    /// What it came to then; below zero.
    pub amount: Money,
}

/// A line of the original as the cashier chooses from it.
#[derive(Clone, PartialEq, Debug)]
pub struct ReturnLine<'a> {
    /// Its place in ERPNext's document, from 1; what the till's events call it.
    pub row: usize,
    /// What was sold.
    pub sold: &'a SaleLine,
    /// What was asked for one unit.
    pub rate: f64,
    /// How much may still come back.
    pub left: Quantity,
    /// How much comes back.
    pub qty: Quantity,
    /// The pieces that may still come back.
    pub serial_nos_left: Vec<&'a str>,
    /// The pieces that come back.
    pub serial_nos: &'a [String],
    /// Serial numbers that still have to be named.
    pub missing_serial_nos: usize,
    /// What comes back of its amount, before document discount and taxes on top; zero or below.
    pub amount: f64,
}

impl OpenReturn {
    /// A return of this original, of which `returns` came back before. Nothing is chosen yet.
    ///
    /// # Errors
    /// [`ReturnRefused`] when nothing is left to come back, or it cannot be added up.
    pub fn of(
        original: Original,
        returns: &[Sale],
        settings: &Settings,
    ) -> Result<Self, ReturnRefused> {
        let earlier = Earlier::of(&original, returns);
        let rows = original.lines.len();
        let nothing_left = (0..rows).all(|place| earlier.left(&original, place).is_zero());
        if nothing_left {
            return Err(ReturnRefused::NothingLeft);
        }
        let mut open = Self {
            original,
            earlier,
            back: vec![Back::default(); rows],
            reason: None,
            approved: None,
            document: Document::default(),
            places: Vec::new(),
            totals: Totals::default(),
        };
        open.add_up(settings)?;
        Ok(open)
    }

    /// Takes so much of a row back; zero takes none. Where all pieces that are left come back,
    /// they are named at once.
    ///
    /// # Errors
    /// [`ReturnRefused`] with the reason; the return is unchanged.
    pub fn set_quantity(
        &mut self,
        shop: &Shop,
        row: usize,
        qty: Quantity,
    ) -> Result<(), ReturnRefused> {
        let place = self.place(row)?;
        let line = &self.original.lines[place];
        if qty < Quantity::ZERO {
            return Err(ReturnRefused::BelowZero);
        }
        let left = self.earlier.left(&self.original, place);
        if qty > left {
            return Err(ReturnRefused::MoreThanLeft {
                item_name: line.item_name.clone(),
                sold: line.qty,
                left,
            });
        }
        let whole = shop
            .uoms
            .get(&line.uom)
            .is_some_and(|uom| uom.must_be_whole_number);
        if whole && !qty.is_whole() {
            return Err(ReturnRefused::WholeNumber {
                uom: line.uom.clone(),
            });
        }
        let pieces = self.serial_nos_left(place);
        let needed = pieces_of(line, qty);
        let mut changed = self.clone();
        let back = &mut changed.back[place];
        back.qty = qty;
        if needed >= pieces.len() {
            back.serial_nos = pieces.into_iter().map(str::to_owned).collect();
        } else {
            back.serial_nos.truncate(needed);
        }
        changed.add_up(&shop.totals_settings())?;
        *self = changed;
        Ok(())
    }

    /// Takes these pieces of a row back; its quantity becomes their number.
    ///
    /// # Errors
    /// [`ReturnRefused`] with the reason; the return is unchanged.
    pub fn set_serial_nos(
        &mut self,
        shop: &Shop,
        row: usize,
        serial_nos: &[String],
    ) -> Result<(), ReturnRefused> {
        let place = self.place(row)?;
        let line = &self.original.lines[place];
        let left = self.serial_nos_left(place);
        let mut chosen: Vec<String> = Vec::with_capacity(serial_nos.len());
        for serial_no in serial_nos {
            let name = serial_no.trim();
            if !left.contains(&name) || chosen.iter().any(|other| other == name) {
                return Err(ReturnRefused::SerialNo {
                    serial_no: name.to_owned(),
                    item_name: line.item_name.clone(),
                });
            }
            chosen.push(name.to_owned());
        }
        let pieces = chosen.len() as f64 / line.conversion_factor;
        let mut changed = self.clone();
        changed.back[place] = Back {
            qty: Quantity::from_f64(pieces),
            serial_nos: chosen,
        };
        changed.add_up(&shop.totals_settings())?;
        *self = changed;
        Ok(())
    }

    /// Takes back all that is left.
    ///
    /// # Errors
    /// [`ReturnRefused`] when it cannot be added up; the return is unchanged.
    pub fn take_all(&mut self, settings: &Settings) -> Result<(), ReturnRefused> {
        let mut changed = self.clone();
        for place in 0..changed.back.len() {
            let all = Back {
                qty: changed.earlier.left(&changed.original, place),
                serial_nos: changed
                    .serial_nos_left(place)
                    .into_iter()
                    .map(str::to_owned)
                    .collect(),
            };
            changed.back[place] = all;
        }
        changed.add_up(settings)?;
        *self = changed;
        Ok(())
    }

    /// What the goods were sold with.
    pub fn original(&self) -> &Original {
        &self.original
    }

    /// The lines of the original, in the order of its receipt.
    pub fn lines(&self) -> Vec<ReturnLine<'_>> {
        let mut lines: Vec<ReturnLine<'_>> = (0..self.original.lines.len())
            .map(|place| self.line(place))
            .collect();
        lines.sort_by_key(|line| line.sold.place);
        lines
    }

    /// Whether nothing was chosen yet.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// What comes back in money: zero or below.
    pub fn amount(&self, currency: Currency) -> Money {
        Money::from_f64(self.totals.amount_to_pay(), currency)
    }

    /// Why the goods come back.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Who allowed it.
    pub fn approved(&self) -> Option<&ReturnApproval> {
        self.approved.as_ref()
    }

    /// What the arithmetic was given.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// What it answered.
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// What came back before came to, above zero.
    pub(crate) fn returned_before(&self) -> f64 {
        self.earlier.grand_total
    }

    pub(crate) fn set_reason(&mut self, reason: Option<String>) {
        self.reason = reason;
    }

    pub(crate) fn approve(&mut self, approval: Approval, amount: Money) {
        if self.reason.is_none() {
            self.reason = Some(approval.reason.clone());
        }
        self.approved = Some(ReturnApproval { approval, amount });
    }

    /// The lines of the document of what comes back.
    pub(crate) fn sale_lines(&self) -> Vec<SaleLine> {
        let mut by_place: Vec<usize> = self.places.clone();
        by_place.sort_by_key(|place| self.original.lines[*place].place);
        let key = self.original.receipt.as_ref().map(|receipt| &receipt.key);
        let line_of = |place: &usize| {
            let sold = &self.original.lines[*place];
            let back = &self.back[*place];
            SaleLine {
                qty: back.qty.negated(),
                serial_nos: back.serial_nos.clone(),
                place: by_place
                    .iter()
                    .position(|other| other == place)
                    .unwrap_or_default(),
                returns: key.map(|key| row_name(key, place + 1)),
                ..sold.clone()
            }
        };
        self.places.iter().map(line_of).collect()
    }

    /// Checks that it can be paid back: something was chosen, every piece is named.
    pub(crate) fn check(&self) -> Result<(), ReturnRefused> {
        if self.is_empty() {
            return Err(ReturnRefused::NothingChosen);
        }
        let lacking = self
            .lines()
            .into_iter()
            .find(|it| it.missing_serial_nos > 0);
        if let Some(line) = lacking {
            return Err(ReturnRefused::SerialNosMissing {
                item_name: line.sold.item_name.clone(),
                missing: line.missing_serial_nos,
            });
        }
        Ok(())
    }

    fn line(&self, place: usize) -> ReturnLine<'_> {
        let sold = &self.original.lines[place];
        let back = &self.back[place];
        let item = self.places.iter().position(|other| *other == place);
        let item = item.and_then(|row| self.totals.items.get(row));
        let needed = if sold.serial_nos.is_empty() {
            0
        } else {
            pieces_of(sold, back.qty)
        };
        ReturnLine {
            row: place + 1,
            sold,
            rate: self
                .original
                .totals
                .items
                .get(place)
                .map_or(0.0, |it| it.rate),
            left: self.earlier.left(&self.original, place),
            qty: back.qty,
            serial_nos_left: self.serial_nos_left(place),
            serial_nos: &back.serial_nos,
            missing_serial_nos: needed.saturating_sub(back.serial_nos.len()),
            amount: item.map_or(0.0, |item| item.amount),
        }
    }

    fn serial_nos_left(&self, place: usize) -> Vec<&str> {
        let gone = |name: &&String| {
            let earlier = self.earlier.rows.get(place);
            !earlier.is_some_and(|row| row.serial_nos.contains(name))
        };
        let sold = self.original.lines.get(place);
        let sold = sold.map(|line| line.serial_nos.iter());
        sold.into_iter()
            .flatten()
            .filter(gone)
            .map(String::as_str)
            .collect()
    }

    fn place(&self, row: usize) -> Result<usize, ReturnRefused> {
        row.checked_sub(1)
            .filter(|place| *place < self.original.lines.len())
            .ok_or(ReturnRefused::NoSuchRow)
    }

    fn add_up(&mut self, settings: &Settings) -> Result<(), ReturnRefused> {
        let (document, places) =
            negative_document(&self.original, &self.earlier, &self.back, settings);
        self.totals = if places.is_empty() {
            Totals::default()
        } else {
            totals::calculate(&document, settings)?
        };
        self.document = document;
        self.places = places;
        Ok(())
    }
}

/// How many pieces so much of a line is.
fn pieces_of(line: &SaleLine, qty: Quantity) -> usize {
    // Exact: a line holds far fewer pieces than a double counts.
    (qty.to_f64() * line.conversion_factor).ceil() as usize
}
