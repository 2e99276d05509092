//! The page in Chinese: the cells of the English page under translated names.

use std::fs;
use std::path::PathBuf;

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/fault-matrix.zh-CN.md")
}

const HEAD: &str = "\
# 故障矩阵

[English](fault-matrix.md)

本页由 `tests/resilience/matrix` 生成（`WECHATPAY_FAULT_MATRIX=write`），请勿手工修改。每一行是一个请求遇到的一种故障，
每一列是对沙箱调用的一个接口。在每一格里，沙箱的账本都与程序得到的结果一致：没有重复处理，也没有丢失。

每一格依次是四种设置下的结果：`retry` 和 `failover` 都不打开；只打开 `retry`；只打开 `failover`；两者都打开。
四个结果相同时只写一个。

| 结果 | 含义 |
| --- | --- |
| A | 已处理：第一次尝试就得到应答 |
| R | 已处理：重试之后，或从备用域名得到应答 |
| Q | 已处理：应答丢失，按商户单号查询得到结果（`Call::or_query`） |
| N | 未处理：请求被拒绝、没有发出，或按文档规定的时间等待之后仍查不到 |
| E | 失败并返回错误。上传：错误说明请求是否可能已经发出；下载：没有留下文件 |
| 1 | 通知处理了一次 |
| Q | “通知”一列：网关代替商户作了应答，商户查询未支付的订单时发现已经支付 |
| W | 商户查不到订单，因此没有应答成功，微信支付会重新发送通知 |

“无”之后的三种故障持续到调用结束，其他故障只出现一次。“已转发”表示微信支付收到了请求。“通知”一列里，网络故障发生在通知上，
其他故障发生在处理函数的查询上。下单和退款是 APIv3 接口；转账带有加密的姓名；付款码支付是 APIv2 接口，从不重发。

";

/// The names of faults and operations, and their translations.
const NAMES: &[(&str, &str)] = &[
    ("fault", "故障"),
    ("order", "下单"),
    ("refund", "退款"),
    ("transfer", "转账"),
    ("v2 pay", "付款码支付"),
    ("upload", "上传"),
    ("download", "下载"),
    ("notification", "通知"),
    ("none", "无"),
    ("connection refused", "连接被拒绝"),
    ("TLS handshake fails", "TLS 握手失败"),
    ("TLS handshake hangs", "TLS 握手没有响应"),
    ("closed before the request is read", "读取请求之前关闭连接"),
    ("reset before the request is read", "读取请求之前重置连接"),
    ("request lost, closed", "请求丢失，连接关闭"),
    ("request lost, reset", "请求丢失，连接重置"),
    ("request lost, no answer", "请求丢失，没有应答"),
    ("closed, request passed on late", "连接关闭，请求延迟转发"),
    ("answer lost, closed", "应答丢失，连接关闭"),
    ("answer lost, reset", "应答丢失，连接重置"),
    ("answer never comes", "一直没有应答"),
    ("cut in the answer's head", "在应答头中间断开"),
    ("cut in the answer's body", "在应答的报文主体中间断开"),
    ("answer stalls in its body", "应答的报文主体停滞"),
    ("answer is no HTTP", "应答不是 HTTP"),
    ("request passed on twice", "请求转发了两次"),
    ("gateway 502, not passed on", "网关 502，未转发"),
    ("gateway 502, passed on", "网关 502，已转发"),
    (
        "gateway 503 with Retry-After, not passed on",
        "网关 503 并带有 Retry-After，未转发",
    ),
    ("gateway 504, passed on", "网关 504，已转发"),
    ("unsigned 429, not passed on", "无签名的 429，未转发"),
    ("unsigned 429, passed on", "无签名的 429，已转发"),
    (
        "unsigned 404 ORDER_NOT_EXIST, passed on",
        "无签名的 404 ORDER_NOT_EXIST，已转发",
    ),
    ("unsigned 403, passed on", "无签名的 403，已转发"),
    ("empty unsigned 200, passed on", "无签名的空 200，已转发"),
    ("forged 200, not passed on", "伪造的 200，未转发"),
    ("wrong signature", "签名错误"),
    ("unknown serial", "未知的序列号"),
    ("expired certificate", "平台证书已过期"),
    ("stale timestamp", "时间戳过期"),
    ("no signature headers", "没有签名的应答头"),
    ("no Wechatpay-Signature", "没有 Wechatpay-Signature"),
    ("signature probe", "签名探测"),
    ("body tampered with", "报文主体被篡改"),
    ("signed 400", "有签名的 400"),
    ("signed 401", "有签名的 401"),
    ("signed 403", "有签名的 403"),
    ("signed 429", "有签名的 429"),
    ("signed 500 SYSTEM_ERROR", "有签名的 500 SYSTEM_ERROR"),
    ("HTML page of a proxy", "代理的 HTML 页面"),
    ("redirect", "重定向"),
    ("answer too slow", "应答太慢"),
    ("cut before processing", "处理之前断开"),
    ("cut before the answer", "应答之前断开"),
    ("cut in the body", "在报文主体中间断开"),
    ("notification doubled", "通知重复"),
    ("notifications reordered", "通知次序颠倒"),
];

/// The Chinese page of an English one. Status codes and results are the same in both languages.
fn translated(english: &str) -> String {
    let (_, table) = english.split_once("\n\n| fault |").expect("a table");
    let mut page = HEAD.to_owned();
    for row in format!("| fault |{table}").lines() {
        let cells = row.split('|').map(|cell| match name(cell.trim()) {
            Some(name) => format!(" {name} "),
            None => cell.to_owned(),
        });
        page.push_str(&cells.collect::<Vec<_>>().join("|"));
        page.push('\n');
    }
    page
}

fn name(english: &str) -> Option<&'static str> {
    let known = NAMES.iter().find(|(known, _)| *known == english);
    known.map(|(_, chinese)| *chinese)
}

pub(super) fn write(english: &str) {
    fs::write(path(), translated(english)).unwrap();
}

#[test]
fn the_chinese_page_has_the_cells_of_the_english_one() {
    let english = fs::read_to_string(super::page::path()).unwrap();
    let chinese = translated(&english);
    assert_eq!(fs::read_to_string(path()).unwrap(), chinese);
    let (_, table) = chinese.split_once("\n\n| 故障 |").unwrap();
    let untranslated = table.lines().filter(|row| {
        let name = row.split('|').nth(1).unwrap_or_default();
        name.contains(' ')
            && name
                .split(' ')
                .any(|word| word.len() > 3 && word.bytes().all(|c| c.is_ascii_lowercase()))
    });
    assert_eq!(untranslated.collect::<Vec<_>>(), [""; 0]);
}
