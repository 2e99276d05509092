"""wechatpayv3, unchanged, against `wechatpay sandbox`. Arguments: see kit.py. Each scenario stands alone."""

import gzip
import hashlib
import json
import tempfile
import urllib.parse
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from kit import APPID, BASE, INFO, OPENID, Receiver, certificate_mode, control, day, number, report
from wechatpayv3 import WeChatPay, WeChatPayType
from wechatpayv3.type import RequestType


def pem_body(path):
    """A key as the SDK takes it: the lines between the PEM markers."""
    return "".join(line for line in Path(path).read_text().splitlines() if "-----" not in line)


def client(pay_type=WeChatPayType.NATIVE, certificates=False, private_key=None):
    """By public key, or by certificates that the SDK downloads itself."""
    import wechatpayv3.core

    class Core(wechatpayv3.core.Core):
        """The SDK's own; it has no setting for the host, and asks it in its constructor."""

        def __setattr__(self, name, value):
            super().__setattr__(name, BASE if name == "_gate_way" else value)

    genuine, wechatpayv3.core.Core = wechatpayv3.core.Core, Core
    try:
        public = {} if certificates else {
            "public_key": pem_body(INFO["platform_public_key"]),
            "public_key_id": INFO["platform_public_key_id"],
        }
        return WeChatPay(
            wechatpay_type=pay_type,
            mchid=INFO["mchid"],
            private_key=private_key or pem_body(INFO["merchant_key"]),
            cert_serial_no=INFO["serial"],
            appid=APPID,
            apiv3_key=INFO["apiv3_key"],
            notify_url="http://127.0.0.1:9/none",
            timeout=(5, 20),
            **public,
        )
    finally:
        wechatpayv3.core.Core = genuine


def ok(answer, status=200):
    code, text = answer
    assert code == status, f"{code} {text}"
    return json.loads(text) if text else None


def refused(answer, status, code):
    found, text = answer
    assert found == status, f"expected {status} {code}, found {found} {text}"
    body = json.loads(text)
    assert body["code"] == code, body
    return body


def make(wxpay, out_trade_no=None, **changes):
    settings = {
        "description": "Image形象店-深圳腾大-QQ公仔",
        "out_trade_no": out_trade_no or number("T"),
        "amount": {"total": 100, "currency": "CNY"},
        **changes,
    }
    return settings["out_trade_no"], wxpay.pay(**settings)


def paid(wxpay, **changes):
    out_trade_no, answer = make(wxpay, **changes)
    ok(answer)
    control(f"orders/{out_trade_no}/pay")
    return out_trade_no


def an_order_is_made_and_again_the_same():
    wxpay = client(WeChatPayType.JSAPI)
    payer = {"payer": {"openid": OPENID}}
    out_trade_no, first = make(wxpay, **payer)
    prepay_id = ok(first)["prepay_id"]
    assert prepay_id.startswith("wx")
    assert ok(make(wxpay, out_trade_no, **payer)[1])["prepay_id"] == prepay_id
    other = make(wxpay, out_trade_no, **payer, amount={"total": 101, "currency": "CNY"})[1]
    refused(other, 400, "INVALID_REQUEST")


def an_order_is_queried_before_and_after_it_is_paid():
    wxpay = client()
    out_trade_no, answer = make(wxpay)
    assert ok(answer)["code_url"].startswith("weixin://")
    assert ok(wxpay.query(out_trade_no=out_trade_no))["trade_state"] == "NOTPAY"
    control(f"orders/{out_trade_no}/pay")
    found = ok(wxpay.query(out_trade_no=out_trade_no))
    assert found["trade_state"] == "SUCCESS" and found["amount"]["total"] == 100
    by_id = ok(wxpay.query(transaction_id=found["transaction_id"]))
    assert by_id["out_trade_no"] == out_trade_no
    refused(wxpay.query(out_trade_no="nosuchorder"), 404, "ORDER_NOT_EXIST")


