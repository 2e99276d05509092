"""wechatpy, unchanged, against `wechatpay sandbox`. Arguments: see kit.py. Each scenario stands alone."""

import hashlib
from datetime import datetime, timedelta, timezone

import requests
from kit import APPID, BASE, INFO, OPENID, ClientFault, Receiver, control, day, number, report
from wechatpy.exceptions import InvalidSignatureException, WeChatPayException
from wechatpy.pay import WeChatPay

ACKNOWLEDGEMENT = b"<xml><return_code><![CDATA[SUCCESS]]></return_code></xml>"


class ToSandbox(requests.adapters.HTTPAdapter):
    """Sends to the sandbox what is addressed to one of WeChat Pay's hosts."""

    def send(self, request, **settings):
        settings.update(cert=None, proxies={})
        request.url = BASE + request.url.split("qq.com", 1)[1]
        return super().send(request, **settings)


def client(api_key=None):
    """The client has no setting for the host, and uses several; its session is where requests leave."""
    pay = WeChatPay(
        appid=APPID,
        api_key=api_key or INFO["v2_key"],
        mch_id=INFO["mchid"],
        mch_cert=INFO["merchant_cert"],
        mch_key=INFO["merchant_key"],
        timeout=20,
    )
    pay._http.mount("https://", ToSandbox())
    return pay


def make(pay, out_trade_no=None, total_fee=100, trade_type="JSAPI", notify_url="http://127.0.0.1:9/none", **changes):
    settings = {"client_ip": "127.0.0.1", "out_trade_no": out_trade_no or number("T"), "user_id": OPENID, **changes}
    answer = pay.order.create(trade_type, "QQ公仔", total_fee, notify_url, **settings)
    return settings["out_trade_no"], answer


def paid(pay, **changes):
    out_trade_no, _ = make(pay, **changes)
    control(f"orders/{out_trade_no}/pay")
    return out_trade_no


def refused(call, code):
    try:
        answer = call()
    except WeChatPayException as err:
        assert code in (err.errcode, err.return_msg), f"expected {code}, found {err!r}"
    else:
        raise AssertionError(f"expected {code}, found {answer}")


def order():
    pay = client()
    # By default the client sends the time of each call, which makes it another order.
    start = datetime.now(timezone(timedelta(hours=8)))
    times = {"time_start": start, "time_expire": start + timedelta(hours=2)}
    out_trade_no, first = make(pay, **times)
    assert first["prepay_id"].startswith("wx")
    assert pay.check_signature(first), "the answer does not verify"
    assert make(pay, out_trade_no, **times)[1]["prepay_id"] == first["prepay_id"]
    refused(lambda: make(pay, out_trade_no, total_fee=101, **times), "INVALID_REQUEST")


def trade_types():
    pay = client()
    assert make(pay, trade_type="NATIVE", product_id="1")[1]["code_url"].startswith("weixin://")
    assert make(pay, trade_type="APP")[1]["prepay_id"].startswith("wx")
    scene = {"h5_info": {"type": "Wap", "wap_url": "https://example.com", "wap_name": "demo"}}
    assert make(pay, trade_type="MWEB", scene_info=scene)[1]["mweb_url"].startswith("http")


def pay_params():
    pay = client()
    params = pay.jsapi.get_jsapi_params(make(pay)[1]["prepay_id"])
    sign = params.pop("paySign")
    text = "&".join(f"{name}={params[name]}" for name in sorted(params))
    assert sign == hashlib.md5(f"{text}&key={INFO['v2_key']}".encode()).hexdigest().upper()


def query():
    pay = client()
    out_trade_no, _ = make(pay)
    assert pay.order.query(out_trade_no=out_trade_no)["trade_state"] == "NOTPAY"
    control(f"orders/{out_trade_no}/pay")
    found = pay.order.query(out_trade_no=out_trade_no)
    assert found["trade_state"] == "SUCCESS" and found["total_fee"] == "100"
    assert pay.check_signature(found), "the answer does not verify"
    assert pay.order.query(transaction_id=found["transaction_id"])["out_trade_no"] == out_trade_no
    refused(lambda: pay.order.query(out_trade_no="nosuchorder"), "ORDERNOTEXIST")


def close():
    pay = client()
    out_trade_no, _ = make(pay)
    pay.order.close(out_trade_no)
    assert pay.order.query(out_trade_no=out_trade_no)["trade_state"] == "CLOSED"


def micropay():
    pay = client()
    out_trade_no = number("M")
    charge = {"client_ip": "127.0.0.1", "out_trade_no": out_trade_no}
    # The user still has to type the password.
    refused(lambda: pay.micropay.create("QQ公仔", 100, "130061098828009406", **charge), "USERPAYING")
    control(f"orders/{out_trade_no}/pay")
    assert pay.micropay.query(out_trade_no=out_trade_no)["trade_state"] == "SUCCESS"
    pay.order.reverse(out_trade_no=out_trade_no)
    assert pay.micropay.query(out_trade_no=out_trade_no)["trade_state"] in ("REVOKED", "REFUND")


