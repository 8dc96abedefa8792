//! How far a terminal is (`04 FF`), as words for the cashier.

/// Set in most codes when the customer has to take the card out besides.
const REMOVE_CARD: u8 = 0x40;

/// What a code of an intermediate status means, in a few English words; `None` for codes that say
/// nothing to a cashier or are not in the specification.
pub const fn words(code: u8) -> Option<&'static str> {
    let plain = if code >= 0x41 && code <= 0x67 {
        code & !REMOVE_CARD
    } else {
        code
    };
    Some(match plain {
        0x00 => "the customer confirms the amount",
        0x01 | 0x02 => "see the PIN pad",
        0x03 => "not accepted",
        0x04 => "asking the bank",
        0x05 => "taking the payment back",
        0x06 => "sending earlier payments",
        0x07 => "card not admitted",
        0x08 => "card unknown",
        0x09 => "card expired",
        0x0A => "present the card",
        0x0B => "take the card out",
        0x0C => "card cannot be read",
        0x0D => "broken off",
        0x0E | 0x17 => "one moment",
        0x0F => "the terminal closes its day",
        0x10 => "card not valid",
        0x11 => "credit is shown",
        0x12 => "terminal failed",
        0x13 => "payment not possible",
        0x14 => "too little credit",
        0x15 => "wrong PIN",
        0x16 => "above the card's limit",
        0x18 => "too many wrong PINs",
        0x19 => "card data wrong",
        0x1A => "terminal in service",
        0x1B | 0x1C => "approved",
        0x1D => "declined",
        0x26 | 0x27 => "the customer enters a telephone number",
        0x28 => "the customer chooses the currency",
        0x29 | 0xE1 => "the customer chooses the language",
        0x2A => "present the card to load",
        0x2B => "emergency payment",
        0x2C | 0xE0 => "the customer chooses the card's application",
        0x68 => "card is in",
        0x69 => "the customer chooses the currency",
        0x6A..=0x6C => "the customer enters the PIN",
        0x6D => "PIN entered",
        0xC7 => "the customer enters the mileage",
        0xC8 => "waits for the cashier",
        0xC9 => "the terminal checks itself",
        0xCA => "the terminal sets itself up",
        0xCB => "the terminal's memory is full",
        0xCC => "PIN needed",
        0xD2 => "connecting to the bank",
        0xD3 => "connected to the bank",
        0xE2 => "the card slot wants cleaning",
        0xF1 => "offline",
        0xF2 => "online",
        0xF3 => "offline payment",
        _ => return None,
    })
}
