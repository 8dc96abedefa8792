//! `evertill journal export`: the journal as a file that can be proven whole elsewhere, as for an
//! audit, before a box is given away, or on a stick from a till that cannot send.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use store::{JournalBroken, JournalExportError, JournalProof, ReadStore, verify_journal_export};

use crate::config::SecretsConfig;
use crate::output::say;
use crate::start::Folder;

/// What to do with the journal.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Write the whole journal, with the documents it tells of, to a file. The till may go on
    /// selling meanwhile. evertill-setup journal verify proves the file.
    Export {
        /// The file, which must not exist; or a folder, as of a USB stick, for a name that fits.
        file: PathBuf,
    },
    /// Sign with a new key from now on, for when somebody may have had the old one. The old key
    /// signs for the new one, so that the journal is still proven from its beginning.
    NewKey,
}

/// Does it.
///
/// # Errors
/// When the data folder cannot be read, the file cannot be written, or the journal is not whole;
/// then the file is there and says the same to whoever proves it.
pub fn run(data: &Path, command: &Command) -> anyhow::Result<()> {
    let file = match command {
        Command::Export { file } => file,
        Command::NewKey => return new_key(data),
    };
    let Exported { file, proof } = export(data, file)?;
    say(format_args!("The journal is in {}.", file.display()))?;
    let proof = proof.context("keep that file and the data folder: the journal is not whole")?;
    say(format_args!(
        "{} entries, proven whole.\nHead: {}",
        proof.entries,
        proof.head_in_hexadecimal()
    ))?;
    if let Some(key) = proof.key {
        say(format_args!("Signed by: {key}"))?;
    }
    for one in &proof.takeovers {
        say(format_args!("{one}."))?;
    }
    Ok(())
}

fn new_key(data: &Path) -> anyhow::Result<()> {
    let mut folder = Folder::open(data, &SecretsConfig::of(data)?)?;
    folder.new_till_key()?;
    if let Some(key) = folder.store().records().journal_key()? {
        say(format_args!("The journal is signed by {key} from now on."))?;
    }
    Ok(())
}

/// A journal that was exported.
pub struct Exported {
    /// Where it is.
    pub file: PathBuf,
    /// What it proves, or where the till's journal is not whole.
    pub proof: Result<JournalProof, JournalBroken>,
}

/// Writes the journal of a data folder to a new file, or into a folder, and reads it back: what
/// this answers is on the disk, all of it. The till may run meanwhile.
///
/// # Errors
/// When the data folder cannot be read, the file exists or cannot be written, or what is read back
/// is not what was written. Half a file is removed.
pub fn export(data: &Path, target: &Path) -> anyhow::Result<Exported> {
    let store = ReadStore::open(data)?;
    let path = if target.is_dir() {
        target.join(name(&store)?)
    } else {
        target.to_owned()
    };
    let named = || format!("the journal was not written to {}", path.display());
    let new = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path);
    let new = match new {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!("{} is there already; name another file", path.display())
        }
        new => new.with_context(named)?,
    };
    let written = write(&store, &new, &path);
    if written.is_err() {
        // It would only be taken for the whole.
        let _ = std::fs::remove_file(&path);
    }
    let proof = written.with_context(named)?;
    Ok(Exported { file: path, proof })
}

fn write(
    store: &ReadStore,
    new: &File,
    path: &Path,
) -> anyhow::Result<Result<JournalProof, JournalBroken>> {
    let mut target = BufWriter::new(new);
    let written = store.records().journal_export(&mut target)?;
    target.flush()?;
    new.sync_all()?;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    File::open(folder)?.sync_all()?;
    match verify_journal_export(&mut BufReader::new(File::open(path)?), &[], &[]) {
        Ok(proof) if proof.is_of_export(&written) => Ok(Ok(proof)),
        Ok(_) => bail!("what was read back is not what was written; take another disk"),
        // Evidence all the more.
        Err(JournalExportError::Broken(broken)) => Ok(Err(broken)),
        Err(other) => Err(other.into()),
    }
}

/// A name that no other till and no other time has.
fn name(store: &ReadStore) -> anyhow::Result<String> {
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    let (installation, now) = (
        store.records().installation()?,
        now.strftime("%Y%m%d-%H%M%S"),
    );
    Ok(format!("evertill-journal-{installation}-{now}.jsonl"))
}
