//! What big files are compared with: clients written by hand, and the work that the machine has to do.

mod floor;
mod ideal;
mod machine;
mod meter;

use bytes::Bytes;
use http::Request;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::Result;
use crate::repeated::FILE;
pub use machine::{Machine, long_sha1};
pub(crate) use meter::cpu_of;
pub use meter::{Figure, Meter, Watch, least, speed};

/// The endpoint of the upload.
pub const UPLOAD: &str = "v3/merchant/media/upload";

/// A client of hyper alone, without signatures.
pub struct Plain {
    http: Client<HttpConnector, BoxBody<Bytes, std::io::Error>>,
    base: String,
}

impl Plain {
    pub fn new(base: &str) -> Self {
        Self {
            http: Client::builder(TokioExecutor::new()).build_http(),
            base: base.trim_end_matches('/').to_owned(),
        }
    }

    async fn send(&self, body: BoxBody<Bytes, std::io::Error>) -> Result<()> {
        let request = Request::post(format!("{}/{UPLOAD}", self.base)).body(body)?;
        let answer = self.http.request(request).await?;
        answer.into_body().collect().await?;
        Ok(())
    }

    async fn receive(&self) -> Result<Incoming> {
        let empty = Empty::new().map_err(|never| match never {});
        let request = Request::get(format!("{}{FILE}", self.base)).body(empty.boxed())?;
        Ok(self.http.request(request).await?.into_body())
    }
}

fn same(found: &[u8], expected: &str) -> Result<()> {
    if hex(found) == expected {
        Ok(())
    } else {
        Err("the file is another one".into())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
