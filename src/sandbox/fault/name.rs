//! The text form of faults: `wrong_signature`, `slow=1500`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use http::{HeaderMap, StatusCode};

use super::Fault;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// The header with which a request asks for a fault.
const HEADER: &str = "X-Sandbox-Fault";
/// The longest delay in milliseconds.
const LONGEST: u64 = 600_000;

/// The names, each with the kind of its value.
pub(crate) const NAMES: [(&str, &str); 21] = [
    ("wrong_signature", ""),
    ("unknown_serial", ""),
    ("expired_certificate", ""),
    ("stale_timestamp", "seconds"),
    ("missing_headers", ""),
    ("missing_header", "header"),
    ("probe", ""),
    ("tampered_body", ""),
    ("status", "status"),
    ("frequency_limited", ""),
    ("system_error", ""),
    ("bad_gateway", ""),
    ("service_unavailable", ""),
    ("html_error_page", ""),
    ("redirect", "url"),
    ("slow", "milliseconds"),
    ("cut_before_processing", ""),
    ("cut_before_answer", ""),
    ("cut_in_body", ""),
    ("duplicated_notification", ""),
    ("reordered_notifications", ""),
];

/// The fault that a request asks for in its header.
pub(crate) fn named_by(headers: &HeaderMap) -> Result<Option<Fault>> {
    let Some(value) = headers.get(HEADER) else {
        return Ok(None);
    };
    let text = String::from_utf8_lossy(value.as_bytes());
    let fault: Fault = text.parse().map_err(|err| counted(&text).unwrap_or(err))?;
    if fault.is_of_posting() {
        Err(Error::new(
            ErrorKind::Builder,
            format!(
                "{fault} applies to notifications, not to responses: POST it to /_sandbox/api/faults"
            ),
        ))
    } else {
        Ok(Some(fault))
    }
}

/// The error for a fault with a count.
fn counted(text: &str) -> Option<Error> {
    let (fault, _) = text.rsplit_once(':')?;
    fault.parse::<Fault>().ok()?;
    Some(Error::new(
        ErrorKind::Builder,
        format!(
            "a header is for one request: leave the count out and write {HEADER}: {}",
            fault.trim()
        ),
    ))
}

impl FromStr for Fault {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (name, value) = match text.trim().split_once('=') {
            Some((name, value)) => (name.trim(), value.trim()),
            None => (text.trim(), ""),
        };
        let taken = NAMES.iter().find(|(known, _)| *known == name);
        let (_, takes) = taken.ok_or_else(|| unknown(name))?;
        if takes.is_empty() != value.is_empty() {
            return Err(unfit(name, takes));
        }
        parse(name, value).ok_or_else(|| unfit(name, takes))
    }
}

fn parse(name: &str, value: &str) -> Option<Fault> {
    let status = |code| StatusCode::from_u16(code).ok().map(Fault::Status);
    Some(match name {
        "wrong_signature" => Fault::WrongSignature,
        "unknown_serial" => Fault::UnknownSerial,
        "expired_certificate" => Fault::ExpiredCertificate,
        "stale_timestamp" => Fault::StaleTimestamp(value.parse().ok()?),
        "missing_headers" => Fault::MissingHeaders,
        "missing_header" => Fault::MissingHeader(value.to_owned().into()),
        "probe" => Fault::Probe,
        "tampered_body" => Fault::TamperedBody,
        "status" => {
            let code = value.parse().ok();
            return status(code.filter(|code| (400..600).contains(code))?);
        }
        "frequency_limited" => return status(429),
        "system_error" => return status(500),
        "bad_gateway" => return status(502),
        "service_unavailable" => return status(503),
        "html_error_page" => Fault::HtmlErrorPage,
        // Nothing else can stand in a header as a URL.
        "redirect" => Fault::Redirect(
            Some(value)
                .filter(|url| url.bytes().all(|byte| byte.is_ascii_graphic()))?
                .to_owned(),
        ),
        "slow" => Fault::Slow(Duration::from_millis(
            value.parse().ok().filter(|while_| *while_ <= LONGEST)?,
        )),
        "cut_before_processing" => Fault::CutBeforeProcessing,
        "cut_before_answer" => Fault::CutBeforeAnswer,
        "cut_in_body" => Fault::CutInBody,
        "duplicated_notification" => Fault::DuplicatedNotification,
        "reordered_notifications" => Fault::ReorderedNotifications,
        _ => return None,
    })
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WrongSignature => "wrong_signature",
            Self::UnknownSerial => "unknown_serial",
            Self::ExpiredCertificate => "expired_certificate",
            Self::StaleTimestamp(seconds) => return write!(f, "stale_timestamp={seconds}"),
            Self::MissingHeaders => "missing_headers",
            Self::MissingHeader(name) => return write!(f, "missing_header={name}"),
            Self::Probe => "probe",
            Self::TamperedBody => "tampered_body",
            Self::Status(status) => return write!(f, "status={}", status.as_u16()),
            Self::HtmlErrorPage => "html_error_page",
            Self::Redirect(url) => return write!(f, "redirect={url}"),
            Self::Slow(while_) => return write!(f, "slow={}", while_.as_millis()),
            Self::CutBeforeProcessing => "cut_before_processing",
            Self::CutBeforeAnswer => "cut_before_answer",
            Self::CutInBody => "cut_in_body",
            Self::DuplicatedNotification => "duplicated_notification",
            Self::ReorderedNotifications => "reordered_notifications",
        })
    }
}

