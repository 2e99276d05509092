"""The operations of brands, whose fields are those that a service provider sends for a brand, without the brand's number.

WeChat Pay knows a brand by its Authorization. Source: wechatpay-apiv3/wechatpay-skills, wechatpay-product-coupon, which has the
models of both; for the others, the pages in src/core/catalog/additions.jsonl.
"""

import json
from pathlib import Path

ALL = ("query", "request", "response")
# The start of a brand's paths, that of the service provider's, and the sections without the number.
TWINS = (
    ("brand/card-member/", "v3/brand/partner/card-member/", ("query", "request")),
    ("brand/marketing/product-coupon/", "v3/marketing/partner/product-coupon/", ALL),
    ("brand/store/", "v3/brand/partner/store/", ALL),
)
# Operations that the facts lack, in the form of endpoints_brand.jsonl.
ADDITIONS = Path(__file__).parents[1] / "core" / "catalog" / "additions.jsonl"


def operations_of_brands(folder):
    """Those in the folder of the facts, and those that the facts lack."""
    files = Path(folder, "endpoints_brand.jsonl"), ADDITIONS
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def twin(path):
    """The service provider's path of a brand's path, and the sections without the number; or None."""
    for own, other, sections in TWINS:
        if path.startswith(own):
            return other + path.removeprefix(own), sections
    return None


def without_brand(fields):
    name = lambda field: field.get("ptr", field.get("name")).rsplit("/", 1)[-1]
    return [dict(field) for field in fields if name(field) != "brand_id"]


def add_twins(schemas, operations):
    """Adds the schemas of the operations, rows, that have a twin. The keys of `schemas` are a path and a method."""
    for row in operations:
        key = row["path"], row["method"]
        if (found := twin(row["path"])) and key not in schemas:
            other, stripped = found
            schema = schemas[other, row["method"]]
            fields = {it: [dict(field) for field in schema[it]] for it in ALL if it in schema}
            fields |= {it: without_brand(fields[it]) for it in stripped if it in fields}
            schemas[key] = schema | {"path": row["path"]} | fields
