//! The counter's device set-up, taken from one till to another: `evertill devices export` and
//! `import`, and the Devices place.

use std::path::{Path, PathBuf};

use thiserror::Error;
use toml::{Table, Value};

use crate::config::{Config, ConfigError};
use crate::preset::write_whole;

/// The tables of `till.toml` that tell of devices.
pub const TABLES: [&str; 7] = [
    "printer",
    "drawer",
    "scanner",
    "scale",
    "line_display",
    "customer_screen",
    "terminal",
];
/// What people call them, in the same order.
const NAMES: [&str; 7] = [
    "Receipt printer",
    "Cash drawer",
    "Scanners",
    "Scale",
    "Line display",
    "Customer's screen",
    "Card terminal",
];
/// The name of the configuration that an import replaced.
const OLD: &str = "till.toml.old";
/// The largest file that is read.
const LARGEST: u64 = 256 * 1024;

/// Why a device set-up was not taken, or not given.
#[derive(Debug, Error)]
pub enum SetupError {
    /// The till's own configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no device set-up. The till is as it was.
    #[error("{} was not taken, and the till is as it was: {problem}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what to do.
        problem: String,
    },
}

/// The device set-up of a data folder as the text of a file.
///
/// # Errors
/// [`SetupError::Config`] when there is no configuration, or one that cannot be used.
pub fn export(data: &Path) -> Result<String, SetupError> {
    let config = Config::read(data)?;
    let path = data.join(Config::FILE);
    let mut table = table_of(&config).map_err(|problem| ConfigError::Wrong { path, problem })?;
    table.retain(|name, _| is_of_devices(name));
    let head = format!(
        "# The devices of till {}. `evertill devices import FILE` gives them to another till.\n",
        config.till
    );
    Ok(format!("{head}\n{table}"))
}

/// Writes the device set-up of a data folder to a file, whole or not at all.
///
/// # Errors
/// As [`export`], and when the file cannot be written.
pub fn export_to(data: &Path, file: &Path) -> Result<(), SetupError> {
    let text = export(data)?;
    write_whole(file, text.as_bytes()).map_err(|source| SetupError::File {
        path: file.to_owned(),
        source,
    })
}

/// Takes the device set-up of a file into a data folder: all of its device tables take the place
/// of those that are there, and what it has none of is gone. The configuration that was there is
/// kept as `till.toml.old`. It counts from the next start on.
///
/// # Errors
/// [`SetupError`] when the file is no device set-up, or the till cannot be so; then nothing was
/// changed.
pub fn import(data: &Path, file: &Path) -> Result<(), SetupError> {
    Planned::read(data, file)?.take(data)
}

/// A device set-up that can be taken, and what it changes.
#[derive(Clone, PartialEq, Debug)]
pub struct Planned {
    /// The file it came from.
    pub file: PathBuf,
    /// The kinds of devices that the till or the file has, and what becomes of each, in words.
    pub changes: Vec<(&'static str, String)>,
    tables: Table,
}

impl Planned {
    /// Reads a file, and looks whether the till of a data folder can be so.
    ///
    /// # Errors
    /// [`SetupError`] when the file is no device set-up, or the till cannot be so.
    pub fn read(data: &Path, file: &Path) -> Result<Self, SetupError> {
        let failed = |source| SetupError::File {
            path: file.to_owned(),
            source,
        };
        let wrong = |problem: String| SetupError::Wrong {
            path: file.to_owned(),
            problem,
        };
        let length = std::fs::metadata(file).map_err(failed)?.len();
        if length > LARGEST {
            return Err(wrong("it is too large for a device set-up".to_owned()));
        }
        let text = std::fs::read_to_string(file).map_err(failed)?;
        let tables: Table = text
            .parse()
            .map_err(|error: toml::de::Error| wrong(error.to_string()))?;
        if let Some(other) = tables.keys().find(|name| !is_of_devices(name)) {
            return Err(wrong(format!(
                "{other:?} is no table of devices; leave only {}",
                TABLES.join(", ")
            )));
        }
        let mut planned = Self {
            file: file.to_owned(),
            changes: Vec::new(),
            tables,
        };
        let (before, next) = planned.next(data)?;
        planned.changes = changes(&before, &next, &planned.tables).map_err(wrong)?;
        Ok(planned)
    }

