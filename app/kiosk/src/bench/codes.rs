//! From a code's text to the item and what the code says of its package.

use std::path::Path;
use std::time::{Duration, Instant};

use checkout::scan::{Scanned, resolve};
use checkout::shop::Shop;
use store::ReadStore;

use super::{Figure, catalog, spread};
use crate::demo;

const ROUNDS: u32 = 500;

/// The codes that take longest: a GS1 element string as long as a GS1-128 can be, and a number that
/// begins with 2 and that nothing has, so that all is tried.
pub fn measure(data: &Path, items: u32) -> anyhow::Result<Vec<Figure>> {
    let read = ReadStore::open(data)?;
    let shop = Shop::assemble(&demo::config()?.pos_profile, read.small_masters()?)?;
    let (mut long, mut unknown) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let gtin = catalog::barcode((1_000 + round * 199) % items);
        let code = format!("]C1010{gtin}172712313001\u{1D}10LOT{round:04}\u{1D}21{round:07}");
        let (took, found) = timed(&shop, &read, &code)?;
        let is_read = matches!(&found, Some(Scanned::Barcode { label, .. })
            if label.serial_no.is_some() && label.batch_no.is_some());
        anyhow::ensure!(is_read, "{code:?} was not read whole");
        long.push(took);
        let number = catalog::barcode(900_000_000 + round);
        let (took, found) = timed(&shop, &read, &number)?;
        anyhow::ensure!(found.is_none(), "{number} is an item's");
        unknown.push(took);
    }
    let figure = |what, durations: Vec<Duration>, note: &str| {
        let durations = spread(durations);
        Figure {
            what,
            value: durations.p99 * 1e3,
            limit: 1_000.0,
            unit: "us",
            note: format!("{note}; half below {:.0} us", durations.median * 1e3),
        }
    };
    Ok(vec![
        figure(
            "Long GS1 code to its item, 99 of 100",
            long,
            "look-ups in the stored catalog included",
        ),
        figure(
            "Code of a scale that is nobody's, 99 of 100",
            unknown,
            "all shapes of labels looked up",
        ),
    ])
}

fn timed(shop: &Shop, read: &ReadStore, code: &str) -> anyhow::Result<(Duration, Option<Scanned>)> {
    let started = Instant::now();
    let found = resolve(shop, read, code)?;
    Ok((started.elapsed(), found))
}
