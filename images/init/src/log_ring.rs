//! What programs say, kept on the data partition in a few files that never become more.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// How large a file becomes, in bytes.
const FILE_SIZE: u64 = 1024 * 1024;
/// How many older files are kept.
const OLDER: u32 = 4;
/// Longer lines are cut here.
const LINE: u64 = 4096;

/// The files; clones write to the same.
#[derive(Clone)]
pub struct LogRing {
    ring: Arc<Mutex<Ring>>,
}

struct Ring {
    folder: PathBuf,
    file: Option<File>,
    size: u64,
}

impl LogRing {
    /// Keeps lines in that folder. Without the folder they are dropped: a full or broken disk must
    /// not keep the till from selling.
    pub fn new(folder: &Path) -> Self {
        let ring = Ring {
            folder: folder.to_owned(),
            file: None,
            size: 0,
        };
        Self {
            ring: Arc::new(Mutex::new(ring)),
        }
    }

    /// Keeps a line, with the program's name and the seconds since power-on.
    pub fn line(&self, program: &str, text: &str) {
        let uptime = std::fs::read_to_string("/proc/uptime").unwrap_or_default();
        let uptime = uptime.split(' ').next().unwrap_or_default();
        let line = format!("{} {uptime} {program}: {text}\n", unix_seconds());
        if let Ok(mut ring) = self.ring.lock() {
            // There is nobody to tell.
            let _ = ring.write(line.as_bytes());
        }
    }

    /// Keeps what comes out of a program, until it ends.
    pub fn follow(&self, program: &str, output: impl Read + Send + 'static) {
        let log = self.clone();
        let name = program.to_owned();
        let reading = move || {
            let mut output = BufReader::new(output);
            let mut line = Vec::new();
            loop {
                line.clear();
                match output.by_ref().take(LINE).read_until(b'\n', &mut line) {
                    Ok(0) | Err(_) => break,
                    Ok(_) => log.line(&name, String::from_utf8_lossy(&line).trim_end()),
                }
            }
        };
        let thread = std::thread::Builder::new().name(format!("log of {program}"));
        if thread.spawn(reading).is_err() {
            self.line("init", &format!("the output of {program} is not kept"));
        }
    }
}

fn unix_seconds() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |since| since.as_secs())
}

impl Ring {
    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        if self.file.is_some() && self.size >= FILE_SIZE {
            self.file = None;
            for number in (0..OLDER).rev() {
                let _ = std::fs::rename(self.path(number), self.path(number + 1));
            }
        }
        if self.file.is_none() {
            let file = OpenOptions::new()
                .create(true)
                .append(true)
                .open(self.path(0))?;
            self.size = file.metadata()?.len();
            self.file = Some(file);
        }
        if let Some(file) = &mut self.file {
            file.write_all(line)?;
            self.size += line.len() as u64;
        }
        Ok(())
    }

    fn path(&self, number: u32) -> PathBuf {
        let name = match number {
            0 => "evertill.log".to_owned(),
            older => format!("evertill.{older}.log"),
        };
        self.folder.join(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ring_never_grows_beyond_its_files() {
        let folder = tempfile::tempdir().unwrap();
        let log = LogRing::new(folder.path());
        let text = "x".repeat(64 * 1024);
        for _ in 0..120 {
            log.line("test", &text);
        }
        let sizes: Vec<u64> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().metadata().unwrap().len())
            .collect();
        assert_eq!(sizes.len(), 5);
        assert!(sizes.iter().all(|size| *size < FILE_SIZE + 70 * 1024));
    }
}
