//! What a scale shows, in the unit of a line.

use checkout::cart::CartLine;
use checkout::codes::measure::{MassUnit, Measure};
use checkout::till::Event;
use checkout::weighing::{is_by_weight, weighed};

use crate::shop::Counter;

/// A line that is sold by this unit, of a stock counted in another.
fn line(counter: &Counter, uom: &str, stock_uom: &str, conversion_factor: f64) -> CartLine {
    let mut line = counter.till.cart().lines()[0].clone();
    line.must_be_whole_number = false;
    line.sold.uom = uom.to_owned();
    line.sold.stock_uom = stock_uom.to_owned();
    line.sold.conversion_factor = conversion_factor;
    line
}

#[test]
fn a_weight_is_counted_in_the_units_of_the_line_or_refused_with_the_reason() {
    let mut counter = Counter::open();
    counter.step(Event::ItemChosen {
        item_code: "PENCIL".to_owned(),
    });
    let weighs = |line: &CartLine, number: &str, unit| {
        let weight = Measure::mass(number.parse().unwrap(), unit);
        weighed(counter.till.shop(), line, &weight)
            .map(|qty| qty.to_string())
            .map_err(|error| error.to_string())
    };
    use MassUnit::{Gram, Kilogram, Ounce, Pound};
    for (uom, stock_uom, factor, number, unit, qty) in [
        ("Kg", "Kg", 1.0, "1.255", Kilogram, "1.255"),
        ("Kg", "Kg", 1.0, "385", Gram, "0.385"),
        ("Gram", "Gram", 1.0, "1.255", Kilogram, "1255"),
        ("Pound", "Pound", 1.0, "16", Ounce, "1"),
        ("lb", "Kg", 0.45359237, "1.134", Kilogram, "2.5"),
        ("Ounce", "Ounce", 1.0, "0.5", Pound, "8"),
        // A sack says nothing of weight; its stock does.
        ("Sack", "Kg", 25.0, "12.5", Kilogram, "0.5"),
        ("Sack", "Gram", 25_000.0, "12.5", Kilogram, "0.5"),
    ] {
        let line = line(&counter, uom, stock_uom, factor);
        assert_eq!(weighs(&line, number, unit).as_deref(), Ok(qty), "{uom}");
        assert!(is_by_weight(counter.till.shop(), &line), "{uom}");
    }
    let refused = |line: &CartLine, number: &str| weighs(line, number, Kilogram).unwrap_err();
    let oil = line(&counter, "Litre", "Litre", 1.0);
    assert!(refused(&oil, "1").contains("Litre is no unit of weight"));
    assert!(!is_by_weight(counter.till.shop(), &oil));
    let mut pieces = line(&counter, "Nos", "Nos", 1.0);
    pieces.must_be_whole_number = true;
    assert!(refused(&pieces, "1").contains("whole Nos only"));
    let tonnes = line(&counter, "Tonne", "Tonne", 1.0);
    assert!(refused(&tonnes, "0.0001").contains("too little"));
    let milligrams = line(&counter, "Milligram", "Milligram", 1.0);
    assert!(refused(&milligrams, "1").contains("too much"));
}
