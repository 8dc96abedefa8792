//! What the till says to the program that started it, where there is one that listens: the
//! appliance's first program, or systemd. The protocol is systemd's (`sd_notify`).

use std::cell::Cell;
use std::ffi::OsStr;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often the event loop says that it runs.
pub const EACH: Duration = Duration::from_millis(500);

/// The way to the program that listens.
pub struct Supervised {
    socket: UnixDatagram,
    path: PathBuf,
    ready: Cell<bool>,
}

impl Supervised {
    /// The way that `NOTIFY_SOCKET` names; `None` where nobody listens.
    pub fn from_environment() -> Option<Self> {
        Self::at(&std::env::var_os("NOTIFY_SOCKET")?)
    }

    /// The way to the socket of that path; `None` for names of the kernel's own (`@...`).
    pub fn at(path: &OsStr) -> Option<Self> {
        let path = Path::new(path);
        if !path.is_absolute() {
            return None;
        }
        let socket = UnixDatagram::unbound().ok()?;
        // The event loop waits for nobody.
        socket.set_nonblocking(true).ok()?;
        Some(Self {
            socket,
            path: path.to_owned(),
            ready: Cell::new(false),
        })
    }

    /// Asks for the box to start again, for example into an installed update. Whether it was heard.
    pub fn restart(&self) -> bool {
        self.socket.send_to(b"EVERTILL=restart", &self.path).is_ok()
    }

    /// Asks for the clock to be set to so many seconds since 1970. Whether it was heard.
    pub fn set_clock(&self, seconds: i64) -> bool {
        let word = format!("EVERTILL_CLOCK={seconds}");
        self.socket.send_to(word.as_bytes(), &self.path).is_ok()
    }

    /// Says that the event loop runs; `works` is whether the screen shows a till or an enrolment and
    /// not a fault. The first time that it works, the program counts as started.
    pub fn event_loop_runs(&self, works: bool) {
        let message = if works && !self.ready.get() {
            "READY=1\nWATCHDOG=1"
        } else {
            "WATCHDOG=1"
        };
        // What is not heard now is said again soon.
        let heard = self.socket.send_to(message.as_bytes(), &self.path).is_ok();
        if heard && works {
            self.ready.set(true);
        }
    }
}
