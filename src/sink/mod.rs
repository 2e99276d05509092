//! Saves an answer in a file: streamed, checked, and only then moved to its target.

mod genuine;
mod join;
mod output;
mod target;
mod unseal;
mod writer;

use std::time::Duration;

use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, StatusCode};

use crate::engine::Engine;
use crate::message::{Expected, Progress, Response, SavedFile, Sink, Streaming};
use crate::plan::Plan;
pub(crate) use join::join;
pub(crate) use target::check_target;
use wechatpay_core::catalog::{AnswerKind, Operation};
use wechatpay_core::error::{Error, ErrorKind, Result};
use writer::Writer;

/// Makes the call and saves its response in a file.
pub(crate) async fn save(engine: &Engine, mut plan: Box<Plan>, mut sink: Sink) -> Result<Response> {
    plan.options.stream = true;
    plan.options.sealed = sink.seal.is_some();
    let pause = plan.options.timeout.or(engine.timeout);
    let progress = sink.progress.take();
    let prepared = engine.prepare(plan)?;
    sink.answer = prepared.operation().map_or(Expected::Any, expected);
    let vouched = sink.digest.is_some() || sink.seal.is_some();
    // Before anything is sent, so that an unwritable target costs no call.
    let limit = announced_limit(&sink);
    let writer = Writer::create(sink).await;
    let mut writer = writer.map_err(|err| err.with_maybe_sent(false))?;
    let answer = match engine.send(prepared).await {
        Ok(response) => {
            let received = receive(response, &mut writer, pause, progress, limit, vouched);
            received.await.map_err(|err| err.with_maybe_sent(true))
        }
        Err(err) => Err(err),
    };
    match answer {
        Ok(answer) => {
            let saved = writer.commit(answer.verification().clone()).await;
            let saved = saved.map_err(|err| err.with_maybe_sent(true))?;
            Ok(response(&answer, saved))
        }
        Err(err) => Err(writer.discard().await.unwrap_or(err)),
    }
}

fn expected(operation: &Operation) -> Expected {
    /// The only path whose file may be XML (数电发票).
    const INVOICE: &str = "v3/new-tax-control-fapiao/download";
    match operation.answer() {
        AnswerKind::Stream if operation.path() == INVOICE => Expected::XmlFile,
        AnswerKind::Stream => Expected::File,
        _ => Expected::Any,
    }
}

/// Returns the limit for `Content-Length`, if that is the length of the file.
fn announced_limit(sink: &Sink) -> Option<u64> {
    (!sink.gunzip && sink.seal.is_none()).then_some(sink.max_bytes)
}

fn response(answer: &Streaming, saved: SavedFile) -> Response {
    let mut response = Response::new(answer.status(), answer.headers().clone(), "");
    response.set_verification(saved.verification.clone());
    response.set_attempts(answer.attempts());
    response.set_saved(saved);
    response
}

async fn receive(
    response: Response,
    writer: &mut Writer,
    pause: Option<Duration>,
    progress: Option<Progress>,
    limit: Option<u64>,
    vouched: bool,
) -> Result<Streaming> {
    // 204 has no file, and 206 is a part of one.
    if response.status() != StatusCode::OK {
        let status = response.status();
        let message =
            format!("the response is {status}, which is not the whole file; nothing was kept");
        return Err(response.error(ErrorKind::Body, message));
    }
    if let (Some(limit), Some(len)) = (limit, length(response.headers()))
        && len > limit
    {
        return Err(too_long(limit));
    }
    let mut answer = Streaming::new(response);
    if vouched {
        answer.vouch();
    }
    drain(answer, writer, pause, progress).await
}

/// Writes the whole response; its signature is checked at the end.
async fn drain(
    mut answer: Streaming,
    writer: &mut Writer,
    pause: Option<Duration>,
    progress: Option<Progress>,
) -> Result<Streaming> {
    let total = length(answer.headers());
    let mut received = 0;
    while let Some(piece) = within(pause, answer.chunk()).await? {
        received += piece.len() as u64;
        if let Some(progress) = &progress {
            progress(received, total);
        }
        writer.write(piece).await?;
    }
    Ok(answer)
}

/// Returns the number of bytes to be received, if the response announces it.
fn length(headers: &HeaderMap) -> Option<u64> {
    let len = if headers.contains_key(CONTENT_ENCODING) {
        // The length is that of the encoded file.
        None
    } else {
        headers.get(CONTENT_LENGTH)
    };
    len?.to_str().ok()?.parse().ok()
}

async fn within<T>(pause: Option<Duration>, work: impl Future<Output = Result<T>>) -> Result<T> {
    let Some(pause) = pause else {
        return work.await;
    };
    tokio::time::timeout(pause, work).await.unwrap_or_else(|_| {
        Err(Error::new(
            ErrorKind::Timeout,
            format!("the download stalled for {pause:?}; nothing of it was kept"),
        ))
    })
}

fn too_long(limit: u64) -> Error {
    Error::new(
        ErrorKind::Body,
        format!(
            "the download is longer than {limit} bytes: nothing of it was kept; to allow more, use \
             max_bytes"
        ),
    )
}
