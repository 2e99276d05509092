//! The messages that users meet most often, in Chinese.

/// See [`MESSAGES`](super::MESSAGES).
pub(super) const COMMON: &[(&str, &str)] = &[
    // Settings.
    (
        "there is no merchant id: give mchid(..), the 商户号 shown at 商户平台 → 账户中心 → 商户信息",
        "缺少商户号：请提供 mchid(..)，在 商户平台 → 账户中心 → 商户信息 查看",
    ),
    (
        "there is no APIv3 key to decrypt with: give apiv3_key(..), set at 商户平台 → 账户中心 → API安全 → APIv3密钥",
        "缺少解密所需的 APIv3密钥：请提供 apiv3_key(..)，在 商户平台 → 账户中心 → API安全 → APIv3密钥 设置",
    ),
    (
        "{} is not the serial of a merchant certificate: {}; it is shown at 商户平台 → 账户中心 → API安全 → 商户API证书",
        "{} 不是商户API证书序列号：{}；请在 商户平台 → 账户中心 → API安全 → 商户API证书 查看",
    ),
    (
        "the private key does not belong to the merchant certificate {}: apiclient_key.pem and \
         apiclient_cert.pem must come from the same application",
        "私钥与商户API证书 {} 不匹配：apiclient_key.pem 和 apiclient_cert.pem 必须是同一次申请得到的",
    ),
    (
        "the base URL {} cannot be used: {}; write it as https://api.mch.weixin.qq.com/",
        "根地址 {} 不可用：{}；请写成 https://api.mch.weixin.qq.com/ 的形式",
    ),
    // Keys and certificates.
    ("this is {}; {} was expected: {}", "这是{}，需要的是{}：{}"),
    (
        "this is empty; {} was expected: {}",
        "文件内容为空，需要的是{}：{}",
    ),
    (
        "this is not a key or certificate in PEM, DER or base64; {} was expected: {}",
        "文件不是 PEM、DER 或 base64 格式的密钥或证书，需要的是{}：{}",
    ),
    (
        "the passphrase does not open this PKCS#12 file; WeChat Pay sets it to the merchant id",
        "密码与这个 PKCS#12 文件不符；微信支付把它设为商户号",
    ),
    (
        "this private key is encrypted, and the passphrase does not decrypt it",
        "私钥已加密，提供的密码不正确",
    ),
    (
        "the file cannot be read; {} was expected in it",
        "文件无法读取，其中应有{}",
    ),
    (
        "the APIv3 key (APIv3密钥) must have 32 bytes",
        "APIv3密钥必须是 32 字节",
    ),
    ("a private key", "私钥"),
    ("a certificate", "证书"),
    ("a root certificate", "根证书"),
    ("a public key or certificate", "公钥或证书"),
    ("give apiclient_key.pem", "请提供 apiclient_key.pem"),
    (
        "give the certificate of the CA, as PEM or DER",
        "请提供 CA 的证书（PEM 或 DER 格式）",
    ),
    (
        "OpenSSL cannot use the key of this root certificate: TLS knows RSA, ECDSA and Ed25519 keys",
        "OpenSSL 无法使用该根证书的公钥：TLS 支持 RSA、ECDSA 和 Ed25519",
    ),
    (
        "give a certificate, such as apiclient_cert.pem",
        "请提供证书，例如 apiclient_cert.pem",
    ),
    (
        "a private key (such as apiclient_key.pem)",
        "私钥（例如 apiclient_key.pem）",
    ),
    (
        "a public key (such as pub_key.pem)",
        "公钥（例如 pub_key.pem）",
    ),
    (
        "a certificate (such as apiclient_cert.pem)",
        "证书（例如 apiclient_cert.pem）",
    ),
    (
        "give WeChat Pay's public key (pub_key.pem) or platform certificate",
        "请提供微信支付公钥（pub_key.pem）或平台证书",
    ),
    // Connections.
    (
        "no answer within {}, while {}; {}",
        "{} 内没有应答，当时{}；{}",
    ),
    ("no connection within {}", "{} 内没有建立连接"),
    (
        "no connection could be made, it failed while {}; nothing was sent",
        "无法建立连接，失败时{}；请求未发出",
    ),
    (
        "the connection failed while {}; the request may have been processed, so query before repeating it",
        "连接中断，当时{}；请求可能已被处理，请先查单，不要直接重试",
    ),
    (
        "there is no merchant private key: give \
         private_key(PrivateKey::from_file(\"apiclient_key.pem\")?); it was created together with the \
         merchant certificate at 商户平台 → 账户中心 → API安全 → 商户API证书",
        "缺少商户私钥：请提供 private_key(PrivateKey::from_file(\"apiclient_key.pem\")?)，它与商户API证书一起在 商户平台 → 账户中心 → API安全 → 商户API证书 生成",
    ),
    (
        "there is no merchant certificate serial: give serial(..), shown at 商户平台 → 账户中心 → API安全 → 商户API证书, or the certificate itself with certificate(Certificate::from_file(\"apiclient_cert.pem\")?)",
        "缺少商户API证书序列号：请提供 serial(..)（在 商户平台 → 账户中心 → API安全 → 商户API证书 查看），或用 certificate(Certificate::from_file(\"apiclient_cert.pem\")?) 提供证书",
    ),
    (
        "there is no key to verify WeChat Pay's answers with: give platform_key(\"PUB_KEY_ID_…\", PublicKey::from_file(\"pub_key.pem\")?), both shown at 商户平台 → 账户中心 → API安全 → 微信支付公钥, or platform_certificate(..)",
        "缺少验证微信支付应答的密钥：请提供 platform_key(\"PUB_KEY_ID_…\", PublicKey::from_file(\"pub_key.pem\")?)（在 商户平台 → 账户中心 → API安全 → 微信支付公钥 查看），或 platform_certificate(..)",
    ),
    (
        "there is no platform key to encrypt with: give platform_key(..) or platform_certificate(..)",
        "缺少加密所需的微信支付公钥：请提供 platform_key(..) 或 platform_certificate(..)",
    ),
    (
        "a merchant certificate was given without its private key: give private_key(..) too",
        "只提供了商户API证书，没有私钥：请同时提供 private_key(..)",
    ),
    (
        "a private key was given without the merchant certificate: give certificate(..) too",
        "只提供了私钥，没有商户API证书：请同时提供 certificate(..)",
    ),
    (
        "both mchid(..) and brand_id(..) were given: a merchant and a brand sign with different keys, \
         so build a client for each",
        "同时提供了 mchid(..) 和 brand_id(..)：商户和品牌各用自己的密钥签名，请分别设置",
    ),
    (
        "brand_id {} is not a brand id (品牌ID): it is a number, shown where the brand's API keys are set",
        "brand_id {} 不是品牌ID：品牌ID 是数字，在设置品牌 API 密钥的页面查看",
    ),
    (
        "mchid {} is not a merchant id (商户号): it is a number of 10 digits, shown at 商户平台 → 账户中心 → 商户信息",
        "mchid {} 不是商户号：商户号是 10 位数字，在 商户平台 → 账户中心 → 商户信息 查看",
    ),
    (
        "it is decimal: write it in hexadecimal, as `openssl x509 -serial` prints it",
        "这是十进制：请写成十六进制，即 `openssl x509 -serial` 的输出",
    ),
    (
        "it does not have 40 hexadecimal digits",
        "不是 40 位十六进制数",
    ),
    (
        "it is the id of a WeChat Pay public key, which goes with platform_key(..)",
        "这是微信支付公钥ID，应与 platform_key(..) 一起使用",
    ),
    (
        "it is written with colons: leave them out",
        "含有冒号：请去掉",
    ),
    (
        "it is surrounded by white space, quotation marks or a byte order mark: remove them",
        "前后有空白、引号或字节顺序标记：请去掉",
    ),
    (
        "it is the one set at 商户平台 → 账户中心 → API安全 → APIv2密钥",
        "请使用在 商户平台 → 账户中心 → API安全 → APIv2密钥 设置的密钥",
    ),
    (
        "it is the one set at 商户平台 → 账户中心 → API安全 → APIv3密钥, not the v2 key and not the private key",
        "请使用在 商户平台 → 账户中心 → API安全 → APIv3密钥 设置的密钥，不是 APIv2密钥，也不是私钥",
    ),
    (
        "the {} key has {} bytes and must have 32: {}",
        "{} 密钥有 {} 字节，应为 32 字节：{}",
    ),
    (
        "the serial {} differs from the merchant certificate's, {}; give only the certificate, and its \
         serial is used",
        "序列号 {} 与商户API证书的 {} 不一致；只提供证书即可，序列号会从中读取",
    ),
    (
        "{} is not the id of a WeChat Pay public key: the id is PUB_KEY_ID_ and digits, shown next to \
         the key at 商户平台 → 账户中心 → API安全 → 微信支付公钥; for a platform certificate use the certificate itself",
        "{} 不是微信支付公钥ID：它以 PUB_KEY_ID_ 开头，后面是数字，在 商户平台 → 账户中心 → API安全 → 微信支付公钥 查看；平台证书请直接提供证书",
    ),
    (
        "{} is the merchant's own key or certificate, not WeChat Pay's: give the public key shown at 商户平台 → 账户中心 → API安全 → 微信支付公钥, or a platform certificate (平台证书)",
        "{} 是商户自己的密钥或证书，不是微信支付的：请提供 商户平台 → 账户中心 → API安全 → 微信支付公钥 中的公钥，或平台证书",
    ),
    (
        "the key given for {} was read from the certificate {}, which has a different key: for {} give \
         pub_key.pem, downloaded next to the id at 商户平台 → 账户中心 → API安全 → 微信支付公钥; give a platform \
         certificate (平台证书) without an id",
        "为 {} 提供的公钥来自证书 {}，不是同一个密钥：请为 {} 提供 pub_key.pem，在 商户平台 → 账户中心 → API安全 → 微信支付公钥 下载；平台证书不需要 ID",
    ),
    (
        "the APIv3 key does not match: the platform certificates cannot be decrypted with it. Give the \
         one set at 商户平台 → 账户中心 → API安全 → APIv3密钥 of this merchant, not the APIv2 key; after a change, \
         give the new key",
        "APIv3密钥不正确，无法解密平台证书。请提供本商户在 商户平台 → 账户中心 → API安全 → APIv3密钥 设置的密钥，不是 APIv2密钥；如果改过，请用新的",
    ),
    (
        "the APIv3 key does not match ({} tried): check that it is not the v2 key or another \
         merchant's; after a change at 商户平台 → 账户中心 → API安全 → APIv3密钥 give both the old and the new key",
        "APIv3密钥不正确（已试 {} 个）：请确认不是 APIv2密钥，也不是其他商户的；在 商户平台 → 账户中心 → API安全 → APIv3密钥 更换后，请同时提供新旧两个",
    ),
    ("the decoded bytes are not UTF-8", "解码后的字节不是 UTF-8"),
    (
        "the platform certificates (平台证书) could not be fetched",
        "无法下载平台证书",
    ),
    (
        "this merchant has no platform certificate (平台证书): it is in public-key mode, as all newer ones \
         are. Download the public key at 商户平台 → 账户中心 → API安全 → 微信支付公钥, give it to the client with the \
         id shown next to it, platform_key(\"PUB_KEY_ID_…\", PublicKey::from_file(\"pub_key.pem\")?), \
         and leave certificates(..) out",
        "本商户没有平台证书，使用的是微信支付公钥（新商户都是如此）。请在 商户平台 → 账户中心 → API安全 → 微信支付公钥 下载公钥，连同公钥ID 一起提供：platform_key(\"PUB_KEY_ID_…\", PublicKey::from_file(\"pub_key.pem\")?)，并去掉 certificates(..)",
    ),
    (
        "the list of platform certificates cannot be trusted: its signature was not accepted",
        "平台证书列表验签失败，不可信",
    ),
    ("no answer within {}", "{} 内没有应答"),
    (
        "no more of the response arrived within {}",
        "{} 内没有收到后续的应答数据",
    ),
    ("looking up the name of {}", "正在解析 {} 的域名"),
    ("opening a TCP connection to {}", "正在与 {} 建立 TCP 连接"),
    ("negotiating TLS with {}", "正在与 {} 进行 TLS 握手"),
    ("waiting for the answer of {}", "正在等待 {} 应答"),
    ("reading the answer of {}", "正在读取 {} 的应答"),
    ("asking for a tunnel to {}", "正在请求代理连接 {}"),
    (
        "no connection could be made while {}, since the server's certificate is not trusted; nothing \
         was sent: for your own gateway give its CA to root_certificate(..); for WeChat Pay, install \
         the system's root certificates (package ca-certificates)",
        "无法建立连接，当时{}：服务器的证书不受信任，请求未发出。自建网关请把 CA 证书提供给 root_certificate(..)；微信支付则请安装系统根证书（ca-certificates 软件包）",
    ),
    (
        "the call ended before its request could be sent; nothing was sent",
        "调用在请求发出之前已经结束；请求未发出",
    ),
    (
        "the connection ended before the request was written, while {}; nothing was sent",
        "请求写完之前连接就断开了，当时{}；请求未发出",
    ),
    (
        "the connection broke in the middle of the response",
        "读取应答时连接中断",
    ),
    (
        "the response cannot be trusted: its signature was not accepted; the request may have been processed, so query before repeating it",
        "应答验签失败，不可信；请求可能已被处理，请先查单，不要直接重试",
    ),
    (
        "the response cannot be trusted: it repeats an earlier one; the request may have been processed, so query before repeating it (if a cache or a test repeats answers on purpose, build the client with check_answer_nonces(false))",
        "应答与之前的重复，不可信；请求可能已被处理，请先查单，不要直接重试",
    ),
    (
        "WeChat Pay processed the request and deliberately signed the answer wrongly, to check that \
         clients verify signatures; query before repeating it",
        "微信支付处理了请求，并故意返回错误的签名，以检查客户端是否验签；请先查单，不要直接重试",
    ),
    (
        "the answer's {} differs from the request's, so it may be the answer to another call; the \
         request may have been processed, so query before repeating it",
        "应答的 {} 与请求不一致，可能是另一次调用的应答；请求可能已被处理，请先查单，不要直接重试",
    ),
    (
        "the response is not JSON; use bytes() or text()",
        "应答不是 JSON；请用 bytes() 或 text()",
    ),
    (
        "the body has no field {}: correct the pointer, or leave it out",
        "请求体中没有字段 {}：请改正指针，或去掉它",
    ),
    ("the field {} cannot be encrypted", "字段 {} 无法加密"),
    (
        "the field {} has {} bytes, and at most {} can be encrypted",
        "字段 {} 有 {} 字节，最多可以加密 {} 字节",
    ),
    (
        "the field {} was not encrypted to this merchant's certificate",
        "字段 {} 不是用本商户的证书加密的",
    ),
    (
        "the field {} cannot be encrypted in a body that is not JSON: give the body as json!(..) or Json(&value), or say with .fields(FieldPolicy::Off) that it is encrypted",
        "请求体不是 JSON，字段 {} 无法加密：请用 JSON 提供请求体；已经加密的，请关闭自动加密",
    ),
    (
        "the header Wechatpay-Serial names the key {}, which this client does not have; it has {}: add that key, or leave the header out",
        "客户端没有请求头 Wechatpay-Serial 指定的密钥 {}，已有 {}：请添加该密钥，或去掉这个请求头",
    ),
    (
        "the header {} is set by the client and cannot be given; to change how a request is signed replace the `signer` of the stack, to reach another host use base_url",
        "请求头 {} 由客户端设置，不能自行提供；要改变签名方式请替换栈中的 `signer`，要访问其他域名请用 base_url",
    ),
    ("the file {} cannot be read", "无法读取文件 {}"),
    (
        "the file {} cannot be read; nothing was sent",
        "无法读取文件 {}，请求未发出",
    ),
    (
        "the notification cannot be trusted: its signature was not accepted; do not act on it",
        "通知验签失败，不可信，请勿处理",
    ),
    (
        "the notification was verified but not decrypted",
        "通知验签通过，但解密失败",
    ),
    (
        "there is no APIv3 key to decrypt notifications with: give apiv3_key(..), set at 商户平台 → 账户中心 → API安全 → APIv3密钥",
        "缺少解密通知所需的 APIv3密钥：请提供 apiv3_key(..)，在 商户平台 → 账户中心 → API安全 → APIv3密钥 设置",
    ),
    (
        "an APIv2 notification cannot be verified: give v2_key(..)",
        "无法验证 APIv2 通知：请提供 v2_key(..)",
    ),
    ("the path cannot be used", "路径有误"),
    (
        "the path cannot be used; nothing was sent",
        "路径有误，请求未发出",
    ),
    ("in the chain", "链式调用中"),
    (
        "the path contains the character {}; remove it, or write it percent-encoded",
        "路径中含有字符 {}；请去掉，或写成百分号编码",
    ),
    (
        "the value of `{}` is `.` or `..`, which would change the path; give the real value",
        "变量 {} 的值是 . 或 ..，会改变路径；请填写真实的值",
    ),
    (
        "the value of `{}` is empty and would leave an empty segment in the path; give the real value",
        "变量 {} 的值为空；请填写真实的值",
    ),
    ("the operation is {} {}", "接口是 {} {}"),
    (
        "the path needs a value for `{}` and {}; give it with `.var({}, …)`",
        "路径缺少变量 {0} 的值；请用 `.var({2}, …)` 填写",
    ),
    (
        "the path has no variable `{}`, it {}; correct the name or leave it out",
        "路径中没有变量 {0}；请改正名称，或去掉它",
    ),
    (
        "the value of `{}` is {}, which a path cannot contain; give the text for the path",
        "变量 {} 的值类型（{}）不能放进路径；请填写文本",
    ),
    (
        "`{}` cannot begin a template expression; write `{}`, or one of the operators `+ . / ; ? &` before the name",
        "{0} 不能用在模板表达式的开头；请写成 {1}",
    ),
    (
        "the prefix of `{}` is wrong; write a number from 1 to 9999, as in `{}`, and use it on a text only",
        "变量 {} 的前缀长度有误；请写 1 到 9999 的数字，例如 {}，并只用于文本",
    ),
    (
        "`{}` cannot name a variable; use letters, digits and `_`, as in `{}`",
        "{} 不能作为变量名；请使用字母、数字和 _，例如 {}",
    ),
    (
        "`false` (PHP sends nothing for it)",
        "`false`，PHP 会发送空值",
    ),
    ("a `null` inside a list or map", "列表或映射中的 `null`"),
    ("a list inside a list or map", "列表或映射中的列表"),
    ("a map inside a list or map", "列表或映射中的映射"),
    (
        "the path contains a host or a scheme; write only the path, as in `v3/pay/transactions/native`, and set another host as the base URL",
        "路径中含有域名或协议；请只写路径，例如 v3/pay/transactions/native，域名用根地址设置",
    ),
    (
        "a segment follows the query of the path; write the query last, or give it as an option of the call",
        "查询参数后面还有路径；请把查询参数写在最后，或用选项传入",
    ),
    (
        "the path contains a backslash; separate segments with `/`",
        "路径中含有反斜杠；请用 / 分隔",
    ),
    (
        "the path contains the segment `.` or `..`, which would change the path; write the path in full",
        "路径中含有 . 或 ..，会改变路径；请写完整的路径",
    ),
    (
        "the path contains `{}`; write the variable's name between the braces, as in `{}`",
        "路径中有 {}；请在花括号中写变量名，例如 {}",
    ),
    (
        "the path contains an empty segment (`//`); write a single slash, or a variable with an empty value if the segment is empty on purpose",
        "路径中有连续的斜杠（//）；请只写一个",
    ),
    (
        "the segment is empty; give its value, or use a variable whose value may be empty",
        "路径中有空的部分；请填写它的值",
    ),
    (
        "the path contains a `#`, which is never sent; remove it, or write `%23`",
        "路径中含有 #，它不会被发送；请去掉，或写成 %23",
    ),
    (
        "the path is longer than 65534 bytes; send large values in the body",
        "路径超过 65534 字节；较大的内容请放在请求体里",
    ),
    (
        "a `{` in the path has no `}`; write `{}`, or `%7B` for a brace",
        "路径中的 { 没有对应的 }；请写成 {}，花括号本身写成 %7B",
    ),
    (
        "a `}` in the path has no `{`; write `{}`, or `%7D` for a brace",
        "路径中的 } 没有对应的 {；请写成 {}，花括号本身写成 %7D",
    ),
    (
        "this OpenSSL does not allow {}; enable it in OpenSSL's configuration (FIPS mode?)",
        "OpenSSL 不允许使用 {}；请在其配置中启用（是否处于 FIPS 模式？）",
    ),
    (
        "{} was expected, but this is truncated: copy all of it, from the first line to the last",
        "需要的是{}，但内容不完整：请完整复制，从第一行到最后一行",
    ),
    (
        "{} was expected, but its base64 is damaged: copy the file again, unchanged",
        "需要的是{}，但 base64 内容已损坏：请重新复制文件，不要改动",
    ),
    (
        "{} was found, but OpenSSL cannot read it; copy the file again, unchanged",
        "找到了{}，但 OpenSSL 无法读取：请重新复制文件，不要改动",
    ),
    (
        "this looks like the path of a file; {} was expected: use from_file for a path",
        "内容看起来是文件路径，需要的是{}",
    ),
    ("a certificate signing request", "证书请求（CSR）"),
    (
        "a PKCS#12 file (such as apiclient_cert.p12)",
        "PKCS#12 文件（例如 apiclient_cert.p12）",
    ),
    ("an encrypted private key", "加密的私钥"),
    (
        "something other than a key or certificate",
        "密钥和证书以外的内容",
    ),
    ("an OpenSSH key", "OpenSSH 密钥"),
    (
        "this PKCS#12 file is damaged; download it again",
        "PKCS#12 文件已损坏，请重新下载",
    ),
    (
        "this PKCS#12 file cannot be opened; download it again",
        "PKCS#12 文件无法打开，请重新下载",
    ),
    (
        "the digest is invalid: a {} has {} hex digits; nothing was sent",
        "{} 摘要应为 {} 位十六进制数，这个不是；请求未发出",
    ),
    (
        "this client has no APIv2 key, which signs these parameters: build it with v2_key(..), set at 商户平台 → 账户中心 → API安全 → APIv2密钥",
        "缺少签名所需的 APIv2密钥：请提供 v2_key(..)，在 商户平台 → 账户中心 → API安全 → APIv2密钥 设置",
    ),
    ("{} is empty", "{} 为空"),
    (
        "the path already has a query; give all parameters in one place, in query()",
        "路径中已有查询参数；请把参数集中写在一处",
    ),
    (
        "APIv2's paths begin with v2/: write {}",
        "APIv2 的路径以 v2/ 开头：请写 {}",
    ),
    // Settings of files.
    (
        "the profiles in {} cannot be read: {}",
        "无法读取配置文件 {}：{}",
    ),
    (
        "{}, line {}: not a profile: {}; a profile is a table such as [default] with keys such as mchid \
         = \"1900000109\"",
        "{} 第 {} 行：不是有效的配置：{}；配置是一个 TOML 表，例如 [default]，其中的键例如 mchid = \"1900000109\"",
    ),
    (
        "{} has no profile [{}]; it has: {}",
        "{} 中没有配置 [{}]，已有：{}",
    ),
    (
        "{} must be a number of seconds, at least 0",
        "{} 必须是不小于 0 的秒数",
    ),
    (
        "platform_key goes with platform_key_id, its id PUB_KEY_ID_…",
        "platform_key 要与 platform_key_id（该公钥的 ID，PUB_KEY_ID_…）一起使用",
    ),
    (
        "platform_key_id goes with platform_key, the file of that key",
        "platform_key_id 要与 platform_key（该公钥的文件）一起使用",
    ),
];
