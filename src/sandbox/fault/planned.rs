//! Faults with a count: `slow=1500:3`.

use std::str::FromStr;

use super::Fault;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// A [`Fault`] that is injected from the start, see [`SandboxBuilder::fault`](super::super::SandboxBuilder::fault).
///
/// The text form is that of the fault, optionally followed by `:` and a count. Without a count, or with
/// `always`, the fault applies always:
///
/// ```
/// use wechatpay_sandbox::{Fault, PlannedFault};
///
/// # fn main() -> wechatpay_chain::Result<()> {
/// assert_eq!("wrong_signature:3".parse::<PlannedFault>()?, (Fault::WrongSignature, 3).into());
/// assert_eq!("status=503".parse::<PlannedFault>()?, "status=503".parse::<Fault>()?.into());
/// # Ok(()) }
/// ```
///
/// After a URL without a path the number is the port: `redirect=http://127.0.0.1:8080` applies always,
/// `redirect=http://127.0.0.1:8080/:3` three times.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedFault {
    /// The fault.
    pub fault: Fault,
    /// For how many requests or notifications; `None` means always.
    pub times: Option<u32>,
}

impl From<Fault> for PlannedFault {
    /// A fault that applies always.
    fn from(fault: Fault) -> Self {
        Self { fault, times: None }
    }
}

impl From<(Fault, u32)> for PlannedFault {
    /// A fault that applies this many times.
    fn from((fault, times): (Fault, u32)) -> Self {
        let times = Some(times);
        Self { fault, times }
    }
}

impl FromStr for PlannedFault {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (fault, times) = match text.trim().rsplit_once(':') {
            Some((fault, times)) if counts(fault, times) => (fault, Some(times)),
            _ => (text, None),
        };
        Ok(Self {
            fault: fault.parse()?,
            times: times.map_or(Ok(None), number)?,
        })
    }
}

/// Whether the text after the last colon is a count, and not a part of a URL.
fn counts(fault: &str, times: &str) -> bool {
    match fault.split_once('=') {
        Some(("redirect", url)) => {
            let path = url
                .split_once("://")
                .is_some_and(|(_, rest)| rest.contains('/'));
            path && number(times).is_ok()
        }
        _ => true,
    }
}

fn number(times: &str) -> Result<Option<u32>> {
    if times == "always" {
        return Ok(None);
    }
    let times = times.parse().ok().filter(|times| *times > 0);
    times.map(Some).ok_or_else(|| {
        let message = "the text after the : is a count, as in wrong_signature:3 or \
                       wrong_signature:always";
        Error::new(ErrorKind::Builder, message)
    })
}

/// # Errors
///
/// [`ErrorKind::Builder`] when a count is 0, or when two faults always apply to the same kind of message.
pub(crate) fn check(planned: &[PlannedFault]) -> Result<()> {
    let unfit = |message| Err(Error::new(ErrorKind::Builder, message));
    if let Some(never) = planned.iter().find(|it| it.times == Some(0)) {
        return unfit(format!("the count of the fault {} is 0", never.fault));
    }
    for posting in [false, true] {
        let mut always = planned
            .iter()
            .filter(|it| it.times.is_none() && it.fault.is_of_posting() == posting);
        if let (Some(one), Some(two)) = (always.next(), always.next()) {
            return unfit(format!(
                "{} and {} cannot both apply always: give the first a count, as in {}:3",
                one.fault, two.fault, one.fault
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_follows_the_last_colon() {
        for (text, fault, times) in [
            ("probe", "probe", None),
            ("probe:always", "probe", None),
            ("probe:2", "probe", Some(2)),
            ("slow=1500:3", "slow=1500", Some(3)),
            (" stale_timestamp=-600:1 ", "stale_timestamp=-600", Some(1)),
            ("redirect=http://a:80", "redirect=http://a:80", None),
            ("redirect=http://a:80/:7", "redirect=http://a:80/", Some(7)),
            ("redirect=http://a/b:c", "redirect=http://a/b:c", None),
        ] {
            let planned: PlannedFault = text.parse().unwrap();
            assert_eq!(planned.fault, fault.parse().unwrap(), "{text}");
            assert_eq!(planned.times, times, "{text}");
        }
    }

    #[test]
    fn an_invalid_count_names_the_valid_form() {
        for text in ["probe:", "probe:0", "probe:-1", "probe:often", "slow=1:x"] {
            let err = text.parse::<PlannedFault>().unwrap_err();
            assert!(
                err.to_string().contains("wrong_signature:3"),
                "{text}: {err}"
            );
        }
        for text in ["", ":3", "nonsense:3", "slow:3"] {
            let err = text.parse::<PlannedFault>().unwrap_err();
            assert!(!err.to_string().contains("behind the :"), "{text}: {err}");
        }
    }

    #[test]
    fn two_permanent_faults_of_responses_are_rejected() {
        let check_all = |texts: &[&str]| {
            let planned: Vec<_> = texts.iter().map(|text| text.parse().unwrap()).collect();
            check(&planned)
        };
        check_all(&[
            "probe",
            "slow=1:2",
            "status=500:1",
            "duplicated_notification",
        ])
        .unwrap();
        let err = check_all(&["probe", "bad_gateway"])
            .unwrap_err()
            .to_string();
        assert!(err.contains("probe and status=502"), "{err}");
        let zero = (Fault::Probe, 0).into();
        assert!(check(&[zero]).is_err());
    }
}
