//! The call with curl and OpenSSL against a sandbox with its files in `keys`.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use wechatpay_chain::Padding;
use wechatpay_core::catalog::{AnswerKind, BodyKind};
use wechatpay_core::protocol::SignType;

use super::shell::quoted;
use crate::identity::MCHID;
use crate::mock::SampleRequest;
use crate::schema::Schema;

const HEAD: &str = "# wechatpay sandbox --dir keys --listen 8080\nbase=http://127.0.0.1:8080\n";

/// The characters that a path or query keeps.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// A script for a POSIX shell. `None` for calls that need more than a merchant's key: those of brands, pages for a
/// user's browser, and the few requests of APIv2 with encrypted or signed fields or a file.
pub(super) fn script(schema: &Schema, sample: &SampleRequest) -> Option<String> {
    let operation = schema.operation();
    let redirects = operation.answer() == AnswerKind::Redirect;
    if redirects || operation.is_brand() || operation.unsigned_request() {
        return None;
    }
    if operation.is_v2() {
        return xml(schema, sample.body()?);
    }
    Some(json(schema, sample))
}

fn json(schema: &Schema, sample: &SampleRequest) -> String {
    let operation = schema.operation();
    let mut secrets = Vec::new();
    let body = sample.body().map(|body| {
        let mut body = body.clone();
        for pointer in operation.encrypt() {
            let segments: Vec<_> = pointer.split('/').skip(1).collect();
            seal(&mut body, &segments, &mut secrets);
        }
        format!("{body:#}")
    });
    let url = url(schema, sample, &mut secrets);
    let mut code = HEAD.to_owned();
    if !secrets.is_empty() {
        code.push_str(&sealer(operation.padding()));
    }
    code.push_str(&format!(
        "url={}\n",
        with_secrets(&url, &secrets, " | urlencode")
    ));
    if operation.query_encrypt().is_empty() {
        code = code.replace(" | urlencode", "");
    }
    match (body, operation.body()) {
        (_, BodyKind::Multipart) => code.push_str(
            "digest=$(openssl dgst -sha256 file.jpg | sed 's/.* //')\n\
             body='{\"filename\":\"file.jpg\",\"sha256\":\"'\"$digest\"'\"}'\n",
        ),
        (Some(body), _) => {
            code.push_str(&format!("body={}\n", with_secrets(&body, &secrets, "")));
        }
        (None, _) => code.push_str("body=\n"),
    }
    code.push_str(&signed(schema, !secrets.is_empty()));
    code
}

/// The signature, and curl.
fn signed(schema: &Schema, has_secrets: bool) -> String {
    let operation = schema.operation();
    let method = operation.method();
    let authorization = format!(
        "WECHATPAY2-SHA256-RSA2048 mchid=\\\"{MCHID}\\\",nonce_str=\\\"$nonce\\\",timestamp=\\\"$time\\\",\
         serial_no=\\\"$serial\\\",signature=\\\"$signature\\\""
    );
    let mut words = vec![
        format!("curl -sS -X {method} \"$base$url\""),
        format!("-H \"Authorization: {authorization}\""),
        "-H 'Accept: application/json'".to_owned(),
    ];
    if has_secrets {
        words.push("-H \"Wechatpay-Serial: $key_id\"".to_owned());
    }
    match operation.body() {
        BodyKind::Multipart => {
            words.push("-F \"meta=$body;type=application/json\"".to_owned());
            words.push("-F file=@file.jpg".to_owned());
        }
        BodyKind::Json => {
            words.push("-H 'Content-Type: application/json'".to_owned());
            words.push("--data-binary \"$body\"".to_owned());
        }
        _ => {}
    }
    if operation.answer() == AnswerKind::Stream {
        words.push("-o file".to_owned());
    }
    format!(
        "time=$(date +%s)\nnonce=$(openssl rand -hex 16)\n\
         serial=$(openssl x509 -in keys/apiclient_cert.pem -noout -serial | sed 's/.*=//')\n\
         signature=$(printf '%s\\n' {method} \"$url\" \"$time\" \"$nonce\" \"$body\" |\n    \
         openssl dgst -sha256 -sign keys/apiclient_key.pem | openssl base64 -A)\n{}\n",
        words.join(" \\\n    ")
    )
}

/// A function that encrypts a text for WeChat Pay, and the id of the key.
fn sealer(padding: Padding) -> String {
    let mode = match padding {
        Padding::Pkcs1v15 => "pkcs1",
        _ => "oaep",
    };
    format!(
        "seal() {{\n    printf %s \"$1\" |\n        \
         openssl pkeyutl -encrypt -pubin -inkey keys/pub_key.pem -pkeyopt rsa_padding_mode:{mode} |\n        \
         openssl base64 -A\n}}\n\
         urlencode() {{ sed 's/+/%2B/g; s/\\//%2F/g; s/=/%3D/g'; }}\n\
         key_id=$(curl -sS \"$base/_sandbox/api/info\" | grep -o 'PUB_KEY_ID_[0-9]*' | head -n 1)\n"
    )
}

