//! What this till sells most: those items come first on the Sell screen.

use checkout::masters::Item;
use checkout::shop::Shop;
use rusqlite::params;

use crate::catalog::{ReadStore, column};
use crate::column::from_json;
use crate::error::Result;
use crate::records::Records;
use crate::screens::TileQuery;
use crate::tile::Tile;

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
    /// The tiles of these items, in this order and each once, without those that cannot be sold
    /// now. A variant of a template stands for its template.
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
        let mut tiles: Vec<Tile> = Vec::new();
        for item_code in item_codes {
            let Some(item) = self.with_tile(item_code)? else {
                continue;
            };
            if tiles.iter().any(|tile| tile.item_code == item.item_code) {
                continue;
            }
            let ended = item.end_of_life.is_some_and(|end| end <= query.date);
            if !ended && shop.sells_group(&item.item_group) {
                tiles.push(self.tile(shop, customer.as_deref(), query.date, &item)?);
            }
        }
        Ok(tiles)
    }

    /// The item on whose tile an item is found: its own, or that of its template.
    fn with_tile(&self, item_code: &str) -> Result<Option<Item>> {
        self.find(
            "SELECT coalesce(template.body, item.body) FROM item
             LEFT JOIN item AS template
                 ON template.item_code = item.variant_of AND template.tile = 1
             WHERE item.item_code = ?1 AND (item.sellable = 1 OR item.tile = 1)",
            item_code,
            |row| from_json(column(row, 0)?, &format!("item {item_code}")),
        )
    }
}
