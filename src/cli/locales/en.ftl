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
      1    doctor found a problem, a search found nothing, or bill --reconcile found differences
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
cmd-order = Query or close an order (订单)
cmd-order-query = Query an order by its number
cmd-order-query-note =
    A number of 28 digits that begins with 4 is read as WeChat Pay's number (transaction_id), any other as the
    merchant's (out_trade_no). --transaction-id and --out-trade-no override this. The merchant id comes from the
    settings. Output and exit codes are those of request.
cmd-order-close = Close an unpaid order by the merchant's number (out_trade_no)
cmd-refund = Query a refund (退款)
cmd-refund-query = Query a refund by the merchant's number (out_refund_no)
cmd-transfer = Query a transfer to a user (商家转账)
cmd-transfer-query = Query a transfer by its number
cmd-transfer-query-note =
    A number of more than 32 digits, or of at least 30 that begin with 1330000, is read as WeChat Pay's number
    (transfer_bill_no), any other as the merchant's (out_bill_no). --transfer-bill-no and --out-bill-no override this.
cmd-bill = Download bills (账单), check their sums, compare them with your orders
cmd-bill-note =
    Each bill is checked against its digest and its summary before it is written. It is written to
    KIND-MCHID-DATE.csv in the current folder, mode 0600, or to --output. The command prints the summary.

    --reconcile compares trade bills with a CSV file of your orders: the column out_trade_no, and
    amount (in yuan, 19.90) or amount_fen. If it has a column out_refund_no, a row with a value in it
    is a refund. sub_mchid tells the orders of sub-merchants apart. The file must have the orders of
    the given days only. The exit code is 1 if anything differs.

    The bill of a day is ready at 10:00 of the next day, Beijing time.
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
    With -o, files that do not use the SDK are skipped, and so are the folders vendor and node_modules.
cmd-sandbox = Run WeChat Pay on this machine: no account needed, every endpoint, any client
cmd-sandbox-note =
    The sandbox checks requests as WeChat Pay does, remembers orders until it stops, and sends
    notifications to servers on this machine. The page /_sandbox/ shows requests and why they were
    refused; programs use /_sandbox/api/ (docs/sandbox.md).
cmd-sandbox-trigger = Send one notification to a server, and show the server's reply
cmd-sandbox-trigger-note =
    Without EVENT, the command lists the events. The exit code is 7 if the server does not accept the notification.
cmd-sandbox-forward = Send all notifications to one server, and show the replies as they arrive
cmd-sandbox-forward-note =
    Without a path in --to, a notification keeps the path of its notify_url. Ctrl-C ends the forwarding.
cmd-sandbox-logs = Show the requests that the sandbox has received, and why it refused them
cmd-completions = Print a completion script for a shell
cmd-man = Print the manual page
cmd-site = Write the reference of all operations as a static site

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
arg-request-unlisted = Send a request that is not in the catalog although similar ones are
arg-request-no_encrypt = Neither encrypt nor decrypt sensitive fields
arg-request-security = APIv2: present the merchant certificate even if the catalog does not require it

arg-order-query-number = The number of the order
arg-order-query-transaction_id = The number is WeChat Pay's, transaction_id (微信支付订单号)
arg-order-query-out_trade_no = The number is the merchant's, out_trade_no (商户订单号)
arg-order-close-number = The merchant's number, out_trade_no (商户订单号)
arg-refund-query-number = The merchant's number, out_refund_no (商户退款单号)
arg-transfer-query-number = The number of the transfer
arg-transfer-query-transfer_bill_no = The number is WeChat Pay's, transfer_bill_no (微信转账单号)
arg-transfer-query-out_bill_no = The number is the merchant's, out_bill_no (商户单号)
arg-sub_mchid = Of this sub-merchant (子商户号), for partners (服务商)
arg-include = Also print status and headers of the answer
arg-dry_run = Print the signed request as a JSON object and send nothing

arg-bill-dates = Days, 2026-11-01; ranges, 2026-11-01..2026-11-07; or yesterday
arg-bill-kind = Payments and refunds, movements of money, profit sharing (分账), or the encrypted bills of one sub-merchant, of all sub-merchants (收付通) and of 支付分
arg-bill-bill_type = Trade bills: which rows [default: ALL]
arg-bill-account_type = Fund-flow bills: which account; DEPOSIT for a sub-merchant only [default: BASIC]
arg-bill-service_id = The service id (服务ID), for --kind payscore
arg-bill-algorithm = Encrypted bills: the encryption [default: AEAD_AES_256_GCM]
arg-bill-gzip = Transfer bills compressed; they are decompressed on arrival
arg-bill-output = A folder, the file for one day, or - for standard output
arg-bill-reconcile = Compare with the orders in this CSV file; - for standard input

