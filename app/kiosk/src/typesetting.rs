//! Setting what a printer has no letters for, and telling what no font has letters for either.

use std::sync::Arc;

use hal::printer::Typesetter;
use hal::raster::Fonts;
use hal::{Job, PrinterProfile};

use crate::queue::{Events, Message};

/// Fonts that tell the event loop which letters of a job came out as question marks.
pub struct ToldFonts {
    fonts: Fonts,
    events: Arc<Events>,
}

impl ToldFonts {
    /// These fonts, for a printer whose events go into this queue.
    pub fn new(fonts: Fonts, events: &Arc<Events>) -> Self {
        Self {
            fonts,
            events: events.clone(),
        }
    }
}

impl Typesetter for ToldFonts {
    fn typeset(&mut self, job: Job, profile: &PrinterProfile) -> Job {
        let missing = self.fonts.missing(&job, profile);
        // Printing does not wait until there is room to tell it.
        if !missing.is_empty()
            && self
                .events
                .try_send(Message::LettersMissing(missing))
                .is_err()
        {
            tracing::warn!("letters of what is printed are in no font");
        }
        self.fonts.typeset(job, profile)
    }
}