/// The names of all faults, as a Chinese text lists them.
pub(crate) fn names_zh() -> String {
    let names: Vec<_> = NAMES.iter().map(|(name, _)| *name).collect();
    names.join("、")
}

fn unknown(name: &str) -> Error {
    let names: Vec<_> = NAMES.iter().map(|(name, _)| *name).collect();
    let names = names.join(", ");
    Error::new(
        ErrorKind::Builder,
        format!("unknown fault {name:?}; the faults are {names}"),
    )
}

fn unfit(name: &str, takes: &str) -> Error {
    let message = match takes {
        "" => format!("the fault {name} takes no value: write {name}"),
        "seconds" => format!("write {name}=SECONDS, as in {name}=600; negative is in the future"),
        "header" => format!("write {name}=HEADER, as in {name}=Wechatpay-Nonce"),
        "status" => format!("write {name}=CODE with a code from 400 to 599"),
        "milliseconds" => format!("write {name}=MILLISECONDS, at most {LONGEST}"),
        _ => format!("write {name}=URL, without blanks and percent-encoded where it is not ASCII"),
    };
    Error::new(ErrorKind::Builder, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_in_the_header_has_no_count() {
        for (text, right) in [
            ("wrong_signature:2", Some("wrong_signature")),
            ("slow=1500:always", Some("slow=1500")),
            ("slow:2", None),
            ("nonsense:2", None),
        ] {
            let headers = HeaderMap::from_iter([(
                HEADER.parse::<http::HeaderName>().unwrap(),
                text.parse().unwrap(),
            )]);
            let said = named_by(&headers).unwrap_err().to_string();
            let told = right.is_some_and(|right| said.ends_with(&format!("{HEADER}: {right}")));
            assert_eq!(told, right.is_some(), "{said}");
            assert_eq!(
                said.contains("leave the count out"),
                right.is_some(),
                "{said}"
            );
        }
    }

    #[test]
    fn every_fault_parses_its_own_text() {
        for (name, takes) in NAMES {
            let text = match takes {
                "" => name.to_owned(),
                "seconds" => format!("{name}=600"),
                "header" => format!("{name}=Wechatpay-Nonce"),
                "status" => format!("{name}=503"),
                "milliseconds" => format!("{name}=20"),
                _ => format!("{name}=https://example.com/?a=b"),
            };
            let fault: Fault = text.parse().unwrap();
            let again: Fault = fault.to_string().parse().unwrap();
            assert_eq!(fault, again, "{text}");
        }
    }

    #[test]
    fn an_unknown_fault_names_the_valid_form() {
        for (text, hint) in [
            ("", "wrong_signature"),
            ("wrongSignature", "wrong_signature"),
            ("probe=1", "takes no value"),
            ("slow", "MILLISECONDS"),
            ("slow=-1", "MILLISECONDS"),
            ("slow=600001", "600000"),
            ("status=200", "400 to 599"),
            ("status=1000", "400 to 599"),
            ("stale_timestamp=x", "SECONDS"),
            ("redirect=http://a/\r\nSet-Cookie: a=b", "redirect=URL"),
            ("redirect=http://a/\u{7f}", "redirect=URL"),
        ] {
            let err = text.parse::<Fault>().unwrap_err();
            assert!(err.to_string().contains(hint), "{text}: {err}");
        }
    }
}
