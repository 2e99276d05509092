#!/usr/bin/env python3
"""Write table.rs, the catalog of operations.

To change a fact about one operation, for example which fields are encrypted, add a line to corrections.jsonl and run

    python3 src/core/catalog/regenerate.py

It applies the corrections to the rows of table.rs and needs no other file.

To import a new edition of the facts, which are not in this repository, run

    python3 src/core/catalog/regenerate.py FACTS/endpoints.jsonl FACTS/endpoints_brand.jsonl FACTS/schemas.jsonl

additions.jsonl has operations that the facts lack, in the form of the second file.
The corrections are applied to the imported facts as well. The second file has the operations of brands; no operation may be
in both files. Of the third file, which has the fields of requests, only APIv2's sign_type is read: see sign_types.

All input files have one JSON object a line. Each fact is explained at its variant in attribute.rs and at its accessor in
operation.rs. An unknown key stops the script: decide whether it changes how a call is made.

--print, as the first argument, prints the table instead of writing it.
"""

import json
import re
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
# Facts that do not change how a call is made: texts, provenance, limits, and values that the row has elsewhere.
IGNORED = {
    "title", "doc", "product", "path_params", "query", "required_query", "headers", "rate_limit",
    "rate_limit_official", "unsigned_evidence", "deprecated", "php_skips_verify", "reentrant_text",
    "decrypt_evidence", "response_signature", "note",
    "decrypt_suspect",  # doubtful, so treated as absent
}
# Who signs: the scheme of the Authorization header and its first parameter.
AUTHS = {
    (None, None): None,
    ("WECHATPAY-BRAND-SHA256-RSA2048", "brand_id"): "Brand",
}
METHODS = {"DELETE": "Delete", "GET": "Get", "PATCH": "Patch", "POST": "Post", "PUT": "Put"}
HOSTS = {
    "apihk.mch.weixin.qq.com": "HONG_KONG",
    "fraud.mch.weixin.qq.com": "FRAUD",
    "payapp.weixin.qq.com": "PAYAPP",
}
PADDINGS = {"RSAES-PKCS1-v1_5": "Pkcs1v15", "RSA_PKCS1_PADDING": "Pkcs1v15"}
BODIES = {"json": "Json", "none": "None", "xml": "Xml", "multipart": "Multipart"}
ANSWERS = {"json": "Json", "empty": "Empty", "stream": "Stream", "redirect": "Redirect"}
LISTS = {
    "encrypt": "Encrypt", "query_encrypt": "QueryEncrypt", "encrypt_bank": "EncryptBank", "decrypt": "Decrypt",
    "json_encoded": "JsonEncoded", "json_encoded_response": "JsonEncodedAnswer",
    "url_encoded": "UrlEncoded", "sign_fields": "SignFields",
}
FLAGS = {
    "unsigned_response": "UnsignedAnswer", "unsigned_request": "UnsignedRequest",
    "needs_client_cert": "NeedsClientCert", "nonceless": "Nonceless", "reentrant": "Reentrant",
}
WHEN = "need_encrypt is true on that item"
DIGEST = re.compile(r'\{"(\w+)":"<([\w-]+) response header>"\}')

SIGN_TYPES = {"HMAC-SHA256": "HmacSha256", "MD5": "Md5"}
# The order of the attributes within a row.
ORDER = [
    "Brand", "Host", "OnlyHost", "Body", "Answer", *LISTS.values(), "EncryptWhenAsked", "Padded", "AnswerPadded",
    "SignedWith", "SignedDigest", *FLAGS.values(), "IdempotencyHeader", "IdempotencyField",
]
ROW = re.compile(r'    op\((\w+), "([^"]*)", &\[(.*)\]\),')
ATTRIBUTE = re.compile(r"\w+(?:\([^()]*\))?")

HEAD = """\
// Generated; do not edit. To change a row, add a line to corrections.jsonl in this folder and run
// python3 src/core/catalog/regenerate.py
//
// One row for each operation, sorted by path, then method: the method, the path, and the attributes that differ from the
// default. attribute.rs explains the attributes.

use super::attribute::{Attribute::*, Verb::*};
use super::attribute::{FRAUD, HONG_KONG, PAYAPP};
use super::kinds::{AnswerKind, BodyKind};
use super::operation::{Operation, op};
use crate::crypto::Padding::Pkcs1v15;
use crate::protocol::SignType;

#[rustfmt::skip]
pub(super) static OPERATIONS: &[Operation] = &[
"""


def text(value):
    if not re.fullmatch(r'[ !#-\[\]-~]*', value):
        raise SystemExit(f"not a plain text: {value!r}")
    return f'"{value}"'


def texts(values):
    return "&[" + ", ".join(map(text, values)) + "]"


def default_body(row):
    if row["method"] in ("GET", "DELETE"):
        return "none"
    return "xml" if row["path"].startswith("v2/") else "json"


def sign_types(rows):
    """The sign_type of the APIv2 operations that take one only; those that take both are signed as the call says.

    Source: the values that each operation's page lists for sign_type (the pages say 目前只支持HMAC-SHA256 of
    分账, 拉取订单评价数据 and 下载资金账单). Where a page lists no values, nothing is known.
    """
    for row in rows:
        fields = row["request"] + row.get("query", [])
        for field in fields:
            name = field.get("ptr", "/" + field.get("name", ""))
            values = field.get("enum", [])
            if row["path"].startswith("v2/") and name == "/sign_type" and len(values) == 1:
                yield (row["method"], row["path"]), SIGN_TYPES[values[0]]


