//! `--sink` with an operation whose answer only names a file: who gives a file's name wants the bill.

use std::path::Path;

use http::{Method, Uri};
use wechatpay_chain::{Client, SavedFile};
use wechatpay_sandbox::schema;

use super::{RequestArgs, input};
use crate::exit::Failure;
use crate::interrupt;
use crate::progress::Progress;

/// Whether the answer has a `download_url` in place of the file.
pub(super) fn is_named_by_answer(method: &Method, path: &str) -> bool {
    let path = match path.parse::<Uri>() {
        Ok(uri) if path.contains("://") => uri.path().to_owned(),
        _ => path.split('?').next().unwrap_or_default().to_owned(),
    };
    let names = |name: &str| ["download_url", "download_bill_list"].contains(&name);
    schema::find(method, &path)
        .is_some_and(|schema| schema.response().iter().any(|field| names(field.name())))
}

/// Asks for the bill, follows its `download_url` and checks its digest.
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

/// What has no meaning here is refused, not ignored.
fn check(args: &RequestArgs, method: &Method) -> Result<(), Failure> {
    let why = if method != Method::GET {
        "the answer only names the file. Make the call without --sink, then get the file: \
         wechatpay request GET 'DOWNLOAD_URL' --sink FILE --sha1 HASH_VALUE"
    } else if args.path.contains("://") {
        "the answer only names the file. Give the path in place of the URL, as v3/bill/tradebill, and \
         --sink downloads the file itself"
    } else if args.sha1.is_some() {
        "leave --sha1 out: the answer has the digest of the file, and the file is checked against it"
    } else if args.gunzip && !asks_for_gzip(args) {
        "say --query tar_type=GZIP in place of --gunzip: the bill then comes zipped, and is unzipped"
    } else if args.json.is_some() || args.body_file.is_some() || args.media.is_some() {
        "a bill is asked for without a body: leave --json, --body-file and --media out"
    } else if args.no_encrypt || args.security {
        "leave --no-encrypt and --security out: they have no meaning for a bill"
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
