//! Notifications in Chinese.

/// See [`MESSAGES`](super::MESSAGES).
pub(super) const NOTIFY: &[(&str, &str)] = &[
    (
        "the notification's resource does not match the requested type",
        "通知的 resource 与要求的类型不符",
    ),
    (
        "the refund notification carries no signature, and it could not be decrypted",
        "退款通知没有签名，且无法解密",
    ),
    (
        "the notification cannot be trusted: it is not written as WeChat Pay writes notifications; do not act on it, and query the order or the refund instead",
        "通知不可信：它不是微信支付通知的写法；请不要据此处理，改为查询订单或退款",
    ),
    (
        "the notification cannot be trusted: the member {} contains the text of another member (\"&name=\"), and a forged message could have the same signature; do not act on it, query the order instead, and keep \"&name=\" out of the order's own texts (attach)",
        "通知不可信：成员 {} 中含有其他成员的写法（\"&name=\"），伪造的消息可能有同样的签名；请不要据此处理，改为查询订单，并避免在订单自己的文本（attach）中出现 \"&name=\"",
    ),
    (
        "the notification cannot be trusted: it is not APIv2's signed XML",
        "通知不可信：它不是 APIv2 的已签名 XML",
    ),
    (
        "the name of an element is not made of letters, digits, '_', '-' and '.'",
        "元素名称含有字母、数字、'_'、'-'、'.' 之外的字符",
    ),
    ("an element occurs twice", "有元素出现了两次"),
    (
        "an element contains elements, which no signature covers",
        "元素中含有下级元素，签名没有覆盖它们",
    ),
    (
        "there is no key to verify notifications with: give platform_key(\"PUB_KEY_ID_…\", PublicKey::from_file(\"pub_key.pem\")?), both shown at 商户平台 → 账户中心 → API安全 → 微信支付公钥, or v2_key(..) for APIv2",
        "缺少验证通知的公钥：请提供 platform_key(\"PUB_KEY_ID_…\", PublicKey::from_file(\"pub_key.pem\")?)，两者都在 商户平台 → 账户中心 → API安全 → 微信支付公钥 查看；APIv2 请提供 v2_key(..)",
    ),
    ("req_info is not base64", "req_info 不是 base64"),
    (
        "req_info was not encrypted with the APIv2 key ({} tried): give the one set at 商户平台 → 账户中心 → API安全 → APIv2密钥",
        "req_info 不是用 APIv2密钥加密的（试过 {} 个）：请提供在 商户平台 → 账户中心 → API安全 → APIv2密钥 设置的密钥",
    ),
    (
        "refund_status is not the status of a refund",
        "refund_status 不是退款状态",
    ),
    ("refund_status is missing", "缺少 refund_status"),
    (
        "refund_id is missing, or is not in the form of WeChat Pay's numbers",
        "缺少 refund_id，或不是微信支付单号的形式",
    ),
    (
        "a block of refund_id is repeated, or refund_id is in the wrong place",
        "refund_id 有重复的分组，或位置不对",
    ),
    ("the refund has no id", "退款没有单号"),
    (
        "the certificate that signed the notification could not be requested, so do not act on it: {}",
        "无法获取为通知签名的证书，请不要据此处理：{}",
    ),
    (
        "the certificate that signed the notification did not arrive in time; it is still being fetched, and the next delivery may be verified with it",
        "为通知签名的证书没有及时取得；仍在获取中，下一次发送可能就能验签",
    ),
    (
        "a signature probe by WeChat Pay, to check that notifications are verified: answer 4xx and raise no alarm",
        "微信支付的签名探测，用来检查是否验签：请返回 4xx，不必报警",
    ),
    (
        "the decrypted resource is not JSON; read Error::body and ask WeChat Pay's support",
        "解密后的 resource 不是 JSON；请查看 Error::body 并联系微信支付技术支持",
    ),
    (
        "the field {} is encrypted to the merchant's certificate: give private_key(..), or fields(FieldPolicy::Off) to get the ciphertext",
        "字段 {} 用商户API证书加密：请提供 private_key(..)，或用 fields(FieldPolicy::Off) 取得密文",
    ),
    (
        "the notification's signature is valid, but its body is not the JSON object of a notification with an id",
        "通知的签名有效，但请求体不是带有 id 的通知 JSON 对象",
    ),
    (
        "the notification is about a different merchant than the one whose key verified it; do not act on it",
        "通知属于另一个商户，而不是验签所用密钥的商户；请不要据此处理",
    ),
    (
        "the notification names none of the registry's merchants, and another merchant of the registry has the same APIv3 key, so it may be about a different merchant; do not act on it: give each merchant a separate APIv3 key, and the sub-merchants of each to Account::sub_mchid",
        "通知没有写明商户，而注册表中另一个商户的 APIv3密钥与此相同，通知可能属于另一个商户；请不要据此处理：请为每个商户设置不同的 APIv3密钥，并用 Account::sub_mchid 登记各商户的子商户",
    ),
    (
        "no merchant of the registry knows the key that the notification names, and as long as the merchant is unknown, no certificate is fetched: put the merchant id into the notify_url and use by_path(), or call Client::certificates() for each merchant at the start and once a day",
        "通知所用的公钥或平台证书不属于注册表中的任何商户；不知道是哪个商户时，不会获取平台证书：请在 notify_url 中写入商户号并使用 by_path()，或在启动时和以后每天为每个商户调用 Client::certificates()",
    ),
    (
        "the notification was handled, but the store did not confirm the record: it is tried again until the lease ends, and after that the next delivery may be handled again",
        "通知已处理，但去重存储没有确认记录：在占用过期之前会继续尝试，之后再次发送的通知可能会重复处理",
    ),
    (
        "another delivery of the notification is being handled and may still fail, so this one cannot be answered with success: pass the error to refuse(..), and WeChat Pay posts the notification again",
        "同一通知的另一次发送正在处理，仍可能失败，因此这一次不能应答成功：请把此错误传给 refuse(..)，微信支付会重新发送",
    ),
    (
        "the notification is of APIv2, and this endpoint accepts only APIv3; do not act on it",
        "这是 APIv2 的通知，而该地址只接受 APIv3；请不要据此处理",
    ),
    // Merchants, stores and replies.
    (
        "the merchant {} is already in the registry: use replace(..)",
        "商户 {} 已在注册表中：请用 replace(..)",
    ),
    (
        "the merchant {} is not in the registry: use add(..)",
        "商户 {} 不在注册表中：请用 add(..)",
    ),
    (
        "{} already belongs to the merchant {}: give it to one of the two",
        "{} 已登记给商户 {}：请只登记给其中一个商户",
    ),
    (
        "{} names no merchant of the registry; nothing was decrypted",
        "通知没有解密：{} 中没有注册表里的商户号",
    ),
    ("the last segment of the path", "路径最后一段"),
    ("the header {}", "请求头 {}"),
    (
        "the notification names no key of WeChat Pay, so its merchant is unknown; do not act on it",
        "通知没有指明微信支付的公钥或平台证书，无法确定属于哪个商户；请不要据此处理",
    ),
    (
        "the notification is signed with a certificate that several merchants of the registry know: put the merchant id into each notify_url, and read it with by_path()",
        "注册表中有多个商户持有为通知签名的平台证书，无法确定通知属于哪一个：请在各商户的 notify_url 中写入商户号，并使用 by_path()",
    ),
    (
        "lease, retention and timeout must be longer than zero, and they and renew_for must be at most 366 days",
        "lease、retention 和 timeout 必须大于零，并且与 renew_for 一样不能超过 366 天",
    ),
    (
        "the deduplication store did not answer in time: check its connection, or raise NotificationsBuilder::timeout",
        "去重存储没有及时应答：请检查连接，或调高 NotificationsBuilder::timeout",
    ),
    (
        "the store is full, so this notification was not recorded: raise the capacity of MemoryStore, shorten retention, or use RedisStore",
        "去重存储已满，这条通知没有记录：请调高 MemoryStore 的容量，缩短 retention，或改用 RedisStore",
    ),
    (
        "Redis cannot tell whether this notification is a duplicate; it was not handled, and WeChat Pay will send it again",
        "Redis 无法判断通知是否重复，因此没有处理，微信支付会重新发送",
    ),
    ("Redis did not answer", "Redis 没有应答"),
    (
        "the database cannot tell whether this notification is a duplicate; it was not handled, and WeChat Pay will send it again",
        "数据库无法判断通知是否重复，因此没有处理，微信支付会重新发送",
    ),
    (
        "the database did not execute the statement",
        "数据库没有执行该语句",
    ),
    (
        "APIv2's replies hold no data: answer ()",
        "APIv2 通知的应答不能带数据：请返回 ()",
    ),
    (
        "this notification expects data: answer with the data, not with ()",
        "这种通知的应答必须带数据：请返回数据，而不是 ()",
    ),
    (
        "the reply to this notification must be signed: give private_key(..) and serial(..)",
        "这种通知的应答必须签名：请提供 private_key(..) 和 serial(..)",
    ),
    (
        "the handler of a notification panicked: fix the handler; WeChat Pay will send the notification again",
        "通知的处理函数发生了 panic：请修复处理函数；微信支付会重新发送通知",
    ),
    (
        "the notification was handled, but its claim had expired and another delivery is being handled: it may be handled twice; raise renew_for above the time of the slowest handler, and lease above the longest outage of the store",
        "通知已处理，但占用已经过期，同一通知的另一次发送也在处理，可能处理了两次：请把 renew_for 调到长于最慢的处理，把 lease 调到长于去重存储最久的故障",
    ),
    (
        "the handler failed, and the store did not confirm that the claim was released: deliveries are deferred until the claim expires, after lease at the latest",
        "处理失败，去重存储也没有确认释放占用：占用过期之前（最久为 lease）收到的发送都会推迟处理",
    ),
    (
        "the notification's body did not arrive in time: check the proxy, or raise NotificationsBuilder::timeout",
        "通知的请求体没有及时收完：请检查代理，或调高 NotificationsBuilder::timeout",
    ),
    (
        "the notification's body ended too early",
        "通知的请求体没有收完",
    ),
    (
        "the request is longer than 1 MiB, so it is not a notification",
        "请求超过 1 MiB，不是通知",
    ),
    ("no claim can be made", "无法占用通知"),
];
