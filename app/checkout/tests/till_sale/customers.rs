//! Customers who are made at the till.

use checkout::new_customer::{CustomerForm, CustomerFormRefused};
use checkout::till::{Effect, Event, NotSaved, Notice};

use crate::shop::{BOOK, Counter, refusal};

fn form(name: &str) -> CustomerForm {
    CustomerForm {
        customer_name: name.to_owned(),
        ..CustomerForm::default()
    }
}

#[test]
fn a_customer_who_is_made_can_be_sold_to_at_once() {
    let mut counter = Counter::open();
    counter.scan(BOOK);
    let effects = counter.step(Event::CustomerEntered(CustomerForm {
        mobile_no: "+1 555 0100".to_owned(),
        ..form("  Grace \n Hopper ")
    }));
    let [Effect::CommitCustomer(made)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(made.customer_name, "Grace Hopper");
    assert_eq!(made.key, "C1-CUST-00001-7K2M9QXB");
    // Nobody is sold to before they are safe.
    assert!(counter.till.cart().customer().is_none());
    counter.step(Event::CustomerSaved);
    let sale = counter.sell();
    assert_eq!(sale.customer, "C1-CUST-00001-7K2M9QXB");
    assert_eq!(sale.customer_name, "Grace Hopper");
}

#[test]
fn a_customer_who_was_not_saved_is_not_made() {
    let mut counter = Counter::open();
    counter.step(Event::CustomerEntered(form("Grace")));
    let effects = counter.step(Event::NotSaved(NotSaved::DiskFull));
    assert_eq!(
        refusal(&effects),
        Notice::CustomerNotSaved(NotSaved::DiskFull)
    );
    assert!(counter.till.cart().customer().is_none());
}

#[test]
fn what_is_no_name_number_or_address_is_refused() {
    let mut counter = Counter::open();
    let wrong = [
        (form(" "), CustomerFormRefused::NoName),
        (form("<b>"), CustomerFormRefused::NameLetters),
        (
            form(&"x".repeat(141)),
            CustomerFormRefused::TooLong { field: "the name" },
        ),
        (
            CustomerForm {
                mobile_no: "call me".to_owned(),
                ..form("Grace")
            },
            CustomerFormRefused::MobileNo("call me".to_owned()),
        ),
        (
            CustomerForm {
                email_id: "grace@home".to_owned(),
                ..form("Grace")
            },
            CustomerFormRefused::EmailId("grace@home".to_owned()),
        ),
    ];
    for (form, reason) in wrong {
        let effects = counter.step(Event::CustomerEntered(form));
        assert_eq!(refusal(&effects), Notice::CustomerForm(reason));
    }
}
