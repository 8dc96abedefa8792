//! The carts a real ERPNext 15.71 priced come out the same from the masters that it answered.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Read;
use std::path::Path;

use checkout::draft::check::CartCheck;

#[test]
fn every_golden_cart_is_priced_as_erpnext_priced_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("recorded");
    let mut check = CartCheck::new(erpnext::recorded::masters(&folder).unwrap());
    let packed: &[u8] = include_bytes!("../../checkout/tests/golden/carts.jsonl.gz");
    let mut lines = String::new();
    flate2::read::GzDecoder::new(packed)
        .read_to_string(&mut lines)
        .unwrap();
    let (mut matched, mut wrong) = (0, Vec::new());
    for line in lines.lines() {
        match check.line(line) {
            Ok(differences) if differences.is_empty() => matched += 1,
            Ok(differences) => wrong.extend(differences.iter().map(ToString::to_string)),
            Err(error) => wrong.push(error.to_string()),
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differences, {matched} carts match:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
    assert_eq!(matched, 700);
}
