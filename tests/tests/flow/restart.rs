//! Switched off in the middle of a sale, and what a till does on the screen after that.

use checkout::receipt::ReceiptReference;

use crate::screen::on_screen;
use crate::whole_till::{LANTERN_HOUSE, NO_SITE, SALT_ROAD, WholeTill};

#[test]
fn a_till_switched_off_while_being_paid_comes_back_with_cart_and_tenders() {
    on_screen(|screen| {
        let mut till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        till.sign_in();
        till.open_shift();
        till.scan(SALT_ROAD, 1);
        till.scan(LANTERN_HOUSE, 2);
        // 20.49 and 8.25 % on it: 22.18.
        till.pay();
        till.keys("100");
        till.tap("Credit Card");
        till.reads("Credit Card takes at most $22.18");
        till.tap("Back to cart");
        till.pay();
        till.keys("5");
        till.tap("Credit Card");
        till.reads("Remove Credit Card $5.00");
        till.switch_off();

        till.switch_on(NO_SITE).unwrap();
        till.sign_in();
        till.reads("Remove Credit Card $5.00");
        assert_eq!(till.cart().len(), 2);
        till.keys("20");
        till.tap("Cash");
        let sale = till.done();
        till.reads("Receipt printed");
        let receipt = till.printer().text();
        for (left, right) in [
            ("Credit Card", "$5.00"),
            ("Cash", "$20.00"),
            ("Change", "$2.82"),
        ] {
            let printed = |line: &str| line.starts_with(left) && line.ends_with(right);
            assert!(receipt.lines().any(printed), "{left} {right}:\n{receipt}");
        }
        assert_eq!(sale.receipt_number.to_string(), "C1-000001");

        // The customer comes back with the receipt.
        till.tap("Next sale");
        till.scanner()
            .scan(&ReceiptReference::of(&sale).to_string())
            .unwrap();
        till.reads("1 sale today");
        till.reads("Printed");
        assert!(till.sees("The Lantern House"), "the sale is not shown");
        till.check_journal();
    });
}

#[test]
fn a_cart_comes_back_with_all_that_was_given_and_chosen_and_an_approval_under_way_is_gone() {
    on_screen(|screen| {
        let mut till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        till.sign_in();
        till.open_shift();
        till.scan(SALT_ROAD, 1);
        till.scanner().scan("SAVE15").unwrap();
        till.reads("Coupon SAVE15");
        till.scan("BAT-003", 2);
        till.scan("SER-001-S004", 3);
        till.tap("Discount and coupon");
        till.keys("5");
        till.tap("Give discount");
        till.reads("Discount 5 %");
        till.tap("Close discount and coupon");
        till.scan("ELE-001", 4);
        till.tap("Line USB-C Cable");
        till.tap("Price");
        till.keys("50");
        till.tap("Set price");
        till.reads("A manager has to approve");
        till.switch_off();

        till.switch_on(NO_SITE).unwrap();
        till.sign_in();
        for text in [
            "Coupon SAVE15",
            "\u{2212}15 %",
            "Batch BAT-003-B, best before",
            "Serial number SER-001-S004",
            "Discount 5 %",
        ] {
            till.reads(text);
        }
        assert!(!till.sees("A manager has to approve"));
        assert!(!till.sees("\u{2212}50 %"));
        let sale = till.pay_cash("300");
        assert_eq!(sale.lines.len(), 4);
        assert_eq!(sale.document.additional_discount_percentage, 5.0);
        till.check_journal();
    });
}
