//! A day at the counter, from the float to the Z report, with the till switched off in the middle
//! of each part of it and a printer that runs out of paper.

use checkout::receipt::ReceiptReference;
use hal::Paper;
use kiosk::headless::Headless;

use crate::screen::on_screen;
use crate::whole_till::{LANTERN_HOUSE, NO_SITE, SALT_ROAD, WholeTill};

fn again(till: &mut WholeTill<'_>) {
    till.switch_off();
    till.switch_on(NO_SITE).unwrap();
    till.sign_in();
}

fn ready(screen: &Headless) -> WholeTill<'_> {
    let till = WholeTill::of_the_demo_shop(screen, NO_SITE);
    till.sign_in();
    till.open_shift();
    till
}

/// Counts this much cash, and nothing else.
fn count_cash(till: &WholeTill<'_>, cash: &str) {
    till.tap("Count Cash");
    till.tap("One sum");
    for _ in 0..12 {
        till.press(slint::platform::Key::Backspace);
    }
    till.keys(cash);
    for _ in 0..6 {
        if till.sees("Compare") {
            break;
        }
        till.tap("Next mode of payment");
    }
    till.tap("Compare");
}

#[test]
fn a_day_with_a_sale_cash_out_a_return_an_exchange_and_a_closing() {
    on_screen(|screen| {
        let mut till = ready(screen);
        // 7.99 and 8.25 % on it: 8.65.
        let sold = till.sell_a_book();
        till.tap("Next sale");

        till.menu("Cash out");
        till.keys("50");
        till.tap("Reason To the bank");
        till.tap("Take out");
        till.approve();
        till.reads("Slip printed");
        assert_eq!(till.on_paper("CASH OUT"), 1);
        assert_eq!(till.printer().kicks().len(), 2, "the drawer opened");
        till.tap("Reprint slip");
        till.until("the slip is there twice", || till.on_paper("CASH OUT") == 2);
        assert_eq!(till.on_paper("DUPLICATE"), 1);
        till.tap("Done");
        again(&mut till);

        // The customer brings the book back.
        till.menu("Return");
        till.reads("Scan the receipt, or tap its sale.");
        let code = ReceiptReference::of(&sold).to_string();
        till.scanner().scan(&code).unwrap();
        till.reads("Return of C1-000001");
        till.tap("All of it");
        till.tap("Reason of the return");
        till.tap("Reason Not liked");
        till.reads("\u{2212}7.99");
        again(&mut till);
        till.tap("Coming back · C1-000001");
        till.tap("Refund");
        till.reads("All back by Cash");
        again(&mut till);
        till.tap("All back by Cash");
        let back = till.done();
        assert!(back.is_return());
        assert_eq!(back.amount_to_pay, sold.amount_to_pay.negated());
        till.reads("Receipt printed");
        till.reads("Give back, Cash");
        till.tap("Next sale");

        // Another one is exchanged for a dearer one: 13.53 - 8.65.
        till.sell_a_book();
        till.tap("Next sale");
        till.tap("Sales");
        till.tap("Sale C1-000003");
        till.tap("Return goods");
        till.tap("One more The Salt Road");
        till.tap("Reason of the return");
        till.tap("Reason Wrong item");
        till.tap("Exchange");
        till.scan(LANTERN_HOUSE, 1);
        till.reads("$4.88");
        again(&mut till);
        till.pay();
        till.tap("Exact cash");
        let exchanged = till.done();
        assert_eq!(exchanged.receipt_number.to_string(), "C1-000005");
        till.until("both halves are printed", || {
            till.on_paper("Receipt C1-000004") == 1 && till.on_paper("Receipt C1-000005") == 1
        });
        till.tap("Next sale");
        till.tap("Sales");
        till.tap("Sale C1-000003");
        till.reads("Came back, C1-000004");
        till.tap("Back");

        close(&mut till);
    });
}

