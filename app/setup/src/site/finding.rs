//! What a check found, in sentences.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::{Value, json};

/// Something about a site that a till would suffer from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Whether a till cannot sell and send rightly before it is put right.
    pub must: bool,
    /// What it is.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl Finding {
    /// A till cannot sell and send rightly with this.
    pub(super) fn must(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            must: true,
            what: what.into(),
            remedy: remedy.into(),
        }
    }

    /// Worth to know.
    pub(super) fn note(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            must: false,
            ..Self::must(what, remedy)
        }
    }
}

/// What a check found.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Report {
    /// How many documents of each doctype a till would download.
    pub masters: BTreeMap<&'static str, usize>,
    /// Documents that a till would leave out, and why.
    pub skipped: Vec<String>,
    /// How the site rounds, in its own words, as far as the one who asked may know.
    pub rounding_method: Option<String>,
    /// The pins of the certificates that the site shows now, its own first; empty where nobody
    /// asked.
    pub pins: Vec<String>,
    /// What is wrong or worth to know.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether a till could sell and send.
    pub fn is_good(&self) -> bool {
        !self.findings.iter().any(|finding| finding.must)
    }

    /// Writes it for people.
    ///
    /// # Errors
    /// What the system says about writing.
    pub fn write(&self, target: &mut dyn Write) -> std::io::Result<()> {
        for (doctype, count) in &self.masters {
            writeln!(target, "{doctype}: {count}")?;
        }
        if let Some(method) = &self.rounding_method {
            writeln!(target, "rounding: {method}")?;
        }
        for (pin, whose) in self.pins.iter().zip(["the site's key", "its issuer's key"]) {
            writeln!(target, "pin of {whose}: {pin}")?;
        }
        for skipped in &self.skipped {
            writeln!(target, "cannot be read and would be left out: {skipped}")?;
        }
        for Finding { must, what, remedy } in &self.findings {
            let kind = if *must { "PROBLEM" } else { "NOTE" };
            writeln!(target, "{kind}: {what}\n  {remedy}")?;
        }
        if self.is_good() {
            writeln!(
                target,
                "A till with this user and POS Profile can sell and send."
            )?;
        }
        Ok(())
    }

    /// The same as one JSON object.
    pub fn to_json(&self) -> Value {
        let finding = |Finding { must, what, remedy }: &Finding| json!({ "must": must, "what": what, "remedy": remedy });
        json!({
            "good": self.is_good(),
            "masters": self.masters,
            "skipped": self.skipped,
            "rounding_method": self.rounding_method,
            "pins": self.pins,
            "findings": self.findings.iter().map(finding).collect::<Vec<_>>(),
        })
    }
}
