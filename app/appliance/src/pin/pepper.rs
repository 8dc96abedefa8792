//! The secret that goes into each PIN hash and lies outside the database.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::ApplianceError;

const SECRET_BYTES: usize = 32;
const ID_BYTES: usize = 8;

/// 32 random bytes in a file that only the till's user may read. Overwritten in memory when
/// dropped and never shown. Losing the file means setting every PIN anew.
pub struct Pepper {
    secret: Zeroizing<[u8; SECRET_BYTES]>,
    id: [u8; ID_BYTES],
}

impl Pepper {
    /// Reads the pepper from `path`, or makes a new one there (mode 0600, durable before this
    /// returns) when there is no file. Two programs that start together get the same one.
    ///
    /// # Errors
    /// When the file is damaged or open to other users, or when it cannot be read or written.
    pub fn load_or_create(path: &Path) -> Result<Self, ApplianceError> {
        match File::open(path) {
            Ok(file) => Self::load(path, file),
            Err(error) if error.kind() == ErrorKind::NotFound => Self::create(path),
            Err(error) => Err(ApplianceError::file(path)(error)),
        }
    }

    fn load(path: &Path, file: File) -> Result<Self, ApplianceError> {
        let metadata = file.metadata().map_err(ApplianceError::file(path))?;
        let damaged = |reason: String| ApplianceError::DamagedPepper {
            path: path.to_path_buf(),
            reason,
        };
        if !metadata.is_file() {
            return Err(damaged("not a regular file".to_owned()));
        }
        let mode = metadata.mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(ApplianceError::ExposedPepper {
                path: path.to_path_buf(),
                mode,
            });
        }
        if metadata.len() != SECRET_BYTES as u64 {
            return Err(damaged(format!(
                "{} bytes instead of {SECRET_BYTES}",
                metadata.len()
            )));
        }
        let mut secret = Zeroizing::new([0; SECRET_BYTES]);
        (&file)
            .read_exact(&mut *secret)
            .map_err(ApplianceError::file(path))?;
        Ok(Self::new(secret))
    }

    /// Writes the secret under a name of its own and then links it into place: a power cut leaves
    /// a whole pepper or none, and a file that is already there is never replaced.
    fn create(path: &Path) -> Result<Self, ApplianceError> {
        let mut secret = Zeroizing::new([0; SECRET_BYTES]);
        getrandom::fill(&mut *secret).map_err(ApplianceError::Random)?;
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        // A name nobody else uses: opening another's file here would empty the pepper it became.
        let unique = getrandom::u64().map_err(ApplianceError::Random)?;
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{unique:016x}.new"));
        let new = Path::new(&name);
        let written = write_private(new, &*secret).and_then(|()| fs::hard_link(new, path));
        let removed = fs::remove_file(new);
        match written {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let file = File::open(path).map_err(ApplianceError::file(path))?;
                return Self::load(path, file);
            }
            Err(error) => return Err(ApplianceError::file(path)(error)),
        }
        removed.map_err(ApplianceError::file(new))?;
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(ApplianceError::file(folder))?;
        Ok(Self::new(secret))
    }

    fn new(secret: Zeroizing<[u8; SECRET_BYTES]>) -> Self {
        let digest = Sha256::new()
            .chain_update(b"evertill PIN pepper, version 1")
            .chain_update(*secret)
            .finalize();
        let mut id = [0; ID_BYTES];
        id.iter_mut()
            .zip(digest)
            .for_each(|(byte, digest)| *byte = digest);
        Self { secret, id }
    }

    pub(super) fn secret(&self) -> &[u8] {
        &*self.secret
    }

    /// Tells peppers apart without saying anything about the secret.
    pub(super) const fn id(&self) -> &[u8] {
        &self.id
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Pepper(…)")
    }
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
