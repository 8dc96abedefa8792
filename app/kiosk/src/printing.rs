//! From receipts to print jobs.

use checkout::receipt::{Look, Part, Receipt};
use hal::raster::Logo;
use hal::{Align, Job, Qr, Style};

/// The job that prints a receipt, with the shop's logo at its head.
pub fn job(receipt: &Receipt, logo: Option<&Logo>) -> Job {
    let mut job = Job::new();
    if let Some(image) = logo.and_then(Logo::image) {
        job.image(image).feed(1);
    }
    for part in &receipt.parts {
        match part {
            Part::Text { text, look } => job.line(text, style(*look)),
            Part::Pair { left, right, look } => job.pair(left, right, style(*look)),
            Part::Rule => job.rule(),
            Part::Space => job.feed(1),
            Part::Qr(text) => match Qr::new(text) {
                Ok(qr) => job.qr(qr),
                // A key too long for a QR code is still printed as text below it.
                Err(_) => &mut job,
            },
            Part::Cut => job.cut(),
        };
    }
    job
}

fn style(look: Look) -> Style {
    let plain = Style::plain();
    match look {
        Look::Plain => plain,
        Look::Centered => Style {
            align: Align::Center,
            ..plain
        },
        Look::Strong => Style {
            emphasis: true,
            ..plain
        },
        Look::Title => Style {
            align: Align::Center,
            emphasis: true,
            double_width: true,
            double_height: true,
        },
        Look::Large => Style {
            emphasis: true,
            double_width: true,
            double_height: true,
            ..plain
        },
    }
}
