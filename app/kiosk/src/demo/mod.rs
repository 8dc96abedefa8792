//! The demo shop Harbour Books, as a real ERPNext recorded it, with virtual devices.

mod besides;
mod counter;
mod extras;
mod headless_sale;
mod rehearsal;
mod shop;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use appliance::vault::Sealing;
use erpnext::https::Client;
use slint::ComponentHandle;

use crate::config::{Config, CustomerScreenConfig};
use crate::queue::Events;
use crate::second_screen;
use crate::start::{Folder, Link, Running, start};
use crate::ui::TillWindow;

pub use counter::Counter;
pub use rehearsal::{Intention, Told};
pub use shop::{PIN, STAFF, config, masters, prepare};

/// How to run the demo.
#[derive(clap::Args)]
pub struct Arguments {
    /// Sell by a script on a screen in memory instead of in a window.
    #[arg(long)]
    headless: bool,
    /// Where the headless demo puts pictures, the receipt, the journal and the documents.
    #[arg(long, value_name = "DIR", default_value = "evertill-demo")]
    out: PathBuf,
    /// Sell by a script, on the data folder and with the devices of its till.toml, until it has so
    /// many sales; tells each step on standard output.
    #[arg(long, value_name = "SALES", conflicts_with = "headless")]
    rehearse: Option<u64>,
    /// Show the screen in front of the customer, too: on a second monitor, or in a window.
    #[arg(long)]
    customer_screen: bool,
    /// What the customers of a rehearsal do is drawn by this.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
}

/// Runs the demo until its window is closed, or until the script has sold.
///
/// # Errors
/// When the till cannot start, or the script finds something it does not expect.
pub fn run(data: Option<&Path>, arguments: &Arguments) -> anyhow::Result<()> {
    if arguments.headless {
        return headless_sale::run(&arguments.out);
    }
    let data = data.map_or_else(
        || std::env::temp_dir().join("evertill-demo"),
        Path::to_owned,
    );
    if let Some(sales) = arguments.rehearse {
        return rehearsal::run(&data, sales, arguments.seed);
    }
    std::fs::create_dir_all(&data).with_context(|| format!("cannot make {}", data.display()))?;
    let mut counter = Counter::whole(&data)?;
    counter.serve_cards("Credit Card");
    #[cfg(feature = "appliance")]
    second_screen::install()?;
    let window = TillWindow::new()?;
    let mut config = shop::config()?;
    config.customer_screen = arguments
        .customer_screen
        .then(CustomerScreenConfig::default);
    let _running = open_as(&window, &data, &counter, &config)?;
    second_screen::close_both(&window);
    let (staff, pin) = (STAFF.join(" or "), PIN);
    eprintln!(
        "Sign in as {staff} with PIN {pin}. What is sold is kept in {}.",
        data.display()
    );
    counter.listen_to_terminal();
    window.run()?;
    Ok(())
}

/// Where a demo's secrets are locked away: beside them, because everybody knows them.
pub fn sealing(data: &Path) -> Sealing {
    Sealing::key_file(data.join("seal.key"))
}

/// Starts a till of the demo shop on a data folder, with the devices of a virtual counter.
///
/// # Errors
/// When a part of it does not start.
pub fn open(window: &TillWindow, data: &Path, counter: &Counter) -> anyhow::Result<Running> {
    open_as(window, data, counter, &shop::config()?)
}

fn open_as(
    window: &TillWindow,
    data: &Path,
    counter: &Counter,
    config: &Config,
) -> anyhow::Result<Running> {
    let mut folder = Folder::open(data, &sealing(data))?;
    prepare(&mut folder)?;
    let events = Arc::new(Events::new());
    let devices = counter.devices(&events)?;
    Ok(start(
        window,
        folder,
        config,
        events,
        devices,
        Link::<Client>::None,
    )?)
}
