//! The way into a site.

use std::path::{Path, PathBuf};

use erpnext::https::{Client, Roots, SiteConfig};

use zeroize::Zeroizing;

use crate::Error;

/// Which site.
#[derive(clap::Args)]
pub struct Access {
    /// The address of the site, `https://...`.
    #[arg(long)]
    url: String,
    /// A file of certificates (PEM) to trust besides the system's.
    #[arg(long, value_name = "FILE")]
    certificates: Option<PathBuf>,
}

impl Access {
    /// The site, and how it is reached, without anybody's key.
    ///
    /// # Errors
    /// When the file of certificates cannot be read, or what is in it or the address cannot be
    /// right.
    pub fn site(&self) -> Result<SiteConfig, Error> {
        self.trusting(SiteConfig::without_key(&self.url)?)
    }

    /// A client that comes with the `key:secret` of this file. Keys are in files because every
    /// user of a machine can read the arguments of its programs.
    ///
    /// # Errors
    /// When a file cannot be read, or what is in it or the address cannot be right.
    pub fn client(&self, key_file: &Path) -> Result<Client, Error> {
        let key = Zeroizing::new(read(key_file)?);
        let site = self.trusting(SiteConfig::new(&self.url, key.trim())?)?;
        Ok(Client::new(site)?)
    }

    fn trusting(&self, mut site: SiteConfig) -> Result<SiteConfig, Error> {
        if let Some(certificates) = &self.certificates {
            site.roots = Roots::from_pem(read(certificates)?.as_bytes())?;
        }
        Ok(site)
    }

    /// Whether certificates are trusted here that the system does not trust.
    pub fn has_certificates(&self) -> bool {
        self.certificates.is_some()
    }
}

fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|reason| Error::File {
        path: path.to_owned(),
        reason,
    })
}
