//! Element strings as scanners send them, whole and broken.

use checkout::codes::gs1::{identifier, identifiers, parse};
use checkout::codes::label::{HowMuch, Label};
use checkout::codes::{ReadCode, Symbology};

use crate::in_brackets;

/// What a code says, or the sentence of its refusal.
fn said(code: &str) -> String {
    let read = ReadCode::of(code);
    match parse(read.content) {
        Ok(elements) => in_brackets(&elements),
        Err(error) => error.to_string(),
    }
}

#[test]
fn element_strings_of_every_carrier_are_read() {
    for (code, meaning) in [
        // DataBar: the number of the goods alone.
        ("]e00109506000134352", "(01)09506000134352"),
        // Fixed lengths need no separator.
        (
            "]e0010950600013435217261231310300038515260101",
            "(01)09506000134352(17)261231(3103)000385(15)260101",
        ),
        // GS1-128, DataMatrix, QR code, DotCode: a separator behind what has no fixed length.
        (
            "]C1010950600013435210ABC123\u{1D}17261231",
            "(01)09506000134352(10)ABC123(17)261231",
        ),
        (
            "]d2010950600013435221SN-1\u{1D}10LOT/7\u{1D}17261200",
            "(01)09506000134352(21)SN-1(10)LOT/7(17)261200",
        ),
        ("]Q301095060001343523922499", "(01)09506000134352(3922)499"),
        (
            "]J1019950600013435531030012503922499\u{1D}",
            "(01)99506000134355(3103)001250(3922)499",
        ),
        // Separators where none is needed, and as a keyboard types them.
        (
            "\u{1D}0109506000134352\u{1D}17261231\u{1D}\u{1D}",
            "(01)09506000134352(17)261231",
        ),
        ("10A\u{241D}21B", "(10)A(21)B"),
        // What scanners are set to send for the separator where they cannot send it.
        (
            "010950600013435210ABC^17261231",
            "(01)09506000134352(10)ABC(17)261231",
        ),
        ("^10A|21B~22C", "(10)A(21)B(22)C"),
        ("10A{GS}21B<GS>22C{GS}", "(10)A(21)B(22)C"),
        // A batch may be called so where the scanner sends what it should.
        ("10A<GS>B\u{1D}21C", "(10)A<GS>B(21)C"),
        // A case of goods, a pallet, a meat label with currency.
        ("02095060001343523724", "(02)09506000134352(37)24"),
        ("00006141411234567890", "(00)006141411234567890"),
        (
            "0199506000134355320200125039328401099",
            "(01)99506000134355(3202)001250(3932)8401099",
        ),
        // As people type what stands below the bars.
        (
            "(01)09506000134352(10)A(B)C (17)261231",
            "(01)09506000134352(10)A(B)C(17)261231",
        ),
        // Two-part values, with and without the second.
        ("253950600013435200X", "(253)950600013435200X"),
        ("2539506000134352", "(253)9506000134352"),
        // The same said twice is said once.
        ("10A\u{1D}10A", "(10)A"),
    ] {
        assert_eq!(said(code), meaning, "{code:?}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_a_remedy() {
    for (code, sentence) in [
        (
            "0109506000134351",
            "the GTIN 09506000134351 has a wrong check digit, it should end with 2; scan it again, \
             or check what you typed",
        ),
        (
            "010950600013",
            "this code ends too early: of its GTIN (01) 10 of 14 characters came; scan it \
             again, or another code of the package",
        ),
        (
            "01095060001343521726",
            "this code ends too early: of its USE BY or EXPIRY (17) 2 of 6 characters came; scan it \
             again, or another code of the package",
        ),
        (
            "010950600013435210",
            "this code ends too early: of its BATCH/LOT (10) 0 of 1 characters came; scan it \
             again, or another code of the package",
        ),
        (
            "01095060001343525ABC",
            "this code holds \"5ABC\", which GS1 gives no meaning; scan it again, or another code \
             of the package",
        ),
        (
            "01095060001343521012345678901234567890171261231",
            "the BATCH/LOT (10) of this code is too long, with 29 characters instead of at most \
             20; set the scanner to transmit the separator FNC1 as GS (hexadecimal 1D), or scan \
             another code of the package",
        ),
        (
            "010950600013435210A B",
            "the BATCH/LOT (10) of this code holds ' ', which it cannot; scan it again, or another \
             code of the package",
        ),
        (
            "010950600013435217261301",
            "the USE BY or EXPIRY (17) of this code is 261301, which is no day; scan it again, or \
             another code of the package",
        ),
        (
            "10A\u{1D}10B",
            "this code has two BATCH/LOTs (10), A and B; scan another code of the package",
        ),
        (
            "(01)09506000134352(9)1",
            "the GTIN (01) of this code is too long, with 18 characters instead of at most 14; set \
             the scanner to transmit the separator FNC1 as GS (hexadecimal 1D), or scan another \
             code of the package",
        ),
        (
            "\u{1D}",
            "this code is empty; scan another code of the package",
        ),
    ] {
        assert_eq!(said(code), sentence, "{code:?}");
    }
    let long = format!("91{}", "A".repeat(600));
    assert!(said(&long).contains("more than a till reads"));
}

#[test]
fn a_label_is_what_its_elements_say() {
    let label = |text: &str| Label::of_elements(&parse(text).unwrap());
    let (gtin, weighed) = label("(01)99506000134355(3103)001250(3922)499(10)L1").unwrap();
    assert_eq!(gtin.to_string(), "99506000134355");
    assert_eq!(weighed.batch_no.as_deref(), Some("L1"));
    assert_eq!(weighed.price.unwrap().amount.to_string(), "4.99");
    let HowMuch::Measured(measures) = weighed.how_much else {
        panic!("it has a weight");
    };
    assert_eq!(measures[0].to_string(), "1.25 Kg");

    // Gross weight is the box's; the count of a case is that of its content.
    let (_, gross) = label("(01)09506000134352(3303)001250").unwrap();
    assert_eq!(gross.how_much, HowMuch::NotSaid);
    let (content, case) = label("(02)09506000134352(37)24").unwrap();
    assert_eq!(content.to_string(), "09506000134352");
    assert_eq!(case.how_much, HowMuch::Pieces(24.into()));

    assert_eq!(
        label("(00)006141411234567890").unwrap_err().to_string(),
        "this code names a SSCC and no goods; scan the barcode of the item itself"
    );
}

#[test]
fn the_kind_of_a_code_is_told_by_its_identifier() {
    fn kind(text: &str) -> (Option<Symbology>, &str) {
        (ReadCode::of(text).symbology, ReadCode::of(text).content)
    }
    assert_eq!(
        kind("]E04006381333931\r\n"),
        (Some(Symbology::Ean13), "4006381333931")
    );
    assert_eq!(kind("]E496385074"), (Some(Symbology::Ean8), "96385074"));
    for gs1 in ["]C1", "]e0", "]e3", "]d2", "]d5", "]Q3", "]Q4", "]J1"] {
        let code = format!("{gs1}0109506000134352");
        assert_eq!(kind(&code), (Some(Symbology::Gs1), "0109506000134352"));
    }
    assert_eq!(kind("]C0A-1"), (Some(Symbology::Other), "A-1"));
    assert_eq!(kind("]Q1A-1"), (Some(Symbology::Other), "A-1"));
    assert_eq!(kind("]C1"), (None, "]C1"));
    assert_eq!(kind("]é1x"), (None, "]é1x"));
    assert_eq!(kind("A-1"), (None, "A-1"));
}

#[test]
fn the_table_has_every_identifier_once_and_none_begins_with_another() {
    let numbers: Vec<String> = identifiers().flat_map(|row| row.numbers()).collect();
    assert!(numbers.len() > 500);
    assert!(numbers.is_sorted());
    for pair in numbers.windows(2) {
        assert!(!pair[1].starts_with(&pair[0]), "{pair:?}");
    }
    for number in &numbers {
        assert!(
            identifier(number)
                .unwrap()
                .numbers()
                .any(|own| own == *number)
        );
    }
    for none in ["", "0", "04", "310", "3106", "31000", "9é", "+1", "1a"] {
        assert!(identifier(none).is_none(), "{none}");
    }
}
