//! Goods sold by weight at a till with a scale: only a weight at rest is taken, in the unit that
//! the line is sold by, and a scale that is out keeps nobody from selling.

use checkout::masters::{Item, ItemBarcode, ItemPrice};
use hal::ScaleProtocol;
use hal::simulators::VirtualScale;
use kiosk::demo::prepare;
use slint::platform::Key;

use crate::screen::on_screen;
use crate::whole_till::{NO_SITE, WholeTill};

/// Apples by the kilogram, olives by the pound, oil by the litre.
const GOODS: [(&str, &str, &str, f64); 3] = [
    ("APPLES", "Kg", "2000000000015", 3.0),
    ("OLIVES", "Pound", "2000000000022", 8.0),
    ("OIL", "Litre", "2000000000039", 12.0),
];

fn till_with_scale(screen: &kiosk::headless::Headless) -> (WholeTill<'_>, VirtualScale) {
    let mut till = WholeTill::prepared(screen, NO_SITE, |folder| {
        prepare(folder).unwrap();
        let masters: Vec<_> = GOODS
            .iter()
            .flat_map(|(code, uom, barcode, rate)| {
                let item = Item {
                    item_code: (*code).to_owned(),
                    item_name: (*code).to_owned(),
                    item_group: "Fiction".to_owned(),
                    stock_uom: (*uom).to_owned(),
                    is_sales_item: true,
                    barcodes: vec![ItemBarcode {
                        barcode: (*barcode).to_owned(),
                        uom: None,
                    }],
                    ..Item::default()
                };
                let price = ItemPrice {
                    name: format!("P-{code}"),
                    item_code: (*code).to_owned(),
                    price_list: "Standard Selling".to_owned(),
                    price_list_rate: *rate,
                    currency: "USD".to_owned(),
                    ..ItemPrice::default()
                };
                [item.into(), price.into()]
            })
            .collect();
        folder.masters().apply(&masters).unwrap();
    });
    till.sign_in();
    till.open_shift();
    let port = till.devices().join("scale");
    let scale = VirtualScale::on_pty(&port, ScaleProtocol::Toledo8217).unwrap();
    till.attach(&format!(
        "[scale]\nprofile = \"toledo-8217\"\nport = {port:?}\n"
    ));
    (till, scale)
}

fn holds(till: &WholeTill<'_>, item: &str, qty: &str) -> bool {
    till.cart().contains(&(item.to_owned(), qty.to_owned()))
}

#[test]
fn only_a_weight_at_rest_is_taken_and_in_the_unit_of_the_line() {
    on_screen(|screen| {
        let (till, scale) = till_with_scale(screen);
        scale.set_moving(true);
        scale.put(385);
        till.scan("2000000000015", 1);
        till.reads("Not at rest yet.");
        till.reads("Weighing");
        // Neither a touch nor Enter ends it while it moves.
        till.press(Key::Return);
        assert!(till.sees("Close line"));
        assert!(holds(&till, "APPLES", "1"));
        scale.set_moving(false);
        till.reads("0.385 kg");
        till.tap("Take 0.385 Kg");
        till.until("the weight is taken", || holds(&till, "APPLES", "0.385"));
        till.until("the line is done", || !till.sees("Close line"));

        // The same scale, in the line's own unit: 453.59237 g are a pound.
        scale.put(1_134);
        till.scan("2000000000022", 2);
        till.reads("1.134 kg");
        till.tap("Take 2.5 Pound");
        till.until("pounds are taken", || holds(&till, "OLIVES", "2.5"));

        // A litre is no weight.
        till.scan("2000000000039", 3);
        till.tap("Line OIL");
        till.reads("Litre is no unit of weight that is known here");
        assert!(holds(&till, "OIL", "1"));
        till.tap("Close line");

        // More of the same comes to what was weighed before, without the bowl it lies in.
        scale.put(200);
        till.scanner().scan("2000000000015").unwrap();
        till.reads("It comes to the 0.385 Kg of before.");
        assert!(holds(&till, "APPLES", "0.385"), "a kilogram nobody weighed");
        till.tap("Take the tare");
        till.reads("Put the goods on the scale");
        scale.put(700);
        till.tap("Add 0.5 Kg");
        till.until("both are there", || holds(&till, "APPLES", "0.885"));
        till.tap("Line APPLES");
        till.reads("It takes the place of 0.885 Kg.");
        till.tap("Forget the tare");
        till.reads("0.700 kg");
        till.tap("Close line");
        assert!(holds(&till, "APPLES", "0.885"));
        let sale = till.pay_cash("100");
        assert_eq!(sale.lines[0].qty.to_string(), "0.885");
        till.check_journal();
    });
}

#[test]
fn what_hinders_the_scale_is_told_and_the_weight_is_typed() {
    on_screen(|screen| {
        let (till, scale) = till_with_scale(screen);
        till.scan("2000000000015", 1);
        till.reads("Put the goods on the scale");
        scale.put(20_000);
        till.reads("Too heavy for the scale. Take something off.");
        scale.put(-50);
        till.reads("Below zero. Empty it, then set it to zero.");
        scale.put(0);
        till.reads("Put the goods on the scale");
        scale.set_silent(true);
        till.reads("Scale: no answer.");
        assert!(till.sees("Or type the weight."));
        till.keys("0.75");
        till.tap("Set quantity");
        till.until("the typed weight is taken", || {
            holds(&till, "APPLES", "0.75")
        });
        scale.unplug();
        till.reads("Scale: not found.");
        till.tap("Manager screen");
        till.tap("Devices");
        till.reads("Scale");
        assert!(till.sees("Check its cable and that it is switched on"));
        scale.set_silent(false);
        scale.plug().unwrap();
        scale.put(1_000);
        till.reads("1.000 kg.");
    });
}
