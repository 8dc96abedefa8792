//! Text in scripts that a printer has no letters for: as pictures, shaped and in order.
//!
//! `pictures/*.png` is what the receipts of this page look like; look at them after a change, made
//! anew with `EVERTILL_NEW_PICTURES=1 cargo test -p hal --test behaviour scripts`.

use std::path::{Path, PathBuf};

use hal::printer::Typesetter;
use hal::raster::Fonts;
use hal::simulators::VirtualPrinter;
use hal::{
    Align, Command, Dialect, Evidence, Job, JobId, JobState, PosPrinter, PrinterDevice,
    PrinterProfile, RasterCommand, Style,
};

use crate::support::{Counter, PRINTER, quick};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(name)
}

fn fonts() -> Fonts {
    Fonts::new().folder(folder("fonts"))
}

/// A picture as it was set, one character a dot.
struct Picture {
    rows: Vec<Vec<bool>>,
    align: Align,
}

impl Picture {
    fn width(&self) -> usize {
        self.rows
            .iter()
            .filter_map(|row| row.iter().rposition(|dot| *dot))
            .max()
            .map_or(0, |x| x + 1)
    }

    fn left(&self) -> usize {
        self.rows
            .iter()
            .filter_map(|row| row.iter().position(|dot| *dot))
            .min()
            .unwrap_or(0)
    }

    /// Rows that have ink.
    fn height(&self) -> usize {
        self.rows.iter().filter(|row| row.contains(&true)).count()
    }

    /// The ink between two columns, without white edges above and below.
    fn cut(&self, from: usize, to: usize) -> Vec<Vec<bool>> {
        let rows: Vec<Vec<bool>> = self.rows.iter().map(|row| row[from..to].to_vec()).collect();
        let inked = |row: &&Vec<bool>| row.contains(&true);
        let top = rows.iter().take_while(|row| !inked(row)).count();
        let bottom = rows.len() - rows.iter().rev().take_while(|row| !inked(row)).count();
        rows[top.min(bottom)..bottom].to_vec()
    }

    /// How many groups of touching dots there are.
    fn pieces(&self) -> usize {
        let (high, wide) = (self.rows.len(), self.rows.first().map_or(0, Vec::len));
        let mut seen = vec![vec![false; wide]; high];
        let mut pieces = 0;
        for y in 0..high {
            for x in 0..wide {
                if !self.rows[y][x] || seen[y][x] {
                    continue;
                }
                pieces += 1;
                let mut edge = vec![(x, y)];
                seen[y][x] = true;
                while let Some((x, y)) = edge.pop() {
                    for (dx, dy) in (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (dx, dy))) {
                        let (x, y) = (x.wrapping_add_signed(dx), y.wrapping_add_signed(dy));
                        if y < high && x < wide && self.rows[y][x] && !seen[y][x] {
                            seen[y][x] = true;
                            edge.push((x, y));
                        }
                    }
                }
            }
        }
        pieces
    }

    fn show(&self) -> String {
        let row = |row: &Vec<bool>| row.iter().map(|dot| if *dot { '#' } else { '.' }).collect();
        let rows: Vec<String> = self.rows.iter().map(row).collect();
        rows.join("\n")
    }
}

fn pictures(job: &Job) -> Vec<Picture> {
    job.commands()
        .filter_map(|command| match command {
            Command::Image { image, align } => Some(Picture {
                align,
                rows: image
                    .rows()
                    .map(|row| {
                        (0..usize::from(image.width()))
                            .map(|x| row[x / 8] & (0x80 >> (x % 8)) != 0)
                            .collect()
                    })
                    .collect(),
            }),
            _ => None,
        })
        .collect()
}

/// One line, set.
fn set(text: &str, style: Style) -> Picture {
    let mut job = Job::new();
    job.line(text, style);
    let mut all = pictures(&fonts().typeset(job, &PrinterProfile::generic_80mm()));
    assert_eq!(all.len(), 1, "{text} is one line");
    all.remove(0)
}

fn plain(text: &str) -> Picture {
    set(text, Style::plain())
}

#[test]
fn hebrew_reads_from_right_to_left() {
    let word = plain("שלום");
    let (first, last) = (plain("ש"), plain("ם"));
    let first = first.cut(first.left(), first.width());
    let at_right = word.cut(word.width() - first[0].len(), word.width());
    assert_eq!(
        at_right,
        first,
        "the first letter stands at the right:\n{}",
        word.show()
    );
    let last = last.cut(last.left(), last.width());
    let at_left = word.cut(word.left(), word.left() + last[0].len());
    assert_eq!(
        at_left,
        last,
        "the last letter stands at the left:\n{}",
        word.show()
    );
}