def an_order_is_closed():
    wxpay = client()
    out_trade_no, answer = make(wxpay)
    ok(answer)
    ok(wxpay.close(out_trade_no), 204)
    assert ok(wxpay.query(out_trade_no=out_trade_no))["trade_state"] == "CLOSED"


def a_payment_is_notified_and_the_sdk_verifies_and_decrypts_it():
    wxpay = client()
    with Receiver() as receiver:
        out_trade_no = paid(wxpay, notify_url=receiver.url, attach="门店一")
        headers, body = receiver.next()
    event = wxpay.callback(headers, body)
    assert event["event_type"] == "TRANSACTION.SUCCESS"
    assert event["resource"]["out_trade_no"] == out_trade_no
    assert event["resource"]["attach"] == "门店一"
    assert wxpay.callback(headers, body + b" ") is None, "a changed body was believed"


def a_notification_that_a_certificate_signs_is_believed():
    wxpay = client(certificates=True)
    with certificate_mode(), Receiver() as receiver:
        out_trade_no = paid(wxpay, notify_url=receiver.url)
        headers, body = receiver.next()
    assert headers["Wechatpay-Serial"] == INFO["platform_cert_serial"]
    event = wxpay.callback(headers, body)
    assert event["resource"]["out_trade_no"] == out_trade_no


def part(wxpay, out_trade_no, refund, **changes):
    amount = {"refund": refund, "total": 100, "currency": "CNY"}
    out_refund_no = number("R")
    return out_refund_no, wxpay.refund(out_refund_no, amount, out_trade_no=out_trade_no, **changes)


def a_payment_is_refunded_in_parts_and_no_more_than_was_paid():
    wxpay = client()
    out_trade_no = paid(wxpay)
    out_refund_no, first = part(wxpay, out_trade_no, 60)
    assert ok(first)["amount"]["refund"] == 60
    refused(part(wxpay, out_trade_no, 41)[1], 400, "INVALID_REQUEST")
    ok(part(wxpay, out_trade_no, 40)[1])
    assert ok(wxpay.query_refund(out_refund_no))["status"] == "SUCCESS"


def a_refund_is_notified_and_the_sdk_verifies_and_decrypts_it():
    wxpay = client()
    with Receiver() as receiver:
        out_refund_no, answer = part(wxpay, paid(wxpay), 60, notify_url=receiver.url)
        ok(answer)
        event = wxpay.callback(*receiver.next())
    assert event["event_type"] == "REFUND.SUCCESS"
    assert event["resource"]["out_refund_no"] == out_refund_no


def an_applyment_s_sensitive_fields_arrive_encrypted():
    wxpay = client()
    answer = wxpay.applyment_submit(
        business_code=number("APPLYMENT_"),
        contact_info={
            "contact_type": "LEGAL",
            "contact_name": "张三",
            "mobile_phone": "13900000000",
            "contact_email": "admin@demo.com",
        },
        subject_info={
            "subject_type": "SUBJECT_TYPE_ENTERPRISE",
            "business_license_info": {
                "license_copy": "demo-media-id",
                "license_number": "123456789012345678",
                "merchant_name": "腾讯科技有限公司",
                "legal_person": "张三",
            },
            "identity_info": {
                "id_holder_type": "LEGAL",
                "id_doc_type": "IDENTIFICATION_TYPE_IDCARD",
                "id_card_info": {
                    "id_card_copy": "demo-media-id",
                    "id_card_national": "demo-media-id",
                    "id_card_name": "张三",
                    "id_card_number": "110101199003070134",
                    "card_period_begin": "2020-01-01",
                    "card_period_end": "2030-01-01",
                },
                "owner": True,
            },
        },
        business_info={
            "merchant_shortname": "张三餐饮店",
            "service_phone": "0758123456",
            "sales_info": {"sales_scenes_type": ["SALES_SCENES_STORE"]},
        },
        settlement_info={"settlement_id": "719", "qualification_type": "餐饮"},
        bank_account_info={
            "bank_account_type": "BANK_ACCOUNT_TYPE_CORPORATE",
            "account_name": "xx公司",
            "account_bank": "工商银行",
            "bank_address_code": "110000",
            "account_number": "1234567890",
        },
    )
    assert ok(answer)["applyment_id"]
    plain = {"account_type": "ACCOUNT_TYPE_BUSINESS", "account_bank": "工商银行",
             "bank_address_code": "110000", "account_number": "1234567890"}
    path = "/v3/apply4sub/sub_merchants/1900000109/modify-settlement"
    refused(wxpay._core.request(path, method=RequestType.POST, data=plain), 400, "PARAM_ERROR")


