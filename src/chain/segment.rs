use std::borrow::Cow;

use wechatpay_core::error::Result;
use wechatpay_core::template;

/// The argument of [`Chain::seg`](super::Chain::seg): a literal, which is normalised, or a value made at
/// run time (`String` or number), which is one percent-encoded segment and never rewritten.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a segment",
    label = "give a literal, or a value as a `String` or number"
)]
pub trait IntoSegment: sealed::Segment {}

impl<T: sealed::Segment> IntoSegment for T {}

/// The argument of [`Chain::chain`](super::Chain::chain): a literal, which is normalised, or a template
/// made at run time (`String`), which is not rewritten.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a path",
    label = "give a literal, or a template as a `String`"
)]
pub trait IntoPath: sealed::Path {}

impl<T: sealed::Path> IntoPath for T {}

pub(super) use sealed::Added;

pub(super) fn segment(segment: impl IntoSegment) -> Result<Added> {
    sealed::Segment::added(segment)
}

pub(super) fn path(path: impl IntoPath) -> Result<Added> {
    sealed::Path::added(path)
}

mod sealed {
    use super::{Cow, Result};

    /// A part that is added to a chain.
    pub enum Added {
        /// A literal or template of the program.
        Name(Cow<'static, str>),
        /// A runtime string, which may contain values.
        Template(String),
        /// A percent-encoded value, for example an OpenID, which logs must not show.
        Value(String),
    }

    pub trait Segment {
        fn added(self) -> Result<Added>;
    }

    pub trait Path {
        fn added(self) -> Result<Added>;
    }
}

impl sealed::Path for &'static str {
    fn added(self) -> Result<Added> {
        literal(self).map(Added::Name)
    }
}

impl sealed::Path for String {
    fn added(self) -> Result<Added> {
        wechatpay_chain_path::check_template(&self)?;
        Ok(Added::Template(
            self.strip_prefix('/').map(str::to_owned).unwrap_or(self),
        ))
    }
}

impl sealed::Path for &String {
    fn added(self) -> Result<Added> {
        sealed::Path::added(self.clone())
    }
}

impl sealed::Segment for &'static str {
    fn added(self) -> Result<Added> {
        literal(self).map(Added::Name)
    }
}

impl sealed::Segment for String {
    fn added(self) -> Result<Added> {
        template::encode_segment(&self).map(Added::Value)
    }
}

impl sealed::Segment for &String {
    fn added(self) -> Result<Added> {
        template::encode_segment(self).map(Added::Value)
    }
}

macro_rules! number {
    ($($number:ty)*) => {$(
        impl sealed::Segment for $number {
            fn added(self) -> Result<Added> {
                Ok(Added::Value(self.to_string()))
            }
        }
    )*};
}

number!(u32 u64 i32 i64 usize);

fn literal(text: &'static str) -> Result<Cow<'static, str>> {
    let normal = wechatpay_chain_path::normalize_literal(text)?;
    // Documentation mostly spells paths in normal form: keeping the literal saves a copy in every call.
    Ok(if normal == text {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(normal)
    })
}
