//! The Sell screen's own state: group, search, the selected line, choosing a customer, and the
//! sheets over the catalogue.

mod line;
mod tiles;
mod understood;
mod variants;
mod weighing;
mod whole_sale;

use std::collections::BTreeMap;

use checkout::cart::CartLine;
use checkout::catalog::Catalog;
use checkout::quantity::Quantity;
use checkout::serial_no::missing_serial_nos;
use checkout::till::{Event, Till};
use slint::ComponentHandle;

use super::App;
use crate::screens::sell::{CartNotes, CartRow, cart_rows};
use crate::screens::words;
use crate::ui::{self, Level, TillWindow};

use variants::VariantPicker;

/// What the Sell screen shows besides the cart.
#[derive(Default)]
pub(super) struct SellState {
    pub(super) selected: Option<CartRow>,
    group: String,
    search: String,
    choosing_customer: bool,
    groups: Vec<String>,
    favourites: Vec<String>,
    /// The customer's points and price list, in words.
    customer: String,
    undo_text: String,
    /// What was refused, and on which part of which sheet it is said.
    refusal: Option<(Panel, String)>,
    /// The line that is open is weighed a second time: the weight comes to what it has.
    adds_weight: Option<u32>,
    /// The sheet for the whole sale is open.
    whole_sale: bool,
    variants: Option<VariantPicker>,
}

/// A part of a sheet, where what was typed into it is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Panel {
    Quantity,
    Price,
    Unit,
    Batch,
    SerialNos,
    Discount,
    Coupon,
    Points,
}

/// The tile of "nobody in particular" while a customer is chosen.
const NO_CUSTOMER: &str = "";
/// The tile of somebody who is not known yet; no customer's name begins so.
const NEW_CUSTOMER: &str = "\u{1}new";

impl SellState {
    /// What is undone is always the last change; an offer to undo an earlier one would undo the
    /// wrong thing. So it is with what was refused.
    pub(super) fn forget_the_last(&mut self) {
        self.undo_text.clear();
        self.refusal = None;
    }

    /// The next sale, or the next cashier, begins with what the shop sells.
    pub(super) fn begin_anew(&mut self) {
        *self = Self {
            groups: std::mem::take(&mut self.groups),
            favourites: std::mem::take(&mut self.favourites),
            ..Self::default()
        };
    }

    pub(super) fn close_variants(&mut self) {
        self.variants = None;
    }

    /// Something else comes in their place.
    pub(super) fn close_sheets(&mut self) {
        self.selected = None;
        self.whole_sale = false;
        self.variants = None;
    }

    /// Whether a coupon is what would be scanned now.
    pub(super) fn asks_for_coupon(&self, window: &TillWindow) -> bool {
        let section = window.global::<ui::WholeSale>().get_section();
        self.whole_sale && section == ui::WholeSaleSection::Coupon
    }

    /// What was refused on this part of a sheet.
    pub(super) fn refused(&self, panel: Panel) -> &str {
        match &self.refusal {
            Some((of, sentence)) if *of == panel => sentence,
            _ => "",
        }
    }
}

impl App {
    pub(super) fn tile_pressed(&mut self, key: &str) {
        if std::mem::take(&mut self.selling.choosing_customer) {
            if key == NEW_CUSTOMER {
                let name = std::mem::take(&mut self.selling.search);
                self.clear_search();
                self.reload_tiles();
                return self.new_customer_opened(&name);
            }
            self.clear_search();
            let customer = (key != NO_CUSTOMER).then(|| key.to_owned());
            self.step(Event::CustomerChosen(customer));
            return self.reload_tiles();
        }
        let before = self.quantities();
        self.step(Event::ItemChosen {
            item_code: key.to_owned(),
        });
        self.offer_weight(&before, None);
    }

    pub(super) fn line_selected(&mut self, place: i32) {
        self.leave_approval();
        self.selling.selected = self.row_at(place);
        self.selling.refusal = None;
        self.selling.adds_weight = None;
        if let (Some(row), Some(window)) = (self.selling.selected, self.window.upgrade()) {
            // One sheet at a time: another would lie over this one, or come back after it.
            self.selling.whole_sale = false;
            self.selling.variants = None;
            self.counter.close_sheets();
            self.open_line(&window, row);
        }
        self.refresh();
    }

    /// Gives the till an event out of a part of a sheet. What it refuses is said there, beside
    /// what was typed, and not at the top of the screen. Answers whether it was taken.
    pub(super) fn step_on(&mut self, panel: Panel, event: Event) -> bool {
        self.step(event);
        let refused = self.notice.take_if(|words| words.level == Level::Warning);
        let taken = refused.is_none();
        self.selling.refusal = refused.map(|words| (panel, words.one_sentence()));
        self.refresh();
        taken
    }

    pub(super) fn line_step(&mut self, place: i32, steps: i32) {
        let Some(line) = self.line_at(place) else {
            return;
        };
        let named = self.named(line);
        let had = self.count();
        self.step_on(Panel::Quantity, Event::QuantityStepped { line, steps });
        if self.count() < had {
            self.selling.selected = None;
            self.offer_undo(named);
        }
    }

