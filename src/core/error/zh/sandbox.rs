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
];
