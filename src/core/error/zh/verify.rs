//! Why a signature was rejected, in Chinese.

/// See [`MESSAGES`](super::MESSAGES).
pub(super) const VERIFY: &[(&str, &str)] = &[
    (
        "the header {} is missing or unreadable",
        "缺少 HTTP 头 {}，或无法读取",
    ),
    (
        "the element <{}> is missing or empty",
        "缺少元素 <{}>，或内容为空",
    ),
    (
        "the timestamp differs from this machine's clock by {} s, more than 300 s; check the clock",
        "时间戳与本机时间相差 {} 秒，超过 300 秒；请校准系统时间",
    ),
    (
        "no platform key has the id {}; this client knows {}; add the key or certificate of that id",
        "没有 ID 为 {} 的微信支付公钥或平台证书，已有 {}；请添加该 ID 对应的公钥或证书",
    ),
    (
        "the platform certificate {} expired at Unix time {}; check the clock, or move to the public key (微信支付公钥), which does not expire",
        "平台证书 {} 已过期（Unix 时间 {}）；请检查系统时间，或改用不会过期的微信支付公钥",
    ),
    (
        "the platform certificate {} is not valid before Unix time {}; check the clock",
        "平台证书 {} 尚未生效（Unix 时间 {} 起有效）；请检查系统时间",
    ),
    (
        "the signature does not match the body under the key {}",
        "签名与报文不符，验签所用的密钥是 {}",
    ),
    (
        "the signature does not match the body under {}",
        "签名与报文不符，验签所用的密钥是 {}",
    ),
    ("the APIv2 key of {}", "{} 的 APIv2密钥"),
    (
        "the file's {} is {} and should be {}; WeChat Pay announces the digest of the unzipped file, so with tar_type=GZIP ask for .gunzip() as well",
        "文件的 {} 为 {}，应为 {}；微信支付给出的是解压后文件的摘要，使用 tar_type=GZIP 时请同时指定 .gunzip()",
    ),
    (
        "the answer's {} differs from the request's",
        "应答的 {} 与请求不一致",
    ),
    (
        "{} must appear exactly once, as SUCCESS or FAIL",
        "{} 必须出现且只出现一次，值为 SUCCESS 或 FAIL",
    ),
    (
        "an earlier answer had the same Wechatpay-Nonce: old answers are being replayed",
        "Wechatpay-Nonce 与之前的应答相同：有人在重放旧的应答",
    ),
    (
        "a signature probe by WeChat Pay, deliberately wrong",
        "微信支付的签名探测，签名是故意写错的",
    ),
];
