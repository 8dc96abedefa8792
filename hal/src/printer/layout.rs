//! Wrapping of encoded text at the paper's width.

/// The most characters a line of any printer has.
pub(super) const MAX_COLUMNS: usize = 96;

/// One line of encoded text.
pub(super) type Row = heapless::Vec<u8, MAX_COLUMNS>;

/// Wraps `text` by words at `width` characters (1 to [`MAX_COLUMNS`]). Each full line goes to
/// `line`; the last one, which may be empty, is returned. A word longer than a line is split.
pub(super) fn wrap<E>(
    text: impl Iterator<Item = u8>,
    width: usize,
    mut line: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<Row, E> {
    let width = width.clamp(1, MAX_COLUMNS);
    let mut row = Row::new();
    for byte in text {
        if row.len() == width {
            let space = row.iter().rposition(|&b| b == b' ').filter(|&at| at > 0);
            let (done, rest) = match space {
                _ if byte == b' ' => (row.len(), row.len()),
                Some(at) => (at, at + 1),
                None => (row.len(), row.len()),
            };
            line(trim_end(row.get(..done).unwrap_or_default()))?;
            let kept = Row::from_slice(row.get(rest..).unwrap_or_default());
            row = kept.unwrap_or_default();
            if byte == b' ' && row.is_empty() {
                continue;
            }
        }
        // There is room: a row of `width` was just written out.
        let _ = row.push(byte);
    }
    Ok(row)
}

fn trim_end(row: &[u8]) -> &[u8] {
    let end = row.iter().rposition(|&b| b != b' ').map_or(0, |at| at + 1);
    row.get(..end).unwrap_or_default()
}
