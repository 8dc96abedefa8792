//! Reading an answer that may hold secrets: a new key, the hashes of PINs.

use std::io::{ErrorKind, Read};

use zeroize::Zeroizing;

/// What an ordinary answer has room in, in bytes.
const ROOM: usize = 16 * 1024;

/// Reads to the end, and what was read so far where that fails. No copy stays in memory: a buffer
/// that grows is wiped before it is given back.
pub(super) fn read_to_end(source: &mut impl Read) -> (Zeroizing<Vec<u8>>, std::io::Result<()>) {
    let mut buffer = Zeroizing::new(vec![0; ROOM]);
    let mut length = 0;
    let ended = loop {
        if length == buffer.len() {
            let mut larger = Zeroizing::new(vec![0; 2 * length]);
            larger[..length].copy_from_slice(&buffer);
            buffer = larger;
        }
        match source.read(&mut buffer[length..]) {
            Ok(0) => break Ok(()),
            Ok(read) => length += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => break Err(error),
        }
    };
    buffer.truncate(length);
    (buffer, ended)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn an_answer_longer_than_the_first_buffer_is_read_whole() {
        let sent: Vec<u8> = (0..5 * ROOM).map(|place| place as u8).collect();
        let (read, ended) = read_to_end(&mut sent.as_slice());
        ended.unwrap();
        assert_eq!(*read, sent);
        let (read, ended) = read_to_end(&mut [].as_slice());
        ended.unwrap();
        assert!(read.is_empty());
    }
}
