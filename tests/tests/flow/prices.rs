//! What rules, coupons, a customer's price list and the cashier make of a price, from the scan to
//! the site's document.

use kiosk::demo::{PIN, STAFF};
use kiosk::start::Link;
use serde_json::Value;

use crate::counter::full_site;
use crate::screen::on_screen;
use crate::whole_till::{NO_SITE, SALT_ROAD, WholeTill};

/// "Lantern Mug 2", 11.75; a rule takes 10 % off all gifts.
const MUG: &str = "GIF-002";
/// "Pencil HB", 2.49; a rule gives one for every two. Wholesale 1.99.
const PENCIL: &str = "STA-003";
/// "USB-C Cable"; at most 15 % off without a manager.
const CABLE: &str = "ELE-001";

/// The only invoice of a site, once it is there.
fn invoice(till: &WholeTill<'_>, site: &tests::stand_in::StandIn) -> Value {
    till.until("all is sent", || till.unsent().is_empty());
    let mut invoices = site.site().documents("POS Invoice");
    assert_eq!(invoices.len(), 1);
    assert_eq!(invoices[0]["docstatus"], 1);
    invoices.remove(0)
}

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
fn a_rule_takes_ten_per_cent_off_and_the_site_books_the_same() {
    on_screen(|screen| {
        let site = full_site();
        let till = ready(screen, Link::Site(site.client()));
        till.scan(MUG, 1);
        till.reads("\u{2212}10 %");
        till.tap("Line Lantern Mug 2");
        till.tap("Why this price");
        till.reads("Price list Standard Selling");
        till.reads("10% off Gifts: 10 % off");
        till.tap("Close line");
        let sale = till.pay_cash("50");
        till.reads("Saved $");
        let row = &sale.totals.items[0];
        assert!(row.rate < row.price_list_rate);
        let invoice = invoice(&till, &site);
        assert_eq!(invoice["ignore_pricing_rule"], 1);
        assert_eq!(invoice["items"][0]["rate"], row.rate);
        assert_eq!(invoice["items"][0]["price_list_rate"], row.price_list_rate);
        assert_eq!(invoice["grand_total"], sale.totals.grand_total);
    });
}

#[test]
fn who_buys_two_pencils_gets_one() {
    on_screen(|screen| {
        let site = full_site();
        let till = ready(screen, Link::Site(site.client()));
        till.scan(PENCIL, 1);
        assert!(!till.sees("Free"));
        till.scan(PENCIL, 1);
        till.reads("Free");
        assert_eq!(till.cart(), [(PENCIL.to_owned(), "2".to_owned())]);
        let sale = till.pay_cash("20");
        let free: Vec<_> = sale.lines.iter().map(|line| line.is_free_item).collect();
        assert_eq!(free, [false, true]);
        let invoice = invoice(&till, &site);
        let rows = invoice["items"].as_array().unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[1]["is_free_item"], 1);
        assert_eq!(rows[1]["qty"], 1.0);
        assert_eq!(rows[1]["amount"], 0.0);
    });
}

#[test]
fn a_coupon_is_scanned_taken_off_and_counted_by_the_site() {
    on_screen(|screen| {
        let site = full_site();
        let till = ready(screen, Link::Site(site.client()));
        till.scan(SALT_ROAD, 1);
        till.scanner().scan("SAVE15").unwrap();
        till.reads("Coupon SAVE15");
        till.reads("\u{2212}15 %");
        till.tap("Remove Coupon SAVE15");
        till.until("the coupon is out", || !till.sees("SAVE15"));
        // Typed this time, with a slip first.
        till.tap("Discount and coupon");
        till.tap("Coupon");
        till.keys("save16");
        till.tap("Use coupon");
        till.reads("no coupon");
        for _ in 0..6 {
            till.press(slint::platform::Key::Backspace);
        }
        till.keys("save15");
        till.tap("Use coupon");
        till.reads("Coupon SAVE15 Fiction");
        till.tap("Close discount and coupon");
        let sale = till.pay_cash("10");
        assert_eq!(sale.coupon.as_ref().unwrap().coupon_code, "SAVE15");
        assert_eq!(sale.totals.items[0].rate, 6.79);
        let invoice = invoice(&till, &site);
        assert_eq!(invoice["coupon_code"], "SAVE15");
        let coupons = site.site().documents("Coupon Code");
        assert_eq!(coupons[0]["used"], 1.0);
    });
}

