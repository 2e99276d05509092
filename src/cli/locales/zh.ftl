# 命令的中文文案。每个 id 在 en.ftl 中都有对应，由 i18n_tests.rs 核对。

## 帮助：命令

cmd = 在命令行调用微信支付的任意接口：自动签名、加密、验签、解密。
cmd-note-long =
    设置：命令行选项优先于环境变量，环境变量优先于配置文件。
    “设置”下的每个选项 --x-y 都对应环境变量 WECHATPAY_X_Y 和配置文件里的 x_y。APIv3 密钥和 APIv2 密钥可以放在 WECHATPAY_APIV3_KEY、WECHATPAY_V2_KEY 或配置文件里，但不能写在命令行上。配置文件是 ~/.config/wechatpay/config.toml，每个账户一个 TOML 表；不指定 --profile 时使用 [default]。

    语言：由 --lang 指定；未指定时依次看 LC_ALL、LC_MESSAGES、LANG。

    { exit-codes }
exit-codes =
    退出码：
      0    成功；读取输出的程序提前退出时也是 0
      1    doctor 发现问题，或没有搜索结果
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
cmd-sandbox = 在本机运行微信支付沙箱：无需账户，支持所有接口和任意客户端
cmd-sandbox-note =
    沙箱像微信支付一样检查请求，在停止之前一直保存订单，并向本机的服务器发送回调通知。打开 /_sandbox/ 页面，可以查看收到的请求和被拒绝的原因；程序使用 /_sandbox/api/（见 docs/sandbox.zh-CN.md）。
cmd-completions = 输出 shell 的自动补全脚本
cmd-man = 输出手册页

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
arg-apiv3_key_file = 存放 APIv3 密钥的文件
arg-v2_key_file = 存放 APIv2 密钥的文件
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
arg-request-include = 同时输出应答的状态码和响应头
arg-request-dry_run = 只输出签好名的请求（一个 JSON 对象），不发送
arg-request-unlisted = 接口目录里没有、但有相近接口的请求，也照样发送
arg-request-no_encrypt = 不加密、也不解密敏感字段
arg-request-security = APIv2：即使接口目录没有要求，也带上商户证书

arg-endpoints-words = 要搜索的词，在路径、标题和产品中查找，中英文均可，顺序不限；也可以写 METHOD PATH
arg-endpoints-json = 每行输出一个 JSON 对象

arg-certs-download-key = APIv3 密钥：存放密钥的文件，或 env:变量名
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

arg-port-files = 要转换的文件；- 表示标准输入
arg-port-emit = 输出什么：rust，函数或完整程序；request，每个调用的请求，每行一个 JSON 对象
arg-port-style = Rust：路径的写法：chain，client.chain("…")；index，client["…"]；macro，chain!(…)，需要启用 macros 特性；seg，.seg("…")。默认与 PHP 代码的写法一致
arg-port-no_tokio = Rust：阻塞等待每次调用，不使用 tokio
arg-port-folder = 请求：从 DIR/path/to/x 读取 file:///path/to/x
arg-port-define = 请求：PHP 中未定义变量的值：JSON 或文本、@文件名，或 env:变量名。密钥请用后两种，因为命令行参数对本机其他用户可见
arg-port-now = 请求：time() 和 Formatter::timestamp() 返回的时间 [默认：当前时间]

arg-sandbox-listen = 监听地址，端口号或 主机:端口；默认使用空闲端口
arg-sandbox-listen-long = 只写端口号时监听 127.0.0.1；加上 --allow-remote 时监听本机所有地址。
arg-sandbox-tls = 使用 HTTPS，证书由沙箱自己的根证书签发
arg-sandbox-dir = 存放商户文件的目录，已有的文件会继续使用 [默认：临时目录，停止后删除]
arg-sandbox-json = 用一行 JSON 输出地址和凭证
arg-sandbox-public_key_only = 模拟新商户的账户：没有平台证书，所有应答都用微信支付公钥对应的私钥签名
arg-sandbox-seed = 生成应答内容所用的随机种子
arg-sandbox-speed = 通知重试的等待时间缩短到几分之一
arg-sandbox-fault = 一启动就注入故障，一直有效或只发生指定次数：slow=1500、wrong_signature:3
arg-sandbox-fault-long = 可以多次使用。故障名称与 X-Sandbox-Fault 相同，见 docs/sandbox.zh-CN.md。
arg-sandbox-enforce_limits = 按文档限频，超出时返回 429 FREQUENCY_LIMITED
arg-sandbox-allow_remote = 允许其他机器访问；仅用于封闭的网络，例如容器网络
arg-sandbox-allow_remote-long = 沙箱没有密码：能访问它的人可以查看所有请求，进行支付、退款和重置，还能让它向本机的服务器发请求；加上 --allow-outgoing 后可以发往任何服务器。
arg-sandbox-host = 沙箱页面和控制接口可以使用的其他主机名
arg-sandbox-notify_url = 请求里没有 notify_url 时（例如分账）通知发往的地址；在微信支付，这是商户平台上的设置
arg-sandbox-allow_outgoing = 也向其他机器发送通知

arg-shell = shell 的名称
arg-man-dir = 为每个子命令生成一页，保存到这个目录

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
clap-command-usage = [命令]
clap-usage = 用法：
clap-commands = 命令：
clap-arguments = 参数：
clap-options = 选项：
clap-general = 通用：
clap-settings = 设置：

## 用法错误：英文由 clap 自己输出

usage-similar = 您是不是想写：{ $similar }
usage-more = 更多说明请用 --help 查看。
usage-unknown-argument = 不支持的参数 { $argument }
usage-unknown-command = 没有子命令 { $command }
usage-missing-command = 缺少子命令，可选：{ $commands }
usage-missing-argument = 缺少必填参数：{ $argument }
usage-conflict = { $argument } 不能与 { $other } 同时使用
usage-no-value = { $argument } 缺少取值
usage-invalid-value = { $argument } 不能取值 { $value }，可选值：{ $values }
usage-wrong-value = { $argument } 的取值 { $value } 不正确：{ $why }
usage-not-a-number = 不是数字
usage-not-utf8 = 参数不是 UTF-8 编码
usage-other = 参数有误

error-label = 错误：
