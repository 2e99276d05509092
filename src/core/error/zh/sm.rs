//! The Chinese of messages about 国密.

/// See [`MESSAGES`](super::MESSAGES).
pub(super) const SM: &[(&str, &str)] = &[
    (
        "the algorithms are mixed: WeChat Pay's key {} is an {} key, and the merchant's private key is an {} key; give both of the same algorithm, and for 国密 the platform certificate (平台证书) for SM2",
        "算法不一致：微信支付的密钥 {} 是 {} 密钥，而商户API私钥是 {} 密钥；请提供同一种算法的密钥，国密请使用国密平台证书",
    ),
    (
        "the algorithms are mixed: the private key is an {} key, and the merchant certificate {} is for an {} key; give both of the same algorithm",
        "算法不一致：私钥是 {} 密钥，而商户API证书 {} 是 {} 证书；请提供同一种算法的私钥和证书",
    ),
    (
        "the keyring serves a client whose keys have another algorithm (RSA or SM2): give each of the two clients its own keyring",
        "密钥库正被另一种算法（RSA 或 SM2）的客户端使用：请给两个客户端分别设置密钥库",
    ),
    (
        "an APIv2 key was given together with an SM2 private key (国密): APIv2 knows RSA certificates only, so build a second client with v2_key(..) and the RSA key",
        "同时提供了 APIv2密钥和国密私钥：APIv2 只支持 RSA 证书，请另外用 v2_key(..) 和 RSA 私钥构建一个客户端",
    ),
    (
        "an SM2 private key (国密) was given for a brand: WeChat Pay accepts RSA keys of brands only, so give the brand's RSA key",
        "给品牌提供了国密私钥：微信支付只接受品牌的 RSA 私钥，请提供品牌的 RSA 私钥",
    ),
    (
        "WeChat Pay documents no signType for parameters that are signed with an SM2 key (国密): build a second client with the merchant's RSA key for them",
        "微信支付没有公布国密签名对应的 signType：请另外用商户的 RSA 私钥构建一个客户端来生成调起支付的参数",
    ),
    (
        "the list has no platform certificates (平台证书) for {}, the algorithm of this client's private key: ask WeChat Pay to enable it for this merchant, or give a private key of the other algorithm",
        "列表中没有 {} 平台证书，而客户端的私钥使用这种算法：请联系微信支付为该商户开通，或改用另一种算法的私钥",
    ),
    (
        "this is an SM2 key (国密), and this program was built without SM2: enable the feature `sm` of wechatpay-chain",
        "这是国密 SM2 密钥，而程序编译时没有启用国密：请启用 wechatpay-chain 的特性 `sm`",
    ),
    (
        "the data is encrypted with SM4 (国密), and this program was built without it: enable the feature `sm` of wechatpay-chain",
        "数据用国密 SM4 加密，而程序编译时没有启用国密：请启用 wechatpay-chain 的特性 `sm`",
    ),
    (
        "an SM2 private key was found, but it cannot be read; copy the file again, unchanged",
        "这是 SM2 私钥，但无法读取：请重新复制文件，不要改动",
    ),
    (
        "an SM2 public key was found, but it cannot be read; copy the file again, unchanged",
        "这是 SM2 公钥，但无法读取：请重新复制文件，不要改动",
    ),
    (
        "SM2 cannot encrypt an empty text: leave the field out",
        "SM2 不能加密空字符串：请去掉该字段",
    ),
    (
        "SM4-GCM: the tag does not match; the key is wrong, or the nonce, the associated data or the ciphertext was altered",
        "SM4-GCM 校验失败：密钥有误，或随机串、附加数据、密文被改动",
    ),
    (
        "this private key cannot sign; check that the file is complete",
        "这个私钥无法签名：请检查文件是否完整",
    ),
    (
        "SM2 encryption failed: the system provides no random numbers",
        "SM2 加密失败：系统无法提供随机数",
    ),
    (
        "the SM4-GCM nonce has {} bytes; it must have 12",
        "SM4-GCM 的随机串是 {} 字节，应为 12 字节",
    ),
    (
        "the encrypted file is longer than 64 GiB, the most that SM4-GCM allows: download it again",
        "加密文件超过 64 GiB，即 SM4-GCM 的上限：请重新下载",
    ),
    ("SM4-GCM failed", "SM4-GCM 加密失败"),
    ("the SM4-GCM nonce is empty", "SM4-GCM 的随机串为空"),
    (
        "the private key cannot be written as PEM",
        "私钥无法写成 PEM 格式",
    ),
    (
        "the public key cannot be written as PEM",
        "公钥无法写成 PEM 格式",
    ),
    ("an SM2 private key", "SM2 私钥"),
    ("an SM2 public key", "SM2 公钥"),
    (
        "certificate has expired or is not yet valid",
        "证书已过期或尚未生效",
    ),
    (
        "it names two algorithms for its signature",
        "证书内外两处的签名算法不一致",
    ),
    (
        "it has a critical extension that cannot be applied",
        "证书含有本库无法处理的关键扩展",
    ),
    (
        "none of the given CAs has issued it",
        "不是由所给的任何 CA 签发的",
    ),
];