arg-endpoints-words = Words to search for in path, title and product, in Chinese or English, in any order; or METHOD PATH
arg-endpoints-json = Print one JSON object per line
arg-endpoints-emit = What to generate: types, serde structs for the request, the answer, the parameters and the notifications of one endpoint
arg-endpoints-event = Generate the type of this event's resource, for example COMPLAINT.CREATE
arg-endpoints-all = Generate a module for every endpoint and every event
arg-endpoints-file = Generate a module for every endpoint that this file names, METHOD PATH or EVENT TYPE in each line
arg-endpoints-output = The folder to write the modules to, for example src/wechat/
arg-endpoints-force = With -o: also overwrite files that this command did not write or that were changed since

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
arg-doctor-state = Check the folder of `sandbox --state` instead of your settings

arg-port-files = The files to port, or one folder of PHP; - for standard input
arg-port-emit = What to generate: rust, functions or a program; request, each call's request as one JSON object per line
arg-port-style = Rust: how paths are written: chain, client.chain("…"); index, client["…"]; macro, chain!(…) with the feature macros; seg, .seg("…"). By default as in the PHP code
arg-port-no_tokio = Rust: block on each call instead of using tokio
arg-port-folder = Requests: read file:///path/to/x from DIR/path/to/x
arg-port-define = Requests: the value of an undefined PHP variable: JSON or text, @FILE or env:NAME. Use one of the last two for keys, because other users of the machine can see arguments
arg-port-now = Requests: the time that time() and Formatter::timestamp() return [default: now]
arg-port-output = Write a module for each file into this folder. A folder named src becomes a crate with lib.rs and Cargo.toml, any other folder a module with mod.rs
arg-port-force = With -o: also overwrite files that wechatpay port did not write or that were changed since
arg-port-client_path = With -o: the folder of the library wechatpay-chain, for Cargo.toml [default: its version on crates.io]
arg-port-report = With -o: report what became of each function; with --format json as JSON
arg-port-check = Only report what would become of each function; write nothing

arg-sandbox-trigger-event = The event type, for example TRANSACTION.SUCCESS
arg-sandbox-trigger-to = The URL of the server; by default the sandbox's forward or notify URL
arg-sandbox-trigger-resource = Members of the decrypted content, as a JSON object; all others are generated. null removes a member
arg-sandbox-trigger-fault = Inject a fault, for example wrong_signature or probe
arg-sandbox-forward-to = The URL of the server
arg-sandbox-logs-follow = Continue with new requests until Ctrl-C
arg-at = The address of the sandbox; by default WECHATPAY_SANDBOX_URL or http://127.0.0.1:8080
arg-sandbox-listen = The address to listen on, PORT or HOST:PORT; by default 127.0.0.1:8080, or a free port if that one is taken
arg-sandbox-listen-long = A PORT alone means 127.0.0.1; with --allow-remote it means all addresses of this machine.
arg-sandbox-tls = Use HTTPS, with a certificate issued by the sandbox's own root
arg-sandbox-dir = The folder for the merchant's files; existing files are used again [default: a temporary folder, removed at the end]
arg-sandbox-state = A folder that keeps the state, so that the next start has the same orders, merchants and keys [default: the state is lost at the end]
arg-sandbox-state-long = A request is answered after its effects are on the disk, so a crash loses nothing that was answered. The keys are in its subfolder keys, unless --dir is given. One sandbox at a time uses the folder, always with the same options and the same version.
arg-sandbox-merchant = A TOML file with further merchants; repeat the option for several files
arg-sandbox-merchant-long = Each merchant is a table [[merchant]] with its mchid; docs/sandbox.md lists the fields. --mchid sets the id of the first merchant.
arg-sandbox-account = Print the set-up of this merchant instead of the first one
arg-sandbox-json = Print address and credentials as one line of JSON
arg-sandbox-sdk = Print the set-up of one client only, as code that compiles
arg-sandbox-output = Write the line of --json or the set-up of --sdk to this file, whole and only when the sandbox is ready
arg-sandbox-public_key_only = Start with a new merchant's account: no platform certificates, every answer signed with the public key
arg-sandbox-sm = Give the first merchant an SM2 key (国密): WECHATPAY2-SM2-WITH-SM3, AEAD_SM4_GCM, a platform certificate for SM2
arg-sandbox-certificate_mode = Start in certificate mode: a platform certificate signs answers and notifications
arg-sandbox-seed = The seed for generated values in answers
arg-sandbox-speed = Divide the waiting times between notifications by this number
arg-sandbox-fault = Inject a fault from the start, always or the given number of times: slow=1500, wrong_signature:3
arg-sandbox-fault-long = Repeat the option for several faults. The names are those of X-Sandbox-Fault, listed in docs/sandbox.md.
arg-sandbox-enforce_limits = Enforce the documented rate limits, with 429 FREQUENCY_LIMITED
arg-sandbox-strict = Refuse members that no documentation has, and unknown media ids; by default both are warnings
arg-sandbox-allow_remote = Accept requests from other machines; for closed networks, such as those of containers
arg-sandbox-allow_remote-long = There is no password: everybody who can reach the sandbox can read all requests, pay, refund and reset it, and make it send requests to servers on this machine; with --allow-outgoing, to any server.
arg-sandbox-host = An additional host name for the sandbox's page and control API
arg-sandbox-notify_url = The URL for notifications of requests without a notify_url, such as profit sharing; WeChat Pay has this setting on the merchant platform
arg-sandbox-allow_outgoing = Also send notifications to other machines

