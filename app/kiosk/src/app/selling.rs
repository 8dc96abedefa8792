//! The Sell screen's own state: group, search, the selected line, choosing a customer.

use checkout::catalog::Catalog;
use checkout::shop::Shop;
use checkout::till::{Event, Till};
use slint::ComponentHandle;
use store::{StoreError, TileQuery};

use super::App;
use crate::screens::amounts;
use crate::ui::{self, TillWindow};

/// As many tiles as anybody scrolls through; searching finds the rest.
const MOST_TILES: u32 = 200;
/// What sold most in so many sales...
const RECENT_SALES: u32 = 200;
/// ...comes first: about a screenful.
const FAVOURITES: u32 = 20;

/// What the Sell screen shows besides the cart.
#[derive(Default)]
pub(super) struct SellState {
    pub(super) selected: Option<u32>,
    group: String,
    search: String,
    choosing_customer: bool,
    groups: Vec<String>,
    favourites: Vec<String>,
    undo_text: String,
    quantity_error: String,
}

/// The tile of "nobody in particular" while a customer is chosen.
const NO_CUSTOMER: &str = "";

impl SellState {
    /// What is undone is always the last change; an offer to undo an earlier one would undo the
    /// wrong thing.
    pub(super) fn forget_undo(&mut self) {
        self.undo_text.clear();
    }

    /// The next sale, or the next cashier, begins with what the shop sells.
    pub(super) fn begin_anew(&mut self) {
        *self = Self {
            groups: std::mem::take(&mut self.groups),
            favourites: std::mem::take(&mut self.favourites),
            ..Self::default()
        };
    }
}

impl App {
    pub(super) fn tile_pressed(&mut self, key: &str) {
        if std::mem::take(&mut self.selling.choosing_customer) {
            self.clear_search();
            let customer = (key != NO_CUSTOMER).then(|| key.to_owned());
            self.step(Event::CustomerChosen(customer));
            return self.reload_tiles();
        }
        self.step(Event::ItemChosen {
            item_code: key.to_owned(),
        });
    }

    pub(super) fn group_chosen(&mut self, key: &str) {
        self.selling.choosing_customer = false;
        self.selling.group = key.to_owned();
        self.clear_search();
        self.reload_tiles();
    }

    pub(super) fn search_edited(&mut self, text: &str) {
        self.selling.search = text.to_owned();
        self.reload_tiles();
    }

    /// Enter in the search field: a code, typed or from a scanner that types, else the only item
    /// found.
    pub(super) fn search_accepted(&mut self, text: &str) {
        if self.selling.choosing_customer {
            return;
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

    pub(super) fn customer_pressed(&mut self) {
        self.selling.choosing_customer = !self.selling.choosing_customer;
        self.clear_search();
        self.reload_tiles();
    }

    pub(super) fn line_selected(&mut self, place: i32) {
        self.selling.selected = self.line_at(place);
        self.selling.quantity_error.clear();
        self.refresh();
    }

    pub(super) fn line_step(&mut self, place: i32, step: i32) {
        let Some(till) = &self.till else { return };
        let line = usize::try_from(place)
            .ok()
            .and_then(|place| till.cart().lines().get(place));
        let Some(line) = line else { return };
        let quantity = line.sold.qty.to_f64() + f64::from(step);
        if quantity <= 0.0 {
            return self.line_removed(place);
        }
        let text = checkout::quantity::Quantity::from_f64(quantity).to_string();
        self.line_quantity(place, &text);
    }

    pub(super) fn line_quantity(&mut self, place: i32, text: &str) {
        let Some(line) = self.line_at(place) else {
            return;
        };
        self.step(Event::QuantityEntered {
            line,
            text: text.to_owned(),
        });
        // Said beside the field it was typed into, not at the top of the screen.
        self.selling.quantity_error = self
            .notice
            .take()
            .map(|words| words.title)
            .unwrap_or_default();
        self.refresh();
    }

    pub(super) fn line_removed(&mut self, place: i32) {
        let Some(line) = self.line_at(place) else {
            return;
        };
        let name = self.till.as_ref().and_then(|till| {
            let line = till.cart().lines().iter().find(|other| other.id == line)?;
            Some(line.sold.item_name.clone())
        });
        self.selling.selected = None;
        self.step(Event::LineRemoved { line });
        self.selling.undo_text = name
            .map(|name| format!("Removed {name}"))
            .unwrap_or_default();
        self.refresh();
    }

    pub(super) fn undo(&mut self) {
        self.selling.selected = None;
        self.step(Event::Undone);
    }

    pub(super) fn clear_cart(&mut self) {
        self.selling.selected = None;
        self.step(Event::CartCleared);
        if self.till.as_ref().is_some_and(Till::can_undo) {
            self.selling.undo_text = "Emptied the cart".to_owned();
        }
        self.refresh();
    }

    fn line_at(&self, place: i32) -> Option<u32> {
        let lines = self.till.as_ref()?.cart().lines();
        lines.get(usize::try_from(place).ok()?).map(|line| line.id)
    }

    pub(super) fn clear_search(&mut self) {
        self.selling.search.clear();
        if let Some(window) = self.window.upgrade() {
            window.global::<ui::Sell>().set_search("".into());
        }
    }

    pub(super) fn show_selling(&self, window: &TillWindow) {
        let sell = window.global::<ui::Sell>();
        sell.set_group(self.selling.group.as_str().into());
        sell.set_undo_text(self.selling.undo_text.as_str().into());
        sell.set_quantity_error(self.selling.quantity_error.as_str().into());
        sell.set_no_tiles(
            match (
                self.selling.choosing_customer,
                self.selling.search.is_empty(),
            ) {
                (true, _) => "No customer of that name".into(),
                (false, true) => "No items in this group".into(),
                (false, false) => "Nothing found".into(),
            },
        );
    }

    /// Looks the tiles and groups up again: after a search, a choice, or new masters.
    pub(super) fn reload_tiles(&mut self) {
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
        self.sell_screen.show_groups(self.groups());
        self.refresh();
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
            note: if tile.price.is_none() {
                "No price".into()
            } else {
                "".into()
            },
            quantity: "".into(),
            tone: self.tone(&tile.item_group),
            enabled: tile.price.is_some(),
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
    pub(super) fn reload_favourites(&mut self) {
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
        let mut tiles = vec![tile(NO_CUSTOMER, "No customer", "Walk-in")];
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
