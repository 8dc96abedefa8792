//! Where newer versions come from, as the configuration names it.

use std::path::PathBuf;

use appliance::updates::Hours;
use erpnext::https::SiteConfig;
use serde::{Deserialize, Serialize};

use super::hawkbit_config::HawkbitConfig;

/// Where newer versions come from.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UpdatesConfig {
    /// The folder on the web that has `release.json`, `https://updates.example.com/till`. `None`
    /// for sticks alone.
    pub url: Option<String>,
    /// A file of certificates (PEM) to trust besides the system's, in the data folder.
    pub certificates: Option<PathBuf>,
    /// Every day's hours, `"02:00-05:00"`, in which a newer version is installed by itself if no
    /// shift is open. `None` for when a manager says so.
    pub automatic: Option<String>,
    /// The fleet's server, in the place of a folder.
    pub hawkbit: Option<HawkbitConfig>,
}

impl UpdatesConfig {
    /// What is wrong with it, in words.
    pub(crate) fn problem(&self) -> Option<String> {
        if let Some(url) = &self.url
            && let Err(problem) = Place::at(url)
        {
            return Some(format!("[updates] url: {problem}"));
        }
        if self.url.is_some() && self.hawkbit.is_some() {
            return Some(
                "[updates] has url and hawkbit: leave one out, only one of them can say what is \
                 installed"
                    .to_owned(),
            );
        }
        if let Some(problem) = self.hawkbit.as_ref().and_then(HawkbitConfig::problem) {
            return Some(problem);
        }
        match self.automatic.as_deref().map(Hours::from_text) {
            Some(None) => {
                Some("[updates] automatic must be hours, for example \"02:00-05:00\"".to_owned())
            }
            _ => None,
        }
    }

    /// The hours in which it happens by itself.
    pub fn hours(&self) -> Option<Hours> {
        self.automatic.as_deref().and_then(Hours::from_text)
    }
}

/// A place on the web, in two parts.
pub(super) struct Place {
    pub(super) origin: String,
    pub(super) path: String,
}

impl Place {
    pub(super) fn at(url: &str) -> Result<Self, String> {
        let url = url.trim().trim_end_matches('/');
        let (scheme, rest) = url
            .split_once("://")
            .ok_or_else(|| format!("{url:?} is no address; it begins with https://"))?;
        let (host, path) = match rest.split_once('/') {
            Some((host, path)) => (host, format!("/{path}")),
            None => (rest, String::new()),
        };
        let origin = format!("{scheme}://{host}");
        SiteConfig::without_key(&origin).map_err(|error| error.to_string())?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte);
        if !path.bytes().all(plain) {
            return Err(format!(
                "{path:?} must have letters, digits, hyphens and slashes only"
            ));
        }
        Ok(Self { origin, path })
    }

    pub(super) fn address_of(&self, name: &str) -> String {
        format!("{}{}/{name}", self.origin, self.path)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_behind_tls() {
        let source = Place::at("https://updates.example.com:8443/till/stable/").unwrap();
        assert_eq!(
            source.address_of("a.raucb"),
            "https://updates.example.com:8443/till/stable/a.raucb"
        );
        let source = Place::at("https://updates.example.com").unwrap();
        assert_eq!(source.address_of("a"), "https://updates.example.com/a");
        for wrong in [
            "",
            "updates",
            "http://updates.example.com",
            "https://",
            "https://x/a?b",
            "https://x/a b",
            "https://u@x/",
        ] {
            assert!(Place::at(wrong).is_err(), "{wrong}");
        }
    }
}
