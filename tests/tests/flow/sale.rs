//! A sale from the scanner's bytes to the site's submitted document.

use std::iter::repeat_n;

use erpnext::push::KEY_FIELD;
use kiosk::start::Link;
use tests::fixtures::totals_of;
use tests::stand_in::{Fault, Site, StandIn};

use crate::screen::on_screen;
use crate::whole_till::{LANTERN_HOUSE, SALT_ROAD, WholeTill};

#[test]
fn a_sale_arrives_once_and_equal_to_its_receipt_and_waits_out_a_dead_site() {
    on_screen(|screen| {
        let stand_in = StandIn::https(Site::harbour_books().with_totals(totals_of));
        let link = Link::Site(stand_in.client());
        let till = WholeTill::of_the_demo_shop(screen, link);
        till.sign_in();
        till.open_shift();
        till.scan(SALT_ROAD, 1);
        till.scan(LANTERN_HOUSE, 2);
        till.tap("Children");
        till.tap("Salt the Seal #1");
        till.until("three things are in the cart", || till.cart().len() == 3);
        let sale = till.pay_cash("50");
        till.reads("Receipt printed");
        let shown = till.labels();
        let rows = shown.matches("\"$22.83\"").count();
        assert_eq!(rows, 1, "it stands once beside the large one: {shown}");
        // 8.25 % on the first two; children's books are zero-rated.
        let receipt = till.printer().text();
        for line in [
            "Harbour Books",
            "14 Quay Street, Portland ME",
            "Receipt C1-000001",
            "Served by Maya",
            "The Salt Road 7.99",
            "The Lantern House 12.50",
            "Salt the Seal #1 4.99",
            "Subtotal 25.48",
            "Sales Tax 8.25% 1.69",
            "Total $27.17",
            "Cash $50.00",
            "Change $22.83",
            "Returns within 30 days with this receipt.",
        ] {
            let found = receipt.lines().any(|printed| {
                let words: Vec<_> = printed.split_whitespace().collect();
                words.join(" ").contains(line)
            });
            assert!(found, "no {line:?} on the receipt:\n{receipt}");
        }
        assert!(!receipt.contains("DUPLICATE"));
        assert!(till.printer().unknown().is_empty());
        assert_eq!(till.printer().kicks().len(), 1);
        assert_eq!(till.printer().cuts(), 1);

        till.until("all is sent", || till.unsent().is_empty());
        let openings = stand_in.site().documents("POS Opening Entry");
        assert_eq!(openings.len(), 1);
        assert_eq!(openings[0]["docstatus"], 1);
        assert_eq!(openings[0]["balance_details"][0]["opening_amount"], 150.0);
        let invoices = stand_in.site().documents("POS Invoice");
        assert_eq!(invoices.len(), 1);
        let invoice = &invoices[0];
        assert_eq!(invoice["docstatus"], 1);
        assert_eq!(invoice[KEY_FIELD], sale.key.as_str());
        assert_eq!(invoice["grand_total"], 27.17);
        assert_eq!(invoice["total_taxes_and_charges"], 1.69);
        assert_eq!(invoice["paid_amount"], 50.0);
        assert_eq!(invoice["change_amount"], 22.83);

        // The site dies; two more are sold, one by card.
        let dead = repeat_n(Some(Fault::DropRequest), 10_000);
        stand_in.site().plan(dead);
        till.sell_a_book();
        till.scan(LANTERN_HOUSE, 1);
        till.pay();
        till.tap("Credit Card");
        till.done();
        till.until("two sales wait", || till.unsent() == "2");
        till.until("the status bar says why", || {
            till.network() == "ERPNext cannot be reached."
        });
        till.until("the third receipt is on paper", || {
            till.on_paper("Receipt C1-000003") == 1
        });
        assert_eq!(till.printer().kicks().len(), 2, "a card opens no drawer");
        assert_eq!(stand_in.site().documents("POS Invoice").len(), 1);

        // It comes back, just before the cashier asks for it.
        till.tap("ERPNext");
        till.reads("Try now");
        stand_in.site().plan([]);
        till.tap("Try now");
        till.until("all is sent", || till.unsent().is_empty());
        let invoices = stand_in.site().documents("POS Invoice");
        let mut arrived: Vec<_> = invoices
            .iter()
            .map(|invoice| invoice[KEY_FIELD].as_str().unwrap().to_owned())
            .collect();
        let mut sold: Vec<_> = till.sales().iter().map(|s| s.sale.key.clone()).collect();
        arrived.sort();
        sold.sort();
        assert_eq!(arrived, sold);
        assert_eq!(sold.len(), 3);
        assert!(invoices.iter().all(|invoice| invoice["docstatus"] == 1));
        assert_eq!(stand_in.site().documents("POS Opening Entry").len(), 1);
        till.check_journal();
    });
}
