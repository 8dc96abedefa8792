//! `evertill-setup`: the integrator's command, run on a laptop against an ERPNext site.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use erpnext::Transport;
use erpnext::https::{Pin, presented_pins};
use setup::site::{self, Manner, StaffWish};
use setup::till::{self, Many, Till};
use setup::{Access, Error, journal, shop_key};

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
    /// What concerns a till at its site.
    #[command(subcommand)]
    Till(TillCommand),
    /// What concerns the key that the tills of a shop share.
    #[command(subcommand)]
    ShopKey(ShopKeyCommand),
    /// What concerns the journals of tills.
    #[command(subcommand)]
    Journal(Journal),
}

#[derive(Subcommand)]
enum TillCommand {
    /// Create the user of a till, link its POS Profile, and write its key or its enrolment sheet.
    Add {
        #[command(flatten)]
        access: Access,
        /// The file that holds `key:secret` of a System Manager.
        #[arg(long, value_name = "FILE")]
        admin_key_file: PathBuf,
        #[command(flatten)]
        till: Till,
    },
    /// Add all tills of a list, with a sheet for each.
    AddMany {
        #[command(flatten)]
        access: Access,
        /// The file that holds `key:secret` of a System Manager.
        #[arg(long, value_name = "FILE")]
        admin_key_file: PathBuf,
        #[command(flatten)]
        many: Many,
    },
}

#[derive(Subcommand)]
enum ShopKeyCommand {
    /// Make a new one in the place of one that somebody may have, and say what has to follow.
    Replace {
        /// The file that holds it; the one before is kept beside it.
        #[arg(long, value_name = "FILE")]
        shop_key_file: PathBuf,
    },
}

#[derive(Subcommand)]
enum Journal {
    /// Prove that an exported journal is whole and was signed by its till.
    Verify {
        /// The file that a till exported.
        file: PathBuf,
        /// The key that it must be signed by, as the till's Z reports show it. Again for a key that
        /// the till had later, after it lost its secrets.
        #[arg(long = "key", value_name = "FINGERPRINT")]
        keys: Vec<store::Fingerprint>,
        /// How many entries the journal had when a Z report was printed: the report's "Journal
        /// entries". Again for another report.
        #[arg(long, requires = "head")]
        entries: Vec<u64>,
        /// The hash that stands below them on that report. Spaces do not matter.
        #[arg(long, requires = "entries")]
        head: Vec<String>,
    },
}

#[derive(Subcommand)]
enum Site {
    /// Give a site the fields, the role and the permissions that tills need. Again: changes nothing.
    Prepare {
        #[command(flatten)]
        access: Access,
        /// The file that holds `key:secret` of a System Manager.
        #[arg(long, value_name = "FILE")]
        admin_key_file: PathBuf,
        #[command(flatten)]
        staff: StaffWish,
        #[command(flatten)]
        manner: Manner,
    },
    /// Check that a till's user can read and send all that a till needs. Changes nothing.
    Check {
        #[command(flatten)]
        access: Access,
        /// The file that holds `key:secret` of the till's user.
        #[arg(long, value_name = "FILE")]
        key_file: PathBuf,
        /// The POS Profile of the till.
        #[arg(long, value_name = "NAME")]
        pos_profile: String,
        /// The file that holds `key:secret` of a System Manager, to check what only one sees.
        #[arg(long, value_name = "FILE")]
        admin_key_file: Option<PathBuf>,
        /// Report as one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Take away what `prepare` and `till add` gave. Sales that were sent stay.
    Remove {
        #[command(flatten)]
        access: Access,
        /// The file that holds `key:secret` of a System Manager.
        #[arg(long, value_name = "FILE")]
        admin_key_file: PathBuf,
        /// Even though sales are not consolidated or shifts are open.
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        manner: Manner,
    },
}

fn main() -> ExitCode {
    appliance::hardening::keep_memory_private();
    let done = match Arguments::parse().command {
        Command::Site(command) => run(&command),
        Command::Till(command) => add_tills(command).map(|()| true),
        Command::ShopKey(ShopKeyCommand::Replace { shop_key_file }) => {
            shop_key::replace(&shop_key_file, &mut std::io::stdout().lock()).map(|()| true)
        }
        Command::Journal(Journal::Verify {
            file,
            keys,
            entries,
            head,
        }) => {
            let noted = journal::noted(&entries, &head);
            let mut report = std::io::stdout().lock();
            noted
                .and_then(|noted| journal::verify(&file, &keys, &noted, &mut report))
                .map(|()| true)
        }
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("evertill-setup: {error}.\n  {}", error.remedy());
            ExitCode::FAILURE
        }
    }
}

fn add_tills(command: TillCommand) -> Result<(), Error> {
    let now = jiff::Timestamp::now();
    let out = &mut std::io::stdout().lock();
    let access = match command {
        TillCommand::Add {
            access,
            admin_key_file,
            till,
        } => {
            let mut site = access.client(&admin_key_file)?;
            till::add(&mut site, &access.site()?, &till, now, out)?;
            access
        }
        TillCommand::AddMany {
            access,
            admin_key_file,
            many,
        } => {
            let mut site = access.client(&admin_key_file)?;
            till::add_many(&mut site, &access.site()?, many, now, out)?;
            access
        }
    };
    if access.has_certificates() {
        writeln!(
            out,
            "The box must trust the issuer of the site's certificate too: its certificate is on no sheet."
        )?;
    }
    Ok(())
}

/// Whether all is good.
fn run(command: &Site) -> Result<bool, Error> {
    let out = &mut std::io::stdout().lock();
    match command {
        Site::Prepare {
            access,
            admin_key_file,
            staff,
            manner,
        } => site::prepare(&mut access.client(admin_key_file)?, *staff, *manner, out)?,
        Site::Remove {
            access,
            admin_key_file,
            force,
            manner,
        } => site::remove(&mut access.client(admin_key_file)?, *force, *manner, out)?,
        Site::Check {
            access,
            key_file,
            pos_profile,
            admin_key_file,
            json,
        } => {
            let mut till = access.client(key_file)?;
            let mut administrator = match admin_key_file {
                Some(file) => Some(access.client(file)?),
                None => None,
            };
            let administrator = administrator
                .as_mut()
                .map(|client| client as &mut dyn Transport);
            let mut report = site::check(&mut till, administrator, pos_profile)?;
            // Why there are none, the report says already.
            let pins = presented_pins(&access.site()?).unwrap_or_default();
            report.pins = pins.iter().map(|pin| Pin(*pin).to_string()).collect();
            site::write_report(&report, *json, out)?;
            return Ok(report.is_good());
        }
    }
    Ok(true)
}
