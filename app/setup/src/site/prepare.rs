//! `evertill-setup site prepare`: gives a site what tills need.

use std::io::Write;

use erpnext::Transport;
use serde_json::json;

use super::standing::Standing;
use crate::Error;

/// How a command that changes a site is carried out.
#[derive(Clone, Copy, Default, Debug, clap::Args)]
pub struct Manner {
    /// Only say what would be done.
    #[arg(long)]
    pub dry_run: bool,
    /// Say it as one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Creates the fields, the role and its permissions that are missing, and corrects those that
/// differ. A second time it changes nothing and says so.
///
/// # Errors
/// What the site refuses; what was done before stands.
pub fn prepare(
    site: &mut dyn Transport,
    manner: Manner,
    report: &mut dyn Write,
) -> Result<(), Error> {
    let steps = Standing::read(site)?.steps()?;
    let words: Vec<String> = steps.iter().map(|step| step.words()).collect();
    carry_out(manner, report, &words, "The site is prepared.", |place| {
        steps[place].apply(site)
    })
}

/// Does what the words say, telling each step when it is done.
pub(super) fn carry_out(
    manner: Manner,
    report: &mut dyn Write,
    words: &[String],
    good: &str,
    mut apply: impl FnMut(usize) -> Result<(), Error>,
) -> Result<(), Error> {
    for (place, words) in words.iter().enumerate() {
        if !manner.dry_run {
            apply(place)?;
        }
        if !manner.json {
            let lead = if manner.dry_run { "would" } else { "done:" };
            writeln!(report, "{lead} {words}")?;
        }
    }
    if manner.json {
        let whole = json!({ "dry_run": manner.dry_run, "steps": words });
        writeln!(report, "{whole}")?;
    } else if words.is_empty() {
        writeln!(report, "{good} There was nothing to do.")?;
    } else if manner.dry_run {
        writeln!(report, "Nothing was changed.")?;
    } else {
        writeln!(report, "{good}")?;
    }
    Ok(())
}
