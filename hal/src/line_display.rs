//! Line displays: two lines of twenty characters in front of the customer.
//!
//! | Dialect | Texts | Brightness | Clear |
//! |---|---|---|---|
//! | CD5220 | `ESC Q A ... CR`, `ESC Q B ... CR` | `ESC * n` | `CLR` |
//! | ESC/POS | `US $ x y`, then text | `US X n` | `CLR` |
//!
//! A display can share the serial line of the receipt printer: the cable goes through it, and
//! `ESC =` says which of both is meant.

use crate::printer::{CodePage, CodePageNumber, Sink};
use crate::vocabulary::{DisplayLine, DisplayScreen};

const ESC: u8 = 0x1B;
const US: u8 = 0x1F;
const CLR: u8 = 0x0C;
const CR: u8 = 0x0D;

/// The most columns a line has.
const MAX_COLUMNS: usize = 40;

/// What follows is for the display alone.
pub const SELECT_DISPLAY: [u8; 3] = [ESC, b'=', 2];
/// What follows is for the printer alone.
pub const SELECT_PRINTER: [u8; 3] = [ESC, b'=', 1];

/// The most bytes that set a display up and show a screen on it, with the selection of a shared
/// line.
pub const MAX_ENCODED: usize = 160;

/// The language a display is set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisplayDialect {
    /// CD5220: what most displays without a maker's name speak.
    Cd5220,
    /// ESC/POS: Epson's DM-D series and many others.
    EscPos,
}

/// How one display is spoken to. The ready-made ones are starting points; every field is a
/// setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayProfile {
    /// The language it is set to.
    pub dialect: DisplayDialect,
    /// Characters on a line, 1 to 40.
    pub columns: u8,
    /// The characters it shows.
    pub code_page: CodePage,
    /// What is sent first to make it show these characters; empty where a switch at the display
    /// does.
    pub select_code_page: heapless::Vec<u8, 16>,
    /// How bright it is, in per cent; displays have four steps.
    pub brightness: u8,
}

impl DisplayProfile {
    /// A CD5220 with the characters all of them have.
    pub const fn cd5220() -> DisplayProfile {
        DisplayProfile {
            dialect: DisplayDialect::Cd5220,
            columns: 20,
            code_page: CodePage::Pc437,
            select_code_page: heapless::Vec::new(),
            brightness: 100,
        }
    }

    /// An Epson DM-D or one that speaks like it, with the characters for Western Europe.
    pub fn esc_pos() -> DisplayProfile {
        DisplayProfile {
            dialect: DisplayDialect::EscPos,
            ..DisplayProfile::cd5220()
        }
        .code_page(CodePageNumber {
            page: CodePage::Pc858,
            number: 19,
        })
    }

    /// The same with a code page that is chosen by `ESC t`.
    pub fn code_page(mut self, page: CodePageNumber) -> DisplayProfile {
        self.code_page = page.page;
        self.select_code_page = heapless::Vec::from_array([ESC, b't', page.number]);
        self
    }

    /// A dialect by its name in a configuration: `cd5220`, `esc-pos`.
    pub fn named(name: &str) -> Option<DisplayProfile> {
        match name {
            "cd5220" => Some(DisplayProfile::cd5220()),
            "esc-pos" => Some(DisplayProfile::esc_pos()),
            _ => None,
        }
    }

    /// The names [`DisplayProfile::named`] knows.
    pub const NAMES: [&'static str; 2] = ["cd5220", "esc-pos"];

    /// The step of brightness, 1 to 4.
    fn step(&self) -> u8 {
        self.brightness.div_ceil(25).clamp(1, 4)
    }

    fn width(&self) -> usize {
        usize::from(self.columns).clamp(1, MAX_COLUMNS)
    }
}

/// Writes what makes a display ready: characters, brightness, no cursor, nothing on it.
///
/// # Errors
/// The sink's, at once.
pub fn encode_start<S: Sink>(profile: &DisplayProfile, sink: &mut S) -> Result<(), S::Error> {
    // A string that was broken off ends here, and the string mode with it.
    sink.write(&[CR, CLR])?;
    sink.write(&[ESC, b'@'])?;
    sink.write(&profile.select_code_page)?;
    match profile.dialect {
        DisplayDialect::Cd5220 => {
            sink.write(&[ESC, b'_', 0])?;
            sink.write(&[ESC, b'*', profile.step()])
        }
        DisplayDialect::EscPos => {
            // Overwrite mode: the last character of a line scrolls nothing.
            sink.write(&[US, 0x01])?;
            sink.write(&[US, b'C', 0])?;
            sink.write(&[US, b'X', profile.step()])
        }
    }
}

/// Writes a whole screen over what stands there.
///
/// # Errors
/// The sink's, at once.
pub fn encode_screen<S: Sink>(
    screen: &DisplayScreen,
    profile: &DisplayProfile,
    sink: &mut S,
) -> Result<(), S::Error> {
    for (number, text) in [(1, &screen.upper), (2, &screen.lower)] {
        let row = lay_out(text, profile);
        match profile.dialect {
            DisplayDialect::Cd5220 => {
                sink.write(&[ESC, b'Q', if number == 1 { b'A' } else { b'B' }])?;
                sink.write(&row)?;
                sink.write(&[CR])?;
            }
            DisplayDialect::EscPos => {
                sink.write(&[US, b'$', 1, number])?;
                sink.write(&row)?;
            }
        }
    }
    Ok(())
}

type Row = heapless::Vec<u8, MAX_COLUMNS>;

/// A line in the display's characters, as wide as the display.
fn lay_out(line: &DisplayLine, profile: &DisplayProfile) -> Row {
    let width = profile.width();
    let encoded = |text: &str, most: usize| -> Row {
        // It fits: no more is taken than a line has columns.
        profile.code_page.encode(text).take(most).collect()
    };
    let right = encoded(&line.right, width);
    // At least one space keeps both apart.
    let room = match right.len() {
        0 => width,
        right => width.saturating_sub(right + 1),
    };
    let left = encoded(&line.left, room);
    let indent = if line.centered {
        (width - left.len()) / 2
    } else {
        0
    };
    let mut row = Row::new();
    let gap = width.saturating_sub(indent + left.len() + right.len());
    let spaces = |count: usize| core::iter::repeat_n(b' ', count);
    row.extend(
        spaces(indent)
            .chain(left)
            .chain(spaces(gap))
            .chain(right)
            .take(width),
    );
    row
}
