//! What a machine wrote to its disk and when it asked for it to be durable, as QEMU's
//! `blklogwrites` records it; and the disk as a power cut at any moment may have left it.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use anyhow::ensure;

use crate::disk::{self, Place};

/// The kernel's dm-log-writes wrote this format first.
const MAGIC: u64 = 0x006a_7366_7773_6872;
const SECTOR: u64 = 512;
const FLUSH: u64 = 1;
/// Durable by itself.
const FORCED: u64 = 2;
const DISCARD: u64 = 4;

/// One write, or a flush without data.
#[derive(Clone, Copy)]
pub struct Entry {
    sector: u64,
    sectors: u64,
    flags: u64,
    data: u64,
}

/// A recorded log.
pub struct WriteLog {
    file: File,
    /// In the order in which they came.
    pub entries: Vec<Entry>,
}

/// Numbers that are the same each time: a failure can be looked at again.
pub struct Dice(pub u64);

impl Dice {
    /// The next number below a limit.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit.max(1)
    }
}

impl WriteLog {
    /// Reads a log.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let file = File::open(path)?;
        let mut head = [0; 28];
        file.read_exact_at(&mut head, 0)?;
        let number = |bytes: &[u8]| {
            bytes
                .iter()
                .rev()
                .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
        };
        ensure!(number(&head[..8]) == MAGIC, "this is no write log");
        let (count, size) = (number(&head[16..24]), number(&head[24..28]));
        ensure!(size == SECTOR, "a write log of another sector size");
        let mut at = SECTOR;
        let mut entries = Vec::new();
        for _ in 0..count {
            let mut entry = [0; 32];
            file.read_exact_at(&mut entry, at)?;
            let sectors = number(&entry[8..16]);
            let flags = number(&entry[16..24]);
            at += SECTOR;
            entries.push(Entry {
                sector: number(&entry[..8]),
                sectors,
                flags,
                data: at,
            });
            if flags & DISCARD == 0 {
                at += sectors * SECTOR;
            }
        }
        Ok(Self { file, entries })
    }

    /// Writes what an entry holds of a place into a file that is that place, as far as so many of
    /// the entry's sectors came.
    fn apply(&self, entry: Entry, sectors: u64, place: Place, file: &File) -> anyhow::Result<()> {
        if entry.flags & DISCARD != 0 {
            return Ok(());
        }
        let from = entry.sector * SECTOR;
        let (start, end) = (
            from.max(place.start),
            (from + sectors * SECTOR).min(place.start + place.length),
        );
        if start >= end {
            return Ok(());
        }
        let mut data = vec![0; usize::try_from(end - start)?];
        self.file
            .read_exact_at(&mut data, entry.data + start - from)?;
        file.write_all_at(&data, start - place.start)?;
        Ok(())
    }

    /// Whether anything is written into a place.
    pub fn touches(&self, place: Place) -> bool {
        self.entries.iter().any(|entry| {
            let (start, end) = (entry.sector * SECTOR, place.start + place.length);
            start < end && start + entry.sectors * SECTOR > place.start
        })
    }

    /// Cuts the power after so many entries: what was flushed is there; of what was not, each write is
    /// there, torn, or lost.
    pub fn cut(&self, after: usize, dice: &mut Dice) -> Cut {
        let until = self.entries.get(..after).unwrap_or(&self.entries);
        let flushed = until.iter().rposition(|entry| entry.flags & FLUSH != 0);
        let durable = flushed.unwrap_or(0);
        let mut pending = Vec::new();
        for entry in until.get(durable..).unwrap_or_default() {
            let sectors = if entry.flags & FORCED != 0 || dice.below(2) == 0 {
                entry.sectors
            } else if dice.below(3) == 0 {
                dice.below(entry.sectors)
            } else {
                continue;
            };
            pending.push((*entry, sectors));
        }
        Cut { durable, pending }
    }

    /// How many entries a log has that is still written: none before the first write.
    pub fn count(path: &Path) -> anyhow::Result<u64> {
        let file = File::open(path)?;
        if file.metadata()?.len() == 0 {
            return Ok(0);
        }
        let mut count = [0; 8];
        file.read_exact_at(&mut count, 16)?;
        Ok(u64::from_le_bytes(count))
    }
}

