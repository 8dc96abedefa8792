//! What this till sells most: those items come first on the Sell screen.

use checkout::shop::Shop;
use rusqlite::params;

use crate::catalog::ReadStore;
use crate::error::Result;
use crate::records::Records;
use crate::screens::{Tile, TileQuery};

impl Records<'_> {
    /// The items that stood on most lines of the last `sales` sales, most first, at most `limit`.
    ///
    /// # Errors
    /// [`crate::StoreError`] when the sales cannot be read.
    pub fn most_sold(&self, sales: u32, limit: u32) -> Result<Vec<String>> {
        let mut statement = self.till.prepare_cached(
            "SELECT line.value ->> 'item_code' AS item_code
             FROM (SELECT body FROM sale ORDER BY number DESC LIMIT ?1) AS recent,
                  json_each(recent.body, '$.lines') AS line
             GROUP BY item_code ORDER BY count(*) DESC, item_code LIMIT ?2",
        )?;
        let codes = statement.query_map(params![sales, limit], |row| row.get(0))?;
        Ok(codes.collect::<rusqlite::Result<_>>()?)
    }
}

impl ReadStore {
    /// The tiles of these items, in this order, without those that cannot be sold now.
    ///
    /// # Errors
    /// [`crate::StoreError`] when they cannot be read.
    pub fn tiles_of_items(
        &self,
        shop: &Shop,
        item_codes: &[String],
        query: &TileQuery<'_>,
    ) -> Result<Vec<Tile>> {
        let customer = self.buyer(shop, query)?;
        let mut tiles = Vec::new();
        for item_code in item_codes {
            let Some(item) = self.sellable(item_code)? else {
                continue;
            };
            let ended = item.end_of_life.is_some_and(|end| end <= query.date);
            if !ended && shop.sells_group(&item.item_group) {
                tiles.push(self.tile(shop, customer.as_deref(), query.date, &item)?);
            }
        }
        Ok(tiles)
    }
}
