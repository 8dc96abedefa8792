//! What a printer does otherwise than the profile of its name says, as `till.toml` tells it.

use hal::printer::CodePageNumber;
use hal::{CodePage, CompletionReport, Cutter, Dialect, PrinterProfile, RasterCommand};
use serde::{Deserialize, Serialize};

/// The table `[printer.changes]`: each field that is there takes the place of the profile's.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrinterChanges {
    /// Characters of the regular font on a line, 16 to 96.
    pub columns: Option<u8>,
    /// Dots on a line, 64 to 2,400.
    pub dots_per_line: Option<u16>,
    /// The code pages it has, each with the number it knows it by: `["cp858:19", "cp437:0"]`. A
    /// line goes in the first that has all its characters.
    pub code_pages: Option<Vec<CodePageName>>,
    /// How it is sent pictures.
    pub raster: Option<Raster>,
    /// Rows of dots in one picture command, 8 to 255.
    pub band_height: Option<u8>,
    /// What its cutter does.
    pub cutter: Option<CutterKind>,
    /// How it reports that a job is on paper.
    pub completion: Option<Completion>,
    /// Rows of dots that it prints in a second when it is slow, 20 to 4,000: without reports a
    /// receipt counts as printed when its paper is out at this speed.
    pub rows_per_second: Option<u16>,
    /// Whether it draws barcodes by itself.
    pub draws_barcodes: Option<bool>,
    /// Whether it draws QR codes by itself.
    pub draws_qr: Option<bool>,
    /// Whether it tells changes of its status by itself.
    pub automatic_status: Option<bool>,
    /// Whether it opens the drawer while it has no paper (`DLE DC4 1`).
    pub real_time_kick: Option<bool>,
}

/// How a printer is sent pictures.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Raster {
    /// `GS v 0`.
    GsV0,
    /// `GS ( L`.
    GsParenL,
    /// `ESC *` in strips of 24 dots.
    EscStar24,
    /// `ESC *` in strips of 8 dots, of impact printers.
    EscStar8,
    /// `ESC GS S`: StarPRNT.
    EscGsS,
    /// `ESC k`: Star Line Mode.
    EscK,
}

/// What a printer's cutter does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CutterKind {
    /// There is none: paper is fed to the tear bar.
    None,
    /// Leaves a bridge of paper.
    Partial,
    /// Cuts the paper off.
    Full,
    /// Either.
    Both,
}

/// How a printer reports that a job is on paper.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Completion {
    /// It does not; that nothing was wrong after the last byte has to do.
    None,
    /// `GS ( H`: Epson.
    GsParenH,
    /// `ETB`: Star, where no other host prints on it.
    Etb,
    /// `ESC GS ETX`: Star.
    EscGsEtx,
}

/// A code page and its number, written `cp858:19`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CodePageName(CodePageNumber);

const PAGES: [(CodePage, &str); 7] = [
    (CodePage::Pc437, "cp437"),
    (CodePage::Pc850, "cp850"),
    (CodePage::Pc858, "cp858"),
    (CodePage::Windows1252, "windows-1252"),
    (CodePage::Pc852, "cp852"),
    (CodePage::Pc866, "cp866"),
    (CodePage::Pc737, "cp737"),
];

/// What is written of a code page, `cp858:19` or `cp858`, and the device's number for it where one is
/// told.
pub(crate) fn read_code_page(written: &str) -> Result<(CodePage, Option<u8>), String> {
    let (name, number) = match written.split_once(':') {
        Some((name, number)) => (name, Some(number)),
        None => (written, None),
    };
    let Some((page, _)) = PAGES.iter().find(|(_, it)| *it == name) else {
        let known = PAGES.map(|(_, name)| name).join(", ");
        return Err(format!("there is no code page {name:?}; there are {known}"));
    };
    let number = number.map(|number| {
        number
            .parse()
            .map_err(|_| format!("the number of code page {written:?} must be between 0 and 255"))
    });
    Ok((*page, number.transpose()?))
}

