#!/usr/bin/env python3
"""Write operations.txt, the fields of all operations, from endpoints.jsonl, endpoints_brand.jsonl and schemas.jsonl.

    python3 src/schema/regenerate.py path/to/facts > src/schema/operations.txt

The one argument is the folder of the three files, one JSON object a line. One block an operation, in the order of the
catalog (path, then method); the first character of a line says what it is:

    @METHOD path        the operation
    #title              its title
    %product            a product it belongs to; several lines
    &url                its page in WeChat Pay's documentation
    +100/second scope   a limit of its frequency; "official" behind it when WeChat Pay itself says so
    $204                the status of a successful answer, where it is not 200
    ?  >  <             from here on: query parameters, fields of the request, fields of the answer

Any other line is a field. Its leading spaces say how deep it lies, "*" is the item of an array:

    name! s 1..32 @base64 [1..100] =A|B
         |  |     |       |        values, or ~ and a pattern; to the end of the line
         |  |     |       the least and greatest number
         |  |     its format
         |  the least and greatest length, in characters
         s string, i integer, n number, b boolean, o object, a array; "!" when it is required

What is encrypted is in the catalog and not repeated here.

corrections.jsonl in the folder of this script replaces parts of the facts, adds fields, or removes them with "remove": true,
together with all fields below them. Each line has a method, a path, a section ("query", "request", "response"), the pointer of
a field, what is right about it, and a source. "like" adds a copy of another field and all fields below it: its method, path,
section and pointer, with blanks between.

The operations of brands have no fields in the facts, and some are missing; twins.py derives the fields and adds the operations. The corrections of a service provider's operation
apply to the brand's as well.
"""

import json
import re
import sys
from pathlib import Path

from twins import add_twins, operations_of_brands, twin

TYPES = {"string": "s", "integer": "i", "number": "n", "boolean": "b", "object": "o", "array": "a"}
# Slips of the documentation.
TYPES |= {"int": "i", "uint64": "i", "stringde": "s"}
EXAMPLE = "s"  # an example stands where the type should; all of them are texts
NAMES = {"payer _currency": "payer_currency"}
FIELD_KEYS = {"ptr", "name", "type", "required", "enum", "minLength", "maxLength", "minimum", "maximum", "format", "pattern"}


class Node:
    def __init__(self, row):
        if unknown := row.keys() - FIELD_KEYS:
            raise SystemExit(f"unknown keys {sorted(unknown)} in {row}")
        self.row = dict(row)
        self.children = {}

    def merge(self, row):
        """The documentation lists some fields twice, for instance once for each form of an answer."""
        required = self.row.get("required") or row.get("required")
        self.row = row | self.row
        if required:
            self.row["required"] = True


def kind(text):
    return TYPES.get(text.strip(), EXAMPLE)


def span(least, greatest):
    return f"{'' if least is None else least}..{'' if greatest is None else greatest}"


def line(name, row):
    out = [name + ("!" if row.get("required") else ""), kind(row["type"])]
    if "minLength" in row or "maxLength" in row:
        out.append(span(row.get("minLength"), row.get("maxLength")))
    if form := row.get("format"):
        out.append(f"@{form}")
    if "minimum" in row or "maximum" in row:
        out.append(f"[{span(row.get('minimum'), row.get('maximum'))}]")
    if values := row.get("enum"):
        if any("|" in value or "\n" in value for value in values):
            raise SystemExit(f"a value that cannot be written: {row}")
        out.append("=" + "|".join(values))
    elif pattern := row.get("pattern"):
        out.append("~" + pattern.strip("/"))
    if name[0] in "@#%&+$?><" or len(out[0].split()) != 1 or any(" " in word for word in out[:-1]):
        raise SystemExit(f"a field that cannot be written: {row}")
    return " ".join(out)


def tree(rows):
    root = Node({})
    for row in rows:
        *parents, name = row["ptr"].removeprefix("/").split("/")
        node = root
        for parent in parents:
            node = node.children[parent]
        if name in node.children:
            node.children[name].merge(row)
        else:
            node.children[name] = Node(row)
    return root


def written(node, depth=0):
    for name, child in node.children.items():
        yield " " * depth + line(NAMES.get(name, name), child.row)
        yield from written(child, depth + 1)


def limits(row):
    for key, source in (("rate_limit", ""), ("rate_limit_official", " official")):
        limit = row.get(key)
        while limit:
            scope = f" {limit['scope']}" if "scope" in limit else ""
            yield f"+{limit['count']}/{limit['per']}{scope}{source}"
            limit = limit.get("also")


def block(row, schema):
    yield f"@{row['method']} {row['path']}"
    yield f"#{row['title']}"
    for product in row.get("product") or []:
        yield f"%{product}"
    if doc := row.get("doc"):
        yield f"&{doc}"
    yield from limits(row)
    status = schema.get("status", ["200"])[0]
    if status != "200":
        yield f"${status}"
    sections = {
        "?": schema.get("query", []),
        ">": schema.get("request", []),
        "<": schema.get("response", []),
    }
    for mark, rows in sections.items():
        if rows:
            yield mark
            yield from written(tree(rows))


def read(folder, name):
    with open(f"{folder}/{name}", encoding="utf-8") as lines:
        return [json.loads(text) for text in lines if text.strip()]


def correct(schemas, corrections):
    for row in corrections:
        key = row.pop("path"), row.pop("method")
        section = schemas.setdefault(key, {}).setdefault(row.pop("section"), [])
        if not row.pop("source"):
            raise SystemExit(f"a correction without a source: {key}")
        if row.pop("remove", False):
            below = row["ptr"] + "/"
            kept = [field for field in section if not (field["ptr"] + "/").startswith(below)]
            if len(kept) == len(section):
                raise SystemExit(f"a removal of an unknown field: {key} {row}")
            section[:] = kept
            continue
        if like := row.pop("like", None):
            section.extend(copied(schemas, like, row["ptr"]))
        known = [field for field in section if field["ptr"] == row["ptr"]]
        if known == [] and "type" not in row:
            raise SystemExit(f"a correction of an unknown field: {key} {row}")
        for field in known:
            field |= row
        if not known:
            section.append(row)


def copied(schemas, like, ptr):
    """A field and those below it, for another place."""
    method, path, section, other = like.split(" ")
    fields = schemas[path, method][section]
    found = [field for field in fields if (field["ptr"] + "/").startswith(other + "/")]
    if not found:
        raise SystemExit(f"a copy of an unknown field: {like}")
    return [field | {"ptr": ptr + field["ptr"].removeprefix(other)} for field in found]


def main():
    folder = sys.argv[1]
    of_brands = operations_of_brands(folder)
    rows = read(folder, "endpoints.jsonl") + of_brands
    schemas = {(row["path"], row["method"]): row for row in read(folder, "schemas.jsonl")}
    for schema in schemas.values():
        schema["query"] = [{"ptr": "/" + field["name"]} | field for field in schema.get("query", [])]
    corrections = read(Path(__file__).parent, "corrections.jsonl")
    of_twins = [row for row in corrections if twin(row["path"])]
    correct(schemas, [row for row in corrections if not twin(row["path"])])
    add_twins(schemas, of_brands)
    correct(schemas, of_twins)
    for row in sorted(rows, key=lambda row: (row["path"], row["method"])):
        for text in block(row, schemas.get((row["path"], row["method"]), {})):
            print(text)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main()
