//! Goods that cannot be sold, and a scanner that comes and goes.

use checkout::masters::{Item, ItemBarcode};
use kiosk::demo::prepare;

use crate::screen::on_screen;
use crate::whole_till::{LANTERN_HOUSE, NO_SITE, SALT_ROAD, WholeTill};

#[test]
fn what_cannot_be_sold_is_said_and_the_cart_goes_on() {
    on_screen(|screen| {
        let priceless = Item {
            item_code: "NEW-1".to_owned(),
            item_name: "Uncounted Map".to_owned(),
            item_group: "Fiction".to_owned(),
            stock_uom: "Nos".to_owned(),
            is_sales_item: true,
            barcodes: vec![ItemBarcode {
                barcode: "9780000007773".to_owned(),
                uom: None,
            }],
            ..Item::default()
        };
        let till = WholeTill::prepared(screen, NO_SITE, |folder| {
            prepare(folder).unwrap();
            folder.masters().apply(&[priceless.into()]).unwrap();
        });
        till.scanner().scan(SALT_ROAD).unwrap();
        till.reads("The till is locked");
        till.sign_in();
        till.scanner().scan(SALT_ROAD).unwrap();
        till.reads("No shift is open");
        till.open_shift();
        till.scan(SALT_ROAD, 1);
        for (code, title, remedy) in [
            (
                "4006381333931",
                "Unknown barcode 4006381333931",
                "Search for the item by name",
            ),
            (
                "9780000007773",
                "Uncounted Map has no price in Standard Selling for Nos",
                "enter an Item Price in ERPNext",
            ),
            (
                "9780000009913",
                "Withdrawn Title is disabled",
                "Set the goods aside",
            ),
        ] {
            till.scanner().scan(code).unwrap();
            till.reads(title);
            assert!(till.sees(remedy), "{code}: no remedy");
            assert_eq!(till.cart(), [("FIC-001".to_owned(), "1".to_owned())]);
        }
        till.scanner().send(&[0xFF, 0xFE, 0x80, b'\r']).unwrap();
        till.reads("The scanner sent something that is no text");
        till.scanner().send(&[b'7'; 4000]).unwrap();
        till.scanner().send(b"\r").unwrap();
        till.reads("That code is too long for the till");
        till.scan(LANTERN_HOUSE, 2);
        till.until("the notice is gone", || !till.sees("too long"));
        assert_eq!(till.pay_cash("50").lines.len(), 2);
    });
}

#[test]
fn a_scanner_that_was_unplugged_scans_on_when_it_is_back() {
    on_screen(|screen| {
        let till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        till.sign_in();
        till.open_shift();
        till.scan(SALT_ROAD, 1);
        till.scanner().unplug();
        till.reads("Scanner: not found");
        // Fingers sell meanwhile.
        till.tap("Children");
        till.tap("Salt the Seal #1");
        till.until("the tile is in the cart", || till.cart().len() == 2);
        till.scanner().plug().unwrap();
        till.until("the scanner is back", || !till.sees("Scanner: "));
        till.scan(LANTERN_HOUSE, 3);
    });
}

#[test]
fn no_scan_is_dropped_however_fast_they_come_and_whatever_the_till_is_doing() {
    on_screen(|screen| {
        let till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        till.sign_in();
        till.open_shift();
        let burst = |code: &str, scans: usize| {
            for _ in 0..scans {
                till.scanner().scan(code).unwrap();
            }
        };
        burst(SALT_ROAD, 60);
        burst(LANTERN_HOUSE, 20);
        let held = |item: &str, count: usize| (item.to_owned(), count.to_string());
        till.until("all are in the cart", || {
            till.cart() == [held("FIC-001", 60), held("FIC-003", 20)]
        });
        let sale = till.pay_cash("1000");
        assert_eq!(sale.lines.len(), 2);
        // The next customer's goods are scanned while the receipt prints.
        burst(LANTERN_HOUSE, 5);
        till.until("they begin the next sale", || {
            till.cart() == [held("FIC-003", 5)]
        });
        till.reads("1 line");
    });
}
