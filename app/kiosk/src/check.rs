//! `evertill check`: compares the till's computing with what ERPNext computed.

use std::fmt::Display;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use checkout::draft::check::CartCheck;
use checkout::totals::check::{Difference, check_line};
use erpnext::recorded::{self, RecordedError};
use flate2::read::MultiGzDecoder;
use thiserror::Error;

/// What a check came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Documents that came out equal.
    pub matched: u64,
    /// Documents that did not, or could not be read.
    pub differ: u64,
}

/// A check that could not go on.
#[derive(Debug, Error)]
pub enum CheckFailed {
    /// A file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The shop's masters cannot be read.
    #[error(transparent)]
    Shop(#[from] RecordedError),
    /// The report cannot be written.
    #[error("cannot write the report: {0}")]
    Write(#[from] std::io::Error),
}

/// Computes every document of the files (JSON Lines, plain or gzip) and writes a line for each
/// difference and the tally at the end.
///
/// # Errors
/// [`CheckFailed`] when a file cannot be read or the report not written.
pub fn arithmetic(files: &[PathBuf], report: &mut dyn Write) -> Result<Tally, CheckFailed> {
    each_line(files, report, check_line)
}

/// Prices every cart of the files from the masters of a folder of recorded answers, and reports
/// as [`arithmetic`] does.
///
/// # Errors
/// [`CheckFailed`] when a file or the masters cannot be read or the report not written.
pub fn carts(files: &[PathBuf], shop: &Path, report: &mut dyn Write) -> Result<Tally, CheckFailed> {
    let mut check = CartCheck::new(recorded::masters(shop)?);
    each_line(files, report, |line| check.line(line))
}

fn each_line<E: Display>(
    files: &[PathBuf],
    report: &mut dyn Write,
    mut check: impl FnMut(&str) -> Result<Vec<Difference>, E>,
) -> Result<Tally, CheckFailed> {
    let mut tally = Tally::default();
    for path in files {
        let failed = |source| CheckFailed::Read {
            path: path.clone(),
            source,
        };
        for (number, line) in open(path).map_err(failed)?.lines().enumerate() {
            let line = line.map_err(failed)?;
            if line.trim().is_empty() {
                continue;
            }
            match check(&line) {
                Ok(differences) if differences.is_empty() => tally.matched += 1,
                Ok(differences) => {
                    tally.differ += 1;
                    for difference in differences {
                        writeln!(report, "{difference}")?;
                    }
                }
                Err(error) => {
                    tally.differ += 1;
                    writeln!(report, "{} line {}: {error}", path.display(), number + 1)?;
                }
            }
        }
    }
    writeln!(report, "{} matched, {} differ", tally.matched, tally.differ)?;
    Ok(tally)
}

/// A file's text, unpacked when it begins as gzip does.
fn open(path: &Path) -> std::io::Result<Box<dyn BufRead>> {
    let mut start = [0; 2];
    let read = File::open(path)?.read(&mut start)?;
    let file = File::open(path)?;
    Ok(if read == 2 && start == [0x1f, 0x8b] {
        Box::new(BufReader::new(MultiGzDecoder::new(file)))
    } else {
        Box::new(BufReader::new(file))
    })
}
