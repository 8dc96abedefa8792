//! `evertill-setup site prepare`: gives a site what tills need.

use std::io::Write;

use erpnext::Transport;
use serde_json::json;

use super::standing::Standing;
use super::wanted::Staff;
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

/// What tills are to know of the staff. Without a wish it stays as it is; a site that is prepared
/// for the first time lets tills read who may work at them.
#[derive(Clone, Copy, Default, Debug, clap::Args)]
#[group(multiple = false)]
pub struct StaffWish {
    /// Let a PIN that is set at one till hold at all. Tills may then change Employee: whoever gets
    /// the key of one can read and change every field of it.
    #[arg(long)]
    pub share_pins: bool,
    /// Let a PIN hold at the till where it was set; tills only read Employee.
    #[arg(long)]
    pub keep_pins_apart: bool,
    /// Keep Employee from tills altogether; cashiers are set up at each till.
    #[arg(long)]
    pub no_staff: bool,
}

impl StaffWish {
    fn staff(self) -> Option<Staff> {
        match self {
            Self {
                share_pins: true, ..
            } => Some(Staff::SharePins),
            Self {
                keep_pins_apart: true,
                ..
            } => Some(Staff::Read),
            Self { no_staff: true, .. } => Some(Staff::Apart),
            _ => None,
        }
    }
}

/// Creates the fields, the role and its permissions that are missing, and corrects those that
/// differ. A second time it changes nothing and says so.
///
/// # Errors
/// What the site refuses; what was done before stands.
pub fn prepare(
    site: &mut dyn Transport,
    staff: StaffWish,
    manner: Manner,
    report: &mut dyn Write,
) -> Result<(), Error> {
    let standing = Standing::read(site)?;
    let staff = staff.staff().unwrap_or_else(|| standing.staff());
    let steps = standing.steps(staff)?;
    let words: Vec<String> = steps.iter().map(|step| step.words()).collect();
    carry_out(manner, report, &words, "The site is prepared.", |place| {
        steps[place].apply(site).map(|()| None)
    })
}

/// Does what the words say, telling each step when it is done; `apply` may tell in other words
/// what became of it.
pub(super) fn carry_out(
    manner: Manner,
    report: &mut dyn Write,
    words: &[String],
    good: &str,
    mut apply: impl FnMut(usize) -> Result<Option<String>, Error>,
) -> Result<(), Error> {
    let mut steps = Vec::new();
    for (place, words) in words.iter().enumerate() {
        let told = if manner.dry_run { None } else { apply(place)? };
        let words = told.unwrap_or_else(|| words.clone());
        if !manner.json {
            let lead = if manner.dry_run { "would" } else { "done:" };
            writeln!(report, "{lead} {words}")?;
        }
        steps.push(words);
    }
    if manner.json {
        let whole = json!({ "dry_run": manner.dry_run, "steps": steps });
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
