//! The hardware watchdog: fed as long as somebody vouches for the till.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::console::say;

/// How often it is fed; the shortest watchdogs of PCs bite after ten seconds.
const MEAL: Duration = Duration::from_secs(3);

/// Feeds the watchdog until a moment that is moved on.
pub struct Watchdog {
    until: Arc<Mutex<Instant>>,
}

impl Watchdog {
    /// Opens the watchdog, where there is one, and feeds it for that long.
    pub fn start(first: Duration) -> Self {
        let until = Arc::new(Mutex::new(Instant::now() + first));
        let reading = until.clone();
        let feeding = move || {
            let mut device: Option<File> = None;
            let mut starving = false;
            loop {
                let fed_until = reading
                    .lock()
                    .map_or_else(|gone| *gone.into_inner(), |at| *at);
                if device.is_none() {
                    // Its driver may come later than this program.
                    device = OpenOptions::new().write(true).open("/dev/watchdog").ok();
                }
                if Instant::now() < fed_until {
                    starving = false;
                    if let Some(file) = &mut device {
                        // A watchdog that cannot be fed restarts the box by itself.
                        let _ = file.write_all(b"1");
                    }
                } else if !starving {
                    starving = true;
                    say("the till's event loop stands still; the watchdog restarts this box");
                }
                std::thread::sleep(MEAL);
            }
        };
        let thread = std::thread::Builder::new().name("watchdog".to_owned());
        if let Err(error) = thread.spawn(feeding) {
            say(&format!("the watchdog is not fed: {error}"));
        }
        Self { until }
    }

    /// Feeds it for that long from now.
    pub fn feed_for(&self, time: Duration) {
        if let Ok(mut until) = self.until.lock() {
            *until = Instant::now() + time;
        }
    }
}