#[test]
fn a_trade_customer_pays_the_prices_of_their_list() {
    on_screen(|screen| {
        let site = full_site();
        let till = ready(screen, Link::Site(site.client()));
        till.scan(PENCIL, 1);
        till.reads("2.49 each");
        till.tap("Customer");
        till.tap("Corner Cafe LLC");
        till.reads("1.99 each");
        till.reads("Wholesale Selling");
        let sale = till.pay_cash("10");
        assert_eq!(sale.selling_price_list, "Wholesale Selling");
        let invoice = invoice(&till, &site);
        assert_eq!(invoice["selling_price_list"], "Wholesale Selling");
        assert_eq!(invoice["items"][0]["rate"], 1.99);
    });
}

#[test]
fn a_price_below_the_cap_needs_a_managers_pin_and_stands_in_the_journal() {
    on_screen(|screen| {
        let site = full_site();
        let mut till = WholeTill::of_the_demo_shop(screen, Link::Site(site.client()));
        let (manager, cashier) = (STAFF[0], STAFF[1]);
        till.sign_in_as(cashier);
        till.open_shift();
        till.scan(CABLE, 1);
        till.tap("Line USB-C Cable");
        till.tap("Price");
        till.tap("Percent off");
        till.keys("30");
        till.reads("30 % off; without a manager at most 15 %");
        till.tap("Set price");
        till.reads("A manager has to approve");
        till.tap(&format!("Cashier {manager}"));
        till.tap("Reason Damaged goods");
        till.keys("1111");
        till.tap("Approve");
        till.reads("Wrong PIN. 4 more tries");
        till.keys(PIN);
        till.tap("Approve");
        till.reads("\u{2212}30 %");
        till.tap("Why this price");
        till.reads(&format!("{cashier} gave 30 % off"));
        till.reads(&format!("Approved by {manager}: Damaged goods"));
        // The wrong PIN counts at the lock too.
        till.switch_off();
        till.switch_on(Link::Site(site.client())).unwrap();
        till.sign_in_as(cashier);
        till.reads("\u{2212}30 %");
        let sale = till.pay_cash("50");
        assert!(sale.lines[0].above_max_discount);
        let invoice = invoice(&till, &site);
        assert_eq!(invoice["items"][0]["rate"], sale.totals.items[0].rate);
        let told = till.journal();
        let approved = |text: &str| {
            text.contains(manager) && text.contains(cashier) && text.contains("Damaged goods")
        };
        assert_eq!(
            told.iter().filter(|text| approved(text)).count(),
            1,
            "{told:#?}"
        );
        till.check_journal();
    });
}

#[test]
fn a_discount_on_the_whole_sale_that_takes_a_line_below_its_cap_needs_a_manager() {
    on_screen(|screen| {
        let site = full_site();
        let till = WholeTill::of_the_demo_shop(screen, Link::Site(site.client()));
        let (manager, cashier) = (STAFF[0], STAFF[1]);
        till.sign_in_as(cashier);
        till.open_shift();
        till.scan(CABLE, 1);
        till.scan(SALT_ROAD, 2);
        let ask = || {
            till.tap("Discount and coupon");
            till.keys("20");
            till.reads("USB-C Cable would be 20 % off; without a manager at most 15 %");
            till.tap("Give discount");
            till.reads("The whole sale");
            till.reads("A manager has to approve");
        };
        ask();
        till.reads("18.93 → 15.14, 20 % off");
        // Something else is done first, and the customers are not hidden by any sheet.
        till.tap("Customer");
        till.until("nobody is asked", || !till.sees("A manager has to approve"));
        till.tap("Ada Byron");
        till.reads("430 points");
        assert!(!till.sees("Discount 20 %"));
        ask();
        till.tap(&format!("Cashier {manager}"));
        till.tap("Reason Regular customer");
        till.keys(PIN);
        till.tap("Approve");
        till.reads("Remove Discount 20 %");
        till.tap("Close discount and coupon");
        let sale = till.pay_cash("50");
        assert_eq!(sale.document.additional_discount_percentage, 20.0);
        let invoice = invoice(&till, &site);
        assert_eq!(invoice["additional_discount_percentage"], 20.0);
        assert_eq!(invoice["grand_total"], sale.totals.grand_total);
        let told = till.journal();
        let approved = |text: &&String| {
            text.contains(manager) && text.contains(cashier) && text.contains("Regular customer")
        };
        assert_eq!(told.iter().filter(approved).count(), 1, "{told:#?}");
    });
}

