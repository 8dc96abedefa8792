//! Every parser of bytes from outside, tried with its corpus in `tests/fuzz/corpora`: what a shop
//! really sends, and what was once found to stop it. `make fuzz` looks for more. The parsers of the
//! program itself, whose screens take too long to compile for a fuzzer, are tried here with files that
//! chance makes of their corpora: a few, a minute each in `make test-long`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod changes;
mod own;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tests::parsers::{ALL, Parser};
use tests::random::Random;

/// In how many places each file of a corpus is cut short or changed.
const PLACES: usize = 24;
/// So many files are made of a corpus by chance in every run.
const FILES: u64 = 400;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz")
        .join(name)
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        path.file_stem().unwrap().to_str().unwrap().to_owned()
    };
    entries.map(name).collect()
}

fn corpus(parser: &Parser) -> Vec<Vec<u8>> {
    let corpus = folder("corpora").join(parser.name);
    let entries = std::fs::read_dir(corpus).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: &PathBuf| std::fs::read(path).unwrap();
    paths.iter().map(read).collect()
}

fn parsers() -> impl Iterator<Item = Parser> {
    ALL.iter().chain(own::ALL).copied()
}

#[test]
fn no_parser_is_stopped_by_its_corpus_nor_by_a_damaged_one() {
    for parser in parsers() {
        let corpus = folder("corpora").join(parser.name);
        let mut tried = 0;
        for entry in std::fs::read_dir(&corpus).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            let attempt = |what: String, bytes: &[u8]| {
                let attempt = catch_unwind(AssertUnwindSafe(|| (parser.try_with)(bytes)));
                assert!(attempt.is_ok(), "{what} of {} stops it", path.display());
            };
            attempt("the whole".to_owned(), &bytes);
            let step = bytes.len().div_ceil(PLACES).max(1);
            for place in (0..bytes.len()).step_by(step) {
                attempt(format!("the first {place} bytes"), &bytes[..place]);
                let mut damaged = bytes.clone();
                damaged[place] ^= 1 << (place % 8);
                attempt(format!("a change at {place}"), &damaged);
            }
            tried += 1;
        }
        assert!(tried >= 5, "{} has a corpus of {tried}", parser.name);
    }
}

#[test]
fn every_parser_has_its_fuzzer_and_its_corpus_and_there_are_no_others() {
    let mut known: BTreeSet<String> = parsers().map(|parser| parser.name.to_owned()).collect();
    assert_eq!(names(&folder("corpora")), known);
    for own in own::ALL {
        known.remove(own.name);
    }
    assert_eq!(names(&folder("src/bin")), known);
}

#[test]
fn no_file_that_chance_makes_of_the_corpora_stops_the_program() {
    let minute = std::env::var_os("EVERTILL_LONG").map(|_| Duration::from_secs(60));
    for parser in own::ALL {
        let corpus = corpus(parser);
        let began = Instant::now();
        let mut tried = 0;
        while minute.map_or(tried < FILES, |minute| began.elapsed() < minute) {
            let file = changes::file(&corpus, &mut Random(tried));
            let attempt = catch_unwind(AssertUnwindSafe(|| (parser.try_with)(&file)));
            assert!(
                attempt.is_ok(),
                "file {tried} stops {}; put it into the corpus:\n{}",
                parser.name,
                String::from_utf8_lossy(&file)
            );
            tried += 1;
        }
        println!("{}: {tried} files", parser.name);
    }
}
