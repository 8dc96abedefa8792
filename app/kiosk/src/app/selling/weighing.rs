//! The scale beside the line that is open.

use checkout::quantity::Quantity;
use checkout::till::{Event, Stage};
use checkout::weighing::is_by_weight;
use hal::{ErrorKind, HalError, Scale, ScaleHandle};

use super::Panel;
use crate::app::App;
use crate::screens::sell::CartRow;
use crate::screens::weight::{self, Weighing};
use crate::screens::words::Words;
use crate::ui::{Level, TillWindow};

impl App {
    /// What the scale says to the line that is open; `None` where there is no scale, or the line
    /// is sold by the piece.
    fn weighing(&self) -> Option<Weighing> {
        let scale = self.devices.scale()?;
        let (till, line) = (self.till.as_ref()?, self.selected_line()?);
        if line.must_be_whole_number || *till.stage() != Stage::Selling {
            return None;
        }
        let status = scale.device.status();
        let adds = self.selling.adds_weight == Some(line.id);
        Some(weight::weighing(till.shop(), line, &status, adds))
    }

    pub(in crate::app) fn show_weight(&self, window: &TillWindow) {
        let weighing = self.weighing();
        let scale = self.devices.scale();
        let told = weighing.as_ref().zip(scale).map(|(weighing, scale)| {
            let port = scale.device.status().port;
            (weighing, port, scale.protocol)
        });
        weight::show(window, told);
    }

    /// Goods that are sold by weight were put into the cart: where there is a scale their sheet
    /// opens, and the weight is one touch away. More of a line that was weighed already adds
    /// nothing by itself: its weight will. A weight that the scanned code itself told stays.
    pub(in crate::app) fn offer_weight(
        &mut self,
        before: &[(u32, Quantity)],
        scanned: Option<&str>,
    ) {
        let Some((till, _)) = self.till.as_ref().zip(self.devices.scale()) else {
            return;
        };
        let added = till
            .touched_line()
            .and_then(|line| self.line(line))
            .filter(|line| is_by_weight(till.shop(), line))
            .map(|line| (line.id, line.sold.qty));
        let (Some((line, qty)), Some(window)) = (added, self.window.upgrade()) else {
            return;
        };
        let was = before.iter().find(|(other, _)| *other == line);
        let was = was.map(|(_, qty)| *qty);
        if qty != was.unwrap_or(Quantity::ZERO).plus(Quantity::ONE) {
            return;
        }
        if scanned.is_some_and(|code| self.tells_quantity(code)) {
            return;
        }
        if was.is_some() {
            self.step(Event::Undone);
        }
        self.selling.adds_weight = was.map(|_| line);
        let row = CartRow::Line(line);
        self.selling.selected = Some(row);
        self.selling.whole_sale = false;
        self.open_line(&window, row);
        self.refresh();
    }

    /// Takes the weight, if it is still the one that the button told.
    pub(in crate::app) fn weight_taken(&mut self, told: &str) {
        let line = self.selected_line().map(|line| line.id);
        let qty = self
            .weighing()
            .filter(|weighing| weighing.action == told)
            .and_then(|weighing| weighing.qty);
        if let (Some(line), Some(qty)) = (line, qty) {
            let text = qty.to_string();
            if self.step_on(Panel::Quantity, Event::QuantityEntered { line, text }) {
                self.selling.selected = None;
                self.selling.adds_weight = None;
            }
        }
        self.refresh();
    }

    pub(in crate::app) fn scale_zeroed(&mut self) {
        self.tell_scale("The scale was not set to zero", Scale::zero);
    }

    pub(in crate::app) fn tare_taken(&mut self) {
        self.tell_scale("The tare was not taken", Scale::tare);
    }

    pub(in crate::app) fn tare_cleared(&mut self) {
        self.tell_scale("The tare is still taken off", Scale::clear_tare);
    }

    fn tell_scale(&mut self, failed: &str, order: fn(&ScaleHandle) -> Result<(), HalError>) {
        let told = self.devices.scale().map(|scale| order(&scale.device));
        match told {
            // What it has not done yet it does in a moment.
            Some(Err(error)) if error.kind() == ErrorKind::QueueFull => {}
            Some(Err(error)) => {
                let remedy = "See to the scale, or type the weight.";
                let cause = format!("{error}.");
                self.notice = Some(Words::new(Level::Warning, failed, cause, remedy));
            }
            Some(Ok(())) | None => {}
        }
        self.refresh();
    }
}
