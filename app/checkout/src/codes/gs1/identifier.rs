//! What GS1 says of an application identifier, in the shape that `table.rs` is written in.

/// An application identifier, or a row of them that differ in their last digit alone.
#[derive(Debug)]
pub struct Identifier {
    pub(super) first: &'static str,
    pub(super) last: &'static str,
    pub(super) title: &'static str,
    pub(super) separated: bool,
    pub(super) key: bool,
    pub(super) components: &'static [Component],
}

/// A part of the value of an application identifier.
#[derive(Clone, Copy, Debug)]
pub struct Component {
    /// What it may be written with.
    pub characters: Characters,
    /// The fewest characters.
    pub least: usize,
    /// The most characters.
    pub most: usize,
    /// Whether it may be left out, and all behind it with it.
    pub optional: bool,
    /// What else it has to keep to.
    pub rule: Rule,
}

/// What a component may be written with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Characters {
    /// Digits.
    Digits,
    /// GS1's character set 82: letters, digits and ``!"%&'()*+,-./:;<=>?_``.
    Set82,
    /// GS1's character set 39: capital letters, digits and `#-/`.
    Set39,
    /// Base 64 for links: letters, digits and `-_=`.
    Base64,
}

/// What a component has to keep to besides its characters and length. GS1 has more such rules, for
/// codes of countries and the like; those are for whoever prints codes, and a till that refused
/// goods for them would help nobody.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rule {
    /// Nothing.
    None,
    /// Its last digit is the check digit of the others.
    CheckDigit,
    /// A day as YYMMDD.
    Day,
    /// A day as YYMMDD, or a month where DD is 00.
    DayOrMonth,
}

impl Identifier {
    /// What GS1 calls it, for example `BATCH/LOT`.
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// The application identifiers that it stands for, such as `3100` to `3105`.
    pub fn numbers(&self) -> impl Iterator<Item = String> {
        let width = self.first.len();
        let number = |text: &str| text.parse::<u16>().unwrap_or_default();
        (number(self.first)..=number(self.last)).map(move |number| format!("{number:0width$}"))
    }

    /// Whether a separator stands between its value and the next identifier. Those without one have
    /// one length only.
    pub fn is_separated(&self) -> bool {
        self.separated
    }

    /// Whether it names something by itself, so that the path of a GS1 Digital Link begins with it.
    pub fn is_key(&self) -> bool {
        self.key
    }

    /// The parts of its value.
    pub fn components(&self) -> &'static [Component] {
        self.components
    }

    /// The fewest characters that its value has.
    pub fn least(&self) -> usize {
        let given = self.components.iter().filter(|part| !part.optional);
        given.map(|part| part.least).sum()
    }

    /// The most characters that its value has.
    pub fn most(&self) -> usize {
        self.components.iter().map(|part| part.most).sum()
    }
}

impl Component {
    pub(super) const fn optional(self) -> Self {
        Self {
            optional: true,
            ..self
        }
    }

    pub(super) const fn check_digit(self) -> Self {
        Self {
            rule: Rule::CheckDigit,
            ..self
        }
    }

    pub(super) const fn day(self) -> Self {
        Self {
            rule: Rule::Day,
            ..self
        }
    }

    pub(super) const fn day_or_month(self) -> Self {
        Self {
            rule: Rule::DayOrMonth,
            ..self
        }
    }
}

impl Characters {
    /// Whether a character is one of them.
    pub fn has(self, character: char) -> bool {
        let alphanumeric = character.is_ascii_alphanumeric();
        match self {
            Self::Digits => character.is_ascii_digit(),
            Self::Set82 => alphanumeric || "!\"%&'()*+,-./:;<=>?_".contains(character),
            Self::Set39 => {
                character.is_ascii_digit()
                    || character.is_ascii_uppercase()
                    || "#-/".contains(character)
            }
            Self::Base64 => alphanumeric || "-_=".contains(character),
        }
    }
}

const fn component(characters: Characters, least: usize, most: usize) -> Component {
    Component {
        characters,
        least,
        most,
        optional: false,
        rule: Rule::None,
    }
}

pub(super) const fn digits(least: usize, most: usize) -> Component {
    component(Characters::Digits, least, most)
}

pub(super) const fn set82(least: usize, most: usize) -> Component {
    component(Characters::Set82, least, most)
}

pub(super) const fn set39(least: usize, most: usize) -> Component {
    component(Characters::Set39, least, most)
}

pub(super) const fn base64(least: usize, most: usize) -> Component {
    component(Characters::Base64, least, most)
}

/// A row of the table. A const function, so that a row is a line.
pub(super) const fn row(
    numbers: [&'static str; 2],
    how: How,
    components: &'static [Component],
    title: &'static str,
) -> Identifier {
    let [first, last] = numbers;
    Identifier {
        first,
        last,
        title,
        separated: how.separated,
        key: how.key,
        components,
    }
}

/// How identifiers of a row stand in a code.
#[derive(Clone, Copy)]
pub(super) struct How {
    separated: bool,
    key: bool,
}

/// Of one length, so that nothing stands between it and the next.
pub(super) const FIXED: How = How {
    separated: false,
    key: false,
};
/// Of one length, and a key of links.
pub(super) const FIXED_KEY: How = How {
    separated: false,
    key: true,
};
/// With a separator between it and the next.
pub(super) const SEPARATED: How = How {
    separated: true,
    key: false,
};
/// With a separator, and a key of links.
pub(super) const SEPARATED_KEY: How = How {
    separated: true,
    key: true,
};
