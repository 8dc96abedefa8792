//! On a box without a desktop: the second output of its graphics card, or another card.
//!
//! Slint's backend for Linux KMS has one window on one output. This wraps it: the till's window is
//! the backend's, the customer's is painted here, by the same renderer, into a buffer that an
//! output shows which the backend does not use. Only the process's first opening of a card may set
//! outputs (its "master"), so the backend's own file of the card is used, and another card's only
//! where the backend has none of it.
//!
//! Nothing here waits for the monitor: the buffer that is shown is painted into, and no page is
//! flipped, because the answers would come to the backend, which reads them all.

mod card;
mod window;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use i_slint_backend_linuxkms::BackendBuilder;
use i_slint_core::{InternalToken, SlintContextWeak};
use slint::platform::{Clipboard, EventLoopProxy, Platform, SetPlatformError, WindowAdapter};
use slint::{PlatformError, Timer, TimerMode};

use super::{Shown, is_opening, placing, set_shown};
use card::{Cards, Output, plugged};
use window::CustomerAdapter;

/// How often it is looked whether a monitor was plugged in or pulled.
const EACH: Duration = Duration::from_secs(2);
/// After so many looks an output that could not be used is tried again.
const AGAIN: u32 = 15;

/// Lets the till have a second screen on a box without a desktop. To be called before the first
/// window is made; does nothing where a desktop is.
///
/// # Errors
/// [`PlatformError`] when the backend cannot be used.
pub fn install() -> Result<(), PlatformError> {
    let is_desktop = ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    let other = std::env::var("SLINT_BACKEND").is_ok_and(|it| !it.starts_with("linuxkms"));
    if other || (cfg!(feature = "desktop") && is_desktop) {
        return Ok(());
    }
    let platform = Outputs {
        backend: Box::new(BackendBuilder::default().build()?),
    };
    match slint::platform::set_platform(Box::new(platform)) {
        Ok(()) | Err(SetPlatformError::AlreadySet) => Ok(()),
        Err(error) => Err(PlatformError::Other(error.to_string())),
    }
}

/// Slint's backend, with a window more.
struct Outputs {
    backend: Box<dyn Platform>,
}

impl Platform for Outputs {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        if is_opening() {
            return Ok(Customer::start());
        }
        self.backend.create_window_adapter()
    }

    fn run_event_loop(&self) -> Result<(), PlatformError> {
        self.backend.run_event_loop()
    }

    // Without it the backend has no event loop.
    fn bind_context(&self, context: SlintContextWeak, token: InternalToken) {
        self.backend.bind_context(context, token);
    }

    fn new_event_loop_proxy(&self) -> Option<Box<dyn EventLoopProxy>> {
        self.backend.new_event_loop_proxy()
    }

    fn clipboard_text(&self, clipboard: Clipboard) -> Option<String> {
        self.backend.clipboard_text(clipboard)
    }

    fn set_clipboard_text(&self, text: &str, clipboard: Clipboard) {
        self.backend.set_clipboard_text(text, clipboard);
    }
}

/// The customer's window and the output it is on, while there is one.
struct Customer {
    cards: RefCell<Cards>,
    output: RefCell<Option<Output>>,
    /// What was plugged in at the last look.
    seen: RefCell<Option<Vec<(String, bool)>>>,
    /// Looks until what failed is tried again.
    again: Cell<u32>,
}

impl Customer {
    /// A window that looks for its output by itself, until it is dropped.
    fn start() -> Rc<CustomerAdapter> {
        let customer = Rc::new(Self {
            cards: RefCell::default(),
            output: RefCell::default(),
            seen: RefCell::default(),
            again: Cell::new(0),
        });
        let painting = customer.clone();
        let adapter = CustomerAdapter::new(move |adapter| painting.paint(adapter));
        // The first look comes when the event loop runs: by then the backend has its output, and
        // what is left is ours.
        let weak = Rc::downgrade(&adapter);
        let timer = Timer::default();
        timer.start(TimerMode::Repeated, EACH, move || {
            if let Some(adapter) = weak.upgrade() {
                customer.look(&adapter);
            }
        });
        adapter.keep(timer);
        adapter
    }

    /// Looks whether a monitor came or went, and takes it or leaves it.
    fn look(&self, adapter: &CustomerAdapter) {
        let plugged = plugged();
        let is_as_before = self.seen.borrow().as_ref() == Some(&plugged);
        if is_as_before {
            match self.again.get() {
                0 => return,
                1 => {}
                looks => return self.again.set(looks - 1),
            }
        }
        self.again.set(0);
        let stays = self.output.borrow().as_ref().is_some_and(|output| {
            let is_it = |(name, connected): &(String, bool)| *connected && output.is_at(name);
            plugged.iter().any(is_it)
        });
        self.seen.replace(Some(plugged));
        if stays {
            return;
        }
        // The old one first: its output may be what is free.
        self.output.replace(None);
        let placing = placing();
        match self.cards.borrow_mut().free_output(&placing) {
            Ok(Some(output)) => {
                let (width, height) = output.size();
                set_shown(Shown::On {
                    output: output.name().to_owned(),
                    width,
                    height,
                });
                adapter.resize(width, height, placing.turn);
                self.output.replace(Some(output));
                self.paint(adapter);
            }
            Ok(None) => set_shown(Shown::NotConnected),
            Err(error) => self.failed(&error),
        }
    }

    fn paint(&self, adapter: &CustomerAdapter) {
        let mut output = self.output.borrow_mut();
        let Some(shown) = output.as_mut() else { return };
        let painted = adapter.render(|pixels, rows| shown.show(pixels, rows));
        if let Some(Err(error)) = painted {
            // Pulled in the middle; the next look finds what there is then.
            *output = None;
            self.seen.replace(None);
            self.failed(&error);
        }
    }

    fn failed(&self, error: &std::io::Error) {
        tracing::warn!("the customer's screen stays dark: {error}");
        self.again.set(AGAIN);
        set_shown(Shown::Failed(error.to_string()));
    }
}
