//! `cargo run -p kiosk --example gallery -- OUTDIR [PART]`: every screen as a picture, or those
//! whose names begin with PART ("sell-price").

use std::path::PathBuf;

fn main() -> Result<(), kiosk::headless::HeadlessError> {
    let mut arguments = std::env::args_os().skip(1);
    let out = arguments
        .next()
        .map_or_else(|| PathBuf::from("target/gallery"), PathBuf::from);
    let part = arguments.next().unwrap_or_default();
    let written = kiosk::gallery::write_all(&out, &part.to_string_lossy())?;
    println!("{written} pictures in {}", out.display());
    Ok(())
}
