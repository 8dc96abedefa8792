//! A scanner on a pty.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::pty::{Pty, with_even_parity};
use crate::{HalError, SerialLink};

/// A till that reads nothing for so long has hung.
const PATIENCE: Duration = Duration::from_secs(5);

/// A serial scanner that anyone can make scan.
#[derive(Debug)]
pub struct VirtualScanner {
    path: PathBuf,
    suffix: Vec<u8>,
    pty: Mutex<Option<Pty>>,
    disturbance: Mutex<Disturbance>,
}

/// What is wrong with its line.
#[derive(Debug, Default)]
struct Disturbance {
    /// Every so many bytes one leaves it with a wrong bit.
    noise: Option<usize>,
    sent: usize,
    /// Sends seven bits and even parity to a till that reads eight bits.
    parity_bits: bool,
    /// Sends the first half of each code and nothing more.
    half: bool,
}

impl Disturbance {
    fn disturb(&mut self, bytes: &mut Vec<u8>) {
        if self.half {
            bytes.truncate(bytes.len() / 2);
        }
        for byte in bytes {
            self.sent += 1;
            if self
                .noise
                .is_some_and(|every| self.sent.is_multiple_of(every.max(1)))
            {
                *byte ^= 0x80;
            }
            if self.parity_bits {
                with_even_parity(byte);
            }
        }
    }
}

impl VirtualScanner {
    /// A scanner on a pty; `path` becomes a symbolic link to the till's end. Codes end with CR.
    ///
    /// # Errors
    /// `System` when there is no pty to be had or `path` cannot be made.
    pub fn on_pty(path: impl AsRef<Path>) -> Result<VirtualScanner, HalError> {
        let scanner = VirtualScanner {
            path: path.as_ref().to_owned(),
            suffix: b"\r".to_vec(),
            pty: Mutex::new(None),
            disturbance: Mutex::default(),
        };
        scanner.plug()?;
        Ok(scanner)
    }

    /// The same with another suffix; empty for a scanner that sends none.
    pub fn suffix(mut self, suffix: &[u8]) -> VirtualScanner {
        self.suffix = suffix.to_vec();
        self
    }

    /// Where the till finds this scanner.
    pub fn link(&self) -> SerialLink {
        SerialLink::new(&self.path, 9_600)
    }

    /// Scans a code: sends it and the suffix.
    ///
    /// # Errors
    /// `System` when the scanner is unplugged or the till reads nothing for 5 seconds.
    pub fn scan(&self, code: &str) -> Result<(), HalError> {
        let mut bytes = code.as_bytes().to_vec();
        bytes.extend_from_slice(&self.suffix);
        self.disturbance().disturb(&mut bytes);
        self.send(&bytes)
    }

    /// Spoils a bit in one of every so many bytes of the codes that it scans.
    pub fn set_noise(&self, every: Option<usize>) {
        self.disturbance().noise = every;
    }

    /// Makes it send seven bits and even parity, as to a till that is set to eight.
    pub fn set_parity_bits(&self, parity_bits: bool) {
        self.disturbance().parity_bits = parity_bits;
    }

    /// Makes it send half of each code, as one that is switched off in the middle.
    pub fn set_half(&self, half: bool) {
        self.disturbance().half = half;
    }

    fn disturbance(&self) -> std::sync::MutexGuard<'_, Disturbance> {
        self.disturbance
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Sends any bytes.
    ///
    /// # Errors
    /// As [`VirtualScanner::scan`].
    pub fn send(&self, mut bytes: &[u8]) -> Result<(), HalError> {
        let guard = self.lock();
        let pty = guard.as_ref().ok_or_else(|| system(Errno::NODEV))?;
        let until = Instant::now() + PATIENCE;
        while !bytes.is_empty() {
            match rustix::io::write(pty, bytes) {
                Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
                Err(Errno::AGAIN | Errno::INTR) if Instant::now() < until => {
                    let pause = Timespec {
                        tv_sec: 0,
                        tv_nsec: 100_000_000,
                    };
                    let _ = poll(&mut [PollFd::new(pty, PollFlags::OUT)], Some(&pause));
                }
                Err(error) => return Err(system(error)),
            }
        }
        Ok(())
    }

    /// What the till has sent since this was last asked: what makes the scanner sound.
    pub fn received(&self) -> Vec<u8> {
        let guard = self.lock();
        let mut received = Vec::new();
        let mut buffer = [0; 64];
        while let Some(pty) = guard.as_ref()
            && let Ok(read @ 1..) = rustix::io::read(pty, &mut buffer)
        {
            received.extend_from_slice(buffer.get(..read).unwrap_or_default());
        }
        received
    }

    /// Pulls the cable. What the till has not read yet is lost.
    pub fn unplug(&self) {
        self.lock().take();
    }

    /// Plugs the cable in again.
    ///
    /// # Errors
    /// As [`VirtualScanner::on_pty`].
    pub fn plug(&self) -> Result<(), HalError> {
        let mut pty = self.lock();
        // The old one first: it takes the link with it.
        pty.take();
        let opened = Pty::open(&self.path).map_err(|source| HalError::System {
            what: "opening a virtual scanner",
            source,
        })?;
        *pty = Some(opened);
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Pty>> {
        self.pty
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

fn system(error: Errno) -> HalError {
    HalError::System {
        what: "sending from a virtual scanner",
        source: error.into(),
    }
}
