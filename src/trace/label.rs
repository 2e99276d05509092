//! The names that reports use: those of OpenTelemetry's semantic conventions for HTTP clients, and of this library.

use http::Method;

pub(super) const METHOD: &str = "http.request.method";
pub(super) const TEMPLATE: &str = "url.template";
pub(super) const ADDRESS: &str = "server.address";
pub(super) const PORT: &str = "server.port";
pub(super) const STATUS: &str = "http.response.status_code";
pub(super) const VERSION: &str = "network.protocol.version";
pub(super) const ERROR_TYPE: &str = "error.type";
pub(super) const CONNECTION_STATE: &str = "http.connection.state";
pub(super) const MERCHANT: &str = "wechatpay.merchant";
pub(super) const CODE: &str = "wechatpay.code";
pub(super) const REUSED: &str = "wechatpay.connection.reused";
pub(super) const OUTCOME: &str = "wechatpay.outcome";
pub(super) const FROM: &str = "wechatpay.failover.from";
pub(super) const TO: &str = "wechatpay.failover.to";

/// Returns OpenTelemetry's name for a method.
pub(super) fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "_OTHER",
    }
}

/// Returns the method for the name of a span.
pub(super) fn spoken(method: &'static str) -> &'static str {
    if method == "_OTHER" { "HTTP" } else { method }
}
