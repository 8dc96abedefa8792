//! Private files that a power cut leaves whole: as they were, or as they shall be.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

/// Why a private file cannot be used.
pub(crate) enum Unfit {
    /// There is none.
    Missing,
    /// Others may read it.
    Exposed(u32),
    /// It is no file, or longer than one of its kind.
    Strange(String),
    /// The system refuses.
    System(io::Error),
}

/// Reads a file that only this user may read.
pub(crate) fn read_private(path: &Path, longest: u64) -> Result<Zeroizing<Vec<u8>>, Unfit> {
    let file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Unfit::Missing,
        _ => Unfit::System(error),
    })?;
    let metadata = file.metadata().map_err(Unfit::System)?;
    if !metadata.is_file() {
        return Err(Unfit::Strange("it is not a regular file".to_owned()));
    }
    let mode = metadata.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(Unfit::Exposed(mode));
    }
    if metadata.len() > longest {
        return Err(Unfit::Strange(format!("{} bytes long", metadata.len())));
    }
    // Room for all of it from the start: a vector that grows leaves copies behind.
    let room = usize::try_from(metadata.len()).unwrap_or(0);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room + 1));
    file.take(longest)
        .read_to_end(&mut bytes)
        .map_err(Unfit::System)?;
    Ok(bytes)
}

/// Makes a file that is not there yet; [`ErrorKind::AlreadyExists`] when somebody else was first,
/// whose file is left alone.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = write_beside(path, bytes)?;
    let linked = fs::hard_link(&new, path);
    let removed = fs::remove_file(&new);
    linked.and(removed)?;
    sync_folder(path)
}

/// Puts a file in the place of another, or where there is none.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = write_beside(path, bytes)?;
    if let Err(error) = fs::rename(&new, path) {
        // Only the reason is worth telling.
        let _ = fs::remove_file(&new);
        return Err(error);
    }
    sync_folder(path)
}

/// Gives a file another name in its folder.
pub(crate) fn rename(path: &Path, to: &Path) -> io::Result<()> {
    fs::rename(path, to)?;
    sync_folder(to)
}

/// Removes a file for good, as far as its name goes.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path)?;
    sync_folder(path)
}

/// Makes a folder, and those above it, for this user alone.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// The folder that a file lies in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Writes under a name that nobody else uses, because a power cut may leave half of it.
fn write_beside(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let unique = getrandom::u64().map_err(io::Error::other)?;
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{unique:016x}.new"));
    let new = PathBuf::from(name);
    let written = || {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&new)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    if let Err(error) = written() {
        // It may never have come to be.
        let _ = fs::remove_file(&new);
        return Err(error);
    }
    Ok(new)
}

/// Writes the folder that a file lies in, with its name, to the disk.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}
