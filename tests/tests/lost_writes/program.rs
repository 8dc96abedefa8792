//! The real program at work on a disk, as somebody outside sees it.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use kiosk::demo::Told;

/// How long a life may last before it counts as stuck.
const LONGEST_LIFE: Duration = Duration::from_secs(240);

/// The program `evertill`, built from the sources as they are now.
pub fn build() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        // For the workspace as the tests are: another choice of packages would compile it anew.
        .args(["build", "--quiet", "--locked", "--workspace"])
        .args(["--exclude", "hal", "--bin", "evertill"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .unwrap();
    assert!(built.success(), "evertill cannot be built");
    // The test lies in `deps` beside it.
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap();
    folder.join("evertill")
}

/// One life of the program: from its start until it is killed or ends by itself.
pub struct Life {
    child: Child,
    told: JoinHandle<Vec<Told>>,
    complaints: JoinHandle<String>,
    began: Instant,
}

impl Life {
    /// Starts a rehearsal of so many sales in this folder.
    pub fn begin(program: &Path, data: &Path, sales: u64, seed: u64) -> Self {
        let mut child = Command::new(program)
            .arg("--data")
            .arg(data)
            .args(["demo", "--rehearse", &sales.to_string()])
            .args(["--seed", &seed.to_string()])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        let told = move || {
            let lines = said.lines().map_while(Result::ok);
            // The last line may be cut off.
            lines
                .map_while(|line| serde_json::from_str(&line).ok())
                .collect()
        };
        let mut complained = child.stderr.take().unwrap();
        let complaints = move || {
            let mut text = String::new();
            let _cut_off = complained.read_to_string(&mut text);
            text
        };
        Self {
            child,
            told: std::thread::spawn(told),
            complaints: std::thread::spawn(complaints),
            began: Instant::now(),
        }
    }

    /// Whether it is still at work; an error when it ended because it could not go on.
    pub fn is_at_work(&mut self) -> Result<bool, String> {
        match self.child.try_wait().unwrap() {
            None if self.began.elapsed() > LONGEST_LIFE => Err("it is stuck".to_owned()),
            None => Ok(true),
            Some(ended) if ended.success() => Ok(false),
            Some(ended) => Err(format!("it ended by itself: {ended}")),
        }
    }

    /// Kills it, where it has not ended, and gives what it said on either output.
    pub fn end(mut self) -> (Vec<Told>, String) {
        let _has_ended = self.child.kill();
        self.child.wait().unwrap();
        (self.told.join().unwrap(), self.complaints.join().unwrap())
    }
}
