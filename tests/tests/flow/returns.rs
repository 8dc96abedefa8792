//! Goods that come back in every way there is, and what is refused.

use checkout::receipt::ReceiptReference;
use kiosk::demo::STAFF;
use kiosk::headless::Headless;

use crate::screen::on_screen;
use crate::whole_till::{NO_SITE, SALT_ROAD, WholeTill};

fn ready(screen: &Headless) -> WholeTill<'_> {
    let till = WholeTill::of_the_demo_shop(screen, NO_SITE);
    till.sign_in();
    till.open_shift();
    till
}

#[test]
fn goods_without_a_receipt_come_back_with_a_manager_alone() {
    on_screen(|screen| {
        let till = ready(screen);
        till.tap("Lock");
        till.sign_in_as(STAFF[1]);
        till.menu("Return");
        till.tap("Without a receipt");
        till.reads("No receipt: scan or tap what comes back");
        till.scan(SALT_ROAD, 1);
        till.tap("Take it back");
        till.reads("Return without a receipt");
        till.tap("Cashier Maya");
        till.tap("Reason Receipt lost");
        till.approve();
        till.reads("At today's prices");
        till.tap("Refund");
        till.tap("All back by Cash");
        let back = till.done();
        assert!(back.is_return());
        assert_eq!(back.return_against, None);
        assert_eq!(
            back.approved_by.map(|by| by.name).as_deref(),
            Some(STAFF[0])
        );
        assert_eq!(back.reason.as_deref(), Some("Receipt lost"));
        till.check_journal();
    });
}

#[test]
fn a_piece_comes_back_by_its_serial_number_and_no_more_than_was_sold() {
    on_screen(|screen| {
        let till = ready(screen);
        till.scan("SER-001-S004", 1);
        till.scan(SALT_ROAD, 2);
        let sold = till.pay_cash("500");
        till.tap("Next sale");
        let code = ReceiptReference::of(&sold).to_string();
        till.scanner().scan(&code).unwrap();
        till.reads("1 sale today");
        till.tap("Return goods");
        till.reads("Return of C1-000001");
        // A piece of another sale, then the right one.
        till.scanner().scan("SER-001-S005").unwrap();
        till.reads("That is not on this receipt");
        till.scanner().scan("SER-001-S004").unwrap();
        till.reads("1 of 1");
        till.tap("Leave return");
        till.reads("Removed the return");
        till.tap("Undo");
        till.reads("Coming back · C1-000001");
        till.pay_after_reason();
        till.tap("All back by Cash");
        let back = till.done();
        assert_eq!(back.lines.len(), 1);
        assert_eq!(back.lines[0].serial_nos, ["SER-001-S004"]);
        till.tap("Next sale");

        // The rest is still there, the piece is not.
        till.scanner().scan(&code).unwrap();
        till.tap("Return goods");
        till.reads("all of it is back");
        till.tap("All of it");
        till.pay_after_reason();
        till.tap("All back by Cash");
        till.done();
        till.tap("Next sale");
        till.scanner().scan(&code).unwrap();
        till.reads("Came back, C1-000003");
        assert!(!till.sees("Return goods"), "everything is back");
        till.check_journal();
    });
}

#[test]
fn a_receipt_that_is_none_is_refused_in_words_and_more_coming_back_than_bought_is_given_back() {
    on_screen(|screen| {
        let till = ready(screen);
        let sold = till.sell_a_book();
        till.tap("Next sale");
        till.menu("Return");
        till.scanner().scan("EVT1/C9-000077-XXXXXXXX").unwrap();
        till.reads("What was sold with this receipt is not known here");
        let code = ReceiptReference::of(&sold).to_string();
        till.scanner().scan(&code).unwrap();
        till.reads("Return of C1-000001");
        till.tap("All of it");
        till.tap("Exchange");
        // Something cheap for it; why the book comes back is asked before the money goes.
        till.scan("STA-003", 1);
        till.tap("Pay");
        till.tap("Reason Not liked");
        till.tap("Leave return");
        till.pay_refund();
        till.tap("All back by Cash");
        let bought = till.done();
        assert!(bought.exchange.is_some());
        till.reads("Give back, Cash");
        till.check_journal();
    });
}
