//! Scanners that are keyboards, on every screen: a burst of keys too fast for fingers and Enter
//! behind it is a code; anything else is given back to the screen as it was typed.
//!
//! On Sell, typing begins a search and Enter looks the code up, so there nothing is held back but
//! what begins as a card reader's track does: a payment card's number is not for the screen.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use slint::platform::{Key, WindowEvent};
use slint::{ComponentHandle, SharedString, Timer, TimerMode};
use zeroize::Zeroizing;

use super::Shared;
use crate::ui::{self, ScreenName, TillWindow};

/// The longest pause between two keys of a scanner; a fast typist needs twice that.
const PAUSE: Duration = Duration::from_millis(30);
/// The fewest characters that make a code: more than most PINs and quantities have, which may
/// also arrive all at once when the machine was busy for a moment.
const SHORTEST: usize = 6;
/// The same of what begins as a card reader's track: what is said of a bad swipe.
const SHORTEST_TRACK: usize = 3;
/// The most characters that are held back: those of the longest code there is.
const LONGEST: usize = hal::MAX_CODE;

/// The keys that may become a code.
#[derive(Default)]
struct Wedge {
    /// Wiped when it goes: it may have been a PIN.
    held: Zeroizing<String>,
    last: Option<Instant>,
    /// The held keys are being given back: they are not to be held again.
    giving_back: bool,
}

enum Verdict {
    /// The screen's own.
    Leave,
    /// Held back until the next key or the pause.
    Hold,
    /// A whole code.
    Code(String),
    /// No code: the held keys first, then this one.
    GiveBack,
}

impl Wedge {
    fn key(&mut self, text: &str, now: Instant, on_sell: bool) -> Verdict {
        // A scanner presses Shift before each capital; that neither counts nor interrupts.
        if self.giving_back || is_modifier(text) {
            return Verdict::Leave;
        }
        let in_time = self
            .last
            .is_some_and(|last| now.duration_since(last) <= PAUSE);
        let enter = text == SharedString::from(Key::Return).as_str();
        let shortest = match self.held.starts_with(['%', ';']) {
            true => SHORTEST_TRACK,
            false => SHORTEST,
        };
        if enter && in_time && self.held.chars().count() >= shortest {
            return Verdict::Code(self.take().to_string());
        }
        let printable = !enter && crate::keys::is_text(text);
        let may_be_track = !self.held.is_empty() || matches!(text, "%" | ";");
        if (on_sell && !may_be_track) || !printable || self.held.len() + text.len() > LONGEST {
            return if self.held.is_empty() {
                Verdict::Leave
            } else {
                Verdict::GiveBack
            };
        }
        if self.held.is_empty() {
            // Growing would leave copies behind.
            self.held.reserve_exact(LONGEST);
        }
        self.held.push_str(text);
        self.last = Some(now);
        Verdict::Hold
    }

    fn take(&mut self) -> Zeroizing<String> {
        self.last = None;
        std::mem::take(&mut self.held)
    }
}

fn is_modifier(text: &str) -> bool {
    let modifiers = [
        Key::Shift,
        Key::ShiftR,
        Key::Control,
        Key::ControlR,
        Key::Alt,
        Key::AltGr,
        Key::CapsLock,
    ];
    modifiers
        .into_iter()
        .any(|key| text == SharedString::from(key).as_str())
}

/// Listens to the keys that no text field took.
pub(super) fn listen(window: &TillWindow, app: &Shared) {
    let wedge = Rc::new(RefCell::new(Wedge::default()));
    let (weak, app) = (window.as_weak(), Rc::downgrade(app));
    let timer = Rc::new(Timer::default());
    window.global::<ui::Till>().on_key_pressed(move |text| {
        let Some(window) = weak.upgrade() else {
            return false;
        };
        let on_sell =
            window.global::<ui::Till>().get_screen() == ScreenName::Sell && !has_sheet(&window);
        let verdict = wedge.borrow_mut().key(&text, Instant::now(), on_sell);
        match verdict {
            Verdict::Leave => false,
            Verdict::Hold => {
                let (weak, wedge) = (weak.clone(), wedge.clone());
                timer.start(TimerMode::SingleShot, PAUSE, move || {
                    if let Some(window) = weak.upgrade() {
                        give_back(&window, &wedge);
                    }
                });
                true
            }
            Verdict::Code(code) => {
                timer.stop();
                if let Some(app) = app.upgrade()
                    && let Ok(mut app) = app.try_borrow_mut()
                {
                    app.scanned(&code);
                }
                true
            }
            Verdict::GiveBack => {
                timer.stop();
                give_back(&window, &wedge);
                false
            }
        }
    });
}