#[test]
fn arabic_letters_join_and_lam_alif_is_one_letter() {
    // Two joined groups and nothing else: seen-lam-alif, meem.
    let word = plain("سلام");
    assert_eq!(word.pieces(), 2, "\n{}", word.show());
    let apart: usize = "سلام"
        .chars()
        .map(|letter| plain(&letter.to_string()).width())
        .sum();
    assert!(word.width() < apart * 9 / 10, "{} of {apart}", word.width());
    // The last letter stands at the left, in its final form, which is not that of a letter alone.
    let alone = plain("م");
    let alone = alone.cut(alone.left(), alone.width());
    let end = plain("كم");
    let end = end.cut(end.left(), end.left() + alone[0].len());
    assert_ne!(end, alone);
}

#[test]
fn numbers_in_arabic_keep_their_order() {
    // Digits read from left to right within a text that does not.
    let number = plain("١٢٣");
    let one = plain("١");
    let one = one.cut(one.left(), one.width());
    let at_left = number.cut(number.left(), number.left() + one[0].len());
    assert_eq!(at_left, one, "\n{}", number.show());
    // The amount after the word stands at its left.
    let mixed = plain("قهوة 12");
    let two = plain("2 ه");
    assert!(mixed.width() > two.width());
}

#[test]
fn thai_marks_stand_over_their_letters() {
    let (bare, marked) = (plain("ทน"), plain("ที่นี่"));
    assert!(marked.width() <= bare.width() + 2, "\n{}", marked.show());
    assert!(marked.height() >= bare.height() + 8, "\n{}", marked.show());
}

#[test]
fn chinese_characters_have_the_forms_of_the_language() {
    let of = |language: &str, text: &str| {
        let mut job = Job::new();
        job.text(text);
        let set = fonts()
            .language(language)
            .typeset(job, &PrinterProfile::generic_80mm());
        pictures(&set)[0].show()
    };
    assert_ne!(of("ja", "骨"), of("zh", "骨"));
    assert_eq!(of("", "骨"), of("zh-CN", "骨"));
    // Kana beside it say that it is Japanese.
    assert_ne!(of("zh", "骨の"), of("zh", "骨"));
    assert!(
        of("zh", "骨の")
            .lines()
            .zip(of("ja", "骨").lines())
            .all(|(long, short)| long.starts_with(short.trim_end_matches('.')))
    );
}

#[test]
fn a_font_whose_name_does_not_tell_says_by_its_code_pages_whose_forms_it_has() {
    let read = |name: &str| std::fs::read(folder("fonts").join(name)).unwrap();
    let of = |text: &str| {
        let mut job = Job::new();
        job.text(text);
        let mut fonts = Fonts::new()
            .font(read("MotoyaLCedar.ttf"))
            .font(read("NotoSansCJKsc.otf"));
        let set = fonts.typeset(job, &PrinterProfile::generic_80mm());
        pictures(&set)[0].show()
    };
    assert_eq!(
        of("骨"),
        plain("骨").show(),
        "China's are taken from its own"
    );
    let japanese = of("骨の");
    assert!(
        japanese
            .lines()
            .zip(of("骨").lines())
            .any(|(one, other)| !one.starts_with(other.trim_end_matches('.'))),
        "Japan's are not"
    );
}

#[test]
fn what_the_code_page_has_stays_text() {
    let mut job = Job::new();
    job.text("Gracias, señor – “adiós”…")
        .pair("Coffee", "2.40", Style::plain())
        .rule();
    let set = fonts().typeset(job.clone(), &PrinterProfile::generic_80mm());
    assert_eq!(set, job);
    // A letter that one code page of the printer has stays text, in that code page.
    let mut polish = Job::new();
    polish.text("Łódź");
    let epson = PrinterProfile::epson_tm_t88();
    assert_eq!(fonts().typeset(polish.clone(), &epson), polish);
    let mut bytes = Vec::new();
    hal::printer::encode(polish.commands(), &epson, None, &mut bytes).unwrap();
    assert!(
        bytes.ends_with(b"\x1bt\x12\x9d\xa2d\xab\n"),
        "{}",
        bytes.escape_ascii()
    );
}

#[test]
fn what_no_font_has_is_replaced_and_the_rest_is_set() {
    let (with, without) = (plain("שלום 🛒"), plain("שלום ?"));
    assert_eq!(with.show(), without.show());
    let mut job = Job::new();
    job.text("only 🛒");
    assert_eq!(
        fonts().typeset(job.clone(), &PrinterProfile::generic_80mm()),
        job
    );
    let mut none = Job::new();
    none.text("שלום");
    assert_eq!(
        Fonts::new().typeset(none.clone(), &PrinterProfile::generic_80mm()),
        none
    );
}

