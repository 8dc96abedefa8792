//! `evertill bench`: how fast this till is on this machine, each figure beside its limit.
//!
//! The limits are what a person or a disk can notice: a frame of a 60 Hz screen, a flush of the
//! same bytes to the same disk. Run it from a release build.

mod catalog;
mod codes;
mod commit;
mod first_frame;
mod pin;
mod pricing;
mod receipt;
mod rules;
mod scan;
mod wire;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use serde::Serialize;

use crate::output::say;

/// How to measure.
#[derive(clap::Args)]
pub struct Arguments {
    /// How many items the catalog holds.
    #[arg(long, default_value_t = 1_000_000)]
    items: u32,
    /// Where the figures go as JSON.
    #[arg(long, value_name = "FILE", default_value = "target/bench.json")]
    json: PathBuf,
    /// The folder whose disk is measured.
    #[arg(long, value_name = "DIR", default_value = "target/bench")]
    folder: PathBuf,
    /// Paint one frame of the till in this data folder, say so and end; for the bench itself.
    #[arg(long, value_name = "DIR", hide = true)]
    first_frame: Option<PathBuf>,
}

/// One figure.
#[derive(Serialize)]
pub struct Figure {
    /// What was measured.
    what: &'static str,
    /// The figure that is held against the limit.
    value: f64,
    /// What it must stay below.
    limit: f64,
    /// What both are counted in.
    unit: &'static str,
    /// How it was measured, or what else is worth knowing.
    note: String,
}

/// Measures everything, prints a table and writes JSON.
///
/// # Errors
/// When the till cannot be started or a file not written. A figure above its limit is no error:
/// machines differ; the table says so.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    if let Some(data) = &arguments.first_frame {
        return first_frame::paint(data);
    }
    let folder = &arguments.folder;
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    let data = folder.join("till");
    std::fs::create_dir_all(&data).with_context(|| format!("cannot make {}", data.display()))?;
    eprintln!("Making a catalog of {} items.", arguments.items);
    catalog::make(&data, arguments.items)?;
    let mut figures = first_frame::measure(&data)?;
    figures.extend(pricing::measure(&data, arguments.items)?);
    figures.extend(codes::measure(&data, arguments.items)?);
    figures.extend(rules::measure(&data, arguments.items)?);
    figures.push(commit::measure(&folder.join("commit"))?);
    figures.push(scan::event()?);
    figures.push(scan::measure(&data, arguments.items)?);
    let (receipts, printed) = receipt::measure(&folder.join("printing"))?;
    figures.extend(receipts);
    figures.push(pin::measure()?);
    say(table(&figures).trim_end())?;
    write_json(&arguments.json, arguments.items, &figures, &printed)
}

fn table(figures: &[Figure]) -> String {
    let mut table = format!("{:<44} {:>10} {:>10}  {}\n", "", "measured", "limit", "");
    for figure in figures {
        let verdict = if figure.value < figure.limit {
            "ok  "
        } else {
            "OVER"
        };
        table.push_str(&format!(
            "{:<44} {:>7.2} {:<2} {:>7.0} {:<2}  {verdict} {}\n",
            figure.what, figure.value, figure.unit, figure.limit, figure.unit, figure.note
        ));
    }
    table
}

fn write_json(
    path: &Path,
    items: u32,
    figures: &[Figure],
    printed: &[wire::Printing],
) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let report = serde_json::json!({
        "version": env!("CARGO_PKG_VERSION"),
        "debug_build": cfg!(debug_assertions),
        "items": items,
        "figures": figures,
        "receipts_printed": printed,
    });
    std::fs::write(path, serde_json::to_string_pretty(&report)?)
        .with_context(|| format!("cannot write {}", path.display()))
}

/// The duration that 50 and 99 of 100 stay below, in milliseconds.
struct Spread {
    median: f64,
    p99: f64,
}

fn spread(mut durations: Vec<Duration>) -> Spread {
    durations.sort_unstable();
    let at = |share: usize| {
        let place = (durations.len() * share / 100).min(durations.len().saturating_sub(1));
        durations
            .get(place)
            .map_or(0.0, |duration| duration.as_secs_f64() * 1e3)
    };
    Spread {
        median: at(50),
        p99: at(99),
    }
}
