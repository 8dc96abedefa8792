//! `evertill-setup shop-key replace`.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use appliance::keys::ShopKey;
use zeroize::Zeroizing;

use crate::Error;
use crate::till::NewFile;

/// Makes a new key of a shop in its file, and keeps the one before beside it as `FILE.replaced-1`,
/// or with the next free number. Reports what has to follow: nothing is changed at the site or at
/// any till. A `FILE.new` that a run left which was cut off is taken away: no sheet has its key.
///
/// # Errors
/// [`Error::File`] and [`Error::NotAShopKey`] when the file holds no key, [`Error::NewFile`] when
/// the folder takes no new one; then the file is as it was.
pub fn replace(file: &Path, report: &mut dyn Write) -> Result<(), Error> {
    let failed = |reason| Error::File {
        path: file.to_owned(),
        reason,
    };
    let before = Zeroizing::new(std::fs::read_to_string(file).map_err(failed)?);
    if ShopKey::from_text(&before).is_none() {
        return Err(Error::NotAShopKey(file.to_owned()));
    }
    let (mut aside, aside_path) = free(file)?;
    aside.write(before.as_bytes())?;
    let key = ShopKey::generate().map_err(Error::Appliance)?;
    let next_path = beside(file, "new");
    remove_left_over(&next_path)?;
    let mut next = NewFile::create(&next_path)?;
    next.write(Zeroizing::new(format!("{}\n", *key.to_text())).as_bytes())?;
    sync_folder(file).map_err(failed)?;
    // From here on both are on the disk, whatever happens.
    aside.keep();
    std::fs::rename(&next_path, file).map_err(failed)?;
    next.keep();
    sync_folder(file).map_err(failed)?;
    writeln!(
        report,
        "{file} holds a new key of the shop; the one before is kept as {aside}.\n\
         Now write each till of the shop a sheet with it (till add --replace --shop-key-file \
         {file}) and scan it there: Manager, About, Scan a new sheet. The managers choose new PINs \
         at once and give the others theirs.\n\
         Until a till has its sheet, it takes no goods back by receipts of those that have, and they \
         none by receipts from before but their own: they come back at the till that sold them, or \
         with a manager without a receipt.\n\
         Delete {aside} when every till has its sheet.",
        file = file.display(),
        aside = aside_path.display(),
    )?;
    Ok(())
}

/// A new file for the key before.
fn free(file: &Path) -> Result<(NewFile, PathBuf), Error> {
    let mut number = 1_u32;
    loop {
        let path = beside(file, &format!("replaced-{number}"));
        match NewFile::create(&path) {
            Err(Error::NewFile { reason, .. }) if reason.kind() == ErrorKind::AlreadyExists => {
                number += 1;
            }
            created => return created.map(|created| (created, path)),
        }
    }
}

/// Takes away what a run that was cut off left: a key, or nothing yet. Any other file stays.
fn remove_left_over(path: &Path) -> Result<(), Error> {
    let failed = |reason| Error::File {
        path: path.to_owned(),
        reason,
    };
    let text = match std::fs::read_to_string(path).map(Zeroizing::new) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(reason) => return Err(failed(reason)),
    };
    // A file whose blocks were never written is empty or of zeros.
    let is_unwritten = text.trim_matches('\0').is_empty();
    if is_unwritten || ShopKey::from_text(&text).is_some() {
        std::fs::remove_file(path).map_err(failed)?;
    }
    Ok(())
}

/// A name that is in its folder now is there after a power cut, too.
fn sync_folder(file: &Path) -> std::io::Result<()> {
    let folder = file.parent().filter(|folder| *folder != Path::new(""));
    File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}
