//! What the till says to the program that started it, where there is one that listens: the
//! appliance's first program, or systemd. The protocol is systemd's (`sd_notify`).

use std::cell::Cell;
use std::ffi::OsStr;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::time::Duration;

use appliance::wireless::WirelessNetwork;
use zeroize::Zeroizing;

/// The longest word that is said: growing would leave copies of a key behind in memory.
const LONGEST_WORD: usize = 256;
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

    /// Makes a wireless network known, from now on and after each start. Whether it was heard.
    pub fn know_network(&self, network: &WirelessNetwork) -> bool {
        let visible = if network.is_hidden() {
            "hidden"
        } else {
            "seen"
        };
        // In digits, so that no letter of a name or a key ends the line or the field.
        let mut word = Zeroizing::new(String::with_capacity(LONGEST_WORD));
        word.push_str("EVERTILL_WIRELESS=");
        push_digits(&mut word, network.ssid());
        word.push(' ');
        word.push_str(visible);
        word.push(' ');
        push_digits(&mut word, network.key().unwrap_or_default());
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

fn push_digits(word: &mut String, text: &str) {
    for byte in text.bytes() {
        for half in [byte >> 4, byte & 0xF] {
            word.extend(char::from_digit(u32::from(half), 16));
        }
    }
}
