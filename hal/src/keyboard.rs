//! Scanners that are keyboards: Linux's key events become characters by a key map of our own, so
//! that neither the layout of the system nor its modifier keys can spoil a code.
//!
//! The scanner has to be set to the keyboard of the USA. Separators come as Ctrl with a letter
//! (GS is Ctrl and `]`), or as Alt with the digits of the character on the number pad.

use core::time::Duration;

/// Bytes of one `struct input_event`: two longs of time, type, code, value.
pub const EVENT_LENGTH: usize = 2 * size_of::<usize>() + 8;

const EV_SYN: u16 = 0;
const EV_KEY: u16 = 1;
const SYN_DROPPED: u16 = 3;

const KEY_LEFT_CONTROL: u16 = 29;
const KEY_LEFT_SHIFT: u16 = 42;
const KEY_RIGHT_SHIFT: u16 = 54;
const KEY_LEFT_ALT: u16 = 56;
const KEY_CAPS_LOCK: u16 = 58;
const KEY_RIGHT_CONTROL: u16 = 97;
const KEY_RIGHT_ALT: u16 = 100;

/// A key event, as `/dev/input/event*` tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InputEvent {
    /// The kind: keys are 1.
    pub kind: u16,
    /// Which key.
    pub code: u16,
    /// 1 pressed, 0 let go, 2 held.
    pub value: i32,
}

impl InputEvent {
    /// Reads the bytes of one event.
    pub fn parse(bytes: &[u8; EVENT_LENGTH]) -> InputEvent {
        let [.., k0, k1, c0, c1, v0, v1, v2, v3] = *bytes;
        InputEvent {
            kind: u16::from_ne_bytes([k0, k1]),
            code: u16::from_ne_bytes([c0, c1]),
            value: i32::from_ne_bytes([v0, v1, v2, v3]),
        }
    }

    /// The bytes of this event, at time 0.
    pub fn to_bytes(self) -> [u8; EVENT_LENGTH] {
        self.to_bytes_at(Duration::ZERO)
    }

    /// The bytes of this event at some time of the kernel's clock.
    pub fn to_bytes_at(self, time: Duration) -> [u8; EVENT_LENGTH] {
        let mut bytes = [0; EVENT_LENGTH];
        let seconds = usize::try_from(time.as_secs()).unwrap_or(usize::MAX);
        let microseconds = usize::try_from(time.subsec_micros()).unwrap_or_default();
        let parts = (seconds.to_ne_bytes().into_iter())
            .chain(microseconds.to_ne_bytes())
            .chain(self.kind.to_ne_bytes())
            .chain(self.code.to_ne_bytes())
            .chain(self.value.to_ne_bytes());
        for (byte, part) in bytes.iter_mut().zip(parts) {
            *byte = part;
        }
        bytes
    }

    /// When the event happened, by the kernel's clock; `None` where its bytes do not say.
    pub fn time(bytes: &[u8; EVENT_LENGTH]) -> Option<Duration> {
        let (seconds, rest) = bytes.split_first_chunk()?;
        let (microseconds, _) = rest.split_first_chunk()?;
        let seconds = u64::try_from(usize::from_ne_bytes(*seconds)).ok()?;
        let microseconds = u64::try_from(usize::from_ne_bytes(*microseconds)).ok()?;
        let time = Duration::from_secs(seconds).checked_add(Duration::from_micros(microseconds))?;
        (!time.is_zero()).then_some(time)
    }

    /// A key that is pressed or let go.
    pub const fn key(code: u16, pressed: bool) -> InputEvent {
        InputEvent {
            kind: EV_KEY,
            code,
            value: pressed as i32,
        }
    }

    /// What follows each change.
    pub const SYNCHRONISATION: InputEvent = InputEvent {
        kind: EV_SYN,
        code: 0,
        value: 0,
    };

