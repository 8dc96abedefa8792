//! Where encoded bytes go, piece by piece, so that no job needs one large buffer.

/// Takes encoded bytes in order.
pub trait Sink {
    /// Why bytes were not taken.
    type Error;

    /// Takes all of `bytes`.
    ///
    /// # Errors
    /// When they cannot be taken; the encoder stops there and hands the error on.
    fn write(&mut self, bytes: &[u8]) -> Result<(), Self::Error>;

    /// All that was written ends here: another command may stand in between, as long as it changes
    /// nothing that a job sets.
    ///
    /// # Errors
    /// As [`Sink::write`].
    fn between(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }

    /// What was written last moves the paper by about so many rows of dots.
    fn moves_paper(&mut self, rows: u32) {
        let _ = rows;
    }
}

/// A fixed buffer had no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the buffer is too small for the encoded job: use a larger one or write it out in pieces")]
pub struct Full;

impl<const N: usize> Sink for heapless::Vec<u8, N> {
    type Error = Full;

    fn write(&mut self, bytes: &[u8]) -> Result<(), Full> {
        self.extend_from_slice(bytes).map_err(|_| Full)
    }
}

#[cfg(feature = "std")]
impl Sink for Vec<u8> {
    type Error = core::convert::Infallible;

    fn write(&mut self, bytes: &[u8]) -> Result<(), Self::Error> {
        self.extend_from_slice(bytes);
        Ok(())
    }
}

/// Counts bytes and keeps none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count(
    /// Bytes so far.
    pub usize,
);

impl Sink for Count {
    type Error = core::convert::Infallible;

    fn write(&mut self, bytes: &[u8]) -> Result<(), Self::Error> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(())
    }
}
