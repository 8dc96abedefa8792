//! The last bytes of a device as a file, for whoever is to find out what is wrong with it: written on
//! a thread of its own, because a stick answers when it likes.

use crate::journal_file::{Target, make_folder};
use crate::preset::write_whole;
use crate::queue::{Message, Sender};

/// What became of the bytes: the file, or why there is none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BytesDone(pub Result<String, String>);

/// Writes a recording into a file of that name and sends [`Message::Bytes`].
///
/// # Errors
/// When the system has no thread to give.
pub fn export(
    recording: String,
    target: Target,
    name: String,
    events: Sender,
) -> std::io::Result<()> {
    let export = move || {
        let file = target.folder.join(name);
        let written = make_folder(&target.folder).and_then(|()| {
            write_whole(&file, recording.as_bytes()).map_err(|error| error.to_string())
        });
        let done = match written {
            Ok(()) => Ok(file.display().to_string()),
            Err(reason) => Err(format!(
                "{} cannot take them: {reason}. Free space there, or take another stick.",
                target.label
            )),
        };
        events.send(Message::Bytes(BytesDone(done)));
    };
    std::thread::Builder::new()
        .name("bytes".into())
        .spawn(export)
        .map(drop)
}
