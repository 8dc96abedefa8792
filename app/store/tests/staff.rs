//! Who may sign in.

use jiff::Timestamp;
use serde_json::json;
use store::{
    PinToShare, Role, StaffChange, StaffMember, StaffOfSite, Store, StoreError, StoreErrorKind,
};

use crate::support::INSTALLATION;

#[test]
fn wrong_pins_stay_counted_across_restarts_until_the_pin_changes() {
    let dir = tempfile::tempdir().unwrap();
    let anna = StaffMember {
        phc: Some("$argon2id$one".into()),
        ..StaffMember::local("anna", "Anna", Role::Manager)
    };
    let mut store = Store::open(dir.path(), INSTALLATION).unwrap();
    store.put_staff(&anna, Timestamp::UNIX_EPOCH).unwrap();
    store
        .put_attempts("anna", Some(&json!({ "failed": 5 })))
        .unwrap();
    drop(store);

    let mut store = Store::open(dir.path(), INSTALLATION).unwrap();
    store
        .put_staff(
            &StaffMember {
                name: "Anna B.".into(),
                ..anna.clone()
            },
            Timestamp::UNIX_EPOCH,
        )
        .unwrap();
    let stored = store.staff().unwrap().remove(0);
    assert_eq!(
        (stored.name.as_str(), stored.attempts),
        ("Anna B.", Some(json!({ "failed": 5 })))
    );
    let new_pin = StaffMember {
        phc: Some("$argon2id$two".into()),
        ..anna
    };
    store.put_staff(&new_pin, Timestamp::UNIX_EPOCH).unwrap();
    assert_eq!(store.staff().unwrap(), [new_pin]);

    let unknown = store.put_attempts("berta", None).unwrap_err();
    assert_eq!(unknown.kind(), StoreErrorKind::NotFound);
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn employee(name: &str, phc: Option<&str>, modified: i64) -> StaffOfSite {
    StaffOfSite {
        employee: format!("HR-{name}"),
        name: name.to_owned(),
        role: Role::Cashier,
        phc: phc.map(str::to_owned),
        is_usable: phc.is_some_and(|phc| !phc.ends_with("-of-another-key")),
        badge: Some(format!("B-{name}")),
        modified: at(modified),
    }
}

fn pin_of(store: &Store, id: &str) -> Option<String> {
    let staff = store.staff().unwrap();
    staff.into_iter().find(|member| member.id == id)?.phc
}

#[test]
fn a_pin_chosen_here_waits_until_the_employee_has_it_and_the_newer_of_two_holds() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path(), INSTALLATION).unwrap();
    assert!(
        store
            .staff_of_site(&[employee("Berta", None, 0)], at(1))
            .unwrap()
    );
    assert!(
        !store
            .staff_of_site(&[employee("Berta", None, 0)], at(2))
            .unwrap()
    );
    assert!(store.pins_to_share().unwrap().is_empty());

    store
        .staff_set_pin("HR-Berta", "$one", "HR-Berta", at(10))
        .unwrap();
    let to_share = PinToShare {
        id: "HR-Berta".into(),
        employee: "HR-Berta".into(),
        phc: "$one".into(),
        seen: None,
    };
    assert_eq!(store.pins_to_share().unwrap(), [to_share]);
    // Changed there for another reason: what was chosen here stays.
    store
        .staff_of_site(&[employee("Berta", None, 20)], at(21))
        .unwrap();
    assert_eq!(pin_of(&store, "HR-Berta").as_deref(), Some("$one"));
    store.pin_shared("HR-Berta", "$one").unwrap();
    assert!(store.pins_to_share().unwrap().is_empty());

    // Another till's newer PIN is taken over, one older than ours is not.
    store
        .staff_of_site(&[employee("Berta", Some("$two"), 30)], at(31))
        .unwrap();
    assert_eq!(pin_of(&store, "HR-Berta").as_deref(), Some("$two"));
    store
        .staff_set_pin("HR-Berta", "$three", "boss", at(40))
        .unwrap();
    store
        .staff_of_site(&[employee("Berta", Some("$older"), 35)], at(41))
        .unwrap();
    assert_eq!(pin_of(&store, "HR-Berta").as_deref(), Some("$three"));
    assert_eq!(
        store.pins_to_share().unwrap()[0].seen.as_deref(),
        Some("$older")
    );
    store
        .staff_of_site(&[employee("Berta", Some("$newer"), 45)], at(46))
        .unwrap();
    assert_eq!(pin_of(&store, "HR-Berta").as_deref(), Some("$newer"));
    assert!(store.pins_to_share().unwrap().is_empty());

    // Emptied in ERPNext: a new one is to be chosen. Left: no signing in any more.
    store
        .staff_of_site(&[employee("Berta", None, 50)], at(51))
        .unwrap();
    assert_eq!(pin_of(&store, "HR-Berta"), None);
    store.staff_of_site(&[], at(60)).unwrap();
    assert!(store.staff().unwrap()[0].disabled);
    assert!(store.records().journal_verify().unwrap().is_ok());
}