/// Replaces the texts at a pointer by marks, and keeps them in `secrets`.
fn seal(value: &mut Value, pointer: &[&str], secrets: &mut Vec<String>) {
    match (pointer, value) {
        ([], Value::String(text)) => {
            secrets.push(text.clone());
            *text = mark(secrets.len());
        }
        (["*", rest @ ..], Value::Array(items)) => {
            for item in items {
                seal(item, rest, secrets);
            }
        }
        ([name, rest @ ..], Value::Object(members)) => {
            if let Some(member) = members.get_mut(*name) {
                seal(member, rest, secrets);
            }
        }
        _ => {}
    }
}

/// The place of a secret; no sample has these characters.
fn mark(number: usize) -> String {
    format!("⟦{number}⟧")
}

/// A text in single quotes, with a call of `seal` for each mark.
fn with_secrets(text: &str, secrets: &[String], filter: &str) -> String {
    let mut code = format!("'{}'", text.replace('\'', "'\\''"));
    for (index, secret) in secrets.iter().enumerate() {
        let call = format!("'\"$(seal {}{filter})\"'", quoted(secret));
        code = code.replace(&mark(index + 1), &call);
    }
    code
}

fn url(schema: &Schema, sample: &SampleRequest, secrets: &mut Vec<String>) -> String {
    let operation = schema.operation();
    let mut url = format!("/{}", operation.wire_path());
    for (name, value) in sample.vars() {
        let value = utf8_percent_encode(value, KEPT).to_string();
        url = url.replace(&format!("{{{name}}}"), &value);
    }
    for (index, (name, value)) in sample.query().iter().enumerate() {
        let sign = if index == 0 { '?' } else { '&' };
        let value = if operation.query_encrypt().contains(&&**name) {
            secrets.push(value.clone());
            mark(secrets.len())
        } else {
            utf8_percent_encode(value, KEPT).to_string()
        };
        url.push_str(&format!(
            "{sign}{}={value}",
            utf8_percent_encode(name, KEPT)
        ));
    }
    url
}

/// A request of APIv2: the members in the order of their names, then the signature.
fn xml(schema: &Schema, body: &Value) -> Option<String> {
    let operation = schema.operation();
    let plain = operation.encrypt().is_empty() && operation.sign_fields().is_empty();
    let special = !operation.encrypt_bank().is_empty() || !operation.url_encoded().is_empty();
    if operation.body() != BodyKind::Xml || !plain || special {
        return None;
    }
    let is_hmac = operation.sign_type() == Some(SignType::HmacSha256);
    let members = members(body, is_hmac, operation.nonceless())?;
    let digest = if is_hmac {
        "openssl dgst -sha256 -hmac \"$key\""
    } else {
        "openssl dgst -md5"
    };
    let (mut text, mut xml) = (String::new(), "<xml>\n".to_owned());
    for (name, value) in members.iter().filter(|(_, value)| !value.is_empty()) {
        text.push_str(&format!("{name}={value}&"));
        let escaped = value
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        xml.push_str(&format!("  <{name}>{escaped}</{name}>\n"));
    }
    xml.push_str("  <sign>⟦sign⟧</sign>\n</xml>");
    let shell = |text: &str| {
        let text = format!("'{}'", text.replace('\'', "'\\''"));
        let text = text.replace("⟦nonce⟧", "'\"$nonce\"'");
        text.replace("⟦sign⟧", "'\"$sign\"'")
    };
    Some(format!(
        "{HEAD}key=$(cat keys/v2_key.txt)\nnonce=$(openssl rand -hex 16)\ntext={}\n\
         sign=$(printf '%skey=%s' \"$text\" \"$key\" | {digest} | sed 's/.* //' | tr a-f A-F)\nxml={}\n\
         curl -sS \"$base/{}\" -H 'Content-Type: text/xml' --data-binary \"$xml\"\n",
        shell(&text),
        shell(&xml),
        operation.wire_path()
    ))
}

/// The members to sign, in the order of their names.
fn members(body: &Value, is_hmac: bool, is_nonceless: bool) -> Option<BTreeMap<String, String>> {
    let mut members = BTreeMap::new();
    for (name, value) in body.as_object()? {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        members.insert(name.clone(), text);
    }
    if is_hmac {
        members.insert("sign_type".to_owned(), "HMAC-SHA256".to_owned());
    } else {
        members.remove("sign_type");
    }
    if !is_nonceless {
        members.insert("nonce_str".to_owned(), "⟦nonce⟧".to_owned());
    }
    Some(members)
}
