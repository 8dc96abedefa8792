//! Where the window in front of the customer is shown: the second monitor of a desktop, the second
//! output of a box without one, or memory.
//!
//! Slint asks its platform for a window without saying which, so the till says it here: a platform
//! that has two screens asks [`is_opening`].

#[cfg(feature = "desktop")]
mod desktop;
#[cfg(feature = "appliance")]
mod outputs;

use std::cell::{Cell, RefCell};

use slint::{CloseRequestResponse, ComponentHandle, PlatformError};

#[cfg(feature = "appliance")]
pub use outputs::install;

thread_local! {
    static OPENING: Cell<bool> = const { Cell::new(false) };
    static SHOWN: RefCell<Shown> = const { RefCell::new(Shown::Nowhere) };
    static PLACING: RefCell<Placing> = const { RefCell::new(Placing { output: None, turn: Turn::None }) };
}

/// How the second screen is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Shown {
    /// None was asked for, or this program has no second screen at all.
    #[default]
    Nowhere,
    /// No second monitor is plugged in.
    NotConnected,
    /// In a window of its own: the desktop has one monitor.
    Window,
    /// On this output, so many dots wide and high.
    On {
        /// The output's name.
        output: String,
        /// Dots in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// There is a monitor, and it cannot be used: why.
    Failed(String),
}

/// By how much a picture is turned clockwise.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Turn {
    /// Not at all.
    #[default]
    None,
    /// By 90 degrees.
    Right,
    /// By 180 degrees.
    Over,
    /// By 270 degrees.
    Left,
}

impl Turn {
    /// The turn by so many degrees; `None` where it is none of the four.
    pub fn of_degrees(degrees: u16) -> Option<Self> {
        match degrees {
            0 => Some(Self::None),
            90 => Some(Self::Right),
            180 => Some(Self::Over),
            270 => Some(Self::Left),
            _ => None,
        }
    }
}

/// Where the window is to be.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Placing {
    /// The output's name; the first that the till does not use where there is none.
    pub output: Option<String>,
    /// How its picture is turned, where there is no desktop to do so.
    pub turn: Turn,
}

/// Whether the window that Slint asks for is the customer's.
pub fn is_opening() -> bool {
    OPENING.get()
}

/// How the second screen is.
pub fn shown() -> Shown {
    SHOWN.with_borrow(Shown::clone)
}

/// Says how the second screen is; for platforms.
pub fn set_shown(shown: Shown) {
    SHOWN.set(shown);
}

/// Where the window is to be; for platforms.
pub fn placing() -> Placing {
    PLACING.with_borrow(Placing::clone)
}

/// Has the program end when its window is closed, though the customer's is still open.
pub fn close_both(window: &impl ComponentHandle) {
    window.window().on_close_requested(|| {
        if let Err(error) = slint::quit_event_loop() {
            tracing::warn!("the program goes on: {error}");
        }
        CloseRequestResponse::HideWindow
    });
}

/// A window on the second screen. Dropping it leaves the screen dark.
pub struct OnSecondScreen<W: ComponentHandle + 'static> {
    window: W,
    #[cfg(feature = "desktop")]
    _placed: desktop::Placed,
}

impl<W: ComponentHandle + 'static> OnSecondScreen<W> {
    /// Makes a window for the second screen and shows it.
    ///
    /// # Errors
    /// [`PlatformError`] when the platform has no second window to give.
    pub fn open(
        placing: Placing,
        make: impl FnOnce() -> Result<W, PlatformError>,
        dress: impl FnOnce(&W),
    ) -> Result<Self, PlatformError> {
        PLACING.set(placing);
        set_shown(Shown::NotConnected);
        OPENING.set(true);
        let window = make().and_then(|window| {
            dress(&window);
            window.show()?;
            Ok(window)
        });
        OPENING.set(false);
        let window = window.inspect_err(|error| set_shown(Shown::Failed(error.to_string())))?;
        Ok(Self {
            #[cfg(feature = "desktop")]
            _placed: desktop::place(&window),
            window,
        })
    }

    /// The window.
    pub fn window(&self) -> &W {
        &self.window
    }
}

impl<W: ComponentHandle + 'static> Drop for OnSecondScreen<W> {
    fn drop(&mut self) {
        set_shown(Shown::Nowhere);
        if let Err(error) = self.window.hide() {
            tracing::warn!("the customer's window stays: {error}");
        }
    }
}
