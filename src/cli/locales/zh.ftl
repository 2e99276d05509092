# 命令的中文文案。每个 id 在 en.ftl 中都有对应，由 i18n_tests.rs 核对。

## 帮助：命令

cmd = 在命令行调用微信支付的任意接口：自动签名、加密、验签、解密。
cmd-note-long =
    设置：命令行选项优先于环境变量，环境变量优先于配置文件。
    “设置”下的每个选项 --x-y 都对应环境变量 WECHATPAY_X_Y 和配置文件里的 x_y。APIv3密钥和 APIv2密钥可以放在 WECHATPAY_APIV3_KEY、WECHATPAY_V2_KEY 或配置文件里，但不能写在命令行上。配置文件是 ~/.config/wechatpay/config.toml，每个账户一个 TOML 表；不指定 --profile 时使用 [default]。

    语言：由 --lang 指定；未指定时依次看 LC_ALL、LC_MESSAGES、LANG。

    { exit-codes }
exit-codes =
    退出码：
      0    成功；读取输出的程序提前退出时也是 0
      1    doctor 发现问题，没有搜索结果，或 bill --reconcile 发现差异
      2    命令用法有误
      3    设置有误：凭证缺失、无法读取或互不匹配
      4    输入有误：无法组成请求，或本地文件不可用；请求未发出，或只是 GET
      5    无法连接；GET 请求中途断开也是 5
      6    超时，但不会产生影响：请求未发出，或只是 GET
      7    微信支付拒绝了请求
      8    应答不可信（验签失败），或无法解密、无法读取
      9    结果未知：请求可能已被处理，资金可能已经变动，请务必先查单。非 GET 请求的应答无法写入时也是 9
      130  被中断，没有产生影响
    遇到 8 也要先查单：非 GET 请求可能已被处理。
cmd-request = 调用任意接口，支持 APIv3 和 APIv2
cmd-order = 查询或关闭订单
cmd-order-query = 按单号查询订单
cmd-order-query-note =
    以 4 开头的 28 位数字按微信支付订单号（transaction_id）查询，其他按商户订单号（out_trade_no）查询；也可以用 --transaction-id 或 --out-trade-no 指定。商户号取自设置。输出和退出码与 request 相同。
cmd-order-close = 按商户订单号（out_trade_no）关闭未支付的订单
cmd-refund = 查询退款
cmd-refund-query = 按商户退款单号（out_refund_no）查询退款
cmd-transfer = 查询商家转账
cmd-transfer-query = 按单号查询转账
cmd-transfer-query-note =
    超过 32 位的数字，或以 1330000 开头且不少于 30 位的数字，按微信转账单号（transfer_bill_no）查询，其他按商户单号（out_bill_no）查询；也可以用 --transfer-bill-no 或 --out-bill-no 指定。
cmd-bill = 下载账单，核对合计，并与自己的订单对账
cmd-bill-note =
    每份账单都先校验摘要、核对合计，再写入文件。默认写到当前目录的 类型-商户号-日期.csv，权限 0600；可用 --output 指定。命令会输出账单的合计。

    --reconcile 把交易账单与自己的订单（CSV 文件）对账：需要 out_trade_no 列，以及 amount 列（单位元，如 19.90）或 amount_fen 列（单位分）。如果有 out_refund_no 列，该列有值的行是退款。sub_mchid 列用于区分不同子商户的订单。文件中只应有所查日期的订单。有差异时退出码为 1。

    当天的账单在次日 10:00（北京时间）前生成。
cmd-endpoints = 搜索接口，查看字段说明
cmd-certs = 平台证书
cmd-certs-download = 下载平台证书，验签、解密后保存为 wechatpay_序列号.pem
cmd-certs-download-note =
    选项与 PHP SDK 的 CertificateDownloader.php 相同，只有 -k 例外：命令行参数对本机其他用户可见，所以 -k 填写存放密钥的文件名，或用 env:变量名 指定环境变量。各选项也可以用“设置”代替。
cmd-notify = 处理保存下来的回调通知
cmd-notify-open = 对一条通知验签并解密，支持 APIv3 和 APIv2
cmd-notify-open-note =
    请求头文件每行一个 HTTP 头，例如 "Wechatpay-Serial: …"；其他行和其他请求头会被忽略。请求体文件必须是收到的原始字节，一个字节都不能改。

    签名的有效期是 5 分钟。较早的通知请加 --ignore-age 打开，签名照样会验证。

    验证不通过时，会逐条列出能找到的原因：请求体在途中被改动（以及怎样改动）、请求头被改名或改写、密钥不对。
cmd-sign = 只签名，不发请求
cmd-sign-pay-params = 输出前端调起支付所需的参数（JSON）
cmd-sign-pay-params-jsapi = JSAPI 支付：微信内置浏览器中的网页
cmd-sign-pay-params-mini-program = 小程序支付
cmd-sign-pay-params-app = APP 支付
cmd-sign-pay-params-h5 = H5 支付：微信以外的浏览器，输出要跳转的 URL
cmd-sign-pay-params-v2-jsapi = APIv2：JSAPI 支付或小程序支付
cmd-sign-pay-params-v2-app = APIv2：APP 支付
cmd-sign-pay-params-red-packet = APIv2：小程序红包
cmd-sign-pay-params-score-confirm = 支付分：用户确认订单
cmd-sign-pay-params-score-detail = 支付分：用户查看订单详情
cmd-sign-pay-params-coupons = 商家券：小程序发券插件
cmd-sign-pay-params-coupon-url = 商家券：H5 发券，输出要跳转的 URL
cmd-doctor = 检查密钥、证书、序列号、系统时间和网络连接
cmd-port = 把调用微信支付的 PHP 代码转换成 Rust，或转换成它要发出的请求
cmd-port-note =
    支持 .php 文件、带 PHP 代码块的 Markdown，以及零散的代码片段。不会发出任何请求。
    文件里创建了客户端的，转换成完整程序（src/main.rs）；否则转换成以 &Client 为参数的函数（模块，src/pay.rs）。依赖和完整步骤见 docs/porting.zh-CN.md。
    --style、--no-tokio 用于 --emit rust；--files、--define、--now 用于 --emit request。
    使用 --emit request 时，PHP 里没有定义的变量取 --define 给出的值；$mchid、$apiv2Key、$agentSecret、$signType、$merchantCertificateSerial 有占位值。有代码无法转换时退出码为 4，警告不算。
    使用 -o 时，没有用到 SDK 的文件以及 vendor、node_modules 目录会被跳过。
