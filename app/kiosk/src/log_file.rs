//! Taking the log of an appliance away, on a thread of its own: a stick may be slow.

use std::path::PathBuf;

use crate::journal_file::Target;
use crate::queue::{Message, Sender};

/// What became of it: the file, or why there is none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogDone(pub Result<String, String>);

/// Writes the log into a file of that name and sends [`Message::Log`].
///
/// # Errors
/// When the system has no thread to give.
pub fn export(log: PathBuf, target: Target, name: String, events: Sender) -> std::io::Result<()> {
    let export = move || {
        let written = appliance::upkeep::write_log(&log, &target.folder, &name);
        let done = written.map(|file| file.display().to_string());
        let done = done.map_err(|error| {
            format!(
                "{} cannot take the log: {error}. Free space there, or take another stick.",
                target.label
            )
        });
        events.send(Message::Log(LogDone(done)));
    };
    std::thread::Builder::new()
        .name("log".into())
        .spawn(export)
        .map(drop)
}
