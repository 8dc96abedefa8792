//! Receipts that another till of the shop made.

use checkout::new_customer::called;
use checkout::receipt::{
    Copy, MOST_CHARACTERS, Part, ReceiptCodeError, ReceiptHead, ReceiptKey, ReceiptReference,
    ScannedReceipt, compose, receipt_code,
};
use checkout::returns::{Original, ReturnRefused, ReturnSource};
use checkout::sale::Sale;
use checkout::till::{Effect, Event, Notice, Resume, Till, TillIdentity};
use proptest::prelude::*;

use crate::shop::{BOOK, Counter, PENCIL, PENCIL_BOX, TEA, catalog, refusal, shop, usd};

fn key() -> ReceiptKey {
    ReceiptKey::new([7; 32])
}

fn sold(codes: &[&str]) -> Sale {
    let mut counter = Counter::open();
    for code in codes {
        counter.scan(code);
    }
    counter.sell()
}

/// All of a receipt comes back, for cash.
fn returns_all(counter: &mut Counter, code: String) -> Vec<Effect> {
    counter.step(Event::ReturnStarted(ReturnSource::Code(code)));
    counter.step(Event::ReturnAll);
    counter.step(Event::ReturnReason("torn".to_owned()));
    counter.step(Event::PaymentStarted);
    counter.tender("Cash", None)
}

/// A till of the shop that did not make these sales.
fn other_till() -> Counter {
    let mut counter = Counter::open();
    let identity = TillIdentity {
        prefix: "C2".to_owned(),
        installation: "AAAAAAAA".to_owned(),
    };
    let resume = Resume {
        shifts: 1,
        shift: counter.till.shift().cloned(),
        ..Resume::default()
    };
    counter.till = Till::new(identity, shop(), Box::new(catalog()), resume);
    counter.till.set_receipt_key(Some(key()));
    counter.sign_in();
    counter.later(jiff::Span::new().hours(1));
    counter
}

