//! Where letters come from.

use std::collections::HashMap;
use std::path::PathBuf;

use parley::fontique::{Blob, Collection, CollectionOptions, SourceCache};
use parley::{FontContext, LayoutContext};

use super::glyphs::Glyphs;

/// Fonts from folders and from memory, and all that text needs to be set with them.
///
/// A folder is looked at when a text first needs it; fonts are mapped into memory, not read, so
/// that large ones cost nothing until their letters are used. Where several families have a
/// character, sans serif ones go before others, and of Chinese characters the forms of the
/// language that the text or [`Fonts::language`] names.
pub struct Fonts {
    pub(super) context: FontContext,
    pub(super) layouts: LayoutContext<()>,
    pub(super) glyphs: Glyphs,
    folders: Vec<PathBuf>,
    /// Families given in memory, which go before those of folders.
    own: Vec<String>,
    families: Vec<Family>,
    language: String,
    /// The family for each character met so far, and whether there is any.
    chosen: HashMap<(char, Region), Option<usize>>,
}

/// A family, and how gladly it is taken: the lowest first.
struct Family {
    name: String,
    rank: u8,
    region: Option<Region>,
}

/// Whose forms of Chinese characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Region {
    China,
    Taiwan,
    HongKong,
    Japan,
    Korea,
}

impl Default for Fonts {
    fn default() -> Self {
        Fonts::new()
    }
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fonts")
            .field("folders", &self.folders)
            .field("families", &self.families.len())
            .finish_non_exhaustive()
    }
}

impl Fonts {
    /// No fonts yet: barcodes and QR codes can be drawn, and text stays text.
    pub fn new() -> Fonts {
        let options = CollectionOptions {
            shared: false,
            system_fonts: false,
        };
        Fonts {
            context: FontContext {
                collection: Collection::new(options),
                source_cache: SourceCache::default(),
            },
            layouts: LayoutContext::new(),
            glyphs: Glyphs::default(),
            folders: Vec::new(),
            own: Vec::new(),
            families: Vec::new(),
            language: String::new(),
            chosen: HashMap::new(),
        }
    }

    /// Adds the fonts in a folder and below it. One that does not exist has none.
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Fonts {
        self.folders.push(folder.into());
        self
    }

