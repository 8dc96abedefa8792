//! What is to be installed, as hawkBit describes it.

use serde::Deserialize;
use thiserror::Error;

use super::{ActionId, Address, NotUnderstood, read};
use crate::updates::Release;

/// The file that describes a release, and the one that proves it.
const DESCRIPTION: &str = "release.json";
const SIGNATURE: &str = "release.json.sig";
/// The most of a name that is told, in letters.
const LONGEST_NAME: usize = 100;

/// Why it is not to be installed yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Held {
    /// Its maintenance window is not open.
    UntilWindow,
    /// Only a download is wanted.
    DownloadOnly,
}

/// An assignment's software. Whether the server wants it installed at once (`forced`) or when it
/// suits (`attempt`) is the same to a till: when it suits is said by the shop.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Deployment {
    /// Not to be installed yet.
    pub held: Option<Held>,
    modules: Vec<Module>,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
struct Module {
    #[serde(default)]
    artifacts: Option<Vec<Artifact>>,
}

/// A file of a software module.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(from = "ArtifactAnswer")]
pub struct Artifact {
    /// Its name.
    pub filename: String,
    /// How long it is, in bytes.
    pub size: u64,
    /// Where it lies; `None` when that is not behind TLS.
    pub address: Option<Address>,
}

#[derive(Deserialize)]
struct ArtifactAnswer {
    filename: String,
    #[serde(default)]
    size: Option<u64>,
    #[serde(rename = "_links", default)]
    links: Option<ArtifactLinks>,
}

#[derive(Deserialize)]
struct ArtifactLinks {
    download: Option<Link>,
    #[serde(rename = "download-http")]
    download_http: Option<Link>,
}

#[derive(Deserialize)]
struct Link {
    href: String,
}

impl From<ArtifactAnswer> for Artifact {
    fn from(answer: ArtifactAnswer) -> Self {
        let links = answer
            .links
            .map(|links| [links.download, links.download_http]);
        let mut links = links.into_iter().flatten().flatten();
        Self {
            filename: answer.filename,
            size: answer.size.unwrap_or(0),
            address: links.find_map(|link| Address::from_text(&link.href)),
        }
    }
}

/// The files that prove and describe a release.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Files<'a> {
    /// `release.json`.
    pub description: &'a Address,
    /// `release.json.sig`.
    pub signature: &'a Address,
}

/// Why a till cannot install what was assigned.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum NotForTills {
    /// Not one software module.
    #[error("{0} software modules were assigned, and a till takes one")]
    Modules(usize),
    /// A file is missing.
    #[error("the software module has no file {0:?}")]
    NoFile(String),
    /// A file is there more than once.
    #[error("the software module has more than one file {0:?}")]
    Twice(String),
    /// It cannot be fetched safely.
    #[error("the address of {0:?} does not begin with https://")]
    NotEncrypted(String),
    /// It is not the one that is described.
    #[error("{0:?} is not as long as its description says")]
    OtherLength(String),
    /// Nothing is downloaded in advance.
    #[error("only a download was assigned, and a till keeps no bundle that it does not install")]
    DownloadOnly,
}

impl NotForTills {
    /// What to do about it, in hawkBit.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Modules(_) | Self::NoFile(_) | Self::Twice(_) | Self::OtherLength(_) => {
                "Make one software module of the three files of a release, and assign it anew."
            }
            Self::NotEncrypted(_) => {
                "Let hawkBit know its own address as devices see it, and assign it anew."
            }
            Self::DownloadOnly => "Assign it anew as forced or soft.",
        }
    }
}

impl Deployment {
    /// Reads the answer about an action.
    ///
    /// # Errors
    /// [`NotUnderstood`].
    pub fn read(bytes: &[u8], action: &ActionId) -> Result<Self, NotUnderstood> {
        #[derive(Deserialize)]
        struct Answer {
            id: String,
            deployment: Body,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Body {
            update: Option<String>,
            chunks: Vec<Module>,
            maintenance_window: Option<String>,
        }
        let Answer { id, deployment } = read(bytes)?;
        if id != action.as_str() {
            return Err(NotUnderstood::because(format!(
                "it was asked about action {action} and answers about {id:?}"
            )));
        }
        let held = match (deployment.update.as_deref(), deployment.maintenance_window) {
            (None | Some("attempt" | "forced"), _) => None,
            (Some("skip"), Some(_)) => Some(Held::UntilWindow),
            (Some("skip"), None) => Some(Held::DownloadOnly),
            (Some(other), _) => {
                let problem = format!("{other:?} is no way to handle an update");
                return Err(NotUnderstood::because(problem));
            }
        };
        Ok(Self {
            held,
            modules: deployment.chunks,
        })
    }

    /// The files that describe the release: those that an image's builder leaves to be published.
    ///
    /// # Errors
    /// [`NotForTills`].
    pub fn files(&self) -> Result<Files<'_>, NotForTills> {
        self.is_for_installing()?;
        Ok(Files {
            description: self.file(DESCRIPTION)?.1,
            signature: self.file(SIGNATURE)?.1,
        })
    }

