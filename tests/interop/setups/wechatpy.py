# The printed lines for wechatpy, before the client is created as its documentation shows.
# SETUP

import sys
from pathlib import Path

folder = Path(sys.argv[1])
pay = wechatpy.pay.WeChatPay(
    appid="wx8888888888888888",
    api_key=(folder / "v2_key.txt").read_text().strip(),
    mch_id="1900000109",
    mch_cert=str(folder / "apiclient_cert.pem"),
    mch_key=str(folder / "apiclient_key.pem"),
)
made = pay.order.create(
    "JSAPI", "QQ公仔", 100, "http://127.0.0.1:9/none",
    client_ip="127.0.0.1", out_trade_no="setup1", user_id="oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
)
assert made["prepay_id"], made
