//! Employees reach tills as far as the site lets them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use checkout::masters::{Doctype, Employee, EmployeeRole, Master};
use erpnext::dto::{EMPLOYEE_BADGE_FIELD, EMPLOYEE_PIN_FIELD, EMPLOYEE_ROLE_FIELD};
use erpnext::office::{PinShared, share_pin};
use erpnext::{Pull, PullChange, PullConfig, PullStep, SiteClock, Transport};
use serde_json::json;
use setup::site::{self, Manner, ROLE, StaffWish};
use tests::stand_in::{Site, StandIn, USER};

const APART: StaffWish = StaffWish {
    keep_pins_apart: true,
    share_pins: false,
    no_staff: false,
};
const SHARED: StaffWish = StaffWish {
    share_pins: true,
    keep_pins_apart: false,
    no_staff: false,
};
const NONE: StaffWish = StaffWish {
    no_staff: true,
    share_pins: false,
    keep_pins_apart: false,
};

fn prepare(stand_in: &StandIn, staff: StaffWish) -> String {
    let mut said = Vec::new();
    let administrator = &mut stand_in.administrator();
    site::prepare(administrator, staff, Manner::default(), &mut said).unwrap();
    String::from_utf8(said).unwrap()
}

fn stand_in(staff: StaffWish) -> StandIn {
    let stand_in = StandIn::http(Site::unprepared());
    prepare(&stand_in, staff);
    {
        let mut site = stand_in.site();
        site.grant_role(ROLE);
        site.employ("HR-EMP-1", "Maya Lind", Some("Manager"));
        site.employ("HR-EMP-2", "Tom Reyes", Some("Cashier"));
        site.employ("HR-EMP-3", "Ida from the warehouse", None);
        let hash = json!({ EMPLOYEE_PIN_FIELD: "$argon2id$hash", "status": "Left" });
        site.put("Employee", "HR-EMP-2", hash);
    }
    stand_in
}

/// The employees of a whole pull, and what it complains of.
fn pull(stand_in: &StandIn) -> (Vec<Employee>, Vec<String>) {
    let config = PullConfig {
        pos_profile: "Counter 1".to_owned(),
        reconcile_every: 1,
    };
    let mut till = stand_in.client();
    let mut pull = Pull::new(config, [], []);
    pull.begin(SiteClock {
        now: "2026-11-23T20:00:00Z".parse().unwrap(),
        time_zone: jiff::tz::TimeZone::UTC,
    });
    let (mut employees, mut problems) = (Vec::new(), Vec::new());
    while let PullStep::Send(request) = pull.next() {
        for change in pull.on_reply(till.send(&request)) {
            match change {
                PullChange::Page { masters, .. } => {
                    employees.extend(masters.into_iter().filter_map(|master| match master {
                        Master::Employee(employee) => Some(employee),
                        _ => None,
                    }));
                }
                PullChange::Retain {
                    doctype: Doctype::Employee,
                    names,
                } => {
                    employees.retain(|employee| names.contains(&employee.name));
                }
                PullChange::Problem(problem) | PullChange::Failed { problem, .. } => {
                    problems.push(problem.to_string());
                }
                _ => {}
            }
        }
    }
    // In the order in which they were changed.
    employees.sort_by(|one, other| one.name.cmp(&other.name));
    (employees, problems)
}

#[test]
fn tills_read_who_may_work_at_them_and_nobody_else() {
    let stand_in = stand_in(APART);
    let (employees, problems) = pull(&stand_in);
    assert_eq!(problems, Vec::<String>::new());
    let [maya, tom] = &employees[..] else {
        panic!("{employees:?}")
    };
    assert_eq!(maya.employee_name, "Maya Lind");
    assert_eq!(maya.role, Some(EmployeeRole::Manager));
    assert!(maya.may_sign_in() && !tom.may_sign_in());
    assert_eq!(tom.pin_hash.as_deref(), Some("$argon2id$hash"));
    assert!(!format!("{tom:?}").contains("argon2id"), "{tom:?}");
    let mut till = stand_in.client();
    let shared = share_pin(&mut till, "HR-EMP-1", "$argon2id$new");
    assert_eq!(shared, Ok(PinShared::KeptApart));
}

