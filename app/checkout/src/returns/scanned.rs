//! Which line of a receipt a scanned code is of.

use super::ReturnLine;
use crate::catalog::Catalog;
use crate::scan::Scanned;

impl ReturnLine<'_> {
    /// Whether what was scanned may have been sold on this line: the same item and, where both are
    /// known, the same batch. A lot that no batch of the item is called by was sold as any, unless
    /// the line has the one of its package. Pieces are known by their serial numbers.
    pub fn is_of(&self, found: &Scanned, catalog: &dyn Catalog) -> bool {
        let (item, batch_no) = match found {
            Scanned::Barcode { item, label, .. } => (item, label.batch_no.as_deref()),
            Scanned::Batch { item, batch } => (item, Some(batch.name.as_str())),
            Scanned::ItemCode { item } => (item, None),
            Scanned::SerialNo { .. } | Scanned::Coupon { .. } => return false,
        };
        if self.sold.item_code != item.item_code {
            return false;
        }
        let (sold, on_package) = (&self.sold.batch_no, &self.sold.batch_on_package);
        let Some(scanned) = batch_no.map(str::trim) else {
            return true;
        };
        let mut names = [sold, on_package].into_iter().flatten();
        if names.any(|name| name == scanned) {
            return true;
        }
        // Masters that cannot be read tell nothing against it.
        let known = || catalog.batch(scanned).ok().flatten();
        let is_of_item = || known().is_some_and(|batch| batch.item == item.item_code);
        on_package.is_none() && (sold.is_none() || !is_of_item())
    }
}