arg-shell = The shell
arg-man-dir = Write one page per subcommand into this folder
arg-site-folder = The folder; it is created if it does not exist
arg-site-force = Write into a folder that has other files

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
clap-command-usage = <COMMAND>
clap-command-optional = [COMMAND]
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
usage-twice = { $argument } can be written only once
usage-conflict = { $argument } cannot be used together with { $other }
usage-no-value = { $argument } needs a value
usage-invalid-value = invalid value { $value } for { $argument }; possible values: { $values }
usage-wrong-value = invalid value { $value } for { $argument }: { $why }
usage-not-a-number = not a number
usage-not-utf8 = the arguments are not UTF-8
shell-unknown = error: unknown shell { $shell }
usage-other = invalid arguments

error-label = error:

## Files

file-unreadable = { $path } cannot be read: { $err }
file-not-utf8 = { $path } is not UTF-8
file-unwritable = { $path } cannot be written: { $err }
file-not-own = These files were not written by this command, or were changed since: { $files }
file-not-own-hint = Nothing was written. Choose another folder, or overwrite them with --force
output-unwritable = the output cannot be written: { $err }
answered-but = the request was sent and answered, but { $message }
outcome-unknown = OUTCOME UNKNOWN: the request may have been processed; query it before anything else
no-encrypt = With the command: the sensitive fields of --json are encrypted; --no-encrypt sends the body unchanged.
request-id = Request-ID: { $id }
api-detail = detail: { $detail }
interrupted = interrupted
interrupted-unknown = interrupted. OUTCOME UNKNOWN: the request may have been processed; query it before anything else
system-error = the operating system refuses threads or signals: { $err }
sandbox-refused = error: --sandbox does not apply here: { $why }. Leave it out

## Settings and credentials

sandbox-is-here = error: --sandbox runs in this process: leave out --proxy and --ca
sandbox-has-credentials = error: --sandbox has its own credentials: leave out the credentials on the command line
give-platform-certificate = give a platform certificate, wechatpay_SERIAL.pem
apiv3-key = the APIv3 key
missing-platform-key = no key to verify WeChat Pay's answers: give --platform-key-id and --platform-key (商户平台 → 账户中心 → API安全 → 微信支付公钥), or --platform-certificate, or the APIv3 key to download the platform certificates
missing-mchid = no merchant id: give --mchid, WECHATPAY_MCHID or mchid in a profile; or try --sandbox, which needs no credentials
missing-private-key = no merchant private key: give --private-key apiclient_key.pem, WECHATPAY_PRIVATE_KEY or private_key in a profile; for APIv2 alone, an APIv2 key
missing-serial = no serial number of the merchant certificate: give --serial, or --certificate apiclient_cert.pem, which contains it (商户平台 → 账户中心 → API安全 → 商户API证书)
missing-platform-key-file = --platform-key-id needs --platform-key, the file with that key
missing-platform-key-id = --platform-key needs --platform-key-id, its id PUB_KEY_ID_…
invalid-timeout = the timeout must be a number of seconds greater than 0 and less than 1e19, as in 30
passphrase = the passphrase
passphrase-needed = { $path } needs a passphrase{ $tried }: give it with { passphrase-settings }
passphrase-settings = --passphrase-file FILE, WECHATPAY_PASSPHRASE or passphrase_file in a profile
mchid-tried = . The merchant id was tried as the passphrase and is not it
passphrase-wrong = {""}: give the right one with { passphrase-settings }
passphrase-unreadable = the passphrase cannot be read from the terminal: { $err }
passphrase-prompt = Passphrase of { $path }:{" "}
profile-no-home = no home directory: name the file with --config
profile-unknown = { $path } has no profile [{ $name }]; it has: { $known }