/// How a code page is written.
pub(crate) fn write_code_page(page: CodePage, number: Option<u8>) -> String {
    let name = PAGES.iter().find(|(it, _)| *it == page);
    let name = name.map_or("", |(_, name)| name);
    match number {
        Some(number) => format!("{name}:{number}"),
        None => name.to_owned(),
    }
}

impl TryFrom<String> for CodePageName {
    type Error = String;

    fn try_from(written: String) -> Result<Self, String> {
        let (page, number) = read_code_page(&written)?;
        let number = number.ok_or_else(|| {
            format!("code page {written:?} needs the printer's number for it: \"cp437:0\"")
        })?;
        Ok(Self(CodePageNumber { page, number }))
    }
}

impl From<CodePageName> for String {
    fn from(CodePageName(page): CodePageName) -> Self {
        write_code_page(page.page, Some(page.number))
    }
}

impl Raster {
    /// The dialect it belongs to.
    fn dialect(self) -> Dialect {
        match self {
            Self::GsV0 | Self::GsParenL | Self::EscStar24 | Self::EscStar8 => Dialect::EscPos,
            Self::EscGsS | Self::EscK => Dialect::Star,
        }
    }
}

impl Completion {
    /// The dialect it belongs to; `None` where any has it.
    fn dialect(self) -> Option<Dialect> {
        match self {
            Self::None => None,
            Self::GsParenH => Some(Dialect::EscPos),
            Self::Etb | Self::EscGsEtx => Some(Dialect::Star),
        }
    }
}

impl PrinterChanges {
    /// Whether it is as its profile says.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What is wrong with it for a printer that speaks `dialect`, if anything is.
    pub(crate) fn problem(&self, dialect: Dialect) -> Option<String> {
        let outside = |field: &str, value: u16, least: u16, most: u16| {
            let is_outside = !(least..=most).contains(&value);
            is_outside.then(|| {
                format!("[printer.changes] {field} = {value} must be between {least} and {most}")
            })
        };
        let columns = self.columns.map(u16::from);
        let band = self.band_height.map(u16::from);
        let foreign = |field: &str| {
            format!(
                "[printer.changes] {field} is of the other kind of printers than the profile: \
                 choose another profile, or another {field}"
            )
        };
        columns
            .and_then(|it| outside("columns", it, 16, 96))
            .or_else(|| outside("dots_per_line", self.dots_per_line?, 64, 2_400))
            .or_else(|| outside("band_height", band?, 8, 255))
            .or_else(|| outside("rows_per_second", self.rows_per_second?, 20, 4_000))
            .or_else(|| (self.raster?.dialect() != dialect).then(|| foreign("raster")))
            .or_else(|| (self.completion?.dialect()? != dialect).then(|| foreign("completion")))
            .or_else(|| {
                let is_empty = self.code_pages.as_ref().is_some_and(Vec::is_empty);
                is_empty.then(|| {
                    "[printer.changes] code_pages is empty: name one, or leave it out".to_owned()
                })
            })
    }

    /// The profile with the changes.
    pub(crate) fn made_to(&self, mut profile: PrinterProfile) -> PrinterProfile {
        set(&mut profile.columns, self.columns);
        set(&mut profile.dots_per_line, self.dots_per_line);
        set(&mut profile.band_height, self.band_height);
        set(&mut profile.raster, self.raster.map(RasterCommand::from));
        set(&mut profile.cutter, self.cutter.map(Cutter::from));
        set(
            &mut profile.completion,
            self.completion.map(CompletionReport::from),
        );
        set(
            &mut profile.timing.rows_per_second,
            self.rows_per_second.map(u32::from),
        );
        set(&mut profile.draws_barcodes, self.draws_barcodes);
        set(&mut profile.draws_qr, self.draws_qr);
        set(&mut profile.automatic_status, self.automatic_status);
        set(&mut profile.real_time_kick, self.real_time_kick);
        if let Some(pages) = &self.code_pages {
            let pages: Vec<_> = pages.iter().map(|CodePageName(page)| *page).collect();
            // A profile works without memory of its own; a till has one printer as long as it runs.
            profile.code_pages = pages.leak();
        }
        profile
    }
}

