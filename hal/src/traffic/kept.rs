//! The last bytes of a device that runs.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use super::{Direction, MAX_KEPT, Piece, Recording};

/// The most bytes in one piece.
const MAX_PIECE: usize = 256;
/// What goes the same way within this time is one piece.
const TOGETHER: Duration = Duration::from_millis(20);

/// The last bytes of a device, kept while it runs, at most [`MAX_KEPT`].
pub(crate) struct Traffic {
    start: Instant,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    pieces: VecDeque<Piece>,
    length: usize,
}

impl Traffic {
    pub(crate) fn new() -> Traffic {
        Traffic {
            start: Instant::now(),
            kept: Mutex::new(Kept::default()),
        }
    }

    /// Keeps bytes, of a long piece the last ones.
    pub(crate) fn note(&self, direction: Direction, bytes: &[u8]) {
        let from = bytes.len().saturating_sub(MAX_PIECE);
        let bytes = bytes.get(from..).unwrap_or_default();
        if bytes.is_empty() {
            return;
        }
        let at = self.start.elapsed();
        let mut kept = self.lock();
        kept.length += bytes.len();
        match kept.pieces.back_mut() {
            Some(last)
                if last.direction == direction
                    && at.saturating_sub(last.at) < TOGETHER
                    && last.bytes.len() + bytes.len() <= MAX_PIECE =>
            {
                last.bytes.extend_from_slice(bytes);
            }
            _ => kept.pieces.push_back(Piece {
                at,
                direction,
                bytes: bytes.to_vec(),
            }),
        }
        while kept.length > MAX_KEPT {
            let Some(oldest) = kept.pieces.pop_front() else {
                break;
            };
            kept.length -= oldest.bytes.len();
        }
    }

    pub(crate) fn recording(&self) -> Recording {
        Recording {
            pieces: self.lock().pieces.iter().cloned().collect(),
        }
    }

    pub(crate) fn forget(&self) {
        *self.lock() = Kept::default();
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl fmt::Debug for Traffic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Traffic").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_bytes_are_kept_and_debug_output_has_none_of_them() {
        let traffic = Traffic::new();
        for number in 0..2_000 {
            let direction = [Direction::ToDevice, Direction::FromDevice][number % 2];
            traffic.note(direction, &[b'x'; 300]);
        }
        traffic.note(Direction::FromDevice, b"the badge of somebody");
        let recording = traffic.recording();
        let kept: usize = recording.pieces.iter().map(|piece| piece.bytes.len()).sum();
        assert!(kept <= MAX_KEPT && kept > MAX_KEPT - 2 * MAX_PIECE);
        assert!(recording.to_string().contains("the badge of somebody"));
        assert!(!format!("{recording:?} {traffic:?}").contains("badge"));
        traffic.forget();
        assert_eq!(traffic.recording(), Recording::default());
    }
}
