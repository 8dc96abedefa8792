//! `evertill-setup journal verify`.

use std::fmt::Write as _;
use std::io::{BufReader, Write};
use std::path::Path;

use store::verify_journal_export;

use crate::Error;

/// Proves that a file holds a whole journal and reports its length and its head.
///
/// # Errors
/// [`Error::Journal`] with the first place at which it is not whole.
pub fn verify(file: &Path, report: &mut dyn Write) -> Result<(), Error> {
    let source = std::fs::File::open(file).map_err(|reason| Error::File {
        path: file.to_owned(),
        reason,
    })?;
    let proof =
        verify_journal_export(&mut BufReader::new(source)).map_err(|reason| Error::Journal {
            path: file.to_owned(),
            reason,
        })?;
    let head = proof.head.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    writeln!(
        report,
        "The journal is whole: {} entries, and the sales and shifts they tell of.\nHead: {head}\nWhoever noted an earlier head and length can tell that nothing was replaced since.",
        proof.entries
    )?;
    Ok(())
}
