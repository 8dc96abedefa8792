//! The characters of the printers' code pages, and what stands in for those they lack.

/// A code page: which bytes above 7F mean which characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodePage {
    /// PC437, the one every printer has.
    Pc437,
    /// PC850, Latin 1.
    Pc850,
    /// PC858, Latin 1 with the euro sign.
    Pc858,
    /// Windows 1252.
    Windows1252,
    /// PC852, Latin 2: Central Europe.
    Pc852,
    /// PC866, Cyrillic.
    Pc866,
    /// PC737, Greek.
    Pc737,
}

const PC437: &str = concat!(
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ",
    "áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐",
    "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀",
    "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
);

const PC850: &str = concat!(
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ",
    "áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐",
    "└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀",
    "ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}",
);

const PC858: &str = concat!(
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ",
    "áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐",
    "└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈ€ÍÎÏ┘┌█▄¦Ì▀",
    "ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}",
);

const WINDOWS_1252: &str = concat!(
    "€�‚ƒ„…†‡ˆ‰Š‹Œ�Ž��‘’“”•–—˜™š›œ�žŸ",
    "\u{a0}¡¢£¤¥¦§¨©ª«¬\u{ad}®¯°±²³´µ¶·¸¹º»¼½¾¿",
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß",
    "àáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ",
);

const PC852: &str = concat!(
    "ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×č",
    "áíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐",
    "└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀",
    "ÓßÔŃńňŠšŔÚŕŰýÝţ´\u{ad}˝˛ˇ˘§÷¸°¨˙űŘř■\u{a0}",
);

const PC866: &str = concat!(
    "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ",
    "абвгдежзийклмноп░▒▓│┤╡╢╖╕╣║╗╝╜╛┐",
    "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀",
    "рстуфхцчшщъыьэюяЁёЄєЇїЎў°∙·√№¤■\u{a0}",
);

const PC737: &str = concat!(
    "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθ",
    "ικλμνξοπρσςτυφχψ░▒▓│┤╡╢╖╕╣║╗╝╜╛┐",
    "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀",
    "ωάέήϊίόύϋώΆΈΉΊΌΎΏ±≥≤ΪΫ÷≈°∙·√ⁿ²■\u{a0}",
);

/// Latin letters with marks, by the plain letter that stands in for them.
const PLAIN_LETTERS: &[(&str, &str)] = &[
    ("A", "ÀÁÂÃÄÅĀĂĄǍȀȂḀẠẢẤẦẨẪẬẮẰẲẴẶ"),
    ("B", "ḂḄḆ"),
    ("C", "ÇĆĈĊČḈ"),
    ("D", "ĎḊḌḎḐḒĐÐ"),
    ("E", "ÈÉÊËĒĔĖĘĚȄȆḔḖḘḚḜẸẺẼẾỀỂỄỆ"),
    ("F", "Ḟ"),
    ("G", "ĜĞĠĢḠ"),
    ("H", "ĤḢḤḦḨḪĦ"),
    ("I", "ÌÍÎÏĨĪĬĮİǏȈȊḬḮỈỊ"),
    ("J", "Ĵ"),
    ("K", "ĶḰḲḴ"),
    ("L", "ĹĻĽḶḸḺḼŁ"),
    ("M", "ḾṀṂ"),
    ("N", "ÑŃŅŇṄṆṈṊŊ"),
    ("O", "ÒÓÔÕÖŌŎŐǑȌȎṌṎṐṒỌỎỐỒỔỖỘỚỜỞỠỢØ"),
    ("P", "ṔṖ"),
    ("R", "ŔŖŘȐȒṘṚṜṞ"),
    ("S", "ŚŜŞŠȘṠṢṤṦṨ"),
    ("T", "ŢŤȚṪṬṮṰŦ"),
    ("U", "ÙÚÛÜŨŪŬŮŰŲǓǕǗǙǛȔȖṲṴṶṸṺỤỦỨỪỬỮỰ"),
    ("V", "ṼṾ"),
    ("W", "ŴẀẂẄẆẈ"),
    ("X", "ẊẌ"),
    ("Y", "ÝŶŸẎỲỴỶỸ"),
    ("Z", "ŹŻŽẐẒẔ"),
    ("a", "àáâãäåāăąǎȁȃḁạảấầẩẫậắằẳẵặ"),
    ("b", "ḃḅḇ"),
    ("c", "çćĉċčḉ"),
    ("d", "ďḋḍḏḑḓđð"),
    ("e", "èéêëēĕėęěȅȇḕḗḙḛḝẹẻẽếềểễệ"),
    ("f", "ḟ"),
    ("g", "ĝğġģḡ"),
    ("h", "ĥḣḥḧḩḫẖħ"),
    ("i", "ìíîïĩīĭįǐȉȋḭḯỉịı"),
    ("j", "ĵ"),
    ("k", "ķḱḳḵĸ"),
    ("l", "ĺļľḷḹḻḽł"),
    ("m", "ḿṁṃ"),
    ("n", "ñńņňṅṇṉṋŋ"),
    ("o", "òóôõöōŏőǒȍȏṍṏṑṓọỏốồổỗộớờởỡợø"),
    ("p", "ṕṗ"),
    ("r", "ŕŗřȑȓṙṛṝṟ"),
    ("s", "śŝşšșṡṣṥṧṩ"),
    ("t", "ţťțṫṭṯṱẗŧ"),
    ("u", "ùúûüũūŭůűųǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự"),
    ("v", "ṽṿ"),
    ("w", "ŵẁẃẅẇẉẘ"),
    ("x", "ẋẍ"),
    ("y", "ýÿŷẏẙỳỵỷỹ"),
    ("z", "źżžẑẓẕ"),
];

