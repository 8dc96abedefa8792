//! The last bytes of a terminal, kept without what is about somebody's card.

use crate::traffic::{Direction, Traffic};
use crate::zvt::apdu::Apdu;
use crate::zvt::masked::{self, HIDDEN};

/// Class, instruction and length.
const HEAD: usize = 3;
/// The most bytes that are kept of something that speaks no ZVT: its greeting.
const GREETING: usize = 64;
/// The most bytes in one piece of what is kept.
const PIECE: usize = 128;

/// Notes one connection.
pub(super) struct Notes<'a> {
    traffic: &'a Traffic,
    /// The beginning of the block that is not whole yet, and how long it is.
    head: heapless::Vec<u8, HEAD>,
    length: usize,
    /// Whole blocks so far.
    blocks: usize,
}

impl Notes<'_> {
    pub(super) fn of(traffic: &Traffic) -> Notes<'_> {
        Notes {
            traffic,
            head: heapless::Vec::new(),
            length: 0,
            blocks: 0,
        }
    }

    /// The till sends a command.
    pub(super) fn ordered(&self, command: &[u8]) {
        self.keep(Direction::ToDevice, &masked::ordered(command));
    }

    /// A byte came that ends nothing by itself.
    pub(super) fn byte(&mut self, byte: u8) {
        // Bytes after the first ones are counted alone.
        let _ = self.head.push(byte);
        self.length += 1;
    }

    /// A whole block came.
    pub(super) fn block(&mut self, block: Apdu<'_>) {
        self.keep(Direction::FromDevice, &masked::said(block));
        self.head.clear();
        self.length = 0;
        self.blocks += 1;
    }

    /// What came is no ZVT. Where nothing before it was, it is another device, which has not been
    /// told of any payment; within a conversation it may be the rest of anything.
    pub(super) fn strange(&mut self, bytes: &[u8]) {
        let most = if self.blocks == 0 { GREETING } else { 0 };
        let shown = |(at, byte): (usize, &u8)| match *byte {
            b'0'..=b'9' => HIDDEN,
            byte if at < most => byte,
            _ => HIDDEN,
        };
        let masked: Vec<u8> = bytes.iter().enumerate().map(shown).take(GREETING).collect();
        self.keep(Direction::FromDevice, &masked);
    }

    /// The connection ends: what came of a block that is not whole.
    pub(super) fn end(&mut self) {
        let mut half = self.head.to_vec();
        half.resize(self.length.min(GREETING), HIDDEN);
        self.keep(Direction::FromDevice, &half);
        self.head.clear();
        self.length = 0;
    }

    fn keep(&self, direction: Direction, bytes: &[u8]) {
        for piece in bytes.chunks(PIECE) {
            self.traffic.note(direction, piece);
        }
    }
}

impl Drop for Notes<'_> {
    fn drop(&mut self) {
        self.end();
    }
}
