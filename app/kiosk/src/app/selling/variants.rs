//! Choosing the variant of a template.

use std::sync::Arc;

use checkout::catalog::Catalog;
use checkout::masters::Item;
use checkout::till::Event;
use checkout::variant::{Selection, Variants};
use slint::ComponentHandle;
use store::TileQuery;

use crate::app::App;
use crate::screens::amounts;
use crate::ui::{self, TillWindow};

/// What is being chosen.
pub(super) struct VariantPicker {
    template: Arc<Item>,
    variants: Variants,
    selection: Selection,
}

impl App {
    /// The till asks which variant is meant.
    pub(in crate::app) fn choose_variant(&mut self, template: &str) {
        self.counter.close_sheets();
        let Some(till) = &self.till else { return };
        let found = self.read.item(template).and_then(|item| {
            let Some(template) = item else {
                return Ok(None);
            };
            let date = self.now().date();
            let variants = Variants::of(till.shop(), &self.read, &template, date)?;
            Ok(Some(VariantPicker {
                template,
                variants,
                selection: Selection::new(),
            }))
        });
        match found {
            Ok(picker) => {
                self.selling.selected = None;
                self.selling.whole_sale = false;
                self.selling.variants = picker;
            }
            Err(error) => tracing::warn!("the variants of {template} cannot be read: {error}"),
        }
    }

    pub(in crate::app) fn variants_closed(&mut self) {
        self.selling.variants = None;
        self.refresh();
    }

    /// Chooses a value, or lets the chosen one go.
    pub(in crate::app) fn variant_value(&mut self, attribute: i32, value: i32) {
        if let Some(picker) = &mut self.selling.variants {
            picker.choose(attribute, value);
        }
        self.refresh();
    }

    /// Puts the chosen variant into the cart.
    pub(in crate::app) fn variant_added(&mut self) {
        let picker = self.selling.variants.as_ref();
        let chosen = picker.and_then(|picker| picker.variants.chosen(&picker.selection));
        if let Some(item_code) = chosen.map(|item| item.item_code.clone()) {
            self.selling.variants = None;
            self.step(Event::ItemChosen { item_code });
        }
    }

    pub(super) fn show_variants(&self, window: &TillWindow) {
        let sheet = window.global::<ui::Variants>();
        if let Some(picker) = &self.selling.variants {
            let VariantPicker {
                template,
                variants,
                selection,
            } = picker;
            let chosen = variants.chosen(selection);
            let price = chosen.and_then(|item| self.tile_price(&item.item_code));
            self.variant_sheet
                .show(window, template, variants, selection, price);
        }
        sheet.set_shown(self.selling.variants.is_some());
    }

    /// What an item costs before rules, as its tile says.
    fn tile_price(&self, item_code: &str) -> Option<String> {
        let till = self.till.as_ref()?;
        let query = TileQuery {
            group: None,
            customer: till.cart().customer(),
            date: self.now().date(),
            limit: 1,
            offset: 0,
        };
        let codes = [item_code.to_owned()];
        let tiles = self.read.tiles_of_items(till.shop(), &codes, &query);
        let price = tiles.ok()?.into_iter().next()?.price?;
        Some(amounts(till.shop()).amount(price))
    }
}

impl VariantPicker {
    fn choose(&mut self, attribute: i32, value: i32) {
        let place = |place: i32| usize::try_from(place).ok();
        let attributes = self.variants.attributes();
        let Some(attribute) = place(attribute).and_then(|place| attributes.get(place)) else {
            return;
        };
        let Some(value) = place(value).and_then(|place| attribute.values.get(place)) else {
            return;
        };
        let key = attribute.attribute.clone();
        if self.selection.get(&key) == Some(value) {
            self.selection.remove(&key);
        } else {
            self.selection.insert(key, value.clone());
        }
    }
}
