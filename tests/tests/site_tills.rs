//! `evertill-setup till add`: a till's user, its profile and its key.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use erpnext::https::{Client, Secret, SiteConfig};
use erpnext::office;
use erpnext::{Request, Transport};
use serde_json::json;
use setup::site::{self, Manner, StaffWish};
use setup::till::{self, Terms, Till};
use tests::stand_in::{Site, StandIn, USER};

/// A site that no till ever sold for.
fn without_tills() -> Site {
    let mut site = Site::unprepared();
    site.delete("User", USER);
    let nobody = json!({ "applicable_for_users": [] });
    site.put("POS Profile", "Counter 1", nobody);
    site
}

/// A prepared site whose till has no user yet.
fn prepared() -> StandIn {
    let stand_in = StandIn::http(without_tills());
    let administrator = &mut stand_in.administrator();
    let (staff, manner) = (StaffWish::default(), Manner::default());
    site::prepare(administrator, staff, manner, &mut Vec::new()).unwrap();
    stand_in
}

fn add(
    stand_in: &StandIn,
    user: &str,
    pos_profile: &str,
    key: &Path,
    replace: bool,
) -> Result<String, setup::Error> {
    let till = Till {
        user: user.to_owned(),
        name: "Counter".to_owned(),
        pos_profile: pos_profile.to_owned(),
        prefix: None,
        write_key: Some(key.to_owned()),
        sheet: None,
        png: None,
        terms: Terms {
            shop_key_file: None,
            expires: 14,
            no_pins: false,
            replace,
        },
    };
    let mut said = Vec::new();
    let (administrator, now) = (&mut stand_in.administrator(), jiff::Timestamp::UNIX_EPOCH);
    till::add(administrator, &stand_in.config(), &till, now, &mut said)?;
    Ok(String::from_utf8(said).unwrap())
}

/// A till with the key of a file.
fn client(stand_in: &StandIn, key: &Path) -> Client {
    let text = std::fs::read_to_string(key).unwrap();
    let (key, secret) = text.trim().split_once(':').unwrap();
    let config = SiteConfig {
        key: key.to_owned(),
        secret: Secret::new(secret),
        ..stand_in.config()
    };
    Client::new(config).unwrap()
}

#[test]
fn a_till_that_was_added_can_sell_with_the_key_in_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("counter-1.key");
    let stand_in = prepared();
    add(&stand_in, USER, "Counter 1", &key, false).unwrap();
    let mode = std::fs::metadata(&key).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "others may read the key");
    let (mut till, mut administrator) = (client(&stand_in, &key), stand_in.administrator());
    let report = site::check(&mut till, Some(&mut administrator), "Counter 1").unwrap();
    assert!(report.is_good(), "{report:#?}");
}

#[test]
fn a_replaced_till_has_a_new_key_and_the_old_one_is_dead() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    let stand_in = prepared();
    add(&stand_in, USER, "Counter 1", &old, false).unwrap();
    let refused = add(&stand_in, USER, "Counter 1", &new, false).unwrap_err();
    assert!(refused.remedy().contains("--replace"), "{refused}");
    assert!(!new.exists());
    let said = add(&stand_in, USER, "Counter 1", &new, true).unwrap();
    assert!(said.contains("dead"), "{said}");
    let who = Request::call("frappe.auth.get_logged_user");
    assert_eq!(client(&stand_in, &new).send(&who).unwrap().data(), USER);
    client(&stand_in, &old).send(&who).unwrap_err();
}

#[test]
fn what_would_leave_a_till_half_made_is_refused_before_anything_changes() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    let stand_in = prepared();
    add(&stand_in, USER, "Counter 1", &key, false).unwrap();
    let before = stand_in.site().whole();
    let refusal = |user: &str, profile: &str, key: &Path| {
        let refused = add(&stand_in, user, profile, key, false).unwrap_err();
        assert_eq!(stand_in.site().whole(), before, "{refused}");
        refused.to_string()
    };
    let next = folder.path().join("next");
    let taken = refusal("counter2@example.com", "Counter 1", &next);
    assert!(taken.contains(&format!("the till {USER}")), "{taken}");
    let missing = refusal("counter2@example.com", "Counter 9", &next);
    assert!(
        missing.contains("no POS Profile \"Counter 9\""),
        "{missing}"
    );
    let file = refusal("counter2@example.com", "Counter 2", &key);
    assert!(file.contains("cannot write"), "{file}");
    assert!(!next.exists());
    let bare = StandIn::http(Site::unprepared());
    let refused = add(&bare, "counter2@example.com", "Counter 2", &next, false).unwrap_err();
    assert!(refused.remedy().contains("site prepare"), "{refused}");
}

#[test]
fn removing_leaves_the_site_exactly_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let stand_in = StandIn::http(without_tills());
    let before = stand_in.site().whole();
    let administrator = &mut stand_in.administrator();
    let (staff, manner) = (StaffWish::default(), Manner::default());
    site::prepare(administrator, staff, manner, &mut Vec::new()).unwrap();
    for (user, profile) in [(USER, "Counter 1"), ("counter2@example.com", "Counter 2")] {
        add(
            &stand_in,
            user,
            profile,
            &folder.path().join(profile),
            false,
        )
        .unwrap();
    }
    office::issue_sheet(administrator, USER, "C1", "Counter").unwrap();
    assert_ne!(stand_in.site().whole(), before);
    site::remove(administrator, false, manner, &mut Vec::new()).unwrap();
    assert_eq!(stand_in.site().whole(), before);
}

#[test]
fn a_user_whom_documents_name_is_disabled_and_loses_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    let stand_in = prepared();
    add(&stand_in, USER, "Counter 1", &key, false).unwrap();
    let shift = json!({ "user": USER, "docstatus": 1, "pos_closing_entry": "POS-CLO-1" });
    stand_in.site().put("POS Opening Entry", "POS-OPE-1", shift);
    let mut said = Vec::new();
    let administrator = &mut stand_in.administrator();
    site::remove(administrator, false, Manner::default(), &mut said).unwrap();
    let said = String::from_utf8(said).unwrap();
    assert!(said.contains(&format!("disable the user {USER}")), "{said}");
    let user = &stand_in.site().whole()["User"][USER];
    assert_eq!(user["enabled"], 0);
    assert_eq!(user["roles"], json!([]));
    assert_eq!(user.get("api_key"), None, "the key is left");
}

#[test]
fn a_person_is_not_made_a_till() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    let stand_in = prepared();
    let clerk = json!({ "enabled": 1, "roles": [{ "role": "System Manager" }] });
    stand_in.site().put("User", USER, clerk);
    let before = stand_in.site().whole();
    let refused = add(&stand_in, USER, "Counter 1", &key, true).unwrap_err();
    assert!(refused.to_string().contains("System Manager"), "{refused}");
    assert_eq!(stand_in.site().whole(), before);
    assert!(!key.exists());
}
