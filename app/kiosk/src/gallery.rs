//! Every screen as a picture, filled with a believable day at the demo shop: for eyes that
//! judge the look, at three sizes and in each theme.

mod card;
mod counter;
mod customer;
mod devices;
mod enrol;
mod goods;
mod manager;
mod questions;
mod renewal;
mod scenes;
mod sheets;
mod shop;
mod takings;
mod updates;

use std::path::Path;

use slint::ComponentHandle;

use crate::headless::{Clock, Headless, HeadlessError};
use crate::ui::{Look, Scheme, TillWindow};

/// The sizes a till's screen has: the usual one, the small one and the upright one.
pub const SIZES: [(u32, u32); 3] = [(1280, 800), (1024, 600), (800, 1280)];

pub use scenes::{Fill, quiet_day};

/// Every scene by the name of its picture.
pub fn scenes() -> impl Iterator<Item = (&'static str, Fill)> {
    scenes::ALL
        .into_iter()
        .chain(counter::ALL)
        .chain(manager::ALL)
        .chain(devices::ALL)
        .chain(questions::ALL)
        .chain(enrol::ALL)
        .chain(renewal::ALL)
        .chain(updates::ALL)
}

/// Writes every scene at each of [`SIZES`], light and dark, as `scene-WIDTHxHEIGHT-theme.png`
/// into `out`, which is made when it is missing. The scenes of Sell come in high contrast
/// and with large text as well, and so do those of the customer's screen, which has sizes of its
/// own. Only scenes whose names begin with `part` are written; "" is
/// all. Answers how many pictures were written.
///
/// # Errors
/// [`HeadlessError`] when this thread already has a screen or a file cannot be written.
pub fn write_all(out: &Path, part: &str) -> Result<usize, HeadlessError> {
    std::fs::create_dir_all(out).map_err(|source| HeadlessError::Write {
        path: out.into(),
        source,
    })?;
    let screen = Headless::install(SIZES[0].0, SIZES[0].1, Clock::Stepped)?;
    let mut written = 0;
    let wanted = scenes().filter(|(name, _)| name.starts_with(part));
    for (name, fill) in wanted {
        let looks: &[(Scheme, f32, &str)] = &[
            (Scheme::Light, 1.0, "light"),
            (Scheme::Dark, 1.0, "dark"),
            (Scheme::HighContrast, 1.0, "contrast"),
            (Scheme::Light, 1.3, "large"),
        ];
        let looks =
            if name.starts_with("sell") || name.starts_with("manager") || name.starts_with("enrol")
            {
                looks
            } else {
                &looks[..2]
            };
        for (width, height) in SIZES {
            screen.resize(width, height);
            for (scheme, scale, look) in looks {
                let window =
                    TillWindow::new().map_err(|error| HeadlessError::Screen(error.to_string()))?;
                window.global::<Look>().set_scheme(*scheme);
                window.global::<Look>().set_text_scale(*scale);
                window.global::<Look>().set_motion(false);
                scenes::quiet_day(&window);
                window
                    .show()
                    .map_err(|error| HeadlessError::Screen(error.to_string()))?;
                screen.paint();
                fill(&screen, &window);
                // Change handlers run between two frames; a popover is opened in the second.
                screen.paint();
                fill(&screen, &window);
                screen.paint();
                screen.paint();
                let file = out.join(format!("{name}-{width}x{height}-{look}.png"));
                screen.write_png(&file)?;
                window
                    .hide()
                    .map_err(|error| HeadlessError::Screen(error.to_string()))?;
                written += 1;
            }
        }
    }
    Ok(written + customer::write_all(&screen, out, part)?)
}
