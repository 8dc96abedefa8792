//! The end of a shift: the count, the differences, the closing.

use std::sync::Arc;

use checkout::receipt::Copy;
use checkout::shift::ShiftClosing;
use checkout::shift::report::{self, Report};
use checkout::till::{Event, Stage};
use slint::ComponentHandle;

use super::super::App;
use super::Page;
use crate::screens::close_shift::{TillCount, unsent_note};
use crate::screens::paper;
use crate::ui::{CloseShift, PaperLine, TillWindow};

/// A shift that is being closed.
#[derive(Default)]
pub(super) struct ClosingState {
    count: TillCount,
    /// It was compared, and is counted again.
    recounting: bool,
    refused: String,
}

impl App {
    /// Begins a count, or goes on with one that was left.
    pub(super) fn begin_count(&mut self) {
        let Some(till) = &self.till else { return };
        let modes = till.shift_totals().map(|totals| totals.modes.as_slice());
        let modes = modes.unwrap_or_default();
        if !self.counter.closing.count.is_of(modes) {
            self.counter.closing.count = TillCount::new(modes, till.shop());
        }
        self.counter.closing.recounting = false;
        self.counter.closing.refused.clear();
    }

    /// Whether the count can be changed: not while the differences are looked at.
    fn is_counting(&self) -> bool {
        let stage = self.till.as_ref().map(|till| till.stage());
        !matches!(stage, Some(Stage::Counted(_) | Stage::ClosingShift(_)))
            || self.counter.closing.recounting
    }

    fn change_count(&mut self, change: impl FnOnce(&mut TillCount)) {
        if self.is_counting() {
            self.counter.closing.refused.clear();
            change(&mut self.counter.closing.count);
        }
        self.refresh();
    }

    pub(in crate::app) fn count_mode_chosen(&mut self, place: i32) {
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        self.change_count(|count| count.choose(place));
    }

    pub(in crate::app) fn count_method_changed(&mut self, by_denomination: bool) {
        self.change_count(|count| count.by_denomination(by_denomination));
    }

    pub(in crate::app) fn count_row_chosen(&mut self, row: i32) {
        let row = usize::try_from(row).unwrap_or_default();
        self.change_count(|count| count.choose_row(row));
    }

    pub(in crate::app) fn count_edited(&mut self, entry: &str) {
        self.change_count(|count| count.edited(entry));
    }

    pub(in crate::app) fn count_step(&mut self, step: i32) {
        self.change_count(|count| count.step(step));
    }

    /// On to the next mode of payment, or to the differences.
    pub(in crate::app) fn count_go_on(&mut self) {
        let Some(till) = self.till.as_ref().filter(|_| self.is_counting()) else {
            return;
        };
        let counts = self.counter.closing.count.counts(till.shop());
        match counts {
            Err(place) => self.counter.closing.count.choose(place),
            Ok(_) if self.counter.closing.count.go_on() => {}
            Ok(counts) => {
                let refused = self.step_on_page(Event::ShiftCounted(counts));
                self.counter.closing.recounting &= refused.is_some();
                self.counter.closing.refused = refused.unwrap_or_default();
            }
        }
        self.refresh();
    }

    pub(in crate::app) fn recount(&mut self) {
        self.leave_approval();
        self.counter.closing.recounting = true;
        self.counter.closing.refused.clear();
        self.counter.closing.count.choose(0);
        self.refresh();
    }

    /// The shift goes on; what was counted stays until it is closed or somebody else signs in.
    pub(in crate::app) fn count_left(&mut self) {
        self.counter.closing.recounting = false;
        self.close_page();
        self.step(Event::CountLeft);
    }

    pub(in crate::app) fn closing_confirmed(&mut self) {
        if !self.is_counting() {
            self.step(Event::ShiftClosingConfirmed);
        }
    }

    pub(in crate::app) fn show_close_shift(&self, window: &TillWindow) {
        let Some(till) = &self.till else { return };
        let ui = window.global::<CloseShift>();
        let number = till.shift().map_or(0, |shift| shift.number);
        ui.set_title(format!("Close shift {number}").into());
        ui.set_note(unsent_note(&self.outbox).into());
        let (closing, saving) = match till.stage() {
            Stage::Counted(closing) => (closing, false),
            Stage::ClosingShift(closing) => (closing, true),
            _ => return self.show_count(window),
        };
        if self.counter.closing.recounting {
            return self.show_count(window);
        }
        let report = self.z_lines(closing);
        self.close_shift_screen
            .show_differences(window, till.shop(), closing, report, saving);
    }

    fn show_count(&self, window: &TillWindow) {
        let Some(till) = &self.till else { return };
        let closing = &self.counter.closing;
        self.close_shift_screen
            .show_count(window, till.shop(), &closing.count, &closing.refused);
    }

    /// The Z report as it will be printed.
    fn z_lines(&self, closing: &ShiftClosing) -> Vec<PaperLine> {
        let Some(till) = &self.till else {
            return vec![];
        };
        let report = Report::Z(Arc::new(closing.clone()), Copy::Original);
        let prefix = &till.identity().prefix;
        paper::lines(&report::compose(
            &report,
            prefix,
            till.shop(),
            &self.receipt_head,
        ))
    }

    /// The shift is closed: nothing of its count is left.
    pub(super) fn shift_was_closed(&mut self) {
        self.counter.closing = ClosingState::default();
        self.counter.page = Page::None;
    }
}
