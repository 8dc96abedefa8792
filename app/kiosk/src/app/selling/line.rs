//! The sheet of the selected line.

use checkout::batch::{Taken, batch_choices};
use checkout::cart::{CartLine, PriceChange};
use checkout::catalog::{Catalog, CatalogError};
use checkout::masters::Item;
use checkout::pricing::PriceQuery;
use checkout::serial_no::serial_no_choices;
use checkout::till::{Event, Till};
use checkout::uom::uom_choices;
use slint::ComponentHandle;

use super::Panel;
use super::understood::{Understood, level};
use crate::app::App;
use crate::screens::line::LineChoices;
use crate::screens::sell::CartRow;
use crate::ui::{self, LineSection, PriceWay, TillWindow};

impl App {
    /// Opens the sheet on a row of the cart, at what is most likely wanted.
    pub(in crate::app) fn open_line(&self, window: &TillWindow, row: CartRow) {
        let sheet = window.global::<ui::Line>();
        sheet.set_price_entry("".into());
        sheet.set_serial_entry("".into());
        let profile = self.till.as_ref().map(|till| &till.shop().profile);
        let may_discount = profile.is_some_and(|profile| profile.allow_discount_change);
        sheet.set_price_way(if may_discount {
            PriceWay::Percentage
        } else {
            PriceWay::Rate
        });
        let missing = match row {
            CartRow::Line(line) => self.line(line).map(|line| self.missing_serial_nos(line)),
            CartRow::Given(_) => None,
        };
        sheet.set_section(match (row, missing) {
            (CartRow::Given(_), _) => LineSection::Why,
            (CartRow::Line(_), Some(1..)) => LineSection::Serials,
            (CartRow::Line(_), _) => LineSection::Quantity,
        });
    }

    /// The till asks for the pieces of a line.
    pub(in crate::app) fn choose_serial_nos(&mut self, line: u32) {
        let row = CartRow::Line(line);
        self.selling.selected = Some(row);
        self.selling.whole_sale = false;
        if let Some(window) = self.window.upgrade() {
            self.open_line(&window, row);
            window
                .global::<ui::Line>()
                .set_section(LineSection::Serials);
        }
    }

    pub(super) fn show_line(&self, window: &TillWindow) {
        let (Some(till), Some(row)) = (&self.till, self.selling.selected) else {
            return;
        };
        let shop = till.shop();
        match row {
            CartRow::Given(place) => {
                if let Some(given) = till.cart().given().get(place) {
                    self.line_sheet.show_given(window, shop, given);
                }
            }
            CartRow::Line(line) => {
                let Some(line) = self.line(line) else { return };
                let choices = self.choices(till, line).unwrap_or_else(|error| {
                    tracing::warn!("{}: {error}", line.sold.item_code);
                    LineChoices::default()
                });
                self.line_sheet.show(window, shop, line, &choices);
                self.show_refusals(window);
                self.show_price(window, line);
                self.show_weight(window);
            }
        }
    }

    fn show_refusals(&self, window: &TillWindow) {
        let sheet = window.global::<ui::Line>();
        sheet.set_unit_sentence(self.selling.refused(Panel::Unit).into());
        sheet.set_batch_sentence(self.selling.refused(Panel::Batch).into());
        let serial_nos = self.selling.refused(Panel::SerialNos);
        sheet.set_serial_sentence(serial_nos.into());
        sheet.set_serial_level(level(serial_nos));
    }

    fn choices(&self, till: &Till, line: &CartLine) -> Result<LineChoices, CatalogError> {
        let Some(item) = self.read.item(&line.sold.item_code)? else {
            return Ok(LineChoices::default());
        };
        let (shop, cart) = (till.shop(), till.cart());
        let units = uom_choices(shop, &self.read, self.query(till, line, &item))?;
        let others = cart.lines().iter().filter(|other| other.id != line.id);
        let batches = if item.has_batch_no {
            let mut taken = Taken::new();
            for other in others.clone() {
                if let Some(batch) = &other.sold.batch_no {
                    let stock_qty = other.sold.qty.to_f64() * other.sold.conversion_factor;
                    *taken.entry(batch.clone()).or_default() += stock_qty;
                }
            }
            let date = self.now().date();
            Some(batch_choices(&self.read, &item, date, &taken)?)
        } else {
            None
        };
        let serial_nos = if item.has_serial_no {
            let in_cart = others.flat_map(|other| &other.sold.serial_nos);
            let in_cart = in_cart.map(String::as_str);
            let warehouse = &shop.profile.warehouse;
            Some(serial_no_choices(&self.read, &item, warehouse, in_cart)?)
        } else {
            None
        };
        Ok(LineChoices {
            units,
            batches,
            serial_nos,
            missing: self.missing_serial_nos(line),
        })
    }