#[test]
fn a_hash_of_another_shop_key_takes_no_pin_away_and_a_pin_that_is_chosen_after_it_replaces_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path(), INSTALLATION).unwrap();
    let brought = |store: &mut Store, phc: Option<&str>, modified: i64| {
        let employees = [employee("Berta", phc, modified)];
        store.staff_of_site(&employees, at(modified + 1)).unwrap();
        pin_of(store, "HR-Berta")
    };
    let to_share = |store: &Store| {
        let mut pins = store.pins_to_share().unwrap();
        pins.pop().map(|pin| (pin.phc, pin.seen))
    };
    let own = |phc: &str| Some(phc.to_owned());
    // What a till before left there opens nothing here, and is what the new PIN replaces.
    assert_eq!(brought(&mut store, Some("$old-of-another-key"), 0), None);
    store
        .staff_set_pin("HR-Berta", "$one", "HR-Berta", at(10))
        .unwrap();
    assert_eq!(
        brought(&mut store, Some("$old-of-another-key"), 20),
        own("$one")
    );
    assert_eq!(
        to_share(&store),
        Some(("$one".to_owned(), own("$old-of-another-key")))
    );
    store.pin_shared("HR-Berta", "$one").unwrap();
    // Another till has the shop's next key already: this one goes on with its own.
    assert_eq!(
        brought(&mut store, Some("$new-of-another-key"), 30),
        own("$one")
    );
    assert_eq!(to_share(&store), None);
    store
        .staff_set_pin("HR-Berta", "$two", "HR-Berta", at(40))
        .unwrap();
    assert_eq!(
        to_share(&store),
        Some(("$two".to_owned(), own("$new-of-another-key")))
    );
    // Not over what came there after it was chosen.
    assert_eq!(
        brought(&mut store, Some("$newer-of-another-key"), 50),
        own("$two")
    );
    assert_eq!(to_share(&store), None);
    // Emptied, it is emptied for all; and one that this till can use holds here.
    assert_eq!(brought(&mut store, None, 60), None);
    assert_eq!(brought(&mut store, Some("$three"), 70), own("$three"));
    // The till took another key: the same hash opens nothing any more.
    store
        .staff_set_pin("HR-Berta", "$four-of-another-key", "HR-Berta", at(80))
        .unwrap();
    assert_eq!(brought(&mut store, Some("$four-of-another-key"), 80), None);
}

#[test]
fn changes_of_the_staff_are_journalled_and_the_last_manager_stays() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path(), INSTALLATION).unwrap();
    let with_pin = |id: &str, name: &str, role| StaffMember {
        phc: Some("$one".into()),
        ..StaffMember::local(id, name, role)
    };
    let anna = with_pin("anna", "Anna", Role::Manager);
    store.staff_add(&anna, "anna", at(0)).unwrap();
    let carl = StaffMember {
        badge: Some("B-1".into()),
        ..with_pin("carl", "Carl", Role::Cashier)
    };
    store.staff_add(&carl, "anna", at(1)).unwrap();
    let refused = |result: Result<(), StoreError>| {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Refused);
        error.to_string()
    };
    let same_badge = StaffMember {
        badge: Some("B-1".into()),
        ..with_pin("dora", "Dora", Role::Cashier)
    };
    assert!(refused(store.staff_add(&same_badge, "anna", at(2))).contains("Carl"));
    let same_name = with_pin("anna-2", "anna", Role::Cashier);
    assert!(refused(store.staff_add(&same_name, "anna", at(2))).contains("Anna"));

    let demote = StaffChange::Role(Role::Cashier);
    assert!(refused(store.staff_change("anna", demote, "anna", at(3))).contains("only manager"));
    let off = StaffChange::Disabled(true);
    assert!(refused(store.staff_change("anna", off, "anna", at(3))).contains("only manager"));
    let promote = StaffChange::Role(Role::Manager);
    store.staff_change("carl", promote, "anna", at(4)).unwrap();
    store.staff_change("anna", demote, "carl", at(5)).unwrap();

    store
        .put_attempts("anna", Some(&json!({ "failed": 7 })))
        .unwrap();
    store
        .staff_change("anna", StaffChange::Unlocked, "carl", at(6))
        .unwrap();
    assert_eq!(store.staff().unwrap()[0].attempts, None);

    let told: Vec<String> = store
        .records()
        .journal_entries(0, 100)
        .unwrap()
        .iter()
        .map(|entry| format!("{} {}", entry.kind, entry.body))
        .collect();
    assert_eq!(
        told,
        [
            r#"staff {"added_as":"manager","by":"anna","name":"Anna","staff":"anna"}"#,
            r#"staff {"added_as":"cashier","by":"anna","name":"Carl","staff":"carl"}"#,
            r#"staff {"by":"anna","role":"manager","staff":"carl"}"#,
            r#"staff {"by":"carl","role":"cashier","staff":"anna"}"#,
            r#"staff {"by":"carl","staff":"anna","unlocked":true}"#,
        ]
    );
}
