//! The two things the screens must ask of Rust about text, because Slint has no words for them.

use slint::{ComponentHandle, SharedString};

use crate::ui::{Till, TillWindow};

/// Answers `Till.without-last` and `Till.is-text`. To be called once for every window.
pub fn install(window: &TillWindow) {
    let till = window.global::<Till>();
    till.on_without_last(|text| {
        let mut text = text.to_string();
        text.pop();
        text.into()
    });
    till.on_is_text(|text: SharedString| is_text(&text));
}

/// True for a character that can be written. Slint's codes for other keys are control
/// characters and the private-use block that starts at U+F700.
pub(crate) fn is_text(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|character| {
            !character.is_control() && !('\u{e000}'..='\u{f8ff}').contains(&character)
        })
}