cmd-sandbox = 在本机运行微信支付沙箱：无需账户，支持所有接口和任意客户端
cmd-sandbox-note =
    沙箱像微信支付一样检查请求，在停止之前一直保存订单，并向本机的服务器发送回调通知。打开 /_sandbox/ 页面，可以查看收到的请求和被拒绝的原因；程序使用 /_sandbox/api/（见 docs/sandbox.zh-CN.md）。
cmd-sandbox-trigger = 向服务器发送一条回调通知，并显示服务器的应答
cmd-sandbox-trigger-note =
    不写 EVENT 时列出所有通知类型。服务器没有接受通知时，退出码为 7。
cmd-sandbox-forward = 把所有回调通知改发到一台服务器，并实时显示应答
cmd-sandbox-forward-note =
    --to 不带路径时，沿用原 notify_url 的路径。按 Ctrl-C 结束转发。
cmd-sandbox-logs = 显示沙箱收到的请求，以及被拒绝的原因
cmd-completions = 输出 shell 的自动补全脚本
cmd-man = 输出手册页
cmd-site = 生成全部接口的静态参考网站

## 帮助：参数

arg-format = 输出格式：text 供人阅读，json 供程序处理
arg-color = 何时使用颜色
arg-lang = 帮助和提示的语言 [默认：由 LC_ALL、LC_MESSAGES、LANG 决定]
arg-sandbox = 临时启动一个沙箱并在其中运行，凭证由沙箱提供
arg-profile = 使用哪个配置 [环境变量：WECHATPAY_PROFILE]
arg-config = 配置文件的路径 [环境变量：WECHATPAY_CONFIG]
arg-mchid = 商户号
arg-brand_id = 品牌ID，代替商户号
arg-serial = 商户API证书序列号
arg-private_key = 商户私钥：apiclient_key.pem，或同时包含证书的 apiclient_cert.p12
arg-certificate = 商户API证书 apiclient_cert.pem，可从中读取序列号
arg-passphrase_file = 存放私钥或 .p12 文件密码的文件；不指定时先试商户号，再在终端询问
arg-platform_key_id = 微信支付公钥ID，PUB_KEY_ID_…
arg-platform_key = 微信支付公钥 pub_key.pem
arg-platform_certificate = 平台证书，代替微信支付公钥
arg-apiv3_key_file = 存放 APIv3密钥的文件
arg-v2_key_file = 存放 APIv2密钥的文件
arg-base_url = 请求的根地址，代替接口自己的域名
arg-ca = TLS 额外信任的根证书
arg-proxy = 代理服务器，http://主机:端口，或 none；带密码的代理请写在 WECHATPAY_PROXY 里
arg-timeout = 每次调用的时限，单位秒 [默认：30]

arg-request-method = GET、POST、PUT、PATCH 或 DELETE
arg-request-path = 文档中的路径，v3/… 或 v2/…，变量写作 {"{"}name{"}"}；使用 GET 时也可以是微信支付返回的 URL
arg-request-json = 请求体：JSON 文本、@文件名，或 - 表示标准输入；调用 APIv2 时自动转换成 XML
arg-request-query = 查询参数
arg-request-var = 路径变量的值
arg-request-header = 请求头
arg-request-body_file = 把文件内容原样作为请求体；- 表示标准输入
arg-request-media = 要上传的文件，meta 部分和摘要自动生成
arg-request-sink = 把应答保存为文件：要么完整且通过校验，要么不产生文件。如果应答只给出账单的下载地址（如 v3/bill/tradebill），会接着下载账单并校验摘要
arg-request-sha1 = 与 --sink 一起使用：只接受 SHA-1 摘要与此一致的文件
arg-request-gunzip = 与 --sink 一起使用：解压文件
arg-request-unlisted = 接口目录里没有、但有相近接口的请求，也照样发送
arg-request-no_encrypt = 不加密、也不解密敏感字段
arg-request-security = APIv2：即使接口目录没有要求，也出示商户API证书

arg-order-query-number = 订单的单号
arg-order-query-transaction_id = 单号是微信支付订单号 transaction_id
arg-order-query-out_trade_no = 单号是商户订单号 out_trade_no
arg-order-close-number = 商户订单号 out_trade_no
arg-refund-query-number = 商户退款单号 out_refund_no
arg-transfer-query-number = 转账的单号
arg-transfer-query-transfer_bill_no = 单号是微信转账单号 transfer_bill_no
arg-transfer-query-out_bill_no = 单号是商户单号 out_bill_no
arg-sub_mchid = 子商户号，服务商查询其子商户时使用
arg-include = 同时输出应答的状态码和应答头
arg-dry_run = 只输出已签名的请求（一个 JSON 对象），不发送

arg-bill-dates = 日期，如 2026-11-01；或起止日期，如 2026-11-01..2026-11-07；或 yesterday（昨天）
arg-bill-kind = 账单类型：trade 交易账单，fund-flow 资金账单，profit-sharing 分账账单，以及加密的 sub-merchant-fund-flow 单个子商户资金账单、ecommerce-fund-flow 二级商户资金账单、payscore 支付分账单
arg-bill-bill_type = 交易账单的内容：ALL 全部，SUCCESS 仅支付，REFUND 仅退款 [默认：ALL]
arg-bill-account_type = 资金账单的账户：BASIC 基本账户，OPERATION 运营账户，FEES 手续费账户，DEPOSIT 保证金账户（仅单个子商户） [默认：BASIC]
arg-bill-service_id = 服务ID，用于 --kind payscore
arg-bill-algorithm = 加密账单的算法 [默认：AEAD_AES_256_GCM]
arg-bill-gzip = 以压缩格式下载，收到后自动解压
arg-bill-output = 保存到的目录；只查一天时也可以是文件名，或用 - 表示标准输出
arg-bill-reconcile = 与这个 CSV 文件中的订单对账；- 表示标准输入

arg-endpoints-words = 要搜索的词，在路径、标题和产品中查找，中英文均可，顺序不限；也可以写 METHOD PATH
arg-endpoints-json = 每行输出一个 JSON 对象
arg-endpoints-emit = 生成的内容：types 为一个接口的请求、应答、参数和回调通知生成 serde 结构体
arg-endpoints-event = 为这种回调通知解密后的内容生成结构体，例如 COMPLAINT.CREATE
arg-endpoints-all = 为全部接口和回调通知各生成一个模块
arg-endpoints-file = 为文件中列出的接口和通知各生成一个模块，每行写一个 METHOD PATH 或 EVENT 通知类型
arg-endpoints-output = 模块写入的目录，例如 src/wechat/
arg-endpoints-force = 与 -o 一起使用：不是本命令写的文件、或之后被改过的文件，也一并覆盖

arg-certs-download-key = APIv3密钥：存放密钥的文件，或 env:变量名
arg-certs-download-merchant = 商户号，同 --mchid
arg-certs-download-privatekey = 商户私钥
arg-certs-download-serialno = 商户API证书序列号
arg-certs-download-output = 保存证书的目录 [默认：新建的临时目录]
arg-certs-download-baseuri = 请求的根地址 [默认：https://api.mch.weixin.qq.com/]

arg-notify-open-headers = 请求头文件；APIv2 不需要
arg-notify-open-body = 请求体文件；- 表示标准输入
arg-notify-open-ignore_age = 不检查通知的时间

arg-sign-pay-params-sub_mchid = 以此特约商户的身份签名；部分场景下服务商需要这样做
arg-appid = 应用、公众号或小程序的 appid
arg-prepay_id = 下单应答中的 prepay_id
arg-h5_url = 下单应答中的 h5_url
arg-redirect_url = 支付后跳回的地址
arg-sign_type = 下单时使用的 sign_type
arg-package = 应答中的 package，原样填写
arg-to = 用户在哪里确认
arg-service_id = 服务ID
arg-out_order_no = 商户服务订单号
arg-coupon = 商家券，写作 批次号:发券凭证号[:券code]；coupons 最多十张
arg-openid = 用户的 openid

arg-doctor-offline = 跳过需要联网的检查
arg-doctor-state = 检查 `sandbox --state` 的目录，而不检查你的设置

arg-port-files = 要转换的文件，或一个 PHP 目录；- 表示标准输入
arg-port-emit = 输出什么：rust，函数或完整程序；request，每个调用的请求，每行一个 JSON 对象
arg-port-style = Rust：路径的写法：chain，client.chain("…")；index，client["…"]；macro，chain!(…)，需要启用 macros 特性；seg，.seg("…")。默认与 PHP 代码的写法一致
arg-port-no_tokio = Rust：阻塞等待每次调用，不使用 tokio
arg-port-folder = 请求：从 DIR/path/to/x 读取 file:///path/to/x
arg-port-define = 请求：PHP 中未定义变量的值：JSON 或文本、@文件名，或 env:变量名。密钥请用后两种，因为命令行参数对本机其他用户可见
arg-port-now = 请求：time() 和 Formatter::timestamp() 返回的时间 [默认：当前时间]
arg-port-output = 为每个文件生成一个模块，写入该目录。名为 src 的目录生成一个 crate（lib.rs 和 Cargo.toml），其他目录生成一个模块（mod.rs）
arg-port-force = 与 -o 一起使用：不是 wechatpay port 写的文件、或之后被改过的文件，也一并覆盖
arg-port-client_path = 与 -o 一起使用：wechatpay-chain 库所在的目录，写入 Cargo.toml [默认：crates.io 上的版本]
arg-port-report = 与 -o 一起使用：报告每个函数的转换结果；加上 --format json 时输出 JSON
arg-port-check = 只报告每个函数的转换结果，不写任何文件

arg-sandbox-trigger-event = 通知类型，例如 TRANSACTION.SUCCESS
arg-sandbox-trigger-to = 服务器的地址；默认为沙箱的转发地址或通知地址
arg-sandbox-trigger-resource = 解密后的通知内容中要指定的字段，JSON 对象；其余字段自动生成，值为 null 的字段会被去掉
arg-sandbox-trigger-fault = 模拟故障，例如 wrong_signature、probe
arg-sandbox-forward-to = 服务器的地址
arg-sandbox-logs-follow = 持续显示新的请求，直到按 Ctrl-C
arg-at = 沙箱的地址；默认为 WECHATPAY_SANDBOX_URL 或 http://127.0.0.1:8080
arg-sandbox-listen = 监听地址，端口号或 主机:端口；默认为 127.0.0.1:8080，该端口被占用时使用空闲端口
arg-sandbox-listen-long = 只写端口号时监听 127.0.0.1；加上 --allow-remote 时监听本机所有地址。
arg-sandbox-tls = 使用 HTTPS，证书由沙箱自己的根证书签发
arg-sandbox-dir = 存放商户文件的目录，已有的文件会继续使用 [默认：临时目录，停止后删除]
arg-sandbox-state = 保存状态的目录，再次启动时订单、商户、密钥等都还在 [默认：停止后状态丢失]
arg-sandbox-state-long = 请求的结果写入磁盘之后才应答，因此崩溃不会丢失任何已应答的内容。没有 --dir 时，密钥存放在其子目录 keys 中。同一目录同时只能由一个沙箱使用，每次启动的选项和版本须相同。
arg-sandbox-merchant = 描述其他商户的 TOML 文件；可多次使用
arg-sandbox-merchant-long = 每个商户是一个 [[merchant]] 表，其中写明 mchid；各字段见 docs/sandbox.zh-CN.md。第一个商户的商户号用 --mchid 设置。
arg-sandbox-account = 输出这个商户的配置代码，而不是第一个商户的
arg-sandbox-json = 用一行 JSON 输出地址和凭证
arg-sandbox-sdk = 只输出一种客户端的配置代码，可直接编译运行
arg-sandbox-output = 将 --json 或 --sdk 的内容写入此文件；沙箱就绪后才一次写入完整内容
arg-sandbox-public_key_only = 模拟新商户的账户：没有平台证书，所有应答都用微信支付公钥对应的私钥签名
arg-sandbox-sm = 第一个商户使用国密：SM2 私钥、WECHATPAY2-SM2-WITH-SM3、AEAD_SM4_GCM 和国密平台证书
arg-sandbox-certificate_mode = 以平台证书模式启动：应答和通知都用平台证书签名
arg-sandbox-seed = 生成应答内容所用的随机种子
arg-sandbox-speed = 通知重试的等待时间缩短到几分之一
arg-sandbox-fault = 从启动起模拟故障，一直有效，或只出现指定次数：slow=1500、wrong_signature:3
arg-sandbox-fault-long = 可以多次使用。故障名称与 X-Sandbox-Fault 相同，见 docs/sandbox.zh-CN.md。
arg-sandbox-enforce_limits = 按文档限频，超出时返回 429 FREQUENCY_LIMITED
arg-sandbox-strict = 拒绝接口文档中没有的参数和未知的媒体文件ID；默认只作为警告
arg-sandbox-allow_remote = 允许其他机器访问；仅用于封闭的网络，例如容器网络
arg-sandbox-allow_remote-long = 沙箱没有密码：能访问它的人可以查看所有请求，进行支付、退款和重置，还能让它向本机的服务器发请求；加上 --allow-outgoing 后可以发往任何服务器。
arg-sandbox-host = 沙箱页面和控制接口可以使用的其他主机名
arg-sandbox-notify_url = 请求里没有 notify_url 时（例如分账）通知发往的地址；在微信支付，这是商户平台上的设置
arg-sandbox-allow_outgoing = 也向其他机器发送通知

arg-shell = shell 的名称
arg-man-dir = 为每个子命令生成一页，保存到这个目录
arg-site-folder = 目标目录，不存在时自动创建
arg-site-force = 目录中已有其他文件时仍然写入

## 帮助：由 clap 输出的文字

help-examples = 示例：
clap-help-more = 显示帮助（详细说明请用 --help）
clap-help-less = 显示帮助（简要说明请用 -h）
clap-help-command = 显示本帮助，或指定子命令的帮助
clap-help = 显示帮助
clap-version = 显示版本
clap-values-long = 可选值：
clap-values = [可选值：
clap-default = [默认：
clap-options-usage = [选项]
clap-command-usage = <命令>
clap-command-optional = [命令]
clap-usage = 用法：
clap-commands = 命令：
clap-arguments = 参数：
clap-options = 选项：
clap-general = 通用：
clap-settings = 设置：

## 用法错误：英文由 clap 自己输出

usage-similar = 你是不是想写：{ $similar }
usage-more = 更多说明请用 --help 查看。
usage-unknown-argument = 不支持的参数 { $argument }
usage-unknown-command = 没有子命令 { $command }
usage-missing-command = 缺少子命令，可选：{ $commands }
usage-missing-argument = 缺少必填参数：{ $argument }
usage-twice = { $argument } 只能写一次
usage-conflict = { $argument } 不能与 { $other } 同时使用
usage-no-value = { $argument } 缺少取值
usage-invalid-value = { $argument } 不能取值 { $value }，可选值：{ $values }
usage-wrong-value = { $argument } 的取值 { $value } 不正确：{ $why }
usage-not-a-number = 不是数字
usage-not-utf8 = 参数不是 UTF-8 编码
shell-unknown = 错误：不支持的 shell：{ $shell }
usage-other = 参数有误

error-label = 错误：

## Files

file-unreadable = 无法读取 { $path }：{ $err }
file-not-utf8 = { $path } 不是 UTF-8 编码
file-unwritable = 无法写入 { $path }：{ $err }
file-not-own = 这些文件不是本命令写的，或之后被改过：{ $files }
file-not-own-hint = 什么也没有写。请换一个目录，或用 --force 覆盖
output-unwritable = 无法写入输出：{ $err }
answered-but = 请求已发出并收到应答，但是：{ $message }
outcome-unknown = 结果未知：请求可能已被处理，请先查单，再做其他操作
no-encrypt = 使用本命令时：--json 中的敏感字段会自动加密；加上 --no-encrypt 则原样发送。
request-id = Request-ID：{ $id }
api-detail = detail（错误详情）：{ $detail }
interrupted = 已中断
interrupted-unknown = 已中断。结果未知：请求可能已被处理，请先查单，再做其他操作
system-error = 操作系统无法提供线程或信号：{ $err }
sandbox-refused = 错误：这里不能使用 --sandbox：{ $why }。请去掉它

## Settings and credentials

sandbox-is-here = 错误：--sandbox 在本进程内运行，用不到代理和根证书，请去掉 --proxy 和 --ca
sandbox-has-credentials = 错误：--sandbox 自带凭证，请去掉命令行上的其他凭证
give-platform-certificate = 请提供平台证书 wechatpay_序列号.pem
apiv3-key = APIv3密钥
missing-platform-key = 缺少验证微信支付应答的密钥：请提供 --platform-key-id 和 --platform-key（商户平台 → 账户中心 → API安全 → 微信支付公钥），或 --platform-certificate，或用于下载平台证书的 APIv3密钥
missing-mchid = 缺少商户号：请用 --mchid、WECHATPAY_MCHID 或配置文件中的 mchid 提供；也可以用 --sandbox 试用，不需要任何凭证
missing-private-key = 缺少商户私钥：请用 --private-key apiclient_key.pem、WECHATPAY_PRIVATE_KEY 或配置文件中的 private_key 提供；只调用 APIv2 时，提供 APIv2密钥即可
missing-serial = 缺少商户API证书序列号：请用 --serial 提供，或用 --certificate apiclient_cert.pem 从证书中读取（商户平台 → 账户中心 → API安全 → 商户API证书）
missing-platform-key-file = --platform-key-id 要与 --platform-key（该公钥的文件）一起使用
missing-platform-key-id = --platform-key 要与 --platform-key-id（该公钥的 ID，PUB_KEY_ID_…）一起使用
invalid-timeout = 时限必须是大于 0、小于 1e19 的秒数，例如 30
passphrase = 密码
passphrase-needed = { $path } 需要密码{ $tried }：请用{ passphrase-settings }提供
passphrase-settings =  --passphrase-file 文件、WECHATPAY_PASSPHRASE 或配置文件中的 passphrase_file 
mchid-tried = （已试过商户号，不是该文件的密码）
passphrase-wrong = ：请用{ passphrase-settings }提供正确的密码
passphrase-unreadable = 无法从终端读取密码：{ $err }
passphrase-prompt = { $path } 的密码：
profile-no-home = 没有主目录：请用 --config 指定配置文件
profile-unknown = { $path } 中没有配置 [{ $name }]，已有：{ $known }

## certs

certs-variable-unset = -k：环境变量 { $variable } 没有设置
certs-key-argument = -k 要填写存放 APIv3密钥的文件名，或 env:变量名，而这个文件不存在。如果你填的是密钥本身：命令行参数对本机其他用户可见，还会留在 shell 的历史记录里，请到 商户平台 → 账户中心 → API安全 更换密钥
certs-no-folder = -o 后面要写目录名
certs-folder-unwritable = 证书无法保存到 { $folder }，因此没有发出请求：{ $known } 不可写：{ $err }
no-temporary-folder = 无法创建临时目录：{ $err }
certs-folder = 证书保存到 { $folder }
folder-uncreatable = 无法创建目录 { $folder }：{ $err }
certs-saved = 
    { $serial }
      有效期  { $from } 至 { $to }
      已保存  { $path }
      查看    openssl x509 -in { $path } -noout -serial -dates
man-unwritable = 无法把手册页写入 { $folder }：{ $err }
site-unwritable = 无法将网站写入 { $folder }：{ $err }
site-not-own = { $folder } 中有其他文件：请换一个目录，或加上 --force
site-written = 已生成 { $count } 个文件，打开 { $first } 查看
coupon-format = 请写作 批次号:发券凭证号 或 批次号:发券凭证号:券code

## doctor

check-profile = 配置文件
check-permissions = 文件权限
check-private-key = 商户私钥
check-certificate = 商户API证书
check-platform-key = 微信支付公钥
check-platform-certificate = 平台证书
check-root-certificate = 根证书
check-APIv3-key = APIv3密钥
check-APIv2-key = APIv2密钥
check-keys = 密钥
check-brand-id = 品牌ID
check-merchant-id = 商户号
check-serial = 证书序列号
check-key-pair = 密钥对
check-platform-key-id = 微信支付公钥ID
check-base-URL = 根地址
check-together = 整体
check-network = 网络
check-credentials = 凭证
check-connection = 连接
check-clock = 系统时间
check-sandbox-state = 沙箱状态
status-ok = 正常
status-look = 注意
status-wrong = 错误
status-skipped = -
advice-merchant-key = 请使用 apiclient_key.pem，它与商户API证书一起在 商户平台 → 账户中心 → API安全 生成
advice-merchant-certificate = 请使用 apiclient_cert.pem，可在 商户平台 → 账户中心 → API安全 获取
advice-platform-key = 请在 商户平台 → 账户中心 → API安全 → 微信支付公钥 下载
advice-platform-certificate = 请用 `wechatpay certs download` 下载
advice-root-certificate = 请向该主机或代理的管理员索取；没有的话去掉 --ca
advice-passphrase = apiclient_cert.p12 的密码就是商户号；加密私钥的密码请向加密者询问
advice-apiv3-key = 请在 商户平台 → 账户中心 → API安全 → APIv3密钥 设置
advice-v2-key = 请在 商户平台 → 账户中心 → API安全 → APIv2密钥 设置
rsa-size = RSA，{ $bits } 位
sm2-size = SM2（国密），256 位
keys-equal = APIv3密钥和 APIv2密钥相同
advice-keys-equal = 它们是两个不同的设置，请核对这个密钥是哪一个
advice-renew = 请在 商户平台 → 账户中心 → API安全 更换
expired = 已于 { $date } 过期
expires-soon = 即将于 { $date } 过期
not-yet-valid = { $date } 起才有效
advice-clock = 请检查系统时间
not-set = 未设置
certificate-described = 序列号 { $serial }，所有者 "{ $owner }"，有效期至 { $date }
bytes-32 = 32 字节
bytes-wrong = 长度为 { $len } 字节，应为 32 字节
sandbox-doctor = doctor 检查的是你自己的设置
state-described = 由 { $version } 版写入，大小 { $size }，下次启动要重新执行 { $entries } 条记录
state-none = { $path } 中还没有状态：`wechatpay sandbox --state` 会创建
state-no-folder = { $path } 不是目录
advice-state-folder = 请给出 `wechatpay sandbox --state` 所用的目录
advice-state-large = 如果不再需要其中的内容，请启动沙箱后执行 `POST reset`
profile-none = 未使用
base-url-version = 以 /{ $version } 结尾，而路径本身已经以 { $version }/ 开头
advice-base-url = 请去掉 /{ $version }
settings-match = 各项设置相互匹配
advice-fix-above = 请先解决上面的问题
skipped-offline = 已跳过（--offline）
credentials-not-tried = 未尝试：请先解决上面的问题
credentials-merchants-only = 仅对使用 APIv3 的商户进行检查
advice-fix-setting = 请修改该设置
advice-connection = 请检查主机名、网络、代理和防火墙
connection-ok = 服务器有应答
clock-no-date = 应答没有 Date 头
clock-offset = 与服务器相差 { $offset } 秒
advice-set-clock = 请校准系统时间；微信支付会拒绝时间相差超过 300 秒的请求
credentials-verified = 凭证有效，应答验签通过
apiv3-key-ok = 可以解密下载的平台证书
apiv3-key-wrong = 无法解密下载的平台证书
advice-apiv3-key-wrong = 请使用在 商户平台 → 账户中心 → API安全 → APIv3密钥 设置的密钥
credentials-ok = 凭证有效
answer-404-unsigned = 404 应答既没有微信支付的签名，也没有微信支付的错误码
advice-other-server = 请检查根地址和代理：应答的可能是其他服务器
advice-key-and-serial = 私钥和序列号必须属于同一张证书，而且是本商户的证书
platform-key-unknown = 微信支付不认识 { $id }：{ $message }
advice-refused = 这是每个商户都可以调用的接口，却被微信支付拒绝；见 docs/errors.zh-CN.md
advice-try-later = 无法据此判断凭证是否正确，请稍后重试
advice-errors-page = 见 docs/errors.zh-CN.md
advice-key-and-id = ID 和文件必须是同一个公钥的，并且属于本商户：两者都在 商户平台 → 账户中心 → API安全 → 微信支付公钥
advice-certificate = 它不是、或不再是本商户的平台证书：请用 `wechatpay certs download` 下载，或用 --platform-key 提供微信支付公钥
signs-with-other = 微信支付用 { $serial } 签名，而设置的是 { $ours }
signs-file-other = 微信支付用 { $serial } 签名，而为它设置的文件是另一个公钥
answer-signature-rejected = 应答验签失败：{ $why }
platform-certificate-set = 所设置的平台证书
certificate-named = 证书 { $serial }
readable-by-group = { $path } 可被同组用户读取（权限 { $mode }）
readable-by-others = { $path } 可被其他用户读取（权限 { $mode }）
missing = 缺失
advice-mchid = 请设置 mchid（商户号）
mchid-of-other = { $mchid }，而证书属于 "{ $name }"
advice-own-certificate = 请使用本商户的证书和私钥
mchid-matches = { $mchid }，与证书一致
advice-serial = 请在 商户平台 → 账户中心 → API安全 → 商户API证书 查看
advice-key-id = 请在 商户平台 → 账户中心 → API安全 → 微信支付公钥 查看
serial-from-certificate = { $serial }，取自证书
serial-is-key-id = { $given } 是微信支付公钥ID
serial-is-platform = { $given } 是平台证书的序列号
serial-differs = { $given }，而证书的序列号是 { $serial }
advice-leave-serial = 请去掉 serial，它会从证书中读取
serial-invalid = "{ $given }" 不是 40 位十六进制数
pair-ok = 私钥与证书匹配
pair-wrong = 私钥与证书不匹配
advice-pair = apiclient_key.pem 和 apiclient_cert.pem 必须是同一次申请得到的
key-id-missing = 设置了公钥，却没有设置它的 ID
key-id-is-serial = { $id } 是商户API证书序列号
key-id-prefix = "{ $id }" 不是以 PUB_KEY_ID_ 开头
key-is-merchants = 这是商户自己的，不是微信支付的
advice-take-public-key = 请使用 商户平台 → 账户中心 → API安全 → 微信支付公钥 中的公钥
of-id = （{ $id }）
key-is-certificate = 这是证书 { $serial }，不是微信支付公钥{ $id }
advice-pub-key = 请提供 pub_key.pem（商户平台 → 账户中心 → API安全 → 微信支付公钥）；平台证书请用 --platform-certificate 提供，不需要 ID
key-of-certificate = 这是平台证书里的公钥
advice-other-key = 微信支付公钥是另一个密钥：请使用 pub_key.pem（商户平台 → 账户中心 → API安全 → 微信支付公钥）

## bill

date-format = 日期应写成 2026-11-01，起止日期应写成 2026-11-01..2026-11-07，或写 yesterday
date-order = 结束日期早于开始日期
date-too-many = 日期范围超过一年；微信支付只保留三个月的账单
bill-type-kind = 错误：--bill-type 只用于 --kind trade
account-type-kind = 错误：--account-type 只用于 --kind fund-flow 和 sub-merchant-fund-flow
algorithm-kind = 错误：--algorithm 只用于 --kind sub-merchant-fund-flow、ecommerce-fund-flow 和 payscore
service-id-kind = 错误：--kind payscore 需要 --service-id，其他账单没有这个参数
sub-mchid-kind = 错误：--kind sub-merchant-fund-flow 需要 --sub-mchid
reconcile-kind = 错误：--reconcile 只能用于默认的 --kind trade 和 --bill-type ALL，其他账单缺少支付或退款
bill-output-folder = --output { $path } 不是目录：下载多份账单时，请指定已有的目录
bill-is-folder = 它是目录
file-is-special = 它是设备、管道或套接字；要输出到标准输出，请用 -
stdout = 标准输出
bill-absent = { $date } 没有账单：当天没有交易。
bill-not-ready = { $date } 的账单尚未生成：微信支付在次日 10:00（北京时间）前生成，请届时再试。
bill-day-absent = 没有账单：当天没有交易
bill-rows = { $rows } 行，{ $bytes } 字节，{ $checked }
bill-no-summary = 这种账单没有合计，只校验了摘要
bill-unchecked = 未与明细核对
orders-invalid = { $path } 无法使用：{ $why }
orders-columns = 第一行须有 out_trade_no 列，以及 amount 列（单位元）或 amount_fen 列（单位分），以逗号分隔。现有：{ $found }
orders-two-columns = “{ $first }”和“{ $second }”两列含义相同，只能保留一列
orders-no-number = 第 { $line } 行没有 out_trade_no
orders-rounded = 第 { $line } 行：单号已被电子表格转成科学计数法，请把该列设为文本后重新导出
orders-not-yuan = 第 { $line } 行：金额不是以元为单位的非负数，应写成 19.90，不带千分位逗号、货币符号等
orders-not-fen = 第 { $line } 行：金额不是以分为单位的非负整数，应写成 1990，不带千分位逗号、货币符号等
orders-twice = 单号 { $number } 在第 { $first } 行和第 { $line } 行重复；如果分属不同子商户，请增加 sub_mchid 列
orders-length = 第 { $line } 行有 { $found } 个值，而表头有 { $wanted } 列
orders-not-utf8 = 文件不是 UTF-8 编码（可能是 GBK），请另存为 UTF-8；Excel 中选“CSV UTF-8（逗号分隔）”
orders-not-csv = 不是 CSV 文件
reconcile-ambiguous = 账单中 { $number } 出现了不止一次：请在订单文件中增加 sub_mchid 列，或指定 --sub-mchid
reconcile-column = 无法对账：账单缺少“{ $column }”列，或该列的值无法识别
reconcile-result = { $file }：{ $equal } 笔一致，{ $count } 笔有差异
reconcile-order = 订单 { $number }
reconcile-refund = 退款 { $number }
missing-in-bill = { $number }：账单中没有；{ $file } 第 { $line } 行为 { $amount } 元
missing-in-orders = { $number }：{ $file } 中没有；账单中为 { $amount } 元
amounts-differ = { $number }：金额不一致；{ $file } 第 { $line } 行为 { $ours } 元，账单中为 { $theirs } 元
payment-reversed = { $number }：账单中已撤销；{ $file } 第 { $line } 行为 { $amount } 元
reconcile-differs = { $file } 与账单有 { $count } 笔差异

## request

bill-post = 应答里只有文件的下载地址。请先不带 --sink 调用，再下载文件：wechatpay request GET 'DOWNLOAD_URL' --sink FILE --sha1 HASH_VALUE
bill-url = 应答里只有文件的下载地址。请写路径而不是完整的 URL，例如 v3/bill/tradebill，--sink 会接着下载文件
bill-sha1 = 请去掉 --sha1：应答中已有文件的摘要，会自动校验
bill-gunzip = 请用 --query tar_type=GZIP 代替 --gunzip：账单会压缩传输，并自动解压
bill-body = 申请账单不需要请求体：请去掉 --json、--body-file 和 --media
bill-options = 请去掉 --no-encrypt 和 --security：它们不适用于账单
number-invalid = { $name } 格式不对：应为 1 到 { $most } 个字母、数字或符号，不含空格
number-read-as = 单号是按 { $name } 查询的；如果是另一种单号，请加 { $other }。
path-empty = PATH 为空：请填写文档中的路径，v3/… 或 v2/…。如果它来自 shell 变量，说明该变量没有设置
url-not-get = 只有 GET 可以使用完整的 URL：请写路径，v3/…
method-first = ：METHOD 要写在 PATH 前面
method-unknown = "{ $text }" 不是 GET、POST、PUT、PATCH 或 DELETE{ $order }
stdin = 标准输入
json-is-file = ；要发送这个文件，请写 --json @{ $given }
not-json = { $place } 不是 JSON：{ $err }{ $file }
pair-format = 请写作 名称=值
header-format = 请写作 '名称: 值'
header-no-name = --header 的冒号前没有名称：请写作 '名称: 值'
header-quoted = --header { $name } 的名称前有引号，请去掉
header-bad-name = "{ $name }" 不是有效的请求头名称：只能用英文字母、数字和连字符，不能有空格
header-bad-value = 请求头 { $name } 的值含有控制字符或换行
header-twice = 请求头 { $name } 写了两次，请只写一次
signature-verified = 验签通过
digest-verified = 摘要校验通过
tag-verified = 解密校验通过
unsigned = 没有签名，仅由 TLS 保证
saved = { $path }：{ $bytes } 字节，{ $checked }
sign-texts-equal = 待签名串与微信支付构造的一致：私钥与序列号不匹配，或不属于本商户。请用 `wechatpay doctor` 检查。
sign-texts-differ = 待签名串与微信支付构造的不一致，从第 { $at } 字节起，位于{ $part }：
sign-ours = {"  "}本客户端：{ $text }
sign-theirs = {"  "}微信支付：{ $text }
sign-changed = 请求在途中被改动了：可能是代理、网关，或被替换的中间层。
part-method = 请求方法
part-path = 路径和查询参数
part-timestamp = 时间戳
part-nonce = 随机串
part-body = 请求体
text-end = （结尾）
unlisted = 错误：接口目录中没有 { $method } { $path }，请求未发出。你要找的可能是：
unlisted-anyway = 加上 --unlisted 可以照样发送；用 `wechatpay endpoints 关键词` 搜索接口。
unlisted-failed = 接口目录中没有这个方法和路径；可以用 `wechatpay endpoints 关键词` 搜索接口。

## notify

sandbox-notify = 临时沙箱里没有保存下来的通知
cause-setting = { $finding }。对应的选项：{ $setting }
cause = 原因：{ $text }
header-line = 请求头文件里有 { $name }，但不是 HTTP 头的写法：请单独写一行 "{ $name }: …"
setting-headers = 用 --headers 指定请求头文件
setting-age = 用 --ignore-age 打开较早的通知
setting-platform = --platform-key 和 --platform-key-id，或 --platform-certificate（用 `wechatpay certs download` 下载）
setting-apiv3 = --apiv3-key-file、WECHATPAY_APIV3_KEY 或配置文件中的 apiv3_key
setting-v2 = --v2-key-file、WECHATPAY_V2_KEY 或配置文件中的 v2_key
v2-refund-checked = 没有签名，只能靠解密所用的 APIv2密钥确认来源
headers-other-form = ；其中有 { $name }，但格式不对：请每行写一个请求头，例如 "{ $name }: …"
headers-swapped = ；它看起来是请求体：--headers 和 --body 是不是写反了？
headers-none = { $path } 中没有 "Wechatpay-Serial: …" 这样的行{ $advice }

## sandbox

listen-format = 请写端口号，例如 8081；或 主机:端口，例如 localhost:8081
listen-ipv6 = 请写 [::1]:8081
listen-unknown = --listen { $name }:{ $port }：无法解析主机名
listen-unresolved = --listen { $name }:{ $port }：无法解析主机名：{ $err }
remote-url = 地址格式不对
remote-timeout = 10 秒内没有应答
remote-no-sandbox = 应答不是 JSON，不是沙箱
remote-unreachable = { $url } 没有沙箱：{ $why }
remote-start = 用 `wechatpay sandbox` 启动一个，或用 --at 指定它启动时输出的地址
trigger-pending = 通知在 8 秒内没有发送：故障或 --speed 推迟了发送
trigger-no-url = 不知道发送到哪里：请用 --to 指定
trigger-resource = 应为 JSON 对象，例如 {"'{\"out_trade_no\": \"1\"}'"}
forwarding = { $from } 的通知改发到 { $to }。按 Ctrl-C 结束。
delivery-accepted = 商户已接收
call-accepted = 通过
sandbox-sandbox = sandbox 命令本身就会启动沙箱
sandbox-own-merchant = 错误：沙箱会自己生成商户和密钥，与密钥有关的选项中只能使用 --mchid；要指定密钥，请用 --merchant FILE
sandbox-no-account = 沙箱没有商户 { $mchid }：--account 可用的有 { $known }
sandbox-output-alone = 错误：--output 须与 --sdk NAME 或 --json 一起使用
sandbox-no-sm = 错误：这个商户使用国密私钥，只有 rust、shell、curl 的配置代码：请选择其中之一，或去掉 --sm
listen-remote = 其他机器可以访问 { $address }：请使用 127.0.0.1 或 [::1]，或用 --allow-remote 允许访问
sandbox-no-files = 沙箱没有生成文件：这是本命令的缺陷
speed-format = 请写 0.001 到 1000000 之间的数字，例如 1000：等待时间缩短为千分之一
seed-format = 请写 0 到 { $most } 之间的整数
sandbox-no-folder = 没有存放密钥的目录：{ $err }
setup-merchant = 商户
setup-sandbox = 沙箱
setup-page = 页面
setup-stop = 按 Ctrl-C 停止。
setup-files-kept = 沙箱停止后，订单等数据会丢失，文件会保留；用 --state 可以同时保留数据。
setup-state-kept = 沙箱停止后，所有数据和这些文件都会保留。
setup-files-lost = 沙箱停止后，所有数据和这些文件都会删除；用 --dir 可以保留文件，用 --state 则两者都保留。
setup-values = 
    {"  "}商户号              {"{mchid}"}
    {"  "}商户API证书序列号   {"{serial}"}
    {"  "}微信支付公钥ID      {"{public_id}"}
    {"  "}文件目录            {"{folder}"}{"{root}"}
setup-values-sm = 
    {"  "}商户号              {"{mchid}"}
    {"  "}商户API证书序列号   {"{serial}"}
    {"  "}平台证书序列号      {"{platform_serial}"}（国密）
    {"  "}文件目录            {"{folder}"}{"{root}"}
setup-others = 其他商户（用 --account 输出其配置代码）
setup-ordinary = 普通商户
setup-provider = 服务商
setup-subs = ：{ $subs }
setup-channel = 渠道商
setup-trusts = {"\u000a"}  TLS 根证书          {"{ca}"}
setup-shell = Shell：在另一个终端使用本命令
setup-curl = curl：沙箱的控制接口
setup-redirect = SDK 默认访问 api.mch.weixin.qq.com，这里改为访问沙箱。
setup-no-host = SDK 没有设置域名的选项
setup-before = 写在这一行之前：
setup-gopay = APIv2 客户端（wechat）则设置字段：
setup-java-trust = 让 Java 信任沙箱的根证书：
definition-format = 请写作 名称=值

## endpoints

note-deprecated = 已废弃
section-path = 路径变量
section-query = 查询参数
section-request = 请求
section-answer = 应答
entry-host = 域名
entry-product = 产品
entry-limit = 频率限制
entry-file = 文件
upload-limit = 不超过 { $most } MiB；{ $types }
entry-note = 说明
entry-page = 文档
file-described = { $path }：{ $described }
list-separator = 、
encrypted = 加密
kind-pattern = 格式 { $pattern }
types-which = 有 { $count } 个接口或通知符合；请用 METHOD PATH 指定一个，或用 -o DIR 写入目录
types-unknown = 接口目录中没有：{ $line }；请写 METHOD PATH，可用 `wechatpay endpoints 关键词` 搜索
types-unknown-event = 没有 { $name } 这种通知；相近的有 { $similar }
types-empty = { $file } 里没有接口，也没有通知；每行写一个 METHOD PATH 或 EVENT 通知类型
types-count = 共 { $count } 个接口、{ $events } 种通知
endpoints-none = 没有接口符合全部关键词，请减少关键词再试
endpoints-count = 共 { $count } 个接口

## The manual page

man-name = .SH 名称
man-synopsis = .SH 概要
man-description = .SH 说明
man-options = .SH 选项
man-subcommands = .SH 子命令
man-version = .SH 版本
man-extra = .SH 附注
man-values = \fI可选值：\fR

## 转换 PHP

port-only-rust = -o 和 --check 只能用于 --emit rust
port-folder-output = 目录要转换成文件：请加上 -o 目录，或用 --check 只看报告
port-report-output = --report 需要 -o 目录或 --check，因为 Rust 代码输出到标准输出
port-one-folder = 请只给一个目录，或只给文件
port-no-client = --client-path { $path }：该目录中没有 Cargo.toml；请给出 wechatpay-chain 库所在的目录
port-nothing = 没有文件用到微信支付 SDK，什么也没有写
port-nothing-hint = 用到 WeChatPay\ 下的类、或调用 $instance->chain('v3/…') 的文件才会被转换
port-warning = 警告
port-error = 错误
port-help = 提示
port-skipped = 跳过 { $file }：{ $why }
port-no-sdk = 没有用到 SDK
port-unreadable = 不是可以解析的 PHP，也没有用到 SDK
port-written = 已写入 { $file }
port-totals = 转换了 { $files } 个文件，跳过 { $skipped } 个；转换了 { $calls } 个调用，{ $app } 处属于应用自身（需实现 { $methods } 个方法），{ $refused } 处无法转换
port-left-totals = { $left } 个函数整体留给应用实现；其中未转换的微信支付调用：{ $calls } 个
port-dependencies = 请在 Cargo.toml 的依赖中加上：
port-outside = 函数之外
port-call = {"    "}{ $line }:{ $col } 调用：{ $what }
port-app = {"    "}{ $line }:{ $col } 应用：{ $method }：{ $php }
port-left = {"    "}留给应用实现：{ $method }；其中未转换的微信支付调用：{ $calls } 个
port-trait = 需要实现的 trait { $name }：