impl CodePage {
    /// All pages.
    pub const ALL: [CodePage; 7] = [
        CodePage::Pc437,
        CodePage::Pc850,
        CodePage::Pc858,
        CodePage::Windows1252,
        CodePage::Pc852,
        CodePage::Pc866,
        CodePage::Pc737,
    ];

    const fn upper_half(self) -> &'static str {
        match self {
            CodePage::Pc437 => PC437,
            CodePage::Pc850 => PC850,
            CodePage::Pc858 => PC858,
            CodePage::Windows1252 => WINDOWS_1252,
            CodePage::Pc852 => PC852,
            CodePage::Pc866 => PC866,
            CodePage::Pc737 => PC737,
        }
    }

    /// The byte that prints `character`, if the page has it.
    pub fn byte(self, character: char) -> Option<u8> {
        if matches!(character, ' '..='~') {
            return u8::try_from(character).ok();
        }
        if character.is_control() || matches!(character, '\u{ad}' | char::REPLACEMENT_CHARACTER) {
            return None;
        }
        let position = self.upper_half().chars().position(|c| c == character)?;
        u8::try_from(position + 0x80).ok()
    }

    /// The character that `byte` prints; `None` for control bytes.
    pub fn character(self, byte: u8) -> Option<char> {
        match byte {
            0x20..=0x7E => Some(char::from(byte)),
            0x80.. => self.upper_half().chars().nth(usize::from(byte - 0x80)),
            _ => None,
        }
    }

    /// Whether the page has every character of `text`.
    pub fn has(self, text: &str) -> bool {
        text.chars().all(|c| c == '\n' || self.byte(c).is_some())
    }

    /// Whether the page prints `text` as it is meant. Quotes, dashes and spaces that it lacks
    /// have plain ones that mean the same; a letter or a currency has not.
    pub fn covers(self, text: &str) -> bool {
        text.chars()
            .all(|c| self.byte(c).is_some() || means_the_same(c))
    }

    /// The bytes that print `text`, with stand-ins for what the page lacks. Control characters
    /// print nothing, except that a tab is a space.
    pub fn encode(self, text: &str) -> impl Iterator<Item = u8> + '_ {
        text.chars().flat_map(move |character| {
            let (own, other) = match self.byte(character) {
                Some(byte) => (Some(byte), ""),
                None => (None, stand_in(character)),
            };
            own.into_iter().chain(other.bytes())
        })
    }
}

/// Characters whose stand-in says as much as they do.
const fn means_the_same(character: char) -> bool {
    matches!(
        character,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{a0}'
            | '\u{ad}'
            | '\u{2000}'..='\u{2015}'
            | '\u{2018}'..='\u{201a}'
            | '\u{201c}'..='\u{201e}'
            | '\u{2026}'
            | '\u{202a}'..='\u{202f}'
            | '\u{2032}'
            | '\u{2033}'
            | '\u{2060}'
            | '\u{2212}'
            | '\u{3000}'
            | '\u{feff}'
            | '«'
            | '»'
            | '•'
            | '·'
            | '×'
            | '─'
    )
}

/// ASCII that stands in for a character no code page of the printer has.
pub(crate) fn stand_in(character: char) -> &'static str {
    match character {
        '\t' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => " ",
        // Soft hyphen, joiners, direction marks, the byte order mark, combining marks.
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'
        | '\u{feff}'
        | '\u{300}'..='\u{36f}' => "",
        c if c.is_control() => "",
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{2032}' | '\u{b4}' => "'",
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2033}' | '«' | '»' => "\"",
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '─' => "-",
        '═' => "=",
        '\u{2026}' => "...",
        '•' | '·' | '●' => "*",
        '×' => "x",
        '÷' => "/",
        '€' => "EUR",
        '£' => "GBP",
        '¥' => "JPY",
        '₹' => "INR",
        '₺' => "TRY",
        '©' => "(c)",
        '®' => "(R)",
        '™' => "TM",
        '№' => "No",
        'ß' => "ss",
        'ẞ' => "SS",
        'Æ' => "AE",
        'æ' => "ae",
        'Œ' => "OE",
        'œ' => "oe",
        'Þ' => "Th",
        'þ' => "th",
        'Ĳ' => "IJ",
        'ĳ' => "ij",
        '½' => "1/2",
        '¼' => "1/4",
        '¾' => "3/4",
        '°' => "o",
        '²' => "2",
        '³' => "3",
        c => PLAIN_LETTERS
            .iter()
            .find(|(_, marked)| marked.contains(c))
            .map_or("?", |(plain, _)| *plain),
    }
}
