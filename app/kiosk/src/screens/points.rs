//! Paying with points.

use slint::ComponentHandle;

use crate::ui::{Level, Points, TillWindow};

/// What the tile and the sheet say.
#[derive(Default)]
pub struct PointsWords {
    /// "430 points, worth $21.50".
    pub balance: String,
    /// "Use up to $17.30", or why none can be used.
    pub offer: String,
    /// Whether any can be used.
    pub enabled: bool,
    /// "346 points" and "$17.30", what was typed.
    pub understood: String,
    /// What that is worth.
    pub worth: String,
    /// A hint or a refusal.
    pub sentence: String,
    /// How bad it is.
    pub level: Level,
    /// Whether what was typed can be used.
    pub can_redeem: bool,
}

/// Shows what a customer's points are worth; `None` for a customer without.
pub fn show(window: &TillWindow, words: Option<PointsWords>, shown: bool) {
    let points = window.global::<Points>();
    points.set_offered(words.is_some());
    points.set_shown(shown && words.is_some());
    let words = words.unwrap_or_default();
    points.set_balance(words.balance.into());
    points.set_offer(words.offer.into());
    points.set_enabled(words.enabled);
    points.set_understood(words.understood.into());
    points.set_worth(words.worth.into());
    points.set_sentence(words.sentence.into());
    points.set_level(words.level);
    points.set_can_redeem(words.can_redeem);
}
