//! `evertill-setup journal verify`.

use std::io::{BufReader, Write};
use std::path::Path;

use store::{Fingerprint, NotAHead, NotedHead, verify_journal_export};

use crate::Error;

/// What Z reports show of the journal: how many entries, and below them the hash of the last.
///
/// # Errors
/// [`Error::NotAHead`] when a hash is none or there are not as many of one as of the other.
pub fn noted(entries: &[u64], hashes: &[String]) -> Result<Vec<NotedHead>, Error> {
    if entries.len() != hashes.len() {
        return Err(NotAHead.into());
    }
    let pairs = entries.iter().zip(hashes);
    let noted: Result<Vec<_>, _> = pairs
        .map(|(entries, hash)| NotedHead::new(*entries, hash))
        .collect();
    Ok(noted?)
}

/// Proves that a file holds a whole journal, signed by the till, and reports its length, its head
/// and its key. `keys` are fingerprints of the keys that it must be signed by; none, if the reader
/// compares the one that is reported. `noted` is what Z reports show of the journal: what was cut off
/// its end since shows against them.
///
/// # Errors
/// [`Error::Journal`] with the first place at which it is not whole.
pub fn verify(
    file: &Path,
    keys: &[Fingerprint],
    noted: &[NotedHead],
    report: &mut dyn Write,
) -> Result<(), Error> {
    let source = std::fs::File::open(file).map_err(|reason| Error::File {
        path: file.to_owned(),
        reason,
    })?;
    let proof =
        verify_journal_export(&mut BufReader::new(source), keys, noted).map_err(|reason| {
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
    if let Some(last) = proof.last {
        let last = last.strftime("%Y-%m-%d %H:%M:%S UTC");
        writeln!(report, "Last entry: {last}")?;
    }
    writeln!(
        report,
        "{}",
        if proof.ends_with_export {
            "It ends with the till's own note that it was exported then: up to that time nothing \
             is missing."
        } else {
            "It does not end with the note that the till makes when it is exported on its screen: \
             that nothing was cut off its end shows only against a later Z report (--entries and \
             --head)."
        }
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
    for one in &proof.takeovers {
        writeln!(report, "{one}.")?;
        if keys.is_empty() {
            writeln!(
                report,
                "The key before could not sign for that one. Whoever has the till's disk could make \
                 such a change, too: what follows entry {} is this till's only if {} stands on its \
                 Z reports since then. Name both keys to prove it: --key {} --key {}.",
                one.entry, one.key, one.before, one.key
            )?;
        }
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
