# The texts of the command in English. Each id stands in zh.ftl as well; i18n_tests.rs compares them.

## Help: commands

cmd = Calls any endpoint of WeChat Pay (微信支付): signs, encrypts, verifies and decrypts.
cmd-note-long =
    Settings: flags override environment variables, which override the profile.
    Each flag --x-y under "Settings" has a variable WECHATPAY_X_Y and a key x_y in profiles. The APIv3
    and APIv2 keys can be set in WECHATPAY_APIV3_KEY and WECHATPAY_V2_KEY or in a profile, but not as
    arguments. Profiles are tables in ~/.config/wechatpay/config.toml; without --profile, [default] is
    used.

    Language: --lang, otherwise LC_ALL, LC_MESSAGES or LANG.

    { exit-codes }
exit-codes =
    Exit codes:
      0    success; also when the reader of the output has closed the pipe
      1    doctor found a problem, or a search found nothing
      2    usage error
      3    settings: a credential is missing, unreadable or does not match the others
      4    input: the request is invalid or a local file cannot be used; nothing was sent, or only a
           GET
      5    no connection, or (GET only) the connection broke
      6    timeout without effect: nothing was sent, or only a GET
      7    WeChat Pay refused the request
      8    the answer is not trustworthy, or cannot be decrypted or read
      9    OUTCOME UNKNOWN: the request may have been processed, and money may have moved; query it
           before anything else. Also when the answer to a non-GET request cannot be written
      130  interrupted without effect
    After 8, query first as well: a non-GET request may have been processed.
cmd-request = Call any endpoint, APIv3 or APIv2
cmd-endpoints = Search endpoints and show their fields
cmd-certs = Platform certificates (平台证书)
cmd-certs-download = Download, verify, decrypt and save them as wechatpay_SERIAL.pem
cmd-certs-download-note =
    The options are those of the PHP SDK's CertificateDownloader.php, except -k: other users of the
    machine can see arguments, so -k takes the name of a file with the key, or env:NAME for a variable.
    Settings can replace each of the options.
cmd-notify = Captured notifications (回调通知)
cmd-notify-open = Verify and decrypt a notification, APIv3 or APIv2
cmd-notify-open-note =
    The headers file has one HTTP header per line, as in "Wechatpay-Serial: …"; other lines and headers
    are ignored. The body file must contain the exact bytes that were received.

    Signatures expire after five minutes. --ignore-age opens older notifications; the signature is
    still verified.

    When a notification is rejected, every cause that can be found is reported: a modified body and how
    it was modified, renamed or rewritten headers, a wrong key.
cmd-sign = Sign without making a call
cmd-sign-pay-params = Print the parameters that a front end passes to WeChat, as JSON
cmd-sign-pay-params-jsapi = A page in the WeChat browser
cmd-sign-pay-params-mini-program = A mini program (小程序)
cmd-sign-pay-params-app = An app
cmd-sign-pay-params-h5 = A page in another browser: prints the URL to redirect to
cmd-sign-pay-params-v2-jsapi = APIv2: a page in the WeChat browser, or a mini program
cmd-sign-pay-params-v2-app = APIv2: an app
cmd-sign-pay-params-red-packet = APIv2: a red packet in a mini program
cmd-sign-pay-params-score-confirm = Pay score (支付分): the user confirms an order
cmd-sign-pay-params-score-detail = Pay score (支付分): the user views an order
cmd-sign-pay-params-coupons = Coupons (商家券) for the mini program plug-in
cmd-sign-pay-params-coupon-url = A coupon (商家券): prints the URL to redirect to
cmd-doctor = Check keys, serials, certificates, clock and connection
cmd-port = Convert PHP that calls WeChat Pay to Rust or to the requests it sends
cmd-port-note =
    Reads .php files, Markdown with fenced PHP, and bare snippets. Nothing is sent.
    A file that builds its client becomes a program (src/main.rs); any other file becomes functions
    that take a &Client (a module, src/pay.rs). Dependencies and a walk-through: docs/porting.md.
    --style and --no-tokio apply to --emit rust; --files, --define and --now to --emit request.
    With --emit request, undefined PHP variables get the values of --define; $mchid, $apiv2Key,
    $agentSecret, $signType and $merchantCertificateSerial have placeholders. The exit code is 4 when
    something could not be ported; warnings do not count.
