//! The way into a site.

use std::path::{Path, PathBuf};

use erpnext::https::{Client, Roots, SiteConfig};

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
    /// A client that comes with the `key:secret` of this file. Keys are in files because every
    /// user of a machine can read the arguments of its programs.
    ///
    /// # Errors
    /// When a file cannot be read, or what is in it or the address cannot be right.
    pub fn client(&self, key_file: &Path) -> Result<Client, Error> {
        Ok(Client::new(self.site(key_file)?)?)
    }

    /// What such a client is made of.
    ///
    /// # Errors
    /// As [`Access::client`].
    pub fn site(&self, key_file: &Path) -> Result<SiteConfig, Error> {
        let mut site = SiteConfig::new(&self.url, read(key_file)?.trim())?;
        if let Some(certificates) = &self.certificates {
            site.roots = Roots::from_pem(read(certificates)?.as_bytes())?;
        }
        Ok(site)
    }
}

fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|reason| Error::File {
        path: path.to_owned(),
        reason,
    })
}
