//! The control API of a running sandbox.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Method, Request};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
use wechatpay_chain::transport::{Body, Transport};
use wechatpay_chain::{HttpTransport, RootCertificates};

use crate::exit::{Exit, Failure};
use crate::files;
use crate::i18n::{Lang, lang, t};
use crate::rephrase;

/// The address where a sandbox listens by default.
const DEFAULT: &str = "http://127.0.0.1:8080";
const VARIABLE: &str = "WECHATPAY_SANDBOX_URL";
/// The control API lists up to 200 requests, each with a part of its body.
const LIMIT: usize = 64 << 20;
const TIMEOUT: Duration = Duration::from_secs(10);

#[derive(clap::Args)]
pub(super) struct RemoteArgs {
    #[arg(long, value_name = "URL")]
    at: Option<String>,
}

/// A connection to a running sandbox.
pub(super) struct Remote {
    base: String,
    transport: HttpTransport,
    runtime: Runtime,
}

impl Remote {
    /// Connects to the sandbox of `--at`; `ca` is the root certificate of one with `--tls`.
    pub(super) fn open(args: &RemoteArgs, ca: Option<&Path>) -> Result<Self, Failure> {
        let base = args.at.clone().or_else(|| std::env::var(VARIABLE).ok());
        let base = base.unwrap_or_else(|| DEFAULT.to_owned());
        let mut builder = HttpTransport::builder().no_proxy();
        if let Some(path) = ca {
            builder = builder.root_certificate(roots(path)?);
        }
        let runtime = Builder::new_current_thread().enable_all().build();
        Ok(Self {
            base: base.trim_end_matches('/').to_owned(),
            transport: builder.build().map_err(|err| Failure::config(&err))?,
            runtime: runtime.map_err(|err| files::input(err.to_string()))?,
        })
    }

    pub(super) fn base(&self) -> &str {
        &self.base
    }

    pub(super) fn get(&self, path: &str) -> Result<Value, Failure> {
        self.call(Method::GET, path, None)
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.call(Method::POST, path, Some(body))
    }

    fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Failure> {
        let content = body.map_or_else(Bytes::new, |body| body.to_string().into());
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/_sandbox/api/{path}", self.base))
            .header(CONTENT_TYPE, "application/json")
            .body(Body::from(content))
            .map_err(|_| self.unreachable(&t!("remote-url")))?;
        let answer = self.runtime.block_on(async {
            let exchange = async {
                let (head, body) = self.transport.send(request).await?.into_parts();
                Ok((head.status, body.collect(LIMIT).await?))
            };
            tokio::time::timeout(TIMEOUT, exchange).await
        });
        let (status, body) = answer
            .map_err(|_| self.unreachable(&t!("remote-timeout")))?
            .map_err(|err: wechatpay_chain::Error| self.unreachable(&rephrase::error(&err)))?;
        let value: Value = serde_json::from_slice(&body)
            .map_err(|_| self.unreachable(&t!("remote-no-sandbox")))?;
        if status.is_success() {
            Ok(value)
        } else {
            Err(refused(&value))
        }
    }

    fn unreachable(&self, why: &str) -> Failure {
        let message = t!("remote-unreachable", url = self.base.as_str(), why = why);
        let mut failure = Failure::new(Exit::Connect, "connect", message);
        failure.line(t!("remote-start"));
        failure
    }
}

/// The text of a bilingual value: `problem` or, in Chinese, `problem_zh`.
pub(super) fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    let chinese = (lang() == Lang::Zh).then(|| value[format!("{name}_zh")].as_str());
    chinese.flatten().or_else(|| value[name].as_str())
}

fn refused(answer: &Value) -> Failure {
    let error = text(answer, "error").unwrap_or_default();
    let mut failure = Failure::new(Exit::Refused, "refused", error);
    if let Some(hint) = text(answer, "hint") {
        failure.line(hint.to_owned());
    }
    failure
}

fn roots(path: &Path) -> Result<RootCertificates, Failure> {
    RootCertificates::from_file(path).map_err(|err| Failure::config(&err))
}