/// What a power cut left of what was written.
pub struct Cut {
    /// So many entries are there whole.
    durable: usize,
    /// What else is there, and how many sectors of it.
    pending: Vec<(Entry, u64)>,
}

/// A part of a disk as cuts at later and later moments may have left it.
pub struct Replay<'a> {
    log: &'a WriteLog,
    place: Place,
    /// What is durable after `applied` entries.
    base: PathBuf,
    applied: usize,
}

impl<'a> Replay<'a> {
    /// Begins with a part of a disk as it was before the log; `base` becomes a copy of it.
    pub fn new(
        log: &'a WriteLog,
        before: &Path,
        place: Place,
        base: &Path,
    ) -> anyhow::Result<Self> {
        disk::extract(before, place, base)?;
        Ok(Self {
            log,
            place,
            base: base.to_owned(),
            applied: 0,
        })
    }

    /// Makes the part as a cut left it. Cuts come in their order.
    pub fn make(&mut self, cut: &Cut, to: &Path) -> anyhow::Result<()> {
        let base = File::options().write(true).open(&self.base)?;
        let entries = self.log.entries.get(self.applied..cut.durable);
        for entry in entries.unwrap_or_default() {
            self.log.apply(*entry, entry.sectors, self.place, &base)?;
        }
        self.applied = cut.durable.max(self.applied);
        disk::copy(&self.base, to)?;
        let part = File::options().write(true).open(to)?;
        for (entry, sectors) in &cut.pending {
            self.log.apply(*entry, *sectors, self.place, &part)?;
        }
        Ok(())
    }
}

impl Drop for Replay<'_> {
    fn drop(&mut self) {
        // It is in the way only.
        let _ = std::fs::remove_file(&self.base);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A log of writes (a sector, what its sectors are filled with) and, between them, a flush.
    fn log(folder: &Path, writes: &[Option<(u64, &[u8])>]) -> WriteLog {
        let mut bytes = vec![0; 512];
        let mut put = |at: usize, value: u64| {
            bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
        };
        put(0, MAGIC);
        put(16, writes.len() as u64);
        put(24, SECTOR);
        for write in writes {
            let (sector, filled, flags) = match write {
                Some((sector, filled)) => (*sector, *filled, 0),
                None => (0, &[][..], FLUSH),
            };
            let mut head = vec![0; 512];
            for (at, value) in [(0, sector), (8, filled.len() as u64), (16, flags)] {
                head[at..at + 8].copy_from_slice(&value.to_le_bytes());
            }
            bytes.extend(head);
            for fill in filled {
                bytes.extend([*fill; 512]);
            }
        }
        let file = folder.join("log");
        std::fs::write(&file, bytes).unwrap();
        WriteLog::open(&file).unwrap()
    }

    #[test]
    fn what_was_flushed_is_there_and_of_the_rest_what_the_dice_say_within_the_place() {
        let folder = tempfile::tempdir().unwrap();
        let (disk, base) = (folder.path().join("disk"), folder.path().join("base"));
        std::fs::write(&disk, [0; 8 * 512]).unwrap();
        let writes = [Some((1, &[1, 2, 3][..])), None, Some((3, &[4, 5][..]))];
        let log = log(folder.path(), &writes);
        let place = Place {
            start: 2 * SECTOR,
            length: 2 * SECTOR,
        };
        assert!(log.touches(place));
        assert!(!log.touches(Place {
            start: 5 * SECTOR,
            length: SECTOR
        }));
        let mut replay = Replay::new(&log, &disk, place, &base).unwrap();
        let mut made = |after, dice: &mut Dice| {
            let to = folder.path().join("made");
            replay.make(&log.cut(after, dice), &to).unwrap();
            let bytes = std::fs::read(to).unwrap();
            assert_eq!(bytes.len(), 1024);
            [bytes[0], bytes[512]]
        };
        assert_eq!(made(2, &mut Dice(1)), [2, 3]);
        let mut seen: Vec<_> = (0..64)
            .map(|seed| made(3, &mut Dice(seed * 1000)))
            .collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen, [[2, 3], [2, 4]]);
    }
}
