//! What the rules read: the tracked files and the manifests.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use toml::Table;

/// The project as it stands on the disk, without what git ignores.
pub struct Repository {
    root: PathBuf,
    /// Paths from the top, with slashes.
    pub files: Vec<String>,
    /// The manifest at the top.
    pub workspace: Table,
    /// The manifests of the packages, by folder.
    pub packages: BTreeMap<String, Table>,
}

impl Repository {
    pub fn open() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let files = files(&root);
        let manifest = |path: &str| -> Table {
            let text = fs::read_to_string(root.join(path)).unwrap();
            text.parse()
                .unwrap_or_else(|error| panic!("{path}: {error}"))
        };
        let packages = files
            .iter()
            .filter_map(|path| path.strip_suffix("/Cargo.toml"))
            .map(|folder| (folder.to_owned(), manifest(&format!("{folder}/Cargo.toml"))))
            .collect();
        let workspace = manifest("Cargo.toml");
        Self {
            root,
            files,
            workspace,
            packages,
        }
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path))
            .unwrap_or_else(|error| panic!("{path} cannot be read: {error}"))
    }

    /// The files with one of these endings (or whole names), and what is in them.
    pub fn sources<'a>(
        &'a self,
        endings: &'a [&str],
    ) -> impl Iterator<Item = (&'a str, String)> + 'a {
        self.files
            .iter()
            .filter(|path| {
                let name = path.rsplit('/').next().unwrap_or(path);
                endings.contains(&name.rsplit('.').next().unwrap_or(name))
            })
            .map(|path| (path.as_str(), self.read(path)))
    }
}

/// Tracked files and those that would be, so that a new file is judged before it is committed.
fn files(root: &Path) -> Vec<String> {
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root)
        .output()
        .unwrap_or_else(|error| panic!("install git, these rules ask it for the files: {error}"));
    assert!(
        output.status.success(),
        "run these rules in a git clone: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut files: Vec<String> = String::from_utf8(output.stdout)
        .unwrap()
        .split_terminator('\0')
        .filter(|path| root.join(path).is_file())
        .map(str::to_owned)
        .collect();
    files.sort();
    files.dedup();
    assert!(
        files.iter().any(|path| path == "Cargo.toml"),
        "git lists files, but not of this project"
    );
    files
}
