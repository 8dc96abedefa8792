//! The codes with which a terminal ends, as sentences.

/// The payment went well.
pub const OK: u8 = 0x00;
/// The customer pressed the red key, or nobody did anything for too long.
pub const ABORTED: u8 = 0x6C;
/// The terminal is at something else.
pub const BUSY: u8 = 0x9C;
/// The till is not registered.
pub const NOT_REGISTERED: u8 = 0x6B;
/// The currency is not the terminal's.
pub const WRONG_CURRENCY: u8 = 0x6F;

/// What a code means, in one English sentence without its end: for the cashier. Codes of acquirers
/// and of makers that are not in the specification have none of their own.
pub const fn sentence(code: u8) -> &'static str {
    match code {
        OK => "no error",
        // 01 to 63 are what the bank's computer answered.
        0x01..=0x63 => "the card's bank declined the payment",
        0x64 => "the card cannot be read",
        0x65 => "there is nothing to read on the card",
        0x66 => "the card reader failed",
        0x67 | 0x68 | 0xD2 => "this is not possible with this kind of card",
        0x6A => "the terminal's memory of payments is full: close its day",
        NOT_REGISTERED => "the terminal does not know this till",
        ABORTED => "it was broken off at the terminal, or took too long",
        0x6E => "the card is blocked",
        WRONG_CURRENCY | 0xC6 | 0xCB => "the terminal does not take this currency",
        0x71 => "the card has too little credit",
        0x72 => "the card's chip failed",
        0x73 => "the card's data are wrong",
        0x74 => "the terminal's keys are used up: its provider has to renew them",
        0x75 => "the text for the terminal is not signed",
        0x76 => "the card is not on the list of admitted ones",
        0x77 => "the terminal's day cannot be closed now",
        0x78 => "the card has expired",
        0x79 => "the card is not valid yet",
        0x7A => "the terminal does not know this card",
        0x7B | 0x7C | 0x7E => "the card's stripe must not be used in place of its chip",
        0x7D => "the terminal has no connection to its provider",
        0x83 => "the terminal cannot do this",
        0x85 => "the terminal has no key: its provider has to set it up",
        0x89 | 0xEC | 0xED => "the terminal's PIN pad failed",
        0x9A => "the terminal did not understand the till",
        0x9B | 0xA0 | 0xA1 | 0xA3 => "the terminal cannot reach its provider",
        BUSY => "the terminal is busy",
        0xA4 => "the card's payments cannot be handed in",
        0xA5 => "the rules of card security forbid this",
        0xB1 | 0xB2 => "the terminal's memory is full: close its day",
        0xB4 => "the payment was taken back already",
        0xB5 => "the payment cannot be taken back",
        0xB7 | 0xB8 => "the reservation does not fit",
        0xBF => "the terminal has too little power",
        0xC0 | 0xDD | 0xDE | 0xE2 | 0xE3 => "the terminal's card slot failed",
        0xC1 => "the merchant's card is locked",
        0xC2 => "the terminal needs a diagnosis: start it at the terminal",
        0xC3 => "the amount is too high",
        0xC4 => "the terminal needs new card profiles",
        0xC5 => "the terminal does not offer this way to pay",
        0xC8 | 0xC9 => "the amount is too small",
        0xCC => "the terminal's printer is not ready",
        0xCD => "the terminal pays out no cash",
        0xDC => "a card is in the terminal",
        0xE0 => "the terminal is being maintained from afar",
        0xE4 => "the terminal has to be activated first",
        0xE7..=0xEA => "the terminal does not admit these goods for this card",
        0xEB => "the terminal cannot check this PIN",
        0xF0 => "the terminal's day has to be closed first",
        0xF1 => "the card cannot be used without a connection",
        0xF5 | 0xF6 => "the terminal has to be set up by its provider",
        0xFA => "offline payments could not be handed in",
        0xFB => "a record in the terminal is damaged",
        0xFC => "a part of the terminal is missing or failed",
        0xFD => "the terminal cannot work at this speed",
        0xFE => "the terminal does not know this function",
        0xFF => "the terminal failed",
        _ => "the terminal refused",
    }
}

/// Whether a code is a decision about the card or the payment, not a broken terminal.
pub const fn is_decline(code: u8) -> bool {
    matches!(
        code,
        0x01..=0x65 | 0x67 | 0x68 | 0x6E | 0x71..=0x73 | 0x76 | 0x78..=0x7C | 0x7E | 0xC3
            | 0xC5 | 0xC8 | 0xC9 | 0xD2 | 0xE7..=0xEB | 0xF1
    )
}
