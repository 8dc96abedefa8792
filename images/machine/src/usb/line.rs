//! The way from a USB device's inside to hal's stand-in of it: the till's end of its pty.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Opens without waiting, and not as this program's own terminal (`O_NONBLOCK`, `O_NOCTTY`).
const FLAGS: i32 = 0o4000 | 0o400;

/// A line that never waits.
pub struct Line(File);

impl Line {
    /// Opens the till's end.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let mut options = File::options();
        let options = options.read(true).write(true).custom_flags(FLAGS);
        Ok(Self(options.open(path)?))
    }

    /// Writes what fits; how many bytes that was.
    pub fn write(&mut self, bytes: &[u8]) -> anyhow::Result<usize> {
        match self.0.write(bytes) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(0),
            written => Ok(written?),
        }
    }

    /// Reads what is there, at most so much.
    pub fn read(&mut self, most: usize) -> anyhow::Result<Vec<u8>> {
        let mut bytes = vec![0; most];
        match self.0.read(&mut bytes) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(Vec::new()),
            read => {
                bytes.truncate(read?);
                Ok(bytes)
            }
        }
    }

    /// Throws away what is there.
    pub fn drain(&mut self) -> anyhow::Result<()> {
        while !self.read(4096)?.is_empty() {}
        Ok(())
    }
}