    pub(super) fn line_quantity(&mut self, place: i32, text: &str) {
        if let Some(line) = self.line_at(place) {
            let text = text.to_owned();
            self.step_on(Panel::Quantity, Event::QuantityEntered { line, text });
        }
    }

    pub(super) fn line_removed(&mut self, place: i32) {
        let Some(line) = self.line_at(place) else {
            return;
        };
        let named = self.named(line);
        self.selling.selected = None;
        self.step(Event::LineRemoved { line });
        self.offer_undo(named);
    }

    pub(in crate::app) fn offer_undo(&mut self, removed: Option<String>) {
        let text = removed.map(|name| format!("Removed {name}"));
        self.selling.undo_text = text.unwrap_or_default();
        self.refresh();
    }

    pub(super) fn undo(&mut self) {
        self.selling.selected = None;
        self.step(Event::Undone);
    }

    pub(super) fn clear_cart(&mut self) {
        self.selling.selected = None;
        self.selling.whole_sale = false;
        self.step(Event::CartCleared);
        if self.till.as_ref().is_some_and(Till::can_undo) {
            self.selling.undo_text = "Emptied the cart".to_owned();
        }
        self.refresh();
    }

    /// The lines of the cart, and how much of each: what [`App::offer_weight`] compares with, and
    /// nothing where there is no scale.
    pub(super) fn quantities(&self) -> Vec<(u32, Quantity)> {
        if self.devices.scale().is_none() {
            return Vec::new();
        }
        let lines = self.till.as_ref().map(|till| till.cart().lines());
        lines
            .unwrap_or_default()
            .iter()
            .map(|line| (line.id, line.sold.qty))
            .collect()
    }

    fn count(&self) -> usize {
        let till = self.till.as_ref();
        till.map_or(0, |till| till.cart().lines().len())
    }

    fn named(&self, line: u32) -> Option<String> {
        self.line(line).map(|line| line.sold.item_name.clone())
    }

    fn line(&self, line: u32) -> Option<&CartLine> {
        let lines = self.till.as_ref()?.cart().lines();
        lines.iter().find(|other| other.id == line)
    }

    fn row_at(&self, place: i32) -> Option<CartRow> {
        let rows = cart_rows(self.till.as_ref()?.cart());
        rows.get(usize::try_from(place).ok()?).copied()
    }

    fn line_at(&self, place: i32) -> Option<u32> {
        match self.row_at(place)? {
            CartRow::Line(line) => Some(line),
            CartRow::Given(_) => None,
        }
    }

    /// Closes the sheet of a row that is not there any more. What a rule gives is known by its
    /// place alone, which is another's after any change.
    pub(super) fn keep_selected(&mut self) {
        if self.selected_line().is_none() {
            self.selling.selected = None;
        }
    }

    /// The selected line, where it is one that is sold.
    pub(super) fn selected_line(&self) -> Option<&CartLine> {
        match self.selling.selected? {
            CartRow::Line(line) => self.line(line),
            CartRow::Given(_) => None,
        }
    }

    pub(super) fn show_selling(&self, window: &TillWindow) {
        let Some(till) = &self.till else { return };
        let mut expiry = BTreeMap::new();
        for line in till.cart().lines() {
            if let Some(batch) = &line.sold.batch_no
                && let Ok(Some(found)) = self.read.batch(batch)
            {
                expiry.insert(batch.clone(), found.expiry_date);
            }
        }
        let best_before = |batch: &str| {
            let date = expiry.get(batch).copied().flatten()?;
            Some(format!("best before {}", words::day(date)))
        };
        let missing = |line: &CartLine| self.missing_words(line);
        let notes = CartNotes {
            batch: &best_before,
            missing: &missing,
            customer: &self.selling.customer,
        };
        let selected = self.selling.selected;
        self.sell_screen.show_cart(window, till, selected, &notes);
        let sell = window.global::<ui::Sell>();
        sell.set_group(self.selling.group.as_str().into());
        sell.set_undo_text(self.selling.undo_text.as_str().into());
        sell.set_quantity_error(self.selling.refused(Panel::Quantity).into());
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
        self.show_line(window);
        self.show_whole_sale(window);
        self.show_variants(window);
    }

    /// How many serial numbers a line needs before it can be paid.
    fn missing_serial_nos(&self, line: &CartLine) -> usize {
        let Some(till) = &self.till else { return 0 };
        let Ok(Some(item)) = self.read.item(&line.sold.item_code) else {
            return 0;
        };
        let warehouse = &till.shop().profile.warehouse;
        let stock_qty = line.sold.qty.to_f64() * line.sold.conversion_factor;
        let chosen = line.sold.serial_nos.len();
        missing_serial_nos(&self.read, &item, warehouse, stock_qty, chosen).unwrap_or_default()
    }

    fn missing_words(&self, line: &CartLine) -> Option<String> {
        match self.missing_serial_nos(line) {
            0 => None,
            1 => Some("A serial number is missing: scan or choose it.".to_owned()),
            missing => Some(format!(
                "{missing} serial numbers are missing: scan or choose them."
            )),
        }
    }
}