cmd-sandbox = Run WeChat Pay on this machine: no account needed, every endpoint, any client
cmd-sandbox-note =
    The sandbox checks requests as WeChat Pay does, remembers orders until it stops, and sends
    notifications to servers on this machine. The page /_sandbox/ shows requests and why they were
    refused; programs use /_sandbox/api/ (docs/sandbox.md).
cmd-completions = Print a completion script for a shell
cmd-man = Print the manual page

## Help: arguments

arg-format = Output format: text for people, JSON for programs
arg-color = When to use colours
arg-lang = Language of help and messages [default: from LC_ALL, LC_MESSAGES or LANG]
arg-sandbox = Run against a temporary sandbox with its own credentials
arg-profile = The profile to use [env: WECHATPAY_PROFILE]
arg-config = The file with the profiles [env: WECHATPAY_CONFIG]
arg-mchid = The merchant id (商户号)
arg-brand_id = The brand id (品牌ID), instead of a merchant id
arg-serial = The serial number of the merchant certificate (商户API证书序列号)
arg-private_key = The merchant's private key: apiclient_key.pem, or apiclient_cert.p12, which also contains the certificate
arg-certificate = The merchant certificate, apiclient_cert.pem; provides the serial number
arg-passphrase_file = A file with the passphrase of an encrypted private key or .p12 file; without it, the merchant id is tried, then the terminal prompts for it
arg-platform_key_id = The id of WeChat Pay's public key (微信支付公钥ID), PUB_KEY_ID_…
arg-platform_key = WeChat Pay's public key (微信支付公钥), pub_key.pem
arg-platform_certificate = A platform certificate (平台证书), instead of the public key
arg-apiv3_key_file = A file with the APIv3 key (APIv3密钥)
arg-v2_key_file = A file with the APIv2 key (APIv2密钥)
arg-base_url = The base URL, instead of the endpoint's own host
arg-ca = An additional trusted root certificate for TLS
arg-proxy = The proxy, http://host:port, or "none"; set a proxy with a password in WECHATPAY_PROXY
arg-timeout = The time limit of a call in seconds [default: 30]

arg-request-method = GET, POST, PUT, PATCH or DELETE
arg-request-path = The path in the documentation, v3/… or v2/…, with {"{"}name{"}"} for variables; or, with GET, a URL that WeChat Pay returned
arg-request-json = The body: JSON text, @FILE, or - for standard input; converted to XML for APIv2
arg-request-query = A query parameter
arg-request-var = The value of a path variable
arg-request-header = A header
arg-request-body_file = A file to send unchanged as the body; - for standard input
arg-request-media = A file to upload; its meta part and digest are generated
arg-request-sink = Save the answer to a file, which is complete and verified or does not exist. If the answer only contains the URL of a bill (v3/bill/tradebill), the bill is downloaded and its digest checked
arg-request-sha1 = With --sink: accept only a file with this SHA-1 digest
arg-request-gunzip = With --sink: decompress the file
arg-request-include = Also print status and headers of the answer
arg-request-dry_run = Print the signed request as a JSON object and send nothing
arg-request-unlisted = Send a request that is not in the catalog although similar ones are
arg-request-no_encrypt = Neither encrypt nor decrypt sensitive fields
arg-request-security = APIv2: present the merchant certificate even if the catalog does not require it

arg-endpoints-words = Words to search for in path, title and product, in Chinese or English, in any order; or METHOD PATH
arg-endpoints-json = Print one JSON object per line

