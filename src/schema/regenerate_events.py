#!/usr/bin/env python3
"""Write events.txt, what each kind of notification is about, from a notifications.jsonl.

    python3 src/schema/regenerate_events.py path/to/notifications.jsonl > src/schema/events.txt

One line a kind, in the file's order: version, event type, the resource's original type (`-` when none is
documented), title, and the JSON pointers of its fields without the slash they begin with. Six kinds of APIv2
have no event type in their messages; they get a name here.
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


def title(row):
    """Without the event type in parentheses and the word notification."""
    text = row["title"].split("(")[0]
    return text.removesuffix("通知").removesuffix("回调").replace(" ", "")


def main():
    with open(sys.argv[1], encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            name = row.get("event_type") or NAMELESS[row["title"]]
            pointers = [pointer.removeprefix("/") for pointer in row["pointers"]]
            about = row.get("original_type") or "-"
            # Of several, the first is that of the product itself.
            about = about if isinstance(about, str) else about[0]
            words = [row["version"], name, about, title(row), *pointers]
            assert not any(set(word) & set(" \n") or not word for word in words), row
            print(*words)


main()
