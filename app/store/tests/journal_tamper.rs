//! Whoever changes the journal, or what it tells of, is found out.

use std::path::Path;

use checkout::action::{Action, JournalFact};
use checkout::cart::{Approval, GivenDiscount};
use rusqlite::Connection;
use serde_json::json;
use store::{JournalFault, JournalKind, ReadStore, Store, StoreErrorKind};

use crate::support::{Counter, INSTALLATION, SALT_ROAD, at};

#[test]
fn a_whole_journal_is_proven_and_its_head_grows() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    let first = counter.store.records().journal_verify().unwrap().unwrap();
    assert_eq!(first.entries, 1);
    counter.sells(SALT_ROAD);
    let body = json!({ "cashier": "Anna", "why": "\u{1F4DA} \"quoted\"\n" });
    let number = counter
        .store
        .journal_append(JournalKind::SignIn, &body, at(1))
        .unwrap();
    let reader = ReadStore::open(dir.path()).unwrap();
    let proof = reader.records().journal_verify().unwrap().unwrap();
    assert_eq!((number, proof.entries), (3, 3));
    let entries = counter.store.records().journal_entries(1, 10).unwrap();
    let kinds: Vec<_> = entries.iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [JournalKind::Sale, JournalKind::SignIn]);
    assert_eq!((&entries[1].body, entries[1].hash), (&body, proof.head));
    assert_eq!(entries[1].previous, entries[0].hash);
}

#[test]
fn a_changed_price_is_kept_with_who_allowed_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    let cashier = crate::support::cashier();
    let mut fact = JournalFact {
        at: at(5),
        cashier: cashier.clone(),
        action: Action::Discount {
            from: None,
            to: Some(GivenDiscount::Percentage(40.0)),
            amount_before: crate::support::shop().currency.zero(),
            amount_after: crate::support::shop().currency.zero(),
        },
        approval: None,
        above: Vec::new(),
    };
    counter.store.journal_fact(&fact).unwrap();
    fact.approval = Some(Approval {
        by: cashier,
        reason: "damaged cover".into(),
    });
    let number = counter.store.journal_fact(&fact).unwrap();
    drop(counter);
    let store = Store::open(dir.path(), INSTALLATION).unwrap();
    let entries = store.records().journal_entries(1, 10).unwrap();
    let kinds: Vec<_> = entries.iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [JournalKind::Discount, JournalKind::Approval]);
    let last = entries.last().unwrap();
    assert_eq!((last.number, last.at), (number, at(5)));
    assert_eq!(
        serde_json::from_value::<JournalFact>(last.body.clone()).unwrap(),
        fact
    );
    store.records().journal_verify().unwrap().unwrap();
    drop(store);
    let altered = "UPDATE journal SET body = replace(body, 'damaged', 'new') WHERE number = 3";
    tamper(dir.path(), altered);
    let store = Store::open(dir.path(), INSTALLATION).unwrap();
    let broken = store.records().journal_verify().unwrap().unwrap_err();
    assert_eq!((broken.entry, broken.fault), (3, JournalFault::Altered));
}

#[test]
fn a_sale_cannot_be_claimed_by_an_entry_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path(), INSTALLATION).unwrap();
    for kind in [
        JournalKind::Sale,
        JournalKind::ShiftOpened,
        JournalKind::Print,
        JournalKind::Sync,
        JournalKind::Approval,
        JournalKind::PriceChange,
        JournalKind::Discount,
    ] {
        let refused = store.journal_append(kind, &json!({}), at(0)).unwrap_err();
        assert_eq!(refused.kind(), StoreErrorKind::Inconsistent, "{kind}");
    }
}

#[test]
fn each_way_to_tamper_is_named_with_the_first_entry_it_broke() {
    // Entry 1 opens the shift, 2 to 4 are sales.
    let key = |number: u32| format!("C1-{number:06}-R3ZYW4HM");
    let altered = |body: &str, number: u32| format!("UPDATE {body} WHERE number = {number}");
    let cases = [
        (
            altered("journal SET body = replace(body, 'Anna', 'Berta')", 3),
            3,
            JournalFault::Altered,
        ),
        (
            altered("journal SET at = at + 1", 2),
            2,
            JournalFault::Altered,
        ),
        (
            altered("journal SET kind = 'drawer'", 4),
            4,
            JournalFault::Altered,
        ),
        (
            altered("journal SET previous = zeroblob(32)", 3),
            3,
            JournalFault::Unchained,
        ),
        (
            "DELETE FROM journal WHERE number = 2".into(),
            2,
            JournalFault::Missing,
        ),
        (
            "DELETE FROM journal WHERE number = 4".into(),
            4,
            JournalFault::Unrecorded(format!("sale {}", key(3))),
        ),
        (
            altered("sale SET body = replace(body, '17.3', '1.73')", 2),
            3,
            JournalFault::DocumentAltered(format!("sale {}", key(2))),
        ),
        (
            "DELETE FROM sale WHERE number = 3".into(),
            4,
            JournalFault::DocumentMissing(format!("sale {}", key(3))),
        ),
        (
            altered("shift SET body = replace(body, 'Anna', 'Berta')", 1),
            1,
            JournalFault::DocumentAltered("shift C1-S00001-R3ZYW4HM".into()),
        ),
    ];
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    for _ in 0..3 {
        counter.sells(SALT_ROAD);
    }
    drop(counter);
    for (tampering, entry, fault) in cases {
        let copy = tempfile::tempdir().unwrap();
        for file in ["till.sqlite", "till.sqlite-wal"] {
            std::fs::copy(dir.path().join(file), copy.path().join(file)).unwrap();
        }
        tamper(copy.path(), &tampering);
        let store = Store::open(copy.path(), INSTALLATION).unwrap();
        let broken = store.records().journal_verify().unwrap().unwrap_err();
        assert_eq!((broken.entry, broken.fault), (entry, fault), "{tampering}");
    }
}

/// Does what somebody with a tool and time does: takes the triggers away and changes a row.
fn tamper(dir: &Path, statement: &str) {
    let tool = Connection::open(dir.join("till.sqlite")).unwrap();
    tool.pragma_update(None, "foreign_keys", false).unwrap();
    let triggers: Vec<String> = tool
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for trigger in triggers {
        tool.execute_batch(&format!("DROP TRIGGER {trigger}"))
            .unwrap();
    }
    assert_eq!(
        tool.execute(statement, []).unwrap(),
        1,
        "{statement} changed nothing"
    );
}
