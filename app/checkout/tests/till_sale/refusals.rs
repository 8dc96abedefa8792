//! What cannot be sold is said, and the cart stays as it is.

use checkout::cart::{CartError, CustomerRefused, NotForSale};
use checkout::till::{Event, Notice};

use crate::shop::{BOOK, Counter, PENCIL_BOX, refusal};

#[test]
fn what_cannot_be_sold_is_named_with_its_reason() {
    let mut counter = Counter::open();
    counter.scan(BOOK);
    let before = counter.till.cart().clone();
    let not_for_sale = |item_name: &str, reason| {
        Notice::Cart(CartError::NotForSale {
            item_name: item_name.to_owned(),
            reason,
        })
    };
    let no_price = Notice::Cart(CartError::NoPrice {
        item_name: "NO-PRICE".to_owned(),
        price_list: "Shelf".to_owned(),
        uom: "Nos".to_owned(),
    });
    let disabled = Notice::Cart(CartError::Disabled {
        item_name: "DISABLED".to_owned(),
    });
    let unknown = |code: &str| Notice::UnknownBarcode(code.to_owned());
    let endless = "9".repeat(5000);
    for (code, expected) in [
        ("9999999999994", unknown("9999999999994")),
        ("  \t", unknown("")),
        ("', DROP TABLE", unknown("', DROP TABLE")),
        (&endless, unknown(&endless)),
        ("1", no_price),
        ("2", disabled),
        ("4", not_for_sale("BOUGHT", NotForSale::NotSalesItem)),
        ("5", not_for_sale("SHELF", NotForSale::NotSalesItem)),
        ("6", not_for_sale("OLD", NotForSale::EndOfLife)),
        ("8", not_for_sale("GLUE", NotForSale::Group)),
    ] {
        assert_eq!(refusal(&counter.scan(code)), expected, "{code:.20}");
        assert_eq!(*counter.till.cart(), before, "{code:.20}");
    }
    let gone = Event::ItemChosen {
        item_code: "GONE".to_owned(),
    };
    assert_eq!(
        refusal(&counter.step(gone)),
        Notice::UnknownItem("GONE".to_owned())
    );
    counter.scan("7");
    assert_eq!(counter.cart().len(), 2, "sold until the day before its end");
}

#[test]
fn a_wrong_quantity_leaves_the_line_as_it_was() {
    let mut counter = Counter::open();
    counter.scan(PENCIL_BOX);
    let before = counter.till.cart().clone();
    let line = before.lines()[0].id;
    let mut enter = |line, text: &str| {
        let text = text.to_owned();
        let notice = refusal(&counter.step(Event::QuantityEntered { line, text }));
        assert_eq!(*counter.till.cart(), before);
        notice
    };
    for text in ["", "0", "-1", "1.2345", "two", "1e3", "1000000", "1_0", "٣"] {
        let text = text.to_owned();
        let decimals = 3;
        let expected = Notice::NotAQuantity {
            text: text.clone(),
            decimals,
        };
        assert_eq!(enter(line, &text), expected);
    }
    let uom = "Box".to_owned();
    assert_eq!(
        enter(line, "1.5"),
        Notice::Cart(CartError::WholeNumber { uom })
    );
    assert_eq!(enter(99, "1"), Notice::Cart(CartError::NoSuchLine));
    assert_eq!(
        refusal(&counter.step(Event::LineRemoved { line: 99 })),
        Notice::Cart(CartError::NoSuchLine)
    );
}

#[test]
fn a_customer_who_cannot_be_sold_to_is_not_chosen() {
    let mut counter = Counter::open();
    counter.scan(BOOK);
    let before = counter.till.cart().clone();
    for (name, reason) in [
        ("Gone", CustomerRefused::Disabled),
        ("Frozen", CustomerRefused::Frozen),
        ("Elsewhere", CustomerRefused::Currency),
    ] {
        let notice = refusal(&counter.step(Event::CustomerChosen(Some(name.to_owned()))));
        let customer_name = name.to_owned();
        assert_eq!(
            notice,
            Notice::Cart(CartError::Customer {
                customer_name,
                reason
            })
        );
        assert_eq!(*counter.till.cart(), before);
    }
    let nobody = Event::CustomerChosen(Some("Nobody".to_owned()));
    assert_eq!(
        refusal(&counter.step(nobody)),
        Notice::UnknownCustomer("Nobody".to_owned())
    );
    counter.step(Event::CustomerChosen(Some("Ada".to_owned())));
    assert!(counter.till.cart().customer().is_some());
    counter.step(Event::CustomerChosen(None));
    assert!(counter.till.cart().customer().is_none());
}
