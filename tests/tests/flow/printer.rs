//! A printer with every trouble a printer has: no sale waits for it, no receipt is lost or doubled.

use checkout::shift::{CashDirection, CashMovement};
use hal::{Cover, Paper, PrinterFault};
use store::PrintState;

use crate::screen::on_screen;
use crate::whole_till::{NO_SITE, SALT_ROAD, WholeTill};

fn ready(screen: &kiosk::headless::Headless) -> WholeTill<'_> {
    let till = WholeTill::of_the_demo_shop(screen, NO_SITE);
    till.sign_in();
    till.open_shift();
    till
}

#[test]
fn a_receipt_waits_for_paper_and_for_the_cover_and_then_prints_once() {
    on_screen(|screen| {
        let till = ready(screen);
        till.printer().set_paper(Paper::Empty);
        till.reads("Receipt printer: out of paper");
        till.sell_a_book();
        assert!(till.sees("Put in a new roll"), "no remedy");
        assert_eq!(till.on_paper("Receipt C1-"), 0);
        // The next customer does not wait.
        till.sell_a_book();
        till.printer().set_paper(Paper::Present);
        till.reads("Receipt printed");
        till.until("both are on paper", || till.printer().cuts() == 2);

        till.printer().set_cover(Cover::Open);
        till.reads("Receipt printer: cover open");
        till.sell_a_book();
        till.printer().set_cover(Cover::Closed);
        till.reads("Receipt printed");
        for number in ["C1-000001", "C1-000002", "C1-000003"] {
            assert_eq!(till.on_paper(&format!("Receipt {number}")), 1);
        }
        assert_eq!(till.on_paper("DUPLICATE"), 0);
        assert!(till.printer().unknown().is_empty());
        let printed = |till: &WholeTill<'_>| {
            let sales = till.sales();
            sales.iter().all(|sale| sale.printed == PrintState::Printed)
        };
        till.until("the store knows all are printed", || printed(&till));
        till.check_journal();
    });
}

#[test]
fn paper_that_ends_soon_heat_and_a_stuck_cutter_are_told_with_the_remedy_and_nothing_is_lost() {
    on_screen(|screen| {
        let till = ready(screen);
        till.printer().set_paper(Paper::NearEnd);
        till.tap("Receipt printer");
        till.reads("The paper is nearly used up.");
        till.reads("Have a new roll at hand.");
        till.press(slint::platform::Key::Escape);
        till.until("it is closed", || !till.sees("Have a new roll"));
        till.sell_a_book();
        till.reads("Receipt printed");
        till.printer().set_paper(Paper::Present);
        for (fault, told, remedy) in [
            (
                PrinterFault::Overheated,
                "Receipt printer: too hot",
                "Wait a moment",
            ),
            (
                PrinterFault::Cutter,
                "Receipt printer: cutter stuck",
                "take out stuck paper",
            ),
        ] {
            let cuts = till.printer().cuts();
            till.printer().set_fault(Some(fault));
            till.reads(told);
            till.sell_a_book();
            till.reads(remedy);
            assert_eq!(till.printer().cuts(), cuts, "{told}");
            till.printer().set_fault(None);
            till.reads("Receipt printed");
            till.until("it is on paper", || till.printer().cuts() == cuts + 1);
        }
        assert_eq!(till.on_paper("DUPLICATE"), 0);
        till.check_journal();
    });
}

#[test]
fn a_cable_pulled_in_the_middle_of_a_receipt_asks_and_a_reprint_says_duplicate() {
    on_screen(|screen| {
        let till = ready(screen);
        till.scan(SALT_ROAD, 1);
        till.until("the printer is ready", || !till.sees("Receipt printer: "));
        till.printer().unplug_after(200);
        let sale = till.pay_cash("10");
        till.reads("The printer did not confirm the receipt");
        assert!(till.sees("Look whether it came out"), "no remedy");
        till.reads("Receipt printer: not found");
        // What came out is on the paper, once; nothing is sent again by itself.
        till.printer().plug().unwrap();
        till.until("the printer is back", || {
            !till.sees("Receipt printer: not found")
        });
        assert_eq!(till.on_paper("DUPLICATE"), 0);
        assert_eq!(till.printer().cuts(), 0);
        till.tap("Reprint");
        till.reads("Receipt printed");
        assert_eq!(till.on_paper("DUPLICATE"), 1);
        assert_eq!(till.printer().cuts(), 1);
        assert_eq!(till.sales()[0].reprints, 1);
        assert_eq!(till.sales()[0].sale, sale);
    });
}

