//! The bytes of one file: as programs see them, and as they are on the disk.

use super::fate::{Fate, SECTOR};
use crate::chance::Chance;

/// A change that was not synchronised yet.
#[derive(Clone, Debug)]
enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Size(usize),
}

impl Change {
    fn make(&self, target: &mut Vec<u8>) {
        match self {
            Self::Size(size) => target.resize(*size, 0),
            Self::Write { offset, bytes } => put(target, *offset, bytes),
        }
    }

    fn make_here_and_there(&self, target: &mut Vec<u8>, chance: &mut Chance) {
        match self {
            Self::Size(_) if chance.heads() => self.make(target),
            Self::Size(_) => {}
            Self::Write { offset, bytes } => {
                let mut offset = *offset;
                let mut rest = bytes.as_slice();
                while !rest.is_empty() {
                    let (part, after) = rest.split_at(rest.len().min(SECTOR - offset % SECTOR));
                    if chance.heads() {
                        put(target, offset, part);
                    }
                    offset += part.len();
                    rest = after;
                }
            }
        }
    }
}

fn put(target: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if target.len() < end {
        target.resize(end, 0);
    }
    target[offset..end].copy_from_slice(bytes);
}

#[derive(Clone, Debug, Default)]
pub struct Content {
    now: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<Change>,
}

impl Content {
    /// A file that is on the disk.
    pub fn durable(bytes: Vec<u8>) -> Self {
        Self {
            durable: bytes.clone(),
            now: bytes,
            pending: Vec::new(),
        }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.now
    }

    pub fn write(&mut self, offset: usize, bytes: &[u8]) {
        let bytes = bytes.to_vec();
        self.change(Change::Write { offset, bytes });
    }

    pub fn set_size(&mut self, size: usize) {
        self.change(Change::Size(size));
    }

    fn change(&mut self, change: Change) {
        change.make(&mut self.now);
        self.pending.push(change);
    }

    pub fn synchronise(&mut self) {
        for change in self.pending.drain(..) {
            change.make(&mut self.durable);
        }
    }

    /// How many changes a power cut may take away.
    pub fn at_risk(&self) -> usize {
        self.pending.len()
    }

    /// What is on the disk after a power cut.
    pub fn after_the_cut(&self, fate: Fate, chance: &mut Chance) -> Vec<u8> {
        let mut left = self.durable.clone();
        if fate == Fate::Scattered {
            for change in &self.pending {
                change.make_here_and_there(&mut left, chance);
            }
            return left;
        }
        let survivors = fate.survivors(self.pending.len(), chance);
        let mut torn = fate == Fate::CutShort;
        for (change, survives) in self.pending.iter().zip(survivors) {
            if survives {
                change.make(&mut left);
            } else if torn {
                torn = false;
                if let Change::Write { offset, bytes } = change {
                    put(&mut left, *offset, &bytes[..chance.up_to(bytes.len())]);
                }
            }
        }
        left
    }
}
