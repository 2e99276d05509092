//! One attempt to deliver a notification.

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use serde_json::Value;
use tokio::time::Instant;

use super::super::content::Content;
use super::super::post;
use super::record::{AttemptRecord, PostedRecord};
use super::schedule::DeliveryTask;
use crate::bilingual::Bilingual;
use crate::record::{ResponseRecord, size_of_headers};
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::xml;

/// How many bytes of a posted body are kept.
const POSTED: usize = 64 << 10;
const ANSWERED: usize = 4 << 10;

impl DeliveryTask {
    /// Posts it once; returns whether it was accepted.
    pub(super) async fn attempt(&self) -> bool {
        let Some(draft) = self.notifier.draft(self.id) else {
            return true;
        };
        let reach = self.notifier.reach;
        let (time_ms, began) = (self.notifier.clock.now_ms(), Instant::now());
        let (posted, outcome) = match draft.request(reach) {
            Ok(request) => (Some(posted(&request)), post::exchange(request, reach).await),
            Err(err) => (None, Err(err)),
        };
        let took = began.elapsed().as_millis();
        let attempt = AttemptRecord {
            time_ms,
            took_ms: u64::try_from(took).unwrap_or(u64::MAX),
            ..attempt_record(outcome, draft.content())
        };
        let accepted = attempt.problem.is_none();
        self.notifier.add_attempt(self.id, attempt, posted);
        accepted
    }
}

fn posted(request: &Request<Bytes>) -> PostedRecord {
    PostedRecord {
        headers: request.headers().clone(),
        body: start(request.body(), POSTED),
        body_length: request.body().len(),
    }
}

/// Copies the start of a body; a slice would keep the whole allocation.
fn start(body: &Bytes, length: usize) -> Bytes {
    if body.len() <= length {
        return body.clone();
    }
    Bytes::copy_from_slice(&body[..length])
}

fn attempt_record(outcome: Result<Response<Bytes>>, content: &Content) -> AttemptRecord {
    let (answer, problem) = match outcome {
        Ok(answer) => {
            let problem = match content {
                Content::Event(_) => unaccepted(&answer),
                Content::Message(_) => unaccepted_v2(&answer),
            };
            (Some(answered(&answer)), problem)
        }
        Err(err) => (None, Some(undelivered(&err))),
    };
    let (problem, problem_zh) = problem.map(Bilingual::into_both).unzip();
    AttemptRecord {
        time_ms: 0,
        took_ms: 0,
        status: answer.as_ref().map(|answer| answer.status),
        response: answer,
        problem,
        problem_zh,
    }
}

/// The problem of an attempt without an answer.
fn undelivered(err: &Error) -> Bilingual {
    let zh = match err.kind() {
        ErrorKind::Timeout => "商户服务器没有在 5 秒内应答（这是微信支付的要求）",
        ErrorKind::Connect => "连接不上通知地址：该地址没有服务器在监听，或 TLS 握手失败",
        ErrorKind::Builder => "无法向这个地址发送通知",
        _ => "商户服务器中断了连接，或应答不是 HTTP，或超过 1 MiB",
    };
    Bilingual::of_error(zh, err.report())
}

fn answered(answer: &Response<Bytes>) -> ResponseRecord {
    let headers = answer.headers();
    ResponseRecord {
        status: answer.status(),
        headers: if size_of_headers(headers) <= ANSWERED {
            headers.clone()
        } else {
            HeaderMap::new()
        },
        body: start(answer.body(), ANSWERED),
    }
}

/// Why an answer does not accept an APIv3 notification.
///
/// Source: WeChat Pay document "支付成功回调通知": 200 and 204 accept it, and nothing else does.
fn unaccepted(answer: &Response<Bytes>) -> Option<Bilingual> {
    let accepted = [StatusCode::OK, StatusCode::NO_CONTENT].contains(&answer.status());
    (!accepted).then_some(Bilingual::new(
        "the answer is not 200 or 204",
        "应答的状态码不是 200 或 204",
    ))
}

/// Why a response does not accept an APIv2 notification; the decision is in its body.
///
/// Source: WeChat Pay document "支付结果通知" of APIv2: `return_code` of the answer is `SUCCESS`, or it is
/// notified again.
fn unaccepted_v2(answer: &Response<Bytes>) -> Option<Bilingual> {
    let members = xml::decode(answer.body()).unwrap_or_default();
    match members.get("return_code").and_then(Value::as_str) {
        _ if answer.status() != StatusCode::OK => Some(Bilingual::new(
            "the answer is not 200",
            "应答的状态码不是 200",
        )),
        Some("SUCCESS") => None,
        _ => Some(Bilingual::new(
            "the answer is not XML with return_code SUCCESS",
            "应答不是 return_code 为 SUCCESS 的 XML",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_apiv2_notification_is_accepted_by_the_body() {
        let accepts = |status: u16, body: &'static str| {
            let answer = Response::builder()
                .status(status)
                .body(Bytes::from_static(body.as_bytes()));
            unaccepted_v2(&answer.unwrap()).is_none()
        };
        assert!(accepts(
            200,
            "<xml><return_code><![CDATA[SUCCESS]]></return_code></xml>"
        ));
        for body in [
            "",
            "SUCCESS",
            "{\"return_code\":\"SUCCESS\"}",
            "<xml><return_code>FAIL</return_code></xml>",
        ] {
            assert!(!accepts(200, body), "{body}");
        }
        assert!(!accepts(
            500,
            "<xml><return_code>SUCCESS</return_code></xml>"
        ));
    }

    #[test]
    fn only_the_start_of_an_answer_is_kept() {
        let answer = |header: usize, body: usize| {
            let answer = Response::builder().header("X-Long", "x".repeat(header));
            answered(&answer.body(Bytes::from(vec![b'x'; body])).unwrap())
        };
        assert_eq!(answer(1, ANSWERED).body.len(), ANSWERED);
        assert_eq!(answer(1, ANSWERED + 1).body.len(), ANSWERED);
        assert_eq!(answer(1, 1).headers.len(), 1);
        assert_eq!(answer(ANSWERED, 1).headers.len(), 0);
    }
}
