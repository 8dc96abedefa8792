//! Every parser of bytes from outside, tried with its corpus in `tests/fuzz/corpora`: what a shop
//! really sends, and what was once found to stop it. `make fuzz` looks for more.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use kiosk::config::Config;
use tests::parsers::{ALL, Parser};

/// The parser that belongs to the program itself, whose screens take too long to compile for a
/// fuzzer.
const TILL_TOML: Parser = Parser {
    name: "till_toml",
    try_with: |bytes| {
        if let Err(problem) = Config::parse(&String::from_utf8_lossy(bytes), Path::new("/data")) {
            assert!(!problem.is_empty());
        }
    },
};
/// In how many places each file of a corpus is cut short or changed.
const PLACES: usize = 24;

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

fn parsers() -> impl Iterator<Item = Parser> {
    ALL.iter().copied().chain([TILL_TOML])
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
    known.remove(TILL_TOML.name);
    assert_eq!(names(&folder("src/bin")), known);
}