## certs

certs-variable-unset = -k: the variable { $variable } is not set
certs-key-argument = -k takes the name of a file with the APIv3 key, or env:NAME, and there is no such file. If you gave the key itself: other users can see arguments, and the shell's history keeps them, so change the key at 商户平台 → 账户中心 → API安全
certs-no-folder = -o needs the name of a folder
certs-folder-unwritable = the certificates cannot be saved in { $folder }, so nothing was sent: { $known } is not writable: { $err }
no-temporary-folder = cannot create a temporary folder: { $err }
certs-folder = Saving certificates to { $folder }
folder-uncreatable = cannot create the folder { $folder }: { $err }
certs-saved = 
    { $serial }
      valid   { $from } to { $to }
      saved   { $path }
      check   openssl x509 -in { $path } -noout -serial -dates
man-unwritable = the pages cannot be written to { $folder }: { $err }
site-unwritable = the site cannot be written to { $folder }: { $err }
site-not-own = { $folder } has files that are not a site: name another folder, or add --force
site-written = { $count } files; open { $first }
coupon-format = write it as STOCK_ID:OUT_REQUEST_NO or STOCK_ID:OUT_REQUEST_NO:CODE

## doctor

check-profile = profile
check-permissions = permissions
check-private-key = private key
check-certificate = certificate
check-platform-key = platform key
check-platform-certificate = platform certificate
check-root-certificate = root certificate
check-APIv3-key = APIv3 key
check-APIv2-key = APIv2 key
check-keys = keys
check-brand-id = brand id
check-merchant-id = merchant id
check-serial = serial
check-key-pair = key pair
check-platform-key-id = platform key id
check-base-URL = base URL
check-together = together
check-network = network
check-credentials = credentials
check-connection = connection
check-clock = clock
check-sandbox-state = sandbox state
status-ok = ok
status-look = look
status-wrong = WRONG
status-skipped = -
advice-merchant-key = use apiclient_key.pem, created together with the certificate at 商户平台 → 账户中心 → API安全
advice-merchant-certificate = use apiclient_cert.pem, from 商户平台 → 账户中心 → API安全
advice-platform-key = download it at 商户平台 → 账户中心 → API安全 → 微信支付公钥
advice-platform-certificate = download it with `wechatpay certs download`
advice-root-certificate = ask the operator of the host or proxy for it; if there is none, leave --ca out
advice-passphrase = the passphrase of apiclient_cert.p12 is the merchant id; ask the creator of an encrypted key for its passphrase
advice-apiv3-key = set it at 商户平台 → 账户中心 → API安全 → APIv3密钥
advice-v2-key = set it at 商户平台 → 账户中心 → API安全 → APIv2密钥
rsa-size = RSA, { $bits } bits
sm2-size = SM2 (国密), 256 bits
keys-equal = the APIv3 key and the APIv2 key are identical
advice-keys-equal = they are two different settings: check which of them this key is
advice-renew = renew it at 商户平台 → 账户中心 → API安全
expired = expired on { $date }
expires-soon = expires soon, on { $date }
not-yet-valid = not valid before { $date }
advice-clock = check the clock
not-set = not set
certificate-described = serial { $serial }, of "{ $owner }", valid until { $date }
bytes-32 = 32 bytes
bytes-wrong = { $len } bytes instead of 32
sandbox-doctor = doctor checks your own settings
state-described = written by version { $version }, { $size }, { $entries } entries for the next start to execute
state-none = no state in { $path } yet: `wechatpay sandbox --state` makes it
state-no-folder = { $path } is not a folder
advice-state-folder = name the folder that was given to `wechatpay sandbox --state`
advice-state-large = if it is no longer needed, start the sandbox and `POST reset`
profile-none = none used
base-url-version = it ends with /{ $version }, but paths already begin with { $version }/
advice-base-url = remove /{ $version }
settings-match = all settings match
advice-fix-above = fix the problems above
skipped-offline = skipped (--offline)
credentials-not-tried = not tried: fix the problems above first
credentials-merchants-only = only tried for APIv3 merchants
advice-fix-setting = correct the setting
advice-connection = check host name, network, proxy and firewall
connection-ok = the server answers
clock-no-date = the answer has no Date header
clock-offset = { $offset } s off the server's clock
advice-set-clock = set the machine's clock; WeChat Pay refuses requests whose time is off by more than 300 s
credentials-verified = accepted, and the signature of the answer is valid
apiv3-key-ok = decrypts the downloaded certificates
apiv3-key-wrong = does not decrypt the downloaded certificates
advice-apiv3-key-wrong = use the key that is set at 商户平台 → 账户中心 → API安全 → APIv3密钥
credentials-ok = accepted
answer-404-unsigned = the 404 answer has neither a signature nor an error code of WeChat Pay
advice-other-server = check the base URL and the proxy: another server may have answered
advice-key-and-serial = the private key and the serial number must belong to the same certificate of this merchant
platform-key-unknown = WeChat Pay does not recognise { $id }: { $message }
advice-refused = WeChat Pay refuses a call that every merchant may make; see docs/errors.md
advice-try-later = this does not tell whether the credentials are right: try again later
advice-errors-page = see docs/errors.md
advice-key-and-id = id and file must belong to the same key of this merchant: both are at 商户平台 → 账户中心 → API安全 → 微信支付公钥
advice-certificate = this is not, or no longer, a platform certificate for this merchant: download them with `wechatpay certs download`, or give the public key with --platform-key
signs-with-other = WeChat Pay signs with { $serial }, but the configured key is { $ours }
signs-file-other = WeChat Pay signs with { $serial }, but the file configured for it contains another key
answer-signature-rejected = the signature of the answer is not valid: { $why }
platform-certificate-set = the configured platform certificate
certificate-named = the certificate { $serial }
readable-by-group = { $path } is readable by its group (mode { $mode })
readable-by-others = { $path } is readable by other users (mode { $mode })
missing = missing
advice-mchid = set mchid, the 商户号
mchid-of-other = { $mchid }, but the certificate belongs to "{ $name }"
advice-own-certificate = use the certificate and private key of this merchant
mchid-matches = { $mchid }, as in the certificate
advice-serial = see 商户平台 → 账户中心 → API安全 → 商户API证书
advice-key-id = see 商户平台 → 账户中心 → API安全 → 微信支付公钥
serial-from-certificate = { $serial }, from the certificate
serial-is-key-id = { $given } is the id of WeChat Pay's public key
serial-is-platform = { $given } is the serial number of the platform certificate
serial-differs = { $given }, but the certificate's serial number is { $serial }
advice-leave-serial = leave serial out; it is read from the certificate
serial-invalid = "{ $given }" does not have 40 hexadecimal digits
pair-ok = the private key matches the certificate
pair-wrong = the private key does not match the certificate
advice-pair = apiclient_key.pem and apiclient_cert.pem must come from the same application
key-id-missing = missing, although there is a public key
key-id-is-serial = { $id } is the serial number of the merchant certificate
key-id-prefix = "{ $id }" does not begin with PUB_KEY_ID_
key-is-merchants = this is the merchant's own key, not WeChat Pay's
advice-take-public-key = use the key at 商户平台 → 账户中心 → API安全 → 微信支付公钥
of-id =  of { $id }
key-is-certificate = this is the certificate { $serial }, not the public key{ $id }
advice-pub-key = give pub_key.pem, from 商户平台 → 账户中心 → API安全 → 微信支付公钥; give a platform certificate with --platform-certificate, without an id
key-of-certificate = this is the key of the platform certificate
advice-other-key = WeChat Pay's public key is a different key: use pub_key.pem, from 商户平台 → 账户中心 → API安全 → 微信支付公钥