def an_image_is_uploaded():
    wxpay = client()
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder) / "a.png"
        image.write_bytes(bytes.fromhex("89504e470d0a1a0a00000000"))
        assert ok(wxpay.image_upload(str(image)))["media_id"]


def a_bill_is_asked_for_downloaded_and_has_the_digest_that_was_said():
    wxpay = client()
    out_trade_no = paid(wxpay)
    bill = ok(wxpay.trade_bill(day(0)))
    code, content = wxpay.download_bill(bill["download_url"])
    assert code == 200, content
    text = gzip.decompress(content)
    assert hashlib.sha1(text).hexdigest() == bill["hash_value"].lower()
    assert "总交易单数" in text.decode("utf-8") and out_trade_no in text.decode("utf-8")
    refused(wxpay.trade_bill(day(2)), 400, "NO_STATEMENT_EXIST")


def the_certificates_are_downloaded_by_the_sdk_s_constructor():
    with certificate_mode():
        with_certificates = client(certificates=True)
        out_trade_no, answer = make(with_certificates)
        ok(answer)
        new = control("certificates/rotate")["serial"]
        assert ok(with_certificates.query(out_trade_no=out_trade_no))["trade_state"] == "NOTPAY"
        # What signed that answer was fetched meanwhile.
        known = [certificate.serial_number for certificate in with_certificates._core._certificates]
        assert int(new, 16) in known, f"{new} was never fetched"


def the_wrong_merchant_key_is_refused():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    lines = "".join(line for line in key.decode().splitlines() if "-----" not in line)
    body = refused(make(client(private_key=lines))[1], 401, "SIGN_ERROR")
    built = body["detail"]["sign_information"]["truncated_sign_message"]
    assert built.startswith("POST\n/v3/pay/transactions/native\n")


def a_spoilt_answer_does_not_verify_in_the_sdk():
    wxpay = client()
    control("faults", {"fault": "wrong_signature", "times": 1})
    try:
        make(wxpay)
    except Exception as err:
        assert "failed to verify the signature" in str(err), err
    else:
        raise AssertionError("a wrong signature was believed")


def a_payment_is_shared():
    wxpay = client()
    ok(wxpay.profitsharing_add_receiver("MERCHANT_ID", "1900000110", "PARTNER", name="示例商户全称"))
    out_trade_no = paid(wxpay, settle_info={"profit_sharing": True})
    transaction_id = ok(wxpay.query(out_trade_no=out_trade_no))["transaction_id"]
    assert ok(wxpay.profitsharing_amount_query(transaction_id))["unsplit_amount"] > 0
    out_order_no = number("P")
    receivers = [{"type": "MERCHANT_ID", "account": "1900000110", "amount": 10, "description": "分给商户"}]
    ok(wxpay.profitsharing_order(transaction_id, out_order_no, receivers, True))
    found = ok(wxpay.profitsharing_order_query(transaction_id, out_order_no))
    assert found["state"] == "FINISHED", found


CONTROL_ORDERS = "/v3/aggracct-bc/wb-channel/control-orders"
ACCOUNT = "6217000000000000001"


