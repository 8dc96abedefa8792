//! An enrolment sheet makes one box a till, and only one.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use erpnext::office::{SheetUse, issue_sheet, open_sheets, retire_sheet, use_sheet};
use erpnext::{Method, Request, Transport};
use serde_json::{Value, json};
use tests::stand_in::{Fault, Site, StandIn, USER};

fn stand_in() -> (StandIn, String) {
    let stand_in = StandIn::http(Site::unprepared());
    let sheet = issue_sheet(&mut stand_in.administrator(), USER, "C1", "Counter 1").unwrap();
    (stand_in, sheet)
}

#[test]
fn the_first_box_uses_a_sheet_up_and_the_second_is_told_when() {
    let (stand_in, sheet) = stand_in();
    let till = &mut stand_in.client();
    assert_eq!(use_sheet(till, &sheet, "BOX-1"), Ok(SheetUse::Ours));
    // Asked again, as after a reply that was lost.
    assert_eq!(use_sheet(till, &sheet, "BOX-1"), Ok(SheetUse::Ours));
    let second = use_sheet(till, &sheet, "BOX-10");
    let on = "2026-11-23".to_owned();
    assert_eq!(second, Ok(SheetUse::Used { on }));
    let left = open_sheets(&mut stand_in.administrator(), &[USER], false).unwrap();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_reply_that_is_lost_after_the_sheet_was_used_does_not_lock_the_box_out() {
    let (stand_in, sheet) = stand_in();
    let till = &mut stand_in.client();
    stand_in.site().plan([None, Some(Fault::DropReply)]);
    use_sheet(till, &sheet, "BOX-1").unwrap_err();
    assert_eq!(use_sheet(till, &sheet, "BOX-1"), Ok(SheetUse::Ours));
}

/// Changes the ToDo between its being read and its being closed, so many times.
struct Meanwhile<'a, T> {
    till: T,
    stand_in: &'a StandIn,
    sheet: &'a str,
    change: Value,
    times: u32,
}

impl<T: Transport> Transport for Meanwhile<'_, T> {
    fn send(&mut self, request: &Request) -> Result<erpnext::Reply, erpnext::TransportError> {
        let reply = self.till.send(request);
        if request.method == Method::Get && self.times > 0 {
            self.times -= 1;
            let mut site = self.stand_in.site();
            site.put("ToDo", self.sheet, self.change.clone());
        }
        reply
    }
}

fn meanwhile<'a>(
    stand_in: &'a StandIn,
    sheet: &'a str,
    change: Value,
    times: u32,
) -> impl Transport + 'a {
    Meanwhile {
        till: stand_in.client(),
        stand_in,
        sheet,
        change,
        times,
    }
}

#[test]
fn of_two_boxes_at_the_same_time_one_is_too_late() {
    let (stand_in, sheet) = stand_in();
    let closed = json!({ "status": "Closed", "description": "Used for the box BOX-2." });
    let till = &mut meanwhile(&stand_in, &sheet, closed, 1);
    let used = use_sheet(till, &sheet, "BOX-1");
    assert!(matches!(used, Ok(SheetUse::Used { .. })), "{used:?}");
}

#[test]
fn a_sheet_in_which_somebody_writes_just_then_is_used_up_all_the_same() {
    let (stand_in, sheet) = stand_in();
    let till = &mut meanwhile(&stand_in, &sheet, json!({ "priority": "High" }), 2);
    assert_eq!(use_sheet(till, &sheet, "BOX-1"), Ok(SheetUse::Ours));
    let left = open_sheets(&mut stand_in.administrator(), &[USER], false).unwrap();
    assert!(left.is_empty(), "{left:?} is still open");
    let second = use_sheet(&mut stand_in.client(), &sheet, "BOX-2");
    assert!(matches!(second, Ok(SheetUse::Used { .. })), "{second:?}");
}

#[test]
fn a_sheet_that_changes_without_end_makes_no_till_and_stays_open() {
    let (stand_in, sheet) = stand_in();
    let till = &mut meanwhile(&stand_in, &sheet, json!({ "priority": "High" }), u32::MAX);
    let error = use_sheet(till, &sheet, "BOX-1").unwrap_err();
    assert!(error.to_string().contains("has been modified"), "{error}");
    let left = open_sheets(&mut stand_in.administrator(), &[USER], false).unwrap();
    assert_eq!(left, [sheet.as_str()]);
}

#[test]
fn a_sheet_that_was_taken_back_is_useless() {
    let (stand_in, sheet) = stand_in();
    let administrator = &mut stand_in.administrator();
    let open = open_sheets(administrator, &[USER], false).unwrap();
    assert_eq!(open, [sheet.as_str()]);
    retire_sheet(administrator, &sheet).unwrap();
    let till = &mut stand_in.client();
    assert_eq!(use_sheet(till, &sheet, "BOX-1"), Ok(SheetUse::Withdrawn));
    stand_in.site().delete("ToDo", &sheet);
    assert_eq!(use_sheet(till, &sheet, "BOX-1"), Ok(SheetUse::Withdrawn));
}

#[test]
fn a_site_that_shows_no_to_dos_cannot_tell() {
    let stand_in = StandIn::http(Site::harbour_books());
    let till = &mut stand_in.client();
    assert_eq!(use_sheet(till, "todo1", "BOX-1"), Ok(SheetUse::CannotTell));
    assert_eq!(use_sheet(till, "", "BOX-1"), Ok(SheetUse::CannotTell));
}
