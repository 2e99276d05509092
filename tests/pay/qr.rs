//! QR codes, read back by another crate.

use std::io::Cursor;

use wechatpay_chain::ErrorKind;
use wechatpay_chain::pay::{Background, qr};

const CODE_URL: &str = "weixin://wxpay/bizpayurl?pr=p4lpSuKzz";

/// Scales the image, as a camera would see it, and reads it.
fn read(side: usize, dark: impl Fn(usize, usize) -> bool) -> String {
    const SCALE: usize = 4;
    let mut image =
        rqrr::PreparedImage::prepare_from_greyscale(side * SCALE, side * SCALE, |x, y| {
            if dark(x / SCALE, y / SCALE) { 0 } else { 255 }
        });
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1);
    grids[0].decode().unwrap().1
}

#[test]
fn a_terminal_qr_code_can_be_read() {
    for (background, printed) in [(Background::Light, true), (Background::Dark, false)] {
        let text = qr(CODE_URL).unwrap().to_text(background);
        let lines: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
        let side = lines[0].len();
        let dark = |x: usize, y: usize| {
            let block = lines[y / 2][x];
            let ink = match y % 2 {
                0 => "▀█".contains(block),
                _ => "▄█".contains(block),
            };
            ink == printed
        };
        assert_eq!(read(side, dark), CODE_URL, "{background:?}");
        // The quiet zone is light.
        assert!(!dark(0, 0) && !dark(side - 1, side - 1));
    }
}

#[test]
fn an_svg_qr_code_can_be_read() {
    let svg = qr(CODE_URL).unwrap().to_svg();
    let path = svg.split("d=\"").nth(1).unwrap().split('"').next().unwrap();
    // A module is `Mx yhNvNH…V…`.
    let number = |text: &str| -> usize {
        let digits = text.chars().take_while(char::is_ascii_digit);
        digits.collect::<String>().parse().unwrap()
    };
    let modules: Vec<(usize, usize)> = path
        .split('M')
        .skip(1)
        .map(|module| {
            assert!(module.contains("h8v8"), "{module}");
            let (x, y) = module.split_once(' ').unwrap();
            (number(x) / 8, number(y) / 8)
        })
        .collect();
    let width = svg.split("width=\"").nth(1).unwrap();
    let text = read(number(width) / 8, |x, y| modules.contains(&(x, y)));
    assert_eq!(text, CODE_URL);
}

#[test]
fn a_png_qr_code_can_be_read_at_any_scale() {
    for scale in [1, 3, 8] {
        let file = qr(CODE_URL).unwrap().to_png(scale).unwrap();
        let mut reader = png::Decoder::new(Cursor::new(file)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!(info.width, info.height);
        assert_eq!(info.width % scale, 0);
        let side = info.width as usize;
        assert_eq!(read(side, |x, y| pixels[y * side + x] == 0), CODE_URL);
    }
}

#[test]
fn texts_too_long_for_a_qr_code_are_rejected() {
    let code = qr(CODE_URL).unwrap();
    for err in [
        qr("").unwrap_err(),
        qr(&"x".repeat(2_332)).unwrap_err(),
        code.to_png(0).unwrap_err(),
        code.to_png(65).unwrap_err(),
    ] {
        assert_eq!(err.kind(), ErrorKind::Request);
    }
    assert!(qr(&"x".repeat(2_331)).is_ok());
    assert!(!format!("{code:?}").contains("weixin"));
}
