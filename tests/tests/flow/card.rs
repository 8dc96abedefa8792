//! Cards at a terminal that the till speaks to: what the customer was charged is what the receipt
//! says, also when the cable is pulled and the till restarts in the middle.

use checkout::receipt::ReceiptReference;
use hal::Paper;
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

/// A till whose terminal has a second to answer before a person is asked.
fn till_that_asks_a_person(screen: &kiosk::headless::Headless) -> WholeTill<'_> {
    let mut till = WholeTill::of_the_demo_shop(screen, NO_SITE);
    till.terminal().pay_by_hand(1);
    let address = till.terminal().address();
    till.attach(&format!(
        "[terminal]\nkind = \"zvt\"\naddress = \"{address}\"\n\
         modes_of_payment = [\"Credit Card\"]\nask_person_after_seconds = 1\n"
    ));
    till.open_shift();
    till.scan(SALT_ROAD, 1);
    till.pay();
    till
}

#[test]
fn a_terminal_that_never_comes_back_holds_no_till_for_ever() {
    on_screen(|screen| {
        for (says, charged) in [("It took the money", true), ("It did not", false)] {
            let till = till_that_asks_a_person(screen);
            till.terminal().cut_in_next_payment(CableCut::AtOnce, true);
            till.tap("Credit Card");
            till.reads("Asking the terminal what became of it");
            till.reads("The terminal does not answer: did it take $8.65?");
            till.reads("Card terminal: takes no connection.");
            // Whoever thinks better of it goes on asking.
            till.tap(says);
            till.reads("A manager has to approve");
            till.tap("Cancel approval");
            till.reads("The terminal does not answer: did it take $8.65?");
            till.tap(says);
            till.approve();
            if !charged {
                till.until("the card is not charged", || !till.sees("Card payment"));
                till.keys("10");
                till.tap("Cash");
            }
            let sale = till.done();
            let cards: usize = sale.payments.iter().map(|it| it.cards.len()).sum();
            assert_eq!(cards, usize::from(charged));
            assert_eq!(sale.amount_to_pay.units, DUE);
            let journal = till.journal().join("\n");
            assert!(journal.contains("CardConfirmed"), "{journal}");
            assert!(journal.contains("seen at the card terminal"), "{journal}");
            till.check_journal();
        }
    });
}

#[test]
fn a_payment_that_a_person_confirmed_is_taken_back_at_the_terminal_by_hand() {
    on_screen(|screen| {
        let till = till_that_asks_a_person(screen);
        till.terminal().cut_in_next_payment(CableCut::AtOnce, true);
        till.keys("5");
        till.tap("Credit Card");
        till.reads("The terminal does not answer: did it take $5.00?");
        till.tap("It took the money");
        till.approve();
        till.reads("Remove Credit Card $5.00");
        till.terminal().set_power(true);
        till.tap("Remove Credit Card $5.00");
        till.reads("Take the payment of $5.00 back at the card terminal");
        till.tap("Cancel card payment");
        till.reads("The card payment was broken off");
        till.tap("Remove Credit Card $5.00");
        till.reads("Take the payment of $5.00 back at the card terminal");
        till.tap("Approved");
        till.until("it is taken back", || {
            !till.sees("Remove Credit Card $5.00")
        });
        let reversals = till.terminal().commands();
        let reversals = reversals.iter().filter(|it| **it == [0x06, 0x30]);
        assert_eq!(
            reversals.count(),
            0,
            "the terminal was told to take one back"
        );
        till.tap("Credit Card");
        assert_eq!(till.done().payments[0].cards[0].amount.units, DUE);
        till.check_journal();
    });
}

#[test]
fn money_goes_back_to_a_card_through_the_terminal() {
    on_screen(|screen| {
        let till = till_with_terminal(screen);
        till.tap("Credit Card");
        let sold = till.done();
        till.tap("Next sale");
        till.scanner()
            .scan(&ReceiptReference::of(&sold).to_string())
            .unwrap();
        till.tap_when_there("Return goods");
        till.tap_when_there("All of it");
        till.pay_after_reason();
        till.terminal()
            .cut_in_next_payment(CableCut::AfterApproval, true);
        till.tap_when_there("Credit Card");
        till.reads("Asking the terminal what became of it");
        till.terminal().set_power(true);
        let back = till.done();
        assert!(back.is_return());
        assert_eq!(till.terminal().taken(), 1, "the customer has not all back");
        assert_eq!(back.payments[0].cards.len(), 1);
        assert_eq!(back.payments[0].amount.units, -DUE);
        // One for the shop, and one on the receipt of the return.
        till.until("both papers are out", || till.on_paper("GUTSCHRIFT") == 2);
        till.check_journal();
    });
}

#[test]
fn what_the_terminal_wants_printed_comes_out_for_the_shop_and_the_customer_also_after_a_start() {
    on_screen(|screen| {
        let mut till = till_with_terminal(screen);
        let papers = |till: &WholeTill<'_>, text: &str| till.on_paper(text);
        till.terminal().set_answer(TerminalAnswer::Decline(0x78));
        till.tap("Credit Card");
        till.reads("The card payment was declined");
        till.until("both papers are out", || papers(&till, "ABGELEHNT") == 2);
        till.terminal().set_answer(TerminalAnswer::Approve);
        till.keys("5");
        till.tap("Credit Card");
        till.reads("Remove Credit Card $5.00");
        // The customer's is on the receipt of the sale.
        till.until("the shop's is out", || papers(&till, "GENEHMIGT") == 1);
        till.tap("Remove Credit Card $5.00");
        till.until("both papers are out", || papers(&till, "STORNO") == 2);
        assert_eq!(papers(&till, "KUNDENBELEG"), 2);

        till.printer().set_paper(Paper::Empty);
        till.reads("Receipt printer: out of paper");
        till.tap("Credit Card");
        till.done();
        assert_eq!(papers(&till, "ZAHLUNG"), 3, "printed without paper");
        till.switch_off();
        till.printer().set_paper(Paper::Present);
        till.switch_on(NO_SITE).unwrap();
        till.until("the shop's and the receipt are out", || {
            papers(&till, "ZAHLUNG") == 5
        });
        assert_eq!(papers(&till, "DUPLICATE"), 0);
        till.sign_in();
        till.check_journal();
    });
}
