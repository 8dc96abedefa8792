//! An exported journal is proven whole without the till, and whoever changed it is found out.

use serde_json::{Value, json};
use store::{
    JournalExportError, JournalFault, JournalKind, JournalProof, NotedHead, verify_journal_export,
};

use crate::support::{Counter, SALT_ROAD, TEA, at};

fn exported() -> (JournalProof, String) {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    counter.sells(SALT_ROAD);
    let body = json!({ "cashier": "Zoë \u{1F4DA} \"quoted\"\n" });
    let store = &mut counter.store;
    store
        .journal_append(JournalKind::SignIn, &body, at(1))
        .unwrap();
    counter.sells(TEA);
    let mut file = Vec::new();
    let proof = counter.store.records().journal_export(&mut file).unwrap();
    assert_eq!(
        counter.store.records().journal_verify().unwrap().unwrap(),
        proof
    );
    (proof, String::from_utf8(file).unwrap())
}

fn verify(file: &str) -> Result<JournalProof, JournalExportError> {
    verify_journal_export(&mut file.as_bytes(), &[], &[])
}

fn fault(file: &str) -> (u64, JournalFault) {
    match verify(file) {
        Err(JournalExportError::Broken(broken)) => (broken.entry, broken.fault),
        other => panic!("not found out: {other:?}"),
    }
}

/// The file with one line replaced.
fn with(file: &str, place: usize, change: impl Fn(&mut Value)) -> String {
    let mut lines: Vec<String> = file.lines().map(str::to_owned).collect();
    let mut line: Value = serde_json::from_str(&lines[place]).unwrap();
    change(&mut line);
    lines[place] = line.to_string();
    lines.join("\n")
}

#[test]
fn a_file_proves_the_journal_that_the_till_has() {
    let (proof, file) = exported();
    assert_eq!(proof.entries, 4);
    assert_eq!(verify(&file).unwrap(), proof);
}

#[test]
fn a_changed_entry_document_or_order_is_named() {
    let (_, file) = exported();
    let sale = |line: &mut Value| {
        let document = line["document"]
            .as_str()
            .unwrap()
            .replacen("17.3", "7.3", 1);
        line["document"] = json!(document);
    };
    let (entry, named) = fault(&with(&file, 2, sale));
    assert_eq!(entry, 2);
    assert!(matches!(named, JournalFault::DocumentAltered(_)), "{named}");
    let no_sale = |line: &mut Value| {
        line.as_object_mut().unwrap().remove("document");
    };
    let (entry, named) = fault(&with(&file, 2, no_sale));
    assert_eq!(entry, 2);
    assert!(matches!(named, JournalFault::DocumentMissing(_)), "{named}");
    let altered = fault(&with(&file, 3, |line| line["at"] = json!(0)));
    assert_eq!(altered, (3, JournalFault::Altered));
    let mut lines: Vec<&str> = file.lines().collect();
    lines.remove(3);
    assert_eq!(fault(&lines.join("\n")), (3, JournalFault::Missing));
    let other_till = with(&file, 0, |line| line["installation"] = json!("another"));
    assert_eq!(fault(&other_till), (1, JournalFault::Unchained));
    let shorter = with(&file, 5, |line| line["entries"] = json!(9));
    assert_eq!(fault(&shorter), (5, JournalFault::Missing));
}

#[test]
fn what_was_cut_off_or_is_something_else_is_told_apart() {
    let (_, file) = exported();
    let cut: Vec<&str> = file.lines().take(4).collect();
    assert!(matches!(
        verify(&cut.join("\n")),
        Err(JournalExportError::CutOff { after: 3 })
    ));
    let half = &file[..file.len() / 2];
    assert!(
        matches!(verify(half), Err(JournalExportError::Line { .. })),
        "a line that ends in its middle"
    );
    for foreign in [
        "",
        "\n",
        "PK\u{3}\u{4}",
        "{\"format\":\"x\",\"installation\":\"y\"}\n",
    ] {
        assert!(matches!(verify(foreign), Err(JournalExportError::Foreign)));
    }
    let longer = format!("{file}{{}}\n");
    assert!(matches!(
        verify(&longer),
        Err(JournalExportError::Line { line: 7, .. })
    ));
}

#[test]
fn an_end_that_was_cut_off_with_care_shows_against_what_was_noted() {
    let (proof, file) = exported();
    assert!(!proof.ends_with_export);
    assert!(proof.last.is_some());
    // The last entry goes, and the end is written as if it had never been.
    let mut lines: Vec<&str> = file.lines().collect();
    lines.remove(4);
    let kept: Value = serde_json::from_str(lines[3]).unwrap();
    let end = json!({ "entries": 3, "head": kept["hash"] }).to_string();
    lines[4] = &end;
    let cut = lines.join("\n");
    assert_eq!(verify(&cut).unwrap().entries, 3, "whole in itself");

    let noted = NotedHead::new(4, &proof.head_in_hexadecimal()).unwrap();
    let against = |file: &str, noted| verify_journal_export(&mut file.as_bytes(), &[], &[noted]);
    assert_eq!(against(&file, noted).unwrap(), proof);
    match against(&cut, noted) {
        Err(JournalExportError::Broken(broken)) => {
            assert_eq!((broken.entry, broken.fault), (4, JournalFault::Missing));
        }
        other => panic!("not found out: {other:?}"),
    }
    let other = NotedHead::new(3, &proof.head_in_hexadecimal()).unwrap();
    match against(&file, other) {
        Err(JournalExportError::Broken(broken)) => {
            assert_eq!((broken.entry, broken.fault), (3, JournalFault::NotAsNoted));
        }
        other => panic!("not found out: {other:?}"),
    }
}

#[test]
fn a_head_is_read_as_a_z_report_shows_it() {
    let hash = "91ab 03fe ".repeat(8);
    assert!(NotedHead::new(7, hash.trim_end()).is_ok());
    assert!(NotedHead::new(7, &hash.to_uppercase()).is_ok());
    for (entries, wrong) in [(0, hash.as_str()), (7, ""), (7, "91ab"), (7, "g")] {
        assert!(NotedHead::new(entries, wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn an_export_that_the_till_noted_proves_its_end() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    counter.sells(SALT_ROAD);
    let told = json!({ "by": "maya", "to": "USB stick" });
    let store = &mut counter.store;
    store
        .journal_append(JournalKind::Exported, &told, at(9))
        .unwrap();
    let mut file = Vec::new();
    let proof = store.records().journal_export(&mut file).unwrap();
    assert!(proof.ends_with_export);
    assert_eq!(proof.last, Some(at(9)));
    let file = String::from_utf8(file).unwrap();
    assert_eq!(verify(&file).unwrap(), proof);
}
