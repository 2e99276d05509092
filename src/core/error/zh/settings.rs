//! Settings, URLs, proxies and certificates in Chinese.

/// See [`MESSAGES`](super::MESSAGES).
pub(super) const SETTINGS: &[(&str, &str)] = &[
    (
        "{} is no setting: rename it to {}, or remove it",
        "没有 {} 这个设置：请改名为 {}，或者删除",
    ),
    // URLs and hosts.
    ("it has a query", "带有查询参数"),
    ("it is not a URL", "不是 URL"),
    ("it has no scheme or no host", "缺少协议或域名"),
    (
        "its scheme is neither https nor http",
        "协议既不是 https 也不是 http",
    ),
    (
        "WeChat Pay is called over https only",
        "微信支付只能通过 https 调用",
    ),
    ("the path cannot be written as a URL", "路径无法写成 URL"),
    (
        "the URL cannot be used: {}; give it exactly as the response has it",
        "URL 不可用：{}；请按应答中的原样提供",
    ),
    (
        "it has neither a host nor a leading slash",
        "既没有域名，也没有开头的斜杠",
    ),
    (
        "it contains white space or a control character",
        "含有空白或控制字符",
    ),
    (
        "it contains a character that is not ASCII: write a name in its xn-- form",
        "含有非 ASCII 字符：域名请写成 xn-- 形式",
    ),
    ("it contains a backslash", "含有反斜杠"),
    ("it has a fragment", "带有 # 片段"),
    (
        "its path has two slashes in a row",
        "路径中有连续的两个斜杠",
    ),
    (
        "its path has a segment `.` or `..`",
        "路径中含有 `.` 或 `..`",
    ),
    (
        "its path has a character that must be percent-encoded",
        "路径中有必须写成百分号编码的字符",
    ),
    ("it has no host", "缺少域名"),
    ("it has no address", "没有地址"),
    ("it contains a user name or password", "含有用户名或密码"),
    ("its IPv6 address is malformed", "IPv6 地址格式有误"),
    (
        "its host is neither a name nor an IP address",
        "主机既不是域名也不是 IP 地址",
    ),
    (
        "its host is a number but not an IPv4 address of four decimal numbers",
        "主机是数字，但不是四个十进制数组成的 IPv4 地址",
    ),
    (
        "something follows its IPv6 address",
        "IPv6 地址后面有多余内容",
    ),
    (
        "its port is empty: leave the colon out too",
        "端口为空：请连冒号一起去掉",
    ),
    (
        "its port is not a number from 1 to 65535",
        "端口不是 1 到 65535 的数字",
    ),
    // The network.
    ("only proxies for HTTP are supported", "只支持 HTTP 代理"),
    ("it is not UTF-8", "不是 UTF-8"),
    ("its scheme is not http", "协议不是 http"),
    (
        "it has a path, a query or a fragment",
        "带有路径、查询参数或 # 片段",
    ),
    (
        "its user name or password has a character that must be percent-encoded (an @ as %40, a # as %23, a / as %2F)",
        "用户名或密码中有必须写成百分号编码的字符（@ 写成 %40，# 写成 %23，/ 写成 %2F）",
    ),
    (
        "an entry is not a host name, address or network",
        "其中一项不是主机名、地址或网段",
    ),
    (
        "write it as host1,.domain2,10.0.0.0/8",
        "请写成 host1,.domain2,10.0.0.0/8 的形式",
    ),
    (
        "write it as http://host:port or http://user:password@host:port",
        "请写成 http://host:port 或 http://user:password@host:port",
    ),
    (
        "the proxy in {} cannot be used: {}; {}, or leave it out with no_proxy()",
        "{} 中的代理不可用：{}；{}，或用 no_proxy() 不使用代理",
    ),
    (
        "the proxy {} cannot be used: give one whose URL begins with http://",
        "代理 {} 不可用：请提供 URL 以 http:// 开头的代理",
    ),
    ("TLS could not be set up", "无法初始化 TLS"),
    (
        "TLS could not be set up; are OpenSSL's files and the system's root certificates (package ca-certificates) installed?",
        "无法初始化 TLS；请检查是否安装了 OpenSSL 的文件和系统根证书（软件包 ca-certificates）",
    ),
    (
        "this call must present the merchant's certificate; nothing was sent: build the client with both certificate(..) and private_key(..), from apiclient_cert.pem and apiclient_key.pem or apiclient_cert.p12; or use .security(false) if the call needs none",
        "该调用必须出示商户API证书，请求未发出：请用 apiclient_cert.pem 和 apiclient_key.pem（或 apiclient_cert.p12）同时设置 certificate(..) 和 private_key(..)；如果该调用不需要证书，请用 .security(false)",
    ),
    (
        "the response was not complete within {}",
        "{} 内没有收完应答",
    ),
    (
        "the response stalled: {} bytes arrived in {}, and at least {} are required",
        "应答停滞：{1} 内只收到 {0} 字节，至少应有 {2} 字节",
    ),
    (
        "{}(..) of zero lets no call succeed: give None for no limit",
        "{}(..) 为零时任何调用都不会成功：不限时请给 None",
    ),
    // Credentials.
    (
        "{}; APIv2 presents both for refunds and payouts and needs neither for other calls. For APIv3 give a platform_key(..) as well",
        "{}；APIv2 只在退款和付款时出示证书和私钥，其他调用不需要。使用 APIv3 还请提供 platform_key(..)",
    ),
    (
        "an APIv2 key was given for a brand: APIv2 is for merchants, so build a client with mchid(..) for it",
        "给品牌设置了 APIv2密钥：APIv2 只用于商户，请用 mchid(..) 另建客户端",
    ),
    (
        "this client has no APIv2 key: build it with v2_key(..)",
        "客户端没有 APIv2密钥：请用 v2_key(..) 设置",
    ),
    (
        "this client has no APIv3 credentials: build it with serial(..), private_key(..) and platform_key(..)",
        "客户端没有 APIv3 的凭证：请用 serial(..)、private_key(..) 和 platform_key(..) 设置",
    ),
    (
        "this client has no APIv3 private key: build it with private_key(..)",
        "客户端没有 APIv3 的商户私钥：请用 private_key(..) 设置",
    ),
    (
        "this client has no APIv3 private key: build it with serial(..) and private_key(..), or take pay().v2() for an order made with APIv2",
        "客户端没有 APIv3 的商户私钥：请用 serial(..) 和 private_key(..) 设置；APIv2 下的单请用 pay().v2()",
    ),
    (
        "this client is a brand's, and only merchants take payments: build one with mchid(..) and the merchant's own keys",
        "这是品牌的客户端，只有商户才能收款：请用 mchid(..) 和商户自己的密钥另建客户端",
    ),
    (
        "this operation is a merchant's, and this client is a brand's: build one with mchid(..) and the merchant's own keys",
        "该接口由商户调用，这是品牌的客户端：请用 mchid(..) 和商户自己的密钥另建客户端",
    ),
    (
        "this operation is a brand's, and this client is a merchant's: build one with brand_id(..) and the brand's own keys",
        "该接口由品牌调用，这是商户的客户端：请用 brand_id(..) 和品牌自己的密钥另建客户端",
    ),
    (
        "APIv2 is for merchants, and this client is a brand's: build one with mchid(..) and v2_key(..)",
        "APIv2 只用于商户，这是品牌的客户端：请用 mchid(..) 和 v2_key(..) 另建客户端",
    ),
    // Profiles and the environment.
    ("a value", "值"),
    ("something else", "其他内容"),
    ("unknown field", "未知的字段"),
    (
        "unknown field {}; write one of {}",
        "没有字段 {}，请写 {} 之一",
    ),
    (
        "{} is outside of a table",
        "{} 不在任何表中，请写在 [default] 这样的一行下面",
    ),
    ("{} is not a {}", "{} 不是{}"),
    ("a number of seconds, at least 0", "不小于 0 的秒数"),
    ("a number", "数字"),
    ("true or false", " true 或 false"),
    ("{} is not UTF-8", "{} 不是 UTF-8"),
    ("{}{} is not {}", "{}{} 不是{}"),
    (
        "{}{} has the text of a key or certificate, but must have the path of its file: write the text into a file that only the program can read, and set the variable to the path",
        "{}{} 的值是密钥或证书的内容，而这里需要文件路径：请把内容写入文件（只允许本程序读取），再把变量设为该文件的路径",
    ),
    ("the APIv3 key", "APIv3密钥"),
    ("the APIv2 key", "APIv2密钥"),
    ("the passphrase", "密码"),
    (
        "WECHATPAY_PROFILE names a profile: name its file in WECHATPAY_CONFIG",
        "WECHATPAY_PROFILE 指定了配置名：请用 WECHATPAY_CONFIG 指定配置文件",
    ),
    (
        "WECHATPAY_CONFIG and WECHATPAY_PROFILE need the feature `profile` of wechatpay-chain",
        "WECHATPAY_CONFIG 和 WECHATPAY_PROFILE 需要 wechatpay-chain 的特性 `profile`",
    ),
    (
        "{} needs a passphrase: set passphrase_file",
        "{} 需要密码：请设置 passphrase_file",
    ),
    (
        "the file {} with {} cannot be read: {}",
        "文件 {}（{}）无法读取：{}",
    ),
    ("the file {} with {} is not text", "文件 {}（{}）不是文本"),
    (
        "there is no file with {} at the given path, which is left out here since it may be the secret itself: give the path of a file, such as ./secret.txt",
        "{}：给定的路径没有文件。这个值可能就是密钥本身，因此不在此显示；请给出文件路径，例如 ./secret.txt",
    ),
    // Platform certificates.
    (
        "the response of v3/certificates is not from WeChat Pay: {}; check whether a proxy answered",
        "v3/certificates 的应答不是微信支付的：{}；请检查是否由代理应答",
    ),
    (
        "the platform certificates were rejected: one of them is not trusted",
        "平台证书未被接受：其中有不受信任的证书",
    ),
    (
        "the list of platform certificates is signed with the public key {}, which this client does not have: download it at 商户平台 → 账户中心 → API安全 → 微信支付公钥 and give platform_key(\"{}\", ..)",
        "平台证书列表是用公钥 {} 签名的，客户端没有这个公钥：请在 商户平台 → 账户中心 → API安全 → 微信支付公钥 下载，并用 platform_key(\"{}\", ..) 提供",
    ),
    (
        "the list of platform certificates is signed with a certificate that is invalid or not in the list, so the list was rejected",
        "平台证书列表的签名证书无效或不在列表中，整个列表未被接受",
    ),
    (
        "no platform certificate is valid now: {} (Unix time); check this machine's clock",
        "当前没有有效的平台证书：{}（Unix 时间）；请检查系统时间",
    ),
    (
        "the list of platform certificates (平台证书) was requested {} s ago; for an unknown serial it is requested again in {} s",
        "平台证书列表在 {} 秒前刚请求过；遇到未知的序列号，{} 秒后才会再次请求",
    ),
    (
        "fetching the platform certificates ended without a result: a middleware or transport panicked",
        "获取平台证书没有结果：中间件或传输层发生了 panic",
    ),
    (
        "platform certificates are encrypted with the APIv3 key: give apiv3_key(..), set at 商户平台 → 账户中心 → API安全 → APIv3密钥",
        "平台证书用 APIv3密钥加密：请提供 apiv3_key(..)，在 商户平台 → 账户中心 → API安全 → APIv3密钥 设置",
    ),
    (
        "no platform certificate has been fetched yet: make a call, or await client.certificates(), first",
        "还没有获取平台证书：请先发起一次调用，或等待 client.certificates()",
    ),
    ("it is not JSON", "不是 JSON"),
    ("it has no list `data`", "没有列表 `data`"),
    (
        "a serial_no differs from the serial of its certificate",
        "serial_no 与证书的序列号不同",
    ),
    (
        "an encrypt_certificate is malformed",
        "encrypt_certificate 格式有误",
    ),
    // Hosts and the list of certificates.
    (
        "trust_host({}) cannot be used: {}; give the host alone, as api2.mch.weixin.qq.com",
        "trust_host({}) 不可用：{}；请只写域名，例如 api2.mch.weixin.qq.com",
    ),
    (
        "resolve({}, ..) cannot be used: {}; give a host name alone",
        "resolve({}, ..) 不可用：{}；请只写域名",
    ),
    (
        "the platform certificates are in use, but their copy on disk cannot be written: check the folder of disk_copy(..)",
        "平台证书可以使用，但无法写入磁盘副本：请检查 disk_copy(..) 的目录",
    ),
    (
        "Certificates::timeout(..) of zero lets no fetch succeed",
        "Certificates::timeout(..) 为零时，无法获取任何证书",
    ),
];
