//! PINs that anybody would try first.

/// Whether an all-digit PIN repeats itself (0000, 1212, 123123), counts up or down (1234, 9876,
/// also past the end as 7890), or is a year people put on things (1900 to 2099).
pub(super) fn is_guessable(pin: &str) -> bool {
    let digits: Vec<u8> = pin.bytes().map(|byte| byte.wrapping_sub(b'0')).collect();
    repeats(&digits) || counts(&digits, 1) || counts(&digits, 9) || is_year(pin)
}

fn repeats(digits: &[u8]) -> bool {
    (1..=digits.len() / 2)
        .filter(|length| digits.len().is_multiple_of(*length))
        .any(|length| {
            let mut groups = digits.chunks(length);
            let first = groups.next();
            groups.all(|group| Some(group) == first)
        })
}

/// Whether each digit is `step` more than the one before, modulo ten; 9 counts down.
fn counts(digits: &[u8], step: u8) -> bool {
    digits
        .windows(2)
        .all(|pair| matches!(pair, [one, next] if (one + step) % 10 == *next))
}

fn is_year(pin: &str) -> bool {
    pin.len() == 4 && (pin.starts_with("19") || pin.starts_with("20"))
}