#[test]
fn a_receipt_in_doubt_is_asked_about_on_every_screen_until_it_is_answered() {
    on_screen(|screen| {
        let mut till = ready(screen);
        let doubt = "may not have been printed";
        for number in ["C1-000001", "C1-000002"] {
            till.until("the printer is ready", || !till.sees("Receipt printer: "));
            till.scan(SALT_ROAD, 1);
            till.printer().unplug_after(200);
            till.pay_cash("10");
            till.reads("The printer did not confirm the receipt");
            till.reads("Receipt C1-000001 may not have been printed");
            till.printer().plug().unwrap();
            till.tap("Next sale");
            till.reads("Receipt C1-000001 may not have been printed");
            assert_eq!(
                till.sees("Asked about next: C1-000002"),
                number == "C1-000002"
            );
        }
        till.tap("Sales");
        assert!(till.sees(doubt), "not asked among the sales");
        till.tap("Back");
        till.scan(SALT_ROAD, 1);
        assert!(till.sees(doubt), "a sale made it forgotten");
        // A start asks the same, and nobody answers before there is somebody.
        till.switch_off();
        till.switch_on(NO_SITE).unwrap();
        till.reads("Receipt C1-000001 may not have been printed");
        assert!(!till.sees("It is there"), "answered by nobody");
        till.sign_in();
        till.tap("It is there");
        till.reads("Receipt C1-000002 may not have been printed");
        till.printer().unplug();
        till.reads("Receipt printer: not found");
        till.tap("Print again");
        till.until("nothing is asked", || !till.sees(doubt));
        till.printer().plug().unwrap();
        till.until("it is on paper", || till.printer().cuts() == 1);
        assert_eq!(till.on_paper("DUPLICATE"), 1);
        let printed = |till: &WholeTill<'_>| {
            let sales = till.sales();
            sales.iter().all(|sale| sale.printed == PrintState::Printed)
        };
        till.until("the store knows", || printed(&till));
        let journal = till.journal().join("\n");
        assert!(journal.contains("answered_by"), "{journal}");
        till.check_journal();
    });
}

#[test]
fn what_waits_for_a_printer_that_is_away_is_printed_once_when_it_comes() {
    on_screen(|screen| {
        let mut till = ready(screen);
        till.until("the printer is ready", || !till.sees("Receipt printer: "));
        till.printer().unplug();
        till.reads("Receipt printer: not found");
        till.sell_a_book();
        till.sell_a_book();
        till.printer().plug().unwrap();
        till.until("both are on paper", || till.printer().cuts() == 2);
        till.printer().set_paper(Paper::Empty);
        till.reads("Receipt printer: out of paper");
        till.sell_a_book();
        // Nothing of it was begun: the next start prints it as if nothing had been.
        till.switch_off();
        till.printer().unplug();
        till.switch_on(NO_SITE).unwrap();
        till.sign_in();
        assert!(!till.sees("may not have been printed"), "nothing was begun");
        till.printer().set_paper(Paper::Present);
        till.printer().plug().unwrap();
        till.until("the third is on paper", || till.printer().cuts() == 3);
        for number in ["C1-000001", "C1-000002", "C1-000003"] {
            assert_eq!(till.on_paper(&format!("Receipt {number}")), 1);
        }
        assert_eq!(till.on_paper("DUPLICATE"), 0);
        till.check_journal();
    });
}

#[test]
fn slips_and_reports_that_wait_outlive_a_power_cut_and_what_was_begun_is_asked_about() {
    on_screen(|screen| {
        let mut till = ready(screen);
        till.until("the printer is ready", || !till.sees("Receipt printer: "));
        till.printer().set_paper(Paper::Empty);
        till.reads("Receipt printer: out of paper");
        till.menu("Cash out");
        till.keys("50");
        till.tap("Reason To the bank");
        till.tap("Take out");
        till.approve();
        till.tap("Done");
        // The power goes; another movement was committed in the last moment before.
        till.switch_off();
        till.while_off(|store| {
            let shift = store.resume().unwrap().shift.unwrap();
            let last = store.records().cash_movements(&shift.key).unwrap();
            let last = last.last().unwrap();
            let next = CashMovement {
                key: format!("{}-next", last.key),
                number: last.number + 1,
                direction: CashDirection::In,
                ..last.clone()
            };
            store.commit_cash_movement(&next).unwrap();
        });
        till.switch_on(NO_SITE).unwrap();
        till.sign_in();
        assert!(
            !till.sees("printed"),
            "nothing was begun: {}",
            till.labels()
        );
        till.printer().set_paper(Paper::Present);
        till.until("both slips are on paper", || till.printer().cuts() == 2);
        assert_eq!(
            (till.on_paper("CASH OUT"), till.on_paper("CASH IN")),
            (1, 1)
        );
        assert_eq!(till.on_paper("DUPLICATE"), 0);

        // The cable is pulled in the middle of a report that nobody looks at any more.
        till.printer().set_paper(Paper::Empty);
        till.reads("Receipt printer: out of paper");
        till.menu("X report");
        till.approve();
        till.tap("Print report");
        till.reads("Put in a new roll");
        till.tap("Leave report");
        till.printer().unplug_after(100);
        till.printer().set_paper(Paper::Present);
        let doubt = "may not have been printed";
        till.reads(doubt);
        till.switch_off();
        till.printer().plug().unwrap();
        till.switch_on(NO_SITE).unwrap();
        till.reads(doubt);
        till.sign_in();
        assert!(till.sees("The X report of"), "{}", till.labels());
        let cuts = till.printer().cuts();
        till.tap("Print again");
        till.until("it is on paper", || till.printer().cuts() == cuts + 1);
        assert_eq!(till.on_paper("DUPLICATE"), 1);
        till.until("nothing is asked", || !till.sees(doubt));
        // Switched off before the printer has said so, it would have to be asked about again.
        till.until("the store knows it", || {
            let journal = till.journal();
            let last = journal.iter().rfind(|it| it.contains("\"report\":"));
            last.is_some_and(|it| it.contains("printed"))
        });
        till.switch_off();
        till.switch_on(NO_SITE).unwrap();
        assert!(!till.sees(doubt), "asked again after it was answered");
        till.check_journal();
    });
}