def notify():
    pay = client()
    with Receiver(ACKNOWLEDGEMENT) as receiver:
        out_trade_no = paid(pay, notify_url=receiver.url, attach="门店一")
        _, body = receiver.next()
    found = pay.parse_payment_result(body)
    assert found["out_trade_no"] == out_trade_no
    assert found["attach"] == "门店一" and found["total_fee"] == 100
    try:
        pay.parse_payment_result(body.replace("门店一".encode(), "门店二".encode()))
    except InvalidSignatureException:
        return
    raise AssertionError("a changed body was believed")


def refund():
    pay = client()
    out_trade_no = paid(pay)
    first = number("R")
    apply = lambda fee, own=None: pay.refund.apply(100, fee, own or number("R"), out_trade_no=out_trade_no)
    assert apply(60, first)["refund_fee"] == "60"
    try:
        apply(41)
    except WeChatPayException:
        pass
    else:
        raise AssertionError("more was refunded than was paid")
    apply(40)
    found = pay.refund.query(out_refund_no=first)
    assert found["refund_status_0"] == "SUCCESS" and found["refund_fee_0"] == "60"


def refund_notify():
    pay = client()
    with Receiver(ACKNOWLEDGEMENT) as receiver:
        out_refund_no = number("R")
        pay.refund.apply(100, 60, out_refund_no, out_trade_no=paid(pay), notify_url=receiver.url)
        _, body = receiver.next()
    found = pay.parse_refund_notify_result(body)
    assert found["out_refund_no"] == out_refund_no and found["refund_fee"] == 60


def transfer():
    pay = client()
    out_trade_no = number("P")
    made = pay.transfer.transfer(OPENID, 100, "报销", client_ip="127.0.0.1", real_name="张三", out_trade_no=out_trade_no)
    assert made["partner_trade_no"] == out_trade_no
    found = pay.transfer.query(out_trade_no)
    assert found["partner_trade_no"] == out_trade_no and found["payment_amount"] == "100"


def bank_transfer():
    pay = client()
    out_trade_no = number("K")
    made = pay.transfer.transfer_bankcard("张三", "6225000000000000", "1002", 100, "报销", out_trade_no)
    assert made["partner_trade_no"] == out_trade_no
    found = pay.transfer.query_bankcard(out_trade_no)
    assert found["partner_trade_no"] == out_trade_no and found["amount"] == "100", found
    assert found["status"] in ("PROCESSING", "SUCCESS"), found


def red_packet():
    pay = client()
    number_of_packet = number("H")[:28]
    pay.redpack.send(OPENID, 100, "商户", "活动", "恭喜", "备注", client_ip="127.0.0.1", out_trade_no=number_of_packet)
    found = pay.redpack.query(number_of_packet)
    assert found["mch_billno"] == number_of_packet and found["total_amount"] == "100", found
    assert found["status"] in ("SENDING", "SENT", "RECEIVED"), found


def coupon():
    pay = client()
    sent = pay.coupon.send(OPENID, "1757")
    assert pay.coupon.query_stock("1757")["coupon_stock_id"] == "1757"
    try:
        assert pay.coupon.query_coupon(sent["coupon_id"], OPENID)["coupon_stock_id"] == "1757"
    except WeChatPayException as err:
        assert err.response.status_code == 404, err.response.text
        raise ClientFault(
            "coupons are queried at promotion/query_coupon; the documentation has mmpaymkttransfers/querycouponsinfo",
            "查询代金券的路径是 promotion/query_coupon，而文档为 mmpaymkttransfers/querycouponsinfo",
            "wechatpy/pay/api/coupon.py: query_coupon",
        ) from err


def contract():
    pay = client()
    named = {"plan_id": 123, "contract_code": number("A")}
    assert pay.withhold.query_signing(**named)["contract_code"] == named["contract_code"]
    assert pay.withhold.apply_cancel_signing(**named, contract_termination_remark="用户解约")


def bill():
    pay = client()
    out_trade_no = paid(pay)
    text = pay.tools.download_bill(day(0, "%Y%m%d"))
    assert out_trade_no in text and "总交易单数" in text
    refused(lambda: pay.tools.download_bill(day(2, "%Y%m%d")), "No Bill Exist")


def fund_bill():
    pay = client()
    out_trade_no = paid(pay)
    text = pay.tools.download_fundflow(day(0, "%Y%m%d"))
    assert out_trade_no in text and "资金流水总笔数" in text


def wrong_key():
    refused(lambda: make(client("0" * 32)), "签名错误")


def spoilt():
    pay = client()
    control("faults", {"fault": "wrong_signature", "times": 1})
    _, answer = make(pay)
    if not pay.check_signature(answer):
        raise ClientFault(
            "answers are not verified: one with a wrong signature is returned as successful",
            "应答不验签：签名错误的应答也被当作成功返回",
            "wechatpy/pay/__init__.py: _handle_result",
        )


report("wechatpy", {
    "order": order,
    "trade-types": trade_types,
    "pay-params": pay_params,
    "query": query,
    "close": close,
    "micropay": micropay,
    "notify": notify,
    "refund": refund,
    "refund-notify": refund_notify,
    "transfer": transfer,
    "bank-transfer": bank_transfer,
    "red-packet": red_packet,
    "coupon": coupon,
    "contract": contract,
    "bill": bill,
    "fund-bill": fund_bill,
    "wrong-key": wrong_key,
    "spoilt": spoilt,
})
