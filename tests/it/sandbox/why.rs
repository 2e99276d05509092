//! Why a request is refused, in both languages.

use wechatpay_sandbox::{Sandbox, Verdict};

use super::raw::Raw;
use super::{Outcome, PUNISH, last, order, why};

const CERTIFICATES: &str = "/v3/certificates";
const NATIVE: &str = "/v3/pay/transactions/native";
const V2: &str = "/pay/unifiedorder";
const ORDER_WITH_A_TEXT_AS_AMOUNT: &str = r#"{"appid":"wxd678efh567hg6787","mchid":"1900000109","description":"a",
    "out_trade_no":"WHY0001","notify_url":"https://www.example.com/","amount":{"total":"100"}}"#;

/// A request that is refused, what the English reason has in it, and what the Chinese.
type Refused = (Raw, &'static str, &'static str);

fn get(sandbox: &Sandbox, target: &str) -> Outcome<Raw> {
    Raw::new(sandbox, "GET", target)
}

fn post(sandbox: &Sandbox, target: &str, body: &str) -> Outcome<Raw> {
    Ok(Raw::new(sandbox, "POST", target)?.body(body))
}

fn by_the_gateway(sandbox: &Sandbox) -> Outcome<Vec<Refused>> {
    let get = || get(sandbox, CERTIFICATES);
    let malformed = "WECHATPAY2-SHA256-RSA2048 x";
    Ok(vec![
        (get()?, "is missing", "缺少 Authorization"),
        (
            get()?.without("Accept"),
            "send, for example, accept: application/json",
            "请求头 accept",
        ),
        (
            get()?.header("Authorization", malformed),
            "malformed",
            "Authorization 请求头无法解析：",
        ),
        (
            get()?.header("X-Sandbox-Fault", "nonsense"),
            "nonsense",
            "指定故障的请求头有误：",
        ),
        (post(sandbox, V2, "<xml")?, "syntax", "无法按 XML 解析："),
        (
            post(sandbox, V2, "<xml><mch_id>1</mch_id></xml>")?,
            "neither mch_id",
            "不是沙箱的商户号",
        ),
    ])
}

fn about_the_body(sandbox: &Sandbox) -> Outcome<Vec<Refused>> {
    let post = |body: &str| post(sandbox, NATIVE, body);
    let form = "multipart/form-data; boundary=b";
    Ok(vec![
        (post("{")?, "not JSON", "不是合法的 JSON"),
        (
            post("{}")?.header("Content-Type", "text/plain"),
            "text/plain",
            "应为 application/json",
        ),
        (
            post("{}")?.header("Content-Type", ""),
            "no Content-Type",
            "没有 Content-Type",
        ),
        (
            post("{}")?,
            "of the body contradicts the documentation",
            "请求报文主体的字段 /",
        ),
        (
            post("--b--\r\n")?.header("Content-Type", form),
            "no part named meta",
            "没有名为 meta 的部分",
        ),
        (
            post("--a\r\nContent-Disposition: form-data; name=meta\r\n\r\n{}\r\n--a--\r\n")?
                .header("Content-Type", form),
            "no line of the body is --b, the boundary of Content-Type, and the first line is \"--a\"",
            "第一行是 \"--a\"",
        ),
    ])
}

fn about_what_is_not_an_object(sandbox: &Sandbox) -> Outcome<Vec<Refused>> {
    let post = |body: &str| post(sandbox, NATIVE, body);
    Ok(vec![
        (post("\u{feff}{}")?, "byte order mark", "字节顺序标记"),
        (post("a=1&b=2")?, "a form", "表单格式"),
        (post("<xml></xml>")?, "it is XML", "是 XML"),
        (
            post("")?.body(b"\x1f\x8b\x08".to_vec()),
            "compressed with gzip",
            "gzip 压缩",
        ),
        (
            post("")?.body(b"{\"a\":\"\xb2\xe2\"}".to_vec()),
            "perhaps GBK",
            "可能是 GBK",
        ),
        (
            post("[{}]")?,
            "the body contradicts the documentation: it has to be an object",
            "请求报文主体与文档不符：此字段需要一个 object 类型",
        ),
        (
            post(ORDER_WITH_A_TEXT_AS_AMOUNT)?,
            "it has to be an integer, and a text in quotes was sent",
            "收到的是带引号的字符串",
        ),
    ])
}

