//! The requirements for a successful APIv2 answer.

use super::*;

/// Only declared files may be other than a message; all other answers must say SUCCESS.
#[test]
fn nothing_but_success_counts_as_success() -> Result<()> {
    let sandbox = lenient().start_blocking()?;
    let client = sandbox.client()?;
    let pay = client.chain("v2/mmpaymkttransfers/promotion/transfers");
    let ask = || json!({"mchid": sandbox.mchid(), "partner_trade_no": "1", "amount": 1});
    for page in [
        "",
        "OK",
        "<html><body>maintenance</body></html>",
        "<xml><result_code>SUCCESS</result_code></xml>",
    ] {
        let answer = StubResponse::bytes("text/xml", page);
        sandbox.stub("POST", "mmpaymkttransfers/promotion/transfers", answer)?;
        let err = pay.post(ask(), ()).wait().unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Verify, "{page:?}");
        assert!(err.maybe_sent());
    }
    Ok(())
}

/// Anyone in between can write unsigned text, so success must be unambiguous.
#[test]
fn an_unsigned_answer_that_says_anything_but_success_twice_is_undecided() -> Result<()> {
    let sandbox = lenient().start_blocking()?;
    let client = sandbox.client()?;
    let ask =
        || json!({"mchid": sandbox.mchid(), "mch_id": sandbox.mchid(), "partner_trade_no": "1"});
    let taken = "<return_code>SUCCESS</return_code>";
    let unclear = [
        "<result_code>SUCCESS</result_code><result_code>FAIL</result_code>",
        "<result_code>SUCCESS</result_code><result_code>SUCCESS</result_code>",
        "<data><result_code>SUCCESS</result_code></data>",
        "<result_code><a>SUCCESS</a></result_code>",
        "<err_code>NOTENOUGH</err_code>",
        "<result_code></result_code>",
        "<result_code>success</result_code>",
        "<result_code> SUCCESS </result_code>",
        "<result_code>SUCCESS</result_code><return_code>SUCCESS</return_code>",
        "<result_code>SUCCESS</result_code><sign>A</sign><sign>B</sign>",
        "",
    ];
    let paths = [
        "mmpaymkttransfers/promotion/transfers",
        "mmpaysptrans/pay_bank",
        "mmpaysptrans/query_bank",
        "mmpaymkttransfers/sendredpack",
    ];
    for path in paths {
        let call = |inside: &str| {
            let answer = StubResponse::bytes("text/xml", format!("<xml>{inside}</xml>"));
            sandbox.stub("POST", path, answer)?;
            client.v2().chain(path).post(ask(), ()).wait()
        };
        for inside in unclear {
            let err = call(&format!("{taken}{inside}")).expect_err(inside);
            assert_eq!(err.kind(), ErrorKind::Verify, "{path} {inside}");
            assert!(err.is_undecided() && err.maybe_sent() && !err.is_retryable());
        }
        call(&format!("{taken}<result_code>SUCCESS</result_code>"))?;
        for (more, code, undecided) in [
            ("", "FAIL", true),
            ("<err_code>SUCCESS</err_code>", "FAIL", true),
            ("<err_code>SYSTEMERROR</err_code>", "SYSTEMERROR", true),
            ("<err_code>NOTENOUGH</err_code>", "NOTENOUGH", false),
        ] {
            let err = call(&format!("{taken}<result_code>FAIL</result_code>{more}")).unwrap_err();
            let api = err.api().expect("an answer");
            assert_eq!(
                (&*api.code, api.is_undecided()),
                (code, undecided),
                "{path} {more}"
            );
        }
    }
    Ok(())
}

/// The signed text is flat: a member can hide in the value of the previous one.
#[test]
fn a_failure_hidden_in_another_member_is_not_a_success() -> Result<()> {
    let sandbox = lenient().start_blocking()?;
    let client = sandbox.client()?;
    let failed = [
        ("err_code", "ORDERPAID"),
        ("nonce_str", "abc"),
        ("result_code", "FAIL"),
        ("return_code", "SUCCESS"),
    ];
    let sign = SignType::Md5.sign(failed, sandbox.v2_key())?;
    let answer = format!(
        "<xml><err_code>ORDERPAID&amp;nonce_str=abc&amp;result_code=FAIL</err_code>\
         <return_code>SUCCESS</return_code><sign>{sign}</sign></xml>"
    );
    for path in ["pay/unifiedorder", "pay/queryexchagerate"] {
        sandbox.stub(
            "POST",
            path,
            StubResponse::bytes("text/xml", answer.clone()),
        )?;
        let call = client.v2().chain(path).post(order(&sandbox), ());
        let err = call.wait().unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Verify, "{path}");
    }
    Ok(())
}

#[test]
fn the_line_of_a_refusal_names_the_failure() -> Result<()> {
    let sandbox = lenient().start_blocking()?;
    let lacking =
        json!({"result_code": "FAIL", "err_code": "LACK_PARAMS", "err_code_des": "缺少参数"});
    sandbox.stub("POST", "pay/unifiedorder", StubResponse::json(lacking))?;
    let err = refused(&sandbox.client()?, &sandbox);
    for line in [err.to_string(), err.report(), format!("{err:?}")] {
        assert!(
            line.contains("result_code FAIL, err_code LACK_PARAMS"),
            "{line}"
        );
        assert!(line.contains("err_code_des 缺少参数"), "{line}");
        // A Request-ID may have these digits.
        assert!(!err.to_string().contains("200 OK"), "{line}");
    }
    Ok(())
}