arg-certs-download-key = The APIv3 key: a file that contains it, or env:NAME
arg-certs-download-merchant = The merchant id (商户号); same as --mchid
arg-certs-download-privatekey = The merchant's private key
arg-certs-download-serialno = The serial number of the merchant certificate
arg-certs-download-output = The folder to save to [default: a new temporary folder]
arg-certs-download-baseuri = The base URL [default: https://api.mch.weixin.qq.com/]

arg-notify-open-headers = The file with the headers; not needed for APIv2
arg-notify-open-body = The file with the body; - for standard input
arg-notify-open-ignore_age = Open the notification regardless of its age

arg-sign-pay-params-sub_mchid = Sign for this sub-merchant, as partners (服务商) do in some scenes
arg-appid = The appid of the app, page or mini program
arg-prepay_id = The prepay_id in the answer
arg-h5_url = The h5_url in the answer
arg-redirect_url = Where the user returns to
arg-sign_type = The sign_type that the order was created with
arg-package = The package in the answer, unchanged
arg-to = Where the user confirms
arg-service_id = The service id (服务ID)
arg-out_order_no = The merchant's order number (商户服务订单号)
arg-coupon = A coupon, STOCK_ID:OUT_REQUEST_NO[:CODE]; up to ten for coupons
arg-openid = The user's openid

arg-doctor-offline = Skip the checks that need the network

arg-port-files = The files to port; - for standard input
arg-port-emit = What to generate: rust, functions or a program; request, each call's request as one JSON object per line
arg-port-style = Rust: how paths are written: chain, client.chain("…"); index, client["…"]; macro, chain!(…) with the feature macros; seg, .seg("…"). By default as in the PHP code
arg-port-no_tokio = Rust: block on each call instead of using tokio
arg-port-folder = Requests: read file:///path/to/x from DIR/path/to/x
arg-port-define = Requests: the value of an undefined PHP variable: JSON or text, @FILE or env:NAME. Use one of the last two for keys, because other users of the machine can see arguments
arg-port-now = Requests: the time that time() and Formatter::timestamp() return [default: now]

arg-sandbox-listen = The address to listen on, PORT or HOST:PORT; by default a free port
arg-sandbox-listen-long = A PORT alone means 127.0.0.1; with --allow-remote it means all addresses of this machine.
arg-sandbox-tls = Use HTTPS, with a certificate issued by the sandbox's own root
arg-sandbox-dir = The folder for the merchant's files; existing files are used again [default: a temporary folder, removed at the end]
arg-sandbox-json = Print address and credentials as one line of JSON
arg-sandbox-public_key_only = Start with a new merchant's account: no platform certificates, every answer signed with the public key
arg-sandbox-seed = The seed for generated values in answers
arg-sandbox-speed = Divide the waiting times between notifications by this number
arg-sandbox-fault = Inject a fault from the start, always or the given number of times: slow=1500, wrong_signature:3
arg-sandbox-fault-long = Repeat the option for several faults. The names are those of X-Sandbox-Fault, listed in docs/sandbox.md.
arg-sandbox-enforce_limits = Enforce the documented rate limits, with 429 FREQUENCY_LIMITED
arg-sandbox-allow_remote = Accept requests from other machines; for closed networks, such as those of containers
arg-sandbox-allow_remote-long = There is no password: everybody who can reach the sandbox can read all requests, pay, refund and reset it, and make it send requests to servers on this machine; with --allow-outgoing, to any server.
arg-sandbox-host = An additional host name for the sandbox's page and control API
arg-sandbox-notify_url = The URL for notifications of requests without a notify_url, such as profit sharing; WeChat Pay has this setting on the merchant platform
arg-sandbox-allow_outgoing = Also send notifications to other machines

arg-shell = The shell
arg-man-dir = Write one page per subcommand into this folder

## Help: what clap writes

help-examples = Examples:
clap-help-more = Print help (see more with '--help')
clap-help-less = Print help (see a summary with '-h')
clap-help-command = Print this message or the help of the given subcommand(s)
clap-help = Print help
clap-version = Print version
clap-values-long = Possible values:
clap-values = [possible values:{" "}
clap-default = [default:{" "}
clap-options-usage = [OPTIONS]
clap-command-usage = [COMMAND]
clap-usage = Usage:
clap-commands = Commands:
clap-arguments = Arguments:
clap-options = Options:
clap-general = General:
clap-settings = Settings:

## Usage errors: clap's own in English

usage-similar = Did you mean: { $similar }
usage-more = For more information, try '--help'.
usage-unknown-argument = unexpected argument { $argument }
usage-unknown-command = unrecognized subcommand { $command }
usage-missing-command = a subcommand is required: { $commands }
usage-missing-argument = required arguments are missing: { $argument }
usage-conflict = { $argument } cannot be used together with { $other }
usage-no-value = { $argument } needs a value
usage-invalid-value = invalid value { $value } for { $argument }; possible values: { $values }
usage-wrong-value = invalid value { $value } for { $argument }: { $why }
usage-not-a-number = not a number
usage-not-utf8 = the arguments are not UTF-8
usage-other = invalid arguments

error-label = error:
