//! `evertill-setup site check`: reads a site as a till would, without keeping anything.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use erpnext::https::{Client, Roots, SiteConfig};
use erpnext::push::{key_field_present, key_field_probe};
use erpnext::{Problem, Pull, PullChange, PullConfig, PullStep, SiteClock, Transport};

/// Which site, and as whom.
#[derive(clap::Args)]
pub struct Arguments {
    /// The address of the site, `https://...`.
    #[arg(long)]
    url: String,
    /// The file that holds `key:secret` of the till's user.
    #[arg(long, value_name = "FILE")]
    key_file: PathBuf,
    /// The POS Profile of the till.
    #[arg(long, value_name = "NAME")]
    pos_profile: String,
    /// A file of certificates (PEM) to trust besides the system's.
    #[arg(long, value_name = "FILE")]
    certificates: Option<PathBuf>,
}

/// Reads the site and reports what a till would find; says whether it could sell and send.
///
/// # Errors
/// When a file cannot be read, the address is none, or the report cannot be written. What is wrong
/// with the site is in the report.
pub fn check(arguments: &Arguments, report: &mut dyn Write) -> anyhow::Result<bool> {
    let read = |path: &PathBuf| {
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
    };
    let mut site = SiteConfig::new(&arguments.url, read(&arguments.key_file)?.trim())?;
    if let Some(certificates) = &arguments.certificates {
        site.roots = Roots::from_pem(read(certificates)?.as_bytes())?;
    }
    self::report(&mut Client::new(site)?, &arguments.pos_profile, report)
}

/// The same over any transport.
///
/// # Errors
/// When the report cannot be written.
pub fn report(
    transport: &mut impl Transport,
    pos_profile: &str,
    report: &mut dyn Write,
) -> anyhow::Result<bool> {
    let found = look(transport, pos_profile);
    for (doctype, count) in &found.masters {
        writeln!(report, "{doctype}: {count}")?;
    }
    for skipped in &found.skipped {
        writeln!(report, "cannot be read and would be left out: {skipped}")?;
    }
    for problem in &found.problems {
        writeln!(report, "PROBLEM: {problem}\n  {}", problem.remedy())?;
    }
    if found.problems.is_empty() {
        writeln!(
            report,
            "A till with this user and POS Profile can sell and send."
        )?;
    }
    Ok(found.problems.is_empty())
}

#[derive(Default)]
struct Found {
    masters: BTreeMap<&'static str, usize>,
    skipped: Vec<String>,
    problems: Vec<Problem>,
}

fn look(transport: &mut impl Transport, pos_profile: &str) -> Found {
    let mut found = Found::default();
    let config = PullConfig {
        pos_profile: pos_profile.to_owned(),
        reconcile_every: u32::MAX,
    };
    let mut pull = Pull::new(config, [], []);
    pull.begin(SiteClock {
        now: jiff::Timestamp::now(),
        time_zone: jiff::tz::TimeZone::UTC,
    });
    while let PullStep::Send(request) = pull.next() {
        let reply = transport.send(&request);
        for change in pull.on_reply(reply) {
            match change {
                PullChange::Page {
                    doctype, masters, ..
                } => {
                    *found.masters.entry(doctype.name()).or_default() += masters.len();
                }
                PullChange::Skipped(error) => found.skipped.push(error.to_string()),
                PullChange::Problem(problem) | PullChange::Failed { problem, .. } => {
                    found.problems.push(problem);
                }
                PullChange::Retain { .. }
                | PullChange::Ended { .. }
                | PullChange::Progress { .. } => {}
            }
        }
    }
    if let Err(problem) = key_field_present(transport.send(&key_field_probe())) {
        found.problems.push(problem);
    }
    found
}
