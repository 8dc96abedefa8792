//! A folder on the web with a signed description.

use std::path::{Path, PathBuf};

use appliance::updates::{LONGEST_RELEASE, Release, ReleaseKey, SIGNATURE_LENGTH, System};
use erpnext::https::{Client, Roots, SiteConfig};

use super::source::Place;
use super::worker::Failure;
use super::{Offer, OfferedBy};
use crate::screens::words::sentence;

/// What to do where the configuration cannot be used.
pub(super) const CORRECT: &str = "Correct [updates] in till.toml.";

/// The folder.
pub(super) struct Folder {
    url: String,
    certificates: Option<PathBuf>,
}

impl Folder {
    pub(super) fn new(url: &str, certificates: Option<PathBuf>) -> Self {
        Self {
            url: url.to_owned(),
            certificates,
        }
    }

    /// What it offers, if that is newer and for this box.
    pub(super) fn look(&self, system: &System) -> Result<Option<Offer>, Failure> {
        let key = release_key(system)?;
        let place = Place::at(&self.url).map_err(|problem| (problem, CORRECT))?;
        let release = self.described(&place, key)?;
        let newer = release.version > system.version;
        if release.compatible != system.compatible {
            return Err((
                format!(
                    "The updates at {} are for {}, not for this box",
                    self.url, release.compatible
                ),
                "Correct the address in [updates] of till.toml.",
            ));
        }
        Ok(newer.then(|| Offer {
            from: OfferedBy::Folder(place.address_of(&release.bundle)),
            version: release.version,
            size: release.size,
            notes: release.notes,
            failed_before: false,
        }))
    }

    fn described(&self, place: &Place, key: ReleaseKey) -> Result<Release, Failure> {
        let site =
            SiteConfig::without_key(&place.origin).map_err(|error| (error.to_string(), CORRECT))?;
        let client = client(site, self.certificates.as_deref())?;
        let file = |name: &str, longest: usize| {
            let path = format!("{}/{name}", place.path);
            client.file(&path, longest as u64).map_err(|error| {
                (
                    format!("The updates cannot be looked at: {error}"),
                    "Check the network and the address in [updates] of till.toml.",
                )
            })
        };
        let description = file("release.json", LONGEST_RELEASE)?;
        let signature = file("release.json.sig", SIGNATURE_LENGTH)?;
        Release::read(&description, &signature, key)
            .map_err(|error| (sentence(&error.to_string()), error.remedy()))
    }
}

/// What proves descriptions.
pub(super) fn release_key(system: &System) -> Result<ReleaseKey, Failure> {
    system.release_key.ok_or((
        "This system takes updates from USB sticks only".to_owned(),
        "Put one with a bundle in.",
    ))
}

/// A client that trusts the certificates of this file, too.
pub(super) fn client(mut site: SiteConfig, certificates: Option<&Path>) -> Result<Client, Failure> {
    if let Some(file) = certificates {
        let pem = std::fs::read(file)
            .map_err(|error| (format!("{}: {error}", file.display()), CORRECT))?;
        site.roots = Roots::from_pem(&pem).map_err(|error| (error.to_string(), CORRECT))?;
    }
    Client::new(site).map_err(|error| (error.to_string(), CORRECT))
}