## bill

date-format = write a date as 2026-11-01, a range as 2026-11-01..2026-11-07, or yesterday
date-order = the range ends before it begins
date-too-many = the range is longer than a year; WeChat Pay keeps bills for three months
bill-type-kind = error: --bill-type is for --kind trade
account-type-kind = error: --account-type is for --kind fund-flow and sub-merchant-fund-flow
algorithm-kind = error: --algorithm is for --kind sub-merchant-fund-flow, ecommerce-fund-flow and payscore
service-id-kind = error: --kind payscore needs --service-id, and no other kind takes it
sub-mchid-kind = error: --kind sub-merchant-fund-flow needs --sub-mchid
reconcile-kind = error: --reconcile needs --kind trade with --bill-type ALL, the defaults: other bills lack payments or refunds
bill-output-folder = --output { $path } is no folder: several bills need an existing folder
bill-is-folder = it is a folder
file-is-special = it is a device, a pipe or a socket; for standard output, give -
stdout = standard output
bill-absent = There is no bill for { $date }: there were no transactions on that day.
bill-not-ready = The bill for { $date } is not ready: WeChat Pay writes it after the end of the day, by 10:00 of the next day, Beijing time. Try again then.
bill-day-absent = no bill: no transactions
bill-rows = { $rows } rows, { $bytes } bytes, { $checked }
bill-no-summary = no summary in this kind of bill: only the digest was checked
bill-unchecked = not compared with the rows
orders-invalid = { $path } cannot be used: { $why }
orders-columns = the first line must have the columns out_trade_no and amount (in yuan) or amount_fen, separated by commas. It has: { $found }
orders-two-columns = the columns { $first } and { $second } mean the same: leave one out
orders-no-number = line { $line } has no out_trade_no
orders-rounded = line { $line }: a spreadsheet has rounded the number. Export the column as text
orders-not-yuan = line { $line }: the amount is not one in yuan, or is negative: write digits with a point and without other signs, for example 19.90
orders-not-fen = line { $line }: the amount is not one in fen, or is negative: write a whole number without other signs, for example 1990
orders-twice = the number { $number } is on line { $first } and again on line { $line }; if they belong to different sub-merchants, add a column sub_mchid
orders-length = line { $line } has { $found } values for { $wanted } columns
orders-not-utf8 = it is not UTF-8, but perhaps GBK: save it as UTF-8, in Excel as “CSV UTF-8”
orders-not-csv = it is not CSV
reconcile-ambiguous = the bills have { $number } more than once: add a column sub_mchid to your file, or give --sub-mchid
reconcile-column = the bill cannot be compared: the column { $column } is missing or has an unknown value
reconcile-result = { $file }: { $equal } agree, { $count } differ
reconcile-order = order { $number }
reconcile-refund = refund { $number }
missing-in-bill = { $number }: missing in the bill; { $amount } in { $file }, line { $line }
missing-in-orders = { $number }: missing in { $file }; { $amount } in the bill
amounts-differ = { $number }: different amounts; { $ours } in { $file }, line { $line }; { $theirs } in the bill
payment-reversed = { $number }: reversed (撤销) in the bill; { $amount } in { $file }, line { $line }
reconcile-differs = { $file } and the bill differ in { $count } entries