    /// Takes it into a data folder, as [`import`] does.
    ///
    /// # Errors
    /// [`SetupError`] when the till cannot be so; then nothing was changed.
    pub fn take(&self, data: &Path) -> Result<(), SetupError> {
        let (_, next) = self.next(data)?;
        let present = data.join(Config::FILE);
        let old = data.join(OLD);
        let new = data.join("till.toml.old.new");
        std::fs::copy(&present, &new)
            .and_then(|_| std::fs::File::open(&new)?.sync_all())
            .and_then(|()| std::fs::rename(&new, &old))
            .map_err(|source| SetupError::File { path: old, source })?;
        Ok(next.write(data)?)
    }

    /// The configuration of a data folder, and what it becomes.
    fn next(&self, data: &Path) -> Result<(Config, Config), SetupError> {
        let wrong = |problem: String| SetupError::Wrong {
            path: self.file.clone(),
            problem,
        };
        let before = Config::read(data)?;
        let mut table = table_of(&before).map_err(wrong)?;
        table.retain(|name, _| !is_of_devices(name));
        table.extend(self.tables.clone());
        let next = Config::parse(&table.to_string(), data).map_err(wrong)?;
        Ok((before, next))
    }
}

/// What becomes of each kind of device, in the words of the file.
fn changes(
    before: &Config,
    next: &Config,
    file: &Table,
) -> Result<Vec<(&'static str, String)>, String> {
    let (before, next) = (table_of(before)?, table_of(next)?);
    let said = |table: &str, new: &Value| in_words(file.get(table).unwrap_or(new));
    let named = TABLES.iter().zip(NAMES);
    Ok(named
        .filter_map(|(table, name)| {
            let what = match (before.get(*table), next.get(*table)) {
                (None, None) => return None,
                (Some(old), Some(new)) if old == new => "Stays as it is.".to_owned(),
                (Some(_), Some(new)) => format!("Changes to: {}.", said(table, new)),
                (None, Some(new)) => format!("New: {}.", said(table, new)),
                (Some(_), None) => "Is taken away.".to_owned(),
            };
            Some((name, what))
        })
        .collect())
}

/// A device's table on one line.
fn in_words(value: &Value) -> String {
    match value {
        Value::Table(table) => {
            let entries = table.iter().map(|(key, value)| match key.as_str() {
                "password" => "password (not shown)".to_owned(),
                key => format!("{} {}", key.replace('_', " "), in_words(value)),
            });
            match table.is_empty() {
                true => "as usual".to_owned(),
                false => entries.collect::<Vec<_>>().join(", "),
            }
        }
        Value::Array(values) => {
            let values: Vec<_> = values.iter().map(in_words).collect();
            match values.is_empty() {
                true => "none".to_owned(),
                false => values.join(" and "),
            }
        }
        Value::String(text) => text.clone(),
        Value::Boolean(true) => "yes".to_owned(),
        Value::Boolean(false) => "no".to_owned(),
        other => other.to_string(),
    }
}

fn is_of_devices(table: &str) -> bool {
    TABLES.contains(&table)
}

fn table_of(config: &Config) -> Result<Table, String> {
    match Value::try_from(config) {
        Ok(Value::Table(table)) => Ok(table),
        Ok(_) => Err("the configuration is no table".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn till(folder: &Path, name: &str, tables: &str) -> PathBuf {
        let data = folder.join(name);
        fs::create_dir_all(&data).unwrap();
        let text = format!("till = {name:?}\npos_profile = \"Counter 1\"\n{tables}");
        fs::write(data.join(Config::FILE), text).unwrap();
        data
    }

    #[test]
    fn the_devices_of_one_till_become_those_of_another_and_the_old_file_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let one = till(
            folder.path(),
            "C1",
            "[site]\nurl = \"https://erp.example.com\"\nkey_file = \"/etc/key\"\n\
             [printer]\naddress = \"192.168.1.50:9100\"\nprofile = \"epson-tm-t20\"\n\
             [[scanner]]\nport = \"/dev/ttyACM0\"\n[[scanner]]\nusb = \"05f9:4204\"\nkind = \"hid-pos\"\n\
             [scale]\nprofile = \"nci\"\nport = \"/dev/ttyS1\"\n",
        );
        let two = till(
            folder.path(),
            "C2",
            "[screen]\ntheme = \"dark\"\n[drawer]\nport = \"/dev/ttyS3\"\n",
        );
        let file = folder.path().join("devices.toml");
        export_to(&one, &file).unwrap();
        let text = fs::read_to_string(&file).unwrap();
        assert!(
            !text.contains("erp.example.com") && !text.contains("key"),
            "{text}"
        );
        let before = fs::read_to_string(two.join(Config::FILE)).unwrap();
        let planned = Planned::read(&two, &file).unwrap();
        let told = |name: &str| {
            let change = planned.changes.iter().find(|change| change.0 == name);
            change.unwrap().1.as_str()
        };
        assert!(told("Receipt printer").starts_with("New: address 192.168.1.50:9100"));
        assert_eq!(told("Cash drawer"), "Is taken away.");
        assert!(told("Scanners").contains(" and kind hid-pos, usb 05f9:4204"));
        assert_eq!(planned.changes.len(), 4);
        assert_eq!(fs::read_to_string(two.join(Config::FILE)).unwrap(), before);
        import(&two, &file).unwrap();
        let (from, to) = (Config::read(&one).unwrap(), Config::read(&two).unwrap());
        assert_eq!(
            (&to.printer, &to.scanners, &to.scale),
            (&from.printer, &from.scanners, &from.scale)
        );
        assert_eq!((to.till.as_str(), to.drawer, to.site), ("C2", None, None));
        assert_eq!(to.screen.theme, crate::config::Theme::Dark);
        assert_eq!(fs::read_to_string(two.join(OLD)).unwrap(), before);
    }

    #[test]
    fn what_is_no_device_set_up_changes_nothing_and_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let data = till(folder.path(), "C1", "[scanner]\nport = \"/dev/ttyACM0\"\n");
        let before = fs::read_to_string(data.join(Config::FILE)).unwrap();
        let file = folder.path().join("devices.toml");
        for (text, told) in [
            (
                "[site]\nurl = \"https://evil.example\"",
                "\"site\" is no table of devices",
            ),
            ("till = \"C9\"", "\"till\" is no table of devices"),
            ("[printer]\nprofile = \"generic80\"", "needs either a port"),
            (
                "[scale]\nprofile = \"kern\"\nport = \"/dev/ttyS1\"",
                "there are toledo-8217",
            ),
            ("[printer", "printer"),
            (
                "[printer]\nport = \"/dev/ttyS0\"\n[scale]\nprofile = \"nci\"\nport = \"/dev/ttyS0\"",
                "[printer] and [scale] both name /dev/ttyS0",
            ),
        ] {
            fs::write(&file, text).unwrap();
            let problem = import(&data, &file).unwrap_err().to_string();
            assert!(problem.contains(told), "{text}: {problem}");
            assert!(problem.contains("the till is as it was"), "{problem}");
            assert_eq!(fs::read_to_string(data.join(Config::FILE)).unwrap(), before);
        }
        assert!(import(&data, &folder.path().join("none")).is_err());
        assert!(!data.join(OLD).exists());
    }
}
