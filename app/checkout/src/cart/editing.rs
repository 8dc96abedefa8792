//! Putting in and taking out.

use jiff::civil::Date;

use super::line::{Addition, CartLine, KeptItem, check_item, is_sold_whole, unpriced_line};
use super::listing::Ground;
use super::pipeline::Touched;
use super::{Cart, CartError, GivenPrice, MOST_LINES};
use crate::buyer::walk_in;
use crate::catalog::Catalog;
use crate::pricing::conversion_factor;
use crate::quantity::Quantity;
use crate::shop::Shop;

impl Cart {
    /// Puts an item in: one more of a line that has the same item, unit, batch and list price and
    /// that the cashier did not change and that is no package with a weight or price of its own,
    /// else a new line at the end, which begins with the packing
    /// unit where this customer's price holds for its multiples only. Returns the line.
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
        let ground = Ground {
            shop,
            catalog,
            date,
        };
        check_item(shop, addition.item, date)?;
        let mut changed = self.clone();
        if changed.lines.is_empty() {
            changed.walk_in = walk_in(shop, catalog)?;
        }
        let mut line = unpriced_line(shop, catalog, addition)?;
        changed.choose_stock(ground, &mut line, addition.label.is_some())?;
        if let Some(label) = addition.label {
            line.take_label(ground, label)?;
        }
        let id = match changed.merged(ground, &line)? {
            Some((place, merged)) => {
                let id = merged.id;
                changed.lines[place] = merged;
                id
            }
            None if changed.lines.len() >= MOST_LINES => return Err(CartError::Full),
            None => {
                let id = changed.next_line;
                changed.next_line += 1;
                if line.is_package {
                    let label = addition.label;
                    changed.price_by_label(ground, &mut line, label)?;
                } else {
                    line.sold.qty = changed.first_quantity(ground, &line)?;
                }
                changed.lines.push(CartLine { id, ..line });
                id
            }
        };
        changed.touch(ground, id)?;
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
        let ground = Ground {
            shop,
            catalog,
            date,
        };
        self.edit(ground, line, |line| {
            line.sold.qty = qty;
            Ok(())
        })
    }

    /// Adds so many steps to a line, takes them away where they are below zero: packs where this
    /// customer's price holds for packs only, else units. A line with nothing left is taken out.
    ///
    /// # Errors
    /// [`CartError`] with the reason; the cart is unchanged.
    pub fn step(
        &mut self,
        shop: &Shop,
        catalog: &dyn Catalog,
        date: Date,
        line: u32,
        steps: i32,
    ) -> Result<(), CartError> {
        let place = self.place_of(line)?;
        let stepped = &self.lines[place];
        let step = stepped.packing_unit.unwrap_or(1);
        let change = Quantity::from(i64::from(steps).saturating_mul(step));
        let qty = stepped.sold.qty.plus(change);
        if qty <= Quantity::ZERO {
            return self.remove(shop, catalog, date, line).map(|_| ());
        }
        if qty >= Quantity::from(1_000_000) {
            return Err(CartError::TooMuch);
        }
        self.set_quantity(shop, catalog, date, line, qty)
    }

    /// Sells a line in another unit. The quantity keeps its number, the price is that of the unit.
    ///
    /// # Errors
    /// [`CartError`] with the reason; the cart is unchanged.
    pub fn set_uom(
        &mut self,
        shop: &Shop,
        catalog: &dyn Catalog,
        date: Date,
        line: u32,
        uom: &str,
    ) -> Result<(), CartError> {
        let ground = Ground {
            shop,
            catalog,
            date,
        };
        self.edit(ground, line, |line| {
            let item = line.item(ground)?;
            let template = match &item.variant_of {
                Some(template) => catalog.item(template)?,
                None => None,
            };
            let mut rows = item.uoms.iter();
            let mut of_template = template.iter().flat_map(|template| &template.uoms);
            let known = item.stock_uom == uom
                || rows.any(|row| row.uom == uom)
                || of_template.any(|row| row.uom == uom);
            if !known {
                return Err(CartError::UnknownUom {
                    item_name: item.item_name.clone(),
                    uom: uom.to_owned(),
                });
            }
            line.must_be_whole_number = is_sold_whole(shop, uom);
            line.sold.conversion_factor = conversion_factor(catalog, shop, &item, uom)?;
            uom.clone_into(&mut line.sold.uom);
            // The code on the package stood for the other unit.
            line.sold.barcode = None;
            line.package_price = None;
            // So did a price that was given for one of it: nine for a piece is not nine for a box.
            line.change
                .take_if(|change| !matches!(change.given, GivenPrice::DiscountPercentage(_)));
            Ok(())
        })
    }

    /// Takes a line out.
    ///
    /// # Errors
    /// [`CartError::NoSuchLine`], or the totals cannot be computed.
    pub fn remove(
        &mut self,
        shop: &Shop,
        catalog: &dyn Catalog,
        date: Date,
        line: u32,
    ) -> Result<CartLine, CartError> {
        let ground = Ground {
            shop,
            catalog,
            date,
        };
        let mut changed = self.clone();
        let place = changed.place_of(line)?;
        let removed = changed.lines.remove(place);
        if changed.lines.is_empty() {
            // It was given on what is gone.
            changed.discount = None;
        }
        changed.reprice(ground, Touched::Document)?;
        *self = changed;
        Ok(removed)
    }

    /// Changes one line and prices it anew.
    pub(super) fn edit(
        &mut self,
        ground: Ground<'_>,
        line: u32,
        change: impl FnOnce(&mut CartLine) -> Result<(), CartError>,
    ) -> Result<(), CartError> {
        let mut changed = self.clone();
        let place = changed.place_of(line)?;
        change(&mut changed.lines[place])?;
        changed.touch(ground, line)?;
        *self = changed;
        Ok(())
    }

    fn touch(&mut self, ground: Ground<'_>, line: u32) -> Result<(), CartError> {
        let place = self.place_of(line)?;
        self.count_stock(ground, place)?;
        self.reprice(ground, Touched::Line(line))
    }

    /// The line that takes this one in. A line that the cashier changed takes in nothing: the next
    /// piece may not have the same fault.
    fn merged(
        &self,
        ground: Ground<'_>,
        line: &CartLine,
    ) -> Result<Option<(usize, CartLine)>, CartError> {
        let same = |other: &CartLine| {
            other.sold.item_code == line.sold.item_code
                && other.sold.uom == line.sold.uom
                && other.sold.batch_no == line.sold.batch_no
                && other.change.is_none()
                && !other.is_package
                && !line.is_package
        };
        for (place, other) in self.lines.iter().enumerate() {
            if !same(other) {
                continue;
            }
            let mut merged = other.clone();
            // A piece that was scanned first fills what still lacks its serial number.
            if line.sold.serial_nos.is_empty() || other.missing_serial_nos == 0 {
                merged.sold.qty = merged.sold.qty.plus(line.sold.qty);
            }
            merged
                .sold
                .serial_nos
                .extend(line.sold.serial_nos.iter().cloned());
            if merged.sold.batch_on_package != line.sold.batch_on_package {
                merged.sold.batch_on_package = None;
            }
            merged.merge_label(line);
            merged.item = KeptItem(None);
            self.list_price(ground, &mut merged)?;
            // What is in the cart keeps the price that the customer saw.
            if merged.listed.to_bits() == other.listed.to_bits() {
                return Ok(Some((place, merged)));
            }
        }
        Ok(None)
    }
}
