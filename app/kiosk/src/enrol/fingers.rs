//! From the callbacks of the Enrol screen and the queue to the state.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use slint::ComponentHandle;

use super::Enrol;
use crate::queue::Events;
use crate::ui::{self, TillWindow};

/// Connects the callbacks of the Enrol screen and the queue.
pub(super) fn connect(
    window: &TillWindow,
    state: &Rc<RefCell<Enrol>>,
    events: Arc<Events>,
) -> Result<(), slint::EventLoopError> {
    macro_rules! callbacks {
        ($($set:ident($($argument:ident),*) => |$enrol:ident| $act:expr;)*) => {
            $({
                // Not held: the window outlives the enrolment.
                let shared = Rc::downgrade(state);
                window.global::<ui::Enrol>().$set(move |$($argument),*| {
                    // An echo of what the state itself just set is dropped.
                    if let Some(shared) = shared.upgrade()
                        && let Ok(mut $enrol) = shared.try_borrow_mut()
                    {
                        $enrol.touched = Instant::now();
                        $act;
                        $enrol.refresh();
                    }
                });
            })*
        };
    }
    callbacks!(
        on_sheet_entered(text) => |enrol| enrol.sheet_entered(&text);
        on_sign_in_wanted() => |enrol| enrol.sign_in_wanted();
        on_code_typed(letter) => |enrol| enrol.code_typed(&letter);
        on_code_erased() => |enrol| enrol.code_erased();
        on_code_entered() => |enrol| enrol.code_entered();
        on_left() => |enrol| enrol.leave();
        on_began_again() => |enrol| enrol.begin_again();
        on_sign_in_edited() => |enrol| enrol.said = None;
        on_password_typed(text) => |enrol| enrol.password_typed(&text);
        on_password_erased() => |enrol| enrol.password_erased();
        on_signed_in() => |enrol| enrol.signed_in();
        on_profile_chosen(place) => |enrol| enrol.profile_chosen(usize::try_from(place).unwrap_or(usize::MAX));
        on_prefix_edited() => |enrol| enrol.said = None;
        on_enrolled() => |enrol| enrol.profile_entered();
    );
    // The event loop keeps this future for ever; the state ends with the enrolment.
    let receiver = Rc::downgrade(state);
    slint::spawn_local(async move {
        loop {
            let message = events.receive().await;
            let Some(state) = receiver.upgrade() else {
                break;
            };
            state.borrow_mut().message(message);
        }
    })?;
    Ok(())
}

impl Enrol {
    fn sheet_entered(&mut self, text: &str) {
        self.scanner = None;
        let text: String = text.chars().take(super::LONGEST_SHEET).collect();
        self.sheet_read(&text);
        if let Some(window) = self.window.upgrade() {
            window.global::<ui::Enrol>().set_sheet_text("".into());
        }
    }

    fn password_erased(&mut self) {
        self.password.pop();
    }

    fn code_erased(&mut self) {
        self.code.pop();
    }

    fn signed_in(&mut self) {
        if let Some(window) = self.window.upgrade() {
            let enrol = window.global::<ui::Enrol>();
            let (address, user) = (enrol.get_address(), enrol.get_user());
            if !address.trim().is_empty() && !user.trim().is_empty() {
                self.sign_in(&address, &user);
            }
        }
    }

    fn profile_entered(&mut self) {
        if let Some(window) = self.window.upgrade() {
            let prefix = window.global::<ui::Enrol>().get_prefix();
            if erpnext::office::is_prefix(prefix.trim()) {
                self.enrol_profile(&prefix);
            }
        }
    }
}