fn set<T>(field: &mut T, change: Option<T>) {
    if let Some(change) = change {
        *field = change;
    }
}

impl From<Raster> for RasterCommand {
    fn from(raster: Raster) -> Self {
        match raster {
            Raster::GsV0 => Self::GsV0,
            Raster::GsParenL => Self::GsParenL,
            // The spacings that join two strips, in the units in which each kind feeds paper.
            Raster::EscStar24 => Self::EscStar {
                density: 33,
                spacing: 24,
            },
            Raster::EscStar8 => Self::EscStar {
                density: 0,
                spacing: 16,
            },
            Raster::EscGsS => Self::EscGsS,
            Raster::EscK => Self::EscK,
        }
    }
}

impl From<CutterKind> for Cutter {
    fn from(kind: CutterKind) -> Self {
        match kind {
            CutterKind::None => Self::None,
            CutterKind::Partial => Self::Partial,
            CutterKind::Full => Self::Full,
            CutterKind::Both => Self::Both,
        }
    }
}

impl From<Completion> for CompletionReport {
    fn from(completion: Completion) -> Self {
        match completion {
            Completion::None => Self::None,
            Completion::GsParenH => Self::GsParenH,
            Completion::Etb => Self::Etb,
            Completion::EscGsEtx => Self::EscGsEtx,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::printer_config::PrinterConfig;

    fn printer(changes: &str) -> Result<PrinterConfig, String> {
        let written = format!("port = \"/dev/ttyS0\"\n[changes]\n{changes}");
        let read: PrinterConfig = toml::from_str(&written).map_err(|error| error.to_string())?;
        read.problem().map_or(Ok(read), Err)
    }

    #[test]
    fn what_is_changed_takes_the_place_of_the_profile_and_the_rest_stays() {
        let config = printer(
            "columns = 42\ncode_pages = [\"cp858:19\", \"cp437:0\"]\ncompletion = \"gs-paren-h\"\n\
             draws_qr = false\nrows_per_second = 800",
        )
        .unwrap();
        let profile = config.changes.made_to(PrinterProfile::generic_80mm());
        let pages: Vec<u8> = profile.code_pages.iter().map(|page| page.number).collect();
        assert_eq!((profile.columns, pages), (42, vec![19, 0]));
        assert_eq!(profile.code_pages[0].page, CodePage::Pc858);
        assert_eq!(profile.completion, CompletionReport::GsParenH);
        assert!(!profile.draws_qr);
        assert_eq!(profile.timing.rows_per_second, 800);
        let usual = PrinterProfile::generic_80mm();
        assert_eq!(
            (
                profile.dots_per_line,
                profile.raster,
                profile.draws_barcodes
            ),
            (usual.dots_per_line, usual.raster, usual.draws_barcodes)
        );
        // A device set-up is written to a file and read again.
        let written = toml::to_string(&config).unwrap();
        assert_eq!(toml::from_str::<PrinterConfig>(&written).unwrap(), config);
    }

    #[test]
    fn what_no_printer_has_is_refused_by_the_name_of_its_field() {
        for (changes, said) in [
            ("columns = 12", "columns = 12 must be between 16 and 96"),
            ("dots_per_line = 9000", "must be between 64 and 2400"),
            ("band_height = 0", "must be between 8 and 255"),
            ("rows_per_second = 1", "must be between 20 and 4000"),
            ("raster = \"esc-k\"", "raster is of the other kind"),
            ("completion = \"etb\"", "completion is of the other kind"),
            ("code_pages = []", "code_pages is empty"),
            ("code_pages = [\"cp1:0\"]", "there are cp437, cp850"),
            ("code_pages = [\"cp437\"]", "needs the printer's number"),
            ("code_pages = [\"cp437:256\"]", "between 0 and 255"),
            ("colums = 42", "unknown field `colums`"),
        ] {
            let problem = printer(changes).unwrap_err();
            assert!(problem.contains(said), "{changes}: {problem}");
        }
    }
}
