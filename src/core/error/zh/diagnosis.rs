//! Causes of rejected notifications in Chinese.

/// See [`MESSAGES`](super::MESSAGES).
pub(super) const DIAGNOSIS: &[(&str, &str)] = &[
    // APIv2.
    (
        "the element is named <{}>, and WeChat Pay writes <sign>: pass the body as received",
        "元素名是 <{}>，微信支付写的是 <sign>：请原样传入请求体",
    ),
    (
        "sign_type is {}, but the sign has {} digits, as {} has: one of them was changed; pass the body as received",
        "sign_type 是 {}，但 sign 有 {} 位，与 {} 相同：其中一个被改动；请原样传入请求体",
    ),
    (
        "this is an APIv2 notification, and no APIv2 key was given: give the one set at 商户平台 → 账户中心 → API安全 → APIv2密钥",
        "这是 APIv2 的通知，但没有提供 APIv2密钥：请提供在 商户平台 → 账户中心 → API安全 → APIv2密钥 设置的密钥",
    ),
    (
        "the body begins as XML but is not an APIv2 notification; it may be a proxy's page: pass the bytes as received",
        "请求体以 XML 开头，但不是 APIv2 的通知，可能是代理的页面：请原样传入收到的字节",
    ),
    (
        "the element <sign> is missing or empty, and only refunds (with req_info) come without one: pass the body as received; if it arrived like this, WeChat Pay did not send it",
        "元素 <sign> 缺失或为空，只有退款通知（带 req_info）没有它：请原样传入请求体；如果收到时就是这样，它不是微信支付发送的",
    ),
    (
        "the sign is in lower case or has spaces around it, and WeChat Pay writes upper case: pass the body as received",
        "sign 是小写或前后有空格，微信支付写的是大写：请原样传入请求体",
    ),
    (
        "the sign is neither 32 digits (MD5) nor 64 (HMAC-SHA256) of hexadecimal: pass the body as received",
        "sign 既不是 32 位（MD5）也不是 64 位（HMAC-SHA256）十六进制：请原样传入请求体",
    ),
    (
        "the sign was made with the key that was given as the APIv3 key: the two keys are swapped, so give this one as the APIv2 key (商户平台 → 账户中心 → API安全 → APIv2密钥)",
        "sign 是用作为 APIv3密钥提供的密钥生成的：两个密钥弄反了，请把它作为 APIv2密钥提供（商户平台 → 账户中心 → API安全 → APIv2密钥）",
    ),
    (
        "the refund opens with the key that was given as the APIv3 key: the two keys are swapped, so give this one as the APIv2 key (商户平台 → 账户中心 → API安全 → APIv2密钥)",
        "用作为 APIv3密钥提供的密钥可以解开退款信息：两个密钥弄反了，请把它作为 APIv2密钥提供（商户平台 → 账户中心 → API安全 → APIv2密钥）",
    ),
    (
        "the APIv2 key matches in upper or lower case or without the spaces around it: give the key exactly as it was set",
        "APIv2密钥改变大小写或去掉前后空格后相符：请按设置时的原样提供",
    ),
    (
        "the sign does not match: the APIv2 key is another merchant's, or was changed since (give the previous one), or the message is from WeChat Pay's sandbox (沙箱), which signs with a different key, or elements of the body were changed (pass it as received)",
        "sign 不符：APIv2密钥是其他商户的，或之后更换过（请提供之前的），或消息来自微信支付的沙箱（用另一个密钥签名），或请求体的元素被改动（请原样传入）",
    ),
    (
        "req_info has spaces in place of +, as after form decoding: pass the body as received",
        "req_info 中的 + 变成了空格，像是经过表单解码：请原样传入请求体",
    ),
    (
        "req_info is not the base64 of whole blocks of 16 bytes: it was cut or changed; pass the body as received",
        "req_info 不是 16 字节整数倍内容的 base64，被截断或改动：请原样传入请求体",
    ),
    (
        "the refund was not encrypted with the given APIv2 key, and it has no signature that would tell more: give the key set at 商户平台 → 账户中心 → API安全 → APIv2密钥 of the notified merchant, and after a change also the previous one",
        "退款信息不是用提供的 APIv2密钥加密的，且没有签名可供进一步判断：请提供被通知商户在 商户平台 → 账户中心 → API安全 → APIv2密钥 设置的密钥，更换过的还请提供之前的",
    ),
    // Headers.
    (
        "{} {} missing or empty: pass all four Wechatpay-* headers as received, and check whether a proxy drops some",
        "{0} 缺失或为空：请原样传入全部四个 Wechatpay-* 请求头，并检查是否被代理丢弃",
    ),
    (
        "the header {} is named {} here, as in CGI and PHP's $_SERVER: name it {}",
        "请求头 {} 在这里写成了 CGI 和 PHP $_SERVER 中的名称 {}：请改为 {}",
    ),
    (
        "the header {} appears more than once: pass the headers of one delivery, each once",
        "请求头 {} 出现了多次：请传入同一次发送的请求头，每个一次",
    ),
    (
        "the header {} is not ASCII text: pass the headers as received",
        "请求头 {} 不是 ASCII 文本：请原样传入请求头",
    ),
    (
        "the value of {} has quotation marks, a comma or the header's name around it: give the bare value",
        "{} 的值带有引号、逗号或请求头名称：请只提供值本身",
    ),
    (
        "{} and {} are swapped: give each its own value",
        "{} 与 {} 的值弄反了：请各自填写",
    ),
    (
        "none of the headers Wechatpay-Serial, Wechatpay-Timestamp, Wechatpay-Nonce and Wechatpay-Signature is present: keep the headers of the request together with its body, and check whether a proxy drops them",
        "没有 Wechatpay-Serial、Wechatpay-Timestamp、Wechatpay-Nonce、Wechatpay-Signature 中的任何一个请求头：请把请求头与请求体一起保存，并检查是否被代理丢弃",
    ),
    (
        "these are the headers of a request to WeChat Pay (Authorization), and a notification is signed with the Wechatpay-* headers: use the headers of WeChat Pay's request to the notify_url",
        "这是发往微信支付的请求头（Authorization），而通知用 Wechatpay-* 请求头签名：请使用微信支付发往 notify_url 的请求头",
    ),
    (
        "the timestamp is not in whole seconds, as WeChat Pay writes it (10 digits): pass Wechatpay-Timestamp as received, and do not convert it",
        "时间戳不是微信支付所写的整秒（10 位数字）：请原样传入 Wechatpay-Timestamp，不要换算",
    ),
    (
        "the timestamp is not a number of Unix seconds (10 digits): pass Wechatpay-Timestamp as received, and do not write it as a date",
        "时间戳不是 Unix 秒数（10 位数字）：请原样传入 Wechatpay-Timestamp，不要写成日期",
    ),
    (
        "{}; an old notification is refused because it may be a replay",
        "{}；过期的通知可能是重放，因此拒绝",
    ),
    (
        "this is a probe: WeChat Pay deliberately sends a wrong signature to check that signatures are verified; answer 401, and raise no alarm",
        "这是微信支付的探测：故意发送错误的签名，检查是否验签；请返回 401，不必报警",
    ),
    // The body.
    (
        "the signature is that of an empty body: the headers and the body belong to different messages",
        "签名对应的是空请求体：请求头与请求体不属于同一条消息",
    ),
    (
        "white space or a line break at the start or end of the body differs from the signed bytes: keep the bytes as received (an editor or echo adds a line break; printf %s does not)",
        "请求体开头或结尾的空白、换行与签名时不同：请保持收到的字节（编辑器和 echo 会加换行，printf %s 不会）",
    ),
    (
        "NUL bytes were added after the body: read as many bytes as Content-Length says, not the whole buffer",
        "请求体后面多了 NUL 字节：请按 Content-Length 读取，不要取整个缓冲区",
    ),
    (
        "a byte order mark (EF BB BF) at the beginning of the body makes the difference: save and read it as UTF-8 without one",
        "请求体开头多了 BOM（EF BB BF）：请以不带 BOM 的 UTF-8 保存和读取",
    ),
    (
        "the line ends of the body were changed (CR LF, LF) or added: keep the bytes as received, and copy them in binary mode",
        "请求体的换行被改动（CR LF、LF）或增加：请保持收到的字节，以二进制方式复制",
    ),
    (
        "the body is written as nginx writes logs, with \\x22 for a quotation mark: unescape it, or set escape=none in log_format",
        "请求体是 nginx 日志的写法，引号写成了 \\x22：请还原，或在 log_format 中设置 escape=none",
    ),
    (
        "the body is a JSON text within a JSON text, with \\\" for each quotation mark: decode the outer one, and verify the text itself",
        "请求体是 JSON 文本中的 JSON 文本，引号写成了 \\\"：请先解开外层，再对内层文本验签",
    ),
    (
        "there are quotation marks around the body: remove them, as only the bytes between them were signed",
        "请求体外面有引号：请去掉，签名只覆盖引号之间的字节",
    ),
    (
        "the body includes the request's head: pass only the part after the empty line",
        "请求体中含有请求头：请只传入空行之后的部分",
    ),
    (
        "characters of the body are written as in HTML (&quot;): keep the bytes as received, before anything escapes them for a page",
        "请求体的字符被写成了 HTML 形式（&quot;）：请使用转义之前收到的字节",
    ),
    (
        "the body is percent-encoded (%7B%22): keep the bytes as received, without encoding them for a URL",
        "请求体做了百分号编码（%7B%22）：请保持收到的字节，不要编码",
    ),
    (
        "the body was read as a form, which turns + into spaces or adds =: read the raw body, before a framework parses it",
        "请求体被当作表单读取，+ 变成空格或多了 =：请在框架解析之前读取原始请求体",
    ),
    (
        "the body was read or written in another charset than UTF-8 (GBK, ISO 8859-1, UTF-16): handle it as bytes, or name UTF-8 in both directions",
        "请求体以 UTF-8 之外的字符集读写（GBK、ISO 8859-1、UTF-16）：请按字节处理，或读写都指定 UTF-8",
    ),
    (
        "the slashes of the body are escaped (\\/), as PHP's json_encode does: verify the raw body, before it is parsed and written again",
        "请求体的斜杠被转义（\\/），PHP 的 json_encode 会这样做：请对解析前的原始请求体验签",
    ),
    (
        "the body was parsed and written as JSON again (blanks, \\/ or \\uXXXX differ): verify the raw body, before it is parsed",
        "请求体被解析后重新写成 JSON（空格、\\/ 或 \\uXXXX 不同）：请对解析前的原始请求体验签",
    ),
    (
        "the members of the body are in another order than was signed: it was parsed and written again; verify the raw body, before it is parsed",
        "请求体成员的顺序与签名时不同，是解析后重新写出的：请对解析前的原始请求体验签",
    ),
    (
        "members that are null were added to the body: it was parsed into a type and written again; verify the raw body, before it is parsed",
        "请求体多了值为 null 的成员，是解析成类型后重新写出的：请对解析前的原始请求体验签",
    ),
    (
        "numbers of the body are written in another form than was signed (1.0, \"1\"): it was parsed and written again; verify the raw body, before it is parsed",
        "请求体数字的写法与签名时不同（1.0、\"1\"），是解析后重新写出的：请对解析前的原始请求体验签",
    ),
    (
        "the body is a printed dict, with ' for a quotation mark: verify the raw body, before it is parsed",
        "请求体是打印出来的 dict，引号写成了 '：请对解析前的原始请求体验签",
    ),
    (
        "the last characters of the body are missing: read as many bytes as Content-Length says, to the end",
        "请求体缺少末尾的字符：请按 Content-Length 读完",
    ),
    // The signature.
    (
        "Wechatpay-Serial is not written as WeChat Pay writes it, {}: pass the header as received",
        "Wechatpay-Serial 与微信支付的写法 {} 不同：请原样传入请求头",
    ),
    (
        "download the public key of that id at 商户平台 → 账户中心 → API安全 → 微信支付公钥, and give it with its id",
        "请在 商户平台 → 账户中心 → API安全 → 微信支付公钥 下载该 ID 的公钥，并连同 ID 一起提供",
    ),
    (
        "fetch the platform certificate (平台证书) of that serial, and give it too",
        "请获取该序列号的平台证书，并一起提供",
    ),
    (
        "the key {} that Wechatpay-Serial names was not given ({} was): {}",
        "没有提供 Wechatpay-Serial 指明的密钥 {}（提供的是 {}）：{}",
    ),
    ("is written in hexadecimal", "写成了十六进制"),
    ("is the base64 of hexadecimal", "是十六进制文本的 base64"),
    ("is encoded in base64 twice", "做了两次 base64"),
    (
        "is written in URL-safe base64, with - and _",
        "写成了 URL 安全的 base64，含有 - 和 _",
    ),
    ("lacks the = at its end", "缺少末尾的 ="),
    ("contains line breaks or spaces", "含有换行或空格"),
    (
        "has spaces in place of +, as after form decoding",
        "中的 + 变成了空格，像是经过表单解码",
    ),
    (
        "is percent-encoded (%2B for +)",
        "做了百分号编码（+ 写成 %2B）",
    ),
    ("is empty", "为空"),
    (
        "is as short as a digest, so it is not an RSA signature",
        "与摘要一样短，不是 RSA 签名",
    ),
    ("is not base64", "不是 base64"),
    (
        "the value of Wechatpay-Signature {}: pass the header exactly as received",
        "Wechatpay-Signature 的值{}：请原样传入请求头",
    ),
    (
        "Wechatpay-Signature has {} bytes instead of {}: it was truncated or extended; pass the header exactly as received",
        "Wechatpay-Signature 是 {} 字节，应为 {} 字节，被截断或加长：请原样传入请求头",
    ),
    (
        "the signature was made neither with the key {} nor with another given key: check that the file is WeChat Pay's key with this id for this merchant, and that the signature is complete; otherwise the signature is forged",
        "签名不是用密钥 {} 生成的，也不是用其他已提供的密钥：请检查文件是否为该商户、该 ID 的微信支付公钥，签名是否完整；否则签名是伪造的",
    ),
    (
        "the signature was made with none of the given keys: give the key that Wechatpay-Serial names",
        "签名不是用已提供的密钥生成的：请提供 Wechatpay-Serial 指明的密钥",
    ),
    (
        "the signing key was given as {}, but Wechatpay-Serial names {}: check that each key file has its own id, and that the header belongs to this notification",
        "签名所用的密钥是以 {} 提供的，而 Wechatpay-Serial 指明的是 {}：请检查每个密钥文件与 ID 是否对应，请求头是否属于这条通知",
    ),
    (
        "no key of WeChat Pay was given to verify this APIv3 notification: give WeChat Pay's public key and its id, or a platform certificate",
        "没有提供验证 APIv3 通知的密钥：请提供微信支付公钥及其 ID，或平台证书",
    ),
    (
        "Wechatpay-Serial is the serial of the merchant's own certificate: give the header as WeChat Pay sent it, which names WeChat Pay's key",
        "Wechatpay-Serial 是商户API证书的序列号：请原样提供微信支付发送的请求头，它指明的是微信支付的密钥",
    ),
    (
        "the merchant's own private key made the signature: this is your own request or test, not a notification from WeChat Pay",
        "签名是用商户自己的私钥生成的：这是自己的请求或测试，不是微信支付的通知",
    ),
    (
        "the key is right, but the signed digest is not SHA-256: WeChat Pay signs with SHA256withRSA only",
        "密钥正确，但签名的摘要不是 SHA-256：微信支付只用 SHA256withRSA 签名",
    ),
    (
        "the letters of Wechatpay-Nonce were changed to upper or lower case: pass the header as received",
        "Wechatpay-Nonce 的大小写被改动：请原样传入请求头",
    ),
    (
        "the signature is r and s one after the other (64 bytes), but WeChat Pay writes it in DER: pass the header exactly as received, or sign a test notification as WeChat Pay does",
        "签名是 r 和 s 直接相连（64 字节），而微信支付使用 DER 编码：请原样传入请求头；测试通知请按微信支付的方式签名",
    ),
    (
        "the bytes of Wechatpay-Signature are not an SM2 signature in DER, but the key that was given is an SM2 key: pass the header exactly as received, and give the key that Wechatpay-Serial names",
        "Wechatpay-Signature 的字节不是 DER 编码的 SM2 签名，而提供的是 SM2 密钥：请原样传入请求头，并提供 Wechatpay-Serial 指明的密钥",
    ),
    (
        "no given key verifies the SM2 signature, and no common alteration explains it: pass the headers and the body of one delivery, the body byte for byte as received, and check that the key is WeChat Pay's with this id; otherwise the signature is forged",
        "已提供的密钥都无法验证这个 SM2 签名，常见的改动也无法解释：请传入同一次发送的请求头和请求体，请求体要逐字节保持原样，并检查密钥是否为微信支付的、与 ID 对应；否则签名是伪造的",
    ),
    // The resource.
    (
        "the APIv3 key is right, and the resource's associated_data is missing: it was {}; pass the body as received",
        "APIv3密钥正确，但 resource 缺少 associated_data：原为 {}；请原样传入请求体",
    ),
    (
        "the APIv3 key is right, and the resource's associated_data was changed: it was {}; pass the body as received",
        "APIv3密钥正确，但 resource 的 associated_data 被改动：原为 {}；请原样传入请求体",
    ),
    (
        "the APIv3 key is right, and the resource's associated_data is missing or its ciphertext was changed: pass the body as received",
        "APIv3密钥正确，但 resource 缺少 associated_data 或密文被改动：请原样传入请求体",
    ),
    (
        "the APIv3 key is right, and the resource's associated_data or ciphertext was changed: pass the body as received",
        "APIv3密钥正确，但 resource 的 associated_data 或密文被改动：请原样传入请求体",
    ),
    (
        "the body is not JSON, and no common alteration explains the signature: pass the bytes as received",
        "请求体不是 JSON，常见的改动都无法解释签名：请原样传入收到的字节",
    ),
    (
        "the signature is valid, but the body has no id: this is the answer to a request, not a notification",
        "签名有效，但请求体没有 id：这是请求的应答，不是通知",
    ),
    (
        "the body is empty: something has already read it; keep the bytes when they are first read",
        "请求体为空，已被读取过：请在第一次读取时保存字节",
    ),
    (
        "the body ends in the middle of its JSON: read as many bytes as Content-Length says, to the end",
        "请求体的 JSON 不完整：请按 Content-Length 读完",
    ),
    (
        "the body is only the resource, and the signature covers the whole body: pass the body as received",
        "请求体只有 resource，而签名覆盖整个请求体：请原样传入请求体",
    ),
    (
        "the body has no resource, so it is not a notification but a decrypted resource or the answer to a request: pass the body that was posted to the notify_url",
        "请求体没有 resource，不是通知，而是解密后的 resource 或请求的应答：请传入发往 notify_url 的请求体",
    ),
    (
        "the right key signed a different body: this body belongs to another notification, or was changed outside its resource; pass the headers and the body of one delivery",
        "密钥正确，但签名的是另一个请求体：它属于其他通知，或在 resource 之外被改动；请传入同一次发送的请求头和请求体",
    ),
    (
        "the right key signed a different body, and no common alteration explains it: pass the headers and the body of one delivery, the body byte for byte as received",
        "密钥正确，但签名的是另一个请求体，常见的改动都无法解释：请传入同一次发送的请求头和请求体，请求体要逐字节保持原样",
    ),
    (
        "the resource opens with the key that was given as the APIv2 key: the two keys are swapped, so give this one as the APIv3 key (商户平台 → 账户中心 → API安全 → APIv3密钥)",
        "用作为 APIv2密钥提供的密钥可以解开 resource：两个密钥弄反了，请把它作为 APIv3密钥提供（商户平台 → 账户中心 → API安全 → APIv3密钥）",
    ),
    (
        "the resource opens when the APIv3 key is converted to upper or lower case: give the key exactly as it was set",
        "APIv3密钥改变大小写后可以解开 resource：请按设置时的原样提供",
    ),
    (
        "the signature is valid, but the APIv3 key is wrong: give the key set at 商户平台 → 账户中心 → API安全 → APIv3密钥 of the notified merchant, and after a change also the previous one",
        "签名有效，但 APIv3密钥有误：请提供被通知商户在 商户平台 → 账户中心 → API安全 → APIv3密钥 设置的密钥，更换过的还请提供之前的",
    ),
    (
        "the signature was made without the user id, so it is not WeChat Pay's: sign a test notification with 1234567812345678 (openssl: -sigopt distid:1234567812345678)",
        "签名时没有使用用户标识，不是微信支付的签名：测试通知请用 1234567812345678 签名（openssl：-sigopt distid:1234567812345678）",
    ),
    (
        "the signature covers the SM3 of the text alone, so it is not WeChat Pay's: sign a test notification over the digest of user id and public key, and the text after it",
        "签名只覆盖文本的 SM3，不是微信支付的签名：测试通知请先写用户标识与公钥的摘要，再写文本，对两者签名",
    ),
    (
        "the SM2 key signed a SHA-256 digest, so it is not WeChat Pay's signature: sign a test notification with SM3",
        "SM2 密钥签名的是 SHA-256 摘要，不是微信支付的签名：测试通知请用 SM3 签名",
    ),
    (
        "is too short for an SM2 signature in DER",
        "太短，不是 DER 编码的 SM2 签名",
    ),
];
