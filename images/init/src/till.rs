//! What the till says to whoever started it, in the words of systemd's notification socket, so that
//! the same program also runs under systemd.

use std::io;
use std::os::unix::fs::chown;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::time::Duration;

use crate::console::say;
use crate::wireless::Network;

/// Where the till finds the socket (`NOTIFY_SOCKET`).
pub const SOCKET: &str = "/run/evertill/notify";

/// From 2025 to 2100: no till is set to another time.
const SENSIBLE: std::ops::Range<i64> = 1_735_689_600..4_102_444_800;

/// What the till says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Word {
    /// `READY=1`: the store is open, the screen is drawn.
    Ready,
    /// `WATCHDOG=1`: the event loop runs.
    Alive,
    /// `EVERTILL=restart`: the box is to start again, for example into an installed update.
    Restart,
    /// `EVERTILL=anew`: the till is to begin anew, because what it was told has changed.
    Anew,
    /// `EVERTILL=power-off`: the box is to be switched off.
    PowerOff,
    /// `EVERTILL_CLOCK=` and seconds since 1970: a manager says what time it is.
    Clock(i64),
    /// `EVERTILL_WIRELESS=` and a network: somebody scanned its code.
    Wireless(Network),
}

/// The socket at which the till is heard.
pub struct TillSocket(UnixDatagram);

impl TillSocket {
    /// Opens it, for the till's user alone.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(owner: (u32, u32)) -> io::Result<Self> {
        let path = Path::new(SOCKET);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
            chown(folder, Some(0), Some(owner.1))?;
        }
        let socket = UnixDatagram::bind(path)?;
        chown(path, Some(owner.0), Some(owner.1))?;
        socket.set_read_timeout(Some(Duration::from_millis(250)))?;
        Ok(Self(socket))
    }

    /// Waits a moment for what the till says.
    pub fn hear(&self) -> Vec<Word> {
        let mut buffer = [0; 1024];
        match self.0.recv(&mut buffer) {
            Ok(length) => words(buffer.get(..length).unwrap_or_default()),
            Err(_) => Vec::new(),
        }
    }
}

/// Says [`Word::Anew`], from another thread of the first program.
pub fn ask_to_begin_anew() {
    let sent = UnixDatagram::unbound().and_then(|socket| socket.send_to(b"EVERTILL=anew", SOCKET));
    if let Err(error) = sent {
        say(&format!("the till does not begin anew by itself: {error}"));
    }
}

fn words(message: &[u8]) -> Vec<Word> {
    let text = String::from_utf8_lossy(message);
    let word = |line: &str| match line {
        "READY=1" => Some(Word::Ready),
        "WATCHDOG=1" => Some(Word::Alive),
        "EVERTILL=restart" => Some(Word::Restart),
        "EVERTILL=anew" => Some(Word::Anew),
        "EVERTILL=power-off" => Some(Word::PowerOff),
        other => {
            if let Some(network) = other.strip_prefix("EVERTILL_WIRELESS=") {
                return Network::said(network).map(Word::Wireless);
            }
            let seconds = other.strip_prefix("EVERTILL_CLOCK=")?;
            let seconds = seconds.parse().ok().filter(|at| SENSIBLE.contains(at));
            seconds.map(Word::Clock)
        }
    };
    text.lines().filter_map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_words_may_come_at_once_and_others_are_passed_over() {
        let message = b"STATUS=selling\nREADY=1\nWATCHDOG=1\nWATCHDOG=10\nEVERTILL=x";
        assert_eq!(words(message), [Word::Ready, Word::Alive]);
        assert_eq!(words(b"\xff\xfe"), []);
        assert_eq!(
            words(b"EVERTILL_CLOCK=1764340000"),
            [Word::Clock(1_764_340_000)]
        );
        assert!(matches!(
            words(b"EVERTILL_WIRELESS=53686f70 seen 7261626269743132")[..],
            [Word::Wireless(_)]
        ));
        for other in [
            "EVERTILL_WIRELESS=53686f70",
            "EVERTILL_CLOCK=",
            "EVERTILL_CLOCK=-1",
            "EVERTILL_CLOCK=9999999999",
        ] {
            assert_eq!(words(other.as_bytes()), [], "{other}");
        }
    }
}
