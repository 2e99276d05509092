//! Requests, middleware and responses in Chinese.

/// See [`MESSAGES`](super::MESSAGES).
pub(super) const CALLS: &[(&str, &str)] = &[
    // The phases of a call.
    ("preparing the request", "正在准备请求"),
    ("{}, through the proxy {}", "{}（经由代理 {}）"),
    ("{}, whose status is {}", "{}（状态码 {}）"),
    (
        "the request may have been processed, so query before repeating it",
        "请求可能已被处理，请先查单，不要直接重试",
    ),
    ("nothing was sent", "请求未发出"),
    // The operations that may be called.
    (
        "APIv2 uses other encryption keys; encrypt the field yourself and give its ciphertext",
        "APIv2 使用其他加密密钥；请自行加密该字段，并提供密文",
    ),
    (
        "the field policy is Off: leave .encrypt(..) out, or give .fields(FieldPolicy::Catalog)",
        "敏感字段策略为 Off：请去掉 .encrypt(..)，或改用 .fields(FieldPolicy::Catalog)",
    ),
    (
        "the call cannot encrypt the fields that it names: {}",
        "无法加密该调用指明的字段：{}",
    ),
    (
        "APIv3 takes JSON: give the body as `json`, or call a path that begins with v2/",
        "APIv3 使用 JSON：请用 `json` 提供请求体，或调用以 v2/ 开头的路径",
    ),
    (
        "`security` and `nonceless` are options of APIv2: leave them out, or call a path that begins with v2/",
        "`security` 和 `nonceless` 是 APIv2 的选项：请去掉，或调用以 v2/ 开头的路径",
    ),
    (
        "the URL names the host {}, which is neither this client's nor WeChat Pay's, and a signed request would reveal the merchant to it; nothing was sent: if the host is right, allow it with ClientBuilder::trust_host",
        "URL 中的域名 {} 既不是客户端设置的，也不是微信支付的，签名后的请求会向它泄露商户信息，请求未发出：如果域名无误，请用 ClientBuilder::trust_host 允许",
    ),
    (
        "the request names the host {}, and this client's calls go to {}",
        "请求指明的域名是 {}，而客户端的请求发往 {}",
    ),
    (
        "{} is not one of GET, POST, PUT, PATCH and DELETE",
        "{} 不是 GET、POST、PUT、PATCH 或 DELETE",
    ),
    (
        "the call is nearly {} {}, and its sensitive fields would not be encrypted; nothing was sent: write that method and path; if another operation is meant, say with .encrypt(..) and .fields(FieldPolicy::Named) which fields are sensitive, or with .fields(FieldPolicy::Off) that none is",
        "该调用与 {} {} 相近，敏感字段将不会被加密，请求未发出：请写成该方法和路径；如果确实是其他接口，请用 .encrypt(..) 和 .fields(FieldPolicy::Named) 指明敏感字段，或用 .fields(FieldPolicy::Off) 声明没有",
    ),
    // Queries, headers, bodies.
    (
        "the query cannot be written as a URL",
        "查询参数无法写成 URL",
    ),
    (
        "the query is a single number or boolean; give a map of names and values, or the query as text",
        "查询参数只是一个数字或布尔值；请提供名称与值的对应，或查询参数的文本",
    ),
    (
        "the query is given as text and as parameters; give it in one form",
        "查询参数既有文本又有参数；请只用一种形式",
    ),
    (
        "headers are a JSON object: {\"Name\": \"value\"}",
        "请求头应为 JSON 对象：{\"Name\": \"value\"}",
    ),
    (
        "the Content-Type of an upload names its boundary and is set by the client: leave it out; the file's own type goes into Media::content_type",
        "上传的 Content-Type 含有分隔符，由客户端设置：请去掉；文件自身的类型请用 Media::content_type 设置",
    ),
    (
        "the {} of the header {} is malformed",
        "请求头 {1} 的{0}格式有误",
    ),
    ("name", "名称"),
    ("value", "值"),
    ("the body does not serialise", "请求体无法序列化"),
    (
        "the body does not serialise to JSON",
        "请求体无法序列化为 JSON",
    ),
    // Encrypted fields.
    (
        "the answer has encrypted fields and the client has no private key: give private_key(..)",
        "应答中有加密字段，而客户端没有商户私钥：请提供 private_key(..)",
    ),
    (
        "the response was verified but not decrypted",
        "应答已验签，但没有解密",
    ),
    (
        "the header Wechatpay-Serial is not ASCII, so it names no key: give a key's id, or leave the header out",
        "请求头 Wechatpay-Serial 不是 ASCII，无法指明密钥：请提供公钥ID 或证书序列号，或去掉该请求头",
    ),
    (
        "the item {} sets need_encrypt, and the catalog does not know its sensitive member: name it with .encrypt([\"…\"])",
        "{} 设置了 need_encrypt，但接口目录不知道其中的敏感字段：请用 .encrypt([\"…\"]) 指明",
    ),
    (
        "the field {} cannot be encrypted: the operation takes {}; give the body as that, or say with .fields(FieldPolicy::Off) that it is encrypted",
        "字段 {} 无法加密：该接口的请求体应为{}；请按此提供，或用 .fields(FieldPolicy::Off) 声明已加密",
    ),
    ("an upload (Media)", "上传（Media）"),
    ("JSON, and the body is an upload", "JSON，而请求体是上传"),
    (
        "the field {} is not encrypted: nothing was sent; encrypt it with the key of v2/risk/getpublickey and give the ciphertext as base64, or say with .fields(FieldPolicy::Off) that it is encrypted",
        "字段 {} 没有加密，请求未发出；请用 v2/risk/getpublickey 返回的公钥加密并提供 base64 密文，或用 .fields(FieldPolicy::Off) 声明已加密",
    ),
    // APIv2.
    (
        "the key of v2/risk/getpublickey could not be fetched, so nothing was sent: see the cause, or give ciphertexts",
        "无法获取 v2/risk/getpublickey 的公钥，请求未发出：请看原因，或自行加密后提供密文",
    ),
    (
        "the key of v2/risk/getpublickey is not known yet, and a dry run fetches none: make such a call first, or give ciphertexts",
        "还没有 v2/risk/getpublickey 的公钥，试运行又不会去获取：请先调用一次，或自行加密后提供密文",
    ),
    ("the request ended without a result", "请求没有结果"),
    (
        "the response has no pub_key in PEM",
        "应答中没有 PEM 格式的 pub_key",
    ),
    (
        "the response says neither that the call succeeded nor that it failed; the request may have been processed, so query before repeating it",
        "应答既没有说成功也没有说失败；请求可能已被处理，请先查单，不要直接重试",
    ),
    (
        "the response is a message instead of the file, and it gives no reason: try again later",
        "应答不是文件而是一条消息，且没有说明原因：请稍后再试",
    ),
    (
        "the response cannot be trusted: it is not APIv2's signed XML; the request may have been processed, so query before repeating it",
        "应答不是 APIv2 的已签名 XML，不可信；请求可能已被处理，请先查单，不要直接重试",
    ),
    (
        "the request {}, or build the client with check_mch_id(false)",
        "请求{}，或用 check_mch_id(false) 构建客户端",
    ),
    (
        "has no mch_id: give {}, this client's merchant",
        "没有 mch_id：请填写该客户端的商户号 {}",
    ),
    (
        "names mch_id {}, and this client's merchant is {}: give that one",
        "的 mch_id 是 {}，而该客户端的商户号是 {}：请改成后者",
    ),
    (
        "this operation accepts only the {} {}, and the request has {}: write {}, or leave {} out",
        "该接口的 {} 只接受 {}，请求中是 {}：请写成 {}，或去掉 {}",
    ),
    (
        "a query parameter is not UTF-8 and cannot be signed",
        "查询参数不是 UTF-8，无法签名",
    ),
    (
        "the body of an APIv2 call is an object: json!({\"mch_id\": \"…\", ..})",
        "APIv2 的请求体应为对象：json!({\"mch_id\": \"…\", ..})",
    ),
    // Responses.
    (
        "the response is not UTF-8 text; use bytes()",
        "应答不是 UTF-8 文本；请用 bytes()",
    ),
    (
        "the response does not match the requested type",
        "应答与要求的类型不符",
    ),
    (
        "the response is longer than {} bytes; read it with Call::stream, or raise ClientBuilder::max_response_bytes",
        "应答超过 {} 字节；请用 Call::stream 读取，或调高 ClientBuilder::max_response_bytes",
    ),
    (
        "the answer ended when its connection closed, and neither a length, TLS, a signature nor a digest proves that it is complete: discard it and repeat the call; if this gateway always does so, make it send Content-Length or chunks, or end TLS with close_notify",
        "应答随连接关闭而结束，没有长度、TLS、签名或摘要能证明它完整：请丢弃并重新调用；如果网关总是如此，请让它发送 Content-Length 或分块，或用 close_notify 结束 TLS",
    ),
    (
        "a value does not have the form of its type",
        "有的值与其类型不符",
    ),
    (
        "the streamed response is not from WeChat Pay: discard everything that was read",
        "流式读取的应答不是微信支付的：请丢弃已读取的全部内容",
    ),
    (
        "the stream has failed already: discard everything that was read",
        "流已经出错：请丢弃已读取的全部内容",
    ),
    (
        "the stream has failed already; discard everything that was read",
        "流已经出错：请丢弃已读取的全部内容",
    ),
    ("the transport failed", "传输层出错"),
    ("a tower layer failed", "tower 层出错"),
    (
        "a tower layer sent a request without its extensions: build the new request from the parts of the old one",
        "tower 层发出的请求没有 extensions：请用原请求的各部分构建新请求",
    ),
    (
        "a dry run keeps the body, and this upload is longer than {} bytes; nothing was sent: try it with a shorter file",
        "试运行会保留请求体，而该上传超过 {} 字节，请求未发出：请换一个较小的文件",
    ),
    (
        "no request reached the transport: a middleware answered the call",
        "没有请求到达传输层：中间件直接应答了调用",
    ),
    ("a dry run sends nothing", "试运行不发送请求"),
    // Payments in apps and pages.
    (
        "h5_url is not the URL from the answer to an H5 order, which starts with https:// and has no fragment",
        "h5_url 不是 H5 下单应答中的 URL，应以 https:// 开头且没有 # 片段",
    ),
    (
        "h5_url already has a redirect_url",
        "h5_url 已经带有 redirect_url",
    ),
    (
        "redirect_url is not absolute: write it as https://www.example.com/…, and not percent-encoded",
        "redirect_url 不是完整的 URL：请写成 https://www.example.com/…，不要做百分号编码",
    ),
    (
        "the answer has no code_url: give the answer to v3/pay/transactions/native, or to pay/unifiedorder with the trade_type NATIVE",
        "应答中没有 code_url：请提供 v3/pay/transactions/native 的应答，或 trade_type 为 NATIVE 的 pay/unifiedorder 的应答",
    ),
    (
        "{} contains a line break or another control character",
        "{} 含有换行或其他控制字符",
    ),
    (
        "give the bare prepay_id from the answer to the order; `prepay_id=` is added if the scene needs it",
        "请只提供下单应答中的 prepay_id；需要时会自动加上 `prepay_id=`",
    ),
    (
        "the text does not fit in a QR code: it is not a code_url",
        "文本放不进二维码：它不是 code_url",
    ),
    (
        "a module of {} pixels is not supported; use 1 to 64, usually 8",
        "不支持每个模块 {} 像素；请用 1 到 64，一般为 8",
    ),
    ("the PNG image could not be encoded", "无法编码 PNG 图片"),
    (
        "{} coupons were given; the plug-in takes 1 to {} at once",
        "给出了 {} 张券；插件一次可发 1 到 {} 张",
    ),
    (
        "the decrypted field is not UTF-8 text",
        "解密后的字段不是 UTF-8 文本",
    ),
    // Amounts and times.
    (
        "the text is not a time of the form {}",
        "文本不是 {} 形式的时间",
    ),
    (
        "RFC 3339, for example 2026-01-02T08:00:00+08:00",
        "RFC 3339（例如 2026-01-02T08:00:00+08:00）",
    ),
    (
        "write it as digits with a point, for example 19.90",
        "请写成带小数点的数字，例如 19.90",
    ),
    ("it has a fraction of a fen", "含有不足一分的金额"),
    ("it is too large", "数值太大"),
    (
        "the text is not an amount in yuan: {}",
        "文本不是以元为单位的金额：{}",
    ),
    // The options of PHP's SDK.
    (
        "the options of a request are a JSON object: {\"json\": {..}, \"headers\": {..}}",
        "请求的选项应为 JSON 对象：{\"json\": {..}, \"headers\": {..}}",
    ),
    ("the option `{}` must be {}", "选项 `{}` 应为{}"),
    ("a number of seconds", "秒数"),
    ("the path of a file", "文件路径"),
    (
        "the option `sink` needs this crate's feature `files`",
        "选项 `sink` 需要本库的特性 `files`",
    ),
    (
        "the option `{}` is not supported: {}",
        "不支持选项 `{}`：{}",
    ),
    ("redirects are never followed", "客户端从不跟随重定向"),
    (
        "the stack's `signer` makes the Authorization header",
        "请求头 Authorization 由栈中的 `signer` 生成",
    ),
    (
        "the client is built with its certificate",
        "证书在构建客户端时设置",
    ),
    (
        "use ClientBuilder::connect_timeout",
        "请用 ClientBuilder::connect_timeout",
    ),
    ("WeChat Pay sets none", "微信支付不使用 Cookie"),
    ("add a middleware that logs", "请添加写日志的中间件"),
    (
        "set the Accept-Encoding header",
        "请设置请求头 Accept-Encoding",
    ),
    ("WeChat Pay takes no forms", "微信支付不接受表单"),
    ("use Client::with_stack", "请用 Client::with_stack"),
    (
        "use Client::with_stack(php::without_http_errors), feature `php-values`",
        "请用 Client::with_stack(php::without_http_errors)，需要特性 `php-values`",
    ),
    (
        "post(Media::from_path(..)?, ())",
        "请写成 post(Media::from_path(..)?, ())",
    ),
    (
        "set the options of connections on ClientBuilder",
        "连接的选项请在 ClientBuilder 上设置",
    ),
    ("wait before the call", "请在调用之前自行等待"),
    (
        "no request waits for 100 Continue",
        "客户端从不等待 100 Continue",
    ),
    (
        "use ClientBuilder::transport",
        "请用 ClientBuilder::transport",
    ),
    ("read the headers in a middleware", "请在中间件中读取应答头"),
    ("observe the call in a middleware", "请在中间件中观察调用"),
    ("use Call::stream", "请用 Call::stream"),
    ("use ClientBuilder::proxy", "请用 ClientBuilder::proxy"),
    (
        "use ClientBuilder::read_timeout",
        "请用 ClientBuilder::read_timeout",
    ),
    ("the client is built with its key", "私钥在构建客户端时设置"),
    (
        "use ClientBuilder::root_certificate",
        "请用 ClientBuilder::root_certificate",
    ),
    (
        "HTTP/2 and HTTP/1.1 are negotiated",
        "HTTP/2 与 HTTP/1.1 会自动协商",
    ),
    // The stack and the runtime.
    ("{} in the stack {}", "{}；栈中的层依次为 {}"),
    ("a layer {} already exists", "已有名为 {} 的层"),
    ("there is no layer {}", "没有名为 {} 的层"),
    (
        "the body is not serialised yet: put a signer inside `prepare`",
        "请求体尚未序列化：负责签名的层请放在 `prepare` 之内",
    ),
    (
        "the call has fields to encrypt and the stack has no `encrypt`: nothing was sent; if another layer encrypts them, use .fields(FieldPolicy::Off)",
        "有字段需要加密，而栈中没有 `encrypt`，请求未发出；如果由其他层加密，请用 .fields(FieldPolicy::Off)",
    ),
    (
        "a middleware sends the request to a host other than the call's, {}; allow the host with base_url, or with ClientBuilder::trust_host",
        "中间件改变了请求的域名，而调用的域名是 {}；请用 base_url 或 ClientBuilder::trust_host 允许新的域名",
    ),
    (
        "the request belongs to no call: pass on the request that the middleware received, or its parts",
        "请求不属于任何调用：请传递中间件收到的请求，或用它的各部分构建请求",
    ),
    (
        "the request still has JSON or a file as its body at the transport: the stack has no `prepare`, or a layer inside it set such a body",
        "请求到达传输层时，请求体仍是 JSON 或文件：栈中没有 `prepare`，或 `prepare` 之内的层又设置了这样的请求体",
    ),
    (
        "wait() would hang here, inside a middleware or transport of a call made with wait(); use .await",
        "wait() 调用的中间件或传输层中不能再用 wait()，否则会死锁；请用 .await",
    ),
    (
        "the background runtime could not be started: {}",
        "无法启动后台运行时：{}",
    ),
    (
        "the call ended without an answer: a middleware or transport panicked",
        "调用没有得到应答：中间件或传输层发生了 panic",
    ),
    (
        "this APIv2 answer is a signed message and cannot be streamed: use .await or .wait()",
        "这个 APIv2 应答是已签名的消息，不能流式读取：请用 .await 或 .wait()",
    ),
    (
        "the field {} of the response was not encrypted to this merchant's certificate",
        "应答的字段 {} 不是用本商户的证书加密的",
    ),
    ("the text for the QR code is empty", "二维码的文本为空"),
    ("the prepared answers are used up", "准备好的应答已经用完"),
    ("the connection has no watch", "无法监视连接"),
];