fn refused(effects: &[Effect]) -> ReceiptCodeError {
    match refusal(effects) {
        Notice::Return(ReturnRefused::Code(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn goods_come_back_at_another_till_by_the_code_alone() {
    let sale = sold(&[BOOK, PENCIL, PENCIL_BOX, TEA]);
    let code = receipt_code(&sale, &shop(), &key()).unwrap();
    let mut counter = other_till();
    let effects = counter.scan(&code);
    let Some(Effect::ShowReceipt { original, code }) = effects.get(1) else {
        panic!("{effects:?}");
    };
    assert_eq!(original.document.items, sale.document.items);
    assert_eq!(original.totals, sale.totals);
    let effects = returns_all(&mut counter, code.clone());
    let [Effect::CommitSale(returned)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(returned.amount_to_pay, sale.amount_to_pay.negated());
    assert_eq!(returned.receipt_number.to_string(), "C2-000001");
    let against = returned.return_against.as_ref().unwrap();
    assert_eq!(against.key, sale.key);
    assert_eq!(against.posting_date, sale.posting_date);
    let rows = returned.lines.iter().map(|line| line.returns.as_deref());
    let wanted: Vec<_> = (1..=4).map(|row| format!("{}-{row}", sale.key)).collect();
    assert!(rows.eq(wanted.iter().map(|row| Some(row.as_str()))));
    assert_eq!(returned.lines[0].item_name, sale.lines[0].item_name);
    assert_eq!(returned.document.taxes[0].account_head, "Sales Tax - HB");
}

#[test]
fn a_customer_whom_another_till_made_is_not_called_by_a_key() {
    let mut sale = sold(&[BOOK]);
    sale.customer = "C9-CUST-00007-BBBBBBBB".to_owned();
    sale.customer_name = "Grace Hopper".to_owned();
    let code = receipt_code(&sale, &shop(), &key()).unwrap();
    let mut counter = other_till();
    let effects = returns_all(&mut counter, code);
    let [Effect::CommitSale(returned)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(returned.customer, sale.customer);
    assert_eq!(returned.customer_name, "Customer of another till");
    let head = ReceiptHead::default();
    let printed = compose(returned, counter.till.shop(), &head, Copy::Original);
    let texts = printed.parts.iter().filter_map(|part| match part {
        Part::Text { text, .. } => Some(text.as_str()),
        _ => None,
    });
    let of_customer: Vec<_> = texts.filter(|text| text.starts_with("Customer")).collect();
    assert_eq!(of_customer, ["Customer of another till"]);
    // What ERPNext calls somebody is a name.
    assert_eq!(called("CUST-2026-00042"), "CUST-2026-00042");
}

#[test]
fn what_this_till_sold_is_shown_from_its_own_records() {
    let mut counter = Counter::open();
    counter.scan(BOOK);
    let sale = counter.sell();
    // Signed with the key of an earlier enrolment.
    let code = receipt_code(&sale, &shop(), &ReceiptKey::new([1; 32])).unwrap();
    let mut counter = counter.restarted(catalog(), &[&sale]);
    counter.till.set_receipt_key(Some(key()));
    let effects = counter.scan(&code.to_lowercase());
    assert_eq!(
        effects.get(1),
        Some(&Effect::ShowSale(ReceiptReference::of(&sale)))
    );
}

#[test]
fn a_code_of_another_shop_a_changed_one_and_a_newer_one_are_told_apart() {
    let sale = sold(&[BOOK]);
    let mut counter = other_till();
    let foreign = receipt_code(&sale, &shop(), &ReceiptKey::new([8; 32])).unwrap();
    assert_eq!(
        refused(&counter.scan(&foreign)),
        ReceiptCodeError::NotOfThisShop
    );
    let code = receipt_code(&sale, &shop(), &key()).unwrap();
    let mut dearer = sale.clone();
    dearer.amount_to_pay = usd(99_999);
    assert_ne!(receipt_code(&dearer, &shop(), &key()), Some(code.clone()));
    assert_eq!(refused(&counter.scan("EVR1:A1")), ReceiptCodeError::Damaged);
    for end in (6..code.len()).step_by(7) {
        let cut_off = refused(&counter.scan(&code[..end]));
        assert!(
            matches!(
                cut_off,
                ReceiptCodeError::Damaged | ReceiptCodeError::NotOfThisShop
            ),
            "{cut_off:?}"
        );
    }
    // The first letter is the upper part of the version.
    let newer = format!("EVR1:B{}", &code[6..]);
    assert_eq!(refused(&counter.scan(&newer)), ReceiptCodeError::Newer);
    counter.till.set_receipt_key(None);
    assert_eq!(refused(&counter.scan(&code)), ReceiptCodeError::NoShopKey);
}

#[test]
fn a_long_sale_has_a_code_without_lines_that_says_so() {
    let mut sale = sold(&[BOOK]);
    let (line, row) = (sale.lines[0].clone(), sale.document.items[0].clone());
    for number in 0..100 {
        let item_code = format!("AN-ARTICLE-{number}");
        let mut line = line.clone();
        line.item_code.clone_from(&item_code);
        sale.lines.push(line);
        let mut row = row.clone();
        row.item_code = item_code;
        sale.document.items.push(row);
    }
    let shop = shop();
    sale.totals = checkout::totals::calculate(&sale.document, &shop.totals_settings()).unwrap();
    sale.amount_to_pay = usd((sale.totals.amount_to_pay() * 100.0).round() as i64);
    let code = receipt_code(&sale, &shop, &key()).unwrap();
    assert!(code.len() < 120, "{code}");
    let mut counter = other_till();
    assert_eq!(
        refused(&counter.scan(&code)),
        ReceiptCodeError::WithoutLines("C1-000001".to_owned())
    );
}

#[test]
fn a_till_without_a_shop_key_prints_the_plain_reference() {
    let sale = sold(&[BOOK]);
    let counter = Counter::open();
    let code = counter.till.receipt_code(&sale);
    assert_eq!(code, ReceiptReference::of(&sale).to_string());
    let code = other_till().till.receipt_code(&sale);
    assert!(code.len() <= MOST_CHARACTERS);
    let letters = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b':';
    assert!(code.bytes().all(letters), "{code}");
}

/// What is in a code that was verified.
fn original(code: &str) -> Result<Original, ReceiptCodeError> {
    let scanned = ScannedReceipt::read(code)?;
    scanned.verify("Harbour Books", &key())?;
    scanned.original(&shop(), &catalog())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_text_makes_the_reader_fall_over(text in "(EVR1:)?[A-Z2-7]{0,600}") {
        let _any = original(&text);
    }

    #[test]
    fn no_bytes_under_a_right_signature_make_the_reader_fall_over(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        place in 0_usize..60,
        byte in any::<u8>(),
    ) {
        let sale = sold(&[BOOK, PENCIL]);
        let code = receipt_code(&sale, &shop(), &key()).unwrap();
        // Lines of the right head that are anything at all: the signature is not asked.
        let text: String = bytes.iter().map(|byte| char::from(b'A' + byte % 26)).collect();
        let head = &code[..code.len().min(70)];
        if let Ok(scanned) = ScannedReceipt::read(&format!("{head}{text}")) {
            let _any = scanned.original(&shop(), &catalog());
        }
        let mut changed = code.into_bytes();
        if let Some(letter) = changed.get_mut(5 + place) {
            *letter = b'A' + byte % 26;
        }
        let changed = String::from_utf8(changed).unwrap();
        if let Ok(scanned) = ScannedReceipt::read(&changed) {
            let _any = scanned.original(&shop(), &catalog());
        }
    }
}
