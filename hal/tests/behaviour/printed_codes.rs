//! What is printed can be read: an independent reader decodes the codes from the picture.

use std::collections::BTreeSet;

use hal::raster::Fonts;
use hal::simulators::VirtualPrinter;
use hal::{
    Barcode, Evidence, Job, JobId, JobState, PosPrinter, PrinterDevice, PrinterProfile, Qr,
    QrCorrection,
};

use crate::support::{Counter, PRINTER, quick};

/// Prints a job and reads every code on the paper.
fn read_back(profile: PrinterProfile, job: Job) -> BTreeSet<(String, String)> {
    let counter = Counter::new();
    let paper = VirtualPrinter::on_pty_in(counter.path("printer"), profile.dialect).unwrap();
    paper.set_dots_per_line(profile.dots_per_line);
    let (link, events) = (paper.link(), counter.events.clone());
    let printer =
        PrinterDevice::start_with(PRINTER, link, quick(profile), Fonts::new(), events).unwrap();
    printer.print(JobId(1), job).unwrap();
    let (last, _) = counter.outcome(JobId(1));
    assert!(matches!(last, JobState::Confirmed(_)), "{last:?}");
    assert_eq!(paper.unknown(), []);
    let picture = png::Decoder::new(std::io::Cursor::new(paper.png().unwrap()));
    let mut reader = picture.read_info().unwrap();
    let mut grey = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut grey).unwrap();
    rxing::helpers::detect_multiple_in_luma(grey, info.width, info.height)
        .unwrap()
        .into_iter()
        .map(|code| {
            (
                code.getBarcodeFormat().to_string(),
                code.getText().to_owned(),
            )
        })
        .collect()
}

fn pair(format: &str, text: &str) -> (String, String) {
    (format.to_owned(), text.to_owned())
}

#[test]
fn barcodes_and_qr_codes_are_read_as_they_were_asked_for() {
    let mut job = Job::new();
    job.barcode(Barcode::ean13("978000000100").unwrap())
        .feed(3)
        .barcode(Barcode::code128("T1-000042{}").unwrap())
        .feed(3)
        .barcode(Barcode::code128("00012345678905").unwrap())
        .feed(3)
        .qr(Qr::new("https://example.com/r/T1-000042?a=Ä").unwrap());
    let read = read_back(PrinterProfile::generic_80mm(), job);
    let expected = BTreeSet::from([
        pair("ean 13", "9780000001009"),
        pair("code 128", "T1-000042{}"),
        pair("code 128", "00012345678905"),
        pair("qrcode", "https://example.com/r/T1-000042?a=Ä"),
    ]);
    assert_eq!(read, expected);
}

#[test]
fn a_printer_that_draws_no_codes_gets_them_as_pictures() {
    let mut strips = PrinterProfile::star_tsp650();
    strips.draws_barcodes = false;
    strips.draws_qr = false;
    let mut bands = PrinterProfile::generic_80mm();
    bands.draws_barcodes = false;
    bands.draws_qr = false;
    for profile in [strips, bands, PrinterProfile::star_prnt()] {
        let mut job = Job::new();
        job.barcode(Barcode::ean8("9638507").unwrap())
            .feed(3)
            .barcode(Barcode::upc_a("03600029145").unwrap())
            .feed(3)
            .barcode(Barcode::code128("C1-000042").unwrap())
            .feed(3)
            .qr(Qr::new("EVR1:C1-000042").unwrap());
        let read: BTreeSet<String> = read_back(profile.clone(), job)
            .into_iter()
            .map(|(_, text)| text)
            .collect();
        for text in ["96385074", "C1-000042", "EVR1:C1-000042"] {
            assert!(
                read.contains(text),
                "{text} of {:?}: {read:?}",
                profile.raster
            );
        }
        let upc = ["036000291452", "0036000291452"];
        assert!(upc.iter().any(|text| read.contains(*text)), "{read:?}");
    }
}

#[test]
fn every_first_digit_of_an_ean_13_is_read() {
    for first in 0..10 {
        let digits = format!("{first}00638133393");
        let barcode = Barcode::ean13(&digits).unwrap();
        let text = barcode.text().to_owned();
        let mut job = Job::new();
        job.barcode(barcode);
        let read = read_back(PrinterProfile::generic_58mm(), job);
        // An EAN-13 that begins with 0 is a UPC-A, and some readers say so.
        let short = text.strip_prefix('0').unwrap_or(&text);
        let ok = [pair("ean 13", &text), pair("upc a", short)];
        assert!(
            read.iter().any(|code| ok.contains(code)),
            "{text}: {read:?}"
        );
    }
}

#[test]
fn the_largest_qr_code_fits_the_narrowest_paper() {
    let text = "https://example.com/".to_owned() + &"x".repeat(330);
    for correction in [
        QrCorrection::L,
        QrCorrection::M,
        QrCorrection::Q,
        QrCorrection::H,
    ] {
        let mut job = Job::new();
        job.qr(Qr::new(&text)
            .unwrap()
            .correction(correction)
            .module_dots(16));
        let read = read_back(PrinterProfile::generic_58mm(), job);
        assert_eq!(
            read,
            BTreeSet::from([pair("qrcode", &text)]),
            "{correction:?}"
        );
    }
}

#[test]
fn a_barcode_too_wide_for_the_paper_is_printed_as_text() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    let printer = counter.start(paper.link(), quick(PrinterProfile::generic_80mm()));
    let wide = "a-text-much-too-long-for-one-barcode";
    let mut job = Job::new();
    job.barcode(Barcode::code128(wide).unwrap());
    printer.print(JobId(1), job).unwrap();
    counter.wait_for_job(JobId(1), JobState::Confirmed(Evidence::ErrorFreeStatus));
    assert_eq!(paper.text().trim(), wide);
}
