//! The virtual printer's font: cells of 12 x 24 dots, as font A of thermal printers.

use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster};

/// Dots of a cell.
pub(super) const CELL_WIDTH: usize = 12;
pub(super) const CELL_HEIGHT: usize = 24;

/// How black each dot of a cell is, 0 to 255.
pub(super) type Cell = [[u8; CELL_WIDTH]; CELL_HEIGHT];

/// The cell of a character; a box for one the font lacks.
pub(super) fn cell(character: char, bold: bool) -> Cell {
    match character {
        '─' => rows(11..13),
        '═' => overlaid(rows(9..11), rows(13..15)),
        '█' => rows(0..CELL_HEIGHT),
        '■' => framed(5..19, 0),
        '€' => overlaid(glyph('C', bold), overlaid(bar(10), bar(13))),
        '\u{a0}' => glyph(' ', bold),
        c if get_raster(c, weight(bold), RasterHeight::Size24).is_some() => glyph(c, bold),
        _ => framed(4..20, 2),
    }
}

fn weight(bold: bool) -> FontWeight {
    if bold {
        FontWeight::Bold
    } else {
        FontWeight::Regular
    }
}

fn glyph(character: char, bold: bool) -> Cell {
    let mut cell = [[0; CELL_WIDTH]; CELL_HEIGHT];
    if let Some(raster) = get_raster(character, weight(bold), RasterHeight::Size24) {
        for (to, from) in cell.iter_mut().zip(raster.rows()) {
            for (dot, ink) in to.iter_mut().zip(from) {
                *dot = *ink;
            }
        }
    }
    cell
}

fn rows(black: std::ops::Range<usize>) -> Cell {
    std::array::from_fn(|y| [if black.contains(&y) { 255 } else { 0 }; CELL_WIDTH])
}

fn bar(y: usize) -> Cell {
    std::array::from_fn(|row| std::array::from_fn(|x| if row == y && x < 8 { 255 } else { 0 }))
}

/// A frame of `line` dots, filled when `line` is 0.
fn framed(high: std::ops::Range<usize>, line: usize) -> Cell {
    std::array::from_fn(|y| {
        std::array::from_fn(|x| {
            let inside = |edge: usize| {
                (high.start + edge..high.end - edge).contains(&y)
                    && (1 + edge..CELL_WIDTH - 1 - edge).contains(&x)
            };
            if inside(0) && (line == 0 || !inside(line)) {
                255
            } else {
                0
            }
        })
    })
}

fn overlaid(one: Cell, other: Cell) -> Cell {
    std::array::from_fn(|y| std::array::from_fn(|x| one[y][x].max(other[y][x])))
}

/// The ink at `(x, y)` of a cell enlarged by `(wide, high)`, with edges smoothed as the heat of
/// a print head smooths them.
pub(super) fn enlarged(cell: &Cell, x: usize, y: usize, wide: usize, high: usize) -> u8 {
    if wide == 1 && high == 1 {
        return cell[y.min(CELL_HEIGHT - 1)][x.min(CELL_WIDTH - 1)];
    }
    // Bilinear, then steeper in the middle. In sixteenths of a dot.
    let position = |at: usize, by: usize, size: usize| {
        let fine = ((2 * at + 1) * 8 / by).saturating_sub(8);
        let low = (fine / 16).min(size - 1);
        (low, (low + 1).min(size - 1), (fine % 16) as u32)
    };
    let (x0, x1, fx) = position(x, wide, CELL_WIDTH);
    let (y0, y1, fy) = position(y, high, CELL_HEIGHT);
    let mix = |a: u8, b: u8, part: u32| u32::from(a) * (16 - part) + u32::from(b) * part;
    let top = mix(cell[y0][x0], cell[y0][x1], fx);
    let bottom = mix(cell[y1][x0], cell[y1][x1], fx);
    let ink = (top * (16 - fy) + bottom * fy) / 256;
    u8::try_from((ink.saturating_sub(64) * 2).min(255)).unwrap_or(255)
}
