//! A receipt on its way through the printer's driver and a serial line of its own speed to the paper:
//! how much of the wire it uses, and whether the printer ever waited.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use hal::simulators::{Arrival, VirtualPrinter};
use hal::{
    DeviceEvent, DeviceId, Job, JobId, JobState, PosPrinter, PrinterDevice, PrinterHandle,
    PrinterProfile,
};
use serde::Serialize;

use crate::printer_config::letters;
use crate::queue::{Events, Message};

/// How each job begins, and how it ends: with a cut and how far to feed before it.
const BEGINNING: &[u8] = b"\x1b@";
const END: &[u8] = b"\x1dV";
const END_LENGTH: usize = 4;
/// How fast a common printer moves the paper, in rows of dots a second: 150 mm.
const ROWS: f64 = 1_200.0;
/// What is not printed on at the ends of a virtual printer's picture.
const EDGES: u32 = 64;
/// The longest that a receipt may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// How a receipt came through.
#[derive(Serialize)]
pub(super) struct Printing {
    /// What its letters are sent as: `text` or `pictures`.
    pub(super) letters_as: &'static str,
    /// Bits a second of the serial line, ten a byte.
    pub(super) baud: u32,
    /// Its bytes.
    pub(super) bytes: usize,
    /// How long its bytes take on the wire at the least.
    pub(super) wire_seconds: f64,
    /// How long they took, from the first to the last.
    pub(super) printing_seconds: f64,
    /// The one in per cent of the other.
    pub(super) wire_used_percent: f64,
    /// The longest time that the printer waited for the next byte of the receipt.
    pub(super) longest_wait_ms: f64,
    /// How long a common printer moves the paper for it, at 150 mm a second.
    pub(super) paper_seconds: f64,
    /// From the order to print to its first byte: setting, encoding and asking the printer how it is.
    pub(super) first_byte_after_ms: f64,
}

/// Prints one receipt at each speed, by the driver that a till uses.
pub(super) fn printed(
    folder: &Path,
    (letters_as, job): (&'static str, &Job),
    speeds: &[u32],
) -> anyhow::Result<Vec<Printing>> {
    let paper = VirtualPrinter::on_pty(folder.join("printer"))?;
    let events = Arc::new(Events::new());
    let printer = PrinterDevice::start_with(
        DeviceId(1),
        paper.link(),
        PrinterProfile::generic_80mm(),
        letters(),
        events.clone(),
    )?;
    // After a start a printer is first made to forget what it may be in the middle of; and its fonts
    // are read.
    print(&printer, &events, JobId(0), job)?;
    let mut all = Vec::new();
    for (id, &baud) in (1..).map(JobId).zip(speeds) {
        paper.clear();
        paper.set_baud(Some(baud));
        print(&printer, &events, id, job)?;
        let bytes = paper.bytes();
        let first = find(&bytes, BEGINNING).context("the receipt has no beginning")?;
        let last = rfind(&bytes, END).context("the receipt has no end")? + END_LENGTH;
        let arrivals = paper.arrivals();
        // What came before the line had its speed.
        let before = bytes.len() - arrivals.iter().map(|it| it.bytes).sum::<usize>();
        let way = Way::of(&arrivals, first - before..last - before);
        let wire = (last - first) as f64 * 10.0 / f64::from(baud);
        let took = (way.until - way.from).as_secs_f64();
        all.push(Printing {
            letters_as,
            baud,
            bytes: last - first,
            wire_seconds: wire,
            printing_seconds: took,
            wire_used_percent: 100.0 * wire / took,
            paper_seconds: rows(&paper.png()?)? / ROWS,
            longest_wait_ms: way.longest_wait.as_secs_f64() * 1e3,
            first_byte_after_ms: way.from.as_secs_f64() * 1e3,
        });
    }
    Ok(all)
}

/// Prints a job and waits for its end.
fn print(printer: &PrinterHandle, events: &Events, id: JobId, job: &Job) -> anyhow::Result<()> {
    printer.print(id, job.clone())?;
    loop {
        match hal::block_on(events.receive(), Some(PATIENCE)) {
            Some(Message::Device(DeviceEvent::Job { job, state, .. }))
                if job == id && state.is_final() =>
            {
                match state {
                    JobState::Confirmed(_) => return Ok(()),
                    other => bail!("a receipt was not printed: {other:?}"),
                }
            }
            Some(_) => {}
            None => bail!("a receipt did not end"),
        }
    }
}

/// How some bytes came over a line, counted from when the line got its speed.
#[derive(Default)]
struct Way {
    from: Duration,
    until: Duration,
    longest_wait: Duration,
}

impl Way {
    fn of(arrivals: &[Arrival], bytes: Range<usize>) -> Self {
        let mut way = Self::default();
        let mut at = 0;
        for arrival in arrivals {
            let here = at..at + arrival.bytes;
            at = here.end;
            let each = (arrival.until - arrival.from) / u32::try_from(arrival.bytes).unwrap_or(1);
            let time = |byte: usize| {
                let before = byte.saturating_sub(here.start);
                arrival.from + each * u32::try_from(before).unwrap_or(u32::MAX)
            };
            if here.contains(&bytes.start) {
                way.from = time(bytes.start);
            } else if bytes.contains(&here.start) {
                way.longest_wait = way.longest_wait.max(arrival.idle);
            }
            if here.contains(&(bytes.end - 1)) {
                way.until = time(bytes.end);
            }
        }
        way
    }
}

/// How many rows of dots a picture of what was printed has.
fn rows(png: &[u8]) -> anyhow::Result<f64> {
    let height = png.get(20..24).and_then(|height| height.try_into().ok());
    let height = u32::from_be_bytes(height.context("the receipt's picture has no height")?);
    Ok(f64::from(height.saturating_sub(EDGES)))
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|found| found == part)
}

fn rfind(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).rposition(|found| found == part)
}
