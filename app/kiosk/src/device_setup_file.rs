//! The device set-up on sticks and on the till's disk: looked for, written and taken on threads of
//! their own, because a stick answers when it likes.

use std::fs;
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::device_setup::{self, Planned};
use crate::journal_file::{Target, make_folder, targets};
use crate::queue::{Message, Sender};

/// How the files' names begin, and end.
const BEGINNING: &str = "evertill-devices-";
const ENDING: &str = ".toml";
/// So many files of one place are shown.
const MOST: usize = 12;

/// Where a set-up can be written to, and where there is one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SetupPlaces {
    /// Where one can be written to: sticks first.
    pub targets: Vec<Target>,
    /// The files that were found there.
    pub files: Vec<SetupFile>,
}

/// A file that calls itself a device set-up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SetupFile {
    /// What people call it: `evertill-devices-C1.toml on USB stick SHOP`.
    pub label: String,
    /// The file.
    pub path: PathBuf,
}

/// What became of a set-up; errors are sentences.
#[derive(Clone, PartialEq, Debug)]
pub enum SetupDone {
    /// It was written to this file.
    Exported(Result<String, String>),
    /// A file was read.
    Read(Result<Box<Planned>, String>),
    /// It counts from the next start on.
    Taken(Result<(), String>),
}

/// Looks where set-ups of a data folder can go and come from.
pub fn places(data: &Path) -> SetupPlaces {
    let targets = targets(data);
    let files = targets.iter().flat_map(files_of).collect();
    SetupPlaces { targets, files }
}

fn files_of(target: &Target) -> Vec<SetupFile> {
    let entries = fs::read_dir(&target.folder).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.starts_with(BEGINNING) && name.ends_with(ENDING))
        .collect();
    names.sort();
    names.truncate(MOST);
    let file = |name: String| SetupFile {
        path: target.folder.join(&name),
        label: format!("{name} on {}", target.label),
    };
    names.into_iter().map(file).collect()
}

/// Writes the set-up of a data folder to a place and sends [`Message::DeviceSetup`].
///
/// # Errors
/// When the system has no thread to give.
pub fn export(data: PathBuf, target: Target, events: Sender) -> std::io::Result<()> {
    in_background(events, move || {
        let written = || -> Result<PathBuf, String> {
            let config = Config::read(&data).map_err(|error| error.to_string())?;
            make_folder(&target.folder)?;
            let name = format!("{BEGINNING}{}{ENDING}", config.till);
            let file = target.folder.join(name);
            device_setup::export_to(&data, &file).map_err(|error| error.to_string())?;
            Ok(file)
        };
        SetupDone::Exported(match written() {
            Ok(file) => Ok(file.display().to_string()),
            Err(reason) => Err(format!("{} cannot take it: {reason}", target.label)),
        })
    })
}

/// Reads a file for a data folder and sends [`Message::DeviceSetup`].
///
/// # Errors
/// When the system has no thread to give.
pub fn read(data: PathBuf, file: PathBuf, events: Sender) -> std::io::Result<()> {
    in_background(events, move || {
        let planned = Planned::read(&data, &file).map(Box::new);
        SetupDone::Read(planned.map_err(|error| error.to_string()))
    })
}

/// Takes a set-up into a data folder and sends [`Message::DeviceSetup`].
///
/// # Errors
/// When the system has no thread to give.
pub fn take(data: PathBuf, planned: Box<Planned>, events: Sender) -> std::io::Result<()> {
    in_background(events, move || {
        SetupDone::Taken(planned.take(&data).map_err(|error| error.to_string()))
    })
}

fn in_background(
    events: Sender,
    act: impl FnOnce() -> SetupDone + Send + 'static,
) -> std::io::Result<()> {
    std::thread::Builder::new()
        .name("device-setup".to_owned())
        .spawn(move || events.send(Message::DeviceSetup(act())))
        .map(drop)
}