/// Whether a sheet lies over the catalogue, so that typing begins no search.
fn has_sheet(window: &TillWindow) -> bool {
    window.global::<ui::Sell>().get_selected() >= 0
        || window.global::<ui::WholeSale>().get_shown()
        || window.global::<ui::Variants>().get_shown()
        || window.global::<ui::Approval>().get_shown()
        || window.global::<ui::Menu>().get_shown()
        || window.global::<ui::NewCustomer>().get_shown()
}

fn give_back(window: &TillWindow, wedge: &RefCell<Wedge>) {
    let held = wedge.borrow_mut().take();
    wedge.borrow_mut().giving_back = true;
    for key in held.chars() {
        let text = SharedString::from(key);
        window
            .window()
            .dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
        window
            .window()
            .dispatch_event(WindowEvent::KeyReleased { text });
    }
    wedge.borrow_mut().giving_back = false;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &str, pause: Duration) -> (Option<String>, String) {
        typed_on(keys, pause, false)
    }

    fn typed_on(keys: &str, pause: Duration, on_sell: bool) -> (Option<String>, String) {
        let mut wedge = Wedge::default();
        let mut now = Instant::now();
        let mut screen = String::new();
        for key in keys.chars() {
            now += pause;
            if pause > PAUSE {
                screen.push_str(&wedge.take());
            }
            let text = match key {
                '\n' => SharedString::from(Key::Return),
                '^' => SharedString::from(Key::Shift),
                key => SharedString::from(key),
            };
            match wedge.key(&text, now, on_sell) {
                Verdict::Code(code) => return (Some(code), screen),
                Verdict::GiveBack => screen.push_str(&wedge.take()),
                Verdict::Leave if on_sell => screen.push_str(&text),
                Verdict::Leave | Verdict::Hold => {}
            }
        }
        (None, screen)
    }

    #[test]
    fn a_burst_with_enter_is_a_code_and_slow_typing_is_not() {
        let fast = Duration::from_millis(5);
        let slow = Duration::from_millis(90);
        assert_eq!(
            typed("9780000001009\n", fast).0.as_deref(),
            Some("9780000001009")
        );
        assert_eq!(typed("2580\n", slow), (None, "2580".to_owned()));
        assert_eq!(
            typed("^XA^B123\n", fast).0.as_deref(),
            Some("XAB123"),
            "Shift before capitals"
        );
        assert_eq!(
            typed("12\n", fast),
            (None, "12".to_owned()),
            "two digits are no code"
        );
    }

    #[test]
    fn a_card_readers_track_is_kept_from_the_search_on_sell() {
        let fast = Duration::from_millis(5);
        let track = ";4242424242424242=29121010000?";
        assert_eq!(
            typed_on(&format!("{track}\n"), fast, true),
            (Some(track.to_owned()), String::new())
        );
        assert_eq!(
            typed_on("tea", fast, true),
            (None, "tea".to_owned()),
            "what is searched for is seen at once"
        );
    }

    #[test]
    fn endless_keys_are_given_back_and_not_kept() {
        let mut wedge = Wedge::default();
        let now = Instant::now();
        let mut given_back = false;
        for _ in 0..10 * LONGEST {
            if let Verdict::GiveBack = wedge.key("7", now, false) {
                wedge.take();
                given_back = true;
            }
            assert!(wedge.held.len() <= LONGEST);
        }
        assert!(given_back);
    }
}
