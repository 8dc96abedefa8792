//! The data folder and its lock.

use std::fs::{DirBuilder, File, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use crate::error::{Result, StoreError};

/// Keeps a second till out of the folder for as long as it lives; the system drops it with the
/// process, however that ends.
#[derive(Debug)]
pub(crate) struct FolderLock {
    file: File,
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        // Closing would not be enough: a process that is being started at this moment has a copy
        // of the file, and with it the lock. If it fails, closing is what is left to do.
        self.file.unlock().ok();
    }
}

impl FolderLock {
    /// Makes the folder where it is missing, for this user only, and takes its lock.
    pub(crate) fn take(dir: &Path) -> Result<Self> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(dir)
            .map_err(|error| StoreError::io(dir, error))?;
        let path = dir.join("lock");
        let file = open_private(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse {
                dir: dir.to_owned(),
            }),
            Err(TryLockError::Error(error)) => Err(StoreError::io(&path, error)),
        }
    }
}

/// Opens a file for writing and makes it, for this user only, where it is missing.
pub(crate) fn open_private(path: &Path) -> Result<File> {
    File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(|error| StoreError::io(path, error))
}

/// Makes the names of new files in a folder durable.
pub(crate) fn sync(dir: &Path) -> Result<()> {
    File::open(dir)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| StoreError::io(dir, error))
}
