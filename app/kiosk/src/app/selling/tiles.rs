//! What can be put into the cart: tiles by group, by search and by what sells most; customers.

use checkout::catalog::Catalog;
use checkout::shop::Shop;
use checkout::till::{Event, Till};
use slint::ComponentHandle;
use store::{StoreError, TileQuery};

use super::{App, NEW_CUSTOMER, NO_CUSTOMER};
use crate::screens::{amounts, words};
use crate::ui;

/// As many tiles as anybody scrolls through; searching finds the rest.
const MOST_TILES: u32 = 200;
/// What sold most in so many sales...
const RECENT_SALES: u32 = 200;
/// ...comes first: about a screenful.
const FAVOURITES: u32 = 20;

impl App {
    pub(in crate::app) fn group_chosen(&mut self, key: &str) {
        self.selling.choosing_customer = false;
        self.selling.group = key.to_owned();
        self.clear_search();
        self.reload_tiles();
    }

    pub(in crate::app) fn search_edited(&mut self, text: &str) {
        self.selling.search = text.to_owned();
        self.reload_tiles();
    }

    /// Enter in the search field: a code, typed or from a scanner that types, else the only item
    /// found.
    pub(in crate::app) fn search_accepted(&mut self, text: &str) {
        if self.selling.choosing_customer {
            return;
        }
        if hal::msr::Stripe::of(text).is_some() {
            self.clear_search();
            return self.scanned(text);
        }
        self.selling.search = text.to_owned();
        let only = match (self.is_barcode(text), self.find_tiles().as_slice()) {
            // The barcode may sell another unit than the item's own.
            (false, [only]) => Some(only.item_code.to_string()),
            _ => None,
        };
        self.clear_search();
        match only {
            Some(item_code) => self.step(Event::ItemChosen { item_code }),
            None => self.step(Event::Scanned(text.to_owned())),
        }
        self.reload_tiles();
    }

    fn is_barcode(&self, text: &str) -> bool {
        let mut spellings = checkout::scan::spellings(text).into_iter();
        spellings.any(|spelling| matches!(self.read.barcode(&spelling), Ok(Some(_))))
    }

    pub(in crate::app) fn customer_pressed(&mut self) {
        // The customers come where the sheets are.
        self.leave_approval();
        self.selling.close_sheets();
        self.counter.close_sheets();
        self.selling.choosing_customer = !self.selling.choosing_customer;
        self.clear_search();
        self.reload_tiles();
    }

    pub(in crate::app) fn clear_search(&mut self) {
        self.selling.search.clear();
        if let Some(window) = self.window.upgrade() {
            window.global::<ui::Sell>().set_search("".into());
        }
    }

    /// Looks the tiles and groups up again: after a search, a choice, or new masters.
    pub(in crate::app) fn reload_tiles(&mut self) {
        let Some(till) = &self.till else { return };
        match self.read.groups_with_items(till.shop()) {
            Ok(groups) => self.selling.groups = groups,
            Err(error) => tracing::warn!("the item groups cannot be read: {error}"),
        }
        let tiles = if self.selling.choosing_customer {
            self.customer_tiles()
        } else {
            self.find_tiles()
        };
        self.sell_screen.show_tiles(tiles, till.cart());
        self.selling.customer = self.customer_words(till);
        self.sell_screen.show_groups(self.groups());
        self.refresh();
    }

    /// The customer's points, and their price list where it is not everybody's.
    fn customer_words(&self, till: &Till) -> String {
        let shop = till.shop();
        let points = self
            .standing(till)
            .map(|standing| words::points(standing.points));
        let price_list = shop.price_list_of(till.cart().customer());
        let own = price_list != shop.profile.selling_price_list;
        let parts = [points, own.then(|| price_list.to_owned())];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        parts.join(" · ")
    }

    fn groups(&self) -> Vec<ui::ItemGroup> {
        let chip = |key: &str, label: &str| ui::ItemGroup {
            key: key.into(),
            label: label.into(),
            tone: self.tone(label),
        };
        let all = ui::ItemGroup {
            tone: -1,
            ..chip("", "All")
        };
        let groups = self.selling.groups.iter().map(|name| chip(name, name));
        std::iter::once(all).chain(groups).collect()
    }