#[test]
fn the_sizes_and_places_of_a_style_are_kept() {
    let (small, double) = (plain("שלום"), set("שלום", Style::center().double()));
    assert!(double.width() - double.left() > 3 * (small.width() - small.left()) / 2);
    assert_eq!(double.align, Align::Center);
    let tall = set("שלום", Style::plain().tall());
    assert_eq!(tall.width(), small.width());
    assert_eq!(tall.rows.len(), 2 * small.rows.len());
    let right = set("שלום", Style::right());
    assert_eq!(right.align, Align::Right);
    // Whole bytes, so that the printer puts the last dot at the edge.
    assert_eq!(right.rows[0].len() % 8, 0);
    assert_eq!(right.width(), right.rows[0].len());
    let bold = set("שלום", Style::plain().emphasized());
    let ink = |picture: &Picture| picture.rows.iter().flatten().filter(|dot| **dot).count();
    assert!(ink(&bold) > ink(&small) * 11 / 10);
}

#[test]
fn a_long_text_is_broken_and_an_amount_stands_beside_its_end() {
    let mut job = Job::new();
    let name = "قهوة عربية ".repeat(8);
    job.pair(&name, "12.50", Style::plain());
    let profile = PrinterProfile::generic_58mm();
    let set = pictures(&fonts().typeset(job, &profile));
    assert!(set.len() > 2, "{} lines", set.len());
    let (last, before) = set.split_last().unwrap();
    assert!(last.width() > 380, "the amount stands at the edge");
    for line in before {
        assert!(
            line.width() < 384 - 4 * 12,
            "{} dots leave no room for the amount",
            line.width()
        );
    }
}

/// A receipt in five scripts.
fn receipt() -> Job {
    let mut job = Job::new();
    job.line("قهوة عربية", Style::center().double().emphasized())
        .line("领收书 领収書", Style::center())
        .rule()
        .pair("قهوة عربية 250 g", "12.50 €", Style::plain())
        .pair("עט כחול שלום", "₪ 3.00", Style::plain())
        .pair("กาแฟเย็น น้ำส้ม", "45.00", Style::plain())
        .pair("珈琲豆 コーヒー", "1,200 円", Style::plain())
        .pair("咖啡豆", "38.00 元", Style::plain())
        .pair("Coffee", "2.40", Style::plain())
        .rule()
        .pair("المجموع", "١٢٣٫٤٥٠", Style::plain().emphasized())
        .line("شكرا لزيارتكم", Style::right())
        .line("ขอบคุณที่ใช้บริการ", Style::center())
        .line("ありがとうございました。", Style::center())
        .cut();
    job
}

#[test]
fn a_receipt_in_many_scripts_looks_as_it_should_on_every_kind_of_printer() {
    let mut escpos_star = PrinterProfile::generic_80mm();
    escpos_star.raster = RasterCommand::EscStar {
        density: 33,
        spacing: 24,
    };
    for (name, profile) in [
        ("gs-v-0", PrinterProfile::generic_80mm()),
        ("gs-l", PrinterProfile::epson_tm_t20()),
        ("esc-star", escpos_star),
        ("star-prnt", PrinterProfile::star_prnt()),
        ("star-line", PrinterProfile::star_tsp650()),
        ("58mm", PrinterProfile::generic_58mm()),
    ] {
        let counter = Counter::new();
        let paper = match profile.dialect {
            Dialect::EscPos => counter.printer_on_pty(),
            Dialect::Star => {
                VirtualPrinter::on_pty_in(counter.path("star"), Dialect::Star).unwrap()
            }
        };
        paper.set_dots_per_line(profile.dots_per_line);
        let evidence = match profile.completion {
            hal::CompletionReport::None => Evidence::ErrorFreeStatus,
            _ => Evidence::CompletionReport,
        };
        let events = counter.events.clone();
        let printer =
            PrinterDevice::start_with(PRINTER, paper.link(), quick(profile), fonts(), events)
                .unwrap();
        printer.print(JobId(1), receipt()).unwrap();
        counter.wait_for_job(JobId(1), JobState::Confirmed(evidence));
        assert_eq!(paper.unknown(), [], "{name}");
        compare(name, &paper.png().unwrap());
    }
}

fn compare(name: &str, png: &[u8]) {
    let path = folder("pictures").join(format!("{name}.png"));
    if std::env::var_os("EVERTILL_NEW_PICTURES").is_some() {
        std::fs::write(&path, png).unwrap();
    }
    let dots = |png: &[u8]| {
        let mut reader = png::Decoder::new(std::io::Cursor::new(png.to_vec()))
            .read_info()
            .unwrap();
        let mut grey = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut grey).unwrap();
        (info.width, grey)
    };
    let (made, wanted) = (dots(png), dots(&std::fs::read(&path).unwrap()));
    if made != wanted {
        let other = std::env::temp_dir().join(format!("evertill-{name}.png"));
        std::fs::write(&other, png).unwrap();
        panic!("{} is not {}", other.display(), path.display());
    }
}
