//! Blocks: class, instruction, length, data.

/// The most data of one block. What a terminal sends at once is a receipt at most.
pub const MAX_DATA: usize = 4096;

/// Classes of ZVT: what else begins a block is another language.
const CLASSES: [u8; 7] = [0x04, 0x05, 0x06, 0x08, 0x0F, 0x80, 0x84];
/// A length byte that says: two more bytes tell the length, the low one first.
const EXTENDED: u8 = 0xFF;

/// A whole block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Apdu<'a> {
    /// What kind of instruction it is.
    pub class: u8,
    /// The instruction.
    pub instruction: u8,
    /// What belongs to it.
    pub data: &'a [u8],
}

/// Why bytes were no block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApduFault {
    /// The byte begins no block of ZVT. On a stream nothing after it can be trusted.
    NotZvt(u8),
    /// A block of more data than any has; it was left out whole, and what follows is read.
    TooLarge {
        /// Its class.
        class: u8,
        /// Its instruction.
        instruction: u8,
        /// Bytes of its data.
        length: usize,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Class,
    Instruction,
    Length,
    LengthLow,
    LengthHigh(u8),
    Data { length: usize, read: usize },
}

/// Collects the bytes of one connection.
#[derive(Debug)]
pub struct ApduReader {
    place: Place,
    class: u8,
    instruction: u8,
    data: heapless::Vec<u8, MAX_DATA>,
}

impl Default for ApduReader {
    fn default() -> Self {
        ApduReader::new()
    }
}

impl ApduReader {
    /// A reader that has seen nothing.
    pub const fn new() -> Self {
        ApduReader {
            place: Place::Class,
            class: 0,
            instruction: 0,
            data: heapless::Vec::new(),
        }
    }

    /// Takes the next byte. Returns the block it ends, if it does.
    pub fn push(&mut self, byte: u8) -> Option<Result<Apdu<'_>, ApduFault>> {
        match self.place {
            Place::Class if !CLASSES.contains(&byte) => {
                return Some(Err(ApduFault::NotZvt(byte)));
            }
            Place::Class => {
                self.class = byte;
                self.data.clear();
                self.place = Place::Instruction;
            }
            Place::Instruction => {
                self.instruction = byte;
                self.place = Place::Length;
            }
            Place::Length if byte == EXTENDED => self.place = Place::LengthLow,
            Place::Length => return self.data_of(usize::from(byte)),
            Place::LengthLow => self.place = Place::LengthHigh(byte),
            Place::LengthHigh(low) => {
                return self.data_of(usize::from(u16::from_le_bytes([low, byte])));
            }
            Place::Data { length, read } => {
                // What does not fit is counted, and the block is left out at its end.
                let _ = self.data.push(byte);
                let read = read + 1;
                self.place = Place::Data { length, read };
                if read == length {
                    return self.end(length);
                }
            }
        }
        None
    }

    /// Whether a block has begun that has not ended.
    pub fn is_in_the_middle(&self) -> bool {
        self.place != Place::Class
    }

    fn data_of(&mut self, length: usize) -> Option<Result<Apdu<'_>, ApduFault>> {
        if length == 0 {
            return self.end(0);
        }
        self.place = Place::Data { length, read: 0 };
        None
    }

    fn end(&mut self, length: usize) -> Option<Result<Apdu<'_>, ApduFault>> {
        self.place = Place::Class;
        let (class, instruction) = (self.class, self.instruction);
        Some(if length > MAX_DATA {
            Err(ApduFault::TooLarge {
                class,
                instruction,
                length,
            })
        } else {
            Ok(Apdu {
                class,
                instruction,
                data: &self.data,
            })
        })
    }
}

/// Writes a block behind what is in `into`; nothing when there is no room for all of it.
pub fn write<const N: usize>(
    class: u8,
    instruction: u8,
    data: &[u8],
    into: &mut heapless::Vec<u8, N>,
) {
    let mut head: heapless::Vec<u8, 5> = heapless::Vec::new();
    let length = u16::try_from(data.len()).unwrap_or(u16::MAX);
    let head_is_whole = match u8::try_from(length) {
        Ok(short) if short < EXTENDED => head.extend_from_slice(&[class, instruction, short]),
        _ => {
            let [low, high] = length.to_le_bytes();
            head.extend_from_slice(&[class, instruction, EXTENDED, low, high])
        }
    };
    let room = N - into.len() >= head.len() + data.len();
    if head_is_whole.is_ok() && room && data.len() <= usize::from(u16::MAX) {
        let _ = into.extend_from_slice(&head);
        let _ = into.extend_from_slice(data);
    }
}