    /// The colour of a group: neighbours among the chips differ.
    fn tone(&self, group: &str) -> i32 {
        let place = self.selling.groups.iter().position(|other| other == group);
        place
            .and_then(|place| i32::try_from(place).ok())
            .unwrap_or_default()
    }

    fn find_tiles(&self) -> Vec<ui::Tile> {
        let Some(till) = &self.till else {
            return vec![];
        };
        let shop = till.shop();
        let search = self.selling.search.trim();
        let query = TileQuery {
            group: (!self.selling.group.is_empty()).then_some(self.selling.group.as_str()),
            customer: till.cart().customer(),
            date: self.now().date(),
            limit: MOST_TILES,
            offset: 0,
        };
        let found = if search.is_empty() && query.group.is_none() {
            self.favourites_first(shop, &query)
        } else if search.is_empty() {
            self.read.tiles(shop, &query)
        } else {
            // A search looks everywhere, whatever group is chosen.
            self.read.search_items(
                shop,
                search,
                &TileQuery {
                    group: None,
                    ..query
                },
            )
        };
        let format = amounts(shop);
        let tile = |tile: store::Tile| ui::Tile {
            item_code: tile.item_code.as_str().into(),
            name: tile.item_name.as_str().into(),
            price: tile
                .price
                .map(|price| format.number(price))
                .unwrap_or_default()
                .into(),
            note: match (tile.is_template, tile.price) {
                (true, Some(_)) => "Choose, from",
                (true, None) => "Choose",
                (false, Some(_)) => "",
                (false, None) => "No price",
            }
            .into(),
            quantity: "".into(),
            tone: self.tone(&tile.item_group),
            enabled: tile.is_template || tile.price.is_some(),
        };
        match found {
            Ok(tiles) => tiles.into_iter().map(tile).collect(),
            Err(error) => {
                tracing::warn!("the items cannot be read: {error}");
                vec![]
            }
        }
    }

    /// All items by name, behind those that sell most.
    fn favourites_first(
        &self,
        shop: &Shop,
        query: &TileQuery<'_>,
    ) -> Result<Vec<store::Tile>, StoreError> {
        let favourites = &self.selling.favourites;
        let mut tiles = self.read.tiles_of_items(shop, favourites, query)?;
        let others = self.read.tiles(shop, query)?;
        tiles.extend(
            others
                .into_iter()
                .filter(|tile| !favourites.contains(&tile.item_code)),
        );
        tiles.truncate(MOST_TILES as usize);
        Ok(tiles)
    }

    /// Looks again what sells most; often enough at each sign-in.
    pub(in crate::app) fn reload_favourites(&mut self) {
        match self.read.records().most_sold(RECENT_SALES, FAVOURITES) {
            Ok(favourites) => self.selling.favourites = favourites,
            Err(error) => tracing::warn!("the favourites cannot be read: {error}"),
        }
    }

    fn customer_tiles(&self) -> Vec<ui::Tile> {
        let tile = |key: &str, name: &str, note: &str| ui::Tile {
            item_code: key.into(),
            name: name.into(),
            price: "".into(),
            note: note.into(),
            quantity: "".into(),
            tone: 7,
            enabled: true,
        };
        let mut tiles = vec![
            tile(NO_CUSTOMER, "No customer", "Walk-in"),
            tile(NEW_CUSTOMER, "New customer", "Add one"),
        ];
        let Some(till) = &self.till else { return tiles };
        let search = self.selling.search.trim();
        match self.read.search_customers(till.shop(), search, MOST_TILES) {
            Ok(customers) => tiles.extend(customers.iter().map(|customer| {
                let note = customer
                    .mobile_no
                    .as_deref()
                    .or(customer.customer_group.as_deref());
                tile(
                    &customer.name,
                    &customer.customer_name,
                    note.unwrap_or_default(),
                )
            })),
            Err(error) => tracing::warn!("the customers cannot be read: {error}"),
        }
        tiles
    }
}
