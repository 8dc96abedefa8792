//! What goes through a connection, wiped as soon as it has gone: the till's key in every request,
//! the hashes of PINs in some, a new key in an answer.
//!
//! Two copies are not ours. rustls encrypts a request in place, so nothing of it stays; but what it
//! has decrypted of an answer lies in buffers that it gives back unwiped. And of an answer's head
//! the `http` crate keeps copies until the answer is dropped, among them the cookie of a session.

use ureq::unversioned::transport::Buffers;
use zeroize::{Zeroize, Zeroizing};

/// The least that is lent for reading a request's body, in bytes: as ureq's own buffers have it.
const LEAST_LENT: usize = 10 * 1024;

/// The buffers of one connection. Nothing is allocated before it is needed.
pub(super) struct WipedBuffers {
    input_size: usize,
    output_size: usize,
    input: Zeroizing<Vec<u8>>,
    /// Of the input so much was read...
    filled: usize,
    /// ... and of that so much was used.
    consumed: usize,
    output: Zeroizing<Vec<u8>>,
    /// The free part of the input was lent for a request's body.
    lent: bool,
    progress: bool,
}

impl WipedBuffers {
    /// Buffers of so many bytes each.
    pub(super) fn new(input_size: usize, output_size: usize) -> Self {
        Self {
            input_size,
            output_size,
            input: Zeroizing::default(),
            filled: 0,
            consumed: 0,
            output: Zeroizing::default(),
            lent: false,
            progress: false,
        }
    }

    /// The first so many bytes of the output were sent.
    pub(super) fn sent(&mut self, amount: usize) {
        if let Some(sent) = self.output.get_mut(..amount) {
            sent.zeroize();
        }
        if std::mem::take(&mut self.lent) {
            self.free().zeroize();
        }
    }

    fn allocate(&mut self) {
        if self.output.len() < self.output_size {
            self.output = Zeroizing::new(vec![0; self.output_size]);
        }
        if self.input.len() < self.input_size {
            self.grow(self.input_size);
        }
    }

    /// A larger input; the one before is wiped.
    fn grow(&mut self, size: usize) {
        let mut larger = Zeroizing::new(vec![0; size]);
        let unused = self.input();
        let length = unused.len();
        if let Some(beginning) = larger.get_mut(..length) {
            beginning.copy_from_slice(unused);
        }
        (self.input, self.filled, self.consumed) = (larger, length, 0);
    }

    /// The part of the input that holds nothing, as much as there is.
    fn free(&mut self) -> &mut [u8] {
        if self.consumed > 0 {
            let (from, to) = (self.consumed, self.filled);
            self.input.copy_within(from..to, 0);
            (self.filled, self.consumed) = (to - from, 0);
            // What was moved lies behind it a second time.
            if let Some(behind) = self.input.get_mut(self.filled..to) {
                behind.zeroize();
            }
        }
        self.input.get_mut(self.filled..).unwrap_or_default()
    }
}

impl Buffers for WipedBuffers {
    fn output(&mut self) -> &mut [u8] {
        self.allocate();
        &mut self.output
    }

    fn input(&self) -> &[u8] {
        self.input
            .get(self.consumed..self.filled)
            .unwrap_or_default()
    }

    fn input_append_buf(&mut self) -> &mut [u8] {
        self.allocate();
        self.free()
    }

    fn input_appended(&mut self, amount: usize) {
        self.filled = (self.filled + amount).min(self.input.len());
    }

    fn input_consume(&mut self, amount: usize) {
        self.progress = amount > 0;
        let end = (self.consumed + amount).min(self.filled);
        if let Some(used) = self.input.get_mut(self.consumed..end) {
            used.zeroize();
        }
        self.consumed = end;
    }

    fn tmp_and_output(&mut self) -> (&mut [u8], &mut [u8]) {
        self.allocate();
        if self.free().len() < LEAST_LENT {
            self.grow(self.filled + LEAST_LENT);
        }
        self.lent = true;
        let lent = self.input.get_mut(self.filled..).unwrap_or_default();
        (lent, &mut self.output)
    }

    fn can_use_input(&self) -> bool {
        !self.input().is_empty() && self.progress
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn holds(bytes: &[u8], text: &[u8]) -> bool {
        bytes.windows(text.len()).any(|window| window == text)
    }

    #[test]
    fn what_was_sent_and_what_was_used_is_wiped() {
        let mut buffers = WipedBuffers::new(64, 64);
        buffers.output()[..6].copy_from_slice(b"secret");
        buffers.sent(6);
        assert!(!holds(&buffers.output, b"secret"));

        let (lent, _) = buffers.tmp_and_output();
        lent[..6].copy_from_slice(b"secret");
        buffers.sent(0);
        assert!(!holds(&buffers.input, b"secret"));

        buffers.input_append_buf()[..10].copy_from_slice(b"secretmore");
        buffers.input_appended(10);
        buffers.input_consume(6);
        assert_eq!(buffers.input(), b"more");
        assert!(!holds(&buffers.input, b"secret"));
    }

    #[test]
    fn an_answer_is_read_in_pieces_of_any_length_as_it_came() {
        let sent: Vec<u8> = (0..5_000_u32).map(|place| place as u8).collect();
        let mut buffers = WipedBuffers::new(100, 100);
        let mut read = Vec::new();
        let (mut at, mut piece) = (0, 1);
        while read.len() < sent.len() {
            let free = buffers.input_append_buf();
            let length = free.len().min(piece).min(sent.len() - at);
            free[..length].copy_from_slice(&sent[at..at + length]);
            buffers.input_appended(length);
            at += length;
            let used = buffers.input().len().min(piece / 2 + 1);
            read.extend_from_slice(&buffers.input()[..used]);
            buffers.input_consume(used);
            piece = piece % 97 + 7;
        }
        assert_eq!(read, sent);
    }
}
