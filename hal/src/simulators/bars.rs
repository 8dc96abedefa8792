//! Barcodes as bars, drawn from the symbologies' own tables and not by the encoder under test.

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

const STOP: usize = 106;

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

/// The modules of an EAN-13 (`true` is a bar) of 13 digits; `None` for anything else.
pub(super) fn ean13(digits: &[u8]) -> Option<Vec<bool>> {
    let values: Vec<usize> = digits
        .iter()
        .map(|digit| char::from(*digit).to_digit(10).map(|value| value as usize))
        .collect::<Option<_>>()?;
    let (first, rest) = values.split_first().filter(|(_, rest)| rest.len() == 12)?;
    let mut modules = String::from("101");
    for (&digit, parity) in rest.iter().zip(EAN_PARITY.get(*first)?.chars()) {
        let left = EAN_LEFT.get(digit)?;
        if parity == 'L' {
            modules.push_str(left);
        } else {
            // Even parity: the right-hand pattern backwards.
            modules.extend(left.chars().rev().map(inverted));
        }
    }
    modules.push_str("01010");
    for &digit in rest.get(6..)? {
        modules.extend(EAN_LEFT.get(digit)?.chars().map(inverted));
    }
    modules.push_str("101");
    Some(modules.chars().map(|module| module == '1').collect())
}

fn inverted(module: char) -> char {
    if module == '1' { '0' } else { '1' }
}

/// The modules of a Code 128 as `GS k 73` gives it (`{A`, `{B`, `{C` choose the code set,
/// `{{` is a brace), and the text under it; `None` for what is no such data.
pub(super) fn code128(data: &[u8]) -> Option<(Vec<bool>, String)> {
    let mut values: Vec<usize> = Vec::new();
    let mut text = String::new();
    let mut set = 0;
    let mut bytes = data.iter().copied();
    while let Some(byte) = bytes.next() {
        let byte = if byte == b'{' {
            match bytes.next()? {
                b'{' => b'{',
                chosen @ b'A'..=b'C' => {
                    let start = values.is_empty();
                    values.push(match (chosen, start) {
                        (b'A', true) => 103,
                        (b'B', true) => 104,
                        (_, true) => 105,
                        (b'A', false) => 101,
                        (b'B', false) => 100,
                        (_, false) => 99,
                    });
                    set = chosen;
                    continue;
                }
                _ => return None,
            }
        } else {
            byte
        };
        match set {
            b'C' if byte < 100 => {
                values.push(byte.into());
                text.push_str(&format!("{byte:02}"));
            }
            b'B' if (0x20..0x80).contains(&byte) => {
                values.push(usize::from(byte) - 0x20);
                text.push(char::from(byte));
            }
            b'A' if byte < 0x60 => {
                values.push((usize::from(byte) + 0x40) % 0x60);
                text.push(char::from(byte));
            }
            _ => return None,
        }
    }
    let (start, characters) = values.split_first()?;
    let check = characters
        .iter()
        .zip(1..)
        .fold(*start, |sum, (value, weight)| sum + value * weight)
        % 103;
    values.extend([check, STOP]);
    let mut modules = Vec::new();
    for value in values {
        for (index, width) in CODE128.get(value)?.bytes().enumerate() {
            modules.extend(std::iter::repeat_n(
                index % 2 == 0,
                usize::from(width - b'0'),
            ));
        }
    }
    Some((modules, text))
}
