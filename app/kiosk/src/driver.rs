//! A finger and eyes for a till on a screen in memory: the scripted demo, the bench and the tests
//! sell with it. It finds controls by their accessible labels and touches the pixels they are at.

use std::path::Path;
use std::time::{Duration, Instant};

use i_slint_backend_testing::{ElementQuery, ElementRoot};
use thiserror::Error;

use crate::headless::{Headless, HeadlessError};
use crate::ui::TillWindow;

/// How long something may take before a script gives up.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why a script cannot go on.
#[derive(Debug, Error)]
pub enum DriverError {
    /// Nothing on the screen has this label.
    #[error("nothing on the screen is called {0:?}; there is: {1}")]
    NoSuchControl(String, String),
    /// What was waited for did not happen.
    #[error("gave up waiting until {0}")]
    Waited(String),
    /// A picture could not be written.
    #[error(transparent)]
    Picture(#[from] HeadlessError),
}

/// Everything that can be read in a window, labels and values, in its order.
pub fn texts(window: &impl ElementRoot) -> Vec<String> {
    let elements = ElementQuery::from_root(window).find_all();
    let texts = elements
        .iter()
        .flat_map(|element| [element.accessible_label(), element.accessible_value()]);
    let texts = texts.flatten().filter(|text| !text.is_empty());
    texts.map(|text| text.to_string()).collect()
}

/// Touches and looks at a till.
pub struct Driver<'a> {
    screen: &'a Headless,
    window: &'a TillWindow,
}

impl<'a> Driver<'a> {
    /// A driver of the window on this screen.
    pub fn new(screen: &'a Headless, window: &'a TillWindow) -> Self {
        Self { screen, window }
    }

    /// Touches the control of this name as soon as it is on the screen.
    ///
    /// # Errors
    /// [`DriverError::NoSuchControl`] when it does not come up.
    pub fn tap(&self, name: &str) -> Result<(), DriverError> {
        let tapped = self.until(name, || self.screen.tap_named(self.window, name).is_ok());
        tapped
            .map_err(|_| DriverError::NoSuchControl(name.to_owned(), self.labels().join(", ")))?;
        self.screen.paint();
        Ok(())
    }

    /// Types on a hardware keyboard, no faster than a person: what comes faster is a scanner.
    pub fn keys(&self, text: &str) {
        for key in text.chars() {
            self.screen.key(key);
            self.work_for(Duration::from_millis(60));
        }
    }

    /// Types as a scanner that is a keyboard does, with Enter at the end.
    pub fn burst(&self, code: &str) {
        for key in code.chars() {
            self.screen.key(key);
        }
        self.screen.key(slint::platform::Key::Return);
        self.screen.paint();
    }

    /// Lets the till work for a while.
    pub fn work_for(&self, time: Duration) {
        let started = Instant::now();
        while started.elapsed() < time {
            self.screen.paint();
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Lets the till work until this is so.
    ///
    /// # Errors
    /// [`DriverError::Waited`], naming `what`, when it does not become so.
    pub fn until(&self, what: &str, mut so: impl FnMut() -> bool) -> Result<(), DriverError> {
        let started = Instant::now();
        loop {
            self.screen.paint();
            if so() {
                self.screen.paint();
                return Ok(());
            }
            if started.elapsed() > PATIENCE {
                return Err(DriverError::Waited(what.to_owned()));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Writes what is on the screen as a PNG.
    ///
    /// # Errors
    /// [`DriverError::Picture`] when the file cannot be written.
    pub fn picture(&self, path: &Path) -> Result<(), DriverError> {
        Ok(self.screen.write_png(path)?)
    }

    /// The labels of all that is on the screen.
    pub fn labels(&self) -> Vec<String> {
        let mut labels = Vec::new();
        let query = ElementQuery::from_root(self.window);
        for element in query.find_all() {
            if let Some(label) = element.accessible_label().filter(|label| !label.is_empty()) {
                labels.push(label.to_string());
            }
        }
        labels
    }

    /// Whether something on the screen has a label that contains this.
    pub fn sees(&self, text: &str) -> bool {
        self.labels().iter().any(|label| label.contains(text))
    }
}
