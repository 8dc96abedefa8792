//! What a power cut leaves of changes that were never synchronised: a disk may have written any of
//! them, in any order, and torn the last.

use crate::chance::Chance;

/// What a sector is: the most that a disk writes or does not write as one.
pub const SECTOR: usize = 512;

/// What becomes of everything that was not synchronised.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It never left the memory.
    AllLost,
    /// It was all written just in time.
    AllKept,
    /// It was written in order up to somewhere, and the last write was torn.
    CutShort,
    /// Some of it was written, here and there.
    Scattered,
}

impl Fate {
    pub fn any(chance: &mut Chance) -> Self {
        match chance.below(4) {
            0 => Self::AllLost,
            1 => Self::AllKept,
            2 => Self::CutShort,
            _ => Self::Scattered,
        }
    }

    /// Which of so many changes, in order, were written.
    pub fn survivors(self, count: usize, chance: &mut Chance) -> Vec<bool> {
        match self {
            Self::AllLost => vec![false; count],
            Self::AllKept => vec![true; count],
            Self::CutShort => {
                let kept = chance.up_to(count);
                (0..count).map(|place| place < kept).collect()
            }
            Self::Scattered => (0..count).map(|_| chance.heads()).collect(),
        }
    }
}