def attributes(row, signed_with):
    row = dict(row)
    method, path = row.pop("method"), row.pop("path")
    if brand := AUTHS[row.pop("auth", None), row.pop("auth_id", None)]:
        yield brand
    required = row.pop("host_required", False)
    if host := row.pop("host", None):
        yield f"{'OnlyHost' if required else 'Host'}({HOSTS[host]})"
    if (body := row.pop("body")) != default_body({"method": method, "path": path}):
        yield f"Body(BodyKind::{BODIES[body]})"
    if response := row.pop("response", None):
        yield f"Answer(AnswerKind::{ANSWERS[response]})"
    if row.pop("redirect_only", False) != (response == "redirect"):
        raise SystemExit(f"{method} {path}: redirect_only and response disagree")
    for key, name in LISTS.items():
        if values := row.pop(key, None):
            yield f"{name}({texts(values)})"
    if items := row.pop("encrypt_conditional", None):
        if any(item["when"] != WHEN for item in items):
            raise SystemExit(f"{method} {path}: an unknown condition")
        yield f"EncryptWhenAsked({texts([item['under'] for item in items])})"
    if padding := row.pop("padding", None):
        yield f"Padded({PADDINGS[padding]})"
    if padding := row.pop("decrypt_padding", None):
        yield f"AnswerPadded({PADDINGS[padding]})"
    if kind := signed_with.get((method, path)):
        yield f"SignedWith(SignType::{kind})"
    if over := row.pop("signature_over", None):
        name, header = DIGEST.fullmatch(over).groups()
        yield f"SignedDigest({text(name)}, {text(header)})"
    for key, name in FLAGS.items():
        if row.pop(key, False):
            yield name
    if header := row.pop("idempotency_header", None):
        yield f"IdempotencyHeader({text(header)})"
    if field := row.pop("idempotency_body_field", None):
        yield f"IdempotencyField({text(field)})"
    wire = row.pop("wire", None)
    if wire and wire != path.removeprefix("v2/"):
        raise SystemExit(f"{method} {path}: wire is not the path without v2/; wire_path() needs a fact for it")
    if unknown := row.keys() - IGNORED:
        raise SystemExit(f"{method} {path}: unknown keys {sorted(unknown)}")


def read(file):
    with open(file, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def from_facts(*files):
    """The operations of the facts: (path, method) and the attributes."""
    *endpoints, schemas = files
    signed_with = dict(sign_types(read(schemas)))
    operations = {}
    for row in (row for file in endpoints for row in read(file)):
        key = row["path"], METHODS[row["method"]]
        if key in operations:
            raise SystemExit(f"{row['method']} {row['path']}: it is listed twice")
        operations[key] = list(attributes(row, signed_with))
    return operations


def add(operations):
    """The operations that the facts lack."""
    for row in read(FOLDER / "additions.jsonl"):
        key = row["path"], METHODS[row["method"]]
        operations[key] = list(attributes(row, {}))


def from_table():
    """The operations of the present table."""
    rows = ROW.findall((FOLDER / "table.rs").read_text(encoding="utf-8"))
    return {(path, method): ATTRIBUTE.findall(attributes) for method, path, attributes in rows}


def correct(operations, correction):
    """Replaces the attributes that a line of corrections.jsonl names. [], null and false remove an attribute."""
    method, path = correction.pop("method"), correction.pop("path")
    if not correction.pop("source", ""):
        raise SystemExit(f"{method} {path}: the correction needs a source")
    row = operations.get((path, METHODS[method]))
    if row is None:
        raise SystemExit(f"{method} {path}: the table has no such operation")
    for key, value in correction.items():
        name, attribute = corrected(key, value, {"method": method, "path": path})
        row[:] = [it for it in row if it.split("(")[0] != name] + attribute
    row.sort(key=lambda it: ORDER.index(it.split("(")[0]))


def corrected(key, value, row):
    """The name of an attribute, and the attribute as a list: empty where the value is the default."""
    if name := LISTS.get(key):
        return name, [f"{name}({texts(value)})"] if value else []
    if name := FLAGS.get(key):
        return name, [name] if value else []
    if key == "response":
        return "Answer", [f"Answer(AnswerKind::{ANSWERS[value]})"] if value else []
    if key == "body":
        return "Body", [f"Body(BodyKind::{BODIES[value]})"] if value != default_body(row) else []
    known = ", ".join(["method", "path", "source", "body", "response", *LISTS, *FLAGS])
    raise SystemExit(f"{row['method']} {row['path']}: {key!r} cannot be corrected; use one of {known}")


def main(arguments):
    prints = arguments[:1] == ["--print"]
    files = arguments[prints:]
    if len(files) not in (0, 3):
        raise SystemExit(__doc__)
    operations = from_facts(*files) if files else from_table()
    add(operations)
    for correction in read(FOLDER / "corrections.jsonl"):
        correct(operations, correction)
    rows = [
        f"    op({method}, {text(path)}, &[{', '.join(attributes)}]),\n"
        for (path, method), attributes in sorted(operations.items())
    ]
    table = HEAD + "".join(rows) + "];\n"
    if prints:
        print(table, end="")
    else:
        (FOLDER / "table.rs").write_text(table, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