def a_control_order_is_made_notified_queried_recovered_and_queried():
    # Operations without a method of the SDK go through its core, which signs, encrypts and verifies.
    core = client()._core

    def post(verb, **body):
        return core.request(f"{CONTROL_ORDERS}/{verb}", method=RequestType.POST, data=body, cipher_data=True)

    body = {"out_request_no": number("C"), "mchid": "1900000110", "punish_scene": 1, "punish_reason": "连续三日交易异常"}
    refused(post("punish", **body, bal_account_no=ACCOUNT), 400, "PARAM_ERROR")
    punish_no = ok(post("punish", **body, bal_account_no=core.encrypt(ACCOUNT)))["wxpay_punish_no"]
    # Encrypted anew, so other bytes of the same account.
    assert ok(post("punish", **body, bal_account_no=core.encrypt(ACCOUNT)))["wxpay_punish_no"] == punish_no
    refused(post("punish", **{**body, "punish_scene": 2}, bal_account_no=core.encrypt(ACCOUNT)), 400, "ALREADY_EXISTS")

    violation = {"sub_mchid": "1900000110", "record_id": punish_no, "punish_description": "连续三日交易异常"}
    with Receiver() as receiver:
        control("notifications", {"event_type": "VIOLATION.PUNISH", "url": receiver.url, "resource": violation})
        event = client().callback(*receiver.next())
    assert event["event_type"] == "VIOLATION.PUNISH" and event["resource"] == violation, event

    def query():
        path = f"{CONTROL_ORDERS}/{body['out_request_no']}?control_type=PUNISH&mchid=1900000110"
        return core.request(path)

    in_force = ok(query())["punish_order"]
    assert in_force["wxpay_punish_no"] == punish_no and in_force["punish_reason"] == body["punish_reason"], in_force
    assert in_force["effect_state"] != "RECOVERED", in_force
    ok(post("recover", out_request_no=number("C"), related_webank_punish_no=body["out_request_no"],
            related_wxpay_punish_no=punish_no, mchid="1900000110", bal_account_no=core.encrypt(ACCOUNT),
            recover_reason="商户已整改"))
    assert ok(query())["punish_order"]["effect_state"] == "RECOVERED"

    # The same account in a query, encrypted, and in the answer, encrypted for the merchant.
    asked = urllib.parse.urlencode({"mchid": "1900000110", "bal_account_no": core.encrypt(ACCOUNT)})
    archives = ok(core.request(f"/v3/aggracct-bc/wb-channel/account/mch_archives?{asked}", cipher_data=True))
    assert core.decrypt(archives["bal_account_no"]) == ACCOUNT
    limited(200, query)


def limited(count, call):
    """Calls until the limit of a minute refuses; a new minute may begin once meanwhile."""
    control("limits", {"enforce": True})
    try:
        for made in range(2 * count + 1):
            code, text = call()
            if code != 200:
                assert json.loads(text)["code"] == "FREQUENCY_LIMITED", text
                assert made >= count, f"refused after {made} calls"
                return
        raise AssertionError(f"{2 * count} calls were not limited")
    finally:
        control("limits", {"enforce": False})


report("wechatpayv3", {
    "order": an_order_is_made_and_again_the_same,
    "query": an_order_is_queried_before_and_after_it_is_paid,
    "close": an_order_is_closed,
    "notify": a_payment_is_notified_and_the_sdk_verifies_and_decrypts_it,
    "notify-certificate": a_notification_that_a_certificate_signs_is_believed,
    "refund": a_payment_is_refunded_in_parts_and_no_more_than_was_paid,
    "refund-notify": a_refund_is_notified_and_the_sdk_verifies_and_decrypts_it,
    "share": a_payment_is_shared,
    "bill": a_bill_is_asked_for_downloaded_and_has_the_digest_that_was_said,
    "encrypt": an_applyment_s_sensitive_fields_arrive_encrypted,
    "control-order": a_control_order_is_made_notified_queried_recovered_and_queried,
    "upload": an_image_is_uploaded,
    "certificates": the_certificates_are_downloaded_by_the_sdk_s_constructor,
    "wrong-key": the_wrong_merchant_key_is_refused,
    "spoilt": a_spoilt_answer_does_not_verify_in_the_sdk,
})