fn of_sensitive_fields(sandbox: &Sandbox) -> Outcome<Vec<Refused>> {
    let body = order().to_string();
    let post = || post(sandbox, &format!("/{PUNISH}"), &body);
    let serial = sandbox.platform_key_id();
    Ok(vec![
        (post()?, "no Wechatpay-Serial", "没有指明加密所用的公钥"),
        (
            post()?.header("Wechatpay-Serial", "1"),
            "has the keys",
            "沙箱的微信支付公钥ID",
        ),
        (
            post()?.header("Wechatpay-Serial", serial),
            "not a ciphertext",
            "加密的密文",
        ),
    ])
}

fn of_what_is_not_there(sandbox: &Sandbox) -> Outcome<Vec<Refused>> {
    let get = |target: &str| get(sandbox, target);
    let order = format!(
        "/v3/pay/transactions/out-trade-no/T00001?mchid={}",
        sandbox.mchid()
    );
    Ok(vec![
        (get(NATIVE)?, "takes POST", "请求方法应为 POST"),
        (
            get("/v3/nobody/knows/this")?,
            "nothing like it",
            "没有与之相近的接口",
        ),
        (
            post(sandbox, "/v3/pay/transaction/native", "{}")?,
            "did you mean POST",
            "是否应为 POST",
        ),
        (get(&order)?, "no such order", "没有商户的这笔订单"),
        #[cfg(feature = "files")]
        (
            get("/v3/billdownload/file?token=x")?,
            "the token is unknown",
            "没有账单使用此 token",
        ),
    ])
}

/// Those of the other tests are looked at in [`why`].
#[test]
fn every_reason_is_said_in_both_languages() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let signed = [
        about_the_body,
        about_what_is_not_an_object,
        of_sensitive_fields,
        of_what_is_not_there,
    ];
    let mut refused = by_the_gateway(&sandbox)?;
    for table in signed {
        for (raw, reason, reason_zh) in table(&sandbox)? {
            refused.push((raw.authorized()?, reason, reason_zh));
        }
    }
    for (raw, reason, reason_zh) in refused {
        raw.send(&sandbox)?;
        let why = why(&sandbox)?;
        assert!(why.contains(reason), "{reason}: {why}");
        if let Verdict::Refused { why_zh, .. } = last(&sandbox)?.verdict {
            assert!(why_zh.contains(reason_zh), "{reason_zh}: {why_zh}");
        }
    }
    Ok(())
}

/// A number may be wrong in several ways, and a value of a query or of XML has no quotes.
#[test]
fn the_reason_says_what_is_wrong_with_a_number() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    for (amount, reason, reason_zh) in [
        (
            "1e2",
            "a decimal point or an exponent",
            "带小数点或指数的数字",
        ),
        (
            "100.0",
            "a decimal point or an exponent",
            "带小数点或指数的数字",
        ),
        ("1.5", "a number with a fraction", "小数"),
        ("9223372036854775808", "out of range", "超出范围的数字"),
        ("1e400", "out of range", "超出范围的数字"),
    ] {
        let body = ORDER_WITH_A_TEXT_AS_AMOUNT.replace("\"100\"", amount);
        let raw = post(&sandbox, NATIVE, &body)?.authorized()?;
        assert_eq!(raw.send(&sandbox)?.status, 400, "{amount}");
        assert!(why(&sandbox)?.contains(reason), "{}", why(&sandbox)?);
        let Verdict::Refused { why_zh, .. } = last(&sandbox)?.verdict else {
            return Err("accepted".into());
        };
        assert!(why_zh.contains(reason_zh), "{why_zh}");
    }
    let list =
        "/v3/merchant-service/complaints-v2?begin_date=2026-01-01&end_date=2026-01-02&limit=1e2";
    get(&sandbox, list)?.authorized()?.send(&sandbox)?;
    let why = why(&sandbox)?;
    assert!(why.ends_with("it has to be an integer"), "{why}");
    Ok(())
}
