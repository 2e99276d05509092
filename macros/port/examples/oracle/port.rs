//! Ports the cases.

use wechatpay_chain_port::Severity;
use wechatpay_chain_port::emit::{self, Options};
use wechatpay_chain_port::source::{Kind, split};

use crate::case::{Case, Ported};

pub(crate) fn port(cases: &mut [Case]) {
    for case in cases {
        let file = case.file.display().to_string();
        let blocks = split(&file, &case.text, Kind::Php);
        // php runs a function that is left to the application, unless the script says what the application does.
        let mut scripts = case.runs.iter().map(|run| &run.script);
        let left = scripts.any(|script| script["application"].is_object());
        let made = emit::rust(&blocks, &Options::default().in_place(!left));
        case.ported = if made.complete {
            Ported::Rust {
                module: case.module(),
                text: made.text,
            }
        } else {
            let errors = made
                .diagnostics
                .iter()
                .filter(|one| one.severity == Severity::Error);
            Ported::Refused(errors.map(|one| one.message.clone()).collect())
        };
    }
}
