#!/usr/bin/env python3
"""Write labels.txt, WeChat Pay's own terms for fields, from labels.jsonl, endpoints.jsonl and endpoints_brand.jsonl.

    python3 src/schema/regenerate_labels.py path/to/facts > src/schema/labels.txt

The one argument is the folder of the three files. labels.txt begins with the usual term of each name, a name and its
term a line:

    appid 公众账号ID

A name whose fields have no term in common is left out. Then follow the operations that differ, sorted by path and
method; the first character of a line says what it is:

    @METHOD path        the operation
    -                   the documentation marks it as deprecated
    :  ?  >  <          a term of this operation: of a path variable, a query parameter, a field of the request, a field
                        of the answer; the pointer (without "*" for items) or name, a blank, the term
"""

import collections
import json
import sys

from twins import operations_of_brands, twin

KINDS = {"var": ":", "query": "?", "request": ">", "part": ">", "response": "<"}
# A term is usual when at least this part of the fields of a name has it.
USUAL = 0.5


def main():
    read = lambda name: [json.loads(line) for line in open(f"{sys.argv[1]}/{name}", encoding="utf-8")]
    labels = {(row["path"], row["method"]): row["labels"] for row in read("labels.jsonl")}
    deprecated = {(row["path"], row["method"]) for row in read("endpoints.jsonl") if row.get("deprecated")}
    terms = collections.defaultdict(collections.Counter)
    for fields in labels.values():
        for key, term in fields.items():
            terms[name_of(key)][term] += 1
    usual = {}
    for name, counts in terms.items():
        term, count = counts.most_common(1)[0]
        if count >= USUAL * sum(counts.values()):
            usual[name] = term
    for name in sorted(usual):
        print(name, usual[name])
    for row in operations_of_brands(sys.argv[1]):
        other, _ = twin(row["path"])
        terms_of_twin = labels.get((other, row["method"]), {})
        own = {key: term for key, term in terms_of_twin.items() if name_of(key) != "brand_id"}
        labels[row["path"], row["method"]] = own
    for path, method in sorted(labels.keys() | deprecated):
        fields = labels.get((path, method), {})
        own = sorted((key, term) for key, term in fields.items() if usual.get(name_of(key)) != term)
        if not own and (path, method) not in deprecated:
            continue
        print(f"@{method} {path}")
        if (path, method) in deprecated:
            print("-")
        for key, term in own:
            kind, pointer = key.split(":", 1)
            print(f"{KINDS[kind]}{pointer} {term}")


def name_of(key):
    return key.split(":", 1)[1].rsplit("/", 1)[-1]


main()
