//! `evertill-setup`: the integrator's command, run on a laptop against an ERPNext site.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use setup::site;

/// Sets up ERPNext sites and tills for Evertill.
#[derive(Parser)]
#[command(version, about = "Sets up ERPNext sites and tills for Evertill")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// What concerns an ERPNext site.
    #[command(subcommand)]
    Site(Site),
}

#[derive(Subcommand)]
enum Site {
    /// Check that a till's user can read and send all that a till needs. Changes nothing.
    Check(site::Arguments),
}

fn main() -> ExitCode {
    let Command::Site(Site::Check(arguments)) = Arguments::parse().command;
    match site::check(&arguments, &mut std::io::stdout().lock()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("evertill-setup: {error:#}");
            ExitCode::FAILURE
        }
    }
}
