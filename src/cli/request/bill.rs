//! `--sink` with an operation whose answer only contains the URL of a file: downloads the file itself.

use std::path::Path;

use http::{Method, Uri};
use wechatpay_chain::{Client, SavedFile};
use wechatpay_sandbox::schema;

use super::{RequestArgs, input};
use crate::exit::Failure;
use crate::i18n::t;
use crate::interrupt;
use crate::progress::Progress;

/// Whether the answer contains a `download_url` instead of the file.
pub(super) fn is_named_by_answer(method: &Method, path: &str) -> bool {
    let path = match path.parse::<Uri>() {
        Ok(uri) if path.contains("://") => uri.path().to_owned(),
        _ => path.split('?').next().unwrap_or_default().to_owned(),
    };
    let names = |name: &str| ["download_url", "download_bill_list"].contains(&name);
    schema::find(method, &path)
        .is_some_and(|schema| schema.response().iter().any(|field| names(field.name())))
}

/// Requests the bill, downloads its `download_url` and checks the digest.
pub(super) fn download(
    args: &RequestArgs,
    client: &Client,
    method: &Method,
    target: &Path,
    progress: &Progress,
) -> Result<SavedFile, Failure> {
    check(args, method)?;
    let path = args.path.strip_prefix('/').unwrap_or(&args.path);
    let mut bill = client.bill(path.to_owned());
    for (name, value) in &args.query {
        bill = bill.query(name, value.as_str());
    }
    for (name, value) in &args.var {
        bill = bill.var(name.clone(), value.as_str());
    }
    for (name, value) in &args.header {
        bill = bill.header(name, value);
    }
    let bar = progress.clone();
    let bill = bill.on_progress(move |done, total| bar.at(done, total));
    interrupt::run(method, bill.download(target))
}

/// Refuses options that do not apply to bills.
fn check(args: &RequestArgs, method: &Method) -> Result<(), Failure> {
    let why = if method != Method::GET {
        t!("bill-post")
    } else if args.path.contains("://") {
        t!("bill-url")
    } else if args.sha1.is_some() {
        t!("bill-sha1")
    } else if args.gunzip && !asks_for_gzip(args) {
        t!("bill-gunzip")
    } else if args.json.is_some() || args.body_file.is_some() || args.media.is_some() {
        t!("bill-body")
    } else if args.no_encrypt || args.security {
        t!("bill-options")
    } else {
        return Ok(());
    };
    Err(input(why))
}

fn asks_for_gzip(args: &RequestArgs) -> bool {
    let given =
        |(name, value): &(String, String)| name == "tar_type" && value.eq_ignore_ascii_case("GZIP");
    args.query.iter().any(given) || args.path.to_ascii_uppercase().contains("TAR_TYPE=GZIP")
}
