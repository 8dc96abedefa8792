//! Writes into a folder what other people's programs are to judge: printed codes, words set as
//! pictures, and the bytes of some commands. `make test-peers` runs it.

use std::error::Error;
use std::fmt::Write;
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use hal::escpos::{Request, encode_request};
use hal::printer::{JobTag, Typesetter, encode};
use hal::raster::Fonts;
use hal::simulators::VirtualPrinter;
use hal::{
    Barcode, Command, Dialect, Image, Job, JobId, PrinterLink, PrinterProfile, Qr, QrCorrection,
    Style,
};

/// Words, and the file of the font that has them.
const WORDS: &[(&str, &str)] = &[
    ("NotoSansArabic.ttf", "سلام"),
    ("NotoSansArabic.ttf", "قهوة عربية"),
    ("NotoSansArabic.ttf", "شكرا لزيارتكم"),
    ("NotoSansArabic.ttf", "لا إله"),
    ("NotoSansArabic.ttf", "المجموع ١٢٣٫٤٥٠"),
    ("NotoSansHebrew.ttf", "שלום"),
    ("NotoSansHebrew.ttf", "עט כחול"),
    ("NotoSansThai.ttf", "ขอบคุณที่ใช้บริการ"),
    ("NotoSansThai.ttf", "น้ำส้ม ปั๊ม ฟ้า"),
    ("NotoSansCJKjp.otf", "領収書"),
    ("NotoSansCJKjp.otf", "ありがとうございました。"),
    ("NotoSansCJKsc.otf", "领收书"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("name a folder")?;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    codes(folder)?;
    words(folder)?;
    commands(folder)?;
    receipts(folder)
}

/// Every code on every kind of printer, drawn by it or sent as a picture.
fn codes(folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut list = String::new();
    let mut pictures = PrinterProfile::generic_80mm();
    pictures.draws_barcodes = false;
    pictures.draws_qr = false;
    for (name, profile) in [
        ("epson", PrinterProfile::epson_tm_t20()),
        ("narrow", PrinterProfile::generic_58mm()),
        ("pictures", pictures),
        ("star", PrinterProfile::star_prnt()),
    ] {
        let mut job = Job::new();
        let qr = "https://example.com/r/C1-000042?a=1";
        job.barcode(Barcode::ean13("978000000100")?)
            .feed(3)
            .barcode(Barcode::ean8("9638507")?)
            .feed(3)
            .barcode(Barcode::upc_a("03600029145")?)
            .feed(3)
            .barcode(Barcode::code128("C1-000042")?)
            .feed(3)
            .qr(Qr::new(qr)?.correction(QrCorrection::Q))
            .cut();
        let paper = VirtualPrinter::on_tcp_in(profile.dialect)?;
        paper.set_dots_per_line(profile.dots_per_line);
        let PrinterLink::Tcp(address) = paper.link() else {
            return Err("a network printer has an address".into());
        };
        let mut bytes = Vec::new();
        encode(
            Fonts::new().typeset(job, &profile).commands(),
            &profile,
            None,
            &mut bytes,
        )?;
        std::io::Write::write_all(&mut TcpStream::connect(address)?, &bytes)?;
        let cutter = profile.cutter != hal::Cutter::None;
        let until = Instant::now() + Duration::from_secs(5);
        while Instant::now() < until
            && (paper.bytes().len() < bytes.len() || (cutter && paper.cuts() == 0))
        {
            std::thread::sleep(Duration::from_millis(5));
        }
        if !paper.unknown().is_empty() || profile.dialect == Dialect::EscPos && bytes.is_empty() {
            return Err(format!("{name}: {:?}", paper.unknown()).into());
        }
        let file = format!("codes-{name}.png");
        std::fs::write(folder.join(&file), paper.png()?)?;
        for text in ["9780000001009", "96385074", "036000291452", "C1-000042", qr] {
            writeln!(list, "{file}\t{text}")?;
        }
    }
    std::fs::write(folder.join("codes.txt"), list)?;
    Ok(())
}

/// Words as pictures, each with one font.
fn words(folder: &Path) -> Result<(), Box<dyn Error>> {
    let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fonts");
    let mut list = String::new();
    for (index, (font, word)) in WORDS.iter().enumerate() {
        let path = fonts.join(font);
        let mut job = Job::new();
        job.text(word);
        let mut typesetter = Fonts::new().font(std::fs::read(&path)?);
        let set = typesetter.typeset(job, &PrinterProfile::generic_80mm());
        let image = set.commands().find_map(|command| match command {
            Command::Image { image, .. } => Some(image),
            _ => None,
        });
        let file = format!("word-{index}.png");
        let image = image.ok_or_else(|| format!("{word} was not set"))?;
        std::fs::write(folder.join(&file), grey(image)?)?;
        writeln!(list, "{file}\t{}\t24\t{word}", path.display())?;
    }
    std::fs::write(folder.join("words.txt"), list)?;
    Ok(())
}

fn grey(image: Image<'_>) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut file = Vec::new();
    let height = u32::try_from(image.rows().len())?;
    let mut encoder = png::Encoder::new(&mut file, image.width().into(), height);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header()?;
    let mut dots = Vec::new();
    for row in image.rows() {
        for x in 0..usize::from(image.width()) {
            let black = row
                .get(x / 8)
                .is_some_and(|byte| byte & (0x80 >> (x % 8)) != 0);
            dots.push(if black { 0 } else { 255 });
        }
    }
    writer.write_image_data(&dots)?;
    writer.finish()?;
    Ok(file)
}

/// A receipt with one of everything, as each model that the till knows gets it, and what the model is.
fn receipts(folder: &Path) -> Result<(), Box<dyn Error>> {
    let rows = [0xF0, 0x0F, 0xAA, 0x55];
    let mut list = String::new();
    for name in PrinterProfile::NAMES {
        let profile = PrinterProfile::named(name).ok_or_else(|| format!("no {name}"))?;
        let mut job = Job::new();
        job.line("Harbour Books", Style::center().emphasized().double())
            .pair("The Salt Road", "7.99", Style::plain())
            .pair("Crème brûlée", "4.50", Style::plain())
            .rule()
            .barcode(Barcode::code128("C1-000042")?)
            .qr(Qr::new("https://example.com/r/C1-000042")?)
            .image(Image::new(16, 2, &rows)?)
            .kick()
            .feed(1)
            .cut();
        let job = Fonts::new().typeset(job, &profile);
        let mut bytes = Vec::new();
        let tag = Some(JobTag::of(JobId(42)));
        encode(job.commands(), &profile, tag, &mut bytes)?;
        let file = format!("receipt-{name}.bin");
        std::fs::write(folder.join(&file), bytes)?;
        let dialect = match profile.dialect {
            Dialect::EscPos => "esc-pos",
            Dialect::Star => "star",
        };
        let (columns, dots) = (profile.columns, profile.dots_per_line);
        let draws = u8::from(profile.draws_barcodes && profile.draws_qr);
        let cuts = u8::from(profile.cutter != hal::Cutter::None);
        writeln!(
            list,
            "{file}\t{dialect}\t{columns}\t{dots}\t{draws}\t{cuts}"
        )?;
    }
    std::fs::write(folder.join("receipts.txt"), list)?;
    Ok(())
}

/// Commands that another encoder has to write the same way.
fn commands(folder: &Path) -> Result<(), Box<dyn Error>> {
    let profile = PrinterProfile::generic_80mm();
    let write = |name: &str, job: &Job| -> Result<(), Box<dyn Error>> {
        let mut bytes = Vec::new();
        encode(job.commands(), &profile, None, &mut bytes)?;
        std::fs::write(folder.join(name), bytes)?;
        Ok(())
    };
    let mut job = Job::new();
    job.barcode(Barcode::ean13("978000000100")?);
    write("ean13.bin", &job)?;
    let mut job = Job::new();
    job.qr(Qr::new("hello")?);
    write("qr.bin", &job)?;
    let mut job = Job::new();
    let rows = [0xF0, 0x0F, 0xAA, 0x55];
    job.image(Image::new(16, 2, &rows)?);
    write("image.bin", &job)?;
    let mut job = Job::new();
    job.line("Total", Style::plain().emphasized()).cut();
    write("text.bin", &job)?;
    let questions = Request::ALL.map(encode_request).concat();
    std::fs::write(folder.join("questions.bin"), questions)?;
    Ok(())
}
