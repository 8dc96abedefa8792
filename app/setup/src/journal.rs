//! `evertill-setup journal verify`.

use std::io::{BufReader, Write};
use std::path::Path;

use store::{Fingerprint, verify_journal_export};

use crate::Error;

/// Proves that a file holds a whole journal, signed by the till, and reports its length, its head
/// and its key. `keys` are fingerprints of the keys that it must be signed by; none, if the reader
/// compares the one that is reported.
///
/// # Errors
/// [`Error::Journal`] with the first place at which it is not whole.
pub fn verify(file: &Path, keys: &[Fingerprint], report: &mut dyn Write) -> Result<(), Error> {
    let source = std::fs::File::open(file).map_err(|reason| Error::File {
        path: file.to_owned(),
        reason,
    })?;
    let proof = verify_journal_export(&mut BufReader::new(source), keys).map_err(|reason| {
        Error::Journal {
            path: file.to_owned(),
            reason,
        }
    })?;
    writeln!(
        report,
        "The journal is whole: {} entries, and the documents they tell of.\nHead: {}",
        proof.entries,
        proof.head_in_hexadecimal()
    )?;
    let Some(key) = proof.key else {
        writeln!(
            report,
            "It is not signed: the till had no key yet. Only whoever noted an earlier head and \
             length can tell that nothing was replaced since."
        )?;
        return Ok(());
    };
    writeln!(report, "Signed by: {key}")?;
    if proof.unsigned > 0 {
        writeln!(
            report,
            "The first {} entries are older than the key; the signatures behind them prove them too.",
            proof.unsigned
        )?;
    }
    if keys.is_empty() {
        writeln!(
            report,
            "Compare this key with the till's Z reports, or give it as --key: nobody but that till \
             can sign with it."
        )?;
    }
    Ok(())
}
