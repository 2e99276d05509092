//! The start of a sandbox in Chinese: its address, folder and merchants.

/// See [`MESSAGES`](super::MESSAGES).
pub(super) const SANDBOX: &[(&str, &str)] = &[
    (
        "the sandbox cannot listen on {}: stop the program that has the port, or name another port",
        "沙箱无法监听 {}：请停止占用该端口的程序，或换一个端口",
    ),
    (
        "the sandbox's folder {} cannot be written: make it writable, or name another folder",
        "无法写入沙箱目录 {}：请使其可写，或换一个目录",
    ),
    (
        "the sandbox's folder {} cannot be read: make it readable, or name another folder",
        "无法读取沙箱目录 {}：请使其可读，或换一个目录",
    ),
    (
        "the sandbox's folder {} lacks a file or others may read keys in it, and that cannot be mended: \
         make the folder this user's own and writable, or name another",
        "沙箱目录 {} 缺少文件，或其他用户可以读取其中的密钥，且无法自动修正：请让当前用户拥有该目录并可写，或换一个目录",
    ),
    (
        "the sandbox's folder {} has the keys of the merchant {}, and {} is asked for: start with --mchid {}, or name \
         another folder",
        "沙箱目录 {} 中是商户 {} 的密钥，而指定的商户号是 {}：请用 --mchid {} 启动，或换一个目录",
    ),
    (
        "{} has files in it that are not a sandbox's, and nothing was changed there: name a folder for the sandbox alone, \
         such as {}",
        "{} 中有不属于沙箱的文件，未做任何改动：请为沙箱指定单独的目录，例如 {}",
    ),
    (
        "the sandbox's folder {} is broken: delete it, and the next start makes it anew with other keys; or name another \
         folder",
        "沙箱目录 {} 已损坏：请删除它，下次启动会用新的密钥重新创建；或换一个目录",
    ),
    (
        "the certificates in the sandbox's folder {} have expired or do so within a day, and new ones for the same keys \
         cannot be written: make the folder writable, or name another",
        "沙箱目录 {} 中的证书已过期或将在一天内过期，而用原密钥签发的新证书无法写入：请使该目录可写，或换一个目录",
    ),
    (
        "the key in the sandbox's folder {} cannot be used: delete {} and {}, and the sandbox makes another; or name \
         another folder",
        "沙箱目录 {} 中的密钥不可用：请删除 {} 和 {}，沙箱会重新生成；或换一个目录",
    ),
    (
        "the merchants in {} cannot be read: name a TOML file that exists",
        "无法读取商户文件 {}：请指定一个存在的 TOML 文件",
    ),
    (
        "{} is no merchant id: give its 8 to 10 digits",
        "{} 不是商户号：应为 8 到 10 位数字",
    ),
    (
        "the merchant {} is given twice: give it once",
        "商户 {} 给出了两次：请只写一次",
    ),
    (
        "{} is not a speed: give a number from 0.001 to 1000000",
        "{} 不能作为速度：请给出 0.001 到 1000000 之间的数字",
    ),
    (
        "{} is not a name by which the sandbox can be reached: give a DNS name or an address alone (--host wechatpay), \
         without a scheme or port",
        "{} 不能用作访问沙箱的名称：请只写域名或地址（例如 --host wechatpay），不带协议和端口",
    ),
    (
        "the sandbox listens on the loopback interface alone, and {} is not on it: use 127.0.0.1 or [::1], or let other \
         machines in with allow_remote(), --allow-remote of the command",
        "沙箱只监听本机回环地址，而 {} 不是：请使用 127.0.0.1 或 [::1]；要允许其他机器访问，请加 --allow-remote",
    ),
    ("the notification URL is not a URL", "通知地址不是 URL"),
    (
        "write the URL to notify as http://host/path or https://host/path",
        "通知地址应写成 http://主机/路径 或 https://主机/路径",
    ),
    (
        "the sandbox posts notifications to servers of this machine alone: write the URL as http://127.0.0.1:port/path, \
         http://[::1]:port/path or http://localhost:port/path, or allow other servers when it starts (--allow-outgoing)",
        "沙箱只向本机发送通知：通知地址应写成 http://127.0.0.1:端口/路径、http://[::1]:端口/路径 或 \
         http://localhost:端口/路径；要发往其他机器，请在启动时加 --allow-outgoing",
    ),
    // Faults.
    (
        "unknown fault {}; the faults are {}",
        "没有故障 {}，可用的有 {}",
    ),
    (
        "the fault {} takes no value: write {}",
        "故障 {} 不带值：请写成 {}",
    ),
    (
        "write {}=SECONDS, as in {}=600; negative is in the future",
        "应写成 {}=秒数，例如 {}=600；负数表示将来",
    ),
    (
        "write {}=HEADER, as in {}=Wechatpay-Nonce",
        "应写成 {}=请求头名称，例如 {}=Wechatpay-Nonce",
    ),
    (
        "write {}=CODE with a code from 400 to 599",
        "应写成 {}=状态码，状态码为 400 到 599",
    ),
    (
        "write {}=MILLISECONDS, at most {}",
        "应写成 {}=毫秒数，最大 {}",
    ),
    (
        "write {}=URL, without blanks and percent-encoded where it is not ASCII",
        "应写成 {}=URL，不含空格，非 ASCII 字符写成百分号编码",
    ),
    (
        "the text after the : is a count, as in wrong_signature:3 or wrong_signature:always",
        "冒号后面是次数，例如 wrong_signature:3 或 wrong_signature:always",
    ),
    ("the count of the fault {} is 0", "故障 {} 的次数是 0"),
    (
        "{} and {} cannot both apply always: give the first a count, as in {}:3",
        "{} 和 {} 不能都一直生效：请给前一个加上次数，例如 {}:3",
    ),
    // The running sandbox.
    (
        "generating the sandbox's keys panicked",
        "生成沙箱密钥时发生了 panic",
    ),
    (
        "OpenSSL cannot generate the sandbox's keys and certificates",
        "OpenSSL 无法生成沙箱的密钥和证书",
    ),
    (
        "this OpenSSL has no SM2, which the sandbox needs for the certificates of merchants with SM2 keys: use another build of OpenSSL",
        "OpenSSL 不支持 SM2，而沙箱要为使用 SM2 密钥的商户签发证书：请换用其他构建的 OpenSSL",
    ),
    // The folder of a sandbox.
    (
        "the keys of the merchant {} in {} cannot be used: delete that folder, and the next start makes it anew with other keys; or name another folder",
        "商户 {} 在 {} 中的密钥不可用：请删除该目录，下次启动会用新的密钥重新创建；或换一个目录",
    ),
    (
        "it does not belong to the key beside it",
        "与同一目录中的密钥不匹配",
    ),
    (
        "it does not belong to the key in its folder",
        "与所在目录中的密钥不匹配",
    ),
    (
        "it does not belong to the key in the folder",
        "与目录中的密钥不匹配",
    ),
    (
        "{} does not belong to the key in the folder",
        "{} 与目录中的密钥不匹配",
    ),
    ("{} was not issued by ca.pem", "{} 不是由 ca.pem 签发的"),
    ("the platform certificate", "平台证书"),
    ("{} names no {}", "{} 中没有 {}"),
    ("not of the key that signs", "不是签名所用密钥的公钥"),
    ("not 32 characters", "不是 32 个字符"),
    ("it is missing", "文件缺失"),
    // The start of a sandbox.
    ("the sandbox {}", "沙箱{}"),
    ("cannot start a thread", "无法启动线程"),
    ("cannot start a runtime", "无法启动运行时"),
    ("cannot set up TLS", "无法启用 TLS"),
    (
        "ended before it listened: its thread panicked",
        "还没有开始监听就已结束：它的线程发生了 panic",
    ),
    (
        "the sandbox has made too few keys",
        "沙箱生成的密钥数量不足",
    ),
    // What a test asks of a sandbox.
    (
        "{} applies to notifications, not to responses: POST it to /_sandbox/api/faults",
        "{} 用于通知，不能用于应答：请 POST 到 /_sandbox/api/faults",
    ),
    (
        "a header is for one request: leave the count out and write {}: {}",
        "请求头只对一个请求生效：请去掉次数，写成 {}: {}",
    ),
    (
        "{} is not a status from 200 to 999",
        "{} 不是 200 到 999 的状态码",
    ),
    (
        "the response of an APIv2 operation has to be a JSON object",
        "APIv2 接口的应答必须是 JSON 对象",
    ),
    ("the bill cannot be encrypted", "无法加密账单"),
    ("there is no certificate", "没有证书"),
    (
        "there are already {} platform certificates: retire the old ones first",
        "平台证书已有 {} 张：请先停用旧的",
    ),
    (
        "the members of an APIv2 notification are an object",
        "APIv2 通知的内容必须是对象",
    ),
    (
        "no certificate can sign this: the merchant has none",
        "无法用平台证书签名：该商户没有平台证书",
    ),
    (
        "{} does not spoil such a notification: wrong_signature, tampered_body and missing_headers spoil what is signed, of APIv3 also probe, unknown_serial, expired_certificate, stale_timestamp and missing_header",
        "故障 {} 不能用于这种通知：有签名的通知可用 wrong_signature、tampered_body 和 missing_headers，其中 APIv3 的通知还可用 probe、unknown_serial、expired_certificate、stale_timestamp 和 missing_header",
    ),
    (
        "the notified server did not respond within WeChat Pay's limit of 5 s",
        "被通知的服务器没有在微信支付规定的 5 秒内应答",
    ),
    (
        "the notified server broke the connection off, or its answer is no HTTP or longer than 1 MiB",
        "被通知的服务器断开了连接，或应答不是 HTTP、超过 1 MiB",
    ),
    (
        "no server listens at the URL of the notification",
        "通知地址上没有服务器在监听",
    ),
    (
        "TLS with the notified server failed",
        "与被通知的服务器 TLS 握手失败",
    ),
    ("the sandbox's nonce is too short", "沙箱的随机串太短"),
    (
        "the sandbox cannot send a header {} with this value",
        "沙箱无法发送取这个值的 HTTP 头 {}",
    ),
];
