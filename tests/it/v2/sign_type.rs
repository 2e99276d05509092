//! The sign type of an APIv2 request.

use wechatpay_chain::catalog::{self, BodyKind};

use super::*;

/// Operations with only one sign type use it; another one is rejected.
#[test]
fn the_catalog_decides_the_sign_type_where_there_is_only_one() -> Result<()> {
    let sandbox = lenient().start_blocking()?;
    let builder = sandbox.client_builder().check_mch_id(false);
    let client = builder.build()?;
    let only = |kind| {
        let all = catalog::operations().iter();
        all.filter(move |it| it.sign_type() == Some(kind))
    };
    let call = |path: &str, method: &http::Method, members: serde_json::Value| {
        let chain = client.chain(path.to_owned());
        let name = if *method == http::Method::GET {
            "query"
        } else {
            "xml"
        };
        chain
            .request(method.as_str(), json!({name: members}))
            .security(false)
    };
    let mut count = 0;
    for operation in only(SignType::HmacSha256) {
        let (path, method) = (operation.path(), operation.method());
        assert_ne!(operation.body(), BodyKind::Multipart, "{path}");
        let spellings = [
            path.to_owned(),
            format!("{path}/"),
            path.replace("v2/", "V2/"),
        ];
        for (path, given) in spellings
            .iter()
            .zip([json!({}), json!({"sign_type": ""}), json!({})])
        {
            let made = call(path, &method, given).dry_run().wait()?;
            let text = format!("{} {}", made.uri(), String::from_utf8_lossy(made.body()));
            assert!(text.contains("HMAC-SHA256"), "{text}");
            assert_eq!(
                text.matches("sign_type").count() % 2,
                usize::from(method == "GET"),
                "{text}"
            );
            let sign = text
                .split("sign>")
                .nth(1)
                .or_else(|| text.split("&sign=").nth(1));
            assert!(
                sign.unwrap()
                    .chars()
                    .filter(char::is_ascii_hexdigit)
                    .count()
                    >= 64,
                "{text}"
            );
        }
        let err = call(path, &method, json!({"sign_type": "MD5"}))
            .wait()
            .unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Request, "{path}");
        assert!(
            !err.maybe_sent() && err.report().contains("HMAC-SHA256"),
            "{}",
            err.report()
        );
        count += 1;
    }
    assert_eq!(count, 55);
    for operation in only(SignType::Md5) {
        let made = call(operation.path(), &operation.method(), json!({}))
            .dry_run()
            .wait()?;
        assert!(!String::from_utf8_lossy(made.body()).contains("sign_type"));
        let contrary = json!({"sign_type": "HMAC-SHA256"});
        let err = call(operation.path(), &operation.method(), contrary)
            .wait()
            .unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Request);
    }
    assert!(sandbox.calls().is_empty());
    Ok(())
}

#[test]
fn operations_with_hmac_sha256_are_signed_and_answered_with_it() -> Result<()> {
    let sandbox = lenient().start_blocking()?;
    let client = sandbox.client()?;
    for path in [
        "v2/secapi/pay/profitsharing",
        "v2/secapi/pay/multiprofitsharing",
        "v2/secapi/pay/profitsharingfinish",
        "v2/secapi/pay/profitsharingreturn",
        "v2/pay/profitsharingquery",
        "v2/pay/profitsharingreturnquery",
        "v2/pay/profitsharingaddreceiver",
        "v2/pay/profitsharingremovereceiver",
        "v2/pay/profitsharingmerchantratioquery",
        "v2/pay/profitsharingorderamountquery",
    ] {
        let body = json!({"mch_id": sandbox.mchid()});
        let res = client
            .chain(path.to_owned())
            .post(body, ())
            .security(false)
            .wait()?;
        assert!(
            matches!(res.verification(), Verification::Verified { .. }),
            "{path}"
        );
        let text = res.text()?;
        let sign = text.split("sign>").nth(1).unwrap();
        assert!(sign.len() >= 64, "{text}");
        let sent = sandbox.last_call().unwrap();
        assert!(
            String::from_utf8_lossy(&sent.body).contains("<sign_type>HMAC-SHA256</sign_type>"),
            "{sent:?}"
        );
    }
    for path in [
        "v2/pay/downloadfundflow",
        "v2/billcommentsp/batchquerycomment",
    ] {
        let body =
            json!({"mch_id": sandbox.mchid(), "bill_date": "20250601", "account_type": "Basic"});
        let made = client
            .chain(path.to_owned())
            .post(body, ())
            .security(false)
            .dry_run()
            .wait()?;
        assert!(
            String::from_utf8_lossy(made.body()).contains("HMAC-SHA256"),
            "{path}"
        );
    }
    Ok(())
}