    /// The system threw events away, because nobody read them.
    pub const DROPPED: InputEvent = InputEvent {
        kind: EV_SYN,
        code: SYN_DROPPED,
        value: 0,
    };
}

/// What a key event comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// A character, in Latin-1. Enter is CR.
    Character(u8),
    /// Events were lost: what is being typed is not whole.
    Lost,
}

/// Reads the events of one keyboard, byte by byte. No input makes it panic.
#[derive(Debug, Default)]
pub struct KeyReader {
    event: heapless::Vec<u8, EVENT_LENGTH>,
    shift: [bool; 2],
    control: [bool; 2],
    alt: [bool; 2],
    caps_lock: bool,
    /// What the digits on the number pad have come to while Alt is held.
    number: Option<u16>,
    /// When the last event happened.
    time: Option<Duration>,
}

impl KeyReader {
    /// A reader at the beginning of an event, with no key held.
    pub const fn new() -> KeyReader {
        KeyReader {
            event: heapless::Vec::new(),
            shift: [false; 2],
            control: [false; 2],
            alt: [false; 2],
            caps_lock: false,
            number: None,
            time: None,
        }
    }

    /// Forgets an unfinished event and which keys are held.
    pub fn clear(&mut self) {
        *self = KeyReader::new();
    }

    /// Takes the next byte. Returns what the event it ends comes to, if anything.
    pub fn push(&mut self, byte: u8) -> Option<Typed> {
        // It fits: a whole event is taken out at once.
        let _ = self.event.push(byte);
        let bytes: [u8; EVENT_LENGTH] = self.event.as_slice().try_into().ok()?;
        self.event.clear();
        self.time = InputEvent::time(&bytes);
        self.hear(InputEvent::parse(&bytes))
    }

    /// When the last event happened, by the kernel's clock; `None` where that is not known.
    pub const fn time(&self) -> Option<Duration> {
        self.time
    }

    /// Takes an event. Returns what it comes to, if anything.
    pub fn hear(&mut self, event: InputEvent) -> Option<Typed> {
        match (event.kind, event.code) {
            (EV_SYN, SYN_DROPPED) => {
                // Keys may have been let go meanwhile.
                self.clear();
                Some(Typed::Lost)
            }
            (EV_KEY, code) if event.value == 0 => self.let_go(code).map(Typed::Character),
            // A scanner does not hold a key: what is repeated is not its.
            (EV_KEY, code) if event.value == 1 => self.pressed(code).map(Typed::Character),
            _ => None,
        }
    }

    fn modifier(&mut self, code: u16) -> Option<&mut bool> {
        let (keys, which) = match code {
            KEY_LEFT_SHIFT => (&mut self.shift, 0),
            KEY_RIGHT_SHIFT => (&mut self.shift, 1),
            KEY_LEFT_CONTROL => (&mut self.control, 0),
            KEY_RIGHT_CONTROL => (&mut self.control, 1),
            KEY_LEFT_ALT => (&mut self.alt, 0),
            KEY_RIGHT_ALT => (&mut self.alt, 1),
            _ => return None,
        };
        keys.get_mut(which)
    }

    fn let_go(&mut self, code: u16) -> Option<u8> {
        *self.modifier(code)? = false;
        if matches!(code, KEY_LEFT_ALT | KEY_RIGHT_ALT) {
            return u8::try_from(self.number.take()?).ok();
        }
        None
    }

    fn pressed(&mut self, code: u16) -> Option<u8> {
        if let Some(held) = self.modifier(code) {
            *held = true;
            return None;
        }
        if code == KEY_CAPS_LOCK {
            self.caps_lock = !self.caps_lock;
            return None;
        }
        if self.alt.contains(&true) {
            let digit = number_pad(code).filter(u8::is_ascii_digit)?;
            let so_far = self.number.unwrap_or_default();
            // Beyond 255 it stays beyond: such a character is none.
            let number = so_far
                .saturating_mul(10)
                .saturating_add(u16::from(digit - b'0'));
            self.number = Some(number);
            return None;
        }
        if let Some(character) = number_pad(code) {
            return Some(character);
        }
        let shift = self.shift.contains(&true);
        let &(plain, shifted) = KEYS.get(usize::from(code))?;
        if plain == 0 {
            return None;
        }
        if self.control.contains(&true) {
            return control(plain);
        }
        let capital = shift != (self.caps_lock && plain.is_ascii_lowercase());
        Some(if capital { shifted } else { plain })
    }
}