    /// Where the bundle of a release lies.
    ///
    /// # Errors
    /// [`NotForTills`].
    pub fn bundle(&self, release: &Release) -> Result<&Address, NotForTills> {
        self.is_for_installing()?;
        let (artifact, address) = self.file(&release.bundle)?;
        if artifact.size != release.size {
            return Err(NotForTills::OtherLength(told(&artifact.filename)));
        }
        Ok(address)
    }

    fn is_for_installing(&self) -> Result<(), NotForTills> {
        match self.held {
            Some(Held::DownloadOnly) => Err(NotForTills::DownloadOnly),
            _ => Ok(()),
        }
    }

    fn file(&self, name: &str) -> Result<(&Artifact, &Address), NotForTills> {
        let [module] = self.modules.as_slice() else {
            return Err(NotForTills::Modules(self.modules.len()));
        };
        let artifacts = module.artifacts.iter().flatten();
        let mut named = artifacts.filter(|artifact| artifact.filename == name);
        let artifact = named.next();
        let artifact = artifact.ok_or_else(|| NotForTills::NoFile(told(name)))?;
        if named.next().is_some() {
            return Err(NotForTills::Twice(told(name)));
        }
        let address = artifact.address.as_ref();
        let address = address.ok_or_else(|| NotForTills::NotEncrypted(told(name)))?;
        Ok((artifact, address))
    }
}

fn told(name: &str) -> String {
    name.chars().take(LONGEST_NAME).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn file(name: &str, size: u64, relation: &str) -> Value {
        let scheme = if relation == "download" {
            "https"
        } else {
            "http"
        };
        let href = format!("{scheme}://fleet.example.com/artifacts/{name}");
        json!({"filename": name, "size": size, "hashes": {"sha1": "0"},
            "_links": {relation: {"href": href}}})
    }

    fn release() -> Release {
        serde_json::from_value(
            json!({"compatible": "evertill-x86-64-efi", "version": "0.2.0",
            "bundle": "a.raucb", "size": 64}),
        )
        .unwrap()
    }

    fn read(deployment: &Value) -> Result<Deployment, NotUnderstood> {
        let answer = json!({"id": "8", "deployment": deployment, "actionHistory": null});
        let action = ActionId::from_text("8").unwrap();
        Deployment::read(answer.to_string().as_bytes(), &action)
    }

    fn files() -> Vec<Value> {
        ["release.json", "release.json.sig", "a.raucb"]
            .map(|name| file(name, 64, "download"))
            .to_vec()
    }

    #[test]
    fn the_three_files_of_a_release_are_found_in_one_software_module() {
        let module =
            json!({"part": "os", "version": "0.2.0", "name": "till", "artifacts": files()});
        let deployment = read(&json!({"update": "forced", "chunks": [module]})).unwrap();
        let found = deployment.files().unwrap();
        assert_eq!(found.description.path, "/artifacts/release.json");
        assert_eq!(found.signature.path, "/artifacts/release.json.sig");
        assert_eq!(
            deployment.bundle(&release()).unwrap().path,
            "/artifacts/a.raucb"
        );
        assert_eq!(deployment.held, None);
        let two = read(&json!({"update": "attempt", "chunks": [module, module]})).unwrap();
        assert_eq!(two.files(), Err(NotForTills::Modules(2)));
        let longer = Release {
            size: 65,
            ..release()
        };
        let refused = deployment.bundle(&longer).unwrap_err();
        assert_eq!(refused, NotForTills::OtherLength("a.raucb".to_owned()));
        let without = |files: Vec<Value>| {
            let deployment = read(&json!({"chunks": [{"artifacts": files}]})).unwrap();
            deployment.files().map(|_| ()).unwrap_err()
        };
        assert_eq!(
            without(vec![file("a.raucb", 64, "download")]),
            NotForTills::NoFile("release.json".to_owned())
        );
        let mut plain = files();
        plain[1] = file("release.json.sig", 64, "download-http");
        assert_eq!(
            without(plain),
            NotForTills::NotEncrypted("release.json.sig".to_owned())
        );
        let twice = [files(), files()].concat();
        assert_eq!(
            without(twice),
            NotForTills::Twice("release.json".to_owned())
        );
    }

    #[test]
    fn what_is_not_to_be_installed_yet_is_held() {
        let held = |deployment: Value| read(&deployment).map(|it| it.held);
        let window = json!({"download": "forced", "update": "skip", "maintenanceWindow": "unavailable", "chunks": []});
        assert_eq!(held(window), Ok(Some(Held::UntilWindow)));
        let download = json!({"download": "forced", "update": "skip", "chunks": []});
        assert_eq!(held(download.clone()), Ok(Some(Held::DownloadOnly)));
        assert_eq!(
            read(&download).unwrap().files(),
            Err(NotForTills::DownloadOnly)
        );
        assert!(held(json!({"update": "explode", "chunks": []})).is_err());
        let another = ActionId::from_text("9").unwrap();
        let answer = br#"{"id":"8","deployment":{"chunks":[]}}"#;
        assert!(Deployment::read(answer, &another).is_err());
    }
}
