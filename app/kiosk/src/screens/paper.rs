//! Reports as they stand on paper, on the screen.

use checkout::receipt::{Look, Part, Receipt};

use crate::ui::{PaperLine, PaperLook};

/// The lines of a report's paper.
pub fn lines(receipt: &Receipt) -> Vec<PaperLine> {
    let parts = receipt.parts.iter();
    parts.filter_map(line).collect()
}

fn line(part: &Part) -> Option<PaperLine> {
    let written = |look, left: &str, right: &str| PaperLine {
        look,
        left: left.into(),
        right: right.into(),
    };
    Some(match part {
        Part::Text { text, look } => written(look_of(*look), text, ""),
        Part::Pair { left, right, look } => written(look_of(*look), left, right),
        Part::Rule => written(PaperLook::Rule, "", ""),
        Part::Space => written(PaperLook::Space, "", ""),
        Part::Qr(_) => written(PaperLook::Code, "", ""),
        Part::Cut => return None,
    })
}

fn look_of(look: Look) -> PaperLook {
    match look {
        Look::Plain => PaperLook::Plain,
        Look::Centered => PaperLook::Centered,
        Look::Strong => PaperLook::Strong,
        Look::Title => PaperLook::Title,
        Look::Large => PaperLook::Large,
    }
}
