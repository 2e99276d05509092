//! Files of other operations that are downloaded like bills: receipts (电子回单), invoices, lists.
//!
//! Sources: "商户单号查询电子回单" (pay.weixin.qq.com, doc/v3/merchant 4012716436): the response has the
//! `download_url`, and the digest of the file by `hash_type`. "下载电子回单" and "下载电子回单PDF文件" are the operations
//! of the URL of receipts. The content is the sandbox's.

use bytes::Bytes;
use http::request::Parts;
use serde_json::{Map, Value};

use super::{Bills, TOKEN, USUAL_FUNDS, zipped_mark};
use crate::query;
use crate::world::Outcome;
use wechatpay_core::crypto::digest::{DigestKind, Digester};
use wechatpay_core::error::Result;

/// The request whose response names a file.
#[derive(Clone, Copy)]
pub(crate) struct Served<'r> {
    pub(crate) head: &'r Parts,
    pub(crate) tls: bool,
    pub(crate) now: i64,
}

impl Bills {
    /// Replaces the generated URLs and digests of a response by those of a file that can be downloaded.
    ///
    /// # Errors
    ///
    /// OpenSSL's, when it refuses to hash.
    pub(crate) fn serve_files(&self, answer: &mut Value, served: Served<'_>) -> Result<()> {
        match answer {
            Value::Object(members) => {
                if let Some(name) = foreign_url(members) {
                    self.serve_file(members, name, served)?;
                }
                members
                    .values_mut()
                    .try_for_each(|member| self.serve_files(member, served))
            }
            Value::Array(items) => items
                .iter_mut()
                .try_for_each(|item| self.serve_files(item, served)),
            _ => Ok(()),
        }
    }

    fn serve_file(
        &self,
        members: &mut Map<String, Value>,
        name: &str,
        served: Served<'_>,
    ) -> Result<()> {
        let content = content(served.head.uri.path(), &self.mchid);
        if members.contains_key("hash_value") {
            match digest_kind(members.get("hash_type")) {
                Some(kind) => {
                    let mut digester = Digester::new(kind)?;
                    digester.update(&content)?;
                    members.insert("hash_value".to_owned(), digester.finish()?.into());
                    members.insert("hash_type".to_owned(), kind.name().into());
                }
                // A wrong digest would be worse than none.
                None => members.retain(|name, _| name != "hash_value" && name != "hash_type"),
            }
        }
        let token = self.keep_once(content, served.now);
        members.insert(name.to_owned(), served.url(&token).into());
        Ok(())
    }

    /// Answers a request for a receipt; `None` when no response has named the token.
    pub(super) fn receipt(&self, head: &Parts, now: i64) -> Option<Outcome> {
        let token = query::value(head.uri.query(), "token")?;
        self.ticket_of(&token)?;
        Some(self.file(head, now))
    }
}

impl Served<'_> {
    /// Receipts of transfers have their own operations for downloads.
    fn url(&self, token: &str) -> String {
        let asked = self.head.uri.path();
        if asked.contains("/elecsign/") {
            let url = Bills::url_of(self.head, self.tls, ELECTRONIC_SIGNATURE);
            return format!("{url}?token={token}&source=elecsign");
        }
        if OF_BATCHES.iter().any(|path| asked.starts_with(path)) {
            return Bills::url_of(self.head, self.tls, SIGNED_FILE) + "?token=" + token;
        }
        Bills::url(self.head, self.tls, token) + zipped_mark(self.head)
    }
}

const ELECTRONIC_SIGNATURE: &str = "/v3/transferdownload/elecvoucherfile";
const SIGNED_FILE: &str = "/v3/transferdownload/signfile";
/// The operations whose receipts are downloaded at [`SIGNED_FILE`]: those of batches of transfers.
const OF_BATCHES: [&str; 2] = [
    "/v3/transfer/bill-receipt",
    "/v3/transfer-detail/electronic-receipts",
];

/// Whether a path is a download of receipts.
///
/// Its signature may omit the line break after the empty body. Source: wechatpay-apiv3/wechatpay-java#160.
pub(crate) fn is_receipt(path: &str) -> bool {
    [ELECTRONIC_SIGNATURE, SIGNED_FILE].contains(&path)
}

/// The member with the URL of a file that the bills do not serve yet. With a digest it may be named `url`, as for the
/// flows of coupons.
fn foreign_url(members: &Map<String, Value>) -> Option<&'static str> {
    let names = ["download_url", "url"].into_iter();
    let mut names = names.filter(|name| *name != "url" || members.contains_key("hash_value"));
    names.find(|name| {
        let url = members.get(*name).and_then(Value::as_str);
        url.is_some_and(|url| !url.is_empty() && !url.contains(TOKEN))
    })
}

/// The response's algorithm: SHA-256 where it names none, `None` where it names one that this build lacks.
fn digest_kind(named: Option<&Value>) -> Option<DigestKind> {
    match named.and_then(Value::as_str) {
        Some(name) if name.starts_with("SHA") || name == "SM3" => DigestKind::parse(name),
        _ => Some(DigestKind::Sha256),
    }
}

/// A PDF for receipts and invoices, which are PDFs at WeChat Pay; a short bill for all others.
fn content(path: &str, mchid: &str) -> Bytes {
    let is_pdf = ["receipt", "elecsign", "fapiao", "proof"]
        .iter()
        .any(|part| path.contains(part));
    if is_pdf {
        pdf(&format!("wechatpay sandbox: receipt of {mchid}")).into()
    } else {
        USUAL_FUNDS.replace("{mchid}", mchid).into()
    }
}

/// A page with one line of Latin text, which must have no parentheses and backslashes.
fn pdf(line: &str) -> String {
    let text = format!("BT /F1 14 Tf 40 780 Td ({line}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
    ];
    let mut pdf = "%PDF-1.4\n".to_owned();
    let mut places = String::new();
    for (object, number) in objects.iter().zip(1..) {
        places += &format!("{:010} 00000 n \n", pdf.len());
        pdf += &format!("{number} 0 obj\n{object}\nendobj\n");
    }
    let (start, size) = (pdf.len(), objects.len() + 1);
    pdf + &format!(
        "xref\n0 {size}\n0000000000 65535 f \n{places}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_objects_of_a_pdf_are_where_its_table_says() {
        let pdf = pdf("receipt");
        let table = pdf.rsplit_once("startxref\n").unwrap().1;
        let table: usize = table.lines().next().unwrap().parse().unwrap();
        assert!(pdf[table..].starts_with("xref\n0 5\n"));
        let places = pdf[table..].lines().skip(3).take(4);
        for (place, number) in places.zip(1..) {
            let place: usize = place[..10].parse().unwrap();
            assert!(pdf[place..].starts_with(&format!("{number} 0 obj\n")));
        }
    }
}
