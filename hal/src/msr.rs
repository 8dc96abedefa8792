//! Magnetic stripes (UnifiedPOS Msr), read by a card reader that types or that hangs on a
//! scanner's port: what they say begins and ends with marks that no barcode has (ISO/IEC 7811).
//!
//! A till needs two things of them: never to take one for an item's code, and never to keep a
//! payment card's number. So a payment card gives nothing here but the word, and only what cannot
//! be one may be a badge.

/// The digits that a payment card's number has (ISO/IEC 7812).
const CARD_NUMBER: core::ops::RangeInclusive<usize> = 12..=19;

/// What a magnetic stripe is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stripe<'a> {
    /// A payment card's (ISO/IEC 7813), or what may be one.
    PaymentCard,
    /// Another card's: what its first track says that says anything.
    Badge(&'a str),
    /// A card that was not read well.
    Unreadable,
}

/// Badges open tills: what one says never gets into a log by itself.
impl core::fmt::Debug for Stripe<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::PaymentCard => "PaymentCard",
            Self::Badge(_) => "Badge(..)",
            Self::Unreadable => "Unreadable",
        })
    }
}

impl<'a> Stripe<'a> {
    /// What a stripe is, where a code that was read is one; `None` for every other code.
    ///
    /// A track begins with `%` (the first), `;` (the second) or `+` (the third) and ends with `?`,
    /// behind which a reader may leave a checking character. Readers that miss the end of a card's
    /// number are known, so what begins as a payment card's does counts as one without its end.
    pub fn of(code: &'a str) -> Option<Self> {
        let code = code.trim();
        let first = code.strip_prefix(['%', ';', '+'])?;
        if begins_as_card(code) {
            return Some(Self::PaymentCard);
        }
        let end = code.rfind('?')?;
        // Behind the last track stands one character at the most.
        let behind = code.get(end..)?.chars().count();
        if behind > 2 || first.is_empty() {
            return None;
        }
        let mut badge = None;
        for track in code.split('?').map(str::trim_start) {
            // The character that checks the track before may stand in between.
            let track = match track.find(['%', ';', '+']) {
                Some(at) if at <= 1 => track.get(at..).unwrap_or_default(),
                _ => continue,
            };
            if begins_as_card(track) {
                return Some(Self::PaymentCard);
            }
            let said = track.get(1..).unwrap_or_default().trim();
            // A lone E is what readers say of a track that they could not read.
            if badge.is_none() && !matches!(said, "" | "E" | "e") {
                badge = Some(said);
            }
        }
        Some(badge.map_or(Self::Unreadable, Self::Badge))
    }
}

/// Whether a track has a payment card's number where such cards have it.
fn begins_as_card(track: &str) -> bool {
    let number = match track.as_bytes() {
        // The first track: a letter for the format, of which banks use B.
        [b'%', b'B' | b'b', rest @ ..] => rest,
        [b';' | b'+', rest @ ..] => rest,
        _ => return false,
    };
    let mut digits = [0_u8; 19];
    let mut count = 0;
    for byte in number {
        match byte {
            b'0'..=b'9' if count < digits.len() => {
                if let Some(place) = digits.get_mut(count) {
                    *place = byte - b'0';
                }
                count += 1;
            }
            // Some cards' numbers are written in groups on the first track.
            b' ' => {}
            // More digits than any card's number has.
            b'0'..=b'9' => return false,
            _ => break,
        }
    }
    let digits = digits.get(..count).unwrap_or_default();
    CARD_NUMBER.contains(&count) && is_luhn(digits)
}

/// Whether the last digit checks the others (ISO/IEC 7812-1, annex B).
fn is_luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, u32::from(*digit)) {
            (0, digit) => digit,
            (_, digit) if digit < 5 => 2 * digit,
            (_, digit) => 2 * digit - 9,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payment_cards_give_nothing_and_are_known_without_their_end() {
        for card in [
            "%B4242424242424242^LINDQVIST/MAYA^29121010000000000000?;4242424242424242=29121010000?",
            "%B4242 4242 4242 4242^LINDQVIST/MAYA^2912?",
            ";4242424242424242=29121010000?",
            ";4242424242424242=29121010000?7",
            "%E?;378282246310005=2912101?",
            "%B4242424242424242^LINDQ",
            ";6799990100000000019=4912?",
            "  %b4242424242424242^x^29?\r",
            "+4242424242424242=29?",
        ] {
            assert_eq!(Stripe::of(card), Some(Stripe::PaymentCard), "{card}");
        }
    }

    #[test]
    fn other_cards_are_badges_and_bad_swipes_are_told() {
        for (read, badge) in [
            ("%MGR-17?", "MGR-17"),
            (";00017?", "00017"),
            (";00017?3", "00017"),
            ("%E?;00017?", "00017"),
            ("%?;?+STAFF 9?", "STAFF 9"),
            // Sixteen digits that no bank gave anybody.
            (";4242424242424241?", "4242424242424241"),
        ] {
            assert_eq!(Stripe::of(read), Some(Stripe::Badge(badge)), "{read}");
        }
        for read in ["%E?", "%?", ";E?", "%E?;E?+E?"] {
            assert_eq!(Stripe::of(read), Some(Stripe::Unreadable), "{read}");
        }
    }

    #[test]
    fn codes_of_goods_are_no_stripes() {
        for code in [
            "9780000001009",
            "%",
            "%ABC",
            ";",
            "A;00017?",
            "+4911?x=17&y",
            "https://id.gs1.org/01/09780000001009?17=271231",
            "",
        ] {
            assert_eq!(Stripe::of(code), None, "{code}");
        }
    }
}
