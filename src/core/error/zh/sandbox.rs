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
    ("the merchants in {} are wrong: {}", "商户文件 {} 有误：{}"),
    (
        "line {} is not TOML: write [[merchant]] and below it one name = \"value\" a line",
        "第 {} 行不是 TOML：请写一行 [[merchant]]，下面每行写一项 名称 = \"值\"",
    ),
    (
        "it has no [[merchant]]: add at least one",
        "其中没有 [[merchant]]：请至少写一个",
    ),
];
