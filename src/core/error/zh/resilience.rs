//! Retries, limits and unknown outcomes in Chinese.

/// See [`MESSAGES`](super::MESSAGES).
pub(super) const RESILIENCE: &[(&str, &str)] = &[
    // Limits, breakers and backup hosts.
    (
        "{} in flight, the maximum of max_in_flight(..), and none ended within {} s; nothing was sent: try again later, or raise the bound",
        "{0}，已达 max_in_flight(..) 的上限，{1} 秒内没有空位，请求未发出：请稍后再试，或调高上限",
    ),
    ("1 call is", "有 1 个调用正在进行"),
    ("{} calls are", "有 {} 个调用正在进行"),
    (
        "{} {} has reached its limit in rate_limits(..); nothing was sent: the next call is possible in {} s",
        "{} {} 已达 rate_limits(..) 的频率限制，请求未发出：{} 秒后才能再次调用",
    ),
    (
        "the circuit breaker of {} is open; nothing was sent: {}",
        "{} 的熔断器已打开，请求未发出：{}",
    ),
    (
        "the host did not answer several calls in a row",
        "该主机连续多次没有应答",
    ),
    ("a trial call is being made now", "正在试探该主机"),
    (
        "it lets a trial call through in {} s",
        "{} 秒后放行一个请求去试探",
    ),
    (
        "the backup of failover(..) and base_url(..) have different paths, and signatures cover the path: give both the same path",
        "failover(..) 的备用地址与 base_url(..) 的路径不同，而签名包含路径：请让两者的路径相同",
    ),
    (
        "the URL for the backup host cannot be built",
        "无法构造备用域名的 URL",
    ),
    (
        "the URL of Redis is malformed: write it as redis://host:port/db (rediss:// needs a TLS feature of the crate redis)",
        "Redis 的 URL 格式有误：请写成 redis://host:port/db（rediss:// 需要 crate `redis` 的 TLS 特性）",
    ),
    // Unknown outcomes.
    (
        "the outcome of a download is its file: make the call with .await",
        "下载的结果就是文件：请用 .await 调用",
    ),
    (
        "the request was made before, and its outcome is not known",
        "请求此前已发出，结果未知",
    ),
    (
        "WeChat Pay accepted the payment but has not decided it: the user may have to confirm it",
        "微信支付已受理这笔支付，但尚无结果：可能需要用户确认",
    ),
    (
        "Redis does not answer, so this process counts for itself",
        "Redis 没有应答，本进程改为单独计数",
    ),
];
