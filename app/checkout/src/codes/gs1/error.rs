//! Why a GS1 code cannot be read.

use thiserror::Error;

/// Why a GS1 code cannot be read. Each says what to do about it.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum Gs1Error {
    /// It goes on with digits that are no application identifier, or with something else.
    #[error(
        "this code holds \"{found}\", which GS1 gives no meaning; scan it again, or another code \
         of the package"
    )]
    UnknownIdentifier {
        /// Where it cannot be read any more, at most four characters.
        found: String,
    },
    /// It ends in the middle of a value.
    #[error(
        "this code ends too early: of its {title} ({number}) {found} of {least} characters came; \
         scan it again, or another code of the package"
    )]
    Truncated {
        /// The application identifier.
        number: String,
        /// What it is called.
        title: &'static str,
        /// The fewest characters of its value.
        least: usize,
        /// What it has.
        found: usize,
    },
    /// A value is longer than it can be, mostly because the scanner leaves separators out.
    #[error(
        "the {title} ({number}) of this code is too long, with {found} characters instead of at \
         most {most}; set the scanner to transmit the separator FNC1 as GS (hexadecimal 1D), or \
         scan another code of the package"
    )]
    TooLong {
        /// The application identifier.
        number: String,
        /// What it is called.
        title: &'static str,
        /// The most characters of its value.
        most: usize,
        /// What it has.
        found: usize,
    },
    /// A value holds a character that it cannot.
    #[error(
        "the {title} ({number}) of this code holds {character:?}, which it cannot; scan it again, \
         or another code of the package"
    )]
    WrongCharacter {
        /// The application identifier.
        number: String,
        /// What it is called.
        title: &'static str,
        /// The character.
        character: char,
    },
    /// A number ends with another digit than follows from the others.
    #[error(
        "the {title} {value} has a wrong check digit, it should end with {digit}; scan it again, \
         or check what you typed"
    )]
    CheckDigit {
        /// What it is called.
        title: &'static str,
        /// The number.
        value: String,
        /// The right digit.
        digit: u8,
    },
    /// A date is none.
    #[error(
        "the {title} ({number}) of this code is {value}, which is no day; scan it again, or \
         another code of the package"
    )]
    NoDay {
        /// The application identifier.
        number: String,
        /// What it is called.
        title: &'static str,
        /// What it says.
        value: String,
    },
    /// It says one thing twice, and differently.
    #[error(
        "this code has two {title}s ({number}), {first} and {second}; scan another code of the \
         package"
    )]
    Contradiction {
        /// The application identifier.
        number: String,
        /// What it is called.
        title: &'static str,
        /// What it says first.
        first: String,
        /// What it says then.
        second: String,
    },
    /// It says more than anybody prints.
    #[error("this code says more than a till reads; scan another code of the package")]
    TooMuch,
    /// It says nothing.
    #[error("this code is empty; scan another code of the package")]
    Empty,
}
