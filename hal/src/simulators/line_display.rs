//! A line display, on a pty of its own or in the printer's line.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;

use super::pty::Pty;
use crate::linux::bell::Bell;
use crate::printer::CodePage;
use crate::{DisplayDialect, DisplayProfile, HalError, SerialLink};

const COLUMNS: usize = 20;
/// Unknown commands kept for tests.
const MAX_NOTES: usize = 1_000;
/// The longest command: a string, and then some.
const LONGEST: usize = 64;

/// What stands behind the glass, bytes in.
#[derive(Debug)]
pub(super) struct Glass {
    dialect: DisplayDialect,
    rows: [[char; COLUMNS]; 2],
    /// Column and row of the next character.
    cursor: (usize, usize),
    page: CodePage,
    brightness: u8,
    /// A CD5220 that shows whole strings takes nothing but strings until it is cleared.
    string_mode: bool,
    command: Vec<u8>,
    unknown: Vec<Vec<u8>>,
}

impl Glass {
    pub(super) fn new(dialect: DisplayDialect) -> Glass {
        Glass {
            dialect,
            rows: [[' '; COLUMNS]; 2],
            cursor: (0, 0),
            page: CodePage::Pc437,
            brightness: 4,
            string_mode: false,
            command: Vec::new(),
            unknown: Vec::new(),
        }
    }

    /// The two lines.
    pub(super) fn lines(&self) -> [String; 2] {
        self.rows.map(|row| row.iter().collect())
    }

    pub(super) fn receive(&mut self, byte: u8) {
        self.command.push(byte);
        let command = std::mem::take(&mut self.command);
        match self.obey(&command) {
            Some(true) => {}
            Some(false) => {
                if self.unknown.len() < MAX_NOTES {
                    self.unknown.push(command);
                }
            }
            None => self.command = command,
        }
    }

    /// Obeys a command: whether it was one, or `None` when more bytes are needed.
    fn obey(&mut self, command: &[u8]) -> Option<bool> {
        let known = match *command {
            [0x0C] => {
                self.clear();
                true
            }
            [0x1B, b'Q', ref rest @ ..] if self.dialect == DisplayDialect::Cd5220 => {
                return self.string(rest);
            }
            [0x1B] | [0x1F] => return None,
            [0x1B | 0x1F, ..] if self.string_mode => false,
            [0x0D] => {
                self.cursor.0 = 0;
                true
            }
            [0x1B, b'@'] => {
                self.clear();
                (self.page, self.brightness) = (CodePage::Pc437, 4);
                true
            }
            [0x1B, b't'] => return None,
            [0x1B, b't', number] => match number {
                0 => self.set_page(CodePage::Pc437),
                2 => self.set_page(CodePage::Pc850),
                16 => self.set_page(CodePage::Windows1252),
                17 => self.set_page(CodePage::Pc866),
                18 => self.set_page(CodePage::Pc852),
                19 => self.set_page(CodePage::Pc858),
                _ => false,
            },
            [byte @ (0x20..=0x7E | 0x80..)] => {
                self.character(byte);
                true
            }
            _ => match self.dialect {
                DisplayDialect::Cd5220 => return self.cd5220(command),
                DisplayDialect::EscPos => return self.esc_pos(command),
            },
        };
        Some(known)
    }

    fn cd5220(&mut self, command: &[u8]) -> Option<bool> {
        match *command {
            [0x1B, b'*' | b'_'] => None,
            [0x1B, b'*', step @ 1..=4] => {
                self.brightness = step;
                Some(true)
            }
            [0x1B, b'_', 0 | 1] => Some(true),
            _ => Some(false),
        }
    }

    fn esc_pos(&mut self, command: &[u8]) -> Option<bool> {
        match *command {
            [0x1F, b'X' | b'C' | b'$'] | [0x1F, b'$', _] => None,
            [0x1F, b'X', step @ 1..=4] => {
                self.brightness = step;
                Some(true)
            }
            [0x1F, 0x01] | [0x1F, b'C', 0 | 1] => Some(true),
            [0x1F, b'$', x @ 1..=20, y @ 1..=2] => {
                self.cursor = (usize::from(x) - 1, usize::from(y) - 1);
                Some(true)
            }
            _ => Some(false),
        }
    }

    /// `A` or `B`, twenty characters at most, `CR`.
    fn string(&mut self, rest: &[u8]) -> Option<bool> {
        let (row, text) = match rest {
            [] => return None,
            [line @ (b'A' | b'B'), text @ .., 0x0D] => (usize::from(line - b'A'), text),
            [b'A' | b'B', ..] if rest.len() < LONGEST => return None,
            _ => return Some(false),
        };
        self.string_mode = true;
        self.rows[row] = [' '; COLUMNS];
        for (column, byte) in text.iter().enumerate().take(COLUMNS) {
            let character = self.page.character(*byte).unwrap_or(' ');
            self.rows[row][column] = character;
        }
        Some(text.len() <= COLUMNS)
    }

    fn set_page(&mut self, page: CodePage) -> bool {
        self.page = page;
        true
    }

    fn clear(&mut self) {
        self.rows = [[' '; COLUMNS]; 2];
        self.cursor = (0, 0);
        self.string_mode = false;
    }

    /// Overwrite mode: after the last column comes the other row.
    fn character(&mut self, byte: u8) {
        let (column, row) = self.cursor;
        self.rows[row][column] = self.page.character(byte).unwrap_or(' ');
        self.cursor = if column + 1 == COLUMNS {
            (0, 1 - row)
        } else {
            (column + 1, row)
        };
    }
}

