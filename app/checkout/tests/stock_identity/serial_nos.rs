//! Which pieces a line sells.

use checkout::catalog::MemoryCatalog;
use checkout::masters::{Item, SerialNo};
use checkout::serial_no::{SerialNoError, check_serial_no, missing_serial_nos, serial_no_choices};

use crate::shop::pencil;

pub fn player() -> Item {
    Item {
        has_serial_no: true,
        ..pencil()
    }
}

pub fn piece(name: &str, status: &str, warehouse: Option<&str>) -> SerialNo {
    SerialNo {
        name: name.to_owned(),
        item_code: "PENCIL".to_owned(),
        status: status.to_owned(),
        warehouse: warehouse.map(str::to_owned),
        ..SerialNo::default()
    }
}

fn shelf() -> MemoryCatalog {
    let theirs = SerialNo {
        item_code: "RUBBER".to_owned(),
        ..piece("R1", "Active", Some("Shop"))
    };
    MemoryCatalog {
        serial_nos: vec![
            piece("S1", "Active", Some("Shop")),
            piece("S2", "Active", Some("Shop")),
            piece("SOLD", "Delivered", None),
            piece("STORED", "Active", Some("Attic")),
            theirs,
        ],
        ..MemoryCatalog::default()
    }
}

#[test]
fn a_piece_is_sold_when_it_is_here_active_and_not_in_the_cart() {
    let shelf = shelf();
    let check = |serial_no| check_serial_no(&shelf, &player(), serial_no, "Shop", ["S2"]);
    assert_eq!(check("S1 ").unwrap().unwrap().name, "S1");
    for (serial_no, sentence) in [
        ("S2", "serial number S2 is in the cart already"),
        (
            "SOLD",
            "serial number SOLD cannot be sold: ERPNext or this till has it as Delivered; check \
             the label, or correct the Serial No in ERPNext",
        ),
        (
            "STORED",
            "serial number STORED is booked in Attic, not in this shop's warehouse; move it in \
             ERPNext first",
        ),
        (
            "R1",
            "serial number R1 is not one of Pencil, but of RUBBER; scan that one into a line of \
             its own",
        ),
        (
            "S9",
            "serial number S9 of Pencil is not in stock here; check the label, or let the till \
             synchronise if it came in today",
        ),
        (" ", "enter a serial number of Pencil"),
    ] {
        assert_eq!(check(serial_no).unwrap_err().to_string(), sentence);
    }
    let left = serial_no_choices(&shelf, &player(), "Shop", ["S2"]).unwrap();
    let left: Vec<_> = left.iter().map(|piece| piece.name.as_str()).collect();
    assert_eq!(left, ["S1"]);
}

#[test]
fn a_line_waits_for_as_many_serial_numbers_as_it_has_pieces() {
    let shelf = shelf();
    let missing = |qty, chosen| missing_serial_nos(&shelf, &player(), "Shop", qty, chosen);
    assert_eq!(missing(3.0, 0), Ok(3));
    assert_eq!(missing(3.0, 2), Ok(1));
    assert_eq!(missing(3.0, 3), Ok(0));
    assert_eq!(
        missing(1.0, 2).unwrap_err().to_string(),
        "2 serial numbers were chosen for 1 of Pencil; leave some out or sell more"
    );
    assert_eq!(
        missing(0.5, 0).unwrap_err().to_string(),
        "Pencil has serial numbers and is sold in whole pieces only"
    );
    assert_eq!(missing_serial_nos(&shelf, &pencil(), "Shop", 0.5, 0), Ok(0));
}

#[test]
fn where_the_till_knows_no_piece_erpnext_decides() {
    let nothing = MemoryCatalog::default();
    let typed = check_serial_no(&nothing, &player(), "S1", "Shop", []);
    assert_eq!(typed, Ok(None));
    let missing = |chosen| missing_serial_nos(&nothing, &player(), "Shop", 2.0, chosen);
    assert_eq!(missing(0), Ok(0));
    // ERPNext takes all numbers of a line or none.
    assert_eq!(missing(1), Ok(1));
}

#[test]
fn an_item_whose_last_piece_was_sold_is_sold_out_and_not_unknown() {
    let sold_out = MemoryCatalog {
        serial_nos: vec![piece("S1", "Delivered", None)],
        has_all_serial_nos: true,
        ..MemoryCatalog::default()
    };
    let typed = check_serial_no(&sold_out, &player(), "S2", "Shop", []);
    assert!(matches!(typed, Err(SerialNoError::Unknown { .. })));
    let missing = missing_serial_nos(&sold_out, &player(), "Shop", 1.0, 0);
    assert_eq!(missing, Ok(1));
}