## request

bill-post = the answer only contains the URL of the file. Make the call without --sink, then download the file: wechatpay request GET 'DOWNLOAD_URL' --sink FILE --sha1 HASH_VALUE
bill-url = the answer only contains the URL of the file. Give the path instead of the full URL, as in v3/bill/tradebill; --sink then downloads the file
bill-sha1 = leave --sha1 out: the answer contains the digest of the file, and the file is checked against it
bill-gunzip = give --query tar_type=GZIP instead of --gunzip: the bill is then transferred compressed and decompressed automatically
bill-body = bills are requested without a body: leave out --json, --body-file and --media
bill-options = leave out --no-encrypt and --security: they do not apply to bills
number-invalid = this is no { $name }: it has 1 to { $most } letters, digits and signs, without spaces
number-read-as = The number was read as { $name }; { $other } reads it as the other kind of number.
path-empty = PATH is empty: give the path in the documentation, v3/… or v2/…. If it comes from a shell variable, the variable is not set
url-not-get = URLs are only supported with GET: give the path, v3/…
method-first = : METHOD comes before PATH
method-unknown = "{ $text }" is not one of GET, POST, PUT, PATCH and DELETE{ $order }
stdin = standard input
json-is-file = ; to send the file, write --json @{ $given }
not-json = { $place } is not JSON: { $err }{ $file }
pair-format = write it as name=value
header-format = write it as 'Name: value'
header-no-name = --header has no name before the colon: write it as 'Name: value'
header-quoted = --header { $name } has a quotation mark before the name: remove it
header-bad-name = "{ $name }" is not a valid header name: use ASCII letters, digits and hyphens, without blanks
header-bad-value = the value of the header { $name } contains a control character or line break
header-twice = the header { $name } is given twice: give it once
signature-verified = signature verified
digest-verified = digest verified
tag-verified = encryption tag verified
unsigned = unsigned: protected by TLS only
saved = { $path }: { $bytes } bytes, { $checked }
sign-texts-equal = The signed text equals the one that WeChat Pay built: the private key does not match the serial number, or belongs to another merchant. Check with `wechatpay doctor`.
sign-texts-differ = The signed text differs from the one that WeChat Pay built at byte { $at }, in its { $part }:
sign-ours = {"  "}signed by this client: { $text }
sign-theirs = {"  "}built by WeChat Pay:   { $text }
sign-changed = Something changes requests on their way: a proxy, a gateway, or a replaced layer.
part-method = method
part-path = path and query
part-timestamp = timestamp
part-nonce = nonce
part-body = body
text-end = (end)
unlisted = error: { $method } { $path } is not in the catalog; nothing was sent. Did you mean:
unlisted-anyway = --unlisted sends the request anyway; `wechatpay endpoints WORD` searches the catalog.
unlisted-failed = This method and path are not in the catalog; `wechatpay endpoints WORD` searches it.

