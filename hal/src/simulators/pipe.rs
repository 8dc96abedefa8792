//! A file that gives what a device reports, in pieces that stay whole: as the kernel's files of
//! input devices do, but without a driver for such.

use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{CWD, FileType, Mode, OFlags};
use rustix::io::Errno;

/// A till that reads nothing for so long has hung.
const PATIENCE: Duration = Duration::from_secs(5);

/// The device's end of a named pipe. Dropping it is pulling the cable.
#[derive(Debug)]
pub(super) struct Pipe {
    file: OwnedFd,
    path: PathBuf,
}

impl Pipe {
    /// Makes a named pipe.
    pub(super) fn open(path: &Path) -> io::Result<Pipe> {
        // One left by a till that was killed; anything else at this place is not ours.
        if std::fs::symlink_metadata(path).is_ok_and(|found| {
            use std::os::unix::fs::FileTypeExt;
            found.file_type().is_fifo()
        }) {
            std::fs::remove_file(path)?;
        }
        let mode = Mode::RUSR | Mode::WUSR;
        rustix::fs::mknodat(CWD, path, FileType::Fifo, mode, 0)?;
        // For writing alone it could not be opened before the till has.
        let both = OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC;
        Ok(Pipe {
            file: rustix::fs::open(path, both, Mode::empty())?,
            path: path.to_owned(),
        })
    }

    /// Writes a piece whole.
    pub(super) fn write(&self, piece: &[u8]) -> io::Result<()> {
        let until = Instant::now() + PATIENCE;
        loop {
            match rustix::io::write(&self.file, piece) {
                Ok(_) => return Ok(()),
                Err(Errno::AGAIN | Errno::INTR) if Instant::now() < until => {
                    let pause = Timespec {
                        tv_sec: 0,
                        tv_nsec: 10_000_000,
                    };
                    let _ = poll(&mut [PollFd::new(&self.file, PollFlags::OUT)], Some(&pause));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        // Somebody else may have removed it with its folder.
        let _ = std::fs::remove_file(&self.path);
    }
}
