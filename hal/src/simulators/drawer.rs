//! A cash drawer with a port of its own, on a pty.

use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;

use super::pty::Pty;
use crate::linux::bell::Bell;
use crate::vocabulary::DrawerState;
use crate::{DrawerPort, DrawerSensor, HalError, SerialLink};

/// What asks the virtual drawer for its state.
const ASK: u8 = b'?';
/// What it answers, with this bit set while it is open.
const ANSWER: u8 = b'0';
const OPEN: u8 = 0x01;
/// The bits of an answer that noise changes.
const SPOILED: u8 = 0xC0;
/// What opens it.
const PULSE: u8 = 0x07;

/// A drawer that opens at BEL, answers `?` with `0` or `1`, and tells its changes.
#[derive(Debug)]
pub struct VirtualDrawer {
    path: PathBuf,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    bell: Arc<Bell>,
    stop: AtomicBool,
    /// `None` while the cable is out.
    pty: Mutex<Option<Pty>>,
    open: AtomicBool,
    stuck: AtomicBool,
    silent: AtomicBool,
    pulses: AtomicUsize,
    /// Every so many bytes that it sends one arrives wrongly; 0 for none.
    noise: AtomicUsize,
    sent: AtomicUsize,
}

impl VirtualDrawer {
    /// A drawer on a pty; `path` becomes a symbolic link to the till's end.
    ///
    /// # Errors
    /// `System` when there is no pty to be had or `path` cannot be made.
    pub fn on_pty(path: impl AsRef<Path>) -> Result<VirtualDrawer, HalError> {
        let path = path.as_ref().to_owned();
        let shared = Arc::new(Shared {
            bell: Bell::new().map_err(system)?,
            stop: AtomicBool::new(false),
            pty: Mutex::new(Some(Pty::open(&path).map_err(system)?)),
            open: AtomicBool::new(false),
            stuck: AtomicBool::new(false),
            silent: AtomicBool::new(false),
            pulses: AtomicUsize::new(0),
            noise: AtomicUsize::new(0),
            sent: AtomicUsize::new(0),
        });
        let body = shared.clone();
        let thread = std::thread::Builder::new()
            .name("virtual-drawer".to_owned())
            .spawn(move || body.run())
            .map_err(system)?;
        Ok(VirtualDrawer {
            path,
            shared,
            thread: Some(thread),
        })
    }

    /// Where the till finds this drawer, and how it works.
    pub fn port(&self) -> DrawerPort {
        DrawerPort {
            link: SerialLink::new(&self.path, 9_600),
            pulse: vec![PULSE],
            sensor: Some(DrawerSensor::Answer {
                ask: vec![ASK],
                mask: OPEN,
                open: OPEN,
            }),
        }
    }

    /// Opens or closes it by hand.
    pub fn set(&self, state: DrawerState) {
        self.shared
            .open
            .store(state == DrawerState::Open, Ordering::Release);
        self.shared.tell();
    }

    /// Makes it one whose lock is stuck, or well again.
    pub fn set_stuck(&self, stuck: bool) {
        self.shared.stuck.store(stuck, Ordering::Release);
    }

    /// Switches it off, so that it answers nothing and opens to nothing, or on again.
    pub fn set_silent(&self, silent: bool) {
        self.shared.silent.store(silent, Ordering::Release);
    }

    /// Spoils one of every so many bytes that it sends.
    pub fn set_noise(&self, every: Option<usize>) {
        self.shared
            .noise
            .store(every.unwrap_or(0), Ordering::Release);
    }

    /// Sends any bytes, as another device on its line.
    pub fn send(&self, bytes: &[u8]) {
        self.shared.send(bytes);
    }

    /// Pulls the cable.
    pub fn unplug(&self) {
        self.shared.pty().take();
        self.shared.bell.ring();
    }

    /// Plugs the cable in again.
    ///
    /// # Errors
    /// As [`VirtualDrawer::on_pty`].
    pub fn plug(&self) -> Result<(), HalError> {
        let mut pty = self.shared.pty();
        // The old one first: it takes the link with it.
        pty.take();
        *pty = Some(Pty::open(&self.path).map_err(system)?);
        drop(pty);
        self.shared.bell.ring();
        Ok(())
    }

    /// How many pulses came.
    pub fn pulses(&self) -> usize {
        self.shared.pulses.load(Ordering::Acquire)
    }
}

impl Drop for VirtualDrawer {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        self.shared.bell.ring();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn pty(&self) -> MutexGuard<'_, Option<Pty>> {
        self.pty
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn tell(&self) {
        let open = self.open.load(Ordering::Acquire);
        if self.silent.load(Ordering::Acquire) {
            return;
        }
        let sent = self.sent.fetch_add(1, Ordering::AcqRel) + 1;
        let noise = self.noise.load(Ordering::Acquire);
        let is_spoiled = noise > 0 && sent.is_multiple_of(noise);
        self.send(&[(ANSWER | u8::from(open)) ^ if is_spoiled { SPOILED } else { 0 }]);
    }

    fn send(&self, bytes: &[u8]) {
        if let Some(pty) = &*self.pty() {
            // A till that reads nothing loses answers, as with a real drawer.
            let _ = rustix::io::write(pty, bytes);
        }
    }

    fn run(&self) {
        while !self.stop.load(Ordering::Acquire) {
            let fd = self
                .pty()
                .as_ref()
                .and_then(|pty| rustix::io::dup(pty).ok());
            let port = fd.as_ref().map(AsFd::as_fd);
            let readable = self.bell.wait(port, false, None);
            let Some(fd) = fd.filter(|_| readable) else {
                continue;
            };
            let mut buffer = [0; 64];
            let read = rustix::io::read(&fd, &mut buffer).unwrap_or(0);
            if self.silent.load(Ordering::Acquire) {
                continue;
            }
            for byte in buffer.iter().take(read) {
                match *byte {
                    PULSE => {
                        self.pulses.fetch_add(1, Ordering::AcqRel);
                        if !self.stuck.load(Ordering::Acquire) {
                            self.open.store(true, Ordering::Release);
                            self.tell();
                        }
                    }
                    ASK => self.tell(),
                    _ => {}
                }
            }
        }
    }
}

fn system(source: std::io::Error) -> HalError {
    HalError::System {
        what: "running a virtual drawer",
        source,
    }
}
