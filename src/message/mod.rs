//! Requests, responses and their parts, as middleware sees them.

mod body;
mod body_stream;
mod default_headers;
mod headers;
mod info;
mod kept;
mod media;
mod payload;
mod response;
#[cfg(feature = "files")]
mod saved;
mod sent;
mod state;
mod stream;
mod time_limit;

pub use body::Body;
pub(crate) use body::End;
pub(crate) use body_stream::{BodyStream, StreamCheck, check_sha1};
pub(crate) use default_headers::{ContentType, DefaultHeaders};
pub use headers::IntoHeaders;
pub(crate) use headers::{
    default_header, forbid_reserved, header_value, into_headers, refuse_content_type,
};
pub use info::{CallInfo, FieldPolicy};
pub(crate) use info::{Options, Origin, end, with_query};
pub(crate) use kept::KeptBody;
pub(crate) use media::Failure;
pub use media::{Media, Upload};
pub use payload::{IntoPayload, Json, Payload};
pub(crate) use payload::{SignedText, into_payload};
pub use response::Response;
pub(crate) use response::{ResponseBody, read_text, request_id};
#[cfg(feature = "files")]
pub use saved::SavedFile;
#[cfg(feature = "files")]
pub(crate) use saved::{Expected, Progress, Seal, Sink};
pub(crate) use state::{Attempt, CallState, Delivery, Phase};
pub use stream::Streaming;
pub(crate) use time_limit::{limited, timed_out};

/// A request as middleware sees it: an [`http::Request`] whose body is a [`Payload`].
///
/// Its extensions hold a [`CallInfo`].
pub type Request = http::Request<Payload>;
