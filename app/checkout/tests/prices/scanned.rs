//! From the code on a package to a priced and taxed line.

use std::sync::Arc;

use checkout::cart::{Addition, Cart};
use checkout::catalog::{Catalog, MemoryCatalog};
use checkout::masters::{Item, ItemBarcode};
use checkout::quantity::Quantity;
use checkout::scan::spellings;

use crate::item_taxes::tax_shop;
use crate::shop::{date, pencil, price};

#[test]
fn whichever_way_a_package_is_scanned_it_sells_what_the_barcode_says() {
    let shop = tax_shop();
    // As typed into ERPNext, and as a scanner sends it.
    for (stored, scanned) in [
        ("036000291452", "036000291452"),
        ("036000291452", "0036000291452"),
        ("0036000291452", "036000291452"),
        ("042100005264", "04252614"),
        ("9780306406157", "09780306406157"),
        ("96385074", "96385074"),
        ("SHELF-7", " SHELF-7\r\n"),
        // A wrong check digit is an in-house code: found as it is, never respelled.
        ("036000291453", "036000291453"),
    ] {
        let item = Arc::new(Item {
            barcodes: vec![ItemBarcode {
                barcode: stored.to_owned(),
                uom: Some("Box".to_owned()),
            }],
            ..pencil()
        });
        let catalog = MemoryCatalog {
            items: vec![item.clone()],
            item_prices: vec![price("P", 1.25)],
            ..MemoryCatalog::default()
        };
        let mut hits = spellings(scanned)
            .into_iter()
            .filter_map(|spelling| catalog.barcode(&spelling).unwrap());
        let hit = hits.next();
        let hit = hit.unwrap_or_else(|| unreachable!("{scanned} does not find {stored}"));
        let mut cart = Cart::new(&shop);
        let addition = Addition {
            item: &item,
            uom: hit.uom.as_deref(),
            barcode: Some(scanned),
            qty: Quantity::ONE,
            ..Addition::one(&item)
        };
        cart.add(&shop, &catalog, date("2026-06-01"), &addition)
            .unwrap();
        let line = &cart.lines()[0];
        assert_eq!((line.sold.uom.as_str(), line.rate), ("Box", 15.0));
        // Reduced by its group's template: 5 % instead of 20 %.
        assert_eq!(line.sold.item_tax_template.as_deref(), Some("Reduced"));
        assert_eq!(cart.totals().total_taxes_and_charges, 0.75);
    }
    assert!(!spellings("036000291453").contains(&"0036000291453".to_owned()));
}
