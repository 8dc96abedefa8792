//! Barcodes as bars, from the symbologies' own tables: for printers that draw none themselves, and
//! for the virtual printer. Whether they are right, an independent reader says in the tests.

use super::{Barcode, MAX_BARCODE, Symbol};

/// Widths of bars and spaces of the Code 128 characters 0 to 105, and of the stop.
const CODE128: [&str; 107] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
];

/// The character that begins a Code 128 in code set B.
pub(crate) const START_B: u8 = 104;
/// The same for code set C, pairs of digits.
pub(crate) const START_C: u8 = 105;
const STOP: u8 = 106;

/// Left digits of odd parity; the others follow from them.
const EAN_LEFT: [&str; 10] = [
    "0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011",
    "0110111", "0001011",
];

/// Which left digits have even parity, by the first digit.
const EAN_PARITY: [&str; 10] = [
    "LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL",
    "LGGLGL",
];

/// The most modules of a barcode: 50 Code 128 characters of 11 modules, and a stop of 13.
const MAX_MODULES: usize = 11 * 50 + 13;

/// The modules of a barcode; `true` is a bar.
pub(crate) type Modules = heapless::Vec<bool, MAX_MODULES>;

/// The modules of a barcode that can be printed.
pub(crate) fn modules(barcode: &Barcode) -> Option<Modules> {
    let text = barcode.text().as_bytes();
    match barcode.symbol() {
        Symbol::Ean13 => ean13(text),
        Symbol::Ean8 => ean8(text),
        Symbol::UpcA => upc_a(text),
        Symbol::Code128 => {
            let mut values = heapless::Vec::<u8, { MAX_BARCODE + 1 }>::new();
            if barcode.in_digit_pairs() {
                values.push(START_C).ok()?;
                for pair in text.chunks_exact(2) {
                    let digit = |at: usize| pair.get(at).map(|digit| digit.wrapping_sub(b'0'));
                    values.push(digit(0)? * 10 + digit(1)?).ok()?;
                }
            } else {
                values.push(START_B).ok()?;
                for byte in text {
                    values.push(byte.checked_sub(b' ')?).ok()?;
                }
            }
            code128(&values)
        }
    }
}

/// The modules of an EAN-13 of 13 digits; `None` for anything else.
pub(crate) fn ean13(digits: &[u8]) -> Option<Modules> {
    let (first, rest) = digits.split_first().filter(|(_, rest)| rest.len() == 12)?;
    let parity = EAN_PARITY.get(value(*first)?)?;
    let (left, right) = rest.split_at(6);
    let mut modules = Modules::new();
    add(&mut modules, "101")?;
    for (digit, parity) in left.iter().zip(parity.chars()) {
        let pattern = EAN_LEFT.get(value(*digit)?)?;
        if parity == 'L' {
            add(&mut modules, pattern)?;
        } else {
            // Even parity: the right-hand pattern backwards.
            for module in pattern.chars().rev() {
                modules.push(module != '1').ok()?;
            }
        }
    }
    add(&mut modules, "01010")?;
    add_right(&mut modules, right)?;
    add(&mut modules, "101")?;
    Some(modules)
}

/// The modules of a UPC-A of 12 digits; `None` for anything else.
pub(crate) fn upc_a(digits: &[u8]) -> Option<Modules> {
    let mut longer = heapless::Vec::<u8, 13>::new();
    longer.push(b'0').ok()?;
    longer.extend_from_slice(digits).ok()?;
    ean13(&longer)
}

/// The modules of an EAN-8 of 8 digits; `None` for anything else.
pub(crate) fn ean8(digits: &[u8]) -> Option<Modules> {
    if digits.len() != 8 {
        return None;
    }
    let (left, right) = digits.split_at(4);
    let mut modules = Modules::new();
    add(&mut modules, "101")?;
    for digit in left {
        add(&mut modules, EAN_LEFT.get(value(*digit)?)?)?;
    }
    add(&mut modules, "01010")?;
    add_right(&mut modules, right)?;
    add(&mut modules, "101")?;
    Some(modules)
}

fn value(digit: u8) -> Option<usize> {
    digit.is_ascii_digit().then(|| usize::from(digit - b'0'))
}

fn add(modules: &mut Modules, pattern: &str) -> Option<()> {
    for module in pattern.chars() {
        modules.push(module == '1').ok()?;
    }
    Some(())
}

/// Right-hand digits are the left-hand ones inverted.
fn add_right(modules: &mut Modules, digits: &[u8]) -> Option<()> {
    for digit in digits {
        for module in EAN_LEFT.get(value(*digit)?)?.chars() {
            modules.push(module != '1').ok()?;
        }
    }
    Some(())
}

/// The modules of a Code 128 of these characters, the first of which is the start; check
/// character and stop are added. `None` for no characters, too many, or one above 105.
pub(crate) fn code128(values: &[u8]) -> Option<Modules> {
    let (start, characters) = values.split_first()?;
    let check = characters
        .iter()
        .zip(1u32..)
        .fold(u32::from(*start), |sum, (value, weight)| {
            sum + u32::from(*value) * weight
        })
        % 103;
    let check = u8::try_from(check).ok()?;
    let mut modules = Modules::new();
    for value in values.iter().copied().chain([check, STOP]) {
        for (index, width) in CODE128.get(usize::from(value))?.bytes().enumerate() {
            for _ in b'0'..width {
                modules.push(index % 2 == 0).ok()?;
            }
        }
    }
    Some(modules)
}
