//! A receipt on its way to the printer: what it costs to encode, and whether the wire keeps up with
//! the paper.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::Context;
use checkout::receipt::{Look, Part, Receipt};
use hal::printer::{Typesetter, encode};
use hal::simulators::VirtualPrinter;
use hal::{Job, PrinterLink, PrinterProfile};

use super::{Figure, spread};
use crate::printer_config::letters;
use crate::printing;

const TIMES: usize = 200;
/// How fast a common printer moves the paper, in rows of dots a second: 150 mm.
const ROWS: f64 = 1_200.0;
/// What is not printed on at the ends of a virtual printer's picture.
const EDGES: u32 = 64;

pub(super) fn measure() -> anyhow::Result<Vec<Figure>> {
    let profile = PrinterProfile::generic_80mm();
    let latin = printing::job(&receipt("Pencil HB, yellow", "USD"), None);
    let greek = printing::job(&receipt("Μολύβι, κίτρινο", "€"), None);
    let mut bytes = Vec::new();
    let encoding = spread(
        (0..TIMES)
            .map(|_| {
                let begun = Instant::now();
                bytes = encoded(&latin, &profile);
                begun.elapsed()
            })
            .collect(),
    );
    let mut figures = vec![Figure {
        what: "encode a receipt of ten items",
        value: encoding.p99,
        limit: 1.0,
        unit: "ms",
        note: format!("{} bytes, median {:.3} ms", bytes.len(), encoding.median),
    }];
    let rows = rows(&bytes)?;
    for (what, baud) in [
        ("its time on the wire at 19,200 baud", 19_200.0),
        ("its time on the wire at 38,400 baud", 38_400.0),
        ("its time on the wire at 115,200 baud", 115_200.0),
    ] {
        figures.push(Figure {
            what,
            value: share(bytes.len(), baud, rows),
            limit: 100.0,
            unit: "% ",
            note: format!("of the time its {rows:.0} rows of dots take to print"),
        });
    }
    let mut fonts = letters();
    let setting = spread(
        (0..TIMES / 10)
            .map(|_| {
                let begun = Instant::now();
                bytes = encoded(&fonts.typeset(greek.clone(), &profile), &profile);
                begun.elapsed()
            })
            .collect(),
    );
    figures.push(Figure {
        what: "set and encode ten items as pictures",
        value: setting.p99,
        limit: 100.0,
        unit: "ms",
        note: format!(
            "median {:.1} ms, {} bytes: at 115,200 baud {:.0} % of the time to print",
            setting.median,
            bytes.len(),
            share(bytes.len(), 115_200.0, rows)
        ),
    });
    Ok(figures)
}

fn encoded(job: &Job, profile: &PrinterProfile) -> Vec<u8> {
    let mut bytes = Vec::new();
    match encode(job.commands(), profile, None, &mut bytes) {
        Ok(()) => bytes,
        Err(never) => match never {},
    }
}

/// Ten bits a byte, in per cent of the time the paper moves.
fn share(bytes: usize, baud: f64, rows: f64) -> f64 {
    100.0 * (bytes as f64 * 10.0 / baud) / (rows / ROWS)
}

/// How many rows of dots a virtual printer prints.
fn rows(bytes: &[u8]) -> anyhow::Result<f64> {
    let paper = VirtualPrinter::on_tcp()?;
    let PrinterLink::Tcp(address) = paper.link() else {
        anyhow::bail!("a network printer has no address");
    };
    TcpStream::connect(address)?.write_all(bytes)?;
    let until = Instant::now() + Duration::from_secs(10);
    while paper.cuts() == 0 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(1));
    }
    let png = paper.png()?;
    let height = png.get(20..24).and_then(|height| height.try_into().ok());
    let height = u32::from_be_bytes(height.context("the receipt's picture has no height")?);
    Ok(f64::from(height.saturating_sub(EDGES)))
}

fn receipt(item: &str, currency: &str) -> Receipt {
    let pair = |left: &str, right: &str, look| Part::Pair {
        left: left.to_owned(),
        right: right.to_owned(),
        look,
    };
    let text = |text: &str, look| Part::Text {
        text: text.to_owned(),
        look,
    };
    let mut parts = vec![
        text("Harbour Books", Look::Title),
        text("14 Quay Street, Portland ME", Look::Centered),
        Part::Space,
        pair("Receipt C1-000042", "2026-11-23 15:42", Look::Plain),
        Part::Rule,
    ];
    for _ in 0..10 {
        parts.push(pair(item, "1.20", Look::Plain));
        parts.push(text("  2 x 0.60", Look::Plain));
    }
    parts.extend([
        Part::Rule,
        pair("Sales tax 8.25 %", "0.91", Look::Plain),
        pair(&format!("TOTAL {currency}"), "12.00", Look::Large),
        pair("Cash", "20.00", Look::Plain),
        pair("Change", "8.00", Look::Strong),
        Part::Space,
        Part::Qr("EVR1:C1-000042".to_owned()),
        text("Thank you for reading.", Look::Centered),
        Part::Cut,
    ]);
    Receipt { parts }
}
