//! A logo from a picture file.

use hal::raster::{Logo, LogoError};

/// A PNG of these samples.
fn png(width: u32, colour: png::ColorType, samples: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let height = samples.len() as u32 / width / colour.samples() as u32;
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(colour);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(samples).unwrap();
    writer.finish().unwrap();
    file
}

fn black(logo: &Logo) -> usize {
    let image = logo.image().unwrap();
    image
        .bytes()
        .iter()
        .map(|byte| byte.count_ones() as usize)
        .sum()
}

#[test]
fn greys_become_as_many_dots_as_they_are_dark() {
    for (grey, share) in [(0u8, 100), (64, 75), (128, 50), (192, 25), (255, 0)] {
        let logo = Logo::from_png(&png(64, png::ColorType::Grayscale, &[grey; 64 * 64]), 576);
        let dots = black(&logo.unwrap()) * 100 / (64 * 64);
        assert!(dots.abs_diff(share) <= 2, "{grey}: {dots} %");
    }
}

#[test]
fn what_is_transparent_stays_white() {
    let dots: Vec<u8> = (0..32 * 8)
        .flat_map(|at| [0, 0, 0, if at % 32 < 16 { 255 } else { 0 }])
        .collect();
    let logo = Logo::from_png(&png(32, png::ColorType::Rgba, &dots), 576).unwrap();
    let image = logo.image().unwrap();
    for row in image.rows() {
        assert_eq!(row, [0xFF, 0xFF, 0, 0]);
    }
}

#[test]
fn a_logo_wider_than_the_paper_is_made_as_narrow() {
    let file = png(1_000, png::ColorType::Rgb, &[0; 1_000 * 500 * 3]);
    let logo = Logo::from_png(&file, 384).unwrap();
    let image = logo.image().unwrap();
    assert_eq!((image.width(), image.rows().len()), (384, 192));
    assert_eq!(black(&logo), 384 * 192);
}

#[test]
fn what_is_no_picture_is_refused_with_the_reason() {
    let whole = png(64, png::ColorType::Grayscale, &[0; 64 * 64]);
    for bytes in [&b""[..], b"GIF89a", &whole[..40]] {
        assert!(matches!(
            Logo::from_png(bytes, 576),
            Err(LogoError::Unreadable(_))
        ));
    }
    let wide = png(9_000, png::ColorType::Grayscale, &[0; 9_000]);
    let refused = Logo::from_png(&wide, 576).unwrap_err();
    assert!(refused.to_string().contains("9000 x 1"), "{refused}");
}
