//! Keys, algorithms, XML and encrypted fields in Chinese.

/// See [`MESSAGES`](super::MESSAGES).
pub(super) const PROTOCOL: &[(&str, &str)] = &[
    // APIv2.
    (
        "the sign_type {} is unknown; write MD5 or HMAC-SHA256",
        "不认识 sign_type {}；请写 MD5 或 HMAC-SHA256",
    ),
    (
        "{} contains members, which APIv2 cannot sign: give it as a text",
        "{} 含有下级成员，APIv2 无法签名：请用文本提供",
    ),
    ("the member {} {}", "成员 {} {}"),
    (
        "is not a valid name of an XML element",
        "不是有效的 XML 元素名",
    ),
    (
        "is a list or object; give its JSON as a text: json!({..}).to_string()",
        "是列表或对象；请用文本提供其 JSON：json!({..}).to_string()",
    ),
    (
        "contains a control character, which XML does not allow",
        "含有 XML 不允许的控制字符",
    ),
    ("the XML is longer than {} bytes", "XML 超过 {} 字节"),
    ("the XML has no members", "XML 没有成员"),
    ("there is no XML element", "没有 XML 元素"),
    (
        "the XML is nested deeper than {} levels",
        "XML 嵌套超过 {} 层",
    ),
    ("the XML mixes text and elements", "XML 混用了文本和元素"),
    ("the XML has more than {} elements", "XML 超过 {} 个元素"),
    (
        "the XML uses a custom entity, which WeChat Pay never does",
        "XML 使用了自定义实体，微信支付从不这样做",
    ),
    ("the XML {}", "XML {}"),
    (
        "has a DOCTYPE, which APIv2 does not have",
        "含有 DOCTYPE，APIv2 的报文没有 DOCTYPE",
    ),
    ("has a processing instruction", "含有处理指令"),
    ("ends too early", "提前结束"),
    ("has content outside its root element", "在根元素之外有内容"),
    // Authorization.
    (
        "the Authorization header is malformed: {}",
        "Authorization 请求头格式有误：{}",
    ),
    (
        "the scheme is none of WECHATPAY2-SHA256-RSA2048, WECHATPAY2-SM2-WITH-SM3 and WECHATPAY-BRAND-SHA256-RSA2048",
        "认证类型应为 WECHATPAY2-SHA256-RSA2048、WECHATPAY2-SM2-WITH-SM3 或 WECHATPAY-BRAND-SHA256-RSA2048",
    ),
    ("it has an unknown parameter", "含有未知的参数"),
    ("a parameter occurs twice", "有参数出现了两次"),
    ("a parameter is missing", "缺少参数"),
    ("the timestamp is not a number", "时间戳不是数字"),
    (
        "a part contains a quote or a backslash",
        "其中含有引号或反斜杠",
    ),
    (
        "a part contains a character that is invalid in headers",
        "其中含有请求头不允许的字符",
    ),
    (
        "a parameter is not of the form name=\"value\"",
        "有参数不是 name=\"value\" 的形式",
    ),
    // Encrypted fields.
    (
        "the field {} cannot be decrypted: it is {}, not a text",
        "字段 {} 无法解密：它是{}，不是文本",
    ),
    (
        "the field {} cannot be encrypted: it is {}; give it as a JSON text",
        "字段 {} 无法加密：它是{}；请用 JSON 文本提供",
    ),
    (
        "the JSON pointer {} must begin with a slash, as in \"/payer/name\"",
        "JSON 指针 {} 必须以斜杠开头，例如 \"/payer/name\"",
    ),
    (
        "in the JSON pointer {}, write ~0 for a tilde and ~1 for a slash in a name",
        "JSON 指针 {} 中，名称里的波浪号写成 ~0，斜杠写成 ~1",
    ),
    ("an array", "数组"),
    ("an object", "对象"),
    ("a boolean", "布尔值"),
    ("a text", "文本"),
    (
        "the pointer {} expects {} at {} but finds {}; make the body and the pointer agree (`*` is for every item of an array)",
        "指针 {0} 在 {2} 处应为{1}，实际是{3}；请让请求体与指针一致（`*` 表示数组的每一项）",
    ),
    (
        "the pointer {} leads into the text at {}, which must be the JSON of an object or array",
        "指针 {} 指向 {} 处的文本，它必须是对象或数组的 JSON",
    ),
    (
        "the pointer {} leads into the text at {}, whose JSON has a key twice in one object: remove one of them",
        "指针 {} 指向 {} 处的文本，其 JSON 的同一个对象中有重复的键：请去掉一个",
    ),
    (
        "the query parameter {} cannot be encrypted: its value is not UTF-8",
        "查询参数 {} 无法加密：值不是 UTF-8",
    ),
    ("the key `{}` occurs twice", "键 `{}` 出现了两次"),
    // Data encrypted with the APIv3 key.
    (
        "the data encrypted with the APIv3 key is malformed: {}",
        "用 APIv3密钥加密的数据格式有误：{}",
    ),
    (
        "its algorithm is {}, not {} or {}",
        "algorithm 是 {}，不是 {} 或 {}",
    ),
    (
        "its nonce has {} bytes, not {}",
        "nonce 是 {} 字节，不是 {} 字节",
    ),
    (
        "its ciphertext is not base64 of 16 bytes or more",
        "ciphertext 不是 16 字节以上内容的 base64",
    ),
    (
        "the operating system provides no random bytes",
        "操作系统没有提供随机数",
    ),
    ("AES-256-GCM failed", "AES-256-GCM 出错"),
    ("AES-256-ECB failed", "AES-256-ECB 出错"),
    (
        "the AES-256-GCM ciphertext is shorter than its tag (16 bytes)",
        "AES-256-GCM 密文比认证标签（16 字节）还短",
    ),
    (
        "AES-256-GCM: the tag does not match; the key is wrong, or the nonce, the associated data or the ciphertext was altered",
        "AES-256-GCM 认证标签不符：密钥有误，或 nonce、附加数据、密文被改动",
    ),
    ("the ciphertext is not base64", "密文不是 base64"),
    ("the text is not base64", "文本不是 base64"),
    ("the decrypted text is not UTF-8", "解密后的文本不是 UTF-8"),
    (
        "AES-256-ECB: the padding is invalid; the key is wrong, or the ciphertext was altered",
        "AES-256-ECB 填充无效：密钥有误，或密文被改动",
    ),
    (
        "the AES-256-GCM nonce has {} bytes; it must have 12",
        "AES-256-GCM 的 nonce 是 {} 字节，应为 12 字节",
    ),
    (
        "the text is too long for AES here: 2 GiB or more",
        "文本过长，无法用 AES 处理：达到 2 GiB",
    ),
    (
        "this OpenSSL does not allow AES-256-GCM",
        "OpenSSL 不允许使用 AES-256-GCM",
    ),
    // Keys and certificates.
    (
        "the certificate {} was not issued by the given CA: {}",
        "证书 {} 不是由给出的 CA 签发的：{}",
    ),
    ("OpenSSL cannot check it", "OpenSSL 无法检查"),
    (
        "this PKCS#12 file is encrypted with an algorithm that this OpenSSL lacks (its legacy provider is not installed); give apiclient_key.pem and apiclient_cert.pem, which come with it, or convert it on a machine that can: openssl pkcs12 -legacy -in apiclient_cert.p12 -nodes -out apiclient.pem",
        "这个 PKCS#12 文件的加密算法 OpenSSL 不支持（没有安装它的 legacy 提供程序）；请提供与它一起下载的 apiclient_key.pem 和 apiclient_cert.pem，或在支持的机器上转换：openssl pkcs12 -legacy -in apiclient_cert.p12 -nodes -out apiclient.pem",
    ),
    (
        "this is the key itself, not the path of a file: use from_bytes",
        "这是密钥内容，不是文件路径：请用 from_bytes",
    ),
    (
        "the file contains only the name of another file: give that file",
        "文件中只有另一个文件的名称：请直接提供那个文件",
    ),
    (
        "this is a PKCS#12 file (such as apiclient_cert.p12): give its passphrase too, which is the merchant id: use from_pkcs12 or from_file_with_passphrase",
        "这是 PKCS#12 文件（例如 apiclient_cert.p12）：请用 from_pkcs12 或 from_file_with_passphrase 同时提供密码（即商户号）",
    ),
    (
        "this is a PKCS#12 file (such as apiclient_cert.p12): give its passphrase too, which is the merchant id: use from_pkcs12, or give apiclient_cert.pem",
        "这是 PKCS#12 文件（例如 apiclient_cert.p12）：请用 from_pkcs12 同时提供密码（即商户号），或改为提供 apiclient_cert.pem",
    ),
    (
        "this private key is encrypted: give its passphrase too, with from_file_with_passphrase or from_bytes_with_passphrase",
        "私钥已加密：请用 from_file_with_passphrase 或 from_bytes_with_passphrase 同时提供密码",
    ),
    (
        "this private key is not an RSA key and not an SM2 key; WeChat Pay uses these two: give apiclient_key.pem",
        "这个私钥既不是 RSA 也不是 SM2 密钥，微信支付只使用这两种：请提供 apiclient_key.pem",
    ),
    (
        "this public key is not an RSA key and not an SM2 key; WeChat Pay uses these two: give the file downloaded from WeChat Pay",
        "这个公钥既不是 RSA 也不是 SM2 密钥，微信支付只使用这两种：请提供从微信支付下载的文件",
    ),
    (
        "this certificate is not for an RSA key and not for an SM2 key; WeChat Pay uses these two: give the file downloaded from WeChat Pay",
        "这个证书中的密钥既不是 RSA 也不是 SM2，微信支付只使用这两种：请提供从微信支付下载的文件",
    ),
    (
        "a private key that is not an RSA key and not an SM2 key",
        "既不是 RSA 也不是 SM2 的私钥",
    ),
    (
        "a public key that is not an RSA key and not an SM2 key",
        "既不是 RSA 也不是 SM2 的公钥",
    ),
    ("a PKCS#7 file", "PKCS#7 文件"),
    (
        "this RSA key has {} bits; WeChat Pay's keys have 2048 or more: give the file downloaded from WeChat Pay",
        "这个 RSA 密钥是 {} 位，微信支付的密钥至少 2048 位：请提供从微信支付下载的文件",
    ),
    (
        "the text has {} bytes; {} with this key takes {} at most",
        "文本有 {} 字节；用这个密钥做 {} 最多 {} 字节",
    ),
    (
        "OpenSSL cannot encrypt with this public key",
        "OpenSSL 无法用这个公钥加密",
    ),
    (
        "OpenSSL cannot write the public key",
        "OpenSSL 无法写出公钥",
    ),
    (
        "OpenSSL cannot write this certificate",
        "OpenSSL 无法写出证书",
    ),
    (
        "this PKCS#12 file contains no certificate; give apiclient_cert.pem",
        "这个 PKCS#12 文件中没有证书；请提供 apiclient_cert.pem",
    ),
    (
        "this PKCS#12 file contains no private key; give apiclient_key.pem",
        "这个 PKCS#12 文件中没有私钥；请提供 apiclient_key.pem",
    ),
    (
        "the passphrase is empty; give the passphrase of the file",
        "密码为空；请提供文件的密码",
    ),
    ("the passphrase contains a zero byte", "密码中含有零字节"),
    (
        "the passphrase is longer than OpenSSL allows (1024 bytes)",
        "密码超过 OpenSSL 允许的长度（1024 字节）",
    ),
    (
        "OpenSSL cannot sign with this private key; check that the file is complete",
        "OpenSSL 无法用这个私钥签名；请检查文件是否完整",
    ),
    (
        "this is not a {} ciphertext for this private key; it may be encrypted to another certificate",
        "这不是用该私钥对应的证书以 {} 方式加密的密文；可能是用其他证书加密的",
    ),
    (
        "only an object can be signed: json!({\"mch_id\": ..})",
        "只有对象可以签名：json!({\"mch_id\": ..})",
    ),
    (
        "this is a public key, which has no serial; a certificate was expected: use PublicKey for it, together with its id (PUB_KEY_ID_...)",
        "这是公钥，没有序列号，而这里需要证书：公钥请用 PublicKey 提供，并连同公钥ID（PUB_KEY_ID_...）",
    ),
];
