//! Making the box a till: its secrets into the vault, then its configuration. Only the second makes
//! it one, so that a power cut in between leaves a box that is enrolled again.

use std::path::Path;

use appliance::vault::{SecretName, Vault};
use erpnext::https::{Client, ClientCertificate, Pin, Roots, SiteConfig};
use erpnext::office::LastReceipt;

use super::{Failure, sentence};
use crate::config::ScannerConfig;
use crate::preset::{Enrolled, Preset};
use crate::start::{Folder, StartError};

/// A site as the preset has it trusted; `vault` may hold the certificate that it is shown.
pub(super) fn site(
    data: &Path,
    preset: &Preset,
    site: SiteConfig,
    pins: &[Pin],
    vault: Option<&Vault>,
) -> Result<SiteConfig, Failure> {
    let read = |file: &Path| {
        let path = data.join(file);
        std::fs::read(&path).map_err(|error| Failure {
            sentence: format!("{} cannot be read: {error}.", path.display()),
            remedy: format!("Correct {}, or leave the file out.", Preset::FILE),
        })
    };
    let unusable = |error: erpnext::https::SiteError| Failure {
        sentence: sentence(&error.to_string()),
        remedy: format!("Correct {}.", Preset::FILE),
    };
    let mut site = site;
    let known = preset.config().site.as_ref();
    if let Some(file) = known.and_then(|known| known.certificates.as_ref()) {
        site.roots = Roots::from_pem(&read(file)?).map_err(unusable)?;
    }
    if let Some(file) = known.and_then(|known| known.client_certificate.as_ref()) {
        // A till has taken it over already.
        let kept = vault.and_then(|vault| vault.get(SecretName::ClientCertificate));
        let certificate = match kept.filter(|_| !data.join(file).exists()) {
            Some(kept) => ClientCertificate::from_pem(kept),
            None => ClientCertificate::from_pem(&read(file)?),
        };
        site.client = Some(certificate.map_err(unusable)?);
    }
    site.pins = pins.to_vec();
    Ok(site)
}

/// The client of a site.
pub(super) fn client(site: SiteConfig) -> Result<Client, Failure> {
    Client::new(site).map_err(|error| Failure {
        sentence: sentence(&error.to_string()),
        remedy: "Correct the address.".to_owned(),
    })
}

/// Opens the data folder, making what it lacks.
pub(super) fn folder(data: &Path, preset: &Preset) -> Result<Folder, Failure> {
    Folder::open(data, &preset.config().secrets.sealing()).map_err(failure)
}

/// Lets receipts begin above those of another box, with a round number.
pub(super) fn number_receipts(
    folder: &mut Folder,
    last: Option<LastReceipt>,
) -> Result<(), Failure> {
    let store = folder.store();
    let Some(last) = last.filter(|last| last.installation != store.installation()) else {
        return Ok(());
    };
    let begun = store.begin_receipts_above(last.begin_above(), jiff::Timestamp::now());
    begun.map(drop).map_err(|error| failure(error.into()))
}

/// Writes the configuration that makes the box a till.
pub(super) fn configure(
    data: &Path,
    preset: &Preset,
    enrolled: Enrolled,
    scanner: Option<&ScannerConfig>,
) -> Result<(), Failure> {
    let config = preset.enrolled(enrolled, scanner);
    config.write(data).map_err(|error| failure(error.into()))
}

/// Why the box could not be changed.
pub(super) fn failure(error: StartError) -> Failure {
    let words = crate::fault::words(&error);
    Failure {
        sentence: sentence(&words.sentence),
        remedy: words.remedy,
    }
}