    /// Adds a font that is in memory: the bytes of a TTF, OTF or TTC file. It is taken before
    /// those of folders. Bytes that are no font add none.
    pub fn font(mut self, bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Fonts {
        let blob = Blob::new(std::sync::Arc::new(bytes));
        for (family, _) in self.context.collection.register_fonts(blob, None) {
            if let Some(name) = self.context.collection.family_name(family)
                && !self.own.iter().any(|own| own == name)
            {
                self.own.push(name.to_owned());
            }
        }
        self.families = ranked(&mut self.context.collection, &self.own);
        self
    }

    /// Sets the language (`ja`, `zh-TW`, ...) whose forms Chinese characters get when the text
    /// around them does not tell.
    pub fn language(mut self, language: &str) -> Fonts {
        self.language = language.to_owned();
        self.chosen.clear();
        self
    }

    /// Looks at the folders that were not looked at yet.
    fn look(&mut self) {
        if self.folders.is_empty() {
            return;
        }
        let folders = std::mem::take(&mut self.folders);
        self.context.collection.load_fonts_from_paths(folders);
        self.families = ranked(&mut self.context.collection, &self.own);
        self.chosen.clear();
    }

    /// The families that this text needs, the most wanted first; `None` when one of its
    /// characters is in no font.
    pub(super) fn families_for(&mut self, text: &str) -> Option<Vec<String>> {
        self.look();
        let region = region_of(text, &self.language);
        let mut needed: Vec<usize> = Vec::new();
        for character in text.chars().filter(|c| has_a_shape(*c)) {
            let family = match self.chosen.get(&(character, region)) {
                Some(family) => *family,
                None => {
                    let found = self.find(character, region);
                    self.chosen.insert((character, region), found);
                    found
                }
            }?;
            if !needed.contains(&family) {
                needed.push(family);
            }
        }
        needed.sort_unstable();
        Some(
            needed
                .into_iter()
                .filter_map(|family| Some(self.families.get(family)?.name.clone()))
                .collect(),
        )
    }

    /// Whether a character needs no font or is in one.
    pub(super) fn has(&mut self, character: char) -> bool {
        let mut buffer = [0; 4];
        self.families_for(character.encode_utf8(&mut buffer))
            .is_some()
    }

    fn find(&mut self, character: char, region: Region) -> Option<usize> {
        // Whose forms a family has that has the character.
        let forms = |fonts: &mut FontContext, family: &Family| {
            let found = fonts.collection.family_by_name(&family.name)?;
            let font = found.default_font()?;
            let data = font.load(Some(&mut fonts.source_cache))?;
            let font = swash::FontRef::from_index(data.as_ref(), font.index() as usize)?;
            let is_there = font.charmap().map(character) != 0;
            is_there.then(|| family.region.or_else(|| code_page_region(&font)))
        };
        let (mut fitting, mut foreign) = (None, None);
        for (index, family) in self.families.iter().enumerate() {
            // Of families as gladly taken, one that is made for the region goes before others.
            if fitting.is_some_and(|(_, rank)| family.rank > rank) {
                break;
            }
            match forms(&mut self.context, family) {
                None => {}
                Some(Some(own)) if own == region => return Some(index),
                Some(Some(_)) => foreign = foreign.or(Some(index)),
                Some(None) => fitting = fitting.or(Some((index, family.rank))),
            }
        }
        fitting.map(|(index, _)| index).or(foreign)
    }
}

/// Whose forms of Chinese characters a font says that it has, by the code pages of its table `OS/2`
/// (OpenType, `ulCodePageRange1`): `None` where it names none of them, or several.
fn code_page_region(font: &swash::FontRef<'_>) -> Option<Region> {
    let table = font.table(swash::tag_from_bytes(b"OS/2"))?;
    let bits = table.get(78..82)?.try_into().ok()?;
    // Japanese, simplified Chinese, Korean, traditional Chinese.
    match (u32::from_be_bytes(bits) >> 17) & 0b1111 {
        0b0001 => Some(Region::Japan),
        0b0010 => Some(Region::China),
        0b0100 => Some(Region::Korea),
        0b1000 => Some(Region::Taiwan),
        _ => None,
    }
}

/// All families, the most wanted first.
fn ranked(collection: &mut Collection, own: &[String]) -> Vec<Family> {
    let names: Vec<String> = collection.family_names().map(str::to_owned).collect();
    let mut families: Vec<Family> = names
        .into_iter()
        .map(|name| Family {
            rank: if own.contains(&name) { 0 } else { rank(&name) },
            region: family_region(&name),
            name,
        })
        .collect();
    families.sort_by(|a, b| (a.rank, &a.name).cmp(&(b.rank, &b.name)));
    families
}

/// A receipt is read at arm's length: plain sans serif letters first.
fn rank(name: &str) -> u8 {
    let has = |part: &str| name.contains(part);
    let odd = ["Emoji", "Symbol", "Math", "Music", "Icon", "Color"];
    if odd.iter().any(|part| has(part)) {
        6
    } else if has("Serif") || has("Nastaliq") || has("Kufi") || has("Rashi") {
        4
    } else if has("Mono") || has("Looped") || has(" UI") {
        3
    } else if has("Sans") {
        1
    } else {
        2
    }
}

/// Whose forms a family of Chinese characters has, by the end of its name.
fn family_region(name: &str) -> Option<Region> {
    let last = name.rsplit(' ').next()?;
    Some(match last {
        "SC" | "CN" => Region::China,
        "TC" | "TW" => Region::Taiwan,
        "HK" => Region::HongKong,
        "JP" => Region::Japan,
        "KR" => Region::Korea,
        _ => return None,
    })
}

/// Whose forms of Chinese characters a text wants.
fn region_of(text: &str, language: &str) -> Region {
    for character in text.chars() {
        match character {
            '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9f}' => {
                return Region::Japan;
            }
            '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7af}' => {
                return Region::Korea;
            }
            _ => {}
        }
    }
    let language = language.to_ascii_lowercase().replace('_', "-");
    match language.as_str() {
        "zh-tw" | "zh-hant" | "zh-hant-tw" => Region::Taiwan,
        "zh-hk" | "zh-hant-hk" | "zh-mo" => Region::HongKong,
        other if other.starts_with("ja") => Region::Japan,
        other if other.starts_with("ko") => Region::Korea,
        _ => Region::China,
    }
}

/// Whether a character needs a font: spaces, marks of direction and the like do not.
fn has_a_shape(character: char) -> bool {
    !(character.is_whitespace()
        || character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
        ))
}
