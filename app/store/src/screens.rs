//! What the Sell screen finds: tiles by name, group and words, and customers.

use checkout::masters::{Customer, Item};
use checkout::shop::Shop;
use jiff::civil::Date;
use rusqlite::params;

use crate::catalog::{ReadStore, column};
use crate::column::from_json;
use crate::error::Result;
use crate::tile::Tile;

/// The most words that a search looks at.
const MOST_WORDS: usize = 8;
/// Hits that are put into order; who finds more types on.
const MOST_HITS: usize = 300;
/// Hits that are looked at where a till sells only some groups, or only to some.
const MOST_LOOKED_AT: u32 = 5_000;
/// A barcode is looked for by its beginning from this length on.
const SHORTEST_BARCODE: usize = 3;

/// Which items to show, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct TileQuery<'a> {
    /// Only items of this group and the groups below it; `None` for all that the till sells.
    pub group: Option<&'a str>,
    /// Who was chosen to buy; `None` for the profile's walk-in customer.
    pub customer: Option<&'a Customer>,
    /// The day on which they are sold.
    pub date: Date,
    /// How many at most.
    pub limit: u32,
    /// How many to leave out before; searches begin at the first.
    pub offset: u32,
}

/// A name that sorts as the index does, and the code.
type Place = (String, String);

impl ReadStore {
    /// Items that can be sold, by name, with their prices. The variants of a template are chosen
    /// from its tile and have none of their own.
    ///
    /// # Errors
    /// [`crate::StoreError`] when they cannot be read.
    pub fn tiles(&self, shop: &Shop, query: &TileQuery<'_>) -> Result<Vec<Tile>> {
        let places = match groups_sold(shop, query.group) {
            None => self.by_name(query)?,
            Some(groups) => {
                let mut places = Vec::new();
                for group in &groups {
                    places.extend(self.by_name_in_group(query, group)?);
                }
                places.sort_unstable();
                let shown = places.into_iter().skip(query.offset as usize);
                shown.take(query.limit as usize).collect()
            }
        };
        self.tiles_of(shop, query, &places)
    }

    /// Items that can be sold, variants and their templates too, and whose code, name or brand has words that begin with the words of
    /// `text`, or one of whose barcodes begins with it; all of them when it is empty. The code
    /// itself comes first, then barcodes, then names that begin with the text.
    ///
    /// # Errors
    /// [`crate::StoreError`] when they cannot be read.
    pub fn search_items(
        &self,
        shop: &Shop,
        text: &str,
        query: &TileQuery<'_>,
    ) -> Result<Vec<Tile>> {
        let Some(words) = match_expression(text) else {
            return self.tiles(
                shop,
                &TileQuery {
                    offset: 0,
                    ..*query
                },
            );
        };
        let groups = groups_sold(shop, query.group);
        let is_shown = |item: &Item| {
            item.end_of_life.is_none_or(|end| query.date < end)
                && groups
                    .as_ref()
                    .is_none_or(|groups| groups.contains(&item.item_group))
        };
        let mut items: Vec<Item> = Vec::new();
        let mut add = |item: Item| {
            if is_shown(&item) && !items.iter().any(|other| other.item_code == item.item_code) {
                items.push(item);
            }
        };
        let text = text.trim();
        self.chosen(text)?.into_iter().for_each(&mut add);
        for item_code in self.with_barcode_like(text)? {
            self.chosen(&item_code)?.into_iter().for_each(&mut add);
        }
        let first = items.len();
        self.with_words(&words, |item| {
            if is_shown(&item) && !items[..first].iter().any(|o| o.item_code == item.item_code) {
                items.push(item);
            }
            items.len() < first + MOST_HITS
        })?;
        let beginning = text.to_lowercase();
        items[first..].sort_by_cached_key(|item| {
            let name = item.item_name.to_lowercase();
            (!name.starts_with(&beginning), name, item.item_code.clone())
        });
        items.truncate(query.limit as usize);
        let customer = self.buyer(shop, query)?;
        let tiles = items.iter();
        tiles
            .map(|item| self.tile(shop, customer.as_deref(), query.date, item))
            .collect()
    }

    /// The groups that hold items this till sells, by name.
    ///
    /// # Errors
    /// [`crate::StoreError`] when they cannot be read.
    pub fn groups_with_items(&self, shop: &Shop) -> Result<Vec<String>> {
        // One look into the index for each group, however many items hang in it.
        let mut next = self.catalog.prepare_cached(
            "SELECT item_group FROM item WHERE tile = 1 AND item_group > ?1
             ORDER BY item_group LIMIT 1",
        )?;
        let mut groups: Vec<String> = Vec::new();
        let mut last = String::new();
        loop {
            let mut rows = next.query([&last])?;
            let Some(row) = rows.next()? else { break };
            last = row.get(0)?;
            if shop.sells_group(&last) {
                groups.push(last.clone());
            }
        }
        groups.sort_by_cached_key(|group| group.to_lowercase());
        Ok(groups)
    }

