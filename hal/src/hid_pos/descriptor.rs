//! Where in a scanner's reports the code stands, as the scanner's report descriptor says (USB HID
//! 1.11, section 6.2.2; HID Point of Sale Usage Tables 1.02).

use core::ops::Range;

/// The most bytes of one report, with its number.
pub const MAX_REPORT: usize = 1024;
/// The most report numbers of one device; a scanner has some five.
const MAX_REPORTS: usize = 32;
/// The most usages that are named before one field.
const MAX_USAGES: usize = 16;
/// How deep the state is saved.
const MAX_SAVED: usize = 4;

const GENERIC_DESKTOP: u16 = 0x01;
const BAR_CODE_SCANNER: u16 = 0x8C;

const BYTE_COUNT: Usage = (GENERIC_DESKTOP, 0x3B);
const IDENTIFIERS: [Usage; 3] = [
    (BAR_CODE_SCANNER, 0xFB),
    (BAR_CODE_SCANNER, 0xFC),
    (BAR_CODE_SCANNER, 0xFD),
];
const DECODED_DATA: Usage = (BAR_CODE_SCANNER, 0xFE);
const CONTINUED: Usage = (BAR_CODE_SCANNER, 0xFF);
const ERROR_BEEP: Usage = (BAR_CODE_SCANNER, 0x85);
const GOOD_BEEP: Usage = (BAR_CODE_SCANNER, 0x86);
const NOT_ON_FILE_BEEP: Usage = (BAR_CODE_SCANNER, 0x87);

/// Usage page and usage.
type Usage = (u16, u16);

/// Where in a scanner's reports the code stands. Places count the report's number as a byte, if
/// reports have one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HidPosFormat {
    /// The number of the reports that carry codes; `None` where reports have no number.
    pub report: Option<u8>,
    /// The bytes of such a report.
    pub report_length: usize,
    /// Where the count of data bytes stands. Without it the data end before trailing zeros.
    pub count: Option<usize>,
    /// Where the three characters of the AIM identifier stand.
    pub identifier: [Option<usize>; 3],
    /// Where the data stand.
    pub data: Range<usize>,
    /// The bit that says that the code goes on in the next report.
    pub continued: Option<Bit>,
    /// The bit of an output report that makes the scanner sound as for a good scan (usage 86);
    /// scanners without a sounder light a lamp instead.
    pub good_beep: Option<Bit>,
    /// The bit of an output report that makes it sound, or light up, as for a bad one (usage 85), or
    /// where it has none, as for a code that is not on file (usage 87).
    pub error_beep: Option<Bit>,
}

/// A bit in a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bit {
    /// The number of the report, or 0 where reports have none.
    pub report: u8,
    /// The byte, counting the report's number.
    pub byte: usize,
    /// The bit, 0 the lowest.
    pub bit: u8,
    /// The bytes of the report.
    pub length: usize,
}

impl Bit {
    pub(super) fn is_set(&self, report: &[u8]) -> bool {
        report
            .get(self.byte)
            .is_some_and(|byte| byte & (1 << (self.bit & 7)) != 0)
    }

    /// A report in which this bit alone is set, for writing.
    pub fn report(&self) -> heapless::Vec<u8, MAX_REPORT> {
        let mut report = heapless::Vec::new();
        if report.resize(self.length, 0).is_err() {
            return report;
        }
        if let Some(first) = report.first_mut() {
            *first = self.report;
        }
        if let Some(byte) = report.get_mut(self.byte) {
            *byte |= 1 << (self.bit & 7);
        }
        report
    }
}

/// The state that one item changes and the next one uses.
#[derive(Clone, Copy, Default)]
struct Global {
    page: u16,
    size: usize,
    count: usize,
    report: Option<u8>,
}

/// How many bits of a report have been described so far.
#[derive(Clone, Copy)]
struct Length {
    report: u8,
    output: bool,
    bits: usize,
}

/// A field of one usage.
#[derive(Clone, Copy)]
struct Field {
    report: Option<u8>,
    output: bool,
    /// Where it begins, in bits, counting the report's number.
    at: usize,
    size: usize,
    count: usize,
}

#[derive(Default)]
struct Parser {
    global: Global,
    saved: heapless::Vec<Global, MAX_SAVED>,
    usages: heapless::Vec<Usage, MAX_USAGES>,
    lengths: heapless::Vec<Length, MAX_REPORTS>,
    count: Option<Field>,
    identifier: [Option<Field>; 3],
    data: Option<Field>,
    continued: Option<Field>,
    good_beep: Option<Field>,
    error_beep: Option<Field>,
    not_on_file_beep: Option<Field>,
}

impl HidPosFormat {
    /// Reads a report descriptor, as `/sys/class/hidraw/*/device/report_descriptor` has it.
    /// `None` when it describes no scanner of codes, or not in a way that can be.
    pub fn parse(descriptor: &[u8]) -> Option<HidPosFormat> {
        let mut parser = Parser::default();
        let mut rest = descriptor;
        while let [prefix, following @ ..] = rest {
            let (length, is_long) = match prefix {
                0xFE => (usize::from(*following.first()?) + 2, true),
                prefix => ([0, 1, 2, 4][usize::from(prefix & 3)], false),
            };
            let (data, after) = following.split_at_checked(length)?;
            if !is_long {
                parser.item(prefix & 0xFC, data)?;
            }
            rest = after;
        }
        parser.format()
    }
}

