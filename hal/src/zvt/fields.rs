//! What is in the data of a block: numbers in BCD, bitmaps, and TLV containers.

/// A number of decimal digits, two in a byte; `None` when a half byte is no digit or the number
/// is too large.
pub fn bcd(bytes: &[u8]) -> Option<u64> {
    let mut number: u64 = 0;
    for half in bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0F]) {
        if half > 9 {
            return None;
        }
        number = number.checked_mul(10)?.checked_add(u64::from(half))?;
    }
    Some(number)
}

/// A number in so many bytes of BCD; `None` when it has more digits than those.
pub fn to_bcd<const N: usize>(number: u64) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let mut left = number;
    for byte in bytes.iter_mut().rev() {
        let two = u8::try_from(left % 100).ok()?;
        *byte = ((two / 10) << 4) | (two % 10);
        left /= 100;
    }
    (left == 0).then_some(bytes)
}

/// A field of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its number in the specification's list of bitmaps.
    pub bitmap: u8,
    /// What it carries, without its length.
    pub value: &'a [u8],
}

/// How the length of a field is known.
enum Length {
    Fixed(usize),
    /// So many bytes before it, each an `F` and a digit.
    Digits(usize),
    /// As in a TLV container.
    Tlv,
}

/// `None` for a number that is not in the list: where it ends nobody knows.
const fn length_of(bitmap: u8) -> Option<Length> {
    Some(match bitmap {
        0x01..=0x03 | 0x05 | 0x19 | 0x27 | 0x8A | 0x8C | 0xA0 | 0xD0 | 0xD2 | 0xD3 => {
            Length::Fixed(1)
        }
        0x72..=0x75 | 0xE0 | 0xE9 | 0xEA | 0xF0 | 0xF9..=0xFD => Length::Fixed(1),
        0x0D | 0x0E | 0x17 | 0x3A | 0x49 | 0x87 => Length::Fixed(2),
        0x0B | 0x0C | 0x37 | 0x3D | 0x88 | 0xAA => Length::Fixed(3),
        0x29 | 0x70 | 0x71 => Length::Fixed(4),
        0xBA => Length::Fixed(5),
        0x04 => Length::Fixed(6),
        0x3B | 0xEB => Length::Fixed(8),
        0x2A => Length::Fixed(15),
        0x22 | 0x23 | 0x2D | 0x8B | 0xA7 | 0xD1 | 0xE1..=0xE8 | 0xF1..=0xF8 => Length::Digits(2),
        0x24 | 0x2E | 0x3C | 0x60 | 0x9A | 0xAF => Length::Digits(3),
        0x06 => Length::Tlv,
        _ => return None,
    })
}

/// The fields of a block's data, in order; ends early at one that nobody knows the length of, or
/// that is longer than what is left.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a> {
    left: &'a [u8],
}

impl<'a> Fields<'a> {
    /// The fields of this data.
    pub const fn of(data: &'a [u8]) -> Self {
        Fields { left: data }
    }

    /// What was not read: nothing once all fields were, else what nobody understands.
    pub const fn left(&self) -> &'a [u8] {
        self.left
    }

    fn read(&self) -> Option<(Field<'a>, &'a [u8])> {
        let (&bitmap, after) = self.left.split_first()?;
        let (length, after) = match length_of(bitmap)? {
            Length::Fixed(length) => (length, after),
            Length::Digits(digits) => {
                let (head, after) = after.split_at_checked(digits)?;
                let mut length = 0;
                for byte in head {
                    match byte {
                        0xF0..=0xF9 => length = length * 10 + usize::from(byte & 0x0F),
                        _ => return None,
                    }
                }
                (length, after)
            }
            Length::Tlv => tlv_length(after)?,
        };
        let (value, after) = after.split_at_checked(length)?;
        Some((Field { bitmap, value }, after))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        let (field, left) = self.read()?;
        self.left = left;
        Some(field)
    }
}

/// A data object of a TLV container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataObject<'a> {
    /// Its tag, of one or two bytes.
    pub tag: u16,
    /// What it carries: bytes, or where the tag says so further objects.
    pub value: &'a [u8],
}

/// The data objects of a container, in order; ends early at one that is not whole.
#[derive(Debug, Clone, Copy)]
pub struct DataObjects<'a> {
    left: &'a [u8],
}

impl<'a> DataObjects<'a> {
    /// The objects of this container, whose own length was taken off.
    pub const fn of(container: &'a [u8]) -> Self {
        DataObjects { left: container }
    }

    /// The first object of this tag.
    pub fn find(mut self, tag: u16) -> Option<&'a [u8]> {
        let found = self.by_ref().find(|object| object.tag == tag)?;
        Some(found.value)
    }

    fn read(&self) -> Option<(DataObject<'a>, &'a [u8])> {
        let (&first, after) = self.left.split_first()?;
        let (tag, after) = if first & 0x1F == 0x1F {
            let (&second, after) = after.split_first()?;
            // Tags of three bytes are in no list of the specification.
            if second & 0x80 != 0 {
                return None;
            }
            (u16::from_be_bytes([first, second]), after)
        } else {
            (u16::from(first), after)
        };
        let (length, after) = tlv_length(after)?;
        let (value, after) = after.split_at_checked(length)?;
        Some((DataObject { tag, value }, after))
    }
}

impl<'a> Iterator for DataObjects<'a> {
    type Item = DataObject<'a>;

    fn next(&mut self) -> Option<DataObject<'a>> {
        let (object, left) = self.read()?;
        self.left = left;
        Some(object)
    }
}

/// A length in one byte below 80, or after 81 in one byte, or after 82 in two, the high one first.
fn tlv_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    match bytes {
        [length @ 0..=0x7F, after @ ..] => Some((usize::from(*length), after)),
        [0x81, length, after @ ..] => Some((usize::from(*length), after)),
        [0x82, high, low, after @ ..] => {
            Some((usize::from(u16::from_be_bytes([*high, *low])), after))
        }
        _ => None,
    }
}
