//! Goods that are told apart: variants, batches, pieces with a serial number.

use kiosk::start::Link;

use crate::counter::full_site;
use crate::screen::on_screen;
use crate::whole_till::{NO_SITE, WholeTill};

fn ready<'s>(
    screen: &'s kiosk::headless::Headless,
    link: Link<erpnext::https::Client>,
) -> WholeTill<'s> {
    let till = WholeTill::of_the_demo_shop(screen, link);
    till.sign_in();
    till.open_shift();
    till
}

#[test]
fn a_t_shirt_is_chosen_by_size_and_colour() {
    on_screen(|screen| {
        let till = ready(screen, NO_SITE);
        till.tap("Clothing");
        till.tap("Harbour T-Shirt");
        till.reads("Choose Size");
        till.tap("Size Large");
        till.reads("Choose Colour");
        till.tap("Colour Blue");
        till.tap("Add variant");
        till.until("it is in the cart", || {
            till.cart() == [("TSHIRT-L-BLU".to_owned(), "1".to_owned())]
        });
        // With the picker open, the shirt itself is at hand and scanned.
        till.tap("Harbour T-Shirt");
        till.tap("Size Small");
        till.scan("TSHIRT-M-RED", 2);
        till.until("the picker is closed", || !till.sees("Add variant"));
    });
}

#[test]
fn a_line_is_sold_by_the_box_instead() {
    on_screen(|screen| {
        let site = full_site();
        let till = ready(screen, Link::Site(site.client()));
        till.scan("STA-002", 1);
        till.reads("1.25 each");
        till.tap("Line Gel Pen Blue");
        till.tap("Unit");
        till.reads("1 Box = 12 Nos");
        till.tap("Box");
        till.reads("13.50 / Box");
        till.tap("Line done");
        // A piece that is scanned now is no box.
        till.scan("STA-002", 2);
        let sale = till.pay_cash("50");
        let mut sold: Vec<_> = sale
            .lines
            .iter()
            .map(|line| (line.uom.as_str(), line.conversion_factor))
            .collect();
        sold.sort_by_key(|(uom, _)| *uom);
        assert_eq!(sold, [("Box", 12.0), ("Nos", 1.0)]);
        till.until("all is sent", || till.unsent().is_empty());
        let invoice = site.site().documents("POS Invoice").remove(0);
        assert_eq!(invoice["docstatus"], 1);
        assert_eq!(invoice["grand_total"], sale.totals.grand_total);
    });
}

#[test]
fn one_sheet_is_open_at_a_time_and_goes_with_its_line() {
    on_screen(|screen| {
        let till = ready(screen, NO_SITE);
        till.scan("STA-002", 1);
        till.tap("Discount and coupon");
        till.reads("Close discount and coupon");
        till.tap("Line Gel Pen Blue");
        till.tap("Close line");
        till.until("nothing lies over the tiles", || {
            !till.sees("Close discount and coupon")
        });
        till.tap("Clothing");
        till.tap("Harbour T-Shirt");
        till.reads("Choose Size");
        till.tap("Line Gel Pen Blue");
        till.until("the line's sheet is seen", || !till.sees("Choose Size"));
        till.tap("Remove line");
        till.until("it is removed", || till.cart().is_empty());
        till.tap("Undo");
        till.until("it is back", || till.cart().len() == 1);
        assert!(!till.sees("Close line"), "its sheet was closed with it");
    });
}

#[test]
fn the_batch_that_expires_first_is_sold_and_a_scanned_one_goes_before_it() {
    on_screen(|screen| {
        let site = full_site();
        let till = ready(screen, Link::Site(site.client()));
        till.until("the site's batches are here", || {
            till.knows_batch("BAT-003-A", "2041")
        });
        till.scan("BAT-003", 1);
        till.reads("Batch BAT-003-B, best before 1 Jan 2040");
        till.tap("Line Orange Juice");
        till.tap("Batch");
        till.reads("BAT-003-A");
        // What is scanned while the line is open is meant for it.
        till.scanner().scan("BAT-003-A").unwrap();
        till.reads("Batch BAT-003-A, best before 1 Jan 2041");
        assert_eq!(till.cart().len(), 1);
        till.tap("Close line");
        // Another batch is another line; the code of a package says batch and day itself.
        till.scan("BAT-003-B", 2);
        let package = "]d2010540011000022110BAT-003-B\u{1D}17400101";
        till.scanner().scan(package).unwrap();
        till.reads("On the package: 1 Jan 2040");
        let count = |(_, qty): &(String, String)| qty.clone();
        assert_eq!(
            till.cart().iter().map(count).collect::<Vec<_>>(),
            ["1", "2"]
        );
        let sale = till.pay_cash("50");
        let days = sale.lines.iter().filter_map(|line| line.expiry_date);
        assert_eq!(days.collect::<Vec<_>>(), ["2040-01-01".parse().unwrap()]);
        let mut batches: Vec<_> = sale
            .lines
            .iter()
            .map(|line| line.batch_no.clone())
            .collect();
        batches.sort();
        assert_eq!(
            batches,
            [Some("BAT-003-A".to_owned()), Some("BAT-003-B".to_owned())]
        );
        till.until("all is sent", || till.unsent().is_empty());
        let invoices = site.site().documents("POS Invoice");
        assert_eq!(invoices[0]["docstatus"], 1);
    });
}

#[test]
fn a_piece_is_scanned_once_and_never_again() {
    on_screen(|screen| {
        let site = full_site();
        let till = ready(screen, Link::Site(site.client()));
        // Tapped, it has no number yet: paying asks for it.
        till.tap("Electronics");
        till.tap("E-Reader 6in");
        till.reads("A serial number is missing");
        till.tap("Pay");
        till.reads("0 of 1 chosen");
        till.scanner().scan("SER-001-S002").unwrap();
        till.reads("Serial number SER-001-S002");
        till.tap("Close line");
        // The same piece again is refused; another one joins it.
        till.scanner().scan("SER-001-S002").unwrap();
        till.reads("SER-001-S002");
        assert_eq!(till.cart(), [("SER-001".to_owned(), "1".to_owned())]);
        till.scanner().scan("SER-001-S003").unwrap();
        till.until("two pieces", || {
            till.cart() == [("SER-001".to_owned(), "2".to_owned())]
        });
        let sale = till.pay_cash("300");
        assert_eq!(sale.lines[0].serial_nos, ["SER-001-S002", "SER-001-S003"]);
        till.until("all is sent", || till.unsent().is_empty());
        assert_eq!(site.site().documents("POS Invoice")[0]["docstatus"], 1);
        // Sold is sold, also while ERPNext still counts it as in the shop.
        till.scanner().scan("SER-001-S002").unwrap();
        till.reads("SER-001-S002 ");
        assert!(till.cart().is_empty());
    });
}
