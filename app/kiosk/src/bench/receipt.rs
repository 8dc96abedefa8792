//! A receipt on its way to the printer: what it costs to set and encode, and whether the printer ever
//! waits for the till.

use std::path::Path;
use std::time::{Duration, Instant};

use checkout::receipt::{Look, Part, Receipt};
use hal::printer::{Typesetter, encode};
use hal::{Job, PrinterProfile};

use super::wire::{self, Printing};
use super::{Figure, spread};
use crate::printer_config::letters;
use crate::printing;

const TIMES: usize = 200;
/// The speeds of serial lines that printers have, in bits a second.
const SPEEDS: [(u32, &str); 4] = [
    (19_200, "Wire idle while a receipt prints, 19,200 baud"),
    (38_400, "Wire idle while a receipt prints, 38,400 baud"),
    (57_600, "Wire idle while a receipt prints, 57,600 baud"),
    (115_200, "Wire idle while a receipt prints, 115,200 baud"),
];
/// The same of letters that are sent as pictures.
const PICTURES: &str = "Wire idle, forty items as pictures, 115,200 baud";
/// How long setting may take: a frame of the screen, in milliseconds. It has a thread of its own.
const SET: f64 = 16.0;
/// How long encoding may take, in milliseconds.
const ENCODED: f64 = 1.0;
/// What of its time the wire may stand idle in the middle of a receipt, in per cent.
const IDLE: f64 = 2.0;

pub(super) fn measure(folder: &Path) -> anyhow::Result<(Vec<Figure>, Vec<Printing>)> {
    std::fs::create_dir_all(folder)?;
    let profile = PrinterProfile::generic_80mm();
    let latin = printing::job(&receipt(10, "Pencil HB, yellow", "USD"), None);
    let greek = printing::job(&receipt(10, "Μολύβι, κίτρινο", "€"), None);
    let mut figures = Vec::new();
    for (setting, encoding, job) in [
        ("Set ten items as text", "Encode ten items as text", &latin),
        (
            "Set ten items as pictures",
            "Encode ten items as pictures",
            &greek,
        ),
    ] {
        let mut bytes = Vec::new();
        let (set, encoded) = set_and_encode(job, &profile, &mut bytes);
        for (what, limit, times) in [(setting, SET, set), (encoding, ENCODED, encoded)] {
            let taken = spread(times);
            figures.push(Figure {
                what,
                value: taken.p99,
                limit,
                unit: "ms",
                note: format!(
                    "99 of 100, half below {:.3} ms; {} bytes",
                    taken.median,
                    bytes.len()
                ),
            });
        }
    }
    let speeds = SPEEDS.map(|(baud, _)| baud);
    let mut printed = wire::printed(folder, ("text", &latin), &speeds)?;
    // More than a pty keeps, so that the driver has to wait for the line again and again.
    let long = printing::job(&receipt(40, "Μολύβι, κίτρινο", "€"), None);
    printed.extend(wire::printed(folder, ("pictures", &long), &[115_200])?);
    let whats = SPEEDS.iter().map(|(_, what)| *what);
    let whats = whats.chain([PICTURES]);
    figures.extend(whats.zip(&printed).map(|(what, printing)| Figure {
        what,
        value: (100.0 - printing.wire_used_percent).max(0.0),
        limit: IDLE,
        unit: "% ",
        note: format!(
            "{} bytes in {:.3} s; the printer waited {:.1} ms at the longest; paper of {:.2} s",
            printing.bytes,
            printing.printing_seconds,
            printing.longest_wait_ms,
            printing.paper_seconds
        ),
    }));
    Ok((figures, printed))
}

/// The times that setting took, and those that encoding did, without copying the job.
fn set_and_encode(
    job: &Job,
    profile: &PrinterProfile,
    bytes: &mut Vec<u8>,
) -> (Vec<Duration>, Vec<Duration>) {
    let mut fonts = letters();
    // The fonts are read with the first job after a start.
    let _read = fonts.typeset(job.clone(), profile);
    (0..TIMES)
        .map(|_| {
            let job = job.clone();
            let begun = Instant::now();
            let set = fonts.typeset(job, profile);
            let taken = begun.elapsed();
            *bytes = encoded(&set, profile);
            (taken, begun.elapsed() - taken)
        })
        .unzip()
}

fn encoded(job: &Job, profile: &PrinterProfile) -> Vec<u8> {
    let mut bytes = Vec::new();
    match encode(job.commands(), profile, None, &mut bytes) {
        Ok(()) => bytes,
        Err(never) => match never {},
    }
}

fn receipt(items: usize, item: &str, currency: &str) -> Receipt {
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
    for _ in 0..items {
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