/// The display that a printer's line goes through, and the switch in it.
#[derive(Debug)]
pub(super) struct Passage {
    pub(super) glass: Glass,
    to_printer: bool,
    to_display: bool,
    /// The beginning of a selection.
    held: Vec<u8>,
}

impl Passage {
    pub(super) fn new(dialect: DisplayDialect) -> Passage {
        Passage {
            glass: Glass::new(dialect),
            to_printer: true,
            to_display: false,
            held: Vec::new(),
        }
    }

    /// Takes what comes from the till; what goes on to the printer.
    pub(super) fn pass(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut on = Vec::new();
        for &byte in bytes {
            self.held.push(byte);
            match *self.held.as_slice() {
                [0x1B] | [0x1B, b'='] => {}
                [0x1B, b'=', which] => {
                    (self.to_printer, self.to_display) = (which & 1 != 0, which & 2 != 0);
                    self.held.clear();
                }
                _ => {
                    // An ESC after an ESC may begin a selection.
                    let again = byte == 0x1B;
                    let end = self.held.len() - usize::from(again);
                    for byte in self.held.drain(..end) {
                        if self.to_printer {
                            on.push(byte);
                        }
                        if self.to_display {
                            self.glass.receive(byte);
                        }
                    }
                }
            }
        }
        on
    }
}

/// A line display of two lines of twenty characters, with a port of its own.
#[derive(Debug)]
pub struct VirtualLineDisplay {
    path: PathBuf,
    dialect: DisplayDialect,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    bell: Arc<Bell>,
    stop: AtomicBool,
    state: Mutex<(Option<Pty>, Glass)>,
}

impl VirtualLineDisplay {
    /// A display on a pty; `path` becomes a symbolic link to the till's end.
    ///
    /// # Errors
    /// `System` when there is no pty to be had or `path` cannot be made.
    pub fn on_pty(
        path: impl AsRef<Path>,
        dialect: DisplayDialect,
    ) -> Result<VirtualLineDisplay, HalError> {
        let path = path.as_ref().to_owned();
        let pty = Pty::open(&path).map_err(system)?;
        let shared = Arc::new(Shared {
            bell: Bell::new().map_err(system)?,
            stop: AtomicBool::new(false),
            state: Mutex::new((Some(pty), Glass::new(dialect))),
        });
        let running = shared.clone();
        let thread = std::thread::Builder::new()
            .name("virtual-line-display".to_owned())
            .spawn(move || running.run())
            .map_err(system)?;
        Ok(VirtualLineDisplay {
            path,
            dialect,
            shared,
            thread: Some(thread),
        })
    }

    /// Where the till finds this display.
    pub fn link(&self) -> SerialLink {
        SerialLink::new(&self.path, 9_600)
    }

    /// How the till speaks to this display.
    pub fn profile(&self) -> DisplayProfile {
        match self.dialect {
            DisplayDialect::Cd5220 => DisplayProfile::cd5220(),
            DisplayDialect::EscPos => DisplayProfile::esc_pos(),
        }
    }

    /// What stands on it: two lines of twenty characters.
    pub fn lines(&self) -> [String; 2] {
        self.shared.lock().1.lines()
    }

    /// How bright it is, 1 to 4.
    pub fn brightness(&self) -> u8 {
        self.shared.lock().1.brightness
    }

    /// What was received and is no command the display knows.
    pub fn unknown(&self) -> Vec<Vec<u8>> {
        self.shared.lock().1.unknown.clone()
    }

    /// Sends any bytes, as another device on its port.
    pub fn send(&self, bytes: &[u8]) {
        if let Some(pty) = &self.shared.lock().0 {
            // A till that reads nothing loses them, as on a real line.
            let _ = rustix::io::write(pty, bytes);
        }
    }

    /// Pulls the cable, which is where its power comes from.
    pub fn unplug(&self) {
        let mut state = self.shared.lock();
        state.0 = None;
        state.1 = Glass::new(self.dialect);
        drop(state);
        self.shared.bell.ring();
    }

    /// Plugs the cable in again.
    ///
    /// # Errors
    /// As [`VirtualLineDisplay::on_pty`].
    pub fn plug(&self) -> Result<(), HalError> {
        let mut state = self.shared.lock();
        // The old one first: it takes the link with it.
        state.0 = None;
        state.0 = Some(Pty::open(&self.path).map_err(system)?);
        drop(state);
        self.shared.bell.ring();
        Ok(())
    }
}

impl Drop for VirtualLineDisplay {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        self.shared.bell.ring();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, (Option<Pty>, Glass)> {
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn run(&self) {
        while !self.stop.load(Ordering::Acquire) {
            let port = {
                let state = self.lock();
                state.0.as_ref().and_then(|pty| rustix::io::dup(pty).ok())
            };
            let port = port.as_ref().map(std::os::fd::AsFd::as_fd);
            if !self.bell.wait(port, false, None) {
                continue;
            }
            let mut state = self.lock();
            let mut buffer = [0; 256];
            let read = match &state.0 {
                Some(pty) => rustix::io::read(pty, &mut buffer).unwrap_or(0),
                None => 0,
            };
            for byte in buffer.iter().take(read) {
                state.1.receive(*byte);
            }
        }
    }
}

fn system(source: std::io::Error) -> HalError {
    HalError::System {
        what: "running a virtual line display",
        source,
    }
}
