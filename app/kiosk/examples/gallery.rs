//! `cargo run -p kiosk --example gallery -- OUTDIR`: every screen as a picture.

use std::path::PathBuf;

fn main() -> Result<(), kiosk::headless::HeadlessError> {
    let out = std::env::args_os()
        .nth(1)
        .map_or_else(|| PathBuf::from("target/gallery"), PathBuf::from);
    let written = kiosk::gallery::write_all(&out)?;
    println!("{written} pictures in {}", out.display());
    Ok(())
}
