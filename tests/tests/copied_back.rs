//! A till whose data folder was put back from an older copy knows nothing of what it sold since.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use checkout::till::Event;
use erpnext::push::{KEY_FIELD, Outcome, Push};
use jiff::ToSpan;
use kiosk::queue::Message;
use kiosk::sync::SyncState;
use serde_json::json;
use store::Store;
use tests::fixtures::{context, sale, shift, totals_of, usual_sale};
use tests::stand_in::{Site, StandIn};
use tests::sync::Outbox;
use tests::syncing::Syncing;

/// The number of the last receipt once a till has told what is `wanted`; the site has receipt 140 of
/// this box.
fn after(with_shift: bool, wanted: impl Fn(&Message) -> bool) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), [1; 5]).unwrap();
    let stand_in = StandIn::http(Site::harbour_books().with_totals(totals_of));
    let key = format!("C1-000140-{}", store.installation());
    let invoice = json!({ KEY_FIELD: key, "docstatus": 1, "items": [] });
    stand_in.site().put("POS Invoice", &key, invoice);
    if with_shift {
        store.commit_shift(&shift()).unwrap();
        store.commit_sale(&usual_sale(1)).unwrap();
    }
    let till = Syncing::start(store, folder.path(), stand_in.client());
    till.until("what the till tells of its numbers", wanted);
    let last = till
        .store
        .handle()
        .call(|store| store.last_receipt_number());
    last.unwrap().unwrap()
}

#[test]
fn its_numbers_begin_above_all_that_it_may_have_given_out() {
    let begin = |message: &Message| matches!(message, Message::Stored(event) if **event == Event::ReceiptsBeginAbove(20_000));
    assert_eq!(after(false, begin), 20_000);
}

#[test]
fn with_a_shift_open_it_says_that_the_shift_is_to_be_closed() {
    let told = |message: &Message| match message {
        Message::Sync(SyncState::Trouble { cause, remedy, .. }) => {
            cause.contains("up to C1-000140") && remedy.contains("Close the shift")
        }
        _ => false,
    };
    assert_eq!(after(true, told), 1);
}

#[test]
fn a_receipt_whose_number_was_given_out_twice_is_not_taken_for_the_other() {
    let stand_in = StandIn::http(Site::harbour_books().with_totals(totals_of));
    let mut first = Outbox::new(shift(), [usual_sale(1)]);
    assert!(first.carry(&mut stand_in.client(), 1_000));
    let before = stand_in.site().documents("POS Invoice");
    let mut other = sale(1, &[("FIC-001", 1.0, "Nos", 1.0, 7.99)]);
    other.posting_time = other.posting_time.wrapping_add(7.minutes());
    let outcome = Push::sale(&other, &context()).run(&mut stand_in.client());
    let Outcome::Parked {
        cause,
        remedy,
        booked_as,
    } = outcome
    else {
        panic!("{outcome:?}");
    };
    assert!(cause.contains("is not booked"), "{cause}");
    assert!(remedy.contains("as a new POS Invoice"), "{remedy}");
    assert_eq!(booked_as, None, "settling it would book the other one");
    assert_eq!(stand_in.site().documents("POS Invoice"), before);
}