#[test]
fn too_many_wrong_pins_close_the_approval_to_that_manager_and_the_sale_goes_on() {
    on_screen(|screen| {
        let till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        till.sign_in_as(STAFF[1]);
        till.open_shift();
        till.scan(CABLE, 1);
        till.tap("Line USB-C Cable");
        till.tap("Price");
        till.tap("Percent off");
        till.keys("30");
        till.tap("Set price");
        till.reads("A manager has to approve");
        till.tap("Reason Last piece");
        for said in [
            "4 more tries",
            "3 more tries",
            "2 more tries",
            "One more try",
            "Too many wrong PINs",
        ] {
            till.keys("1111");
            till.tap("Approve");
            till.reads(said);
        }
        // The right one comes too late.
        till.keys(PIN);
        till.tap("Approve");
        till.tap("Cancel approval");
        till.until("nobody is asked", || !till.sees("A manager has to approve"));
        till.tap("Close line");
        assert!(!till.sees("\u{2212}30 %"));
        let sale = till.pay_cash("50");
        assert!(!sale.lines[0].above_max_discount);
    });
}

#[test]
fn an_approval_that_is_cancelled_or_overtaken_leaves_the_price() {
    on_screen(|screen| {
        let till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        till.sign_in_as(STAFF[1]);
        till.open_shift();
        till.scan(CABLE, 1);
        let ask = || {
            till.tap("Line USB-C Cable");
            till.tap("Price");
            till.tap("Percent off");
            till.keys("50");
            till.tap("Set price");
            till.reads("A manager has to approve");
        };
        ask();
        till.tap("Cancel approval");
        till.until("nobody is asked", || !till.sees("A manager has to approve"));
        till.tap("Close line");
        ask();
        till.scan(SALT_ROAD, 2);
        till.until("nobody is asked", || !till.sees("A manager has to approve"));
        assert!(!till.sees("\u{2212}50 %"));
    });
}

#[test]
fn a_discount_on_the_whole_sale_is_given_and_taken_back() {
    on_screen(|screen| {
        let site = full_site();
        let till = ready(screen, Link::Site(site.client()));
        till.scan(SALT_ROAD, 1);
        till.tap("Discount and coupon");
        till.keys("200");
        till.reads("not a percentage");
        for _ in 0..3 {
            till.press(slint::platform::Key::Backspace);
        }
        till.keys("10");
        till.reads("8.65 → 7.79, 0.86 off");
        till.tap("Give discount");
        till.reads("Remove Discount 10 %");
        till.tap("Close discount and coupon");
        till.tap("Remove Discount 10 %");
        till.until("it is taken back", || !till.sees("Discount 10 %"));
        till.tap("Discount and coupon");
        till.tap("Amount off");
        till.keys("2");
        till.tap("Give discount");
        till.tap("Close discount and coupon");
        let sale = till.pay_cash("10");
        assert_eq!(sale.totals.discount_amount, 2.0);
        let invoice = invoice(&till, &site);
        assert_eq!(invoice["discount_amount"], 2.0);
        assert_eq!(invoice["grand_total"], sale.totals.grand_total);
        till.tap("Next sale");
        till.tap("Sales");
        till.tap("Sale C1-000001");
        till.reads("\u{2212}2.00");
    });
}