/// Closes the shift: 150.00, less 50.00, and 13.53 for the book that stayed sold.
fn close(till: &mut WholeTill<'_>) {
    till.scan(SALT_ROAD, 1);
    till.tap("Menu");
    till.reads("Something is in the cart");
    till.tap("Close menu");
    till.tap("Empty the cart");
    till.menu("Close shift");
    till.reads("Close shift 1");
    assert!(!till.sees("113.53"), "the count is not blind");
    till.scanner().scan(SALT_ROAD).unwrap();
    till.reads("The shift is being closed");
    count_cash(till, "111.53");
    till.reads("$2.00 short");
    till.tap("Count again");
    count_cash(till, "113.53");
    till.reads("As expected");
    till.reads("Counted twice");
    till.printer().set_paper(Paper::Empty);
    till.reads("Receipt printer: out of paper");
    till.tap("Close the shift");
    till.reads("Shift 1 is closed");
    till.reads("Put in a new roll");
    assert_eq!(till.on_paper("Z REPORT 1"), 0);
    till.printer().set_paper(Paper::Present);
    till.reads("Report printed");
    assert_eq!(till.on_paper("Z REPORT 1"), 1);
    let duplicates = till.on_paper("DUPLICATE");
    till.tap("Print report");
    till.until("it is there twice", || till.on_paper("Z REPORT 1") == 2);
    assert_eq!(till.on_paper("DUPLICATE"), duplicates + 1);
    let closings = till.closings();
    assert_eq!(closings.len(), 1);
    assert_eq!(closings[0].recounts, 1);
    assert!(
        closings[0]
            .differences()
            .iter()
            .all(|row| row.difference.is_zero())
    );
    till.reads("5 receipts, none missing");
    till.tap("Leave report");
    till.reads("Choose your name");

    again(till);
    till.tap("Last Z report");
    till.reads("Shift 1 is closed");
    till.tap("Print report");
    till.until("it is there again", || till.on_paper("Z REPORT 1") == 3);
    assert_eq!(till.on_paper("DUPLICATE"), duplicates + 2);
    till.tap("Leave report");
    till.sign_in();
    till.open_shift();
    till.reads("Shift 2");
    assert_eq!(till.sell_a_book().receipt_number.to_string(), "C1-000006");
    till.check_journal();
}

#[test]
fn a_count_that_is_left_or_cut_off_closes_nothing() {
    on_screen(|screen| {
        let mut till = ready(screen);
        till.sell_a_book();
        till.tap("Next sale");
        till.menu("Close shift");
        count_cash(&till, "100");
        till.reads("$58.65 short");
        again(&mut till);
        assert!(till.closings().is_empty());
        till.menu("Close shift");
        count_cash(&till, "158.65");
        till.reads("As expected");
        till.tap("Back");
        till.scan(SALT_ROAD, 1);
        till.pay_cash("10");
        till.tap("Next sale");
        till.menu("Close shift");
        count_cash(&till, "167.30");
        till.tap("Close the shift");
        till.reads("Shift 1 is closed");
        assert_eq!(till.closings().len(), 1);
        // Counts that were seen and left are in the journal, and on the report.
        let counted = till.journal();
        let counted = counted
            .iter()
            .filter(|entry| entry.contains("Counted"))
            .count();
        assert_eq!(counted, 3);
        till.check_journal();
    });
}

#[test]
fn an_x_report_is_read_on_the_screen_and_printed_on_request_and_the_drawer_needs_a_reason() {
    on_screen(|screen| {
        let till = ready(screen);
        till.sell_a_book();
        till.tap("Next sale");
        till.menu("X report");
        till.approve();
        till.reads("1 sale");
        assert_eq!(till.on_paper("X REPORT"), 0);
        till.tap("Print report");
        till.reads("Report printed");
        assert_eq!(till.on_paper("X REPORT"), 1);
        assert_eq!(till.on_paper("DUPLICATE"), 0);
        till.tap("Print report");
        till.until("it is printed again", || till.on_paper("X REPORT") == 2);
        assert_eq!(till.on_paper("DUPLICATE"), 1);
        till.tap("Leave report");

        let kicks = till.printer().kicks().len();
        till.menu("Open drawer");
        till.reads("Choose or type a reason.");
        till.tap("Reason Change wanted");
        till.tap("Open the drawer");
        till.reads("A manager has to approve");
        till.tap("Cancel approval");
        assert_eq!(till.printer().kicks().len(), kicks);
        till.tap("Open the drawer");
        till.approve();
        till.reads("The drawer was opened");
        till.until("the drawer opened", || {
            till.printer().kicks().len() == kicks + 1
        });
        till.check_journal();
    });
}
