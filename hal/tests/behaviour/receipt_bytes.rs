//! The bytes of a receipt, one command a line.

use hal::printer::{JobTag, encode};
use hal::{Barcode, CodePage, HalError, Image, Job, JobId, PrinterProfile, Qr, Style, encoded_len};

use crate::support::receipt;

fn bytes(job: &Job, profile: &PrinterProfile) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(
        job.commands(),
        profile,
        Some(JobTag::of(JobId(0))),
        &mut bytes,
    )
    .unwrap();
    assert_eq!(bytes.len(), encoded_len(job, profile));
    bytes
}

/// Readable bytes: ASCII as it is, the rest in hexadecimal.
fn readable(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string().replace("\\n", "\\n\n")
}

/// Without the settings every job begins with.
fn body(job: &Job, profile: &PrinterProfile) -> String {
    let all = bytes(job, profile);
    readable(all.strip_prefix(b"\x1b@\x1c.\x1bR\x00\x1bt\x00").unwrap())
}

#[test]
fn a_generic_receipt() {
    let expected = [
        r"\x1b@\x1c.\x1bR\x00\x1bt\x00",
        r"\x1ba\x01\x1bE\x01\x1d!\x11Harbour Books\n",
        "\n",
        r"\x1ba\x00\x1bE\x00\x1d!\x00The Salt Road                               7.99\n",
        "\n",
        r"\x1ba\x02Gracias, se\xa4or\n",
        "\n",
        r"\x1ba\x00",
        &r"\xc4".repeat(48),
        r"\n",
        "\n",
        r"\x1ba\x01\x1dhP\x1dw\x03\x1dH\x02\x1dkC\r9780000001009",
        r"\n",
        "\n",
        r"\x1d(k\x04\x001A2\x00",
        r"\x1d(k\x03\x001C\x06",
        r"\x1d(k\x03\x001E1",
        r"\x1d(k\x1b\x001P0https://example.com/r/42",
        r"\x1d(k\x03\x001Q0\n",
        "\n",
        r"\x1ba\x00\n",
        "\n",
        r"\x1dVB\x00",
    ]
    .concat();
    assert_eq!(
        readable(&bytes(&receipt(), &PrinterProfile::generic_80mm())),
        expected
    );
}

#[test]
fn what_only_some_printers_know_is_sent_only_to_them() {
    let mut job = Job::new();
    job.image(Image::new(16, 1, &[0x80, 0x01]).unwrap());
    let raster = r"\x1ba\x01\x1dv0\x00\x02\x00\x01\x00\x80\x01";
    assert_eq!(body(&job, &PrinterProfile::generic_80mm()), raster);

    let epson = readable(&bytes(&job, &PrinterProfile::epson_tm_t88()));
    let expected = [
        r"\x1b@\x1c.\x1bR\x00\x1bt\x13\x1da\x0f",
        r"\x1ba\x01\x1d(D\x03\x00\x14\x01\x00",
        r"\x1d(L\x0c\x000p0\x01\x011\x10\x00\x01\x00\x80\x01",
        r"\x1d(L\x02\x0002",
        r"\x1d(D\x03\x00\x14\x01\x01",
        r"\x1d(H\x06\x0000@@@@",
    ]
    .concat();
    assert_eq!(epson, expected);
}

#[test]
fn an_impact_printer_gets_its_font_and_sizes_by_the_command_that_it_has() {
    let profile = PrinterProfile::epson_tm_u220();
    let mut job = Job::new();
    job.line("Harbour Books", Style::center().emphasized().double())
        .pair("The Salt Road", "7.99 €", Style::plain())
        .line("Sum", Style::plain().tall())
        .line("Łódź", Style::plain())
        .cut();
    let expected = [
        r"\x1b@\x1c.\x1bR\x00\x1bt\x13\x1b!\x00\x1da\x0f",
        r"\x1ba\x01\x1b!8Harbour Books\n",
        "\n",
        // Font A, of which 33 reach from edge to edge.
        r"\x1ba\x00\x1b!\x00The Salt Road              7.99 \xd5\n",
        "\n",
        r"\x1b!\x10Sum\n",
        "\n",
        r"\x1b!\x00\x1bt\x12\x9d\xa2d\xab\n",
        "\n",
        r"\x1dVB\x00",
    ]
    .concat();
    assert_eq!(readable(&bytes(&job, &profile)), expected);
    // It has no page for Greek, which is set as a picture where there are fonts.
    assert_eq!(profile.page_for(["Αθήνα", ""]), None);
    let greek = PrinterProfile::epson_tm_t20().page_for(["Αθήνα", ""]);
    assert_eq!(greek.map(|it| it.page), Some(CodePage::Pc737));
}