    /// Customers that this till sells to and whose names, telephone number, e-mail address or tax
    /// number have words that begin with the words of `text`; the first by name when it is empty.
    ///
    /// # Errors
    /// [`crate::StoreError`] when they cannot be read.
    pub fn search_customers(&self, shop: &Shop, text: &str, limit: u32) -> Result<Vec<Customer>> {
        let words = match_expression(text);
        let mut statement = self.catalog.prepare_cached(match words {
            Some(_) => {
                "SELECT customer.body FROM customer_words
                 CROSS JOIN customer ON customer.id = customer_words.rowid
                 WHERE customer_words MATCH ?1 LIMIT ?2"
            }
            None => "SELECT body FROM customer WHERE ?1 = '' ORDER BY name LIMIT ?2",
        })?;
        let mut rows = statement.query(params![words.unwrap_or_default(), MOST_LOOKED_AT])?;
        let mut customers = Vec::new();
        while let Some(row) = rows.next()? {
            let customer: Customer = from_json(&row.get::<_, String>(0)?, "a customer")?;
            if !customer.disabled && shop.sells_to(&customer) {
                customers.push(customer);
            }
            if customers.len() == MOST_HITS {
                break;
            }
        }
        let made_here = self.customers_made_here(text, limit)?;
        customers.extend(made_here.into_iter().filter(|it| shop.sells_to(it)));
        let beginning = text.trim().to_lowercase();
        customers.sort_by_cached_key(|customer| {
            let name = customer.customer_name.to_lowercase();
            (!name.starts_with(&beginning), name, customer.name.clone())
        });
        customers.truncate(limit as usize);
        Ok(customers)
    }

    fn by_name(&self, query: &TileQuery<'_>) -> Result<Vec<Place>> {
        let mut statement = self.catalog.prepare_cached(
            "SELECT item_name, item_code FROM item
             WHERE tile = 1 AND (end_of_life IS NULL OR end_of_life > ?1)
             ORDER BY item_name COLLATE NOCASE, item_code LIMIT ?2 OFFSET ?3",
        )?;
        let rows = statement.query_map(
            params![query.date.to_string(), query.limit, query.offset],
            place,
        )?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn by_name_in_group(&self, query: &TileQuery<'_>, group: &str) -> Result<Vec<Place>> {
        let mut statement = self.catalog.prepare_cached(
            "SELECT item_name, item_code FROM item
             WHERE tile = 1 AND item_group = ?1 AND (end_of_life IS NULL OR end_of_life > ?2)
             ORDER BY item_name COLLATE NOCASE, item_code LIMIT ?3",
        )?;
        let most = i64::from(query.limit) + i64::from(query.offset);
        let rows = statement.query_map(params![group, query.date.to_string(), most], place)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The item of a code, where it can be sold or its variants can.
    fn chosen(&self, item_code: &str) -> Result<Option<Item>> {
        self.find(
            "SELECT body FROM item WHERE item_code = ?1 AND (sellable = 1 OR tile = 1)",
            item_code,
            |row| from_json(column(row, 0)?, &format!("item {item_code}")),
        )
    }

    fn with_barcode_like(&self, text: &str) -> Result<Vec<String>> {
        if text.len() < SHORTEST_BARCODE {
            return Ok(Vec::new());
        }
        let mut statement = self.catalog.prepare_cached(
            "SELECT item_code FROM item_barcode WHERE barcode >= ?1 AND barcode < ?2
             ORDER BY barcode LIMIT ?3",
        )?;
        let end = format!("{text}{}", char::MAX);
        let rows = statement.query_map(params![text, end, MOST_HITS as i64], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Calls `visit` with the sellable items that have the words, until it answers false.
    fn with_words(&self, words: &str, mut visit: impl FnMut(Item) -> bool) -> Result<()> {
        let mut statement = self.catalog.prepare_cached(
            "SELECT item.body FROM item_words CROSS JOIN item ON item.id = item_words.rowid
             WHERE item_words MATCH ?1 AND (item.sellable = 1 OR item.tile = 1) LIMIT ?2",
        )?;
        let mut rows = statement.query(params![words, MOST_LOOKED_AT])?;
        while let Some(row) = rows.next()? {
            let body = row.get_ref(0)?.as_str().unwrap_or("");
            if !visit(from_json(body, "an item")?) {
                break;
            }
        }
        Ok(())
    }

    fn tiles_of(&self, shop: &Shop, query: &TileQuery<'_>, places: &[Place]) -> Result<Vec<Tile>> {
        let customer = self.buyer(shop, query)?;
        let mut tiles = Vec::with_capacity(places.len());
        for (_, item_code) in places {
            // It may have been deleted a moment ago.
            if let Some(item) = self.stored_item(item_code)? {
                tiles.push(self.tile(shop, customer.as_deref(), query.date, &item)?);
            }
        }
        Ok(tiles)
    }
}

fn place(row: &rusqlite::Row<'_>) -> rusqlite::Result<Place> {
    let name: String = row.get(0)?;
    Ok((name.to_ascii_lowercase(), row.get(1)?))
}

/// The groups to show: a group and all below it, without those that the till does not sell; `None`
/// for every group there is.
fn groups_sold(shop: &Shop, group: Option<&str>) -> Option<Vec<String>> {
    if group.is_none() && shop.profile.item_groups.is_empty() {
        return None;
    }
    let is_below = |name: &str| {
        group.is_none_or(|group| {
            name == group
                || shop
                    .item_group_and_above(name)
                    .any(|above| above.name == group)
        })
    };
    // The group itself may be one whose place in the tree was not downloaded yet.
    let unknown = group.filter(|group| !shop.item_groups.contains_key(*group));
    let names = shop.item_groups.keys().map(String::as_str).chain(unknown);
    let sold = names.filter(|name| is_below(name) && shop.sells_group(name));
    Some(sold.map(str::to_owned).collect())
}

/// What FTS5 is asked for: items that have, for each word, a word that begins with it. `None` when
/// there is nothing to look for.
fn match_expression(text: &str) -> Option<String> {
    let words: Vec<String> = text
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .take(MOST_WORDS)
        .map(|word| format!("\"{}\"*", word.replace(['"', '\0'], "")))
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}
