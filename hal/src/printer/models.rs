//! Models of printers under the names shops know them by.

use super::profile::{
    BufferClear, CodePageNumber, CompletionReport, Cutter, Dialect, DrawerProfile, PrinterProfile,
    RasterCommand, SizeCommand, Timing,
};
use crate::printer::CodePage;

const fn number(page: CodePage, number: u8) -> CodePageNumber {
    CodePageNumber { page, number }
}

/// What every printer has. Clones number the other pages as they please.
const CLONE_PAGES: &[CodePageNumber] = &[number(CodePage::Pc437, 0)];

const EPSON_PAGES: &[CodePageNumber] = &[
    number(CodePage::Pc858, 19),
    number(CodePage::Windows1252, 16),
    number(CodePage::Pc852, 18),
    number(CodePage::Pc866, 17),
    number(CodePage::Pc737, 14),
    number(CodePage::Pc437, 0),
];

/// Its impact printers have no page for Greek.
const EPSON_IMPACT_PAGES: &[CodePageNumber] = &[
    number(CodePage::Pc858, 19),
    number(CodePage::Windows1252, 16),
    number(CodePage::Pc852, 18),
    number(CodePage::Pc866, 17),
    number(CodePage::Pc437, 0),
];

const STAR_PAGES: &[CodePageNumber] = &[
    number(CodePage::Pc858, 4),
    number(CodePage::Windows1252, 32),
    number(CodePage::Pc852, 5),
    number(CodePage::Pc866, 10),
    number(CodePage::Pc737, 15),
    number(CodePage::Pc437, 1),
];

impl PrinterProfile {
    /// The names [`PrinterProfile::named`] knows, for settings and messages.
    pub const NAMES: &'static [&'static str] = &[
        "generic80",
        "generic58",
        "epson-tm-t20",
        "epson-tm-t88",
        "epson-tm-m30",
        "epson-tm-u220",
        "star-mcprint2",
        "star-mcprint3",
        "star-tsp100iv",
        "star-tsp650",
    ];

    /// The profile of this name, one of [`PrinterProfile::NAMES`].
    pub fn named(name: &str) -> Option<PrinterProfile> {
        Some(match name {
            "generic80" => PrinterProfile::generic_80mm(),
            "generic58" => PrinterProfile::generic_58mm(),
            "epson-tm-t20" => PrinterProfile::epson_tm_t20(),
            "epson-tm-t88" => PrinterProfile::epson_tm_t88(),
            "epson-tm-m30" => PrinterProfile::epson_tm_m30(),
            "epson-tm-u220" => PrinterProfile::epson_tm_u220(),
            "star-mcprint2" => PrinterProfile::star_mcprint2(),
            "star-mcprint3" | "star-tsp100iv" => PrinterProfile::star_prnt(),
            "star-tsp650" => PrinterProfile::star_tsp650(),
            _ => return None,
        })
    }

    /// Any ESC/POS printer for 80 mm paper: only commands that all of them know.
    pub const fn generic_80mm() -> PrinterProfile {
        PrinterProfile {
            dialect: Dialect::EscPos,
            columns: 48,
            dots_per_line: 576,
            code_pages: CLONE_PAGES,
            size_command: SizeCommand::Own,
            raster: RasterCommand::GsV0,
            band_height: 128,
            cutter: Cutter::Partial,
            draws_barcodes: true,
            draws_qr: true,
            drawer: DrawerProfile::COMMON,
            completion: CompletionReport::None,
            buffer_clear: BufferClear::Fill,
            answers: true,
            automatic_status: false,
            real_time_switch: false,
            real_time_kick: false,
            line_display: None,
            timing: Timing::NORMAL,
        }
    }

    /// Any ESC/POS printer for 58 mm paper.
    pub const fn generic_58mm() -> PrinterProfile {
        let mut profile = PrinterProfile::generic_80mm();
        profile.columns = 32;
        profile.dots_per_line = 384;
        profile.cutter = Cutter::None;
        profile
    }

    /// What Epson's thermal printers have in common: completion reports, automatic status,
    /// the euro sign, the languages of Europe.
    const fn epson() -> PrinterProfile {
        let mut profile = PrinterProfile::generic_80mm();
        profile.code_pages = EPSON_PAGES;
        profile.raster = RasterCommand::GsParenL;
        profile.completion = CompletionReport::GsParenH;
        profile.buffer_clear = BufferClear::DleDc4;
        profile.automatic_status = true;
        profile.real_time_switch = true;
        profile.real_time_kick = true;
        profile
    }

    /// Epson TM-T88 (180 dots an inch).
    pub const fn epson_tm_t88() -> PrinterProfile {
        let mut profile = PrinterProfile::epson();
        profile.columns = 42;
        profile.dots_per_line = 512;
        profile
    }

    /// Epson TM-T20 (203 dots an inch).
    pub const fn epson_tm_t20() -> PrinterProfile {
        PrinterProfile::epson()
    }

    /// Epson TM-m30.
    pub const fn epson_tm_m30() -> PrinterProfile {
        PrinterProfile::epson()
    }

    /// Epson TM-U220, an impact printer for 76 mm paper: pictures in strips of eight dots, no
    /// codes of its own. Font A, 9 x 9 dots, has 33 characters on a line as its switches leave the
    /// factory (35 with the other setting); it begins with font B, which has 40.
    pub const fn epson_tm_u220() -> PrinterProfile {
        let mut profile = PrinterProfile::epson();
        profile.columns = 33;
        profile.dots_per_line = 200;
        profile.code_pages = EPSON_IMPACT_PAGES;
        profile.size_command = SizeCommand::EscExclamation;
        // A dot is 1/72 inch high; the unit is 1/144.
        profile.raster = RasterCommand::EscStar {
            density: 0,
            spacing: 16,
        };
        profile.draws_barcodes = false;
        profile.draws_qr = false;
        profile.completion = CompletionReport::None;
        profile.real_time_switch = false;
        // Three lines.
        profile.timing.rows_per_second = 90;
        profile
    }

    /// Star mC-Print3, TSP100IV and others that speak StarPRNT, 80 mm.
    pub const fn star_prnt() -> PrinterProfile {
        let mut profile = PrinterProfile::generic_80mm();
        profile.dialect = Dialect::Star;
        profile.code_pages = STAR_PAGES;
        profile.raster = RasterCommand::EscGsS;
        profile.cutter = Cutter::Partial;
        profile.completion = CompletionReport::EscGsEtx;
        profile.buffer_clear = BufferClear::EscAckCan;
        profile.automatic_status = true;
        profile
    }

    /// Star mC-Print2: 58 mm.
    pub const fn star_mcprint2() -> PrinterProfile {
        let mut profile = PrinterProfile::star_prnt();
        profile.columns = 32;
        profile.dots_per_line = 384;
        profile
    }

    /// Star TSP650 and others set to Star Line Mode.
    pub const fn star_tsp650() -> PrinterProfile {
        let mut profile = PrinterProfile::star_prnt();
        profile.raster = RasterCommand::EscK;
        profile.cutter = Cutter::Both;
        profile.completion = CompletionReport::Etb;
        profile
    }
}
