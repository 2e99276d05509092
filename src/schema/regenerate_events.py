#!/usr/bin/env python3
"""Write events.txt, what each kind of notification is about, from notifications.jsonl.

    python3 src/schema/regenerate_events.py path/to/facts > src/schema/events.txt

The one argument is the folder of notifications.jsonl and schemas.jsonl.

One line a kind, in the file's order: version, event type, the resource's original type (`-` when none is
documented), title, and the JSON pointers of its fields without the slash they begin with. Six kinds of APIv2
have no event type in their messages; they get a name here. The documented fields of a payment lack those of an ordinary
one; its resource is the answer of the queries.
"""

import json
import sys

NAMELESS = {
    "合单支付通知": "COMBINE_PAY",
    "扣款服务-签约/解约结果通知": "CONTRACT",
    "退款结果通知": "REFUND",
    "普通支付通知": "PAY",
    "事中-风险交易回调通知银行服务商": "RISK_TRADE",
    "车牌状态变更通知": "VEHICLE_STATE",
}

QUERIES = {
    ("v3", "TRANSACTION.SUCCESS"): [
        "v3/pay/transactions/id/{transaction_id}",
        "v3/pay/partner/transactions/id/{transaction_id}",
        "v3/combine-transactions/out-trade-no/{combine_out_trade_no}",
    ]
}


def answers(folder):
    """The pointers of the answers of the queries, by path."""
    with open(f"{folder}/schemas.jsonl", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["method"] == "GET"]
    return {row["path"]: [field["ptr"].removeprefix("/") for field in row["response"]] for row in rows}


def title(row):
    """Without the event type in parentheses and the word notification."""
    text = row["title"].split("(")[0]
    return text.removesuffix("通知").removesuffix("回调").replace(" ", "")


def main():
    folder = sys.argv[1]
    queried = answers(folder)
    with open(f"{folder}/notifications.jsonl", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            name = row.get("event_type") or NAMELESS[row["title"]]
            pointers = [pointer.removeprefix("/") for pointer in row["pointers"]]
            for path in QUERIES.get((row["version"], name), []):
                pointers += [it for it in queried[path] if it not in pointers and not it.endswith("/*")]
            about = row.get("original_type") or "-"
            # Of several, the first is that of the product itself.
            about = about if isinstance(about, str) else about[0]
            words = [row["version"], name, about, title(row), *pointers]
            assert not any(set(word) & set(" \n") or not word for word in words), row
            print(*words)


main()
