//! Files that are made for one person's eyes.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use appliance::keys::ShopKey;
use zeroize::Zeroizing;

use crate::Error;

/// A new file that this user alone may read. It is gone again unless it is kept: an empty one would
/// only be in the way of the next attempt.
pub(crate) struct NewFile {
    path: PathBuf,
    file: File,
    kept: bool,
}

impl NewFile {
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        let file = options.open(path).map_err(|reason| failed(path, reason))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            kept: false,
        })
    }

    pub(crate) fn write(&mut self, content: &[u8]) -> Result<(), Error> {
        let written = self.file.write_all(content);
        let written = written.and_then(|()| self.file.sync_all());
        written.map_err(|reason| failed(&self.path, reason))
    }

    /// Lets it stay, and gives its path.
    pub(crate) fn keep(mut self) -> PathBuf {
        self.kept = true;
        self.path.clone()
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.kept {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

fn failed(path: &Path, reason: std::io::Error) -> Error {
    Error::NewFile {
        path: path.to_owned(),
        reason,
    }
}

/// What the tills of a shop share, from its file, which is made when there is none.
pub(super) fn shop_key(path: Option<&Path>) -> Result<ShopKey, Error> {
    let Some(path) = path else {
        return Err(Error::NoShopKey);
    };
    match std::fs::read_to_string(path).map(Zeroizing::new) {
        Ok(text) => ShopKey::from_text(&text).ok_or_else(|| Error::NotAShopKey(path.to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let key = ShopKey::generate().map_err(Error::Appliance)?;
            let mut file = NewFile::create(path)?;
            let line = Zeroizing::new(format!("{}\n", *key.to_text()));
            file.write(line.as_bytes())?;
            file.keep();
            Ok(key)
        }
        Err(reason) => Err(Error::File {
            path: path.to_owned(),
            reason,
        }),
    }
}
