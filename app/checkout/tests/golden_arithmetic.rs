//! The documents a real ERPNext 15.71 computed come out the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::io::Read;

use checkout::totals::check::check_line;

fn golden_lines() -> String {
    let packed: &[u8] = include_bytes!("golden/arithmetic.jsonl.gz");
    let mut lines = String::new();
    flate2::read::GzDecoder::new(packed)
        .read_to_string(&mut lines)
        .unwrap();
    lines
}

#[test]
fn every_golden_document_matches_erpnext() {
    let (mut matched, mut wrong) = (0, Vec::new());
    for line in golden_lines().lines() {
        match check_line(line) {
            Ok(differences) if differences.is_empty() => matched += 1,
            Ok(differences) => wrong.extend(differences.iter().map(ToString::to_string)),
            Err(error) => wrong.push(error.to_string()),
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differences:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
    assert_eq!(matched, 2200);
}
