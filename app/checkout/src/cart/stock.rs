//! Which batch and which pieces a line takes.

use jiff::civil::Date;

use super::line::CartLine;
use super::listing::Ground;
use super::{Cart, CartError};
use crate::batch::{BatchError, BatchRemark, Taken, batch_remark, check_batch, first_expiring};
use crate::catalog::Catalog;
use crate::product_bundle::{bundle_contents, contents_note};
use crate::quantity::Quantity;
use crate::serial_no::{check_serial_no, missing_serial_nos};
use crate::shop::Shop;

impl Cart {
    /// Sells a line out of another batch.
    ///
    /// # Errors
    /// [`CartError`] with the reason; the cart is unchanged.
    pub fn set_batch(
        &mut self,
        shop: &Shop,
        catalog: &dyn Catalog,
        date: Date,
        line: u32,
        batch_no: &str,
    ) -> Result<(), CartError> {
        let ground = Ground {
            shop,
            catalog,
            date,
        };
        self.edit(ground, line, |line| {
            let batch = check_batch(catalog, &*line.item(ground)?, batch_no, date)?;
            line.sold.batch_on_package = Some(batch.name.clone());
            line.sold.batch_no = Some(batch.name);
            // It was about the batch before.
            line.label_remarks.batch = None;
            Ok(())
        })
    }

    /// Chooses the pieces of a line; its quantity becomes their number. No piece at all leaves the
    /// quantity as it is, to be filled later.
    ///
    /// # Errors
    /// [`CartError`] with the reason; the cart is unchanged.
    pub fn set_serial_nos(
        &mut self,
        shop: &Shop,
        catalog: &dyn Catalog,
        date: Date,
        line: u32,
        serial_nos: &[String],
    ) -> Result<(), CartError> {
        let ground = Ground {
            shop,
            catalog,
            date,
        };
        let elsewhere: Vec<String> = self
            .lines
            .iter()
            .filter(|other| other.id != line)
            .flat_map(|other| other.sold.serial_nos.iter().cloned())
            .collect();
        self.edit(ground, line, |line| {
            let item = line.item(ground)?;
            let mut chosen: Vec<String> = Vec::with_capacity(serial_nos.len());
            for serial_no in serial_nos {
                let taken = elsewhere.iter().chain(&chosen).map(String::as_str);
                let warehouse = &shop.profile.warehouse;
                let piece = check_serial_no(catalog, &item, serial_no, warehouse, taken)?;
                chosen.push(piece.map_or_else(|| serial_no.trim().to_owned(), |piece| piece.name));
            }
            if !chosen.is_empty() {
                let pieces = chosen.len() as f64 / line.sold.conversion_factor;
                line.sold.qty = Quantity::from_f64(pieces);
            }
            line.sold.serial_nos = chosen;
            Ok(())
        })
    }

    /// What the lines take out of each batch, but for one of them.
    pub fn taken_from_batches(&self, but: Option<u32>) -> Taken {
        let mut taken = Taken::new();
        for line in self.lines.iter().filter(|line| Some(line.id) != but) {
            if let Some(batch_no) = &line.sold.batch_no {
                *taken.entry(batch_no.clone()).or_default() += line.stock_qty();
            }
        }
        taken
    }

    /// The serial numbers in the cart.
    pub fn serial_nos(&self) -> impl Iterator<Item = &str> + Clone {
        let all = self.lines.iter().flat_map(|line| &line.sold.serial_nos);
        all.map(String::as_str)
    }

    /// The first line that lacks serial numbers, and the sentence that says so.
    pub(crate) fn first_without_serial_nos(
        &self,
        ground: Ground<'_>,
    ) -> Result<Option<(u32, CartError)>, CartError> {
        for line in &self.lines {
            // Asked again: the till may have learned of pieces since.
            let missing = self.missing_serial_nos(ground, line)?;
            if missing > 0 {
                let item_name = line.sold.item_name.clone();
                let error = CartError::SerialNosMissing { item_name, missing };
                return Ok(Some((line.id, error)));
            }
        }
        Ok(None)
    }

    fn missing_serial_nos(&self, ground: Ground<'_>, line: &CartLine) -> Result<usize, CartError> {
        Ok(missing_serial_nos(
            ground.catalog,
            &*line.item(ground)?,
            &ground.shop.profile.warehouse,
            line.stock_qty(),
            line.sold.serial_nos.len(),
        )?)
    }

    /// Checks the piece or batch that an addition names, or takes the batch that expires first.
    ///
    /// A lot that only the label names is its maker's, which ERPNext need not have as the name of a
    /// batch, and two makers may have the same: where no batch of the item is called so, the goods
    /// are sold as if the label named none.
    pub(super) fn choose_stock(
        &self,
        ground: Ground<'_>,
        line: &mut CartLine,
        is_labelled: bool,
    ) -> Result<(), CartError> {
        let item = line.item(ground)?;
        let (catalog, date) = (ground.catalog, ground.date);
        if let Some(serial_no) = line.sold.serial_nos.first() {
            let warehouse = &ground.shop.profile.warehouse;
            check_serial_no(catalog, &item, serial_no, warehouse, self.serial_nos())?;
        }
        if item.has_serial_no {
            // ERPNext knows the batch of each piece.
            line.sold.batch_no = None;
            return Ok(());
        }
        let named = line.sold.batch_no.take();
        line.sold.batch_on_package.clone_from(&named);
        if let Some(batch_no) = &named {
            match check_batch(catalog, &item, batch_no, date) {
                Ok(batch) => {
                    line.sold.batch_no = Some(batch.name);
                    return Ok(());
                }
                Err(BatchError::Unknown { .. } | BatchError::OfAnotherItem { .. })
                    if is_labelled => {}
                Err(error) => return Err(error.into()),
            }
        }
        let taken = self.taken_from_batches(None);
        let chosen = first_expiring(catalog, &item, date, &taken)?;
        line.sold.batch_no = chosen.map(|batch| batch.batch_no);
        line.label_remarks.batch = named.map(|named| {
            let item_name = &item.item_name;
            let instead = match &line.sold.batch_no {
                Some(batch_no) => format!("it is sold as batch {batch_no}"),
                None => "ERPNext picks one".to_owned(),
            };
            format!(
                "the package says batch {named}, and no batch of {item_name} is called so here; \
                 {instead}"
            )
        });
        Ok(())
    }

    /// Notes what a line lacks, serial numbers or goods in its batch, and what is in a bundle.
    pub(super) fn count_stock(
        &mut self,
        ground: Ground<'_>,
        place: usize,
    ) -> Result<(), CartError> {
        let line = &self.lines[place];
        let missing = self.missing_serial_nos(ground, line)?;
        let remark = self.batch_remark(ground, line)?;
        let item_code = &line.sold.item_code;
        let contents = bundle_contents(ground.shop, ground.catalog, item_code, line.stock_qty())?;
        let line = &mut self.lines[place];
        line.missing_serial_nos = missing;
        line.batch_remark = remark.map(|remark| remark.to_string());
        line.sold.contents = (!contents.is_empty()).then(|| contents_note(&contents));
        Ok(())
    }

    fn batch_remark(
        &self,
        ground: Ground<'_>,
        line: &CartLine,
    ) -> Result<Option<BatchRemark>, CartError> {
        let Some(batch_no) = &line.sold.batch_no else {
            return Ok(None);
        };
        let item = line.item(ground)?;
        let taken = self.taken_from_batches(Some(line.id));
        Ok(batch_remark(
            ground.catalog,
            &item,
            batch_no,
            ground.date,
            line.stock_qty(),
            &taken,
        )?)
    }
}
