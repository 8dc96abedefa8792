//! A pseudo terminal under a name that stays, like a serial port with a udev link.

use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// The device's end of a pty. Dropping it is pulling the cable.
#[derive(Debug)]
pub(super) struct Pty {
    master: OwnedFd,
    /// Held open, because a pty whose other end nobody holds loses what is written to it.
    _slave: OwnedFd,
    link: PathBuf,
}

impl Pty {
    /// Opens a pty and makes `link` a symbolic link to its other end.
    pub(super) fn open(link: &Path) -> io::Result<Pty> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let name = ptsname(&master, Vec::new())?;
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let slave = rustix::fs::open(&name, flags, Mode::empty())?;
        let mut settings = tcgetattr(&slave)?;
        settings.make_raw();
        tcsetattr(&slave, OptionalActions::Now, &settings)?;
        rustix::fs::fcntl_setfl(&master, OFlags::NONBLOCK)?;
        // A link left by a till that was killed; anything else at this place is not ours.
        if std::fs::symlink_metadata(link).is_ok_and(|found| found.is_symlink()) {
            std::fs::remove_file(link)?;
        }
        std::os::unix::fs::symlink(OsStr::from_bytes(name.as_bytes()), link)?;
        Ok(Pty {
            master,
            _slave: slave,
            link: link.to_owned(),
        })
    }
}

impl AsFd for Pty {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.master.as_fd()
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // Somebody else may have removed it with its folder.
        let _ = std::fs::remove_file(&self.link);
    }
}

/// Makes of a byte seven bits and even parity, as it looks to a port that is set to eight.
pub(super) fn with_even_parity(byte: &mut u8) {
    *byte &= 0x7F;
    if byte.count_ones() % 2 == 1 {
        *byte |= 0x80;
    }
}
