//! Committing a sale, against a bare flush of the same bytes.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, bail};
use checkout::shift::Cashier;
use checkout::till::{Effect, Event, Till, TillIdentity};
use store::ReadStore;

use super::{Figure, spread};
use crate::demo;
use crate::start::Folder;

const SALES: usize = 300;

/// The median commit as a multiple of the median flush.
pub fn measure(data: &Path) -> anyhow::Result<Figure> {
    std::fs::create_dir_all(data)?;
    let mut folder = Folder::open(data, &demo::sealing(data))?;
    demo::prepare(&mut folder)?;
    let mut till = till(data, &mut folder)?;
    let now = jiff::Zoned::now();
    let wal = data.join("till.sqlite-wal");
    let (mut commits, mut written) = (Vec::new(), Vec::new());
    for _ in 0..SALES {
        till.step(&now, Event::Scanned("9780000001009".to_owned()));
        till.step(&now, Event::PaymentStarted);
        let tendered = Event::Tendered {
            mode_of_payment: "Cash".to_owned(),
            amount: None,
        };
        let effects = till.step(&now, tendered);
        let Some(Effect::CommitSale(sale)) = effects.first() else {
            bail!("nothing was sold")
        };
        let before = std::fs::metadata(&wal)?.len();
        let started = Instant::now();
        folder.store().commit_sale(sale)?;
        commits.push(started.elapsed());
        // The log grows until it is written back and used again from its start.
        let grown = std::fs::metadata(&wal)?.len().saturating_sub(before);
        if grown > 0 {
            written.push(usize::try_from(grown)?);
        }
        till.step(&now, Event::SaleCommitted);
        till.step(&now, Event::NextSale);
    }
    written.sort_unstable();
    let bytes = written
        .get(written.len() / 2)
        .copied()
        .context("the log never grew")?;
    let (commit, flush) = (
        spread(commits),
        spread(flushes(&data.join("flush"), bytes)?),
    );
    Ok(Figure {
        what: "Sale commit, times a bare flush",
        value: commit.median / flush.median,
        limit: 2.0,
        unit: "x",
        note: format!(
            "commit {:.2} ms (99 of 100 below {:.2}), flush of the same {bytes} bytes {:.2} ms (below {:.2})",
            commit.median, commit.p99, flush.median, flush.p99
        ),
    })
}

/// Writes and flushes as many bytes as often, at the end of a file that grows, as the log does.
fn flushes(path: &Path, bytes: usize) -> anyhow::Result<Vec<std::time::Duration>> {
    let mut file = File::create(path)?;
    let block = vec![0x5a; bytes];
    let mut durations = Vec::new();
    for _ in 0..SALES {
        let started = Instant::now();
        file.write_all(&block)?;
        file.sync_data()?;
        durations.push(started.elapsed());
    }
    Ok(durations)
}

/// A till with an open shift on this folder.
fn till(data: &Path, folder: &mut Folder) -> anyhow::Result<Till> {
    let config = demo::config()?;
    let masters = folder.masters().small_masters()?;
    let shop = Arc::new(checkout::shop::Shop::assemble(
        &config.pos_profile,
        masters,
    )?);
    let installation = folder.store().installation().to_owned();
    let identity = TillIdentity {
        prefix: config.till,
        installation,
    };
    let opening_amount = shop.currency.zero();
    let resume = folder.store().resume()?;
    let mut till = Till::new(identity, shop, Box::new(ReadStore::open(data)?), resume);
    let now = jiff::Zoned::now();
    let cashier = Cashier {
        id: "bench".to_owned(),
        name: "Bench".to_owned(),
    };
    till.step(&now, Event::SignedIn(cashier));
    let effects = till.step(&now, Event::ShiftOpened { opening_amount });
    let Some(Effect::CommitShift(shift)) = effects.first() else {
        bail!("no shift was opened")
    };
    folder.store().commit_shift(shift)?;
    till.step(&now, Event::ShiftSaved);
    Ok(till)
}
