//! The last bytes of a device, and taking them away.

use hal::traffic::{Direction, Piece, Recording};
use slint::ComponentHandle;

use super::ManagerScreen;
use super::devices::AttachedDevice;
use crate::screens::update;
use crate::ui::{self, ByteRow, Level, TillWindow};

/// The most pieces of traffic that are shown.
const MOST_PIECES: usize = 40;

/// Whose bytes are looked at, and what became of writing them.
#[derive(Default)]
pub struct BytesState {
    /// The device.
    pub of: Option<AttachedDevice>,
    /// They are being written.
    pub writing: bool,
    /// The file, or why there is none.
    pub written: Option<Result<String, String>>,
}

impl ManagerScreen {
    /// Shows the last bytes of a device of that name.
    pub fn show_bytes(
        &self,
        window: &TillWindow,
        name: &str,
        recording: &Recording,
        state: &BytesState,
    ) {
        update(&self.bytes, byte_rows(recording));
        let (level, sentence) = match &state.written {
            _ if state.writing => (Level::Busy, "One moment.".to_owned()),
            Some(Ok(file)) => (Level::Good, format!("Written to {file}.")),
            Some(Err(reason)) => (Level::Bad, reason.clone()),
            None => (Level::Neutral, String::new()),
        };
        let devices = window.global::<ui::Devices>();
        devices.set_bytes_of(name.into());
        devices.set_bytes_busy(state.writing);
        devices.set_bytes_level(level);
        devices.set_bytes_sentence(sentence.into());
    }
}

/// The last bytes of a device, the newest first.
pub fn byte_rows(recording: &Recording) -> Vec<ByteRow> {
    let pieces = recording.pieces.iter().rev();
    pieces.take(MOST_PIECES).map(byte_row).collect()
}

fn byte_row(piece: &Piece) -> ByteRow {
    let hexadecimal: Vec<_> = piece.bytes.iter().map(|it| format!("{it:02X}")).collect();
    let letter = |byte: &u8| match byte {
        b' '..=b'~' => char::from(*byte),
        _ => '.',
    };
    let at = piece.at;
    ByteRow {
        at: format!("{}.{:03} s", at.as_secs(), at.subsec_millis()).into(),
        sent: piece.direction == Direction::ToDevice,
        hexadecimal: hexadecimal.join(" ").into(),
        letters: piece.bytes.iter().map(letter).collect::<String>().into(),
    }
}
