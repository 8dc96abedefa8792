//! Cards at a terminal that the till speaks to: what the customer was charged is what the receipt
//! says, also when the cable is pulled and the till restarts in the middle.

use hal::simulators::{CableCut, TerminalAnswer};

use crate::screen::on_screen;
use crate::whole_till::{NO_SITE, SALT_ROAD, WholeTill};

/// One book, 7.99 and 8.25 % on it, at a till whose credit cards go through the terminal.
const DUE: i64 = 865;

fn till_with_terminal(screen: &kiosk::headless::Headless) -> WholeTill<'_> {
    let mut till = WholeTill::of_the_demo_shop(screen, NO_SITE);
    till.switch_off();
    till.serve_cards();
    till.terminal().pay_by_hand(1);
    till.switch_on(NO_SITE).unwrap();
    till.sign_in();
    till.open_shift();
    till.scan(SALT_ROAD, 1);
    till.pay();
    till
}

#[test]
fn a_card_pays_and_its_receipt_is_on_the_receipt() {
    on_screen(|screen| {
        let till = till_with_terminal(screen);
        till.terminal().set_holding(true);
        till.tap("Credit Card");
        till.reads("Present the card");
        till.tap("Cancel card payment");
        till.reads("The card payment was broken off");
        assert_eq!(till.terminal().taken(), 1);
        till.terminal().set_holding(false);
        till.terminal().set_answer(TerminalAnswer::Decline(0x78));
        till.tap("Credit Card");
        till.reads("The card payment was declined");
        till.reads("The card has expired.");
        till.terminal().set_answer(TerminalAnswer::Approve);
        till.tap("Credit Card");
        let sale = till.done();
        assert_eq!(till.terminal().taken(), 1 + DUE);
        assert_eq!(sale.payments[0].cards.len(), 1);
        till.reads("Receipt printed");
        let receipt = till.printer().text();
        assert!(receipt.contains("KUNDENBELEG"), "{receipt}");
        assert!(receipt.contains("GENEHMIGT"), "{receipt}");
        till.check_journal();
    });
}

#[test]
fn a_till_that_is_switched_off_in_a_card_payment_books_what_was_charged() {
    on_screen(|screen| {
        for (cut, charged) in [(CableCut::AfterApproval, true), (CableCut::AtOnce, false)] {
            let mut till = till_with_terminal(screen);
            till.terminal().cut_in_next_payment(cut, true);
            till.tap("Credit Card");
            till.reads("Asking the terminal what became of it");
            till.switch_off();
            till.terminal().set_power(true);
            till.switch_on(NO_SITE).unwrap();
            till.sign_in();
            if !charged {
                till.until("the card is not charged", || !till.sees("Card payment"));
                assert_eq!(till.terminal().taken(), 1);
                till.tap("Credit Card");
            }
            let sale = till.done();
            assert_eq!(till.terminal().taken(), 1 + DUE);
            assert_eq!(sale.payments[0].cards.len(), 1);
            assert_eq!(sale.amount_to_pay.units, DUE);
            till.check_journal();
            till.switch_off();
        }
    });
}