    fn query<'a>(&self, till: &'a Till, line: &'a CartLine, item: &'a Item) -> PriceQuery<'a> {
        let customer = till.cart().customer();
        PriceQuery {
            item,
            price_list: till.shop().price_list_of(customer),
            customer: customer.map(|customer| customer.name.as_str()),
            uom: &line.sold.uom,
            qty: line.sold.qty,
            batch_no: line.sold.batch_no.as_deref(),
            date: self.now().date(),
        }
    }

    /// What the typed price would mean.
    fn show_price(&self, window: &TillWindow, line: &CartLine) {
        let sheet = window.global::<ui::Line>();
        let entry = sheet.get_price_entry();
        let refused = self.selling.refused(Panel::Price);
        let understood = match entry.trim() {
            "" => Understood::nothing(refused),
            typed => self.price_understood(line.id, &price_change(sheet.get_price_way(), typed)),
        };
        sheet.set_can_set_price(understood.can_set());
        sheet.set_price_understood(understood.text.into());
        sheet.set_price_level(understood.level);
        sheet.set_price_sentence(understood.sentence.into());
        sheet.set_price_needs_approval(understood.needs_approval);
    }

    pub(in crate::app) fn price_set(&mut self, way: PriceWay, entry: &str) {
        if let Some(line) = self.selected_line().map(|line| line.id) {
            let change = Some(price_change(way, entry.trim()));
            if self.step_on(Panel::Price, Event::PriceChanged { line, change }) {
                self.clear_entry();
            }
        }
    }

    pub(in crate::app) fn price_reset(&mut self) {
        if let Some(line) = self.selected_line().map(|line| line.id) {
            let change = None;
            self.step_on(Panel::Price, Event::PriceChanged { line, change });
            self.clear_entry();
        }
    }

    fn clear_entry(&mut self) {
        if let Some(window) = self.window.upgrade() {
            window.global::<ui::Line>().set_price_entry("".into());
        }
        self.refresh();
    }

    // What was chosen is what the screen shows, by name: masters may have come since.

    pub(in crate::app) fn unit_chosen(&mut self, place: i32) {
        let line = self.selected_line().map(|line| line.id);
        if let (Some(line), Some(uom)) = (line, self.line_sheet.unit(place)) {
            self.step_on(Panel::Unit, Event::UomChosen { line, uom });
        }
    }

    pub(in crate::app) fn batch_chosen(&mut self, place: i32) {
        let line = self.selected_line().map(|line| line.id);
        if let (Some(line), Some(batch_no)) = (line, self.line_sheet.batch(place)) {
            self.step_on(Panel::Batch, Event::BatchChosen { line, batch_no });
        }
    }

    pub(in crate::app) fn serial_toggled(&mut self, place: i32) {
        let toggled = self.line_sheet.serial_no(place);
        let (Some(line), Some(toggled)) = (self.selected_line(), toggled) else {
            return;
        };
        let mut serial_nos = line.sold.serial_nos.clone();
        if serial_nos.contains(&toggled) {
            serial_nos.retain(|chosen| *chosen != toggled);
        } else {
            serial_nos.push(toggled);
        }
        let line = line.id;
        self.step_on(
            Panel::SerialNos,
            Event::SerialNosChosen { line, serial_nos },
        );
    }

    /// A serial number was typed, or scanned while its line is open.
    pub(in crate::app) fn serial_entered(&mut self, text: &str) {
        let (Some(line), text) = (self.selected_line(), text.trim()) else {
            return;
        };
        if text.is_empty() {
            return;
        }
        let mut serial_nos = line.sold.serial_nos.clone();
        serial_nos.push(text.to_owned());
        let line = line.id;
        let taken = self.step_on(
            Panel::SerialNos,
            Event::SerialNosChosen { line, serial_nos },
        );
        if let (true, Some(window)) = (taken, self.window.upgrade()) {
            window.global::<ui::Line>().set_serial_entry("".into());
        }
    }
}

fn price_change(way: PriceWay, typed: &str) -> PriceChange {
    let typed = typed.to_owned();
    match way {
        PriceWay::Rate => PriceChange::Rate(typed),
        PriceWay::Percentage => PriceChange::DiscountPercentage(typed),
        PriceWay::Amount => PriceChange::DiscountAmount(typed),
    }
}
