//! A document that ERPNext refused is settled by hand.

use store::{OutboxLine, SendState};

use super::ManagerScreen;
use super::sync::label;
use crate::screens::update;
use crate::ui;

/// Why a refused document may be settled: what was done about it in ERPNext.
pub fn reasons(line: &OutboxLine) -> &'static [&'static str] {
    match (line.doctype, &line.sent) {
        (
            "POS Invoice",
            SendState::Parked {
                booked_as: Some(_), ..
            },
        ) => &[
            "The difference is accepted",
            "Cancelled and booked anew in ERPNext",
        ],
        ("POS Invoice", _) => &[
            "Booked in ERPNext by hand",
            "Cancelled in ERPNext on purpose",
            "It is not to be booked",
        ],
        ("POS Closing Entry", _) => &["Closed in ERPNext by hand", "It is not to be closed there"],
        _ => &["Made in ERPNext by hand", "It is not needed there"],
    }
}

/// What becomes of it, in words.
fn effect(line: &OutboxLine) -> String {
    let what = match (line.doctype, &line.sent) {
        (
            "POS Invoice",
            SendState::Parked {
                booked_as: Some(name),
                ..
            },
        ) => format!("{name} stays in ERPNext as it is, and comes into the closing of its shift unless it is cancelled."),
        ("POS Invoice", _) => "The till sends it no more. If a draft of it lies in ERPNext, submit or delete it there; submitted, it comes into the till's next closing.".to_owned(),
        ("POS Closing Entry", _) => "The till sends it no more, and what has arrived of the shift comes into no other closing of the till.".to_owned(),
        ("Customer", _) => "The till sends it no more. The sales to this customer go on, and need the customer in ERPNext, made there with the key that the till named as Till Customer.".to_owned(),
        _ => "The till sends it no more. What waits for it goes on without it.".to_owned(),
    };
    format!("{what} It stays on record as {}.", label(line))
}

/// Whether a document can be settled.
pub fn is_refused(line: &OutboxLine) -> bool {
    matches!(line.sent, SendState::Parked { .. })
}

impl ManagerScreen {
    /// Shows what is asked about the document that is looked at; `reason` is the one chosen.
    pub fn show_settling(&self, sync: &ui::Sync<'_>, line: &OutboxLine, reason: Option<usize>) {
        let reasons = reasons(line).iter().map(|reason| (*reason).into());
        update(&self.reasons, reasons.collect());
        sync.set_settle_effect(effect(line).into());
        let reason = reason.and_then(|reason| i32::try_from(reason).ok());
        sync.set_reason(reason.unwrap_or(-1));
        sync.set_settling(true);
    }
}