#[test]
fn a_pin_that_is_set_at_one_till_reaches_the_others_where_the_office_lets_it() {
    let stand_in = stand_in(SHARED);
    let mut till = stand_in.client();
    let shared = share_pin(&mut till, "HR-EMP-1", "$argon2id$new");
    assert_eq!(shared, Ok(PinShared::Shared));
    let gone = share_pin(&mut till, "HR-EMP-9", "$argon2id$new");
    assert_eq!(gone, Ok(PinShared::Gone));
    let (employees, _) = pull(&stand_in);
    assert_eq!(employees[0].pin_hash.as_deref(), Some("$argon2id$new"));
    // Not asked for anything, the site stays as it is.
    let said = prepare(&stand_in, StaffWish::default());
    assert!(said.contains("nothing to do"), "{said}");
    prepare(&stand_in, APART);
    let shared = share_pin(&mut till, "HR-EMP-1", "$argon2id$newer");
    assert_eq!(shared, Ok(PinShared::KeptApart));
}

#[test]
fn a_site_that_keeps_its_staff_to_itself_is_no_trouble() {
    let stand_in = stand_in(NONE);
    let (employees, problems) = pull(&stand_in);
    assert_eq!((employees, problems), (Vec::new(), Vec::new()));
    let (mut till, mut administrator) = (stand_in.client(), stand_in.administrator());
    let report = site::check(&mut till, Some(&mut administrator), "Counter 1").unwrap();
    assert!(report.is_good(), "{report:#?}");
    let note = report
        .findings
        .iter()
        .any(|finding| finding.what.contains("Employees"));
    assert!(note, "{report:#?}");
    // And takes them away again from tills that knew them.
    prepare(&stand_in, SHARED);
    let said = prepare(&stand_in, NONE);
    assert!(said.contains("on Employee away"), "{said}");
    assert!(pull(&stand_in).0.is_empty());
    assert_eq!(stand_in.site().documents("User")[0]["name"], USER);
}

#[test]
fn a_site_that_was_never_prepared_for_staff_and_one_without_employees_are_no_trouble() {
    let stand_in = StandIn::http(Site::harbour_books());
    assert_eq!(pull(&stand_in).1, Vec::<String>::new());
    let stand_in = self::stand_in(APART);
    stand_in
        .site()
        .delete("Custom Field", "Employee-evertill_role");
    let (employees, problems) = pull(&stand_in);
    assert_eq!((employees, problems), (Vec::new(), Vec::new()));
    let bare = StandIn::http(Site::unprepared());
    bare.site().delete("DocType", "Employee");
    let said = prepare(&bare, SHARED);
    assert!(!said.contains("Employee"), "{said}");
}

#[test]
fn a_site_that_is_cleared_keeps_nobodys_hash_badge_or_role() {
    let stand_in = stand_in(SHARED);
    let badge = json!({ EMPLOYEE_BADGE_FIELD: "BADGE-7" });
    stand_in.site().put("Employee", "HR-EMP-1", badge);
    let administrator = &mut stand_in.administrator();
    let mut said = Vec::new();
    site::remove(administrator, false, Manner::default(), &mut said).unwrap();
    let said = String::from_utf8(said).unwrap();
    assert!(said.contains("of all employees"), "{said}");
    for employee in stand_in.site().documents("Employee") {
        for field in [
            EMPLOYEE_PIN_FIELD,
            EMPLOYEE_BADGE_FIELD,
            EMPLOYEE_ROLE_FIELD,
        ] {
            assert!(employee[field].is_null(), "{employee}");
        }
    }
}