impl Parser {
    fn item(&mut self, tag: u8, data: &[u8]) -> Option<()> {
        let number = data
            .iter()
            .rev()
            .fold(0u32, |number, byte| (number << 8) | u32::from(*byte));
        let small = u16::try_from(number & 0xFFFF).ok()?;
        match tag {
            // Global items.
            0x04 => self.global.page = small,
            0x74 => self.global.size = usize::from(small),
            0x94 => self.global.count = usize::from(small),
            0x84 => self.global.report = Some(u8::try_from(number).ok()?),
            0xA4 => self.saved.push(self.global).ok()?,
            0xB4 => self.global = self.saved.pop()?,
            // Local items: a usage, and the first of several.
            0x08 | 0x18 => {
                let page = match data.len() {
                    4 => u16::try_from(number >> 16).ok()?,
                    _ => self.global.page,
                };
                // More than a scanner names are other devices' keys.
                let _ = self.usages.push((page, small));
            }
            // The last of several: the first is there already.
            0x28 => {
                if let Some((page, first)) = self.usages.last().copied() {
                    for usage in first.saturating_add(1)..=small {
                        if self.usages.push((page, usage)).is_err() {
                            break;
                        }
                    }
                }
            }
            // Main items: input, output; a feature and collections have no bits here.
            0x80 => self.field(false)?,
            0x90 => self.field(true)?,
            0xB0 | 0xA0 | 0xC0 => self.usages.clear(),
            _ => {}
        }
        Some(())
    }

    /// A field of `count` times `size` bits, each with its usage; the last usage is that of all
    /// the others.
    fn field(&mut self, output: bool) -> Option<()> {
        let Global {
            size,
            count,
            report,
            ..
        } = self.global;
        let bits = size.checked_mul(count)?;
        let begin = self.lengthen(output, bits)?;
        let usages = core::mem::take(&mut self.usages);
        let last = usages.len().saturating_sub(1);
        for (number, usage) in usages.iter().enumerate().take(count) {
            let field = Field {
                report,
                output,
                at: begin + number * size,
                size,
                count: if number == last { count - number } else { 1 },
            };
            self.keep(*usage, field);
        }
        Some(())
    }

    /// Adds bits to a report. Returns how many it had.
    fn lengthen(&mut self, output: bool, bits: usize) -> Option<usize> {
        let report = self.global.report.unwrap_or(0);
        let known = |length: &&mut Length| length.report == report && length.output == output;
        let length = match self.lengths.iter_mut().find(known) {
            Some(length) => length,
            None => {
                // Output reports are written with a number, even where there is none.
                let numbered = self.global.report.is_some() || output;
                let length = Length {
                    report,
                    output,
                    bits: if numbered { 8 } else { 0 },
                };
                self.lengths.push(length).ok()?;
                self.lengths.last_mut()?
            }
        };
        let before = length.bits;
        length.bits = before.checked_add(bits)?;
        (length.bits <= 8 * MAX_REPORT).then_some(before)
    }

    fn keep(&mut self, usage: Usage, field: Field) {
        let place = match (usage, field.output) {
            (BYTE_COUNT, false) => &mut self.count,
            (DECODED_DATA, false) => &mut self.data,
            (CONTINUED, false) => &mut self.continued,
            (GOOD_BEEP, true) => &mut self.good_beep,
            (ERROR_BEEP, true) => &mut self.error_beep,
            (NOT_ON_FILE_BEEP, true) => &mut self.not_on_file_beep,
            (usage, false) => {
                let which = IDENTIFIERS.iter().position(|known| *known == usage);
                match which.and_then(|which| self.identifier.get_mut(which)) {
                    Some(place) => place,
                    None => return,
                }
            }
            _ => return,
        };
        // The first one counts: a later report may carry the raw data.
        place.get_or_insert(field);
    }

    fn format(&self) -> Option<HidPosFormat> {
        let data = self.data?;
        // A field of the same report that is whole bytes.
        let byte = |field: Option<Field>| {
            let field = field?;
            let whole = field.report == data.report && field.at % 8 == 0 && field.size == 8;
            whole.then_some(field.at / 8)
        };
        let begin = byte(Some(data))?;
        let bit = |field: Option<Field>| {
            let field = field?;
            Some(Bit {
                report: field.report.unwrap_or(0),
                byte: field.at / 8,
                bit: u8::try_from(field.at % 8).ok()?,
                length: self.length(field)?,
            })
        };
        Some(HidPosFormat {
            report: data.report,
            report_length: self.length(data)?,
            count: byte(self.count),
            identifier: self.identifier.map(byte),
            data: begin..begin + data.count,
            continued: bit(self.continued.filter(|field| field.report == data.report)),
            good_beep: bit(self.good_beep),
            error_beep: bit(self.error_beep.or(self.not_on_file_beep)),
        })
    }

    fn length(&self, field: Field) -> Option<usize> {
        let report = field.report.unwrap_or(0);
        let length = self
            .lengths
            .iter()
            .find(|length| length.report == report && length.output == field.output)?;
        Some(length.bits.div_ceil(8))
    }
}
