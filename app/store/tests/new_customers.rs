//! Customers who are made at the till, on real files.

use checkout::catalog::Catalog;
use checkout::masters::Customer;
use checkout::new_customer::CustomerForm;
use checkout::till::Event;
use rusqlite::Connection;
use store::{Masters, OutboxDocument, ReadStore};

use crate::support::{Counter, SALT_ROAD, at, parking, shop};

fn makes(counter: &mut Counter, name: &str) {
    let form = CustomerForm {
        customer_name: name.into(),
        mobile_no: "+1 555-0177".into(),
        ..CustomerForm::default()
    };
    counter.happens(Event::CustomerEntered(form)).unwrap();
}

fn found(read: &ReadStore, text: &str) -> Vec<String> {
    let customers = read.search_customers(&shop(), text, 9).unwrap();
    customers
        .into_iter()
        .map(|customer| customer.name)
        .collect()
}

#[test]
fn a_customer_made_here_is_found_sold_to_and_replaced_by_the_one_of_erpnext() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    let read = ReadStore::open(dir.path()).unwrap();
    makes(&mut counter, "Grace Hopper");
    let key = format!("C1-CUST-00001-{}", counter.store.installation());
    counter.scans(SALT_ROAD);
    let sale = counter.pays().unwrap();
    assert_eq!(
        (&sale.customer, sale.customer_name.as_str()),
        (&key, "Grace Hopper")
    );
    for text in ["grace", "hop", "15550177", "555-0177"] {
        assert_eq!(found(&read, text), [key.as_str()], "{text}");
    }
    assert_eq!(
        read.customer(&key).unwrap().unwrap().customer_name,
        "Grace Hopper"
    );
    assert!(counter.store.records().journal_verify().unwrap().is_ok());
    // ERPNext calls her by a name of its own, and the till has heard of it.
    let other = Connection::open(dir.path().join("till.sqlite")).unwrap();
    other
        .execute(
            "UPDATE outbox SET state = 'delivered', erpnext_name = 'CUST-0042', delivered_at = 1
             WHERE document = ?1",
            [&key],
        )
        .unwrap();
    assert_eq!(found(&read, "grace"), [key.as_str()]);
    let customer = Customer {
        name: "CUST-0042".into(),
        customer_name: "Grace Hopper".into(),
        ..Customer::default()
    };
    let mut masters = Masters::open(dir.path()).unwrap();
    masters.apply(&[customer.into()]).unwrap();
    assert_eq!(found(&read, "grace"), ["CUST-0042"]);
    // Sales that name her by her key are still hers.
    assert!(read.customer(&key).unwrap().is_some());
}

#[test]
fn a_sale_to_a_new_customer_waits_until_erpnext_has_them() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    makes(&mut counter, "Grace Hopper");
    counter.scans(SALT_ROAD);
    let hers = counter.pays().unwrap();
    let others = counter.sells(SALT_ROAD);
    let now = at(9_999);
    let file = Connection::open(dir.path().join("till.sqlite")).unwrap();
    let customers = "SELECT count(*) FROM outbox WHERE kind = 'customer' AND state = 'delivered'";
    let mut sent = Vec::new();
    while let Some(entry) = counter.store.outbox_next(now).unwrap() {
        if let OutboxDocument::Sale(sale) = &entry.document {
            let delivered: i64 = file.query_row(customers, [], |row| row.get(0)).unwrap();
            assert!(
                sale.key != hers.key || delivered == 1,
                "sent before its customer"
            );
            sent.push(sale.key.clone());
        }
        counter.store.outbox_delivered(entry.id, "X", now).unwrap();
    }
    assert!(sent.contains(&others.key));
}

#[test]
fn the_journal_tells_of_a_customer_and_not_who_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    makes(&mut counter, "Grace Hopper");
    let told = counter.store.records().journal_entries(0, 99).unwrap();
    let last = told.last().unwrap().body.to_string();
    assert!(last.contains("C1-CUST-00001"));
    assert!(!last.contains("Grace") && !last.contains("555"));
    // Nor is it told by what becomes of her on the way to ERPNext.
    let store = &mut counter.store;
    let is_customer =
        |entry: &store::OutboxEntry| matches!(entry.document, OutboxDocument::Customer(_));
    let mut next = store.outbox_next(at(9_999)).unwrap().unwrap();
    if !is_customer(&next) {
        store.outbox_delivered(next.id, "OPE-1", at(1)).unwrap();
        next = store.outbox_next(at(9_999)).unwrap().unwrap();
    }
    assert!(is_customer(&next));
    let refused = parking(
        "Customer Grace Hopper was refused by ERPNext.",
        "Look there.",
    );
    store.outbox_parked(next.id, &refused, at(2)).unwrap();
    store.outbox_unpark_all(at(3)).unwrap();
    store
        .outbox_delivered(next.id, "Grace Hopper", at(4))
        .unwrap();
    let told = store.records().journal_entries(0, 99).unwrap();
    let of_her: Vec<_> = told.iter().map(|entry| entry.body.to_string()).collect();
    let of_her: Vec<_> = of_her
        .iter()
        .filter(|body| body.contains("C1-CUST-00001"))
        .collect();
    assert_eq!(of_her.len(), 4, "made, parked, to be sent again, delivered");
    assert!(
        told.iter()
            .all(|entry| !entry.body.to_string().contains("Grace")),
        "{told:#?}"
    );
}
