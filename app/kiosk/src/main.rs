//! `evertill`, the till.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;

use anyhow::Context;
use clap::{Parser, Subcommand};
use kiosk::session::Session;
use kiosk::supervised::{self, Supervised};
use kiosk::ui::TillWindow;
use kiosk::{check, device_list, journal_command, second_screen, staff_command, sync_status};
use slint::ComponentHandle;

/// The till that always sells.
#[derive(Parser)]
#[command(version, about = "The till that always sells")]
struct Arguments {
    /// The folder that holds this till's sales and settings.
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Sell (the default).
    Run,
    /// Sell in the demo shop, with virtual devices.
    #[cfg(feature = "demo")]
    Demo(kiosk::demo::Arguments),
    /// Compare the till's computing with what ERPNext computed.
    #[command(subcommand)]
    Check(Check),
    /// Add or change a person who may sign in; the PIN is read from standard input.
    Staff(staff_command::Arguments),
    /// Take the journal to elsewhere.
    #[command(subcommand)]
    Journal(journal_command::Command),
    /// Print what has not reached ERPNext yet as JSON; also while the till runs.
    SyncStatus,
    /// Print what is plugged in, and which of it the till uses.
    Devices(device_list::Arguments),
    /// Measure the till on this machine.
    #[cfg(feature = "demo")]
    Bench(kiosk::bench::Arguments),
}

#[derive(Subcommand)]
enum Check {
    /// Documents of the arithmetic: JSON Lines, plain or gzip.
    Arithmetic {
        /// The files.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Carts that ERPNext priced, with its own pricing rules: JSON Lines, plain or gzip.
    Carts {
        /// The files.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// The folder of the site's recorded answers, which has its masters.
        #[arg(long, value_name = "DIR")]
        shop: PathBuf,
    },
}

fn main() -> ExitCode {
    appliance::hardening::keep_memory_private();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::builder()
                .with_default_directive(tracing::level_filters::LevelFilter::WARN.into())
                .from_env_lossy(),
        )
        .with_writer(std::io::stderr)
        .init();
    match run(Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("evertill: {}", sentence(&error));
            ExitCode::FAILURE
        }
    }
}

/// The error and its causes, without those that it already quotes.
fn sentence(error: &anyhow::Error) -> String {
    let mut sentence = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !sentence.contains(&cause) {
            if !sentence.is_empty() {
                sentence.push_str(": ");
            }
            sentence.push_str(&cause);
        }
    }
    sentence
}

fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let data = || {
        let usual = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".evertill"));
        let data = arguments.data.clone().or_else(usual);
        data.context("name the data folder: evertill --data DIR")
    };
    match arguments.command {
        None | Some(Command::Run) => sell(&data()?)?,
        #[cfg(feature = "demo")]
        Some(Command::Demo(demo)) => kiosk::demo::run(arguments.data.as_deref(), &demo)?,
        Some(Command::Check(Check::Arithmetic { files })) => {
            let tally = check::arithmetic(&files, &mut std::io::stdout().lock())?;
            return Ok(verdict(tally));
        }
        Some(Command::Check(Check::Carts { files, shop })) => {
            let tally = check::carts(&files, &shop, &mut std::io::stdout().lock())?;
            return Ok(verdict(tally));
        }
        Some(Command::Staff(staff)) => staff_command::run(&data()?, &staff)?,
        Some(Command::Journal(journal)) => journal_command::run(&data()?, &journal)?,
        Some(Command::SyncStatus) => sync_status::run(&data()?)?,
        Some(Command::Devices(devices)) => device_list::run(&data()?, &devices)?,
        #[cfg(feature = "demo")]
        Some(Command::Bench(bench)) => kiosk::bench::run(&bench)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn verdict(tally: check::Tally) -> ExitCode {
    if tally.differ == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Sells until the window is closed; a box that is no till yet is enrolled first.
fn sell(data: &Path) -> anyhow::Result<()> {
    #[cfg(feature = "appliance")]
    second_screen::install()?;
    let window = TillWindow::new()?;
    let session = Rc::new(Session::open(&window, data));
    let timer = slint::Timer::default();
    if let Some(supervised) = Supervised::from_environment() {
        let session = session.clone();
        timer.start(slint::TimerMode::Repeated, supervised::EACH, move || {
            supervised.event_loop_runs(session.works());
        });
    }
    second_screen::close_both(&window);
    window.run()?;
    Ok(())
}
