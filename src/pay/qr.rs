//! A Native order's `code_url` as a QR code.

use std::fmt;

use qrcode::render::{svg, unicode::Dense1x2};
use qrcode::{Color, EcLevel, QrCode};

use super::refused;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// Encodes a text as a QR code (ISO/IEC 18004, error correction M), for example a Native order's `code_url`.
///
/// ```
/// use wechatpay_chain::pay::{self, Background};
///
/// let code = pay::qr("weixin://wxpay/bizpayurl?pr=p4lpSuKzz")?;
/// println!("{}", code.to_text(Background::Dark));
/// assert!(code.to_svg().ends_with("</svg>"));
/// assert!(code.to_png(8)?.starts_with(b"\x89PNG"));
/// # Ok::<(), wechatpay_chain::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Request`] when the text is empty, or longer than a QR code can contain (2,331 bytes).
pub fn qr(text: &str) -> Result<Qr> {
    if text.is_empty() {
        return Err(refused("the text for the QR code is empty"));
    }
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|err| {
        refused("the text does not fit in a QR code: it is not a code_url").with_source(err)
    })?;
    Ok(Qr { code })
}

/// A QR code with the quiet zone that scanners need; created by [`qr()`].
#[derive(Clone)]
pub struct Qr {
    code: QrCode,
}

/// The background of a terminal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Background {
    /// Light characters on dark, as most terminals have it.
    #[default]
    Dark,
    /// Dark characters on light: a log in a browser, a text file.
    Light,
}

impl Qr {
    /// Renders the code for a terminal: lines of half blocks, two modules high each, without a line end after the
    /// last.
    #[must_use]
    pub fn to_text(&self, background: Background) -> String {
        let (dark, light) = match background {
            Background::Dark => (Dense1x2::Light, Dense1x2::Dark),
            Background::Light => (Dense1x2::Dark, Dense1x2::Light),
        };
        let mut renderer = self.code.render::<Dense1x2>();
        renderer.dark_color(dark).light_color(light).build()
    }

    /// Renders the code as an SVG document, 8 pixels per module.
    #[must_use]
    pub fn to_svg(&self) -> String {
        self.code.render::<svg::Color<'_>>().build()
    }

    /// Renders the code as a greyscale PNG; `scale` is a module's size in pixels, 1 to 64.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Request`] for another scale.
    pub fn to_png(&self, scale: u32) -> Result<Vec<u8>> {
        if !(1..=64).contains(&scale) {
            return Err(refused(format!(
                "a module of {scale} pixels is not supported; use 1 to 64, usually 8"
            )));
        }
        let pixels = self.pixels(scale as usize);
        let side = pixels.len().isqrt();
        encode(&pixels, u32::try_from(side).unwrap_or_default()).map_err(|err| {
            Error::new(ErrorKind::Request, "the PNG image could not be encoded").with_source(err)
        })
    }

    /// Returns the pixels row by row, one byte each, with the quiet zone.
    fn pixels(&self, scale: usize) -> Vec<u8> {
        let modules = self.code.width();
        let side = (modules + 2 * QUIET) * scale;
        let module = |at: usize| {
            let module = (at / scale).checked_sub(QUIET)?;
            (module < modules).then_some(module)
        };
        let mut pixels = Vec::with_capacity(side * side);
        for y in 0..side {
            pixels.extend((0..side).map(|x| match (module(x), module(y)) {
                (Some(x), Some(y)) if self.code[(x, y)] == Color::Dark => 0x00,
                _ => 0xFF,
            }));
        }
        pixels
    }
}

/// The width of the quiet zone, in modules.
const QUIET: usize = 4;

fn encode(pixels: &[u8], side: u32) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(file)
}

impl fmt::Debug for Qr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Qr")
            .field("modules", &self.code.width())
            .finish_non_exhaustive()
    }
}
