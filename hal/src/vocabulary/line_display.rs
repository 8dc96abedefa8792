//! What stands on a line display.

/// The most bytes of text kept for one part of a line: 20 characters of any script.
const MAX_TEXT: usize = 80;

/// Text that is cut where it is longer than a line could be.
type Text = heapless::String<MAX_TEXT>;

/// One line of a line display: something at the left, something at the right edge.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DisplayLine {
    pub(crate) left: Text,
    pub(crate) right: Text,
    pub(crate) centered: bool,
}

impl DisplayLine {
    /// Text from the left edge.
    pub fn new(text: &str) -> DisplayLine {
        DisplayLine {
            left: cut(text),
            ..DisplayLine::default()
        }
    }

    /// Text in the middle.
    pub fn center(text: &str) -> DisplayLine {
        DisplayLine {
            left: cut(text),
            centered: true,
            ..DisplayLine::default()
        }
    }

    /// Text at the left edge and, such as an amount, at the right. Where both do not fit, the
    /// left one is cut.
    pub fn pair(left: &str, right: &str) -> DisplayLine {
        DisplayLine {
            left: cut(left),
            right: cut(right),
            centered: false,
        }
    }
}

/// All that stands on a line display. Empty lines are a cleared display.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DisplayScreen {
    /// The upper line.
    pub upper: DisplayLine,
    /// The lower line.
    pub lower: DisplayLine,
}

impl DisplayScreen {
    /// Two lines.
    pub fn new(upper: DisplayLine, lower: DisplayLine) -> DisplayScreen {
        DisplayScreen { upper, lower }
    }
}

fn cut(text: &str) -> Text {
    let mut kept = Text::new();
    for character in text.chars() {
        if kept.push(character).is_err() {
            break;
        }
    }
    kept
}
