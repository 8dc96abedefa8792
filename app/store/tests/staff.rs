//! Who may sign in.

use serde_json::json;
use store::{Role, StaffMember, Store, StoreErrorKind};

use crate::support::INSTALLATION;

#[test]
fn wrong_pins_stay_counted_across_restarts_until_the_pin_changes() {
    let dir = tempfile::tempdir().unwrap();
    let anna = StaffMember {
        id: "anna".into(),
        name: "Anna".into(),
        phc: "$argon2id$one".into(),
        role: Role::Manager,
        attempts: None,
    };
    let mut store = Store::open(dir.path(), INSTALLATION).unwrap();
    store.put_staff(&anna).unwrap();
    store
        .put_attempts("anna", Some(&json!({ "failed": 5 })))
        .unwrap();
    drop(store);

    let mut store = Store::open(dir.path(), INSTALLATION).unwrap();
    store
        .put_staff(&StaffMember {
            name: "Anna B.".into(),
            ..anna.clone()
        })
        .unwrap();
    let stored = store.staff().unwrap().remove(0);
    assert_eq!(
        (stored.name.as_str(), stored.attempts),
        ("Anna B.", Some(json!({ "failed": 5 })))
    );
    let new_pin = StaffMember {
        phc: "$argon2id$two".into(),
        ..anna
    };
    store.put_staff(&new_pin).unwrap();
    assert_eq!(store.staff().unwrap(), [new_pin]);

    let unknown = store.put_attempts("berta", None).unwrap_err();
    assert_eq!(unknown.kind(), StoreErrorKind::NotFound);
}