#[test]
fn pictures_go_in_bands_that_no_clone_garbles() {
    let rows = vec![0x55; 2 * 176];
    let mut job = Job::new();
    job.image(Image::new(16, 176, &rows).unwrap());
    let all = bytes(&job, &PrinterProfile::generic_80mm());
    let heights: Vec<u8> = all
        .windows(8)
        .filter(|window| window.starts_with(b"\x1dv0\0\x02\0"))
        .map(|window| window[6])
        .collect();
    // 176 is 128 and 48; 48 is garbled by some, so it is 47 and 1.
    assert_eq!(heights, [128, 47, 1]);
}

#[test]
fn long_texts_are_wrapped_between_words() {
    let mut profile = PrinterProfile::generic_58mm();
    profile.columns = 16;
    let mut job = Job::new();
    job.text("Thank you for shopping with us")
        .text("supercalifragilistic words")
        .text("sixteen letters! next")
        .pair("A long name of a thing", "12.00", Style::plain())
        .pair("Name", "a right text too wide", Style::plain())
        .text("two\nlines");
    let expected = "\
Thank you for\nshopping with us\n\
supercalifragili\nstic words\n\
sixteen letters!\nnext\n\
A long\nname of a\nthing      12.00\n\
Name\n\u{1b}a\u{2}a right text too\nwide\n\
\u{1b}a\u{0}two\nlines\n";
    assert_eq!(body(&job, &profile), readable(expected.as_bytes()));
}

#[test]
fn what_a_code_page_lacks_is_replaced_by_the_nearest_letters() {
    let encoded = |page: CodePage, text: &str| readable(&page.encode(text).collect::<Vec<_>>());
    assert_eq!(
        encoded(CodePage::Pc437, "“Łódź” – 5 €…"),
        r#""L\xa2dz" - 5 EUR..."#.replace('"', "\\\"")
    );
    assert_eq!(encoded(CodePage::Pc858, "5 €"), r"5 \xd5");
    assert_eq!(encoded(CodePage::Windows1252, "5 €"), r"5 \x80");
    assert_eq!(encoded(CodePage::Pc437, "a\u{1b}@\r\tb"), "a@ b");
    assert_eq!(encoded(CodePage::Pc437, "日本"), "??");
    for page in CodePage::ALL {
        for byte in 0x20..=0xFF {
            if let Some(character) = page.character(byte).filter(|&c| page.byte(c).is_some()) {
                assert_eq!(page.byte(character), Some(byte), "{page:?} {byte:x}");
            }
        }
    }
}

#[test]
fn a_printer_without_cutter_feeds_to_the_tear_bar() {
    let mut job = Job::new();
    job.text("x").cut();
    assert_eq!(
        body(&job, &PrinterProfile::generic_58mm()),
        "x\\n\n\\n\n\\n\n\\n\n\\n\n"
    );
}

#[test]
fn wrong_codes_and_pictures_are_refused_with_the_reason() {
    assert!(matches!(
        Barcode::ean13("9780000001008"),
        Err(HalError::InvalidEan13)
    ));
    assert!(matches!(
        Barcode::ean13("97800000010"),
        Err(HalError::InvalidEan13)
    ));
    assert!(matches!(
        Barcode::ean13("97800000010xy"),
        Err(HalError::InvalidEan13)
    ));
    assert!(matches!(
        Barcode::code128("naïve"),
        Err(HalError::InvalidCode128 { .. })
    ));
    assert!(matches!(
        Qr::new(""),
        Err(HalError::InvalidQr { length: 0, .. })
    ));
    assert!(matches!(
        Qr::new("\u{10}\u{14}"),
        Err(HalError::InvalidQr { .. })
    ));
    let image = Image::new(9, 2, &[0; 3]);
    assert!(matches!(
        image,
        Err(HalError::InvalidImage { length: 3, .. })
    ));
}
