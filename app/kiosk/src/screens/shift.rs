//! The Open shift screen: the float as one sum, or counted by notes and coins.

use std::rc::Rc;

use checkout::denominations::denominations;
use checkout::money::Money;
use checkout::shop::Shop;
use slint::{ComponentHandle, ModelRc, VecModel};

use super::{amounts, update};
use crate::ui::{Denomination, Level, Shift, TillWindow};

/// The most of one denomination that a drawer holds.
const MOST_OF_ONE: i64 = 9_999;

/// The model and the counts of the Open shift screen.
pub struct ShiftScreen {
    rows: Rc<VecModel<Denomination>>,
    counts: Vec<i64>,
}

impl ShiftScreen {
    /// Connects an empty model to the window.
    pub fn new(window: &TillWindow) -> Self {
        let screen = Self {
            rows: Rc::default(),
            counts: Vec::new(),
        };
        window
            .global::<Shift>()
            .set_denominations(ModelRc::from(screen.rows.clone()));
        screen
    }

    /// Counts some more or fewer of a denomination.
    pub fn count(&mut self, place: usize, step: i32) {
        if let Some(count) = self.counts.get_mut(place) {
            *count = (*count + i64::from(step)).clamp(0, MOST_OF_ONE);
        }
    }

    /// Shows what was typed or counted and gives the float back when it is an amount. Nothing
    /// typed is an empty drawer.
    pub fn show(&mut self, window: &TillWindow, shop: &Shop) -> Option<Money> {
        let screen = window.global::<Shift>();
        let format = amounts(shop);
        let counted = self.show_denominations(shop);
        let float = if screen.get_by_denomination() {
            Some(counted)
        } else {
            match screen.get_entry().trim() {
                "" => Some(shop.currency.zero()),
                text => Money::parse(text, shop.currency).ok(),
            }
        };
        screen.set_can_open(float.is_some());
        let (level, sentence) = match float {
            Some(float) => {
                screen.set_amount(format.amount(float).into());
                (Level::Neutral, "")
            }
            None => (
                Level::Warning,
                "This is not an amount of money. Correct it to go on.",
            ),
        };
        screen.set_level(level);
        screen.set_sentence(sentence.into());
        float
    }

    fn show_denominations(&mut self, shop: &Shop) -> Money {
        let format = amounts(shop);
        let kinds = denominations(shop.currency);
        self.counts.resize(kinds.len(), 0);
        let mut sum = shop.currency.zero();
        let mut rows = Vec::new();
        for (kind, count) in kinds.into_iter().zip(&self.counts) {
            let amount = Money {
                units: kind.units.saturating_mul(*count),
                ..kind
            };
            sum = sum.plus(amount);
            rows.push(Denomination {
                label: format.amount(kind).into(),
                count: count.to_string().into(),
                amount: format.number(amount).into(),
            });
        }
        update(&self.rows, rows);
        sum
    }
}