/// The control character that Ctrl makes of a key.
const fn control(plain: u8) -> Option<u8> {
    match plain {
        b'a'..=b'z' | b'[' | b'\\' | b']' => Some(plain & 0x1F),
        b'6' => Some(0x1E),
        b'-' => Some(0x1F),
        _ => None,
    }
}

/// The characters of the number pad, which Shift does not change.
const fn number_pad(code: u16) -> Option<u8> {
    Some(match code {
        55 => b'*',
        71 => b'7',
        72 => b'8',
        73 => b'9',
        74 => b'-',
        75 => b'4',
        76 => b'5',
        77 => b'6',
        78 => b'+',
        79 => b'1',
        80 => b'2',
        81 => b'3',
        82 => b'0',
        83 => b'.',
        96 => b'\r',
        98 => b'/',
        117 => b'=',
        _ => return None,
    })
}

/// The characters of each key without and with Shift, on the keyboard of the USA; 0 for none.
const KEYS: [(u8, u8); 58] = {
    const ROWS: [(usize, &[u8], &[u8]); 5] = [
        (2, b"1234567890-=", b"!@#$%^&*()_+"),
        (15, b"\tqwertyuiop[]\r", b"\tQWERTYUIOP{}\r"),
        (30, b"asdfghjkl;'`", b"ASDFGHJKL:\"~"),
        (43, b"\\zxcvbnm,./", b"|ZXCVBNM<>?"),
        (57, b" ", b" "),
    ];
    let mut keys = [(0, 0); 58];
    let mut row = 0;
    while row < ROWS.len() {
        let (first, plain, shifted) = ROWS[row];
        let mut at = 0;
        while at < plain.len() {
            keys[first + at] = (plain[at], shifted[at]);
            at += 1;
        }
        row += 1;
    }
    keys
};

/// The keys a scanner presses for a character, without and with modifiers: what
/// [`KeyReader`] understands, told backwards. `None` for a character it cannot type.
pub fn keystrokes(character: u8) -> Option<heapless::Vec<InputEvent, 8>> {
    let find = |wanted: u8| {
        KEYS.iter()
            .position(|(plain, shifted)| *plain == wanted || *shifted == wanted)
    };
    let (key, modifier) = match character {
        b'\r' | b'\t' => (find(character)?, None),
        0 => return None,
        0x01..=0x1A => (find(character | 0x60)?, Some(KEY_LEFT_CONTROL)),
        0x1B..=0x1D => (find(character | 0x40)?, Some(KEY_LEFT_CONTROL)),
        0x1E => (find(b'6')?, Some(KEY_LEFT_CONTROL)),
        0x1F => (find(b'-')?, Some(KEY_LEFT_CONTROL)),
        _ => {
            let key = find(character)?;
            let plain = KEYS.get(key).is_some_and(|(plain, _)| *plain == character);
            (key, (!plain).then_some(KEY_LEFT_SHIFT))
        }
    };
    let key = u16::try_from(key).ok()?;
    let mut events = heapless::Vec::new();
    let mut press = |code, pressed| {
        // They fit: two keys, each pressed and let go, and what follows each.
        let _ = events.push(InputEvent::key(code, pressed));
        let _ = events.push(InputEvent::SYNCHRONISATION);
    };
    if let Some(modifier) = modifier {
        press(modifier, true);
    }
    press(key, true);
    press(key, false);
    if let Some(modifier) = modifier {
        press(modifier, false);
    }
    Some(events)
}
