//! Which pieces of a job become pictures, and where they stand.

use super::fonts::Fonts;
use super::ink::Ink;
use super::text::{Line, Setting};
use crate::printer::{
    Align, Command, Image, Job, PrinterProfile, Qr, QrCorrection, RasterCommand, Style, Typesetter,
    stand_in,
};

/// The smallest letters that can be read.
const SMALLEST: usize = 16;
/// A job whose pictures are larger than this goes on as text; it is no receipt.
const MOST: usize = 16 * 1024 * 1024;
/// White modules around a QR code.
const QUIET: usize = 4;

impl Typesetter for Fonts {
    fn typeset(&mut self, job: Job, profile: &PrinterProfile) -> Job {
        let needed = job.commands().any(|command| match command {
            Command::Line { text, .. } => profile.page_for([text, ""]).is_none(),
            Command::Pair { left, right, .. } => profile.page_for([left, right]).is_none(),
            Command::Qr(_) => !profile.draws_qr,
            _ => false,
        });
        if !needed {
            return job;
        }
        let mut set = Job::new();
        for command in job.commands() {
            let full = set.content_len() > MOST;
            let done = !full
                && match command {
                    Command::Line { text, style } if profile.page_for([text, ""]).is_none() => {
                        self.line(&mut set, text, style, profile).is_some()
                    }
                    Command::Pair { left, right, style }
                        if profile.page_for([left, right]).is_none() =>
                    {
                        self.pair(&mut set, left, right, style, profile).is_some()
                    }
                    Command::Qr(qr) if !profile.draws_qr => {
                        draw_qr(&mut set, qr, profile).is_some()
                    }
                    _ => false,
                };
            if !done {
                set.command(&command);
            }
        }
        set
    }
}

impl Fonts {
    /// The characters of a job that come out as a question mark, each once: the printer has no
    /// letters for them, and no font has.
    pub fn missing(&mut self, job: &Job, profile: &PrinterProfile) -> Vec<char> {
        let mut missing = Vec::new();
        for command in job.commands() {
            let texts = match &command {
                Command::Line { text, .. } => [*text, ""],
                Command::Pair { left, right, .. } => [*left, *right],
                _ => continue,
            };
            if profile.page_for(texts).is_some() {
                continue;
            }
            for character in texts.into_iter().flat_map(str::chars) {
                let mut buffer = [0; 4];
                let letter: &str = character.encode_utf8(&mut buffer);
                let is_printed = character == '?'
                    || character == '\n'
                    || stand_in(character) != "?"
                    || profile.page_for([letter, ""]).is_some()
                    || self.has(character);
                if !is_printed && !missing.contains(&character) {
                    missing.push(character);
                }
            }
        }
        missing
    }

    /// Adds a text as pictures, one a line; `None` when the fonts have nothing to add.
    fn line(
        &mut self,
        job: &mut Job,
        text: &str,
        style: Style,
        profile: &PrinterProfile,
    ) -> Option<()> {
        let text = self.printable(text, profile)?;
        for line in self.set(&text, style, profile, usize::from(profile.dots_per_line))? {
            add(job, &line.ink, style.align);
        }
        Some(())
    }

    /// Adds two texts that share a line, the left one broken beside the right one.
    fn pair(
        &mut self,
        job: &mut Job,
        left: &str,
        right: &str,
        style: Style,
        profile: &PrinterProfile,
    ) -> Option<()> {
        let paper = usize::from(profile.dots_per_line);
        let left = self.printable(left, profile)?;
        let right = self.printable(right, profile)?;
        let rights = self.set(&right, style, profile, paper)?;
        let gap = Setting::of(style, profile).size / 2;
        let beside = match rights.as_slice() {
            [one] if one.ink.width() + gap + paper / 4 <= paper => Some(one),
            _ => None,
        };
        let Some(amount) = beside else {
            // Beside a right text this wide the left one has no room: they take turns.
            for line in self.set(&left, style, profile, paper)? {
                add(job, &line.ink, Align::Left);
            }
            for line in rights {
                add(job, &line.ink, Align::Right);
            }
            return Some(());
        };
        let room = paper - amount.ink.width() - gap;
        let mut lefts = self.set(&left, style, profile, room)?;
        let last = lefts.pop();
        for line in lefts {
            add(job, &line.ink, Align::Left);
        }
        // Both on one base line.
        let above = last.iter().chain([amount]).map(|line| line.above).max()?;
        let below = |line: &Line| line.ink.height() - line.above;
        let under = last.iter().chain([amount]).map(below).max()?;
        let mut both = Ink::new(paper, above + under);
        if let Some(last) = &last {
            both.draw(&last.ink, 0, above - last.above);
        }
        let edge = paper - amount.ink.width();
        both.draw(&amount.ink, edge, above - amount.above);
        add(job, &both, Align::Left);
        Some(())
    }

