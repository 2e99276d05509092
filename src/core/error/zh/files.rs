//! Uploads, downloads and bills in Chinese.

/// See [`MESSAGES`](super::MESSAGES).
pub(super) const FILES: &[(&str, &str)] = &[
    // Uploads.
    ("the file operation was cancelled", "文件操作已取消"),
    (
        "{} is not a file; for a pipe or device give the length, with Media::from_reader",
        "{} 不是文件；管道或设备请用 Media::from_reader 并给出长度",
    ),
    (
        "the upload's temporary file cannot be written",
        "无法写入上传所用的临时文件",
    ),
    ("the upload's reader failed", "读取待上传的内容时出错"),
    (
        "the file to upload has more than the {} bytes that were announced",
        "待上传的文件超过声明的 {} 字节",
    ),
    (
        "the file to upload has {} bytes, and {} were announced",
        "待上传的文件有 {} 字节，而声明的是 {} 字节",
    ),
    (
        "an upload's {} name is empty or has a quote, a backslash or a control character: give another name, for a file with Media::name",
        "上传的{}名称为空，或含有引号、反斜杠、控制字符：请换一个名称，文件名用 Media::name 设置",
    ),
    (
        "the file's name is not UTF-8: read it yourself and give Media::from_bytes a name",
        "文件名不是 UTF-8：请自行读取文件，用 Media::from_bytes 给出名称",
    ),
    ("the upload has no meta", "上传没有 meta"),
    ("the meta does not serialise", "meta 无法序列化"),
    (
        "the upload's meta is not a JSON object, so no fields can be added to it; nothing was sent",
        "上传的 meta 不是 JSON 对象，无法添加字段，请求未发出",
    ),
    (
        "an APIv2 upload has no meta that meta_with could make: add fields to it with meta or meta_field; nothing was sent",
        "APIv2 的上传没有 meta，不能用 meta_with 生成：请用 meta 或 meta_field 添加字段；请求未发出",
    ),
    (
        "the file to upload does not match the given digest; the upload was aborted",
        "待上传的文件与给出的摘要不符，上传已中止",
    ),
    (
        "the file to upload changed after its digest was computed; the upload was aborted: call again when the file no longer changes",
        "待上传的文件在计算摘要之后发生了变化，上传已中止：请在文件不再变化后重新调用",
    ),
    // Downloads.
    (
        "the call ended without a file: a middleware answered the call",
        "调用没有得到文件：中间件直接应答了调用",
    ),
    (
        "the file does not match the announced digest{}: nothing of it was kept; download it again",
        "文件与微信支付给出的摘要不符{}：没有保留任何内容；请重新下载",
    ),
    (
        "the digest of the file was not computed: nothing of it was kept; report this mistake of the library",
        "没有计算文件的摘要：没有保留任何内容；这是本库的缺陷，请反馈",
    ),
    (" (it is {})", "（实际为{}）"),
    (
        "the download cannot be written to {}: nothing of it was kept",
        "下载的内容无法写入 {}：没有保留任何内容",
    ),
    (
        "the download is at {}, whole and checked, but its directory could not be written to the disk: it may not survive a power loss; copy it or fetch it again",
        "下载的文件完整地保存在 {}，并已校验，但所在目录无法写入磁盘：断电后可能丢失；请复制一份或重新下载",
    ),
    (
        "the response is not the requested file: it is {}; nothing of it was kept, and an existing file is unchanged",
        "应答不是请求的文件，而是{}；没有保留任何内容，原有文件没有改变",
    ),
    (
        "the file is encrypted with SM4_GCM: build with the feature `sm`, or request AEAD_AES_256_GCM",
        "文件用 SM4_GCM 加密：请启用特性 `sm` 编译，或在请求中指定 AEAD_AES_256_GCM",
    ),
    (
        "the key of the encrypted file has neither 32 bytes (AEAD_AES_256_GCM) nor 16 (SM4_GCM): an encrypt_key must be decrypted first, with Call::decrypt if the catalog does not know the endpoint",
        "加密文件的密钥既不是 32 字节（AEAD_AES_256_GCM），也不是 16 字节（SM4_GCM）：encrypt_key 要先解密，接口目录没有该接口时用 Call::decrypt",
    ),
    (
        "the files of the bill cannot be joined in {}: download the bill again",
        "账单的各个文件无法合并到 {}：请重新下载账单",
    ),
    (
        "the encrypted file was truncated or altered, or its key or nonce is wrong: nothing of it was kept; download it again",
        "加密文件不完整或被改动，或密钥、nonce 有误：没有保留任何内容；请重新下载",
    ),
    (
        "the response is {}, which is not the whole file; nothing was kept",
        "应答为 {}，不是完整的文件；没有保留任何内容",
    ),
    (
        "the download stalled for {}; nothing of it was kept",
        "下载停滞了 {}；没有保留任何内容",
    ),
    (
        "the download is longer than {} bytes: nothing of it was kept; to allow more, use max_bytes",
        "下载的内容超过 {} 字节：没有保留任何内容；需要更多请用 max_bytes",
    ),
    ("it contains a NUL character", "含有 NUL 字符"),
    ("it names a directory", "指的是目录"),
    ("it is a directory", "是目录"),
    ("it is a device, a pipe or a socket", "是设备、管道或套接字"),
    (
        "{} is not the path of a file: {}; nothing was sent",
        "{} 不是文件路径：{}；请求未发出",
    ),
    (
        "the download cannot be written to {}, so nothing was sent: check that its directory exists and is writable",
        "下载的内容无法写入 {}，请求未发出：请检查目录是否存在且可写",
    ),
    (
        "the file is not complete gzip: it was truncated or altered, or was not requested with GZIP",
        "文件不是完整的 gzip：内容不完整或被改动，或请求时没有指定 GZIP",
    ),
    // The responses that came in place of a file.
    (
        "an HTML page, as proxies and web servers send",
        "HTML 页面，代理和网页服务器会返回",
    ),
    (
        "an XML message, the form of APIv2's errors",
        "XML 消息，APIv2 的错误是这种形式",
    ),
    (
        "JSON, the form of errors and of responses with a download_url",
        "JSON，错误和带有 download_url 的应答是这种形式",
    ),
    (
        "the response's list of bills is empty: there is no bill for that day",
        "应答中的账单列表为空：当天没有账单",
    ),
    (
        "the bill has {} files, and at most {} can be joined",
        "账单有 {} 个文件，最多只能合并 {} 个",
    ),
    (
        "the response does not name all files of the bill exactly once: request the bill again",
        "应答没有列出账单的全部文件，或有重复：请重新申请账单",
    ),
    (
        "the response has no download_url: check that the path is that of a bill",
        "应答中没有 download_url：请确认路径是账单接口",
    ),
    (
        "the bill's hash_type is {}, which this version cannot check",
        "账单的 hash_type 为 {}，当前版本无法校验",
    ),
    ("zipped (gzip)", "gzip 压缩文件"),
    ("a zip archive", "zip 压缩包"),
    ("UTF-16 text", "UTF-16 文本"),
    ("another file", "其他文件"),
    // Bills.
    ("empty", "空文件"),
    ("XML", " XML"),
    ("the file operation panicked", "文件操作发生了 panic"),
    (
        "the file operation has failed already",
        "文件操作此前已经失败",
    ),
    (
        "files are read and written on a tokio runtime, and none is running: make the call with .await or .wait()",
        "读写文件需要 tokio 运行时，而当前没有：请用 .await 或 .wait() 调用",
    ),
    ("the path is empty", "路径为空"),
    (
        "the meta of an upload has the file's digest, and a reader can be read only once: give the digest with Media::sha256, or build this crate with its feature `files`",
        "上传的 meta 含有文件摘要，而 reader 只能读一次：请用 Media::sha256 提供摘要，或启用本库的特性 `files`",
    ),
    (
        "the upload's reader was already consumed: to retry an upload, use Media::from_path or Media::from_bytes",
        "上传的 reader 已经读完：需要重试的上传，请用 Media::from_path 或 Media::from_bytes",
    ),
    ("the bill cannot be read", "无法读取账单"),
    ("the bill {} cannot be read", "无法读取账单 {}"),
    (
        "the file is not a bill: it is {}; {}",
        "文件不是账单，而是{}；{}",
    ),
    (
        "unzip it, or download it with gunzip() or Client::bill",
        "请先解压，或用 gunzip()、Client::bill 下载",
    ),
    ("unpack it first", "请先解压"),
    (
        "bills are UTF-8, so use the file exactly as it was downloaded",
        "账单是 UTF-8 文本，请原样使用下载的文件",
    ),
    (
        "follow its download_url with Client::bill, if it has one",
        "如果其中有 download_url，请用 Client::bill 下载账单",
    ),
    ("download it again", "请重新下载"),
    (
        "the file is not a bill: line {} is {}",
        "文件不是账单：第 {} 行是{}",
    ),
    (
        "binary data: an encrypted bill that was not decrypted (Download::unseal), or another file",
        "二进制内容，可能是尚未解密的账单（请用 Download::unseal 解密），也可能是其他文件",
    ),
    (
        "text in an encoding other than UTF-8, perhaps GBK: use the file exactly as it was downloaded",
        "UTF-8 以外的编码（可能是 GBK）：请原样使用下载的文件",
    ),
    (
        "the file is not a bill: its first line does not have the column names",
        "文件不是账单：第一行没有列名",
    ),
    (
        "line {} is longer than {} bytes, so the file is not a bill",
        "第 {} 行超过 {} 字节，文件不是账单",
    ),
    ("the bill is not CSV", "账单不是 CSV 格式"),
    (
        "the bill ends inside a quoted value that begins on line {}: the file is truncated; download it again",
        "账单中从第 {} 行开始的引号没有结束，文件不完整：请重新下载",
    ),
    (
        "the bill continues after a line that looks like its summary: one of its values contains a line break",
        "账单中形如汇总的一行之后还有内容：有的值含有换行",
    ),
    (
        "the bill ends before its summary: the file is truncated; download it again",
        "账单末尾没有汇总，文件不完整：请重新下载",
    ),
    (
        "line {} of the bill has {} values for {} columns",
        "账单第 {} 行有 {} 个值，而列名有 {} 个",
    ),
    ("the bill has no column {}", "账单中没有“{}”这一列"),
    (
        "the column {} of the bill cannot be read",
        "无法读取账单的“{}”列",
    ),
    ("the column {} of the bill {}", "账单的“{}”列{}"),
    ("is too large", "数值太大"),
    (
        "differs from its rows: download the bill again",
        "的汇总与明细不一致：请重新下载账单",
    ),
    ("has a value that is not a number", "中有的值不是数字"),
    (
        "the bill has no summary to compare its rows with: read all rows first",
        "还没有可供核对的汇总：请先读完账单的所有行",
    ),
];
