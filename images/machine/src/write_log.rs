//! What a machine wrote to its disk and when it asked for it to be durable, as QEMU's
//! `blklogwrites` records it; and the disk as a power cut at any moment may have left it.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use anyhow::ensure;

use crate::disk;

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

    fn apply(&self, entry: Entry, disk: &File, sectors: u64) -> anyhow::Result<()> {
        if entry.flags & DISCARD != 0 || sectors == 0 {
            return Ok(());
        }
        let mut data = vec![0; usize::try_from(sectors * SECTOR)?];
        self.file.read_exact_at(&mut data, entry.data)?;
        disk.write_all_at(&data, entry.sector * SECTOR)?;
        Ok(())
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

/// A disk as cuts at later and later moments may have left it.
pub struct Replay<'a> {
    log: &'a WriteLog,
    /// What is durable after `applied` entries.
    base: PathBuf,
    applied: usize,
}

impl<'a> Replay<'a> {
    /// Begins with a disk as it was before the log; `base` becomes a copy of it.
    pub fn new(log: &'a WriteLog, before: &Path, base: &Path) -> anyhow::Result<Self> {
        disk::copy(before, base)?;
        Ok(Self {
            log,
            base: base.to_owned(),
            applied: 0,
        })
    }

    /// Makes the disk that a cut after so many entries may have left: what was flushed is there; of
    /// what was not, each write is there, torn, or lost.
    pub fn cut(&mut self, to: &Path, after: usize, dice: &mut Dice) -> anyhow::Result<()> {
        let until = self.log.entries.get(..after).unwrap_or(&self.log.entries);
        let flushed = until.iter().rposition(|entry| entry.flags & FLUSH != 0);
        let durable = flushed.unwrap_or(0);
        let base = File::options().write(true).open(&self.base)?;
        for entry in until.get(self.applied..durable).unwrap_or_default() {
            self.log.apply(*entry, &base, entry.sectors)?;
        }
        self.applied = durable.max(self.applied);
        disk::copy(&self.base, to)?;
        let disk = File::options().write(true).open(to)?;
        for entry in until.get(durable..).unwrap_or_default() {
            let sectors = if entry.flags & FORCED != 0 || dice.below(2) == 0 {
                entry.sectors
            } else if dice.below(3) == 0 {
                dice.below(entry.sectors)
            } else {
                continue;
            };
            self.log.apply(*entry, &disk, sectors)?;
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