## notify

sandbox-notify = notifications are not captured from a temporary sandbox
cause-setting = { $finding }. With this command: { $setting }
cause = cause: { $text }
header-line = { $name } is in the headers file, but not as an HTTP header line: write "{ $name }: …" on a line of its own
setting-headers = --headers takes the file that contains them
setting-age = --ignore-age opens older notifications
setting-platform = --platform-key with --platform-key-id, or --platform-certificate, which `wechatpay certs download` downloads
setting-apiv3 = --apiv3-key-file, WECHATPAY_APIV3_KEY or apiv3_key in a profile
setting-v2 = --v2-key-file, WECHATPAY_V2_KEY or v2_key in a profile
v2-refund-checked = not signed: authenticated only by the APIv2 key that decrypts it
headers-other-form = ; it contains { $name } in another format: write one header per line, as in "{ $name }: …"
headers-swapped = ; it looks like a body: did you swap --headers and --body?
headers-none = { $path } has no line such as "Wechatpay-Serial: …"{ $advice }

## sandbox

listen-format = write PORT, as in 8081, or HOST:PORT, as in localhost:8081
listen-ipv6 = write [::1]:8081
listen-unknown = --listen { $name }:{ $port }: the host name cannot be resolved
listen-unresolved = --listen { $name }:{ $port }: the host name cannot be resolved: { $err }
remote-url = the URL is malformed
remote-timeout = it did not answer within 10 s
remote-no-sandbox = the answer is not JSON, so it is not a sandbox
remote-unreachable = no sandbox at { $url }: { $why }
remote-start = Start one with `wechatpay sandbox`, or give the address that it has printed with --at
trigger-pending = the notification was not posted within 8 s: a fault or --speed delays it
trigger-no-url = no URL for the notification: give --to
trigger-resource = write a JSON object, for example {"'{\"out_trade_no\": \"1\"}'"}
forwarding = Notifications of { $from } go to { $to }. Ctrl-C ends this.
delivery-accepted = accepted
call-accepted = accepted
sandbox-sandbox = the command sandbox starts one itself
sandbox-own-merchant = error: the sandbox creates its own merchants with their keys: leave out the settings of an account except --mchid; --merchant FILE gives merchants with given keys
sandbox-no-account = the sandbox has no merchant { $mchid }: --account takes one of { $known }
sandbox-output-alone = error: --output needs the text to write: add --sdk NAME or --json
sandbox-no-sm = error: the merchant has an SM2 key (国密), for which there is a set-up of rust, shell and curl only: take one of them, or leave out --sm
listen-remote = other machines can reach { $address }: use 127.0.0.1 or [::1], or allow them with --allow-remote
sandbox-no-files = the sandbox has no files: this is a bug in the command
speed-format = write a number from 0.001 to 1000000, as in 1000: the waiting times are divided by it
seed-format = write a whole number from 0 to { $most }
sandbox-no-folder = no folder for the keys: { $err }
setup-merchant = Merchant
setup-sandbox = Sandbox
setup-page = Page
setup-stop = Stop it with Ctrl-C.
setup-files-kept = Orders and all other data are lost when the sandbox stops; the files are kept. --state keeps the data too.
setup-state-kept = All data and these files are kept when the sandbox stops.
setup-files-lost = All data and these files are lost when the sandbox stops; --dir keeps the files, --state keeps both.
setup-values = 
    {"  "}mchid               {"{mchid}"}
    {"  "}certificate serial  {"{serial}"}
    {"  "}public key id       {"{public_id}"}
    {"  "}files               {"{folder}"}{"{root}"}
