//! `preset.toml` in the data folder: what a box is told before it is enrolled, by its image or by
//! whoever prepares many of them. It is a `till.toml` without what the enrolment brings; none of it
//! is needed.

use std::io::Write;
use std::path::{Path, PathBuf};

use erpnext::https::Pin;
use toml::{Table, Value};

use crate::config::{Config, ConfigError, ScannerConfig, SiteConfig};

/// What stands in `till.toml` for what only the enrolment brings, so that a preset reads as one.
const OPEN: &str = "OPEN";

/// What enrolment takes over into `till.toml`.
#[derive(Clone, PartialEq, Debug)]
pub struct Preset(Config);

/// What makes a box a till, besides its secrets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Enrolled {
    /// The prefix of receipt numbers.
    pub till: String,
    /// The POS Profile.
    pub pos_profile: String,
    /// The site's address.
    pub url: String,
    /// Public keys of which the site or its issuer must have one; none for any that are trusted.
    pub pins: Vec<Pin>,
}

impl Preset {
    /// The file's name in the data folder.
    pub const FILE: &'static str = "preset.toml";

    /// Reads the preset of a data folder; nothing is preset where there is none.
    ///
    /// # Errors
    /// [`ConfigError`] names the file and what is wrong with it.
    pub fn read(data: &Path) -> Result<Self, ConfigError> {
        let path = data.join(Self::FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(ConfigError::Unreadable { path, source }),
        };
        let read = parse(&text).and_then(|config| match config.problem(data) {
            None => Ok(Self(config)),
            Some(problem) => Err(problem),
        });
        read.map_err(|problem| ConfigError::Wrong { path, problem })
    }

    /// What a till that is enrolled anew keeps: all but what the new sheet brings.
    pub fn of_till(config: &Config) -> Self {
        Self(config.clone())
    }

    /// What is preset; the till, its profile and its site's address are not.
    pub fn config(&self) -> &Config {
        &self.0
    }

    /// The configuration of a till that was enrolled so. A scanner that read the sheet becomes the
    /// till's scanner where none is preset.
    pub fn enrolled(&self, enrolled: Enrolled, scanner: Option<&ScannerConfig>) -> Config {
        let preset = self.0.clone();
        let site = preset.site.as_ref();
        Config {
            till: enrolled.till,
            pos_profile: enrolled.pos_profile,
            site: Some(SiteConfig {
                url: enrolled.url,
                key_file: None,
                certificates: site.and_then(|site| site.certificates.clone()),
                pins: enrolled.pins,
                client_certificate: site.and_then(|site| site.client_certificate.clone()),
            }),
            scanners: match preset.scanners.is_empty() {
                true => scanner.cloned().into_iter().collect(),
                false => preset.scanners,
            },
            ..preset
        }
    }
}

fn parse(text: &str) -> Result<Config, String> {
    let mut table: Table = text
        .parse()
        .map_err(|error: toml::de::Error| error.to_string())?;
    let brought = |key: &str| format!("{key} is not preset: the enrolment brings it");
    for key in ["till", "pos_profile"] {
        if table.insert(key.to_owned(), OPEN.into()).is_some() {
            return Err(brought(key));
        }
    }
    if let Some(Value::Table(site)) = table.get_mut("site") {
        for key in ["key_file", "pins"] {
            if site.contains_key(key) {
                return Err(brought(key));
            }
        }
        if site.insert("url".to_owned(), OPEN.into()).is_some() {
            return Err(brought("url"));
        }
    }
    table
        .try_into()
        .map_err(|error: toml::de::Error| error.to_string())
}

impl Config {
    /// Writes `till.toml`: the whole of it is on the disk when this answers, or none.
    ///
    /// # Errors
    /// [`ConfigError::Unwritable`], or [`ConfigError::Wrong`] when it says something that a till
    /// cannot be.
    pub fn write(&self, data: &Path) -> Result<(), ConfigError> {
        let path = data.join(Self::FILE);
        let wrong = |problem: String| ConfigError::Wrong {
            path: path.clone(),
            problem,
        };
        if let Some(problem) = self.problem(data) {
            return Err(wrong(problem));
        }
        let text = toml::to_string_pretty(self).map_err(|error| wrong(error.to_string()))?;
        let written = write_whole(&path, text.as_bytes());
        written.map_err(|source| ConfigError::Unwritable { path, source })
    }
}

/// Writes a file by way of a new one beside it: the whole of it is on the disk when this answers, or
/// the one that was there before.
///
/// # Errors
/// What the disk refuses.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let new = PathBuf::from(new);
    let mut file = std::fs::File::create(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&new, path)?;
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enrolled(till: &str) -> Enrolled {
        Enrolled {
            till: till.to_owned(),
            pos_profile: "Counter 1".to_owned(),
            url: "https://shop.example.com".to_owned(),
            pins: vec![Pin([7; 32])],
        }
    }

    #[test]
    fn what_is_preset_is_in_the_tills_configuration_and_what_the_enrolment_brings_is_not_preset() {
        let folder = tempfile::tempdir().unwrap();
        let preset = |text: &str| {
            std::fs::write(folder.path().join(Preset::FILE), text).unwrap();
            Preset::read(folder.path())
        };
        let read = preset(
            "[site]\ncertificates = \"own.pem\"\n[screen]\ntheme = \"dark\"\n[scanner]\nport = \"/dev/ttyS0\"\n",
        )
        .unwrap();
        let by_sheet = ScannerConfig::on("/dev/ttyACM0".into());
        read.enrolled(enrolled("C1"), Some(&by_sheet))
            .write(folder.path())
            .unwrap();
        let config = Config::read(folder.path()).unwrap();
        assert_eq!(
            (config.till.as_str(), config.pos_profile.as_str()),
            ("C1", "Counter 1")
        );
        let site = config.site.unwrap();
        assert_eq!(site.url, "https://shop.example.com");
        assert_eq!(site.pins, [Pin([7; 32])]);
        assert_eq!(site.certificates.unwrap().to_str(), Some("own.pem"));
        assert_eq!(config.scanners, [ScannerConfig::on("/dev/ttyS0".into())]);
        assert_eq!(config.screen.theme, crate::config::Theme::Dark);

        for text in [
            "till = \"C1\"",
            "[site]\nurl = \"https://a.example\"",
            "colour = 1",
        ] {
            assert!(preset(text).is_err(), "{text}");
        }
        std::fs::remove_file(folder.path().join(Preset::FILE)).unwrap();
        let none = Preset::read(folder.path()).unwrap();
        let config = none.enrolled(enrolled("C1"), Some(&by_sheet));
        assert_eq!(config.scanners, [by_sheet]);
        let refused = none.enrolled(enrolled("C 1"), None).write(folder.path());
        assert!(refused.unwrap_err().to_string().contains("letters, digits"));
    }
}
