//! What a rehearsal in the machine told of its sales (`evertill demo --rehearse`), and whether what
//! is found after a cut agrees with it.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::disk;

/// Where a rehearsal has its data, in the machine.
pub const FOLDER: &str = "/data/rehearsal";

/// What is durable: how many receipts there are, and the open cart.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Durable {
    /// Sales that were committed.
    pub receipts: u64,
    /// The cart with what was tendered, as the till keeps it; null when there is none.
    pub cart: Value,
}

/// What was told so far.
#[derive(Clone, Default)]
pub struct Truth {
    /// What was durable last.
    pub durable: Durable,
    /// Whether something was being done that may or may not have become durable.
    pub pending: bool,
}

/// One line of what a rehearsal tells; `None` for what is none.
pub fn line(text: &str) -> Option<Value> {
    let start = text.find(['{', '"'])?;
    let told: Value = serde_json::from_str(text.get(start..)?.trim()).ok()?;
    let known = ["started", "intends", "kept", "sold"];
    let is_known = told == "shift_opened" || known.iter().any(|name| told.get(name).is_some());
    is_known.then_some(told)
}

impl Truth {
    /// Takes a line in. A life's first line is what it found, which must agree with what was told.
    pub fn hear(&mut self, told: &Value) -> anyhow::Result<()> {
        if let Some(found) = told.get("started") {
            self.check(found)?;
            self.durable = Durable {
                receipts: found["receipts"].as_u64().context("no receipts")?,
                cart: found["cart"].clone(),
            };
            self.pending = false;
        } else if told.get("intends").is_some() {
            self.pending = true;
        } else if let Some(cart) = told.get("kept") {
            self.durable.cart = cart.clone();
            self.pending = false;
        } else if told.get("sold").is_some() {
            self.durable.receipts += 1;
            self.durable.cart = Value::Null;
            self.pending = false;
        }
        Ok(())
    }

    /// Whether exactly what was told is found.
    pub fn is(&self, found: &Value) -> bool {
        found["receipts"] == self.durable.receipts && found["cart"] == self.durable.cart
    }

    /// Whether what was found can be after what was told.
    pub fn check(&self, found: &Value) -> anyhow::Result<()> {
        let receipts = found["receipts"].as_u64().context("no receipts")?;
        let cart = &found["cart"];
        let as_told = receipts == self.durable.receipts && *cart == self.durable.cart;
        let sold_more = receipts == self.durable.receipts + 1 && cart.is_null();
        let cart_moved_on = receipts == self.durable.receipts;
        ensure!(
            as_told || (self.pending && (sold_more || cart_moved_on)),
            "{} receipts were durable, {receipts} are found; the cart {} what was kept",
            self.durable.receipts,
            if *cart == self.durable.cart {
                "is"
            } else {
                "is not"
            }
        );
        Ok(())
    }
}

/// What is found on a disk whose power was cut; `work` is an empty folder.
pub fn found_on(image: &Path, work: &Path, evertill: &Path) -> anyhow::Result<Value> {
    let place = *disk::partitions(image)?
        .get("data")
        .context("no data partition")?;
    let data = work.join("data.ext4");
    disk::extract(image, place, &data)?;
    found(&data, work, evertill)
}

/// What is found on a data partition whose power was cut, by the file system's own checker, which puts
/// it right, and the till's own program.
pub fn found(data: &Path, work: &Path, evertill: &Path) -> anyhow::Result<Value> {
    let checked = Command::new("e2fsck")
        .args(["-p"])
        .arg(data)
        .env("PATH", "/usr/sbin:/sbin:/usr/bin:/bin")
        .output()
        .context("e2fsck cannot be run")?;
    ensure!(
        matches!(checked.status.code(), Some(0..=2)),
        "the data partition cannot be put right without a person: {}",
        String::from_utf8_lossy(&checked.stdout)
    );
    let copy = work.join("found");
    std::fs::create_dir_all(&copy)?;
    // The partition is /data in the machine.
    let folder = FOLDER.trim_start_matches("/data");
    let request = format!("rdump {folder} {}", copy.display());
    disk::run(Command::new("debugfs").args(["-R", &request]).arg(data))?;
    let till = copy.join("rehearsal");
    ensure!(till.exists(), "{FOLDER} is not on the disk");
    let told = disk::run(Command::new(evertill).args(["--data"]).arg(&till).args([
        "demo",
        "--rehearse",
        "0",
    ]))?;
    let told = String::from_utf8_lossy(&told).into_owned();
    let started = told.lines().find_map(|text| {
        let told = line(text)?;
        told.get("started").cloned()
    });
    started.context("the till did not say what it found")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cut_may_take_what_was_being_done_and_nothing_else() {
        let mut truth = Truth::default();
        let told = [
            json!({"started": {"receipts": 0, "cart": null}}),
            json!({"intends": {"scan": "1"}}),
            json!({"kept": {"lines": 1}}),
            json!({"intends": "complete"}),
            json!({"sold": 1}),
        ];
        for told in &told {
            truth.hear(told).unwrap();
        }
        assert!(truth.check(&json!({"receipts": 1, "cart": null})).is_ok());
        assert!(
            truth
                .check(&json!({"receipts": 0, "cart": {"lines": 1}}))
                .is_err()
        );
        assert!(truth.check(&json!({"receipts": 2, "cart": null})).is_err());
        truth.hear(&json!({"intends": "complete"})).unwrap();
        assert!(truth.check(&json!({"receipts": 2, "cart": null})).is_ok());
        assert!(truth.check(&json!({"receipts": 0, "cart": null})).is_err());
        assert_eq!(line("# {\"sold\":7}\r"), Some(json!({"sold": 7})));
        assert_eq!(line("sh: not found"), None);
    }
}
