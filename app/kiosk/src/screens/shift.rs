//! The Open shift screen.

use checkout::money::Money;
use checkout::shop::Shop;
use slint::ComponentHandle;

use super::amounts;
use crate::ui::{Level, Shift, TillWindow};

/// Shows what the typed float means and gives it back when it means an amount. Nothing typed is
/// an empty drawer.
pub fn show(window: &TillWindow, shop: &Shop) -> Option<Money> {
    let shift = window.global::<Shift>();
    let entry = shift.get_entry();
    let float = match entry.trim() {
        "" => Some(shop.currency.zero()),
        text => Money::parse(text, shop.currency).ok(),
    };
    shift.set_can_open(float.is_some());
    match float {
        Some(float) => {
            shift.set_amount(amounts(shop).number(float).into());
            shift.set_level(Level::Neutral);
            shift.set_sentence("".into());
        }
        None => {
            shift.set_level(Level::Warning);
            shift.set_sentence("This is not an amount of money. Correct it to go on.".into());
        }
    }
    float
}
