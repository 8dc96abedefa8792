//! What a command says on standard output.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

/// Prints a line. Whoever reads no further, as `head` does, has what they wanted.
///
/// # Errors
/// What the file or the device behind standard output refuses.
pub fn say(line: impl Display) -> io::Result<()> {
    let mut output = io::stdout().lock();
    match writeln!(output, "{line}").and_then(|()| output.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}
