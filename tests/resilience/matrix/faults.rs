//! The faults.

use std::time::Duration;

use http::StatusCode;
use wechatpay_sandbox::Fault;

use crate::relay::{
    BAD_GATEWAY, EMPTY_OK, FORBIDDEN, FORGED_OK, GATEWAY_TIMEOUT, NOT_FOUND, TOO_MANY, UNAVAILABLE,
    Wire,
};

/// A fault, with its names in English and Chinese.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

pub(super) enum Kind {
    /// No fault.
    Nothing,
    /// A fault of WeChat Pay, or of its signing.
    Sandbox(Fault),
    /// A fault of the connection.
    Wire(Wire),
    /// A fault of the first host, for the whole call.
    Host(Host),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Host {
    /// Nothing listens.
    Refuses,
    /// TCP connects, but the server does not speak TLS.
    NoTls,
    /// TCP connects, but TLS never answers.
    MuteTls,
}

impl Case {
    /// Whether the sandbox holds the answer back.
    pub(super) fn is_slow(&self) -> bool {
        matches!(self.kind, Kind::Sandbox(Fault::Slow(_)))
    }
}

pub(super) fn cases() -> Vec<Case> {
    let case = |name, kind| Case { name, kind };
    let mut cases = vec![case("none", Kind::Nothing)];
    let hosts = [
        ("connection refused", Host::Refuses),
        ("TLS handshake fails", Host::NoTls),
        ("TLS handshake hangs", Host::MuteTls),
    ];
    cases.extend(hosts.map(|(name, host)| case(name, Kind::Host(host))));
    let wire = [
        ("closed before the request is read", Wire::CloseUnread),
        ("reset before the request is read", Wire::ResetUnread),
        ("request lost, closed", Wire::LoseRequest),
        ("request lost, reset", Wire::ResetRequest),
        ("request lost, no answer", Wire::HoldRequest),
        ("closed, request passed on late", Wire::PassOnLate),
        ("answer lost, closed", Wire::LoseAnswer),
        ("answer lost, reset", Wire::ResetAnswer),
        ("answer never comes", Wire::HoldAnswer),
        ("cut in the answer's head", Wire::HalfHead),
        ("cut in the answer's body", Wire::HalfBody),
        ("answer stalls in its body", Wire::StallInBody),
        ("answer is no HTTP", Wire::Garbage),
        ("request passed on twice", Wire::PassOnTwice),
        ("gateway 502, not passed on", Wire::Gateway(BAD_GATEWAY)),
        ("gateway 502, passed on", Wire::GatewayAfter(BAD_GATEWAY)),
        (
            "gateway 503 with Retry-After, not passed on",
            Wire::Gateway(UNAVAILABLE),
        ),
        (
            "gateway 504, passed on",
            Wire::GatewayAfter(GATEWAY_TIMEOUT),
        ),
        ("unsigned 429, not passed on", Wire::Gateway(TOO_MANY)),
        ("unsigned 429, passed on", Wire::GatewayAfter(TOO_MANY)),
        (
            "unsigned 404 ORDER_NOT_EXIST, passed on",
            Wire::GatewayAfter(NOT_FOUND),
        ),
        ("unsigned 403, passed on", Wire::GatewayAfter(FORBIDDEN)),
        (
            "empty unsigned 200, passed on",
            Wire::GatewayAfter(EMPTY_OK),
        ),
        ("forged 200, not passed on", Wire::Gateway(FORGED_OK)),
    ];
    cases.extend(wire.map(|(name, wire)| case(name, Kind::Wire(wire))));
    let status = |code| Fault::Status(StatusCode::from_u16(code).unwrap());
    let sandbox = [
        ("wrong signature", Fault::WrongSignature),
        ("unknown serial", Fault::UnknownSerial),
        ("expired certificate", Fault::ExpiredCertificate),
        ("stale timestamp", Fault::StaleTimestamp(400)),
        ("no signature headers", Fault::MissingHeaders),
        (
            "no Wechatpay-Signature",
            Fault::MissingHeader("Wechatpay-Signature".into()),
        ),
        ("signature probe", Fault::Probe),
        ("body tampered with", Fault::TamperedBody),
        ("signed 400", status(400)),
        ("signed 401", status(401)),
        ("signed 403", status(403)),
        ("signed 429", status(429)),
        ("signed 500 SYSTEM_ERROR", status(500)),
        ("502", status(502)),
        ("503", status(503)),
        ("HTML page of a proxy", Fault::HtmlErrorPage),
        (
            "redirect",
            Fault::Redirect("http://127.0.0.1:1/".to_owned()),
        ),
        ("answer too slow", Fault::Slow(Duration::from_secs(60))),
        ("cut before processing", Fault::CutBeforeProcessing),
        ("cut before the answer", Fault::CutBeforeAnswer),
        ("cut in the body", Fault::CutInBody),
        ("notification doubled", Fault::DuplicatedNotification),
        ("notifications reordered", Fault::ReorderedNotifications),
    ];
    cases.extend(sandbox.map(|(name, fault)| case(name, Kind::Sandbox(fault))));
    cases
}