setup-values-sm = 
    {"  "}mchid                     {"{mchid}"}
    {"  "}certificate serial        {"{serial}"}
    {"  "}platform certificate      {"{platform_serial}"} (SM2)
    {"  "}files                     {"{folder}"}{"{root}"}
setup-others = Further merchants (--account prints their set-up)
setup-ordinary = merchant
setup-provider = service provider
setup-subs = : { $subs }
setup-channel = channel
setup-trusts = {"\u000a"}  trusts (TLS)        {"{ca}"}
setup-shell = Shell: this command, in another terminal
setup-curl = curl: the sandbox's own API
setup-redirect = The services call api.mch.weixin.qq.com; this redirects them to the sandbox.
setup-no-host = the SDK has no setting for the host
setup-before = before
setup-gopay = the client of APIv2 (wechat) has a field instead:
setup-java-trust = To make Java trust the sandbox's root:
definition-format = write NAME=VALUE

## endpoints

note-deprecated = deprecated
section-path = Path
section-query = Query
section-request = Request
section-answer = Answer
entry-host = host
entry-product = product
entry-limit = limit
entry-file = file
upload-limit = { $most } MiB at most; { $types }
entry-note = note
entry-page = page
file-described = { $path }: { $described }
list-separator = ,{" "}
encrypted = encrypted
kind-pattern = matching { $pattern }
types-which = { $count } endpoints or events match; name one as METHOD PATH, or write them into a folder with -o DIR
types-unknown = not in the catalog: { $line }; write METHOD PATH, and search with `wechatpay endpoints WORD`
types-unknown-event = no event has the type { $name }; similar ones are { $similar }
types-empty = { $file } names no endpoint and no event; write METHOD PATH or EVENT TYPE in each line
types-count = { $count } endpoints, { $events } events
endpoints-none = no endpoint matches all of these words; try fewer
endpoints-count = { $count } endpoints

## The manual page

man-name = .SH NAME
man-synopsis = .SH SYNOPSIS
man-description = .SH DESCRIPTION
man-options = .SH OPTIONS
man-subcommands = .SH SUBCOMMANDS
man-version = .SH VERSION
man-extra = .SH EXTRA
man-values = \fIpossible values:{" "}\fR

## Port

port-only-rust = -o and --check apply to --emit rust only
port-folder-output = a folder is ported into files: add -o DIR, or --check to see only the report
port-report-output = --report needs -o DIR or --check, because the Rust code goes to standard output
port-one-folder = give one folder, or only files
port-no-client = --client-path { $path }: the folder has no Cargo.toml; give the folder of the library wechatpay-chain
port-nothing = No file uses the WeChat Pay SDK; nothing was written
port-nothing-hint = Files are ported when they name a class below WeChatPay\ or call $instance->chain('v3/…')
port-warning = warning
port-error = error
port-help = help
port-skipped = skipped { $file }: { $why }
port-no-sdk = it does not use the SDK
port-unreadable = it is not readable PHP and does not use the SDK
port-written = wrote { $file }
port-totals = { $files } files ported, { $skipped } skipped; { $calls } calls translated, { $app } calls of the application ({ $methods } methods to implement), { $refused } refused
port-left-totals = functions left to the application as a whole: { $left }; calls of WeChat Pay in them, which are not translated: { $calls }
port-dependencies = Add to the dependencies in Cargo.toml:
port-outside = outside of functions
port-call = {"    "}{ $line }:{ $col } call: { $what }
port-app = {"    "}{ $line }:{ $col } application: { $method }: { $php }
port-left = {"    "}left to the application: { $method }; calls of WeChat Pay that are not translated: { $calls }
port-trait = trait { $name }, to be implemented:
