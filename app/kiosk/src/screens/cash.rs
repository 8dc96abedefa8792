//! The screen of cash in, cash out and opening the drawer.

use std::rc::Rc;

use checkout::money::Money;
use checkout::shift::{CashDirection, CashMovement};
use checkout::shop::Shop;
use slint::{ComponentHandle, ModelRc, SharedString, VecModel};

use super::done::ReceiptState;
use super::{amounts, update};
use crate::ui::{Cash, CashWay, Level, TillWindow};

const REASONS_IN: [&str; 4] = ["More change", "From the safe", "Float raised", "Found"];
const REASONS_OUT: [&str; 6] = [
    "To the bank",
    "To the safe",
    "Supplier paid",
    "Postage",
    "Cleaning",
    "Wages advance",
];
const REASONS_DRAWER: [&str; 3] = ["Change wanted", "Sorting the drawer", "Counting"];

/// What the cashier typed, as far as it can be carried out.
pub struct Asked {
    /// How much; `None` for opening the drawer.
    pub amount: Option<Money>,
    /// Why.
    pub reason: String,
}

/// The model of the screen.
pub struct CashScreen {
    reasons: Rc<VecModel<SharedString>>,
}

impl CashScreen {
    /// Connects an empty model to the window.
    pub fn new(window: &TillWindow) -> Self {
        let screen = Self {
            reasons: Rc::default(),
        };
        window
            .global::<Cash>()
            .set_reasons(ModelRc::from(screen.reasons.clone()));
        screen
    }

    /// Empties what was typed.
    pub fn clear(window: &TillWindow) {
        let screen = window.global::<Cash>();
        screen.set_entry("".into());
        screen.set_reason("".into());
    }

    /// Shows what was typed and gives it back when it can be carried out. `refused` is what the
    /// till said about the last try.
    pub fn show(
        &self,
        window: &TillWindow,
        shop: &Shop,
        way: CashWay,
        refused: &str,
    ) -> Option<Asked> {
        let screen = window.global::<Cash>();
        screen.set_kept(false);
        screen.set_way(way);
        let reasons: &[&str] = match way {
            CashWay::CashIn => &REASONS_IN,
            CashWay::CashOut => &REASONS_OUT,
            CashWay::Drawer => &REASONS_DRAWER,
        };
        update(
            &self.reasons,
            reasons.iter().map(|reason| (*reason).into()).collect(),
        );
        let entry = screen.get_entry();
        let typed = match entry.trim() {
            "" => Ok(None),
            text => Money::parse(text, shop.currency).map(Some),
        };
        let amount = typed.as_ref().ok().copied().flatten();
        let shown = amount.map(|amount| amounts(shop).amount(amount));
        screen.set_amount(shown.unwrap_or_default().into());
        let reason = screen.get_reason().trim().to_owned();
        let drawer = way == CashWay::Drawer;
        let missing = match (&typed, amount) {
            (Err(_), _) => Some("This is not an amount of money. Correct it to go on."),
            _ if drawer && reason.is_empty() => Some("Choose or type a reason."),
            _ if drawer => None,
            (_, None) => Some("Type the amount."),
            (_, Some(amount)) if !amount.is_positive() => Some("Type an amount above zero."),
            _ if reason.is_empty() => Some("Choose or type a reason."),
            _ => None,
        };
        let wrong = typed.is_err() || !refused.is_empty();
        screen.set_level(if wrong {
            Level::Warning
        } else {
            Level::Neutral
        });
        let sentence = if refused.is_empty() {
            missing.unwrap_or_default()
        } else {
            refused
        };
        screen.set_sentence(sentence.into());
        screen.set_can_confirm(missing.is_none());
        missing.is_none().then_some(Asked {
            amount: if drawer { None } else { amount },
            reason,
        })
    }

    /// Shows what was kept, and how its slip fares.
    pub fn show_kept(
        &self,
        window: &TillWindow,
        shop: &Shop,
        movement: &CashMovement,
        slip: ReceiptState,
    ) {
        let screen = window.global::<Cash>();
        screen.set_way(match movement.direction {
            CashDirection::In => CashWay::CashIn,
            CashDirection::Out => CashWay::CashOut,
        });
        screen.set_kept(true);
        screen.set_done_title(amounts(shop).amount(movement.amount).into());
        screen.set_done_detail(movement.reason.as_str().into());
        let (level, sentence, remedy) = slip.words_of("slip", "It is kept all the same.");
        screen.set_slip_level(level);
        screen.set_slip_sentence(sentence.into());
        screen.set_slip_remedy(remedy.into());
        screen.set_can_reprint(slip.can_reprint());
    }
}