    fn set(
        &mut self,
        text: &str,
        style: Style,
        profile: &PrinterProfile,
        width: usize,
    ) -> Option<Vec<Line>> {
        let setting = Setting::of(style, profile);
        let (wide, high) = (style.double_width, style.double_height);
        if wide == high {
            return self.lines(text, setting, width);
        }
        let width = if wide { width / 2 } else { width };
        let lines = self.lines(text, setting, width)?;
        let stretched = lines.into_iter().map(|line| Line {
            above: line.above * if high { 2 } else { 1 },
            ink: line.ink.stretched(wide, high),
        });
        Some(stretched.collect())
    }

    /// The text with stand-ins for what is in no font; `None` when that leaves nothing that the
    /// printer could not print itself.
    fn printable(&mut self, text: &str, profile: &PrinterProfile) -> Option<String> {
        let mut printable = String::with_capacity(text.len());
        for character in text.chars() {
            if character == '\n' || (!character.is_control() && self.has(character)) {
                printable.push(character);
            } else {
                printable.push_str(stand_in(character));
            }
        }
        let gained = printable == text || profile.page_for([&printable, ""]).is_none();
        // One half of a pair may be plain; it is set like the other.
        (gained || profile.page_for([text, ""]).is_some()).then_some(printable)
    }
}

impl Setting {
    fn of(style: Style, profile: &PrinterProfile) -> Setting {
        let cell = usize::from(profile.dots_per_line) / usize::from(profile.columns.max(1));
        let own = (2 * cell).max(SMALLEST);
        let (size, spacing) = match profile.raster {
            // A strip is 24 dots high, and what does not fit takes another one.
            RasterCommand::EscK => (own * 5 / 6, 24),
            RasterCommand::EscStar { .. } => (own, own + own / 4),
            _ => (own, own * 5 / 4),
        };
        let double = 1 + usize::from(style.double_width && style.double_height);
        Setting {
            size: size * double,
            spacing: spacing * double,
            bold: style.emphasis,
        }
    }
}

/// Adds a picture without its white edges, which would only cost time on the wire.
fn add(job: &mut Job, ink: &Ink, align: Align) {
    let (first, last) = ink.inked().unwrap_or((0, 1));
    let part = match align {
        Align::Left => ink.columns(0, last),
        Align::Center => ink.columns(first, last),
        Align::Right => {
            // Rows are whole bytes: the dots that fill them up belong to the left.
            let part = ink.columns(first, last);
            let mut whole = Ink::new(part.width().next_multiple_of(8), part.height());
            whole.draw(&part, whole.width() - part.width(), 0);
            whole
        }
    };
    picture(job, &part, align);
}

fn picture(job: &mut Job, ink: &Ink, align: Align) -> Option<()> {
    let width = u16::try_from(ink.width()).ok()?;
    let height = u16::try_from(ink.height()).ok()?;
    let image = Image::new(width, height, ink.rows()).ok()?;
    job.picture(image, align);
    Some(())
}

/// Adds a QR code as a picture, with its quiet zone.
fn draw_qr(job: &mut Job, qr: &Qr, profile: &PrinterProfile) -> Option<()> {
    let level = match qr.level() {
        QrCorrection::L => qrcode::EcLevel::L,
        QrCorrection::M => qrcode::EcLevel::M,
        QrCorrection::Q => qrcode::EcLevel::Q,
        QrCorrection::H => qrcode::EcLevel::H,
    };
    let code = qrcode::QrCode::with_error_correction_level(qr.data(), level).ok()?;
    let dots = usize::from(qr.fitting_module_dots(profile.dots_per_line));
    let side = code.width();
    let mut ink = Ink::new(side * dots, (side + 2 * QUIET) * dots);
    for (index, _) in code
        .to_colors()
        .iter()
        .enumerate()
        .filter(|(_, color)| **color == qrcode::Color::Dark)
    {
        let (left, top) = (index % side * dots, (index / side + QUIET) * dots);
        for y in top..top + dots {
            for x in left..left + dots {
                ink.dot(x.cast_signed(), y.cast_signed());
            }
        }
    }
    picture(job, &ink, Align::Center)
}
